import LinearAlgebra

/// Truncated Newton with a trust region within bounds: a Cauchy point by projected search, then conjugate gradients on the
/// free columns with projected searches. It needs products with the Hessian of the Lagrangian and with the Jacobian and
/// memory of about a dozen vectors.
///
/// Sources: Lin, Moré, "Newton's method for large bound-constrained optimization problems", 1999; Steihaug, "The conjugate
/// gradient method and trust regions in large scale optimization", 1983.
final class TrustRegionMethod: BoundConstrainedMethod {
  /// Sufficient decrease of projected searches.
  static let sufficientDecrease = 1e-2
  /// Ratios of actual to predicted decrease below which a step is refused, the radius falls, or else grows.
  static let acceptance = 1e-4
  static let poor = 0.25
  static let good = 0.75
  /// Conjugate gradients stop at `min(largestForcing, √‖g‖) ‖g‖`.
  static let largestForcing = 0.1
  /// Steps of conjugate gradients on one face at most.
  static let conjugateLimit = 200

  private let gradient: Vector
  private let d: Vector
  private let hd: Vector
  private let p: Vector
  private let hp: Vector
  private let r: Vector
  private let w: Vector
  private let step: Vector
  private let multipliers: Vector
  private let rows: Vector
  private let hessian: Vector
  private let free: UnsafeMutablePointer<Bool>
  private var radius = 0.0

  init(_ problem: ScaledProblem) {
    let n = problem.n
    gradient = Vector(count: n)
    d = Vector(count: n)
    hd = Vector(count: n)
    p = Vector(count: n)
    hp = Vector(count: n)
    r = Vector(count: n)
    w = Vector(count: n)
    step = Vector(count: n)
    multipliers = Vector(count: problem.m)
    rows = Vector(count: problem.m)
    hessian = Vector(count: problem.hessian.entryCount)
    free = .allocate(capacity: max(1, n))
    free.initialize(repeating: true, count: max(1, n))
  }

  deinit { free.deallocate() }

  func minimize(
    _ l: AugmentedLagrangianFunction, tolerance: Double, steps: inout Int, monitor: (Iterate) -> InnerVerdict
  ) -> InnerEnd {
    let problem = l.problem, n = l.n
    var value = l.value(l.current)
    l.gradient(l.current, into: gradient)
    radius = VectorKernels.norm(n, gradient.pointer)
    var isNew = true, cauchyLength = 1.0, idle = 0, isFirst = true
    while true {
      if l.projectedGradient(l.current, gradient) <= tolerance { return .converged }
      if steps <= 0 { return .stepLimit }
      steps -= 1
      if isNew {
        l.multipliers(l.current, into: multipliers)
        if problem.hasHessian {
          problem.computeHessian(at: l.current.x.pointer, multipliers.pointer, into: hessian.pointer)
        }
      }
      cauchyLength = cauchyStep(l, cauchyLength)
      faces(l)
      let slope = VectorKernels.dot(n, gradient.pointer, d.pointer)
      let predicted = -(slope + 0.5 * VectorKernels.dot(n, d.pointer, hd.pointer))
      let length = VectorKernels.norm(n, d.pointer)
      let next = l.move(d, 1)
      let actual = value - next
      if isFirst { radius = min(radius, length) }
      isFirst = false
      // Differences lost to rounding count as the model says.
      let rounding = 1e-14 * max(abs(value), abs(l.current.f))
      let ratio = abs(actual) <= rounding && predicted <= rounding ? 1 : actual / predicted
      updateRadius(ratio, next, value, slope, length)
      isNew = ratio > Self.acceptance && predicted > 0 && next.isFinite && l.trial.differentiate(problem)
      if !isNew {
        if radius <= 1e-15 * max(1, VectorKernels.norm(n, l.current.x.pointer)) || !(predicted > 0) { return .stalled }
        if monitor(l.current) == .stop { return .stopped }
        continue
      }
      idle = actual <= rounding ? idle + 1 : 0
      l.accept()
      value = next
      l.gradient(l.current, into: gradient)
      if monitor(l.current) == .stop { return .stopped }
      if idle > 5 { return .stalled }
    }
  }

  private func updateRadius(_ ratio: Double, _ next: Double, _ value: Double, _ slope: Double, _ length: Double) {
    guard next.isFinite, ratio.isFinite else {
      radius = 0.25 * min(radius, length)
      return
    }
    let bend = next - value - slope
    let alpha = bend <= 0 ? 4.0 : max(0.25, -0.5 * slope / bend)
    if ratio < Self.acceptance {
      radius = min(max(alpha, 0.25) * length, 0.5 * radius)
    } else if ratio < Self.poor {
      radius = max(0.25 * radius, min(alpha * length, 0.5 * radius))
    } else if ratio < Self.good {
      radius = max(0.25 * radius, min(alpha * length, 4 * radius))
    } else {
      radius = max(radius, min(alpha * length, 4 * radius))
    }
  }

