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
  ///   - score: what to judge by; a loss of other methods counts as least squares.
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
    case .leastSquares, .loss:
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
    if score == .bic { markReversibleEdges() }
  }

  /// Marks the edges that other graphs of the same class, and so of the same BIC, have the other way round.
  /// - Parameter constraints: an edge that may not be turned is not marked.
  mutating func markReversibleEdges(_ constraints: OrderConstraints? = nil) {
    guard let classes = try? EquivalenceClass(graph) else { return }
    for k in edges.indices {
      let from = edges[k].from, to = edges[k].to
      edges[k].isReversible =
        classes.isUndirected(from, to) && constraints?.allowedParents[from].contains(to) ?? true
    }
  }

  /// A graph with the weights and the loss that a continuous method gave it: nothing is fitted anew, there are no t values
  /// and no bound.
  /// - Parameter emptyLoss: the loss of no edges, to compare with.
  public init(
    graph: WeightedGraph, order: [Int], loss: Double, refittedLoss: Double, emptyLoss: Double, method: String
  ) {
    self.init(
      graph: graph, order: order, score: .loss, value: loss, refittedValue: refittedLoss, bound: -.infinity, proof: .none,
      method: method,
      edges: graph.edges.map { .init(from: $0.from, to: $0.to, weight: $0.weight, standardError: .nan, tValue: .nan) },
      baselines: [.init(name: "empty graph", score: emptyLoss, edgeCount: 0)], warnings: [], moveCount: 0)
  }

  /// A vector autoregression as a graph over all its time steps, with t values of the regressions on the stacked rows, and
  /// beside it the scores of no edges and of the past alone.
  /// - Parameter rows: the present first, then the lags, as ``TimeSeriesPanel/stacked(lagCount:skipping:)`` gives them.
  /// - Throws: ``StructureLearningError/differentNodes(onlyInFirst:onlyInSecond:)`` unless the rows are of this process.
  /// - Complexity: O((d p)³) for d variables and p lags.
  public init(
    of series: DynamicStructure, rows: SampleCovariance, method: String
  ) throws(StructureLearningError) {
    let d = series.graph.nodeCount
    let fit = try GraphFit(of: series.graph.unrolled, to: rows)
    let variances = (0..<d).reduce(0.0) { $0 + rows.matrix[$1, $1] } / 2
    let lags = Array(d..<rows.variableCount)
    let past = (0..<d).reduce(0.0) { $0 + Regression(rows.matrix, $1, on: lags).residualVariance } / 2
    let refitted = (0..<d).reduce(0.0) { sum, v in
      sum + Regression(rows.matrix, v, on: fit.graph.parents(of: v)).residualVariance / 2
    }
    self.init(
      graph: fit.graph, order: lags + series.order, score: .leastSquares, value: series.orderScore,
      refittedValue: refitted, bound: -.infinity, proof: .none, method: method, edges: fit.edges,
      baselines: [
        .init(name: "past alone", score: past, edgeCount: d * lags.count),
        .init(name: "empty graph", score: variances, edgeCount: 0),
      ], warnings: series.warnings, moveCount: 0)
  }
}
