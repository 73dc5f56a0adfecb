/// A search for a step α along a direction with sufficient decrease `φ(α) <= φ(0) + decrease α φ'(0)` and curvature
/// `|φ'(α)| <= slope |φ'(0)|`, told the values at one trial step after the other.
///
/// Source: Moré, Thuente, "Line search algorithms with guaranteed sufficient decrease", 1994.
struct LineSearch {
  /// Default 1e-3, as φ' need not be small for a quasi-Newton step.
  var decrease = 1e-3
  /// Default 0.9.
  var slope = 0.9
  /// The interval of uncertainty is small enough relative to its end. Default 1e-10.
  var width = 1e-10

  enum Answer {
    /// Evaluate here next.
    case next(Double)
    case done
    /// The interval is as small as it gets, or the limit was reached: the best step so far is as good as any.
    case end
  }

  private let f0: Double
  private let g0: Double
  private let limit: Double
  private var stage = 1
  private var isBracketed = false
  private var alpha: Double
  private var low: (a: Double, f: Double, g: Double)
  private var high: (a: Double, f: Double, g: Double)
  private var lastWidth: Double
  private var widthBefore: Double
  private var least = 0.0
  private var largest: Double

  /// - Parameters:
  ///   - value, derivative: φ(0), φ'(0) < 0.
  ///   - first: the first trial step.
  ///   - limit: the largest step.
  init(value: Double, derivative: Double, first: Double, limit: Double) {
    f0 = value
    g0 = derivative
    self.limit = limit
    alpha = first
    low = (0, value, derivative)
    high = (0, value, derivative)
    lastWidth = limit
    widthBefore = 2 * limit
    largest = first + 4 * first
  }

  /// - Parameters: φ and φ' at the step asked for, finite.
  mutating func tell(_ f: Double, _ g: Double) -> Answer {
    let test = decrease * g0
    let bound = f0 + alpha * test
    if stage == 1 && f <= bound && g >= 0 { stage = 2 }
    if f <= bound && abs(g) <= slope * -g0 { return .done }
    if isBracketed && (alpha <= least || alpha >= largest || largest - least <= width * largest) { return .end }
    if alpha >= limit && f <= bound && g <= test { return .end }
    if alpha <= 0 { return .end }
    // In the first stage the decrease is judged less what was asked for.
    let isModified = stage == 1 && f <= low.f && f > bound
    if isModified {
      low.f -= low.a * test
      high.f -= high.a * test
      low.g -= test
      high.g -= test
      step(f - alpha * test, g - test)
      low.f += low.a * test
      high.f += high.a * test
      low.g += test
      high.g += test
    } else {
      step(f, g)
    }
    if isBracketed {
      if abs(high.a - low.a) >= 0.66 * widthBefore { alpha = low.a + 0.5 * (high.a - low.a) }
      widthBefore = lastWidth
      lastWidth = abs(high.a - low.a)
      least = min(low.a, high.a)
      largest = max(low.a, high.a)
    } else {
      least = alpha + 1.1 * (alpha - low.a)
      largest = alpha + 4 * (alpha - low.a)
    }
    alpha = min(max(alpha, 0), limit)
    if isBracketed && (alpha <= least || alpha >= largest) { alpha = low.a }
    return .next(alpha)
  }

  /// The best step so far.
  var best: Double { low.a }

  /// A trial step from cubic and quadratic interpolation, and the new interval of uncertainty.
  private mutating func step(_ f: Double, _ g: Double) {
    let sign = g * (low.g / abs(low.g))
    let next: Double
    if f > low.f {
      let theta = 3 * (low.f - f) / (alpha - low.a) + low.g + g
      let s = max(abs(theta), max(abs(low.g), abs(g)))
      var gamma = s * max(0, theta / s * (theta / s) - low.g / s * (g / s)).squareRoot()
      if alpha < low.a { gamma = -gamma }
      let r = (gamma - low.g + theta) / (gamma - low.g + gamma + g)
      let cubic = low.a + r * (alpha - low.a)
      let quadratic = low.a + low.g / ((low.f - f) / (alpha - low.a) + low.g) / 2 * (alpha - low.a)
      next = abs(cubic - low.a) < abs(quadratic - low.a) ? cubic : cubic + (quadratic - cubic) / 2
      isBracketed = true
    } else if sign < 0 {
      let theta = 3 * (low.f - f) / (alpha - low.a) + low.g + g
      let s = max(abs(theta), max(abs(low.g), abs(g)))
      var gamma = s * max(0, theta / s * (theta / s) - low.g / s * (g / s)).squareRoot()
      if alpha > low.a { gamma = -gamma }
      let r = (gamma - g + theta) / (gamma - g + gamma + low.g)
      let cubic = alpha + r * (low.a - alpha)
      let secant = alpha + g / (g - low.g) * (low.a - alpha)
      next = abs(cubic - alpha) > abs(secant - alpha) ? cubic : secant
      isBracketed = true
    } else if abs(g) < abs(low.g) {
      let theta = 3 * (low.f - f) / (alpha - low.a) + low.g + g
      let s = max(abs(theta), max(abs(low.g), abs(g)))
      var gamma = s * max(0, theta / s * (theta / s) - low.g / s * (g / s)).squareRoot()
      if alpha > low.a { gamma = -gamma }
      let r = (gamma - g + theta) / (gamma + (low.g - g) + gamma)
      let cubic = r < 0 && gamma != 0 ? alpha + r * (low.a - alpha) : (alpha > low.a ? largest : least)
      let secant = alpha + g / (g - low.g) * (low.a - alpha)
      if isBracketed {
        var t = abs(cubic - alpha) < abs(secant - alpha) ? cubic : secant
        let guardPoint = alpha + 0.66 * (high.a - alpha)
        t = alpha > low.a ? min(guardPoint, t) : max(guardPoint, t)
        next = t
      } else {
        next = min(max(abs(cubic - alpha) > abs(secant - alpha) ? cubic : secant, least), largest)
      }
    } else if isBracketed {
      let theta = 3 * (f - high.f) / (high.a - alpha) + high.g + g
      let s = max(abs(theta), max(abs(high.g), abs(g)))
      var gamma = s * max(0, theta / s * (theta / s) - high.g / s * (g / s)).squareRoot()
      if alpha > high.a { gamma = -gamma }
      let r = (gamma - g + theta) / (gamma - g + gamma + high.g)
      next = alpha + r * (high.a - alpha)
    } else {
      next = alpha > low.a ? largest : least
    }
    if f > low.f {
      high = (alpha, f, g)
    } else {
      if sign < 0 { high = low }
      low = (alpha, f, g)
    }
    alpha = next.isNaN ? 0.5 * (low.a + high.a) : next
  }
}
