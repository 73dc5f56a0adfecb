/// Something that takes part in a model's algebra: a variable, a parameter, an expression.
///
/// Operators come in three generic forms - decision with decision, decision with number, number with decision - so that
/// plain arithmetic of numbers keeps its meaning and the type checker has little to choose from.
public protocol Decision: Sendable {
  /// The value as an expression.
  var expression: Expression { get }
  /// Appends `scale` times this to `target`.
  func add(to target: inout Expression, scale: Double)
}

/// A number that may stand beside a decision: `Double` or `Int`.
public protocol Coefficient: Sendable {
  var coefficient: Double { get }
}

extension Double: Coefficient { @inlinable public var coefficient: Double { self } }
extension Int: Coefficient { @inlinable public var coefficient: Double { Double(self) } }

extension Variable: Decision {
  public var expression: Expression {
    var e = Expression()
    e.add(1, self)
    return e
  }
  @inline(__always)
  public func add(to target: inout Expression, scale: Double) { target.add(scale, self) }
}

extension Expression: Decision {
  public var expression: Expression { self }
  public func add(to target: inout Expression, scale: Double) { target.add(self, scale: scale) }
}

extension Parameter: Decision {
  public var expression: Expression {
    var rest = Expression.Rest()
    rest.model = model
    rest.parametric = [(1, rest.arena.parameter(index), nil)]
    var e = Expression()
    e.rest = rest
    return e
  }
  public func add(to target: inout Expression, scale: Double) { target.add(expression, scale: scale) }
}

// MARK: - Sums

public func + <A: Decision, B: Decision>(a: A, b: B) -> Expression {
  var e = a.expression
  b.add(to: &e, scale: 1)
  return e
}
public func + <A: Decision, C: Coefficient>(a: A, c: C) -> Expression {
  var e = a.expression
  e.add(c.coefficient)
  return e
}
public func + <C: Coefficient, A: Decision>(c: C, a: A) -> Expression { a + c }

public func - <A: Decision, B: Decision>(a: A, b: B) -> Expression {
  var e = a.expression
  b.add(to: &e, scale: -1)
  return e
}
public func - <A: Decision, C: Coefficient>(a: A, c: C) -> Expression {
  var e = a.expression
  e.add(-c.coefficient)
  return e
}
public func - <C: Coefficient, A: Decision>(c: C, a: A) -> Expression {
  var e = Expression(c.coefficient)
  a.add(to: &e, scale: -1)
  return e
}

public prefix func - <A: Decision>(a: A) -> Expression {
  var e = Expression()
  a.add(to: &e, scale: -1)
  return e
}
public prefix func + <A: Decision>(a: A) -> Expression { a.expression }

public func += <A: Decision>(e: inout Expression, a: A) { a.add(to: &e, scale: 1) }
public func += <C: Coefficient>(e: inout Expression, c: C) { e.add(c.coefficient) }
public func -= <A: Decision>(e: inout Expression, a: A) { a.add(to: &e, scale: -1) }
public func -= <C: Coefficient>(e: inout Expression, c: C) { e.add(-c.coefficient) }

// MARK: - Products

public func * <A: Decision, B: Decision>(a: A, b: B) -> Expression { .product(a.expression, b.expression) }
public func * <A: Decision, C: Coefficient>(a: A, c: C) -> Expression {
  var e = Expression()
  a.add(to: &e, scale: c.coefficient)
  return e
}
public func * <C: Coefficient, A: Decision>(c: C, a: A) -> Expression { a * c }
public func *= <C: Coefficient>(e: inout Expression, c: C) { e.scale(by: c.coefficient) }

public func / <A: Decision, C: Coefficient>(a: A, c: C) -> Expression {
  var e = a.expression
  let d = c.coefficient
  e.constant /= d
  for i in e.linear.indices { e.linear[i].coefficient /= d }
  for i in e.quadratic.indices { e.quadratic[i].coefficient /= d }
  if e.rest != nil {
    for i in e.rest!.nonlinear.indices { e.rest!.nonlinear[i].scale /= d }
    for i in e.rest!.parametric.indices { e.rest!.parametric[i].scale /= d }
  }
  return e
}
public func / <A: Decision, B: Decision>(a: A, b: B) -> Expression {
  .quotient(a.expression, b.expression)
}
public func / <C: Coefficient, A: Decision>(c: C, a: A) -> Expression {
  .quotient(Expression(c.coefficient), a.expression)
}

