import COpenBLAS

/// The factor `P A = L U` of a dense square matrix, with partial pivoting.
public struct LU: Sendable {
  private var factor: DenseMatrix
  private var pivots: [Int32]

  /// - Returns: nil if a pivot is exactly zero.
  /// - Complexity: O(2 n³ / 3).
  public init?(_ matrix: DenseMatrix) {
    precondition(matrix.rowCount == matrix.columnCount)
    factor = matrix
    pivots = [Int32](repeating: 0, count: matrix.rowCount)
    if matrix.rowCount == 0 { return }
    var n = Int32(matrix.rowCount), info: Int32 = 0
    dgetrf_(&n, &n, &factor.values, &n, &pivots, &info)
    if info != 0 { return nil }
  }

  public var order: Int { factor.rowCount }

  /// Replaces right-hand sides, the columns of B, by solutions of `A X = B`.
  /// - Complexity: O(2 n² · columns).
  public func solve(_ b: inout DenseMatrix) {
    precondition(b.rowCount == order)
    if b.values.isEmpty { return }
    var n = Int32(order), columns = Int32(b.columnCount), leading = Int32(order), info: Int32 = 0
    dgetrs_("N", &n, &columns, factor.values, &n, pivots, &b.values, &leading, &info)
  }

  public func solve(_ b: [Double]) -> [Double] {
    var x = DenseMatrix(rowCount: b.count, columnCount: 1, values: b)
    solve(&x)
    return x.values
  }
}
