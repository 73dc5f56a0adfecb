extension LPReader {
  /// Reads the whole file.
  mutating func read() throws(ConstraintsError) -> ReadResult {
    readProblemName()
    guard readObjective() else {
      try found.throwIfErrors()
      return ReadResult(model: model, warnings: found.finish())
    }
    var isAtEnd = false
    while token.kind != .end, !found.isFull, !isAtEnd {
      guard let (section, words, unsupported) = section() else {
        fail(.lpSyntax, "a section such as 'Subject To', 'Bounds' or 'End' is expected, not \(shown(token))", at: token, mend: hint())
        recover()
        continue
      }
      if let unsupported {
        fail(.unsupportedSection, "this section (\(unsupported)) is not read", at: token)
        break
      }
      for _ in 0..<words { advance() }
      if token.kind == .colon { advance() }
      switch section {
      case .constraints: readConstraints(.constraints)
      case .lazy: readConstraints(.lazy)
      case .cuts: readConstraints(.cuts)
      case .bounds: readBounds()
      case .general: readList("General", .integer)
      case .binary: readList("Binary", .binary)
      case .semicontinuous: readList("Semi-Continuous", .semicontinuous)
      case .sets(let kind): readSets(kind)
      case .end:
        isAtEnd = true
        if token.kind != .end { note("after end", .textAfterEnd, .warning, "the text after End is not read", at: token) }
      }
    }
    if !isAtEnd, !found.hasErrors {
      slip("no end", .missingEnd, "the file ends without End", at: token, mend: "check that it is complete, then add the line")
    }
    try found.throwIfErrors()
    finish()
    try found.throwIfErrors()
    return ReadResult(model: model, warnings: found.finish())
  }

  /// `\Problem name: diet`, as CPLEX writes it.
  private mutating func readProblemName() {
    let lead = Array("\\Problem name:".utf8)
    var at = 0
    while at < bytes.count, bytes[at] <= 32 { at += 1 }
    guard at + lead.count <= bytes.count, bytes[at..<(at + lead.count)].elementsEqual(lead) else { return }
    at += lead.count
    var end = at
    while end < bytes.count, bytes[end] != 10, bytes[end] != 13 { end += 1 }
    if at < end, bytes[at] == 32 { at += 1 }
    model.name = String(decoding: bytes[at..<end], as: UTF8.self)
  }

  /// The hint that belongs to text of lp_solve, if it looks so.
  private func hint() -> String? {
    bytes.contains(UInt8(ascii: ";")) ? "is this the LP language of lp_solve? It is not read" : nil
  }

  // MARK: - Objective

  /// - Returns: false when reading on makes no sense.
  private mutating func readObjective() -> Bool {
    switch lowercased(token) {
    case "max", "maximum", "maximize", "maximise": sense = .maximize
    case "min", "minimum", "minimize", "minimise": sense = .minimize
    default:
      fail(
        .lpSyntax, "an LP file begins with Minimize or Maximize, not with \(shown(token))", at: token,
        mend: hint() ?? "for a problem without objective write 'Minimize' alone")
      return false
    }
    if next.kind == .colon {
      fail(
        .foreignDialect, "'\(text(token)):' begins a model in the LP language of lp_solve, which is not read", at: token,
        mend: "convert it with lp_solve -S3 -parse -wfmps")
      return false
    }
    advance()
    if lowercased(token) == "multi", next.kind == .minus {
      fail(.unsupportedSection, "several objectives in Gurobi's dialect are not read", at: token)
      return false
    }
    var name = ""
    if token.kind == .name, next.kind == .colon {
      name = text(token)
      advance()
      advance()
    }
    guard section() == nil, token.kind != .end else {
      if !name.isEmpty { model.addObjective(Objective(sense, ScalarFunction(), name: name)) }
      return true
    }
    constraintNumber += 1
    guard let function = readExpression(.objective) else {
      recover()
      return true
    }
    if !function.constant.isFinite { fail(.misplacedInfinity, "the objective has an infinite constant", at: token) }
    var scalar = function
    scalar.canonicalize()
    if !(name.isEmpty && scalar.kind == .constant && scalar.constant == 0) {
      model.addObjective(Objective(sense, scalar, name: name))
    }
    return true
  }

  // MARK: - Constraints

  private mutating func readConstraints(_ section: Section) {
    while token.kind != .end, !found.isFull {
      if self.section() != nil { return }
      if !readConstraint(section) { recover() }
    }
  }

  private struct Sides {
    var function: ScalarFunction
    var set: ScalarSet
  }

  private mutating func readConstraint(_ section: Section) -> Bool {
    let start = token
    var name: Token?
    if token.kind == .name, next.kind == .colon {
      name = token
      advance()
      advance()
    }
    if token.kind == .name, next.kind == .doubleColon { return readSet(name, kind: 0) }
    constraintNumber += 1
    guard let first = readExpression(.left) else { return false }
    if token.kind == .equal, isPlainVariable(first), next.kind == .number, afterNext.kind == .arrow || afterNext.kind == .equivalence {
      return readIndicator(name, first)
    }
    guard let sides = readSides(first, start: start) else { return false }
    if token.kind == .arrow {
      fail(.lpSyntax, "a condition before '->' is a binary variable '= 0' or '= 1'", at: token)
      return false
    }
    if case .cuts = section {
      note("cuts", .droppedCut, .warning, "user cuts are left out", at: start)
      return true
    }
    let label = label(name, start)
    let reference = model.addConstraint(label, sides.function, in: sides.set)
    if case .lazy = section {
      model.markLazy(reference)
      if case .general = reference {
        note("lazy general", .lostInFile, .warning, "constraint '\(label.text)' is not linear and is kept as an ordinary one", at: start)
      }
    }
    return true
  }

  private mutating func label(_ name: Token?, _ start: Token) -> Model.Label {
    guard let name else { return .name("c\(model.constraintCount + 1)") }
    if !rowNames.insert(name.start, name.end).isNew {
      slip("duplicate row", .duplicateName, "two constraints are called '\(text(name))'", at: name, mend: "rename one of them")
    }
    return .name(text(name))
  }

  private func isPlainVariable(_ function: ScalarFunction) -> Bool {
    function.linear.count == 1 && function.linear[0].coefficient == 1 && function.constant == 0 && function.quadratic.isEmpty
  }

  /// The relation and the other side or sides, from the relation on.
  private mutating func readSides(_ first: ScalarFunction, start: Token) -> Sides? {
    guard token.isRelation else {
      fail(.lpSyntax, "a relation such as <= is expected, not \(shown(token))", at: token, mend: relationHint())
      return nil
    }
    let relation = token.kind
    advance()
    guard let second = readExpression(.right) else { return nil }
    guard token.isRelation else { return sides(first, relation, second, at: start) }
    // lower <= expression <= upper
    let relationToken = token
    let otherRelation = token.kind
    advance()
    guard let third = readExpression(.right) else { return nil }
    guard first.kind == .constant, third.kind == .constant, relation == otherRelation, relation != .equal else {
      fail(.lpSyntax, "a double relation is 'number <= expression <= number' with both relations alike", at: relationToken)
      return nil
    }
    let (low, high) = relation == .less ? (first.constant, third.constant) : (third.constant, first.constant)
    var function = second
    function.canonicalize()
    if function.constant != 0 { noteConstant(start) }
    guard let set = checked(ScalarSet(lower: infinite(low, start), upper: infinite(high, start)), at: start) else { return nil }
    return Sides(function: function, set: set)
  }

  private func relationHint() -> String? {
    if token.kind == .open { return "names cannot hold [ ]; write ( ), or read in Gurobi's dialect" }
    if token.kind == .times || token.kind == .power { return "products stand in brackets: [ x ^ 2 + x * y ]" }
    if token.kind == .name || token.kind == .number { return "an operator is missing" }
    return nil
  }

  private mutating func sides(_ first: ScalarFunction, _ relation: Token.Kind, _ second: ScalarFunction, at start: Token) -> Sides? {
    var function = first
    if second.kind != .constant {
      for term in second.linear { function.linear.append(LinearTerm(-term.coefficient, term.variable)) }
      for term in second.quadratic { function.quadratic.append(QuadraticTerm(-term.coefficient, term.first, term.second)) }
    }
    function.canonicalize()
    // `3 <= x + y` is customary and needs no word; a constant beside variables does.
    if (first.constant != 0 && first.kind != .constant) || (second.constant != 0 && second.kind != .constant) { noteConstant(start) }
    if first.kind == .constant, second.kind == .constant {
      note("no variables", .lpSyntax, .note, "a constraint without variables", at: start)
    }
    guard second.constant.isFinite || second.kind == .constant, first.constant.isFinite || first.kind == .constant,
      first.constant.isFinite || second.constant.isFinite
    else {
      fail(.misplacedInfinity, "infinity stands among other terms", at: start)
      return nil
    }
    let rhs = infinite(second.constant - first.constant, start)
    function.constant = 0
    let set: ScalarSet
    switch relation {
    case .less: set = ScalarSet(upper: rhs)
    case .greater: set = ScalarSet(lower: rhs)
    default: set = ScalarSet(lower: rhs, upper: rhs)
    }
    return checked(set, at: start).map { Sides(function: function, set: $0) }
  }

  private mutating func noteConstant(_ start: Token) {
    note("constant", .movedConstant, .warning, "a constant among the terms goes to the right-hand side", at: start, mend: "move it yourself")
  }

  private mutating func checked(_ set: ScalarSet, at place: Token) -> ScalarSet? {
    if set.lower == .infinity || set.upper == -.infinity {
      fail(.misplacedInfinity, "a constraint cannot ask for an infinite value", at: place)
      return nil
    }
    return set
  }

  /// Values from 1e30 on are infinite, from 1e20 on suspicious.
  mutating func infinite(_ value: Double, _ place: Token) -> Double {
    if abs(value) < 1e20 { return value }
    if abs(value) >= 1e30 { return value < 0 ? -.infinity : .infinity }
    note("nearly", .nearlyInfinite, .warning, "the value \(value.text) is kept as a finite number", at: place, mend: "write inf if none is meant")
    return value
  }

  /// `name: z = 1 -> expression <= number`.
  private mutating func readIndicator(_ name: Token?, _ condition: ScalarFunction) -> Bool {
    advance()
    let value = token
    advance()
    if token.kind == .equivalence {
      fail(.unsupportedSection, "an equivalence '<->' is not read", at: token, mend: "write two conditions with '->'")
      return false
    }
    advance()
    guard value.value == 0 || value.value == 1 else {
      fail(.badSetInFile, "the condition of an indicator is '= 0' or '= 1'", at: value)
      return false
    }
    let start = token
    constraintNumber += 1
    guard let first = readExpression(.left), let sides = readSides(first, start: start) else { return false }
    var function = sides.function
    var set = sides.set
    set.lower -= function.constant
    set.upper -= function.constant
    function.constant = 0
    model.addConstraint(
      label(name, start), [condition, function], in: Indicator(activeOn: value.value == 1, set))
    return true
  }
}
