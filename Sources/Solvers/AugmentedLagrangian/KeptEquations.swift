import LinearAlgebra

/// Linear equations that a Newton method satisfies from the start on: their rows enter the augmented system without
/// relaxation, so that no step leaves them.
final class KeptEquations {
  /// Projections onto the equations at most, with columns that left their bounds put back between them.
  static let projectionLimit = 30
  /// The equations are satisfied at this largest violation.
  static let tolerance = 1e-10

  /// By row.
  let mask: UnsafeMutablePointer<Bool>
  let count: Int

  init(_ problem: ScaledProblem) {
    mask = .allocate(capacity: max(1, problem.m))
    var count = 0
    for i in 0..<problem.m {
      mask[i] = problem.form.isLinear[i] && problem.rowLower[i] == problem.rowUpper[i]
      if mask[i] { count += 1 }
    }
    self.count = count
  }

  deinit { mask.deallocate() }

  /// Moves the current point of l to a near one within the bounds where the equations hold.
  /// - Returns: whether there is one, and other functions are defined there.
  /// - Complexity: a factorization of the augmented system a projection.
  func project(_ l: AugmentedLagrangianFunction, _ subproblem: QuadraticSubproblem) -> Bool {
    let problem = l.problem, n = l.n, m = l.m
    let u = Vector(count: n), v = Vector(count: m)
    let relaxation = Vector(count: m, repeating: QuadraticSubproblem.keptRelaxation)
    subproblem.hessian.fill(0)
    for j in 0..<n { subproblem.free[j] = true }
    for i in 0..<m { subproblem.active[i] = mask[i] }
    l.trial.copy(from: l.current)
    for _ in 0..<Self.projectionLimit {
      var violation = 0.0
      for i in 0..<m {
        v[i] = mask[i] ? problem.rowLower[i] - l.trial.c[i] : 0
        violation = max(violation, abs(v[i]))
      }
      if violation <= Self.tolerance {
        guard l.trial.f.isFinite, l.trial.differentiate(problem) else { return false }
        l.accept()
        return true
      }
      u.fill(0)
      guard
        subproblem.system.factor(
          subproblem.hessian.pointer, l.current.jacobian.pointer, free: subproblem.free, active: subproblem.active,
          inversePenalty: relaxation.pointer, shift: 1)
      else { return false }
      subproblem.system.solve(u.pointer, v.pointer)
      for j in 0..<n {
        let end = l.trial.x[j] + u[j]
        l.trial.x[j] = min(max(end, problem.lower[j]), problem.upper[j])
        // A column that is stopped by a bound stays there.
        if end != l.trial.x[j] { subproblem.free[j] = false }
      }
      l.trial.f = problem.functions(at: l.trial.x.pointer, l.trial.c.pointer)
    }
    return false
  }
}
