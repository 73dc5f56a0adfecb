import Constraints

extension FormBuilder {
  /// Formulas nested deeper are refused.
  static let formulaDepth = 400

  /// A formula as a condition.
  /// - Parameter isTrue: whether the formula or its negation is wanted.
  mutating func condition(
    _ node: NodeID, _ isTrue: Bool, _ what: String, depth: Int = 0
  ) throws(SolverError) -> Condition {
    if depth > FormBuilder.formulaDepth {
      throw .refused([Diagnostic(.unsupported, "\(what) is nested too deep", mend: "give its parts binary variables")])
    }
    let operation = model.arena.nodes[node.position].operation
    let x = model.arena.arguments(of: node)
    switch operation {
    case .not: return try condition(x[0], !isTrue, what, depth: depth + 1)
    case .and, .or:
      var parts: [Condition] = []
      for operand in x { parts.append(try condition(operand, isTrue, what, depth: depth + 1)) }
      return (operation == .and) == isTrue ? .all(parts) : .any(parts)
    case .equal, .notEqual:
      if isFormula(x[0]) && isFormula(x[1]) {
        // Both, or neither; one of them alone.
        let (a, b) = (
          try condition(x[0], true, what, depth: depth + 1), try condition(x[1], true, what, depth: depth + 1))
        let (c, d) = (
          try condition(x[0], false, what, depth: depth + 1), try condition(x[1], false, what, depth: depth + 1))
        return (operation == .equal) == isTrue
          ? .all([.any([c, b]), .any([a, d])]) : .all([.any([a, b]), .any([c, d])])
      }
      let difference = try lower(x[0], .exact, of: what) - lower(x[1], .exact, of: what)
      return (operation == .equal) == isTrue ? .equals(difference) : .differs(difference)
    case .less, .lessOrEqual, .greater, .greaterOrEqual:
      // As small <= large or small < large.
      let isUp = (operation == .less || operation == .lessOrEqual) == isTrue
      let isStrict = (operation == .less || operation == .greater) == isTrue
      let (small, large) = isUp ? (x[0], x[1]) : (x[1], x[0])
      let difference = try lower(small, .above, of: what) - lower(large, .below, of: what)
      return .atMost(difference, isStrict: isStrict)
    default:
      let value = try lower(node, .exact, of: what)
      if isBinary(value) { return .literal(isTrue ? value : Affine(1) - value) }
      return isTrue ? .differs(value) : .equals(value)
    }
  }

  /// Whether a node is true or false: a formula or a binary variable.
  private func isFormula(_ node: NodeID) -> Bool {
    let inner = model.arena.nodes[node.position]
    return inner.operation.isLogical || inner.operation == .variable && isBinary(column: Int(inner.first))
  }

  /// A function of the values 0 and 1 that tells whether a formula holds; the same formula is told by the same columns.
  mutating func truth(of node: NodeID, _ what: String) throws(SolverError) -> Affine {
    if let known = lowered.truths[node] { return known }
    let isTrue = try condition(node, true, what)
    let isFalse = try condition(node, false, what)
    let result = try truth(isTrue, negated: isFalse, what)
    lowered.truths[node] = result
    return result
  }

  /// `ifelse(c, a, b)` as b + c (a - b).
  mutating func choice(_ node: NodeID, _ what: String) throws(SolverError) -> Affine {
    let x = model.arena.arguments(of: node)
    let c = try truth(of: x[0], what)
    let (a, b) = (try lower(x[1], .exact, of: what), try lower(x[2], .exact, of: what))
    return try b + product(c, a - b, what)
  }

  /// A product of which all factors but one are 0 or 1; nil for others.
  mutating func logicalProduct(_ node: NodeID, _ what: String) throws(SolverError) -> Affine? {
    var result: Affine?
    var factors: [Affine] = []
    let operands = model.arena.arguments(of: node)
    guard operands.contains(where: isFormula) else { return nil }
    for operand in operands { factors.append(try lower(operand, .exact, of: what)) }
    // Binary factors first: their products stay binary.
    for factor in factors.filter(isBinary) + factors.filter({ !isBinary($0) }) {
      if let sofar = result {
        guard isBinary(sofar) || isBinary(factor) else { return nil }
        result = isBinary(sofar) ? try product(sofar, factor, what) : try product(factor, sofar, what)
      } else {
        result = factor
      }
    }
    return result
  }
}
