import Constraints

/// A source of points: classical or learned, never of truth.
///
/// A heuristic proposes; the solver completes partial points, the checker tests them in the original model, and only
/// what passes is handed to the search. A heuristic runs on a thread of its own: it may throw, hang or lie without
/// harm to the solve.
public protocol Heuristic: Sendable {
  /// The name in the log, in `--heuristic NAME=BUDGET`, and as the source of an incumbent.
  var name: String { get }
  /// When it wants to be asked.
  var moments: Set<HeuristicMoment> { get }
  /// Whether it has anything to say about the model; asked once.
  func applies(to model: Model) -> Bool
  /// Proposes points, and bounds it can prove. Should return before `situation.deadline`.
  func propose(_ situation: HeuristicSituation) throws -> HeuristicProposal
}

extension Heuristic {
  public func applies(to model: Model) -> Bool { true }
}

/// A moment of a search.
public enum HeuristicMoment: String, Sendable, Hashable, CaseIterable {
  case beforeSearch = "before the search"
  case rootRelaxation = "root"
  case node
  case newIncumbent = "new incumbent"
}

/// What a heuristic may look at.
public struct HeuristicSituation: Sendable {
  public var moment: HeuristicMoment
  public var model: Model
  /// Solution of the relaxation in the variables of the model; nil before the search.
  public var relaxation: [Double]?
  /// Bounds of the variables at the node; those of the model before the search.
  public var lower: [Double]
  public var upper: [Double]
  /// The best point known, and its objective.
  public var incumbent: [Double]?
  public var incumbentObjective: Double?
  /// When to be back.
  public var deadline: Deadline
  /// A seed that depends on the solve's seed, the heuristic and the call only.
  public var seed: UInt64
}

/// What a heuristic returns.
public struct HeuristicProposal: Sendable {
  /// Points: one value a variable of the model, NaN where it has none to propose.
  public var points: [[Double]]
  /// Multipliers of the linear rows that prove a bound on the objective by weak duality; the checker computes it.
  public var multipliers: [Double]?

  public init(points: [[Double]] = [], multipliers: [Double]? = nil) {
    self.points = points
    self.multipliers = multipliers
  }
}
