extension Model {
  /// A name for something that is added: given, of a family, or none but the place in the source.
  public enum Label: Sendable {
    case name(String)
    case family(String, [IndexKey])
    case place(file: String, line: Int)

    func append(to table: inout NameTable, prefix: String) {
      switch self {
      case .name(let name): table.append(name)
      case .family(let base, let keys): table.append(family: base, keys: keys)
      case .place(let file, let line):
        let short = file.split(separator: "/").last.map(String.init) ?? file
        table.appendAnonymous(prefix: prefix, place: line > 0 ? "\(short):\(line)" : "")
      }
    }

    /// For messages.
    var text: String {
      switch self {
      case .name(let name): name
      case .family(let base, let keys): base + "[" + keys.map(\.description).joined(separator: ",") + "]"
      case .place(let file, let line): "\(file):\(line)"
      }
    }
  }

  /// Adds the linear row `lower <= sum of terms <= upper`. Repeated variables are added up, zeros dropped.
  @discardableResult
  public mutating func addRow(
    _ label: Label, _ terms: [LinearTerm], lower: Double, upper: Double
  ) -> ConstraintReference {
    var terms = terms
    ScalarFunction.merge(&terms)
    label.append(to: &rowNames, prefix: "c")
    rows.append(terms, lower: lower, upper: upper)
    noteOrder(isRow: true)
    return .row(rows.count - 1)
  }

  /// Adds many linear rows at once, moved in without copying entry by entry.
  ///
  /// - Parameters:
  ///   - starts: `starts[i]..<starts[i+1]` are the entries of row i, from 0.
  ///   - columns: variable of each entry; no variable twice in a row.
  /// - Precondition: sizes agree.
  public mutating func addRows(
    names: NameTable, starts: [Int], columns: [Int32], values: [Double], lower: [Double], upper: [Double]
  ) {
    precondition(starts.count == lower.count + 1 && lower.count == upper.count && names.count == lower.count)
    precondition(columns.count == values.count && starts.last == columns.count)
    if rows.count == 0 {
      rows.starts = starts
      rows.columns = columns
      rows.values = values
      rows.lower = lower
      rows.upper = upper
      rowNames = names
    } else {
      let offset = rows.entryCount
      rows.starts.append(contentsOf: starts.dropFirst().map { $0 + offset })
      rows.columns.append(contentsOf: columns)
      rows.values.append(contentsOf: values)
      rows.lower.append(contentsOf: lower)
      rows.upper.append(contentsOf: upper)
      for i in 0..<names.count { rowNames.append(names[i]) }
    }
    if lower.count > 0 { order.append(OrderRun(isRow: true, count: lower.count)) }
  }

  /// Adds `function in set`; a linear function becomes a row, its constant moved to the bounds.
  @discardableResult
  public mutating func addConstraint(
    _ label: Label, _ function: ScalarFunction, in set: ScalarSet
  ) -> ConstraintReference {
    var function = function
    function.canonicalize()
    let shifted = ScalarSet(lower: set.lower - function.constant, upper: set.upper - function.constant)
    if function.kind <= .linear {
      label.append(to: &rowNames, prefix: "c")
      rows.append(function.linear, lower: shifted.lower, upper: shifted.upper)
      noteOrder(isRow: true)
      return .row(rows.count - 1)
    }
    function.constant = 0
    return addGeneral(label, .scalar(function, shifted))
  }

  /// Adds `functions in set`.
  @discardableResult
  public mutating func addConstraint(
    _ label: Label, _ functions: [ScalarFunction], in set: any VectorSet
  ) -> ConstraintReference {
    var functions = functions
    for i in functions.indices { functions[i].canonicalize() }
    return addGeneral(label, .vector(functions, set))
  }

  private mutating func addGeneral(_ label: Label, _ body: GeneralConstraint.Body) -> ConstraintReference {
    label.append(to: &generalNames, prefix: "g")
    generalConstraints.append(GeneralConstraint(body))
    noteOrder(isRow: false)
    return .general(generalConstraints.count - 1)
  }

  /// Marks a row as lazy.
  public mutating func markLazy(_ constraint: ConstraintReference) {
    if case .row(let i) = constraint, lazyRows.last.map({ $0 < i }) ?? true { lazyRows.append(i) }
  }

  /// Changes the bounds of a linear row.
  public mutating func setRowBounds(_ row: Int, lower: Double, upper: Double) {
    rows.lower[row] = lower
    rows.upper[row] = upper
  }

  /// Changes the coefficient of a variable in a row.
  /// - Returns: false when the row has no entry for the variable; structure does not change.
  @discardableResult
  public mutating func setCoefficient(_ row: Int, _ variable: Variable, to value: Double) -> Bool {
    guard check(variable) else { return false }
    for k in rows.range(row) where rows.columns[k] == variable.index {
      rows.values[k] = value
      return true
    }
    return false
  }

  // MARK: - Objectives

  /// Replaces all objectives by one.
  public mutating func setObjective(_ sense: ObjectiveSense, _ function: ScalarFunction, name: String = "") {
    objectives = []
    parametricUses.removeAll { $0.target.isObjective }
    addObjective(Objective(sense, function, name: name))
  }

  /// Adds an objective beside the ones there are.
  public mutating func addObjective(_ objective: Objective) {
    var objective = objective
    objective.function.canonicalize()
    objectives.append(objective)
  }

  /// Changes the coefficient of a variable in the first objective.
  public mutating func setObjectiveCoefficient(of variable: Variable, to value: Double) {
    guard check(variable), !objectives.isEmpty else { return }
    var terms = objectives[0].function.linear
    terms.removeAll { $0.variable == variable.index }
    terms.append(LinearTerm(value, variable.index))
    ScalarFunction.merge(&terms)
    objectives[0].function.linear = terms
  }

  /// Adds a named expression that takes no part in the optimization.
  public mutating func addNamedExpression(_ name: String, _ function: ScalarFunction) {
    var function = function
    function.canonicalize()
    namedExpressions.append(NamedExpression(name: name, function: function))
  }

  /// Gives access to the arena for building nonlinear nodes; for readers of files.
  public mutating func withArena<R>(_ body: (inout ExpressionArena) throws -> R) rethrows -> R {
    try body(&arena)
  }
}
