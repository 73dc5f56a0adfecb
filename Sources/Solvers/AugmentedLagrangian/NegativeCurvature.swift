import LinearAlgebra

/// Leaves stationary points that are not minima.
enum NegativeCurvature {
  /// Columns and rows nearer to a bound or side than this, relative to its size, count as active.
  static let activeDistance = 1e-6
  /// Bounds and rows with multipliers up to this, being inequalities, may be left.
  static let weakMultiplier = 1e-7
  /// The diagonal of active rows, whose directions count as fixed.
  static let rowRelaxation = 1e-8
  /// Inverse iterations for a direction.
  static let iterations = 6

  /// Looks for negative curvature of the Lagrangian among directions in which no row or bound with a multiplier moves, and
  /// goes along such a direction, projected into the bounds, as long as the augmented Lagrangian falls.
  /// - Returns: whether the current point was replaced by one with a lower value.
  static func leave(
    _ l: AugmentedLagrangianFunction, _ y: Vector, _ subproblem: QuadraticSubproblem, tolerance: Double,
    random: inout SplitMix64
  ) -> Bool {
    let problem = l.problem, n = l.n, m = l.m
    let size = prepare(l, y, subproblem)
    if size == 0 || !size.isFinite { return false }
    let free = subproblem.free, h = subproblem.hessian
    let inversePenalty = Vector(count: m, repeating: rowRelaxation)
    func isDefinite(_ shift: Double) -> Bool {
      subproblem.system.factor(
        h.pointer, l.current.jacobian.pointer, free: free, active: subproblem.active,
        inversePenalty: inversePenalty.pointer, shift: shift)
    }
    // A little shift, so that a singular Hessian at a minimum passes.
    if isDefinite(tolerance * size) { return false }
    var shift = 1e-4 * size
    while !isDefinite(shift) {
      shift *= 4
      if shift > 1e8 * size { return false }
    }
    // Inverse iteration ends with the eigenvector of the lowest eigenvalue.
    let v = Vector(count: n), w = Vector(count: m), hv = Vector(count: n)
    for j in 0..<n { v[j] = free[j] ? 2 * Double.random(in: 0..<1, using: &random) - 1 : 0 }
    for _ in 0..<iterations {
      w.fill(0)
      subproblem.system.solve(v.pointer, w.pointer)
      let norm = VectorKernels.norm(n, v.pointer)
      if !(norm > 0) || !norm.isFinite { return false }
      VectorKernels.scale(n, 1 / norm, v.pointer)
    }
    problem.hessian.multiplySymmetric(h.pointer, v.pointer, into: hv.pointer)
    let curvature = VectorKernels.dot(n, v.pointer, hv.pointer)
    if !(curvature < -tolerance * size) { return false }
    return descend(l, v, curvature, y)
  }

  /// Whether the Hessian of the Lagrangian is positive definite in the directions that the first-order conditions leave.
  static func isStrictMinimum(
    _ l: AugmentedLagrangianFunction, _ y: Vector, _ subproblem: QuadraticSubproblem, tolerance: Double
  ) -> Bool {
    let size = prepare(l, y, subproblem)
    if size == 0 || !size.isFinite { return false }
    let inversePenalty = Vector(count: l.m, repeating: rowRelaxation)
    return subproblem.system.factor(
      subproblem.hessian.pointer, l.current.jacobian.pointer, free: subproblem.free, active: subproblem.active,
      inversePenalty: inversePenalty.pointer, shift: -tolerance * size)
  }

  /// Evaluates the Hessian and chooses the face of columns and rows without freedom of first order.
  /// - Returns: the largest entry of the Hessian.
  private static func prepare(
    _ l: AugmentedLagrangianFunction, _ y: Vector, _ subproblem: QuadraticSubproblem
  ) -> Double {
    let problem = l.problem, at = l.current
    let sum = Vector(count: l.n)
    _ = KKTResiduals(problem, at, y, sum: sum)
    for j in 0..<l.n {
      let near = activeDistance * max(1, abs(at.x[j]))
      let isInside = at.x[j] - problem.lower[j] > near && problem.upper[j] - at.x[j] > near
      subproblem.free[j] = isInside || abs(sum[j]) <= weakMultiplier
    }
    for i in 0..<l.m {
      let near = activeDistance * max(1, abs(at.c[i]))
      let isNear = at.c[i] - problem.rowLower[i] <= near || problem.rowUpper[i] - at.c[i] <= near
      subproblem.active[i] = isNear && (abs(y[i]) > weakMultiplier || problem.rowLower[i] == problem.rowUpper[i])
    }
    problem.computeHessian(at: at.x.pointer, y.pointer, into: subproblem.hessian.pointer)
    return VectorKernels.maxNorm(subproblem.hessian.count, subproblem.hessian.pointer)
  }

  /// Tries both senses of v with growing steps. The value to fall is that of the augmented Lagrangian with the
  /// multipliers y.
  private static func descend(_ l: AugmentedLagrangianFunction, _ v: Vector, _ curvature: Double, _ y: Vector) -> Bool {
    l.center.copy(from: y)
    let value = l.value(l.current)
    let size = max(1, VectorKernels.maxNorm(l.n, l.current.x.pointer))
    let kept = Iterate(l.problem)
    var least = value
    for sign in [1.0, -1.0] {
      var alpha = 1e-3 * size, misses = 0
      for _ in 0..<20 where misses < 2 {
        let next = l.move(v, sign * alpha)
        if next < least && next < value + 0.1 * alpha * alpha * curvature * 0.5 {
          least = next
          kept.x.copy(from: l.trial.x)
          misses = 0
          alpha *= 4
        } else if least < value {
          break
        } else {
          misses += 1
          alpha *= misses == 1 ? 0.05 : 1
        }
      }
      if least < value { break }
    }
    if !(least < value) { return false }
    l.trial.x.copy(from: kept.x)
    guard l.trial.evaluate(l.problem), l.trial.differentiate(l.problem) else { return false }
    l.accept()
    return true
  }
}
