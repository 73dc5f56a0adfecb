/// How a function bends, as far as the rules of composition tell.
public enum Curvature: String, Sendable, Hashable {
  case constant, affine, convex, concave
  /// The rules prove neither; the function may still be convex.
  case unknown

  public var isAffine: Bool { self == .constant || self == .affine }
  public var isConvex: Bool { isAffine || self == .convex }
  public var isConcave: Bool { isAffine || self == .concave }

  /// The curvature of the negative.
  public var negated: Curvature { self == .convex ? .concave : self == .concave ? .convex : self }

  /// The curvature of a sum.
  static func + (a: Curvature, b: Curvature) -> Curvature {
    if a == .constant || a == b { return b }
    if b == .constant || b == .affine { return a }
    if a == .affine { return b }
    return .unknown
  }

  func scaled(by factor: Double) -> Curvature { factor == 0 ? .constant : factor < 0 ? negated : self }
}

/// What a node of an arena is to the rules of convexity: `factor * kind(operands) + offset`.
///
/// The kinds are the functions that linear rows and cones can express; a node may take several operations of the arena
/// together, as `x * log(x)` or `log(exp(x) + exp(y))` do.
/// M. Grant, S. Boyd, Y. Ye, "Disciplined convex programming" (2006).
package struct Atom: Sendable {
  package enum Kind: Sendable, Hashable {
    /// A number.
    case constant
    /// The sum of the operands and of the terms of ``Atom/polynomial``.
    case sum
    case variable
    case absolute, maximum, minimum
    /// Sum of the squares of the operands.
    case squares
    /// Euclidean norm of the operands.
    case norm
    /// Sum of the squares of all operands but the last, divided by the last, which is positive.
    case quotient
    case exponential
    case logarithm
    /// A power with this exponent, none of 0, 1, 2.
    case power(Double)
    /// `x log(x / y)` of its operands x, y.
    case entropy
    /// Logarithm of the sum of the exponentials.
    case logSumExp
    /// Product of two nonnegative operands to the power of one half.
    case geometricMean
    /// Anything else, with the reason in words.
    case other(String)
  }

  /// `factor * node + offset`, or `offset` and `terms` without a node.
  package struct Operand: Sendable, Hashable {
    package var node: NodeID?
    package var factor: Double
    package var offset: Double
    package var terms: [LinearTerm] = []

    init(_ node: NodeID?, _ factor: Double = 1, _ offset: Double = 0) {
      self.node = node
      self.factor = factor
      self.offset = offset
    }
    init(_ number: Double) { self.init(nil, 0, number) }
    init(_ terms: [LinearTerm], _ constant: Double) {
      self.init(nil, 0, constant)
      self.terms = terms
    }
  }

  package var kind: Kind
  package var operands: [Operand] = []
  package var factor = 1.0
  package var offset = 0.0
  /// What a sum has besides its operands: linear and quadratic terms.
  package var polynomial = ScalarFunction()

  init(_ kind: Kind, _ operands: [Operand] = [], factor: Double = 1, offset: Double = 0) {
    self.kind = kind
    self.operands = operands
    self.factor = factor
    self.offset = offset
  }

  /// Which way the kind moves with an operand.
  package enum Monotonicity: Sendable { case increasing, decreasing, neither }

  /// How the kind moves with operand number i, whose values lie in an interval.
  package func monotonicity(_ i: Int, in interval: Interval) -> Monotonicity {
    func bySign() -> Monotonicity {
      interval.isNonnegative ? .increasing : interval.isNonpositive ? .decreasing : .neither
    }
    switch kind {
    case .sum, .maximum, .minimum, .exponential, .logarithm, .logSumExp, .geometricMean: return .increasing
    case .absolute, .squares, .norm: return bySign()
    case .quotient: return i == operands.count - 1 ? .decreasing : bySign()
    case .power(let p):
      if p < 0 { return .decreasing }
      // Powers above 1 fall below 0 or are not defined there; cones would take them for 0.
      return p < 1 || interval.isNonnegative ? .increasing : Atom.isEven(p) ? bySign() : .neither
    case .entropy: return i == 1 ? .decreasing : .neither
    case .constant, .variable, .other: return .neither
    }
  }

  static func isEven(_ p: Double) -> Bool { p.truncatingRemainder(dividingBy: 2) == 0 }
  static func isWhole(_ p: Double) -> Bool { p == p.rounded() }

  /// The curvature of the kind as a function of its operands, which lie in these intervals; unknown with a reason when it
  /// has none there.
  package func curvature(in intervals: [Interval]) -> (Curvature, reason: String) {
    switch kind {
    case .constant: return (.constant, "")
    case .sum, .variable: return (.affine, "")
    case .absolute, .maximum, .squares, .norm, .exponential, .entropy, .logSumExp: return (.convex, "")
    case .quotient:
      return intervals.last?.isNonnegative == true ? (.convex, "") : (.unknown, "the divisor may be negative")
    case .minimum, .logarithm, .geometricMean: return (.concave, "")
    case .power(let p):
      if p > 0 && p < 1 { return (.concave, "") }
      if intervals[0].isNonnegative || !Atom.isWhole(p) || (p > 0 && Atom.isEven(p)) { return (.convex, "") }
      if intervals[0].isNonpositive && Atom.isWhole(p) && !Atom.isEven(p) { return (.unknown, "the base is negative") }
      return (.unknown, p < 0 ? "the divisor may be negative" : "the base may be negative")
    case .other(let reason): return (.unknown, reason)
    }
  }
}
