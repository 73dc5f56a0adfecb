import LinearAlgebra

/// The model of an augmented Lagrangian around a point: rows are linearized, but their distance to the two sides is kept,
/// so that rows become active and inactive within one step,
///
///     minimize   ∇fᵀd + ½ dᵀ(H + δI)d + Σ ½ ρᵢ dist(cᵢ + Jᵢd + ȳᵢ/ρᵢ, [lᵢ, uᵢ])²   with x + d within the bounds.
///
/// With multipliers near those of the solution and large ρ its minimizer is the step of the stabilized sequential
/// quadratic programming method. The method is a semismooth Newton method: each step solves for the face of free columns
/// and active rows, and an exact search along it lets rows come and go.
///
/// Source: Li, Sun, Toh, "A highly efficient semismooth Newton augmented Lagrangian method", 2018; Wright, "Superlinear
/// convergence of a stabilized SQP method to a degenerate solution", 1998; Bertsekas, "Projected Newton methods for
/// optimization problems with simple constraints", 1982.
final class QuadraticSubproblem {
  /// Faces tried in one subproblem at most.
  static let faceLimit = 60
  /// The first shift of an indefinite Hessian relative to its largest entry, and the factors by which it grows.
  static let firstShift = 1e-4
  static let firstShiftIncrease = 100.0
  static let shiftIncrease = 8.0
  /// The diagonal of rows that are kept exactly.
  static let keptRelaxation = 1e-13
  /// Shifts tried at most.
  static let shiftLimit = 40

  let problem: ScaledProblem
  let system: AugmentedSystem
  /// The entries of the Hessian of the Lagrangian.
  let hessian: Vector
  /// The step, and the multipliers of the rows at its end.
  let d: Vector
  let y: Vector
  /// No entry of d is larger than this times `max(1, |x|)`.
  var radius = Double.infinity
  /// The shift of the last subproblem, and the last one that was not zero.
  private(set) var shift = 0.0
  private var lastShift = 0.0
  /// `∇L · d`, and `dᵀ(H + δI)d`.
  private(set) var slope = 0.0
  private(set) var curvature = 0.0
  /// The projected gradient of the model at the end, in its largest entry.
  private(set) var residual = 0.0

  /// The part of the last Newton step that was taken.
  private var stepLength = 0.0

  private let n: Int
  private let m: Int
  private let hd: Vector
  private let jd: Vector
  private let p: Vector
  private let hp: Vector
  private let jp: Vector
  private let yFull: Vector
  private let trial: Vector
  private let gradient: Vector
  private let firstGradient: Vector
  private let inversePenalty: Vector
  let free: UnsafeMutablePointer<Bool>
  let active: UnsafeMutablePointer<Bool>

  init(_ problem: ScaledProblem, denseOrder: Int) {
    self.problem = problem
    n = problem.n
    m = problem.m
    system = AugmentedSystem(problem, denseOrder: denseOrder)
    hessian = Vector(count: problem.hessian.entryCount)
    d = Vector(count: n)
    y = Vector(count: m)
    hd = Vector(count: n)
    jd = Vector(count: m)
    p = Vector(count: n)
    hp = Vector(count: n)
    jp = Vector(count: m)
    yFull = Vector(count: m)
    trial = Vector(count: n)
    gradient = Vector(count: n)
    firstGradient = Vector(count: n)
    inversePenalty = Vector(count: m)
    free = .allocate(capacity: max(1, n))
    active = .allocate(capacity: max(1, m))
    free.initialize(repeating: true, count: max(1, n))
    active.initialize(repeating: false, count: max(1, m))
  }

  deinit {
    free.deallocate()
    active.deallocate()
  }

  /// Rows that every step satisfies exactly, being satisfied at the point; nil for none.
  var kept: UnsafePointer<Bool>?
  /// Whether the last model was solved.
  private(set) var isDone = false

  /// Solves the model at a point; `hessian` is filled.
  /// - Parameters:
  ///   - center: ȳ.
  ///   - penalty: ρ.
  ///   - tolerance: of the model's projected gradient.
  ///   - largestShift: relative to the largest entry of the Hessian; a face that needs more ends the solve.
  /// - Returns: whether d is a step along which the augmented Lagrangian falls to first order.
  func solve(
    _ at: Iterate, center: Vector, penalty: Vector, tolerance: Double, largestShift: Double
  ) -> Bool {
    for i in 0..<m { inversePenalty[i] = 1 / penalty[i] }
    if let kept { for i in 0..<m where kept[i] { inversePenalty[i] = Self.keptRelaxation } }
    shift = 0
    isDone = false
    var attempt = 0
    let size = max(1e-8, VectorKernels.maxNorm(hessian.count, hessian.pointer))
    while true {
      switch minimize(at, center, penalty, tolerance) {
      case .done:
        isDone = true
        slope = VectorKernels.dot(n, firstGradient.pointer, d.pointer)
        return slope < 0
      case .indefinite:
        attempt += 1
        if shift >= largestShift * size || attempt > Self.shiftLimit { return false }
        raiseShift(size)
        shift = min(shift, largestShift * size)
      }
    }
  }

