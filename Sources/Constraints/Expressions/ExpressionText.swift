extension Model {
  /// A function in ordinary algebra: `2 x[1] - y + 3`.
  /// - Complexity: O(terms + nodes of the nonlinear part, shared ones counted each time); cut after about `limit` characters.
  public func text(of function: ScalarFunction, limit: Int = 100_000) -> String {
    var text = ""
    func append(_ coefficient: Double, _ body: String) {
      let size = abs(coefficient)
      let sign = coefficient < 0 ? "-" : "+"
      if text.isEmpty { text = coefficient < 0 ? "-" : "" } else { text += " \(sign) " }
      text += body.isEmpty ? size.text : size == 1 ? body : "\(size.text) \(body)"
    }
    for term in function.linear where text.utf8.count < limit { append(term.coefficient, variableName(term.variable)) }
    for term in function.quadratic where text.utf8.count < limit {
      let product =
        term.first == term.second
        ? "\(variableName(term.first))^2" : "\(variableName(term.first)) * \(variableName(term.second))"
      append(term.coefficient, product)
    }
    if let node = function.nonlinear {
      var printer = NodePrinter(model: self, limit: limit)
      let part = printer.print(node, binding: text.isEmpty ? 0 : 2, depth: 0)
      text += text.isEmpty ? part : " + \(part)"
    }
    if function.constant != 0 || text.isEmpty { append(function.constant, "") }
    return text.utf8.count > limit ? String(text.prefix(limit)) + " ..." : text
  }

  /// A constraint in ordinary algebra, without its name.
  public func text(of constraint: ConstraintReference) -> String {
    switch constraint {
    case .row(let i):
      return Model.between(
        text(of: ScalarFunction(linear: rows.terms(i))), ScalarSet(lower: rows.lower[i], upper: rows.upper[i]))
    case .general(let i):
      switch generalConstraints[i].body {
      case .scalar(let function, let set): return Model.between(text(of: function), set)
      case .vector(let functions, let set): return text(of: functions, in: set)
      }
    }
  }

  private func text(of functions: [ScalarFunction], in set: any VectorSet) -> String {
    let parts = functions.map { text(of: $0) }
    if let indicator = set as? Indicator, let condition = parts.first {
      let inner: String
      switch indicator.inner {
      case .scalar(let side): inner = Model.between(parts.dropFirst().joined(separator: ", "), side)
      case .vector(let other): inner = "(\(parts.dropFirst().joined(separator: ", "))) in \(type(of: other).name)"
      }
      return "\(condition) == \(indicator.activeOn ? 1 : 0) => \(inner)"
    }
    let settings = set.parameters.entries.compactMap { entry -> String? in
      switch entry.value {
      case .number(let value): "\(entry.name) \(value.text)"
      case .numbers(let list) where list.count <= 20: "\(entry.name) [\(list.map(\.text).joined(separator: ", "))]"
      default: nil
      }
    }
    let detail = settings.isEmpty ? "" : " (\(settings.joined(separator: ", ")))"
    return "(\(parts.joined(separator: ", "))) in \(type(of: set).name)\(detail)"
  }

  private static func between(_ text: String, _ set: ScalarSet) -> String {
    if set.lower == set.upper { return "\(text) == \(set.lower.text)" }
    if set.lower == -.infinity { return set.upper == .infinity ? "\(text) is free" : "\(text) <= \(set.upper.text)" }
    if set.upper == .infinity { return "\(text) >= \(set.lower.text)" }
    return "\(set.lower.text) <= \(text) <= \(set.upper.text)"
  }
}

/// Prints nodes in infix form with no more parentheses than needed.
private struct NodePrinter {
  let model: Model
  let limit: Int
  private var printed = 0

  init(model: Model, limit: Int) {
    self.model = model
    self.limit = limit
  }

  /// - Parameter binding: how strongly the surroundings bind: 0 none, 1 sum, 2 right of a minus, 3 product, 4 divisor, 5 power.
  mutating func print(_ id: NodeID, binding: Int, depth: Int) -> String {
    let node = model.arena.nodes[id.position]
    printed += 1
    if depth > 200 || printed > limit { return "..." }
    switch node.operation {
    case .constant:
      let value = model.arena.constants[Int(node.first)]
      return value < 0 && binding > 0 ? "(\(value.text))" : value.text
    case .variable: return model.variableName(node.first)
    case .parameter: return model.parameterNames[Int(node.first)]
    default: break
    }
    let arguments = model.arena.arguments(of: id)
    func wrap(_ text: String, _ own: Int) -> String { own < binding ? "(\(text))" : text }
    switch node.operation {
    case .negate: return wrap("-\(print(arguments[0], binding: 3, depth: depth + 1))", 2)
    case .square: return wrap("\(print(arguments[0], binding: 6, depth: depth + 1))^2", 5)
    case .add:
      var text = arguments.first.map { print($0, binding: 1, depth: depth + 1) } ?? "0"
      for argument in arguments.dropFirst() {
        let other = model.arena.nodes[argument.position]
        if other.operation == .negate {
          text += " - \(print(NodeID(other.first), binding: 2, depth: depth + 1))"
        } else {
          text += " + \(print(argument, binding: 1, depth: depth + 1))"
        }
      }
      return wrap(text, 1)
    case .multiply:
      return wrap(arguments.map { print($0, binding: 3, depth: depth + 1) }.joined(separator: " * "), 3)
    case .subtract, .divide, .power, .less, .lessOrEqual, .equal, .notEqual, .greaterOrEqual, .greater:
      let (own, left, right) =
        node.operation == .subtract ? (1, 1, 2) : node.operation == .divide ? (3, 3, 4) : node.operation == .power ? (5, 6, 5) : (0, 1, 1)
      let a = print(arguments[0], binding: left, depth: depth + 1)
      let b = print(arguments[1], binding: right, depth: depth + 1)
      let symbol = node.operation == .power ? "^" : " \(node.operation.name) "
      return wrap("\(a)\(symbol)\(b)", own)
    case .call:
      let function = model.arena.userFunction(of: id)?.name ?? "call"
      return "\(function)(\(arguments.dropFirst().map { print($0, binding: 0, depth: depth + 1) }.joined(separator: ", ")))"
    default:
      return "\(node.operation.name)(\(arguments.map { print($0, binding: 0, depth: depth + 1) }.joined(separator: ", ")))"
    }
  }
}
