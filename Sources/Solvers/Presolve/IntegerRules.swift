/// Rules that rest on whole values: bounds and sides are rounded, coefficients tightened, and columns that are whole
/// anyway found to be so.
///
/// M. W. P. Savelsbergh, "Preprocessing and probing techniques for mixed integer programming problems", ORSA Journal on
/// Computing 6 (1994), section 2; T. Achterberg, R. E. Bixby, Z. Gu, E. Rothberg and D. Weninger, "Presolve reductions
/// in mixed integer programming", INFORMS Journal on Computing 32 (2020), sections 3 and 4.
extension PresolveProblem {
  /// Applies the rules for whole columns to all that is left.
  /// - Complexity: O(rows + columns + entries).
  mutating func reduceIntegers() throws(Stop) {
    try roundAllBounds()
    for i in 0..<rowCount where isRowGone[i] == 0 && matrix.rowLength[i] > 0 {
      try tightenByIntegers(i)
      if isRowGone[i] == 0 {
        findImpliedInteger(i)
        try roundSides(i)
      }
      if isRowGone[i] == 0 { tightenCoefficients(i) }
    }
  }

  /// Rounds the bounds of whole columns inwards.
  mutating func roundAllBounds() throws(Stop) {
    for j in 0..<columnCount where !traits[j].contains(.gone) && traits[j].contains(.integer) { try roundBounds(j) }
  }

  private mutating func roundBounds(_ j: Int) throws(Stop) {
    let low = roundedUp(lower[j])
    let high = roundedDown(upper[j])
    if low > high { throw .infeasible([]) }
    if low == lower[j] && high == upper[j] { return }
    counts.wholeValues += 1
    silentChanges += 1
    setBounds(j, lower: low, upper: high)
  }

  /// Narrows the bounds of whole columns to what a row allows; they stay narrow, since duals are not restored anyway.
  private mutating func tightenByIntegers(_ i: Int) throws(Stop) {
    let range = activity(i, isFresh: true)
    if range.leastInfinite > 1 && range.mostInfinite > 1 { return }
    var k = matrix.rowHead[i]
    while k >= 0 {
      let e = matrix.entries[Int(k)]
      let j = Int(e.column)
      k = e.rowNext
      if !traits[j].contains(.integer) { continue }
      let (impliedLow, impliedHigh) = impliedBounds(i, e.value, j, range)
      let low = abs(impliedLow) < 1e8 ? roundedUp(impliedLow) : -.infinity
      let high = abs(impliedHigh) < 1e8 ? roundedDown(impliedHigh) : .infinity
      if low <= lower[j] && high >= upper[j] { continue }
      let (newLow, newHigh) = (max(low, lower[j]), min(high, upper[j]))
      if newLow > newHigh { throw .infeasible([]) }
      counts.wholeValues += 1
      silentChanges += 1
      setBounds(j, lower: newLow, upper: newHigh)
      // The sums are those of wider bounds, which is safe for the entries that follow.
    }
  }

  /// In an equation of whole columns and multiples of one entry, the column of that entry is whole too.
  private mutating func findImpliedInteger(_ i: Int) {
    guard rowLower[i] == rowUpper[i] else { return }
    var single: LinkedMatrix.Entry?
    var k = matrix.rowHead[i]
    while k >= 0 {
      let e = matrix.entries[Int(k)]
      if !traits[Int(e.column)].contains(.integer) {
        if single != nil { return }
        single = e
      }
      k = e.rowNext
    }
    guard let single, isImpliedInteger(Int(single.column), i, single.value) else { return }
    counts.impliedIntegers += 1
    counts.wholeValues += 1
    silentChanges += 1
    traits[Int(single.column)].insert(.integer)
    changedColumns.push(Int(single.column))
  }

  /// Divides a row of whole columns by the greatest common divisor of its entries and rounds the sides.
  private mutating func roundSides(_ i: Int) throws(Stop) {
    var divisor = 0.0
    var k = matrix.rowHead[i]
    while k >= 0 {
      let e = matrix.entries[Int(k)]
      guard traits[Int(e.column)].contains(.integer), let scaled = wholeMultiple(e.value) else { return }
      divisor = greatestCommonDivisor(divisor, scaled)
      k = e.rowNext
    }
    if divisor == 0 { return }
    // Entries were made whole by this factor.
    let unit = divisor / Self.decimalFactor
    let low = rowLower[i].isFinite ? unit * (rowLower[i] / unit - 1e-6).rounded(.up) : -.infinity
    let high = rowUpper[i].isFinite ? unit * (rowUpper[i] / unit + 1e-6).rounded(.down) : .infinity
    if low > high + 0.5 * unit { throw .infeasible([]) }
    let isLowMoved = low > rowLower[i] + 1e-9 * max(1, abs(low))
    let isHighMoved = high < rowUpper[i] - 1e-9 * max(1, abs(high))
    if !isLowMoved && !isHighMoved { return }
    counts.wholeValues += 1
    silentChanges += 1
    if isLowMoved { rowLower[i] = low }
    if isHighMoved { rowUpper[i] = high }
    changedRows.push(i)
  }

  /// Entries with up to three decimal places count as whole multiples.
  private static var decimalFactor: Double { 1000 }

  private func wholeMultiple(_ value: Double) -> Double? {
    let scaled = abs(value) * Self.decimalFactor
    let whole = scaled.rounded()
    return whole >= 1 && whole < 1e9 && abs(scaled - whole) <= 1e-9 * scaled ? whole : nil
  }

  private func greatestCommonDivisor(_ a: Double, _ b: Double) -> Double {
    var (x, y) = (a, b)
    while y > 0 { (x, y) = (y, x.truncatingRemainder(dividingBy: y)) }
    return x
  }

  /// Shrinks entries of binary columns in rows with one side, so that fewer fractional points satisfy them.
  ///
  /// In `a x + rest <= b` where the rest is at most M: with x = 0 the row is free when `M <= b`. Then `M - b` less of a
  /// (for x = 1) and of b loses no whole point.
  private mutating func tightenCoefficients(_ i: Int) {
    let hasLower = rowLower[i] > -.infinity
    if hasLower == (rowUpper[i] < .infinity) || matrix.rowLength[i] < 2 { return }
    // As `sign * row <= side`.
    let sign = hasLower ? -1.0 : 1.0
    var side = hasLower ? -rowLower[i] : rowUpper[i]
    let range = activity(i, isFresh: true)
    if (hasLower ? range.leastInfinite : range.mostInfinite) > 0 { return }
    var most = hasLower ? -range.least : range.most
    var isChanged = false
    var k = matrix.rowHead[i]
    while k >= 0 {
      let e = matrix.entries[Int(k)]
      let j = Int(e.column)
      let here = k
      k = e.rowNext
      guard traits[j].contains(.integer), !traits[j].isLocked, lower[j] == 0, upper[j] == 1 else { continue }
      let a = sign * e.value
      // How far the row is from its side when the column is where it helps.
      let gap = side - (most - abs(a))
      guard gap > 1e-6 * max(1, abs(side)), gap < abs(a) - 1e-6 * max(1, abs(a)) else { continue }
      if a > 0 {
        matrix.entries[Int(here)].value = sign * (a - gap)
        side -= gap
        most -= gap
      } else {
        matrix.entries[Int(here)].value = sign * (a + gap)
      }
      isChanged = true
      counts.coefficients += 1
      counts.wholeValues += 1
      silentChanges += 1
    }
    if !isChanged { return }
    if hasLower { rowLower[i] = -side } else { rowUpper[i] = side }
    activities[i].updates = -1
    changedRows.push(i)
  }
}
