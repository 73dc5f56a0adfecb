import Constraints
import LinearAlgebra

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
    case .nonlinear: throw .failed(solver: "presolve", message: "it takes no nonlinear functions")
    }
    guard options.presolve else { return try solve(original) }
    return try run(original, Presolve.Options(), wantsBasis: options.crossover, context: context) {
      reduced, _ throws(SolverError) in try solve(reduced)
    }
  }

  /// As above, with chosen rules; where those lose the proof of infeasibility, once more without the ones to blame.
  /// - Parameter solve: is given what is left and what leads back from it; nil where that is the form itself.
  static func run(
    _ original: ConicForm, _ options: Presolve.Options, wantsBasis: Bool = false, context: SolveContext,
    solve: (ConicForm, Postsolve?) throws(SolverError) -> FormOutcome
  ) throws(SolverError) -> FormOutcome {
    let presolve = Presolve.run(original, options: options)
    context.report(.log(presolve.summary.text))
    switch presolve.result {
    case .reduced(let reduced, let postsolve):
      if reduced.linear.columnCount == 0 && reduced.cones.isEmpty { return lift(nothingLeft(reduced, wantsBasis: wantsBasis), postsolve) }
      let outcome = try solve(reduced, postsolve)
      let lifted = lift(outcome, postsolve)
      if options.rules.contains(.dominatedColumns) && isProofLost(outcome, lifted, postsolve) {
        context.report(.log("the proof of infeasibility does not lead back; again without bounds on multipliers"))
        return try run(original, options.withoutMultipliers, wantsBasis: wantsBasis, context: context, solve: solve)
      }
      return lifted
    case .infeasible(let farkas):
      var outcome = FormOutcome(.infeasible, Termination(.proved, detail: "presolve"))
      outcome.proof = farkas.isEmpty ? .search : .certificate
      outcome.farkas = farkas
      return outcome
    case .infeasibleOrUnbounded(let ray):
      // Which of the two, and a point or certificate, takes a solve without the objective.
      let answer = try run(original.withoutObjective, options, context: context, solve: solve)
      if answer.outcome == .infeasible { return answer }
      guard answer.outcome == .optimal else { return try solve(original, nil) }
      var outcome = FormOutcome(.unbounded, Termination(.proved, detail: "presolve"))
      outcome.proof = .certificate
      outcome.point = answer.point
      outcome.source = answer.source
      outcome.objective = original.value(at: answer.point)
      outcome.ray = ray
      outcome.statistics = answer.statistics
      return outcome
    }
  }

  /// Whether multipliers prove the reduced form infeasible, but not the original one.
  private static func isProofLost(_ outcome: FormOutcome, _ lifted: FormOutcome, _ postsolve: Postsolve) -> Bool {
    guard outcome.outcome == .infeasible, !outcome.farkas.isEmpty, outcome.coneDuals.isEmpty else { return false }
    let infinity = Presolve.Options().infinity
    return !postsolve.original.linear.isContradiction(lifted.farkas, infinity: infinity, radius: nil)
      && BoundReplacement.contradiction(outcome.farkas, postsolve.reduced.linear, infinity: infinity) != nil
  }

  /// The optimum of a form without columns.
  private static func nothingLeft(_ form: ConicForm, wantsBasis: Bool) -> FormOutcome {
    var outcome = FormOutcome(.optimal, Termination(.proved, detail: "presolve left nothing"))
    outcome.proof = .tolerance(1e-9)
    outcome.source = "presolve"
    if wantsBasis {
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

extension ConicForm {
  /// The same constraints with nothing to minimize.
  var withoutObjective: ConicForm {
    var result = self
    result.linear.objective = [Double](repeating: 0, count: linear.columnCount)
    result.linear.constant = 0
    result.hessian = SparseMatrix(rowCount: linear.columnCount, columnCount: linear.columnCount)
    return result
  }
}
