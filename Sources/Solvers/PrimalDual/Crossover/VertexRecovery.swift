import Constraints
import LinearAlgebra

/// An optimal answer without a basis as a vertex with its basis: the crossover, and the simplex method for what rounding
/// leaves to do.
enum VertexRecovery {
  /// Up to this violation of bounds and signs in the scaled problem the vertex of the crossover is the answer.
  static let tolerance = 1e-9
  /// Up to this deviation, in the scaled problem, a lifted basis fits its point and multipliers.
  static let consistency = 1e-6

  /// - Returns: an optimal vertex with its basis; the given outcome where that cannot be had, or not in time.
  static func run(
    _ outcome: FormOutcome, of form: LinearForm, options: SolveOptions, context: SolveContext
  ) -> FormOutcome {
    guard outcome.point.count == form.columnCount, outcome.rowDuals.count == form.rowCount else { return outcome }
    context.report(.phase("crossover"))
    let start = context.deadline.elapsed
    let crossover = Crossover(form, point: outcome.point, rowDuals: outcome.rowDuals, context: context)
    guard crossover.run() else {
      context.report(.log("crossover was stopped; the interior answer stands"))
      return outcome
    }
    let found = crossover.infeasibility
    context.report(.log(summary(crossover, seconds: context.deadline.elapsed - start)))
    var result = outcome
    if max(found.primal, found.dual) <= tolerance {
      let answer = crossover.answer
      result.point = answer.point
      result.rowDuals = answer.rowDuals
      result.reducedCosts = answer.reducedCosts
      result.basis = answer.basis
      result.proof = .tolerance(tolerance)
    } else {
      guard let vertex = cleanedUp(crossover, found, options, context) else { return outcome }
      result.point = vertex.point
      result.rowDuals = vertex.rowDuals
      result.reducedCosts = vertex.reducedCosts
      result.basis = vertex.basis
      result.proof = vertex.proof
      result.statistics.iterations += vertex.statistics.iterations
    }
    result.outcome = .optimal
    result.source = "crossover"
    result.objective = form.value(at: result.point)
    result.bound = result.objective
    result.termination = Termination(.proved, detail: "optimal basis")
    return result
  }

  /// An answer that was lifted with its basis from a reduced form: as it is when the basis is regular and fits the point
  /// and the multipliers; otherwise the crossover starts again in the form itself, where there is little left to do.
  static func confirmed(
    _ outcome: FormOutcome, of form: LinearForm, options: SolveOptions, context: SolveContext
  ) -> FormOutcome {
    guard let basis = outcome.basis else { return outcome }
    let problem = CrossoverProblem(form, scaling: Crossover.Options().scalingPasses)
    if isRegular(basis, problem) && isConsistent(outcome, basis, problem) { return outcome }
    context.report(.log("the basis does not fit the form before presolve; crossover once more there"))
    var start = outcome
    start.basis = nil
    return run(start, of: form, options: options, context: context)
  }

  private static func isRegular(_ basis: Basis, _ problem: CrossoverProblem) -> Bool {
    let statuses = basis.columns + basis.rows
    let basic = statuses.indices.filter { statuses[$0] == .basic }
    if basic.count != problem.rowCount { return false }
    let factors = SparseLU(rowCount: problem.rowCount)
    factors.factor(problem.matrix, classes: [basic.map { Int32($0) }], unitColumns: problem.columnCount)
    return factors.rejected.isEmpty && factors.filledCount == 0
  }

  /// Whether what is not basic is where its status says, and what is basic has no reduced cost.
  private static func isConsistent(_ outcome: FormOutcome, _ basis: Basis, _ problem: CrossoverProblem) -> Bool {
    guard outcome.rowDuals.count == problem.rowCount else { return false }
    let x = problem.values(of: outcome.point)
    let z = problem.reducedCosts(of: outcome.rowDuals)
    let statuses = basis.columns + basis.rows
    for (k, status) in statuses.enumerated() {
      let (low, high) = (problem.lower[k], problem.upper[k])
      let slack = consistency * max(1, abs(x[k]))
      let price = consistency * max(1, abs(problem.cost[k]))
      let fits =
        switch status {
        case .basic: abs(z[k]) <= price && x[k] >= low - slack && x[k] <= high + slack
        case .atLower: abs(x[k] - low) <= slack && z[k] >= -price
        case .atUpper: abs(x[k] - high) <= slack && z[k] <= price
        case .fixed: abs(x[k] - low) <= slack && low == high
        case .free: low == -.infinity && high == .infinity && abs(z[k]) <= price
        }
      if !fits { return false }
    }
    return true
  }

  private static func summary(_ crossover: Crossover, seconds: Double) -> String {
    let (s, found) = (crossover.statistics, crossover.infeasibility)
    // Powers of ten are all that matters of violations.
    func size(_ value: Double) -> String {
      value > 0 && value.isFinite ? "1e\(Int((Double(value.exponent) * 0.30103).rounded()))" : value.text
    }
    return "crossover: \(s.between) of \(crossover.problem.count) columns and slacks between their bounds, "
      + "\(s.dualPushes) dual pushes (\(s.dualExchanges) exchanges), \(s.primalPushes) primal pushes "
      + "(\(s.primalExchanges) exchanges), \(s.groups) groups, \(s.factorizations) factorizations, "
      + "violations \(size(found.primal)) and \(size(found.dual)), \(((seconds * 1000).rounded() / 1000).text) s"
  }

  #if GLPK
    /// The optimal vertex that the simplex method reaches from the basis of the crossover; nil when it reaches none.
    private static func cleanedUp(
      _ crossover: Crossover, _ found: (primal: Double, dual: Double), _ options: SolveOptions, _ context: SolveContext
    ) -> FormOutcome? {
      var simplex = options
      simplex.presolve = false
      simplex.feasibilityTolerance = min(options.feasibilityTolerance ?? tolerance, tolerance)
      simplex.optimalityTolerance = min(options.optimalityTolerance ?? tolerance, tolerance)
      var context = context
      context.basis = crossover.formBasis
      let first: SolveOptions.Method = found.primal <= tolerance ? .primal : .dual
      for method in [first, first == .primal ? .dual : .primal] {
        simplex.method = method
        guard let outcome = try? GLPKSolver().solve(.linear(crossover.problem.form), options: simplex, context: context)
        else { continue }
        if outcome.outcome == .optimal {
          context.report(.log("\(method.rawValue) simplex method: \(outcome.statistics.iterations) iterations to the end"))
          return outcome
        }
        if context.shouldStop { break }
      }
      context.report(.log("the simplex method did not confirm the basis; the interior answer stands"))
      return nil
    }
  #else
    private static func cleanedUp(
      _ crossover: Crossover, _ found: (primal: Double, dual: Double), _ options: SolveOptions, _ context: SolveContext
    ) -> FormOutcome? {
      context.report(
        .log("the basis is not optimal and this build has no simplex method; the interior answer stands"))
      return nil
    }
  #endif
}
