/// Rules that look at one row: empty, singleton, redundant, forcing.
///
/// A. L. Brearley, G. Mitra and H. P. Williams, "Analysis of mathematical programming problems prior to applying the
/// simplex algorithm", Mathematical Programming 8 (1975); E. D. Andersen and K. D. Andersen, "Presolving in linear
/// programming", Mathematical Programming 71 (1995), section 3.
extension PresolveProblem {
  /// What rounding may hide in sums of numbers of this size.
  @inline(__always)
  func dust(_ size: Double) -> Double { options.rounding * max(1, size) }

  /// The violation up to which a row with numbers of this size counts as satisfied.
  @inline(__always)
  func slack(_ size: Double) -> Double { options.feasibility * max(1, size) }

  /// Whether a number is larger than another by more than rounding.
  @inline(__always)
  func exceeds(_ a: Double, _ b: Double) -> Bool { a > b + (b.isFinite ? 0.1 * dust(abs(b)) : 0) }

  /// Looks at a row that changed.
  mutating func reduceRow(_ i: Int) throws(Stop) {
    if isRowGone[i] != 0 { return }
    switch matrix.rowLength[i] {
    case 0: try reduceEmptyRow(i)
    case 1: try reduceSingletonRow(i)
    default:
      try reduceByActivity(i)
      if isRowGone[i] == 0 && matrix.rowLength[i] == 2 && rowLower[i] == rowUpper[i],
        options.rules.contains(.doubletons)
      {
        doubletons.push(i)
      }
    }
  }

  private mutating func reduceEmptyRow(_ i: Int) throws(Stop) {
    let allowed = slack(rowSize[i])
    if rowLower[i] > allowed { throw .infeasible([(i, 1)]) }
    if rowUpper[i] < -allowed { throw .infeasible([(i, -1)]) }
    counts.emptyRows += 1
    removeRow(i)
  }

  /// A row with one entry becomes bounds of its column.
  private mutating func reduceSingletonRow(_ i: Int) throws(Stop) {
    let entry = matrix.entries[Int(matrix.rowHead[i])]
    let (j, a) = (Int(entry.column), entry.value)
    let (first, second) = (rowLower[i] / a, rowUpper[i] / a)
    var (low, high) = a > 0 ? (first, second) : (second, first)
    if usesIntegrality && traits[j].contains(.integer) {
      (low, high) = (roundedUp(low), roundedDown(high))
      if low > high { throw .infeasible([]) }
      counts.wholeValues += 1
    }
    let (oldLow, oldHigh) = (lower[j], upper[j])
    // The tolerance is that of the row, in units of the column.
    let allowed = max(slack(rowSize[i]) / max(1, abs(a)), slack(min(abs(oldLow), abs(oldHigh))))
    if low > oldHigh + allowed { throw .infeasible([(i, a > 0 ? 1 : -1)]) }
    if high < oldLow - allowed { throw .infeasible([(i, a > 0 ? -1 : 1)]) }
    var marks: ReductionStack.Marks = []
    var (newLow, newHigh) = (oldLow, oldHigh)
    if exceeds(low, oldLow) {
      marks.insert(.lower)
      newLow = min(low, oldHigh)
    }
    if exceeds(-high, -oldHigh) {
      marks.insert(.upper)
      newHigh = max(high, oldLow)
    }
    // An equation, whose two quotients are the same number, leaves no room between the bounds.
    if newLow > newHigh { newHigh = newLow }
    counts.singletonRows += 1
    var record = ReductionStack.Record(kind: .singletonRow, marks: marks)
    record.row = Int32(truncatingIfNeeded: i)
    record.column = Int32(truncatingIfNeeded: j)
    record.pivot = a
    stack.push(record)
    removeRow(i)
    if !marks.isEmpty { setBounds(j, lower: newLow, upper: newHigh) }
  }

  /// Compares a row's sides with its range: it may be impossible, redundant on a side, or forcing.
  private mutating func reduceByActivity(_ i: Int) throws(Stop) {
    let range = activity(i, isFresh: true)
    if range.leastInfinite > 0 && range.mostInfinite > 0 { return }
    let (low, high) = (rowLower[i], rowUpper[i])
    let size = max(rowSize[i], range.largest)
    if range.leastInfinite == 0 {
      if range.least > high + slack(size) { throw .infeasible([(i, -1)]) }
      if range.least >= high - dust(size) { return force(i, isUpper: true) }
    }
    if range.mostInfinite == 0 {
      if range.most < low - slack(size) { throw .infeasible([(i, 1)]) }
      if range.most <= low + dust(size) { return force(i, isUpper: false) }
    }
    if low > -.infinity && range.leastInfinite == 0 && range.least >= low - dust(size) { dropSide(i, isLower: true) }
    if isRowGone[i] == 0 && high < .infinity && range.mostInfinite == 0 && range.most <= high + dust(size) {
      dropSide(i, isLower: false)
    }
  }

  /// Fixes all columns of a row that only holds with each of them at one bound.
  private mutating func force(_ i: Int, isUpper: Bool) {
    counts.forcingRows += 1
    var record = ReductionStack.Record(kind: .forcingRow, marks: isUpper ? .upper : .lower)
    record.row = Int32(truncatingIfNeeded: i)
    record.first = stack.mark
    record.count = matrix.rowLength[i]
    var k = matrix.rowHead[i]
    while k >= 0 {
      let e = matrix.entries[Int(k)]
      stack.store(e.column, e.value)
      k = e.rowNext
    }
    stack.push(record)
    removeRow(i)
    for t in record.first..<record.first + Int(record.count) {
      let j = Int(stack.indices[t])
      let isAtLower = (stack.values[t] > 0) == isUpper
      fix(j, at: isAtLower ? lower[j] : upper[j], isAtLower ? .lower : .upper)
    }
  }

  /// The smallest whole number not below, up to rounding.
  @inline(__always)
  func roundedUp(_ value: Double) -> Double {
    abs(value) > 1e15 ? value : (value - options.integrality).rounded(.up)
  }

  /// The largest whole number not above, up to rounding.
  @inline(__always)
  func roundedDown(_ value: Double) -> Double {
    abs(value) > 1e15 ? value : (value + options.integrality).rounded(.down)
  }
}
