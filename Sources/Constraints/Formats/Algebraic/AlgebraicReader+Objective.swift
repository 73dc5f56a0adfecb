/// The `objective` section.
extension AlgebraicReader {
  /// - Parameter sense: the section of that name, for an objective that is a string alone.
  mutating func readObjective(_ node: JSONNode, sense: JSONNode?) {
    if let sense, document.kind(node) != .string {
      return report(
        .badData, "'sense' goes with an objective that is a string", at: sense, mend: "write {\"minimize\": \"...\"} alone")
    }
    switch document.kind(node) {
    case .string where sense != nil: readStatedObjective(node, sense: sense)
    case .object: readOneObjective(node, rank: 0)
    case .array: for (i, element) in document.elements(node).enumerated() where !isStopped { readOneObjective(element, rank: i) }
    case .null: break
    default:
      report(
        .wrongKind, "the objective must be an object, not \(document.kind(node).phrase)", at: node,
        mend: "write {\"minimize\": \"...\"}")
    }
  }

  private mutating func readOneObjective(_ node: JSONNode, rank: Int) {
    guard requireObject(node, "an objective") else { return }
    onlyKeys(node, ["minimize", "maximize", "name", "priority", "weight", "tolerance", "absolute_tolerance"])
    let minimize = document.member(node, "minimize")
    let maximize = document.member(node, "maximize")
    guard let body = minimize ?? maximize else {
      return report(.missingKey, "an objective needs \"minimize\" or \"maximize\"", at: node)
    }
    if minimize != nil, let other = maximize {
      return report(.badData, "an objective has either \"minimize\" or \"maximize\"", at: other, mend: "give a list of two objectives")
    }
    var numbers: [String: Double] = [:]
    for key in ["priority", "weight", "tolerance", "absolute_tolerance"] {
      guard let part = document.member(node, key) else { continue }
      guard let number = document.number(part), key == "priority" || number >= 0 else {
        return report(.wrongKind, "'\(key)' must be a number of at least 0", at: part)
      }
      numbers[key] = number
    }
    var priority = 0
    if let part = document.member(node, "priority") {
      guard let given = document.integer(part) else { return report(.wrongKind, "'priority' must be a whole number", at: part) }
      priority = given
    }
    let mark = textMark
    defer { finish(mark) }
    guard let value = objectiveFunction(body) else { return }
    let name = document.member(node, "name").flatMap { document.text($0) } ?? ""
    model.addObjective(
      minimize != nil ? .minimize : .maximize, value, name: name, priority: priority, weight: numbers["weight"] ?? 1,
      absoluteTolerance: numbers["absolute_tolerance"] ?? 0, relativeTolerance: numbers["tolerance"] ?? 0)
  }

  /// The function of an objective; nil after a report.
  mutating func objectiveFunction(_ body: JSONNode) -> Expression? {
    instanceName = "the objective"
    var value = Expression()
    if let number = document.number(body) {
      value = Expression(number)
    } else {
      guard document.kind(body) == .string else {
        wrongKind("an objective's function", "a string", body)
        return nil
      }
      guard let root = parse(body, { parser, tree throws(ExpressionError) in try parser.expression(&tree) }) else { return nil }
      switch resolve(root) {
      case .number, .key, .decision: value = expression(root)
      case .invalid, .unknown: return nil
      default:
        report(.wrongUse, "an objective is a number, not a comparison", at: body)
        return nil
      }
    }
    if !value.constant.isFinite {
      report(.undefinedNumber, "the objective has the constant \(value.constant.text)", at: body)
      return nil
    }
    return value
  }
}
