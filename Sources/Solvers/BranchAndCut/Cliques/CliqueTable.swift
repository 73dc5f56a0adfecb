/// Sets of which at most one can hold: cliques of the conflict graph of the binary columns.
///
/// The literal `2 j` says that binary column j is 1, the literal `2 j + 1` that it is 0. Two literals of one clique
/// never hold together in a feasible point.
///
/// A. Atamtürk, G. L. Nemhauser and M. W. P. Savelsbergh, "Conflict graphs in solving integer programming problems",
/// European Journal of Operational Research 121 (2000).
struct CliqueTable: Sendable {
  /// `starts[c]..<starts[c + 1]` are the literals of clique c.
  let starts: [Int32]
  let literals: [Int32]
  /// `memberStarts[l]..<memberStarts[l + 1]` are the cliques of literal l, in increasing order.
  let memberStarts: [Int32]
  let memberCliques: [Int32]

  /// - Complexity: O(columns + literals).
  init(columnCount: Int, starts: [Int32], literals: [Int32]) {
    self.starts = starts
    self.literals = literals
    var counts = [Int32](repeating: 0, count: 2 * columnCount + 1)
    for l in literals { counts[Int(l) + 1] += 1 }
    for l in 0..<2 * columnCount { counts[l + 1] += counts[l] }
    memberStarts = counts
    var cliques = [Int32](repeating: 0, count: literals.count)
    for c in 0..<max(0, starts.count - 1) {
      for k in starts[c]..<starts[c + 1] {
        let l = Int(literals[Int(k)])
        cliques[Int(counts[l])] = Int32(truncatingIfNeeded: c)
        counts[l] += 1
      }
    }
    memberCliques = cliques
  }

  /// The cliques that rows of a form state, within its bounds, and pairs of literals found to conflict otherwise, by
  /// ``Probing`` for one.
  /// - Complexity: O(entries log entries) for rows that are cliques; rows that hold several are cut short at
  ///   ``CliqueBuilder/literalLimit``.
  init(_ form: LinearForm, conflicts: [(Int32, Int32)] = []) {
    var builder = CliqueBuilder(columnCount: form.columnCount)
    for i in 0..<form.rowCount {
      let range = form.starts[i]..<form.starts[i + 1]
      builder.addRow(
        form.entryColumns[range], form.entryValues[range], lower: form.rowLower[i], upper: form.rowUpper[i],
        columnLower: form.columnLower, columnUpper: form.columnUpper, isInteger: form.isInteger)
    }
    if conflicts.isEmpty {
      self = builder.table()
      return
    }
    let stated = builder.table()
    for (a, b) in conflicts where !stated.conflicts(Int(a), Int(b)) { builder.add([a, b]) }
    self = builder.table()
  }

  var count: Int { starts.count - 1 }

  /// Whether two literals never hold together.
  /// - Complexity: O(cliques of both).
  func conflicts(_ a: Int, _ b: Int) -> Bool {
    if a ^ 1 == b { return true }
    var (p, q) = (memberStarts[a], memberStarts[b])
    while p < memberStarts[a + 1] && q < memberStarts[b + 1] {
      let (first, second) = (memberCliques[Int(p)], memberCliques[Int(q)])
      if first == second { return a != b }
      if first < second { p += 1 } else { q += 1 }
    }
    return false
  }
}
