/// Where an expression goes; decides what its parametric parts update.
enum ExpressionRole {
  case row
  case objective(Int)
  case general(Int, output: Int)
}

extension Model {
  /// Takes over an expression: variables checked, nonlinear parts copied into the arena, parametric parts evaluated now
  /// and remembered in `pending`.
  mutating func function(
    from expression: Expression, in place: @autoclosure () -> String, pending: inout [ParametricPart]
  ) -> ScalarFunction {
    var function = ScalarFunction(constant: expression.constant)
    var foreign = false
    function.linear.reserveCapacity(expression.linear.count)
    for term in expression.linear {
      if term.variable.model != tag { foreign = true }
      function.linear.append(LinearTerm(term.coefficient, term.variable.index))
    }
    for term in expression.quadratic {
      if term.first.model != tag || term.second.model != tag { foreign = true }
      function.quadratic.append(QuadraticTerm(term.coefficient, term.first.index, term.second.index))
    }
    if let rest = expression.rest {
      if rest.isMixed || (rest.model != 0 && rest.model != tag) { foreign = true }
      if !foreign {
        var nodes: [NodeID] = []
        for (part, node) in zip(rest.nonlinear, arena.copy(rest.nonlinear.map(\.node), from: rest.arena)) {
          nodes.append(
            part.scale == 1
              ? node
              : part.scale == -1
                ? arena.node(.negate, [node]) : arena.node(.multiply, [arena.constant(part.scale), node]))
        }
        if !nodes.isEmpty { function.nonlinear = nodes.count == 1 ? nodes[0] : arena.node(.add, nodes) }
        for part in rest.parametric {
          pending.append(
            ParametricPart(
              variable: part.variable?.index, scale: part.scale, node: arena.copy(part.node, from: rest.arena)))
        }
      }
    }
    if foreign {
      reportForeign(in: place())
      return ScalarFunction(constant: 0)
    }
    function.canonicalize()
    // Parametric coefficients need their term even when it happens to be zero now; setTerm keeps it.
    return function
  }

  /// The function of an expression without parameters, for readers and tests.
  public mutating func function(from expression: Expression) -> ScalarFunction {
    var pending: [ParametricPart] = []
    var result = function(from: expression, in: "an expression", pending: &pending)
    if !pending.isEmpty {
      let values = arena.values(
        at: [Double](repeating: .nan, count: variableCount), parameters: parameterValues, roots: pending.map(\.node))
      for part in pending {
        let value = part.scale * values[part.node.position]
        if let variable = part.variable { result.linear.append(LinearTerm(value, variable)) } else { result.constant += value }
      }
      result.canonicalize()
    }
    return result
  }

  /// Adds `expression in set`.
  @discardableResult
  public mutating func addConstraint(
    _ label: Label, _ expression: Expression, in set: ScalarSet
  ) -> ConstraintReference {
    var pending: [ParametricPart] = []
    var f = function(from: expression, in: "constraint \(label.text)", pending: &pending)
    if pending.isEmpty { return addConstraint(label, f, in: set) }
    let firstUse = parametricUses.count
    if f.kind <= .linear {
      // Rows keep an entry for each parametric coefficient, so that later values find their place.
      let variables = Set(pending.compactMap(\.variable))
      var base: [Int32: Double] = [:]
      for term in f.linear { base[term.variable] = term.coefficient }
      for variable in variables where base[variable] == nil { f.linear.append(LinearTerm(0, variable)) }
      f.linear.sort { $0.variable < $1.variable }
      label.append(to: &rowNames, prefix: "c")
      let row = rows.count
      let start = rows.entryCount
      rows.append(f.linear, lower: set.lower - f.constant, upper: set.upper - f.constant)
      noteOrder(isRow: true)
      for (k, term) in f.linear.enumerated() where variables.contains(term.variable) {
        parametricUses.append(
          ParametricUse(
            target: .rowEntry(start + k), base: term.coefficient,
            parts: pending.filter { $0.variable == term.variable }.map { ($0.scale, $0.node) }))
      }
      let shifts = pending.filter { $0.variable == nil }
      if !shifts.isEmpty {
        parametricUses.append(
          ParametricUse(
            target: .rowShift(row), base: rows.lower[row], base2: rows.upper[row],
            parts: shifts.map { ($0.scale, $0.node) }))
      }
      refreshParameters(from: firstUse)
      return .row(row)
    }
    let reference = addGeneralUnshifted(label, f, in: set)
    remember(pending, role: .general(generalConstraints.count - 1, output: 0), base: f)
    refreshParameters(from: firstUse)
    return reference
  }