  /// `result = ∇²L v`, with the rows that count at the current point.
  private func multiply(_ l: AugmentedLagrangianFunction, _ v: Vector, into result: Vector) {
    let problem = l.problem
    if problem.hasHessian {
      problem.hessian.multiplySymmetric(hessian.pointer, v.pointer, into: result.pointer)
    } else {
      problem.hessianProduct(at: l.current.x.pointer, multipliers.pointer, v.pointer, into: result.pointer)
    }
    if l.m == 0 { return }
    problem.jacobian.multiply(l.current.jacobian.pointer, v.pointer, into: rows.pointer)
    for i in 0..<l.m {
      let isActive = multipliers[i] != 0 || problem.rowLower[i] == problem.rowUpper[i]
      rows[i] = isActive ? l.penalty[i] * rows[i] : 0
    }
    problem.jacobian.addTransposeProduct(l.current.jacobian.pointer, rows.pointer, to: result.pointer)
  }

  /// `d = P(x - t g) - x` with sufficient decrease of the model within the radius, t near the last one.
  private func cauchyStep(_ l: AugmentedLagrangianFunction, _ last: Double) -> Double {
    var t = last
    func isGood() -> Bool {
      for j in 0..<l.n {
        let x = l.current.x[j]
        d[j] = min(max(x - t * gradient[j], l.problem.lower[j]), l.problem.upper[j]) - x
      }
      if VectorKernels.norm(l.n, d.pointer) > radius { return false }
      multiply(l, d, into: hd)
      let slope = VectorKernels.dot(l.n, gradient.pointer, d.pointer)
      return slope + 0.5 * VectorKernels.dot(l.n, d.pointer, hd.pointer) <= Self.sufficientDecrease * slope
    }
    if isGood() {
      var kept = t
      for _ in 0..<10 {
        t *= 10
        if !isGood() { break }
        kept = t
      }
      t = kept
    } else {
      for _ in 0..<60 {
        t *= 0.1
        if isGood() { return t }
      }
    }
    _ = isGood()
    return t
  }

  /// From the Cauchy point on: conjugate gradients on the free columns, and a projected search; as long as new bounds
  /// become active.
  private func faces(_ l: AugmentedLagrangianFunction) {
    let n = l.n, problem = l.problem
    for _ in 0..<20 {
      var square = 0.0, all = 0.0
      for j in 0..<n {
        let end = l.current.x[j] + d[j]
        free[j] = end > problem.lower[j] && end < problem.upper[j]
        r[j] = free[j] ? -(gradient[j] + hd[j]) : 0
        square += r[j] * r[j]
        all += free[j] ? gradient[j] * gradient[j] : 0
      }
      let size = all.squareRoot()
      let target = min(Self.largestForcing, size.squareRoot()) * size
      if square.squareRoot() <= target || square == 0 { return }
      if VectorKernels.norm(n, d.pointer) >= 0.999 * radius { return }
      let isBoundary = conjugateGradients(l, square, target)
      // A projected search along the step.
      var alpha = 1.0
      var isFull = false
      for _ in 0..<30 {
        for j in 0..<n {
          let x = l.current.x[j]
          let end = min(max(x + d[j] + alpha * step[j], problem.lower[j]), problem.upper[j])
          w[j] = end - x - d[j]
        }
        multiply(l, w, into: hp)
        let linear = -VectorKernels.dot(n, w.pointer, r.pointer)
        if linear + 0.5 * VectorKernels.dot(n, w.pointer, hp.pointer) <= Self.sufficientDecrease * min(linear, 0) && linear < 0 {
          isFull = true
          break
        }
        alpha *= 0.5
      }
      if !isFull { return }
      for j in 0..<n {
        d[j] += w[j]
        hd[j] += hp[j]
      }
      if isBoundary { return }
    }
  }

  /// `step` minimizes the model on the free columns from d, up to the radius or along negative curvature to it.
  /// - Returns: whether the radius was reached.
  private func conjugateGradients(_ l: AugmentedLagrangianFunction, _ square: Double, _ target: Double) -> Bool {
    let n = l.n
    step.fill(0)
    w.copy(from: r)
    p.copy(from: r)
    var rho = square
    for _ in 0..<Self.conjugateLimit {
      multiply(l, p, into: hp)
      for j in 0..<n where !free[j] { hp[j] = 0 }
      let curvature = VectorKernels.dot(n, p.pointer, hp.pointer)
      let reach = reachOfRadius()
      let alpha = curvature > 0 ? rho / curvature : .infinity
      if !(alpha < reach) {
        VectorKernels.add(n, reach, p.pointer, to: step.pointer)
        return true
      }
      VectorKernels.add(n, alpha, p.pointer, to: step.pointer)
      VectorKernels.add(n, -alpha, hp.pointer, to: w.pointer)
      let next = VectorKernels.dot(n, w.pointer, w.pointer)
      if next.squareRoot() <= target { return false }
      let beta = next / rho
      rho = next
      for j in 0..<n { p[j] = w[j] + beta * p[j] }
    }
    return false
  }

  /// The largest t with `‖d + step + t p‖ <= radius`.
  private func reachOfRadius() -> Double {
    var pp = 0.0, dp = 0.0, dd = 0.0
    for j in 0..<p.count {
      let at = d[j] + step[j]
      pp += p[j] * p[j]
      dp += at * p[j]
      dd += at * at
    }
    let rest = max(0, radius * radius - dd)
    let root = (dp * dp + pp * rest).squareRoot()
    return dp > 0 ? rest / (dp + root) : (root - dp) / pp
  }
}
