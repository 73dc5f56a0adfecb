import LinearAlgebra

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A bound on the least-squares score of every order, from the determinant alone.
///
/// The residual variances r of an order multiply to det S, and each lies between the variance that all others leave and
/// the variance itself. The least sum of numbers with a given product is attained where they are equal, as far as their
/// bounds allow.
///
/// - Source: the arithmetic-geometric mean inequality, here with bounds on the terms.
enum VarianceProductBound {
  /// The bound on `½ Σ r`, and the plain one without bounds on the terms, `d/2 · det(S)^(1/d)`.
  /// - Returns: nil if the matrix is not positive definite.
  /// - Complexity: O(d³).
  static func leastSquares(_ covariance: DenseMatrix) -> (bound: Double, plain: Double)? {
    let d = covariance.rowCount
    if d == 0 { return (0, 0) }
    guard let factor = OrderFactor(covariance, order: Array(0..<d)) else { return nil }
    var logProduct = 0.0
    for k in 0..<d { logProduct += log(factor.residualVariance(k)) }
    // The variance that all others leave is the inverse of the diagonal entry of S⁻¹ = L⁻ᵀ L⁻¹.
    var least = [Double](repeating: 0, count: d)
    for j in 0..<d {
      var sum = 0.0
      for k in j..<d { sum += factor.inverse[k * d + j] * factor.inverse[k * d + j] }
      least[j] = log(1 / sum)
    }
    let largest = (0..<d).map { log(covariance[$0, $0]) }
    // The common level: the sum of clamped logarithms grows with it.
    var low = least.min()!
    var high = largest.max()!
    for _ in 0..<200 {
      let level = (low + high) / 2
      let sum = (0..<d).reduce(0.0) { $0 + min(max(level, least[$1]), max(least[$1], largest[$1])) }
      if sum < logProduct { low = level } else { high = level }
    }
    let terms = (0..<d).map { exp(min(max(low, least[$0]), max(least[$0], largest[$0]))) }
    return (terms.reduce(0, +) / 2, Double(d) / 2 * exp(logProduct / Double(d)))
  }
}
