/// Implications, equivalences and formulas of binary variables.
extension AlgebraicReader {
  /// A binary variable, or its negation.
  struct Literal {
    var variable: Int
    var isPositive: Bool
  }

  /// The literal that a node stands for: `z`, `not z`, `z == 1`, `z == 0`, `z >= 1`, `z <= 0`.
  private mutating func literal(_ n: Int32, _ isPositive: Bool) -> Literal? {
    let node = tree.nodes[Int(n)]
    switch node.op {
    case .variable where variables[Int(node.reference)].isBinary:
      let slot = self.slot(n, node)
      guard slot >= 0 else {
        miss(n)
        return nil
      }
      let variable = variables[Int(node.reference)].first + slot
      return isBinary(variable) ? Literal(variable: variable, isPositive: isPositive) : nil
    case .not: return literal(tree.child(n, 0), !isPositive)
    case .compare where node.childCount == 2 && node.other < 0:
      var (left, right) = (tree.child(n, 0), tree.child(n, 1))
      var relation = AlgebraicToken.Kind(rawValue: UInt8(node.reference))
      if tree.nodes[Int(left)].kind != .decision {
        swap(&left, &right)
        relation = relation == .lessOrEqual ? .greaterOrEqual : relation == .greaterOrEqual ? .lessOrEqual : relation
      }
      guard tree.nodes[Int(left)].op == .variable, tree.nodes[Int(right)].kind != .decision else { return nil }
      let value = number(right)
      switch relation {
      case .equal where value == 1, .greaterOrEqual where value == 1: return literal(left, isPositive)
      case .equal where value == 0, .lessOrEqual where value == 0: return literal(left, !isPositive)
      default: return nil
      }
    default: return nil
    }
  }

  /// Whether a variable takes the values 0 and 1 alone.
  func isBinary(_ variable: Int) -> Bool {
    model.domains[variable].isIntegral && model.lower[variable] >= 0 && model.upper[variable] <= 1
  }

  /// The literals of which at least one must hold, when the node (or its negation) is such a clause.
  mutating func clauseLiterals(_ n: Int32, _ isPositive: Bool) -> [Literal]? {
    literals(n, isPositive, joinedBy: .or)
  }

  private mutating func literals(
    _ n: Int32, _ isPositive: Bool, joinedBy joint: SyntaxNode.Operator
  ) -> [Literal]? {
    if let literal = literal(n, isPositive) { return [literal] }
    let node = tree.nodes[Int(n)]
    // A negated `and` is an `or` of negations, and the other way round.
    let isJoint = isPositive ? node.op == joint : (node.op == .and || node.op == .or) && node.op != joint
    switch node.op {
    case .not: return literals(tree.child(n, 0), !isPositive, joinedBy: joint)
    case .and where isJoint, .or where isJoint:
      var result: [Literal] = []
      for child in Array(tree.children(n)) {
        guard let part = literals(child, isPositive, joinedBy: joint) else { return nil }
        result += part
      }
      return result
    case .implies where joint == .or && isPositive:
      guard let left = literals(tree.child(n, 0), false, joinedBy: .or),
        let right = literals(tree.child(n, 1), true, joinedBy: .or)
      else { return nil }
      return left + right
    case .aggregate:
      let aggregate = tree.aggregates[Int(node.reference)]
      guard aggregate.op == .any || aggregate.op == .all,
        (aggregate.op == .any) == (isPositive == (joint == .or)), var cursor = begin(aggregate.loops, node)
      else { return nil }
      var result: [Literal] = []
      while advance(&cursor, aggregate.loops) {
        guard let part = literals(aggregate.body, isPositive, joinedBy: joint) else {
          leave(cursor)
          return nil
        }
        result += part
      }
      return result
    default: return nil
    }
  }

  /// A formula of binary variables as one linear row.
  mutating func addFormula(_ entry: ConstraintEntry, _ n: Int32) {
    if let clause = literals(n, true, joinedBy: .or) {
      addCount(entry, clause, atLeast: 1)
    } else if let all = literals(n, true, joinedBy: .and) {
      addCount(entry, all, atLeast: all.count)
    } else {
      addStated(entry, n)
    }
  }

  private mutating func addCount(_ entry: ConstraintEntry, _ literals: [Literal], atLeast count: Int) {
    var lower = Double(count)
    var terms: [LinearTerm] = []
    for literal in literals {
      terms.append(LinearTerm(literal.isPositive ? 1 : -1, Int32(truncatingIfNeeded: literal.variable)))
      if !literal.isPositive { lower -= 1 }
    }
    let reference = model.addRow(label(entry), terms, lower: lower, upper: .infinity)
    if entry.isLazy { model.markLazy(reference) }
  }

  // MARK: - Implications

