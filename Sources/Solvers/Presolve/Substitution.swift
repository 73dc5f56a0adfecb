/// Elimination of a column by a row: doubleton equations, and equations that hold a column inside its bounds.
///
/// E. D. Andersen and K. D. Andersen, "Presolving in linear programming", Mathematical Programming 71 (1995), section 4;
/// A. L. Brearley, G. Mitra and H. P. Williams, Mathematical Programming 8 (1975).
extension PresolveProblem {
  /// Eliminates a column that a row, held at a side, expresses; row and column go.
  ///
  /// The bounds of the column must follow from what remains, or have been passed on (`kind` doubleton).
  /// - Complexity: O(entries of the rows that the column occurs in), and for a row of two entries also O(entries of the
  ///   other column) where that is less.
  mutating func substitute(
    _ j: Int, by i: Int, pivot a: Double, side: Double, _ marks: ReductionStack.Marks,
    kind: ReductionStack.Kind = .substitution, other: Int = -1
  ) {
    var record = ReductionStack.Record(kind: kind, marks: marks)
    record.row = Int32(truncatingIfNeeded: i)
    record.column = Int32(truncatingIfNeeded: j)
    record.other = Int32(truncatingIfNeeded: other)
    record.first = stack.mark
    record.value = side
    record.pivot = a
    record.cost = cost[j]
    storeRow(i, without: j)
    record.count = matrix.rowLength[i] - 1
    var k = matrix.columnHead[j]
    while k >= 0 {
      let e = matrix.entries[Int(k)]
      if Int(e.row) != i { stack.store(e.row, e.value) }
      k = e.columnNext
    }
    record.secondCount = matrix.columnLength[j] - 1
    stack.store(0, lower[j])
    stack.store(0, upper[j])
    stack.push(record)
    if cost[j] != 0 { moveCost(j, by: i, pivot: a, side: side) }
    if record.secondCount > 0 {
      if record.count == 1 && isColumnShorter(than: record) {
        addToColumn(record, side)
      } else {
        addToRows(record, side)
      }
    }
    // What is left of the column is its entry in row i.
    discardColumn(j)
    removeRow(i)
  }

  /// Whether looking the other column of a doubleton up is cheaper than walking the rows of the eliminated one.
  private func isColumnShorter(than record: ReductionStack.Record) -> Bool {
    let length = Int(matrix.columnLength[Int(stack.indices[record.first])])
    var total = 0
    let start = record.first + Int(record.count)
    for t in start..<start + Int(record.secondCount) {
      total += Int(matrix.rowLength[Int(stack.indices[t])])
      if total > length { return true }
    }
    return false
  }

  /// Adds multiples of a row of two entries to the others by way of the remaining column; the row need not be there.
  mutating func addToColumn(_ record: ReductionStack.Record, _ side: Double) {
    let other = Int(stack.indices[record.first])
    let ratio = stack.values[record.first] / record.pivot
    var k = matrix.columnHead[other]
    while k >= 0 {
      work[Int(matrix.entries[Int(k)].row)] = k + 1
      k = matrix.entries[Int(k)].columnNext
    }
    let start = record.first + Int(record.count)
    for t in start..<start + Int(record.secondCount) {
      let p = Int(stack.indices[t])
      let b = stack.values[t]
      let shift = -b * ratio
      if work[p] > 0 {
        change(work[p] - 1, by: shift)
      } else {
        matrix.add(shift, row: p, column: other)
      }
      shiftSides(p, by: b * side / record.pivot)
      activities[p].updates = -1
      changedRows.push(p)
    }
    // Entries removed meanwhile belong to rows of the eliminated column; both lists cover all marks.
    k = matrix.columnHead[other]
    while k >= 0 {
      work[Int(matrix.entries[Int(k)].row)] = 0
      k = matrix.entries[Int(k)].columnNext
    }
    for t in start..<start + Int(record.secondCount) { work[Int(stack.indices[t])] = 0 }
  }

