/// Columns that are multiples of each other in all rows: merged when their costs agree too; else one of them may be
/// held at a bound by the other.
///
/// E. D. Andersen and K. D. Andersen, "Presolving in linear programming", Mathematical Programming 71 (1995),
/// section 3.6.
extension PresolveProblem {
  /// - Complexity: O(columns + entries).
  mutating func reduceParallelColumns() {
    var table = HashTable(capacity: columnsLeft)
    let hashes = columnHashes()
    for j in 0..<columnCount where traits[j].isDisjoint(with: .locked.union(.gone)) {
      if matrix.columnLength[j] == 0 { continue }
      let hash = hashes[j]
      var slot = table.firstSlot(hash)
      while let other = table.candidate(hash, &slot) {
        if traits[other].contains(.gone) { continue }
        if let ratio = columnRatio(j, to: other) {
          compare(j, other, ratio)
          if traits[j].contains(.gone) { break }
        }
      }
      if !traits[j].contains(.gone) { table.insert(hash, j) }
    }
  }

  /// Numbers that are the same for multiples of a column, formed row by row; an entry that is not in the first row of
  /// its column counts relative to the one there.
  private func columnHashes() -> [UInt64] {
    var hashes = [UInt64](repeating: 0, count: columnCount)
    var inverses = [Double](repeating: 0, count: columnCount)
    for i in 0..<rowCount {
      var k = matrix.rowHead[i]
      while k >= 0 {
        let e = matrix.entries[Int(k)]
        let j = Int(e.column)
        if inverses[j] == 0 { inverses[j] = 1 / e.value }
        hashes[j] &+= HashTable.mixed(e.row, e.value * inverses[j])
        k = e.rowNext
      }
    }
    return hashes
  }

  /// The factor that makes a column of another; nil when there is none.
  private func columnRatio(_ j: Int, to other: Int) -> Double? {
    guard matrix.columnLength[j] == matrix.columnLength[other] else { return nil }
    var k = matrix.columnHead[other]
    while k >= 0 {
      work[Int(matrix.entries[Int(k)].row)] = k + 1
      k = matrix.entries[Int(k)].columnNext
    }
    var ratio: Double?
    var isSame = true
    k = matrix.columnHead[j]
    while k >= 0 && isSame {
      let e = matrix.entries[Int(k)]
      let position = work[Int(e.row)]
      if position == 0 {
        isSame = false
      } else {
        let value = matrix.entries[Int(position) - 1].value
        let factor = ratio ?? e.value / value
        ratio = factor
        isSame = abs(e.value - factor * value) <= 1e-13 * abs(e.value)
      }
      k = e.columnNext
    }
    k = matrix.columnHead[other]
    while k >= 0 {
      work[Int(matrix.entries[Int(k)].row)] = 0
      k = matrix.entries[Int(k)].columnNext
    }
    return isSame ? ratio : nil
  }

  /// Column k is `s` times column j in all rows.
  private mutating func compare(_ k: Int, _ j: Int, _ s: Double) {
    let difference = cost[k] - s * cost[j]
    let size = max(abs(cost[k]), abs(s * cost[j]))
    if abs(difference) <= 1e-13 * size {
      mergeColumn(k, into: j, s)
    } else if abs(difference) > 1e-9 * max(1, size) && (traits[j].union(traits[k])).isEmpty {
      // z_k = s z_j + difference
      if !fixIfPriced(k, by: j, s, difference) { _ = fixIfPriced(j, by: k, 1 / s, -difference / s) }
    }
  }

  /// Fixes column k where the sign of the reduced cost of j decides that of `z_k = s z_j + difference`.
  private mutating func fixIfPriced(_ k: Int, by j: Int, _ s: Double, _ difference: Double) -> Bool {
    if difference > 0 && lower[k] > -.infinity && isReleased(j, fromUpper: s > 0) {
      counts.dominated += 1
      fix(k, at: lower[k], .lower)
      return true
    }
    if difference < 0 && upper[k] < .infinity && isReleased(j, fromUpper: s < 0) {
      counts.dominated += 1
      fix(k, at: upper[k], .upper)
      return true
    }
    return false
  }

  /// Whether a column has no bound on one side, or one that a row implies, which then goes.
  private mutating func isReleased(_ j: Int, fromUpper: Bool) -> Bool {
    let bound = fromUpper ? upper[j] : lower[j]
    if !bound.isFinite { return true }
    var k = matrix.columnHead[j]
    while k >= 0 {
      let e = matrix.entries[Int(k)]
      let (low, high) = impliedBounds(Int(e.row), e.value, j, activity(Int(e.row), isFresh: true))
      if fromUpper ? high <= bound : low >= bound {
        silentChanges += 1
        setBounds(j, lower: fromUpper ? lower[j] : -.infinity, upper: fromUpper ? .infinity : upper[j])
        return true
      }
      k = e.columnNext
    }
    return false
  }

  /// Lets column j stand for itself plus `s` times column k, which goes.
  private mutating func mergeColumn(_ k: Int, into j: Int, _ s: Double) {
    let isWhole = traits[j].contains(.integer)
    if isWhole != traits[k].contains(.integer) || (isWhole && abs(s) != 1) { return }
    if abs(s) < options.pivot || abs(s) * options.pivot > 1 { return }
    counts.parallelColumns += 1
    var record = ReductionStack.Record(kind: .parallelColumn)
    record.column = Int32(truncatingIfNeeded: j)
    record.other = Int32(truncatingIfNeeded: k)
    record.pivot = s
    record.first = stack.mark
    stack.store(0, lower[j])
    stack.store(0, upper[j])
    stack.store(0, lower[k])
    stack.store(0, upper[k])
    stack.push(record)
    var e = matrix.columnHead[k]
    while e >= 0 {
      matrix.unlinkFromRow(e)
      e = matrix.entries[Int(e)].columnNext
    }
    matrix.clearColumn(k)
    traits[k].insert(.gone)
    columnsLeft -= 1
    let (low, high) = s > 0 ? (s * lower[k], s * upper[k]) : (s * upper[k], s * lower[k])
    setBounds(j, lower: lower[j] + low, upper: upper[j] + high)
  }
}
