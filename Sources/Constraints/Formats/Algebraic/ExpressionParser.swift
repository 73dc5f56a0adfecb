/// Parses the text of an expression into a ``SyntaxTree`` by precedence climbing.
///
/// Sums, products, `and` and `or` are lists however long, so that only brackets nest; their depth is limited.
struct ExpressionParser {
  private let text: [UInt8]
  private let textNumber: Int32
  private var lexer: AlgebraicLexer
  private var token: AlgebraicToken
  private var depth = 0
  static let depthLimit = 200

  init(_ text: [UInt8], number: Int) throws(ExpressionError) {
    self.text = text
    textNumber = Int32(number)
    lexer = AlgebraicLexer(text)
    token = try lexer.next()
  }

  // MARK: - Entry points

  /// The whole text as one expression or constraint.
  mutating func expression(_ tree: inout SyntaxTree) throws(ExpressionError) -> Int32 {
    let root = try equivalence(&tree)
    try finish()
    return root
  }

  /// The whole text as one expression, or as a list `e for i in I`.
  mutating func listEntry(_ tree: inout SyntaxTree) throws(ExpressionError) -> Int32 {
    let start = token.start
    let root = try equivalence(&tree)
    guard token.kind == .for else {
      try finish()
      return root
    }
    try advance()
    let clause = try generators(&tree)
    try finish()
    return tree.addList(node(.aggregate, start), body: root, clause: clause)
  }

  /// The whole text as generators: `p in P, q in Q where p != q`.
  mutating func clause(_ tree: inout SyntaxTree) throws(ExpressionError) -> GeneratorClause {
    let clause = try generators(&tree)
    try finish()
    return clause
  }

  /// The whole text as a derived set: `{ (i, j) for i in I, j in J where i != j }`.
  mutating func comprehension(
    _ tree: inout SyntaxTree
  ) throws(ExpressionError) -> (components: [Int32], clause: GeneratorClause) {
    try expect(.leftBrace, "a derived set begins with '{'")
    var components: [Int32] = []
    if token.kind == .leftParenthesis {
      let saved = self
      let mark = tree.mark
      try advance()
      components.append(try sum(&tree))
      while token.kind == .comma {
        try advance()
        components.append(try sum(&tree))
      }
      if token.kind == .rightParenthesis, components.count > 1 {
        try advance()
      } else {
        self = saved
        tree.release(to: mark)
        components = [try sum(&tree)]
      }
    } else {
      components = [try sum(&tree)]
    }
    try expect(.for, "a derived set needs 'for'")
    let clause = try generators(&tree)
    try expect(.rightBrace, "a derived set ends with '}'")
    try finish()
    return (components, clause)
  }

  private func finish() throws(ExpressionError) {
    guard token.kind != .end else { return }
    if token.kind == .name || token.kind == .number || token.kind == .leftParenthesis || token.kind == .string {
      throw fail("an operator is missing before \(shown)", mend: "write * for a product")
    }
    throw fail("unexpected \(shown)")
  }

  // MARK: - Tokens

  private mutating func advance() throws(ExpressionError) { token = try lexer.next() }

  private var shown: String {
    token.kind == .end ? "the end of the expression" : "'\(String(decoding: text[token.start..<token.end], as: UTF8.self))'"
  }

  private func fail(_ message: String, mend: String? = nil) -> ExpressionError {
    ExpressionError(code: .syntax, message: message, range: token.start..<max(token.end, token.start), mend: mend)
  }

  private mutating func expect(_ kind: AlgebraicToken.Kind, _ message: String) throws(ExpressionError) {
    guard token.kind == kind else { throw fail("\(message), but here is \(shown)") }
    try advance()
  }

  private func node(_ op: SyntaxNode.Operator, _ start: Int) -> SyntaxNode {
    SyntaxNode(op: op, text: textNumber, start: Int32(start), end: Int32(lastEnd))
  }
  private var lastEnd: Int {
    // The end of the token before the present one, without the blanks between.
    var end = token.kind == .end ? text.count : token.start
    while end > 0, text[end - 1] == 32 || text[end - 1] == 9 || text[end - 1] == 10 || text[end - 1] == 13 { end -= 1 }
    return end
  }

  private mutating func descend() throws(ExpressionError) {
    depth += 1
    if depth > ExpressionParser.depthLimit {
      throw ExpressionError(
        code: .tooDeep, message: "the expression is nested more than \(ExpressionParser.depthLimit) deep",
        range: token.start..<token.end, mend: "name its parts in \"expressions\"")
    }
  }

  // MARK: - Grammar

  private mutating func equivalence(_ tree: inout SyntaxTree) throws(ExpressionError) -> Int32 {
    try descend()
    defer { depth -= 1 }
    let start = token.start
    let left = try implication(&tree)
    guard token.kind == .equivalent else { return left }
    try advance()
    let right = try implication(&tree)
    if token.kind == .equivalent { throw fail("'<=>' does not chain", mend: "write two constraints") }
    return tree.add(node(.equivalent, start), children: [left, right])
  }