// MARK: - Powers

infix operator ** : PowerPrecedence
precedencegroup PowerPrecedence {
  higherThan: MultiplicationPrecedence
  associativity: right
}

/// `a` to the power `c`; 0, 1 and 2 stay polynomial where they can.
public func ** <A: Decision, C: Coefficient>(a: A, c: C) -> Expression {
  .power(a.expression, Expression(c.coefficient))
}
public func ** <A: Decision, B: Decision>(a: A, b: B) -> Expression { .power(a.expression, b.expression) }
public func ** <C: Coefficient, A: Decision>(c: C, a: A) -> Expression {
  .power(Expression(c.coefficient), a.expression)
}

extension Expression {
  static func quotient(_ a: Expression, _ b: Expression) -> Expression {
    if b.isConstant { return a / b.constant }
    if b.isParametricConstant, a.isLinear || a.isParametricConstant {
      return product(apply(.inverse, [b]), a)
    }
    return apply(.divide, [a, b])
  }

  static func power(_ a: Expression, _ b: Expression) -> Expression {
    if b.isConstant && !a.isConstant {
      if b.constant == 1 { return a }
      if b.constant == 0 { return Expression(1) }
      if b.constant == 2 && a.isLinear { return product(a, a) }
    }
    return apply(.power, [a, b])
  }
}

// MARK: - Functions

public func exp<A: Decision>(_ a: A) -> Expression { .apply(.exp, [a.expression]) }
public func log<A: Decision>(_ a: A) -> Expression { .apply(.log, [a.expression]) }
public func log2<A: Decision>(_ a: A) -> Expression { .apply(.log2, [a.expression]) }
public func log10<A: Decision>(_ a: A) -> Expression { .apply(.log10, [a.expression]) }
public func sqrt<A: Decision>(_ a: A) -> Expression { .apply(.sqrt, [a.expression]) }
public func sin<A: Decision>(_ a: A) -> Expression { .apply(.sin, [a.expression]) }
public func cos<A: Decision>(_ a: A) -> Expression { .apply(.cos, [a.expression]) }
public func tan<A: Decision>(_ a: A) -> Expression { .apply(.tan, [a.expression]) }
public func tanh<A: Decision>(_ a: A) -> Expression { .apply(.tanh, [a.expression]) }
public func abs<A: Decision>(_ a: A) -> Expression { .apply(.abs, [a.expression]) }
public func logistic<A: Decision>(_ a: A) -> Expression { .apply(.logistic, [a.expression]) }
public func softplus<A: Decision>(_ a: A) -> Expression { .apply(.softplus, [a.expression]) }
public func min<A: Decision, B: Decision>(_ a: A, _ b: B) -> Expression {
  .apply(.min, [a.expression, b.expression])
}
public func max<A: Decision, B: Decision>(_ a: A, _ b: B) -> Expression {
  .apply(.max, [a.expression, b.expression])
}
public func norm2<A: Decision>(_ list: [A]) -> Expression { .apply(.norm2, list.map(\.expression)) }

// MARK: - Sums over collections

/// The sum of decisions, in linear time.
public func sum<A: Decision>(_ items: some Sequence<A>) -> Expression {
  var e = Expression()
  for item in items { item.add(to: &e, scale: 1) }
  return e
}

/// The sum of `term(element)` over a sequence, in linear time.
public func sum<S: Sequence, A: Decision>(_ items: S, _ term: (S.Element) throws -> A) rethrows -> Expression {
  var e = Expression()
  for item in items { try term(item).add(to: &e, scale: 1) }
  return e
}

/// The scalar product of numbers and decisions.
/// - Precondition: both have the same number of elements.
public func dot<C: Coefficient, A: Decision>(_ coefficients: [C], _ items: [A]) -> Expression {
  precondition(coefficients.count == items.count, "dot: \(coefficients.count) numbers and \(items.count) decisions")
  var e = Expression()
  e.reserveCapacity(items.count)
  for i in items.indices { items[i].add(to: &e, scale: coefficients[i].coefficient) }
  return e
}
