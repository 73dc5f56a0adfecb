/// Formulas of comparisons and binary variables as expressions of the values 0 and 1.
extension AlgebraicReader {
  /// The value of a formula; nil after a report.
  mutating func formula(_ n: Int32) -> Expression? {
    let node = tree.nodes[Int(n)]
    if node.kind == .condition { return Expression(condition(n) ? 1 : 0) }
    switch node.op {
    case .variable where node.kind == .decision:
      let slot = self.slot(n, node)
      guard slot >= 0 else {
        miss(n)
        return nil
      }
      guard isBinary(variables[Int(node.reference)].first + slot) else {
        reportOnce(
          .notBinary, "'\(variables[Int(node.reference)].name)' is not binary", node: n,
          mend: "declare it as binary, or write a comparison")
        return nil
      }
      return expression(n)
    case .not: return formula(tree.child(n, 0)).map { .apply(.not, [$0]) }
    case .and, .or:
      guard let parts = formulas(Array(tree.children(n))) else { return nil }
      return .apply(node.op == .and ? .and : .or, parts)
    case .implies:
      guard let parts = formulas(Array(tree.children(n))) else { return nil }
      return .apply(.or, [.apply(.not, [parts[0]]), parts[1]])
    case .equivalent: return formulas(Array(tree.children(n))).map { .apply(.equal, $0) }
    case .compare: return comparisonFormula(n, node)
    case .aggregate:
      let aggregate = tree.aggregates[Int(node.reference)]
      guard aggregate.op == .any || aggregate.op == .all, var cursor = begin(aggregate.loops, node) else { return nil }
      var parts: [Expression] = []
      while advance(&cursor, aggregate.loops) {
        guard let part = formula(aggregate.body) else {
          leave(cursor)
          return nil
        }
        parts.append(part)
      }
      return .apply(aggregate.op == .any ? .or : .and, parts)
    case .setCall:
      reportOnce(
        .notSupported, "a set such as alldifferent(...) can't be a part of a formula", node: n,
        mend: "write it as a constraint of its own, or by comparisons")
      return nil
    default:
      reportOnce(.wrongUse, "this is neither true nor false", node: n, mend: "write a comparison")
      return nil
    }
  }

  private mutating func formulas(_ nodes: [Int32]) -> [Expression]? {
    var result: [Expression] = []
    for n in nodes {
      guard let part = formula(n) else { return nil }
      result.append(part)
    }
    return result
  }

  private mutating func comparisonFormula(_ n: Int32, _ node: SyntaxNode) -> Expression? {
    let operands = Array(tree.children(n)).map { expression($0) }
    var parts: [Expression] = []
    for (k, raw) in [node.reference, node.other].enumerated() where raw >= 0 && k + 1 < operands.count {
      guard let relation = AlgebraicToken.Kind(rawValue: UInt8(raw)) else { return nil }
      let operation: Operation =
        switch relation {
        case .lessOrEqual, .less: .lessOrEqual
        case .greaterOrEqual, .greater: .greaterOrEqual
        case .notEqual: .notEqual
        default: .equal
        }
      parts.append(.apply(operation, [operands[k], operands[k + 1]]))
    }
    return parts.count == 1 ? parts[0] : .apply(.and, parts)
  }

  /// Whether a comparison says that two things differ.
  func isInequation(_ n: Int32) -> Bool {
    let node = tree.nodes[Int(n)]
    return node.op == .compare && node.reference == Int32(AlgebraicToken.Kind.notEqual.rawValue)
  }

  /// Adds a formula that must hold.
  mutating func addStated(_ entry: ConstraintEntry, _ n: Int32) {
    guard let formula = formula(n), misses.isEmpty, !isStopped else { return }
    if formula.isConstant { return addConstant(entry, holds: formula.constant != 0, n) }
    model.addConstraint(label(entry), formula, in: .greaterThan(1))
  }
}
