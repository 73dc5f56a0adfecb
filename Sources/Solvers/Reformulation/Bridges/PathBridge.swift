import Constraints

/// A path as a flow of one unit through the marked edges, with a position for each node that grows along them.
///
/// C. E. Miller, A. W. Tucker, R. A. Zemlin, "Integer programming formulation of traveling salesman problems", Journal of
/// the ACM 7 (1960).
enum PathBridge: Bridge {
  static let name = "path to flow"

  static func takes(_ body: GeneralConstraint.Body) -> Bool {
    guard case .vector(let functions, let set) = body else { return false }
    return set is Path && functions.allSatisfy { $0.kind <= .linear }
  }

  static func apply(
    _ body: GeneralConstraint.Body, name: String, to builder: inout FormBuilder
  ) throws(SolverError) -> String {
    guard case .vector(let functions, let set) = body, let path = set as? Path else { return "" }
    let what = "constraint '\(name)'"
    let n = path.nodeCount
    let parts = functions.map { Affine(linear: $0) }
    let marks = Array(parts[2..<(2 + n)])
    let edges = Array(parts[(2 + n)...])
    for f in marks + edges where !builder.isBinary(f) {
      throw .refused([
        Diagnostic(.notBinary, "a node or edge of \(what) is not binary", mend: "mark nodes and edges by binary variables")
      ])
    }
    let (source, target) = (try builder.valueFamily(of: parts[0], what), try builder.valueFamily(of: parts[1], what))
    for family in [source, target] {
      for (k, y) in family.indicators.enumerated() where family.value(k) < 1 || family.value(k) > Double(n) {
        builder.addRow(y, lower: 0, upper: 0)
      }
    }
    var (entering, leaving) = ([Affine](repeating: Affine(), count: n + 1), [Affine](repeating: Affine(), count: n + 1))
    for (e, edge) in edges.enumerated() {
      leaving[path.from[e]].add(edge)
      entering[path.to[e]].add(edge)
    }
    let heads = path.to
    let tails = path.from
    for v in 1...max(1, n) where v <= n {
      let starts = source.indicator(of: Double(v)) ?? Affine(0)
      let ends = target.indicator(of: Double(v)) ?? Affine(0)
      builder.addRow(marks[v - 1] - starts - entering[v], lower: 0, upper: 0)
      builder.addRow(marks[v - 1] - ends - leaving[v], lower: 0, upper: 0)
    }
    let first = parts[0]
    let positions = (1...max(1, n)).map { v in
      Affine(
        column: builder.addColumn(lower: 0, upper: Double(n - 1)) { point in
          PathBridge.position(of: v, from: Int(first.value(at: point).rounded()), tails, heads, edges.map { $0.value(at: point) })
        })
    }
    for (e, edge) in edges.enumerated() {
      if tails[e] == heads[e] {
        builder.addRow(edge, lower: 0, upper: 0)
      } else {
        // A marked edge leads to the next position.
        let step = positions[heads[e] - 1] - positions[tails[e] - 1] - edge.scaled(by: Double(n))
        builder.addRow(step, lower: 1 - Double(n), upper: .infinity)
      }
    }
    return "\(n) nodes, \(edges.count) edges"
  }

  /// How many marked edges lead to a node from the first; 0 where it is not reached.
  private static func position(of node: Int, from first: Int, _ tails: [Int], _ heads: [Int], _ marks: [Double]) -> Double {
    var current = first
    for step in 0...heads.count {
      if current == node { return Double(step) }
      guard let e = tails.indices.first(where: { tails[$0] == current && marks[$0] > 0.5 }) else { return 0 }
      current = heads[e]
    }
    return 0
  }
}
