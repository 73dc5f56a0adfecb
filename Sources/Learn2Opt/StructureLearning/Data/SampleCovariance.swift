import LinearAlgebra

/// Second moments of centred samples, all that least squares and Gaussian scores need to know of the data.
public struct SampleCovariance: Sendable, Equatable {
  /// One name a variable.
  public var names: [String]
  /// `S = Xcᵀ Xc / n` for centred samples Xc: variables × variables, symmetric, in products of the units of the data.
  public var matrix: DenseMatrix
  /// Number n of samples behind the matrix.
  public var sampleCount: Int

  /// - Precondition: a square matrix with one name a row.
  public init(names: [String], matrix: DenseMatrix, sampleCount: Int) {
    precondition(matrix.rowCount == matrix.columnCount && names.count == matrix.rowCount)
    self.names = names
    self.matrix = matrix
    self.sampleCount = sampleCount
  }

  /// The moments of a table, whose columns are centred first.
  /// - Complexity: O(n d²) for n samples of d variables; memory of d² numbers and 256 rows.
  public init(_ table: SampleTable) { self.init(table, rows: nil) }

  /// The moments of some rows of a table, each as often as it is named; of all rows for nil.
  init(_ table: SampleTable, rows: [Int]?) {
    let n = table.sampleCount, d = table.variableCount
    let count = rows?.count ?? n
    let blockSize = 256
    var sums = [Double](repeating: 0, count: d * d)
    var block = [Double](repeating: 0, count: blockSize * d)
    table.values.values.withUnsafeBufferPointer { x in
      block.withUnsafeMutableBufferPointer { block in
        let means = (0..<d).map { j in
          if let rows { return rows.reduce(0.0) { $0 + x[j * n + $1] } / Double(max(1, count)) }
          return x[j * n..<(j + 1) * n].reduce(0, +) / Double(max(1, count))
        }
        for start in stride(from: 0, to: count, by: blockSize) {
          let size = min(blockSize, count - start)
          for j in 0..<d {
            for i in 0..<size { block[j * size + i] = x[j * n + (rows?[start + i] ?? start + i)] - means[j] }
          }
          BLAS.addGram(rowCount: size, columnCount: d, block.baseAddress!, to: &sums)
        }
      }
    }
    let product = DenseMatrix(rowCount: d, columnCount: d) { i, j in
      sums[min(i, j) * d + max(i, j)] / Double(max(1, count))
    }
    self.init(names: table.names, matrix: product, sampleCount: count)
  }

  public var variableCount: Int { names.count }

  /// The correlations: moments of columns scaled to variance 1. A column without variance stays 0.
  public var standardized: SampleCovariance {
    let d = variableCount
    let scale = (0..<d).map { matrix[$0, $0] > 0 ? 1 / matrix[$0, $0].squareRoot() : 0 }
    let correlations = DenseMatrix(rowCount: d, columnCount: d) { i, j in
      i == j && scale[i] > 0 ? 1 : matrix[i, j] * scale[i] * scale[j]
    }
    return SampleCovariance(names: names, matrix: correlations, sampleCount: sampleCount)
  }
}
