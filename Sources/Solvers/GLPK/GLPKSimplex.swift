#if GLPK
  import CGLPK
  import Constraints

  extension GLPKProblem {
    /// Solves the problem without integrality by the chosen method.
    func solveContinuous(
      options: SolveOptions, context: SolveContext, isWarm: Bool
    ) throws(SolverError) -> FormOutcome {
      if form.columnCount == 0 || form.rowCount == 0 { return try solveWithoutRows(options, context) }
      switch options.method {
      case .interior: return try solveInterior(options, context)
      case .exact: return try solveExact(options, context, isWarm: isWarm)
      case .auto, .primal, .dual: return try solveSimplex(options, context, isWarm: isWarm)
      }
    }

    /// A problem without rows separates into its columns; GLPK's methods expect at least one row.
    private func solveWithoutRows(_ options: SolveOptions, _ context: SolveContext) throws(SolverError) -> FormOutcome {
      let sign = form.sense.sign
      var point = [Double](repeating: 0, count: form.columnCount)
      var ray: [Double] = []
      for i in 0..<form.rowCount where form.rowLower[i] > 0 || form.rowUpper[i] < 0 {
        var outcome = FormOutcome(.infeasible, Termination(.proved, detail: "row \(i + 1) is empty and cannot hold"))
        outcome.farkas = [Double](repeating: 0, count: form.rowCount)
        outcome.farkas[i] = form.rowLower[i] > 0 ? 1 : -1
        return outcome
      }
      for j in 0..<form.columnCount {
        let cost = sign * form.objective[j]
        let (low, high) = (form.columnLower[j], form.columnUpper[j])
        let nearest = low > 0 ? low : high < 0 ? high : 0
        point[j] = cost > 0 ? low : cost < 0 ? high : nearest
        if !point[j].isFinite {
          point[j] = nearest
          ray = [Double](repeating: 0, count: form.columnCount)
          ray[j] = cost > 0 ? -1 : 1
        }
      }
      var outcome = FormOutcome(ray.isEmpty ? .optimal : .unbounded, Termination(.proved, detail: "no rows"))
      outcome.point = point
      outcome.source = "bounds"
      outcome.objective = form.value(at: point)
      outcome.ray = ray
      if ray.isEmpty {
        outcome.bound = outcome.objective
        outcome.proof = .tolerance(0)
        outcome.rowDuals = [Double](repeating: 0, count: form.rowCount)
        outcome.reducedCosts = form.objective
      }
      return outcome
    }

    // MARK: - Simplex

    func simplexParameters(_ options: SolveOptions, dual: Bool) -> glp_smcp {
      var parameters = glp_smcp()
      glp_init_smcp(&parameters)
      parameters.msg_lev = GLP_MSG_ALL
      parameters.out_frq = 1000
      parameters.meth = dual ? GLP_DUALP : GLP_PRIMAL
      parameters.presolve = GLP_OFF
      parameters.tol_bnd = min(max(options.feasibilityTolerance ?? 1e-7, 1e-12), 1e-3)
      parameters.tol_dj = min(max(options.optimalityTolerance ?? 1e-7, 1e-12), 1e-3)
      return parameters
    }

    /// How a run of the simplex method ended.
    enum SimplexEnd {
      case status(Int32)
      case stopped(TerminationReason)
      case numericalFailure(Int32)
    }

    /// Runs the simplex method on `target` in slices, so that limits and cancellation are noticed in time.
    ///
    /// A slice continues from the basis of the one before. Its length is a number of pivots that follows from the size
    /// of the problem, about a tenth of a second's work: measured in time, the path would depend on the machine's load.
    /// When many pivots leave the objective where it is, the
    /// method cycles; then pricing, ratio test and method are changed one after another.
    func run(
      _ target: OpaquePointer, _ parameters: glp_smcp, options: SolveOptions, context: SolveContext
    ) throws(SolverError) -> SimplexEnd {
      var parameters = parameters
      let before = glp_get_it_cnt(target)
      let patience = 20 * (Int(glp_get_num_rows(target)) + Int(glp_get_num_cols(target))) + 5000
      var lastProgress = Int(before)
      var lastObjective = Double.nan
      var remedies = 0
      let size = Int(glp_get_num_rows(target)) + Int(glp_get_num_cols(target)) + Int(glp_get_num_nz(target))
      var slice = min(max(20_000_000 / max(1, size), 200), 20_000)
      while true {
        if context.cancellation.isCancelled { return .stopped(.interrupted) }
        if context.deadline.isOver { return .stopped(.timeLimit) }
        parameters.tm_lim = Int32(max(1, min(context.deadline.remaining * 1000, 2e9)))
        parameters.it_lim = Int32(clamping: slice)
        slice = min(slice + slice / 10, 100_000)
        if let limit = options.iterationLimit {
          let left = limit - Int(glp_get_it_cnt(target) - before)
          if left <= 0 { return .stopped(.iterationLimit) }
          parameters.it_lim = min(parameters.it_lim, Int32(clamping: left))
        }
        let code = try check(solve_glpk_simplex(target, &parameters))
        switch code {
        case 0: return .status(glp_get_status(target))
        case GLP_ETMLIM: return .stopped(.timeLimit)
        case GLP_EITLIM:
          let objective = glp_get_obj_val(target)
          let count = Int(glp_get_it_cnt(target))
          context.report(
            .iteration(
              count: count, objective: objective, primalInfeasibility: .nan, dualInfeasibility: .nan,
              seconds: context.deadline.elapsed))
          if abs(objective - lastObjective) > 1e-9 * max(1, abs(objective)) || lastObjective.isNaN {
            lastObjective = objective
            lastProgress = count
          } else if count - lastProgress > patience {
            guard try unstick(target, &parameters, remedies) else { return .stopped(.stalled) }
            context.report(.log("the simplex method makes no progress; remedy \(remedies + 1)"))
            remedies += 1
            lastProgress = count
          }
        case GLP_EBADB, GLP_ESING, GLP_ECOND:
          // A basis that cannot be factorized: start again from the rows, once.
          guard remedies < 5 else { return .numericalFailure(code) }
          remedies = 5
          try check(solve_glpk_standard_basis(target))
        default: return .numericalFailure(code)
        }
      }
    }

    /// Changes something about a simplex run that cycles; false when nothing is left to change.
    private func unstick(
      _ target: OpaquePointer, _ parameters: inout glp_smcp, _ remedies: Int
    ) throws(SolverError) -> Bool {
      switch remedies {
      case 0:
        parameters.pricing = GLP_PT_STD
        parameters.r_test = GLP_RT_STD
      case 1: parameters.meth = parameters.meth == GLP_PRIMAL ? GLP_DUALP : GLP_PRIMAL
      case 2: try check(solve_glpk_advanced_basis(target))
      default: return false
      }
      return true
    }

    func scaleOnce() throws(SolverError) {
      if !isScaled {
        try check(solve_glpk_scale(pointer, GLP_SF_AUTO))
        isScaled = true
      }
    }

    private func solveSimplex(
      _ options: SolveOptions, _ context: SolveContext, isWarm: Bool
    ) throws(SolverError) -> FormOutcome {
      context.report(.phase("simplex"))
      if options.presolve && !isWarm {
        if let outcome = try solvePresolved(options, context) { return outcome }
      }
      try scaleOnce()
      if !isWarm && !options.presolve { try check(solve_glpk_advanced_basis(pointer)) }
      let useDual = options.method == .dual || (options.method == .auto && isWarm)
      let end = try run(pointer, simplexParameters(options, dual: useDual), options: options, context: context)
      return try finish(end, options, context)
    }

    /// Presolve, simplex on the reduced problem, postsolve. Nil when the original has to be looked at: no feasible
    /// point or no optimum, where the reduced problem gives no certificate, or a postsolve that lost accuracy.
    private func solvePresolved(_ options: SolveOptions, _ context: SolveContext) throws(SolverError) -> FormOutcome? {
      var reduced: OpaquePointer?
      var status: Int32 = 0
      guard let prep = solve_glpk_presolve(pointer, &reduced, &status) else {
        try check(SOLVE_GLPK_FAILED)
        return nil
      }
      try check(status)
      defer { if !isBroken { solve_glpk_free_presolve(prep) } }
      guard let reduced else { return nil }
      defer { if !isBroken { solve_glpk_delete(reduced) } }
      context.report(
        .log(
          "presolve: \(glp_get_num_rows(reduced)) of \(form.rowCount) rows, \(glp_get_num_cols(reduced)) of \(form.columnCount) columns left"
        ))
      if glp_get_num_rows(reduced) > 0 {
        try check(solve_glpk_scale(reduced, GLP_SF_AUTO))
        try check(solve_glpk_advanced_basis(reduced))
      } else {
        try check(solve_glpk_standard_basis(reduced))
      }
      let end = try run(
        reduced, simplexParameters(options, dual: options.method == .dual), options: options, context: context)
      switch end {
      case .status(GLP_OPT):
        try check(solve_glpk_postsolve(prep, reduced, pointer))
        let point = primalPoint()
        if infeasibility(of: point) > 1e-7 {
          // The basis is good; a few pivots in the original settle the numbers.
          return nil
        }
        return try finish(end, options, context, iterations: Int(glp_get_it_cnt(reduced)))
      case .status, .numericalFailure: return nil
      case .stopped(let reason):
        var outcome = FormOutcome(.unknown, Termination(reason, detail: "in the presolved problem"))
        outcome.statistics.iterations = Int(glp_get_it_cnt(reduced))
        return outcome
      }
    }

    /// Turns the end of a simplex run on the original problem into an answer with point, duals and certificate.
    func finish(
      _ end: SimplexEnd, _ options: SolveOptions, _ context: SolveContext, iterations: Int? = nil
    ) throws(SolverError) -> FormOutcome {
      var outcome: FormOutcome
      switch end {
      case .numericalFailure(let code):
        outcome = FormOutcome(.unknown, Termination(.numericalFailure, detail: "GLPK's simplex gave code \(code)"))
      case .stopped(let reason):
        outcome = FormOutcome(.unknown, Termination(reason))
        if glp_get_prim_stat(pointer) == GLP_FEAS {
          outcome.outcome = .feasible
          attachPoint(&outcome)
        }
      case .status(GLP_OPT):
        outcome = FormOutcome(.optimal, Termination(.proved, detail: "optimal basis"))
        outcome.proof = .tolerance(options.feasibilityTolerance ?? 1e-7)
        attachPoint(&outcome)
        outcome.bound = outcome.objective
        outcome.rowDuals = rowDuals()
        outcome.reducedCosts = reducedCosts()
        outcome.basis = basis()
      case .status(GLP_UNBND):
        outcome = FormOutcome(.unbounded, Termination(.proved, detail: "unbounded ray"))
        outcome.ray = try unboundedRay()
        if outcome.ray.isEmpty {
          // The dual method sees unboundedness without a direction; the primal one ends on it.
          let again = try run(pointer, simplexParameters(options, dual: false), options: options, context: context)
          if case .status(GLP_UNBND) = again { outcome.ray = try unboundedRay() }
        }
        attachPoint(&outcome)
        outcome.basis = basis()
      case .status:
        // No feasible basis, or none dual feasible: the primal method separates the two.
        return try explain(options, context)
      }
      outcome.statistics.iterations = iterations ?? Int(glp_get_it_cnt(pointer))
      return outcome
    }

    private func attachPoint(_ outcome: inout FormOutcome) {
      outcome.point = primalPoint()
      outcome.source = "simplex"
      outcome.objective = glp_get_obj_val(pointer)
    }

    /// Runs the primal simplex method on the original problem, for a certificate of infeasibility or a ray.
    private func explain(_ options: SolveOptions, _ context: SolveContext) throws(SolverError) -> FormOutcome {
      try scaleOnce()
      let end = try run(pointer, simplexParameters(options, dual: false), options: options, context: context)
      var outcome: FormOutcome
      switch end {
      case .status(GLP_OPT), .status(GLP_UNBND): return try finish(end, options, context)
      case .status(let status) where status != GLP_NOFEAS:
        return FormOutcome(.unknown, Termination(.numericalFailure, detail: "the simplex method stalled"))
      case .status:
        outcome = FormOutcome(.infeasible, Termination(.proved, detail: "no feasible basis"))
        outcome.farkas = try farkasMultipliers(options, context)
        outcome.basis = basis()
      case .stopped(.stalled), .numericalFailure:
        // The elastic problem has a feasible basis from the start, and its duals settle the matter.
        let multipliers = try farkasMultipliers(options, context)
        if multipliers.isEmpty { return try finish(end, options, context) }
        outcome = FormOutcome(.infeasible, Termination(.proved, detail: "elastic problem"))
        outcome.farkas = multipliers
      case .stopped: return try finish(end, options, context)
      }
      outcome.statistics.iterations = Int(glp_get_it_cnt(pointer))
      return outcome
    }

    // MARK: - Other methods

    private func solveInterior(_ options: SolveOptions, _ context: SolveContext) throws(SolverError) -> FormOutcome {
      context.report(.phase("interior point"))
      var parameters = glp_iptcp()
      glp_init_iptcp(&parameters)
      parameters.msg_lev = GLP_MSG_ALL
      parameters.ord_alg = GLP_ORD_AMD
      let watch = StopWatch(context)
      let code = try watch.run { solve_glpk_interior(pointer, &parameters) }
      guard let code = try checkAbandonable(code) else {
        return FormOutcome(.unknown, Termination(context.cancellation.isCancelled ? .interrupted : .timeLimit))
      }
      if code == 0, glp_ipt_status(pointer) == GLP_OPT {
        var outcome = FormOutcome(.optimal, Termination(.converged, detail: "interior point"))
        outcome.proof = .tolerance(1e-8)
        outcome.point = (0..<form.columnCount).map {
          min(max(glp_ipt_col_prim(pointer, Int32($0 + 1)), form.columnLower[$0]), form.columnUpper[$0])
        }
        outcome.source = "interior point"
        outcome.objective = glp_ipt_obj_val(pointer)
        outcome.bound = outcome.objective
        outcome.rowDuals = (0..<form.rowCount).map { glp_ipt_row_dual(pointer, Int32($0 + 1)) }
        outcome.reducedCosts = (0..<form.columnCount).map { glp_ipt_col_dual(pointer, Int32($0 + 1)) }
        return outcome
      }
      // GLPK's interior point neither proves infeasibility nor unboundedness; the simplex method does.
      context.report(.log("the interior-point method found no optimum; the simplex method decides"))
      var outcome = try solveSimplex(options, context, isWarm: false)
      outcome.termination.detail += " (simplex, after the interior-point method gave up)"
      return outcome
    }

    private func solveExact(
      _ options: SolveOptions, _ context: SolveContext, isWarm: Bool
    ) throws(SolverError) -> FormOutcome {
      var approximate = options
      approximate.method = .auto
      let first = try solveSimplex(approximate, context, isWarm: isWarm)
      if first.termination.reason.isLimit || first.termination.reason == .interrupted { return first }
      context.report(.phase("exact simplex"))
      var parameters = simplexParameters(options, dual: false)
      let watch = StopWatch(context)
      while true {
        if context.cancellation.isCancelled { return FormOutcome(.unknown, Termination(.interrupted)) }
        if context.deadline.isOver { return FormOutcome(.unknown, Termination(.timeLimit)) }
        parameters.tm_lim = Int32(max(1, min(context.deadline.remaining * 1000, 2e9)))
        parameters.it_lim = 100
        let result = try watch.run { solve_glpk_exact(pointer, &parameters) }
        guard let code = try checkAbandonable(result) else {
          return FormOutcome(.unknown, Termination(context.cancellation.isCancelled ? .interrupted : .timeLimit))
        }
        if code == GLP_EITLIM || code == GLP_ETMLIM { continue }
        if code != 0 {
          return FormOutcome(.unknown, Termination(.numericalFailure, detail: "GLPK's exact simplex gave code \(code)"))
        }
        break
      }
      let status = glp_get_status(pointer)
      if status == GLP_NOFEAS || status == GLP_INFEAS {
        var outcome = FormOutcome(.infeasible, Termination(.proved, detail: "exact arithmetic"))
        outcome.proof = .exact
        outcome.farkas = first.farkas.isEmpty ? try farkasMultipliers(options, context) : first.farkas
        return outcome
      }
      var outcome = try finish(.status(status), options, context)
      if outcome.outcome == .optimal {
        outcome.proof = .exact
        outcome.termination.detail = "optimal basis in exact arithmetic"
      }
      return outcome
    }
  }

  /// Lets GLPK be abandoned from its output hook when the deadline passes or the solve is cancelled.
  struct StopWatch {
    private final class Box {
      let context: SolveContext
      let mayAbandon: () -> Bool
      init(_ context: SolveContext, _ mayAbandon: @escaping () -> Bool) {
        self.context = context
        self.mayAbandon = mayAbandon
      }
    }
    private let box: Box

    /// - Parameter mayAbandon: whether abandoning is right at the moment; it loses all that GLPK holds.
    init(_ context: SolveContext, mayAbandon: @escaping () -> Bool = { true }) { box = Box(context, mayAbandon) }

    func run(_ call: () -> Int32) throws(SolverError) -> Int32 {
      var outerInfo: UnsafeMutableRawPointer?
      let outer = solve_glpk_watched(&outerInfo)
      solve_glpk_watch(
        { info in
          guard let info else { return 0 }
          let box = Unmanaged<Box>.fromOpaque(info).takeUnretainedValue()
          return box.context.shouldStop && box.mayAbandon() ? 1 : 0
        }, Unmanaged.passUnretained(box).toOpaque())
      defer { solve_glpk_watch(outer, outerInfo) }
      return withExtendedLifetime(box) { call() }
    }
  }
#endif
