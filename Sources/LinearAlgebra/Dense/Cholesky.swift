import COpenBLAS

/// The factor `A = L Lᵀ` of a dense symmetric positive definite matrix.
public struct Cholesky: Sendable {
  /// Lower triangular; what is above the diagonal has no meaning.
  public private(set) var factor: DenseMatrix

  /// - Parameter matrix: symmetric; only the lower triangle is read.
  /// - Returns: nil if the matrix is not positive definite, to working precision.
  /// - Complexity: O(n³ / 3).
  public init?(_ matrix: DenseMatrix) {
    precondition(matrix.rowCount == matrix.columnCount)
    factor = matrix
    if matrix.rowCount == 0 { return }
    var n = Int32(matrix.rowCount), info: Int32 = 0
    dpotrf_("L", &n, &factor.values, &n, &info)
    if info != 0 { return nil }
  }

  public var order: Int { factor.rowCount }

  /// Replaces right-hand sides, the columns of B, by solutions of `A X = B`.
  /// - Complexity: O(2 n² · columns).
  public func solve(_ b: inout DenseMatrix) {
    precondition(b.rowCount == order)
    if b.values.isEmpty { return }
    let n = Int32(order), columns = Int32(b.columnCount)
    for transpose in [CblasNoTrans, CblasTrans] {
      cblas_dtrsm(
        CblasColMajor, CblasLeft, CblasLower, transpose, CblasNonUnit, n, columns, 1, factor.values, n, &b.values, n)
    }
  }

  public func solve(_ b: [Double]) -> [Double] {
    var x = DenseMatrix(rowCount: b.count, columnCount: 1, values: b)
    solve(&x)
    return x.values
  }
}
