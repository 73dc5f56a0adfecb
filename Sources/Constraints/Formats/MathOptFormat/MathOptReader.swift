/// Reads MathOptFormat.
struct MathOptReader {
  let document: JSONDocument
  let options: ReadOptions
  var found = DiagnosticCollector()
  var model = Model()

  /// A name of the file's `variables`: a variable of the model, or a parameter.
  struct Symbol {
    var isParameter = false
    /// Position among the model's variables or parameters.
    var position = 0
    var lower = -Double.infinity
    var upper = Double.infinity
    var domain = Domain.real
    var start: Double?
    var value = 0.0
    var hasLower = false
    var hasUpper = false
    var hasName = false
  }
  var symbols: [Symbol] = []
  var symbolNames: [JSONNode] = []
  var numbers: [String: Int] = [:]
  var hasParameters = false
  var helperCount = 0

  static func read(_ source: SourceText, options: ReadOptions) throws(ConstraintsError) -> ReadResult {
    var reader = MathOptReader(document: try JSONDocument(source), options: options)
    reader.readAll()
    try reader.found.throwIfErrors()
    return ReadResult(model: reader.model, warnings: reader.found.finish())
  }

  private static let sections: Set<String> = [
    "version", "name", "author", "description", "variables", "objective", "constraints", "has_scalar_nonlinear", "$schema",
  ]

  private mutating func readAll() {
    let root = document.root
    guard document.kind(root) == .object else { return report(.wrongKind, "a model is a JSON object, not \(document.kind(root).phrase)", root) }
    var section: [String: JSONNode] = [:]
    for (key, value) in document.members(root) {
      let name = document.text(key) ?? ""
      section[name] = value
      if !MathOptReader.sections.contains(name) {
        warn(kind: "key", .unknownName, "'\(name)' is not part of the format and is not kept", key)
      }
    }
    guard readVersion(section["version"]) else { return }
    if let node = section["name"] { model.name = document.text(node) ?? "" }
    guard let variables = section["variables"] else { return report(.missingKey, "\"variables\" is missing", root) }
    guard let constraints = section["constraints"] else { return report(.missingKey, "\"constraints\" is missing", root) }
    guard document.kind(variables) == .array else { return wrongKind("'variables'", "a list", variables) }
    guard document.kind(constraints) == .array else { return wrongKind("'constraints'", "a list", constraints) }
    readVariables(variables)
    if found.hasErrors { return }
    readDomains(constraints)
    addVariables()
    overrideParameters()
    if found.isFull { return }
    model.beginParametricBatch()
    if let objective = section["objective"] {
      readObjective(objective)
    } else {
      report(.missingKey, "\"objective\" is missing", root, mend: "write {\"sense\": \"feasibility\"}")
    }
    readConstraints(constraints)
    model.endParametricBatch()
  }

  private mutating func readVersion(_ node: JSONNode?) -> Bool {
    guard let node else {
      report(.missingKey, "\"version\" is missing", document.root, mend: "write {\"major\": 1, \"minor\": 0}")
      return false
    }
    guard let major = document.member(node, "major").flatMap({ document.integer($0) }),
      let minor = document.member(node, "minor").flatMap({ document.integer($0) })
    else {
      report(.wrongKind, "a version has the whole numbers \"major\" and \"minor\"", node)
      return false
    }
    guard major == 1 || major == 0, minor >= 0 else {
      report(.notSupported, "version \(major).\(minor) is not supported", node, mend: "versions up to 1.\(MathOptFormat.newestMinor) are read")
      return false
    }
    if major == 1 && minor > MathOptFormat.newestMinor {
      warn(
        kind: "version", .notSupported,
        "the file is of version 1.\(minor); what is newer than 1.\(MathOptFormat.newestMinor) is refused by name", node)
    }
    return true
  }

  private mutating func readVariables(_ list: JSONNode) {
    for node in document.elements(list) {
      guard !found.isFull else { return }
      guard document.kind(node) == .object, let nameNode = document.member(node, "name"), let name = document.text(nameNode) else {
        report(.wrongKind, "a variable is an object with a \"name\"", node)
        continue
      }
      if name.isEmpty { report(.wrongKind, "a variable has an empty name", nameNode, mend: "give it a name") }
      if numbers.updateValue(symbols.count, forKey: name) != nil {
        report(.duplicateName, "two variables are called '\(name)'", nameNode, mend: "rename one of them")
      }
      var symbol = Symbol()
      if let start = document.member(node, "primal_start"), document.kind(start) != .null {
        if let value = document.number(start) { symbol.start = value } else { wrongKind("'primal_start'", "a number", start) }
      }
      symbols.append(symbol)
      symbolNames.append(nameNode)
    }
  }

