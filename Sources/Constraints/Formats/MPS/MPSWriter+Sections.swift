extension MPSWriter {
  mutating func writeHead() {
    let name = model.name.split(whereSeparator: \.isNewline).joined(separator: " ")
    let trimmed = name.split(separator: " ", omittingEmptySubsequences: false)
    if name != model.name || trimmed.first == "" || trimmed.last == "" || trimmed.last == "FREE" {
      found.add(Diagnostic(.renamedInFile, .warning, "the name of the model, '\(model.name)', reads back differently"))
    }
    out.put("NAME          \(name)\n")
    if objective?.sense == .maximize, !isNegated { out.put("OBJSENSE\n    MAX\n") }
  }

  var linearBase: Int { 1 + freeRows.count }
  var extraBase: Int { linearBase + model.rows.count }

  /// Row type, right-hand side and range of two bounds.
  private func shape(_ lower: Double, _ upper: Double) -> (type: String, rhs: Double, range: Double?) {
    if lower == upper { return ("E", lower, nil) }
    if lower == -.infinity { return upper == .infinity ? ("G", -.infinity, nil) : ("L", upper, nil) }
    if upper == .infinity { return ("G", lower, nil) }
    let width = upper - lower
    for candidate in [width, width.nextUp, width.nextDown] {
      if lower + candidate == upper { return ("G", lower, candidate) }
      if upper - candidate == lower { return ("L", upper, candidate) }
    }
    return ("G", lower, width)
  }

  private func bounds(_ row: Int) -> (Double, Double) {
    row < extraBase
      ? (model.rows.lower[row - linearBase], model.rows.upper[row - linearBase])
      : (extras[row - extraBase].set.lower, extras[row - extraBase].set.upper)
  }

  mutating func writeRows() {
    out.put("ROWS\n")
    for i in 0..<linearBase { line("N", rowNames[i]) }
    var lazy = model.lazyRows[...]
    for i in linearBase..<rowNames.count {
      if i < extraBase, lazy.first == i - linearBase {
        lazy.removeFirst()
        continue
      }
      let (low, high) = bounds(i)
      line(shape(low, high).type, rowNames[i])
    }
    if !model.lazyRows.isEmpty {
      out.put("LAZYCONS\n")
      for i in model.lazyRows {
        let (low, high) = bounds(linearBase + i)
        line(shape(low, high).type, rowNames[linearBase + i])
      }
      if model.lazyRows[0] != model.rows.count - model.lazyRows.count {
        found.add(Diagnostic(.lostInFile, .note, "lazy rows come after the others in the file"))
      }
    }
  }

  // MARK: - Columns

  mutating func writeColumns() {
    let matrix = columnwise()
    out.put("COLUMNS\n")
    var isInteger = false
    var marker = 0
    for j in 0..<model.variableCount {
      if model.domains[j].isIntegral != isInteger {
        isInteger.toggle()
        writeMarker(marker, isStart: isInteger)
        marker += 1
      }
      let range = matrix.starts[j]..<matrix.starts[j + 1]
      if range.isEmpty { writeEntry(j, 0, 0) }
      for k in range { writeEntry(j, Int(matrix.rows[k]), matrix.values[k]) }
    }
    if isInteger { writeMarker(marker, isStart: false) }
  }

  private mutating func writeEntry(_ column: Int, _ row: Int, _ value: Double) {
    let number = text(row == 0 && isNegated ? 0 - value : value, of: rowNames[row])
    if options.fixedColumns { return line("", columnNames[column], rowNames[row], number) }
    out.append(UInt8(ascii: " "))
    out.put(columnNames[column])
    out.append(UInt8(ascii: " "))
    out.put(rowNames[row])
    out.append(UInt8(ascii: " "))
    out.put(number)
    out.append(10)
  }

  private mutating func writeMarker(_ number: Int, isStart: Bool) {
    let kind = isStart ? "'INTORG'" : "'INTEND'"
    if options.fixedColumns {
      let start = out.count
      out.put("    M\(number)")
      out.pad(to: 14, from: start)
      out.put("'MARKER'")
      out.pad(to: 39, from: start)
      out.put(kind + "\n")
    } else {
      out.put(" MARKER\(number) 'MARKER' \(kind)\n")
    }
  }

  /// All coefficients by column: row 0 is the objective, then free, linear and extra rows.
  private func columnwise() -> (starts: [Int], rows: [Int32], values: [Double]) {
    let others: [(row: Int, terms: [LinearTerm])] =
      [(0, objective?.function.linear ?? [])] + freeRows.enumerated().map { (1 + $0, $1.function.linear) }
      + extras.enumerated().map { (extraBase + $0, $1.function.linear) }
    var starts = [Int](repeating: 0, count: model.variableCount + 1)
    for column in model.rows.columns { starts[Int(column) + 1] += 1 }
    for other in others { for term in other.terms { starts[Int(term.variable) + 1] += 1 } }
    for j in 0..<model.variableCount { starts[j + 1] += starts[j] }
    var next = starts
    var rows = [Int32](repeating: 0, count: starts[model.variableCount])
    var values = [Double](repeating: 0, count: starts[model.variableCount])
    func place(_ row: Int, _ column: Int32, _ value: Double) {
      let slot = next[Int(column)]
      next[Int(column)] = slot + 1
      rows[slot] = Int32(truncatingIfNeeded: row)
      values[slot] = value
    }
    for other in others where other.row < linearBase {
      for term in other.terms { place(other.row, term.variable, term.coefficient) }
    }
    for i in 0..<model.rows.count {
      for k in model.rows.range(i) { place(linearBase + i, model.rows.columns[k], model.rows.values[k]) }
    }
    for other in others where other.row >= linearBase {
      for term in other.terms { place(other.row, term.variable, term.coefficient) }
    }
    return (starts, rows, values)
  }

  // MARK: - Right-hand sides, ranges, bounds

  mutating func writeRightHandSides() {
    out.put("RHS\n")
    let set = setName("RHS", apartFrom: rowNames)
    if let constant = objective?.function.constant, constant != 0 {
      line("", set, rowNames[0], text(isNegated ? constant : 0 - constant, of: rowNames[0]))
    }
    for i in linearBase..<rowNames.count {
      let (low, high) = bounds(i)
      let rhs = shape(low, high).rhs
      if rhs == 0 { continue }
      line("", set, rowNames[i], rhs.isInfinite ? "-1e30" : rhs.text)
    }
  }

  mutating func writeRanges() {
    let set = setName("RNG", apartFrom: rowNames)
    var isFirst = true
    for i in linearBase..<rowNames.count {
      let (low, high) = bounds(i)
      guard case (let type, let rhs, let range?) = shape(low, high) else { continue }
      if isFirst { out.put("RANGES\n") }
      isFirst = false
      if type == "G" ? rhs + range != high : rhs - range != low {
        found.addOnce(
          kind: "inexact",
          Diagnostic(
            .inexactRange, .warning,
            "the range of '\(rowNames[i])', [\(low.text), \(high.text)], reads back with another last digit"))
      }
      line("", set, rowNames[i], text(range, of: rowNames[i]))
    }
  }

  mutating func writeBounds() {
    let set = setName("BND", apartFrom: columnNames)
    out.put("BOUNDS\n")
    let before = out.count
    for j in 0..<model.variableCount { writeBounds(of: j, set) }
    if out.count == before { out.removeLast("BOUNDS\n".utf8.count) }
  }

  private mutating func writeBounds(of j: Int, _ set: String) {
    let (low, high) = (model.lower[j], model.upper[j])
    let name = columnNames[j]
    for value in [low, high] where value.isFinite && abs(value) >= 1e30 {
      found.addOnce(
        kind: "huge", Diagnostic(.lostInFile, .warning, "the bound \(value.text) of '\(name)' reads back as infinite"))
    }
    switch model.domains[j] {
    case .binary:
      line("BV", set, name)
      if low == high {
        line("FX", set, name, low.text)
      } else {
        if low != 0 { line("LO", set, name, low.text) }
        if high != 1 { line("UP", set, name, high.text) }
      }
    case .semicontinuous, .semiinteger:
      if low == -.infinity { line("MI", set, name) } else if low != 0 { line("LO", set, name, low.text) }
      line("SC", set, name, high == .infinity ? "1e30" : high.text)
    case .real:
      if low == 0, high == .infinity { return }
      writeInterval(low, high, name, set, isExplicit: false)
    case .integer: writeInterval(low, high, name, set, isExplicit: true)
    }
  }

  private mutating func writeInterval(_ low: Double, _ high: Double, _ name: String, _ set: String, isExplicit: Bool) {
    if low == -.infinity, high == .infinity { return line("FR", set, name) }
    if low == high { return line("FX", set, name, low.text) }
    if low == -.infinity {
      line("MI", set, name)
    } else if low != 0 || isExplicit || high < 0 {
      line("LO", set, name, low.text)
    }
    if high != .infinity { line("UP", set, name, high.text) } else if isExplicit { line("PL", set, name) }
  }

  // MARK: - Extensions

  mutating func writeQuadratic() {
    if let terms = objective?.function.quadratic, !terms.isEmpty {
      out.put("QUADOBJ\n")
      for term in terms {
        let value = (term.first == term.second ? 2 : 1) * (isNegated ? 0 - term.coefficient : term.coefficient)
        line("", columnNames[Int(term.first)], columnNames[Int(term.second)], text(value, of: rowNames[0]))
      }
    }
    for (i, extra) in extras.enumerated() where !extra.function.quadratic.isEmpty {
      let name = rowNames[extraBase + i]
      found.addOnce(
        kind: "factor",
        Diagnostic(.quadraticFactor, .note, "quadratic constraints such as '\(name)' are written as x'Qx, as Gurobi and SCIP read them"))
      out.put("QCMATRIX   \(name)\n")
      for term in extra.function.quadratic {
        let (first, second) = (columnNames[Int(term.first)], columnNames[Int(term.second)])
        if term.first == term.second {
          line("", first, second, text(term.coefficient, of: name))
        } else {
          let half = text(term.coefficient / 2, of: name)
          line("", first, second, half)
          line("", second, first, half)
        }
      }
    }
  }

  mutating func writeIndicators() {
    let conditional = extras.enumerated().filter { $1.condition != nil }
    if conditional.isEmpty { return }
    out.put("INDICATORS\n")
    for (i, extra) in conditional {
      guard let condition = extra.condition else { continue }
      line("IF", rowNames[extraBase + i], columnNames[Int(condition.variable)], condition.activeOn ? "1" : "0")
    }
  }

  mutating func writeSets() {
    var hasHeader = false
    for (i, constraint) in model.generalConstraints.enumerated() {
      guard case .vector(let functions, let set) = constraint.body, let name = setNames[i] else { continue }
      let weights = (set as? SOS1)?.weights ?? (set as? SOS2)?.weights
      guard let weights else { continue }
      if !hasHeader { out.put("SOS\n") }
      hasHeader = true
      line(set is SOS1 ? "S1" : "S2", name)
      for (function, weight) in zip(functions, weights) {
        guard let member = plainVariable(function) else { continue }
        line("", columnNames[Int(member)], "", text(weight, of: name))
      }
    }
    for (i, constraint) in model.generalConstraints.enumerated() {
      guard case .vector(let functions, let set) = constraint.body, let name = setNames[i],
        let (kind, parameter, isReversed) = cone(set)
      else { continue }
      out.put("CSECTION      \(name)     \(parameter.text)     \(kind)\n")
      for function in isReversed ? functions.reversed() : functions {
        if let member = plainVariable(function) { line("", columnNames[Int(member)]) }
      }
    }
  }

  private func cone(_ set: any VectorSet) -> (kind: String, parameter: Double, isReversed: Bool)? {
    switch set {
    case is SecondOrderCone: ("QUAD", 0, false)
    case is RotatedSecondOrderCone: ("RQUAD", 0, false)
    case is ExponentialCone: ("PEXP", 0, true)
    case is DualExponentialCone: ("DEXP", 0, true)
    case let power as PowerCone: ("PPOW", power.exponent, false)
    case let power as DualPowerCone: ("DPOW", power.exponent, false)
    default: nil
    }
  }
}
