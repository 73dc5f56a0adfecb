import Constraints
import LinearAlgebra

/// From the problem under reduction to forms and certificates.
extension PresolveProblem {
  /// Applies all rules until none applies any more, or too little comes of it.
  mutating func reduce() throws(Stop) {
    if usesIntegrality { try roundAllBounds() }
    for i in 0..<rowCount { changedRows.push(i) }
    for j in 0..<columnCount { changedColumns.push(j) }
    try reduceChanged()
    // Comparing all rows and all columns is worth it again only after some of them have gone.
    var sizeAtComparison = Int.max
    for round in 0..<options.rounds {
      let (sizeBefore, entriesBefore) = (rowsLeft + columnsLeft, matrix.linkedCount)
      if usesIntegrality && options.rules.contains(.wholeColumns) {
        try reduceIntegers()
        try reduceChanged()
      }
      if options.rules.contains(.impliedRows) && round < 3 {
        reduceImpliedRows()
        try reduceChanged()
      }
      if options.rules.contains(.dominatedColumns) {
        reduceDominatedColumns()
        try reduceChanged()
      }
      if options.rules.contains(.impliedFreeColumns) {
        reduceImpliedFreeColumns()
        try reduceChanged()
      }
      if rowsLeft + columnsLeft < sizeAtComparison - sizeAtComparison / 20 {
        sizeAtComparison = rowsLeft + columnsLeft
        if options.rules.contains(.parallelRows) {
          try reduceParallelRows()
          try reduceChanged()
        }
        if options.rules.contains(.parallelColumns) {
          reduceParallelColumns()
          try reduceChanged()
        }
      }
      let (size, entries) = (rowsLeft + columnsLeft, matrix.linkedCount)
      if 100 * (sizeBefore - size) < sizeBefore && 100 * (entriesBefore - entries) < entriesBefore { break }
    }
    if usesIntegrality && options.rules.contains(.probing) {
      try reduceByProbing()
      try reduceChanged()
      if options.rules.contains(.wholeColumns) {
        try reduceIntegers()
        try reduceChanged()
      }
    }
    if options.rules.contains(.dependentEquations) {
      try reduceDependentEquations()
      try reduceChanged()
    }
    if options.rules.contains(.sparsification) {
      sparsify()
      try reduceChanged()
    }
  }

  /// Applies the cheap rules to all rows and columns that changed, until none is left.
  mutating func reduceChanged() throws(Stop) {
    while true {
      if let i = changedRows.pop() {
        try reduceRow(i)
      } else if let j = changedColumns.pop() {
        try reduceColumn(j)
      } else if let i = doubletons.pop() {
        try reduceDoubleton(i)
      } else {
        return
      }
    }
  }

  /// What is left, as a form with what leads back from it.
  borrowing func reduced() -> Presolve {
    let before = Presolve.Summary.Size(form.linear)
    if stack.records.isEmpty && silentChanges == 0 && rowsLeft == rowCount {
      return unreduced()
    }
    let (left, columns, rows) = remainder()
    var linear = left
    var position = [Int32](repeating: -1, count: columnCount)
    for (k, j) in columns.enumerated() { position[Int(j)] = Int32(truncatingIfNeeded: k) }
    if !form.linear.separators.isEmpty {
      var fixed = [Double](repeating: 0, count: columnCount)
      for record in stack.records where record.kind == .fixedColumn { fixed[Int(record.column)] = record.value }
      linear.separators = form.linear.separators.map { PresolvedSeparator($0, position: position, fixed: fixed) }
      if isContradicted(linear) {
        return Presolve(result: .infeasible(farkas: []), summary: .init(before: before, after: .init(LinearForm())))
      }
    }
    var result = ConicForm(linear, hessian: leftHessian(columns, position))
    collectCones(position, into: &result)
    let postsolve = Postsolve(
      original: form, reduced: result, columns: columns, rows: rows, stack: stack,
      infinity: options.infinity, restoresDuals: !restsOnWholeValues)
    return Presolve(
      result: .reduced(result, postsolve), summary: .init(before: before, after: .init(linear)))
  }

  /// The linear part of what is left, with the original positions of its columns and rows.
  /// - Complexity: O(rows + columns + entries).
  borrowing func remainder() -> (form: LinearForm, columns: [Int32], rows: [Int32]) {
    var columns: [Int32] = []
    var position = [Int32](repeating: -1, count: columnCount)
    columns.reserveCapacity(columnsLeft)
    for j in 0..<columnCount where !traits[j].contains(.gone) {
      position[j] = Int32(truncatingIfNeeded: columns.count)
      columns.append(Int32(truncatingIfNeeded: j))
    }
    var rows: [Int32] = []
    rows.reserveCapacity(rowsLeft)
    for i in 0..<rowCount where isRowGone[i] == 0 { rows.append(Int32(truncatingIfNeeded: i)) }
    var linear = LinearForm()
    linear.sense = form.linear.sense
    linear.constant = sign * offset
    linear.objective = columns.map { sign * cost[Int($0)] }
    linear.columnLower = columns.map { lower[Int($0)] }
    linear.columnUpper = columns.map { upper[Int($0)] }
    linear.isInteger = columns.map { traits[Int($0)].contains(.integer) ? 1 : 0 }
    linear.rowLower = rows.map { rowLower[Int($0)] }
    linear.rowUpper = rows.map { rowUpper[Int($0)] }
    collectEntries(rows, position, into: &linear)
    return (linear, columns, rows)
  }

