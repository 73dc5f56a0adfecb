import LinearAlgebra

extension SampleCovariance {
  /// Correlations closer to ±1 than this are repetitions.
  static let repetition = 1e-9

  /// Moments that a search can work with, and what is to be said about them: columns without variance get one, and
  /// correlations shrink towards 0 where there are too few samples to tell columns apart.
  ///
  /// The shrinkage is that of Y. Chen, A. Wiesel, Y. Eldar, A. Hero, "Shrinkage algorithms for MMSE covariance
  /// estimation", IEEE Transactions on Signal Processing, 2010, equation 23, applied to correlations.
  /// - Complexity: O(d³).
  func preparedForLearning() throws(StructureLearningError) -> (SampleCovariance, [LearnedStructure.Warning]) {
    let d = variableCount
    var result = self
    var warnings: [LearnedStructure.Warning] = []
    guard matrix.values.allSatisfy(\.isFinite) else {
      throw .invalidOption(
        "the second moments are not finite numbers: the values are too large to be squared; scale the columns")
    }
    let largest = (0..<d).map { matrix[$0, $0] }.max() ?? 0
    for j in 0..<d where matrix[j, j] <= 0 {
      warnings.append(.constantColumn(names[j]))
      for i in 0..<d where i != j {
        result.matrix[i, j] = 0
        result.matrix[j, i] = 0
      }
      result.matrix[j, j] = largest > 0 ? largest * 1e-12 : 1e-12
    }
    let correlations = result.standardized.matrix
    for i in 0..<d {
      for j in 0..<i where abs(correlations[i, j]) > 1 - Self.repetition {
        warnings.append(.repeatedColumns(names[j], names[i]))
      }
    }
    let variances = (0..<d).map { matrix[$0, $0] }
    if d > 1 && variances.allSatisfy({ abs($0 / variances[0] - 1) < 1e-3 }) { warnings.append(.standardized) }
    if sampleCount <= d {
      // Σ of squared correlations and the trace d give the weight of the identity.
      let squares = correlations.values.reduce(0) { $0 + $1 * $1 }
      let p = Double(d), n = Double(sampleCount)
      let top = (1 - 2 / p) * squares + p * p
      let bottom = (n + 1 - 2 / p) * (squares - p)
      let shrinkage = bottom > 0 ? min(1, top / bottom) : 1
      warnings.append(.fewerSamplesThanVariables(samples: sampleCount, variables: d, shrinkage: shrinkage))
      for i in 0..<d {
        for j in 0..<d where i != j { result.matrix[i, j] *= 1 - shrinkage }
      }
    }
    let order = Array(0..<d)
    let isRepeating = warnings.contains(where: \.isRepetition)
    if let factor = OrderFactor(result.matrix, order: order), !isRepeating, result.dependentColumns(factor, 1e-9).isEmpty {
      return (result, warnings)
    }
    // A little of each variance tells dependent columns apart without changing any other regression visibly.
    for j in 0..<d { result.matrix[j, j] *= 1 + 1e-7 }
    guard let factor = OrderFactor(result.matrix, order: order) else {
      throw .singularCovariance("it has a negative eigenvalue")
    }
    if !isRepeating {
      warnings += result.dependentColumns(factor, 1e-6).map { .dependentColumn(names[$0]) }
    }
    return (result, warnings)
  }

  /// Columns of which those before leave less than a part of the variance.
  private func dependentColumns(_ factor: OrderFactor, _ part: Double) -> [Int] {
    (0..<variableCount).filter { factor.residualVariance($0) < part * matrix[$0, $0] }
  }
}

extension LearnedStructure.Warning {
  fileprivate var isRepetition: Bool {
    if case .repeatedColumns = self { return true }
    return false
  }
}
