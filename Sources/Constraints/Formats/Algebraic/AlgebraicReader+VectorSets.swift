/// Constraints that put several expressions into a set: `sos1(...)`, and `{"exprs": [...], "in": {"set": "SecondOrderCone"}}`.
extension AlgebraicReader {
  /// A set of vectors by name, its parameters still to be completed with the number of rows.
  struct SetRequest {
    var type: any VectorSet.Type
    var parameters: SetParameters
    var place: JSONNode?
  }

  /// Reads `exprs` and `in`.
  mutating func readVector(_ node: JSONNode, _ list: JSONNode, _ entry: inout ConstraintEntry) -> Bool {
    guard document.kind(list) == .array else {
      wrongKind("'exprs'", "a list of strings", list)
      return false
    }
    guard let set = document.member(node, "in") else {
      report(.missingKey, "\"exprs\" needs \"in\"", at: node, mend: "write \"in\": \"SecondOrderCone\"")
      return false
    }
    guard entry.condition < 0 else {
      report(.notSupported, "'if' with a set of vectors is not yet supported", at: set)
      return false
    }
    guard let request = setRequest(set) else { return false }
    entry.set = request
    for element in document.elements(list) {
      if let number = document.number(element) {
        var constant = SyntaxNode(op: .number, text: 0, start: 0, end: 0)
        constant.kind = .number
        constant.value = number
        entry.list.append(tree.add(constant))
        continue
      }
      guard document.kind(element) == .string else {
        wrongKind("an expression", "a string", element)
        return false
      }
      guard let root = parse(element, { parser, tree throws(ExpressionError) in try parser.listEntry(&tree) })
      else { return false }
      switch resolve(root) {
      case .number, .key, .decision: entry.list.append(root)
      case .invalid, .unknown: return false
      default:
        report(.wrongUse, "a coordinate of a set is a number, not a comparison", at: element)
        return false
      }
    }
    return true
  }

  private mutating func setRequest(_ node: JSONNode) -> SetRequest? {
    var name = ""
    var parameters: SetParameters = [:]
    switch document.kind(node) {
    case .string: name = document.text(node) ?? ""
    case .object:
      guard let nameNode = document.member(node, "set") else {
        report(.missingKey, "the name of the set is missing", at: node, mend: "write {\"set\": \"PowerCone\", \"exponent\": 0.3}")
        return nil
      }
      name = document.text(nameNode) ?? ""
      for (key, value) in document.members(node) {
        let parameter = document.text(key) ?? ""
        // `set` names the set itself; a parameter of that name is written `members`.
        if parameter == "set" { continue }
        guard let value = SetParameter(value, of: document) else {
          report(.wrongKind, "a parameter of a set can't be \(document.kind(value).phrase)", at: value)
          return nil
        }
        parameters[parameter == "members" ? "set" : parameter] = value
      }
    default:
      wrongKind("'in'", "the name of a set or an object", node)
      return nil
    }
    guard let type = VectorSetCatalog.type(named: name) else {
      let known = VectorSetCatalog.all.map { $0.name }
      report(
        .unknownName, "unknown set '\(name)'", at: node, mend: didYouMean(name, in: known),
        notes: ["known sets: \(known.joined(separator: ", "))"])
      return nil
    }
    return SetRequest(type: type, parameters: parameters, place: node)
  }

  mutating func addVector(_ entry: ConstraintEntry) {
    guard let request = entry.set else { return }
    var rows: [Expression] = []
    for n in entry.list { appendValues(of: n, to: &rows) }
    add(entry, rows, request)
  }

  mutating func addSetCall(_ entry: ConstraintEntry, _ n: Int32) {
    let node = tree.nodes[Int(n)]
    let function = name(node.text, node.reference, node.other)
    guard let set = AlgebraicReader.setCalls[function], let type = VectorSetCatalog.type(named: set) else { return }
    if function == "acyclic" { return addAcyclic(entry, n) }
    var rows: [Expression] = []
    var numbers: [Double] = []
    let separatesNumbers = function == "table" || function == "binpacking"
    for child in Array(tree.children(n)) {
      var values: [Expression] = []
      appendValues(of: child, to: &values)
      if separatesNumbers, values.allSatisfy(\.isConstant), !rows.isEmpty {
        numbers += values.map(\.constant)
      } else {
        rows += values
      }
    }
    var parameters: SetParameters = [:]
    switch function {
    case "nooverlap":
      guard rows.count % 2 == 0 else {
        return reportOnce(.wrongUse, "nooverlap(...) takes a duration for each start", node: n, mend: "write nooverlap(starts, durations)")
      }
      rows += [Expression](repeating: Expression(1), count: rows.count / 2 + 1)
    case "binpacking":
      guard numbers.count == rows.count + 1 else {
        return reportOnce(
          .wrongUse, "binpacking(...) takes a weight for each item and a capacity", node: n,
          mend: "write binpacking(bins, weights, capacity)")
      }
      parameters = ["capacity": .number(numbers[rows.count]), "weights": .numbers(Array(numbers.dropLast()))]
    case "table":
      guard !rows.isEmpty, numbers.count % rows.count == 0 else {
        return reportOnce(
          .wrongUse, "table(...) takes expressions and rows of as many numbers", node: n, mend: "write table(x, y, allowed)")
      }
      let width = rows.count
      parameters = ["table": .rows(stride(from: 0, to: numbers.count, by: width).map { Array(numbers[$0..<($0 + width)]) })]
    default: break
    }
    add(entry, rows, SetRequest(type: type, parameters: parameters, place: nil))
  }

  mutating func add(_ entry: ConstraintEntry, _ rows: [Expression], _ request: SetRequest) {
    if isStopped || !misses.isEmpty { return }
    var parameters = request.parameters
    let place = request.place ?? entry.place
    // What follows from the number of rows may be left out.
    if parameters["dimension"] == nil { parameters["dimension"] = .integer(rows.count) }
    if parameters["side_dimension"] == nil {
      let n = Double(rows.count)
      let isTriangle = request.type.name.contains("Triangle")
      let side = isTriangle ? ((8 * n + 1).squareRoot() - 1) / 2 : n.squareRoot()
      if side == side.rounded() { parameters["side_dimension"] = .integer(Int(side)) }
    }
    if parameters["weights"] == nil, request.type == SOS1.self || request.type == SOS2.self {
      parameters["weights"] = .numbers(rows.indices.map { Double($0 + 1) })
    }
    do throws(SetParameterError) {
      let set = try request.type.init(parameters: parameters, rows: rows.count)
      guard set.dimension == rows.count else {
        return report(
          .dimensionMismatch, "constraint '\(instanceText)' has \(rows.count) expressions, its set \(request.type.name) has dimension \(set.dimension)",
          at: place)
      }
      for row in rows where !row.constant.isFinite {
        return report(.undefinedNumber, "constraint '\(instanceText)' has the constant \(row.constant.text)", at: place)
      }
      model.addConstraint(label(entry), rows, in: set)
    } catch {
      report(
        .badSet, "constraint '\(instanceText)': parameter '\(error.parameter)' of \(request.type.name) \(error.problem)", at: place)
    }
  }
}