  /// Whether a separator states a row whose columns are all gone and that does not hold.
  private borrowing func isContradicted(_ linear: LinearForm) -> Bool {
    if linear.separators.isEmpty { return false }
    let point = zip(linear.columnLower, linear.columnUpper).map { low, high in
      low.isFinite ? low : high.isFinite ? high : 0
    }
    return linear.separators.contains { separator in
      guard separator.isRequired else { return false }
      return separator.separate(point, tolerance: options.feasibility).contains { row in
        row.columns.isEmpty && (row.lower > options.feasibility || row.upper < -options.feasibility)
      }
    }
  }

  private borrowing func collectEntries(_ rows: [Int32], _ position: [Int32], into linear: inout LinearForm) {
    var starts = [Int](repeating: 0, count: rows.count + 1)
    for (k, i) in rows.enumerated() { starts[k + 1] = starts[k] + Int(matrix.rowLength[Int(i)]) }
    let count = starts[rows.count]
    var order: [(column: Int32, value: Double)] = []
    var values: [Double] = []
    let entryColumns = [Int32](unsafeUninitializedCapacity: count) { columnBuffer, columnCount in
      values = [Double](unsafeUninitializedCapacity: count) { valueBuffer, valueCount in
        var next = 0
        for i in rows {
          let first = next
          var k = matrix.rowHead[Int(i)]
          while k >= 0 {
            let e = matrix.entries[Int(k)]
            columnBuffer[next] = position[Int(e.column)]
            valueBuffer[next] = e.value
            next += 1
            k = e.rowNext
          }
          if matrix.isUnordered[Int(i)] == 0 { continue }
          order.removeAll(keepingCapacity: true)
          for t in first..<next { order.append((columnBuffer[t], valueBuffer[t])) }
          order.sort { $0.column < $1.column }
          for t in first..<next { (columnBuffer[t], valueBuffer[t]) = order[t - first] }
        }
        valueCount = count
      }
      columnCount = count
    }
    linear.starts = starts
    linear.entryColumns = entryColumns
    linear.entryValues = values
  }

  private borrowing func leftHessian(_ columns: [Int32], _ position: [Int32]) -> SparseMatrix {
    let p = form.hessian
    var starts = [0]
    var rowIndices: [Int32] = []
    var values: [Double] = []
    starts.reserveCapacity(columns.count + 1)
    for j in columns {
      for k in p.starts[Int(j)]..<p.starts[Int(j) + 1] where position[Int(p.rowIndices[k])] >= 0 {
        rowIndices.append(position[Int(p.rowIndices[k])])
        values.append(p.values[k])
      }
      starts.append(values.count)
    }
    return SparseMatrix(
      rowCount: columns.count, columnCount: columns.count, starts: starts, rowIndices: rowIndices, values: values)
  }

  private borrowing func collectCones(_ position: [Int32], into result: inout ConicForm) {
    result.cones = form.cones
    result.coneOffsets = coneOffsets
    result.coneStarts = [0]
    for g in 0..<form.coneRowCount {
      for k in form.coneStarts[g]..<form.coneStarts[g + 1] where position[Int(form.coneColumns[k])] >= 0 {
        result.coneColumns.append(position[Int(form.coneColumns[k])])
        result.coneValues.append(form.coneValues[k])
      }
      result.coneStarts.append(result.coneValues.count)
    }
  }

  /// Whether some reduction does not hold for the relaxation to real values.
  var restsOnWholeValues: Bool { usesIntegrality && counts.wholeValues > 0 }

  // MARK: - Decided problems

  /// The certificate of why reducing ended; none where it does not hold in the original numbers.
  borrowing func decided(_ stop: Stop) -> Presolve? {
    let before = Presolve.Summary.Size(form.linear)
    var after = before
    (after.rows, after.columns, after.entries) = (0, 0, 0)
    switch stop {
    case .infeasible(let rows):
      if rows.isEmpty { return Presolve(result: .infeasible(farkas: []), summary: .init(before: before, after: after)) }
      if let multipliers = BoundReplacement.contradiction(farkas(rows), form.linear, infinity: options.infinity) {
        return Presolve(result: .infeasible(farkas: multipliers), summary: .init(before: before, after: after))
      }
      if restsOnWholeValues {
        return Presolve(result: .infeasible(farkas: []), summary: .init(before: before, after: after))
      }
    case .unboundedColumn(let j, let direction):
      var recovery = Recovery(form, hasDuals: false, hasBasis: false)
      recovery.point[j] = direction
      recovery.undoRay(stack)
      let ray = recovery.pointValues
      if form.isRay(ray, infinity: options.infinity) {
        return Presolve(result: .infeasibleOrUnbounded(ray: ray), summary: .init(before: before, after: after))
      }
    }
    return nil
  }

  /// Multipliers of present rows in the original rows.
  private borrowing func farkas(_ rows: [(row: Int, multiplier: Double)]) -> [Double] {
    var recovery = Recovery(form, hasDuals: true, hasBasis: false)
    recovery.isCertificate = true
    for (i, y) in rows {
      recovery.multipliers[i] = y
      var k = matrix.rowHead[i]
      while k >= 0 {
        let e = matrix.entries[Int(k)]
        recovery.reducedCosts[Int(e.column)] -= e.value * y
        k = e.rowNext
      }
    }
    recovery.undo(stack)
    return recovery.multiplierValues(1)
  }

  /// The original form.
  borrowing func unreduced() -> Presolve {
    let before = Presolve.Summary.Size(form.linear)
    let columns = (0..<columnCount).map { Int32(truncatingIfNeeded: $0) }
    let rows = (0..<rowCount).map { Int32(truncatingIfNeeded: $0) }
    let identity = Postsolve(
      original: form, reduced: form, columns: columns, rows: rows, stack: ReductionStack(),
      infinity: options.infinity, restoresDuals: true, isIdentity: true)
    return Presolve(result: .reduced(form, identity), summary: .init(before: before, after: before))
  }
}
