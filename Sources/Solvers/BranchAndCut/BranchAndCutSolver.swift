import Constraints

/// Mixed-integer linear forms by ``BranchAndCut``, behind the shared presolve.
public struct BranchAndCutSolver: Solver {
  public init() {}

  public var name: String { "branch" }
  public var version: String { "branch and cut" }
  public var summary: String {
    "branch and cut on our dual simplex method: cuts, strong branching, heuristics; whole numbers and lazy rows"
  }
  public var capabilities: Capabilities {
    Capabilities(
      linear: true, integer: true, features: [.duals, .certificates, .heuristics, .cancellation, .separators], accuracy: 1e-6)
  }

  public func solve(
    _ form: Form, options: SolveOptions, context: SolveContext
  ) throws(SolverError) -> FormOutcome {
    guard case .linear(let form) = form else {
      throw .refused([Diagnostic(.unsupported, "'branch' takes linear models only")])
    }
    if !form.hasIntegers && form.separators.isEmpty {
      return try SimplexSolver().solve(.linear(form), options: options, context: context)
    }
    let run = BranchAndCutRun(form, options, context)
    guard options.presolve else { return run.search(form, nil) }
    return try PresolvedSolve.run(ConicForm(form), Presolve.Options(), context: context) {
      reduced, postsolve throws(SolverError) in run.search(reduced.linear, postsolve)
    }
  }

  public func openWorkspace(options: SolveOptions) -> any SolverWorkspace { FreshWorkspace(solver: self) }
}

/// One solve: what ties the search to the form it was asked for, its heuristics and its report.
struct BranchAndCutRun {
  let form: LinearForm
  let options: SolveOptions
  let context: SolveContext
  let columns: FormColumns

  init(_ form: LinearForm, _ options: SolveOptions, _ context: SolveContext) {
    self.form = form
    self.options = options
    self.context = context
    columns = FormColumns(form)
  }

  private var sign: Double { form.sense.sign }

  /// Searches the reduced form.
  func search(_ reduced: LinearForm, _ postsolve: Postsolve?) -> FormOutcome {
    context.report(.phase("branch and cut"))
    let relay = SearchRelay()
    let lift = { (point: [Double]) in postsolve?.lift(Postsolve.Answer(point: point)).point ?? point }
    var environment = BranchAndCut.Environment()
    environment.shouldStop = { [context] in context.shouldStop }
    environment.accepts = { point, source in accepts(lift(point), source) }
    environment.progress = { search, source in
      report(search, source, reduced.constant, relay)
    }
    environment.ask = { moment, search in ask(moment, search, postsolve, relay, lift) }
    let search = BranchAndCut(reduced, options: searchOptions, environment: environment)
    let end = search.run()
    return outcome(search, end, reduced)
  }

  private var searchOptions: BranchAndCut.Options {
    var own = BranchAndCut.Options()
    own.gap = options.gap
    own.absoluteGap = options.absoluteGap
    own.integrality = options.integralityTolerance
    own.nodeLimit = options.nodeLimit ?? .max
    own.iterationLimit = options.iterationLimit ?? .max
    own.solutionLimit = options.solutionLimit ?? .max
    own.seed = options.seed
    if !options.heuristics { own.heuristics = .off }
    if case .only(let chosen) = options.cuts { own.cuts = Set(chosen.compactMap { CutKind(rawValue: $0.rawValue) }) }
    return own
  }

  // MARK: - Points

  /// Whether a point of the form is feasible in the model, or in the form where the model is not at hand.
  private func accepts(_ point: [Double], _ source: String) -> Bool {
    if let socket = context.heuristics { return socket.note(point, source: source) != .infeasible }
    guard let whole = columns.rounded(point, tolerance: 1e-5) else { return false }
    return columns.isFeasible(whole, form: form)
      && form.separators.allSatisfy { !$0.isRequired || $0.separate(whole, tolerance: 1e-6).isEmpty }
  }

