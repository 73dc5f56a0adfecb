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
    let isAtMost = rowUpper[i] < .infinity && sum.leastInfinite <= 1
    let isAtLeast = rowLower[i] > -.infinity && sum.mostInfinite <= 1
    let leastBasis = isAtMost ? premises(of: i, isLeast: true, bounds) : nil
    let mostBasis = isAtLeast ? premises(of: i, isLeast: false, bounds) : nil
    if leastBasis == nil && mostBasis == nil { return false }
    var isAny = false
    k = matrix.rowHead[i]
    while k >= 0 {
      let e = matrix.entries[Int(k)]
      let j = Int(e.column)
      k = e.rowNext
      let range = bounds.ranges[j]
      if let leastBasis {
        let limit = (rowUpper[i] - sum.least(without: e.value, range.low, range.high)) / e.value
        if narrow(j, limit, isHigh: e.value > 0, leastBasis, bounds) { isAny = true }
      }
      if let mostBasis {
        let limit = (rowLower[i] - sum.most(without: e.value, range.low, range.high)) / e.value
        if narrow(j, limit, isHigh: e.value < 0, mostBasis, bounds) { isAny = true }
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

  /// Takes a bound of a column if it is clearly better.
  @inline(__always)
  private func narrow(
    _ j: Int, _ limit: Double, isHigh: Bool, _ basis: ProvenBounds.Basis, _ bounds: borrowing ProvenBounds
  ) -> Bool {
    guard abs(limit) <= 1e8 else { return false }
    let old = isHigh ? bounds.ranges[j].high : bounds.ranges[j].low
    let step = old.isFinite ? 1e-3 * max(1, abs(old)) : 0
    if isHigh ? limit >= old - step : limit <= old + step { return false }
    bounds.set(j, limit, isHigh: isHigh, basis)
    return true
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
