import Constraints

/// A method that solves forms.
public protocol Solver: Sendable {
  /// The name used with `--solver`.
  var name: String { get }
  /// Name and version for reports.
  var version: String { get }
  /// One line for `solve solvers`.
  var summary: String { get }
  /// What it takes.
  var capabilities: Capabilities { get }

  /// Solves, on the calling thread from the first to the last instruction, until done, a limit, or cancellation.
  ///
  /// The context's cancellation is honoured within about a tenth of a second.
  /// - Throws: ``SolverError`` when no answer of any kind can be given.
  func solve(_ form: Form, options: SolveOptions, context: SolveContext) throws(SolverError) -> FormOutcome

  /// Opens the solver on the calling thread for a sequence of related solves.
  func openWorkspace(options: SolveOptions) -> any SolverWorkspace
}

/// A solver that keeps what it has loaded from one solve to the next. Lives on one thread.
public protocol SolverWorkspace {
  /// Solves the form; what differs from the one before only in numbers is changed in place, and the basis is kept.
  func solve(_ form: Form, options: SolveOptions, context: SolveContext) throws(SolverError) -> FormOutcome
  /// How the last form was loaded: "changed in place", or why it was built anew.
  var loading: String { get }
  /// Must be called on the thread that opened the workspace.
  func close()
}

/// What a solver takes, stated so that models can be matched to solvers mechanically.
public struct Capabilities: Sendable {
  public var linear = false
  public var integer = false
  public var convexQuadratic = false
  public var conic = false
  public var nonlinear = false
  /// Tolerance of feasibility and optimality where ``SolveOptions`` ask for no other.
  public var accuracy: Double
  /// Powers beyond solving, for `solve solvers`.
  public var features: [Feature]

  public enum Feature: String, Sendable, CaseIterable {
    case warmStart = "warm start"
    case inPlaceChanges = "in-place changes"
    case duals
    case certificates
    case heuristics
    case exactArithmetic = "exact arithmetic"
    case cancellation
    /// States the rows of ``LinearForm/separators`` itself; for other solvers the form is solved again with them.
    case separators = "lazy rows"
  }

  public init(
    linear: Bool = false, integer: Bool = false, convexQuadratic: Bool = false, conic: Bool = false,
    nonlinear: Bool = false, features: [Feature] = [], accuracy: Double = 1e-7
  ) {
    self.linear = linear
    self.integer = integer
    self.convexQuadratic = convexQuadratic
    self.conic = conic
    self.nonlinear = nonlinear
    self.features = features
    self.accuracy = accuracy
  }
}

/// Everything that the `Solvers` module throws.
public enum SolverError: Error, Sendable {
  /// The model is wrong, or no solver takes it.
  case refused([Diagnostic])
  /// The solver failed; its own words.
  case failed(solver: String, message: String)
  /// The solver ran out of the memory it was allowed.
  case outOfMemory(solver: String)

  public var rendered: String {
    switch self {
    case .refused(let diagnostics): diagnostics.map { $0.rendered() }.joined(separator: "\n")
    case .failed(let solver, let message):
      Diagnostic(.solverFailed, "\(solver) gave up: \(message)", mend: "try another --method, or better units").rendered()
    case .outOfMemory(let solver):
      Diagnostic(.solverFailed, "\(solver) ran out of memory", mend: "raise --memory-limit").rendered()
    }
  }
}

extension SolverError: CustomStringConvertible {
  public var description: String { rendered }
}

/// The answer of a solver, in the columns and rows of its form.
public struct FormOutcome: Sendable {
  public var outcome: OutcomeStatus
  public var proof: Proof = .none
  public var termination: Termination
  /// One value a column; empty without a point.
  public var point: [Double] = []
  public var source = ""
  /// Objective and bound in the form's sense.
  public var objective: Double?
  public var bound: Double?
  /// Derivative of the optimum by the right-hand sides, in the form's sense.
  public var rowDuals: [Double] = []
  public var reducedCosts: [Double] = []
  /// Multipliers z of the rows of G of a ``ConicForm``: in the dual cones when minimizing, in their negatives when
  /// maximizing, so that `reducedCosts = c + Px - Aᵀy - Gᵀz`. With ``farkas`` they are the part of it that belongs to
  /// the cones, in the dual cones always.
  public var coneDuals: [Double] = []
  public var basis: Basis?
  /// Multipliers of the rows, signs as in ``Certificate/farkas(rows:)``.
  public var farkas: [Double] = []
  /// Direction of unboundedness.
  public var ray: [Double] = []
  public var statistics = Statistics()

  public init(_ outcome: OutcomeStatus, _ termination: Termination) {
    self.outcome = outcome
    self.termination = termination
  }
}

/// All solvers of this build: the one place where a new one is registered.
public enum Solvers {
  public static let all: [any Solver] = {
    var list: [any Solver] = []
    #if GLPK
      list.append(GLPKSolver())
    #endif
    list.append(BranchAndCutSolver())
    list.append(SimplexSolver())
    list.append(InteriorPointSolver())
    list.append(OuterApproximationSolver())
    list.append(FirstOrderSolver())
    list.append(BarrierSolver())
    list.append(AugmentedLagrangianSolver())
    list.append(ExactAugmentedLagrangianSolver())
    return list
  }()

  /// Solvers that exist but were left out of this build, with the trait that brings them.
  public static let missing: [(name: String, trait: String)] = {
    #if GLPK
      []
    #else
      [("glpk", "GLPK")]
    #endif
  }()

  public static func named(_ name: String) -> (any Solver)? { all.first { $0.name == name } }
}
