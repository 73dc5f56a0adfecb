extension WeightedGraph {
  /// The graph without cycles: as long as there is one, its edge with the smallest weight in modulus is removed.
  /// - Complexity: O(d²) for each edge removed.
  public var withoutCycles: WeightedGraph {
    var result = self
    while let cycle = result.cycle {
      let edges = cycle.indices.map { (from: cycle[$0], to: cycle[($0 + 1) % cycle.count]) }
      guard let weakest = edges.min(by: { abs(result.weights[$0.from, $0.to]) < abs(result.weights[$1.from, $1.to]) })
      else { return result }
      result.weights[weakest.from, weakest.to] = 0
    }
    return result
  }
}
