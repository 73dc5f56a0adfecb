extension MPSReader {
  /// The model, once all lines are read.
  /// - Complexity: O(entries + rows + columns); the entries are turned from columns to rows by counting.
  mutating func assemble() -> Model {
    var model = Model(text(modelName))
    columnStarts.append(entryRows.count)
    mergeSplitColumns()
    let domains = settleBounds()
    for column in 0..<columns.count {
      let range = columns.range(column)
      model.addVariable(
        utf8: UnsafeBufferPointer(rebasing: bytes[range]), lower: lower[column], upper: upper[column],
        domain: domains[column])
    }
    if let wanted = objectiveName {
      let row = rows.find(wanted.start, wanted.end)
      if row >= 0, rowTypes[row] == UInt8(ascii: "N") {
        firstFreeRow = row
      } else {
        fail(.missingObjective, "OBJNAME names '\(text(wanted))', which is not a free row", at: wanted)
      }
    }
    let functions = fillRows(&model)
    addObjective(&model, functions)
    addConditionalAndQuadratic(&model, functions)
    addSets(&model)
    return model
  }

  /// Linear rows go into the model; all others come back as lists of terms by row.
  private func fillRows(_ model: inout Model) -> [Int: [LinearTerm]] {
    var target = [Int32](repeating: -1, count: rows.count)  // number of the linear row
    var rowLower: [Double] = []
    var rowUpper: [Double] = []
    var names = NameTable()
    var lazy: [Int] = []
    for row in 0..<rows.count where isLinear(row) {
      target[row] = Int32(truncatingIfNeeded: rowLower.count)
      if rowRoles[row] == .lazy { lazy.append(rowLower.count) }
      let bounds = rowBounds(row)
      rowLower.append(bounds.lower)
      rowUpper.append(bounds.upper)
      names.append(utf8: UnsafeBufferPointer(rebasing: bytes[rows.range(row)]))
    }
    var starts = [Int](repeating: 0, count: rowLower.count + 1)
    for (k, row) in entryRows.enumerated() where target[Int(row)] >= 0 && entryValues[k] != 0 {
      starts[Int(target[Int(row)]) + 1] += 1
    }
    for i in 1..<max(1, starts.count) { starts[i] += starts[i - 1] }
    var functions: [Int: [LinearTerm]] = [:]
    var next = starts
    let total = starts[starts.count - 1]
    let values = [Double](unsafeUninitializedCapacity: total) { buffer, count in
      buffer.initialize(repeating: 0)
      count = total
    }
    var entries = (columns: [Int32](repeating: 0, count: total), values: values)
    entries.columns.withUnsafeMutableBufferPointer { outColumns in
      entries.values.withUnsafeMutableBufferPointer { outValues in
        for column in 0..<columns.count {
          for k in columnStarts[column]..<columnStarts[column + 1] where entryValues[k] != 0 {
            let row = Int(entryRows[k])
            let to = Int(target[row])
            if to < 0 {
              if rowRoles[row] != .cut {
                functions[row, default: []].append(LinearTerm(entryValues[k], Int32(truncatingIfNeeded: column)))
              }
              continue
            }
            let slot = next[to]
            next[to] = slot + 1
            outColumns[slot] = Int32(truncatingIfNeeded: column)
            outValues[slot] = entryValues[k]
          }
        }
      }
    }
    model.addRows(
      names: names, starts: starts, columns: entries.columns, values: entries.values, lower: rowLower, upper: rowUpper)
    for row in lazy { model.markLazy(.row(row)) }
    return functions
  }

  private func isLinear(_ row: Int) -> Bool {
    rowTypes[row] != UInt8(ascii: "N") && rowRoles[row] != .cut && indicatorConditions[row] == nil
      && quadraticTerms[row] == nil
  }

  /// The objective, and the other free rows as named expressions. A free row without any entry is no objective: then
  /// any feasible point will do.
  private mutating func addObjective(_ model: inout Model, _ functions: [Int: [LinearTerm]]) {
    var constants: [Int: Double] = [:]
    for (row, value, place) in freeRowConstants {
      if row == firstFreeRow {
        constants[row] = 0 - value
      } else {
        slip(
          "rhs of N", .ignoredEntry, "the right-hand side of the free row '\(text(place))' has no effect", at: place,
          mend: "remove it")
      }
    }
    for row in 0..<rows.count where rowTypes[row] == UInt8(ascii: "N") {
      var function = ScalarFunction(constant: constants[row] ?? 0, linear: functions[row] ?? [])
      function.quadratic = quadraticFunction(row)
      if row == firstFreeRow {
        function.quadratic += quadraticFunction(-1)
        function.canonicalize()
        if function.kind != .constant || function.constant != 0 || rows.name(row) != MPSFormat.noObjective {
          model.addObjective(Objective(sense, function, name: rows.name(row)))
        }
      } else {
        model.addNamedExpression(rows.name(row), function)
      }
    }
    if firstFreeRow < 0 {
      if let first = quadraticTerms[-1]?.first {
        var function = ScalarFunction()
        function.quadratic = quadraticFunction(-1)
        note("no N row", .missingObjective, .warning, "there is no free row; the objective is its quadratic part alone", at: first.place)
        model.addObjective(Objective(sense, function))
      } else {
        note(
          "no N row", .missingObjective, .warning, "there is no free row, so nothing is optimized",
          at: Token(start: 0, end: 0))
      }
    }
  }

  private mutating func addConditionalAndQuadratic(_ model: inout Model, _ functions: [Int: [LinearTerm]]) {
    if indicatorConditions.isEmpty && quadraticTerms.isEmpty { return }
    for row in 0..<rows.count
    where rowTypes[row] != UInt8(ascii: "N") && rowRoles[row] != .cut && !isLinear(row) {
      let function = ScalarFunction(linear: functions[row] ?? [], nonlinear: nil).adding(quadraticFunction(row))
      let bounds = rowBounds(row)
      let set = ScalarSet(lower: bounds.lower, upper: bounds.upper)
      let label = Model.Label.name(rows.name(row))
      if rowRoles[row] == .lazy {
        let range = rows.range(row)
        note(
          "lazy general", .lostInFile, .warning, "constraint '\(rows.name(row))' is not linear and is kept as an ordinary one",
          at: Token(start: range.lowerBound, end: range.upperBound))
      }
      guard let condition = indicatorConditions[row] else {
        model.addConstraint(label, function, in: set)
        continue
      }
      let z = model.variable(at: condition.column)
      let isBinary = model.domains[condition.column] == .binary
        || (model.domains[condition.column] == .integer && model.lower[condition.column] >= 0
          && model.upper[condition.column] <= 1)
      if !isBinary {
        let range = columns.range(condition.column)
        fail(
          .badSetInFile, "the condition of '\(rows.name(row))' is '\(columns.name(condition.column))', which is not binary",
          at: Token(start: range.lowerBound, end: range.upperBound), mend: "make it binary with a BV bound")
        continue
      }
      model.addConstraint(
        label, [ScalarFunction(linear: [LinearTerm(1, z.index)]), function],
        in: Indicator(activeOn: condition.activeOn, set))
    }
  }

  private mutating func addSets(_ model: inout Model) {
    for set in orderedSets {
      guard Set(set.weights).count == set.weights.count else {
        fail(.badSetInFile, "two members of the ordered set '\(text(set.name))' have the same weight", at: set.name, mend: "number them")
        continue
      }
      guard Set(set.members).count == set.members.count else {
        fail(.badSetInFile, "a column is twice in the ordered set '\(text(set.name))'", at: set.name)
        continue
      }
      let functions = set.members.map { ScalarFunction(linear: [LinearTerm(1, $0)]) }
      let label = Model.Label.name(text(set.name))
      if set.isSecondKind {
        model.addConstraint(label, functions, in: SOS2(weights: set.weights))
      } else {
        model.addConstraint(label, functions, in: SOS1(weights: set.weights))
      }
    }
    for cone in cones {
      guard let (members, set) = vectorSet(of: cone) else { continue }
      model.addConstraint(.name(text(cone.name)), members.map { ScalarFunction(linear: [LinearTerm(1, $0)]) }, in: set)
    }
  }

  /// Sorts the entries of split columns into their columns, where repeated ones are added up.
  private mutating func mergeSplitColumns() {
    if splitEntries.isEmpty { return }
    var counts = [Int](repeating: 0, count: columns.count + 1)
    for column in 0..<columns.count { counts[column + 1] = columnStarts[column + 1] - columnStarts[column] }
    for entry in splitEntries { counts[Int(entry.column) + 1] += 1 }
    for column in 0..<columns.count { counts[column + 1] += counts[column] }
    var next = counts
    var mergedRows = [Int32](repeating: 0, count: counts[columns.count])
    var mergedValues = [Double](repeating: 0, count: counts[columns.count])
    func place(_ column: Int, _ row: Int32, _ value: Double) {
      mergedRows[next[column]] = row
      mergedValues[next[column]] = value
      next[column] += 1
    }
    for column in 0..<columns.count {
      for k in columnStarts[column]..<columnStarts[column + 1] { place(column, entryRows[k], entryValues[k]) }
    }
    for entry in splitEntries { place(Int(entry.column), entry.row, entry.value) }
    // Later entries of a row move to the first one and leave a zero, which is dropped.
    var seen = [Int](repeating: -1, count: rows.count)
    for column in 0..<columns.count {
      for k in counts[column]..<counts[column + 1] {
        let row = Int(mergedRows[k])
        if seen[row] >= counts[column] {
          mergedValues[seen[row]] += mergedValues[k]
          mergedValues[k] = 0
        } else {
          seen[row] = k
        }
      }
    }
    columnStarts = counts
    entryRows = mergedRows
    entryValues = mergedValues
  }
}

extension ScalarFunction {
  fileprivate func adding(_ terms: [QuadraticTerm]) -> ScalarFunction {
    var result = self
    result.quadratic += terms
    return result
  }
}
