import LinearAlgebra

/// The elementary changes that rules are made of; each queues what has to be looked at again.
extension PresolveProblem {
  /// The difference of two numbers, 0 when its size is rounding error against theirs; infinite ones stay so.
  @inline(__always)
  func settled(_ difference: Double, _ a: Double, _ b: Double) -> Double {
    abs(difference) < 1e-14 * max(abs(a), abs(b)) ? 0 : difference
  }

  /// Shifts the sides of a row down by what a column contributes.
  @inline(__always)
  mutating func shiftSides(_ i: Int, by shift: Double) {
    if shift == 0 { return }
    rowSize[i] = max(rowSize[i], abs(shift))
    let (low, high) = (rowLower[i], rowUpper[i])
    if low == high {
      rowLower[i] = settled(low - shift, low, shift)
      rowUpper[i] = rowLower[i]
    } else {
      if low > -.infinity { rowLower[i] = settled(low - shift, low, shift) }
      if high < .infinity { rowUpper[i] = settled(high - shift, high, shift) }
    }
  }

  /// Removes a row; its columns are queued.
  mutating func removeRow(_ i: Int) {
    var k = matrix.rowHead[i]
    while k >= 0 {
      let e = matrix.entries[Int(k)]
      matrix.unlinkFromColumn(k)
      changedColumns.push(Int(e.column))
      k = e.rowNext
    }
    matrix.clearRow(i)
    isRowGone[i] = 1
    rowsLeft -= 1
  }

  /// Removes a side of a row; its columns are queued, and the row itself when no side is left.
  mutating func dropSide(_ i: Int, isLower: Bool) {
    if isLower { rowLower[i] = -.infinity } else { rowUpper[i] = .infinity }
    counts.sides += 1
    if rowLower[i] == -.infinity && rowUpper[i] == .infinity {
      counts.redundantRows += 1
      removeRow(i)
      return
    }
    silentChanges += 1
    var k = matrix.rowHead[i]
    while k >= 0 {
      let e = matrix.entries[Int(k)]
      changedColumns.push(Int(e.column))
      k = e.rowNext
    }
  }

  /// Narrows the bounds of a column; its rows are queued.
  mutating func setBounds(_ j: Int, lower low: Double, upper high: Double) {
    lower[j] = low
    upper[j] = high
    changedColumns.push(j)
    var k = matrix.columnHead[j]
    while k >= 0 {
      let e = matrix.entries[Int(k)]
      activities[Int(e.row)].updates = -1
      changedRows.push(Int(e.row))
      k = e.columnNext
    }
  }

  /// Removes a column at a value, with a record.
  /// - Parameter marks: at which bound it is held; none when both signs of its reduced cost are right.
  mutating func fix(_ j: Int, at value: Double, _ marks: ReductionStack.Marks) {
    var record = ReductionStack.Record(kind: .fixedColumn, marks: marks, column: Int32(truncatingIfNeeded: j))
    record.first = stack.mark
    record.value = value
    record.cost = cost[j]
    var k = matrix.columnHead[j]
    while k >= 0 {
      let e = matrix.entries[Int(k)]
      let i = Int(e.row)
      stack.store(e.row, e.value)
      matrix.unlinkFromRow(k)
      forgetContribution(e.value, column: j, row: i)
      shiftSides(i, by: e.value * value)
      changedRows.push(i)
      k = e.columnNext
    }
    matrix.clearColumn(j)
    if traits[j].contains(.conic) { moveFromCones(j, value) }
    record.count = Int32(truncatingIfNeeded: stack.mark - record.first)
    if traits[j].contains(.quadratic) { record.cost += moveFromHessian(j, value) }
    record.secondCount = Int32(truncatingIfNeeded: stack.mark - record.first) - record.count
    offset += cost[j] * value
    traits[j].insert(.gone)
    columnsLeft -= 1
    stack.push(record)
  }

  /// Adds what a column contributes to the cones to their offsets.
  private mutating func moveFromCones(_ j: Int, _ value: Double) {
    if coneColumns == nil {
      // The rows of G are the columns of its transpose.
      coneColumns = SparseMatrix(
        rowCount: columnCount, columnCount: form.coneRowCount, starts: form.coneStarts, rowIndices: form.coneColumns,
        values: form.coneValues
      ).transposed()
    }
    guard let g = coneColumns else { return }
    for k in g.starts[j]..<g.starts[j + 1] {
      stack.store(g.rowIndices[k] + Int32(truncatingIfNeeded: rowCount), g.values[k])
      coneOffsets[Int(g.rowIndices[k])] += g.values[k] * value
    }
  }

  /// Adds what a column contributes to the quadratic objective to costs and offset.
  /// - Returns: its own second derivative times the value.
  private mutating func moveFromHessian(_ j: Int, _ value: Double) -> Double {
    if hessian == nil { hessian = SymmetricPattern(form.hessian) }
    guard let p = hessian else { return 0 }
    var own = 0.0
    for k in p.starts[j]..<p.starts[j + 1] {
      let other = Int(p.indices[k])
      let entry = sign * p.values[k]
      if other == j {
        own = entry * value
        offset += 0.5 * entry * value * value
      } else if !traits[other].contains(.gone) {
        stack.store(p.indices[k], entry)
        cost[other] += entry * value
        changedColumns.push(other)
      }
    }
    return own
  }

  /// Takes a column away whose entries are accounted for.
  /// - Complexity: O(entries of the column).
  mutating func discardColumn(_ j: Int) {
    var k = matrix.columnHead[j]
    while k >= 0 {
      let e = matrix.entries[Int(k)]
      matrix.unlinkFromRow(k)
      k = e.columnNext
    }
    matrix.clearColumn(j)
    traits[j].insert(.gone)
    columnsLeft -= 1
  }
}

/// A symmetric matrix with both triangles, by columns.
struct SymmetricPattern {
  private(set) var starts: [Int]
  private(set) var indices: [Int32]
  private(set) var values: [Double]

  /// - Complexity: O(columns + entries).
  init(_ triangle: SparseMatrix) {
    let n = triangle.columnCount
    starts = [Int](repeating: 0, count: n + 1)
    for j in 0..<n {
      for k in triangle.starts[j]..<triangle.starts[j + 1] {
        let i = Int(triangle.rowIndices[k])
        starts[j + 1] += 1
        if i != j { starts[i + 1] += 1 }
      }
    }
    for j in 0..<n { starts[j + 1] += starts[j] }
    indices = [Int32](repeating: 0, count: starts[n])
    values = [Double](repeating: 0, count: starts[n])
    var next = starts
    for j in 0..<n {
      for k in triangle.starts[j]..<triangle.starts[j + 1] {
        let i = Int(triangle.rowIndices[k])
        indices[next[j]] = Int32(i)
        values[next[j]] = triangle.values[k]
        next[j] += 1
        if i != j {
          indices[next[i]] = Int32(j)
          values[next[i]] = triangle.values[k]
          next[i] += 1
        }
      }
    }
  }
}
