/// Rules that rest on bounds of the multipliers: columns whose reduced cost cannot be 0 are fixed, and rows whose
/// multiplier has the sign that one of their sides asks for anyway become equations at that side.
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
    let columns = ColumnEntries(matrix)
    // By column and bound, what ``isKept(_:fromUpper:_:)`` said: 1 for no, 2 for yes.
    var kept = [(lower: UInt8, upper: UInt8)](repeating: (0, 0), count: columnCount)
    var isAny = false
    for _ in 0..<3 {
      var isNew = false
      for j in 0..<columnCount where boundMultipliers(by: j, columns[j], &kept[j], &bounds) { isNew = true }
      if !isNew { break }
      isAny = true
    }
    if !isAny { return }
    for j in 0..<columnCount { fixIfDominated(j, columns[j], &bounds) }
  }

  /// Bounds of a multiplier by the sides of its row alone: none leans on an infinite side.
  @inline(__always)
  private func signBounds(_ i: Int) -> (low: Double, high: Double) {
    (rowUpper[i] < .infinity ? -.infinity : 0, rowLower[i] > -.infinity ? .infinity : 0)
  }

  /// The premise that the sign of a multiplier is; none for an equation, which has no sign.
  @inline(__always)
  private func signPremise(_ i: Int) -> Int { rowLower[i] == rowUpper[i] ? -1 : columnCount + i }

  /// Whether the reduced cost of a column cannot be negative, or (for the lower bound) positive: a bound that is infinite,
  /// or that rows keep the column away from, has no part in it.
  private func isKept(_ j: Int, fromUpper: Bool, _ column: ColumnEntries.Column) -> Bool {
    let bound = fromUpper ? upper[j] : lower[j]
    if !bound.isFinite { return true }
    let step = 1e-3 * max(1, abs(bound))
    for t in 0..<column.count {
      let i = Int(column.rows[t])
      let (low, high) = impliedBounds(i, column.values[t], j, activity(i, isFresh: true))
      if fromUpper ? high < bound - step : low > bound + step { return true }
    }
    return false
  }

  /// The bounds that a column sets on the multipliers of its rows, given those of the others.
  private mutating func boundMultipliers(
    by j: Int, _ column: ColumnEntries.Column, _ kept: inout (lower: UInt8, upper: UInt8), _ bounds: inout ProvenBounds
  ) -> Bool {
    if column.count == 0 || !traits[j].isEmpty { return false }
    var sum = RangeOfSum()
    for t in 0..<column.count {
      let i = Int(column.rows[t])
      let (low, high) = signBounds(i)
      bounds.refresh(i, low: low, high: high, premise: signPremise(i))
      sum.add(column.values[t], bounds.ranges[i].low, bounds.ranges[i].high)
      if sum.isOpen { return false }
    }
    // The entries times the multipliers are at most the cost, or at least.
    if sum.leastInfinite <= 1 && kept.upper == 0 { kept.upper = isKept(j, fromUpper: true, column) ? 2 : 1 }
    if sum.mostInfinite <= 1 && kept.lower == 0 { kept.lower = isKept(j, fromUpper: false, column) ? 2 : 1 }
    var isAtMost = sum.leastInfinite <= 1 && kept.upper == 2
    var isAtLeast = sum.mostInfinite <= 1 && kept.lower == 2
    if !isAtMost && !isAtLeast { return false }
    // What the bounds rest on is gathered when the first of them is of use, before it changes anything.
    var leastBasis: ProvenBounds.Basis?
    var mostBasis: ProvenBounds.Basis?
    var hasBases = false
    var isAny = false
    for t in 0..<column.count {
      let (i, a) = (Int(column.rows[t]), column.values[t])
      let range = bounds.ranges[i]
      let atMost = isAtMost ? (cost[j] - sum.least(without: a, range.low, range.high)) / a : .nan
      let atLeast = isAtLeast ? (cost[j] - sum.most(without: a, range.low, range.high)) / a : .nan
      let isUseful =
        isNarrower(atMost, isHigh: a > 0, range) || isNarrower(atLeast, isHigh: a < 0, range)
        || givesSign(i, atMost, isHigh: a > 0) || givesSign(i, atLeast, isHigh: a < 0)
      if !isUseful { continue }
      if !hasBases {
        leastBasis = isAtMost ? premises(of: j, column, isLeast: true, bounds) : nil
        mostBasis = isAtLeast ? premises(of: j, column, isLeast: false, bounds) : nil
        (isAtMost, isAtLeast, hasBases) = (leastBasis != nil, mostBasis != nil, true)
      }
      if let leastBasis, narrow(i, atMost, isHigh: a > 0, by: j, column, isLeast: true, leastBasis, &bounds) {
        isAny = true
      }
      if let mostBasis, narrow(i, atLeast, isHigh: a < 0, by: j, column, isLeast: false, mostBasis, &bounds) {
        isAny = true
      }
    }
    return isAny
  }

  /// Whether a limit (not a number for none) is better than a bound by more than rounding.
  @inline(__always)
  private func isNarrower(_ limit: Double, isHigh: Bool, _ range: ProvenBounds.Range) -> Bool {
    guard abs(limit) <= 1e8 else { return false }
    let step = 1e-6 * max(1, abs(limit))
    return isHigh ? limit < range.high - step : limit > range.low + step
  }

  /// Whether a limit (not a number for none) gives the multiplier of an inequality the sign that its side asks for. The
  /// side need not ask for it then: the row may be an equation.
  @inline(__always)
  private func givesSign(_ i: Int, _ limit: Double, isHigh: Bool) -> Bool {
    guard abs(limit) <= 1e8, rowLower[i] < rowUpper[i] else { return false }
    return isHigh ? limit <= 0 && rowUpper[i] < .infinity : limit >= 0 && rowLower[i] > -.infinity
  }

  /// What the bounds set by a column rest on: the sign of its reduced cost, and the premises of the bounds that its
  /// smallest or largest value comes from; nil when those are too many. The multiplier that is infinite there, and the
  /// only one that is bounded then, has no part in it.
  private func premises(
    of j: Int, _ column: ColumnEntries.Column, isLeast: Bool, without row: Int = -1, _ bounds: borrowing ProvenBounds
  ) -> ProvenBounds.Basis? {
    var basis = ProvenBounds.noBasis
    if lower[j] > -.infinity || upper[j] < .infinity { _ = ProvenBounds.insert(j, into: &basis) }
    for t in 0..<column.count {
      let i = Int(column.rows[t])
      let isHigh = (column.values[t] > 0) != isLeast
      let range = bounds.ranges[i]
      if i != row && (isHigh ? range.high : range.low).isFinite {
        if !bounds.addBasis(of: i, isHigh: isHigh, to: &basis) { return nil }
      }
    }
    return basis
  }

  /// Takes a bound of a multiplier if it is better; where it gives the multiplier its sign, the row is held.
  private mutating func narrow(
    _ i: Int, _ limit: Double, isHigh: Bool, by j: Int, _ column: ColumnEntries.Column, isLeast: Bool,
    _ basis: ProvenBounds.Basis, _ bounds: inout ProvenBounds
  ) -> Bool {
    let isBetter = isNarrower(limit, isHigh: isHigh, bounds.ranges[i])
    let isSign = givesSign(i, limit, isHigh: isHigh)
    // Something may have been given up since the column was looked at.
    guard isBetter || isSign, bounds.isValid(basis) else { return false }
    if isBetter { bounds.set(i, limit, isHigh: isHigh, basis) }
    if !isSign { return true }
    // The sign that is given up must not be a premise; the row's own bound has no part in the one found for it.
    var proof = basis
    if ProvenBounds.contains(basis, columnCount + i) {
      guard let own = premises(of: j, column, isLeast: isLeast, without: i, bounds),
        !ProvenBounds.contains(own, columnCount + i)
      else { return isBetter }
      proof = own
    }
    hold(i, isLower: !isHigh)
    bounds.giveUp(columnCount + i)
    bounds.set(i, limit, isHigh: isHigh, proof)
    return true
  }

  /// Makes an equation of a row that is at one side in some optimum.
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

  private mutating func fixIfDominated(_ j: Int, _ column: ColumnEntries.Column, _ bounds: inout ProvenBounds) {
    if column.count == 0 || !traits[j].isDisjoint(with: .locked.union(.gone)) { return }
    var sum = RangeOfSum()
    for t in 0..<column.count {
      let i = Int(column.rows[t])
      let (low, high) = signBounds(i)
      bounds.refresh(i, low: low, high: high, premise: signPremise(i))
      let range = bounds.range(i, without: j, low: low, high: high)
      sum.add(column.values[t], range.low, range.high)
      if sum.leastInfinite > 0 && sum.mostInfinite > 0 { return }
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
