/// Rules that rest on bounds of the multipliers: columns whose reduced cost cannot be 0 are fixed, rows whose multiplier
/// cannot be 0 are held at a side.
///
/// A column without an upper bound has a reduced cost of at least 0, which bounds the multipliers of its rows, given the
/// signs and bounds of the others; those bound the reduced costs of further columns. Each bound knows the columns and
/// signs that it rests on. It is not used to give up one of those, nor any more once one of them has been given up, so
/// that the multipliers of the reduced problem satisfy what was given up.
///
/// E. D. Andersen and K. D. Andersen, "Presolving in linear programming", Mathematical Programming 71 (1995),
/// section 3.4; rows as in L. Gottwald, "Algorithmic progress in HiGHS presolve", (2021).
extension PresolveProblem {
  /// Fixes columns and holds rows as bounds of the multipliers prove.
  /// - Complexity: O(rows + entries).
  mutating func reduceDominatedColumns() {
    let bounds = MultiplierBounds(rows: rowCount, columns: columnCount)
    for i in 0..<rowCount { bounds.reset(i, rowLower[i], rowUpper[i]) }
    var isAny = false
    for _ in 0..<3 {
      var isNew = false
      for j in 0..<columnCount where traits[j].isEmpty && matrix.columnLength[j] > 0 {
        if boundMultipliers(by: j, bounds) { isNew = true }
      }
      if !isNew { break }
      isAny = true
    }
    if !isAny { return }
    for j in 0..<columnCount where traits[j].isDisjoint(with: [.gone, .quadratic, .conic]) {
      if matrix.columnLength[j] > 0 { fixIfDominated(j, bounds) }
    }
  }

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
  private mutating func boundMultipliers(by j: Int, _ bounds: borrowing MultiplierBounds) -> Bool {
    let sum = priced(j, bounds, isProof: false)
    if sum.leastInfinite > 1 && sum.mostInfinite > 1 { return false }
    let (isNeverNegative, isNeverPositive) = signs(of: j)
    // The entries times the multipliers are at most the cost, or at least.
    let isAtMost = isNeverNegative && sum.leastInfinite <= 1
    let isAtLeast = isNeverPositive && sum.mostInfinite <= 1
    if !isAtMost && !isAtLeast { return false }
    var isAny = false
    let c = cost[j]
    var k = matrix.columnHead[j]
    while k >= 0 {
      let e = matrix.entries[Int(k)]
      let i = Int(e.row)
      k = e.columnNext
      let (low, high) = bounds.terms(e.value, i)
      if isAtMost && (sum.leastInfinite == 0 || low == -.infinity) {
        let rest = low == -.infinity ? sum.least : sum.least - low
        if narrow(i, (c - rest) / e.value, isHigh: e.value > 0, by: j, usesLeast: true, bounds) { isAny = true }
      }
      if isAtLeast && (sum.mostInfinite == 0 || high == .infinity) {
        let rest = high == .infinity ? sum.most : sum.most - high
        if narrow(i, (c - rest) / e.value, isHigh: e.value < 0, by: j, usesLeast: false, bounds) { isAny = true }
      }
    }
    return isAny
  }

  /// Takes a bound of a multiplier if it is better; where it keeps the multiplier from 0, the row is held.
  private mutating func narrow(
    _ i: Int, _ limit: Double, isHigh: Bool, by j: Int, usesLeast: Bool, _ bounds: borrowing MultiplierBounds
  ) -> Bool {
    guard abs(limit) <= 1e8, bounds.isBetter(i, limit, isHigh: isHigh) else { return false }
    // What the bound rests on: the column, and what the bounds of its other rows rest on.
    var basis = MultiplierBounds.noBasis
    guard MultiplierBounds.insert(Int32(truncatingIfNeeded: j), into: &basis) else { return false }
    var k = matrix.columnHead[j]
    while k >= 0 {
      let e = matrix.entries[Int(k)]
      if Int(e.row) != i {
        guard bounds.addBasis(of: Int(e.row), isHigh: (e.value > 0) != usesLeast, to: &basis) else { return false }
      }
      k = e.columnNext
    }
    // Something may have been given up since the column was looked at.
    guard bounds.isValid(basis) else { return false }
    bounds.set(i, limit, isHigh: isHigh, basis)
    let small = 1e-9 * max(1, abs(limit))
    if rowLower[i] < rowUpper[i], isHigh ? limit < -small : limit > small, !bounds.restsOnSign(of: i, basis) {
      let side = isHigh ? rowUpper[i] : rowLower[i]
      if side.isFinite {
        hold(i, isLower: !isHigh)
        bounds.giveUpSign(of: i)
      }
    }
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

  /// Smallest and largest value of a column's entries times multipliers.
  private struct PricedRange {
    var least = 0.0
    var most = 0.0
    var leastInfinite = 0
    var mostInfinite = 0
    /// Largest finite term.
    var largest = 0.0
  }

  /// - Parameter isProof: whether the column is to be given up, so that bounds that rest on it do not count.
  private func priced(_ j: Int, _ bounds: borrowing MultiplierBounds, isProof: Bool) -> PricedRange {
    var sum = PricedRange()
    var k = matrix.columnHead[j]
    while k >= 0 {
      let e = matrix.entries[Int(k)]
      let i = Int(e.row)
      bounds.refresh(i, rowLower[i], rowUpper[i])
      let (low, high) =
        isProof ? bounds.terms(e.value, i, without: j, rowLower[i], rowUpper[i]) : bounds.terms(e.value, i)
      if low > -.infinity {
        sum.least += low
        sum.largest = max(sum.largest, abs(low))
      } else {
        sum.leastInfinite += 1
      }
      if high < .infinity {
        sum.most += high
        sum.largest = max(sum.largest, abs(high))
      } else {
        sum.mostInfinite += 1
      }
      if sum.leastInfinite > 1 && sum.mostInfinite > 1 { return sum }
      k = e.columnNext
    }
    return sum
  }

  private mutating func fixIfDominated(_ j: Int, _ bounds: borrowing MultiplierBounds) {
    let sum = priced(j, bounds, isProof: true)
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
