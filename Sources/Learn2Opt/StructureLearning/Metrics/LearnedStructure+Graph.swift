import LinearAlgebra

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

extension LearnedStructure {
  /// What is known about the quality of a graph that something else has found: its score beside a bound that holds for
  /// all graphs, and beside sorting by variance and the empty graph.
  ///
  /// - Parameters:
  ///   - graph: acyclic; its weights are fitted anew.
  ///   - order: an order with parents before children; nil for the graph's own.
  ///   - method: how the graph was found, in words.
  ///   - penaltyDiscount: factor c of the Bayesian information criterion.
  /// - Throws: ``StructureLearningError`` for cycles, for other nodes than the variables, and for a covariance that is not
  ///   positive definite.
  /// - Complexity: O(d³ + Σ k³) for nodes with k parents.
  public init(
    judging graph: WeightedGraph, order given: [Int]? = nil, by score: Score, covariance: SampleCovariance,
    method: String, penaltyDiscount: Double = 2
  ) throws(StructureLearningError) {
    let fit = try GraphFit(of: graph, to: covariance, penaltyDiscount: penaltyDiscount)
    let d = covariance.variableCount
    let order = given ?? fit.graph.topologicalOrder ?? Array(0..<d)
    guard let factor = OrderFactor(covariance.matrix, order: order) else {
      throw .singularCovariance("a column repeats a combination of others")
    }
    let variances = (0..<d).map { covariance.matrix[$0, $0] }
    let empty = WeightedGraph(names: covariance.names, edges: [])
    let emptyFit = try GraphFit(of: empty, to: covariance, penaltyDiscount: penaltyDiscount)
    var baselines: [Baseline] = []
    let value: Double, bound: Double, refitted: Double
    switch score {
    case .leastSquares:
      value = factor.score
      refitted = fit.leastSquares
      bound = min(value, VarianceProductBound.leastSquares(covariance.matrix)?.bound ?? 0)
      if let sorted = OrderFactor(covariance.matrix, order: (0..<d).sorted { variances[$0] < variances[$1] }) {
        baselines.append(.init(name: "sort by variance", score: sorted.score, edgeCount: d * (d - 1) / 2))
      }
      baselines.append(.init(name: "empty graph", score: emptyFit.leastSquares, edgeCount: 0))
    case .bic:
      value = fit.bic
      refitted = fit.bic
      bound = min(value, (0..<d).reduce(0.0) { $0 + log(factor.residualVariance($1)) } / 2)
      baselines.append(.init(name: "empty graph", score: emptyFit.bic, edgeCount: 0))
    }
    self.init(
      graph: fit.graph, order: order, score: score, value: value, refittedValue: refitted, bound: bound, proof: .bounded,
      method: method, edges: fit.edges, baselines: baselines, warnings: [], moveCount: 0)
  }
}
