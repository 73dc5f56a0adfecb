import Constraints
import LinearAlgebra

/// The exact augmented Lagrangian with sketched Newton steps as a solver: nonlinear forms whose rows are equations and
/// whose columns are free.
public struct ExactAugmentedLagrangianSolver: Solver {
  public let name = "sketched"
  public let version = "swift-solve"
  public let summary = "exact augmented Lagrangian with randomized sketching: smooth equations without bounds"
  public let capabilities = Capabilities(nonlinear: true, features: [.duals, .cancellation], accuracy: 1e-8)
  /// How Newton systems are solved.
  public var inner: InnerSolver

  public enum InnerSolver: String, Sendable, CaseIterable {
    /// A sparse LDLᵀ factor for every step.
    case direct
    /// GMRES, preconditioned with an older factor, which is made anew when that is cheaper.
    case recycled
    /// Minimal residuals without any factor, for systems whose factor does not fit into memory.
    case minres
    /// Randomized block projections; systems that they are too slow for go to `recycled`, which the answer says.
    case sketch
  }

  public init(inner: InnerSolver = .sketch) { self.inner = inner }

  public func solve(
    _ form: Form, options: SolveOptions, context: SolveContext
  ) throws(SolverError) -> FormOutcome {
    try solveCounting(form, options: options, context: context).outcome
  }

  public func openWorkspace(options: SolveOptions) -> any SolverWorkspace { Workspace(solver: self) }

  /// Solves, and says what Newton systems cost.
  public func solveCounting(
    _ form: Form, options: SolveOptions, context: SolveContext
  ) throws(SolverError) -> (outcome: FormOutcome, work: NewtonWork) {
    guard case .nonlinear(let form) = form else {
      throw .failed(solver: name, message: "it takes nonlinear forms only")
    }
    if let refusal = Self.refusal(form) { throw .refused([refusal]) }
    var settings = ExactAugmentedLagrangian.Options()
    settings.feasibility = options.feasibilityTolerance ?? capabilities.accuracy
    settings.optimality = options.optimalityTolerance ?? capabilities.accuracy
    settings.iterationLimit = options.iterationLimit ?? settings.iterationLimit
    settings.seed = options.seed
    settings.inner = ExactAugmentedLagrangian.InnerSolver(rawValue: inner.rawValue) ?? .sketch
    let method = ExactAugmentedLagrangian(form, options: settings, context: context)
    let ending = method.run()
    return (outcome(method, ending), method.inner.work)
  }

  /// Why a form can't be taken.
  static func refusal(_ form: NonlinearForm) -> Diagnostic? {
    let mend = "use --solver barrier or --solver auglag, which take bounds and inequalities"
    for j in 0..<form.columnCount where form.columnLower[j].isFinite || form.columnUpper[j].isFinite {
      return Diagnostic(
        .unsupported, .error, "'sketched' takes equations only, but column \(j) of the form has a bound", mend: mend)
    }
    for i in 0..<form.rowCount where form.rowLower[i] != form.rowUpper[i] {
      if form.rowLower[i] == -.infinity && form.rowUpper[i] == .infinity { continue }
      return Diagnostic(
        .unsupported, .error, "'sketched' takes equations only, but row \(i) of the form is an inequality", mend: mend)
    }
    if !form.makeEvaluator().abilities.isSuperset(of: [.jacobian, .hessian]) {
      return Diagnostic(
        .unsupported, .error, "'sketched' needs the Jacobian and the Hessian as sparse matrices",
        mend: "use --solver auglag, which gets by with gradients")
    }
    return nil
  }

  /// The iterate in the columns and rows of the form.
  private func outcome(_ method: ExactAugmentedLagrangian, _ ending: ExactAugmentedLagrangian.Ending) -> FormOutcome {
    let problem = method.problem, point = method.current
    let isFeasible = method.violation <= method.options.feasibility
    let cutShort: OutcomeStatus = isFeasible ? .feasible : .unknown
    var result: FormOutcome
    switch ending {
    case .converged:
      result = FormOutcome(.locallyOptimal, Termination(.converged, detail: Self.detail(method)))
      result.proof = .tolerance(max(method.violation, method.stationarity))
    case .locallyInfeasible:
      let (violation, row) = problem.worstViolation(point)
      result = FormOutcome(
        .locallyInfeasible,
        Termination(
          .converged, detail: "no point nearby violates the equations less; row \(row) is off by \(violation.text)"))
    case .unbounded:
      result = FormOutcome(
        .feasible, Termination(.objectiveLimit, detail: "the objective falls without limit at feasible points"))
    case .stalled: result = FormOutcome(cutShort, Termination(.stalled, detail: Self.detail(method)))
    case .iterationLimit: result = FormOutcome(cutShort, Termination(.iterationLimit))
    case .stopped:
      let wasCancelled = method.context.cancellation.isCancelled
      result = FormOutcome(cutShort, Termination(wasCancelled ? .interrupted : .timeLimit))
    case .notFinite:
      result = FormOutcome(
        .unknown, Termination(.numericalFailure, detail: "functions or derivatives are not finite at the start"))
    }
    result.statistics.solver = name
    result.statistics.iterations = method.iterations
    result.statistics.functionEvaluations = problem.evaluationCount
    result.statistics.rows = problem.m
    result.statistics.columns = problem.n
    result.statistics.entries = problem.jacobianPattern.entryCount
    if ending == .notFinite { return result }
    result.point = point.x.array
    result.source = "exact augmented Lagrangian"
    result.objective = method.objective
    result.rowDuals = (0..<problem.m).map { i in
      -point.multipliers[i] * problem.rowScales[i] / problem.objectiveScale
    }
    result.reducedCosts = point.lagrangian.array.map { $0 / problem.objectiveScale }
    return result
  }

  /// How the Newton systems were solved, in words.
  private static func detail(_ method: ExactAugmentedLagrangian) -> String {
    let work = method.inner.work
    if work.handovers == 0 { return "" }
    return "of \(work.solves) Newton systems block projections were too slow for \(work.handovers), "
      + "which GMRES with an older factor solved"
  }

  private struct Workspace: SolverWorkspace {
    let solver: ExactAugmentedLagrangianSolver
    let loading = "built anew"
    func solve(_ form: Form, options: SolveOptions, context: SolveContext) throws(SolverError) -> FormOutcome {
      try solver.solve(form, options: options, context: context)
    }
    func close() {}
  }
}
