import Constraints
import LinearAlgebra

/// The primal-dual interior-point method for nonlinear forms with second derivatives.
public struct BarrierSolver: Solver {
  public let name = "barrier"
  public let version = "swift-solve"
  public let summary = "primal-dual interior point with a filter line search: nonlinear models, local optima"
  public let capabilities = Capabilities(
    nonlinear: true, features: [.warmStart, .duals, .cancellation], accuracy: 1e-8)

  public init() {}

  public func solve(
    _ form: Form, options: SolveOptions, context: SolveContext
  ) throws(SolverError) -> FormOutcome {
    guard case .nonlinear(let nonlinear) = form else {
      throw SolverError.failed(solver: name, message: "it takes nonlinear forms only")
    }
    var settings = BarrierOptions()
    settings.tolerance = options.optimalityTolerance ?? capabilities.accuracy
    settings.feasibilityTolerance = options.feasibilityTolerance ?? capabilities.accuracy
    settings.iterationLimit = options.iterationLimit ?? settings.iterationLimit
    settings.seed = options.seed
    return try BarrierSolve(nonlinear, settings, context).run()
  }

  public func openWorkspace(options: SolveOptions) -> any SolverWorkspace { FreshWorkspace(solver: self) }
}