  private func ask(
    _ moment: HeuristicMoment, _ search: BranchAndCut, _ postsolve: Postsolve?, _ relay: SearchRelay,
    _ lift: ([Double]) -> [Double]
  ) -> [(point: [Double], source: String)] {
    guard let socket = context.heuristics, socket.wants(moment) else { return [] }
    _ = socket.ask(
      HeuristicSocket.Question(
        moment: moment, relaxation: moment == .beforeSearch ? nil : lift(search.point.array), lower: form.columnLower,
        upper: form.columnUpper, complete: complete))
    guard let best = socket.best else { return [] }
    return [(postsolve?.restrict(point: best.point) ?? best.point, best.source)]
  }

  /// Solves what is left when columns are fixed, with small limits in work rather than time.
  private func complete(_ lower: [Double], _ upper: [Double]) -> [Double]? {
    var narrowed = form
    narrowed.columnLower = lower
    narrowed.columnUpper = upper
    var inner = InnerSearch(shouldStop: { [context] in context.shouldStop })
    return inner.solve(narrowed)?.point
  }

  // MARK: - Reports

  /// When the last report was made.
  final class SearchRelay {
    var lastReport = -1.0
    var bestBound: Double?
  }

  private func report(_ search: BranchAndCut, _ source: String?, _ constant: Double, _ relay: SearchRelay) {
    let now = context.deadline.elapsed
    guard source != nil || now - relay.lastReport > 0.1 else { return }
    relay.lastReport = now
    let bound = sign * search.bound + constant
    if bound.isFinite, relay.bestBound.map({ (bound - $0) * sign > 0 }) ?? true { relay.bestBound = bound }
    let progress = SolveEvent.Progress(
      seconds: now, nodes: search.nodeCount, open: search.queue.count,
      incumbent: search.incumbent == nil ? nil : sign * search.incumbentObjective + constant, bound: relay.bestBound)
    context.report(source.map { .incumbent(progress, source: $0) } ?? .progress(progress))
  }

  private func outcome(_ search: BranchAndCut, _ end: BranchAndCut.End, _ reduced: LinearForm) -> FormOutcome {
    let reason: TerminationReason =
      switch end {
      case .exhausted: .proved
      case .nodeLimit: .nodeLimit
      case .iterationLimit: .iterationLimit
      case .solutionLimit: .solutionLimit
      case .stopped: context.cancellation.isCancelled ? .interrupted : .timeLimit
      case .failed, .unbounded: .numericalFailure
      }
    var outcome = FormOutcome(.unknown, Termination(reason))
    if end == .unbounded { outcome.termination.detail = "the relaxation is unbounded" }
    if let point = search.incumbent {
      outcome.point = point
      outcome.source = search.incumbentSource
      let objective = sign * search.incumbentObjective + reduced.constant
      outcome.objective = objective
      outcome.bound = sign * search.bound + reduced.constant
      let distance = search.incumbentObjective - search.bound
      let isClosed = distance <= options.absoluteGap || distance <= options.gap * max(1e-10, abs(objective))
      outcome.outcome = end == .exhausted || isClosed ? .optimal : .feasible
      if outcome.outcome == .optimal {
        outcome.proof = .bound(gap: max(0, distance) / max(1e-10, abs(objective)))
        outcome.termination = Termination(.proved, detail: end == .exhausted ? "tree empty" : "gap closed")
      }
    } else if end == .exhausted {
      outcome.outcome = .infeasible
      outcome.termination.detail = "tree empty"
      outcome.proof = .search
      if search.nodeCount == 0, search.cutLoop.rowCount == 0, search.simplex.farkasRow.count == reduced.rowCount,
        search.simplex.farkasRow.contains(where: { $0 != 0 })
      {
        outcome.farkas = search.simplex.farkasRow
        outcome.proof = .certificate
        outcome.termination.detail = "the relaxation is infeasible"
      }
    } else {
      let bound = sign * search.bound + reduced.constant
      if bound.isFinite { outcome.bound = bound }
    }
    outcome.statistics.solver = "branch and cut"
    outcome.statistics.nodes = search.nodeCount
    outcome.statistics.iterations = search.simplex.iterations
    outcome.statistics.rows = reduced.rowCount
    outcome.statistics.columns = reduced.columnCount
    outcome.statistics.entries = reduced.entryCount
    return outcome
  }
}
