/// Binding of names and types.
extension AlgebraicReader {
  func name(_ text: Int32, _ start: Int32, _ end: Int32) -> String {
    AlgebraicLexer.text(texts[Int(text)].bytes, Int(start), Int(end))
  }

  /// Binds the names in an expression and works out what kind of value it has. Problems are reported once each.
  @discardableResult
  mutating func resolve(_ n: Int32) -> SyntaxNode.Kind {
    let kind = resolveInner(n)
    tree.nodes[Int(n)].kind = kind
    return kind
  }

  private mutating func resolveInner(_ n: Int32) -> SyntaxNode.Kind {
    let node = tree.nodes[Int(n)]
    switch node.op {
    case .number: return .number
    case .string:
      tree.nodes[Int(n)].op = .key
      tree.nodes[Int(n)].key = symbols.key(name(node.text, node.start, node.end))
      return .key
    case .name: return resolveName(n, node)
    case .index: return resolveIndexed(n, node)
    case .withDefault: return resolveDefault(n)
    case .call: return resolveCall(n, node)
    case .aggregate: return resolveAggregate(n, node)
    case .negate, .sum, .product, .divisor, .power: return resolveArithmetic(n)
    case .compare: return resolveComparison(n, node)
    case .not, .and, .or, .implies, .equivalent: return resolveLogic(n)
    case .isMember: return resolveMembership(n, node)
    case .perpendicular:
      for child in tree.children(n) { resolve(child) }
      report(.notSupported, "complementarity written with 'perp' is not yet supported", node: n,
        mend: "write {\"exprs\": [f, x], \"in\": \"Complements\"}")
      return .invalid
    default: return node.kind
    }
  }

  private mutating func resolveName(_ n: Int32, _ node: SyntaxNode) -> SyntaxNode.Kind {
    let text = name(node.text, node.start, node.end)
    if let local = scope.last(where: { $0.name == text }) {
      tree.nodes[Int(n)].op = .indexVariable
      tree.nodes[Int(n)].reference = Int32(local.slot)
      return .key
    }
    guard let entity = names[text] else {
      if text == "inf" || text == "pi" {
        tree.nodes[Int(n)].op = .number
        tree.nodes[Int(n)].value = text == "inf" ? .infinity : .pi
        return .number
      }
      unknown(text, node: n)
      return .invalid
    }
    return bind(n, entity, text, count: 0)
  }

  /// Binds a name with `count` indices.
  private mutating func bind(_ n: Int32, _ entity: Entity, _ text: String, count: Int) -> SyntaxNode.Kind {
    let space: IndexSpace
    var kind = SyntaxNode.Kind.decision
    switch entity {
    case .set(let i):
      sets[i].isUsed = true
      report(
        .wrongUse, "'\(text)' is a set and has no value", node: n, mend: "for its size write count(\(text))")
      return .invalid
    case .data(let i):
      data[i].isUsed = true
      space = data[i].space
      kind = data[i].keys.isEmpty ? .number : .key
      tree.nodes[Int(n)].op = .data
      tree.nodes[Int(n)].reference = Int32(i)
    case .parameter(let i):
      parameters[i].isUsed = true
      space = parameters[i].space
      tree.nodes[Int(n)].op = .parameter
      tree.nodes[Int(n)].reference = Int32(i)
    case .variable(let i):
      variables[i].isUsed = true
      space = variables[i].space
      guard variables[i].first >= 0 else {
        if areVariablesReady { return .invalid }
        report(
          .wrongUse, "'\(text)' is a variable and can't be used here", node: n,
          mend: "bounds, sets and data may depend on data and indices only")
        return .invalid
      }
      tree.nodes[Int(n)].op = .variable
      tree.nodes[Int(n)].reference = Int32(i)
    case .definition(let i):
      guard definitions[i].isReady else { return .invalid }
      space = definitions[i].space
      tree.nodes[Int(n)].op = .definition
      tree.nodes[Int(n)].reference = Int32(i)
    }
    guard space.arity == count else {
      let wanted = space.arity == 0 ? "no index" : space.arity == 1 ? "1 index" : "\(space.arity) indices"
      report(
        .wrongIndexCount, "\(entity.noun) '\(text)' takes \(wanted), not \(count)", node: n,
        mend: space.arity > 0 && count == 0 ? "write \(text)[...]" : nil)
      return .invalid
    }
    if case .data(let i) = entity, count == 0, kind == .number, space.count == 1 {
      tree.nodes[Int(n)].op = .number
      tree.nodes[Int(n)].value = data[i].numbers[0]
    }
    return kind
  }

