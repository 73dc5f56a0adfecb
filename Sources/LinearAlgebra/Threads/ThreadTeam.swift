import Dispatch

/// A few threads that run the same function side by side and wait for each other. The caller is the first of them, so
/// that a team of one has no threads of its own. Nothing is allocated once the team stands.
///
/// Unchecked: one caller at a time uses a team, and semaphores order what it shares with its members.
final class ThreadTeam: @unchecked Sendable {
  /// Called with the context and the number of the member, from 0.
  typealias Work = @convention(c) (UnsafeMutableRawPointer, Int) -> Void

  /// What members share: kept alive by their threads, so that a team may go while they end.
  private final class Shared: @unchecked Sendable {
    // Written before the members are woken, read after.
    var work: Work?
    var context: UnsafeMutableRawPointer?
    let finished = DispatchSemaphore(value: 0)
  }

  private final class Member: @unchecked Sendable {
    let number: Int
    let shared: Shared
    let wake = DispatchSemaphore(value: 0)

    init(number: Int, shared: Shared) {
      self.number = number
      self.shared = shared
    }

    func loop() {
      while true {
        wake.wait()
        guard let work = shared.work, let context = shared.context else { return }
        work(context, number)
        shared.finished.signal()
      }
    }
  }

  private let shared = Shared()
  private var members: [Member] = []

  /// Threads of the team, the caller's among them. May be fewer than asked for where the system gives no more.
  var count: Int { members.count + 1 }

  init(count: Int) {
    for number in 1..<max(1, count) {
      let member = Member(number: number, shared: shared)
      // BLAS keeps scratch memory on the stack.
      if !DetachedThread.start(stackSize: 8 << 20, { member.loop() }) { break }
      members.append(member)
    }
  }

  deinit {
    shared.work = nil
    for member in members { member.wake.signal() }
  }

  /// Runs `work` once on each member, and returns when all are done.
  func run(_ context: UnsafeMutableRawPointer, _ work: Work) {
    if !members.isEmpty {
      shared.work = work
      shared.context = context
      for member in members { member.wake.signal() }
    }
    work(context, 0)
    for _ in members { shared.finished.wait() }
  }
}
