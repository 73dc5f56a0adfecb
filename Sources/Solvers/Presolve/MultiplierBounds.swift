/// Bounds of the multipliers of rows, each with what it rests on: up to eight columns (the signs of their reduced costs)
/// and rows (the signs of their multipliers).
struct MultiplierBounds: ~Copyable {
  /// Columns as their index, signs of rows as -2 less theirs; -1 for none.
  typealias Basis = SIMD8<Int32>
  static var noBasis: Basis { Basis(repeating: -1) }

  private struct Range {
    var low: Double
    var high: Double
    var lowBasis: Basis
    var highBasis: Basis
  }

  private let ranges: UnsafeMutablePointer<Range>
  /// 1 for what has been given up: columns, then rows.
  private let isGivenUp: UnsafeMutablePointer<UInt8>
  private let columnCount: Int
  private let anyGivenUp: UnsafeMutablePointer<Bool>

  init(rows: Int, columns: Int) {
    ranges = .allocate(capacity: rows + 1)
    isGivenUp = .allocate(capacity: rows + columns + 1)
    isGivenUp.initialize(repeating: 0, count: rows + columns + 1)
    columnCount = columns
    anyGivenUp = .allocate(capacity: 1)
    anyGivenUp.initialize(to: false)
  }

  deinit {
    ranges.deallocate()
    isGivenUp.deallocate()
    anyGivenUp.deallocate()
  }

  /// The bounds that the sides of a row give: no multiplier leans on an infinite side.
  @inline(__always)
  func reset(_ i: Int, _ rowLow: Double, _ rowHigh: Double) {
    var basis = Self.noBasis
    basis[0] = -2 - Int32(truncatingIfNeeded: i)
    ranges[i] = Range(
      low: rowHigh < .infinity ? -.infinity : 0, high: rowLow > -.infinity ? .infinity : 0, lowBasis: basis,
      highBasis: basis)
  }

  /// Drops bounds that rest on something given up.
  @inline(__always)
  func refresh(_ i: Int, _ rowLow: Double, _ rowHigh: Double) {
    if !anyGivenUp[0] { return }
    if isValid(ranges[i].lowBasis) && isValid(ranges[i].highBasis) { return }
    let (low, lowBasis) = (ranges[i].low, ranges[i].lowBasis)
    let (high, highBasis) = (ranges[i].high, ranges[i].highBasis)
    reset(i, rowLow, rowHigh)
    if isValid(lowBasis) { (ranges[i].low, ranges[i].lowBasis) = (low, lowBasis) }
    if isValid(highBasis) { (ranges[i].high, ranges[i].highBasis) = (high, highBasis) }
  }

  /// Whether nothing that a bound rests on has been given up.
  func isValid(_ basis: Basis) -> Bool {
    if !anyGivenUp[0] { return true }
    for t in 0..<8 {
      let item = Int(basis[t])
      if item == -1 { return true }
      if isGivenUp[item >= 0 ? item : columnCount - 2 - item] != 0 { return false }
    }
    return true
  }

  /// Smallest and largest value of an entry times the multiplier.
  @inline(__always)
  func terms(_ a: Double, _ i: Int) -> (low: Double, high: Double) {
    let (low, high) = (ranges[i].low, ranges[i].high)
    return a > 0 ? (scaled(a, low), scaled(a, high)) : (scaled(a, high), scaled(a, low))
  }

  /// As ``terms(_:_:)``, by the sign alone where the bound rests on a certain column.
  @inline(__always)
  func terms(
    _ a: Double, _ i: Int, without j: Int, _ rowLow: Double, _ rowHigh: Double
  ) -> (low: Double, high: Double) {
    var (low, high) = (ranges[i].low, ranges[i].high)
    let column = Basis(repeating: Int32(truncatingIfNeeded: j))
    if any(ranges[i].lowBasis .== column) { low = rowHigh < .infinity ? -.infinity : 0 }
    if any(ranges[i].highBasis .== column) { high = rowLow > -.infinity ? .infinity : 0 }
    return a > 0 ? (scaled(a, low), scaled(a, high)) : (scaled(a, high), scaled(a, low))
  }

  @inline(__always)
  private func scaled(_ a: Double, _ bound: Double) -> Double { bound == 0 ? 0 : a * bound }

  @inline(__always)
  func isBetter(_ i: Int, _ limit: Double, isHigh: Bool) -> Bool {
    let step = 1e-6 * max(1, abs(limit))
    return isHigh ? limit < ranges[i].high - step : limit > ranges[i].low + step
  }

  func set(_ i: Int, _ limit: Double, isHigh: Bool, _ basis: Basis) {
    if isHigh {
      ranges[i].high = limit
      ranges[i].highBasis = basis
    } else {
      ranges[i].low = limit
      ranges[i].lowBasis = basis
    }
  }

  /// Adds an item; false when there is no room.
  static func insert(_ item: Int32, into basis: inout Basis) -> Bool {
    for t in 0..<8 {
      if basis[t] == item { return true }
      if basis[t] == -1 {
        basis[t] = item
        return true
      }
    }
    return false
  }

  /// Adds what a bound rests on; false when there is no room.
  func addBasis(of i: Int, isHigh: Bool, to basis: inout Basis) -> Bool {
    let added = isHigh ? ranges[i].highBasis : ranges[i].lowBasis
    for t in 0..<8 {
      if added[t] == -1 { return true }
      if !Self.insert(added[t], into: &basis) { return false }
    }
    return true
  }

  func restsOnSign(of i: Int, _ basis: Basis) -> Bool {
    any(basis .== Basis(repeating: -2 - Int32(truncatingIfNeeded: i)))
  }

  /// The sign of a row's multiplier is not kept any more.
  func giveUpSign(of i: Int) {
    isGivenUp[columnCount + i] = 1
    anyGivenUp[0] = true
  }

  /// The sign of a column's reduced cost is not kept any more.
  func giveUp(_ j: Int) {
    isGivenUp[j] = 1
    anyGivenUp[0] = true
  }
}
