/// A function of decision variables, built by operators.
///
/// Linear and quadratic terms are flat lists; anything else is a node in an ``ExpressionArena`` that the expression
/// carries until it is added to a ``Model``. Append with `+=` or ``sum(_:_:)`` in loops: `e = e + t` copies `e` every
/// time, which is quadratic.
public struct Expression: Sendable {
  public internal(set) var constant: Double
  var linear: [DecisionTerm]
  var quadratic: [DecisionProduct]
  /// What is neither linear nor quadratic with numbers for coefficients.
  var rest: Rest?

  /// `coefficient * variable`, the variable with its model's tag.
  struct DecisionTerm: Sendable {
    var coefficient: Double
    var variable: Variable
  }

  struct DecisionProduct: Sendable {
    var coefficient: Double
    var first: Variable
    var second: Variable
  }

  /// Nonlinear and parametric parts over one arena; variables in it are of model `model`.
  struct Rest: Sendable {
    var arena = ExpressionArena()
    /// Model of the variables and parameters in the arena; 0 while there are none.
    var model: UInt32 = 0
    /// Whether variables or parameters of two models met.
    var isMixed = false
    /// Sum of nodes that is added to the value.
    var nonlinear: [(scale: Double, node: NodeID)] = []
    /// `node * variable`, or `node` alone, where the node holds only parameters and numbers.
    var parametric: [(scale: Double, node: NodeID, variable: Variable?)] = []
  }

  public init(_ constant: Double = 0) {
    self.constant = constant
    linear = []
    quadratic = []
  }

  /// Whether the expression has only a constant and linear terms with numeric coefficients.
  public var isLinear: Bool { quadratic.isEmpty && rest == nil }
  /// Whether the expression has no variables or parameters.
  public var isConstant: Bool { linear.isEmpty && isLinear }

  /// Makes room for this many linear terms.
  public mutating func reserveCapacity(_ terms: Int) { linear.reserveCapacity(terms) }

  /// Appends `coefficient * variable`.
  @inline(__always)
  public mutating func add(_ coefficient: Double, _ variable: Variable) {
    linear.append(DecisionTerm(coefficient: coefficient, variable: variable))
  }

  /// Appends `coefficient * first * second`.
  public mutating func add(_ coefficient: Double, _ first: Variable, _ second: Variable) {
    quadratic.append(DecisionProduct(coefficient: coefficient, first: first, second: second))
  }

  /// Adds a number.
  @inline(__always)
  public mutating func add(_ number: Double) { constant += number }

  /// Appends `scale * other`.
  /// - Complexity: O(terms of `other`).
  public mutating func add(_ other: Expression, scale: Double) {
    constant += scale * other.constant
    if scale == 1 && linear.isEmpty {
      linear = other.linear
    } else {
      for term in other.linear {
        linear.append(DecisionTerm(coefficient: scale * term.coefficient, variable: term.variable))
      }
    }
    for term in other.quadratic {
      quadratic.append(
        DecisionProduct(coefficient: scale * term.coefficient, first: term.first, second: term.second))
    }
    if let theirs = other.rest {
      var mine = rest ?? Rest()
      rest = nil
      mine.adopt(model: theirs.model)
      mine.isMixed = mine.isMixed || theirs.isMixed
      for (part, node) in zip(theirs.nonlinear, mine.arena.copy(theirs.nonlinear.map(\.node), from: theirs.arena)) {
        mine.nonlinear.append((scale * part.scale, node))
      }
      for part in theirs.parametric {
        mine.parametric.append((scale * part.scale, mine.arena.copy(part.node, from: theirs.arena), part.variable))
      }
      rest = mine
    }
  }

  /// Multiplies by a number.
  public mutating func scale(by factor: Double) {
    constant *= factor
    for i in linear.indices { linear[i].coefficient *= factor }
    for i in quadratic.indices { quadratic[i].coefficient *= factor }
    if rest != nil {
      for i in rest!.nonlinear.indices { rest!.nonlinear[i].scale *= factor }
      for i in rest!.parametric.indices { rest!.parametric[i].scale *= factor }
    }
  }
}

extension Expression.Rest {
  mutating func adopt(model other: UInt32) {
    if model == 0 { model = other } else if other != 0 && other != model { isMixed = true }
  }
}

