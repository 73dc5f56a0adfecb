import Constraints
import LinearAlgebra

/// One solve of a nonlinear form by ``BarrierMethod``: what is clear without iterating, the start, and the answer in the
/// columns and rows of the form.
struct BarrierSolve {
  let form: NonlinearForm
  let options: BarrierOptions
  let context: SolveContext

  init(_ form: NonlinearForm, _ options: BarrierOptions, _ context: SolveContext) {
    self.form = form
    self.options = options
    self.context = context
  }

  func run() throws(SolverError) -> FormOutcome {
    if let outcome = refusal() { return outcome }
    let evaluator = form.makeEvaluator()
    guard evaluator.abilities.contains([.jacobian, .hessian]) else {
      throw SolverError.failed(
        solver: "barrier", message: "the functions have no sparse second derivatives; auglag needs none")
    }
    let functions = BarrierFunctions(form, evaluator)
    let x = Vector(functions.columns.map { form.start[$0] })
    guard let objective = findStart(functions, x) else {
      return answer(.init(.unknown, Termination(
        .numericalFailure, detail: "the functions have no finite values near the start")), functions)
    }
    if let row = functions.violatedConstantRow(options.feasibilityTolerance) {
      var outcome = FormOutcome(.locallyInfeasible, Termination(
        .converged, detail: "row \(row) holds no variable that can move, and is violated"))
      outcome.point = Array(UnsafeBufferPointer(start: functions.fullPoint(x.pointer), count: form.columnCount))
      return answer(outcome, functions)
    }
    // By the start as it is given, if that will do.
    let given = Vector(functions.columns.map { max(form.columnLower[$0], min(form.columnUpper[$0], form.start[$0])) })
    if !functions.chooseScales(at: given.pointer, options) { _ = functions.chooseScales(at: x.pointer, options) }
    let problem = BarrierProblem(functions, relaxation: options.rowRelaxation)
    var refinement = RefinedSolve.Options()
    refinement.relativeTolerance = 1e-17
    refinement.absoluteTolerance = 0
    let values = Vector(count: functions.jacobianColumns.count)
    functions.jacobian(x.pointer, into: values.pointer)
    let isEquation = functions.rows.map { form.rowLower[$0] == form.rowUpper[$0] }
    let pattern = BarrierPattern(functions, isEquation: isEquation, jacobian: values.pointer)
    let system = BarrierSystem(functions, pattern: pattern, refinement: refinement)
    let method = BarrierMethod(problem, system: system, options: options, context: context)
    method.start(
      at: x.pointer, objective: functions.objectiveScale * objective, multipliers: startMultipliers(functions))
    let ending = method.run()
    return outcome(method, ending)
  }

  /// The answer to forms that no point can satisfy, or that aren't made of numbers.
  private func refusal() -> FormOutcome? {
    for j in 0..<form.columnCount {
      if form.columnLower[j].isNaN || form.columnUpper[j].isNaN || !form.start[j].isFinite {
        return FormOutcome(.unknown, Termination(.invalidModel, detail: "column \(j) has a bound or start that is no number"))
      }
      if form.columnLower[j] > form.columnUpper[j] || form.columnLower[j] == .infinity || form.columnUpper[j] == -.infinity {
        return FormOutcome(.infeasible, Termination(.proved, detail: "the bounds of column \(j) contradict each other"))
      }
    }
    for i in 0..<form.rowCount {
      if form.rowLower[i].isNaN || form.rowUpper[i].isNaN {
        return FormOutcome(.unknown, Termination(.invalidModel, detail: "row \(i) has a side that is no number"))
      }
      if form.rowLower[i] > form.rowUpper[i] || form.rowLower[i] == .infinity || form.rowUpper[i] == -.infinity {
        return FormOutcome(.infeasible, Termination(.proved, detail: "the sides of row \(i) contradict each other"))
      }
    }
    return nil
  }

  /// Brings x inside its bounds, and to where all functions and gradients are finite: the start itself, or random points
  /// at growing distances.
  /// - Returns: the objective there; nil if there is no such point.
  private func findStart(_ functions: BarrierFunctions, _ x: Vector) -> Double? {
    let n = functions.columnCount
    let lower = Vector(functions.columns.map { form.columnLower[$0] })
    let upper = Vector(functions.columns.map { form.columnUpper[$0] })
    let push = form.startDuals.isEmpty ? options.boundPush : options.warmPush
    let rows = Vector(count: functions.rowCount), gradient = Vector(count: n)
    let jacobian = Vector(count: functions.jacobianColumns.count)
    let first = x.array
    var random = SplitMix64(seed: options.seed)
    for attempt in 0..<40 {
      if attempt > 0 {
        let radius = 1e-3 * pow2(attempt / 2)
        for j in 0..<n {
          let u = Double(random.next() >> 11) * 0x1p-53 - 0.5
          x[j] = first[j] + radius * u * max(1, abs(first[j]))
        }
      }
      BarrierMethod.keepInside(n, x.pointer, lower: lower.pointer, upper: upper.pointer, push: push, fraction: push)
      let objective = functions.objective(x.pointer)
      guard objective.isFinite else { continue }
      functions.constraints(x.pointer, into: rows.pointer)
      functions.gradient(x.pointer, into: gradient.pointer)
      functions.jacobian(x.pointer, into: jacobian.pointer)
      let isFinite = VectorKernels.maxNorm(rows.count, rows.pointer).isFinite
        && VectorKernels.maxNorm(n, gradient.pointer).isFinite
        && VectorKernels.maxNorm(jacobian.count, jacobian.pointer).isFinite
      if isFinite { return objective }
    }
    return nil
  }

