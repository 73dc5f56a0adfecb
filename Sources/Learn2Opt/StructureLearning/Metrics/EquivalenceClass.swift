/// All acyclic graphs with the same conditional independences as a given one, as a graph whose edges have a direction
/// only where all of them agree (the CPDAG, or essential graph).
public struct EquivalenceClass: Sendable, Equatable {
  public let names: [String]
  /// Entry `i * d + j`: some member has an edge i → j. Both (i, j) and (j, i): the edge has no direction.
  private var mayPoint: [Bool]

  /// The class of an acyclic graph.
  ///
  /// Labels the edges of the graph as compelled or reversible in one pass (Chickering, "Learning equivalence classes of
  /// Bayesian-network structures", 2002, figures 13 and 14; the same edges as v-structures closed under Meek's rules).
  /// - Throws: ``StructureLearningError/cyclicGraph(cycle:)``.
  /// - Complexity: O(d² + edges · largest number of parents).
  public init(_ graph: WeightedGraph) throws(StructureLearningError) {
    if let cycle = graph.cycle { throw .cyclicGraph(cycle: cycle.map { graph.names[$0] }) }
    let d = graph.nodeCount
    names = graph.names
    mayPoint = [Bool](repeating: false, count: d * d)
    let order = graph.topologicalOrder ?? []
    var place = [Int](repeating: 0, count: d)
    for (k, node) in order.enumerated() { place[node] = k }
    // Parents of each node, latest first: the order in which edges get their labels.
    let parents = (0..<d).map { j in graph.parents(of: j).sorted { place[$0] > place[$1] } }
    var isCompelled = [Bool](repeating: false, count: d * d)
    var isLabelled = [Bool](repeating: false, count: d * d)
    func label(into y: Int, compelled: Bool, onlyUnlabelled: Bool) {
      for x in parents[y] where !onlyUnlabelled || !isLabelled[x * d + y] {
        isCompelled[x * d + y] = compelled
        isLabelled[x * d + y] = true
      }
    }
    for y in order {
      for x in parents[y] where !isLabelled[x * d + y] {
        var isDone = false
        for w in parents[x] where isCompelled[w * d + x] {
          if graph.hasEdge(w, y) {
            isCompelled[w * d + y] = true
            isLabelled[w * d + y] = true
          } else {
            label(into: y, compelled: true, onlyUnlabelled: false)
            isDone = true
            break
          }
        }
        if isDone { continue }
        let hasCollider = parents[y].contains { $0 != x && !graph.hasEdge($0, x) }
        label(into: y, compelled: hasCollider, onlyUnlabelled: true)
      }
      for x in parents[y] {
        mayPoint[x * d + y] = true
        if !isCompelled[x * d + y] { mayPoint[y * d + x] = true }
      }
    }
  }

  public var nodeCount: Int { names.count }

  /// Whether all members have the edge i → j.
  public func isDirected(_ i: Int, _ j: Int) -> Bool { mayPoint[i * nodeCount + j] && !mayPoint[j * nodeCount + i] }
  /// Whether some members have the edge i → j and others j → i.
  public func isUndirected(_ i: Int, _ j: Int) -> Bool { mayPoint[i * nodeCount + j] && mayPoint[j * nodeCount + i] }

  /// Edges whose direction all members share, by node.
  public var directedEdges: [(from: Int, to: Int)] {
    pairs { isDirected($0, $1) }
  }
  /// Edges without a common direction, each once with the lower node first.
  public var undirectedEdges: [(from: Int, to: Int)] {
    pairs { $0 < $1 && isUndirected($0, $1) }
  }

  /// Pairs of nodes that are joined differently: not at all, one way, the other way, or without direction.
  /// - Throws: ``StructureLearningError/differentNodes(onlyInFirst:onlyInSecond:)`` unless the names are the same in the
  ///   same order.
  /// - Complexity: O(d²).
  public func distance(to other: EquivalenceClass) throws(StructureLearningError) -> Int {
    guard names == other.names else { throw .differentNodes(onlyInFirst: names, onlyInSecond: other.names) }
    let d = nodeCount
    var count = 0
    for i in 0..<d {
      for j in 0..<i {
        let a = i * d + j, b = j * d + i
        if mayPoint[a] != other.mayPoint[a] || mayPoint[b] != other.mayPoint[b] { count += 1 }
      }
    }
    return count
  }

  private func pairs(_ holds: (Int, Int) -> Bool) -> [(from: Int, to: Int)] {
    var result: [(Int, Int)] = []
    for i in 0..<nodeCount {
      for j in 0..<nodeCount where i != j && holds(i, j) { result.append((i, j)) }
    }
    return result
  }
}
