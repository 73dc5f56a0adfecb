/// Writes MathOptFormat, one line a variable and a constraint, with the smallest minor version that covers the content.
struct MathOptWriter {
  private let model: Model
  private var minor = 0
  private var warnings = DiagnosticCollector()
  private var names: [String] = []

  static func write(_ model: Model) throws(ConstraintsError) -> WriteResult {
    try model.refuseUserFunctions()
    var writer = MathOptWriter(model: model)
    return try writer.write()
  }

  private init(model: Model) { self.model = model }

  private mutating func write() throws(ConstraintsError) -> WriteResult {
    names = (0..<model.variableCount).map { model.variableNames[$0] }
    // The version stands first but is known last: the rest is written before it.
    var body = JSONWriter()
    body.beginObject()
    body.key("version")
    body.beginObject(inline: true)
    body.member("major", 1)
    body.key("minor")
    let head = body.bytes
    var rest = JSONWriter(continuing: body)
    rest.end()
    if !model.name.isEmpty { rest.member("name", model.name) }
    writeVariables(&rest)
    try writeObjective(&rest)
    try writeConstraints(&rest)
    rest.end()
    if !model.parametricUses.isEmpty {
      warnings.add(
        Diagnostic(
          .notSupported, .warning, "coefficients that depend on parameters are written with their present values"))
    }
    if warnings.hasErrors { throw .invalid(warnings.finish()) }
    return WriteResult(
      bytes: head + Array(String(minor).utf8) + rest.bytes, warnings: warnings.finish())
  }

  private mutating func needs(_ version: Int) { minor = max(minor, version) }

  // MARK: - Variables

  private mutating func writeVariables(_ out: inout JSONWriter) {
    out.key("variables")
    out.beginArray()
    for j in 0..<model.variableCount {
      out.beginObject(inline: true)
      out.member("name", names[j])
      if !model.starts.isEmpty, !model.starts[j].isNaN { out.member("primal_start", model.starts[j]) }
      out.end()
    }
    for p in model.parameterValues.indices {
      out.beginObject(inline: true)
      out.member("name", model.parameterNames[p])
      out.end()
    }
    out.end()
  }

  private func variableFunction(_ name: String, _ out: inout JSONWriter) {
    out.key("function")
    out.beginObject(inline: true)
    out.member("type", "Variable")
    out.member("name", name)
    out.end()
  }

  private mutating func writeDomains(_ out: inout JSONWriter) {
    func entry(_ name: String, _ out: inout JSONWriter, _ set: (inout JSONWriter) -> Void) {
      out.beginObject(inline: true)
      variableFunction(name, &out)
      out.key("set")
      out.beginObject(inline: true)
      set(&out)
      out.end()
      out.end()
    }
    for j in 0..<model.variableCount {
      let bounds = ScalarSet(lower: model.lower[j], upper: model.upper[j])
      let domain = model.domains[j]
      switch domain {
      case .semicontinuous, .semiinteger:
        entry(names[j], &out) {
          $0.member("type", domain == .semicontinuous ? "Semicontinuous" : "Semiinteger")
          $0.member("lower", bounds.lower)
          $0.member("upper", bounds.upper)
        }
        if !bounds.lower.isFinite || !bounds.upper.isFinite {
          warnings.add(
            Diagnostic(
              .notSupported, "\(domain.name) variable '\(names[j])' needs finite bounds in this format",
              mend: "give it bounds"))
        }
        continue
      case .integer: entry(names[j], &out) { $0.member("type", "Integer") }
      case .binary: entry(names[j], &out) { $0.member("type", "ZeroOne") }
      case .real: break
      }
      if domain == .binary, bounds.lower == 0, bounds.upper == 1 { continue }
      if bounds.lower == -.infinity, bounds.upper == .infinity { continue }
      entry(names[j], &out) { bounds.writeMembers(to: &$0, key: "type") }
    }
    for (p, value) in model.parameterValues.enumerated() {
      needs(3)
      entry(model.parameterNames[p], &out) {
        $0.member("type", "Parameter")
        $0.member("value", value)
      }
    }
  }

  // MARK: - Objective and constraints

  private mutating func writeObjective(_ out: inout JSONWriter) throws(ConstraintsError) {
    out.key("objective")
    out.beginObject()
    guard let first = model.objectives.first else {
      out.member("sense", "feasibility")
      return out.end()
    }
    out.member("sense", first.sense.rawValue)
    out.key("function")
    if model.objectives.count == 1 {
      try scalar(first.function, &out)
    } else {
      if model.objectives.contains(where: { $0.sense != first.sense }) {
        throw .invalid([
          Diagnostic(.notSupported, "the format can't carry objectives of both senses", mend: "negate some of them")
        ])
      }
      if model.objectives.contains(where: { $0.priority != first.priority || $0.weight != 1 }) {
        warnings.add(Diagnostic(.notSupported, .warning, "priorities and weights of objectives are not kept"))
      }
      try vector(model.objectives.map(\.function), &out)
    }
    out.end()
  }

