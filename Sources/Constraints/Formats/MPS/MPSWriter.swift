/// Writes MPS, free or fixed.
///
/// Everything that readers fill in differently is said: bounds of integer columns, the RHS section even when empty, the
/// lower bound beside a negative upper one.
struct MPSWriter {
  let model: Model
  let options: WriteOptions
  var out: [UInt8] = []
  var found = DiagnosticCollector()
  var naming: FileNaming

  /// A row of the file that is not a linear row of the model: a quadratic or conditional constraint.
  struct ExtraRow {
    var name: Int  // in generalConstraints
    var function: ScalarFunction
    var set: ScalarSet
    var condition: (variable: Int32, activeOn: Bool)?
  }
  var extras: [ExtraRow] = []
  var freeRows: [NamedExpression] = []
  var objective: Objective?
  var columnNames: [String] = []
  /// Objective, other free rows, linear rows, extra rows.
  var rowNames: [String] = []
  var setNames: [Int: String] = [:]
  var isNegated = false

  init(_ model: Model, options: WriteOptions) {
    self.model = model
    self.options = options
    naming = FileNaming(
      longest: options.fixedColumns ? 8 : 255,
      isLegal: { byte, isFirst in
        byte > 32 && byte != 127
          && !(isFirst && [UInt8(ascii: "$"), UInt8(ascii: "'"), UInt8(ascii: "`"), UInt8(ascii: "\"")].contains(byte))
      })
  }

  mutating func write() throws(ConstraintsError) -> WriteResult {
    try collect()
    nameEverything()
    writeHead()
    writeRows()
    writeColumns()
    writeRightHandSides()
    writeRanges()
    writeBounds()
    writeQuadratic()
    writeIndicators()
    writeSets()
    out.put("ENDATA\n")
    try found.throwIfErrors()
    if !naming.renamed.isEmpty {
      let first = naming.renamed[0]
      found.add(
        Diagnostic(
          .renamedInFile, .warning,
          "\(naming.renamed.count) name\(naming.renamed.count == 1 ? " was" : "s were") changed, such as '\(first.old)' to '\(first.new)'",
          mend: "keep the table of names"))
    }
    return WriteResult(bytes: out, warnings: found.finish(), renamed: naming.renamed)
  }

  // MARK: - What can be written

  /// Sorts the model into what MPS has, and refuses by name what it has not.
  private mutating func collect() throws(ConstraintsError) {
    if model.objectives.count > 1 {
      refuse("the model has \(model.objectives.count) objectives, MPS holds one", mend: "add them up with weights")
    }
    objective = model.objectives.first
    if let objective, objective.function.nonlinear != nil { refuse("the objective is nonlinear") }
    isNegated = options.negateMaximization && objective?.sense == .maximize
    if isNegated {
      found.add(Diagnostic(.lostInFile, .warning, "the maximization is written as the minimization of the negated objective"))
    }
    for expression in model.namedExpressions {
      if expression.function.kind <= .linear {
        freeRows.append(expression)
        if expression.function.constant != 0 {
          found.add(Diagnostic(.lostInFile, .warning, "the constant of the expression '\(expression.name)' is left out"))
        }
      } else {
        found.add(Diagnostic(.lostInFile, .warning, "the expression '\(expression.name)' is not linear and is left out"))
      }
    }
    for (i, constraint) in model.generalConstraints.enumerated() { collect(i, constraint) }
    if !model.starts.isEmpty { found.add(Diagnostic(.lostInFile, .warning, "start values are left out")) }
    for j in 0..<model.variableCount where model.lower[j] == .infinity || model.upper[j] == -.infinity
      || model.lower[j].isNaN || model.upper[j].isNaN
    {
      refuse("variable '\(model.variableNames[j])' has bounds [\(model.lower[j].text), \(model.upper[j].text)]")
    }
    for i in 0..<model.rows.count where !(model.rows.lower[i] <= model.rows.upper[i])
      || model.rows.lower[i] == .infinity || model.rows.upper[i] == -.infinity
    {
      refuse("constraint '\(model.rowNames[i])' has bounds [\(model.rows.lower[i].text), \(model.rows.upper[i].text)]")
    }
    try found.throwIfErrors()
  }

