import COpenBLAS

/// Eigenvalues, ascending, and orthonormal eigenvectors of a dense symmetric matrix: `A = V diag(values) Vᵀ`.
public struct SymmetricEigenvalues: Sendable {
  public private(set) var values: [Double]
  /// The columns are the eigenvectors, in the order of the values.
  public private(set) var vectors: DenseMatrix

  /// By divide and conquer.
  /// - Parameter matrix: symmetric; only the lower triangle is read.
  /// - Returns: nil if the method does not converge, as with entries that are not finite.
  /// - Complexity: O(n³).
  public init?(_ matrix: DenseMatrix) {
    precondition(matrix.rowCount == matrix.columnCount)
    values = [Double](repeating: 0, count: matrix.rowCount)
    vectors = matrix
    if matrix.rowCount == 0 { return }
    if !matrix.values.allSatisfy(\.isFinite) { return nil }
    let workspace = EigenvalueWorkspace(order: matrix.rowCount)
    let converged = vectors.values.withUnsafeMutableBufferPointer { a in
      values.withUnsafeMutableBufferPointer { w in workspace.decompose(a.baseAddress!, values: w.baseAddress!) }
    }
    if !converged { return nil }
  }
}

/// Memory for eigenvalue decompositions of matrices of one order, for where many are made and none may allocate.
public final class EigenvalueWorkspace {
  public let order: Int
  private var work: [Double]
  private var integerWork: [Int32]

  public init(order: Int) {
    precondition(order > 0)
    self.order = order
    var n = Int32(order), info: Int32 = 0, query: Int32 = -1
    var size = 0.0, integerSize: Int32 = 0, matrix = 0.0, values = 0.0
    dsyevd_("V", "L", &n, &matrix, &n, &values, &size, &query, &integerSize, &query, &info)
    work = [Double](repeating: 0, count: Int(size))
    integerWork = [Int32](repeating: 0, count: Int(integerSize))
  }

  /// Replaces a matrix by its eigenvectors.
  /// - Parameters:
  ///   - matrix: n × n, column by column; only the lower triangle is read.
  ///   - values: receives n eigenvalues, ascending.
  /// - Returns: false if the method does not converge.
  /// - Complexity: O(n³), and no allocation of our own.
  public func decompose(_ matrix: UnsafeMutablePointer<Double>, values: UnsafeMutablePointer<Double>) -> Bool {
    var n = Int32(order), info: Int32 = 0
    var count = Int32(work.count), integerCount = Int32(integerWork.count)
    dsyevd_("V", "L", &n, matrix, &n, values, &work, &count, &integerWork, &integerCount, &info)
    return info == 0
  }
}
