/// Families of variables over two indices as square matrices.
extension AlgebraicWriter {
  /// A family with the place of each of its variables in a square matrix, as the reader of `acyclic(W)` lays it out.
  struct Matrix {
    let name: String
    private let first: Int
    /// The row-by-row position of each variable of the family.
    private let places: [Int]
    private let entryCount: Int

    /// Nil for a family that has not two indices, or that is not written as one.
    init?(_ family: Declaration, _ tree: FamilyTree) {
      guard family.arity == 2, !family.set.isEmpty else { return nil }
      name = family.name
      first = family.items.lowerBound
      var nodes: [IndexKey: Int] = [:]
      let keys = family.items.map { Array(tree.keys($0)) }
      for index in 0..<2 {
        for key in keys where nodes[key[index]] == nil { nodes[key[index]] = nodes.count }
      }
      let count = nodes.count
      places = keys.map { (nodes[$0[0]] ?? 0) * count + (nodes[$0[1]] ?? 0) }
      entryCount = count * count
    }

    /// Whether the functions are the entries of the matrix, 0 where the family has none.
    func isWhole(_ rows: [ScalarFunction]) -> Bool {
      guard rows.count == entryCount else { return false }
      var isFilled = [Bool](repeating: false, count: entryCount)
      for (k, place) in places.enumerated() {
        let row = rows[place]
        guard row.kind == .linear, row.constant == 0, row.linear.count == 1, row.linear[0].coefficient == 1,
          Int(row.linear[0].variable) == first + k
        else { return false }
        isFilled[place] = true
      }
      return rows.indices.allSatisfy { isFilled[$0] || rows[$0].kind == .constant && rows[$0].constant == 0 }
    }
  }
}
