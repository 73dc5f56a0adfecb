import LinearAlgebra

extension SampleCovariance {
  /// The moments of some of the variables, in this order.
  /// - Precondition: indices of variables.
  /// - Complexity: O(k²) for k variables.
  public func restricted(to variables: [Int]) -> SampleCovariance {
    let count = variables.count
    let part = DenseMatrix(rowCount: count, columnCount: count) { i, j in matrix[variables[i], variables[j]] }
    return SampleCovariance(names: variables.map { names[$0] }, matrix: part, sampleCount: sampleCount)
  }
}
