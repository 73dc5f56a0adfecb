extension Model {
  /// The first difference between two models in words, or nil when they are identical.
  ///
  /// Compares name, variables, rows, general constraints with their functions and sets, objectives, named expressions
  /// and start values, everything in order; numbers must be equal, nonlinear functions the same term node by node.
  /// Parameters are left out, and so is how rows and general constraints interleave.
  /// - Complexity: O(size of both models).
  public func difference(from other: Model) -> String? {
    if name != other.name { return "the model is called '\(name)' against '\(other.name)'" }
    if let found = variableDifference(from: other) ?? rowDifference(from: other) { return found }
    return ModelComparison(self, other).difference()
  }

  private func variableDifference(from other: Model) -> String? {
    if variableCount != other.variableCount {
      return "\(variableCount) variables against \(other.variableCount)"
    }
    for j in 0..<variableCount {
      let name = variableNames[j]
      if name != other.variableNames[j] {
        return "variable \(j + 1) is called '\(name)' against '\(other.variableNames[j])'"
      }
      if domains[j] != other.domains[j] {
        return "variable '\(name)' is \(domains[j].name) against \(other.domains[j].name)"
      }
      if !isSame(lower[j], other.lower[j]) || !isSame(upper[j], other.upper[j]) {
        return "variable '\(name)' has bounds [\(lower[j].text), \(upper[j].text)] against "
          + "[\(other.lower[j].text), \(other.upper[j].text)]"
      }
      let (start, otherStart) = (starts.isEmpty ? .nan : starts[j], other.starts.isEmpty ? .nan : other.starts[j])
      if !isSame(start, otherStart) { return "variable '\(name)' starts at \(start.text) against \(otherStart.text)" }
    }
    return nil
  }

  private func rowDifference(from other: Model) -> String? {
    if rows.count != other.rows.count { return "\(rows.count) linear rows against \(other.rows.count)" }
    for i in 0..<rows.count {
      let name = rowNames[i]
      if name != other.rowNames[i] { return "row \(i + 1) is called '\(name)' against '\(other.rowNames[i])'" }
      if !isSame(rows.lower[i], other.rows.lower[i]) || !isSame(rows.upper[i], other.rows.upper[i]) {
        return "row '\(name)' has bounds [\(rows.lower[i].text), \(rows.upper[i].text)] against "
          + "[\(other.rows.lower[i].text), \(other.rows.upper[i].text)]"
      }
      let (here, there) = (rows.range(i), other.rows.range(i))
      if here.count != there.count { return "row '\(name)' has \(here.count) entries against \(there.count)" }
      for (k, l) in zip(here, there) {
        if rows.columns[k] != other.rows.columns[l] {
          return "row '\(name)' has an entry for '\(variableName(rows.columns[k]))' against "
            + "'\(other.variableName(other.rows.columns[l]))'"
        }
        if !isSame(rows.values[k], other.rows.values[l]) {
          return "row '\(name)' has coefficient \(rows.values[k].text) against \(other.rows.values[l].text) on "
            + "'\(variableName(rows.columns[k]))'"
        }
      }
    }
    if lazyRows != other.lazyRows { return "rows \(lazyRows) are lazy against \(other.lazyRows)" }
    return nil
  }
}

/// Compares functions of two models whose nonlinear nodes are brought into one arena first, so that equal terms have
/// one number.
private struct ModelComparison {
  let a: Model
  let b: Model
  private let nodesOfA: [NodeID]
  private let nodesOfB: [NodeID]

  init(_ a: Model, _ b: Model) {
    self.a = a
    self.b = b
    var merged = ExpressionArena()
    nodesOfA = merged.adopt(a.arena)
    nodesOfB = merged.adopt(b.arena)
  }

