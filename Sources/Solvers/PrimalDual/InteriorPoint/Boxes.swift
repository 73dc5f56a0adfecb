import LinearAlgebra

/// The bounds of columns and row activities, stacked as t = (x, y), with their slacks and multipliers.
///
/// Per finite lower bound k of index j: slack `v[k] = t[j] - lower τ`, multiplier `zl[k]`; per finite upper bound:
/// slack `w[k] = upper τ - t[j]`, multiplier `zu[k]`. Equality rows have no box. All slacks stand in one vector, lower
/// sides first, so that most operations are one pass.
final class Boxes {
  /// Number of stacked indices, n + m.
  let count: Int
  let lowerCount: Int
  let sideCount: Int
  /// Stacked index of each side.
  let index: [Int32]
  /// The bound of each side.
  let bound: Vector
  let slack: Vector
  let multiplier: Vector
  let slackStep: Vector
  let multiplierStep: Vector
  /// Residual of the definition of the slack.
  let residual: Vector
  /// Right-hand side of the complementarity equation.
  let target: Vector

  init(_ problem: InteriorPointProblem) {
    count = problem.columnCount + problem.rowCount
    var index: [Int32] = []
    var bounds: [Double] = []
    let n = problem.columnCount
    func isBox(_ i: Int) -> Bool { i < n || problem.lower[i] < problem.upper[i] }
    for i in 0..<count where problem.lower[i].isFinite && isBox(i) {
      index.append(Int32(i))
      bounds.append(problem.lower[i])
    }
    lowerCount = index.count
    for i in 0..<count where problem.upper[i].isFinite && isBox(i) {
      index.append(Int32(i))
      bounds.append(problem.upper[i])
    }
    sideCount = index.count
    self.index = index
    bound = Vector(bounds)
    slack = Vector(count: sideCount)
    multiplier = Vector(count: sideCount)
    slackStep = Vector(count: sideCount)
    multiplierStep = Vector(count: sideCount)
    residual = Vector(count: sideCount)
    target = Vector(count: sideCount)
  }

  /// +1 for lower sides, -1 for upper ones.
  @inline(__always) func sign(_ k: Int) -> Double { k < lowerCount ? 1 : -1 }

  /// `residual = ±(t - bound τ) - slack`.
  func computeResidual(_ t: UnsafePointer<Double>, tau: Double) {
    index.withUnsafeBufferPointer { index in
      let (b, s, out) = (bound.pointer, slack.pointer, residual.pointer)
      for k in 0..<lowerCount { out[k] = t[Int(index[k])] - b[k] * tau - s[k] }
      for k in lowerCount..<sideCount { out[k] = b[k] * tau - t[Int(index[k])] - s[k] }
    }
  }

  /// `out ± multipliers`: adds `factor * (zl - zu)` to a stacked vector.
  func addMultipliers(_ factor: Double, to out: UnsafeMutablePointer<Double>) {
    index.withUnsafeBufferPointer { index in
      let z = multiplier.pointer
      for k in 0..<lowerCount { out[Int(index[k])] += factor * z[k] }
      for k in lowerCount..<sideCount { out[Int(index[k])] -= factor * z[k] }
    }
  }

  /// `Σ lower zl - Σ upper zu`.
  func boundProduct() -> Double {
    VectorKernels.dot(lowerCount, bound.pointer, multiplier.pointer)
      - VectorKernels.dot(
        sideCount - lowerCount, bound.pointer + lowerCount, multiplier.pointer + lowerCount)
  }

  /// `slackᵀ multiplier`.
  func complementarity() -> Double { VectorKernels.dot(sideCount, slack.pointer, multiplier.pointer) }

  /// D = zl/v + zu/w and γ = Σ bound * z/slack, stacked.
  func scaling(diagonal: UnsafeMutablePointer<Double>, gamma: UnsafeMutablePointer<Double>) {
    diagonal.update(repeating: 0, count: count)
    gamma.update(repeating: 0, count: count)
    index.withUnsafeBufferPointer { index in
      let (b, s, z) = (bound.pointer, slack.pointer, multiplier.pointer)
      for k in 0..<sideCount {
        let i = Int(index[k])
        let ratio = z[k] / s[k]
        diagonal[i] += ratio
        gamma[i] += ratio * b[k]
      }
    }
  }

  /// What the eliminated slacks and multipliers leave in the stacked equations, g, and returns their share of the gap
  /// equation, `Σ ±bound (target/slack - ratio η residual)`.
  func reducedTarget(eta: Double, into g: UnsafeMutablePointer<Double>) -> Double {
    g.update(repeating: 0, count: count)
    var gap = 0.0
    index.withUnsafeBufferPointer { index in
      let (b, s, z, c, e) = (bound.pointer, slack.pointer, multiplier.pointer, target.pointer, residual.pointer)
      for k in 0..<sideCount {
        let a = (c[k] - z[k] * eta * e[k]) / s[k]
        let signed = k < lowerCount ? a : -a
        g[Int(index[k])] += signed
        gap += b[k] * signed
      }
    }
    return gap
  }

