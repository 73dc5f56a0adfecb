/// A family of random directed acyclic graphs.
public enum GraphFamily: String, Sendable, Hashable, CaseIterable {
  /// A uniformly random set of node pairs, directed along a uniformly random order of the nodes
  /// (Erdős, Rényi, "On random graphs I", 1959).
  case erdosRenyi = "ER"
  /// Preferential attachment: each new node becomes the parent of older ones, which it prefers by the number of their
  /// parents, so that hubs collect many parents (Barabási, Albert, "Emergence of scaling in random networks", 1999).
  case scaleFree = "SF"

  /// The largest number of edges that a graph of so many nodes has in this family at `edgesPerNode`.
  public func edgeCount(nodeCount d: Int, edgesPerNode k: Int) -> Int {
    switch self {
    case .erdosRenyi: return k * d
    case .scaleFree: return (1..<max(1, d)).reduce(0) { $0 + min($1, k) }
    }
  }

  /// Draws the edges (from, to), nodes counted from 0.
  ///
  /// Draws, in this order: for Erdős-Rényi graphs one for each edge, for scale-free graphs one for each edge; then
  /// d - 1 for the order of the nodes.
  /// - Throws: ``StructureLearningError/badOption(name:value:mend:)`` when there are fewer pairs of nodes than edges.
  /// - Complexity: O(d²).
  public func draw(
    nodeCount d: Int, edgesPerNode k: Int, from stream: inout SimulationStream
  ) throws(StructureLearningError) -> [(from: Int, to: Int)] {
    guard d >= 0, d <= 10_000 else {
      throw .badOption(name: "the number of nodes", value: "\(d)", mend: "use 1 to 10000")
    }
    guard k >= 0, k <= 100_000 else {
      throw .badOption(name: "the number of edges per node", value: "\(k)", mend: "use 0 to 100000")
    }
    var edges: [(Int, Int)] = []
    switch self {
    case .erdosRenyi:
      let pairCount = d * (d - 1) / 2
      guard k * d <= pairCount else {
        throw .badOption(
          name: "the number of edges per node", value: "\(k)",
          mend: "\(d) nodes have \(pairCount) pairs; use at most \(d > 1 ? (d - 1) / 2 : 0), or more nodes")
      }
      // Pairs that were exchanged away from their own place; all others still stand where they began.
      var moved: [Int: Int] = [:]
      var kept: [Int] = []
      for t in 0..<(k * d) {
        let other = t + stream.below(pairCount - t)
        let taken = moved[other] ?? other
        moved[other] = moved[t] ?? t
        kept.append(taken)
      }
      // Number of the first pair (i, ·) in lexicographic order.
      let rowStart = (0..<max(d, 1)).map { i in i * (2 * d - i - 1) / 2 }
      for pair in kept {
        var low = 0
        var high = d - 1
        while high - low > 1 {
          let middle = (low + high) / 2
          if rowStart[middle] <= pair { low = middle } else { high = middle }
        }
        edges.append((low, low + 1 + pair - rowStart[low]))
      }
    case .scaleFree:
      var parentCounts = [Int](repeating: 0, count: d)
      for v in 1..<max(1, d) {
        var candidates = Array(0..<v)
        var total = candidates.reduce(0) { $0 + parentCounts[$1] + 1 }
        var chosen: [Int] = []
        for _ in 0..<min(v, k) {
          var rest = stream.uniform() * Double(total)
          var place = candidates.count - 1
          for (c, candidate) in candidates.enumerated() {
            rest -= Double(parentCounts[candidate] + 1)
            if rest < 0 {
              place = c
              break
            }
          }
          let target = candidates.remove(at: place)
          total -= parentCounts[target] + 1
          chosen.append(target)
        }
        for target in chosen {
          parentCounts[target] += 1
          edges.append((v, target))
        }
      }
    }
    let p = stream.permutation(d)
    return edges.map { (p[$0.0], p[$0.1]) }
  }
}
