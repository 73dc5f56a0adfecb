/// Writes a model as algebraic JSON: families with their index sets, constraints one by one as strings.
///
/// Reading the text gives the same model. What the model does not know any more - the loops that made the constraints -
/// is not recovered.
struct AlgebraicWriter {
  let model: Model
  var out = JSONWriter()
  var warnings = DiagnosticCollector()
  var renamed: [(old: String, new: String)] = []
  private var taken: Set<String> = []
  /// How each variable is written in an expression.
  var references: [String] = []
  var parameterReferences: [String] = []
  /// Families over two indices, which `acyclic(W)` takes whole.
  private var matrices: [Matrix] = []
  /// Named parts of nonlinear functions, by node.
  var nodeNames: [Int32: String] = [:]

  static func write(_ model: Model) throws(ConstraintsError) -> WriteResult {
    try model.refuseUserFunctions()
    var writer = AlgebraicWriter(model: model)
    try writer.write()
    return WriteResult(bytes: writer.out.bytes, warnings: writer.warnings.finish(), renamed: writer.renamed)
  }

  private init(model: Model) { self.model = model }

  private mutating func write() throws(ConstraintsError) {
    let variables = FamilyTree(model.variableNames)
    let parameters = FamilyTree(model.parameterNames)
    for group in variables.groups + parameters.groups {
      switch group {
      case .single: continue
      case .family(let base, _, _): taken.insert(base)
      }
    }
    taken.formUnion((0..<model.variableCount).map { model.variableNames[$0] })
    references = makeReferences(variables, model.variableNames) { isUniform($0) }
    parameterReferences = makeReferences(parameters, model.parameterNames) { _ in true }
    let families = variables.groups.map { family($0, variables) }
    matrices = families.compactMap { Matrix($0, variables) }

    out.beginObject()
    out.member("format", "algebraic")
    out.member("version", 1)
    if !model.name.isEmpty { out.member("name", model.name) }
    writeSets(families, variables)
    writeTables(families, variables)
    if !model.parameterValues.isEmpty {
      out.key("parameters")
      out.beginObject()
      parameters.write(to: &out) { $1.number(model.parameterValues[$0]) }
      out.end()
      if !model.parametricUses.isEmpty {
        warnings.add(
          Diagnostic(.notSupported, .warning, "coefficients that depend on parameters are written with their present values"))
      }
    }
    out.key("variables")
    out.beginObject()
    for family in families { writeVariable(family) }
    out.end()
    writeExpressions()
    writeObjectives()
    writeConstraints()
    out.end()
  }

  /// A name that nothing else has.
  mutating func fresh(_ wanted: String) -> String {
    var name = wanted
    var n = 1
    while !taken.insert(name).inserted {
      n += 1
      name = "\(wanted)_\(n)"
    }
    return name
  }

  // MARK: - Names

  /// - Parameter isWhole: whether a family is written as one.
  private func makeReferences(_ tree: FamilyTree, _ names: NameTable, isWhole: (Range<Int>) -> Bool) -> [String] {
    var result: [String] = []
    result.reserveCapacity(names.count)
    for group in tree.groups {
      switch group {
      case .single(let item): result.append(AlgebraicWriter.quotedName(names[item]))
      case .family(let base, let items, _):
        let head = AlgebraicWriter.quotedName(base)
        let isWhole = isWhole(items)
        for item in items {
          result.append(
            isWhole
              ? head + "[" + tree.keys(item).map(AlgebraicWriter.quotedKey).joined(separator: ",") + "]"
              : AlgebraicWriter.quotedName(names[item]))
        }
      }
    }
    return result
  }

  /// Whether the variables of a family share their domain.
  private func isUniform(_ items: Range<Int>) -> Bool {
    items.allSatisfy { model.domains[$0] == model.domains[items.lowerBound] }
  }

  /// A name as it stands in an expression, in back-quotes where it is not a word.
  static func quotedName(_ name: String) -> String {
    let utf8 = Array(name.utf8)
    let isWord = utf8.enumerated().allSatisfy { i, c in
      (c | 32) &- 97 < 26 || c == UInt8(ascii: "_") || i > 0 && c &- 48 < 10
    }
    if isWord, !utf8.isEmpty, !AlgebraicReader.reserved.contains(name) { return name }
    return "`" + name.split(separator: "`", omittingEmptySubsequences: false).joined(separator: "``") + "`"
  }

