private let degree = Double.pi / 180

extension LoweredShape {
  /// A function of one operand with its derivatives.
  ///
  /// Where a function has no derivative (`abs` and `sign` at 0, `floor` at whole numbers) the first derivative is that of
  /// `sign(x)` times the slope, 0 at the kink, and the second is 0. Formulas of M. Abramowitz and I. A. Stegun, "Handbook
  /// of Mathematical Functions" (1964): 4.3, 4.4, 4.5, 4.6 elementary, 6.3 and 6.4 polygamma, 7.1 error function, 9.1.27
  /// Bessel functions.
  mutating func unary(_ operation: Operation, _ operand: Int32) -> Int32 {
    switch operation {
    case .sind: return unary(.sin, scaled(operand, degree))
    case .cosd: return unary(.cos, scaled(operand, degree))
    case .tand: return unary(.tan, scaled(operand, degree))
    case .secd: return unary(.sec, scaled(operand, degree))
    case .cscd: return unary(.csc, scaled(operand, degree))
    case .cotd: return unary(.cot, scaled(operand, degree))
    case .asind: return divided(unary(.asin, operand), degree)
    case .acosd: return divided(unary(.acos, operand), degree)
    case .atand: return divided(unary(.atan, operand), degree)
    case .asecd: return divided(unary(.asec, operand), degree)
    case .acscd: return divided(unary(.acsc, operand), degree)
    case .acotd: return divided(unary(.acot, operand), degree)
    case .deg2rad: return scaled(operand, degree)
    case .rad2deg: return divided(operand, degree)
    case .sec: return unary(.inverse, unary(.cos, operand))
    case .csc: return unary(.inverse, unary(.sin, operand))
    case .cot: return unary(.inverse, unary(.tan, operand))
    case .asec: return unary(.acos, unary(.inverse, operand))
    case .acsc: return unary(.asin, unary(.inverse, operand))
    case .asech: return unary(.acosh, unary(.inverse, operand))
    case .acsch: return unary(.asinh, unary(.inverse, operand))
    case .acoth: return unary(.atanh, unary(.inverse, operand))
    case .negate:
      return node(builder.negate(values[Int(operand)]), [(operand, builder.constant(-1))])
    default: break
    }
    let x = values[Int(operand)]
    let v = builder.unary(operation, x)
    if order == 0 || !isActive[Int(operand)] { return node(v, [(operand, builder.one)]) }
    let (first, second) = derivatives(operation, x, v)
    return node(v, [(operand, first)], order == 2 ? [(0, 0, second)] : [])
  }

  private mutating func scaled(_ operand: Int32, _ factor: Double) -> Int32 {
    let c = builder.constant(factor)
    return node(builder.product(values[Int(operand)], c), [(operand, c)])
  }

  private mutating func divided(_ operand: Int32, _ divisor: Double) -> Int32 {
    let value = builder.divide(values[Int(operand)], builder.constant(divisor))
    return node(value, [(operand, builder.constant(1 / divisor))])
  }

