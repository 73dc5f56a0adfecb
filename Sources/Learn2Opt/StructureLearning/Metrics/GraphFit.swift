import LinearAlgebra

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A given graph fitted to data: every node regressed on its parents, and the scores of that.
///
/// Weights of the given graph play no part, so that graphs of different methods can be compared: cutting small weights
/// without fitting the others again inflates a score without bound.
public struct GraphFit: Sendable, Equatable {
  /// The graph with the weights of the regressions.
  public let graph: WeightedGraph
  public let edges: [LearnedStructure.EdgeStatistic]
  /// `½ Σ r_v`, half the sum of the residual variances.
  public let leastSquares: Double
  /// `½ Σ log r_v + c · log(n)/(2n) · edges`.
  public let bic: Double

  /// - Parameters:
  ///   - graph: acyclic, its nodes matched with the variables by name.
  ///   - penaltyDiscount: the factor c of the Bayesian information criterion.
  /// - Throws: ``StructureLearningError/cyclicGraph(cycle:)`` or
  ///   ``StructureLearningError/differentNodes(onlyInFirst:onlyInSecond:)``.
  /// - Complexity: O(Σ k³) for nodes with k parents.
  public init(
    of graph: WeightedGraph, to covariance: SampleCovariance, penaltyDiscount: Double = 2
  ) throws(StructureLearningError) {
    var fitted = try graph.reordered(as: covariance.names)
    if let cycle = fitted.cycle { throw .cyclicGraph(cycle: cycle.map { fitted.names[$0] }) }
    let n = covariance.sampleCount
    let penalty = penaltyDiscount * log(Double(max(1, n))) / (2 * Double(max(1, n)))
    var statistics: [LearnedStructure.EdgeStatistic] = []
    var sum = 0.0, logarithms = 0.0
    for v in 0..<fitted.nodeCount {
      let regression = Regression(covariance.matrix, v, on: fitted.parents(of: v))
      sum += regression.residualVariance
      logarithms += regression.cost(penalty)
      for (k, p) in regression.parents.enumerated() {
        let weight = regression.weights[k]
        // An edge stays an edge when its coefficient is exactly 0.
        fitted.weights[p, v] = weight == 0 ? .leastNormalMagnitude : weight
        let t = regression.tValue(k, sampleCount: n)
        statistics.append(
          .init(from: p, to: v, weight: weight, standardError: t == 0 ? .infinity : weight / t, tValue: t))
      }
    }
    self.graph = fitted
    edges = statistics.sorted { ($0.from, $0.to) < ($1.from, $1.to) }
    leastSquares = sum / 2
    bic = logarithms
  }
}
