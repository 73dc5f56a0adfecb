import LinearAlgebra

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Second moments of data that might as well have been seen.
enum Resampling {
  /// Moments of as many rows, drawn from the table with replacement, or of half as many drawn without.
  /// - Complexity: O(n d²).
  static func rows(of table: SampleTable, halves: Bool, using random: inout SplitMix64) -> SampleCovariance {
    let n = table.sampleCount
    let rows =
      halves
      ? Array(0..<n).shuffled(using: &random).prefix(max(2, n / 2)).sorted()
      : (0..<n).map { _ in Int.random(in: 0..<n, using: &random) }
    return SampleCovariance(table, rows: rows)
  }

  /// Moments of normal samples whose true moments are those given: a Wishart matrix over n, from its triangular factor.
  ///
  /// - Source: M. Bartlett, "On the theory of statistical regression", 1933.
  /// - Returns: nil if the matrix is not positive definite.
  /// - Complexity: O(d³).
  static func wishart(_ covariance: SampleCovariance, halves: Bool, using random: inout SplitMix64)
    -> SampleCovariance?
  {
    guard let cholesky = Cholesky(covariance.matrix) else { return nil }
    let d = covariance.variableCount, n = halves ? covariance.sampleCount / 2 : covariance.sampleCount
    var lower = DenseMatrix(rowCount: d, columnCount: d)
    for j in 0..<d {
      for i in j..<d { lower[i, j] = cholesky.factor[i, j] }
    }
    var triangle = DenseMatrix(rowCount: d, columnCount: d)
    for j in 0..<d {
      triangle[j, j] = chiSquare(Double(max(1, n - 1 - j)), &random).squareRoot()
      for i in (j + 1)..<max(j + 1, d) { triangle[i, j] = normal(&random) }
    }
    let root = lower * triangle
    var matrix = root * root.transposed
    for k in matrix.values.indices { matrix.values[k] /= Double(n) }
    return SampleCovariance(names: covariance.names, matrix: matrix, sampleCount: n)
  }

  private static func normal(_ random: inout SplitMix64) -> Double {
    let u = Double.random(in: 0..<1, using: &random), angle = Double.random(in: 0..<1, using: &random)
    return (-2 * log(1 - u)).squareRoot() * cos(2 * Double.pi * angle)
  }

  /// Twice a gamma variable with half the degrees of freedom, by rejection from a cubed normal.
  ///
  /// - Source: G. Marsaglia, W. Tsang, "A simple method for generating gamma variables", 2000.
  private static func chiSquare(_ freedom: Double, _ random: inout SplitMix64) -> Double {
    let shape = freedom / 2
    // Below shape 1 a variable of the next shape is scaled by a power of a uniform one.
    let boost = shape < 1 ? pow(Double.random(in: 0..<1, using: &random), 1 / shape) : 1
    let base = (shape < 1 ? shape + 1 : shape) - 1.0 / 3
    let scale = 1 / (9 * base).squareRoot()
    while true {
      let x = normal(&random)
      let cube = (1 + scale * x) * (1 + scale * x) * (1 + scale * x)
      let u = Double.random(in: 0..<1, using: &random)
      if cube > 0, log(1 - u) < 0.5 * x * x + base * (1 - cube + log(cube)) { return 2 * base * cube * boost }
    }
  }
}