  private mutating func resolveIndexed(_ n: Int32, _ node: SyntaxNode) -> SyntaxNode.Kind {
    var isValid = true
    var isElement = false
    for child in tree.children(n) {
      switch resolve(child) {
      case .key, .number: break
      case .invalid: isValid = false
      case .decision: isElement = true
      default:
        report(.wrongUse, "an index must be a key or a whole number", node: child)
        isValid = false
      }
    }
    let base = tree.nodes[Int(node.reference)]
    let text = name(base.text, base.start, base.end)
    if scope.contains(where: { $0.name == text }) {
      report(.wrongUse, "'\(text)' is an index variable and takes no indices", node: node.reference)
      return .invalid
    }
    guard let entity = names[text] else {
      unknown(text, node: node.reference)
      return .invalid
    }
    let kind = bind(n, entity, text, count: Int(node.childCount))
    if isElement && isValid && kind != .invalid { return resolveElement(n, kind) }
    return isValid ? kind : .invalid
  }

  /// A table whose index is a decision.
  private mutating func resolveElement(_ n: Int32, _ kind: SyntaxNode.Kind) -> SyntaxNode.Kind {
    let op = tree.nodes[Int(n)].op
    guard op == .data && kind == .number || op == .variable else {
      report(
        .notSupported, "only data and variables can have an index that is a decision", node: n,
        mend: "put the numbers into \"data\", or give the expression variables of its own")
      return .invalid
    }
    tree.nodes[Int(n)].op = .element
    tree.nodes[Int(n)].other = op == .data ? 0 : 1
    return .decision
  }

  private mutating func resolveDefault(_ n: Int32) -> SyntaxNode.Kind {
    let (inner, value) = (tree.child(n, 0), tree.child(n, 1))
    let kind = resolve(inner)
    let other = resolve(value)
    if kind == .invalid || other == .invalid { return .invalid }
    switch other {
    case .number, .key: return kind
    case .decision where kind != .key && isFreeOfVariables(value): return .decision
    default:
      report(.wrongUse, "a default must be a number of data and parameters", node: value)
      return .invalid
    }
  }

  /// Whether a decision expression holds parameters only.
  private func isFreeOfVariables(_ n: Int32) -> Bool {
    let node = tree.nodes[Int(n)]
    guard node.kind == .decision else { return true }
    switch node.op {
    case .parameter: return true
    case .negate, .sum, .product, .divisor, .power: return tree.children(n).allSatisfy(isFreeOfVariables)
    default: return false
    }
  }

  private mutating func resolveArithmetic(_ n: Int32) -> SyntaxNode.Kind {
    var result = SyntaxNode.Kind.number
    for child in tree.children(n) {
      switch resolve(child) {
      case .number: break
      case .key:
        let node = tree.nodes[Int(child)]
        if node.op == .key {
          guard node.key.isInteger else {
            report(.wrongUse, "the text '\(symbols.text(node.key))' is not a number", node: child)
            result = .invalid
            break
          }
          tree.nodes[Int(child)].op = .number
          tree.nodes[Int(child)].value = Double(node.key.number)
        }
      case .decision: if result != .invalid { result = .decision }
      case .invalid: result = .invalid
      default:
        report(.wrongUse, "a comparison is not a number", node: child, mend: "use ifelse(condition, a, b)")
        result = .invalid
      }
    }
    return result
  }

  private mutating func resolveComparison(_ n: Int32, _ node: SyntaxNode) -> SyntaxNode.Kind {
    var isDecision = false
    var isValid = true
    for child in tree.children(n) {
      switch resolve(child) {
      case .number, .key: break
      case .decision: isDecision = true
      case .invalid: isValid = false
      default:
        report(.wrongUse, "a comparison can't be compared", node: child)
        isValid = false
      }
    }
    guard isValid else { return .invalid }
    guard isDecision else { return .condition }
    for raw in [node.reference, node.other] where raw >= 0 {
      let relation = AlgebraicToken.Kind(rawValue: UInt8(raw))
      if relation == .less || relation == .greater {
        report(
          .strictInequality, "a constraint can't be strict", node: n,
          mend: relation == .less ? "write <=" : "write >=")
        return .invalid
      }
    }
    for child in tree.children(n) where tree.nodes[Int(child)].op == .key && !tree.nodes[Int(child)].key.isInteger {
      report(.wrongUse, "a text can't be compared with a variable", node: child)
      return .invalid
    }
    return .constraint
  }

  private mutating func resolveLogic(_ n: Int32) -> SyntaxNode.Kind {
    var result = SyntaxNode.Kind.condition
    for child in tree.children(n) {
      switch resolve(child) {
      case .condition: break
      case .decision, .constraint: if result != .invalid { result = .constraint }
      case .invalid: result = .invalid
      default:
        report(.wrongUse, "this is neither true nor false", node: child, mend: "write a comparison")
        result = .invalid
      }
    }
    return result
  }

