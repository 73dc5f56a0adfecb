/// Rules for columns with one entry.
///
/// A column that is free, or kept inside its bounds by its row, is expressed by the row; one without cost or in an
/// equation is the row's slack and widens its sides.
///
/// E. D. Andersen and K. D. Andersen, "Presolving in linear programming", Mathematical Programming 71 (1995),
/// sections 3.2 and 3.3.
extension PresolveProblem {
  mutating func reduceSingletonColumn(_ j: Int) throws(Stop) {
    let entry = matrix.entries[Int(matrix.columnHead[j])]
    let (i, a) = (Int(entry.row), entry.value)
    // A row with this one entry becomes a bound first.
    if matrix.rowLength[i] == 1 { return changedRows.push(i) }
    let c = cost[j]
    let isEquation = rowLower[i] == rowUpper[i]
    guard c == 0 || isEquation || isImpliedFree(j, i, a) else { return }
    if traits[j].contains(.integer) && !isImpliedInteger(j, i, a) { return }
    guard Int(matrix.rowLength[i]) <= slackBudget, abs(a) >= options.pivot * largestEntry(ofRow: i) else { return }
    slackBudget -= Int(matrix.rowLength[i])
    if isImpliedFree(j, i, a) && (c != 0 || isEquation) {
      // The multiplier of the row is c / a; its sign says which side is active.
      let multiplier = c / a
      let isLower = isEquation || multiplier > 0
      let side = isLower ? rowLower[i] : rowUpper[i]
      if !side.isFinite { return }
      counts.freeSingletons += 1
      substitute(j, by: i, pivot: a, side: side, isEquation ? [.free] : isLower ? .lower : .upper)
    } else if c == 0 || isEquation {
      absorbSlack(j, i, a)
    }
  }

  /// Whether the bounds of a column follow from one of its rows and the bounds of the row's other columns.
  func isImpliedFree(_ j: Int, _ i: Int, _ a: Double) -> Bool {
    if lower[j] == -.infinity && upper[j] == .infinity { return true }
    func holds(_ range: Activity) -> Bool {
      let (low, high) = impliedBounds(i, a, j, range)
      return (lower[j] == -.infinity || low >= lower[j] - dust(abs(lower[j])))
        && (upper[j] == .infinity || high <= upper[j] + dust(abs(upper[j])))
    }
    let known = activity(i, isFresh: false)
    return holds(known) && (known.updates == 0 || holds(activity(i, isFresh: true)))
  }

  /// Whether a column is whole wherever the row's other columns are: all of them whole, and the row divided by the
  /// column's entry has whole numbers only.
  func isImpliedInteger(_ j: Int, _ i: Int, _ a: Double) -> Bool {
    guard rowLower[i] == rowUpper[i], isWhole(rowLower[i] / a) else { return false }
    var k = matrix.rowHead[i]
    while k >= 0 {
      let e = matrix.entries[Int(k)]
      if Int(e.column) != j, !traits[Int(e.column)].contains(.integer) || !isWhole(e.value / a) { return false }
      k = e.rowNext
    }
    return true
  }

  @inline(__always)
  func isWhole(_ value: Double) -> Bool { abs(value) < 1e9 && abs(value - value.rounded()) <= 1e-12 }

  /// Widens the sides of a row by a column that occurs nowhere else, after moving its cost to the others.
  private mutating func absorbSlack(_ j: Int, _ i: Int, _ a: Double) {
    counts.slacks += 1
    let (low, high) = (rowLower[i], rowUpper[i])
    var record = ReductionStack.Record(kind: .slack, marks: low == high ? .free : [])
    record.row = Int32(truncatingIfNeeded: i)
    record.column = Int32(truncatingIfNeeded: j)
    record.first = stack.mark
    record.count = matrix.rowLength[i] - 1
    record.pivot = a
    record.cost = cost[j]
    storeRow(i, without: j)
    stack.store(0, low)
    stack.store(0, high)
    stack.store(0, lower[j])
    stack.store(0, upper[j])
    stack.push(record)
    if cost[j] != 0 { moveCost(j, by: i, pivot: a, side: low) }
    let k = matrix.columnHead[j]
    matrix.unlinkFromRow(k)
    forgetContribution(a, column: j, row: i)
    matrix.clearColumn(j)
    let (least, most) = a > 0 ? (a * lower[j], a * upper[j]) : (a * upper[j], a * lower[j])
    rowLower[i] = settled(low - most, low, most)
    rowUpper[i] = settled(high - least, high, least)
    if most.isFinite { rowSize[i] = max(rowSize[i], abs(most)) }
    if least.isFinite { rowSize[i] = max(rowSize[i], abs(least)) }
    traits[j].insert(.gone)
    columnsLeft -= 1
    if rowLower[i] == -.infinity && rowUpper[i] == .infinity {
      counts.redundantRows += 1
      return removeRow(i)
    }
    changedRows.push(i)
    var next = matrix.rowHead[i]
    while next >= 0 {
      let e = matrix.entries[Int(next)]
      changedColumns.push(Int(e.column))
      next = e.rowNext
    }
  }

  /// Moves the cost of a column to the other columns of a row that holds at a side.
  mutating func moveCost(_ j: Int, by i: Int, pivot a: Double, side: Double) {
    let factor = cost[j] / a
    var k = matrix.rowHead[i]
    while k >= 0 {
      let e = matrix.entries[Int(k)]
      let other = Int(e.column)
      if other != j {
        let shift = factor * e.value
        cost[other] = settled(cost[other] - shift, cost[other], shift)
        changedColumns.push(other)
      }
      k = e.rowNext
    }
    offset += factor * side
  }
}
