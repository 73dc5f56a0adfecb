/// Reads the first point of a solution file.
struct SolutionReader {
  let document: JSONDocument
  let model: Model
  private var found = DiagnosticCollector()
  private var positions: [String: Int] = [:]
  private var values: [Double] = []

  init(document: JSONDocument, model: Model) {
    self.document = document
    self.model = model
  }

  mutating func read() throws(ConstraintsError) -> SolutionJSON.Point {
    let root = document.root
    guard document.kind(root) == .object else {
      throw .invalid([diagnostic(.wrongKind, "a solution is a JSON object, not \(document.kind(root).phrase)", root)])
    }
    if let format = document.member(root, "format"), !document.isText(format, "solution") {
      throw .invalid([diagnostic(.wrongKind, "this is not a solution file", format)])
    }
    positions = model.variableNames.positions()
    values = [Double](repeating: .nan, count: model.variableCount)
    var point = SolutionJSON.Point(values: [], warnings: [])
    point.outcome = document.member(root, "outcome").flatMap { document.text($0) }.flatMap { OutcomeStatus(rawValue: $0) }
    if let print = document.member(root, "model").flatMap({ document.member($0, "fingerprint") }).flatMap({ document.text($0) }) {
      point.isSameModel = print == model.fingerprint
    }
    // A bare {"variables": {...}} is taken as well.
    var holder: JSONNode? = root
    if let list = document.member(root, "solutions") {
      guard document.kind(list) == .array else {
        throw .invalid([diagnostic(.wrongKind, "'solutions' must be a list", list)])
      }
      var elements = document.elements(list)
      holder = elements.next()
    }
    guard let holder else {
      throw .invalid([diagnostic(.missingKey, "the file has no point", root, mend: "its solve found none")])
    }
    point.objective = document.member(holder, "objective").flatMap { number($0) }
    guard let variables = document.member(holder, "variables"), document.kind(variables) == .object else {
      throw .invalid([diagnostic(.missingKey, "the point has no \"variables\"", holder)])
    }
    for (key, value) in document.members(variables) { assign(document.text(key) ?? "", [], key, value) }
    try found.throwIfErrors()
    let missing = values.count { $0.isNaN }
    if missing > 0 {
      found.add(
        Diagnostic(
          .missingData, .warning, "\(missing) of \(values.count) variables have no value in the file",
          at: document.location(variables)))
    }
    if point.isSameModel == false {
      found.add(
        Diagnostic(.duplicateName, .warning, "the file was written for another model or another version of it"))
    }
    point.values = values
    point.warnings = found.finish()
    return point
  }

  private func diagnostic(_ code: DiagnosticCode, _ message: String, _ node: JSONNode, mend: String? = nil) -> Diagnostic {
    Diagnostic(code, message, at: document.location(node), mend: mend)
  }

  private func number(_ node: JSONNode) -> Double? {
    if let number = document.number(node) { return number }
    return document.isText(node, "inf") ? .infinity : document.isText(node, "-inf") ? -.infinity : nil
  }

  /// Takes a value, or the values of a family nested by key; nesting is limited by the parser.
  private mutating func assign(_ base: String, _ keys: [String], _ key: JSONNode, _ value: JSONNode) {
    if found.isFull { return }
    if document.kind(value) == .object {
      for (inner, part) in document.members(value) { assign(base, keys + [document.text(inner) ?? ""], inner, part) }
      return
    }
    let name = keys.isEmpty ? base : "\(base)[\(keys.joined(separator: ","))]"
    guard let position = positions[name] else {
      return found.add(
        diagnostic(
          .unknownName, "the model has no variable '\(name)'", key, mend: didYouMean(name, in: positions.keys.sorted())))
    }
    if document.kind(value) == .null { return }
    guard let number = number(value) else {
      return found.add(diagnostic(.wrongKind, "a value must be a number, not \(document.kind(value).phrase)", value))
    }
    values[position] = number
  }
}
