import LinearAlgebra

/// The limited-memory quasi-Newton method within bounds: the generalized Cauchy point says which bounds are active, a
/// minimization on the free columns gives the step, a line search its length. It needs gradients only, and memory of
/// about `2 · memory + 15` vectors.
///
/// Sources: Byrd, Lu, Nocedal, Zhu, "A limited memory algorithm for bound constrained optimization", 1995; Morales,
/// Nocedal, "Remark on algorithm 778", 2011 (projection of the step); Hager, Zhang, "A new conjugate gradient method with
/// guaranteed descent and an efficient line search", 2005, equation 4.1 (approximate Wolfe conditions).
final class ProjectedQuasiNewtonMethod: BoundConstrainedMethod {
  /// Evaluations of one line search at most.
  static let searchLimit = 30
  /// Values of L that differ by less than this, relative to their size, say nothing: a sum of a million terms is known
  /// no better. Derivatives along the step, which keep their digits, take their place.
  static let roundingError = 1e-10
  /// Steps without a decrease of L or of the projected gradient after which a minimization ends.
  static let idleLimit = 20

  private let b: LimitedMemoryMatrix
  private let cauchy: CauchyPoint
  private let gradient: Vector
  private let next: Vector
  private let d: Vector
  private let change: Vector
  private let reduced: Vector
  private let gram: Vector
  private let small: Vector
  private let column: Vector
  private var lastPenalty: [Double] = []

  init(_ problem: ScaledProblem, memory: Int) {
    let n = problem.n
    b = LimitedMemoryMatrix(n, memory: memory)
    cauchy = CauchyPoint(n, memory: memory)
    gradient = Vector(count: n)
    next = Vector(count: n)
    d = Vector(count: n)
    change = Vector(count: n)
    reduced = Vector(count: n)
    gram = Vector(count: 4 * memory * memory)
    small = Vector(count: 2 * memory)
    column = Vector(count: 2 * memory)
  }

  func minimize(
    _ l: AugmentedLagrangianFunction, tolerance: Double, steps: inout Int, monitor: (Iterate) -> InnerVerdict
  ) -> InnerEnd {
    let problem = l.problem, n = l.n
    let penalty = l.penalty.array + [problem.objectiveFactor]
    // With the same penalties the Hessian is nearly the one that the corrections are of; with others its size is.
    if penalty != lastPenalty { b.reset(keepsSize: lastPenalty.last == problem.objectiveFactor) }
    lastPenalty = penalty
    l.gradient(l.current, into: gradient)
    var value = l.value(l.current)
    var idle = 0, leastSize = Double.infinity
    while true {
      let size = l.projectedGradient(l.current, gradient)
      if size <= tolerance { return .converged }
      if steps <= 0 { return .stepLimit }
      steps -= 1
      direction(l)
      var slope = VectorKernels.dot(n, gradient.pointer, d.pointer)
      if !(slope < 0) && b.count > 0 {
        b.reset()
        direction(l)
        slope = VectorKernels.dot(n, gradient.pointer, d.pointer)
      }
      guard slope < 0 else { return .stalled }
      guard let alpha = search(l, value, slope) else {
        if b.count == 0 { return .stalled }
        b.reset()
        continue
      }
      for j in 0..<n {
        change[j] = next[j] - gradient[j]
        d[j] *= alpha
      }
      b.add(d.pointer, change.pointer)
      l.accept()
      gradient.copy(from: next)
      let before = value, after = l.projectedGradient(l.current, gradient)
      value = l.value(l.current)
      let isIdle = before - value <= Self.roundingError * max(abs(before), abs(value)) && after > 0.9 * leastSize
      idle = isIdle ? idle + 1 : 0
      leastSize = min(leastSize, after)
      if monitor(l.current) == .stop { return .stopped }
      if idle >= Self.idleLimit { return after <= tolerance ? .converged : .stalled }
    }
  }

