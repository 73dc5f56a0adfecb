#if GLPK
  import CGLPK
  import Constraints

  extension GLPKBranchAndCut.Search {
    /// The best point of all sources, in the columns of the form.
    var best: (point: [Double], objective: Double, source: String)? {
      if let best = context.heuristics?.best { return best }
      guard let point, let incumbent else { return nil }
      return (point, incumbent, "branch and cut")
    }

    private var sign: Double { problem.form.sense.sign }

    /// Whether the gap between this objective and the bound is closed.
    func isClosed(_ objective: Double) -> Bool {
      guard let bound else { return false }
      let distance = (objective - bound) * sign
      return distance <= options.absoluteGap || distance <= options.gap * max(1e-10, abs(objective))
    }

    /// Takes over a point that GLPK calls its incumbent.
    ///
    /// GLPK prunes against its incumbent, so one that the model refutes spoils what follows: from then on nothing more
    /// is claimed than the bound known before.
    func take(_ newPoint: [Double], _ objective: Double) {
      if let socket = context.heuristics {
        switch socket.note(newPoint, source: "branch and cut") {
        case .infeasible:
          if !isTainted { context.report(.log("an incumbent of the search is infeasible in the model; its proof is void")) }
          isTainted = true
        case .accepted, .notBetter: announce(socket)
        }
      } else {
        point = newPoint
        announce(objective)
      }
    }

    private func announce(_ objective: Double) {
      if let incumbent, (objective - incumbent) * sign >= 0 { return }
      incumbent = objective
      improvements += 1
      context.report(.incumbent(progress, source: "branch and cut"))
      if let limit = options.solutionLimit, improvements >= limit { stop = .solutionLimit }
    }

    /// Reports the socket's incumbent if it is news.
    func announce(_ socket: HeuristicSocket) {
      guard let best = socket.best else { return }
      if let incumbent, (best.objective - incumbent) * sign >= 0 { return }
      incumbent = best.objective
      context.report(.incumbent(progress, source: best.source))
      if let limit = options.solutionLimit, socket.improvements >= limit { stop = .solutionLimit }
    }

    var progress: SolveEvent.Progress {
      SolveEvent.Progress(
        seconds: context.deadline.elapsed, nodes: nodes, open: open, incumbent: incumbent, bound: bound)
    }

    /// Called by GLPK at each step of its search, several times a node: what is not O(1) is done ten times a second.
    func visit(_ tree: OpaquePointer) {
      var active: Int32 = 0
      var current: Int32 = 0
      var total: Int32 = 0
      glp_ios_tree_size(tree, &active, &current, &total)
      nodes = Int(total)
      open = Int(active)
      let now = context.deadline.elapsed
      if stop == nil {
        if context.cancellation.isCancelled { stop = .interrupted } else if context.deadline.isOver { stop = .timeLimit }
        if let limit = options.nodeLimit, nodes > limit { stop = .nodeLimit }
        if let limit = options.iterationLimit, !isPresolved, Int(glp_get_it_cnt(problem.pointer)) > limit {
          stop = .iterationLimit
        }
      }
      if stop != nil {
        readBound(tree)
        _ = solve_glpk_terminate(tree)
        return
      }
      switch glp_ios_reason(tree) {
      case GLP_IBINGO:
        readBound(tree)
        if isPresolved { noteObjective(tree) } else { takeIncumbent() }
      case GLP_IHEUR: if !isPresolved { offerPoints(tree) }
      default: break
      }
      if now - lastReport > 0.1 {
        lastReport = now
        readBound(tree)
        if let incumbent, isClosed(incumbent) {
          isGapClosed = true
          _ = solve_glpk_terminate(tree)
        }
        context.report(.progress(progress))
      }
    }

    /// The bound of the best open node. O(open nodes).
    private func readBound(_ tree: OpaquePointer) {
      if isTainted { return }
      let node = glp_ios_best_node(tree)
      if node > 0 {
        let value = glp_ios_node_bound(tree, node)
        if value.isFinite, abs(value) < 1e300, bound.map({ (value - $0) * sign > 0 }) ?? true { bound = value }
      }
    }

    private func takeIncumbent() { take(problem.integerPoint(), glp_mip_obj_val(problem.pointer)) }

    /// In the presolved problem only the objective can be read; GLPK gives the point at the end.
    private func noteObjective(_ tree: OpaquePointer) { announce(glp_mip_obj_val(glp_ios_get_prob(tree))) }

    /// Asks heuristics and offers the best point to the search.
    private func offerPoints(_ tree: OpaquePointer) {
      guard let socket = context.heuristics else { return }
      let node = glp_ios_curr_node(tree)
      if node > 0, nodes >= nextHeuristicNode {
        heuristicCalls += 1
        nextHeuristicNode = nodes + min(1 << min(heuristicCalls, 10), 500)
        let moment: HeuristicMoment = .node
        if socket.wants(moment) {
          let form = problem.form
          _ = socket.ask(
            HeuristicSocket.Question(
              moment: moment, relaxation: problem.primalPoint(),
              lower: (0..<form.columnCount).map { nodeBound($0, isLower: true) },
              upper: (0..<form.columnCount).map { nodeBound($0, isLower: false) },
              complete: completer.complete))
        }
      }
      if socket.wants(.newIncumbent), let best = socket.best, askedObjective != best.objective {
        askedObjective = best.objective
        let form = problem.form
        _ = socket.ask(
          HeuristicSocket.Question(
            moment: .newIncumbent, relaxation: problem.primalPoint(), lower: form.columnLower, upper: form.columnUpper,
            complete: completer.complete))
      }
      announce(socket)
      guard let best = socket.best else { return }
      let known = glp_mip_status(problem.pointer) == GLP_FEAS ? glp_mip_obj_val(problem.pointer) : sign * .infinity
      if (known - best.objective) * sign > 1e-12 * max(1, abs(best.objective)) {
        var values = [0.0] + best.point
        for j in 0..<problem.form.columnCount where problem.form.isInteger[j] != 0 { values[j + 1] = values[j + 1].rounded() }
        _ = solve_glpk_heuristic_solution(tree, &values)
      }
      if stop != nil { _ = solve_glpk_terminate(tree) }
    }

    private func nodeBound(_ j: Int, isLower: Bool) -> Double {
      let value =
        isLower ? glp_get_col_lb(problem.pointer, Int32(j + 1)) : glp_get_col_ub(problem.pointer, Int32(j + 1))
      return value == -Double.greatestFiniteMagnitude ? -.infinity : value == .greatestFiniteMagnitude ? .infinity : value
    }

    /// The answer at the end of the search.
    func finished(_ reason: TerminationReason, detail: String = "", root: FormOutcome?) -> FormOutcome {
      var outcome = FormOutcome(.unknown, Termination(reason, detail: detail))
      if let best {
        outcome.point = best.point
        outcome.source = best.source
        outcome.objective = best.objective
        if isTainted {
          outcome.outcome = isClosed(best.objective) ? .optimal : .feasible
          if outcome.outcome == .feasible {
            outcome.termination = Termination(.numericalFailure, detail: "an incumbent of the search was infeasible")
          }
        } else if reason == .proved {
          outcome.outcome = .optimal
          if detail == "tree empty" { bound = best.objective }
          if detail == "gap closed" {
            // GLPK has proved its gap, though the bound was read some nodes ago.
            let proved = best.objective - sign * max(options.gap * abs(best.objective), options.absoluteGap)
            if bound.map({ (proved - $0) * sign > 0 }) ?? true { bound = proved }
          }
        } else {
          outcome.outcome = isClosed(best.objective) ? .optimal : .feasible
        }
      }
      if let proven = context.heuristics?.provenBound, bound.map({ (proven - $0) * sign > 0 }) ?? true { bound = proven }
      outcome.bound = bound
      if outcome.outcome == .optimal {
        let gap = best.map { abs($0.objective - (bound ?? $0.objective)) / max(1e-10, abs($0.objective)) } ?? 0
        outcome.proof = .bound(gap: gap)
      }
      record(in: &outcome)
      if let root { outcome.statistics.iterations += root.statistics.iterations }
      return outcome
    }

    func record(in outcome: inout FormOutcome) {
      outcome.statistics.nodes = nodes
      if !problem.isBroken { outcome.statistics.iterations = Int(glp_get_it_cnt(problem.pointer)) }
    }
  }

  /// Solves what is left of a problem when columns are fixed, for candidates of heuristics.
  ///
  /// Runs on the thread of the search, on a copy of the problem, with small limits.
  final class GLPKCompleter {
    private let form: LinearForm
    private let options: SolveOptions
    private let context: SolveContext
    private var copy: GLPKProblem?
    /// Set after a failure inside GLPK: no further completions.
    private var isOff = false

    init(form: LinearForm, options: SolveOptions, context: SolveContext) {
      self.form = form
      var own = options
      own.method = .auto
      own.heuristics = false
      own.presolve = false
      // Limits in work, not in time, so that what a heuristic's point becomes does not depend on the machine's load.
      own.nodeLimit = 200
      own.iterationLimit = 10_000 + 2 * (form.rowCount + form.columnCount)
      own.gap = 0.01
      self.options = own
      self.context = SolveContext(deadline: context.deadline, cancellation: context.cancellation)
    }

    func close() {
      copy?.delete()
      copy = nil
    }

    func complete(_ lower: [Double], _ upper: [Double]) -> [Double]? {
      if isOff || context.shouldStop { return nil }
      do {
        return try solve(lower, upper)
      } catch {
        isOff = true
        return nil
      }
    }

    private func solve(_ lower: [Double], _ upper: [Double]) throws(SolverError) -> [Double]? {
      var narrowed = form
      narrowed.columnLower = lower
      narrowed.columnUpper = upper
      let problem: GLPKProblem
      let isWarm: Bool
      if let copy {
        try copy.change(to: narrowed)
        problem = copy
        isWarm = true
      } else {
        problem = try GLPKProblem(narrowed)
        copy = problem
        isWarm = false
      }
      let isOpen = (0..<form.columnCount).contains { form.isInteger[$0] != 0 && lower[$0] != upper[$0] }
      let outcome: FormOutcome
      if isOpen {
        var search = GLPKBranchAndCut(problem: problem, options: options, context: context)
        outcome = try search.solve(isWarm: isWarm)
      } else {
        outcome = try problem.solveContinuous(options: options, context: context, isWarm: isWarm)
      }
      guard outcome.outcome == .optimal || outcome.outcome == .feasible, !outcome.point.isEmpty else { return nil }
      return outcome.point
    }
  }
#endif