  private mutating func writeConstraints(_ out: inout JSONWriter) throws(ConstraintsError) {
    out.key("constraints")
    out.beginArray()
    writeDomains(&out)
    if !model.lazyRows.isEmpty {
      warnings.add(Diagnostic(.notSupported, .warning, "marks of lazy constraints are not kept"))
    }
    for reference in model.constraints {
      switch reference {
      case .row(let i):
        let bounds = ScalarSet(lower: model.rows.lower[i], upper: model.rows.upper[i])
        try writeScalar(
          model.rowNames.isNamed(i) ? model.rowNames[i] : nil, ScalarFunction(linear: model.rows.terms(i)), bounds,
          isRow: true, &out)
      case .general(let i):
        let name = model.generalNames.isNamed(i) ? model.generalNames[i] : nil
        switch model.generalConstraints[i].body {
        case .scalar(let f, let set): try writeScalar(name, f, set, isRow: false, &out)
        case .vector(let rows, let set):
          out.beginObject(inline: true)
          if let name { out.member("name", name) }
          out.key("function")
          try vector(rows, &out)
          out.key("set")
          out.beginObject(inline: true)
          out.member("type", type(of: set).name)
          set.parameters.writeMembers(to: &out, key: "type")
          out.end()
          out.end()
          needs(type(of: set).formatMinorVersion)
        }
      }
    }
    out.end()
  }

  private mutating func writeScalar(
    _ name: String?, _ f: ScalarFunction, _ set: ScalarSet, isRow: Bool, _ out: inout JSONWriter
  ) throws(ConstraintsError) {
    guard set.lower.isFinite || set.upper.isFinite else {
      // A free row: the vector set Reals is the one without bounds.
      out.beginObject(inline: true)
      if let name { out.member("name", name) }
      out.key("function")
      try vector([f], &out)
      out.key("set")
      out.beginObject(inline: true)
      out.member("type", "Reals")
      out.member("dimension", 1)
      out.end()
      out.end()
      warnings.addOnce(
        kind: "free", Diagnostic(.notSupported, .warning, "rows without bounds become constraints in the set Reals"))
      return
    }
    out.beginObject(inline: true)
    if let name { out.member("name", name) }
    out.key("function")
    try scalar(f, &out)
    out.key("set")
    out.beginObject(inline: true)
    set.writeMembers(to: &out, key: "type")
    out.end()
    out.end()
  }

  // MARK: - Functions

  private mutating func scalar(_ f: ScalarFunction, _ out: inout JSONWriter) throws(ConstraintsError) {
    out.beginObject(inline: true)
    defer { out.end() }
    switch f.kind {
    case .constant, .linear:
      out.member("type", "ScalarAffineFunction")
      terms("terms", f.linear, &out)
      out.member("constant", f.constant)
    case .quadratic:
      out.member("type", "ScalarQuadraticFunction")
      out.key("quadratic_terms")
      out.beginArray(inline: true)
      for term in f.quadratic { quadratic(term, &out) }
      out.end()
      terms("affine_terms", f.linear, &out)
      out.member("constant", f.constant)
    case .nonlinear:
      out.member("type", "ScalarNonlinearFunction")
      var graph = MathOptGraphWriter(model, names)
      out.key("root")
      try graph.writeRoot(f, &out)
      try graph.writeNodes(&out)
      needs(graph.minor)
    }
  }

  private func terms(_ key: String, _ terms: [LinearTerm], _ out: inout JSONWriter) {
    out.key(key)
    out.beginArray(inline: true)
    for term in terms { linear(term, &out) }
    out.end()
  }

  private func linear(_ term: LinearTerm, _ out: inout JSONWriter) {
    out.beginObject(inline: true)
    out.member("coefficient", term.coefficient)
    out.member("variable", names[Int(term.variable)])
    out.end()
  }

  /// The format's function is ½xᵀQx: a square has twice our coefficient.
  private func quadratic(_ term: QuadraticTerm, _ out: inout JSONWriter) {
    out.beginObject(inline: true)
    out.member("coefficient", term.first == term.second ? 2 * term.coefficient : term.coefficient)
    out.member("variable_1", names[Int(term.first)])
    out.member("variable_2", names[Int(term.second)])
    out.end()
  }

  private mutating func vector(_ rows: [ScalarFunction], _ out: inout JSONWriter) throws(ConstraintsError) {
    out.beginObject(inline: true)
    defer { out.end() }
    let isPlain = rows.allSatisfy {
      $0.kind == .linear && $0.constant == 0 && $0.linear.count == 1 && $0.linear[0].coefficient == 1
    }
    if isPlain {
      out.member("type", "VectorOfVariables")
      out.key("variables")
      out.beginArray(inline: true)
      for row in rows { out.string(names[Int(row.linear[0].variable)]) }
      out.end()
      return
    }
    let kind = rows.map(\.kind).max() ?? .constant
    if kind == .nonlinear {
      out.member("type", "VectorNonlinearFunction")
      needs(6)
      var graph = MathOptGraphWriter(model, names)
      out.key("rows")
      out.beginArray(inline: true)
      for row in rows { try graph.writeRoot(row, &out) }
      out.end()
      try graph.writeNodes(&out)
      needs(graph.minor)
      return
    }
    func output(_ row: Int, _ out: inout JSONWriter, _ term: (inout JSONWriter) -> Void) {
      out.beginObject(inline: true)
      out.member("output_index", row + 1)
      out.key("scalar_term")
      term(&out)
      out.end()
    }
    out.member("type", kind == .quadratic ? "VectorQuadraticFunction" : "VectorAffineFunction")
    if kind == .quadratic {
      out.key("quadratic_terms")
      out.beginArray(inline: true)
      for (i, row) in rows.enumerated() { for term in row.quadratic { output(i, &out) { quadratic(term, &$0) } } }
      out.end()
    }
    out.key(kind == .quadratic ? "affine_terms" : "terms")
    out.beginArray(inline: true)
    for (i, row) in rows.enumerated() { for term in row.linear { output(i, &out) { linear(term, &$0) } } }
    out.end()
    out.key("constants")
    out.beginArray(inline: true)
    for row in rows { out.number(row.constant) }
    out.end()
  }
}
