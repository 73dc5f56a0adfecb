/// A sparse matrix in compressed columns: `starts[j]..<starts[j+1]` are the entries of column j, rows ascending.
///
/// The transpose of a matrix held this way is the same matrix in compressed rows; code that wants both keeps both.
public struct SparseMatrix: Sendable, Equatable {
  public var rowCount: Int
  public var columnCount: Int
  public var starts: [Int]
  public var rowIndices: [Int32]
  public var values: [Double]

  /// - Precondition: `starts` has `columnCount + 1` ascending entries from 0 to the number of entries, and row indices
  ///   are below `rowCount` and ascend strictly within a column.
  public init(rowCount: Int, columnCount: Int, starts: [Int], rowIndices: [Int32], values: [Double]) {
    precondition(starts.count == columnCount + 1 && rowIndices.count == values.count && starts[columnCount] == values.count)
    self.rowCount = rowCount
    self.columnCount = columnCount
    self.starts = starts
    self.rowIndices = rowIndices
    self.values = values
  }

  /// A matrix without entries.
  public init(rowCount: Int, columnCount: Int) {
    self.init(
      rowCount: rowCount, columnCount: columnCount, starts: [Int](repeating: 0, count: columnCount + 1), rowIndices: [],
      values: [])
  }

  /// Number of stored entries.
  public var entryCount: Int { values.count }

  /// The transpose; by reading it by columns, the rows of this matrix.
  /// - Complexity: O(rows + columns + entries).
  public func transposed() -> SparseMatrix {
    var counts = [Int](repeating: 0, count: rowCount + 1)
    for i in rowIndices { counts[Int(i) + 1] += 1 }
    for i in 0..<rowCount { counts[i + 1] += counts[i] }
    var result = SparseMatrix(
      rowCount: columnCount, columnCount: rowCount, starts: counts,
      rowIndices: [Int32](repeating: 0, count: entryCount), values: [Double](repeating: 0, count: entryCount))
    var next = counts
    for j in 0..<columnCount {
      for k in starts[j]..<starts[j + 1] {
        let i = Int(rowIndices[k])
        result.rowIndices[next[i]] = Int32(j)
        result.values[next[i]] = values[k]
        next[i] += 1
      }
    }
    return result
  }

  /// `y += factor * A x`.
  /// - Complexity: O(columns + entries).
  public func multiplyAdd(_ x: UnsafePointer<Double>, into y: UnsafeMutablePointer<Double>, factor: Double = 1) {
    starts.withUnsafeBufferPointer { starts in
      rowIndices.withUnsafeBufferPointer { rows in
        values.withUnsafeBufferPointer { values in
          for j in 0..<columnCount {
            let t = factor * x[j]
            if t == 0 { continue }
            for k in starts[j]..<starts[j + 1] { y[Int(rows[k])] += values[k] * t }
          }
        }
      }
    }
  }

  /// `y += factor * Aᵀ x`.
  /// - Complexity: O(columns + entries).
  public func multiplyTransposeAdd(
    _ x: UnsafePointer<Double>, into y: UnsafeMutablePointer<Double>, factor: Double = 1
  ) {
    starts.withUnsafeBufferPointer { starts in
      rowIndices.withUnsafeBufferPointer { rows in
        values.withUnsafeBufferPointer { values in
          for j in 0..<columnCount {
            var sum = 0.0
            for k in starts[j]..<starts[j + 1] { sum += values[k] * x[Int(rows[k])] }
            y[j] += factor * sum
          }
        }
      }
    }
  }

  /// `y += factor * S x` for the symmetric matrix S of which this is one triangle, diagonal included.
  /// - Precondition: square; x and y are different memory.
  /// - Complexity: O(columns + entries).
  public func multiplySymmetricAdd(
    _ x: UnsafePointer<Double>, into y: UnsafeMutablePointer<Double>, factor: Double = 1
  ) {
    precondition(rowCount == columnCount)
    starts.withUnsafeBufferPointer { starts in
      rowIndices.withUnsafeBufferPointer { rows in
        values.withUnsafeBufferPointer { values in
          for j in 0..<columnCount {
            let t = factor * x[j]
            var sum = 0.0
            for k in starts[j]..<starts[j + 1] {
              let i = Int(rows[k])
              y[i] += values[k] * t
              if i != j { sum += values[k] * x[i] }
            }
            y[j] += factor * sum
          }
        }
      }
    }
  }
}
