/// Rules that look at one column: fixed, empty, pulled in one direction.
///
/// E. D. Andersen and K. D. Andersen, "Presolving in linear programming", Mathematical Programming 71 (1995), section 3;
/// dual fixing as in T. Achterberg, R. E. Bixby, Z. Gu, E. Rothberg and D. Weninger, "Presolve reductions in mixed
/// integer programming", INFORMS Journal on Computing 32 (2020), section 4.
extension PresolveProblem {
  /// Looks at a column that changed.
  mutating func reduceColumn(_ j: Int) throws(Stop) {
    if traits[j].contains(.gone) { return }
    let (low, high) = (lower[j], upper[j])
    if !exceeds(high, low) && low.isFinite {
      if high < low - slack(abs(low)) { throw .infeasible([]) }
      counts.fixedColumns += 1
      return fix(j, at: low, [])
    }
    if traits[j].isLocked { return reduceSeparableColumn(j) }
    if matrix.columnLength[j] == 0 { return try reduceEmptyColumn(j) }
    if try reduceByLocks(j) { return }
    if matrix.columnLength[j] == 1 && options.rules.contains(.singletonColumns) { try reduceSingletonColumn(j) }
  }

  private mutating func reduceEmptyColumn(_ j: Int) throws(Stop) {
    let (low, high, c) = (lower[j], upper[j], cost[j])
    counts.emptyColumns += 1
    if c > 0 {
      if low == -.infinity { throw .unboundedColumn(j, direction: -1) }
      return fix(j, at: low, .lower)
    }
    if c < 0 {
      if high == .infinity { throw .unboundedColumn(j, direction: 1) }
      return fix(j, at: high, .upper)
    }
    // Any value will do; the bound nearest to 0 keeps the basis one.
    if low == -.infinity && high == .infinity { return fix(j, at: 0, .free) }
    abs(low) <= abs(high) ? fix(j, at: low, .lower) : fix(j, at: high, .upper)
  }

  /// A column in no row and no cone whose only second derivative is its own goes to its minimum.
  private mutating func reduceSeparableColumn(_ j: Int) {
    guard matrix.columnLength[j] == 0, traits[j].isDisjoint(with: [.conic, .separated, .integer]) else { return }
    if hessian == nil { hessian = SymmetricPattern(form.hessian) }
    guard let p = hessian else { return }
    var curvature = 0.0
    for k in p.starts[j]..<p.starts[j + 1] {
      let other = Int(p.indices[k])
      if other == j {
        curvature = sign * p.values[k]
      } else if !traits[other].contains(.gone), p.values[k] != 0 {
        return
      }
    }
    if curvature <= 0 { return }
    counts.emptyColumns += 1
    let minimum = -cost[j] / curvature
    if minimum <= lower[j] {
      fix(j, at: lower[j], .lower)
    } else if minimum >= upper[j] {
      fix(j, at: upper[j], .upper)
    } else {
      fix(j, at: minimum, .free)
    }
  }

  /// Fixes a column that its cost and all its rows pull in the same direction.
  /// - Returns: whether the column is gone.
  private mutating func reduceByLocks(_ j: Int) throws(Stop) -> Bool {
    let c = cost[j]
    var mayFall = c >= 0
    var mayRise = c <= 0
    var k = matrix.columnHead[j]
    while k >= 0 && (mayFall || mayRise) {
      let e = matrix.entries[Int(k)]
      let (hasLower, hasUpper) = (rowLower[Int(e.row)] > -.infinity, rowUpper[Int(e.row)] < .infinity)
      if e.value > 0 ? hasLower : hasUpper { mayFall = false }
      if e.value > 0 ? hasUpper : hasLower { mayRise = false }
      k = e.columnNext
    }
    if mayFall {
      if lower[j] > -.infinity {
        counts.dualFixed += 1
        fix(j, at: lower[j], .lower)
        return true
      }
      if c > 0 { throw .unboundedColumn(j, direction: -1) }
      return pullRows(j)
    }
    if mayRise {
      if upper[j] < .infinity {
        counts.dualFixed += 1
        fix(j, at: upper[j], .upper)
        return true
      }
      if c < 0 { throw .unboundedColumn(j, direction: 1) }
      return pullRows(j)
    }
    return false
  }

  /// Removes a column without cost that can satisfy all its rows at no expense, with those rows.
  private mutating func pullRows(_ j: Int) -> Bool {
    if traits[j].contains(.integer) { return false }
    var total = 0
    var k = matrix.columnHead[j]
    while k >= 0 {
      let e = matrix.entries[Int(k)]
      total += Int(matrix.rowLength[Int(e.row)])
      if abs(e.value) < options.pivot * largestEntry(ofRow: Int(e.row)) { return false }
      k = e.columnNext
    }
    if total > slackBudget { return false }
    slackBudget -= total
    counts.pulledRows += Int(matrix.columnLength[j])
    var record = ReductionStack.Record(kind: .pulledRows, column: Int32(truncatingIfNeeded: j))
    record.first = stack.mark
    record.secondCount = matrix.columnLength[j]
    // For each row: its index and the entry, both sides, the number of other entries, then those.
    k = matrix.columnHead[j]
    while k >= 0 {
      let e = matrix.entries[Int(k)]
      let i = Int(e.row)
      stack.store(e.row, e.value)
      stack.store(0, rowLower[i])
      stack.store(0, rowUpper[i])
      stack.store(matrix.rowLength[i] - 1, 0)
      storeRow(i, without: j)
      k = e.columnNext
    }
    stack.store(0, lower[j])
    stack.store(0, upper[j])
    record.count = Int32(truncatingIfNeeded: stack.mark - record.first)
    stack.push(record)
    k = matrix.columnHead[j]
    while k >= 0 {
      let e = matrix.entries[Int(k)]
      removeRow(Int(e.row))
      k = e.columnNext
    }
    traits[j].insert(.gone)
    columnsLeft -= 1
    return true
  }

  /// Stores a row's other entries.
  @inline(__always)
  mutating func storeRow(_ i: Int, without j: Int) {
    var k = matrix.rowHead[i]
    while k >= 0 {
      let e = matrix.entries[Int(k)]
      if Int(e.column) != j { stack.store(e.column, e.value) }
      k = e.rowNext
    }
  }

  /// Largest magnitude in a row.
  @inline(__always)
  func largestEntry(ofRow i: Int) -> Double {
    var largest = 0.0
    var k = matrix.rowHead[i]
    while k >= 0 {
      largest = max(largest, abs(matrix.entries[Int(k)].value))
      k = matrix.entries[Int(k)].rowNext
    }
    return largest
  }
}