  /// Goes through the constraints on single variables: they are bounds, domains, and what makes a variable a parameter.
  private mutating func readDomains(_ list: JSONNode) {
    for node in document.elements(list) {
      guard let (symbol, set) = singleVariable(node), let type = typeName(set) else { continue }
      switch type {
      case "LessThan": if let upper = parameter(set, "upper") { narrow(symbol, -.infinity, upper, node) }
      case "GreaterThan": if let lower = parameter(set, "lower") { narrow(symbol, lower, .infinity, node) }
      case "EqualTo": if let value = parameter(set, "value") { narrow(symbol, value, value, node) }
      case "Interval":
        if let lower = parameter(set, "lower"), let upper = parameter(set, "upper") { narrow(symbol, lower, upper, node) }
      case "ZeroOne": symbols[symbol].domain = .binary
      case "Integer":
        if symbols[symbol].domain == .real { symbols[symbol].domain = .integer }
        if symbols[symbol].domain == .semicontinuous { symbols[symbol].domain = .semiinteger }
      case "Semicontinuous", "Semiinteger":
        guard let lower = parameter(set, "lower"), let upper = parameter(set, "upper") else { continue }
        let isInteger = type == "Semiinteger" || symbols[symbol].domain == .integer
        symbols[symbol].domain = isInteger ? .semiinteger : .semicontinuous
        narrow(symbol, lower, upper, node)
      case "Parameter":
        guard let value = parameter(set, "value") else { continue }
        symbols[symbol].isParameter = true
        symbols[symbol].value = value
        hasParameters = true
      default: continue
      }
    }
  }

  /// The variable and set of a constraint on a single variable whose set is one of values; nil for others.
  func singleVariable(_ node: JSONNode) -> (Int, JSONNode)? {
    guard let function = document.member(node, "function"), let set = document.member(node, "set"),
      let type = typeName(function), type == "Variable" || type == "SingleVariable",
      let name = (document.member(function, "name") ?? document.member(function, "variable")).flatMap({ document.text($0) }),
      let symbol = numbers[name], let setType = typeName(set), MathOptReader.scalarSets.contains(setType)
    else { return nil }
    return (symbol, set)
  }

  static let scalarSets: Set<String> = [
    "LessThan", "GreaterThan", "EqualTo", "Interval", "ZeroOne", "Integer", "Semicontinuous", "Semiinteger", "Parameter",
  ]

  private mutating func narrow(_ symbol: Int, _ lower: Double, _ upper: Double, _ node: JSONNode) {
    if lower > -.infinity {
      if symbols[symbol].hasLower {
        warn(kind: "twice", .crossedBounds, "'\(text(symbol))' has two lower bounds; the larger counts", node)
      }
      symbols[symbol].hasLower = true
      symbols[symbol].lower = max(symbols[symbol].lower, lower)
    }
    if upper < .infinity {
      if symbols[symbol].hasUpper {
        warn(kind: "twice", .crossedBounds, "'\(text(symbol))' has two upper bounds; the smaller counts", node)
      }
      symbols[symbol].hasUpper = true
      symbols[symbol].upper = min(symbols[symbol].upper, upper)
    }
    if let name = document.member(node, "name"), let text = document.text(name), !text.isEmpty {
      found.addOnce(
        kind: "bound name",
        Diagnostic(.unusedName, .note, "the names of bounds are not kept", at: document.location(name)))
    }
  }

  private func text(_ symbol: Int) -> String { document.text(symbolNames[symbol]) ?? "" }

  private mutating func addVariables() {
    for i in symbols.indices {
      let symbol = symbols[i]
      if symbol.isParameter {
        symbols[i].position = model.parameterValues.count
        model.addParameter(text(i), symbol.value)
      } else {
        symbols[i].position = model.variableCount
        model.addVariable(
          text(i), lower: symbol.lower, upper: symbol.upper, domain: symbol.domain, start: symbol.start)
      }
    }
  }

  private mutating func overrideParameters() {
    for (name, value) in options.parameters {
      if let symbol = numbers[name], symbols[symbol].isParameter {
        model.parameterValues[symbols[symbol].position] = value
      } else {
        let known = symbols.indices.filter { symbols[$0].isParameter }.map { text($0) }
        found.add(
          Diagnostic(
            .unknownName, "the model has no parameter '\(name)'", mend: didYouMean(name, in: known),
            notes: [known.isEmpty ? "the model has no parameters" : "known parameters: \(known.prefix(12).joined(separator: ", "))"]))
      }
    }
  }

  // MARK: - Diagnostics and small parts

  mutating func report(_ code: DiagnosticCode, _ message: String, _ node: JSONNode, mend: String? = nil, notes: [String] = []) {
    guard !found.isFull else { return }
    found.add(Diagnostic(code, message, at: document.location(node), mend: mend, notes: notes))
  }

  mutating func warn(kind: String, _ code: DiagnosticCode, _ message: String, _ node: JSONNode) {
    if options.mode == .strict { return report(code, message, node) }
    found.addOnce(kind: kind, Diagnostic(code, .warning, message, at: document.location(node)))
  }

  mutating func wrongKind(_ what: String, _ wanted: String, _ node: JSONNode) {
    report(.wrongKind, "\(what) must be \(wanted), not \(document.kind(node).phrase)", node)
  }

  /// The `type` of a function or set, `head` in files of version 0.
  func typeName(_ node: JSONNode) -> String? {
    (document.member(node, "type") ?? document.member(node, "head")).flatMap { document.text($0) }
  }

  /// A number of a scalar set; reports its absence.
  mutating func parameter(_ set: JSONNode, _ name: String) -> Double? {
    guard let node = document.member(set, name) else {
      report(.missingKey, "the set needs \"\(name)\"", set)
      return nil
    }
    guard let value = document.number(node) else {
      wrongKind("'\(name)'", "a number", node)
      return nil
    }
    return value
  }
}
