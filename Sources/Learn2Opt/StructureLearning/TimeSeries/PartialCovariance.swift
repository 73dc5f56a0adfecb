import LinearAlgebra

/// Second moments of the present given the past: `S_xx - S_xy S_yy⁻¹ S_yx`.
///
/// Where nothing bounds or penalizes the effects A of the past, they can be eliminated: least squares over W and A together
/// is least squares over W with these moments, and `A = S_yy⁻¹ S_yx (I - W)` follows. Any method for samples without time
/// therefore learns the effects within a time step from ``covariance``.
public struct PartialCovariance: Sendable, Equatable {
  /// The moments of the present given the past.
  public let covariance: SampleCovariance
  /// `S_yy⁻¹ S_yx`: lagged × present.
  public let regression: DenseMatrix

  /// - Parameters:
  ///   - joint: moments of the present and, after it, the past.
  ///   - presentCount: d.
  ///   - ridge: added to the diagonal of S_yy, in parts of its largest entry: 0 for none. Default 0.
  /// - Throws: ``StructureLearningError/singularCovariance(_:)`` where past values repeat each other.
  /// - Complexity: O((p d)³).
  public init(
    _ joint: SampleCovariance, presentCount d: Int, ridge: Double = 0
  ) throws(StructureLearningError) {
    precondition(d <= joint.variableCount)
    let all = joint.matrix, q = joint.variableCount - d
    let largest = (d..<d + q).reduce(0.0) { max($0, all[$1, $1]) }
    let past = DenseMatrix(rowCount: q, columnCount: q) { i, j in
      all[d + i, d + j] + (i == j ? ridge * largest : 0)
    }
    guard all.values.allSatisfy(\.isFinite), let factor = Cholesky(past) else {
      throw .singularCovariance("past values are combinations of each other, or there are too few steps")
    }
    var solved = DenseMatrix(rowCount: q, columnCount: d) { i, j in all[d + i, j] }
    factor.solve(&solved)
    regression = solved
    let cross = DenseMatrix(rowCount: d, columnCount: q) { i, j in all[i, d + j] }
    let explained = cross * solved
    let partial = DenseMatrix(rowCount: d, columnCount: d) { i, j in
      all[i, j] - 0.5 * (explained[i, j] + explained[j, i])
    }
    covariance = SampleCovariance(
      names: Array(joint.names.prefix(d)), matrix: partial, sampleCount: joint.sampleCount)
  }

  /// The effects of the past for given effects within a time step, one matrix a lag.
  /// - Complexity: O(p d³).
  public func laggedWeights(given weights: DenseMatrix) -> [DenseMatrix] {
    let d = covariance.variableCount
    let rest = DenseMatrix(rowCount: d, columnCount: d) { i, j in (i == j ? 1 : 0) - weights[i, j] }
    let all = regression * rest
    return (0..<regression.rowCount / max(1, d)).map { lag in
      DenseMatrix(rowCount: d, columnCount: d) { i, j in all[lag * d + i, j] }
    }
  }
}
