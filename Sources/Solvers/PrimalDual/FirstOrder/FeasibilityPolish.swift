import Constraints

/// Brings a point with a small gap to feasibility by two easier problems: the program without its costs from x, and the
/// program with sides and bounds at 0 from y.
///
/// Without costs the method converges fast to a feasible point near where it starts, so the objective changes little.
/// Worth trying when a small gap is all that is asked of the objective but the rows should hold sharply.
///
/// D. Applegate et al., "PDLP: a practical first-order method for large-scale linear programming" (2025), section on
/// feasibility polishing.
struct FeasibilityPolish {
  private let form: LinearForm
  private let matrix: ScaledMatrix
  private let options: FirstOrder.Options
  /// Iterations so far.
  private(set) var spent = 0

  init(_ problem: FirstOrderProblem, options: FirstOrder.Options) {
    form = problem.form
    matrix = problem.matrix
    self.options = options
  }

  /// A point that is feasible on both sides and starts from the measured one; nil when the limit is not enough.
  /// - Parameter limit: iterations for each of the two problems.
  mutating func polish(
    _ point: OriginalPoint, step: Double, team: BlockTeam, limit: Int, context: SolveContext
  ) -> OriginalPoint? {
    var withoutCosts = form
    withoutCosts.objective = [Double](repeating: 0, count: form.columnCount)
    guard
      let primal = run(
        withoutCosts, .primalFeasibility, FirstOrder.Start(x: point.x, y: point.y.map { _ in 0 }), step, team, limit,
        context)
    else { return nil }
    func zero(_ side: Double) -> Double { side.isFinite ? 0 : side }
    var homogeneous = form
    homogeneous.rowLower = form.rowLower.map(zero)
    homogeneous.rowUpper = form.rowUpper.map(zero)
    homogeneous.columnLower = form.columnLower.map(zero)
    homogeneous.columnUpper = form.columnUpper.map(zero)
    let sign = form.sense.sign
    guard
      let dual = run(
        homogeneous, .dualFeasibility, FirstOrder.Start(x: point.x.map { _ in 0 }, y: point.y.map { sign * $0 }), step,
        team, limit, context)
    else { return nil }
    return OriginalPoint(form, x: primal.x, y: dual.y)
  }

  private mutating func run(
    _ form: LinearForm, _ goal: FirstOrderEngine.Goal, _ start: FirstOrder.Start, _ step: Double, _ team: BlockTeam,
    _ limit: Int, _ context: SolveContext
  ) -> OriginalPoint? {
    let iteration = HalpernIteration(FirstOrderProblem(form, matrix: matrix), team: team)
    iteration.step = step
    iteration.begin(at: start)
    var options = options
    options.iterationLimit = limit
    options.feasibilityShare = 0
    var engine = FirstOrderEngine(iteration, goal: goal, options: options, context: context)
    let ending = engine.run()
    spent += engine.iterations
    guard case .converged(let point) = ending else { return nil }
    return point
  }
}
