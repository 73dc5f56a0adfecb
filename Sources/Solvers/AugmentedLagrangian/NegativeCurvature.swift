import LinearAlgebra

/// Leaves stationary points that are not minima.
enum NegativeCurvature {
  /// Columns and rows nearer to a bound or side than this, relative to its size, count as active.
  static let activeDistance = 1e-6
  /// Inverse iterations for a direction.
  static let iterations = 6

  /// Looks for negative curvature of the Lagrangian among directions in which no active row or bound moves, and goes along
  /// such a direction as long as the augmented Lagrangian falls.
  /// - Returns: whether the current point was replaced by one with a lower value.
  static func leave(
    _ l: AugmentedLagrangianFunction, _ y: Vector, _ subproblem: QuadraticSubproblem, tolerance: Double,
    random: inout SplitMix64
  ) -> Bool {
    let problem = l.problem, n = l.n, m = l.m, at = l.current
    let free = subproblem.free, active = subproblem.active
    let inversePenalty = Vector(count: m, repeating: 1e-8)
    for j in 0..<n {
      let near = activeDistance * max(1, abs(at.x[j]))
      free[j] = at.x[j] - problem.lower[j] > near && problem.upper[j] - at.x[j] > near
    }
    for i in 0..<m {
      let near = activeDistance * max(1, abs(at.c[i]))
      active[i] = at.c[i] - problem.rowLower[i] <= near || problem.rowUpper[i] - at.c[i] <= near
    }
    let h = subproblem.hessian
    problem.computeHessian(at: at.x.pointer, y.pointer, into: h.pointer)
    func isDefinite(_ shift: Double) -> Bool {
      subproblem.system.factor(
        h.pointer, at.jacobian.pointer, free: free, active: active, inversePenalty: inversePenalty.pointer,
        shift: shift)
    }
    let size = VectorKernels.maxNorm(h.count, h.pointer)
    if size == 0 || !size.isFinite { return false }
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
