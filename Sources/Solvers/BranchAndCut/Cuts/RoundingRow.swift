/// A row after bound substitution, ready to be rounded: all columns are at least 0.
///
///     Σ wholeValues[k] x'[k] + Σ realValues[k] t[k] <= side,   x' whole, x' >= 0, t >= 0
///
/// H. Marchand and L. A. Wolsey, "Aggregation and mixed integer rounding to solve MIPs", Operations Research 49 (2001),
/// section 3. Owns memory that is freed by ``deallocate()``.
final class RoundingRow {
  /// What a continuous column was replaced by.
  enum Substitution: UInt8 {
    case lower
    case upper
    case variableLower
    case variableUpper
  }

  let wholeColumns: UnsafeMutablePointer<Int32>
  let wholeValues: UnsafeMutablePointer<Double>
  let wholePoint: UnsafeMutablePointer<Double>
  let wholeWidth: UnsafeMutablePointer<Double>
  /// 1 where x' is the distance from the upper bound.
  let isComplemented: UnsafeMutablePointer<UInt8>
  var wholeCount = 0
  let realColumns: UnsafeMutablePointer<Int32>
  let realValues: UnsafeMutablePointer<Double>
  let substitutions: UnsafeMutablePointer<Substitution>
  var realCount = 0
  /// Whether a continuous column was replaced by a variable bound.
  var hasVariableBounds = false
  /// Whether one took another bound than the nearest.
  var differsFromNearest = false
  var side = 0.0
  /// Largest number that entered the side.
  var sideSize = 0.0
  /// `Σ realValues[k] t[k]` at the point, of negative entries only, and the sum of their squares.
  var realActivity = 0.0
  var realSquares = 0.0

  init(capacity: Int) {
    wholeColumns = .allocate(capacity: capacity + 1)
    wholeValues = .allocate(capacity: capacity + 1)
    wholePoint = .allocate(capacity: capacity + 1)
    wholeWidth = .allocate(capacity: capacity + 1)
    isComplemented = .allocate(capacity: capacity + 1)
    realColumns = .allocate(capacity: capacity + 1)
    realValues = .allocate(capacity: capacity + 1)
    substitutions = .allocate(capacity: capacity + 1)
  }

  func deallocate() {
    wholeColumns.deallocate()
    wholeValues.deallocate()
    wholePoint.deallocate()
    wholeWidth.deallocate()
    isComplemented.deallocate()
    realColumns.deallocate()
    realValues.deallocate()
    substitutions.deallocate()
  }

  /// The largest whole number that is not larger.
  @inline(__always)
  static func floor(_ value: Double) -> Double {
    // Smaller than 2^52 in size here, so that the conversion is exact; on machines without an instruction for rounding
    // it is several times faster than the library's function.
    let truncated = Double(Int(value))
    return truncated > value ? truncated - 1 : truncated
  }

  /// Efficacy, in the space of x' and t, of the row divided by a number and rounded; 0 when the fraction is unfit.
  /// - Complexity: O(whole columns).
  func efficacy(dividedBy divisor: Double, _ options: CutOptions) -> Double {
    let scale = 1 / divisor
    let scaledSide = side * scale
    if abs(scaledSide) > 1e12 { return 0 }
    let whole = Self.floor(scaledSide)
    let fraction = scaledSide - whole
    if fraction < options.leastFraction || fraction > options.mostFraction { return 0 }
    let factor = 1 / (1 - fraction)
    let (values, x) = (wholeValues, wholePoint)
    var activity = realActivity * scale * factor
    for k in 0..<wholeCount where x[k] != 0 {
      let a = values[k] * scale
      if abs(a) > 1e12 { return 0 }
      let low = Self.floor(a)
      let excess = a - low - fraction
      activity += (excess > 0 ? low + excess * factor : low) * x[k]
    }
    let violation = activity - whole
    if violation <= 1e-9 * max(1, abs(whole)) { return 0 }
    var squares = realSquares * scale * scale * factor * factor
    for k in 0..<wholeCount {
      let a = values[k] * scale
      if abs(a) > 1e12 { return 0 }
      let low = Self.floor(a)
      let excess = a - low - fraction
      let rounded = excess > 0 ? low + excess * factor : low
      squares += rounded * rounded
    }
    return squares > 0 ? violation / squares.squareRoot() : 0
  }

  /// Replaces a whole column by its distance from the other bound.
  func complement(_ k: Int) {
    let shift = wholeValues[k] * wholeWidth[k]
    side -= shift
    sideSize = max(sideSize, abs(shift))
    wholeValues[k] = -wholeValues[k]
    wholePoint[k] = wholeWidth[k] - wholePoint[k]
    isComplemented[k] ^= 1
  }
}
