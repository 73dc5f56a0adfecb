extension CBFReader {
  /// The model of what was read.
  mutating func assemble() throws(ConstraintsError) -> ReadResult {
    var model = Model()
    addVariables(&model)
    let offsets = addMatrixVariables(&model)
    var terms = objective
    for entry in objectiveMatrices { terms.append(term(entry, offsets)) }
    if !terms.isEmpty || objectiveConstant != 0 || sense == .maximize {
      model.setObjective(sense, ScalarFunction(constant: objectiveConstant, linear: terms))
    }
    addRows(&model, offsets)
    addMatrixConstraints(&model)
    return ReadResult(model: model, warnings: warnings)
  }

  private func addVariables(_ model: inout Model) {
    var isInteger = [Bool](repeating: false, count: variableCount)
    for j in integers { isInteger[j] = true }
    var first = 0
    for block in variableBlocks {
      for j in first..<first + block.count {
        let (lower, upper) = CBFReader.bounds(block.domain)
        model.addVariable(
          family: "x", keys: [.integer(j)], lower: lower, upper: upper, domain: isInteger[j] ? .integer : .real)
      }
      if let set = cone(block) {
        let members = (first..<first + block.count).map { ScalarFunction(linear: [LinearTerm(1, Int32($0))]) }
        model.addConstraint(.family("cone", [.integer(first)]), ordered(members, block.domain), in: set)
      }
      first += block.count
    }
  }

  /// The bounds of a variable or, with its constant on the other side, of a row; infinite for cones.
  private static func bounds(_ domain: Domain) -> (Double, Double) {
    switch domain {
    case .nonnegative: (0, .infinity)
    case .nonpositive: (-.infinity, 0)
    case .zero: (0, 0)
    default: (-.infinity, .infinity)
    }
  }

  private func cone(_ block: Block) -> (any VectorSet)? {
    switch block.domain {
    case .free, .nonnegative, .nonpositive, .zero: nil
    case .secondOrder: SecondOrderCone(dimension: block.count)
    case .rotated: RotatedSecondOrderCone(dimension: block.count)
    case .exponential: ExponentialCone()
    case .dualExponential: DualExponentialCone()
    case .power(let k): PowerCone(exponent: powers[k][0] / (powers[k][0] + powers[k][1]))
    case .dualPower(let k): DualPowerCone(exponent: dualPowers[k][0] / (dualPowers[k][0] + dualPowers[k][1]))
    }
  }

  /// The file's exponential cones are (t, s, r) with `t >= s exp(r/s)`: the other way round.
  private func ordered(_ members: [ScalarFunction], _ domain: Domain) -> [ScalarFunction] {
    domain == .exponential || domain == .dualExponential ? members.reversed() : members
  }

  /// Adds the upper triangles of the matrix variables, column by column.
  /// - Returns: the first variable of each.
  private func addMatrixVariables(_ model: inout Model) -> [Int] {
    var offsets: [Int] = []
    for (k, order) in matrixVariables.enumerated() {
      let first = model.variableCount
      offsets.append(first)
      for j in 0..<order {
        for i in 0...j { model.addVariable(family: "X", keys: [.integer(k), .integer(i), .integer(j)]) }
      }
      if order == 0 { continue }
      let members = (first..<model.variableCount).map { ScalarFunction(linear: [LinearTerm(1, Int32($0))]) }
      model.addConstraint(
        .family("psd", [.integer(k)]), members, in: PositiveSemidefiniteConeTriangle(sideDimension: order))
    }
    return offsets
  }

  /// ⟨F, X⟩ counts entries off the diagonal twice.
  private func term(_ entry: MatrixEntry, _ offsets: [Int]) -> LinearTerm {
    let position = offsets[entry.column] + entry.i * (entry.i + 1) / 2 + entry.j
    return LinearTerm(entry.i == entry.j ? entry.value : 2 * entry.value, Int32(position))
  }

  private func addRows(_ model: inout Model, _ offsets: [Int]) {
    // Entries sorted by row, in the order of the file within one.
    var starts = [Int](repeating: 0, count: rowCount + 1)
    for entry in rowEntries { starts[entry.row + 1] += 1 }
    for entry in rowMatrices { starts[entry.row + 1] += 1 }
    for i in 0..<rowCount { starts[i + 1] += starts[i] }
    var terms = [LinearTerm](repeating: LinearTerm(0, 0), count: starts[rowCount])
    var next = starts
    for entry in rowEntries {
      terms[next[entry.row]] = LinearTerm(entry.value, Int32(entry.column))
      next[entry.row] += 1
    }
    for entry in rowMatrices {
      terms[next[entry.row]] = term(entry, offsets)
      next[entry.row] += 1
    }
    var constants = [Double](repeating: 0, count: rowCount)
    for entry in rowConstants { constants[entry.row] += entry.value }

    var first = 0
    for block in rowBlocks {
      let range = first..<first + block.count
      first += block.count
      guard let set = cone(block) else {
        let (lower, upper) = CBFReader.bounds(block.domain)
        for i in range {
          model.addRow(
            .family("c", [.integer(i)]), Array(terms[starts[i]..<starts[i + 1]]), lower: lower - constants[i],
            upper: upper - constants[i])
        }
        continue
      }
      let members = range.map { i in
        ScalarFunction(constant: constants[i], linear: Array(terms[starts[i]..<starts[i + 1]]))
      }
      model.addConstraint(.family("c", [.integer(range.lowerBound)]), ordered(members, block.domain), in: set)
    }
  }

  private func addMatrixConstraints(_ model: inout Model) {
    var functions = matrixConstraints.map { order in
      [ScalarFunction](repeating: ScalarFunction(), count: order * (order + 1) / 2)
    }
    for entry in constraintMatrices {
      functions[entry.row][entry.i * (entry.i + 1) / 2 + entry.j].linear.append(
        LinearTerm(entry.value, Int32(entry.column)))
    }
    for entry in constraintConstants {
      functions[entry.row][entry.i * (entry.i + 1) / 2 + entry.j].constant += entry.value
    }
    for (k, order) in matrixConstraints.enumerated() where order > 0 {
      model.addConstraint(
        .family("lmi", [.integer(k)]), functions[k], in: PositiveSemidefiniteConeTriangle(sideDimension: order))
    }
  }
}
