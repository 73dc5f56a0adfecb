extension LPReader {
  enum Side { case objective, left, right }

  /// A sum of terms; nil after an error. Ends before what cannot continue it.
  ///
  /// Line breaks mean nothing within an expression, but after a number on the right-hand side a new line begins a new
  /// constraint: `x <= 4`, then `y >= 2` is not `x <= 4 y`.
  mutating func readExpression(_ side: Side) -> ScalarFunction? {
    var function = ScalarFunction()
    var isFirst = true
    while true {
      var sign = 1.0
      var hasSign = false
      if side == .right, !isFirst, token.isFirst, token.isSign, function.kind == .constant { return function }
      while token.isSign {
        if token.kind == .minus { sign = -sign }
        hasSign = true
        advance()
      }
      if !hasSign && !isFirst { return function }
      guard readTerm(sign, side, into: &function, isFirst: isFirst) else { return nil }
      isFirst = false
    }
  }

  private mutating func readTerm(_ sign: Double, _ side: Side, into function: inout ScalarFunction, isFirst: Bool) -> Bool {
    var coefficient = sign
    var number: Token?
    if token.kind == .number {
      number = token
      coefficient *= token.value
      advance()
      if token.kind == .times {
        advance()
        guard token.kind == .name || token.kind == .open else {
          fail(.lpSyntax, "a variable is expected after '*', not \(shown(token))", at: token)
          return false
        }
      }
    }
    switch token.kind {
    case .open:
      if number?.value.isFinite == false {
        fail(.misplacedInfinity, "a coefficient must be finite", at: token)
        return false
      }
      return readQuadratic(coefficient, side, into: &function)
    case .name:
      if let number {
        // Does the name continue the number, or begin something new?
        let isNew = next.kind == .colon || next.kind == .doubleColon || (side == .right && token.isFirst)
          || (section() != nil && (side == .right || token.isFirst))
        if isNew { return addConstant(coefficient, number, side, into: &function) }
        if !number.value.isFinite {
          fail(.misplacedInfinity, "a coefficient must be finite", at: number)
          return false
        }
      } else if isFirst, side == .right, token.isFirst, next.kind == .colon {
        fail(.lpSyntax, "the right-hand side is missing", at: token)
        return false
      }
      return addVariable(coefficient, into: &function)
    default:
      if let number { return addConstant(coefficient, number, side, into: &function) }
      fail(.lpSyntax, "a number or a variable is expected, not \(shown(token))", at: token)
      return false
    }
  }

  private mutating func addVariable(_ coefficient: Double, into function: inout ScalarFunction) -> Bool {
    let name = token
    if NumberParser.isNaN(bytes, from: name.start, to: name.end) {
      fail(.badNumber, "NaN is not a value a model can have", at: name)
      return false
    }
    let j = variable(name)
    noteKeyword(name)
    advance()
    if token.kind == .times || token.kind == .power {
      fail(.lpSyntax, "products and powers stand in brackets", at: token, mend: "[ x ^ 2 + x * y ]")
      return false
    }
    if token.kind == .open, token.start == name.end {
      fail(.lpSyntax, "names cannot hold brackets", at: token, mend: "write ( ), or read in Gurobi's dialect")
      return false
    }
    if coefficient != 0 {
      if lastSeen[j] == constraintNumber {
        note("merged", .mergedTerms, .warning, "the terms of '\(text(name))' are added up", at: name, mend: "write one term")
      }
      lastSeen[j] = constraintNumber
    }
    function.linear.append(LinearTerm(coefficient, Int32(truncatingIfNeeded: j)))
    return true
  }

  private mutating func noteKeyword(_ name: Token) {
    guard name.end - name.start <= 8, LPFormat.keywords.contains(lowercased(name)) else { return }
    note("keyword", .keywordAsName, .warning, "the keyword '\(text(name))' is read as the name of a variable", at: name, mend: "rename it")
  }

  private mutating func addConstant(_ value: Double, _ number: Token, _ side: Side, into function: inout ScalarFunction) -> Bool {
    // `3e2` may be meant as 3 times e2; as a number it would silently become a constant.
    let spelled = bytes[number.start..<number.end]
    if side != .right, let mark = spelled.firstIndex(where: { $0 | 0x20 == UInt8(ascii: "e") }), mark + 1 < number.end,
      bytes[mark + 1] &- 48 <= 9, !token.isRelation || function.kind != .constant
    {
      guard
        slip(
          "3e2", .lpSyntax, "'\(text(number))' is the number \(number.value.text), a constant in this expression",
          at: number, mend: "write a blank before the name of the variable if a product is meant", isLenientOnly: true)
      else { return false }
    }
    function.constant += value
    return true
  }

  // MARK: - Quadratic parts

  /// `[ 2 x ^ 2 + 3 x * y ]`, in the objective followed by `/ 2`.
  private mutating func readQuadratic(_ factor: Double, _ side: Side, into function: inout ScalarFunction) -> Bool {
    let open = token
    advance()
    var terms: [QuadraticTerm] = []
    while token.kind != .close {
      var sign = 1.0
      var hasSign = terms.isEmpty
      while token.isSign {
        if token.kind == .minus { sign = -sign }
        hasSign = true
        advance()
      }
      guard hasSign, let term = readProduct(sign) else {
        if !hasSign { fail(.lpSyntax, "'+', '-' or ']' is expected, not \(shown(token))", at: token) }
        return false
      }
      terms.append(term)
    }
    advance()
    var scale = factor
    let hasHalf = token.kind == .slash
    if hasHalf {
      advance()
      guard token.kind == .number, token.value == 2 else {
        fail(.lpSyntax, "only '/ 2' may follow the bracket", at: token)
        return false
      }
      advance()
      scale /= 2
    }
    if (side == .objective) != hasHalf {
      guard
        slip(
          "half", .lpSyntax,
          side == .objective
            ? "the bracket in an objective is followed by '/ 2'" : "no '/ 2' follows the bracket in a constraint",
          at: open, mend: side == .objective ? "write [ ... ] / 2, doubling the coefficients" : "write the coefficients as they are",
          isLenientOnly: true)
      else { return false }
    }
    for term in terms { function.quadratic.append(QuadraticTerm(scale * term.coefficient, term.first, term.second)) }
    return true
  }

  private mutating func readProduct(_ sign: Double) -> QuadraticTerm? {
    var coefficient = sign
    if token.kind == .number {
      coefficient *= token.value
      if !coefficient.isFinite {
        fail(.misplacedInfinity, "a coefficient must be finite", at: token)
        return nil
      }
      advance()
      if token.kind == .times { advance() }
    }
    guard token.kind == .name else {
      fail(.lpSyntax, "a variable is expected in the bracket, not \(shown(token))", at: token)
      return nil
    }
    let first = Int32(truncatingIfNeeded: variable(token))
    advance()
    if token.kind == .power {
      advance()
      guard token.kind == .number, token.value == 2 else {
        fail(.lpSyntax, "only squares, '^ 2', can be written", at: token)
        return nil
      }
      advance()
      return QuadraticTerm(coefficient, first, first)
    }
    guard token.kind == .times, next.kind == .name else {
      fail(.lpSyntax, "only products of two variables stand in brackets", at: token, mend: "move linear terms out")
      return nil
    }
    advance()
    let second = Int32(truncatingIfNeeded: variable(token))
    advance()
    return QuadraticTerm(coefficient, first, second)
  }
}