  private mutating func implication(_ tree: inout SyntaxTree) throws(ExpressionError) -> Int32 {
    let start = token.start
    let left = try list(&tree, .or, .or) { parser, tree throws(ExpressionError) in
      try parser.list(&tree, .and, .and) { parser, tree throws(ExpressionError) in try parser.negation(&tree) }
    }
    guard token.kind == .implies else { return left }
    try advance()
    try descend()
    defer { depth -= 1 }
    let right = try implication(&tree)
    return tree.add(node(.implies, start), children: [left, right])
  }

  private mutating func list(
    _ tree: inout SyntaxTree, _ separator: AlgebraicToken.Kind, _ op: SyntaxNode.Operator,
    _ part: (inout ExpressionParser, inout SyntaxTree) throws(ExpressionError) -> Int32
  ) throws(ExpressionError) -> Int32 {
    let start = token.start
    let first = try part(&self, &tree)
    guard token.kind == separator else { return first }
    var parts = [first]
    while token.kind == separator {
      try advance()
      parts.append(try part(&self, &tree))
    }
    return tree.add(node(op, start), children: parts)
  }

  private mutating func negation(_ tree: inout SyntaxTree) throws(ExpressionError) -> Int32 {
    guard token.kind == .not else { return try comparison(&tree) }
    let start = token.start
    try advance()
    try descend()
    defer { depth -= 1 }
    let inner = try negation(&tree)
    return tree.add(node(.not, start), children: [inner])
  }

  private mutating func comparison(_ tree: inout SyntaxTree) throws(ExpressionError) -> Int32 {
    let start = token.start
    let first = try sum(&tree)
    var operands = [first]
    var relations: [AlgebraicToken.Kind] = []
    while [.lessOrEqual, .greaterOrEqual, .equal, .notEqual, .less, .greater].contains(token.kind) {
      if relations.count == 2 { throw fail("a chain has at most two comparisons", mend: "write two constraints") }
      relations.append(token.kind)
      try advance()
      operands.append(try sum(&tree))
      if relations.count == 2 {
        let isUp = relations.allSatisfy { $0 == .lessOrEqual || $0 == .less }
        let isDown = relations.allSatisfy { $0 == .greaterOrEqual || $0 == .greater }
        if !isUp && !isDown {
          throw ExpressionError(
            code: .syntax, message: "a chain of comparisons must run in one direction", range: start..<lastEnd,
            mend: "write a <= e <= b")
        }
      }
    }
    var result = first
    if relations.count > 0 {
      var compare = node(.compare, start)
      compare.reference = Int32(relations[0].rawValue)
      compare.other = relations.count > 1 ? Int32(relations[1].rawValue) : -1
      result = tree.add(compare, children: operands)
    } else if token.kind == .in {
      try advance()
      guard token.kind == .name else { throw fail("a set's name should follow 'in'") }
      var member = node(.isMember, start)
      member.reference = Int32(token.start)
      member.other = Int32(token.end)
      try advance()
      member.end = Int32(lastEnd)
      result = tree.add(member, children: [first])
    }
    if token.kind == .perpendicular {
      try advance()
      try descend()
      defer { depth -= 1 }
      let right = try comparison(&tree)
      result = tree.add(node(.perpendicular, start), children: [result, right])
    }
    return result
  }

  /// Terms in order; what follows a `-` is wrapped as a negation.
  private mutating func sum(_ tree: inout SyntaxTree) throws(ExpressionError) -> Int32 {
    let start = token.start
    let first = try product(&tree)
    guard token.kind == .plus || token.kind == .minus else { return first }
    var parts = [first]
    while token.kind == .plus || token.kind == .minus {
      let isMinus = token.kind == .minus
      let termStart = token.start
      try advance()
      let part = try product(&tree)
      parts.append(isMinus ? tree.add(node(.negate, termStart), children: [part]) : part)
    }
    return tree.add(node(.sum, start), children: parts)
  }

  /// Factors in order; what follows a `/` is wrapped as a divisor.
  private mutating func product(_ tree: inout SyntaxTree) throws(ExpressionError) -> Int32 {
    let start = token.start
    let first = try unary(&tree)
    guard token.kind == .times || token.kind == .divide else { return first }
    var parts = [first]
    while token.kind == .times || token.kind == .divide {
      let isQuotient = token.kind == .divide
      try advance()
      let part = try unary(&tree)
      if isQuotient {
        parts.append(tree.add(node(.divisor, Int(tree.nodes[Int(part)].start)), children: [part]))
      } else {
        parts.append(part)
      }
    }
    return tree.add(node(.product, start), children: parts)
  }