  /// First and second derivative at x, where v is the value of the function.
  private mutating func derivatives(_ operation: Operation, _ x: Value, _ v: Value) -> (Value, Value) {
    let zero = builder.zero
    let one = builder.one
    switch operation {
    case .abs: return (builder.unary(.sign, x), zero)
    case .sqrt:
      let d = builder.divide(builder.constant(0.5), v)
      return (d, builder.scale(-0.5, builder.divide(d, x)))
    case .cbrt:
      let d = builder.divide(builder.constant(1.0 / 3), builder.square(v))
      return (d, builder.scale(-2.0 / 3, builder.divide(d, x)))
    case .square: return (builder.scale(2, x), builder.constant(2))
    case .inverse:
      let d = builder.negate(builder.square(v))
      return (d, builder.scale(-2, builder.multiply(v, d)))
    case .log:
      let d = builder.reciprocal(x)
      return (d, builder.negate(builder.square(d)))
    case .log10, .log2:
      let factor = operation == .log2 ? 1.4426950408889634 : 0.4342944819032518
      let d = builder.divide(builder.constant(factor), x)
      return (d, builder.negate(builder.divide(d, x)))
    case .log1p:
      let d = builder.reciprocal(builder.add(one, x))
      return (d, builder.negate(builder.square(d)))
    case .exp: return (v, v)
    case .exp2:
      let d = builder.scale(0.6931471805599453, v)
      return (d, builder.scale(0.6931471805599453, d))
    case .expm1:
      let d = builder.unary(.exp, x)
      return (d, d)
    case .sin: return (builder.unary(.cos, x), builder.negate(v))
    case .cos: return (builder.negate(builder.unary(.sin, x)), builder.negate(v))
    case .tan:
      let d = builder.add(one, builder.square(v))
      return (d, builder.scale(2, builder.multiply(v, d)))
    case .asin, .acos:
      let cosine = builder.multiply(builder.subtract(one, x), builder.add(one, x))
      let d = builder.reciprocal(builder.unary(.sqrt, cosine))
      let s = builder.multiply(x, builder.divide(d, cosine))
      return operation == .asin ? (d, s) : (builder.negate(d), builder.negate(s))
    case .atan, .acot:
      let d = builder.reciprocal(builder.add(one, builder.square(x)))
      let s = builder.scale(-2, builder.multiply(x, builder.square(d)))
      return operation == .atan ? (d, s) : (builder.negate(d), builder.negate(s))
    case .sinh: return (builder.unary(.cosh, x), v)
    case .cosh: return (builder.unary(.sinh, x), v)
    case .tanh, .coth:
      let d = builder.multiply(builder.subtract(one, v), builder.add(one, v))
      return (d, builder.scale(-2, builder.multiply(v, d)))
    case .sech:
      let d = builder.negate(builder.multiply(v, builder.unary(.tanh, x)))
      let bracket = builder.subtract(one, builder.scale(2, builder.square(v)))
      return (d, builder.multiply(v, bracket))
    case .csch:
      let d = builder.negate(builder.multiply(v, builder.unary(.coth, x)))
      let bracket = builder.add(one, builder.scale(2, builder.square(v)))
      return (d, builder.multiply(v, bracket))
    case .asinh:
      let radicand = builder.add(one, builder.square(x))
      let d = builder.reciprocal(builder.unary(.sqrt, radicand))
      return (d, builder.negate(builder.multiply(x, builder.divide(d, radicand))))
    case .acosh:
      let radicand = builder.multiply(builder.subtract(x, one), builder.add(x, one))
      let d = builder.reciprocal(builder.unary(.sqrt, radicand))
      return (d, builder.negate(builder.multiply(x, builder.divide(d, radicand))))
    case .atanh:
      let d = builder.reciprocal(builder.multiply(builder.subtract(one, x), builder.add(one, x)))
      return (d, builder.scale(2, builder.multiply(x, builder.square(d))))
    case .erf, .erfc:
      let factor = operation == .erf ? 1.1283791670955126 : -1.1283791670955126
      let d = builder.scale(factor, builder.unary(.exp, builder.negate(builder.square(x))))
      return (d, builder.scale(-2, builder.multiply(x, d)))
    case .gamma:
      let psi = builder.node(.digamma, x)
      let bracket = builder.add(builder.square(psi), builder.node(.trigamma, x))
      return (builder.multiply(v, psi), builder.multiply(v, bracket))
    case .lgamma: return (builder.node(.digamma, x), builder.node(.trigamma, x))
    case .besselj0:
      let s = builder.scale(0.5, builder.subtract(builder.node(.besselJ2, x), v))
      return (builder.negate(builder.unary(.besselj1, x)), s)
    case .bessely0:
      let s = builder.scale(0.5, builder.subtract(builder.node(.besselY2, x), v))
      return (builder.negate(builder.unary(.bessely1, x)), s)
    case .besselj1:
      let d = builder.scale(0.5, builder.subtract(builder.unary(.besselj0, x), builder.node(.besselJ2, x)))
      let s = builder.subtract(builder.node(.besselJ3, x), builder.scale(3, v))
      return (d, builder.scale(0.25, s))
    case .bessely1:
      let d = builder.scale(0.5, builder.subtract(builder.unary(.bessely0, x), builder.node(.besselY2, x)))
      let s = builder.subtract(builder.node(.besselY3, x), builder.scale(3, v))
      return (d, builder.scale(0.25, s))
    case .logistic:
      let other = builder.unary(.logistic, builder.negate(x))
      let d = builder.multiply(v, other)
      return (d, builder.multiply(d, builder.subtract(other, v)))
    case .softplus:
      let d = builder.unary(.logistic, x)
      return (d, builder.multiply(d, builder.unary(.logistic, builder.negate(x))))
    default:
      // sign, floor, ceil, round, not: steps.
      return (zero, zero)
    }
  }

