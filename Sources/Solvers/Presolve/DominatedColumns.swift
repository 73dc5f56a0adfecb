/// Rules that rest on bounds of the multipliers: columns whose reduced cost cannot be 0 are fixed, rows whose multiplier
/// cannot be 0 are held at a side.
///
/// A column without an upper bound has a reduced cost of at least 0, which bounds the multipliers of its rows, given the
/// signs and bounds of the others; those bound the reduced costs of further columns. Premises are the signs of the
/// reduced costs of columns that may be fixed, and of the multipliers of inequalities.
///
/// E. D. Andersen and K. D. Andersen, "Presolving in linear programming", Mathematical Programming 71 (1995),
/// section 3.4.
extension PresolveProblem {
  /// Fixes columns and holds rows as bounds of the multipliers prove.
  /// - Complexity: O(rows + entries).
  mutating func reduceDominatedColumns() {
    var bounds = ProvenBounds(count: rowCount, premises: columnCount + rowCount)
    for i in 0..<rowCount {
      let (low, high) = signBounds(i)
      bounds.set(i, low: low, high: high, premise: signPremise(i))
    }
    var isAny = false
    for _ in 0..<3 {
      var isNew = false
      for j in 0..<columnCount where traits[j].isEmpty && matrix.columnLength[j] > 0 {
        if boundMultipliers(by: j, &bounds) { isNew = true }
      }
      if !isNew { break }
      isAny = true
    }
    if !isAny { return }
    for j in 0..<columnCount where traits[j].isDisjoint(with: [.gone, .quadratic, .conic]) {
      if matrix.columnLength[j] > 0 { fixIfDominated(j, &bounds) }
    }
  }

  /// Bounds of a multiplier by the sides of its row alone: none leans on an infinite side.
  @inline(__always)
  private func signBounds(_ i: Int) -> (low: Double, high: Double) {
    (rowUpper[i] < .infinity ? -.infinity : 0, rowLower[i] > -.infinity ? .infinity : 0)
  }

  /// The premise that the sign of a multiplier is; none for an equation, which has no sign.
  @inline(__always)
  private func signPremise(_ i: Int) -> Int { rowLower[i] == rowUpper[i] ? -1 : columnCount + i }

  /// Which signs the reduced cost of a column cannot have: a bound that is infinite, or that rows keep the column away
  /// from, has no part in it.
  private func signs(of j: Int) -> (isNeverNegative: Bool, isNeverPositive: Bool) {
    var result = (upper[j] == .infinity, lower[j] == -.infinity)
    if result.0 && result.1 { return result }
    var k = matrix.columnHead[j]
    while k >= 0 {
      let e = matrix.entries[Int(k)]
      let (low, high) = impliedBounds(Int(e.row), e.value, j, activity(Int(e.row), isFresh: true))
      if low > lower[j] + 1e-3 * max(1, abs(lower[j])) { result.1 = true }
      if high < upper[j] - 1e-3 * max(1, abs(upper[j])) { result.0 = true }
      k = e.columnNext
    }
    return result
  }

  /// The bounds that a column sets on the multipliers of its rows, given those of the others.
  private mutating func boundMultipliers(by j: Int, _ bounds: inout ProvenBounds) -> Bool {
    var sum = RangeOfSum()
    var k = matrix.columnHead[j]
    while k >= 0 {
      let e = matrix.entries[Int(k)]
      let i = Int(e.row)
      let (low, high) = signBounds(i)
      bounds.refresh(i, low: low, high: high, premise: signPremise(i))
      sum.add(e.value, bounds.ranges[i].low, bounds.ranges[i].high)
      if sum.isOpen { return false }
      k = e.columnNext
    }
    let (isNeverNegative, isNeverPositive) = signs(of: j)
    // The entries times the multipliers are at most the cost, or at least.
    let isAtMost = isNeverNegative && sum.leastInfinite <= 1
    let isAtLeast = isNeverPositive && sum.mostInfinite <= 1
    let leastBasis = isAtMost ? premises(of: j, isLeast: true, bounds) : nil
    let mostBasis = isAtLeast ? premises(of: j, isLeast: false, bounds) : nil
    if leastBasis == nil && mostBasis == nil { return false }
    var isAny = false
    k = matrix.columnHead[j]
    while k >= 0 {
      let e = matrix.entries[Int(k)]
      let i = Int(e.row)
      k = e.columnNext
      let range = bounds.ranges[i]
      if let leastBasis {
        let limit = (cost[j] - sum.least(without: e.value, range.low, range.high)) / e.value
        if narrow(i, limit, isHigh: e.value > 0, by: j, isLeast: true, leastBasis, &bounds) { isAny = true }
      }
      if let mostBasis {
        let limit = (cost[j] - sum.most(without: e.value, range.low, range.high)) / e.value
        if narrow(i, limit, isHigh: e.value < 0, by: j, isLeast: false, mostBasis, &bounds) { isAny = true }
      }
    }
    return isAny
  }

