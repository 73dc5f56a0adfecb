import Constraints

/// The shared presolve in front of a solver of continuous forms, and its undoing behind it.
enum PresolvedSolve {
  /// Reduces the form, has `solve` solve what is left, and gives the answer in the columns and rows of the form.
  ///
  /// With ``SolveOptions/presolve`` off, `solve` gets the form itself.
  static func run(
    _ form: Form, options: SolveOptions, context: SolveContext,
    solve: (ConicForm) throws(SolverError) -> FormOutcome
  ) throws(SolverError) -> FormOutcome {
    let original: ConicForm
    switch form {
    case .linear(let linear): original = ConicForm(linear)
    case .conic(let conic): original = conic
    }
    guard options.presolve else { return try solve(original) }
    let presolve = Presolve.run(original)
    context.report(.log(presolve.summary.text))
    switch presolve.result {
    case .reduced(let reduced, let postsolve):
      if reduced.linear.columnCount == 0 && reduced.cones.isEmpty { return lift(nothingLeft(reduced, options), postsolve) }
      return lift(try solve(reduced), postsolve)
    case .infeasible(let farkas):
      var outcome = FormOutcome(.infeasible, Termination(.proved, detail: "presolve"))
      outcome.proof = farkas.isEmpty ? .search : .certificate
      outcome.farkas = farkas
      return outcome
    case .unbounded(let point, let ray):
      var outcome = FormOutcome(.unbounded, Termination(.proved, detail: "presolve"))
      outcome.proof = .certificate
      outcome.point = point
      outcome.source = "presolve"
      outcome.objective = original.value(at: point)
      outcome.ray = ray
      return outcome
    case .infeasibleOrUnbounded:
      // Which of the two, and a point or certificate, takes a solve.
      return try solve(original)
    }
  }

  /// The optimum of a form without columns.
  private static func nothingLeft(_ form: ConicForm, _ options: SolveOptions) -> FormOutcome {
    var outcome = FormOutcome(.optimal, Termination(.proved, detail: "presolve left nothing"))
    outcome.proof = .tolerance(1e-9)
    outcome.source = "presolve"
    if options.crossover {
      outcome.basis = Basis(columns: [], rows: [Basis.Status](repeating: .basic, count: form.linear.rowCount))
    }
    return outcome
  }

  /// The answer of the reduced form in the original one.
  private static func lift(_ outcome: FormOutcome, _ postsolve: Postsolve) -> FormOutcome {
    let original = postsolve.original
    var result = outcome
    if outcome.outcome == .infeasible {
      result.farkas = outcome.farkas.isEmpty ? [] : postsolve.liftFarkas(outcome.farkas, coneMultipliers: outcome.coneDuals)
      return result
    }
    if !outcome.ray.isEmpty { result.ray = postsolve.liftRay(outcome.ray) }
    guard outcome.point.count == postsolve.columns.count else { return result }
    let answer = postsolve.lift(
      Postsolve.Answer(
        point: outcome.point, rowDuals: outcome.rowDuals, reducedCosts: outcome.reducedCosts,
        coneDuals: outcome.coneDuals, basis: outcome.basis))
    result.point = answer.point
    result.objective = original.value(at: answer.point)
    result.rowDuals = answer.rowDuals
    result.coneDuals = answer.coneDuals
    result.reducedCosts = answer.reducedCosts
    result.basis = answer.basis
    return result
  }
}