  private mutating func collect(_ i: Int, _ constraint: GeneralConstraint) {
    let name = model.generalNames[i]
    switch constraint.body {
    case .scalar(let function, let set):
      if function.nonlinear != nil { return refuse("constraint '\(name)' is nonlinear") }
      if !(set.lower <= set.upper) { return refuse("constraint '\(name)' has crossed bounds") }
      extras.append(ExtraRow(name: i, function: function, set: shifted(set, by: function.constant)))
    case .vector(let functions, let set):
      switch set {
      case let indicator as Indicator:
        guard case .scalar(let inner) = indicator.inner, let z = plainVariable(functions[0]), functions.count == 2,
          functions[1].nonlinear == nil, inner.lower <= inner.upper
        else { return refuse("the conditional constraint '\(name)' is not linear") }
        extras.append(
          ExtraRow(
            name: i, function: functions[1], set: shifted(inner, by: functions[1].constant),
            condition: (z, indicator.activeOn)))
      case is SOS1, is SOS2, is SecondOrderCone, is RotatedSecondOrderCone, is ExponentialCone, is DualExponentialCone,
        is PowerCone, is DualPowerCone:
        if !functions.allSatisfy({ plainVariable($0) != nil }) {
          refuse("the members of constraint '\(name)' (\(type(of: set).name)) are not plain variables", mend: "introduce variables for them")
        }
      default: refuse("constraint '\(name)' is of kind \(type(of: set).name)")
      }
    }
  }

  private func shifted(_ set: ScalarSet, by constant: Double) -> ScalarSet {
    constant == 0 ? set : ScalarSet(lower: set.lower - constant, upper: set.upper - constant)
  }

  /// The variable of a function that is just one.
  func plainVariable(_ function: ScalarFunction) -> Int32? {
    guard function.kind == .linear, function.constant == 0, function.linear.count == 1,
      function.linear[0].coefficient == 1
    else { return nil }
    return function.linear[0].variable
  }

  mutating func refuse(_ message: String, mend: String = "choose MathOptFormat or the algebraic JSON") {
    guard !found.isFull else { return }
    found.add(Diagnostic(.cannotCarry, message + "; MPS cannot hold it", mend: mend))
  }

  // MARK: - Names

  private mutating func nameEverything() {
    columnNames = naming.names(model.variableCount, prefix: "C") { [model] in model.variableNames[$0] }
    let freeNames = [objective?.name ?? MPSFormat.noObjective] + freeRows.map(\.name)
    let linear = model.rows.count
    rowNames = naming.names(freeNames.count + linear + extras.count, prefix: "R") { [model, extras] i in
      if i < freeNames.count { return i == 0 && freeNames[0].isEmpty ? "" : freeNames[i] }
      if i < freeNames.count + linear { return model.rowNames[i - freeNames.count] }
      return model.generalNames[extras[i - freeNames.count - linear].name]
    }
    var others: [Int] = []
    for (i, constraint) in model.generalConstraints.enumerated() {
      if case .vector(_, let set) = constraint.body, !(set is Indicator) { others.append(i) }
    }
    let names = naming.names(others.count, prefix: "S") { [model] in model.generalNames[others[$0]] }
    for (i, name) in zip(others, names) { setNames[i] = name }
  }

  /// A set name for RHS, RANGES or BOUNDS that is not also the name of a row or column.
  func setName(_ wanted: String, apartFrom names: [String]) -> String {
    var name = wanted
    var number = 1
    while names.contains(name) {
      number += 1
      name = "\(wanted)\(number)"
    }
    return name
  }

  // MARK: - Lines

  /// ` f1 f2 f3 f4`; in fixed form each field in its columns.
  mutating func line(_ f1: String, _ f2: String, _ f3: String = "", _ f4: String = "") {
    if options.fixedColumns {
      let start = out.count
      out.put(" ")
      out.put(f1)
      out.pad(to: 4, from: start)
      out.put(f2)
      if !f3.isEmpty || !f4.isEmpty {
        out.pad(to: 14, from: start)
        out.put(f3)
      }
      if !f4.isEmpty {
        out.pad(to: 24, from: start)
        out.put(f4)
      }
    } else {
      for field in [f1, f2, f3, f4] where !field.isEmpty {
        out.append(UInt8(ascii: " "))
        out.put(field)
      }
    }
    out.append(10)
  }

  /// The text of a finite number; others are refused.
  mutating func text(_ value: Double, of name: String) -> String {
    if !value.isFinite { refuse("'\(name)' has the coefficient \(value.text)") }
    return value.text
  }
}