  func difference() -> String? {
    if a.generalConstraints.count != b.generalConstraints.count {
      return "\(a.generalConstraints.count) general constraints against \(b.generalConstraints.count)"
    }
    for i in a.generalConstraints.indices {
      let name = a.generalNames[i]
      if name != b.generalNames[i] {
        return "general constraint \(i + 1) is called '\(name)' against '\(b.generalNames[i])'"
      }
      if let found = difference(a.generalConstraints[i].body, b.generalConstraints[i].body) {
        return "constraint '\(name)': \(found)"
      }
    }
    if a.objectives.count != b.objectives.count {
      return "\(a.objectives.count) objectives against \(b.objectives.count)"
    }
    for (x, y) in zip(a.objectives, b.objectives) {
      let what = "objective '\(x.name)'"
      if x.name != y.name { return "\(what) against '\(y.name)'" }
      if x.sense != y.sense { return "\(what) has sense \(x.sense.rawValue) against \(y.sense.rawValue)" }
      if x.priority != y.priority || !isSame(x.weight, y.weight) || !isSame(x.absoluteTolerance, y.absoluteTolerance)
        || !isSame(x.relativeTolerance, y.relativeTolerance)
      {
        return "\(what) has another priority, weight or tolerance"
      }
      if let found = difference(x.function, y.function) { return "\(what): \(found)" }
    }
    if a.namedExpressions.count != b.namedExpressions.count {
      return "\(a.namedExpressions.count) named expressions against \(b.namedExpressions.count)"
    }
    for (x, y) in zip(a.namedExpressions, b.namedExpressions) {
      if x.name != y.name { return "expression '\(x.name)' against '\(y.name)'" }
      if let found = difference(x.function, y.function) { return "expression '\(x.name)': \(found)" }
    }
    return nil
  }

  private func difference(_ x: GeneralConstraint.Body, _ y: GeneralConstraint.Body) -> String? {
    switch (x, y) {
    case (.scalar(let f, let set), .scalar(let g, let otherSet)):
      if !isSame(set.lower, otherSet.lower) || !isSame(set.upper, otherSet.upper) {
        return "bounds [\(set.lower.text), \(set.upper.text)] against [\(otherSet.lower.text), \(otherSet.upper.text)]"
      }
      return difference(f, g)
    case (.vector(let fs, let set), .vector(let gs, let otherSet)):
      if !set.isSame(as: otherSet) { return "set \(set) against \(otherSet)" }
      if fs.count != gs.count { return "\(fs.count) outputs against \(gs.count)" }
      for (f, g) in zip(fs, gs) {
        if let found = difference(f, g) { return found }
      }
      return nil
    default: return "a scalar constraint against a vector constraint"
    }
  }

  private func difference(_ f: ScalarFunction, _ g: ScalarFunction) -> String? {
    if !isSame(f.constant, g.constant) { return "constant \(f.constant.text) against \(g.constant.text)" }
    if f.linear.count != g.linear.count { return "\(f.linear.count) linear terms against \(g.linear.count)" }
    for (s, t) in zip(f.linear, g.linear) where s.variable != t.variable || !isSame(s.coefficient, t.coefficient) {
      return "term \(s.coefficient.text) \(a.variableName(s.variable)) against "
        + "\(t.coefficient.text) \(b.variableName(t.variable))"
    }
    if f.quadratic.count != g.quadratic.count {
      return "\(f.quadratic.count) quadratic terms against \(g.quadratic.count)"
    }
    for (s, t) in zip(f.quadratic, g.quadratic)
    where s.first != t.first || s.second != t.second || !isSame(s.coefficient, t.coefficient) {
      return "term \(s.coefficient.text) \(a.variableName(s.first)) * \(a.variableName(s.second)) against "
        + "\(t.coefficient.text) \(b.variableName(t.first)) * \(b.variableName(t.second))"
    }
    let (node, otherNode) = (f.nonlinear.map { nodesOfA[$0.position] }, g.nonlinear.map { nodesOfB[$0.position] })
    return node == otherNode ? nil : "another nonlinear part"
  }
}

extension ExpressionArena {
  /// Copies all nodes of another arena.
  /// - Returns: the new number of each node.
  fileprivate mutating func adopt(_ other: ExpressionArena) -> [NodeID] {
    var image: [NodeID] = []
    image.reserveCapacity(other.nodes.count)
    for i in other.nodes.indices {
      let node = other.nodes[i]
      switch node.operation {
      case .constant: image.append(constant(other.constants[Int(node.first)]))
      case .variable: image.append(variable(node.first))
      case .parameter: image.append(parameter(node.first))
      default: image.append(self.node(node.operation, other.arguments(of: NodeID(i)).map { image[$0.position] }))
      }
    }
    return image
  }
}

/// Equal, or both not a number.
private func isSame(_ x: Double, _ y: Double) -> Bool { x == y || (x.isNaN && y.isNaN) }
