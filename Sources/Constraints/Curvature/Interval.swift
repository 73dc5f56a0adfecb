/// The values an expression can take while its variables stay within their bounds: a closed interval that contains them.
///
/// R. E. Moore, "Interval Analysis" (1966). Ends are rounded to nearest, so an interval may be too small by rounding.
public struct Interval: Sendable, Hashable {
  public var lower: Double
  public var upper: Double

  public init(_ lower: Double = -.infinity, _ upper: Double = .infinity) {
    self.lower = lower.isNaN ? -.infinity : lower
    self.upper = upper.isNaN ? .infinity : upper
  }

  public static let all = Interval()

  public var isNonnegative: Bool { lower >= 0 }
  public var isNonpositive: Bool { upper <= 0 }
  public var isFinite: Bool { lower.isFinite && upper.isFinite }

  static func + (a: Interval, b: Interval) -> Interval { Interval(a.lower + b.lower, a.upper + b.upper) }

  static func * (a: Interval, b: Interval) -> Interval {
    // 0 times infinity is 0 here: the factor itself never becomes infinite.
    func product(_ x: Double, _ y: Double) -> Double { x == 0 || y == 0 ? 0 : x * y }
    let ends = [
      product(a.lower, b.lower), product(a.lower, b.upper), product(a.upper, b.lower), product(a.upper, b.upper),
    ]
    return Interval(ends.min()!, ends.max()!)
  }

  func scaled(by factor: Double) -> Interval { self * Interval(factor, factor) }

  func clipped(to other: Interval) -> Interval {
    Interval(min(max(lower, other.lower), other.upper), max(min(upper, other.upper), other.lower))
  }

  var squared: Interval {
    let (a, b) = (lower * lower, upper * upper)
    return Interval(lower <= 0 && upper >= 0 ? 0 : min(a, b), max(a, b))
  }

  var magnitude: Interval {
    let (a, b) = (abs(lower), abs(upper))
    return Interval(lower <= 0 && upper >= 0 ? 0 : min(a, b), max(a, b))
  }

  /// The image under an increasing function.
  func increasing(_ f: (Double) -> Double) -> Interval { Interval(f(lower), f(upper)) }

  /// The image under a decreasing function.
  func decreasing(_ f: (Double) -> Double) -> Interval { Interval(f(upper), f(lower)) }

  var inverse: Interval {
    if lower > 0 || upper < 0 { return Interval(1 / upper, 1 / lower) }
    if lower == 0 { return Interval(upper == 0 ? 0 : 1 / upper, .infinity) }
    if upper == 0 { return Interval(-.infinity, 1 / lower) }
    return .all
  }

  /// The image under a power with a fixed exponent.
  func power(_ p: Double) -> Interval {
    func raise(_ x: Double) -> Double { Operation.power.value(x, p) }
    if p == 0 { return Interval(1, 1) }
    if p == p.rounded() {
      if p < 0 { return power(-p).inverse }
      return p.truncatingRemainder(dividingBy: 2) == 0 ? magnitude.increasing(raise) : increasing(raise)
    }
    let domain = clipped(to: Interval(0, .infinity))
    return p > 0 ? domain.increasing(raise) : domain.power(-p).inverse
  }
}