  private mutating func resolveMembership(_ n: Int32, _ node: SyntaxNode) -> SyntaxNode.Kind {
    let kind = resolve(tree.child(n, 0))
    let text = name(node.text, node.reference, node.other)
    guard let set = set(named: text, text: Int(node.text), range: Int(node.reference)..<Int(node.other)) else {
      return .invalid
    }
    if kind == .invalid { return .invalid }
    guard kind == .key || kind == .number, sets[set].space.arity == 1 else {
      report(.wrongUse, "only a single key can be asked for in a set of single keys", node: n)
      return .invalid
    }
    tree.nodes[Int(n)].reference = Int32(set)
    return .condition
  }

  // MARK: - Aggregates

  private mutating func resolveAggregate(_ n: Int32, _ node: SyntaxNode) -> SyntaxNode.Kind {
    let number = Int(node.reference)
    let outer = scope.count
    var clause = tree.clauses[Int(tree.aggregates[number].clause)]
    let isValid = resolve(&clause, text: Int(node.text))
    tree.aggregates[number].loops = clause.loops
    guard isValid else {
      scope.removeSubrange(outer...)
      return .invalid
    }
    let kind = resolve(tree.aggregates[number].body)
    scope.removeSubrange(outer...)
    let op = tree.aggregates[number].op
    let body = tree.aggregates[number].body
    switch kind {
    case .invalid: return .invalid
    case .number, .key:
      switch op {
      case .all, .any, .count:
        report(.wrongUse, "\(op.rawValue)(...) needs a condition, such as x[i] > 0", node: body)
        return .invalid
      case .list: return kind
      default: return .number
      }
    case .condition:
      switch op {
      case .all, .any: return .condition
      case .count: return .number
      default:
        report(.wrongUse, "\(op.rawValue)(...) needs numbers, not a condition", node: body, mend: "put the condition after 'where'")
        return .invalid
      }
    case .decision:
      switch op {
      case .all, .any: return .constraint
      default: return .decision
      }
    case .constraint:
      if op == .all || op == .any { return .constraint }
      if op == .count { return .decision }
      report(.wrongUse, "\(op.rawValue)(...) can't take a constraint", node: body)
      return .invalid
    case .unknown: return .invalid
    }
  }

  /// Binds sets and index variables of a clause and puts the variables into scope. The caller closes the scope.
  mutating func resolve(_ clause: inout GeneratorClause, text: Int) -> Bool {
    var isValid = true
    for b in clause.bindings.indices {
      let range = clause.bindings[b].set
      let setName = AlgebraicLexer.text(texts[text].bytes, range.lowerBound, range.upperBound)
      if let number = set(named: setName, text: text, range: range) {
        clause.bindings[b].setNumber = number
        let arity = sets[number].space.arity
        if arity != clause.bindings[b].names.count {
          report(
            .wrongIndexCount, "the members of '\(setName)' have \(arity) part\(arity == 1 ? "" : "s")", text: text, range: range,
            mend: arity == 1 ? "write i in \(setName)" : "write (\((0..<min(arity, 8)).map { "i\($0 + 1)" }.joined(separator: ", "))) in \(setName)")
          isValid = false
        }
      } else {
        isValid = false
      }
      clause.bindings[b].slots = []
      for nameRange in clause.bindings[b].names {
        let name = AlgebraicLexer.text(texts[text].bytes, nameRange.lowerBound, nameRange.upperBound)
        if scope.contains(where: { $0.name == name }) {
          report(.shadowedName, "index variable '\(name)' hides another one", text: text, range: nameRange, mend: "rename it")
          isValid = false
        } else if let entity = names[name] {
          report(
            .shadowedName, "index variable '\(name)' hides a \(entity.noun)", text: text, range: nameRange, mend: "rename it")
          isValid = false
        }
        let slot = scope.count
        while slots.count <= slot { slots.append(.none) }
        clause.bindings[b].slots.append(slot)
        scope.append((name, slot))
      }
    }
    clause.loops = Loops(first: Int32(tree.loops.count), count: Int32(clause.bindings.count), filter: clause.filter)
    for binding in clause.bindings {
      tree.loops.append(
        Loop(set: Int32(binding.setNumber), slot: Int32(binding.slots.first ?? 0), arity: Int32(binding.slots.count)))
    }
    if clause.filter >= 0 {
      switch resolve(clause.filter) {
      case .condition: break
      case .invalid: isValid = false
      case .decision, .constraint:
        report(.wrongUse, "a condition may depend on data and indices only", node: clause.filter)
        isValid = false
      default:
        report(.wrongUse, "this is neither true nor false", node: clause.filter, mend: "write a comparison")
        isValid = false
      }
    }
    return isValid
  }

  /// The number of a set by name; reports unknown ones.
  mutating func set(named name: String, text: Int, range: Range<Int>) -> Int? {
    guard let entity = names[name] else {
      unknown(name, text: text, range: range, preferSets: true)
      return nil
    }
    guard case .set(let number) = entity else {
      report(
        .wrongUse, "'\(name)' is a \(entity.noun), not a set", text: text, range: range,
        mend: didYouMean(name, in: sets.map(\.name)))
      return nil
    }
    sets[number].isUsed = true
    return number
  }
}
