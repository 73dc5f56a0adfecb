import Dispatch

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A few threads that run the same function side by side and wait for each other. The caller is the first of them, so
/// that a team of one has no threads of its own. Nothing is allocated once the team stands.
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
      if !ThreadTeam.start(member) { break }
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

  private static func start(_ member: Member) -> Bool {
    var attributes = pthread_attr_t()
    pthread_attr_init(&attributes)
    // BLAS keeps scratch memory on the stack.
    pthread_attr_setstacksize(&attributes, 8 << 20)
    pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
    let context = Unmanaged.passRetained(member).toOpaque()
    #if canImport(Darwin)
      var thread: pthread_t?
      let code = pthread_create(&thread, &attributes, { ThreadTeam.main($0) }, context)
    #else
      var thread = pthread_t()
      let code = pthread_create(&thread, &attributes, { ThreadTeam.main($0!) }, context)
    #endif
    pthread_attr_destroy(&attributes)
    if code != 0 { Unmanaged<Member>.fromOpaque(context).release() }
    return code == 0
  }

  private static func main(_ context: UnsafeMutableRawPointer) -> UnsafeMutableRawPointer? {
    Unmanaged<Member>.fromOpaque(context).takeRetainedValue().loop()
    return nil
  }
}