  /// What the bounds set by a column rest on: the sign of its reduced cost, and the premises of the bounds that its
  /// smallest or largest value comes from; nil when those are too many. The multiplier that is infinite there, and the
  /// only one that is bounded then, has no part in it.
  private func premises(
    of j: Int, isLeast: Bool, without row: Int = -1, _ bounds: borrowing ProvenBounds
  ) -> ProvenBounds.Basis? {
    var basis = ProvenBounds.noBasis
    if lower[j] > -.infinity || upper[j] < .infinity { _ = ProvenBounds.insert(j, into: &basis) }
    var k = matrix.columnHead[j]
    while k >= 0 {
      let e = matrix.entries[Int(k)]
      let isHigh = (e.value > 0) != isLeast
      let range = bounds.ranges[Int(e.row)]
      if Int(e.row) != row && (isHigh ? range.high : range.low).isFinite {
        if !bounds.addBasis(of: Int(e.row), isHigh: isHigh, to: &basis) { return nil }
      }
      k = e.columnNext
    }
    return basis
  }

  /// Takes a bound of a multiplier if it is better; where it keeps the multiplier from 0, the row is held.
  private mutating func narrow(
    _ i: Int, _ limit: Double, isHigh: Bool, by j: Int, isLeast: Bool, _ basis: ProvenBounds.Basis,
    _ bounds: inout ProvenBounds
  ) -> Bool {
    guard abs(limit) <= 1e8 else { return false }
    let step = 1e-6 * max(1, abs(limit))
    if isHigh ? limit >= bounds.ranges[i].high - step : limit <= bounds.ranges[i].low + step { return false }
    // Something may have been given up since the column was looked at.
    guard bounds.isValid(basis) else { return false }
    bounds.set(i, limit, isHigh: isHigh, basis)
    let small = 1e-9 * max(1, abs(limit))
    guard rowLower[i] < rowUpper[i], isHigh ? limit < -small : limit > small,
      (isHigh ? rowUpper[i] : rowLower[i]).isFinite
    else { return true }
    // The sign that is given up must not be a premise; the row's own bound has no part in the one found for it.
    var proof = basis
    if ProvenBounds.contains(basis, columnCount + i) {
      guard let own = premises(of: j, isLeast: isLeast, without: i, bounds), !ProvenBounds.contains(own, columnCount + i)
      else { return true }
      proof = own
    }
    hold(i, isLower: !isHigh)
    bounds.giveUp(columnCount + i)
    bounds.set(i, limit, isHigh: isHigh, proof)
    return true
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

  private mutating func fixIfDominated(_ j: Int, _ bounds: inout ProvenBounds) {
    var sum = RangeOfSum()
    var k = matrix.columnHead[j]
    while k >= 0 {
      let e = matrix.entries[Int(k)]
      let i = Int(e.row)
      let (low, high) = signBounds(i)
      bounds.refresh(i, low: low, high: high, premise: signPremise(i))
      let range = bounds.range(i, without: j, low: low, high: high)
      sum.add(e.value, range.low, range.high)
      if sum.leastInfinite > 0 && sum.mostInfinite > 0 { return }
      k = e.columnNext
    }
    let small = 1e-9 * max(1, abs(cost[j]), sum.largest)
    if sum.mostInfinite == 0 && cost[j] - sum.most > small && lower[j] > -.infinity {
      fix(j, at: lower[j], .lower)
    } else if sum.leastInfinite == 0 && cost[j] - sum.least < -small && upper[j] < .infinity {
      fix(j, at: upper[j], .upper)
    } else {
      return
    }
    counts.dominated += 1
    bounds.giveUp(j)
  }
}
