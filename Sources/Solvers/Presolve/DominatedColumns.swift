/// Rules that rest on bounds of the multipliers: columns whose reduced cost cannot be 0 are fixed, rows whose multiplier
/// cannot be 0 are held at a side.
///
/// A column without an upper bound has a reduced cost of at least 0, which bounds the multipliers of its rows; those
/// bound the reduced costs of other columns. Columns that bounds come from are not themselves fixed in the same pass, so
/// that every multiplier of the reduced problem satisfies the bounds.
///
/// E. D. Andersen and K. D. Andersen, "Presolving in linear programming", Mathematical Programming 71 (1995),
/// section 3.4.
extension PresolveProblem {
  /// Bounds of a multiplier.
  private struct MultiplierRange {
    var low: Double
    var high: Double
  }

  /// Smallest and largest value of a column's entries times multipliers.
  private struct PricedRange {
    var least = 0.0
    var most = 0.0
    var leastInfinite = 0
    var mostInfinite = 0
    /// Largest finite term.
    var largest = 0.0

    @inline(__always)
    mutating func add(_ low: Double, _ high: Double) {
      if low > -.infinity {
        least += low
        largest = max(largest, abs(low))
      } else {
        leastInfinite += 1
      }
      if high < .infinity {
        most += high
        largest = max(largest, abs(high))
      } else {
        mostInfinite += 1
      }
    }
  }

  /// Fixes columns and holds rows as bounds of the multipliers prove.
  /// - Complexity: O(rows + entries).
  mutating func reduceDominatedColumns() {
    let ranges = UnsafeMutablePointer<MultiplierRange>.allocate(capacity: rowCount + 1)
    defer { ranges.deallocate() }
    for i in 0..<rowCount {
      // No multiplier leans on an infinite side.
      ranges[i] = MultiplierRange(
        low: rowUpper[i] < .infinity ? -.infinity : 0, high: rowLower[i] > -.infinity ? .infinity : 0)
    }
    var isAny = false
    for j in 0..<columnCount where matrix.columnLength[j] == 1 && isSource(j) {
      if boundBySingleton(j, ranges) { isAny = true }
    }
    for _ in 0..<2 {
      for j in 0..<columnCount where matrix.columnLength[j] > 1 && isSource(j) {
        if bound(by: j, ranges) { isAny = true }
      }
    }
    if isAny {
      for j in 0..<columnCount where work[j] == 0 && traits[j].isDisjoint(with: [.gone, .quadratic, .conic]) {
        fixIfDominated(j, ranges)
      }
    }
    for j in 0..<columnCount { work[j] = 0 }
  }

  /// Whether a column bounds multipliers: continuous, linear, with at most one bound.
  @inline(__always)
  private func isSource(_ j: Int) -> Bool { traits[j].isEmpty && (lower[j] == -.infinity || upper[j] == .infinity) }

  /// Narrows the range of a multiplier; a column that did is not fixed in this pass.
  @inline(__always)
  private func narrow(
    _ range: inout MultiplierRange, _ limit: Double, isHigh: Bool, by j: Int
  ) -> Bool {
    guard abs(limit) <= 1e8 else { return false }
    if isHigh {
      if limit >= range.high - 1e-6 * max(1, abs(limit)) { return false }
      range.high = limit
    } else {
      if limit <= range.low + 1e-6 * max(1, abs(limit)) { return false }
      range.low = limit
    }
    work[j] = 1
    return true
  }

  /// The bound that a column with one entry sets; a row whose multiplier it keeps from 0 becomes an equation.
  private mutating func boundBySingleton(_ j: Int, _ ranges: UnsafeMutablePointer<MultiplierRange>) -> Bool {
    let e = matrix.entries[Int(matrix.columnHead[j])]
    let i = Int(e.row)
    let limit = cost[j] / e.value
    var isAny = false
    // The reduced cost c - a y is at least 0 without an upper bound and at most 0 without a lower one.
    if upper[j] == .infinity && narrow(&ranges[i], limit, isHigh: e.value > 0, by: j) { isAny = true }
    if lower[j] == -.infinity && narrow(&ranges[i], limit, isHigh: e.value < 0, by: j) { isAny = true }
    if isAny && rowLower[i] < rowUpper[i] {
      let small = 1e-9 * max(1, abs(limit))
      if ranges[i].low > small && rowLower[i].isFinite { hold(i, isLower: true) }
      if ranges[i].high < -small && rowUpper[i].isFinite { hold(i, isLower: false) }
    }
    return isAny
  }