  private func raiseShift(_ size: Double) {
    if shift == 0 {
      shift = lastShift == 0 ? size * Self.firstShift : max(size * 1e-10, lastShift / 3)
    } else {
      shift *= lastShift == 0 ? Self.firstShiftIncrease : Self.shiftIncrease
    }
  }

  private enum End { case done, indefinite }

  private func minimize(_ at: Iterate, _ center: Vector, _ penalty: Vector, _ tolerance: Double) -> End {
    d.fill(0)
    hd.fill(0)
    jd.fill(0)
    var hasMultipliers = false
    for face in 0..<Self.faceLimit {
      if !hasMultipliers { multipliers(at, center, penalty, into: y) }
      if let kept {
        // Their multipliers come from the system alone.
        for i in 0..<m where kept[i] { y[i] = face == 0 ? center[i] : yFull[i] }
      }
      computeGradient(at)
      if face == 0 { firstGradient.copy(from: gradient) }
      residual = projectedGradient(at)
      if residual <= tolerance && face > 0 { break }
      if residual == 0 { break }
      chooseFace(at, center)
      if !newtonStep(at, center) { return .indefinite }
      if shift > 0 { lastShift = shift }
      let isFull = search(at, center, penalty)
      if !(stepLength > 0) { break }
      hasMultipliers = isFull
      if isFull { y.copy(from: yFull) }
    }
    curvature = VectorKernels.dot(n, d.pointer, hd.pointer) + shift * VectorKernels.dot(n, d.pointer, d.pointer)
    return .done
  }

  /// `y = ρ (t - P(t))` for `t = c + Jd + ȳ/ρ`.
  private func multipliers(_ at: Iterate, _ center: Vector, _ penalty: Vector, into y: Vector) {
    for i in 0..<m {
      let t = at.c[i] + jd[i] + center[i] * inversePenalty[i]
      let outside = t < problem.rowLower[i] ? t - problem.rowLower[i] : max(0, t - problem.rowUpper[i])
      y[i] = penalty[i] * outside
    }
  }

  private func computeGradient(_ at: Iterate) {
    for j in 0..<n { gradient[j] = at.gradient[j] + hd[j] + shift * d[j] }
    problem.jacobian.addTransposeProduct(at.jacobian.pointer, y.pointer, to: gradient.pointer)
  }

  private func projectedGradient(_ at: Iterate) -> Double {
    var largest = 0.0
    for j in 0..<n {
      let moved = min(max(d[j] - gradient[j], lowest(at, j)), highest(at, j))
      largest = max(largest, abs(moved - d[j]))
    }
    return largest
  }

  @inline(__always)
  private func lowest(_ at: Iterate, _ j: Int) -> Double {
    max(problem.lower[j] - at.x[j], -radius * max(1, abs(at.x[j])))
  }

  @inline(__always)
  private func highest(_ at: Iterate, _ j: Int) -> Double {
    min(problem.upper[j] - at.x[j], radius * max(1, abs(at.x[j])))
  }

  private func chooseFace(_ at: Iterate, _ center: Vector) {
    for j in 0..<n {
      let isLow = d[j] <= lowest(at, j) && gradient[j] >= 0, isHigh = d[j] >= highest(at, j) && gradient[j] <= 0
      free[j] = !(isLow || isHigh)
    }
    for i in 0..<m {
      let t = at.c[i] + jd[i] + center[i] * inversePenalty[i]
      let isEquation = problem.rowLower[i] == problem.rowUpper[i]
      active[i] = isEquation || t < problem.rowLower[i] || t > problem.rowUpper[i]
    }
  }

