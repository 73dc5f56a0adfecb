import LinearAlgebra

/// An acyclic graph of the largest weights of a matrix that is nearly one of an acyclic graph.
struct AcyclicSelection {
  /// The edges kept, with a topological order.
  let graph: WeightedGraph
  let order: [Int]
  /// Edges above the threshold that were left out, as each closes a cycle with larger ones.
  let removedCount: Int

  /// Takes required edges first, then the others by falling modulus, and leaves out those that close a cycle.
  /// - Parameter threshold: edges with a modulus below it are left out, unless required.
  /// - Complexity: O(d² log d), and O(d²) for each edge kept.
  init(_ weights: DenseMatrix, names: [String], constraints: OrderConstraints, threshold: Double) {
    let d = names.count
    var edges: [WeightedGraph.Edge] = []
    for j in 0..<d {
      for i in 0..<d where i != j {
        let weight = weights[i, j]
        let isEdge = weight != 0 && abs(weight) >= threshold
        if isEdge || constraints.requiredParents[j].contains(i) { edges.append(WeightedGraph.Edge(from: i, to: j, weight: weight)) }
      }
    }
    func rank(_ edge: WeightedGraph.Edge) -> Double {
      constraints.requiredParents[edge.to].contains(edge.from) ? -.infinity : -abs(edge.weight)
    }
    edges.sort { (rank($0), $0.from, $0.to) < (rank($1), $1.from, $1.to) }
    // reach[i * d + j]: a path from i to j.
    var reach = [Bool](repeating: false, count: d * d)
    var kept = DenseMatrix(rowCount: d, columnCount: d)
    var structure = kept
    var removed = 0
    for edge in edges {
      let i = edge.from, j = edge.to
      if reach[j * d + i] {
        removed += 1
        continue
      }
      kept[i, j] = edge.weight
      structure[i, j] = 1
      if reach[i * d + j] { continue }
      for a in 0..<d where a == i || reach[a * d + i] {
        reach[a * d + j] = true
        for b in 0..<d where reach[j * d + b] { reach[a * d + b] = true }
      }
    }
    graph = WeightedGraph(names: names, weights: kept)
    order = WeightedGraph(names: names, weights: structure).topologicalOrder ?? []
    removedCount = removed
  }
}
