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
  public static let builtInHeuristics: [any Heuristic] = [TourImprovement(), RoundingWithPropagation()]

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
    if options.heuristics, case .convex(let reformulation) = route, reformulation.kind == .mixedIntegerLinear {
      var sources = heuristics + SolvePipeline.builtInHeuristics
      if model.starts.contains(where: \.isFinite) {
        sources.insert(StartPoint(name: "start values", points: [model.starts]), at: 0)
      }
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
    if options.duals && solution.hasPoint, case .convex(let reformulation) = route, reformulation.kind == .mixedIntegerLinear {
      try price(&solution, reformulation, model, first.solver, context, engine)
    }
    return solution
  }

  /// Solves, lifts and checks; once more with greater care where the checker lowered the claim.
  private func attempt(
    _ solver: any Solver, _ model: Model, _ route: Route, _ lazy: [LazySeparator], _ options: SolveOptions,
    _ context: SolveContext, _ engine: (any Solver, Form, SolveOptions, SolveContext) throws(SolverError) -> FormOutcome
  ) throws(SolverError) -> Solution {
    if case .nonlinear(let nonlinear) = route {
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

  /// Duals of an integer model: those of the linear problem with the integers fixed at the answer.
  private func price(
    _ solution: inout Solution, _ reformulation: Reformulation, _ model: Model, _ solver: any Solver,
    _ context: SolveContext,
    _ engine: (any Solver, Form, SolveOptions, SolveContext) throws(SolverError) -> FormOutcome
  ) throws(SolverError) {
    var fixed = reformulation.conicForm.linear
    let point = reformulation.restrict(solution.values)
    for j in 0..<fixed.columnCount where fixed.isInteger[j] != 0 {
      fixed.columnLower[j] = point[j].rounded()
      fixed.columnUpper[j] = point[j].rounded()
      fixed.isInteger[j] = 0
    }
    var pricing = context
    pricing.heuristics = nil
    pricing.basis = nil
    let outcome = try engine(solver, .linear(fixed), options, pricing)
    guard outcome.outcome == .optimal, !outcome.rowDuals.isEmpty else { return }
    solution.rowDuals = Array(outcome.rowDuals.prefix(model.rows.count))
    solution.reducedCosts = Array(outcome.reducedCosts.prefix(model.variableCount))
    solution.dualReason = "prices of the linear problem with the integers fixed at the answer"
  }

  /// Objectives of several priorities: one after another, each within its tolerance of the optimum kept as a row.
  private func solveInOrder(
    _ model: Model, _ priorities: [Int], _ deadline: Deadline,
    _ engine: (any Solver, Form, SolveOptions, SolveContext) throws(SolverError) -> FormOutcome
  ) throws(SolverError) -> Solution {
    var current = model
    var last: Solution?
    for (rank, priority) in priorities.enumerated() {
      let members = model.objectives.filter { $0.priority == priority }
      current.replaceObjectives(members)
      var own = options
      own.timeLimit = options.timeLimit.map { _ in .seconds(deadline.remaining) }
      var pipeline = self
      if let values = last?.values, !values.isEmpty {
        pipeline.heuristics.insert(StartPoint(name: "previous objective", points: [values]), at: 0)
      }
      report(.phase("objective \(rank + 1) of \(priorities.count)"))
      var solution = try pipeline.solveOne(current, own, deadline, engine)
      if solution.outcome == .infeasible, let best = last?.objective, rank > 0 {
        // The optimum kept to the last digit may be just out of reach of the arithmetic.
        let row = current.rows.count - 1
        let slack = 1e-9 * max(1, abs(best))
        current.setRowBounds(row, lower: current.rows.lower[row] - slack, upper: current.rows.upper[row] + slack)
        solution = try pipeline.solveOne(current, own, deadline, engine)
      }
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
