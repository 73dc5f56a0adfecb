import LinearAlgebra

/// A graph of a vector autoregression: edges within a time step, and edges from earlier time steps.
public struct TimeSeriesGraph: Sendable, Equatable {
  /// Edges within a time step; acyclic in a model that can be simulated.
  public var contemporaneous: WeightedGraph
  /// For each lag 1, 2, … the d × d weights of the edges i (that many steps earlier) → j (now); loops i = j are
  /// autoregression and allowed.
  public var lagged: [DenseMatrix]

  /// - Precondition: lagged matrices of the size of the graph.
  public init(contemporaneous: WeightedGraph, lagged: [DenseMatrix]) {
    let d = contemporaneous.nodeCount
    precondition(lagged.allSatisfy { $0.rowCount == d && $0.columnCount == d })
    self.contemporaneous = contemporaneous
    self.lagged = lagged
  }

  public var nodeCount: Int { contemporaneous.nodeCount }
  public var lagCount: Int { lagged.count }

  /// The graph over all time steps 0 … p: nodes of the present first, under their own names, then those of lag 1 as
  /// `name(t-1)`, and so on. Acyclic if and only if the contemporaneous part is.
  public var unrolled: WeightedGraph {
    let d = nodeCount, p = lagCount
    var names = contemporaneous.names
    for lag in 1..<(p + 1) { names += contemporaneous.names.map { "\($0)(t-\(lag))" } }
    let weights = DenseMatrix(rowCount: d * (p + 1), columnCount: d * (p + 1)) { i, j in
      if j >= d { return 0 }
      return i < d ? contemporaneous.weights[i, j] : lagged[i / d - 1][i % d, j]
    }
    return WeightedGraph(names: names, weights: weights)
  }
}
