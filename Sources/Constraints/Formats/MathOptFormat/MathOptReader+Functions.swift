/// Functions of MathOptFormat.
extension MathOptReader {
  /// A function as read: terms over the file's names, and a nonlinear node of the model's arena.
  struct Function {
    var constant = 0.0
    var linear: [(coefficient: Double, symbol: Int)] = []
    var quadratic: [(coefficient: Double, first: Int, second: Int)] = []
    var nonlinear: NodeID?
  }

  /// Reads a scalar function; nil after a report.
  mutating func scalar(_ node: JSONNode) -> Function? {
    guard let type = typeName(node) else {
      report(.missingKey, "a function needs a \"type\"", node)
      return nil
    }
    var result = Function()
    switch type {
    case "Variable", "SingleVariable":
      guard let name = document.member(node, "name") ?? document.member(node, "variable") else {
        report(.missingKey, "the function needs \"name\"", node)
        return nil
      }
      guard let symbol = symbol(name) else { return nil }
      result.linear = [(1, symbol)]
    case "ScalarAffineFunction":
      guard affine(document.member(node, "terms"), node, &result), let constant = constant(node) else { return nil }
      result.constant = constant
    case "ScalarQuadraticFunction":
      guard affine(document.member(node, "affine_terms"), node, &result), let constant = constant(node),
        let terms = list(node, "quadratic_terms")
      else { return nil }
      result.constant = constant
      for term in document.elements(terms) { guard quadratic(term, &result) else { return nil } }
    case "ScalarNonlinearFunction":
      guard let root = document.member(node, "root") else {
        report(.missingKey, "the function needs \"root\"", node)
        return nil
      }
      var graph = MathOptGraph(document.member(node, "node_list").map { Array(document.elements($0)) } ?? [])
      return nonlinear(root, &graph)
    case "VectorOfVariables", "VectorAffineFunction", "VectorQuadraticFunction", "VectorNonlinearFunction":
      report(.wrongUse, "a vector function stands where a scalar one belongs", node)
      return nil
    default:
      unknownFunction(type, node)
      return nil
    }
    return result
  }

  private mutating func unknownFunction(_ type: String, _ node: JSONNode) {
    let known = [
      "Variable", "ScalarAffineFunction", "ScalarQuadraticFunction", "ScalarNonlinearFunction", "VectorOfVariables",
      "VectorAffineFunction", "VectorQuadraticFunction", "VectorNonlinearFunction",
    ]
    report(.unknownName, "unknown function type '\(type)'", node, mend: didYouMean(type, in: known))
  }

  /// Reads a vector function; nil after a report, or when the function is scalar.
  mutating func vector(_ node: JSONNode) -> [Function]? {
    guard let type = typeName(node) else {
      report(.missingKey, "a function needs a \"type\"", node)
      return nil
    }
    switch type {
    case "VectorOfVariables":
      guard let names = list(node, "variables") else { return nil }
      var rows: [Function] = []
      for name in document.elements(names) {
        guard let symbol = symbol(name) else { return nil }
        rows.append(Function(linear: [(1, symbol)]))
      }
      return rows
    case "VectorAffineFunction", "VectorQuadraticFunction":
      guard let constants = list(node, "constants") else { return nil }
      var rows: [Function] = []
      for element in document.elements(constants) {
        guard let value = document.number(element) else {
          wrongKind("a constant", "a number", element)
          return nil
        }
        rows.append(Function(constant: value))
      }
      let affineKey = type == "VectorAffineFunction" ? "terms" : "affine_terms"
      guard let terms = list(node, affineKey) else { return nil }
      for term in document.elements(terms) {
        guard let (row, inner) = output(term, rows.count), affineTerm(inner, &rows[row]) else { return nil }
      }
      if type == "VectorQuadraticFunction" {
        // The published schema of 1.9 has a slip in this name.
        guard let terms = document.member(node, "quadratc_terms") ?? list(node, "quadratic_terms") else { return nil }
        for term in document.elements(terms) {
          guard let (row, inner) = output(term, rows.count), quadratic(inner, &rows[row]) else { return nil }
        }
      }
      return rows
    case "VectorNonlinearFunction":
      guard let list = list(node, "rows") else { return nil }
      var graph = MathOptGraph(document.member(node, "node_list").map { Array(document.elements($0)) } ?? [])
      var rows: [Function] = []
      for root in document.elements(list) {
        guard let row = nonlinear(root, &graph) else { return nil }
        rows.append(row)
      }
      return rows
    case "Variable", "SingleVariable", "ScalarAffineFunction", "ScalarQuadraticFunction", "ScalarNonlinearFunction":
      report(.wrongUse, "a scalar function stands where a vector one belongs", node)
      return nil
    default:
      unknownFunction(type, node)
      return nil
    }
  }

