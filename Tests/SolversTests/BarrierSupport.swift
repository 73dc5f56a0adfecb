import Constraints
import Testing

import Solvers

/// A nonlinear form of a model, its answer by the barrier method, and what can be said of the answer from the functions
/// alone.
struct BarrierRun {
  let form: NonlinearForm
  let outcome: FormOutcome

  /// The form of a model with real variables and scalar constraints; variables without a start begin at 0.
  static func form(_ model: Model) -> NonlinearForm {
    var (lower, upper) = (model.rows.lower, model.rows.upper)
    var functions: [ScalarFunction] = []
    for constraint in model.generalConstraints {
      guard case .scalar(let function, let set) = constraint.body else { preconditionFailure("a scalar constraint") }
      functions.append(function)
      lower.append(set.lower)
      upper.append(set.upper)
    }
    let parts = model.leadingObjectives.map { (weight: model.sense.sign, function: $0.function) }
    let program = FunctionProgram(of: model, objective: parts, constraints: functions)
    let start = (0..<model.variableCount).map { j in
      model.starts.isEmpty || model.starts[j].isNaN ? 0 : model.starts[j]
    }
    return NonlinearForm(
      columnLower: model.lower, columnUpper: model.upper, rowLower: lower, rowUpper: upper, start: start,
      makeEvaluator: { program.makeEvaluator() })
  }

  init(_ form: NonlinearForm, options: SolveOptions = SolveOptions(), context: SolveContext = SolveContext()) throws {
    self.form = form
    outcome = try BarrierSolver().solve(.nonlinear(form), options: options, context: context)
  }

  init(
    options: SolveOptions = SolveOptions(), context: SolveContext = SolveContext(), _ build: (inout Model) -> Void
  ) throws {
    var model = Model()
    build(&model)
    try self.init(Self.form(model), options: options, context: context)
  }

  /// The largest violation of a bound or row, relative to sides above 1.
  var violation: Double {
    let evaluator = form.makeEvaluator()
    var values = [Double](repeating: 0, count: form.rowCount)
    evaluator.constraints(at: outcome.point, into: &values)
    var worst = 0.0
    func measure(_ value: Double, _ lower: Double, _ upper: Double) {
      if lower > -.infinity { worst = max(worst, (lower - value) / max(1, abs(lower))) }
      if upper < .infinity { worst = max(worst, (value - upper) / max(1, abs(upper))) }
    }
    for j in 0..<form.columnCount { measure(outcome.point[j], form.columnLower[j], form.columnUpper[j]) }
    for i in 0..<form.rowCount { measure(values[i], form.rowLower[i], form.rowUpper[i]) }
    return worst
  }

  /// The largest entry of `∇f - Jᵀy - z`, and the largest product of a multiplier with the distance of its side; a
  /// multiplier of an absent side counts in full, and distances are relative to sides above 1. Both relative to the
  /// multipliers above 1.
  var stationarity: (gradient: Double, complementarity: Double) {
    let evaluator = form.makeEvaluator()
    var values = [Double](repeating: 0, count: form.rowCount)
    var gradient = [Double](repeating: 0, count: form.columnCount)
    evaluator.constraints(at: outcome.point, into: &values)
    evaluator.gradient(at: outcome.point, into: &gradient)
    evaluator.addJacobianTransposeProduct(at: outcome.point, outcome.rowDuals.map { -$0 }, to: &gradient)
    let size = (outcome.rowDuals + outcome.reducedCosts).reduce(1) { max($0, abs($1)) }
    var complementarity = 0.0
    func measure(_ multiplier: Double, _ value: Double, _ lower: Double, _ upper: Double) {
      let side = multiplier > 0 ? lower : upper
      let distance = side.isFinite ? abs(value - side) / max(1, abs(side)) : 1
      complementarity = max(complementarity, abs(multiplier) * min(1, distance))
    }
    for j in 0..<form.columnCount {
      measure(outcome.reducedCosts[j], outcome.point[j], form.columnLower[j], form.columnUpper[j])
    }
    for i in 0..<form.rowCount { measure(outcome.rowDuals[i], values[i], form.rowLower[i], form.rowUpper[i]) }
    let residual = zip(gradient, outcome.reducedCosts).reduce(0) { max($0, abs($1.0 - $1.1)) }
    return (residual / size, complementarity / size)
  }

  /// Expects a local optimum with this objective, and that it satisfies the optimality conditions.
  func expectOptimum(_ objective: Double, _ place: Testing.SourceLocation = #_sourceLocation) {
    #expect(outcome.outcome == .locallyOptimal, "\(outcome.termination)", sourceLocation: place)
    #expect(outcome.termination.reason == .converged, sourceLocation: place)
    guard let found = outcome.objective, outcome.point.count == form.columnCount else {
      Issue.record("no point", sourceLocation: place)
      return
    }
    #expect(abs(found - objective) <= 1e-6 * max(1, abs(objective)), "\(found)", sourceLocation: place)
    expectStationary(place)
  }

  func expectStationary(_ place: Testing.SourceLocation = #_sourceLocation) {
    #expect(violation <= 1e-8, sourceLocation: place)
    #expect(stationarity.gradient <= 1e-6, sourceLocation: place)
    #expect(stationarity.complementarity <= 1e-6, sourceLocation: place)
  }
}
