/// The values a scalar function may take: an interval, possibly open-ended.
public struct ScalarSet: Sendable, Hashable {
  public var lower: Double
  public var upper: Double

  @inlinable public init(lower: Double = -.infinity, upper: Double = .infinity) {
    self.lower = lower
    self.upper = upper
  }

  public static func lessThan(_ upper: Double) -> ScalarSet { ScalarSet(upper: upper) }
  public static func greaterThan(_ lower: Double) -> ScalarSet { ScalarSet(lower: lower) }
  public static func equalTo(_ value: Double) -> ScalarSet { ScalarSet(lower: value, upper: value) }
  public static func interval(_ lower: Double, _ upper: Double) -> ScalarSet {
    ScalarSet(lower: lower, upper: upper)
  }

  /// How far `value` lies outside, 0 inside; infinite for NaN.
  public func violation(_ value: Double) -> Double {
    if value.isNaN { return .infinity }
    return max(0, lower - value, value - upper)
  }
}
