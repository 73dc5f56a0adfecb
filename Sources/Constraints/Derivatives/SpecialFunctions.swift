#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Functions that only occur in derivatives.
enum SpecialFunctions {
  /// ψ(x), the logarithmic derivative of Γ: recurrence to x >= 10, then the asymptotic series; reflection for x < 0.
  /// Abramowitz and Stegun 6.3.5, 6.3.7, 6.3.18. Not a number at 0, -1, -2, ...
  static func digamma(_ x: Double) -> Double {
    if x <= 0 {
      if x == x.rounded(.down) { return .nan }
      // The tangent has period π; the reduced argument keeps digits for large |x|.
      let fraction = x - x.rounded()
      return digamma(1 - x) - Double.pi / tan(Double.pi * fraction)
    }
    var x = x
    var shift = 0.0
    while x < 10 {
      shift -= 1 / x
      x += 1
    }
    let r = 1 / (x * x)
    var series = 1.0 / 12
    series -= r * (1.0 / 120 - r * (1.0 / 252 - r * (1.0 / 240 - r * (1.0 / 132 - r * (691.0 / 32760 - r / 12)))))
    return shift + log(x) - 0.5 / x - r * series
  }

  /// ψ'(x); Abramowitz and Stegun 6.4.6, 6.4.7, 6.4.12.
  static func trigamma(_ x: Double) -> Double {
    if x <= 0 {
      if x == x.rounded(.down) { return .infinity }
      let sine = sin(Double.pi * (x - x.rounded()))
      return Double.pi * Double.pi / (sine * sine) - trigamma(1 - x)
    }
    var x = x
    var shift = 0.0
    while x < 12 {
      shift += 1 / (x * x)
      x += 1
    }
    let r = 1 / (x * x)
    let tail = 5.0 / 66 - r * (691.0 / 2730 - r * (7.0 / 6))
    let series = 1.0 / 6 - r * (1.0 / 30 - r * (1.0 / 42 - r * (1.0 / 30 - r * tail)))
    return shift + 1 / x + 0.5 * r + series * r / x
  }

  static func besselJ(_ order: Int32, _ x: Double) -> Double { jn(order, x) }
  static func besselY(_ order: Int32, _ x: Double) -> Double { yn(order, x) }

  /// ∂(x^y)/∂x.
  static func powerBase(_ x: Double, _ y: Double) -> Double { y == 0 ? 0 : y * pow(x, y - 1) }

  /// ∂(x^y)/∂y; 0 at x = 0 for y > 0, the limit.
  static func powerExponent(_ x: Double, _ y: Double) -> Double { x == 0 && y > 0 ? 0 : pow(x, y) * log(x) }

  static func powerBaseBase(_ x: Double, _ y: Double) -> Double {
    y == 0 || y == 1 ? 0 : y * (y - 1) * pow(x, y - 2)
  }

  static func powerBaseExponent(_ x: Double, _ y: Double) -> Double {
    x == 0 && y > 1 ? 0 : pow(x, y - 1) * (1 + y * log(x))
  }

  static func powerExponentExponent(_ x: Double, _ y: Double) -> Double {
    if x == 0 && y > 0 { return 0 }
    let logarithm = log(x)
    return pow(x, y) * logarithm * logarithm
  }

  static func sine(_ x: Double) -> Double { sin(x) }
  static func cosine(_ x: Double) -> Double { cos(x) }
  static func exponential(_ x: Double) -> Double { exp(x) }
  static func logarithm(_ x: Double) -> Double { log(x) }
}
