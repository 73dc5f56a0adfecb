/// Substitution of columns that their rows keep inside their bounds.
///
/// E. D. Andersen and K. D. Andersen, "Presolving in linear programming", Mathematical Programming 71 (1995),
/// section 3.2; the limit on fill after H. M. Markowitz, "The elimination form of the inverse", Management Science 3
/// (1957).
extension PresolveProblem {
  /// Expresses columns by equations that contain them, where the bounds follow from rows and little fill arises.
  ///
  /// Short columns come first.
  mutating func reduceImpliedFreeColumns() {
    // Which columns occur in equations is quicker to see by rows; a substitution may add entries, but only to columns of
    // an equation.
    var isInEquation = [Bool](repeating: false, count: columnCount)
    var isAny = false
    for i in 0..<rowCount where isRowGone[i] == 0 && rowLower[i] == rowUpper[i] {
      var k = matrix.rowHead[i]
      while k >= 0 {
        isInEquation[Int(matrix.entries[Int(k)].column)] = true
        k = matrix.entries[Int(k)].rowNext
      }
      isAny = true
    }
    if !isAny { return }
    var longest: Int32 = 1
    while longest < options.longestSubstituted {
      let least = longest + 1
      longest = min(longest == 1 ? 2 : longest == 2 ? 3 : 2 * longest, options.longestSubstituted)
      for j in 0..<columnCount where matrix.columnLength[j] >= least && matrix.columnLength[j] <= longest {
        if !isInEquation[j] || traits[j].contains(.gone) || traits[j].isLocked { continue }
        if let k = substitutionEntry(j, matrix.columnLength[j]) { substituteImpliedFree(j, k) }
      }
    }
  }

  /// The entry of a column in the shortest equation that it may be substituted by.
  private func substitutionEntry(_ j: Int, _ length: Int32) -> Int32? {
    var best: Int32?
    // Entries that are added less those that go, for rows without a common column.
    var shortest = (length + options.fill + length - 1) / (length - 1) + 1
    var k = matrix.columnHead[j]
    var largest = 0.0
    while k >= 0 {
      let e = matrix.entries[Int(k)]
      let i = Int(e.row)
      largest = max(largest, abs(e.value))
      if rowLower[i] == rowUpper[i] {
        let others = matrix.rowLength[i] - 1
        if others > 0 && others * (length - 1) - (others + length) <= options.fill && others < shortest {
          shortest = others
          best = k
        }
      }
      k = e.columnNext
    }
    guard let best else { return nil }
    let chosen = matrix.entries[Int(best)]
    let size = abs(chosen.value)
    guard size >= options.pivot * largest, size >= options.pivot * largestEntry(ofRow: Int(chosen.row)) else { return nil }
    if traits[j].contains(.integer) && !isImpliedInteger(j, Int(chosen.row), chosen.value) { return nil }
    return areBoundsImplied(j) ? best : nil
  }

  /// Whether each finite bound of a column follows from one of its rows and the bounds of that row's other columns.
  func areBoundsImplied(_ j: Int) -> Bool {
    func areImplied(isFresh: Bool) -> Bool {
      var needsLower = lower[j] > -.infinity
      var needsUpper = upper[j] < .infinity
      var k = matrix.columnHead[j]
      while k >= 0 && (needsLower || needsUpper) {
        let e = matrix.entries[Int(k)]
        let (low, high) = impliedBounds(Int(e.row), e.value, j, activity(Int(e.row), isFresh: isFresh))
        if low >= lower[j] - dust(abs(lower[j])) { needsLower = false }
        if high <= upper[j] + dust(abs(upper[j])) { needsUpper = false }
        k = e.columnNext
      }
      return !needsLower && !needsUpper
    }
    return areImplied(isFresh: false) && areImplied(isFresh: true)
  }

  private mutating func substituteImpliedFree(_ j: Int, _ k: Int32) {
    let e = matrix.entries[Int(k)]
    let i = Int(e.row)
    counts.impliedFree += 1
    // Those of the row may get shorter columns and fewer implied bounds.
    var other = matrix.rowHead[i]
    while other >= 0 {
      changedColumns.push(Int(matrix.entries[Int(other)].column))
      other = matrix.entries[Int(other)].rowNext
    }
    substitute(j, by: i, pivot: e.value, side: rowLower[i], .free)
  }
}
