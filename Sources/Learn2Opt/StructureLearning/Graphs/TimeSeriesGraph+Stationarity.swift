import LinearAlgebra

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

extension TimeSeriesGraph {
  /// The spectral radius of the companion matrix of `A_l (I - W)⁻¹`: the process is stationary if it is below 1. 0 without lags;
  /// infinite where numbers are not finite or `I - W` is singular.
  ///
  /// By Gelfand's formula from norms of powers 2ᵏ, each scaled to norm 1: the error after k squarings is a factor
  /// O(log(order) / 2ᵏ).
  /// - Complexity: O(16 (p d)³).
  public var spectralRadius: Double {
    let d = nodeCount, p = lagCount
    guard p > 0, let factor = LU(Self.identityMinus(contemporaneous.weights).transposed) else { return p == 0 ? 0 : .infinity }
    // Row vectors: (x_t, …, x_{t-p+1}) = (x_{t-1}, …, x_{t-p}) C.
    var companion = DenseMatrix(rowCount: d * p, columnCount: d * p)
    for (lag, weights) in lagged.enumerated() {
      var reduced = weights.transposed
      factor.solve(&reduced)
      for i in 0..<d {
        for j in 0..<d { companion[lag * d + i, j] = reduced[j, i] }
        if lag + 1 < p { companion[lag * d + i, (lag + 1) * d + i] = 1 }
      }
    }
    var logarithm = 0.0
    var exponent = 1.0
    var square = companion
    for _ in 0..<Self.squaringCount {
      let norm = VectorKernels.norm(companion.values.count, companion.values)
      guard norm > 0, norm.isFinite else { return norm == 0 ? 0 : .infinity }
      logarithm += log(norm) / exponent
      for k in companion.values.indices { companion.values[k] /= norm }
      companion.multiply(companion, into: &square)
      swap(&companion, &square)
      exponent *= 2
    }
    let norm = VectorKernels.norm(companion.values.count, companion.values)
    return norm == 0 ? 0 : exp(logarithm + log(norm) / exponent)
  }

  /// Powers up to 2¹⁶: a relative error of about 10⁻⁴.
  private static let squaringCount = 16

  private static func identityMinus(_ weights: DenseMatrix) -> DenseMatrix {
    DenseMatrix(rowCount: weights.rowCount, columnCount: weights.columnCount) { i, j in
      (i == j ? 1 : 0) - weights[i, j]
    }
  }
}
