import COpenBLAS

/// A dense matrix, column by column: entry (i, j) is `values[j * rowCount + i]`.
public struct DenseMatrix: Sendable, Equatable {
  public let rowCount: Int
  public let columnCount: Int
  public var values: [Double]

  /// - Precondition: `values` has `rowCount · columnCount` entries, column by column.
  public init(rowCount: Int, columnCount: Int, values: [Double]) {
    precondition(rowCount >= 0 && columnCount >= 0 && values.count == rowCount * columnCount)
    self.rowCount = rowCount
    self.columnCount = columnCount
    self.values = values
  }

  /// All entries zero.
  public init(rowCount: Int, columnCount: Int) {
    self.init(rowCount: rowCount, columnCount: columnCount, values: [Double](repeating: 0, count: rowCount * columnCount))
  }

  /// The entry at row i and column j is `entry(i, j)`.
  public init(rowCount: Int, columnCount: Int, entry: (Int, Int) -> Double) {
    self.init(rowCount: rowCount, columnCount: columnCount)
    for j in 0..<columnCount {
      for i in 0..<rowCount { values[j * rowCount + i] = entry(i, j) }
    }
  }

  /// The identity of order n.
  public init(identity n: Int) {
    self.init(rowCount: n, columnCount: n) { i, j in i == j ? 1 : 0 }
  }

  public subscript(_ i: Int, _ j: Int) -> Double {
    get {
      precondition(i >= 0 && i < rowCount && j >= 0 && j < columnCount)
      return values[j * rowCount + i]
    }
    set {
      precondition(i >= 0 && i < rowCount && j >= 0 && j < columnCount)
      values[j * rowCount + i] = newValue
    }
  }

  /// - Complexity: O(rows · columns).
  public var transposed: DenseMatrix {
    DenseMatrix(rowCount: columnCount, columnCount: rowCount) { i, j in values[i * rowCount + j] }
  }

  /// The product of two matrices.
  /// - Complexity: O(rows · columns · inner dimension).
  public static func * (a: DenseMatrix, b: DenseMatrix) -> DenseMatrix {
    var c = DenseMatrix(rowCount: a.rowCount, columnCount: b.columnCount)
    a.multiply(b, into: &c)
    return c
  }

  /// `C ← A B`, into memory that is there already.
  /// - Complexity: O(rows · columns · inner dimension).
  public func multiply(_ b: DenseMatrix, into c: inout DenseMatrix) {
    precondition(columnCount == b.rowCount && c.rowCount == rowCount && c.columnCount == b.columnCount)
    if c.values.isEmpty { return }
    cblas_dgemm(
      CblasColMajor, CblasNoTrans, CblasNoTrans, Int32(rowCount), Int32(b.columnCount), Int32(columnCount), 1, values,
      Int32(max(1, rowCount)), b.values, Int32(max(1, b.rowCount)), 0, &c.values, Int32(max(1, rowCount)))
  }
}