  private mutating func addGeneralUnshifted(
    _ label: Label, _ f: ScalarFunction, in set: ScalarSet
  ) -> ConstraintReference {
    label.append(to: &generalNames, prefix: "g")
    generalConstraints.append(GeneralConstraint(.scalar(f, set)))
    noteOrder(isRow: false)
    return .general(generalConstraints.count - 1)
  }

  /// Adds `expressions in set`.
  @discardableResult
  public mutating func addConstraint(
    _ label: Label, _ expressions: [Expression], in set: any VectorSet
  ) -> ConstraintReference {
    let firstUse = parametricUses.count
    var functions: [ScalarFunction] = []
    var pendings: [[ParametricPart]] = []
    for expression in expressions {
      var pending: [ParametricPart] = []
      functions.append(function(from: expression, in: "constraint \(label.text)", pending: &pending))
      pendings.append(pending)
    }
    let reference = addConstraint(label, functions, in: set)
    for (output, pending) in pendings.enumerated() where !pending.isEmpty {
      remember(pending, role: .general(generalConstraints.count - 1, output: output), base: functions[output])
    }
    refreshParameters(from: firstUse)
    return reference
  }

  /// Adds an objective given as an expression.
  public mutating func addObjective(
    _ sense: ObjectiveSense, _ expression: Expression, name: String = "", priority: Int = 0, weight: Double = 1,
    absoluteTolerance: Double = 0, relativeTolerance: Double = 0
  ) {
    let firstUse = parametricUses.count
    var pending: [ParametricPart] = []
    let f = function(from: expression, in: "the objective", pending: &pending)
    addObjective(
      Objective(
        sense, f, name: name, priority: priority, weight: weight, absoluteTolerance: absoluteTolerance,
        relativeTolerance: relativeTolerance))
    remember(pending, role: .objective(objectives.count - 1), base: f)
    refreshParameters(from: firstUse)
  }

  private mutating func remember(_ pending: [ParametricPart], role: ExpressionRole, base f: ScalarFunction) {
    var groups: [Int32?: [(Double, NodeID)]] = [:]
    var seen: [Int32?] = []
    for part in pending {
      if groups[part.variable] == nil { seen.append(part.variable) }
      groups[part.variable, default: []].append((part.scale, part.node))
    }
    for variable in seen {
      let target: ParametricUse.Target
      let base: Double
      if let variable {
        base = f.linear.first { $0.variable == variable }?.coefficient ?? 0
        switch role {
        case .objective(let o): target = .objectiveTerm(objective: o, variable: variable)
        case .general(let c, let output): target = .generalTerm(constraint: c, output: output, variable: variable)
        case .row: preconditionFailure("rows remember their own entries")
        }
      } else {
        base = f.constant
        switch role {
        case .objective(let o): target = .objectiveConstant(o)
        case .general(let c, let output): target = .generalConstant(constraint: c, output: output)
        case .row: preconditionFailure("rows remember their own entries")
        }
      }
      parametricUses.append(
        ParametricUse(target: target, base: base, parts: groups[variable]!.map { (scale: $0.0, node: $0.1) }))
    }
  }
}

/// `scale * node`, times a variable when there is one.
struct ParametricPart: Sendable {
  var variable: Int32?
  var scale: Double
  var node: NodeID
}
