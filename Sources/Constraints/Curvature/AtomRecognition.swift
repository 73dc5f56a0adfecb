/// Tells what each node of an arena is to the rules of convexity.
struct AtomRecognition {
  let arena: ExpressionArena
  /// The value of a node without variables, NaN for the others.
  let constants: [Double]
  let intervals: [Interval]
  let polynomials: Polynomials
  /// How deep sums of squares and of exponentials are looked for.
  private static let depth = 8

  init(_ arena: ExpressionArena, constants: [Double], intervals: [Interval]) {
    self.arena = arena
    self.constants = constants
    self.intervals = intervals
    polynomials = Polynomials(arena, constants: constants)
  }

  /// - Complexity: O(1) for most nodes, O(operands) for sums and products, O(terms) for polynomials.
  func atom(_ id: NodeID) -> Atom {
    if !constants[id.position].isNaN { return Atom(.constant, offset: constants[id.position]) }
    let operation = arena.nodes[id.position].operation
    let x = arena.arguments(of: id)
    func one(_ kind: Atom.Kind, _ operandFactor: Double = 1, _ operandOffset: Double = 0, factor: Double = 1) -> Atom {
      Atom(kind, [Atom.Operand(x[0], operandFactor, operandOffset)], factor: factor)
    }
    switch operation {
    case .variable: return Atom(.variable)
    case .negate: return one(.sum, -1)
    case .add: return sum(x.map { ($0, 1) })
    case .subtract: return sum([(x[0], 1), (x[1], -1)])
    case .deg2rad: return one(.sum, Double.pi / 180)
    case .rad2deg: return one(.sum, 180 / Double.pi)
    case .abs:
      let range = intervals[x[0].position]
      return range.isNonnegative ? one(.sum) : range.isNonpositive ? one(.sum, -1) : one(.absolute)
    case .max: return Atom(.maximum, x.map { operand($0) })
    case .min: return Atom(.minimum, x.map { operand($0) })
    case .square: return one(.squares)
    case .sumOfSquares: return Atom(.squares, x.map { operand($0) })
    case .norm2: return Atom(.norm, x.map { operand($0) })
    case .exp: return one(.exponential)
    case .exp2: return one(.exponential, Operation.log.value(2))
    case .expm1: return Atom(.exponential, [Atom.Operand(x[0])], offset: -1)
    case .log: return logarithm(of: x[0], shift: 0, factor: 1)
    case .log2: return logarithm(of: x[0], shift: 0, factor: 1 / Operation.log.value(2))
    case .log10: return logarithm(of: x[0], shift: 0, factor: 1 / Operation.log.value(10))
    case .log1p: return logarithm(of: x[0], shift: 1, factor: 1)
    case .softplus: return Atom(.logSumExp, [Atom.Operand(0), Atom.Operand(x[0])])
    case .sqrt: return power(x[0], 0.5)
    case .cbrt:
      return intervals[x[0].position].isNonnegative
        ? one(.power(1.0 / 3)) : Atom(.other("its argument may have both signs"))
    case .inverse: return power(x[0], -1)
    case .multiply: return product(x)
    case .divide: return quotient(x[0], x[1])
    case .power:
      let (base, exponent) = (constants[x[0].position], constants[x[1].position])
      if !exponent.isNaN { return power(x[0], exponent) }
      if base > 0 { return Atom(.exponential, [Atom.Operand(x[1], Operation.log.value(base))]) }
      return Atom(.other("base and exponent both vary, or the base is negative"))
    case .call:
      let name = arena.userFunction(of: id)?.name ?? "a user function"
      return Atom(.other("no rule knows the curvature of the user function \(name)"))
    default: return Atom(.other("no rule knows the curvature of \(operation.name)"))
    }
  }

  private func operand(_ node: NodeID, times factor: Double = 1) -> Atom.Operand {
    let value = constants[node.position]
    return value.isNaN ? Atom.Operand(node, factor) : Atom.Operand(factor * value)
  }

  // MARK: - Sums, products and quotients

  /// A sum, whose parts of degree two are put together where some of them are products that no rule knows.
  private func sum(_ parts: [(node: NodeID, factor: Double)]) -> Atom {
    var result = Atom(.sum)
    if parts.contains(where: { polynomials.isMixed($0.node) }),
      let polynomial = polynomials.expanded(parts.filter { polynomials.degree($0.node) == 2 })
    {
      result.polynomial = polynomial
      result.operands = parts.filter { polynomials.degree($0.node) != 2 }.map { operand($0.node, times: $0.factor) }
    } else {
      result.operands = parts.map { operand($0.node, times: $0.factor) }
    }
    return result
  }

