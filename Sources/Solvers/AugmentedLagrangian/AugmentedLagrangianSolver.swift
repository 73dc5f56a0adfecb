import Constraints
import LinearAlgebra

/// The augmented-Lagrangian method for nonlinear models. It needs no constraint qualification, starts anywhere, and with
/// gradients alone goes to hundreds of thousands of columns.
public struct AugmentedLagrangianSolver: Solver {
  /// The method's own options. Tolerances, the iteration limit and the seed of ``SolveOptions`` go before them.
  public var options: AugmentedLagrangianOptions

  public init(options: AugmentedLagrangianOptions = AugmentedLagrangianOptions()) { self.options = options }

  public var name: String { "auglag" }
  public var version: String { "swift-solve" }
  public var summary: String { "augmented-Lagrangian method for nonlinear models, with degenerate constraints too" }
  public var capabilities: Capabilities {
    Capabilities(nonlinear: true, features: [.warmStart, .duals, .cancellation], accuracy: 1e-8)
  }

  public func openWorkspace(options: SolveOptions) -> any SolverWorkspace { FreshWorkspace(solver: self) }

  public func solve(
    _ form: Form, options: SolveOptions, context: SolveContext
  ) throws(SolverError) -> FormOutcome {
    guard case .nonlinear(let nonlinear) = form else {
      throw .failed(solver: name, message: "it takes nonlinear models only")
    }
    return try minimize(nonlinear, options: options, context: context).outcome
  }

  /// Solves a form, and says where the next solve of a similar form may start.
  /// - Parameter state: from an earlier solve; takes the place of the form's start and multipliers.
  public func minimize(
    _ form: NonlinearForm, from state: AugmentedLagrangianState? = nil, options: SolveOptions = SolveOptions(),
    context: SolveContext = SolveContext()
  ) throws(SolverError) -> (outcome: FormOutcome, state: AugmentedLagrangianState) {
    var settings = self.options
    if let tolerance = options.optimalityTolerance { settings.optimalityTolerance = tolerance }
    if let tolerance = options.feasibilityTolerance { settings.feasibilityTolerance = tolerance }
    if let limit = options.iterationLimit { settings.iterationLimit = limit }
    settings.seed = options.seed
    var form = form
    if let state {
      precondition(state.point.count == form.columnCount && [0, form.rowCount].contains(state.rowDuals.count))
      form.start = state.point
      form.startDuals = state.rowDuals
    }
    if let crossed = AugmentedLagrangianRun.crossedBounds(form) {
      var outcome = FormOutcome(.infeasible, Termination(.proved, detail: crossed, seconds: context.deadline.elapsed))
      outcome.source = name
      return (outcome, AugmentedLagrangianState(point: form.start))
    }
    let run = AugmentedLagrangianRun(form, penalties: state?.penalties ?? [], settings, context)
    if let missing = run.missing { throw .failed(solver: name, message: missing) }
    return run.solve()
  }
}
