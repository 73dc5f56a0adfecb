import Constraints

/// The one way from a model to a checked answer: validate, choose a solver, rewrite, solve, lift, check.
public struct SolvePipeline: Sendable {
  public var options: SolveOptions
  /// Heuristics to plug in beside the built-in ones.
  public var heuristics: [any Heuristic]
  /// Constraints that are found when a point violates them.
  public var lazyConstraints: [LazyConstraints]
  public var cancellation: Cancellation
  public var report: @Sendable (SolveEvent) -> Void
  /// Basis of an earlier solve.
  public var basis: Basis?

  public init(
    options: SolveOptions = SolveOptions(), heuristics: [any Heuristic] = [], lazyConstraints: [LazyConstraints] = [],
    cancellation: Cancellation = Cancellation(), basis: Basis? = nil,
    report: @escaping @Sendable (SolveEvent) -> Void = { _ in }
  ) {
    self.options = options
    self.heuristics = heuristics
    self.lazyConstraints = lazyConstraints
    self.cancellation = cancellation
    self.basis = basis
    self.report = report
  }

  /// Heuristics that every solve with whole numbers asks, unless switched off: the one place to register another.
  public static let builtInHeuristics: [any Heuristic] = [TourImprovement(), AcyclicOrderSearch(), RoundingWithPropagation()]

  /// Solves on the calling thread.
  /// - Throws: ``SolverError/refused(_:)`` with diagnostics when the model is wrong or no solver takes it, and other
  ///   cases when the solver fails without any answer.
  public func solve(_ model: Model) throws(SolverError) -> Solution {
    try solve(model) { solver, form, options, context throws(SolverError) in
      try solver.solve(form, options: options, context: context)
    }
  }

  /// As ``solve(_:)``, the call of the solver left to `engine`.
  func solve(
    _ model: Model,
    engine: (any Solver, Form, SolveOptions, SolveContext) throws(SolverError) -> FormOutcome
  ) throws(SolverError) -> Solution {
    let diagnostics = model.validate()
    if diagnostics.contains(where: { $0.severity == .error }) { throw .refused(diagnostics) }
    let deadline = Deadline(after: options.timeLimit)
    var solution: Solution
    let priorities = Set(model.objectives.map(\.priority)).sorted(by: >)
    if priorities.count <= 1 {
      solution = try solveOne(model, options, deadline, engine)
    } else {
      solution = try solveInOrder(model, priorities, deadline, engine)
    }
    if options.poolSize > 1 { try fillPool(&solution, model, deadline) }
    solution.warnings = diagnostics.filter { $0.severity == .warning } + solution.warnings
    solution.termination.seconds = deadline.elapsed
    return solution
  }

  private func solveOne(
    _ model: Model, _ options: SolveOptions, _ deadline: Deadline,
    _ engine: (any Solver, Form, SolveOptions, SolveContext) throws(SolverError) -> FormOutcome
  ) throws(SolverError) -> Solution {
    let lazy = lazyConstraints.map { LazySeparator($0, model) }
    let route = try Route(model, options: options, start: startValues, lazy: lazy)
    var choices = try SolverChoice.candidates(for: route, options: options)
    var context = SolveContext(deadline: deadline, cancellation: cancellation, report: report, basis: basis)
    var starts: [StartReport] = []
    if options.heuristics, case .convex(let reformulation) = route, reformulation.conicForm.linear.hasIntegers {
      var sources = heuristics + SolvePipeline.builtInHeuristics
      if model.starts.contains(where: \.isFinite) {
        sources.insert(StartPoint(name: "start values", points: [model.starts]), at: 0)
      }
      sources = prepareStarts(sources, model, deadline, &starts)
      context.heuristics = HeuristicSocket(
        model: model, reformulation: Linearization(reformulation), heuristics: sources, options: options,
        context: context, lazy: lazy)
    }
    let doubts = route.kind == .nonlinear ? model.domainWarnings() : []
    let first = choices.removeFirst()
    if options.solver == "auto" { report(.log("\(first.solver.name): \(first.reason)")) }
    var solution = try attempt(first.solver, model, route, lazy, options, context, engine)
    for next in choices where !isAnswered(solution) && !context.shouldStop {
      report(.log("\(first.solver.name) gave no checked answer; \(next.solver.name): \(next.reason)"))
      do throws(SolverError) {
        let second = try attempt(next.solver, model, route, lazy, options, context, engine)
        if isAnswered(second) || !solution.hasPoint { solution = second }
      } catch .failed {
        // The first solver's answer, such as it is, stands.
        continue
      }
    }
    if let problem = lazy.lazy.compactMap(\.diagnostic).first { throw .refused([problem]) }
    solution.warnings += doubts
    if case .nonlinear(let nonlinear) = route, solution.outcome == .unknown, let undefined = nonlinear.undefinedStart(in: model) {
      solution.warnings.append(undefined)
    }
    solution.statistics.heuristics = context.heuristics?.statistics ?? []
    solution.starts = starts
    if options.poolSize > 1 { solution.pool = context.heuristics?.found ?? [] }
    if options.duals && solution.hasPoint, case .convex(let reformulation) = route, reformulation.conicForm.linear.hasIntegers {
      try price(&solution, reformulation, model, first.solver, context, engine)
    }
    return solution
  }

