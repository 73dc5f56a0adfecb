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

extension FirstOrder {
  static func solve(_ form: LinearForm, _ options: Options, _ context: SolveContext) -> FormOutcome {
    let problem = FirstOrderProblem(form, ruizPasses: options.ruizPasses)
    let iteration = HalpernIteration(problem)
    let norm = iteration.spectralNorm()
    iteration.step = norm > 0 ? 0.998 / norm : 1
    for j in 0..<problem.n {
      iteration.x[j] = max(problem.columnLower[j], min(problem.columnUpper[j], 0))
      iteration.anchorX[j] = iteration.x[j]
    }
    var engine = FirstOrderEngine(problem, options: options, context: context)
    let reason = engine.run(iteration)
    let answer = iteration.originalPoint()
    var outcome = FormOutcome(
      reason == .converged ? .optimal : .unknown, Termination(reason, seconds: context.deadline.elapsed))
    if reason == .converged { outcome.proof = .tolerance(options.relativeTolerance) }
    let sign = form.sense.sign
    outcome.point = answer.x
    outcome.source = "pdhg"
    outcome.rowDuals = answer.y.map { sign * $0 }
    outcome.reducedCosts = answer.reducedCosts.map { sign * $0 }
    outcome.objective = sign * answer.residuals.primalObjective
    outcome.bound = answer.bound.map { sign * $0 }
    outcome.statistics.iterations = engine.iterations
    outcome.statistics.solver = "pdhg"
    return outcome
  }
}
