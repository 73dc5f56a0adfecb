/// Something that holds or does not: a binary variable, a comparison, or a combination of them.
public protocol Formula {
  /// Of the values 0 and 1.
  var truth: Expression { get }
}

extension Variable: Formula {
  public var truth: Expression { expression }
}

extension BinaryCondition: Formula {
  public var truth: Expression { activeOn ? variable.expression : .apply(.not, [variable.expression]) }
}

extension ConstraintExpression: Formula {
  /// - Precondition: it compares numbers or is a formula; sets of several expressions cannot be parts of formulas.
  public var truth: Expression {
    guard case .scalar(let expression, let set) = body else {
      preconditionFailure("a set such as allDifferent cannot be a part of a formula: state it as a constraint of its own")
    }
    if expression.isFormula && set == .greaterThan(1) { return expression }
    if set.lower == set.upper { return .apply(.equal, [expression, Expression(set.lower)]) }
    var parts: [Expression] = []
    if set.lower > -.infinity { parts.append(.apply(.greaterOrEqual, [expression, Expression(set.lower)])) }
    if set.upper < .infinity { parts.append(.apply(.lessOrEqual, [expression, Expression(set.upper)])) }
    return parts.count == 1 ? parts[0] : .apply(.and, parts)
  }

  /// A formula that must hold.
  static func stated(_ truth: Expression) -> ConstraintExpression { ConstraintExpression(truth, in: .greaterThan(1)) }
}

extension Expression {
  /// Whether it has products or nodes that hold variables.
  var isCurved: Bool { !quadratic.isEmpty || !(rest?.nonlinear.isEmpty ?? true) }

  /// Whether it is a single node of logic.
  fileprivate var isFormula: Bool {
    guard constant == 0, linear.isEmpty, quadratic.isEmpty, let rest, rest.parametric.isEmpty, rest.nonlinear.count == 1,
      rest.nonlinear[0].scale == 1
    else { return false }
    switch rest.arena.nodes[rest.nonlinear[0].node.position].operation {
    case .not, .and, .or, .less, .lessOrEqual, .equal, .notEqual, .greaterOrEqual, .greater: return true
    default: return false
    }
  }
}

/// `(x <= 3) || closed`: at least one holds.
public func || <A: Formula, B: Formula>(a: A, b: B) -> ConstraintExpression { .stated(.apply(.or, [a.truth, b.truth])) }
/// `(x <= 3) && open`: both hold.
public func && <A: Formula, B: Formula>(a: A, b: B) -> ConstraintExpression { .stated(.apply(.and, [a.truth, b.truth])) }
/// `!(x <= 3)`: it does not hold.
public prefix func ! <A: Formula>(a: A) -> ConstraintExpression { .stated(.apply(.not, [a.truth])) }
/// `(a && b) => (x <= 3)`: where the first holds, the second does.
public func => <A: Formula, B: Formula>(a: A, b: B) -> ConstraintExpression {
  .stated(.apply(.or, [.apply(.not, [a.truth]), b.truth]))
}

infix operator <=> : ImplicationPrecedence

/// `open <=> (x >= 1)`: the binary variable is 1 exactly where the comparison holds.
public func <=> (variable: Variable, constraint: ConstraintExpression) -> ConstraintExpression {
  guard case .scalar(let expression, let set) = constraint.body, !expression.isCurved else {
    return .stated(.apply(.equal, [variable.truth, constraint.truth]))
  }
  return ConstraintExpression([variable.expression, expression], in: Reified(set))
}
/// Both hold or neither does.
public func <=> <A: Formula, B: Formula>(a: A, b: B) -> ConstraintExpression {
  .stated(.apply(.equal, [a.truth, b.truth]))
}

/// `x != y`: the two differ.
public func != <A: Decision, B: Decision>(a: A, b: B) -> ConstraintExpression {
  .stated(.apply(.notEqual, [a.expression, b.expression]))
}
/// `x != 3`: the value is not taken.
public func != <A: Decision, C: Coefficient>(a: A, c: C) -> ConstraintExpression {
  .stated(.apply(.notEqual, [a.expression, Expression(c.coefficient)]))
}

/// At least one of the formulas holds.
public func any<A: Formula>(of formulas: some Sequence<A>) -> ConstraintExpression {
  .stated(.apply(.or, formulas.map(\.truth)))
}
/// All of the formulas hold.
public func all<A: Formula>(of formulas: some Sequence<A>) -> ConstraintExpression {
  .stated(.apply(.and, formulas.map(\.truth)))
}
/// How many of the formulas hold: `count(shifts) { $0 == 3 } <= 2`.
public func count<S: Sequence, A: Formula>(_ items: S, where formula: (S.Element) throws -> A) rethrows -> Expression {
  var total = Expression()
  for item in items { total.add(try formula(item).truth, scale: 1) }
  return total
}
