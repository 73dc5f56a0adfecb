import Constraints
import LinearAlgebra

/// Draws points to start nonlinear solves from: the given one first, then random ones between the bounds; where a bound is
/// missing, around the given value at distances of several magnitudes.
struct StartSampler: Sendable {
  let lower: [Double]
  let upper: [Double]
  let given: [Double]
  let seed: UInt64

  /// Start number k, the same for the same seed whatever was drawn before.
  func start(_ k: Int) -> [Double] {
    if k == 0 { return given }
    var random = SplitMix64(seed: seed &+ UInt64(k) &* 0x9E37_79B9_7F4A_7C15)
    // A start is near the given one or far from it in all components alike.
    let reach = [1.0, 10, 100][k % 3]
    return given.indices.map { j in
      let (low, high) = (lower[j], upper[j])
      let unit = min(max(1, abs(given[j])), 1e100)
      // Between bounds that say little, too, starts near the given point are worth more.
      if high - low <= 1e3 * unit { return Double.random(in: low...max(low, high), using: &random) }
      let x = given[j] + reach * unit * Double.random(in: -1...1, using: &random)
      if x < low { return min(high, 2 * low - x) }
      if x > high { return max(low, 2 * high - x) }
      return x
    }
  }
}
