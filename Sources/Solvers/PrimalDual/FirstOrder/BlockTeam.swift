import Dispatch
import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The threads that share the iterations of one solve. They meet at a barrier that spins, since a half step may take only
/// some microseconds, and they sleep when the caller gives no work for a while.
///
/// One thread beside the caller's is started for each further member; without any, everything runs on the caller.
final class BlockTeam {
  /// What the members do together.
  protocol Work: AnyObject {
    /// The part of one member; all members are in the same call at the same time, and may meet in `barrier`.
    func run(part: Int, barrier: Barrier)
  }

  let size: Int
  private let shared: Shared
  private let threads: [WorkerThread]

  /// - Parameter size: members wanted, the caller among them; there are fewer when the system gives no thread.
  init(size wanted: Int) {
    var threads: [WorkerThread] = []
    while threads.count + 1 < wanted {
      let thread = WorkerThread()
      // Where there is no thread the job runs here, at once.
      let caller = ThreadName()
      if thread.sync({ caller.isCurrent }) { break }
      threads.append(thread)
    }
    size = threads.count + 1
    let shared = Shared(size: size)
    self.shared = shared
    self.threads = threads
    for (k, thread) in threads.enumerated() { thread.submit { shared.serve(part: k + 1) } }
  }

  deinit { shared.post(nil) }

  /// Runs the work on all members and returns when all are done.
  func run(_ work: any Work) {
    if size == 1 { return work.run(part: 0, barrier: shared.barrier) }
    shared.post(work)
    work.run(part: 0, barrier: shared.barrier)
    shared.barrier.wait()
  }

  /// Where all members wait for the last.
  final class Barrier: Sendable {
    private let size: Int
    private let arrived = Atomic<Int>(0)
    private let round = Atomic<Int>(0)

    init(size: Int) { self.size = size }

    func wait() {
      if size == 1 { return }
      let current = round.load(ordering: .acquiring)
      if arrived.add(1, ordering: .acquiringAndReleasing).newValue == size {
        arrived.store(0, ordering: .relaxed)
        round.store(current &+ 1, ordering: .releasing)
        return
      }
      var spins = 0
      while round.load(ordering: .acquiring) == current {
        spins &+= 1
        // A member that was taken off its core needs ours more than we do.
        if spins > 2000 { sched_yield() }
      }
    }
  }

  /// Unchecked: a thread's name is a pointer on some systems, and is only compared.
  private struct ThreadName: @unchecked Sendable {
    private let thread = pthread_self()
    var isCurrent: Bool { pthread_equal(thread, pthread_self()) != 0 }
  }

  /// Unchecked: `work` is written before `posted` moves on and read after.
  private final class Shared: @unchecked Sendable {
    let barrier: Barrier
    private let posted = Atomic<Int>(0)
    /// Set before `posted` moves on, read after; nil to leave.
    private var work: (any Work)?
    private let sleepers: [Sleeper]

    final class Sleeper: Sendable {
      let isAsleep = Atomic<Bool>(false)
      let bell = DispatchSemaphore(value: 0)
    }

    init(size: Int) {
      barrier = Barrier(size: size)
      sleepers = (0..<size).map { _ in Sleeper() }
    }

    func post(_ newWork: (any Work)?) {
      work = newWork
      posted.add(1, ordering: .sequentiallyConsistent)
      for sleeper in sleepers where sleeper.isAsleep.exchange(false, ordering: .sequentiallyConsistent) {
        sleeper.bell.signal()
      }
    }

    func serve(part: Int) {
      let sleeper = sleepers[part]
      var seen = 0
      while true {
        var spins = 0
        while posted.load(ordering: .acquiring) == seen {
          spins += 1
          if spins < 20_000 { continue }
          sleeper.isAsleep.store(true, ordering: .sequentiallyConsistent)
          // Work posted in between either finds the flag and rings, or is found here.
          if posted.load(ordering: .sequentiallyConsistent) == seen
            || !sleeper.isAsleep.exchange(false, ordering: .sequentiallyConsistent)
          {
            sleeper.bell.wait()
          }
          spins = 0
        }
        seen += 1
        guard let work else { return }
        work.run(part: part, barrier: barrier)
        barrier.wait()
      }
    }
  }
}