  private func pow2(_ exponent: Int) -> Double { Double(sign: .plus, exponent: exponent, significand: 1) }

  /// The multipliers to start from in the signs and scales of the method.
  private func startMultipliers(_ functions: BarrierFunctions) -> [Double]? {
    guard form.startDuals.count == form.rowCount, form.rowCount > 0, form.startDuals.allSatisfy(\.isFinite) else { return nil }
    return functions.rows.enumerated().map { k, i in
      -form.startDuals[i] * functions.objectiveScale / functions.rowScales[k]
    }
  }

  private func outcome(_ method: BarrierMethod, _ ending: BarrierMethod.Ending) -> FormOutcome {
    let functions = method.problem.functions
    let isFeasible = method.formViolation() <= options.feasibilityTolerance
    let partial: OutcomeStatus = isFeasible ? .feasible : .unknown
    var result: FormOutcome
    switch ending {
    case .converged: result = FormOutcome(.locallyOptimal, Termination(.converged))
    case .acceptable:
      let error = method.optimalityError(mu: 0)
      result = FormOutcome(partial, Termination(.stalled, detail: "the KKT residual stays at \(error)"))
    case .locallyInfeasible:
      result = FormOutcome(.locallyInfeasible, Termination(
        .converged, detail: "the violation of rows has a local minimum of \(method.formViolation())"))
    case .unbounded:
      result = FormOutcome(.feasible, Termination(
        .objectiveLimit, detail: "feasible points with objectives below \(options.objectiveLimit)"))
    case .iterationLimit: result = FormOutcome(partial, Termination(.iterationLimit))
    case .stopped:
      result = FormOutcome(partial, Termination(context.cancellation.isCancelled ? .interrupted : .timeLimit))
    case .stalled, .restored:
      result = FormOutcome(partial, Termination(.stalled, detail: "no step is accepted any more"))
    case .undefined:
      result = FormOutcome(partial, Termination(.numericalFailure, detail: "functions without finite values"))
    }
    // Within the bounds as the form has them.
    let x = Vector(count: functions.columnCount)
    for (k, j) in functions.columns.enumerated() {
      x[k] = min(form.columnUpper[j], max(form.columnLower[j], method.w[k]))
    }
    let point = functions.fullPoint(x.pointer)
    result.point = Array(UnsafeBufferPointer(start: point, count: form.columnCount))
    let objective = functions.evaluator.objective(at: point)
    result.objective = objective.isFinite ? objective : nil
    result.source = "barrier"
    result.statistics.iterations = method.iterations
    setMultipliers(&result, method, point)
    return answer(result, functions)
  }

  /// Multipliers in the units and signs of the form: `∇f - Jᵀy - z = 0`.
  private func setMultipliers(_ result: inout FormOutcome, _ method: BarrierMethod, _ point: UnsafePointer<Double>) {
    let functions = method.problem.functions
    let rows = Vector(count: form.rowCount), gradient = Vector(count: form.columnCount)
    for (k, i) in functions.rows.enumerated() {
      rows[i] = -method.y[k] * functions.rowScales[k] / functions.objectiveScale
    }
    result.rowDuals = rows.array
    // Columns that don't move take what is left.
    functions.evaluator.gradient(at: point, into: gradient.pointer)
    for i in 0..<form.rowCount { rows[i] = -rows[i] }
    functions.evaluator.addJacobianTransposeProduct(at: point, rows.pointer, to: gradient.pointer)
    result.reducedCosts = gradient.array
    for (k, j) in functions.columns.enumerated() {
      result.reducedCosts[j] = (method.lowerMultipliers[k] - method.upperMultipliers[k]) / functions.objectiveScale
    }
  }

  private func answer(_ outcome: FormOutcome, _ functions: BarrierFunctions) -> FormOutcome {
    var result = outcome
    result.statistics.solver = "barrier"
    result.statistics.functionEvaluations = functions.evaluations
    result.statistics.rows = functions.rowCount
    result.statistics.columns = functions.columnCount
    result.statistics.entries = functions.jacobianColumns.count
    return result
  }
}
