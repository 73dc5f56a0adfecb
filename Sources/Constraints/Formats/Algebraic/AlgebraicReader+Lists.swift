/// Scalar models written as lists, without indices: `variables` a list of objects with a name, `objective` a string beside
/// `sense`, `constraints` a list of expressions with a lower and an upper side, null for none.
extension AlgebraicReader {
  /// Sections that say where a model comes from and ask for nothing.
  static let remarks: Set<String> = ["origin", "note", "best_known", "best_known_source", "other_local_minima"]

  /// Declares the names in a list of variables.
  mutating func declareListedVariables(_ node: JSONNode) -> [(name: String, key: JSONNode, value: JSONNode)] {
    var result: [(name: String, key: JSONNode, value: JSONNode)] = []
    for element in document.elements(node) {
      if isStopped { break }
      guard requireObject(element, "a variable in a list") else { continue }
      guard let key = document.member(element, "name"), let name = document.text(key) else {
        report(.missingKey, "a variable in a list needs \"name\"", at: element)
        continue
      }
      declare(name, .variable(result.count), at: key)
      variables.append(Family(name: name, place: key, space: IndexSpace(), first: -1))
      result.append((name, key, element))
    }
    return result
  }

  /// The objective as a string, with its sense from a section of its own.
  mutating func readStatedObjective(_ node: JSONNode, sense: JSONNode?) {
    var direction = ObjectiveSense.minimize
    if let sense {
      switch document.text(sense) {
      case "minimize", "min": break
      case "maximize", "max": direction = .maximize
      default: return wrongKind("'sense'", "\"minimize\" or \"maximize\"", sense)
      }
    }
    let mark = textMark
    defer { finish(mark) }
    guard let value = objectiveFunction(node) else { return }
    model.addObjective(direction, value)
  }

  mutating func readListedConstraints(_ node: JSONNode) {
    for (i, element) in document.elements(node).enumerated() where !isStopped { readListedConstraint(element, i + 1) }
  }

  private mutating func readListedConstraint(_ node: JSONNode, _ position: Int) {
    guard requireObject(node, "a constraint in a list") else { return }
    let mark = textMark
    defer { finish(mark) }
    onlyKeys(node, ["name", "expression", "lower", "upper"], synonyms: ["expr": "expression", "lb": "lower", "ub": "upper"])
    let name = document.member(node, "name").flatMap { document.text($0) } ?? "c\(position)"
    instanceName = name
    guard let body = document.member(node, "expression") else {
      return report(.missingKey, "constraint '\(name)' needs \"expression\"", at: node)
    }
    guard document.kind(body) == .string else { return wrongKind("an expression", "a string such as \"x^2 + y\"", body) }
    guard let lower = listedSide(node, "lower", -.infinity), let upper = listedSide(node, "upper", .infinity) else { return }
    if lower > upper {
      return report(
        .crossedBounds, "the lower side \(lower.text) of constraint '\(name)' is above the upper side \(upper.text)", at: node,
        mend: "exchange or correct the sides")
    }
    if lower == .infinity || upper == -.infinity {
      return report(.notANumber, "constraint '\(name)' has sides [\(lower.text), \(upper.text)]", at: node)
    }
    guard let root = parse(body, { parser, tree throws(ExpressionError) in try parser.expression(&tree) }) else { return }
    switch resolve(root) {
    case .number, .key, .decision: break
    case .invalid, .unknown: return
    default:
      return report(
        .wrongUse, "a constraint in a list is a function between \"lower\" and \"upper\", not a comparison", at: body)
    }
    var sum = Accumulator()
    sum.reset()
    accumulate(root, 1, &sum)
    guard sum.constant.isFinite else {
      return reportOnce(.undefinedNumber, "the constant is \(sum.constant.text)", node: root)
    }
    if sum.rest == nil {
      model.addRow(.name(name), sum.linear, lower: lower - sum.constant, upper: upper - sum.constant)
    } else {
      model.addConstraint(.name(name), take(sum), in: ScalarSet(lower: lower, upper: upper))
    }
  }

  /// A side of a listed constraint; nil after a report.
  private mutating func listedSide(_ node: JSONNode, _ key: String, _ standard: Double) -> Double? {
    guard let part = document.member(node, key), document.kind(part) != .null else { return standard }
    guard let value = scalar(part), !value.isNaN else {
      wrongKind("'\(key)'", "a number, or null for none", part)
      return nil
    }
    return value
  }
}
