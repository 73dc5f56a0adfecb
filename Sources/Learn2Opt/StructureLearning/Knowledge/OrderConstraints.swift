/// Prior knowledge in the form that searches over orders use: who must come first, and who may or must be a parent.
///
/// A tier holds for ancestors: nothing in a higher tier comes before anything in a lower one.
public struct OrderConstraints: Sendable {
  public let nodeCount: Int
  /// Nodes that come before a node in every order, directly or through others.
  public private(set) var before: [NodeSet]
  /// Nodes that come after a node in every order.
  public private(set) var after: [NodeSet]
  /// Nodes that may be parents of a node.
  public private(set) var allowedParents: [NodeSet]
  /// Nodes that must be parents of a node.
  public private(set) var requiredParents: [NodeSet]
  /// Whether some pair of nodes is free in its order but not in its edge, so that regressions on all predecessors would
  /// use edges that may not be there.
  public private(set) var restrictsParents: Bool
  /// Whether nothing is known.
  public let isFree: Bool

  /// No constraints on the orders of some nodes.
  public init(nodeCount: Int) {
    self.nodeCount = nodeCount
    isFree = true
    restrictsParents = false
    let none = NodeSet(nodeCount: nodeCount)
    before = [NodeSet](repeating: none, count: nodeCount)
    after = before
    requiredParents = before
    allowedParents = (0..<nodeCount).map { v in
      var all = NodeSet(allOf: nodeCount)
      all.remove(v)
      return all
    }
  }

  /// - Throws: ``StructureLearningError/contradictoryKnowledge(cycle:)`` and
  ///   ``StructureLearningError/requiredEdgeExcluded(from:to:reason:)``.
  /// - Complexity: O(d³) for d nodes.
  public init(_ knowledge: PriorKnowledge, names: [String]) throws(StructureLearningError) {
    let d = names.count
    self.init(nodeCount: d, isFree: knowledge.isEmpty)
    if knowledge.isEmpty { return }
    for edge in knowledge.required {
      guard edge.from != edge.to else { throw .contradictoryKnowledge(cycle: [names[edge.from]]) }
      if let reason = knowledge.reasonAgainst(edge.from, edge.to, names: names) {
        throw .requiredEdgeExcluded(from: names[edge.from], to: names[edge.to], reason: reason)
      }
      requiredParents[edge.to].insert(edge.from)
      before[edge.to].insert(edge.from)
    }
    for (a, tierOfA) in knowledge.tiers {
      for (b, tierOfB) in knowledge.tiers where tierOfA < tierOfB { before[b].insert(a) }
    }
    if let cycle = firstCycle() { throw .contradictoryKnowledge(cycle: cycle.map { names[$0] }) }
    for m in 0..<d {
      for v in 0..<d where before[v].contains(m) { before[v].formUnion(before[m]) }
    }
    for v in 0..<d {
      for u in before[v].nodes { after[u].insert(v) }
      for u in 0..<d where u != v && (!knowledge.allows(u, v) || after[v].contains(u)) { allowedParents[v].remove(u) }
    }
    // `after` grows while its loop runs; what it forbids is removed once all of it is known.
    for v in 0..<d {
      for u in after[v].nodes { allowedParents[v].remove(u) }
    }
    restrictsParents = (0..<d).contains { v in
      (0..<d).contains { u in u != v && !allowedParents[v].contains(u) && !after[v].contains(u) }
    }
  }

  private init(nodeCount: Int, isFree: Bool) {
    let free = OrderConstraints(nodeCount: nodeCount)
    self.nodeCount = nodeCount
    self.isFree = isFree
    before = free.before
    after = free.after
    allowedParents = free.allowedParents
    requiredParents = free.requiredParents
    restrictsParents = false
  }

  /// A cycle of the relation `before`, which is not closed yet.
  private func firstCycle() -> [Int]? {
    let d = nodeCount
    var edges: [WeightedGraph.Edge] = []
    for v in 0..<d { edges += before[v].nodes.map { WeightedGraph.Edge(from: $0, to: v, weight: 1) } }
    return WeightedGraph(names: (0..<d).map(String.init), edges: edges).cycle
  }

  /// Whether an order has every node after those that must come before it.
  /// - Complexity: O(d²/64).
  public func allows(_ order: [Int]) -> Bool {
    var seen = NodeSet(nodeCount: nodeCount)
    for v in order {
      if !before[v].isSubset(of: seen) { return false }
      seen.insert(v)
    }
    return true
  }

  /// The order nearest to a given one that is allowed: of the nodes that may come next, the first in the given order.
  /// - Complexity: O(d³/64).
  public func repaired(_ order: [Int]) -> [Int] {
    if isFree { return order }
    var waiting = order
    var seen = NodeSet(nodeCount: nodeCount)
    var result: [Int] = []
    while let k = waiting.firstIndex(where: { before[$0].isSubset(of: seen) }) {
      let v = waiting.remove(at: k)
      seen.insert(v)
      result.append(v)
    }
    return result
  }

  /// The positions that the node at a position may move to, others staying in order.
  /// - Complexity: O(d).
  public func positions(_ order: [Int], _ p: Int) -> ClosedRange<Int> {
    let last = order.count - 1
    if isFree { return 0...last }
    let v = order[p]
    var low = p
    while low > 0 && !before[v].contains(order[low - 1]) { low -= 1 }
    var high = p
    while high < last && !after[v].contains(order[high + 1]) { high += 1 }
    return low...high
  }
}
