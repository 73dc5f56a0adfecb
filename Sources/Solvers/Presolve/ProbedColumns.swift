/// What probing finds, applied to the problem: bounds of whole columns, and columns that are functions of binary ones.
extension PresolveProblem {
  /// - Complexity: O(rows + columns + entries + ``Probing/Options/effort``).
  mutating func reduceByProbing() throws(Stop) {
    let (left, columns, _) = remainder()
    let probing = Probing(left)
    if probing.isInfeasible {
      counts.wholeValues += 1
      throw .infeasible([])
    }
    for (k, column) in columns.enumerated() {
      let j = Int(column)
      // Bounds of continuous columns stay as they are: their rows imply them.
      if !traits[j].contains(.integer) { continue }
      let (low, high) = (max(lower[j], probing.lower[k]), min(upper[j], probing.upper[k]))
      if low > high { throw .infeasible([]) }
      if low == lower[j] && high == upper[j] { continue }
      counts.probedBounds += 1
      counts.wholeValues += 1
      silentChanges += 1
      setBounds(j, lower: low, upper: high)
    }
    for alias in probing.aliases {
      let (j, other) = (Int(columns[alias.column]), Int(columns[alias.other]))
      if traits[j].isLocked || traits[other].isLocked || lower[other] == upper[other] { continue }
      // Bounds of the column that goes may leave one value of the other.
      let isZeroPossible = isWithinBounds(j, alias.constant)
      let isOnePossible = isWithinBounds(j, alias.constant + alias.factor)
      if !isZeroPossible && !isOnePossible { throw .infeasible([]) }
      replace(j, by: other, factor: alias.factor, constant: alias.constant)
      if !isZeroPossible { setBounds(other, lower: 1, upper: 1) }
      if !isOnePossible { setBounds(other, lower: 0, upper: 0) }
    }
  }

  private func isWithinBounds(_ j: Int, _ value: Double) -> Bool { value >= lower[j] - 0.5 && value <= upper[j] + 0.5 }

  /// Takes a column away that is `constant + factor * other` in all feasible points.
  /// - Complexity: O(entries of both columns).
  private mutating func replace(_ j: Int, by other: Int, factor: Double, constant: Double) {
    var record = ReductionStack.Record(kind: .alias)
    record.column = Int32(truncatingIfNeeded: j)
    record.other = Int32(truncatingIfNeeded: other)
    record.first = stack.mark
    record.value = constant
    record.pivot = 1
    record.count = 1
    stack.store(record.other, -factor)
    var k = matrix.columnHead[j]
    while k >= 0 {
      let e = matrix.entries[Int(k)]
      stack.store(e.row, e.value)
      k = e.columnNext
    }
    record.secondCount = matrix.columnLength[j]
    stack.push(record)
    offset += cost[j] * constant
    cost[other] = settled(cost[other] + factor * cost[j], cost[other], factor * cost[j])
    if record.secondCount > 0 { addToColumn(record, constant) }
    discardColumn(j)
    changedColumns.push(other)
    counts.aliases += 1
    counts.wholeValues += 1
  }
}