extension Expression {
  /// The whole expression as one node of `arena`.
  func node(in arena: inout ExpressionArena, model: inout UInt32, isMixed: inout Bool) -> NodeID {
    func note(_ tag: UInt32) {
      if model == 0 { model = tag } else if tag != 0 && tag != model { isMixed = true }
    }
    func scaled(_ scale: Double, _ node: NodeID) -> NodeID {
      if scale == 1 { return node }
      if scale == -1 { return arena.node(.negate, [node]) }
      return arena.node(.multiply, [arena.constant(scale), node])
    }
    var parts: [NodeID] = []
    for term in linear {
      note(term.variable.model)
      parts.append(scaled(term.coefficient, arena.variable(term.variable.index)))
    }
    for term in quadratic {
      note(term.first.model)
      note(term.second.model)
      let product =
        term.first == term.second
        ? arena.node(.square, [arena.variable(term.first.index)])
        : arena.node(.multiply, [arena.variable(term.first.index), arena.variable(term.second.index)])
      parts.append(scaled(term.coefficient, product))
    }
    if let rest {
      note(rest.model)
      isMixed = isMixed || rest.isMixed
      for (part, node) in zip(rest.nonlinear, arena.copy(rest.nonlinear.map(\.node), from: rest.arena)) {
        parts.append(scaled(part.scale, node))
      }
      for part in rest.parametric {
        let node = arena.copy(part.node, from: rest.arena)
        let whole = part.variable.map { arena.node(.multiply, [node, arena.variable($0.index)]) } ?? node
        parts.append(scaled(part.scale, whole))
      }
    }
    if constant != 0 || parts.isEmpty { parts.append(arena.constant(constant)) }
    return parts.count == 1 ? parts[0] : arena.node(.add, parts)
  }

  /// `operation(arguments...)` as a nonlinear expression; folds when all arguments are numbers.
  public static func apply(_ operation: Operation, _ arguments: [Expression]) -> Expression {
    if arguments.allSatisfy(\.isConstant) {
      let value = operation.value(arguments.map(\.constant))
      return Expression(value)
    }
    var rest = Rest()
    var model: UInt32 = 0
    var mixed = false
    let nodes = arguments.map { $0.node(in: &rest.arena, model: &model, isMixed: &mixed) }
    rest.model = model
    rest.isMixed = mixed
    let result = rest.arena.node(operation, nodes)
    let hasVariables = !rest.arena.variables(in: result).isEmpty
    if hasVariables {
      rest.nonlinear = [(1, result)]
    } else {
      rest.parametric = [(1, result, nil)]
    }
    var expression = Expression()
    expression.rest = rest
    return expression
  }

  /// Whether the expression has parameters and numbers only.
  var isParametricConstant: Bool {
    linear.isEmpty && quadratic.isEmpty && (rest.map { $0.nonlinear.isEmpty && $0.parametric.allSatisfy { $0.variable == nil } } ?? true)
  }

  /// The product of two expressions: linear times linear is kept quadratic, parameters times linear stays linear with
  /// parametric coefficients, anything else becomes a node.
  static func product(_ a: Expression, _ b: Expression) -> Expression {
    if a.isConstant {
      var result = b
      result.scale(by: a.constant)
      return result
    }
    if b.isConstant {
      var result = a
      result.scale(by: b.constant)
      return result
    }
    if a.isLinear && b.isLinear {
      var result = Expression(a.constant * b.constant)
      for s in a.linear {
        for t in b.linear { result.add(s.coefficient * t.coefficient, s.variable, t.variable) }
      }
      if b.constant != 0 { for s in a.linear { result.add(s.coefficient * b.constant, s.variable) } }
      if a.constant != 0 { for t in b.linear { result.add(t.coefficient * a.constant, t.variable) } }
      return result
    }
    if a.isParametricConstant, b.isLinear || b.isParametricConstant { return parametricProduct(a, b) }
    if b.isParametricConstant, a.isLinear { return parametricProduct(b, a) }
    return apply(.multiply, [a, b])
  }

  /// `p * e` where p has only parameters and e is linear with numbers, or has only parameters too.
  private static func parametricProduct(_ p: Expression, _ e: Expression) -> Expression {
    if e.isParametricConstant { return apply(.multiply, [p, e]) }
    var rest = Rest()
    let factor = p.node(in: &rest.arena, model: &rest.model, isMixed: &rest.isMixed)
    for term in e.linear {
      rest.adopt(model: term.variable.model)
      rest.parametric.append((term.coefficient, factor, term.variable))
    }
    if e.constant != 0 { rest.parametric.append((e.constant, factor, nil)) }
    var result = Expression()
    result.rest = rest
    return result
  }
}
