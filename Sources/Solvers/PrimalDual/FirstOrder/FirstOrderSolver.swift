import Constraints

/// The first-order method as a solver of linear forms.
public struct FirstOrderSolver: Solver {
  public init() {}

  public var name: String { "pdhg" }
  public var version: String { "restarted Halpern PDHG" }
  public var summary: String { "first-order method for linear programs too large to factorize" }
  public var capabilities: Capabilities {
    Capabilities(linear: true, features: [.warmStart, .duals, .certificates, .cancellation])
  }

  public func solve(
    _ form: Form, options: SolveOptions, context: SolveContext
  ) throws(SolverError) -> FormOutcome {
    guard case .linear(let linear) = form, !linear.hasIntegers else {
      throw .failed(solver: "pdhg", message: "it takes linear programs without whole numbers only")
    }
    return try PresolvedSolve.run(form, options: options, context: context) { reduced in
      FirstOrder.solve(reduced.linear, FirstOrder.Options(), context)
    }
  }

  public func openWorkspace(options: SolveOptions) -> any SolverWorkspace { FirstOrderWorkspace(solver: self) }
}

final class FirstOrderWorkspace: SolverWorkspace {
  let solver: FirstOrderSolver
  let loading = "loaded"
  init(solver: FirstOrderSolver) { self.solver = solver }
  func solve(_ form: Form, options: SolveOptions, context: SolveContext) throws(SolverError) -> FormOutcome {
    try solver.solve(form, options: options, context: context)
  }
  func close() {}
}

