@testable import Constraints

/// One small file, with what must come of it in each mode.
struct DialectCase: CustomStringConvertible, Sendable {
  enum Expectation: Sendable {
    /// Read, with a model that dumps to this text, and exactly these codes noticed.
    case model(String, [String])
    /// Refused, with an error of this code on this line.
    case error(String, line: Int)
  }
  var name: String
  var text: String
  var standard: Expectation
  var strict: Expectation
  var lenient: Expectation
  var dialect = ReadOptions.Dialect.cplex

  init(
    _ name: String, _ text: String, _ standard: Expectation, strict: Expectation? = nil, lenient: Expectation? = nil,
    dialect: ReadOptions.Dialect = .cplex
  ) {
    self.name = name
    self.text = text
    self.standard = standard
    self.strict = strict ?? standard
    self.lenient = lenient ?? standard
    self.dialect = dialect
  }

  var description: String { name }

  func expectation(_ mode: ReadOptions.Mode) -> Expectation {
    switch mode {
    case .strict: strict
    case .standard: standard
    case .lenient: lenient
    }
  }

  /// What differs from the expectation; nil if nothing does.
  func failure(reading format: any ModelFormat.Type, mode: ReadOptions.Mode) -> String? {
    var options = ReadOptions()
    options.mode = mode
    options.dialect = dialect
    do {
      let result = try format.read(SourceText(file: name, text), options: options)
      let codes = result.warnings.map(\.code.id).sorted()
      switch expectation(mode) {
      case .model(let dump, let expected):
        if result.model.dump != dump { return "read as \(result.model.dump), not \(dump)" }
        if codes != expected.sorted() { return "noticed \(codes), not \(expected)" }
        return nil
      case .error(let code, _): return "read as \(result.model.dump) with \(codes), but \(code) was due"
      }
    } catch {
      guard case .invalid(let diagnostics) = error else { return "\(error)" }
      let errors = diagnostics.filter { $0.severity == .error }
      guard case .error(let code, let line) = expectation(mode) else { return "refused: \(error)" }
      if errors.contains(where: { $0.code.id == code && $0.location?.line == line }) { return nil }
      return "refused otherwise: \(errors.map { "\($0.code.id) line \($0.location?.line ?? 0)" })"
    }
  }
}

extension Model {
  /// The model on one line: objective, rows, other constraints, variables.
  var dump: String {
    var parts: [String] = []
    for objective in objectives { parts.append("\(objective.sense.rawValue) \(text(objective.function))") }
    for i in 0..<rows.count {
      let body = text(ScalarFunction(linear: rows.terms(i)))
      parts.append("\(rowNames[i]): \(body) in [\(rows.lower[i].text), \(rows.upper[i].text)]\(lazyRows.contains(i) ? " lazy" : "")")
    }
    for i in generalConstraints.indices {
      switch generalConstraints[i].body {
      case .scalar(let f, let set): parts.append("\(generalNames[i]): \(text(f)) in [\(set.lower.text), \(set.upper.text)]")
      case .vector(let fs, let set):
        let body = fs.map(text).joined(separator: ", ")
        switch set {
        case let indicator as Indicator:
          guard case .scalar(let inner) = indicator.inner else { continue }
          parts.append("\(generalNames[i]): \(body) if \(indicator.activeOn ? 1 : 0) in [\(inner.lower.text), \(inner.upper.text)]")
        default: parts.append("\(generalNames[i]): (\(body)) in \(type(of: set).name)\(weights(set))")
        }
      }
    }
    for expression in namedExpressions { parts.append("\(expression.name) = \(text(expression.function))") }
    for j in 0..<variableCount {
      let domain = domains[j] == .real ? "" : " \(domains[j].name)"
      if lower[j] == 0, upper[j] == .infinity, domains[j] == .real { continue }
      parts.append("\(variableNames[j])\(domain) [\(lower[j].text), \(upper[j].text)]")
    }
    return parts.joined(separator: "; ")
  }

  private func weights(_ set: any VectorSet) -> String {
    guard let weights = (set as? SOS1)?.weights ?? (set as? SOS2)?.weights else { return "" }
    return "(" + weights.map(\.text).joined(separator: " ") + ")"
  }

  private func text(_ f: ScalarFunction) -> String {
    var parts = f.linear.map { "\($0.coefficient == 1 ? "" : $0.coefficient.text + " ")\(variableName($0.variable))" }
    for q in f.quadratic {
      let factor = q.coefficient == 1 ? "" : q.coefficient.text + " "
      parts.append(q.first == q.second ? "\(factor)\(variableName(q.first))^2" : "\(factor)\(variableName(q.first))*\(variableName(q.second))")
    }
    if f.constant != 0 || parts.isEmpty { parts.append(f.constant.text) }
    return parts.joined(separator: " + ")
  }
}
