import Dispatch
import LinearAlgebra
import Synchronization

/// A thread of its own that runs jobs one after another: what a C library with thread-local state needs, and what keeps
/// a long computation off the pool that Swift's tasks share.
public final class WorkerThread: Sendable {
  private struct State {
    var jobs: [@Sendable () -> Void] = []
    var isStopping = false
    /// The system gave no thread; jobs run where they are submitted.
    var hasNoThread = false
  }
  private final class Shared: Sendable {
    let state = Mutex(State())
    let wake = DispatchSemaphore(value: 0)

    func loop() {
      while true {
        wake.wait()
        let (job, stop) = state.withLock { state -> ((@Sendable () -> Void)?, Bool) in
          if state.jobs.isEmpty { return (nil, state.isStopping) }
          return (state.jobs.removeFirst(), false)
        }
        job?()
        if stop { return }
      }
    }
  }
  private let shared = Shared()

  /// Starts the thread, with 16 MB of stack.
  public init() {
    let shared = shared
    if !DetachedThread.start(stackSize: 16 << 20, { shared.loop() }) { shared.state.withLock { $0.hasNoThread = true } }
  }

  deinit {
    shared.state.withLock { $0.isStopping = true }
    shared.wake.signal()
  }

  /// Adds a job; jobs run in order.
  public func submit(_ job: @escaping @Sendable () -> Void) {
    let runsHere = shared.state.withLock { state in
      if !state.hasNoThread { state.jobs.append(job) }
      return state.hasNoThread
    }
    if runsHere { job() } else { shared.wake.signal() }
  }

  /// Runs a job and waits for its result.
  public func sync<R: Sendable>(_ job: @escaping @Sendable () -> R) -> R {
    let reply = Reply<R>()
    submit { reply.fulfill(job()) }
    while true {
      if let result = reply.wait(seconds: 3600) { return result }
    }
  }

  /// Runs a job and suspends until its result is there.
  public func run<R: Sendable>(_ job: @escaping @Sendable () -> R) async -> R {
    await withCheckedContinuation { continuation in
      submit { continuation.resume(returning: job()) }
    }
  }
}

/// A value that another thread will give.
final class Reply<Value: Sendable>: Sendable {
  private let value = Mutex<Value?>(nil)
  private let ready = DispatchSemaphore(value: 0)

  func fulfill(_ newValue: Value) {
    value.withLock { $0 = newValue }
    ready.signal()
  }

  /// Waits this long at most; nil when the value is not there by then.
  func wait(seconds: Double) -> Value? {
    guard ready.wait(timeout: .now() + seconds) == .success else { return nil }
    return value.withLock { $0 }
  }
}