  mutating func addImplication(_ entry: ConstraintEntry, from condition: Int32, to consequence: Int32) {
    let node = tree.nodes[Int(condition)]
    let conjuncts = conjuncts(consequence)
    if conjuncts.count > 1, node.kind != .condition || literals(consequence, true, joinedBy: .and) == nil {
      // z => a and b is z => a together with z => b.
      for (i, conjunct) in conjuncts.enumerated() {
        var part = entry
        part.part = i + 1
        addImplication(part, from: condition, to: conjunct)
      }
      return
    }
    if node.kind == .condition {
      // The condition is known from data: the constraint is there or not.
      if self.condition(condition) {
        var inner = entry
        inner.condition = -1
        inner.root = consequence
        var sum = Accumulator()
        switch tree.nodes[Int(consequence)].op {
        case .compare where tree.nodes[Int(consequence)].kind == .constraint && !isInequation(consequence): addKnown(inner, &sum)
        case .setCall: addSetCall(inner, consequence)
        default: addFormula(inner, consequence)
        }
      }
      return
    }
    guard let literal = literal(condition, true) else {
      return addImplied(entry, condition, consequence)
    }
    guard tree.nodes[Int(consequence)].op == .compare, tree.nodes[Int(consequence)].kind == .constraint,
      !isInequation(consequence)
    else {
      if let clause = literals(consequence, true, joinedBy: .or) {
        let negated = Literal(variable: literal.variable, isPositive: !literal.isPositive)
        return addCount(entry, [negated] + clause, atLeast: 1)
      }
      return addImplied(entry, condition, consequence)
    }
    guard let (function, set) = inner(consequence) else { return }
    let z = model.variable(at: literal.variable).expression
    model.addConstraint(label(entry), [z, function], in: Indicator(activeOn: literal.isPositive, set))
  }

  /// An implication between formulas of any kind.
  private mutating func addImplied(_ entry: ConstraintEntry, _ condition: Int32, _ consequence: Int32) {
    guard misses.isEmpty, let a = formula(condition), let b = formula(consequence), misses.isEmpty, !isStopped else { return }
    let whole = Expression.apply(.or, [.apply(.not, [a]), b])
    if whole.isConstant { return addConstant(entry, holds: whole.constant != 0, consequence) }
    model.addConstraint(label(entry), whole, in: .greaterThan(1))
  }

  /// The parts of `a and b and ...`, also in brackets; otherwise the node itself.
  private func conjuncts(_ n: Int32) -> [Int32] {
    tree.nodes[Int(n)].op == .and ? tree.children(n).flatMap(conjuncts) : [n]
  }

  private mutating func addKnown(_ entry: ConstraintEntry, _ sum: inout Accumulator) {
    guard let bounds = comparison(entry.root, &sum) else { return }
    model.addConstraint(label(entry), take(sum), in: ScalarSet(lower: bounds.lower, upper: bounds.upper))
  }

  /// A comparison as a function without constant and an interval.
  private mutating func inner(_ n: Int32) -> (Expression, ScalarSet)? {
    var sum = Accumulator()
    guard let bounds = comparison(n, &sum) else { return nil }
    guard bounds.parametricLower == nil, bounds.parametricUpper == nil else {
      reportOnce(.notSupported, "a chain with parameters is not supported here", node: n, mend: "write two constraints")
      return nil
    }
    let constant = sum.constant
    sum.constant = 0
    return (take(sum), ScalarSet(lower: bounds.lower - constant, upper: bounds.upper - constant))
  }

  /// `z <=> comparison` or `z <=> w`.
  mutating func addEquivalence(_ entry: ConstraintEntry, _ n: Int32) {
    let (left, right) = (tree.child(n, 0), tree.child(n, 1))
    let (a, b) = (literal(left, true), literal(right, true))
    if let a, let b {
      // Equal literals: a - b == 0, or a + b == 1 when they differ in sign.
      let isSame = a.isPositive == b.isPositive
      let terms = [
        LinearTerm(1, Int32(truncatingIfNeeded: a.variable)),
        LinearTerm(isSame ? -1 : 1, Int32(truncatingIfNeeded: b.variable)),
      ]
      model.addRow(label(entry), terms, lower: isSame ? 0 : 1, upper: isSame ? 0 : 1)
      return
    }
    let comparison = a != nil ? right : left
    guard let z = a ?? b, z.isPositive, tree.nodes[Int(comparison)].op == .compare,
      tree.nodes[Int(comparison)].kind == .constraint, !isInequation(comparison)
    else { return addStated(entry, n) }
    guard let (function, set) = inner(comparison) else { return }
    model.addConstraint(label(entry), [model.variable(at: z.variable).expression, function], in: Reified(set))
  }
}
