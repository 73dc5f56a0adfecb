/// Subtour elimination: among the nodes of no proper subset runs a circuit of its own.
///
/// For a point that falls apart, a row for each part; else for the lightest cuts of what it takes of each pair of nodes.
/// G. Dantzig, R. Fulkerson, S. Johnson, "Solution of a large-scale traveling-salesman problem", Journal of the Operations
/// Research Society of America 2 (1954); M. Padberg, G. Rinaldi, "A branch-and-cut algorithm for the resolution of
/// large-scale symmetric traveling salesman problems", SIAM Review 33 (1991), section 4.
struct SubtourSeparator: RowSeparator {
  let graph: CircuitGraph
  let columns: [Int32]
  let name: String
  let isRequired = true
  /// The most rows returned for one point.
  static let limit = 60
  /// Graphs of more nodes are searched for components alone, where cuts would take seconds.
  static let largestForCuts = 1_500

  init(_ graph: CircuitGraph, name: String) {
    self.graph = graph
    self.name = name
    columns = graph.columns
  }

  func separate(_ point: [Double], tolerance: Double) -> [LinearRow] {
    let n = graph.nodeCount
    let taken = WeightedGraph(nodeCount: n, edges: graph.weights(at: point))
    var sets: [[Bool]] = []
    let (numbers, count) = taken.components { _ in true }
    if count > 1 {
      sets = (0..<count).map { c in numbers.map { $0 == c } }
    } else if n <= SubtourSeparator.largestForCuts {
      for threshold in [0.999, 0.75, 0.5, 0.25] {
        let (numbers, count) = taken.components { $0.weight >= threshold }
        if count > 1 && count < n { sets += (0..<count).map { c in numbers.map { $0 == c } } }
      }
      sets += taken.lightCuts(below: 2 - 2 * tolerance).map(\.inside)
    }
    var seen: Set<[Bool]> = []
    var rows: [(row: LinearRow, violation: Double)] = []
    for set in sets {
      // The smaller side has the shorter row; at equal sizes the one without the first node.
      let size = set.count { $0 }
      let isSmaller = 2 * size < n || (2 * size == n && !set[0])
      let inside = isSmaller ? set : set.map { !$0 }
      let smaller = isSmaller ? size : n - size
      guard smaller > 1, smaller < n, seen.insert(inside).inserted else { continue }
      let row = graph.eliminationRow(inside)
      let violation = row.violation(at: point)
      if violation > tolerance { rows.append((row, violation)) }
    }
    rows.sort { $0.violation > $1.violation }
    return rows.prefix(SubtourSeparator.limit).map(\.row)
  }
}