  /// Adds multiples of the row to each other row of the column.
  private mutating func addToRows(_ record: ReductionStack.Record, _ side: Double) {
    let range = record.first..<record.first + Int(record.count)
    for t in range { work[Int(stack.indices[t])] = Int32(truncatingIfNeeded: t - record.first) + 1 }
    let start = record.first + Int(record.count)
    for t in start..<start + Int(record.secondCount) {
      let p = Int(stack.indices[t])
      let b = stack.values[t]
      let factor = -b / record.pivot
      var k = matrix.rowHead[p]
      while k >= 0 {
        let e = matrix.entries[Int(k)]
        let position = work[Int(e.column)]
        if position > 0 {
          change(k, by: factor * stack.values[record.first + Int(position) - 1])
          work[Int(e.column)] = -position
        }
        k = e.rowNext
      }
      for s in range {
        let column = Int(stack.indices[s])
        if work[column] > 0 {
          matrix.add(factor * stack.values[s], row: p, column: column)
        } else {
          work[column] = -work[column]
        }
      }
      shiftSides(p, by: b * side / record.pivot)
      activities[p].updates = -1
      changedRows.push(p)
    }
    for t in range { work[Int(stack.indices[t])] = 0 }
  }

  /// Adds to an entry, which is removed when the sum cancels.
  @inline(__always)
  private mutating func change(_ k: Int32, by shift: Double) {
    let old = matrix.entries[Int(k)].value
    let new = old + shift
    if abs(new) <= 1e-12 * max(abs(old), abs(shift)) {
      matrix.remove(k)
    } else {
      matrix.entries[Int(k)].value = new
    }
  }

  // MARK: - Doubleton equations

  /// Eliminates one of the two columns of an equation, its bounds passed on to the other.
  mutating func reduceDoubleton(_ i: Int) throws(Stop) {
    guard isRowGone[i] == 0, matrix.rowLength[i] == 2, rowLower[i] == rowUpper[i] else { return }
    let first = matrix.entries[Int(matrix.rowHead[i])]
    let second = matrix.entries[Int(first.rowNext)]
    guard let (gone, kept) = chooseDoubleton(first, second, side: rowLower[i]) else { return }
    let (j, k) = (Int(gone.column), Int(kept.column))
    let (a, b, side) = (gone.value, kept.value, rowLower[i])
    let range = activity(i, isFresh: true)
    let size = max(rowSize[i], range.largest)
    if range.leastInfinite == 0 && range.least > side + slack(size) { throw .infeasible([(i, -1)]) }
    if range.mostInfinite == 0 && range.most < side - slack(size) { throw .infeasible([(i, 1)]) }
    // x_k = (side - a x_j) / b
    let (atLower, atUpper) = ((side - a * lower[j]) / b, (side - a * upper[j]) / b)
    let isReversed = a / b > 0
    var (low, high) = isReversed ? (atUpper, atLower) : (atLower, atUpper)
    if usesIntegrality && traits[k].contains(.integer) {
      (low, high) = (roundedUp(low), roundedDown(high))
      counts.wholeValues += 1
      if max(low, lower[k]) > min(high, upper[k]) { throw .infeasible([]) }
    }
    var marks: ReductionStack.Marks = []
    var (newLow, newHigh) = (lower[k], upper[k])
    if exceeds(low, newLow) {
      marks.insert(.lower)
      newLow = min(low, upper[k])
    }
    if exceeds(-high, -newHigh) {
      marks.insert(.upper)
      newHigh = max(high, lower[k])
    }
    if newLow > newHigh { newHigh = newLow }
    counts.doubletons += 1
    substitute(j, by: i, pivot: a, side: side, marks, kind: .doubleton, other: k)
    if !marks.isEmpty { setBounds(k, lower: newLow, upper: newHigh) }
  }

  /// Which column of a doubleton equation goes: the one with fewer entries whose entry is a safe pivot.
  private func chooseDoubleton(
    _ first: LinkedMatrix.Entry, _ second: LinkedMatrix.Entry, side: Double
  ) -> (gone: LinkedMatrix.Entry, kept: LinkedMatrix.Entry)? {
    func mayGo(_ e: LinkedMatrix.Entry, _ other: LinkedMatrix.Entry) -> Bool {
      let j = Int(e.column)
      if traits[j].isLocked || abs(e.value) < options.pivot * abs(other.value) { return false }
      if traits[j].contains(.integer) {
        return traits[Int(other.column)].contains(.integer) && isWhole(other.value / e.value) && isWhole(side / e.value)
      }
      return true
    }
    let isFirst = mayGo(first, second)
    let isSecond = mayGo(second, first)
    if isFirst && isSecond {
      let firstLength = matrix.columnLength[Int(first.column)]
      let secondLength = matrix.columnLength[Int(second.column)]
      return firstLength <= secondLength ? (first, second) : (second, first)
    }
    if isFirst { return (first, second) }
    if isSecond { return (second, first) }
    return nil
  }
}
