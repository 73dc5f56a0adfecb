import Constraints

/// The edges that a graph may have, and the columns that say which it has.
struct CycleGraph: Sendable {
  let nodeCount: Int
  /// Number of the edge from i to j at `i * nodeCount + j`; -1 where there is none.
  let edgeNumbers: [Int32]
  /// For each edge its indicator `constant + coefficient * column`, 1 where the graph has it; without a column the constant.
  let edges: [Edge]

  struct Edge: Sendable {
    var tail: Int32
    var head: Int32
    var column: Int32
    var coefficient: Double
    var constant: Double

    func value(at point: [Double]) -> Double {
      column >= 0 ? constant + coefficient * point[Int(column)] : constant
    }
  }

  init(nodeCount: Int, edges: [Edge]) {
    self.nodeCount = nodeCount
    self.edges = edges
    var numbers = [Int32](repeating: -1, count: nodeCount * nodeCount)
    for (e, edge) in edges.enumerated() { numbers[Int(edge.tail) * nodeCount + Int(edge.head)] = Int32(e) }
    edgeNumbers = numbers
  }

  /// The columns of the edges, each once.
  var columns: [Int32] { Set(edges.lazy.map(\.column).filter { $0 >= 0 }).sorted() }

  func edge(_ i: Int, _ j: Int) -> Edge? {
    let e = edgeNumbers[i * nodeCount + j]
    return e >= 0 ? edges[Int(e)] : nil
  }

  /// `Σ edges of the cycle <= length - 1`.
  /// - Parameter nodes: the nodes of the cycle as it is walked.
  func row(_ nodes: [Int]) -> LinearRow {
    var columns: [Int32] = []
    var values: [Double] = []
    var upper = Double(nodes.count - 1)
    for (k, i) in nodes.enumerated() {
      guard let edge = edge(i, nodes[(k + 1) % nodes.count]) else { continue }
      upper -= edge.constant
      if edge.column >= 0 {
        columns.append(edge.column)
        values.append(edge.coefficient)
      }
    }
    return LinearRow(columns: columns, values: values, upper: upper).merged
  }
}

/// Cycle elimination: no graph has all the edges of a cycle.
///
/// The row of a cycle C, `Σ y <= |C| - 1`, is violated where the lengths 1 - y of its edges add up to less than 1; the
/// shortest way back from the head of each edge to its tail finds such a cycle if there is one.
/// M. Grötschel, M. Jünger, G. Reinelt, "On the acyclic subgraph polytope", Mathematical Programming 33 (1985), section 5.
struct CycleSeparator: RowSeparator {
  let graph: CycleGraph
  let columns: [Int32]
  let name: String
  let isRequired = true
  /// The most rows returned for one point.
  static let limit = 100
  /// Edges that a point takes by no more than this are not walked: a cycle through one of them violates its row by less.
  static let support = 1e-6

  init(_ graph: CycleGraph, name: String) {
    self.graph = graph
    self.name = name
    columns = graph.columns
  }

  /// - Complexity: O(d³) for d nodes.
  func separate(_ point: [Double], tolerance: Double) -> [LinearRow] {
    let d = graph.nodeCount
    var lengths = [Double](repeating: .infinity, count: d * d)
    for edge in graph.edges {
      let value = edge.value(at: point)
      if value > CycleSeparator.support { lengths[Int(edge.tail) * d + Int(edge.head)] = max(0, 1 - value) }
    }
    var found: [(row: LinearRow, violation: Double)] = []
    var seen: Set<[Int]> = []
    for root in 0..<d {
      let (distance, previous) = paths(from: root, lengths)
      for last in 0..<d where last != root {
        let total = distance[last] + lengths[last * d + root]
        // A row counts as violated beyond the tolerance.
        guard total < 1 - tolerance else { continue }
        var nodes: [Int] = []
        var node = last
        while node != root {
          nodes.append(node)
          node = previous[node]
        }
        nodes.append(root)
        nodes.reverse()
        // Each cycle once, from its first node on.
        let start = nodes.indices.min { nodes[$0] < nodes[$1] } ?? 0
        let turned = Array(nodes[start...] + nodes[..<start])
        guard seen.insert(turned).inserted else { continue }
        let row = graph.row(turned)
        let violation = row.violation(at: point)
        if violation > tolerance { found.append((row, violation)) }
      }
    }
    // Of equally violated rows the shorter say more.
    found.sort { ($0.violation, -$0.row.columns.count) > ($1.violation, -$1.row.columns.count) }
    return found.prefix(CycleSeparator.limit).map(\.row)
  }

  /// Distances from a node and the nodes before on the shortest paths, by Dijkstra's method on the full matrix; what is
  /// 1 or more away is left out.
  private func paths(from root: Int, _ lengths: [Double]) -> (distance: [Double], previous: [Int]) {
    let d = graph.nodeCount
    var distance = [Double](repeating: .infinity, count: d)
    var previous = [Int](repeating: -1, count: d)
    var isDone = [Bool](repeating: false, count: d)
    distance[root] = 0
    for _ in 0..<d {
      var next = -1
      for i in 0..<d where !isDone[i] && distance[i] < 1 && (next < 0 || distance[i] < distance[next]) { next = i }
      if next < 0 { break }
      isDone[next] = true
      let base = distance[next]
      for j in 0..<d where !isDone[j] && base + lengths[next * d + j] < distance[j] {
        distance[j] = base + lengths[next * d + j]
        previous[j] = next
      }
    }
    return (distance, previous)
  }
}
