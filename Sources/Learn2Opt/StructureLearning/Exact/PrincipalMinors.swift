import LinearAlgebra

/// Determinants of all principal submatrices of a correlation matrix, by the set of their variables as bits.
///
/// The residual variance of v given P is `S_vv · minor(P + v) / minor(P)`: with the minors at hand every regression of one
/// variable on any others costs one division.
///
/// - Complexity: O(2^d) time, and 2^d numbers; a Schur complement is formed once for every set and shared by all that
///   continue it.
final class PrincipalMinors {
  let d: Int
  /// `values[T]`, 1 for the empty set.
  let values: UnsafeMutablePointer<Double>
  /// Variances of the variables.
  let variances: [Double]

  /// - Returns: nil if some minor is not positive: the matrix is singular to working precision.
  init?(_ covariance: DenseMatrix) {
    let d = covariance.rowCount
    self.d = d
    variances = (0..<d).map { covariance[$0, $0] }
    values = .allocate(capacity: 1 << d)
    guard variances.allSatisfy({ $0 > 0 && $0.isFinite }) else { return nil }
    let scale = variances.map { 1 / $0.squareRoot() }
    // One matrix a depth; depth k holds the variables k..<d at offset (k, k).
    let blocks = UnsafeMutablePointer<Double>.allocate(capacity: (d + 1) * max(1, d * d))
    defer { blocks.deallocate() }
    for i in 0..<d {
      for j in 0..<d { blocks[i * d + j] = covariance[i, j] * scale[i] * scale[j] }
    }
    values[0] = 1
    if !Self.expand(d, 0, blocks, blocks + d * d, 1, 0, values) { return nil }
  }

  deinit { values.deallocate() }

  /// Sets that leave variable k out, and those that take it in.
  /// - Parameters:
  ///   - m: the Schur complement of what is taken in so far.
  ///   - free: memory for the complements of deeper levels.
  private static func expand(
    _ d: Int, _ k: Int, _ m: UnsafeMutablePointer<Double>, _ free: UnsafeMutablePointer<Double>, _ determinant: Double,
    _ set: Int, _ values: UnsafeMutablePointer<Double>
  ) -> Bool {
    if k == d { return true }
    let pivot = m[k * d + k]
    guard pivot > 1e-14 else { return false }
    let taken = set | 1 << k
    values[taken] = determinant * pivot
    if !expand(d, k + 1, m, free, determinant, set, values) { return false }
    for i in (k + 1)..<max(k + 1, d) {
      let factor = m[i * d + k] / pivot
      for j in (k + 1)...i { free[i * d + j] = m[i * d + j] - factor * m[j * d + k] }
    }
    return expand(d, k + 1, free, free + d * d, determinant * pivot, taken, values)
  }

  /// Residual variance of v given a set without v.
  @inline(__always)
  func residualVariance(_ v: Int, given set: Int) -> Double { variances[v] * values[set | 1 << v] / values[set] }
}
