import LinearAlgebra

/// A directed graph with weights on its edges, acyclic or not.
public struct WeightedGraph: Sendable, Equatable {
  /// One name a node.
  public var names: [String]
  /// Entry (i, j) is the weight of the edge i → j, 0 where there is none: column j holds the regression of variable j on
  /// its parents.
  public var weights: DenseMatrix

  public struct Edge: Sendable, Hashable {
    public var from: Int
    public var to: Int
    public var weight: Double

    public init(from: Int, to: Int, weight: Double) {
      self.from = from
      self.to = to
      self.weight = weight
    }
  }

  /// - Precondition: a square matrix with one name a row.
  public init(names: [String], weights: DenseMatrix) {
    precondition(weights.rowCount == weights.columnCount && names.count == weights.rowCount)
    self.names = names
    self.weights = weights
  }

  /// A graph of its edges; nodes are counted from 0.
  public init(names: [String], edges: [Edge]) {
    self.init(names: names, weights: DenseMatrix(rowCount: names.count, columnCount: names.count))
    for edge in edges { weights[edge.from, edge.to] = edge.weight }
  }

  public var nodeCount: Int { names.count }

  /// Whether there is an edge i → j.
  public func hasEdge(_ i: Int, _ j: Int) -> Bool { weights[i, j] != 0 }

  /// All edges by row: those out of node 0 first.
  public var edges: [Edge] {
    var result: [Edge] = []
    for i in 0..<nodeCount {
      for j in 0..<nodeCount where weights[i, j] != 0 { result.append(Edge(from: i, to: j, weight: weights[i, j])) }
    }
    return result
  }

  public var edgeCount: Int { weights.values.count { $0 != 0 } }

  /// The parents of a node, ascending.
  public func parents(of j: Int) -> [Int] { (0..<nodeCount).filter { weights[$0, j] != 0 } }

  /// An order with parents before children, the least index first among those that may come next; nil for a graph with
  /// a directed cycle.
  /// - Complexity: O(d²).
  public var topologicalOrder: [Int]? {
    var waiting = (0..<nodeCount).map { parents(of: $0).count }
    var placed = [Bool](repeating: false, count: nodeCount)
    var order: [Int] = []
    while let next = (0..<nodeCount).first(where: { !placed[$0] && waiting[$0] == 0 }) {
      placed[next] = true
      order.append(next)
      for j in 0..<nodeCount where weights[next, j] != 0 { waiting[j] -= 1 }
    }
    return order.count == nodeCount ? order : nil
  }

  /// For each node of an acyclic graph, all nodes that a directed path from it reaches; empty sets for a graph with a cycle.
  /// - Complexity: O(d² + edges · d/64).
  public var descendants: [NodeSet] {
    var result = [NodeSet](repeating: NodeSet(nodeCount: nodeCount), count: nodeCount)
    for i in (topologicalOrder ?? []).reversed() {
      for j in 0..<nodeCount where weights[i, j] != 0 {
        result[i].insert(j)
        result[i].formUnion(result[j])
      }
    }
    return result
  }

  /// A directed cycle, as its nodes in order with the first not repeated; nil for an acyclic graph.
  /// - Complexity: O(d²).
  public var cycle: [Int]? {
    // A node that cannot be placed has a parent that cannot be placed either: walking up must close a cycle.
    var waiting = (0..<nodeCount).map { parents(of: $0).count }
    var ready = (0..<nodeCount).filter { waiting[$0] == 0 }
    while let next = ready.popLast() {
      for j in 0..<nodeCount where weights[next, j] != 0 {
        waiting[j] -= 1
        if waiting[j] == 0 { ready.append(j) }
      }
    }
    guard var node = waiting.firstIndex(where: { $0 > 0 }) else { return nil }
    var walk: [Int] = []
    while !walk.contains(node) {
      walk.append(node)
      let child = node
      node = (0..<nodeCount).first { weights[$0, child] != 0 && waiting[$0] > 0 }!
    }
    return Array(walk[walk.firstIndex(of: node)!...].reversed())
  }

  public var isAcyclic: Bool { cycle == nil }
}