  private mutating func output(_ term: JSONNode, _ count: Int) -> (Int, JSONNode)? {
    guard let index = document.member(term, "output_index"), let row = document.integer(index),
      let inner = document.member(term, "scalar_term")
    else {
      report(.missingKey, "a term of a vector function needs \"output_index\" and \"scalar_term\"", term)
      return nil
    }
    guard row >= 1, row <= count else {
      report(.dimensionMismatch, "output \(row) does not exist; the function has \(count) outputs, counted from 1", index)
      return nil
    }
    return (row - 1, inner)
  }

  private mutating func constant(_ node: JSONNode) -> Double? {
    guard let constant = document.member(node, "constant") else {
      report(.missingKey, "the function needs \"constant\"", node, mend: "write \"constant\": 0")
      return nil
    }
    guard let value = document.number(constant) else {
      wrongKind("'constant'", "a number", constant)
      return nil
    }
    return value
  }

  private mutating func list(_ node: JSONNode, _ key: String) -> JSONNode? {
    guard let list = document.member(node, key) else {
      report(.missingKey, "the function needs \"\(key)\"", node)
      return nil
    }
    guard document.kind(list) == .array else {
      wrongKind("'\(key)'", "a list", list)
      return nil
    }
    return list
  }

  private mutating func affine(_ terms: JSONNode?, _ node: JSONNode, _ result: inout Function) -> Bool {
    guard let terms, document.kind(terms) == .array else {
      report(.missingKey, "the function needs a list of terms", terms ?? node)
      return false
    }
    for term in document.elements(terms) where !affineTerm(term, &result) { return false }
    return true
  }

  private mutating func affineTerm(_ term: JSONNode, _ result: inout Function) -> Bool {
    var coefficient: Double?
    var variable: JSONNode?
    for (key, value) in document.members(term) {
      if document.isText(key, "coefficient") {
        coefficient = document.number(value)
      } else if document.isText(key, "variable") || document.isText(key, "variable_name") {
        variable = value
      }
    }
    guard let coefficient, let variable else {
      report(.missingKey, "a term needs a number \"coefficient\" and a \"variable\"", term)
      return false
    }
    guard let symbol = symbol(variable) else { return false }
    result.linear.append((coefficient, symbol))
    return true
  }

  /// A term of ½xᵀQx: half of the coefficient on the diagonal.
  private mutating func quadratic(_ term: JSONNode, _ result: inout Function) -> Bool {
    func part(_ key: String, _ old: String) -> JSONNode? { document.member(term, key) ?? document.member(term, old) }
    guard let coefficient = document.member(term, "coefficient").flatMap({ document.number($0) }),
      let first = part("variable_1", "variable_name_1"), let second = part("variable_2", "variable_name_2")
    else {
      report(.missingKey, "a quadratic term needs \"coefficient\", \"variable_1\" and \"variable_2\"", term)
      return false
    }
    guard let a = symbol(first), let b = symbol(second) else { return false }
    result.quadratic.append((a == b ? coefficient / 2 : coefficient, a, b))
    return true
  }

  /// The number of a variable by name; reports unknown ones.
  mutating func symbol(_ node: JSONNode) -> Int? {
    guard let name = document.text(node) else {
      wrongKind("a variable", "a name", node)
      return nil
    }
    if let symbol = numbers[name] { return symbol }
    report(
      .unknownName, "unknown variable '\(name)'", node,
      mend: didYouMean(name, in: symbolNames.prefix(20_000).map { document.text($0) ?? "" }))
    return nil
  }

  // MARK: - Into the model

  /// The function in the model's numbering; only without parameters.
  func plain(_ f: Function) -> ScalarFunction {
    ScalarFunction(
      constant: f.constant,
      linear: f.linear.map { LinearTerm($0.coefficient, Int32(symbols[$0.symbol].position)) },
      quadratic: f.quadratic.map {
        QuadraticTerm($0.coefficient, Int32(symbols[$0.first].position), Int32(symbols[$0.second].position))
      },
      nonlinear: f.nonlinear)
  }

  func usesParameters(_ f: Function) -> Bool {
    guard hasParameters else { return false }
    return f.linear.contains { symbols[$0.symbol].isParameter }
      || f.quadratic.contains { symbols[$0.first].isParameter || symbols[$0.second].isParameter }
  }

  /// The function as an expression, with parameters where the file has them.
  func expression(_ f: Function) -> Expression {
    func leaf(_ symbol: Int) -> Expression {
      symbols[symbol].isParameter
        ? model.parameter(at: symbols[symbol].position).expression : model.variable(at: symbols[symbol].position).expression
    }
    var result = Expression(f.constant)
    for term in f.linear { result.add(leaf(term.symbol), scale: term.coefficient) }
    for term in f.quadratic { result.add(.product(leaf(term.first), leaf(term.second)), scale: term.coefficient) }
    if let node = f.nonlinear {
      var rest = Expression.Rest()
      rest.model = model.tag
      rest.nonlinear = [(1, rest.arena.copy(node, from: model.arena))]
      var nonlinear = Expression()
      nonlinear.rest = rest
      result.add(nonlinear, scale: 1)
    }
    return result
  }
}