extension Operation {
  /// What the operation makes of intervals; everything where nothing better is known.
  func interval(_ x: [Interval]) -> Interval {
    switch self {
    case .negate: return x[0].scaled(by: -1)
    case .add: return x.dropFirst().reduce(x.first ?? Interval(0, 0), +)
    case .subtract: return x[0] + x[1].scaled(by: -1)
    case .multiply: return x.dropFirst().reduce(x.first ?? Interval(1, 1), *)
    case .divide: return x[0] * x[1].inverse
    case .inverse: return x[0].inverse
    case .abs: return x[0].magnitude
    case .square: return x[0].squared
    case .sumOfSquares, .norm2:
      let sum = x.map(\.squared).reduce(Interval(0, 0), +)
      return self == .norm2 ? sum.increasing { $0.squareRoot() } : sum
    case .min: return Interval(x.map(\.lower).min() ?? 0, x.map(\.upper).min() ?? 0)
    case .max: return Interval(x.map(\.lower).max() ?? 0, x.map(\.upper).max() ?? 0)
    case .power:
      if x[1].lower == x[1].upper { return x[0].power(x[1].lower) }
      // b^y = exp(y log b) for positive b.
      return x[0].lower > 0 ? Operation.exp.interval([x[1] * Operation.log.interval([x[0]])]) : .all
    case .sqrt, .log, .log2, .log10:
      return x[0].clipped(to: Interval(0, .infinity)).increasing { value($0) }
    case .log1p: return x[0].clipped(to: Interval(-1, .infinity)).increasing { value($0) }
    case .exp, .exp2, .expm1, .cbrt, .sinh, .tanh, .asinh, .atan, .erf, .logistic, .softplus, .floor, .ceil, .round,
      .deg2rad, .rad2deg, .sign:
      return x[0].increasing { value($0) }
    case .erfc: return x[0].scaled(by: -1).increasing { Operation.erfc.value(-$0) }
    case .cosh: return x[0].magnitude.increasing { value($0) }
    case .sin, .cos, .sind, .cosd: return Interval(-1, 1)
    case .asin, .asind: return x[0].clipped(to: Interval(-1, 1)).increasing { value($0) }
    case .acos, .acosd: return x[0].clipped(to: Interval(-1, 1)).decreasing { value($0) }
    case .atand: return x[0].increasing { value($0) }
    case .acosh: return x[0].clipped(to: Interval(1, .infinity)).increasing { value($0) }
    case .atanh: return x[0].clipped(to: Interval(-1, 1)).increasing { value($0) }
    case .asech: return x[0].clipped(to: Interval(0, 1)).decreasing { value($0) }
    case .sech: return Operation.cosh.interval(x).inverse
    case .csch: return Operation.sinh.interval(x).inverse
    case .coth: return Operation.tanh.interval(x).inverse
    case .acoth: return Operation.atanh.interval([x[0].inverse])
    case .acsch: return Operation.asinh.interval([x[0].inverse])
    case .asec: return Operation.acos.interval([x[0].inverse])
    case .acsc: return Operation.asin.interval([x[0].inverse])
    case .asecd: return Operation.acosd.interval([x[0].inverse])
    case .acscd: return Operation.asind.interval([x[0].inverse])
    case .acot: return Operation.atan.interval([x[0].inverse])
    case .acotd: return Operation.atand.interval([x[0].inverse])
    case .atan2: return Interval(-Double.pi, Double.pi)
    // Extremes of the Bessel functions, rounded outwards (Abramowitz and Stegun 9.5).
    case .besselj0: return Interval(-0.40276, 1)
    case .besselj1: return Interval(-0.58187, 0.58187)
    // Γ is positive with its minimum 0.88560 at 1.46163 on the positive axis.
    case .gamma:
      if x[0].lower >= 1.4617 { return x[0].increasing { value($0) } }
      return x[0].lower >= 0 ? Interval(0.8856, Swift.max(value(x[0].lower), value(x[0].upper))) : .all
    case .lgamma:
      if x[0].lower >= 1.4617 { return x[0].increasing { value($0) } }
      return x[0].lower >= 0 ? Interval(-0.1215, Swift.max(value(x[0].lower), value(x[0].upper))) : .all
    case .not, .less, .lessOrEqual, .equal, .notEqual, .greaterOrEqual, .greater, .and, .or: return Interval(0, 1)
    case .ifElse: return Interval(Swift.min(x[1].lower, x[2].lower), Swift.max(x[1].upper, x[2].upper))
    default: return .all
    }
  }
}
