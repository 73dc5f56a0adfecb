import Constraints

/// Linear forms by the dual simplex method, behind the shared presolve: a vertex, its basis, duals and certificates.
public struct SimplexSolver: Solver {
  public init() {}

  public var name: String { "simplex" }
  public var version: String { "dual simplex" }
  public var summary: String { "dual simplex with steepest-edge pricing and long steps, for linear models: a vertex and its basis" }
  public var capabilities: Capabilities {
    Capabilities(linear: true, features: [.warmStart, .duals, .certificates, .cancellation])
  }

  public func solve(
    _ form: Form, options: SolveOptions, context: SolveContext
  ) throws(SolverError) -> FormOutcome {
    guard case .linear(let linear) = form else {
      throw .refused([Diagnostic(.unsupported, "'simplex' takes linear models only")])
    }
    context.report(.phase("dual simplex"))
    // A basis to start from belongs to the form as it is.
    if let basis = context.basis { return solve(linear, from: basis, options, context) }
    return try PresolvedSolve.run(form, options: options, context: context) { reduced throws(SolverError) in
      solve(reduced.linear, from: nil, options, context)
    }
  }

  public func openWorkspace(options: SolveOptions) -> any SolverWorkspace { FreshWorkspace(solver: self) }

  private func solve(
    _ form: LinearForm, from basis: Basis?, _ options: SolveOptions, _ context: SolveContext
  ) -> FormOutcome {
    var settings = Simplex.Options()
    settings.primalTolerance = min(options.feasibilityTolerance ?? settings.primalTolerance, 1e-6)
    settings.dualTolerance = min(options.optimalityTolerance ?? settings.dualTolerance, 1e-6)
    let simplex = Simplex(form, options: settings)
    if let basis, basis.columns.count == form.columnCount, basis.rows.count == form.rowCount { simplex.load(basis) }
    var lastReport = context.deadline.elapsed
    let status = simplex.solve(iterationLimit: options.iterationLimit ?? .max) {
      let now = context.deadline.elapsed
      if now - lastReport > 0.1 {
        lastReport = now
        context.report(
          .iteration(
            count: simplex.iterations, objective: form.sense.sign * simplex.objective + form.constant,
            primalInfeasibility: simplex.primalInfeasibility, dualInfeasibility: 0, seconds: now))
      }
      return context.shouldStop
    }
    return outcome(simplex, status, form, context)
  }

  private func outcome(
    _ simplex: Simplex, _ status: Simplex.Status, _ form: LinearForm, _ context: SolveContext
  ) -> FormOutcome {
    let sign = form.sense.sign
    var outcome: FormOutcome
    switch status {
    case .optimal:
      outcome = FormOutcome(.optimal, Termination(.converged))
      outcome.point = simplex.point
      outcome.source = "simplex"
      outcome.objective = form.value(at: outcome.point)
      outcome.proof = .tolerance(simplex.options.dualTolerance)
      outcome.rowDuals = (0..<form.rowCount).map { sign * simplex.multiplier($0) }
      outcome.reducedCosts = (0..<form.columnCount).map { simplex.place[$0] == .basic ? 0 : sign * simplex.reducedCost($0) }
      outcome.bound = sign * simplex.formBound + form.constant
      outcome.basis = simplex.formBasis
    case .infeasible:
      outcome = FormOutcome(.infeasible, Termination(.proved))
      outcome.farkas = simplex.farkasRow
      outcome.proof = .certificate
    case .unbounded:
      outcome = FormOutcome(.unbounded, Termination(.proved))
      outcome.point = simplex.point
      outcome.source = "simplex"
      outcome.objective = form.value(at: outcome.point)
      outcome.ray = simplex.ray
      outcome.proof = .certificate
    case .iterationLimit: outcome = FormOutcome(.unknown, Termination(.iterationLimit))
    case .stopped:
      outcome = FormOutcome(.unknown, Termination(context.cancellation.isCancelled ? .interrupted : .timeLimit))
    case .failed, .cutOff:
      outcome = FormOutcome(.unknown, Termination(.numericalFailure, detail: "the basis could not be kept stable"))
    }
    outcome.statistics.solver = "dual simplex"
    outcome.statistics.iterations = simplex.iterations
    outcome.statistics.rows = form.rowCount
    outcome.statistics.columns = form.columnCount
    outcome.statistics.entries = form.entryCount
    return outcome
  }
}

extension Simplex {
  /// The basis in the columns and rows of the form.
  var formBasis: Basis {
    func status(_ k: Int) -> Basis.Status {
      switch place[k] {
      case .basic: .basic
      case .lower: lower[k] == upper[k] ? .fixed : .atLower
      case .upper: lower[k] == upper[k] ? .fixed : .atUpper
      case .zero: .free
      }
    }
    return Basis(columns: (0..<columnCount).map(status), rows: (columnCount..<count).map(status))
  }

  /// Takes a basis of the form.
  func load(_ basis: Basis) {
    func place(_ status: Basis.Status, _ k: Int) -> Place {
      switch status {
      case .basic: .basic
      case .atLower, .fixed: lower[k].isFinite ? .lower : restingPlace(k)
      case .atUpper: upper[k].isFinite ? .upper : restingPlace(k)
      case .free: restingPlace(k)
      }
    }
    let n = columnCount
    load(State(place: (0..<count).map { place($0 < n ? basis.columns[$0] : basis.rows[$0 - n], $0) }, rowCount: rowCount))
  }

  /// The largest violation of a bound, scaled.
  var primalInfeasibility: Double {
    var worst = 0.0
    for row in 0..<rowCount { worst = max(worst, violations[row]) }
    return worst.squareRoot()
  }
}
