/// `acyclic(W)`, `acyclic(W, 1e-4)` with a tolerance, and `acyclic(e for i in V, j in V)`.
extension AlgebraicReader {
  mutating func addAcyclic(_ entry: ConstraintEntry, _ n: Int32) {
    let children = Array(tree.children(n))
    let shape = "write acyclic(W) for variables W over i in V, j in V, or acyclic(W[i,j] for i in V, j in V)"
    guard let matrix = children.first, children.count <= 2 else {
      return reportOnce(.wrongUse, "acyclic(...) takes a matrix and perhaps a tolerance", node: n, mend: shape)
    }
    var parameters: SetParameters = [:]
    if children.count == 2 {
      let tolerance = children[1]
      guard tree.nodes[Int(tolerance)].kind == .number, tree.nodes[Int(tolerance)].op != .family else {
        return reportOnce(.wrongUse, "the tolerance of acyclic(...) is a number", node: tolerance, mend: "write acyclic(W, 1e-6)")
      }
      parameters["tolerance"] = .number(number(tolerance))
    }
    var rows: [Expression] = []
    let node = tree.nodes[Int(matrix)]
    if node.op == .family && node.other == 1 {
      let family = variables[Int(node.reference)]
      guard family.space.arity == 2 else {
        let indices = family.space.arity == 1 ? "1 index" : "\(family.space.arity) indices"
        return reportOnce(
          .wrongUse, "acyclic(...) takes variables over two indices, and '\(family.name)' has \(indices)", node: matrix, mend: shape)
      }
      guard let matrix = squareMatrix(family) else {
        return reportOnce(
          .wrongUse, "the first and the second index of '\(family.name)' have no member in common, so that it can hold no cycle",
          node: matrix, mend: "take both indices of '\(family.name)' from one set of nodes")
      }
      rows = matrix
    } else {
      appendValues(of: matrix, to: &rows)
      if isStopped || !misses.isEmpty { return }
      let side = Int(Double(rows.count).squareRoot().rounded())
      guard side * side == rows.count else {
        return reportOnce(
          .wrongUse, "acyclic(...) takes a square matrix row by row, and \(rows.count) expressions are none", node: matrix,
          mend: shape)
      }
    }
    let side = Int(Double(rows.count).squareRoot().rounded())
    parameters["node_count"] = .integer(side)
    add(entry, rows, SetRequest(type: AcyclicGraph.self, parameters: parameters, place: nil))
  }

  /// The entries of a family over two indices row by row, 0 where it has none: the nodes are the members of the first index
  /// and, behind them, what else the second has. Nil where the indices share no member.
  private func squareMatrix(_ family: Family) -> [Expression]? {
    let space = family.space
    var positions: [Key: Int] = [:]
    for key in space.dimensions[0].list { positions[key] = positions.count }
    let isShared = space.count == 0 || space.dimensions[1].list.contains { positions[$0] != nil }
    for key in space.dimensions[1].list where positions[key] == nil { positions[key] = positions.count }
    let d = positions.count
    guard isShared, d <= 10_000 else { return nil }
    var rows = [Expression](repeating: Expression(), count: d * d)
    for slot in 0..<space.count {
      guard let i = positions[space.key(slot, 0)], let j = positions[space.key(slot, 1)] else { continue }
      rows[i * d + j] = model.variable(at: family.first + slot).expression
    }
    return rows
  }
}