  /// The step d towards the minimizer of the model on the columns that are free at the Cauchy point.
  private func direction(_ l: AugmentedLagrangianFunction) {
    let problem = l.problem, n = l.n, x = l.current.x
    cauchy.find(b, x: x, g: gradient, lower: problem.lower, upper: problem.upper)
    let order = b.order
    if order > 0 && cauchy.freeCount > 0 {
      // r = g + θ (z - x) - W M Wᵀ(z - x) on the free columns.
      small.copy(from: cauchy.product)
      b.multiplyMiddle(small.pointer)
      for j in 0..<n { reduced[j] = cauchy.isFree[j] ? gradient[j] + b.theta * cauchy.step[j] : 0 }
      b.addProduct(small.pointer, factor: -1, mask: cauchy.isFree, to: reduced.pointer)
      // (I - M N / θ)⁻¹ M Wᵀ r.
      b.transposeProduct(reduced.pointer, mask: cauchy.isFree, into: small.pointer)
      b.multiplyMiddle(small.pointer)
      b.gram(mask: cauchy.isFree, size: cauchy.freeCount, into: gram.pointer)
      for q in 0..<order {
        for p in 0..<order { column[p] = gram[q * order + p] }
        b.multiplyMiddle(column.pointer)
        for p in 0..<order { gram[q * order + p] = (p == q ? 1 : 0) - column[p] / b.theta }
      }
      let isRegular = SmallSystem.solve(order, gram.pointer, small.pointer)
      for j in 0..<n { d[j] = cauchy.isFree[j] ? -reduced[j] / b.theta : 0 }
      if isRegular {
        b.addProduct(small.pointer, factor: -1 / (b.theta * b.theta), mask: cauchy.isFree, to: d.pointer)
      } else {
        d.fill(0)
      }
    } else {
      d.fill(0)
    }
    // The projected end of the step; if that is uphill, the step cut at the first bound.
    var slope = 0.0
    for j in 0..<n {
      change[j] = min(max(cauchy.step[j] + d[j], problem.lower[j] - x[j]), problem.upper[j] - x[j])
      slope += gradient[j] * change[j]
    }
    if slope < 0 {
      d.copy(from: change)
      return
    }
    var alpha = 1.0
    for j in 0..<n where cauchy.isFree[j] {
      let z = cauchy.step[j], t = d[j]
      if t > 0 { alpha = min(alpha, (problem.upper[j] - x[j] - z) / t) }
      if t < 0 { alpha = min(alpha, (problem.lower[j] - x[j] - z) / t) }
    }
    for j in 0..<n { d[j] = cauchy.step[j] + alpha * d[j] }
  }

  /// Finds a step length; at its end the trial point has its derivatives and `next` the gradient of L there.
  private func search(_ l: AugmentedLagrangianFunction, _ value: Double, _ slope: Double) -> Double? {
    let problem = l.problem, n = l.n
    var limit = 1e10, isBounded = false
    for j in 0..<n where d[j] != 0 {
      let room = d[j] > 0 ? problem.upper[j] - l.current.x[j] : problem.lower[j] - l.current.x[j]
      if room.isFinite {
        isBounded = true
        limit = min(limit, room / d[j])
      }
    }
    if isBounded { limit = max(limit, 1) }
    var first = b.hasSize ? 1.0 : min(1, 1 / VectorKernels.norm(n, d.pointer))
    if !b.hasSize && isBounded { first = min(first, limit) }
    // Points where functions are not defined shorten the search.
    var tries = 0
    let rounding = Self.roundingError * max(abs(value), abs(l.current.f))
    func evaluate(_ alpha: Double) -> (Double, Double)? {
      tries += 1
      let f = l.move(d, alpha)
      guard f.isFinite, l.trial.differentiate(problem) else { return nil }
      l.gradient(l.trial, into: next)
      let g = VectorKernels.dot(n, next.pointer, d.pointer)
      guard g.isFinite else { return nil }
      // The change of L by the trapezoidal rule where the difference is lost to rounding.
      let change = 0.5 * alpha * (slope + g)
      return (abs(f - value) <= rounding && abs(change) <= rounding ? value + change : f, g)
    }
    var found = evaluate(first)
    while found == nil {
      first *= 0.25
      limit = min(limit, 2 * first)
      if tries > Self.searchLimit { return nil }
      found = evaluate(first)
    }
    guard var at = found else { return nil }
    var search = LineSearch(value: value, derivative: slope, first: first, limit: limit)
    var alpha = first
    while true {
      // Where the decrease is small against rounding the derivative alone decides.
      if abs(at.0 - value) <= rounding && at.1 >= 0.9 * slope && at.1 <= -0.8 * slope { return alpha }
      switch search.tell(at.0, at.1) {
      case .done: return alpha
      case .end:
        let best = search.best
        // Equal to rounding is good enough at the very end.
        if best <= 0 { return at.0 <= value + rounding && abs(at.1) < abs(slope) ? alpha : nil }
        if best != alpha {
          guard evaluate(best) != nil else { return nil }
        }
        return best
      case .next(let step):
        if tries > Self.searchLimit {
          let best = search.best
          guard best > 0, evaluate(best) != nil else { return nil }
          return best
        }
        alpha = step
        if let found = evaluate(step) {
          at = found
        } else {
          at = (value + abs(value) + 1e10 * abs(slope), -slope)
        }
      }
    }
  }
}