  static func quotedKey(_ key: IndexKey) -> String {
    switch key {
    case .integer(let i): String(i)
    case .text(let text): "'" + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "''") + "'"
    }
  }

  // MARK: - Variables

  /// A variable or family as it is written.
  struct Declaration {
    var name: String
    var items: Range<Int>
    var arity = 0
    var set = ""
    /// Data tables for what differs within the family.
    var tables: [String: String] = [:]
  }

  private mutating func family(_ group: FamilyTree.Group, _ tree: FamilyTree) -> Declaration {
    switch group {
    case .single(let item): return Declaration(name: model.variableNames[item], items: item..<(item + 1))
    case .family(let base, let items, let arity):
      var declaration = Declaration(name: base, items: items, arity: arity)
      guard isUniform(items) else { return declaration }
      declaration.set = fresh("\(base)_keys")
      let first = items.lowerBound
      if items.contains(where: { model.lower[$0] != model.lower[first] }) { declaration.tables["lower"] = fresh("\(base)_lower") }
      if items.contains(where: { model.upper[$0] != model.upper[first] }) { declaration.tables["upper"] = fresh("\(base)_upper") }
      if !model.starts.isEmpty, items.contains(where: { model.starts[$0] != model.starts[first] }), items.contains(where: { !model.starts[$0].isNaN }) {
        declaration.tables["start"] = fresh("\(base)_start")
      }
      return declaration
    }
  }

  private mutating func writeSets(_ families: [Declaration], _ tree: FamilyTree) {
    let indexed = families.filter { !$0.set.isEmpty }
    if indexed.isEmpty { return }
    out.key("sets")
    out.beginObject()
    for family in indexed {
      out.key(family.set)
      if family.arity > 1 {
        out.beginObject(inline: true)
        out.key("tuples")
      }
      out.beginArray(inline: true)
      for item in family.items {
        if family.arity > 1 { out.beginArray(inline: true) }
        for key in tree.keys(item) {
          switch key {
          case .integer(let i): out.integer(i)
          case .text(let text): out.string(text)
          }
        }
        if family.arity > 1 { out.end() }
      }
      out.end()
      if family.arity > 1 { out.end() }
    }
    out.end()
  }

  private mutating func writeTables(_ families: [Declaration], _ tree: FamilyTree) {
    if families.allSatisfy(\.tables.isEmpty) { return }
    out.key("data")
    out.beginObject()
    for family in families {
      for (part, name) in family.tables.sorted(by: { $0.key < $1.key }) {
        let values = part == "lower" ? model.lower : part == "upper" ? model.upper : model.starts
        out.key(name)
        tree.writeFamily(family.items, to: &out) { $1.number(values[$0]) }
      }
    }
    out.end()
  }

  private mutating func writeVariable(_ family: Declaration) {
    if family.arity > 0 && family.set.isEmpty {
      for item in family.items { writeVariable(Declaration(name: model.variableNames[item], items: item..<(item + 1))) }
      return
    }
    let first = family.items.lowerBound
    let domain = model.domains[first]
    let start = model.starts.isEmpty ? .nan : model.starts[first]
    let (low, high) = (model.lower[first], model.upper[first])
    out.key(family.name)
    let hasBounds = domain == .binary ? low != 0 || high != 1 : low != -.infinity || high != .infinity
    if family.arity == 0, !hasBounds, start.isNaN {
      return out.string(domain.name)
    }
    out.beginObject(inline: true)
    var index = ""
    if family.arity > 0 {
      // Index names may not hide other names.
      let names = (0..<family.arity).map { d -> String in
        var name = "i\(d + 1)"
        while taken.contains(name) { name += "_" }
        return name
      }
      index = "[" + names.joined(separator: ",") + "]"
      let binding = family.arity == 1 ? names[0] : "(" + names.joined(separator: ", ") + ")"
      out.member("over", "\(binding) in \(AlgebraicWriter.quotedName(family.set))")
    }
    if domain != .real { out.member("domain", domain.name) }
    func amount(_ key: String, _ value: Double, _ missing: Double, _ out: inout JSONWriter) {
      if let table = family.tables[key] {
        out.member(key, AlgebraicWriter.quotedName(table) + index)
      } else if value != missing, !value.isNaN {
        out.member(key, value)
      }
    }
    amount("lower", low, domain == .binary || domain.isSemi ? 0 : -.infinity, &out)
    amount("upper", high, domain == .binary ? 1 : .infinity, &out)
    amount("start", start, .nan, &out)
    out.end()
  }

  // MARK: - Objectives and constraints

  private mutating func writeObjectives() {
    if model.objectives.isEmpty { return }
    out.key("objective")
    if model.objectives.count > 1 { out.beginArray() }
    for objective in model.objectives {
      out.beginObject()
      out.member(objective.sense == .minimize ? "minimize" : "maximize", text(objective.function))
      if !objective.name.isEmpty { out.member("name", objective.name) }
      if objective.priority != 0 { out.member("priority", objective.priority) }
      if objective.weight != 1 { out.member("weight", objective.weight) }
      if objective.relativeTolerance != 0 { out.member("tolerance", objective.relativeTolerance) }
      if objective.absoluteTolerance != 0 { out.member("absolute_tolerance", objective.absoluteTolerance) }
      out.end()
    }
    if model.objectives.count > 1 { out.end() }
  }

  private mutating func writeConstraints() {
    out.key("constraints")
    out.beginObject()
    var used: Set<String> = []
    let lazy = Set(model.lazyRows)
    for reference in model.constraints {
      let old = model.name(of: reference)
      var name = old.isEmpty ? "c" : old
      var n = 1
      while !used.insert(name).inserted {
        n += 1
        name = "\(old) #\(n)"
      }
      if name != old { renamed.append((old, name)) }
      out.key(name)
      switch reference {
      case .row(let i):
        let set = ScalarSet(lower: model.rows.lower[i], upper: model.rows.upper[i])
        var body = text(ScalarFunction(linear: model.rows.terms(i)))
        // A row without entries keeps its place and its bounds.
        if model.rows.range(i).isEmpty, let first = references.first { body = "0*\(first)" }
        if lazy.contains(i) {
          out.beginObject(inline: true)
          out.member("expr", comparison(body, set))
          out.member("lazy", true)
          out.end()
        } else {
          out.string(comparison(body, set))
        }
      case .general(let i):
        switch model.generalConstraints[i].body {
        case .scalar(let f, let set): out.string(comparison(text(f), set))
        case .vector(let rows, let set): write(rows, set)
        }
      }
    }
    out.end()
  }

  private func comparison(_ body: String, _ set: ScalarSet) -> String {
    if set.lower == set.upper { return "\(body) == \(set.lower.text)" }
    if set.lower == -.infinity && set.upper < .infinity { return "\(body) <= \(set.upper.text)" }
    if set.upper == .infinity && set.lower > -.infinity { return "\(body) >= \(set.lower.text)" }
    return "\(set.lower.text) <= \(body) <= \(set.upper.text)"
  }

  private mutating func write(_ rows: [ScalarFunction], _ set: any VectorSet) {
    if let indicator = set as? Indicator, case .scalar(let inner) = indicator.inner, let z = binary(rows), rows[1].constant == 0,
      rows[1].kind != .constant
    {
      return out.string("\(z) == \(indicator.activeOn ? 1 : 0) => \(comparison(text(rows[1]), inner))")
    }
    if let reified = set as? Reified, case .scalar(let inner) = reified.inner, let z = binary(rows), rows[1].constant == 0,
      rows[1].kind != .constant
    {
      return out.string("\(z) <=> \(comparison(text(rows[1]), inner))")
    }
    if let graph = set as? AcyclicGraph, let matrix = matrices.first(where: { $0.isWhole(rows) }) {
      let name = AlgebraicWriter.quotedName(matrix.name)
      let isUsual = graph.tolerance == AcyclicGraph.defaultTolerance
      return out.string(isUsual ? "acyclic(\(name))" : "acyclic(\(name), \(graph.tolerance.text))")
    }
    out.beginObject(inline: true)
    out.key("exprs")
    out.beginArray(inline: true)
    for row in rows { out.string(text(row)) }
    out.end()
    out.key("in")
    out.beginObject(inline: true)
    out.member("set", type(of: set).name)
    set.parameters.writeMembers(to: &out, key: "set")
    out.end()
    out.end()
  }

  /// The binary variable that is the first of two rows.
  private func binary(_ rows: [ScalarFunction]) -> String? {
    guard rows.count == 2, rows[0].kind == .linear, rows[0].constant == 0, rows[0].linear.count == 1,
      rows[0].linear[0].coefficient == 1
    else { return nil }
    let j = Int(rows[0].linear[0].variable)
    return model.domains[j] == .binary || model.domains[j] == .integer ? references[j] : nil
  }
}
