/// The `variables` section.
extension AlgebraicReader {
  /// Declares the names; the families follow once sets and data are known.
  mutating func declareVariables(_ node: JSONNode) -> [(name: String, key: JSONNode, value: JSONNode)] {
    if document.kind(node) == .array { return declareListedVariables(node) }
    guard requireObject(node, "'variables'") else { return [] }
    var result: [(name: String, key: JSONNode, value: JSONNode)] = []
    for (key, value) in document.members(node) {
      let name = document.text(key) ?? ""
      declare(name, .variable(result.count), at: key)
      // Until the family is read, `first` of -1 says that its variables can't be used.
      variables.append(Family(name: name, place: key, space: IndexSpace(), first: -1))
      result.append((name, key, value))
    }
    return result
  }

  private static let keys = ["over", "lower", "upper", "domain", "start", "fix", "stage"]

  private static let synonyms = [
    "type": "domain", "kind": "domain", "min": "lower", "lb": "lower", "max": "upper", "ub": "upper", "initial": "start",
    "index": "over", "indices": "over",
  ]

  /// A number that may depend on the indices.
  private enum Amount {
    case number(Double)
    case expression(Int32)
  }

  /// - Parameter isListed: whether the name stands inside, as one of a list does.
  mutating func readVariable(_ index: Int, _ name: String, _ value: JSONNode, isListed: Bool) {
    guard !isStopped else { return }
    let mark = textMark
    defer { finish(mark) }
    instanceName = name
    var domain = Domain.real
    var parts: [String: JSONNode] = [:]
    switch document.kind(value) {
    case .string:
      guard let given = self.domain(value) else { return }
      domain = given
    case .object:
      onlyKeys(value, AlgebraicReader.keys + (isListed ? ["name"] : []), synonyms: AlgebraicReader.synonyms)
      for (key, part) in document.members(value) { parts[document.text(key) ?? ""] = part }
      if let node = parts["stage"], document.integer(node) != 1 {
        return report(.notSupported, "stages are not yet supported", at: node)
      }
      if let node = parts["domain"] {
        guard let given = self.domain(node) else { return }
        domain = given
      }
    default: return wrongKind("variable '\(name)'", "a domain or an object", value)
    }
    var clause = GeneratorClause()
    var space = IndexSpace()
    if let over = parts["over"] {
      guard let (found, text) = self.clause(over) else { return }
      clause = found
      guard let listed = self.space(clause, text: text, range: 0..<texts[text].bytes.count) else { return }
      space = listed
    }
    guard model.variableCount + space.count <= AlgebraicReader.memberLimit else {
      return report(.tooManyCombinations, "the model has more than \(AlgebraicReader.memberLimit) variables", at: value)
    }
    let isBinary = domain == .binary
    guard let lower = amount(parts["lower"], standard: isBinary || domain.isSemi ? 0 : -.infinity),
      let upper = amount(parts["upper"], standard: isBinary ? 1 : .infinity),
      let start = amount(parts["start"], standard: .nan)
    else { return }
    var fix: Amount?
    var fixWhere: Int32 = -1
    if let node = parts["fix"] {
      var amountNode: JSONNode? = node
      if document.kind(node) == .object {
        onlyKeys(node, ["where", "value"])
        amountNode = document.member(node, "value")
        if let filter = document.member(node, "where") {
          guard let root = condition(filter) else { return }
          fixWhere = root
        }
      }
      guard let amountNode, let given = amount(amountNode, standard: 0) else {
        return report(.missingKey, "'fix' needs \"value\"", at: node)
      }
      fix = given
    }
    variables[index].space = space
    variables[index].first = model.variableCount
    variables[index].isBinary = domain == .binary || domain == .integer
    let used = clause.bindings.flatMap(\.slots)
    for slot in 0..<space.count {
      if isStopped { return }
      enter(slot, space, used)
      var low = self.value(lower)
      var high = self.value(upper)
      if let fix, fixWhere < 0 || condition(fixWhere) {
        low = self.value(fix)
        high = low
      }
      var first = Double.nan
      // A table of starts need not have one for every variable.
      if case .expression(let root) = start, tree.nodes[Int(root)].op == .data {
        if isPresent(root) { first = number(root) }
      } else {
        first = self.value(start)
      }
      if low > high {
        report(
          .crossedBounds, "variable '\(instanceText)' has lower bound \(low.text) above upper bound \(high.text)", at: value,
          mend: "exchange or correct the bounds")
      } else if domain.isSemi, low == -.infinity {
        report(
          .badData, "the \(domain.name) variable '\(instanceText)' has no finite lower bound", at: parts["lower"] ?? value,
          mend: "give a number, or leave it out for 0")
      } else if low == .infinity || high == -.infinity {
        report(.notANumber, "variable '\(instanceText)' has bounds [\(low.text), \(high.text)]", at: value)
      }
      let startValue = first.isNaN ? nil : first
      if used.isEmpty {
        model.addVariable(name, lower: low, upper: high, domain: domain, start: startValue)
      } else {
        model.addVariable(
          family: name, keys: instanceKeys.map(symbols.indexKey), lower: low, upper: high, domain: domain, start: startValue)
      }
    }
  }

  private mutating func domain(_ node: JSONNode) -> Domain? {
    let name = document.text(node) ?? ""
    if let domain = Domain.allCases.first(where: { $0.name == name }) { return domain }
    let known = Domain.allCases.map(\.name)
    if document.kind(node) == .string {
      report(
        .unknownName, "unknown domain '\(name)'", at: node,
        mend: didYouMean(name, in: known) ?? "known domains: \(known.joined(separator: ", "))")
    } else {
      wrongKind("a domain", "one of \(known.joined(separator: ", "))", node)
    }
    return nil
  }

  private mutating func amount(_ node: JSONNode?, standard: Double) -> Amount? {
    guard let node, document.kind(node) != .null else { return .number(standard) }
    if document.kind(node) != .boolean, let number = scalar(node) { return .number(number) }
    guard document.kind(node) == .string else {
      wrongKind("a bound or value", "a number or an expression in data and indices", node)
      return nil
    }
    guard let root = parse(node, { parser, tree throws(ExpressionError) in try parser.expression(&tree) }) else { return nil }
    switch resolve(root) {
    case .number, .key: return .expression(root)
    case .invalid, .unknown: return nil
    case .decision:
      report(
        .wrongUse, "a bound can't depend on a variable or parameter", at: node,
        mend: "write a constraint, or move the parameter to \"data\"")
      return nil
    default:
      report(.wrongUse, "a bound is a number, not a condition", at: node)
      return nil
    }
  }

  /// Parses and resolves a condition on data and indices.
  mutating func condition(_ node: JSONNode) -> Int32? {
    guard document.kind(node) == .string else {
      wrongKind("a condition", "a string", node)
      return nil
    }
    guard let root = parse(node, { parser, tree throws(ExpressionError) in try parser.expression(&tree) }) else { return nil }
    switch resolve(root) {
    case .condition: return root
    case .invalid, .unknown: return nil
    default:
      report(.wrongUse, "a condition here compares data and indices", at: node)
      return nil
    }
  }

  private mutating func value(_ amount: Amount) -> Double {
    switch amount {
    case .number(let value): value
    case .expression(let root): number(root)
    }
  }
}
