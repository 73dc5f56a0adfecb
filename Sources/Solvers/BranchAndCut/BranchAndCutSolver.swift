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

  /// Searches the reduced form; what is left of it after many columns were fixed at the root is presolved and searched in
  /// its place.
  func search(_ reduced: LinearForm, _ postsolve: Postsolve?) -> FormOutcome {
    context.report(.phase("branch and cut"))
    let relay = SearchRelay()
    var stages = [Stage(form: reduced, postsolve: postsolve)]
    var restartsLeft = 3
    while true {
      let stage = stages[stages.count - 1]
      let route = StageRoute(stages: stages)
      var own = searchOptions
      own.restartShare = restartsLeft > 0 ? 0.2 : 1
      let search = BranchAndCut(stage.form, options: own, environment: environment(route, relay))
      if let best = relay.best {
        search.adopt(route.restrictFromFirst(best.point), objective: best.total - search.form.constant)
      }
      var end = search.run()
      if let point = search.incumbent, search.improvements > 0 {
        relay.best = (route.liftToFirst(point), search.incumbentObjective + search.form.constant, search.incumbentSource)
      }
      relay.nodes += search.totalNodeCount
      relay.iterations += search.totalIterations
      if end == .restart {
        restartsLeft -= 1
        switch Presolve.run(search.narrowedForm).result {
        case .reduced(let next, let back):
          context.report(.log("restart: \(next.linear.columnCount) of \(stage.form.columnCount) columns are left"))
          if next.linear.columnCount > 0 {
            stages.append(Stage(form: next.linear, postsolve: back))
            continue
          }
          let point = back.lift(Postsolve.Answer(point: [])).point
          if search.offer(point, source: "presolve") {
            relay.best = (route.liftToFirst(point), search.incumbentObjective + search.form.constant, "presolve")
          }
          end = .exhausted
        case .infeasible:
          // Nothing is left below the cutoff.
          end = .exhausted
        case .infeasibleOrUnbounded:
          restartsLeft = 0
          continue
        }
      }
      return outcome(search, end, reduced, relay)
    }
  }

  private func environment(_ route: StageRoute, _ relay: SearchRelay) -> BranchAndCut.Environment {
    var environment = BranchAndCut.Environment()
    environment.shouldStop = { [context] in context.shouldStop }
    environment.accepts = { point, source in accepts(route.lift(point), source) }
    environment.wouldAccept = { point in wouldAccept(route.lift(point)) }
    environment.progress = { search, source in report(search, source, relay) }
    environment.ask = { moment, search in ask(moment, search, route) }
    return environment
  }

  /// A form that is searched, and what leads back from it to the one before; nil where that is the same.
  struct Stage {
    var form: LinearForm
    var postsolve: Postsolve?

    func lift(_ point: [Double]) -> [Double] { postsolve?.lift(Postsolve.Answer(point: point)).point ?? point }
    func restrict(_ point: [Double]) -> [Double] { postsolve?.restrict(point: point) ?? point }
  }

  /// The way between the form searched and those before.
  struct StageRoute {
    let stages: [Stage]

    func liftToFirst(_ point: [Double]) -> [Double] {
      stages.dropFirst().reversed().reduce(point) { $1.lift($0) }
    }
    func lift(_ point: [Double]) -> [Double] { stages[0].lift(liftToFirst(point)) }
    func restrictFromFirst(_ point: [Double]) -> [Double] {
      stages.dropFirst().reduce(point) { $1.restrict($0) }
    }
    func restrict(_ point: [Double]) -> [Double] { restrictFromFirst(stages[0].restrict(point)) }
  }

  private var searchOptions: BranchAndCut.Options {
    var own = BranchAndCut.Options(options)
    own.threads = options.threads ?? 1
    return own
  }

  // MARK: - Points

  /// Whether a point of the form is feasible in the model, or in the form where the model is not at hand.
  private func accepts(_ point: [Double], _ source: String) -> Bool {
    if let socket = context.heuristics { return socket.note(point, source: source) != .infeasible }
    return wouldAccept(point)
  }

  private func wouldAccept(_ point: [Double]) -> Bool {
    if let socket = context.heuristics { return socket.confirms(point) }
    guard let whole = columns.rounded(point, tolerance: 1e-5) else { return false }
    return columns.isFeasible(whole, form: form)
      && form.separators.allSatisfy { !$0.isRequired || $0.separate(whole, tolerance: 1e-6).isEmpty }
  }

  private func ask(
    _ moment: HeuristicMoment, _ search: BranchAndCut, _ route: StageRoute
  ) -> [(point: [Double], source: String)] {
    guard let socket = context.heuristics, socket.wants(moment) else { return [] }
    _ = socket.ask(
      HeuristicSocket.Question(
        moment: moment, relaxation: moment == .beforeSearch ? nil : route.lift(search.point.array), lower: form.columnLower,
        upper: form.columnUpper, complete: complete))
    guard let best = socket.best else { return [] }
    return [(route.restrict(best.point), best.source)]
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

  /// What goes from one search to the next after a restart.
  final class SearchRelay {
    var lastReport = -1.0
    var bestBound: Double?
    /// The best point in the columns of the first form, its objective with constant in the sense of a minimization.
    var best: (point: [Double], total: Double, source: String)?
    var nodes = 0
    var iterations = 0
  }

  private func report(_ search: BranchAndCut, _ source: String?, _ relay: SearchRelay) {
    let now = context.deadline.elapsed
    guard source != nil || now - relay.lastReport > 0.1 else { return }
    relay.lastReport = now
    let bound = sign * (search.bound + search.form.constant)
    if bound.isFinite, relay.bestBound.map({ (bound - $0) * sign > 0 }) ?? true { relay.bestBound = bound }
    let progress = SolveEvent.Progress(
      seconds: now, nodes: relay.nodes + search.totalNodeCount, open: search.openCount,
      incumbent: search.incumbentObjective.isFinite ? sign * (search.incumbentObjective + search.form.constant) : nil,
      bound: relay.bestBound)
    context.report(source.map { .incumbent(progress, source: $0) } ?? .progress(progress))
  }

  private func outcome(
    _ search: BranchAndCut, _ end: BranchAndCut.End, _ reduced: LinearForm, _ relay: SearchRelay
  ) -> FormOutcome {
    var outcome = FormOutcome(.unknown, Termination(end.reason(context)))
    if end == .unbounded { outcome.termination.detail = "the relaxation is unbounded" }
    var bound = sign * (search.bound + search.form.constant)
    if let known = relay.bestBound, !bound.isFinite || (known - bound) * sign > 0 { bound = known }
    if let best = relay.best {
      outcome.point = best.point
      outcome.source = best.source
      let objective = sign * best.total
      outcome.objective = objective
      outcome.bound = end == .exhausted ? objective : bound.isFinite ? bound : nil
      let distance = end == .exhausted ? 0 : (objective - bound) * sign
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
      if relay.nodes == 0, search.form.columnCount == reduced.columnCount, search.cutLoop.rowCount == 0,
        search.simplex.farkasRow.count == reduced.rowCount,
        search.simplex.farkasRow.contains(where: { $0 != 0 })
      {
        outcome.farkas = search.simplex.farkasRow
        outcome.proof = .certificate
        outcome.termination.detail = "the relaxation is infeasible"
      }
    } else if bound.isFinite {
      outcome.bound = bound
    }
    outcome.statistics.solver = "branch and cut"
    outcome.statistics.nodes = relay.nodes
    outcome.statistics.iterations = relay.iterations
    outcome.statistics.rows = reduced.rowCount
    outcome.statistics.columns = reduced.columnCount
    outcome.statistics.entries = reduced.entryCount
    return outcome
  }
}
