import Constraints

extension FirstOrder {
  /// What a solve leaves for the next one with the same matrix.
  struct Run {
    let matrix: ScaledMatrix
    let step: Double
    let start: Start?
  }

  /// Solves a linear program; whole numbers are ignored.
  /// - Parameter last: a solve with the same matrix, to go on from.
  static func solve(
    _ form: LinearForm, _ options: Options, _ context: SolveContext, after last: Run? = nil, from start: Start? = nil
  ) -> (FormOutcome, Run?) {
    guard let matrix = last?.matrix ?? ScaledMatrix(form, options: options, shouldStop: { context.shouldStop }) else {
      return (.stopped(context), nil)
    }
    let team = BlockTeam(size: teamSize(entries: form.entryCount, options))
    let iteration = HalpernIteration(FirstOrderProblem(form, matrix: matrix), team: team)
    iteration.step = last?.step ?? largestStep(iteration, shouldStop: { context.shouldStop })
    let safeStep = iteration.step
    iteration.begin(at: start ?? last?.start)
    var engine = FirstOrderEngine(iteration, options: options, context: context)
    let ending = engine.run()
    var outcome: FormOutcome
    switch ending {
    case .converged(let point):
      outcome = FormOutcome(.optimal, Termination(.converged))
      outcome.proof = .tolerance(max(options.primal, options.dual, options.gap))
      outcome.take(point, form)
    case .infeasible(let farkas):
      outcome = FormOutcome(.infeasible, Termination(.proved))
      outcome.proof = .certificate
      outcome.farkas = farkas
    case .unbounded(let ray):
      outcome = unbounded(ray, iteration, team, options, context)
    case .stopped(let reason):
      outcome = FormOutcome(.unknown, Termination(reason))
      let point = engine.bestPoint()
      outcome.take(point, form)
      if point.rowViolation <= options.primal { outcome.outcome = .feasible }
    }
    outcome.termination.seconds = context.deadline.elapsed
    outcome.statistics.solver = "pdhg"
    outcome.statistics.iterations += engine.iterations
    outcome.statistics.rows = form.rowCount
    outcome.statistics.columns = form.columnCount
    outcome.statistics.entries = form.entryCount
    var end: Start?
    if !outcome.rowDuals.isEmpty || (form.rowCount == 0 && !outcome.point.isEmpty) {
      end = Start(x: outcome.point, y: outcome.rowDuals, primalWeight: engine.weight.value)
    }
    return (outcome, Run(matrix: matrix, step: safeStep, start: end))
  }

  /// 0.998/‖A‖₂, a little less than what convergence allows, since the norm is an estimate from below.
  private static func largestStep(_ iteration: HalpernIteration, shouldStop: () -> Bool) -> Double {
    let norm = iteration.spectralNorm(shouldStop: shouldStop).norm
    return norm > 0 ? 0.998 / norm : 1
  }

  /// What is known once there is a direction of descent: it is left to find a feasible point, without the costs.
  private static func unbounded(
    _ ray: [Double], _ finished: HalpernIteration, _ team: BlockTeam, _ options: Options, _ context: SolveContext
  ) -> FormOutcome {
    var form = finished.problem.form
    form.objective = [Double](repeating: 0, count: form.columnCount)
    let problem = FirstOrderProblem(form, matrix: finished.problem.matrix)
    let iteration = HalpernIteration(problem, team: team)
    iteration.step = finished.step
    iteration.begin(at: nil)
    var engine = FirstOrderEngine(iteration, goal: .primalFeasibility, options: options, context: context)
    var outcome: FormOutcome
    switch engine.run() {
    case .converged(let point):
      outcome = FormOutcome(.unbounded, Termination(.proved))
      outcome.proof = .certificate
      outcome.ray = ray
      outcome.point = point.x
      outcome.source = "pdhg"
      outcome.objective = finished.problem.form.value(at: point.x)
    case .infeasible(let farkas):
      outcome = FormOutcome(.infeasible, Termination(.proved))
      outcome.proof = .certificate
      outcome.farkas = farkas
    case .unbounded, .stopped:
      outcome = FormOutcome(.infeasibleOrUnbounded, Termination(.proved))
      outcome.ray = ray
    }
    outcome.statistics.iterations = engine.iterations
    return outcome
  }

  private static func teamSize(entries: Int, _ options: Options) -> Int {
    max(1, min(options.threads ?? Machine.availableCores, entries / options.entriesPerThread))
  }
}

extension FormOutcome {
  /// Stopped before there was any point.
  fileprivate static func stopped(_ context: SolveContext) -> FormOutcome {
    let reason: TerminationReason = context.cancellation.isCancelled ? .interrupted : .timeLimit
    return FormOutcome(.unknown, Termination(reason, seconds: context.deadline.elapsed))
  }

  /// Point, duals, objective and bound, in the form's sense.
  fileprivate mutating func take(_ point: OriginalPoint, _ form: LinearForm) {
    let sign = form.sense.sign
    self.point = point.x
    source = "pdhg"
    rowDuals = point.y.map { sign * $0 }
    reducedCosts = point.reducedCosts.map { sign * $0 }
    objective = sign * point.residuals.primalObjective
    bound = point.bound.map { sign * $0 }
  }
}
