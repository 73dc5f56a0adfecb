extension LPReader {
  // MARK: - Bounds

  mutating func readBounds() {
    while token.kind != .end, !found.isFull {
      if section() != nil { return }
      if !readBound() { recoverInList() }
    }
  }

  /// Goes on at the next line.
  private mutating func recoverInList() {
    repeat { advance() } while token.kind != .end && !token.isFirst
  }

  /// `2 <= x <= 8`, `x >= 2`, `x free` and their mirror images.
  private mutating func readBound() -> Bool {
    if token.kind == .name {
      let name = token
      guard let j = knownVariable(name, in: "Bounds") else { return false }
      advance()
      if token.kind == .name, lowercased(token) == "free" {
        advance()
        setLower(j, -.infinity, name)
        setUpper(j, .infinity, name)
        return true
      }
      guard let relation = readRelation(), let value = readValue() else { return false }
      apply(relation, value, to: j, at: name)
      return true
    }
    guard let first = readValue(), let relation = readRelation() else { return false }
    guard token.kind == .name else {
      fail(.lpSyntax, "a variable is expected, not \(shown(token))", at: token, mend: token.kind == .number ? "a bound has no coefficient" : nil)
      return false
    }
    let name = token
    guard let j = knownVariable(name, in: "Bounds") else { return false }
    advance()
    apply(relation == .less ? .greater : relation == .greater ? .less : .equal, first, to: j, at: name)
    guard token.isRelation else { return true }
    guard let second = readRelation() else { return false }
    guard second == relation, second != .equal else {
      fail(.lpSyntax, "both relations of a double bound point the same way", at: token)
      return false
    }
    guard let value = readValue() else { return false }
    apply(second, value, to: j, at: name)
    return true
  }

  private mutating func readRelation() -> Token.Kind? {
    guard token.isRelation else {
      fail(.lpSyntax, "a relation such as <= is expected, not \(shown(token))", at: token)
      return nil
    }
    defer { advance() }
    return token.kind
  }

  /// A number with its sign.
  private mutating func readValue() -> Double? {
    var sign = 1.0
    while token.isSign {
      if token.kind == .minus { sign = -sign }
      advance()
    }
    guard token.kind == .number else {
      if token.kind == .name, NumberParser.isNaN(bytes, from: token.start, to: token.end) {
        fail(.badNumber, "NaN is not a value a model can have", at: token)
      } else {
        fail(.badNumber, "a number is expected, not \(shown(token))", at: token)
      }
      return nil
    }
    let value = infinite(sign * token.value, token)
    let end = token.end
    advance()
    if token.kind == .name, token.start == end {
      fail(.badNumber, "a number is followed by \(shown(token))", at: token, mend: "write a blank between them, or correct the number")
      return nil
    }
    return value
  }

  private mutating func apply(_ relation: Token.Kind, _ value: Double, to j: Int, at name: Token) {
    switch relation {
    case .less:
      setUpper(j, value, name)
      if value < 0 { uppersBelowZero.append((j, name)) }
    case .greater: setLower(j, value, name)
    default:
      if value.isInfinite { return fail(.misplacedInfinity, "a variable cannot be fixed at infinity", at: name) }
      setLower(j, value, name)
      setUpper(j, value, name)
    }
  }

  private mutating func setLower(_ j: Int, _ value: Double, _ name: Token) {
    if value == .infinity { return fail(.misplacedInfinity, "a lower bound cannot be plus infinity", at: name) }
    lower[j] = value
    flags[j].insert(.lowerGiven)
  }

  private mutating func setUpper(_ j: Int, _ value: Double, _ name: Token) {
    if value == -.infinity { return fail(.misplacedInfinity, "an upper bound cannot be minus infinity", at: name) }
    upper[j] = value
    flags[j].insert(.upperGiven)
  }

  // MARK: - Lists of variables

  mutating func readList(_ title: String, _ flag: VariableFlags) {
    while token.kind != .end, !found.isFull {
      if section() != nil { return }
      guard token.kind == .name else {
        fail(.lpSyntax, "a variable is expected in \(title), not \(shown(token))", at: token)
        recoverInList()
        continue
      }
      if let j = knownVariable(token, in: title) { flags[j].insert(flag) }
      advance()
    }
  }

  // MARK: - Ordered sets

  mutating func readSets(_ kind: Int) {
    while token.kind != .end, !found.isFull {
      if section() != nil { return }
      var name: Token?
      if token.kind == .name, next.kind == .colon {
        name = token
        advance()
        advance()
      }
      if !readSet(name, kind: kind) { recover() }
    }
  }

  /// `S1:: x:1 y:2`; the type may be missing below a header SOS1 or SOS2.
  mutating func readSet(_ name: Token?, kind: Int) -> Bool {
    var kind = kind
    if next.kind == .doubleColon {
      switch lowercased(token) {
      case "s1", "sos1": kind = 1
      case "s2", "sos2": kind = 2
      default:
        fail(.badKeyword, "there is no kind of ordered set \(shown(token))", at: token, mend: "write S1 or S2")
        return false
      }
      advance()
      advance()
    }
    guard kind > 0 else {
      fail(.lpSyntax, "an ordered set is 'name: S1:: x:1 y:2'", at: token)
      return false
    }
    setCount += 1
    var members: [ScalarFunction] = []
    var weights: [Double] = []
    let start = name ?? token
    while token.kind == .name, next.kind == .colon, afterNext.kind == .number || afterNext.kind == .minus || afterNext.kind == .plus {
      guard let j = knownVariable(token, in: "SOS") else { return false }
      advance()
      advance()
      guard let weight = readValue() else { return false }
      if !weight.isFinite {
        fail(.badSetInFile, "a weight must be finite", at: start)
        return false
      }
      members.append(ScalarFunction(linear: [LinearTerm(1, Int32(truncatingIfNeeded: j))]))
      weights.append(weight)
    }
    if members.isEmpty {
      fail(.lpSyntax, "an ordered set has members 'x:1 y:2'", at: token)
      return false
    }
    guard Set(weights).count == weights.count, Set(members).count == members.count else {
      fail(.badSetInFile, "two members of the ordered set have the same weight or variable", at: start, mend: "number them")
      return false
    }
    let label = Model.Label.name(name.map { text($0) } ?? "sos\(setCount)")
    if kind == 1 {
      model.addConstraint(label, members, in: SOS1(weights: weights))
    } else {
      model.addConstraint(label, members, in: SOS2(weights: weights))
    }
    return true
  }

  // MARK: - Variables

  /// Puts the variables into the model, once all sections are known.
  mutating func finish() {
    for (j, place) in uppersBelowZero where upper[j] < 0 && !flags[j].contains(.lowerGiven) {
      slip(
        "negative upper", .negativeUpperBound,
        "'\(text(place))' has upper bound \(upper[j].text) and keeps its lower bound 0, so nothing is feasible", at: place,
        mend: "state the lower bound")
    }
    for j in 0..<variables.count {
      let range = variables.range(j)
      model.addVariable(
        utf8: UnsafeBufferPointer(rebasing: bytes[range]), lower: lower[j], upper: upper[j],
        domain: domain(j, Token(kind: .name, start: range.lowerBound, end: range.upperBound, isFirst: false)))
    }
    checkConditions()
  }

  private mutating func domain(_ j: Int, _ place: Token) -> Domain {
    let flag = flags[j]
    if flag.contains(.semicontinuous) {
      if flag.contains(.binary) { fail(.badSetInFile, "'\(text(place))' is both binary and semicontinuous", at: place) }
      if !flag.contains(.upperGiven) {
        slip(
          "semi without upper", .missingSemicontinuousBound,
          "the semicontinuous variable '\(text(place))' has no upper bound; it is read as infinite", at: place, mend: "write the bound")
      }
      return flag.contains(.integer) ? .semiinteger : .semicontinuous
    }
    if flag.contains(.binary) {
      if (flag.contains(.lowerGiven) && lower[j] < 0) || (flag.contains(.upperGiven) && upper[j] > 1) {
        slip(
          "narrowed", .narrowedBinary, "'\(text(place))' is binary and has bounds [\(lower[j].text), \(upper[j].text)]",
          at: place, mend: "remove the bounds")
      }
      return .binary
    }
    return flag.contains(.integer) ? .integer : .real
  }

  /// The condition of an indicator must be a binary variable.
  private mutating func checkConditions() {
    for (i, constraint) in model.generalConstraints.enumerated() {
      guard case .vector(let functions, let set) = constraint.body, set is Indicator, let term = functions[0].linear.first
      else { continue }
      let j = Int(term.variable)
      let isBinary = model.domains[j] == .binary || (model.domains[j] == .integer && model.lower[j] >= 0 && model.upper[j] <= 1)
      if isBinary { continue }
      let range = variables.range(j)
      fail(
        .badSetInFile, "the condition of '\(model.generalNames[i])' is '\(variables.name(j))', which is not binary",
        at: Token(kind: .name, start: range.lowerBound, end: range.upperBound, isFirst: false), mend: "list it in Binary")
    }
  }
}