  private func product(_ factors: [NodeID]) -> Atom {
    var scale = 1.0
    var rest: [NodeID] = []
    for node in factors {
      if constants[node.position].isNaN { rest.append(node) } else { scale *= constants[node.position] }
    }
    if rest.count == 1 { return Atom(.sum, [Atom.Operand(rest[0], scale)]) }
    if rest.count == 2 {
      if rest[0] == rest[1] { return Atom(.squares, [Atom.Operand(rest[0])], factor: scale) }
      for (x, other) in [(rest[0], rest[1]), (rest[1], rest[0])] {
        if let entropy = entropy(x, other, scale) { return entropy }
      }
      if rest.allSatisfy({ polynomials.degree($0) == 1 }) {
        var atom = Atom(.sum, factor: scale)
        atom.polynomial = polynomials.product(of: rest[0], rest[1]) ?? ScalarFunction()
        if !atom.polynomial.quadratic.isEmpty { return atom }
      }
    }
    return Atom(.other("a product of expressions that vary"))
  }

  /// `x * log(x)` and `x * log(x / y)`.
  private func entropy(_ x: NodeID, _ other: NodeID, _ scale: Double) -> Atom? {
    let operation = arena.nodes[other.position].operation
    let base: Double
    switch operation {
    case .log: base = 1
    case .log2: base = Operation.log.value(2)
    case .log10: base = Operation.log.value(10)
    default: return nil
    }
    let argument = arena.arguments(of: other)[0]
    if argument == x { return Atom(.entropy, [Atom.Operand(x), Atom.Operand(1)], factor: scale / base) }
    let sides = arena.arguments(of: argument)
    switch arena.nodes[argument.position].operation {
    case .multiply:
      // x log(c x) = x log(x / (1 / c)).
      let scales = sides.map { constants[$0.position] }.filter { !$0.isNaN }
      let factor = scales.reduce(1, *)
      guard sides.contains(x), scales.count == sides.count - 1, factor > 0 else { return nil }
      return Atom(.entropy, [Atom.Operand(x), Atom.Operand(1 / factor)], factor: scale / base)
    case .divide: break
    default: return nil
    }
    if sides[0] == x { return Atom(.entropy, [Atom.Operand(x), operand(sides[1])], factor: scale / base) }
    // x log(y / x) = -x log(x / y).
    if sides[1] == x { return Atom(.entropy, [Atom.Operand(x), operand(sides[0])], factor: -scale / base) }
    return nil
  }

  private func quotient(_ numerator: NodeID, _ denominator: NodeID) -> Atom {
    let (above, below) = (constants[numerator.position], constants[denominator.position])
    if !below.isNaN { return Atom(.sum, [Atom.Operand(numerator, 1 / below)]) }
    if !above.isNaN {
      var result = power(denominator, -1)
      result.factor *= above
      return result
    }
    if let squares = sumOfSquares(numerator) { return Atom(.quotient, squares + [Atom.Operand(denominator)]) }
    if let squares = sumOfSquares(numerator, times: -1) {
      return Atom(.quotient, squares + [Atom.Operand(denominator)], factor: -1)
    }
    return Atom(.other("a quotient whose divisor varies"))
  }

  /// The operands of which a node is the sum of squares, as it is written or as a polynomial; nil when it is none.
  private func sumOfSquares(_ node: NodeID, times factor: Double = 1) -> [Atom.Operand]? {
    squares(node, times: factor)
      ?? polynomials.squares(node, times: factor)?.map { Atom.Operand($0.terms, $0.constant) }
  }

