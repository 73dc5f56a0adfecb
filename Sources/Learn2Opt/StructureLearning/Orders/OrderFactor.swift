import LinearAlgebra

/// The Cholesky factor of a covariance in the order of its variables, kept up to date while variables move.
///
/// With `S_π = L Lᵀ` the regression of the variable at position k on all before it leaves the residual variance `L_kk²`,
/// so the least-squares score of an order is `½ Σ L_kk²`. The inverse `L⁻¹` is kept beside L: what a move of one variable
/// to any other position would change is then read from one row of L and one column of `L⁻¹`.
///
/// - Source: exchanges of neighbours by plane rotations as in J. Dongarra, C. Moler, J. Bunch, G. Stewart, "LINPACK
///   users' guide", 1979, chapter 10 (SCHEX).
/// - Complexity: memory of 2 d² numbers.
final class OrderFactor {
  let d: Int
  /// The variable at each position.
  private(set) var order: [Int]
  /// The position of each variable.
  private(set) var position: [Int]
  /// L column by column: entry (r, k) at `k * d + r`, 0 for r < k.
  let l: UnsafeMutablePointer<Double>
  /// `L⁻¹` row by row: entry (r, k) at `r * d + k`, 0 for k > r.
  let inverse: UnsafeMutablePointer<Double>
  private let covariance: DenseMatrix

  /// - Returns: nil if the covariance is not positive definite to working precision.
  /// - Complexity: O(d³).
  init?(_ covariance: DenseMatrix, order: [Int]) {
    d = order.count
    self.covariance = covariance
    self.order = order
    position = [Int](repeating: 0, count: d)
    l = .allocate(capacity: max(1, d * d))
    inverse = .allocate(capacity: max(1, d * d))
    if !set(order) { return nil }
  }

  deinit {
    l.deallocate()
    inverse.deallocate()
  }

  /// Starts anew from an order.
  /// - Returns: false if the covariance is not positive definite to working precision.
  /// - Complexity: O(d³).
  @discardableResult
  func set(_ order: [Int]) -> Bool {
    self.order = order
    for (k, v) in order.enumerated() { position[v] = k }
    covariance.values.withUnsafeBufferPointer { s in
      for k in 0..<d {
        for r in 0..<d { l[k * d + r] = s[order[k] * d + order[r]] }
      }
    }
    guard BLAS.factorCholesky(d, l) else { return false }
    BLAS.invertLower(d, l, into: inverse)
    return true
  }

  /// Takes over the order and the factors of another of the same size.
  /// - Complexity: O(d²).
  func copy(from other: OrderFactor) {
    order = other.order
    position = other.position
    l.update(from: other.l, count: d * d)
    inverse.update(from: other.inverse, count: d * d)
  }

  /// Takes back what moves within a range of positions have changed since this was a copy of another.
  /// - Complexity: O(d w) for a range of w positions.
  func copy(from other: OrderFactor, positions range: Range<Int>) {
    let low = range.lowerBound, count = range.count
    for k in range {
      order[k] = other.order[k]
      position[order[k]] = k
    }
    // Rotations change the columns of L in the range; elsewhere only the rows in it have changed places.
    for k in 0..<low { (l + k * d + low).update(from: other.l + k * d + low, count: count) }
    (l + low * d).update(from: other.l + low * d, count: count * d)
    (inverse + low * d).update(from: other.inverse + low * d, count: count * d)
    for r in range.upperBound..<max(range.upperBound, d) {
      (inverse + r * d + low).update(from: other.inverse + r * d + low, count: count)
    }
  }

  /// Factors the present order again, which removes what rounding has added.
  func refresh() { set(order) }

  /// Residual variance of the variable at a position given all before it.
  @inline(__always)
  func residualVariance(_ k: Int) -> Double {
    let pivot = l[k * d + k]
    return pivot * pivot
  }

  /// The least-squares score `½ Σ L_kk²`.
  var score: Double {
    var sum = 0.0
    for k in 0..<d { sum += residualVariance(k) }
    return sum / 2
  }

  /// The best move of the variable at position p to a position in a range, by the change of `Σ L_kk²`.
  ///
  /// To the left, the variable joins the predecessors of those it passes; to the right, it leaves them.
  /// - Returns: the position and the change, (p, 0) if no move lowers the score.
  /// - Complexity: O(d).
  func bestMove(of p: Int, within range: ClosedRange<Int>) -> (position: Int, change: Double) {
    var best = p
    var least = 0.0
    let pivot = residualVariance(p)
    var own = pivot
    var others = 0.0
    var k = p - 1
    while k >= range.lowerBound {
      let entry = l[k * d + p]
      let larger = own + entry * entry
      others += residualVariance(k) * (own / larger - 1)
      own = larger
      let change = own - pivot + others
      if change < least {
        least = change
        best = k
      }
      k -= 1
    }
    var growth = 1.0
    others = 0
    k = p + 1
    while k <= range.upperBound {
      let entry = inverse[k * d + p]
      let larger = growth + pivot * entry * entry
      others += residualVariance(k) * (larger / growth - 1)
      growth = larger
      let change = pivot / growth - pivot + others
      if change < least {
        least = change
        best = k
      }
      k += 1
    }
    return (best, least)
  }

