/// Equations that are combinations of others.
///
/// Equations with a column of their own are independent of the others and are left out, again and again; what remains is
/// eliminated with pivots in the shortest columns. A row that vanishes is a combination of others, which is
/// then formed anew from the rows as they are: only what holds there too removes the row or proves infeasibility.
///
/// E. D. Andersen, "Finding all linearly dependent rows in large-scale linear programming", Optimization Methods and
/// Software 6 (1995).
extension PresolveProblem {
  /// Removes equations that follow from others. Their multiplier is 0 and their slack basic, which needs no record.
  /// - Complexity: O(columns + entries of equations) and the elimination, which ends when it has touched a hundred times the
  ///   entries, in large problems ten times and two millions.
  mutating func reduceDependentEquations() throws(Stop) {
    let core = equationsWithoutOwnColumn()
    if core.count < 2 { return }
    var position = [Int32](repeating: -1, count: columnCount)
    var rows = EquationElimination.Rows()
    for i in core {
      var k = matrix.rowHead[Int(i)]
      while k >= 0 {
        let e = matrix.entries[Int(k)]
        if position[Int(e.column)] < 0 {
          position[Int(e.column)] = Int32(truncatingIfNeeded: rows.columnCount)
          rows.columnCount += 1
        }
        rows.columns.append(position[Int(e.column)])
        rows.values.append(e.value)
        k = e.rowNext
      }
      rows.starts.append(rows.values.count)
    }
    let workLimit = min(100 * rows.values.count, 10 * rows.values.count + 2_000_000)
    var elimination = EquationElimination(rows, work: workLimit)
    elimination.run()
    for p in elimination.vanished {
      let combination = elimination.combination(p)
      guard isVanishing(combination, p, rows) else { continue }
      let i = Int(core[p])
      var (total, size) = (0.0, 0.0)
      for (row, factor) in combination {
        let term = factor * rowLower[Int(core[row])]
        total += term
        size = max(size, abs(term), abs(factor) * rowSize[Int(core[row])])
      }
      if abs(total) > slack(size) {
        let sign = total > 0 ? 1.0 : -1.0
        throw .infeasible(combination.map { (Int(core[$0.row]), sign * $0.factor) })
      }
      if abs(total) <= slack(rowSize[i]) {
        counts.dependentRows += 1
        removeRow(i)
      }
    }
  }

  /// Whether a combination of rows is 0 up to rounding in the numbers of its row p.
  private func isVanishing(_ combination: [(row: Int, factor: Double)], _ p: Int, _ rows: EquationElimination.Rows) -> Bool {
    var sums: [Int32: Double] = [:]
    for (row, factor) in combination {
      for k in rows.starts[row]..<rows.starts[row + 1] { sums[rows.columns[k], default: 0] += factor * rows.values[k] }
    }
    var largest = 0.0
    for k in rows.starts[p]..<rows.starts[p + 1] { largest = max(largest, abs(rows.values[k])) }
    return sums.values.allSatisfy { abs($0) <= options.rounding * largest }
  }

  /// Equations all of whose columns occur in another of them.
  private func equationsWithoutOwnColumn() -> [Int32] {
    var isIn = [Bool](repeating: false, count: rowCount)
    var occurrences = [Int32](repeating: 0, count: columnCount)
    for i in 0..<rowCount where isRowGone[i] == 0 && rowLower[i] == rowUpper[i] && matrix.rowLength[i] > 0 {
      isIn[i] = true
      var k = matrix.rowHead[i]
      while k >= 0 {
        occurrences[Int(matrix.entries[Int(k)].column)] += 1
        k = matrix.entries[Int(k)].rowNext
      }
    }
    var single = (0..<columnCount).filter { occurrences[$0] == 1 }
    while let j = single.popLast() {
      // The row may have gone with another column of its own.
      if occurrences[j] != 1 { continue }
      var k = matrix.columnHead[j]
      while k >= 0 && !isIn[Int(matrix.entries[Int(k)].row)] { k = matrix.entries[Int(k)].columnNext }
      let i = Int(matrix.entries[Int(k)].row)
      isIn[i] = false
      k = matrix.rowHead[i]
      while k >= 0 {
        let column = Int(matrix.entries[Int(k)].column)
        occurrences[column] -= 1
        if occurrences[column] == 1 { single.append(column) }
        k = matrix.entries[Int(k)].rowNext
      }
    }
    return (0..<rowCount).compactMap { isIn[$0] ? Int32(truncatingIfNeeded: $0) : nil }
  }
}