  /// The operands of which a node is written as the sum of squares, or nil.
  private func squares(_ node: NodeID, times factor: Double = 1, depth: Int = 0) -> [Atom.Operand]? {
    if depth > AtomRecognition.depth { return nil }
    let value = constants[node.position]
    if !value.isNaN { return factor * value >= 0 ? [Atom.Operand((factor * value).squareRoot())] : nil }
    let x = arena.arguments(of: node)
    let root = factor >= 0 ? factor.squareRoot() : .nan
    switch arena.nodes[node.position].operation {
    case .square: return factor >= 0 ? [Atom.Operand(x[0], root)] : nil
    case .sumOfSquares: return factor >= 0 ? x.map { operand($0, times: root) } : nil
    case .power:
      return factor >= 0 && constants[x[1].position] == 2 ? [Atom.Operand(x[0], root)] : nil
    case .negate: return squares(x[0], times: -factor, depth: depth + 1)
    case .multiply:
      let varying = x.filter { constants[$0.position].isNaN }
      let scale = x.reduce(factor) { constants[$1.position].isNaN ? $0 : $0 * constants[$1.position] }
      if varying.count == 1 { return squares(varying[0], times: scale, depth: depth + 1) }
      return varying.count == 2 && varying[0] == varying[1] && scale >= 0
        ? [Atom.Operand(varying[0], scale.squareRoot())] : nil
    case .divide:
      let divisor = constants[x[1].position]
      return divisor.isNaN ? nil : squares(x[0], times: factor / divisor, depth: depth + 1)
    case .add:
      var result: [Atom.Operand] = []
      for term in x {
        guard isPlain(term), let part = squares(term, times: factor, depth: depth + 1) else { return nil }
        result += part
      }
      return result
    default: return nil
    }
  }

  /// Whether a term of a sum is no sum itself, so that the search for squares stays shallow.
  private func isPlain(_ node: NodeID) -> Bool { arena.nodes[node.position].operation != .add }

  // MARK: - Powers and logarithms

  private func power(_ base: NodeID, _ p: Double) -> Atom {
    if p == 0 { return Atom(.constant, offset: 1) }
    if p == 1 { return Atom(.sum, [Atom.Operand(base)]) }
    if p == 2 { return Atom(.squares, [Atom.Operand(base)]) }
    if p == 0.5 {
      if let squares = sumOfSquares(base) { return Atom(.norm, squares) }
      if arena.nodes[base.position].operation == .multiply {
        let x = arena.arguments(of: base)
        let varying = x.filter { constants[$0.position].isNaN }
        let scale = x.reduce(1.0) { constants[$1.position].isNaN ? $0 : $0 * constants[$1.position] }
        if varying.count == 2, scale >= 0, varying.allSatisfy({ intervals[$0.position].isNonnegative }) {
          return Atom(.geometricMean, varying.map { Atom.Operand($0) }, factor: scale.squareRoot())
        }
      }
    }
    return Atom(.power(p), [Atom.Operand(base)])
  }

  /// `factor * log(node + shift)`.
  private func logarithm(of node: NodeID, shift: Double, factor: Double) -> Atom {
    if shift == 0, arena.nodes[node.position].operation == .logistic {
      let x = arena.arguments(of: node)[0]
      return Atom(.logSumExp, [Atom.Operand(0), Atom.Operand(x, -1)], factor: -factor)
    }
    if let exponents = exponents(node) {
      if exponents.count == 1 && shift == 0 { return Atom(.sum, exponents, factor: factor) }
      return Atom(.logSumExp, shift > 0 ? exponents + [Atom.Operand(Operation.log.value(shift))] : exponents, factor: factor)
    }
    return Atom(.logarithm, [Atom.Operand(node, 1, shift)], factor: factor)
  }

  /// The operands of which a node is the sum of exponentials, or nil.
  private func exponents(_ node: NodeID, times factor: Double = 1, depth: Int = 0) -> [Atom.Operand]? {
    guard factor > 0, depth <= AtomRecognition.depth else { return nil }
    let value = constants[node.position]
    if !value.isNaN { return factor * value > 0 ? [Atom.Operand(Operation.log.value(factor * value))] : nil }
    let x = arena.arguments(of: node)
    switch arena.nodes[node.position].operation {
    case .exp: return [Atom.Operand(x[0], 1, Operation.log.value(factor))]
    case .exp2: return [Atom.Operand(x[0], Operation.log.value(2), Operation.log.value(factor))]
    case .multiply:
      let varying = x.filter { constants[$0.position].isNaN }
      let scale = x.reduce(factor) { constants[$1.position].isNaN ? $0 : $0 * constants[$1.position] }
      return varying.count == 1 ? exponents(varying[0], times: scale, depth: depth + 1) : nil
    case .divide:
      let divisor = constants[x[1].position]
      return divisor.isNaN ? nil : exponents(x[0], times: factor / divisor, depth: depth + 1)
    case .add:
      var result: [Atom.Operand] = []
      for term in x {
        guard isPlain(term), let part = exponents(term, times: factor, depth: depth + 1) else { return nil }
        result += part
      }
      return result
    default: return nil
    }
  }
}
