import LinearAlgebra

/// Orders of the nodes with the best parent sets among the nodes before: where the search over parent sets starts.
///
/// A graph is as good as its best order, and for an order each node takes its best candidate among its predecessors. One
/// node at a time is moved to its best place, until no move helps. M. Teyssier, D. Koller, "Ordering-based search: a
/// simple and effective algorithm for learning Bayesian networks", Uncertainty in Artificial Intelligence (2005).
struct ParentSetOrder {
  private let scores: ParentSetScores
  private(set) var order: [Int]

  /// What a node counts that has no candidate among its predecessors, times the number of such nodes.
  private static let missing = 1e12
  /// Gains up to this are rounding.
  private static let least = 1e-12

  init(_ scores: ParentSetScores, order: [Int]) {
    self.scores = scores
    self.order = order
  }

  @inline(__always)
  private func score(_ v: Int, _ before: ParentBits) -> Double {
    guard let k = scores.best(of: v, within: before) else { return ParentSetOrder.missing }
    return scores.candidates[v][k].score
  }

  /// Moves nodes to better places until none has one.
  /// - Complexity: O(d²) looks at candidate lists a round.
  mutating func improve(until isOver: () -> Bool) {
    var isImproved = true
    while isImproved && !isOver() {
      isImproved = false
      for v in 0..<order.count {
        guard let from = order.firstIndex(of: v) else { continue }
        let (place, gain) = bestPlace(from)
        if gain > ParentSetOrder.least {
          order.remove(at: from)
          order.insert(v, at: place)
          isImproved = true
        }
      }
    }
  }

  /// The best place of the node at a position and what moving it there gains, by exchanges of neighbours.
  private func bestPlace(_ from: Int) -> (place: Int, gain: Double) {
    let v = order[from]
    var best = (place: from, gain: 0.0)
    let before = ParentSetScores.set(order[..<from])
    var gain = 0.0
    var set = before
    var own = score(v, set)
    for k in stride(from: from - 1, through: 0, by: -1) {
      let u = order[k]
      set &= ~(ParentBits(1) << ParentBits(u))
      let moved = score(v, set)
      gain += own + score(u, set) - moved - score(u, set | ParentBits(1) << ParentBits(v))
      own = moved
      if gain > best.gain + ParentSetOrder.least { best = (k, gain) }
    }
    gain = 0
    set = before
    own = score(v, set)
    for k in (from + 1)..<max(order.count, from + 1) {
      let u = order[k]
      let late = score(u, set | ParentBits(1) << ParentBits(v))
      let early = score(u, set)
      set |= ParentBits(1) << ParentBits(u)
      let moved = score(v, set)
      gain += own + late - moved - early
      own = moved
      if gain > best.gain + ParentSetOrder.least { best = (k, gain) }
    }
    return best
  }

  /// For each node the position of its best candidate among its predecessors; nil where one has none.
  var choice: [Int]? {
    var result = [Int](repeating: 0, count: order.count)
    var before: ParentBits = 0
    for v in order {
      guard let k = scores.best(of: v, within: before) else { return nil }
      result[v] = k
      before |= ParentBits(1) << ParentBits(v)
    }
    return result
  }

  /// The best choice of several random orders improved; nil where none leaves every node a candidate.
  static func search(
    _ scores: ParentSetScores, restarts: Int, seed: UInt64, until isOver: () -> Bool
  ) -> (choice: [Int], score: Double)? {
    var random = SplitMix64(seed: seed)
    var best: (choice: [Int], score: Double)?
    for _ in 0..<max(1, restarts) {
      var search = ParentSetOrder(scores, order: Array(0..<scores.nodeCount).shuffled(using: &random))
      search.improve(until: isOver)
      if let choice = search.choice {
        let total = choice.enumerated().reduce(0) { $0 + scores.candidates[$1.offset][$1.element].score }
        if best.map({ total < $0.score }) ?? true { best = (choice, total) }
      }
      if isOver() { break }
    }
    return best
  }
}
