/// Bounds of numbers, each with the premises that it rests on, at most eight.
///
/// A bound counts only while its premises hold, and never in the proof that a premise of its own may be given up: so
/// that whatever is given up follows from what is kept.
struct ProvenBounds: ~Copyable {
  /// Premises, by number; -1 for none, behind all others.
  typealias Basis = SIMD8<Int32>
  static var noBasis: Basis { Basis(repeating: -1) }

  struct Range {
    var low: Double
    var high: Double
  }

  struct Bases {
    var low: Basis
    var high: Basis
  }

  let ranges: UnsafeMutablePointer<Range>
  let bases: UnsafeMutablePointer<Bases>
  private let isGivenUp: UnsafeMutablePointer<UInt8>
  private(set) var isAnyGivenUp = false

  /// - Parameter premises: how many there may be.
  init(count: Int, premises: Int) {
    ranges = .allocate(capacity: count + 1)
    bases = .allocate(capacity: count + 1)
    isGivenUp = .allocate(capacity: premises + 1)
    isGivenUp.initialize(repeating: 0, count: premises + 1)
  }

  deinit {
    ranges.deallocate()
    bases.deallocate()
    isGivenUp.deallocate()
  }

  /// Sets both bounds, which rest on one premise or (-1) on none.
  @inline(__always)
  func set(_ i: Int, low: Double, high: Double, premise: Int = -1) {
    var basis = Self.noBasis
    basis[0] = Int32(truncatingIfNeeded: premise)
    ranges[i] = Range(low: low, high: high)
    bases[i] = Bases(low: basis, high: basis)
  }

  /// Sets one bound.
  @inline(__always)
  func set(_ i: Int, _ bound: Double, isHigh: Bool, _ basis: Basis) {
    if isHigh {
      ranges[i].high = bound
      bases[i].high = basis
    } else {
      ranges[i].low = bound
      bases[i].low = basis
    }
  }

  /// Replaces bounds whose premises have been given up.
  @inline(__always)
  func refresh(_ i: Int, low: Double, high: Double, premise: Int = -1) {
    if !isAnyGivenUp { return }
    let (old, basis) = (ranges[i], bases[i])
    let (isLowValid, isHighValid) = (isValid(basis.low), isValid(basis.high))
    if isLowValid && isHighValid { return }
    set(i, low: low, high: high, premise: premise)
    if isLowValid { set(i, old.low, isHigh: false, basis.low) }
    if isHighValid { set(i, old.high, isHigh: true, basis.high) }
  }

  /// Whether no premise has been given up.
  func isValid(_ basis: Basis) -> Bool {
    if !isAnyGivenUp { return true }
    for t in 0..<8 {
      if basis[t] < 0 { return true }
      if isGivenUp[Int(basis[t])] != 0 { return false }
    }
    return true
  }

  /// The range of a number by bounds that do not rest on a premise, with others in their place.
  @inline(__always)
  func range(_ i: Int, without premise: Int, low: Double, high: Double) -> Range {
    Range(
      low: Self.contains(bases[i].low, premise) ? low : ranges[i].low,
      high: Self.contains(bases[i].high, premise) ? high : ranges[i].high)
  }

  @inline(__always)
  static func contains(_ basis: Basis, _ premise: Int) -> Bool {
    any(basis .== Basis(repeating: Int32(truncatingIfNeeded: premise)))
  }

  /// Adds a premise; false when there is no room.
  static func insert(_ premise: Int, into basis: inout Basis) -> Bool {
    for t in 0..<8 {
      if Int(basis[t]) == premise { return true }
      if basis[t] < 0 {
        basis[t] = Int32(truncatingIfNeeded: premise)
        return true
      }
    }
    return false
  }

  /// Adds the premises of a bound; false when there is no room.
  func addBasis(of i: Int, isHigh: Bool, to basis: inout Basis) -> Bool {
    let added = isHigh ? bases[i].high : bases[i].low
    for t in 0..<8 {
      if added[t] < 0 { return true }
      if !Self.insert(Int(added[t]), into: &basis) { return false }
    }
    return true
  }

  mutating func giveUp(_ premise: Int) {
    isGivenUp[premise] = 1
    isAnyGivenUp = true
  }
}

/// Smallest and largest value of a sum of entries times numbers within bounds.
struct RangeOfSum {
  var least = 0.0
  var most = 0.0
  var leastInfinite = 0
  var mostInfinite = 0
  /// Largest finite term.
  var largest = 0.0

  /// Adds an entry times a number between two bounds.
  @inline(__always)
  mutating func add(_ a: Double, _ low: Double, _ high: Double) {
    let (first, second) = (a > 0 ? low : high, a > 0 ? high : low)
    if first.isFinite {
      let term = a * first
      least += term
      largest = max(largest, abs(term))
    } else {
      leastInfinite += 1
    }
    if second.isFinite {
      let term = a * second
      most += term
      largest = max(largest, abs(term))
    } else {
      mostInfinite += 1
    }
  }

  /// Whether neither end tells anything about any of the numbers.
  var isOpen: Bool { leastInfinite > 1 && mostInfinite > 1 }

  /// The smallest value without one of the terms; -∞ when that is infinite.
  @inline(__always)
  func least(without a: Double, _ low: Double, _ high: Double) -> Double {
    let bound = a > 0 ? low : high
    if !bound.isFinite { return leastInfinite == 1 ? least : -.infinity }
    return leastInfinite == 0 ? least - a * bound : -.infinity
  }

  /// The largest value without one of the terms; ∞ when that is infinite.
  @inline(__always)
  func most(without a: Double, _ low: Double, _ high: Double) -> Double {
    let bound = a > 0 ? high : low
    if !bound.isFinite { return mostInfinite == 1 ? most : .infinity }
    return mostInfinite == 0 ? most - a * bound : .infinity
  }
}