  /// The heuristics with what the user gave to start from made feasible, and what became of each such point.
  private func prepareStarts(
    _ sources: [any Heuristic], _ model: Model, _ deadline: Deadline, _ reports: inout [StartReport]
  ) -> [any Heuristic] {
    let preparation = StartPreparation(
      model: model, options: options, cancellation: cancellation, deadline: deadline)
    return sources.compactMap { source in
      guard let start = source as? StartPoint, !options.disabledHeuristics.contains(start.name) else { return source }
      var points: [[Double]] = []
      for given in start.points {
        let (point, found) = preparation.prepare(given, name: start.name)
        reports.append(found)
        report(.start(found))
        if let point { points.append(point) }
      }
      return points.isEmpty ? nil : StartPoint(name: start.name, points: points)
    }
  }

  /// Fills the pool by further solves, within the time that is left.
  private func fillPool(_ solution: inout Solution, _ model: Model, _ deadline: Deadline) throws(SolverError) {
    let found = solution.pool
    solution.pool = []
    guard solution.hasPoint, [.optimal, .feasible].contains(solution.outcome) else { return }
    let pool = SolutionPool(model, options: options)
    if let obstacle = pool.obstacle {
      solution.poolDetail = obstacle
      return
    }
    report(.phase("solution pool"))
    var own = options
    own.poolSize = 1
    own.duals = false
    let others = heuristics.filter { !($0 is StartPoint) }
    try pool.fill(&solution, found: found) { extended throws(SolverError) in
      if cancellation.isCancelled || deadline.isOver { return nil }
      own.timeLimit = options.timeLimit.map { _ in .seconds(deadline.remaining) }
      var extended = extended
      extended.clearStarts()
      return try SolvePipeline(options: own, heuristics: others, cancellation: cancellation).solve(extended)
    }
  }

  /// Solves, lifts and checks; once more with greater care where the checker lowered the claim.
  private func attempt(
    _ solver: any Solver, _ model: Model, _ route: Route, _ lazy: [LazySeparator], _ options: SolveOptions,
    _ context: SolveContext, _ engine: (any Solver, Form, SolveOptions, SolveContext) throws(SolverError) -> FormOutcome
  ) throws(SolverError) -> Solution {
    if case .nonlinear(let nonlinear) = route {
      if nonlinear.hasAcyclicGraphs {
        var solution = try AcyclicDescent(model, start: startValues, options, context).solve()
        solution.values = SolvePipeline.settled(solution.values, model)
        checker.judge(&solution, of: model)
        return solution
      }
      return try Multistart(nonlinear, model, options, context).solve(with: solver) { checked($0, route, model, lazy) }
    }
    func answer(_ options: SolveOptions) throws(SolverError) -> FormOutcome {
      guard SeparationLoop.isNeeded(route.form, solver) else { return try engine(solver, route.form, options, context) }
      return try SeparationLoop(options: options, context: context).run(route.form) {
        form, options, context throws(SolverError) in try engine(solver, form, options, context)
      }
    }
    let outcome = try answer(options)
    let solution = checked(outcome, route, model, lazy)
    guard needsAnotherTry(solution, outcome), !context.shouldStop else { return solution }
    report(.log("the answer did not survive the check; solving again without presolve"))
    var careful = options
    careful.presolve = false
    let usual = solver.capabilities.accuracy
    let tight = max(1e-9, usual / 100)
    careful.feasibilityTolerance = min(options.feasibilityTolerance ?? usual, tight)
    careful.optimalityTolerance = min(options.optimalityTolerance ?? usual, tight)
    let second = try answer(careful)
    let better = checked(second, route, model, lazy)
    return better.outcome == second.outcome ? better : solution
  }

  /// The values that ``StartPoint`` heuristics propose first, from which a nonlinear solve starts.
  private var startValues: [Double] {
    heuristics.lazy.compactMap { ($0 as? StartPoint)?.points.first }.first ?? []
  }

