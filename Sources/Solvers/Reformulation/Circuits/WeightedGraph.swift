/// An undirected graph with positive weights, for cuts.
struct WeightedGraph {
  struct Edge: Sendable {
    /// The smaller node first.
    var first: Int32
    var second: Int32
    var weight: Double
  }
  let nodeCount: Int
  let edges: [Edge]

  /// Parallel edges as one, their weights added up.
  static func merged(_ edges: [Edge]) -> [Edge] {
    let sorted = edges.sorted { ($0.first, $0.second) < ($1.first, $1.second) }
    var result: [Edge] = []
    result.reserveCapacity(sorted.count)
    for edge in sorted {
      if let last = result.last, last.first == edge.first, last.second == edge.second {
        result[result.count - 1].weight += edge.weight
      } else {
        result.append(edge)
      }
    }
    return result
  }

  /// For each node the number of its component in the graph of the edges that `isTaken` takes, from 0.
  /// - Complexity: about O(nodes + edges).
  func components(_ isTaken: (Edge) -> Bool) -> (numbers: [Int], count: Int) {
    var parent = Array(0..<nodeCount)
    func root(_ i: Int) -> Int {
      var i = i
      while parent[i] != i {
        parent[i] = parent[parent[i]]
        i = parent[i]
      }
      return i
    }
    for edge in edges where isTaken(edge) { parent[root(Int(edge.first))] = root(Int(edge.second)) }
    var numbers = [Int](repeating: -1, count: nodeCount)
    var count = 0
    for i in 0..<nodeCount {
      let r = root(i)
      if numbers[r] < 0 {
        numbers[r] = count
        count += 1
      }
      numbers[i] = numbers[r]
    }
    return (numbers, count)
  }

  /// Sets of nodes whose edges to the others weigh less than a limit: a smallest one if there is any, and others that turn
  /// up on the way.
  ///
  /// M. Stoer, F. Wagner, "A simple min-cut algorithm", Journal of the ACM 44 (1997); the cut of every phase is looked at.
  /// Pairs whose edge weighs half the limit are merged first, which keeps a lightest cut below the limit where nodes have
  /// degree `limit` (M. Padberg, G. Rinaldi, "An efficient algorithm for the minimum capacity cut problem", Mathematical
  /// Programming 47, 1990, test 1).
  /// - Complexity: O(k³) for the k nodes left after merging.
  func lightCuts(below limit: Double) -> [(inside: [Bool], weight: Double)] {
    var members = (0..<nodeCount).map { [$0] }
    var weights = [Double](repeating: 0, count: nodeCount * nodeCount)
    for edge in edges {
      weights[Int(edge.first) * nodeCount + Int(edge.second)] = edge.weight
      weights[Int(edge.second) * nodeCount + Int(edge.first)] = edge.weight
    }
    var alive = Array(0..<nodeCount)
    var found: [(inside: [Bool], weight: Double)] = []
    let n = nodeCount
    weights.withUnsafeMutableBufferPointer { w in
      func note(_ node: Int) {
        var weight = 0.0
        for other in alive where other != node { weight += w[node * n + other] }
        if weight < limit && members[node].count > 1 {
          var inside = [Bool](repeating: false, count: n)
          for i in members[node] { inside[i] = true }
          found.append((inside, weight))
        }
      }
      func merge(_ kept: Int, _ gone: Int) {
        for other in alive where other != kept && other != gone {
          let sum = w[kept * n + other] + w[gone * n + other]
          w[kept * n + other] = sum
          w[other * n + kept] = sum
        }
        members[kept] += members[gone]
        alive.removeAll { $0 == gone }
        note(kept)
      }
      var position = 0
      while position < alive.count && alive.count > 2 {
        let node = alive[position]
        if let other = alive.first(where: { $0 != node && w[node * n + $0] >= 0.5 * limit - 1e-9 }) {
          merge(node, other)
          position = min(position, alive.firstIndex(of: node) ?? 0)
        } else {
          position += 1
        }
      }
      var nearness = [Double](repeating: 0, count: n)
      while alive.count > 1 {
        for i in alive { nearness[i] = 0 }
        var rest = alive
        var (last, previous) = (rest[0], rest[0])
        while !rest.isEmpty {
          var best = 0
          for p in rest.indices where nearness[rest[p]] > nearness[rest[best]] { best = p }
          let node = rest[best]
          rest[best] = rest[rest.count - 1]
          rest.removeLast()
          (previous, last) = (last, node)
          for other in rest { nearness[other] += w[node * n + other] }
        }
        if nearness[last] < limit && members[last].count > 1 {
          var inside = [Bool](repeating: false, count: n)
          for i in members[last] { inside[i] = true }
          found.append((inside, nearness[last]))
        }
        merge(previous, last)
      }
    }
    return found
  }
}
