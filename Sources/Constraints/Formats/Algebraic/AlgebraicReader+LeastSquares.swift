/// `leastsquares(X, W)`: the sum of squares of X - X W, for data X over samples and columns and variables W over two columns.
extension AlgebraicReader {
  /// Marks the node of `leastsquares(X, W)`.
  static let leastSquaresMark: Int32 = -4

  mutating func resolveLeastSquares(_ n: Int32) -> SyntaxNode.Kind {
    let children = Array(tree.children(n))
    let mend = "write leastsquares(X, W) for data X over samples and nodes, and variables W over two nodes"
    guard children.count == 2, children.allSatisfy({ tree.nodes[Int($0)].op == .name }), resolveFamily(children[0]),
      resolveFamily(children[1])
    else {
      report(.wrongUse, "leastsquares(...) takes a table of data and a matrix of variables", node: n, mend: mend)
      return .invalid
    }
    let (table, matrix) = (tree.nodes[Int(children[0])], tree.nodes[Int(children[1])])
    guard table.other == 0, data[Int(table.reference)].space.arity == 2 else {
      report(.wrongUse, "the first argument of leastsquares(...) is a table of data with two keys", node: children[0], mend: mend)
      return .invalid
    }
    guard matrix.other == 1, variables[Int(matrix.reference)].space.arity == 2 else {
      report(
        .wrongUse, "the second argument of leastsquares(...) is a family of variables over two indices", node: children[1],
        mend: mend)
      return .invalid
    }
    tree.nodes[Int(n)].op = .function
    tree.nodes[Int(n)].reference = Int32(Operation.sumOfSquares.rawValue)
    tree.nodes[Int(n)].other = AlgebraicReader.leastSquaresMark
    return .decision
  }

  /// `Σⱼ (Gⱼⱼ - 2 Σᵢ Gᵢⱼ Wᵢⱼ + Σᵢₖ Gᵢₖ Wᵢⱼ Wₖⱼ)` with the second moments G = XᵀX of the columns that are nodes of W: quadratic
  /// in W, of a size that does not depend on the number of samples.
  mutating func leastSquares(_ n: Int32) -> Expression {
    let table = data[Int(tree.nodes[Int(tree.child(n, 0))].reference)]
    let matrix = variables[Int(tree.nodes[Int(tree.child(n, 1))].reference)]
    var columns: [Key: Int] = [:]
    for key in table.space.dimensions[1].list { columns[key] = columns.count }
    for key in matrix.space.dimensions[0].list + matrix.space.dimensions[1].list where columns[key] == nil {
      reportOnce(
        .badData, "the data '\(table.name)' have no column \(symbols.quoted(key)), which is a node of '\(matrix.name)'", node: n,
        mend: "take the indices of '\(matrix.name)' from the columns of '\(table.name)'")
      return Expression()
    }
    let (samples, d) = (table.space.dimensions[0].count, columns.count)
    guard spend(samples.multipliedReportingOverflow(by: d * d).partialValue) else { return Expression() }
    let rows = table.space.dimensions[0].list
    let keys = table.space.dimensions[1].list
    var moments = [Double](repeating: 0, count: d * d)
    var sample = [Double](repeating: 0, count: d)
    for row in rows {
      for (j, key) in keys.enumerated() {
        let slot = table.space.slot { $0 == 0 ? row : key }
        let value = slot < 0 ? .nan : table.numbers[slot]
        sample[j] = value.isNaN ? table.standard ?? .nan : value
        guard sample[j].isFinite else {
          reportOnce(
            .badData, "the data '\(table.name)' have no number at [\(symbols.quoted(row)),\(symbols.quoted(key))]", node: n,
            mend: "leave the sample out, or give the table a default")
          return Expression()
        }
      }
      for j in 0..<d { for i in 0...j { moments[i * d + j] += sample[i] * sample[j] } }
    }
    for j in 0..<d { for i in 0..<j { moments[j * d + i] = moments[i * d + j] } }
    // The parents that each node may have: the column of its variable, and the variable.
    var parents = [[(column: Int, variable: Variable)]](repeating: [], count: d)
    for slot in 0..<matrix.space.count {
      guard let i = columns[matrix.space.key(slot, 0)], let j = columns[matrix.space.key(slot, 1)] else { continue }
      parents[j].append((i, model.variable(at: matrix.first + slot)))
    }
    var total = Expression()
    for key in matrix.space.dimensions[1].list {
      guard let j = columns[key], spend(parents[j].count * parents[j].count) else { continue }
      total.add(moments[j * d + j])
      for (a, (i, x)) in parents[j].enumerated() {
        total.add(-2 * moments[i * d + j], x)
        total.add(moments[i * d + i], x, x)
        for (k, y) in parents[j][(a + 1)...] { total.add(2 * moments[i * d + k], x, y) }
      }
    }
    // Nodes that are in no second index have no parents.
    let children = Set(matrix.space.dimensions[1].list)
    for key in matrix.space.dimensions[0].list where !children.contains(key) {
      if let j = columns[key] { total.add(moments[j * d + j]) }
    }
    return total
  }
}
