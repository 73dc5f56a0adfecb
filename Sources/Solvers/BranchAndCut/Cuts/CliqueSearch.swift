/// Finds cliques of weight above 1 in a graph with weights of vertices, by depth-first search with the sum of what is
/// left as bound.
///
/// C. Bron and J. Kerbosch, "Algorithm 457: finding all cliques of an undirected graph", Communications of the ACM 16
/// (1973); here only one clique is taken for each first vertex.
struct CliqueSearch {
  private let weights: [Double]
  private let words: Int
  /// Neighbours as bits, a row of words each vertex.
  private var neighbours: [UInt64]
  private var mask: [UInt64]
  /// How far above 1 a clique must be.
  private let excess: Double

  /// - Parameter weights: of the vertices, the largest first.
  init(_ weights: [Double], excess: Double) {
    self.weights = weights
    self.excess = excess
    words = (weights.count + 63) / 64
    neighbours = [UInt64](repeating: 0, count: weights.count * words)
    mask = [UInt64](repeating: 0, count: words)
  }

  /// Connects all vertices of a set with each other.
  /// - Complexity: O(set × vertices / 64).
  mutating func connect(_ set: [Int]) {
    if set.count < 2 { return }
    for v in set { mask[v / 64] |= 1 << UInt64(v % 64) }
    for v in set {
      for w in 0..<words { neighbours[v * words + w] |= mask[w] }
      neighbours[v * words + v / 64] &= ~(1 << UInt64(v % 64))
    }
    for v in set { mask[v / 64] = 0 }
  }

  /// Searches from each vertex on, among those after it.
  /// - Parameters:
  ///   - limit: words that may be looked at.
  ///   - report: is given each clique; the search ends when it returns false.
  func run(limit: Int, report: ([Int]) -> Bool) {
    var left = limit
    var clique: [Int] = []
    for v in 0..<weights.count {
      var candidates = [UInt64](repeating: 0, count: words)
      for w in v / 64..<words { candidates[w] = neighbours[v * words + w] }
      // Vertices before v have had their turn.
      candidates[v / 64] &= v % 64 == 63 ? 0 : ~UInt64(0) << UInt64(v % 64 + 1)
      clique.append(v)
      // Each first vertex has its share, so that one dense part does not use up all.
      var share = max(64 * words, left / 8)
      left -= share
      if extend(&clique, weights[v], candidates, &share), !report(clique) { return }
      left += share
      clique.removeAll(keepingCapacity: true)
      if left <= 0 { return }
    }
  }

  private func extend(_ clique: inout [Int], _ weight: Double, _ candidates: [UInt64], _ left: inout Int) -> Bool {
    left -= 4 * words
    var total = 0.0
    for w in 0..<words {
      var word = candidates[w]
      while word != 0 {
        total += weights[w * 64 + word.trailingZeroBitCount]
        word &= word - 1
      }
    }
    if total == 0 { return weight > 1 + excess }
    if weight + total <= 1 + excess || left <= 0 { return false }
    var rest = candidates
    for w in 0..<words {
      while rest[w] != 0 {
        let v = w * 64 + rest[w].trailingZeroBitCount
        var next = rest
        for u in 0..<words { next[u] &= neighbours[v * words + u] }
        clique.append(v)
        if extend(&clique, weight + weights[v], next, &left) { return true }
        clique.removeLast()
        // Without v from here on.
        rest[w] &= rest[w] - 1
        total -= weights[v]
        if weight + total <= 1 + excess || left <= 0 { return false }
      }
    }
    return false
  }
}
