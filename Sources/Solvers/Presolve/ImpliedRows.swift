/// Sides of rows that follow from other rows together.
///
/// Rows bound their columns, given the bounds of the others, and those bounds bound further rows. They serve as proof
/// alone: the bounds of the columns stay what they are, since tight ones would make degenerate vertices. Premises are
/// the inequalities; equations are not given up here.
///
/// M. W. P. Savelsbergh, "Preprocessing and probing techniques for mixed integer programming problems", ORSA Journal on
/// Computing 6 (1994), section 1.
extension PresolveProblem {
  /// Drops sides that bounds implied by other rows make redundant.
  /// - Complexity: O(columns + entries).
  mutating func reduceImpliedRows() {
    var bounds = ProvenBounds(count: columnCount, premises: rowCount)
    for j in 0..<columnCount { bounds.set(j, low: lower[j], high: upper[j]) }
    var isAny = false
    for _ in 0..<2 {
      var isNew = false
      for i in 0..<rowCount where isRowGone[i] == 0 && matrix.rowLength[i] > 1 {
        if boundColumns(by: i, bounds) { isNew = true }
      }
      if !isNew { break }
      isAny = true
    }
    if !isAny { return }
    for i in 0..<rowCount where isRowGone[i] == 0 && rowLower[i] < rowUpper[i] { dropImpliedSides(i, &bounds) }
  }

  /// The bounds that a row sets on its columns, given those of the others.
  private func boundColumns(by i: Int, _ bounds: borrowing ProvenBounds) -> Bool {
    var sum = RangeOfSum()
    var k = matrix.rowHead[i]
    while k >= 0 {
      let e = matrix.entries[Int(k)]
      let range = bounds.ranges[Int(e.column)]
      sum.add(e.value, range.low, range.high)
      if sum.isOpen { return false }
      k = e.rowNext
    }
    var isAtMost = rowUpper[i] < .infinity && sum.leastInfinite <= 1
    var isAtLeast = rowLower[i] > -.infinity && sum.mostInfinite <= 1
    if !isAtMost && !isAtLeast { return false }
    // What the bounds rest on is gathered when the first of them is of use, before it changes anything.
    var leastBasis = ProvenBounds.noBasis
    var mostBasis = ProvenBounds.noBasis
    var isAny = false
    k = matrix.rowHead[i]
    while k >= 0 {
      let e = matrix.entries[Int(k)]
      let j = Int(e.column)
      k = e.rowNext
      let range = bounds.ranges[j]
      let atMost = isAtMost ? (rowUpper[i] - sum.least(without: e.value, range.low, range.high)) / e.value : .nan
      let atLeast = isAtLeast ? (rowLower[i] - sum.most(without: e.value, range.low, range.high)) / e.value : .nan
      let isUseful = isNarrower(atMost, isHigh: e.value > 0, range) || isNarrower(atLeast, isHigh: e.value < 0, range)
      if !isUseful { continue }
      if !isAny {
        if isAtMost, let basis = premises(of: i, isLeast: true, bounds) { leastBasis = basis } else { isAtMost = false }
        if isAtLeast, let basis = premises(of: i, isLeast: false, bounds) { mostBasis = basis } else { isAtLeast = false }
        if !isAtMost && !isAtLeast { return false }
      }
      if isAtMost && isNarrower(atMost, isHigh: e.value > 0, bounds.ranges[j]) {
        bounds.set(j, atMost, isHigh: e.value > 0, leastBasis)
        isAny = true
      }
      if isAtLeast && isNarrower(atLeast, isHigh: e.value < 0, bounds.ranges[j]) {
        bounds.set(j, atLeast, isHigh: e.value < 0, mostBasis)
        isAny = true
      }
    }
    return isAny
  }

  /// What the bounds set by a row rest on: the row, and the premises of the bounds that its smallest or largest value
  /// comes from; nil when those are too many.
  private func premises(of i: Int, isLeast: Bool, _ bounds: borrowing ProvenBounds) -> ProvenBounds.Basis? {
    var basis = ProvenBounds.noBasis
    if rowLower[i] < rowUpper[i] { _ = ProvenBounds.insert(i, into: &basis) }
    var k = matrix.rowHead[i]
    while k >= 0 {
      let e = matrix.entries[Int(k)]
      if !bounds.addBasis(of: Int(e.column), isHigh: (e.value > 0) != isLeast, to: &basis) { return nil }
      k = e.rowNext
    }
    return basis
  }

  /// Whether a limit (not a number for none) is clearly better than a bound of a column.
  @inline(__always)
  private func isNarrower(_ limit: Double, isHigh: Bool, _ range: ProvenBounds.Range) -> Bool {
    guard abs(limit) <= 1e8 else { return false }
    let old = isHigh ? range.high : range.low
    let step = old.isFinite ? 1e-3 * max(1, abs(old)) : 0
    return isHigh ? limit < old - step : limit > old + step
  }

  private mutating func dropImpliedSides(_ i: Int, _ bounds: inout ProvenBounds) {
    var sum = RangeOfSum()
    var k = matrix.rowHead[i]
    while k >= 0 {
      let e = matrix.entries[Int(k)]
      let j = Int(e.column)
      bounds.refresh(j, low: lower[j], high: upper[j])
      let range = bounds.range(j, without: i, low: lower[j], high: upper[j])
      sum.add(e.value, range.low, range.high)
      if sum.leastInfinite > 0 && sum.mostInfinite > 0 { return }
      k = e.rowNext
    }
    let size = max(rowSize[i], sum.largest)
    let isLowerImplied = rowLower[i] > -.infinity && sum.leastInfinite == 0 && sum.least >= rowLower[i] - dust(size)
    let isUpperImplied = rowUpper[i] < .infinity && sum.mostInfinite == 0 && sum.most <= rowUpper[i] + dust(size)
    if !isLowerImplied && !isUpperImplied { return }
    counts.impliedSides += (isLowerImplied ? 1 : 0) + (isUpperImplied ? 1 : 0)
    bounds.giveUp(i)
    if isLowerImplied { dropSide(i, isLower: true) }
    if isUpperImplied && isRowGone[i] == 0 { dropSide(i, isLower: false) }
  }
}