  private mutating func unary(_ tree: inout SyntaxTree) throws(ExpressionError) -> Int32 {
    guard token.kind == .minus || token.kind == .plus else { return try power(&tree) }
    let start = token.start
    let isMinus = token.kind == .minus
    try advance()
    try descend()
    defer { depth -= 1 }
    let inner = try unary(&tree)
    return isMinus ? tree.add(node(.negate, start), children: [inner]) : inner
  }

  private mutating func power(_ tree: inout SyntaxTree) throws(ExpressionError) -> Int32 {
    let start = token.start
    let base = try postfix(&tree)
    guard token.kind == .power else { return base }
    try advance()
    try descend()
    defer { depth -= 1 }
    let exponent = try unary(&tree)
    return tree.add(node(.power, start), children: [base, exponent])
  }

  private mutating func postfix(_ tree: inout SyntaxTree) throws(ExpressionError) -> Int32 {
    let start = token.start
    var result = try atom(&tree)
    if token.kind == .leftBracket {
      guard tree.nodes[Int(result)].op == .name else { throw fail("only a name can have indices") }
      var indices: [Int32] = []
      // x[i][j] means x[i,j].
      while token.kind == .leftBracket {
        try advance()
        indices.append(try sum(&tree))
        while token.kind == .comma {
          try advance()
          indices.append(try sum(&tree))
        }
        try expect(.rightBracket, "indices end with ']'")
      }
      var index = node(.index, start)
      index.reference = result
      result = tree.add(index, children: indices)
    }
    if token.kind == .default {
      guard tree.nodes[Int(result)].op == .index else { throw fail("'default' follows an indexed name") }
      try advance()
      try descend()
      defer { depth -= 1 }
      let value = try unary(&tree)
      result = tree.add(node(.withDefault, start), children: [result, value])
    }
    return result
  }

  private mutating func atom(_ tree: inout SyntaxTree) throws(ExpressionError) -> Int32 {
    let first = token
    switch token.kind {
    case .number:
      try advance()
      var number = node(.number, first.start)
      number.end = Int32(first.end)
      number.value = first.value
      return tree.add(number)
    case .string, .name:
      try advance()
      if first.kind == .name, token.kind == .leftParenthesis { return try call(&tree, first) }
      var name = node(first.kind == .string ? .string : .name, first.start)
      name.end = Int32(first.end)
      return tree.add(name)
    case .leftParenthesis:
      try advance()
      let inner = try equivalence(&tree)
      guard token.kind == .rightParenthesis else { throw fail("')' should be here, but here is \(shown)") }
      try advance()
      return inner
    case .end: throw fail("the expression ends where a value should be")
    case .for, .in, .where, .and, .or, .default, .perpendicular:
      throw fail("\(shown) is a word of the language and cannot be a name", mend: "put it in back-quotes")
    default: throw fail("unexpected \(shown) where a value should be")
    }
  }

  private mutating func call(_ tree: inout SyntaxTree, _ name: AlgebraicToken) throws(ExpressionError) -> Int32 {
    try advance()
    var arguments: [Int32] = []
    if token.kind != .rightParenthesis {
      while true {
        let start = token.start
        var argument = try equivalence(&tree)
        if token.kind == .for {
          try advance()
          let clause = try generators(&tree)
          argument = tree.addList(node(.aggregate, start), body: argument, clause: clause)
        }
        arguments.append(argument)
        guard token.kind == .comma else { break }
        try advance()
      }
    }
    guard token.kind == .rightParenthesis else { throw fail("')' should be here, but here is \(shown)") }
    try advance()
    var call = node(.call, name.start)
    call.reference = Int32(name.start)
    call.other = Int32(name.end)
    return tree.add(call, children: arguments)
  }

  private mutating func generators(_ tree: inout SyntaxTree) throws(ExpressionError) -> GeneratorClause {
    var clause = GeneratorClause()
    repeat {
      if token.kind == .comma { try advance() }
      var names: [Range<Int>] = []
      if token.kind == .leftParenthesis {
        repeat {
          try advance()
          names.append(try nameToken())
        } while token.kind == .comma
        try expect(.rightParenthesis, "')' should be here")
      } else {
        names.append(try nameToken())
      }
      try expect(.in, "'in' should follow an index variable")
      let set = try nameToken("the name of a set should be here")
      clause.bindings.append(GeneratorClause.Binding(names: names, set: set))
    } while token.kind == .comma
    if token.kind == .where {
      try advance()
      clause.filter = try equivalence(&tree)
    }
    if token.kind == .for {
      throw fail(
        "a second 'for' can't follow",
        mend: clause.filter < 0 ? "separate generators by commas: for t in T, p in P" : "write for t in T, p in P where ...")
    }
    return clause
  }

  private mutating func nameToken(
    _ message: String = "the name of an index variable should be here"
  ) throws(ExpressionError) -> Range<Int> {
    guard token.kind == .name else { throw fail("\(message), but here is \(shown)") }
    let range = token.start..<token.end
    try advance()
    return range
  }
}