  /// The change of `Σ L_kk²` when the variable at position p moves to position q.
  /// - Complexity: O(|p - q|).
  func change(of p: Int, to q: Int) -> Double {
    let pivot = residualVariance(p)
    var others = 0.0
    if q < p {
      var own = pivot
      for k in stride(from: p - 1, through: q, by: -1) {
        let entry = l[k * d + p]
        let larger = own + entry * entry
        others += residualVariance(k) * (own / larger - 1)
        own = larger
      }
      return own - pivot + others
    }
    var growth = 1.0
    for k in (p + 1)..<max(p + 1, q + 1) {
      let entry = inverse[k * d + p]
      let larger = growth + pivot * entry * entry
      others += residualVariance(k) * (larger / growth - 1)
      growth = larger
    }
    return pivot / growth - pivot + others
  }

  /// Moves the variable at position p to position q; those between step aside by one.
  /// - Complexity: O(d |p - q|).
  func move(_ p: Int, to q: Int) {
    if p == q { return }
    let v = order[p]
    if p < q { moveRight(p, q) } else { moveLeft(p, q) }
    var k = p
    while k < q {
      order[k] = order[k + 1]
      position[order[k]] = k
      k += 1
    }
    while k > q {
      order[k] = order[k - 1]
      position[order[k]] = k
      k -= 1
    }
    order[q] = v
    position[v] = q
  }

  /// Rows shift first; the factor is then triangular but for one entry right of the diagonal in rows p..<q, which
  /// rotations of neighbouring columns remove, from the left.
  private func moveRight(_ p: Int, _ q: Int) {
    let d = d, l = l, inverse = inverse
    for k in 0...q { shiftDown(l + k * d, p, q) }
    for r in p..<d { shiftDown(inverse + r * d, p, q) }
    for k in p..<q {
      let first = l + k * d, second = l + (k + 1) * d
      let a = first[k], b = second[k]
      let h = (a * a + b * b).squareRoot()
      Self.rotate(first + k, second + k, a / h, b / h, d - k)
      second[k] = 0
      Self.rotate(inverse + k * d, inverse + (k + 1) * d, a / h, b / h, q + 1)
      (inverse + k * d + k + 1).update(repeating: 0, count: q - k)
    }
  }

  /// Rows shift first; row q then has entries up to column p, which rotations of neighbouring columns remove, from the
  /// right.
  private func moveLeft(_ p: Int, _ q: Int) {
    let d = d, l = l, inverse = inverse
    for k in 0...p { shiftUp(l + k * d, q, p) }
    for r in q..<d { shiftUp(inverse + r * d, q, p) }
    var k = p - 1
    while k >= q {
      let first = l + k * d, second = l + (k + 1) * d
      let a = first[q], b = second[q]
      let h = (a * a + b * b).squareRoot()
      first[q] = h
      second[q] = 0
      Self.rotate(first + k + 1, second + k + 1, a / h, b / h, d - k - 1)
      Self.rotate(inverse + k * d, inverse + (k + 1) * d, a / h, b / h, p + 1)
      (inverse + (k + 1) * d + k + 2).update(repeating: 0, count: p - k - 1)
      k -= 1
    }
    (inverse + q * d + q + 1).update(repeating: 0, count: p - q)
  }

  /// Entry p goes to q, the entries p+1...q step down by one.
  private func shiftDown(_ x: UnsafeMutablePointer<Double>, _ p: Int, _ q: Int) {
    let value = x[p]
    (x + p).update(from: x + p + 1, count: q - p)
    x[q] = value
  }

  /// Entry p goes to q < p, the entries q..<p step up by one.
  private func shiftUp(_ x: UnsafeMutablePointer<Double>, _ q: Int, _ p: Int) {
    let value = x[p]
    (x + q + 1).update(from: x + q, count: p - q)
    x[q] = value
  }

  /// `(x, y) ← (c x + s y, s x - c y)`: a rotation with a change of sign that keeps diagonals positive.
  @inline(__always)
  private static func rotate(
    _ x: UnsafeMutablePointer<Double>, _ y: UnsafeMutablePointer<Double>, _ c: Double, _ s: Double, _ count: Int
  ) {
    for i in 0..<count {
      let a = x[i], b = y[i]
      x[i] = c * a + s * b
      y[i] = s * a - c * b
    }
  }
}
