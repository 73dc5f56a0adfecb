/// The `constraints` section.
extension AlgebraicReader {
  mutating func readConstraints(_ node: JSONNode) {
    if document.kind(node) == .array { return readListedConstraints(node) }
    guard requireObject(node, "'constraints'") else { return }
    for (key, value) in document.members(node) {
      if isStopped { return }
      let name = document.text(key) ?? ""
      if name.isEmpty {
        report(.syntax, "a constraint has an empty name", at: key, mend: "give it a name")
        continue
      }
      if document.kind(value) == .array {
        for (i, element) in document.elements(value).enumerated() where !isStopped {
          readConstraint(name, element, suffix: Key(integer: i + 1))
        }
      } else {
        readConstraint(name, value, suffix: nil)
      }
    }
  }

  /// What one entry of the section says, resolved.
  struct ConstraintEntry {
    var name: String
    var place: JSONNode
    var suffix: Key?
    var used: [Int] = []
    var names: [String] = []
    var template: String?
    var isLazy = false
    var condition: Int32 = -1
    var root: Int32 = -1
    var list: [Int32] = []
    var set: SetRequest?
    /// Errors found before this entry.
    var errorsBefore = 0
    /// The number of a conjunct, for names, when one expression gives several constraints.
    var part: Int?
  }

  private mutating func readConstraint(_ name: String, _ node: JSONNode, suffix: Key?) {
    let mark = textMark
    defer { finish(mark) }
    var entry = ConstraintEntry(name: name, place: node, suffix: suffix, errorsBefore: found.errorCount)
    instanceName = name
    var clause = GeneratorClause()
    var clauseText = 0
    var body: JSONNode? = node
    switch document.kind(node) {
    case .string: break
    case .object:
      onlyKeys(node, ["over", "expr", "exprs", "in", "if", "lazy", "name_template", "weight"])
      if let weight = document.member(node, "weight") {
        return report(.notSupported, "soft constraints with a weight are not yet supported", at: weight)
      }
      if let over = document.member(node, "over") {
        guard let (found, text) = self.clause(over) else { return }
        clause = found
        clauseText = text
        entry.used = clause.bindings.flatMap(\.slots)
        entry.names = scope.map(\.name)
      }
      if let lazy = document.member(node, "lazy") {
        guard let flag = document.boolean(lazy) else { return wrongKind("'lazy'", "true or false", lazy) }
        entry.isLazy = flag
      }
      if let template = document.member(node, "name_template") {
        guard let text = document.text(template) else { return wrongKind("'name_template'", "a string", template) }
        entry.template = text
      }
      if let condition = document.member(node, "if") {
        guard document.kind(condition) == .string else { return wrongKind("'if'", "a string", condition) }
        guard let root = parse(condition, { parser, tree throws(ExpressionError) in try parser.expression(&tree) })
        else { return }
        if resolve(root) == .invalid { return }
        entry.condition = root
      }
      if let list = document.member(node, "exprs") {
        guard readVector(node, list, &entry) else { return }
        body = nil
      } else {
        if let set = document.member(node, "in") {
          return report(.missingKey, "\"in\" goes with a list of expressions", at: set, mend: "write \"exprs\": [...]")
        }
        guard let expr = document.member(node, "expr") else {
          return report(.missingKey, "constraint '\(name)' needs \"expr\"", at: node)
        }
        body = expr
      }
    default: return wrongKind("constraint '\(name)'", "a string, an object or a list", node)
    }
    if let body {
      guard document.kind(body) == .string else { return wrongKind("a constraint", "a string such as \"x + y <= 4\"", body) }
      guard let root = parse(body, { parser, tree throws(ExpressionError) in try parser.expression(&tree) }) else { return }
      switch resolve(root) {
      case .constraint, .condition: entry.root = root
      case .decision:
        if tree.nodes[Int(root)].op == .variable {
          entry.root = root
        } else {
          return report(.wrongUse, "a constraint needs a comparison", at: body, mend: "write <=, >= or ==")
        }
      case .invalid, .unknown: return
      default: return report(.wrongUse, "a constraint needs a comparison", at: body, mend: "write <=, >= or ==")
      }
    }
    addInstances(entry, clause, clauseText)
  }

