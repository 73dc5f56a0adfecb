/// Writes the conic benchmark format, version 3. Sides of rows and bounds that no domain states become rows of their own;
/// names are lost.
struct CBFWriter {
  let model: Model
  private var found = DiagnosticCollector()
  private var out: [UInt8] = []

  /// One row: an affine function in a domain. Rows of one cone follow each other.
  private struct Row {
    var terms: [LinearTerm]
    var constant: Double
  }
  private var rows: [Row] = []
  /// Domains of the rows, with counts.
  private var blocks: [(domain: String, count: Int)] = []
  private var exponents: [Double] = []
  private var dualExponents: [Double] = []
  private var matrices: [(order: Int, functions: [ScalarFunction])] = []

  init(_ model: Model) { self.model = model }

  mutating func write() throws(ConstraintsError) -> WriteResult {
    check()
    collectRows()
    collectSets()
    try found.throwIfErrors()
    let domains = variableDomains()
    collectBounds(domains)

    put("VER\n3\n\nOBJSENSE\n\(model.sense == .maximize ? "MAX" : "MIN")\n")
    writePowers("POWCONES", exponents)
    writePowers("POW*CONES", dualExponents)
    writeBlocks("VAR", domains)
    let integers = (0..<model.variableCount).filter { model.domains[$0] != .real }
    writeList("INT", integers.map { "\($0)" })
    if !matrices.isEmpty { writeList("PSDCON", matrices.map { "\($0.order)" }) }
    writeBlocks("CON", blocks)
    if let function = model.objectives.first?.function {
      writeList("OBJACOORD", function.linear.map { "\($0.variable) \($0.coefficient.text)" })
      if function.constant != 0 { put("\nOBJBCOORD\n\(function.constant.text)\n") }
    }
    writeList("ACOORD", rows.enumerated().flatMap { i, row in
      row.terms.map { "\(i) \($0.variable) \($0.coefficient.text)" }
    })
    writeList("BCOORD", rows.enumerated().compactMap { i, row in row.constant == 0 ? nil : "\(i) \(row.constant.text)" })
    writeMatrices()
    if model.variableCount > 0 || model.constraintCount > 0 {
      found.add(Diagnostic(.lostInFile, .warning, "names are left out; the format has none"))
    }
    return WriteResult(bytes: out, warnings: found.finish())
  }

  private mutating func put(_ text: String) { out.put(text) }

  private mutating func refuse(_ message: String, mend: String = "choose MathOptFormat or the algebraic JSON") {
    guard !found.isFull else { return }
    found.add(Diagnostic(.cannotCarry, message + "; the conic benchmark format cannot hold it", mend: mend))
  }

  // MARK: - What can be written

  private mutating func check() {
    if model.objectives.count > 1 { refuse("the model has \(model.objectives.count) objectives") }
    if let function = model.objectives.first?.function, function.kind > .linear { refuse("the objective is not linear") }
    for expression in model.namedExpressions {
      found.add(Diagnostic(.lostInFile, .warning, "the expression '\(expression.name)' is left out"))
    }
    if !model.starts.isEmpty { found.add(Diagnostic(.lostInFile, .warning, "start values are left out")) }
    for j in 0..<model.variableCount {
      let name = model.variableNames[j]
      if model.domains[j] == .semicontinuous || model.domains[j] == .semiinteger {
        refuse("variable '\(name)' is \(model.domains[j].name)")
      }
      let (low, high) = (model.lower[j], model.upper[j])
      if low.isNaN || high.isNaN || low == .infinity || high == -.infinity {
        refuse("variable '\(name)' has bounds [\(low.text), \(high.text)]")
      }
    }
    for i in 0..<model.rows.count {
      let (low, high) = (model.rows.lower[i], model.rows.upper[i])
      if low.isNaN || high.isNaN || low == .infinity || high == -.infinity {
        refuse("constraint '\(model.rowNames[i])' has bounds [\(low.text), \(high.text)]")
      }
    }
  }

  private mutating func add(_ domain: String, _ terms: [LinearTerm], _ constant: Double) {
    rows.append(Row(terms: terms, constant: constant))
    if blocks.last?.domain == domain {
      blocks[blocks.count - 1].count += 1
    } else {
      blocks.append((domain, 1))
    }
  }

  /// `terms` between two numbers.
  private mutating func add(_ terms: [LinearTerm], _ low: Double, _ high: Double) {
    if low == high { return add("L=", terms, -low) }
    if low == -.infinity && high == .infinity { return add("F", terms, 0) }
    if low > -.infinity { add("L+", terms, -low) }
    if high < .infinity { add("L-", terms, -high) }
  }

  private mutating func collectRows() {
    for i in 0..<model.rows.count { add(model.rows.terms(i), model.rows.lower[i], model.rows.upper[i]) }
  }

