import LinearAlgebra

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// One network with a layer of hidden units for each variable: `x̂ⱼ = vⱼ · σ(Tⱼ x + bⱼ) + cⱼ`, σ the logistic function.
public struct NetworkModel: Sendable, Equatable {
  /// m, hidden units of each network.
  public let hiddenCount: Int
  /// T: variables × (m · variables), column `j m + k` from all variables to unit k of the network of variable j.
  public var first: DenseMatrix
  /// b: m a network.
  public var hiddenBiases: [Double]
  /// v: m a network.
  public var second: [Double]
  /// c: one a network.
  public var biases: [Double]

  public var variableCount: Int { first.rowCount }

  /// How strongly each variable enters each network: entry (i, j) is `‖Tⱼ(:, i)‖`, 0 where i has no effect on j.
  public var strengths: DenseMatrix {
    DenseMatrix(rowCount: variableCount, columnCount: variableCount) { i, j in
      var sum = 0.0
      for k in j * hiddenCount..<(j + 1) * hiddenCount { sum += first[i, k] * first[i, k] }
      return sum.squareRoot()
    }
  }

  /// What the networks make of samples.
  /// - Parameter values: samples × variables.
  /// - Complexity: O(n m d²).
  public func predictions(_ values: DenseMatrix) -> DenseMatrix {
    var hidden = values * first
    let n = values.rowCount
    for u in 0..<hidden.columnCount {
      for i in u * n..<(u + 1) * n { hidden.values[i] = 1 / (1 + exp(-(hidden.values[i] + hiddenBiases[u]))) }
    }
    return DenseMatrix(rowCount: n, columnCount: variableCount) { i, j in
      var sum = biases[j]
      for k in j * hiddenCount..<(j + 1) * hiddenCount { sum += second[k] * hidden[i, k] }
      return sum
    }
  }
}
