#if GLPK
  import CGLPK
  import Constraints

  /// The GNU Linear Programming Kit: simplex, interior point, exact arithmetic, branch and cut.
  ///
  /// Its state is thread-local, so a solve stays on one thread; any number of solves may run on any number of threads.
  /// Whatever GLPK would abort on is checked first, and what is left ends as a ``SolverError``.
  ///
  /// A. Makhorin, "GNU Linear Programming Kit, Reference Manual for GLPK Version 5.0" (2020).
  public struct GLPKSolver: Solver {
    public init() {}

    public var name: String { "glpk" }
    public var version: String { "GLPK \(String(cString: glp_version()))" }
    public var summary: String {
      "simplex (primal, dual), interior point, exact arithmetic, branch and cut; GPL version 3 or later"
    }
    public var capabilities: Capabilities {
      Capabilities(
        linear: true, integer: true,
        features: [.warmStart, .inPlaceChanges, .duals, .certificates, .heuristics, .exactArithmetic, .cancellation])
    }

    public func solve(
      _ form: Form, options: SolveOptions, context: SolveContext
    ) throws(SolverError) -> FormOutcome {
      let workspace = GLPKWorkspace(memoryLimit: options.memoryLimit)
      defer { workspace.close() }
      return try workspace.solve(form, options: options, context: context)
    }

    public func openWorkspace(options: SolveOptions) -> any SolverWorkspace {
      GLPKWorkspace(memoryLimit: options.memoryLimit)
    }
  }

  /// GLPK opened on the current thread, with the problem loaded last. Must be used and closed on the thread that made it.
  final class GLPKWorkspace: SolverWorkspace {
    private var problem: GLPKProblem?
    private(set) var loading = "nothing loaded"
    private let memoryLimit: Int?

    init(memoryLimit: Int?) {
      self.memoryLimit = memoryLimit
      open()
    }

    private func open() {
      solve_glpk_enter()
      if let memoryLimit { solve_glpk_memory_limit(Int32(clamping: memoryLimit)) }
    }

    func close() {
      problem?.delete()
      problem = nil
      solve_glpk_leave()
    }

    /// Loads the form, or changes the loaded one in place when only numbers differ, and solves it.
    func solve(_ form: Form, options: SolveOptions, context: SolveContext) throws(SolverError) -> FormOutcome {
      guard case .linear(let form) = form else {
        throw .refused([Diagnostic(.unsupported, "GLPK takes linear and mixed-integer linear models only")])
      }
      if let early = GLPKWorkspace.answerWithoutSolving(form) { return early }
      let relay = GLPKLogRelay(context.report)
      relay.attach()
      defer { relay.detach() }
      do {
        return try attempt(form, options, context)
      } catch .failed(_, let message) where options.presolve {
        // GLPK's presolver has internal checks that some sound models fail; without it they are solved.
        context.report(.log("GLPK failed (\(message)); again without its presolve"))
        problem?.delete()
        problem = nil
        var plain = options
        plain.presolve = false
        return try attempt(form, plain, context)
      } catch .outOfMemory {
        return abandoned(Termination(.memoryLimit, detail: "GLPK ran out of memory"), context)
      } catch .failed(_, let message) where context.heuristics?.best != nil {
        return abandoned(Termination(.solverError, detail: message), context)
      }
    }

    /// What is left after a failure: the best point of the heuristics and the search, and a fresh environment.
    private func abandoned(_ termination: Termination, _ context: SolveContext) -> FormOutcome {
      // Nothing that was loaded can be used any more; leaving frees it all.
      problem = nil
      solve_glpk_leave()
      open()
      var outcome = FormOutcome(.unknown, termination)
      if let best = context.heuristics?.best {
        outcome.outcome = .feasible
        (outcome.point, outcome.objective, outcome.source) = (best.point, best.objective, best.source)
      }
      return outcome
    }

    private func attempt(
      _ form: LinearForm, _ options: SolveOptions, _ context: SolveContext
    ) throws(SolverError) -> FormOutcome {
      let isReused: Bool
      if let loaded = problem, loaded.canChange(to: form) {
        try loaded.change(to: form)
        isReused = true
        loading = "changed in place"
      } else {
        loading = problem == nil ? "loaded" : "built anew: the structure of the rows changed"
        if problem?.isBroken == true {
          // An abandoned problem can only be freed with everything else.
          solve_glpk_leave()
          open()
        } else {
          problem?.delete()
        }
        problem = nil
        problem = try GLPKProblem(form)
        isReused = false
      }
      guard let problem else { throw .failed(solver: "GLPK", message: "nothing is loaded") }
      if let basis = context.basis { try problem.set(basis) }
      let isWarm = isReused || context.basis != nil
      var outcome: FormOutcome
      if form.hasIntegers {
        var search = GLPKBranchAndCut(problem: problem, options: options, context: context)
        outcome = try search.solve(isWarm: isWarm)
      } else {
        outcome = try problem.solveContinuous(options: options, context: context, isWarm: isWarm)
      }
      outcome.statistics.solver = "GLPK \(String(cString: glp_version()))"
      outcome.statistics.rows = form.rowCount
      outcome.statistics.columns = form.columnCount
      outcome.statistics.entries = form.entryCount
      return outcome
    }

    /// Integer columns whose bounds hold no whole number; GLPK would answer with an error code that says less.
    private static func answerWithoutSolving(_ form: LinearForm) -> FormOutcome? {
      for j in 0..<form.columnCount where form.columnLower[j] > form.columnUpper[j] {
        return FormOutcome(.infeasible, Termination(.proved, detail: "column \(j + 1) has no value between its bounds"))
      }
      return nil
    }
  }

  /// Passes GLPK's output on as log events, line by line, on the thread of the solve.
  final class GLPKLogRelay {
    private let report: @Sendable (SolveEvent) -> Void
    private var line = ""

    init(_ report: @escaping @Sendable (SolveEvent) -> Void) { self.report = report }

    func attach() {
      solve_glpk_output(
        { text, info in
          guard let text, let info else { return }
          Unmanaged<GLPKLogRelay>.fromOpaque(info).takeUnretainedValue().receive(String(cString: text))
        }, Unmanaged.passUnretained(self).toOpaque())
    }

    func detach() { solve_glpk_output(nil, nil) }

    private func receive(_ text: String) {
      line += text
      while let end = line.firstIndex(of: "\n") {
        report(.log(String(line[..<end])))
        line = String(line[line.index(after: end)...])
      }
    }
  }
#endif