  private func checked(_ outcome: FormOutcome, _ route: Route, _ model: Model, _ lazy: [LazySeparator]) -> Solution {
    var solution = route.solution(from: outcome, of: model)
    solution.values = SolvePipeline.settled(solution.values, model)
    checker.judge(&solution, of: model)
    for separator in lazy where separator.isRequired && solution.hasPoint {
      guard !separator.separate(solution.values, tolerance: checker.options.feasibility).isEmpty else { continue }
      solution.outcome = .unknown
      solution.proof = .none
      solution.values = []
      solution.objective = nil
      solution.primalStatus = .none
      solution.warnings.append(
        Diagnostic(.solverFailed, .warning, "the answer violated lazy constraints '\(separator.name)' and is not reported"))
    }
    return solution
  }

  /// Judges at its own tolerances, or at those asked for where these are wider.
  private var checker: Checker {
    var checking = Checker.Options()
    checking.feasibility = max(checking.feasibility, options.feasibilityTolerance ?? 0)
    checking.dual = max(checking.dual, options.optimalityTolerance ?? 0)
    checking.objective = max(checking.objective, options.optimalityTolerance ?? 0)
    return Checker(options: checking)
  }

  /// Whether another solver need not try: there is an answer, or a limit or the user ended the solve.
  private func isAnswered(_ solution: Solution) -> Bool {
    switch solution.outcome {
    case .unknown, .infeasibleOrUnbounded, .locallyInfeasible: solution.termination.reason.isLimit || solution.termination.reason == .interrupted
    case .feasible: solution.termination.reason != .converged
    default: true
    }
  }

  /// Whether the checker lowered a claim that a more careful solve may support.
  private func needsAnotherTry(_ solution: Solution, _ outcome: FormOutcome) -> Bool {
    solution.outcome != outcome.outcome && options.presolve
      && (outcome.outcome == .optimal || outcome.outcome == .infeasible || outcome.outcome == .unbounded)
  }

  /// The point without rounding dust: whole numbers made whole, values within 1e-11 of a bound put on it.
  private static func settled(_ point: [Double], _ model: Model) -> [Double] {
    var point = point
    for j in point.indices {
      let x = point[j]
      if model.domains[j].isIntegral, abs(x - x.rounded()) <= 1e-5 {
        point[j] = x.rounded()
        continue
      }
      for bound in [model.lower[j], model.upper[j], 0] where bound.isFinite && abs(x - bound) <= 1e-11 * max(1, abs(bound)) {
        point[j] = bound
        break
      }
    }
    return point
  }

  /// Duals of an integer model: those of the continuous problem with the integers fixed at the answer, by whichever solver
  /// gives them, the one that answered first.
  private func price(
    _ solution: inout Solution, _ reformulation: Reformulation, _ model: Model, _ solver: any Solver,
    _ context: SolveContext,
    _ engine: (any Solver, Form, SolveOptions, SolveContext) throws(SolverError) -> FormOutcome
  ) throws(SolverError) {
    var fixed = reformulation.conicForm
    let point = reformulation.restrict(solution.values)
    for j in 0..<fixed.linear.columnCount where fixed.linear.isInteger[j] != 0 {
      fixed.linear.columnLower[j] = point[j].rounded()
      fixed.linear.columnUpper[j] = point[j].rounded()
      fixed.linear.isInteger[j] = 0
    }
    let kind = FormKind(fixed)
    let form: Form = kind == .linear ? .linear(fixed.linear) : .conic(fixed)
    var pricing = context
    pricing.heuristics = nil
    pricing.basis = nil
    let able = Solvers.all.filter { kind.isTaken(by: $0.capabilities) && $0.name != solver.name }
    for candidate in (kind.isTaken(by: solver.capabilities) ? [solver] : []) + able {
      var outcome = FormOutcome(.unknown, Termination(.solverError))
      do throws(SolverError) {
        // Only the solver that answered may have something loaded that the engine keeps.
        outcome = candidate.name == solver.name
          ? try engine(candidate, form, options, pricing) : try candidate.solve(form, options: options, context: pricing)
      } catch { continue }
      guard outcome.outcome == .optimal, !outcome.rowDuals.isEmpty || fixed.linear.rowCount == 0, let price = outcome.objective,
        let objective = solution.objective,
        abs(price - objective) <= SolvePipeline.pricingTolerance * max(1, abs(objective))
      else { continue }
      let multipliers = reformulation.lift(rowDuals: outcome.rowDuals, coneDuals: outcome.coneDuals)
      solution.rowDuals = multipliers.rows
      solution.generalDuals = multipliers.general
      solution.reducedCosts = Array(outcome.reducedCosts.prefix(model.variableCount))
      solution.dualReason = "prices of the continuous problem with the integers fixed at the answer"
      return
    }
    solution.dualReason = "no solver gave prices of the continuous problem with the integers fixed at the answer"
  }

