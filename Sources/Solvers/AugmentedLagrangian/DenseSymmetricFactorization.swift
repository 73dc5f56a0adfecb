/// The factorization `P A Pᵀ = L B Lᵀ` of a small dense symmetric matrix, B with blocks of order 1 and 2: backward stable
/// for indefinite matrices, and the signs of B's eigenvalues are those of A's.
///
/// Source: Bunch, Kaufman, "Some stable methods for calculating inertia and solving symmetric linear systems", 1977,
/// algorithm A.
final class DenseSymmetricFactorization {
  private(set) var order = 0
  private(set) var negativeCount = 0
  /// Pivots that are zero to rounding.
  private(set) var zeroCount = 0
  /// The lower triangle by columns, `order` apart; replaced by L and B.
  let matrix: UnsafeMutablePointer<Double>
  /// The row swapped with row k before step k; in both rows of a block of order 2 the complement of the row swapped
  /// with the second.
  private let swaps: UnsafeMutablePointer<Int>
  private let capacity: Int

  init(capacity: Int) {
    self.capacity = capacity
    matrix = .allocate(capacity: max(1, capacity * capacity))
    swaps = .allocate(capacity: max(1, capacity))
  }

  deinit {
    matrix.deallocate()
    swaps.deallocate()
  }

  /// Clears the matrix for another order.
  func reset(order: Int) {
    precondition(order <= capacity)
    self.order = order
    matrix.update(repeating: 0, count: order * order)
  }

  /// Factors the matrix in place.
  /// - Complexity: O(order³ / 3).
  func factor() {
    let n = order, a = matrix
    let alpha = (1 + 17.0.squareRoot()) / 8
    negativeCount = 0
    zeroCount = 0
    var size = 0.0
    for j in 0..<n { for i in j..<n { size = max(size, abs(a[j &* n &+ i])) } }
    let tiny = size * 1e-15
    var k = 0
    while k < n {
      let diagonal = abs(a[k &* n &+ k])
      var largest = 0.0, row = k
      for i in (k + 1)..<n where abs(a[k &* n &+ i]) > largest {
        largest = abs(a[k &* n &+ i])
        row = i
      }
      if !(max(diagonal, largest) > tiny) {
        zeroCount += 1
        swaps[k] = k
        a[k &* n &+ k] = 0
        for i in (k + 1)..<n { a[k &* n &+ i] = 0 }
        k += 1
        continue
      }
      var pivot = k, isBlock = false
      if diagonal < alpha * largest {
        var other = 0.0
        for j in k..<row { other = max(other, abs(a[j &* n &+ row])) }
        for i in (row + 1)..<n { other = max(other, abs(a[row &* n &+ i])) }
        if diagonal * other >= alpha * largest * largest {
          pivot = k
        } else if abs(a[row &* n &+ row]) >= alpha * other {
          pivot = row
        } else {
          pivot = row
          isBlock = true
        }
      }
      let first = isBlock ? k + 1 : k
      if pivot != first { swap(first, pivot, from: k) }
      if isBlock {
        swaps[k] = ~pivot
        swaps[k + 1] = ~pivot
        eliminateBlock(k)
        negativeCount += 1
        k += 2
      } else {
        swaps[k] = pivot
        let d = a[k &* n &+ k]
        if d < 0 { negativeCount += 1 }
        for j in (k + 1)..<n {
          let l = a[k &* n &+ j] / d
          if l == 0 { continue }
          let column = a + j &* n
          for i in j..<n { column[i] -= l * a[k &* n &+ i] }
        }
        for i in (k + 1)..<n { a[k &* n &+ i] /= d }
        k += 1
      }
    }
  }

  /// Swaps rows and columns p < q of the part that is left, and the rows of the columns from k on.
  private func swap(_ p: Int, _ q: Int, from k: Int) {
    let n = order, a = matrix
    func exchange(_ i: Int, _ j: Int) {
      let t = a[i]
      a[i] = a[j]
      a[j] = t
    }
    if p > k { for j in k..<p { exchange(j &* n &+ p, j &* n &+ q) } }
    exchange(p &* n &+ p, q &* n &+ q)
    for i in (p + 1)..<q { exchange(p &* n &+ i, i &* n &+ q) }
    for i in (q + 1)..<n { exchange(p &* n &+ i, q &* n &+ i) }
  }

  private func eliminateBlock(_ k: Int) {
    let n = order
    let first = matrix + k &* n, second = first + n
    let d11 = first[k], d21 = first[k + 1], d22 = second[k + 1]
    let determinant = d11 * d22 - d21 * d21
    for j in (k + 2)..<n {
      let u = first[j], v = second[j]
      let l1 = (d22 * u - d21 * v) / determinant, l2 = (d11 * v - d21 * u) / determinant
      let column = matrix + j &* n
      for i in j..<n { column[i] -= l1 * first[i] + l2 * second[i] }
      first[j] = l1
      second[j] = l2
    }
  }

  /// Replaces the right-hand side by the solution; components of zero pivots come out as zero.
  /// - Complexity: O(order²).
  func solve(_ b: UnsafeMutablePointer<Double>) {
    let n = order, a = matrix
    func exchange(_ i: Int, _ j: Int) {
      if i == j { return }
      let t = b[i]
      b[i] = b[j]
      b[j] = t
    }
    var k = 0
    while k < n {
      if swaps[k] >= 0 {
        exchange(k, swaps[k])
        let t = b[k]
        for i in (k + 1)..<n { b[i] -= a[k &* n &+ i] * t }
        let d = a[k &* n &+ k]
        b[k] = abs(d) > 0 ? t / d : 0
        k += 1
      } else {
        exchange(k + 1, ~swaps[k])
        let t = b[k], u = b[k + 1]
        for i in (k + 2)..<n { b[i] -= a[k &* n &+ i] * t + a[(k + 1) &* n &+ i] * u }
        let d11 = a[k &* n &+ k], d21 = a[k &* n &+ k + 1], d22 = a[(k + 1) &* n &+ k + 1]
        let determinant = d11 * d22 - d21 * d21
        b[k] = (d22 * t - d21 * u) / determinant
        b[k + 1] = (d11 * u - d21 * t) / determinant
        k += 2
      }
    }
    k = n - 1
    while k >= 0 {
      if swaps[k] >= 0 {
        var t = b[k]
        for i in (k + 1)..<n { t -= a[k &* n &+ i] * b[i] }
        b[k] = t
        exchange(k, swaps[k])
        k -= 1
      } else {
        var t = b[k], u = b[k - 1]
        for i in (k + 1)..<n {
          t -= a[k &* n &+ i] * b[i]
          u -= a[(k - 1) &* n &+ i] * b[i]
        }
        b[k] = t
        b[k - 1] = u
        exchange(k, ~swaps[k])
        k -= 2
      }
    }
  }
}