  private mutating func collectSets() {
    for (i, constraint) in model.generalConstraints.enumerated() {
      let name = model.generalNames[i]
      guard case .vector(let functions, let set) = constraint.body else {
        refuse("constraint '\(name)' is not linear")
        continue
      }
      guard functions.allSatisfy({ $0.kind <= .linear }) else {
        refuse("the functions of constraint '\(name)' are not linear")
        continue
      }
      switch set {
      case is Zeros: addBlock("L=", functions, isCone: false)
      case is Nonnegatives: addBlock("L+", functions, isCone: false)
      case is Nonpositives: addBlock("L-", functions, isCone: false)
      case is Reals: addBlock("F", functions, isCone: false)
      case is SecondOrderCone: addBlock("Q", functions)
      case is RotatedSecondOrderCone: addBlock("QR", functions)
      case is ExponentialCone: addBlock("EXP", functions.reversed())
      case is DualExponentialCone: addBlock("EXP*", functions.reversed())
      case let cone as PowerCone: addBlock("@\(CBFWriter.position(cone.exponent, &exponents)):POW", functions)
      case let cone as DualPowerCone:
        addBlock("@\(CBFWriter.position(cone.exponent, &dualExponents)):POW*", functions)
      case let cone as PositiveSemidefiniteConeTriangle: matrices.append((cone.sideDimension, functions))
      case let scaled as Scaled:
        guard let cone = scaled.inner as? PositiveSemidefiniteConeTriangle else {
          refuse("constraint '\(name)' is of kind \(Scaled.name)")
          continue
        }
        matrices.append((cone.sideDimension, CBFWriter.unscaled(functions, cone.sideDimension)))
      default: refuse("constraint '\(name)' is of kind \(type(of: set).name)")
      }
    }
  }

  private mutating func addBlock(_ domain: String, _ functions: [ScalarFunction], isCone: Bool = true) {
    if functions.isEmpty { return }
    if isCone {
      for function in functions { rows.append(Row(terms: function.linear, constant: function.constant)) }
      blocks.append((domain, functions.count))
    } else {
      for function in functions { add(domain, function.linear, function.constant) }
    }
  }

  private static func position(_ exponent: Double, _ list: inout [Double]) -> Int {
    if let k = list.firstIndex(of: exponent) { return k }
    list.append(exponent)
    return list.count - 1
  }

  /// Entries off the diagonal divided by √2.
  private static func unscaled(_ functions: [ScalarFunction], _ order: Int) -> [ScalarFunction] {
    var result = functions
    var k = 0
    for j in 0..<order {
      for i in 0...j {
        if i < j {
          result[k].constant *= 0.5.squareRoot()
          for t in result[k].linear.indices { result[k].linear[t].coefficient *= 0.5.squareRoot() }
        }
        k += 1
      }
    }
    return result
  }

  /// The domain that states the bounds of each variable, or that it is free; runs of one domain.
  private func variableDomains() -> [(domain: String, count: Int)] {
    var result: [(domain: String, count: Int)] = []
    for j in 0..<model.variableCount {
      let domain =
        switch (model.lower[j], model.upper[j]) {
        case (0, 0): "L="
        case (0, _): "L+"
        case (_, 0): "L-"
        default: "F"
        }
      if result.last?.domain == domain {
        result[result.count - 1].count += 1
      } else {
        result.append((domain, 1))
      }
    }
    return result
  }

  /// Rows for the bounds that the domains leave out.
  private mutating func collectBounds(_ domains: [(domain: String, count: Int)]) {
    var j = 0
    for (domain, count) in domains {
      for variable in j..<j + count {
        let term = [LinearTerm(1, Int32(variable))]
        let (low, high) = (model.lower[variable], model.upper[variable])
        switch domain {
        case "L+": if high < .infinity { add("L-", term, -high) }
        case "L-": if low > -.infinity { add("L+", term, -low) }
        case "F": if low > -.infinity || high < .infinity { add(term, low, high) }
        default: break
        }
      }
      j += count
    }
  }

  // MARK: - Text

  private mutating func writeList(_ section: String, _ lines: [String]) {
    if lines.isEmpty { return }
    put("\n\(section)\n\(lines.count)\n")
    for line in lines { put("\(line)\n") }
  }

  private mutating func writeBlocks(_ section: String, _ blocks: [(domain: String, count: Int)]) {
    if blocks.isEmpty { return }
    put("\n\(section)\n\(blocks.reduce(0) { $0 + $1.count }) \(blocks.count)\n")
    for block in blocks { put("\(block.domain) \(block.count)\n") }
  }

  private mutating func writePowers(_ section: String, _ exponents: [Double]) {
    if exponents.isEmpty { return }
    put("\n\(section)\n\(exponents.count) \(2 * exponents.count)\n")
    for exponent in exponents { put("2\n\(exponent.text)\n\((1 - exponent).text)\n") }
  }

  private mutating func writeMatrices() {
    var coefficients: [String] = []
    var constants: [String] = []
    for (k, matrix) in matrices.enumerated() {
      var position = 0
      for i in 0..<matrix.order {
        for j in 0...i {
          let function = matrix.functions[position]
          position += 1
          for term in function.linear { coefficients.append("\(k) \(term.variable) \(i) \(j) \(term.coefficient.text)") }
          if function.constant != 0 { constants.append("\(k) \(i) \(j) \(function.constant.text)") }
        }
      }
    }
    writeList("HCOORD", coefficients)
    writeList("DCOORD", constants)
  }
}
