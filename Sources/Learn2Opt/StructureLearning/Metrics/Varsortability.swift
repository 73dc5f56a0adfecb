extension WeightedGraph {
  /// How far the order of the variances agrees with the direction of the edges: 1 when every directed path goes to a node
  /// of larger variance, 0 when none does, one half when variances say nothing; nil for a graph without edges.
  ///
  /// Pairs of nodes count once for each length of a directed path between them. Near 1 sorting the columns by their
  /// variance finds the order of the graph, and least squares profits from it; standardised data say nothing. Source:
  /// Reisach, Seiler, Weichwald, "Beware of the simulated DAG! Causal discovery benchmarks may be easy to game", 2021.
  /// - Parameter tolerance: relative difference up to which two variances count as equal.
  /// - Throws: ``StructureLearningError/badOption(name:value:mend:)`` unless there is one variance a node.
  /// - Complexity: O(d² · edges).
  public func varsortability(variances: [Double], tolerance: Double = 1e-9) throws(StructureLearningError) -> Double? {
    let d = nodeCount
    guard variances.count == d, variances.allSatisfy({ $0 >= 0 && $0.isFinite }) else {
      throw .badOption(name: "the variances", value: "\(variances.count) numbers", mend: "give \(d), none negative")
    }
    let parents = (0..<d).map { self.parents(of: $0) }
    var isJoined = (0..<d * d).map { weights[$0 / d, $0 % d] != 0 }
    var paths = 0, agreement = 0.0
    for _ in 1..<max(2, d) {
      var next = [Bool](repeating: false, count: d * d)
      for i in 0..<d {
        for j in 0..<d {
          if isJoined[i * d + j] {
            paths += 1
            let low = variances[i], high = variances[j]
            let isTie = abs(high - low) <= tolerance * max(high, low)
            agreement += isTie ? 0.5 : high > low ? 1 : 0
          }
          next[i * d + j] = parents[j].contains { isJoined[i * d + $0] }
        }
      }
      isJoined = next
    }
    return paths > 0 ? agreement / Double(paths) : nil
  }
}
