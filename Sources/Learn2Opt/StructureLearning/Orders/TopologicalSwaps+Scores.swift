import LinearAlgebra

/// The inner problems: what the best weights for an order are.
extension TopologicalSwaps {
  /// Minimizes `½ Σ r_v` over orders.
  /// - Throws: ``StructureLearningError/singularCovariance(_:)``.
  public func leastSquares(
    _ covariance: SampleCovariance, from order: [Int], shouldStop: () -> Bool = { false }
  ) throws(StructureLearningError) -> Outcome {
    guard let factor = OrderFactor(covariance.matrix, order: order) else {
      throw .singularCovariance("a column repeats a combination of others")
    }
    var problem = FactorSwaps(factor, move: options.move)
    return run(&problem, shouldStop: shouldStop)
  }

  /// Minimizes `½ Σ r_v + λ Σ |W|` over orders.
  /// - Complexity: one lasso for each node of each stretch that a candidate pair spans.
  public func lasso(
    _ covariance: SampleCovariance, lambda: Double, from order: [Int], shouldStop: () -> Bool = { false }
  ) -> Outcome {
    let free = OrderConstraints(nodeCount: covariance.variableCount)
    return local(LassoScore(covariance.matrix, lambda: lambda, constraints: free), order, shouldStop)
  }

  /// Minimizes `½ Σ log r_v + penalty · edges` over orders, parents chosen by growing and shrinking.
  public func penalizedLikelihood(
    _ covariance: SampleCovariance, penalty: Double, from order: [Int], shouldStop: () -> Bool = { false }
  ) -> Outcome {
    let free = OrderConstraints(nodeCount: covariance.variableCount)
    return local(GrowShrinkScore(covariance.matrix, penalty: penalty, constraints: free), order, shouldStop)
  }

  /// Minimizes the logistic loss of 0/1 columns with an absolute-value penalty over orders.
  /// - Complexity: O(n k²) a Newton step for each node of each stretch, for n samples and k predecessors.
  public func logistic(
    _ table: SampleTable, lambda: Double, from order: [Int], shouldStop: () -> Bool = { false }
  ) -> Outcome {
    let free = OrderConstraints(nodeCount: table.variableCount)
    let score = GeneralizedLinearScore(table, family: .logistic, lambda: lambda, constraints: free)
    return local(score, order, shouldStop)
  }

  /// Minimizes the Poisson loss of columns of counts with an absolute-value penalty over orders.
  /// - Complexity: as for ``logistic(_:lambda:from:shouldStop:)``.
  public func poisson(
    _ table: SampleTable, lambda: Double, from order: [Int], shouldStop: () -> Bool = { false }
  ) -> Outcome {
    let free = OrderConstraints(nodeCount: table.variableCount)
    let score = GeneralizedLinearScore(table, family: .poisson, lambda: lambda, constraints: free)
    return local(score, order, shouldStop)
  }

  /// The edges of an acyclic graph with weights fitted to 0/1 columns or counts without a penalty, and the loss of that.
  /// - Complexity: O(n k²) a Newton step for each node with k parents.
  public static func refitted(
    _ graph: WeightedGraph, to table: SampleTable, counts: Bool
  ) -> (graph: WeightedGraph, loss: Double) {
    let free = OrderConstraints(nodeCount: table.variableCount)
    var score = GeneralizedLinearScore(table, family: counts ? .poisson : .logistic, lambda: 0, constraints: free)
    var result = WeightedGraph(names: graph.names, edges: [])
    var loss = 0.0
    for v in 0..<graph.nodeCount {
      let fit = score.fit(v, predecessors: NodeSet(nodeCount: graph.nodeCount, graph.parents(of: v)))
      for (p, w) in zip(fit.parents, fit.weights) { result.weights[p, v] = w }
      loss += fit.cost
    }
    return (result, loss)
  }

  private func local<Score: LocalScore>(_ score: Score, _ order: [Int], _ shouldStop: () -> Bool) -> Outcome {
    var problem = LocalSwaps(score, order: order, move: options.move)
    return run(&problem, shouldStop: shouldStop)
  }
}
