/// Derived sets, computed data and named expressions, worked out in the order of their dependence.
extension AlgebraicReader {
  struct PendingDefinition {
    enum Target { case set(Int), data, expression(Int) }
    var name: String
    var place: JSONNode
    var target: Target
    /// The expression, or the list of a range.
    var body: JSONNode
    var over: JSONNode?
    var range: [JSONNode] = []
    /// Whether the values become named expressions of the model.
    var isReported = false
  }

  mutating func readExpressions(_ node: JSONNode, _ pending: inout [PendingDefinition]) {
    guard requireObject(node, "'expressions'") else { return }
    for (key, value) in document.members(node) {
      let name = document.text(key) ?? ""
      let number = definitions.count
      var definition = PendingDefinition(name: name, place: key, target: .expression(number), body: value)
      switch document.kind(value) {
      case .string, .number: break
      case .object:
        onlyKeys(value, ["over", "expr", "report"])
        definition.over = document.member(value, "over")
        if let report = document.member(value, "report") {
          guard let flag = document.boolean(report) else {
            wrongKind("'report'", "true or false", report)
            continue
          }
          definition.isReported = flag
        }
        guard let body = document.member(value, "expr") else {
          report(.missingKey, "expression '\(name)' needs \"expr\"", at: value)
          continue
        }
        definition.body = body
      default:
        wrongKind("expression '\(name)'", "a string or an object", value)
        continue
      }
      definitions.append(Definition(name: name, place: key))
      declare(name, .definition(number), at: key)
      pending.append(definition)
    }
  }

  /// Works out all definitions; those without variables before `declareVariables` runs, the others after it.
  mutating func define(
    _ pending: [PendingDefinition], variableNames: Set<String>, declareVariables: (inout AlgebraicReader) -> Void
  ) {
    var numberOf: [String: Int] = [:]
    for (i, definition) in pending.enumerated() { numberOf[definition.name] = i }
    var dependencies: [[Int]] = []
    var isDecision: [Bool] = []
    for definition in pending {
      let used = namesUsed(by: definition)
      dependencies.append(used.compactMap { numberOf[$0] }.sorted())
      isDecision.append(used.contains { variableNames.contains($0) || isParameter($0) })
    }
    guard let order = order(pending, dependencies) else { return }
    for i in order where dependencies[i].contains(where: { isDecision[$0] }) { isDecision[i] = true }
    for i in order where !isDecision[i] && !isStopped { define(pending[i]) }
    if isStopped { return }
    declareVariables(&self)
    for i in order where isDecision[i] && !isStopped { define(pending[i]) }
  }

  private func isParameter(_ name: String) -> Bool {
    if case .parameter? = names[name] { return true }
    return false
  }

  private func namesUsed(by definition: PendingDefinition) -> Set<String> {
    var result: Set<String> = []
    for node in [definition.body, definition.over].compactMap({ $0 }) + definition.range where document.kind(node) == .string {
      let text = document.textBytes(node)
      var lexer = AlgebraicLexer(text)
      while let token = try? lexer.next(), token.kind != .end {
        if token.kind == .name { result.insert(AlgebraicLexer.text(text, token.start, token.end)) }
      }
    }
    return result
  }

  /// An order in which every definition comes after what it uses; nil after reporting a circle.
  private mutating func order(_ pending: [PendingDefinition], _ dependencies: [[Int]]) -> [Int]? {
    var state = [UInt8](repeating: 0, count: pending.count)
    var order: [Int] = []
    for root in pending.indices where state[root] == 0 {
      var stack: [(node: Int, next: Int)] = [(root, 0)]
      state[root] = 1
      while let (node, next) = stack.last {
        if next == dependencies[node].count {
          state[node] = 2
          order.append(node)
          stack.removeLast()
          continue
        }
        stack[stack.count - 1].next += 1
        let other = dependencies[node][next]
        if state[other] == 1 {
          let from = stack.firstIndex { $0.node == other } ?? 0
          let circle = stack[from...].map { pending[$0.node].name } + [pending[other].name]
          report(
            .cyclicDefinition, "'\(pending[other].name)' depends on itself", at: pending[other].place,
            mend: "break the circle", notes: [circle.prefix(12).joined(separator: " -> ")])
          return nil
        }
        if state[other] == 0 {
          state[other] = 1
          stack.append((other, 0))
        }
      }
    }
    return order
  }

  private mutating func define(_ definition: PendingDefinition) {
    let mark = textMark
    defer { finish(mark) }
    instanceName = definition.name
    switch definition.target {
    case .set(let number):
      if definition.range.isEmpty {
        defineSet(definition, number)
      } else {
        let values = definition.range.map { integer($0) }
        if values.allSatisfy({ $0 != nil }) { setRange(number, values.compactMap { $0 }, at: definition.body) }
      }
    case .data, .expression: defineValues(definition)
    }
  }

  /// A whole number, given or as an expression of data.
  private mutating func integer(_ node: JSONNode) -> Int? {
    if let integer = document.integer(node) { return integer }
    guard document.kind(node) == .string else {
      report(.badData, "a range is given by whole numbers", at: node)
      return nil
    }
    guard let root = parse(node, { parser, tree throws(ExpressionError) in try parser.expression(&tree) }) else { return nil }
    let kind = resolve(root)
    if kind == .invalid { return nil }
    guard kind == .number else {
      report(.wrongUse, "a range is given by numbers known from data", at: node)
      return nil
    }
    let value = number(root)
    guard value == value.rounded(), abs(value) <= Double(Key.integerLimit) else {
      report(.badData, "a range is given by whole numbers, not \(value.text)", at: node)
      return nil
    }
    return Int(value)
  }

