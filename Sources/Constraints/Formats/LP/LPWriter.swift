/// Writes the LP format of CPLEX.
///
/// Readers number variables by first appearance. Where that would change their order, the objective lists all of them,
/// with coefficient 0 if need be.
struct LPWriter {
  let model: Model
  private var out: [UInt8] = []
  private var lineStart = 0
  private var found = DiagnosticCollector()
  private var naming = FileNaming(
    longest: 255,
    isLegal: { byte, isFirst in
      LPScanner.isNameByte[Int(byte)]
        && !(isFirst && (byte &- 48 <= 9 || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "/")))
    },
    isReserved: { name in
      if name.utf8.count <= 12, LPFormat.keywords.contains(name.lowercased()) { return true }
      // e1 looks like an exponent to some readers.
      let bytes = name.utf8.prefix(2)
      return bytes.first.map { $0 | 0x20 } == UInt8(ascii: "e") && (bytes.dropFirst().first.map { $0 &- 48 <= 9 } ?? false)
    })
  private var names: [String] = []
  private var rowNames: [String] = []
  private var generalNames: [String] = []

  init(_ model: Model) { self.model = model }

  mutating func write() throws(ConstraintsError) -> WriteResult {
    check()
    try found.throwIfErrors()
    names = naming.names(model.variableCount, prefix: "x") { [model] in model.variableNames[$0] }
    let rows = model.rows.count
    let all = naming.names(rows + model.generalConstraints.count, prefix: "c") { [model] in
      $0 < rows ? model.rowNames[$0] : model.generalNames[$0 - rows]
    }
    rowNames = Array(all[..<rows])
    generalNames = Array(all[rows...])
    writeObjective()
    writeConstraints()
    writeBounds()
    writeDomains()
    writeSets()
    put("End\n")
    try found.throwIfErrors()
    if let first = naming.renamed.first {
      let count = naming.renamed.count
      found.add(
        Diagnostic(
          .renamedInFile, .warning,
          "\(count) name\(count == 1 ? " was" : "s were") changed, such as '\(first.old)' to '\(first.new)'",
          mend: "keep the table of names"))
    }
    return WriteResult(bytes: out, warnings: found.finish(), renamed: naming.renamed)
  }

  // MARK: - What can be written

  private mutating func refuse(_ message: String, mend: String = "choose MathOptFormat or the algebraic JSON") {
    guard !found.isFull else { return }
    found.add(Diagnostic(.cannotCarry, message + "; LP files cannot hold it", mend: mend))
  }

  private mutating func check() {
    if model.objectives.count > 1 { refuse("the model has \(model.objectives.count) objectives") }
    if model.objectives.first?.function.nonlinear != nil { refuse("the objective is nonlinear") }
    for expression in model.namedExpressions {
      found.add(Diagnostic(.lostInFile, .warning, "the expression '\(expression.name)' is left out"))
    }
    if !model.starts.isEmpty { found.add(Diagnostic(.lostInFile, .warning, "start values are left out")) }
    for (i, constraint) in model.generalConstraints.enumerated() {
      let name = model.generalNames[i]
      switch constraint.body {
      case .scalar(let function, _): if function.nonlinear != nil { refuse("constraint '\(name)' is nonlinear") }
      case .vector(let functions, let set):
        switch set {
        case let indicator as Indicator:
          guard case .scalar = indicator.inner, functions.count == 2, isVariable(functions[0]), functions[1].nonlinear == nil
          else {
            refuse("the conditional constraint '\(name)' is not linear")
            continue
          }
        case is SOS1, is SOS2:
          if !functions.allSatisfy(isVariable) { refuse("the members of the ordered set '\(name)' are not plain variables", mend: "introduce variables for them") }
        default: refuse("constraint '\(name)' is of kind \(type(of: set).name)")
        }
      }
    }
    for j in 0..<model.variableCount {
      let (low, high) = (model.lower[j], model.upper[j])
      if low.isNaN || high.isNaN || low == .infinity || high == -.infinity {
        refuse("variable '\(model.variableNames[j])' has bounds [\(low.text), \(high.text)]")
      }
    }
    for i in 0..<model.rows.count {
      let (low, high) = (model.rows.lower[i], model.rows.upper[i])
      if low.isNaN || high.isNaN || low == .infinity || high == -.infinity {
        refuse("constraint '\(model.rowNames[i])' has bounds [\(low.text), \(high.text)]")
      }
    }
  }

  private func isVariable(_ function: ScalarFunction) -> Bool {
    function.kind == .linear && function.constant == 0 && function.linear.count == 1 && function.linear[0].coefficient == 1
  }

  // MARK: - Text

  private mutating func put(_ text: String) {
    out.put(text)
    if text.utf8.last == 10 { lineStart = out.count }
  }

  /// Appends a word after a blank, on a new line when the old one would pass 250 bytes.
  private mutating func word(_ text: String) {
    if out.count - lineStart + text.utf8.count > 250 {
      out.put("\n   ")
      lineStart = out.count - 3
    }
    out.append(32)
    out.put(text)
  }

  private mutating func term(_ coefficient: Double, _ product: String, isFirst: Bool) {
    if !coefficient.isFinite { refuse("there is a coefficient \(coefficient.text)") }
    let isNegative = coefficient < 0
    if isNegative { word("-") } else if !isFirst { word("+") }
    let size = abs(coefficient)
    // One word, so that a line never ends between a number and its variable.
    word(size == 1 ? product : "\(size.text) \(product)")
  }

  private mutating func terms(_ function: ScalarFunction, half: Bool, isFirst: Bool) -> Bool {
    var isFirst = isFirst
    for item in function.linear {
      term(item.coefficient, names[Int(item.variable)], isFirst: isFirst)
      isFirst = false
    }
    if !function.quadratic.isEmpty {
      if !isFirst { word("+") }
      word("[")
      for (k, item) in function.quadratic.enumerated() {
        let (x, y) = (names[Int(item.first)], names[Int(item.second)])
        term(half ? 2 * item.coefficient : item.coefficient, x == y ? "\(x) ^ 2" : "\(x) * \(y)", isFirst: k == 0)
      }
      word(half ? "] / 2" : "]")
      isFirst = false
    }
    return isFirst
  }

  // MARK: - Objective

  private mutating func writeObjective() {
    if !model.name.isEmpty {
      put("\\Problem name: \(model.name.split(whereSeparator: \.isNewline).joined(separator: " "))\n\n")
    }
    let objective = model.objectives.first
    put(objective?.sense == .maximize ? "Maximize\n" : "Minimize\n")
    var function = objective?.function ?? ScalarFunction()
    if let name = objective?.name, !name.isEmpty {
      let written = naming.names(1, prefix: "obj") { _ in name }
      word("\(written[0]):")
    }
    if !appearInOrder() {
      var all = [Double](repeating: 0, count: model.variableCount)
      for term in function.linear { all[Int(term.variable)] = term.coefficient }
      function.linear = all.indices.map { LinearTerm(all[$0], Int32(truncatingIfNeeded: $0)) }
    }
    let isEmpty = terms(function, half: true, isFirst: true)
    if function.constant != 0 {
      if !function.constant.isFinite { refuse("the objective has the constant \(function.constant.text)") }
      if function.constant < 0 { word("-") } else if !isEmpty { word("+") }
      word(plain(abs(function.constant)))
    } else if isEmpty, objective != nil {
      word("0")
    }
    put("\n")
  }

  /// A number whose exponent shows its sign, so that it is not taken for a product.
  private func plain(_ value: Double) -> String {
    let text = value.text
    guard let mark = text.firstIndex(of: "e") else { return text }
    let digits = text[text.index(after: mark)...]
    return digits.first == "-" || digits.first == "+" ? text : text[...mark] + "+" + digits
  }

  /// Whether variables first appear in the order of their numbers.
  private func appearInOrder() -> Bool {
    var next: Int32 = 0
    func isFine(_ function: ScalarFunction) -> Bool {
      for term in function.linear { if !see(term.variable) { return false } }
      for term in function.quadratic { if !see(term.first) || !see(term.second) { return false } }
      return true
    }
    func see(_ variable: Int32) -> Bool {
      if variable == next { next += 1 }
      return variable < next
    }
    if let objective = model.objectives.first, !isFine(objective.function) { return false }
    let lazy = Set(model.lazyRows)
    func rowIsFine(_ i: Int) -> Bool { model.rows.range(i).allSatisfy { see(model.rows.columns[$0]) } }
    for reference in model.constraints {
      switch reference {
      case .row(let i): if !lazy.contains(i), !rowIsFine(i) { return false }
      case .general(let i):
        if case .vector(_, let set) = model.generalConstraints[i].body, !(set is Indicator) { continue }
        for function in model.generalConstraints[i].functions where !isFine(function) { return false }
      }
    }
    for i in model.lazyRows where !rowIsFine(i) { return false }
    return next == model.variableCount
  }

  // MARK: - Constraints

  private mutating func writeConstraints() {
    put("Subject To\n")
    let lazy = Set(model.lazyRows)
    for reference in model.constraints {
      switch reference {
      case .row(let i): if !lazy.contains(i) { writeRow(i) }
      case .general(let i): writeGeneral(i)
      }
    }
    if model.lazyRows.isEmpty { return }
    put("Lazy Constraints\n")
    for i in model.lazyRows { writeRow(i) }
    if model.lazyRows[0] != model.rows.count - model.lazyRows.count {
      found.add(Diagnostic(.lostInFile, .note, "lazy rows come after the others in the file"))
    }
  }

  private mutating func writeRow(_ i: Int) {
    word("\(rowNames[i]):")
    writeBody(ScalarFunction(linear: model.rows.terms(i)), model.rows.lower[i], model.rows.upper[i], rowNames[i])
  }

  private mutating func writeGeneral(_ i: Int) {
    switch model.generalConstraints[i].body {
    case .scalar(let function, let set):
      word("\(generalNames[i]):")
      writeBody(function, set.lower - function.constant, set.upper - function.constant, generalNames[i])
    case .vector(let functions, let set):
      guard let indicator = set as? Indicator, case .scalar(let inner) = indicator.inner else { return }
      word("\(generalNames[i]): \(names[Int(functions[0].linear[0].variable)]) = \(indicator.activeOn ? 1 : 0) ->")
      writeBody(functions[1], inner.lower - functions[1].constant, inner.upper - functions[1].constant, generalNames[i])
    }
  }

  private mutating func writeBody(_ function: ScalarFunction, _ lower: Double, _ upper: Double, _ name: String) {
    let isRange = lower != upper && lower != -.infinity && upper != .infinity
    if isRange {
      found.addOnce(
        kind: "range",
        Diagnostic(
          .lostInFile, .warning,
          "ranges such as that of '\(name)' are written as 'number <= ... <= number', which HiGHS, SCIP and GLPK refuse"))
      word("\(lower.text) <=")
    }
    // HiGHS 1.15 takes `-3 <= 2 x + y <= 8` for two other constraints without a word, but refuses what begins with a
    // bare name; so `x - x` comes first, which adds up to nothing.
    let leading = isRange ? function.linear.first.map { $0.coefficient == 1 ? nil : names[Int($0.variable)] } ?? nil : nil
    if let leading { word("\(leading) - \(leading)") }
    if terms(function, half: false, isFirst: leading == nil) { word(names.first.map { "0 \($0)" } ?? "0") }
    if isRange {
      word("<= \(upper.text)")
    } else if lower == upper {
      word("= \(lower.text)")
    } else if upper != .infinity {
      word("<= \(upper.text)")
    } else {
      word(">= \(lower.text)")
    }
    put("\n")
  }

  // MARK: - Bounds, domains, sets

  private mutating func writeBounds() {
    var isOpen = false
    for j in 0..<model.variableCount {
      guard let text = bound(j) else { continue }
      if !isOpen { put("Bounds\n") }
      isOpen = true
      put(" \(text)\n")
    }
  }

  private func bound(_ j: Int) -> String? {
    let (low, high, name) = (model.lower[j], model.upper[j], names[j])
    if model.domains[j] == .binary, low == 0, high == 1 { return nil }
    if low == 0, high == .infinity { return model.domains[j].isSemi ? "\(name) <= inf" : nil }
    if low == -.infinity, high == .infinity { return "\(name) free" }
    if low == high { return "\(name) = \(low.text)" }
    if high == .infinity { return model.domains[j].isSemi ? "\(low.text) <= \(name) <= inf" : "\(name) >= \(low.text)" }
    return "\(low.text) <= \(name) <= \(high.text)"
  }

  private mutating func writeDomains() {
    writeList("Binary") { $0 == .binary }
    writeList("General") { $0 == .integer || $0 == .semiinteger }
    writeList("Semi-Continuous") { $0.isSemi }
  }

  private mutating func writeList(_ title: String, where isMember: (Domain) -> Bool) {
    var isOpen = false
    for j in 0..<model.variableCount where isMember(model.domains[j]) {
      if !isOpen { put("\(title)\n") }
      isOpen = true
      word(names[j])
    }
    if isOpen { put("\n") }
  }

  private mutating func writeSets() {
    var isOpen = false
    for (i, constraint) in model.generalConstraints.enumerated() {
      guard case .vector(let functions, let set) = constraint.body,
        let weights = (set as? SOS1)?.weights ?? (set as? SOS2)?.weights
      else { continue }
      if !isOpen { put("SOS\n") }
      isOpen = true
      word("\(generalNames[i]): \(set is SOS1 ? "S1" : "S2")::")
      for (function, weight) in zip(functions, weights) { word("\(names[Int(function.linear[0].variable)]):\(weight.text)") }
      put("\n")
    }
  }
}
