import LinearAlgebra

/// Samples of named variables: one row a sample, one column a variable.
public struct SampleTable: Sendable, Equatable {
  /// One name a column.
  public var names: [String]
  /// samples × variables.
  public var values: DenseMatrix

  /// - Precondition: one name a column.
  public init(names: [String], values: DenseMatrix) {
    precondition(names.count == values.columnCount)
    self.names = names
    self.values = values
  }

  public var sampleCount: Int { values.rowCount }
  public var variableCount: Int { values.columnCount }
}
