import Constraints

/// Size, class and ranges of the numbers of a model.
struct ModelSummary {
  let model: Model
  let integers: Int
  let binaries: Int
  let sets: [(name: String, count: Int)]

  init(_ model: Model) {
    self.model = model
    integers = model.domains.count { $0 == .integer || $0 == .semiinteger }
    binaries = model.domains.count { $0 == .binary }
    var counts: [String: Int] = [:]
    for constraint in model.generalConstraints {
      switch constraint.body {
      case .scalar(let f, _): counts[f.kind == .quadratic ? "quadratic" : "nonlinear", default: 0] += 1
      case .vector(_, let set): counts[type(of: set).name, default: 0] += 1
      }
    }
    sets = counts.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
  }

  /// In the words of the field.
  var className: String {
    let isWhole = model.domains.contains { $0 != .real }
    let kinds = model.objectives.map(\.function.kind)
      + model.generalConstraints.flatMap { $0.functions.map(\.kind) }
    let words: String
    if kinds.contains(.nonlinear) {
      words = "nonlinear"
    } else if kinds.contains(.quadratic) {
      words = "quadratic"
    } else if sets.isEmpty {
      words = "linear"
    } else {
      words = sets.contains { $0.name.hasSuffix("Cone") || $0.name.contains("Semidefinite") } ? "conic" : "linear with logical or special sets"
    }
    return (isWhole ? "mixed-integer " : "") + words
  }

  var header: String {
    func plural(_ n: Int, _ word: String) -> String { "\(n) \(word)\(n == 1 ? "" : "s")" }
    let name = model.name.isEmpty ? "" : " \(model.name)"
    var parts: [String] = []
    if integers > 0 { parts.append("\(integers) integer") }
    if binaries > 0 { parts.append("\(binaries) binary") }
    let detail = parts.isEmpty ? "" : " (\(parts.joined(separator: ", ")))"
    var text = "solve \(version)   model\(name): \(plural(model.variableCount, "variable"))\(detail), \(plural(model.constraintCount, "constraint"))"
    if !sets.isEmpty { text += ", of them " + sets.map { "\($0.count) \($0.name)" }.joined(separator: ", ") }
    text += "\nclass         \(className), \(plural(model.rows.entryCount, "linear term"))"
    let ranges = NumericRanges(model)
    if !ranges.isEmpty { text += "\nnumbers       \(ranges.line)" }
    return text
  }

  func json(readSeconds: Double, solvers: [String], curvature: String?) -> String {
    let setText = sets.map { "\(Terminal.quoted($0.name)):\($0.count)" }.joined(separator: ",")
    return "{\"format\":\"check\",\"model\":\(Terminal.quoted(model.name)),\"class\":\(Terminal.quoted(className)),"
      + "\"variables\":\(model.variableCount),\"integers\":\(integers),\"binaries\":\(binaries),"
      + "\"rows\":\(model.rows.count),\"terms\":\(model.rows.entryCount),\"sets\":{\(setText)},"
      + "\"solvers\":[\(solvers.map(Terminal.quoted).joined(separator: ","))],\"read_seconds\":\(readSeconds.text)"
      + (curvature.map { ",\"curvature\":\($0)}" } ?? "}")
  }
}

/// Smallest and largest sizes of the nonzero numbers of a model, by role.
struct NumericRanges {
  struct Range {
    var least = Double.infinity
    var most = 0.0
    var isEmpty: Bool { most == 0 }
    mutating func add(_ x: Double) {
      let size = abs(x)
      if size == 0 || !size.isFinite { return }
      least = min(least, size)
      most = max(most, size)
    }
    var text: String { "[\(short(least)), \(short(most))]" }
  }
  var matrix = Range()
  var objective = Range()
  var bounds = Range()
  var sides = Range()

  init(_ model: Model) {
    for value in model.rows.values { matrix.add(value) }
    for objective in model.objectives { for term in objective.function.linear { self.objective.add(term.coefficient) } }
    for j in 0..<model.variableCount {
      bounds.add(model.lower[j])
      bounds.add(model.upper[j])
    }
    for i in 0..<model.rows.count {
      sides.add(model.rows.lower[i])
      sides.add(model.rows.upper[i])
    }
  }

  var isEmpty: Bool { matrix.isEmpty && objective.isEmpty }

  /// What is outside the sizes that double precision handles with ease.
  var concerns: [String] {
    var list: [String] = []
    if matrix.most / matrix.least > 1e8 { list.append("matrix entries differ by more than 1e8") }
    if matrix.most > 1e6 { list.append("matrix entries above 1e6") }
    if !matrix.isEmpty && matrix.least < 1e-4 { list.append("matrix entries below 1e-4") }
    if bounds.most > 1e9 { list.append("bounds above 1e9") }
    return list
  }

  var line: String {
    let parts = [("matrix", matrix), ("objective", objective), ("bounds", bounds), ("right-hand side", sides)]
      .filter { !$0.1.isEmpty }.map { "\($0.0) \($0.1.text)" }
    return parts.joined(separator: "   ") + "   " + (concerns.isEmpty ? "fine" : concerns.joined(separator: ", "))
  }
}
