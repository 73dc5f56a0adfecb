import Constraints
import Synchronization

/// Asks a solve to stop; safe to use from any thread and from a signal handler.
public final class Cancellation: Sendable {
  private let flag = Atomic<Bool>(false)
  public init() {}
  /// Asks for a clean stop with the best answer so far.
  public func cancel() { flag.store(true, ordering: .relaxed) }
  public var isCancelled: Bool { flag.load(ordering: .relaxed) }
}

/// A moment on the monotonic clock, in seconds, after which to stop.
public struct Deadline: Sendable {
  public let start: ContinuousClock.Instant
  /// nil for none.
  public let limit: Duration?

  public init(after limit: Duration?) {
    start = .now
    self.limit = limit
  }
  /// Seconds since the start.
  public var elapsed: Double { (ContinuousClock.now - start).seconds }
  /// Seconds left, infinite without a limit, never negative.
  public var remaining: Double { limit.map { max(0, $0.seconds - elapsed) } ?? .infinity }
  public var isOver: Bool { limit != nil && remaining <= 0 }
}

extension Duration {
  /// The duration as a number of seconds.
  public var seconds: Double {
    let (s, a) = components
    return Double(s) + Double(a) * 1e-18
  }
}

/// Something that happened during a solve. The log, the progress table and JSON lines are readers of one stream of these.
public enum SolveEvent: Sendable {
  /// A part of the work begins: "simplex", "branch and cut".
  case phase(String)
  /// A better point, in the user's sense.
  case incumbent(Progress, source: String)
  /// The bound moved, or some time went by.
  case progress(Progress)
  /// An iteration of a continuous method.
  case iteration(count: Int, objective: Double, primalInfeasibility: Double, dualInfeasibility: Double, seconds: Double)
  /// A heuristic was asked and this came of it.
  case heuristic(name: String, outcome: String, seconds: Double)
  /// What became of a point to start from.
  case start(StartReport)
  /// A line of the solver's own log.
  case log(String)
  case warning(Diagnostic)

  public struct Progress: Sendable {
    public var seconds: Double
    public var nodes: Int
    public var open: Int
    /// Objective of the incumbent; nil without one.
    public var incumbent: Double?
    public var bound: Double?
    public init(seconds: Double, nodes: Int, open: Int, incumbent: Double?, bound: Double?) {
      self.seconds = seconds
      self.nodes = nodes
      self.open = open
      self.incumbent = incumbent
      self.bound = bound
    }
    /// `|incumbent - bound| / max(1e-10, |incumbent|)`; nil when either is missing.
    public var gap: Double? {
      guard let incumbent, let bound else { return nil }
      return abs(incumbent - bound) / max(1e-10, abs(incumbent))
    }
  }
}

/// What surrounds one solve: when to stop, whom to tell, where to start, and which heuristics to ask.
public struct SolveContext: Sendable {
  public var deadline: Deadline
  public var cancellation: Cancellation
  public var report: @Sendable (SolveEvent) -> Void
  /// Basis of an earlier solve of a form of the same shape.
  public var basis: Basis?
  /// Where heuristics plug in; nil for none.
  public var heuristics: HeuristicSocket?

  public init(
    deadline: Deadline = Deadline(after: nil), cancellation: Cancellation = Cancellation(),
    report: @escaping @Sendable (SolveEvent) -> Void = { _ in }, basis: Basis? = nil,
    heuristics: HeuristicSocket? = nil
  ) {
    self.deadline = deadline
    self.cancellation = cancellation
    self.report = report
    self.basis = basis
    self.heuristics = heuristics
  }

  public var shouldStop: Bool { cancellation.isCancelled || deadline.isOver }
}
