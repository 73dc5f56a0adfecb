/// A constraint as it is written: `2 * x + y <= 4`, `sum(make).within(10...90)`, `SOS1` of some variables.
public struct ConstraintExpression: Sendable {
  enum Body: Sendable {
    case scalar(Expression, ScalarSet)
    case vector([Expression], any VectorSet)
  }
  var body: Body

  /// `expression` between two bounds.
  public init(_ expression: Expression, in set: ScalarSet) { body = .scalar(expression, set) }

  /// `expressions` in a set of vectors.
  public init<D: Decision>(_ expressions: [D], in set: any VectorSet) {
    body = .vector(expressions.map(\.expression), set)
  }

  /// The row that it is in a model, its sides less the constant: nil where the function is not linear with numbers, or
  /// of variables of another model.
  package func linearRow(of model: Model) -> (terms: [LinearTerm], lower: Double, upper: Double)? {
    guard case .scalar(let expression, let set) = body, expression.isLinear,
      expression.linear.allSatisfy({ model.owns($0.variable) && $0.variable.position < model.variableCount })
    else { return nil }
    var terms = expression.linear.map { LinearTerm($0.coefficient, $0.variable.index) }
    ScalarFunction.merge(&terms)
    return (terms, set.lower - expression.constant, set.upper - expression.constant)
  }

  static func compare(_ a: Expression, _ b: Expression, _ set: ScalarSet) -> ConstraintExpression {
    var difference = a
    difference.add(b, scale: -1)
    return ConstraintExpression(difference, in: set)
  }
}

public func <= <A: Decision, B: Decision>(a: A, b: B) -> ConstraintExpression {
  .compare(a.expression, b.expression, .lessThan(0))
}
public func <= <A: Decision, C: Coefficient>(a: A, c: C) -> ConstraintExpression {
  ConstraintExpression(a.expression, in: .lessThan(c.coefficient))
}
public func <= <C: Coefficient, A: Decision>(c: C, a: A) -> ConstraintExpression {
  ConstraintExpression(a.expression, in: .greaterThan(c.coefficient))
}
public func >= <A: Decision, B: Decision>(a: A, b: B) -> ConstraintExpression {
  .compare(a.expression, b.expression, .greaterThan(0))
}
public func >= <A: Decision, C: Coefficient>(a: A, c: C) -> ConstraintExpression {
  ConstraintExpression(a.expression, in: .greaterThan(c.coefficient))
}
public func >= <C: Coefficient, A: Decision>(c: C, a: A) -> ConstraintExpression {
  ConstraintExpression(a.expression, in: .lessThan(c.coefficient))
}
public func == <A: Decision, B: Decision>(a: A, b: B) -> ConstraintExpression {
  .compare(a.expression, b.expression, .equalTo(0))
}
public func == <A: Decision, C: Coefficient>(a: A, c: C) -> ConstraintExpression {
  ConstraintExpression(a.expression, in: .equalTo(c.coefficient))
}
public func == <C: Coefficient, A: Decision>(c: C, a: A) -> ConstraintExpression {
  ConstraintExpression(a.expression, in: .equalTo(c.coefficient))
}

@available(*, deprecated, message: "a strict inequality is treated as <=; write <=")
public func < <A: Decision, B: Decision>(a: A, b: B) -> ConstraintExpression { a <= b }
@available(*, deprecated, message: "a strict inequality is treated as <=; write <=")
public func < <A: Decision, C: Coefficient>(a: A, c: C) -> ConstraintExpression { a <= c }
@available(*, deprecated, message: "a strict inequality is treated as <=; write <=")
public func < <C: Coefficient, A: Decision>(c: C, a: A) -> ConstraintExpression { c <= a }
@available(*, deprecated, message: "a strict inequality is treated as >=; write >=")
public func > <A: Decision, B: Decision>(a: A, b: B) -> ConstraintExpression { a >= b }
@available(*, deprecated, message: "a strict inequality is treated as >=; write >=")
public func > <A: Decision, C: Coefficient>(a: A, c: C) -> ConstraintExpression { a >= c }
@available(*, deprecated, message: "a strict inequality is treated as >=; write >=")
public func > <C: Coefficient, A: Decision>(c: C, a: A) -> ConstraintExpression { c >= a }

extension Decision {
  /// This between two bounds: `sum(make).within(10...90)`.
  public func within(_ bounds: some BoundsConvertible) -> ConstraintExpression {
    ConstraintExpression(expression, in: bounds.set)
  }
}

/// A range that can serve as bounds: `0...40`, `0...`, `...10`.
public protocol BoundsConvertible {
  var set: ScalarSet { get }
}
extension ClosedRange: BoundsConvertible where Bound: Coefficient {
  public var set: ScalarSet { .interval(lowerBound.coefficient, upperBound.coefficient) }
}
extension PartialRangeFrom: BoundsConvertible where Bound: Coefficient {
  public var set: ScalarSet { .greaterThan(lowerBound.coefficient) }
}
extension PartialRangeThrough: BoundsConvertible where Bound: Coefficient {
  public var set: ScalarSet { .lessThan(upperBound.coefficient) }
}
extension ScalarSet: BoundsConvertible {
  public var set: ScalarSet { self }
  /// No bounds.
  public static var free: ScalarSet { ScalarSet() }
}

/// A binary variable having one of its two values; the condition of an indicator constraint.
public struct BinaryCondition: Sendable {
  var variable: Variable
  var activeOn: Bool
}

extension Variable {
  /// The condition that this binary variable is 1.
  public var isOne: BinaryCondition { BinaryCondition(variable: self, activeOn: true) }
  /// The condition that this binary variable is 0.
  public var isZero: BinaryCondition { BinaryCondition(variable: self, activeOn: false) }
}

infix operator => : ImplicationPrecedence
precedencegroup ImplicationPrecedence {
  lowerThan: ComparisonPrecedence
  associativity: right
}

/// `open.isZero => (x <= 3)`: the constraint must hold whenever the condition does.
public func => (condition: BinaryCondition, constraint: ConstraintExpression) -> ConstraintExpression {
  switch constraint.body {
  case .scalar(let expression, _) where expression.isCurved:
    return .stated(.apply(.or, [.apply(.not, [condition.truth]), constraint.truth]))
  case .scalar(let expression, let set):
    return ConstraintExpression(
      [condition.variable.expression, expression], in: Indicator(activeOn: condition.activeOn, set))
  case .vector(let expressions, let set):
    return ConstraintExpression(
      [condition.variable.expression] + expressions,
      in: Indicator(activeOn: condition.activeOn, vector: set))
  }
}
/// `open => (x <= 3)`: the constraint must hold whenever the binary variable is 1.
public func => (variable: Variable, constraint: ConstraintExpression) -> ConstraintExpression {
  variable.isOne => constraint
}