  private mutating func defineSet(_ definition: PendingDefinition, _ number: Int) {
    guard
      let parsed = parse(definition.body, { parser, tree throws(ExpressionError) in try parser.comprehension(&tree) })
    else { return }
    let components = parsed.components
    var clause = parsed.clause
    let text = texts.count - 1
    guard resolve(&clause, text: text) else { return }
    for component in components {
      let kind = resolve(component)
      if kind == .invalid { return }
      if kind != .key && kind != .number {
        return report(.wrongUse, "a member of a set is a key known from data", node: component)
      }
    }
    guard var cursor = begin(clause.loops, text: text, range: 0..<texts[text].bytes.count) else { return }
    var members: [Key] = []
    while advance(&cursor, clause.loops) {
      for component in components { members.append(key(component)) }
      if members.count > AlgebraicReader.memberLimit * components.count {
        return report(.tooManyCombinations, "set '\(definition.name)' has too many members", at: definition.place)
      }
      if isStopped { return }
    }
    if members.contains(.none) { return }
    var repeated = 0
    if let space = IndexSpace(members: members, arity: components.count, repeated: &repeated) {
      sets[number].space = space
    } else {
      let arity = components.count
      let member = members[(repeated * arity)..<(repeated * arity + arity)].map(symbols.quoted).joined(separator: ", ")
      report(.repeatedMember, "derived set '\(definition.name)' has \(member) twice", at: definition.place, mend: "restrict it with 'where'")
    }
  }

  /// A named expression: data when it has no variables, else one function a slot.
  private mutating func defineValues(_ definition: PendingDefinition) {
    var clause = GeneratorClause()
    var space = IndexSpace()
    if let over = definition.over {
      guard let (found, text) = self.clause(over) else { return }
      clause = found
      guard let listed = self.space(clause, text: text, range: 0..<texts[text].bytes.count) else { return }
      space = listed
    }
    if let value = document.number(definition.body) {
      return defineData(definition, space, [Double](repeating: value, count: space.count))
    }
    guard
      let root = parse(definition.body, { parser, tree throws(ExpressionError) in try parser.expression(&tree) })
    else { return }
    var kind = resolve(root)
    // What is to be reported stays an expression even when it is a number.
    if definition.isReported, kind == .number || kind == .key { kind = .decision }
    let used = clause.bindings.flatMap(\.slots)
    switch kind {
    case .number, .key:
      var numbers: [Double] = []
      numbers.reserveCapacity(space.count)
      for slot in 0..<space.count {
        enter(slot, space, used)
        numbers.append(number(root))
        if isStopped { return }
      }
      defineData(definition, space, numbers)
    case .decision:
      guard case .expression(let index) = definition.target else {
        return report(.wrongUse, "data can't depend on variables or parameters", at: definition.body, mend: "move it to \"expressions\"")
      }
      var values: [Expression] = []
      values.reserveCapacity(space.count)
      for slot in 0..<space.count {
        enter(slot, space, used)
        var value = expression(root)
        value.mergeTerms()
        values.append(value)
        if isStopped { return }
      }
      definitions[index].space = space
      definitions[index].values = values
      definitions[index].isReady = true
      if definition.isReported { addNamed(definition, space, values) }
    case .condition, .constraint:
      report(.wrongUse, "'\(definition.name)' is a comparison, not a value", at: definition.body, mend: "put it into \"constraints\"")
    case .invalid, .unknown: break
    }
  }

  private mutating func addNamed(_ definition: PendingDefinition, _ space: IndexSpace, _ values: [Expression]) {
    for slot in 0..<space.count {
      let keys = space.keys(slot).map(symbols.text).joined(separator: ",")
      let name = keys.isEmpty ? definition.name : "\(definition.name)[\(keys)]"
      model.addNamedExpression(name, model.function(from: values[slot]))
    }
  }

  private mutating func defineData(_ definition: PendingDefinition, _ space: IndexSpace, _ numbers: [Double]) {
    names[definition.name] = .data(data.count)
    data.append(DataTable(name: definition.name, place: definition.place, space: space, numbers: numbers))
  }

  /// Sets index variables to the keys of a slot.
  mutating func enter(_ slot: Int, _ space: IndexSpace, _ used: [Int]) {
    guard !used.isEmpty else { return }
    if instanceKeys.count != used.count { instanceKeys = [Key](repeating: .none, count: used.count) }
    for d in used.indices {
      let key = space.key(slot, d)
      slots[used[d]] = key
      instanceKeys[d] = key
    }
  }

  /// Parses and resolves an `over`; leaves its index variables in scope.
  mutating func clause(_ node: JSONNode) -> (GeneratorClause, text: Int)? {
    guard document.kind(node) == .string else {
      wrongKind("'over'", "a string such as \"p in P\"", node)
      return nil
    }
    guard var clause = parse(node, { parser, tree throws(ExpressionError) in try parser.clause(&tree) }) else { return nil }
    let text = texts.count - 1
    guard resolve(&clause, text: text) else { return nil }
    return (clause, text)
  }
}
