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
  /// - Complexity: O(n d²) for n samples of d variables.
  public init(_ table: SampleTable) {
    let n = table.sampleCount, d = table.variableCount
    var centred = table.values
    for j in 0..<d {
      let column = j * n..<(j + 1) * n
      let mean = centred.values[column].reduce(0, +) / Double(max(1, n))
      for k in column { centred.values[k] -= mean }
    }
    var product = centred.transposed * centred
    for k in product.values.indices { product.values[k] /= Double(max(1, n)) }
    self.init(names: table.names, matrix: product, sampleCount: n)
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
