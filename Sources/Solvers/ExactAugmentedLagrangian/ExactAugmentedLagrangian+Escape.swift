import LinearAlgebra

/// Stationary points that are no minima.
///
/// The optimality conditions hold at saddle points and maxima too, and Newton steps are drawn to them. The inertia of the
/// factor tells; where there is none, the solutions of systems with random right-hand sides, which lie along the equations,
/// are tried for negative curvature.
extension ExactAugmentedLagrangian {
  /// Leaves a stationary point along a direction of negative curvature.
  /// - Returns: false if no such direction is known, or if it leads nowhere lower.
  func escape() -> Bool {
    problem.hessian(current, objective: 1, multipliers: current.multipliers, into: hessian)
    matrix.assemble(hessian: hessian, jacobian: current.jacobian, shift: 0)
    if problem.n <= problem.m || inner.prepare(matrix) == .positive { return false }
    let found = lowestCurvature()
    return found < -options.negativeCurvature * max(1e-8, matrix.largestCurvature) && leave(along: found)
  }

  /// The lowest curvature in the plane of two random directions along the equations; leaves its direction in `tangent`.
  private func lowestCurvature() -> Double {
    let n = problem.n
    randomTangent()
    let first = direction
    first.copy(from: tangent)
    problem.multiplyHessian(hessian, first.pointer, into: product.pointer)
    let a = VectorKernels.dot(n, first.pointer, product.pointer)
    randomTangent()
    let overlap = VectorKernels.dot(n, first.pointer, tangent.pointer)
    VectorKernels.add(n, -overlap, first.pointer, to: tangent.pointer)
    let length = VectorKernels.norm(n, tangent.pointer)
    if !(length > 1e-8) {
      tangent.copy(from: first)
      return a
    }
    VectorKernels.scale(n, 1 / length, tangent.pointer)
    let b = VectorKernels.dot(n, tangent.pointer, product.pointer)
    problem.multiplyHessian(hessian, tangent.pointer, into: product.pointer)
    let c = VectorKernels.dot(n, tangent.pointer, product.pointer)
    // The eigenvector of the lower eigenvalue of the two by two matrix.
    let radius = (0.25 * (a - c) * (a - c) + b * b).squareRoot()
    let lowest = 0.5 * (a + c) - radius
    let (u, v) = a < c ? (lowest - c, b) : (b, lowest - a)
    let size = (u * u + v * v).squareRoot()
    if size > 0 {
      for j in 0..<n { tangent[j] = (u * first[j] + v * tangent[j]) / size }
    }
    return lowest
  }

  /// A random direction along the equations, of length 1.
  private func randomTangent() {
    let n = problem.n
    probe.fill(0)
    for j in 0..<n { probe[j] = Double(random.next() >> 11) * 0x1p-52 - 1 }
    _ = inner.solve(matrix, probe.pointer, into: tangent.pointer, tolerance: options.probeAccuracy)
    let length = VectorKernels.norm(n, tangent.pointer)
    if length > 0 { VectorKernels.scale(n, 1 / length, tangent.pointer) }
  }

  /// Takes a step along the tangent or against it, to where the merit function is lower.
  ///
  /// At the point its second derivative along a tangent t is `tᵀHt + η₂ ‖Ht‖²`, so that η₂ must be small enough.
  private func leave(along curvature: Double) -> Bool {
    let (n, m) = (problem.n, problem.m)
    let length = VectorKernels.norm(n, tangent.pointer)
    problem.multiplyHessian(hessian, tangent.pointer, into: product.pointer)
    let bend = VectorKernels.norm(n, product.pointer) / length
    startProximity = min(startProximity, 0.5 * abs(curvature) / (bend * bend))
    merit.proximity = startProximity
    let before = merit.value(current)
    for i in 0..<m { trial.multipliers[i] = current.multipliers[i] }
    var step = 0.1 * max(1, VectorKernels.norm(n, current.x.pointer)) / length
    for _ in 0..<options.escapeHalvings {
      for sign in [1.0, -1] {
        for j in 0..<n { trial.x[j] = current.x[j] + sign * step * tangent[j] }
        if problem.evaluate(trial), merit.value(trial) < before - 1e-12 * max(1, abs(before)) {
          swap(&current, &trial)
          return true
        }
      }
      step *= 0.5
    }
    return false
  }
}