  /// Largest relative difference between the objective of an integer model's answer and that of the continuous problem
  /// with its integers fixed, for which the latter's duals count as prices of the answer.
  static let pricingTolerance = 1e-5

  /// How much an objective of higher priority may lose to rounding, relative to its size, where keeping it to the last
  /// digit leaves no point; beside the tolerances of ``Objective``.
  static let keptObjectiveSlack = 1e-9

  /// Objectives of several priorities: one after another, each within its tolerance of the optimum kept as a row.
  private func solveInOrder(
    _ model: Model, _ priorities: [Int], _ deadline: Deadline,
    _ engine: (any Solver, Form, SolveOptions, SolveContext) throws(SolverError) -> FormOutcome
  ) throws(SolverError) -> Solution {
    var current = model
    var last: Solution?
    var starts: [StartReport] = []
    for (rank, priority) in priorities.enumerated() {
      let members = model.objectives.filter { $0.priority == priority }
      current.replaceObjectives(members)
      var own = options
      own.timeLimit = options.timeLimit.map { _ in .seconds(deadline.remaining) }
      var pipeline = self
      if let values = last?.values, !values.isEmpty {
        // What was given to start from has served its purpose, and the rows added meanwhile may exclude it.
        current.clearStarts()
        pipeline.heuristics.removeAll { $0 is StartPoint }
        pipeline.heuristics.insert(StartPoint(name: "previous objective", points: [values]), at: 0)
      }
      report(.phase("objective \(rank + 1) of \(priorities.count)"))
      var solution = try pipeline.solveOne(current, own, deadline, engine)
      if solution.outcome == .infeasible, let best = last?.objective, rank > 0 {
        // The optimum kept to the last digit may be just out of reach of the arithmetic.
        let row = current.rows.count - 1
        let slack = SolvePipeline.keptObjectiveSlack * max(1, abs(best))
        current.setRowBounds(row, lower: current.rows.lower[row] - slack, upper: current.rows.upper[row] + slack)
        solution = try pipeline.solveOne(current, own, deadline, engine)
      }
      if rank == 0 { starts = solution.starts }
      guard solution.hasPoint, solution.outcome == .optimal, let best = solution.objective else {
        guard var earlier = last else { return solution }
        earlier.outcome = .feasible
        earlier.termination = solution.termination
        return judged(earlier, model)
      }
      last = solution
      current.addRow(keeping: members, near: best, name: "objective \(rank + 1)")
    }
    guard var answer = last else { return try solveOne(model, options, deadline, engine) }
    answer.rowDuals = Array(answer.rowDuals.prefix(model.rows.count))
    answer.starts = starts
    answer.dualStatus = .none
    answer.dualReason = "several objectives; the duals are those of the last one"
    answer.basis = nil
    return judged(answer, model)
  }

  /// The answer judged against the model with all its objectives; objective and bound are those of the first priority.
  private func judged(_ solution: Solution, _ model: Model) -> Solution {
    var solution = solution
    solution.sense = model.sense
    solution.objective = nil
    solution.bound = nil
    checker.judge(&solution, of: model)
    if solution.outcome == .optimal { solution.bound = solution.objective }
    return solution
  }
}

extension Model {
  /// Solves the model on the calling thread: `let solution = try model.solve()`.
  /// - Throws: ``SolverError``.
  public func solve(
    options: SolveOptions = SolveOptions(), lazy: [LazyConstraints] = []
  ) throws(SolverError) -> Solution {
    try SolvePipeline(options: options, lazyConstraints: lazy).solve(self)
  }

  /// Solves the model on a thread of its own; cancelling the task stops the solve with the best answer so far.
  /// - Throws: ``SolverError``.
  public func solve(
    timeLimit: Duration? = nil, options: SolveOptions = SolveOptions(), heuristics: [any Heuristic] = [],
    lazy: [LazyConstraints] = [],
    report: @escaping @Sendable (SolveEvent) -> Void = { _ in }
  ) async throws -> Solution {
    var options = options
    if let timeLimit { options.timeLimit = timeLimit }
    let cancellation = Cancellation()
    let pipeline = SolvePipeline(
      options: options, heuristics: heuristics, lazyConstraints: lazy, cancellation: cancellation, report: report)
    let thread = WorkerThread()
    return try await withTaskCancellationHandler {
      try await thread.run { () -> Result<Solution, SolverError> in
        do throws(SolverError) { return .success(try pipeline.solve(self)) } catch { return .failure(error) }
      }.get()
    } onCancel: {
      cancellation.cancel()
    }
  }
}
