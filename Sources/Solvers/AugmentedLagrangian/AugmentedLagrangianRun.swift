import Constraints
import LinearAlgebra

/// One solve, from a form to its outcome.
struct AugmentedLagrangianRun {
  private let form: NonlinearForm
  private let penalties: [Double]
  private let settings: AugmentedLagrangianOptions
  private let context: SolveContext
  private let problem: ScaledProblem
  private let inner: AugmentedLagrangianOptions.Inner

  init(
    _ form: NonlinearForm, penalties: [Double], _ settings: AugmentedLagrangianOptions, _ context: SolveContext
  ) {
    self.form = form
    self.penalties = penalties
    self.settings = settings
    self.context = context
    problem = ScaledProblem(form)
    if settings.inner != .auto {
      inner = settings.inner
    } else if problem.hasHessian && problem.hasJacobian {
      inner = .newton
    } else {
      inner = problem.hasHessianProduct && problem.hasJacobian ? .trustRegion : .lbfgs
    }
  }

  /// What the inner method needs and the evaluator does not have, in words.
  var missing: String? {
    switch inner {
    case .newton where !(problem.hasHessian && problem.hasJacobian): "newton needs the sparse Jacobian and Hessian"
    case .trustRegion where !(problem.hasHessianProduct && problem.hasJacobian):
      "trust-region needs products with the Hessian and the sparse Jacobian"
    default: nil
    }
  }

  /// A bound or row without a value between its sides, in words.
  static func crossedBounds(_ form: NonlinearForm) -> String? {
    for j in 0..<form.columnCount where !(form.columnLower[j] <= form.columnUpper[j]) {
      return "column \(j) has no value between its bounds"
    }
    for i in 0..<form.rowCount where !(form.rowLower[i] <= form.rowUpper[i]) {
      return "row \(i) has no value between its sides"
    }
    return nil
  }

  func solve() -> (outcome: FormOutcome, state: AugmentedLagrangianState) {
    let method = AugmentedLagrangianMethod(problem, inner, settings, context)
    let duals = form.startDuals.isEmpty ? nil : Vector(form.startDuals.map { -$0 })
    let end = method.run(
      from: problem.start(), duals: duals, penalties: penalties.isEmpty ? nil : Vector(penalties))
    var (status, termination) = describe(end, method)
    termination.seconds = context.deadline.elapsed
    var outcome = FormOutcome(status, termination)
    outcome.source = "auglag"
    outcome.statistics.solver = "auglag"
    outcome.statistics.iterations = method.steps
    outcome.statistics.functionEvaluations = problem.functionCount
    outcome.statistics.rows = problem.m
    outcome.statistics.columns = problem.n
    outcome.statistics.entries = problem.jacobian.entryCount
    var state = AugmentedLagrangianState(point: form.start)
    if end == .undefinedStart { return (outcome, state) }
    let isFinal = end == .converged || end == .nearlyConverged || end == .infeasible
    let at = isFinal ? method.current : method.best
    outcome.point = problem.fullPoint(at.x.pointer)
    outcome.objective = at.f / problem.objectiveScale
    let rowDuals = (0..<problem.m).map { -method.y[$0] * problem.rowScale[$0] / problem.objectiveScale }
    outcome.rowDuals = rowDuals
    outcome.reducedCosts = reducedCosts(at, method)
    state.point = outcome.point
    state.rowDuals = rowDuals
    state.penalties = (0..<problem.m).map {
      method.l.penalty[$0] * problem.rowScale[$0] * problem.rowScale[$0] / problem.objectiveScale
    }
    return (outcome, state)
  }

  /// `∇f - Jᵀy` in the form's sign and units where a column is at a bound that it pushes against, else 0. Fixed columns
  /// get all of it.
  private func reducedCosts(_ at: Iterate, _ method: AugmentedLagrangianMethod) -> [Double] {
    let x = problem.fullPoint(at.x.pointer)
    var sum = [Double](repeating: 0, count: form.columnCount)
    let y = (0..<problem.m).map { method.y[$0] * problem.rowScale[$0] / problem.objectiveScale }
    x.withUnsafeBufferPointer { x in
      sum.withUnsafeMutableBufferPointer { sum in
        y.withUnsafeBufferPointer { y in
          guard let x = x.baseAddress, let sum = sum.baseAddress else { return }
          problem.evaluator.gradient(at: x, into: sum)
          if let y = y.baseAddress, problem.m > 0 { problem.evaluator.addJacobianTransposeProduct(at: x, y, to: sum) }
        }
      }
    }
    for j in 0..<form.columnCount {
      let isLow = x[j] <= form.columnLower[j] && sum[j] > 0, isHigh = x[j] >= form.columnUpper[j] && sum[j] < 0
      if form.columnLower[j] < form.columnUpper[j] && !isLow && !isHigh { sum[j] = 0 }
    }
    return sum
  }

  private func describe(
    _ end: AugmentedLagrangianMethod.End, _ method: AugmentedLagrangianMethod
  ) -> (OutcomeStatus, Termination) {
    let isFeasible = method.l.violation(method.best) <= settings.feasibilityTolerance && method.best.f.isFinite
    let open: OutcomeStatus = isFeasible ? .feasible : .unknown
    switch end {
    case .converged: return (.locallyOptimal, Termination(.converged, detail: "optimality conditions hold"))
    case .nearlyConverged:
      let size = method.residuals.largest
      return (
        .locallyOptimal, Termination(.converged, detail: "optimality conditions hold to \(size), the limit of rounding")
      )
    case .infeasible:
      return (
        .locallyInfeasible, Termination(.converged, detail: "the violation of the rows is stationary and not zero")
      )
    case .unbounded:
      return (
        .feasible, Termination(.objectiveLimit, detail: "a feasible point has an objective below \(settings.objectiveLimit)")
      )
    case .stepLimit: return (open, Termination(.iterationLimit))
    case .stopped:
      return (open, Termination(context.cancellation.isCancelled ? .interrupted : .timeLimit))
    case .stalled:
      return (open, Termination(.stalled, detail: "no step improves the point in floating-point arithmetic"))
    case .undefinedStart:
      return (
        .unknown,
        Termination(
          .numericalFailure,
          detail: "functions are not defined at the start nor at \(settings.startAttempts) points near it")
      )
    }
  }
}
