import Constraints

/// Mixed-integer convex quadratic and conic forms by outer approximation in the tree of ``BranchAndCut``, behind the
/// shared presolve.
public struct OuterApproximationSolver: Solver {
  public init() {}

  public var name: String { "outer" }
  public var version: String { "outer approximation" }
  public var summary: String {
    "outer approximation in our branch and cut: whole numbers with convex quadratics, second-order and other cones"
  }
  public var capabilities: Capabilities {
    Capabilities(
      integer: true, convexQuadratic: true, conic: true, features: [.heuristics, .cancellation, .separators],
      accuracy: 1e-6)
  }

  public func solve(
    _ form: Form, options: SolveOptions, context: SolveContext
  ) throws(SolverError) -> FormOutcome {
    guard case .conic(let form) = form else {
      throw .refused([Diagnostic(.unsupported, "'outer' takes conic and quadratic models only")])
    }
    guard form.linear.hasIntegers else {
      return try InteriorPointSolver().solve(.conic(form), options: options, context: context)
    }
    guard options.presolve else { return try OuterApproximation(form, nil, options, context).run() }
    var outcome = try PresolvedSolve.run(form, Presolve.Options(), context: context) {
      reduced, postsolve throws(SolverError) in try OuterApproximation(reduced, postsolve, options, context).run()
    }
    // Where presolve left no whole columns, the optimum of the rest is the bound.
    if outcome.outcome == .optimal, outcome.bound == nil { outcome.bound = outcome.objective }
    return outcome
  }

  public func openWorkspace(options: SolveOptions) -> any SolverWorkspace { FreshWorkspace(solver: self) }
}