  /// A function of two operands with its derivatives.
  mutating func binary(_ operation: Operation, _ a: Int32, _ b: Int32) -> Int32 {
    let (x, y) = (values[Int(a)], values[Int(b)])
    switch operation {
    case .subtract:
      return node(builder.subtract(x, y), [(a, builder.one), (b, builder.constant(-1))])
    case .divide:
      let v = builder.divide(x, y)
      if order == 0 { return node(v, [(a, builder.one), (b, builder.one)]) }
      let inverse = builder.reciprocal(y)
      let slope = builder.negate(builder.multiply(v, inverse))
      if order == 1 { return node(v, [(a, inverse), (b, slope)]) }
      let mixed = builder.negate(builder.square(inverse))
      let pure = builder.scale(-2, builder.multiply(slope, inverse))
      return node(v, [(a, inverse), (b, slope)], [(0, 1, mixed), (1, 1, pure)])
    case .power: return power(a, b)
    case .atan2:
      let v = builder.binary(.atan2, x, y)
      if order == 0 { return node(v, [(a, builder.one), (b, builder.one)]) }
      let inverse = builder.reciprocal(builder.add(builder.square(x), builder.square(y)))
      let (p, q) = (builder.multiply(x, inverse), builder.multiply(y, inverse))
      let cross = builder.scale(2, builder.multiply(p, q))
      let mixed = builder.multiply(builder.subtract(p, q), builder.add(p, q))
      return node(
        v, [(a, q), (b, builder.negate(p))],
        order == 2 ? [(0, 0, builder.negate(cross)), (1, 1, cross), (0, 1, mixed)] : [])
    default:
      // Comparisons: steps.
      return node(builder.binary(operation, x, y), [])
    }
  }

  private mutating func power(_ a: Int32, _ b: Int32) -> Int32 {
    let (x, y) = (values[Int(a)], values[Int(b)])
    if let p = builder.constantValue(y) {
      let v = builder.power(x, p)
      if order == 0 || !isActive[Int(a)] { return node(v, [(a, builder.one)]) }
      let first = builder.scale(p, builder.power(x, p - 1))
      let second = order == 2 && p != 1 ? builder.scale(p * (p - 1), builder.power(x, p - 2)) : builder.zero
      return node(v, [(a, first)], [(0, 0, second)])
    }
    let v = builder.binary(.power, x, y)
    if order == 0 { return node(v, [(a, builder.one), (b, builder.one)]) }
    let first = [(a, builder.node(.powerBase, x, y)), (b, builder.node(.powerExponent, x, y))]
    if order == 1 { return node(v, first) }
    return node(
      v, first,
      [
        (0, 0, builder.node(.powerBaseBase, x, y)), (0, 1, builder.node(.powerBaseExponent, x, y)),
        (1, 1, builder.node(.powerExponentExponent, x, y)),
      ])
  }
}
