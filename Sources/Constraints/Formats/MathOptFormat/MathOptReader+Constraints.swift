/// Objective and constraints of MathOptFormat.
extension MathOptReader {
  mutating func readObjective(_ node: JSONNode) {
    guard document.kind(node) == .object else { return wrongKind("'objective'", "an object", node) }
    guard let senseNode = document.member(node, "sense"), let sense = document.text(senseNode) else {
      return report(.missingKey, "the objective needs \"sense\"", node, mend: "one of min, max, feasibility")
    }
    if sense == "feasibility" { return }
    guard sense == "min" || sense == "max" else {
      return report(.unknownName, "unknown sense '\(sense)'", senseNode, mend: "one of min, max, feasibility")
    }
    guard let function = document.member(node, "function") else {
      return report(.missingKey, "the objective needs \"function\"", node)
    }
    let direction: ObjectiveSense = sense == "min" ? .minimize : .maximize
    if typeName(function)?.hasPrefix("Vector") ?? false {
      guard let rows = vector(function) else { return }
      found.addOnce(
        kind: "objectives",
        Diagnostic(
          .notSupported, .warning, "a vector of objectives is read as objectives of one priority, to be added up",
          at: document.location(function)))
      for row in rows { add(row, direction) }
    } else if let row = scalar(function) {
      add(row, direction)
    }
  }

  private mutating func add(_ f: Function, _ sense: ObjectiveSense) {
    if usesParameters(f) {
      model.addObjective(sense, expression(f))
    } else {
      model.addObjective(Objective(sense, plain(f)))
    }
  }

  mutating func readConstraints(_ list: JSONNode) {
    for node in document.elements(list) {
      if found.isFull { return }
      guard document.kind(node) == .object else {
        wrongKind("a constraint", "an object", node)
        continue
      }
      guard let function = document.member(node, "function"), let set = document.member(node, "set") else {
        report(.missingKey, "a constraint needs \"function\" and \"set\"", node)
        continue
      }
      for key in ["primal_start", "dual_start"] {
        if let start = document.member(node, key) {
          found.addOnce(
            kind: key,
            Diagnostic(.notSupported, .note, "'\(key)' of constraints is not kept", at: document.location(start)))
        }
      }
      if singleVariable(node) != nil { continue }
      readConstraint(node, function, set)
    }
  }

  private func label(_ node: JSONNode) -> Model.Label {
    if let name = document.member(node, "name").flatMap({ document.text($0) }), !name.isEmpty { return .name(name) }
    return .place(file: "", line: 0)
  }

  private mutating func readConstraint(_ node: JSONNode, _ function: JSONNode, _ set: JSONNode) {
    guard let type = typeName(set) else { return report(.missingKey, "a set needs a \"type\"", set) }
    guard MathOptReader.scalarSets.contains(type) else { return readVectorConstraint(node, function, set, type) }
    guard let f = scalar(function) else { return }
    switch type {
    case "LessThan": if let upper = parameter(set, "upper") { add(node, f, ScalarSet(upper: upper)) }
    case "GreaterThan": if let lower = parameter(set, "lower") { add(node, f, ScalarSet(lower: lower)) }
    case "EqualTo": if let value = parameter(set, "value") { add(node, f, .equalTo(value)) }
    case "Interval":
      if let lower = parameter(set, "lower"), let upper = parameter(set, "upper") { add(node, f, .interval(lower, upper)) }
    case "ZeroOne": addHelper(node, f, lower: 0, upper: 1, .binary)
    case "Integer": addHelper(node, f, lower: -.infinity, upper: .infinity, .integer)
    case "Semicontinuous", "Semiinteger":
      if let lower = parameter(set, "lower"), let upper = parameter(set, "upper") {
        addHelper(node, f, lower: lower, upper: upper, type == "Semiinteger" ? .semiinteger : .semicontinuous)
      }
    default: report(.wrongUse, "only a single variable can be in a Parameter set", set)
    }
  }

  private mutating func add(_ node: JSONNode, _ f: Function, _ set: ScalarSet) {
    if usesParameters(f) {
      model.addConstraint(label(node), expression(f), in: set)
    } else {
      model.addConstraint(label(node), plain(f), in: set)
    }
  }

  /// A function in a domain: a new variable in that domain equals the function.
  private mutating func addHelper(_ node: JSONNode, _ f: Function, lower: Double, upper: Double, _ domain: Domain) {
    var name: String
    repeat {
      helperCount += 1
      name = "_f\(helperCount)"
    } while numbers[name] != nil
    warn(
      kind: "helper", .wrongUse,
      "a function in a set of values becomes a new variable, '\(name)', that equals the function", node)
    let variable = model.addVariable(name, lower: lower, upper: upper, domain: domain)
    numbers[name] = symbols.count
    var symbol = Symbol()
    symbol.position = variable.position
    symbols.append(symbol)
    symbolNames.append(node)
    var f = f
    f.linear.append((-1, symbols.count - 1))
    add(node, f, .equalTo(0))
  }

  private mutating func readVectorConstraint(_ node: JSONNode, _ function: JSONNode, _ set: JSONNode, _ name: String) {
    guard let rows = vector(function) else { return }
    guard let set = vectorSet(set, name, rows.count) else { return }
    if set.dimension != rows.count {
      warn(
        kind: "dimension", .dimensionMismatch,
        "the function has \(rows.count) outputs, its set \(name) has dimension \(set.dimension)", node)
    }
    if rows.contains(where: usesParameters) {
      model.addConstraint(label(node), rows.map(expression), in: set)
    } else {
      model.addConstraint(label(node), rows.map(plain), in: set)
    }
  }

  private mutating func vectorSet(_ node: JSONNode, _ name: String, _ rows: Int) -> (any VectorSet)? {
    var parameters: SetParameters = [:]
    for (key, value) in document.members(node) {
      let parameter = document.text(key) ?? ""
      if parameter == "type" || parameter == "head" { continue }
      guard let value = SetParameter(value, of: document) else {
        report(.badSet, "parameter '\(parameter)' of \(name) has a value that makes no sense", value)
        return nil
      }
      parameters[parameter] = value
    }
    var name = name
    if name == "ScaledPositiveSemidefiniteConeTriangle" {
      parameters = ["set": .set(name: "PositiveSemidefiniteConeTriangle", parameters)]
      name = "Scaled"
    }
    guard let type = VectorSetCatalog.type(named: name) else {
      report(
        .unknownName, "unknown set '\(name)'", node,
        mend: didYouMean(name, in: VectorSetCatalog.all.map { $0.name } + MathOptReader.scalarSets.sorted()))
      return nil
    }
    do throws(SetParameterError) {
      return try type.init(parameters: parameters, rows: rows)
    } catch {
      // The format's own example has such cones; the model remembers them, and its validation refuses them.
      if options.mode != .strict, case .number(let exponent)? = parameters["exponent"].map({ $0.asNumber }) {
        warn(kind: "exponent", .badSet, "the exponent \(exponent.text) of \(name) does not lie between 0 and 1", node)
        if name == PowerCone.name { return PowerCone(exponent: exponent) }
        if name == DualPowerCone.name { return DualPowerCone(exponent: exponent) }
      }
      report(.badSet, "parameter '\(error.parameter)' of \(name) \(error.problem)", node)
      return nil
    }
  }
}

extension SetParameter {
  /// Whole numbers as numbers.
  fileprivate var asNumber: SetParameter {
    if case .integer(let i) = self { return .number(Double(i)) }
    return self
  }
}