  /// Makes an equation of a row that is at one side in every optimum.
  private mutating func hold(_ i: Int, isLower: Bool) {
    counts.heldRows += 1
    var record = ReductionStack.Record(kind: .heldRow, marks: isLower ? .lower : .upper)
    record.row = Int32(truncatingIfNeeded: i)
    stack.push(record)
    if isLower { rowUpper[i] = rowLower[i] } else { rowLower[i] = rowUpper[i] }
    changedRows.push(i)
    var k = matrix.rowHead[i]
    while k >= 0 {
      changedColumns.push(Int(matrix.entries[Int(k)].column))
      k = matrix.entries[Int(k)].rowNext
    }
  }

  @inline(__always)
  private func terms(_ a: Double, _ range: MultiplierRange) -> (low: Double, high: Double) {
    // 0 times an infinite bound does not occur: no entry is 0.
    a > 0 ? (a * range.low, a * range.high) : (a * range.high, a * range.low)
  }

  private func priced(_ j: Int, _ ranges: UnsafeMutablePointer<MultiplierRange>) -> PricedRange {
    var sum = PricedRange()
    var k = matrix.columnHead[j]
    while k >= 0 {
      let e = matrix.entries[Int(k)]
      let (low, high) = terms(e.value, ranges[Int(e.row)])
      sum.add(low, high)
      if sum.leastInfinite > 1 && sum.mostInfinite > 1 { return sum }
      k = e.columnNext
    }
    return sum
  }

  /// The bounds that a column sets on the multipliers of its rows, given those of the others.
  private func bound(by j: Int, _ ranges: UnsafeMutablePointer<MultiplierRange>) -> Bool {
    let sum = priced(j, ranges)
    let isAtMost = upper[j] == .infinity && sum.leastInfinite <= 1
    let isAtLeast = lower[j] == -.infinity && sum.mostInfinite <= 1
    if !isAtMost && !isAtLeast { return false }
    var isAny = false
    let c = cost[j]
    var k = matrix.columnHead[j]
    while k >= 0 {
      let e = matrix.entries[Int(k)]
      let i = Int(e.row)
      let (low, high) = terms(e.value, ranges[i])
      if isAtMost && (sum.leastInfinite == 0 || low == -.infinity) {
        let rest = low == -.infinity ? sum.least : sum.least - low
        if narrow(&ranges[i], (c - rest) / e.value, isHigh: e.value > 0, by: j) { isAny = true }
      }
      if isAtLeast && (sum.mostInfinite == 0 || high == .infinity) {
        let rest = high == .infinity ? sum.most : sum.most - high
        if narrow(&ranges[i], (c - rest) / e.value, isHigh: e.value < 0, by: j) { isAny = true }
      }
      k = e.columnNext
    }
    return isAny
  }

  private mutating func fixIfDominated(_ j: Int, _ ranges: UnsafeMutablePointer<MultiplierRange>) {
    if matrix.columnLength[j] == 0 { return }
    let sum = priced(j, ranges)
    let small = 1e-9 * max(1, abs(cost[j]), sum.largest)
    if sum.mostInfinite == 0 && cost[j] - sum.most > small && lower[j] > -.infinity {
      counts.dominated += 1
      fix(j, at: lower[j], .lower)
    } else if sum.leastInfinite == 0 && cost[j] - sum.least < -small && upper[j] < .infinity {
      counts.dominated += 1
      fix(j, at: upper[j], .upper)
    }
  }
}
