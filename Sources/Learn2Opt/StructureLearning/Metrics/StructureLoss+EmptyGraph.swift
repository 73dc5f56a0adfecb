#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

extension StructureLoss {
  /// The loss of a graph without edges, where every variable is its mean, or a Bernoulli or Poisson variable with it.
  /// - Complexity: O(n d).
  public func withoutEdges(_ table: SampleTable) -> Double {
    let n = table.sampleCount, d = table.variableCount
    if n == 0 { return 0 }
    let moments = (0..<d).map { j -> (mean: Double, variance: Double) in
      let column = table.values.values[j * n..<(j + 1) * n]
      let mean = column.reduce(0, +) / Double(n)
      return (mean, column.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(n))
    }
    switch self {
    case .leastSquares: return moments.reduce(0) { $0 + $1.variance } / 2
    case .gaussianEqualVariances: return Double(d) / 2 * log(moments.reduce(0) { $0 + $1.variance })
    case .gaussianOwnVariances: return moments.reduce(0) { $0 + log($1.variance) } / 2
    case .logistic: return moments.reduce(0) { $0 - timesLogarithm($1.mean) - timesLogarithm(1 - $1.mean) }
    case .poisson: return moments.reduce(0) { $0 + $1.mean - timesLogarithm($1.mean) }
    }
  }

  /// x log x, 0 at 0.
  private func timesLogarithm(_ x: Double) -> Double { x > 0 ? x * log(x) : 0 }
}