  /// Steps of slacks and multipliers that follow from those of t and τ.
  func computeSteps(_ dt: UnsafePointer<Double>, tauStep: Double, eta: Double) {
    index.withUnsafeBufferPointer { index in
      let (b, s, z) = (bound.pointer, slack.pointer, multiplier.pointer)
      let (c, e, ds, dz) = (target.pointer, residual.pointer, slackStep.pointer, multiplierStep.pointer)
      for k in 0..<lowerCount { ds[k] = dt[Int(index[k])] - b[k] * tauStep + eta * e[k] }
      for k in lowerCount..<sideCount { ds[k] = b[k] * tauStep - dt[Int(index[k])] + eta * e[k] }
      for k in 0..<sideCount { dz[k] = (c[k] - z[k] * ds[k]) / s[k] }
    }
  }

  /// For columns with a diagonal above 1, moves what is left of stationarity, `violation - (Δzl - Δzu)`, into the
  /// multiplier of the nearer side.
  func closeColumns(
    _ violation: UnsafeMutablePointer<Double>, diagonal: UnsafePointer<Double>, columnCount n: Int
  ) {
    index.withUnsafeBufferPointer { index in
      let (s, z, dz) = (slack.pointer, multiplier.pointer, multiplierStep.pointer)
      for k in 0..<sideCount {
        let i = Int(index[k])
        if i < n { violation[i] -= k < lowerCount ? dz[k] : -dz[k] }
      }
      for k in 0..<sideCount {
        let i = Int(index[k])
        // The nearer side carries more than half of the diagonal.
        if i < n && diagonal[i] > 1 && 2 * z[k] > diagonal[i] * s[k] { dz[k] += k < lowerCount ? violation[i] : -violation[i] }
      }
    }
  }

  /// Largest step, at most `limit`, that keeps slacks and multipliers nonnegative.
  func maxStep(limit: Double) -> Double {
    let (s, z, ds, dz) = (slack.pointer, multiplier.pointer, slackStep.pointer, multiplierStep.pointer)
    // The reciprocal of the step, so that the loop has no branches.
    var worst = 1 / limit
    for k in 0..<sideCount { worst = max(worst, max(-ds[k] / s[k], -dz[k] / z[k])) }
    return 1 / worst
  }

  /// Largest step, at most `limit`, along `other + weight (step - other)`.
  func maxStep(
    limit: Double, weight: Double, otherSlackStep: UnsafePointer<Double>, otherMultiplierStep: UnsafePointer<Double>
  ) -> Double {
    let (s, z, ds, dz) = (slack.pointer, multiplier.pointer, slackStep.pointer, multiplierStep.pointer)
    var worst = 1 / limit
    for k in 0..<sideCount {
      let a = otherSlackStep[k] + weight * (ds[k] - otherSlackStep[k])
      let b = otherMultiplierStep[k] + weight * (dz[k] - otherMultiplierStep[k])
      worst = max(worst, max(-a / s[k], -b / z[k]))
    }
    return 1 / worst
  }

  /// Largest steps, at most `limit`, that keep the slacks and the multipliers nonnegative.
  func maxSteps(limit: Double) -> (primal: Double, dual: Double) {
    let (s, z, ds, dz) = (slack.pointer, multiplier.pointer, slackStep.pointer, multiplierStep.pointer)
    var (primal, dual) = (1 / limit, 1 / limit)
    for k in 0..<sideCount {
      primal = max(primal, -ds[k] / s[k])
      dual = max(dual, -dz[k] / z[k])
    }
    return (1 / primal, 1 / dual)
  }

  /// `Σ bound² z/slack ...` as the sum of squares `Σ ratio (t - bound)²` of the denominator of the τ step.
  func weightedDistance(_ t: UnsafePointer<Double>) -> Double {
    var sum = 0.0
    index.withUnsafeBufferPointer { index in
      let (b, s, z) = (bound.pointer, slack.pointer, multiplier.pointer)
      for k in 0..<sideCount {
        let d = t[Int(index[k])] - b[k]
        sum += z[k] / s[k] * d * d
      }
    }
    return sum
  }

  func advance(primal: Double, dual: Double) {
    VectorKernels.add(sideCount, primal, slackStep.pointer, to: slack.pointer)
    VectorKernels.add(sideCount, dual, multiplierStep.pointer, to: multiplier.pointer)
  }

  /// Complementarity after a step, without taking it.
  func complementarity(after alpha: Double) -> Double {
    let (s, z, ds, dz) = (slack.pointer, multiplier.pointer, slackStep.pointer, multiplierStep.pointer)
    var sum = 0.0
    for k in 0..<sideCount { sum += (s[k] + alpha * ds[k]) * (z[k] + alpha * dz[k]) }
    return sum
  }
}
