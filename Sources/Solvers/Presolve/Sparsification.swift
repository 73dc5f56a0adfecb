/// Multiples of equations added to rows, where that removes more entries than it adds.
///
/// S. F. Chang and S. T. McCormick, "A hierarchical algorithm for making sparse matrices sparser", Mathematical
/// Programming 56 (1992), with one equation at a time.
extension PresolveProblem {
  /// - Complexity: O(entries of rows that share one of the two shortest columns with an equation), at most ten times
  ///   the entries in total.
  mutating func sparsify() {
    var budget = 10 * matrix.linkedCount
    for i in 0..<rowCount where isRowGone[i] == 0 && rowLower[i] == rowUpper[i] && matrix.rowLength[i] > 1 {
      let (first, second) = shortestColumns(i)
      budget -= Int(matrix.rowLength[i])
      cancel(with: i, at: first, &budget)
      cancel(with: i, at: second, &budget)
      if budget < 0 { return }
    }
  }

  /// The entries of a row in its two shortest columns.
  private func shortestColumns(_ i: Int) -> (Int32, Int32) {
    var (first, second): (Int32, Int32) = (-1, -1)
    var (least, next) = (Int32.max, Int32.max)
    var k = matrix.rowHead[i]
    while k >= 0 {
      let e = matrix.entries[Int(k)]
      let length = matrix.columnLength[Int(e.column)]
      if length < least {
        (second, next) = (first, least)
        (first, least) = (k, length)
      } else if length < next {
        (second, next) = (k, length)
      }
      k = e.rowNext
    }
    return (first, second)
  }

  /// Adds the equation to the other rows of one of its columns, so that their entry there goes, where that pays.
  private mutating func cancel(with i: Int, at k: Int32, _ budget: inout Int) {
    let pivot = matrix.entries[Int(k)]
    if matrix.columnLength[Int(pivot.column)] < 2 { return }
    if abs(pivot.value) < options.pivot * largestEntry(ofRow: i) { return }
    var t = matrix.rowHead[i]
    while t >= 0 {
      work[Int(matrix.entries[Int(t)].column)] = t + 1
      t = matrix.entries[Int(t)].rowNext
    }
    t = matrix.columnHead[Int(pivot.column)]
    while t >= 0 && budget >= 0 {
      let e = matrix.entries[Int(t)]
      t = e.columnNext
      let p = Int(e.row)
      if p == i { continue }
      budget -= Int(matrix.rowLength[p])
      let factor = -e.value / pivot.value
      if abs(factor) * options.pivot > 1 { continue }
      let (cancelled, common) = cancellation(i, p, factor)
      let added = Int(matrix.rowLength[i]) - common
      if cancelled >= 2 && cancelled > added { add(i, to: p, factor) }
    }
    t = matrix.rowHead[i]
    while t >= 0 {
      work[Int(matrix.entries[Int(t)].column)] = 0
      t = matrix.entries[Int(t)].rowNext
    }
  }

  @inline(__always)
  private func isCancelled(_ a: Double, _ b: Double) -> Bool { abs(a + b) <= 1e-12 * abs(a) }

  /// How many entries of row p the sum removes, and how many columns the rows share.
  private func cancellation(_ i: Int, _ p: Int, _ factor: Double) -> (cancelled: Int, common: Int) {
    var (cancelled, common) = (0, 0)
    var k = matrix.rowHead[p]
    while k >= 0 {
      let e = matrix.entries[Int(k)]
      let position = work[Int(e.column)]
      if position > 0 {
        common += 1
        if isCancelled(e.value, factor * matrix.entries[Int(position) - 1].value) { cancelled += 1 }
      }
      k = e.rowNext
    }
    return (cancelled, common)
  }

  /// Adds a multiple of equation i to row p.
  private mutating func add(_ i: Int, to p: Int, _ factor: Double) {
    var k = matrix.rowHead[p]
    while k >= 0 {
      let e = matrix.entries[Int(k)]
      let position = work[Int(e.column)]
      if position > 0 {
        let term = factor * matrix.entries[Int(position) - 1].value
        if isCancelled(e.value, term) {
          matrix.remove(k)
          counts.cancelledEntries += 1
          changedColumns.push(Int(e.column))
        } else {
          matrix.entries[Int(k)].value = e.value + term
        }
        work[Int(e.column)] = -position
      }
      k = e.rowNext
    }
    var t = matrix.rowHead[i]
    while t >= 0 {
      let e = matrix.entries[Int(t)]
      let column = Int(e.column)
      if work[column] < 0 {
        work[column] = -work[column]
      } else {
        matrix.add(factor * e.value, row: p, column: column)
      }
      t = e.rowNext
    }
    shiftSides(p, by: -factor * rowLower[i])
    activities[p].updates = -1
    changedRows.push(p)
    var record = ReductionStack.Record(kind: .addedRow)
    record.row = Int32(truncatingIfNeeded: p)
    record.other = Int32(truncatingIfNeeded: i)
    record.pivot = factor
    stack.push(record)
  }
}
