import COpenBLAS

/// Singular values, descending, and singular vectors of a dense matrix: `A = U diag(values) Vᵀ`, with as many values as
/// the shorter side is long.
public struct SingularValues: Sendable {
  public private(set) var values: [Double]
  /// The columns are the left singular vectors.
  public private(set) var left: DenseMatrix
  /// The rows are the right singular vectors: Vᵀ.
  public private(set) var rightTransposed: DenseMatrix

  /// By divide and conquer.
  /// - Returns: nil if the method does not converge, as with entries that are not finite.
  /// - Complexity: O(rows · columns · shorter side).
  public init?(_ matrix: DenseMatrix) {
    let rows = matrix.rowCount, columns = matrix.columnCount, rank = min(rows, columns)
    values = [Double](repeating: 0, count: rank)
    left = DenseMatrix(rowCount: rows, columnCount: rank)
    rightTransposed = DenseMatrix(rowCount: rank, columnCount: columns)
    if rank == 0 { return }
    if !matrix.values.allSatisfy(\.isFinite) { return nil }
    var a = matrix.values
    var m = Int32(rows), n = Int32(columns), k = Int32(rank), info: Int32 = 0, query: Int32 = -1, size = 0.0
    var integerWork = [Int32](repeating: 0, count: 8 * rank)
    dgesdd_(
      "S", &m, &n, &a, &m, &values, &left.values, &m, &rightTransposed.values, &k, &size, &query, &integerWork, &info)
    var work = [Double](repeating: 0, count: Int(size)), count = Int32(work.count)
    dgesdd_(
      "S", &m, &n, &a, &m, &values, &left.values, &m, &rightTransposed.values, &k, &work, &count, &integerWork, &info)
    if info != 0 { return nil }
  }
}
