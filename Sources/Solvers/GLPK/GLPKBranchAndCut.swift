#if GLPK
  import CGLPK
  import Constraints

  /// GLPK's branch and cut, with the heuristic socket plugged into its callbacks.
  struct GLPKBranchAndCut {
    let problem: GLPKProblem
    let options: SolveOptions
    let context: SolveContext

    init(problem: GLPKProblem, options: SolveOptions, context: SolveContext) {
      self.problem = problem
      self.options = options
      self.context = context
    }

    /// State that the callback shares with the solve; lives on the stack of ``solve(isWarm:)``.
    final class Search {
      let problem: GLPKProblem
      let options: SolveOptions
      let context: SolveContext
      let completer: GLPKCompleter
      var nodes = 0
      var open = 0
      var bound: Double?
      var incumbent: Double?
      var stop: TerminationReason?
      var lastReport = -1.0
      var askedObjective: Double?
      var heuristicCalls = 0
      var improvements = 0
      /// Set when GLPK took a point for its incumbent that the model refutes.
      var isTainted = false
      /// Set when the search was ended because the gap is small enough.
      var isGapClosed = false
      var nextHeuristicNode = 1
      /// The best point the search itself found, for searches without a socket.
      var point: [Double]?
      let isPresolved: Bool

      init(_ problem: GLPKProblem, _ options: SolveOptions, _ context: SolveContext, isPresolved: Bool) {
        self.problem = problem
        self.options = options
        self.context = context
        self.isPresolved = isPresolved
        completer = GLPKCompleter(form: problem.form, options: options, context: context)
      }
    }

    mutating func solve(isWarm: Bool) throws(SolverError) -> FormOutcome {
      let form = problem.form
      let socket = context.heuristics
      let isPresolved = options.presolve && socket == nil
      let search = Search(problem, options, context, isPresolved: isPresolved)
      defer { search.completer.close() }

      if let socket, socket.wants(.beforeSearch) {
        context.report(.phase("start"))
        _ = socket.ask(
          HeuristicSocket.Question(
            moment: .beforeSearch, relaxation: nil, lower: form.columnLower, upper: form.columnUpper,
            complete: search.completer.complete))
        search.announce(socket)
      }

      var root: FormOutcome?
      if !isPresolved {
        var relaxed = options
        if relaxed.method == .exact || relaxed.method == .interior {
          context.report(.log("--method \(relaxed.method.rawValue) is for models without whole numbers; simplex is used"))
          relaxed.method = .auto
        }
        let relaxation = try problem.solveContinuous(options: relaxed, context: context, isWarm: isWarm)
        root = relaxation
        if let answer = answer(from: relaxation, socket) { return answer }
        search.bound = relaxation.objective
        if let socket, socket.wants(.rootRelaxation) {
          _ = socket.ask(
            HeuristicSocket.Question(
              moment: .rootRelaxation, relaxation: relaxation.point, lower: form.columnLower, upper: form.columnUpper,
              complete: search.completer.complete))
          search.announce(socket)
          if let best = socket.best, search.isClosed(best.objective) {
            return search.finished(.proved, detail: "the root relaxation proves it", root: relaxation)
          }
        }
      }
      context.report(.phase("branch and cut"))
      var parameters = searchParameters(isPresolved: isPresolved)
      parameters.cb_func = { tree, info in
        guard let tree, let info else { return }
        Unmanaged<Search>.fromOpaque(info).takeUnretainedValue().visit(tree)
      }
      parameters.cb_info = Unmanaged.passUnretained(search).toOpaque()
      if context.deadline.limit != nil {
        parameters.tm_lim = Int32(max(1, min(context.deadline.remaining * 1000, 2e9)))
      }
      // In a presolved search only GLPK can give the incumbent's point, so it is not abandoned once there is one.
      let watch = StopWatch(context) { !(isPresolved && search.incumbent != nil) }
      let raw = try watch.run { withExtendedLifetime(search) { solve_glpk_intopt(problem.pointer, &parameters) } }
      guard let code = try problem.checkAbandonable(raw) else {
        return search.finished(search.stop ?? (context.cancellation.isCancelled ? .interrupted : .timeLimit), root: root)
      }
      return try finish(code, search, root)
    }

    private func searchParameters(isPresolved: Bool) -> glp_iocp {
      var parameters = glp_iocp()
      glp_init_iocp(&parameters)
      parameters.msg_lev = GLP_MSG_ALL
      parameters.out_frq = 500
      parameters.presolve = isPresolved ? GLP_ON : GLP_OFF
      parameters.tol_int = min(max(options.integralityTolerance, 1e-9), 1e-3)
      parameters.mip_gap = min(max(options.gap, 0), 1e9)
      let cuts: Set<SolveOptions.Cut>
      switch options.cuts {
      case .auto: cuts = [.gomory, .mir, .cover, .clique]
      case .only(let chosen): cuts = chosen
      }
      parameters.gmi_cuts = cuts.contains(.gomory) ? GLP_ON : GLP_OFF
      parameters.mir_cuts = cuts.contains(.mir) ? GLP_ON : GLP_OFF
      parameters.cov_cuts = cuts.contains(.cover) ? GLP_ON : GLP_OFF
      parameters.clq_cuts = cuts.contains(.clique) ? GLP_ON : GLP_OFF
      parameters.br_tech =
        switch options.branching {
        case .firstFractional: GLP_BR_FFV
        case .lastFractional: GLP_BR_LFV
        case .mostFractional: GLP_BR_MFV
        case .driebeckTomlin: GLP_BR_DTH
        case .auto, .pseudocost: GLP_BR_PCH
        }
      parameters.bt_tech =
        switch options.nodeSelection {
        case .depthFirst: GLP_BT_DFS
        case .breadthFirst: GLP_BT_BFS
        case .bestLocalBound: GLP_BT_BLB
        case .auto, .bestProjection: GLP_BT_BPH
        }
      return parameters
    }

    /// The answer when the relaxation settles the matter.
    private func answer(from relaxation: FormOutcome, _ socket: HeuristicSocket?) -> FormOutcome? {
      let form = problem.form
      switch relaxation.outcome {
      case .optimal:
        let isWhole = (0..<form.columnCount).allSatisfy {
          form.isInteger[$0] == 0 || abs(relaxation.point[$0] - relaxation.point[$0].rounded()) <= 1e-9
        }
        if isWhole {
          var outcome = relaxation
          for j in 0..<form.columnCount where form.isInteger[j] != 0 { outcome.point[j] = outcome.point[j].rounded() }
          outcome.proof = .bound(gap: 0)
          // The duals stay: they are the proof that the checker looks at.
          outcome.termination.detail = "the relaxation is whole"
          return outcome
        }
        return nil
      case .unbounded:
        // With rational data an unbounded relaxation means: unbounded, or no whole point at all.
        var outcome = FormOutcome(.infeasibleOrUnbounded, Termination(.proved, detail: "the relaxation is unbounded"))
        outcome.ray = relaxation.ray
        outcome.statistics = relaxation.statistics
        if let best = socket?.best {
          outcome.outcome = .unbounded
          outcome.point = best.point
          outcome.source = best.source
          outcome.objective = best.objective
        } else if let point = anyPoint() {
          outcome.outcome = .unbounded
          outcome.point = point
          outcome.source = "branch and cut"
          outcome.objective = problem.form.value(at: point)
        }
        return outcome
      case .infeasible:
        var outcome = relaxation
        outcome.termination.detail = "the relaxation is infeasible"
        if let best = socket?.best {
          // Feasible within tolerances, infeasible beyond them: the point counts.
          outcome = FormOutcome(
            .feasible, Termination(.numericalFailure, detail: "feasible only within tolerances"))
          (outcome.point, outcome.objective, outcome.source) = (best.point, best.objective, best.source)
        }
        return outcome
      default:
        var outcome = relaxation
        outcome.outcome = .unknown
        outcome.point = []
        outcome.objective = nil
        if let best = socket?.best {
          outcome.outcome = .feasible
          outcome.point = best.point
          outcome.source = best.source
          outcome.objective = best.objective
        }
        outcome.bound = nil
        return outcome
      }
    }

    /// A feasible point, whatever its objective; nil when none was found.
    private func anyPoint() -> [Double]? {
      var indifferent = problem.form
      indifferent.objective = [Double](repeating: 0, count: indifferent.columnCount)
      guard let copy = try? GLPKProblem(indifferent) else { return nil }
      defer { copy.delete() }
      var plain = options
      plain.presolve = false
      plain.heuristics = false
      var inner = context
      inner.heuristics = nil
      var search = GLPKBranchAndCut(problem: copy, options: plain, context: inner)
      guard let outcome = try? search.solve(isWarm: false), !outcome.point.isEmpty else { return nil }
      return outcome.point
    }

    private func finish(_ code: Int32, _ search: Search, _ root: FormOutcome?) throws(SolverError) -> FormOutcome {
      let status = glp_mip_status(problem.pointer)
      if status == GLP_OPT || status == GLP_FEAS { search.take(problem.integerPoint(), glp_mip_obj_val(problem.pointer)) }
      switch code {
      case 0:
        if search.isTainted, search.best == nil {
          var outcome = FormOutcome(
            .unknown, Termination(.numericalFailure, detail: "an incumbent of the search was infeasible"))
          search.record(in: &outcome)
          return outcome
        }
        if status == GLP_NOFEAS, search.best == nil {
          var outcome = FormOutcome(.infeasible, Termination(.proved, detail: "tree empty"))
          outcome.proof = .search
          search.record(in: &outcome)
          return outcome
        }
        return search.finished(.proved, detail: "tree empty", root: root)
      case GLP_EMIPGAP: return search.finished(.proved, detail: "gap closed", root: root)
      case GLP_ETMLIM: return search.finished(.timeLimit, root: root)
      case GLP_ESTOP where search.isGapClosed && search.stop == nil:
        return search.finished(.proved, detail: "gap closed", root: root)
      case GLP_ESTOP: return search.finished(search.stop ?? .interrupted, root: root)
      case GLP_ENOPFS:
        var outcome = FormOutcome(.infeasible, Termination(.proved, detail: "presolve"))
        outcome.proof = .search
        outcome.farkas = try certificateOfRelaxation()
        if !outcome.farkas.isEmpty { outcome.proof = .certificate }
        return outcome
      case GLP_ENODFS:
        // The relaxation has no dual feasible point: it is unbounded or infeasible.
        let relaxation = try problem.solveContinuous(options: relaxedOptions, context: context, isWarm: true)
        if let outcome = answer(from: relaxation, nil) { return outcome }
        return FormOutcome(.unknown, Termination(.numericalFailure, detail: "presolve found the model unbounded"))
      default:
        return search.finished(.numericalFailure, detail: "GLPK's branch and cut gave code \(code)", root: root)
      }
    }

    private var relaxedOptions: SolveOptions {
      var relaxed = options
      relaxed.method = .auto
      relaxed.presolve = false
      return relaxed
    }

    private func certificateOfRelaxation() throws(SolverError) -> [Double] {
      try problem.solveContinuous(options: relaxedOptions, context: context, isWarm: false).farkas
    }
  }
#endif