  /// The Newton step p on the face and the multipliers `yFull` at its end. Columns at a bound that would leave it are
  /// taken out of the face.
  /// - Returns: whether the face's matrix is positive definite.
  private func newtonStep(_ at: Iterate, _ center: Vector) -> Bool {
    for attempt in 0..<8 {
      let isDefinite = system.factor(
        hessian.pointer, at.jacobian.pointer, free: free, active: active, inversePenalty: inversePenalty.pointer,
        shift: shift)
      if !isDefinite { return false }
      for j in 0..<n { p[j] = -(at.gradient[j] + hd[j] + shift * d[j]) }
      for i in 0..<m {
        let t = at.c[i] + jd[i] + center[i] * inversePenalty[i]
        let side = t < problem.rowLower[i] ? problem.rowLower[i] : problem.rowUpper[i]
        yFull[i] = active[i] ? side - t : 0
      }
      system.solve(p.pointer, yFull.pointer)
      var leaving = false
      for j in 0..<n where free[j] {
        if (p[j] < 0 && d[j] <= lowest(at, j)) || (p[j] > 0 && d[j] >= highest(at, j)) {
          leaving = true
          if attempt < 7 { free[j] = false } else { p[j] = 0 }
        }
      }
      if !leaving { break }
    }
    return true
  }

  /// Moves d along p.
  /// - Returns: whether p was taken whole and the rows on its face stayed the same, so that `yFull` are the multipliers.
  private func search(_ at: Iterate, _ center: Vector, _ penalty: Vector) -> Bool {
    var isClipped = false
    var reach = Double.infinity
    for j in 0..<n {
      let low = lowest(at, j), high = highest(at, j)
      let end = d[j] + p[j]
      if end < low || end > high {
        isClipped = true
        if p[j] != 0 { reach = min(reach, ((p[j] < 0 ? low : high) - d[j]) / p[j]) }
      }
      trial[j] = min(max(end, low), high) - d[j]
    }
    if isClipped {
      // Towards the projected end of the step if the model falls that way, else along the step to the first bound.
      let straight = VectorKernels.dot(n, gradient.pointer, p.pointer)
      let projected = VectorKernels.dot(n, gradient.pointer, trial.pointer)
      // Projection would leave the rows that are kept.
      if kept == nil && projected <= 0.1 * straight * min(1, max(reach, 1e-3)) {
        p.copy(from: trial)
        reach = 1
      }
    }
    problem.hessian.multiplySymmetric(hessian.pointer, p.pointer, into: hp.pointer)
    problem.jacobian.multiply(at.jacobian.pointer, p.pointer, into: jp.pointer)
    var isSame = !isClipped
    if isSame {
      for i in 0..<m where isSame {
        let t = at.c[i] + jd[i] + jp[i] + center[i] * inversePenalty[i]
        let l = problem.rowLower[i], u = problem.rowUpper[i]
        if l == u { continue }
        let before = t - jp[i]
        isSame = (t < l) == (before < l) && (t > u) == (before > u)
      }
    }
    let alpha = isSame ? 1 : exactStep(at, center, penalty, limit: isClipped ? min(1, reach) : 1)
    stepLength = alpha
    for j in 0..<n {
      d[j] = alpha == 1 && isClipped ? d[j] + p[j] : d[j] + alpha * p[j]
      d[j] = min(max(d[j], lowest(at, j)), highest(at, j))
      hd[j] += alpha * hp[j]
    }
    for i in 0..<m { jd[i] += alpha * jp[i] }
    return isSame
  }

  /// The minimizer of the model along p up to `limit`: its derivative is piecewise linear and, rows apart, has the
  /// slope of the Hessian; found by bisection safeguarding the secant method.
  private func exactStep(_ at: Iterate, _ center: Vector, _ penalty: Vector, limit: Double) -> Double {
    var constant = 0.0
    for j in 0..<n { constant += p[j] * (at.gradient[j] + hd[j] + shift * d[j]) }
    let bend = VectorKernels.dot(n, p.pointer, hp.pointer) + shift * VectorKernels.dot(n, p.pointer, p.pointer)
    func derivative(_ alpha: Double) -> Double {
      var sum = constant + alpha * bend
      for i in 0..<m where jp[i] != 0 {
        let t = at.c[i] + jd[i] + alpha * jp[i] + center[i] * inversePenalty[i]
        let outside = t < problem.rowLower[i] ? t - problem.rowLower[i] : max(0, t - problem.rowUpper[i])
        sum += penalty[i] * outside * jp[i]
      }
      return sum
    }
    let atStart = derivative(0), atEnd = derivative(limit)
    if atEnd <= 0 || atStart >= 0 { return atEnd <= 0 ? limit : 0 }
    var low = 0.0, high = limit, fLow = atStart, fHigh = atEnd
    for k in 0..<80 {
      var middle = low - fLow * (high - low) / (fHigh - fLow)
      if k % 3 == 2 || !(middle > low && middle < high) { middle = 0.5 * (low + high) }
      let value = derivative(middle)
      if abs(value) <= 1e-12 * abs(atStart) || high - low <= 1e-14 * high { return middle }
      if value < 0 {
        low = middle
        fLow = value
      } else {
        high = middle
        fHigh = value
      }
    }
    return high
  }
}