  private mutating func addInstances(_ entry: ConstraintEntry, _ clause: GeneratorClause, _ text: Int) {
    var sum = Accumulator()
    if entry.used.isEmpty { return addInstance(entry, &sum) }
    guard var cursor = begin(clause.loops, text: text, range: 0..<texts[text].bytes.count) else { return }
    instanceKeys = [Key](repeating: .none, count: entry.used.count)
    while advance(&cursor, clause.loops) {
      for d in entry.used.indices { instanceKeys[d] = slots[entry.used[d]] }
      addInstance(entry, &sum)
      if isStopped { return }
      guard model.constraintCount <= AlgebraicReader.memberLimit else {
        return report(.tooManyCombinations, "the model has too many constraints", at: entry.place)
      }
    }
  }

  func label(_ entry: ConstraintEntry) -> Model.Label {
    if var text = entry.template {
      for (d, name) in entry.names.enumerated() where d < instanceKeys.count {
        text = text.split(separator: "{\(name)}", omittingEmptySubsequences: false).joined(separator: symbols.text(instanceKeys[d]))
      }
      return .name(entry.part.map { "\(text)[\($0)]" } ?? text)
    }
    var keys = instanceKeys.map(symbols.indexKey)
    if let suffix = entry.suffix { keys.insert(symbols.indexKey(suffix), at: 0) }
    if let part = entry.part { keys.append(.integer(part)) }
    return keys.isEmpty ? .name(entry.name) : .family(entry.name, keys)
  }

  private mutating func addInstance(_ entry: ConstraintEntry, _ sum: inout Accumulator) {
    if entry.set != nil { return addVector(entry) }
    if entry.condition >= 0 { return addImplication(entry, from: entry.condition, to: entry.root) }
    let node = tree.nodes[Int(entry.root)]
    switch node.op {
    case .compare where node.kind == .constraint && !isInequation(entry.root): addComparison(entry, entry.root, &sum)
    case .setCall: addSetCall(entry, entry.root)
    case .implies where node.kind == .constraint && clauseLiterals(entry.root, true) == nil:
      addImplication(entry, from: tree.child(entry.root, 0), to: tree.child(entry.root, 1))
    case .equivalent where node.kind == .constraint: addEquivalence(entry, entry.root)
    default:
      if node.kind == .condition {
        addConstant(entry, holds: condition(entry.root), entry.root)
      } else {
        addFormula(entry, entry.root)
      }
    }
  }

  // MARK: - Comparisons

  /// A comparison as a function between two bounds.
  struct Comparison {
    var lower = -Double.infinity
    var upper = Double.infinity
    /// Sides that hold parameters, in place of the number.
    var parametricLower: Expression?
    var parametricUpper: Expression?
  }

