/// 2-matching inequalities of a circuit without direction: a set H of nodes and an odd set T of edges that leave it satisfy
/// `x(E(H)) + x(T) <= |H| + (|T| - 1) / 2`.
///
/// Handles are the components of what remains of the point after edges near 0 and near 1 are left out; for a handle the
/// best set of edges is exact. J. Edmonds, "Maximum matching and a polyhedron with 0,1-vertices" (1965); M. Padberg,
/// S. Hong, "On the symmetric travelling salesman problem: a computational study", Mathematical Programming Study 12 (1980).
struct BlossomSeparator: RowSeparator {
  let graph: CircuitGraph
  let columns: [Int32]
  let name: String
  let isRequired = false
  /// How near to 0 or 1 edges are left out, one search for each.
  static let margins = [1e-6, 0.1, 0.2, 0.3]
  /// The most rows returned for one point.
  static let limit = 40

  init(_ graph: CircuitGraph, name: String) {
    self.graph = graph
    self.name = name
    columns = graph.columns
  }

  func separate(_ point: [Double], tolerance: Double) -> [LinearRow] {
    let n = graph.nodeCount
    let taken = WeightedGraph(nodeCount: n, edges: graph.weights(at: point))
    var seen: Set<[Bool]> = []
    var rows: [(row: LinearRow, violation: Double)] = []
    for margin in BlossomSeparator.margins {
      let (numbers, count) = taken.components { $0.weight > margin && $0.weight < 1 - margin }
      var handles = [[Bool]](repeating: [], count: count)
      var sizes = [Int](repeating: 0, count: count)
      for c in numbers { sizes[c] += 1 }
      for c in 0..<count where sizes[c] > 2 && sizes[c] < n - 2 { handles[c] = numbers.map { $0 == c } }
      for handle in handles where !handle.isEmpty {
        guard seen.insert(handle).inserted, let row = row(handle, taken) else { continue }
        let violation = row.violation(at: point)
        if violation > tolerance { rows.append((row, violation)) }
      }
    }
    rows.sort { $0.violation > $1.violation }
    return rows.prefix(BlossomSeparator.limit).map(\.row)
  }

  /// The inequality of a handle with the odd set of edges that makes it tightest; nil where it is satisfied.
  private func row(_ handle: [Bool], _ taken: WeightedGraph) -> LinearRow? {
    var teeth: [WeightedGraph.Edge] = []
    var slack = 0.0
    var flip: (cost: Double, edge: WeightedGraph.Edge)?
    for edge in taken.edges where handle[Int(edge.first)] != handle[Int(edge.second)] {
      let w = min(edge.weight, 1)
      if w > 0.5 { teeth.append(edge) }
      slack += min(w, 1 - w)
      if flip == nil || abs(1 - 2 * w) < flip!.cost { flip = (abs(1 - 2 * w), edge) }
    }
    if teeth.count % 2 == 0 {
      guard let flip else { return nil }
      slack += flip.cost
      if let p = teeth.firstIndex(where: { $0.first == flip.edge.first && $0.second == flip.edge.second }) {
        teeth.remove(at: p)
      } else {
        teeth.append(flip.edge)
      }
    }
    guard slack < 1, teeth.count >= 3 else { return nil }
    // The side with fewer nodes has the shorter row.
    let size = handle.count { $0 }
    let inside = 2 * size <= handle.count ? handle : handle.map { !$0 }
    var result = graph.eliminationRow(inside)
    let pairs = Set(teeth.map { [$0.first, $0.second] })
    for arc in graph.arcs where pairs.contains([min(arc.tail, arc.head), max(arc.tail, arc.head)]) {
      result.columns.append(arc.column)
      result.values.append(arc.coefficient)
    }
    result.upper = Double(min(size, handle.count - size)) + Double(teeth.count - 1) / 2
    return result.merged
  }
}
