import Constraints

/// A graph without cycles by a binary indicator for each edge that the graph may have, with rows that cut cycles off when
/// they turn up.
///
/// An entry of two values, one of them 0, is its own indicator; others get one, `least y <= w <= most y` with proven bounds
/// of the entry. The rows of cycles of two edges stand from the start, those of three in small graphs.
enum AcyclicBridge: Bridge {
  static let name = "acyclic graph to edges"
  /// Nodes up to which the rows of cycles of three edges stand from the start.
  static let largestForTriangles = 8

  static func takes(_ body: GeneralConstraint.Body) -> Bool {
    guard case .vector(let functions, let set) = body else { return false }
    return set is AcyclicGraph && functions.allSatisfy { $0.kind <= .linear }
  }

  static func apply(
    _ body: GeneralConstraint.Body, name: String, to builder: inout FormBuilder
  ) throws(SolverError) -> String {
    guard case .vector(let functions, let set) = body, let acyclic = set as? AcyclicGraph else { return "" }
    let d = acyclic.nodeCount
    var edges: [CycleGraph.Edge] = []
    for i in 0..<d {
      for j in 0..<d {
        let entry = Affine(linear: functions[i * d + j])
        if i == j {
          if !entry.isConstant || abs(entry.constant) > acyclic.tolerance { builder.addRow(entry, lower: 0, upper: 0) }
          continue
        }
        guard let indicator = try indicator(of: entry, acyclic.tolerance, "constraint '\(name)'", &builder) else { continue }
        var edge = CycleGraph.Edge(
          tail: Int32(i), head: Int32(j), column: -1, coefficient: 0, constant: indicator.constant)
        if let term = indicator.terms.first { (edge.column, edge.coefficient) = (term.column, term.value) }
        edges.append(edge)
      }
    }
    let graph = CycleGraph(nodeCount: d, edges: edges)
    addShortCycles(of: graph, to: &builder)
    if d > (d <= largestForTriangles ? 3 : 2) {
      builder.addSeparator(CycleSeparator(graph, name: "cycles of '\(name)'"))
    }
    return "\(edges.count) edges"
  }

  /// What is 1 where an entry is an edge and 0 where it is none, a function of at most one column; nil for an entry that is
  /// 0 always.
  private static func indicator(
    of function: Affine, _ tolerance: Double, _ what: String, _ builder: inout FormBuilder
  ) throws(SolverError) -> Affine? {
    var entry = function
    entry.merge()
    if entry.isConstant { return abs(entry.constant) > tolerance ? Affine(1) : nil }
    let (least, most, openBelow, openAbove) = builder.range(of: entry)
    if least > tolerance || most < -tolerance { return Affine(1) }
    if least == 0 && most == 0 { return nil }
    if entry.terms.count == 1, builder.form.linear.isInteger[Int(entry.terms[0].column)] != 0,
      most - least == abs(entry.terms[0].value), least == 0 || most == 0
    {
      return entry.scaled(by: 1 / (most + least))
    }
    if let j = openBelow { throw builder.needsBound(what, variable: j, "a finite lower") }
    if let j = openAbove { throw builder.needsBound(what, variable: j, "a finite upper") }
    let y = builder.addColumn(lower: 0, upper: 1, isInteger: true) { [entry] point in
      abs(entry.value(at: point)) > tolerance ? 1 : 0
    }
    if most > 0 { builder.addRow(entry + Affine(column: y, -most), lower: -.infinity, upper: 0) } else {
      builder.addRow(entry, lower: -.infinity, upper: 0)
    }
    if least < 0 { builder.addRow(entry + Affine(column: y, -least), lower: 0, upper: .infinity) } else {
      builder.addRow(entry, lower: 0, upper: .infinity)
    }
    return Affine(column: y)
  }

  private static func addShortCycles(of graph: CycleGraph, to builder: inout FormBuilder) {
    func add(_ nodes: [Int]) {
      let row = graph.row(nodes)
      var sum = Affine()
      for (column, value) in zip(row.columns, row.values) { sum.add(Affine(column: Int(column), value)) }
      builder.addRow(sum, lower: -.infinity, upper: row.upper)
    }
    let d = graph.nodeCount
    for edge in graph.edges where edge.tail < edge.head && graph.edge(Int(edge.head), Int(edge.tail)) != nil {
      add([Int(edge.tail), Int(edge.head)])
    }
    guard d <= largestForTriangles else { return }
    for i in 0..<d {
      for j in (i + 1)..<max(d, i + 1) where graph.edge(i, j) != nil {
        for k in (i + 1)..<d where k != j && graph.edge(j, k) != nil && graph.edge(k, i) != nil { add([i, j, k]) }
      }
    }
  }
}