  /// Evaluates a comparison into `sum` and its bounds; nil after a report.
  mutating func comparison(_ n: Int32, _ sum: inout Accumulator) -> Comparison? {
    sum.reset()
    let node = tree.nodes[Int(n)]
    guard let relation = AlgebraicToken.Kind(rawValue: UInt8(node.reference)) else { return nil }
    let first = tree.child(n, 0)
    let second = tree.child(n, 1)
    var result = Comparison()
    if node.childCount == 3 {
      let third = tree.child(n, 2)
      accumulate(second, 1, &sum)
      let (low, high) = relation == .lessOrEqual || relation == .equal ? (first, third) : (third, first)
      guard side(low, n, &result.lower, &result.parametricLower), side(high, n, &result.upper, &result.parametricUpper)
      else { return nil }
      if relation == .equal { return nil }
    } else {
      let isRightNumber = tree.nodes[Int(second)].kind != .decision
      let isLeftNumber = tree.nodes[Int(first)].kind != .decision
      var bound = 0.0
      var effective = relation
      if isRightNumber {
        accumulate(first, 1, &sum)
        bound = number(second)
      } else if isLeftNumber {
        accumulate(second, 1, &sum)
        bound = number(first)
        effective = relation == .lessOrEqual ? .greaterOrEqual : relation == .greaterOrEqual ? .lessOrEqual : .equal
      } else {
        accumulate(first, 1, &sum)
        accumulate(second, -1, &sum)
      }
      if effective != .greaterOrEqual { result.upper = bound }
      if effective != .lessOrEqual { result.lower = bound }
    }
    if result.lower.isNaN || result.upper.isNaN || result.lower == .infinity || result.upper == -.infinity {
      reportOnce(.notANumber, "a side of the comparison is \(result.lower == .infinity ? "inf" : "not a usable number")", node: n)
      return nil
    }
    if !sum.constant.isFinite {
      reportOnce(.undefinedNumber, "the constant is \(sum.constant.text)", node: n)
      return nil
    }
    if result.lower > result.upper {
      reportOnce(
        .crossedBounds, "the lower side \(result.lower.text) is above the upper side \(result.upper.text)", node: n,
        mend: "exchange or correct the sides")
      return nil
    }
    return result
  }

  private mutating func side(_ n: Int32, _ whole: Int32, _ value: inout Double, _ parametric: inout Expression?) -> Bool {
    if tree.nodes[Int(n)].kind != .decision {
      value = number(n)
      return true
    }
    let expression = expression(n)
    guard expression.isParametricConstant else {
      reportOnce(
        .wrongUse, "the outer sides of a chain can't hold variables", node: n, mend: "write two constraints")
      return false
    }
    parametric = expression
    return true
  }

  private mutating func addComparison(_ entry: ConstraintEntry, _ n: Int32, _ sum: inout Accumulator) {
    guard let bounds = comparison(n, &sum) else { return }
    let reference: ConstraintReference
    if bounds.parametricLower != nil || bounds.parametricUpper != nil {
      guard
        let row = model.addConstraint(
          label(entry), take(sum), between: bounds.parametricLower ?? Expression(bounds.lower),
          and: bounds.parametricUpper ?? Expression(bounds.upper))
      else {
        return reportOnce(
          .notSupported, "a chain with parameters on its sides must be linear in between", node: n,
          mend: "write two constraints")
      }
      reference = row
    } else if sum.rest == nil {
      let low = bounds.lower - sum.constant
      let high = bounds.upper - sum.constant
      if sum.linear.isEmpty {
        let slack = 1e-9 * max(1, abs(sum.constant))
        addConstant(entry, holds: low <= slack && high >= -slack, n)
        return
      }
      reference = model.addRow(label(entry), sum.linear, lower: low, upper: high)
    } else {
      reference = model.addConstraint(label(entry), take(sum), in: ScalarSet(lower: bounds.lower, upper: bounds.upper))
    }
    if entry.isLazy { model.markLazy(reference) }
  }

  /// A constraint without variables: an empty row when it holds, an error when not.
  mutating func addConstant(_ entry: ConstraintEntry, holds: Bool, _ n: Int32) {
    // Where a part was reported, what is left says nothing.
    if isStopped || !misses.isEmpty || found.errorCount > entry.errorsBefore { return }
    guard holds else {
      return reportOnce(
        .alwaysFalse, "constraint '\(instanceText)' has no variables and can never hold", node: n,
        mend: "correct the data, or restrict it with 'where'", namesInstance: false)
    }
    let name = instanceText
    let location = texts.isEmpty ? nil : document.location(entry.place)
    found.addOnce(
      kind: "true \(entry.name)",
      Diagnostic(.alwaysTrue, .note, "constraint '\(name)' has no variables and always holds", at: location))
    model.addRow(label(entry), [], lower: -.infinity, upper: .infinity)
  }
}
