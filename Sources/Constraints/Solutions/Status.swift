/// What is known about the problem when a solve ends.
public enum OutcomeStatus: String, Sendable, Hashable, CaseIterable {
  /// No feasible point is better than the one given by more than the gap.
  case optimal
  /// No point nearby is better; says nothing about points far away.
  case locallyOptimal
  /// A feasible point is given; whether a better one exists is open, up to the bound.
  case feasible
  /// There is no feasible point.
  case infeasible
  /// A method that looks only nearby found no feasible point.
  case locallyInfeasible
  /// Feasible points exist with objectives as good as one likes.
  case unbounded
  /// One of the two, not separated.
  case infeasibleOrUnbounded
  /// Nothing is known.
  case unknown
}

/// Why a solve ended.
public enum TerminationReason: String, Sendable, Hashable, CaseIterable {
  /// The claim was proved: the tree is empty, or optimality conditions hold.
  case proved
  /// An iterative method met its tolerances.
  case converged
  case timeLimit, iterationLimit, nodeLimit, memoryLimit, solutionLimit, objectiveLimit
  /// The user or the calling program asked to stop.
  case interrupted
  /// No further progress in the method's arithmetic.
  case stalled
  case numericalFailure
  /// The model was refused before the solve.
  case invalidModel
  /// The solver failed in a way it does not explain.
  case solverError

  /// Whether a limit of time, iterations, nodes, memory, solutions or objective ended the solve.
  public var isLimit: Bool {
    switch self {
    case .timeLimit, .iterationLimit, .nodeLimit, .memoryLimit, .solutionLimit, .objectiveLimit: true
    default: false
    }
  }
}

/// How strong the evidence for the outcome is.
public enum Proof: Sendable, Hashable {
  /// Checked in exact arithmetic.
  case exact
  /// Optimality or infeasibility conditions hold to this tolerance.
  case tolerance(Double)
  /// The relative gap between the answer and the proven bound.
  case bound(gap: Double)
  /// A certificate - a Farkas ray, or an unbounded ray - was checked against the model.
  case certificate
  /// The search was complete, by the solver's word alone.
  case search
  /// Nothing is proved.
  case none

  public var name: String {
    switch self {
    case .exact: "exact"
    case .tolerance: "tolerance"
    case .bound: "bound"
    case .certificate: "certificate"
    case .search: "search"
    case .none: "none"
    }
  }
}

/// What a primal or dual point is, in the vocabulary of MathOptInterface.
public enum PointStatus: String, Sendable, Hashable {
  case feasible, nearlyFeasible, infeasible
  /// The point is a ray that proves infeasibility or unboundedness.
  case certificate
  /// There is no point.
  case none
}

/// Why and after how much work a solve ended.
public struct Termination: Sendable, Hashable {
  public var reason: TerminationReason
  /// In words, such as "tree empty"; may be empty.
  public var detail: String
  public var seconds: Double

  public init(_ reason: TerminationReason, detail: String = "", seconds: Double = 0) {
    self.reason = reason
    self.detail = detail
    self.seconds = seconds
  }
}
