/// Families of valid inequalities.
enum CutKind: String, Sendable, CaseIterable {
  case gomory
  case mir
  case cover
  case flowCover
  case clique
  case zeroHalf
  case impliedBound
  /// Rows that separators of the form state.
  case stated
}

/// An inequality `Σ values[k] x[columns[k]] <= upper`, valid for all whole points within the global bounds it was
/// found with. No column repeats.
struct Cut: Sendable {
  var columns: [Int32]
  var values: [Double]
  var upper: Double
  var kind: CutKind

  /// Value of the left-hand side at a point of all columns.
  func activity(at point: UnsafePointer<Double>) -> Double {
    var total = 0.0
    for k in 0..<columns.count { total += values[k] * point[Int(columns[k])] }
    return total
  }

  /// Euclidean length of the coefficients.
  var norm: Double {
    var total = 0.0
    for value in values { total += value * value }
    return total.squareRoot()
  }

  /// Distance of the point from the half-space, positive where the point is cut off.
  func efficacy(at point: UnsafePointer<Double>) -> Double {
    let length = norm
    return length > 0 ? (activity(at: point) - upper) / length : 0
  }

  /// Equal for cuts that differ by a positive factor only: largest entry scaled to 1, then rounded to 24 bits.
  var hash: UInt64 {
    var largest = 0.0
    for value in values { largest = max(largest, abs(value)) }
    if largest == 0 { return 0 }
    // A sum over the entries, so that their order does not matter.
    var total: UInt64 = 0
    for k in 0..<columns.count {
      let scaled = Int64((values[k] / largest * 0x1p24).rounded())
      var z = UInt64(bitPattern: scaled) &* 0x9E37_79B9_7F4A_7C15
      z ^= UInt64(UInt32(bitPattern: columns[k])) &* 0xBF58_476D_1CE4_E5B9
      z = (z ^ (z >> 30)) &* 0x94D0_49BB_1331_11EB
      total = total &+ (z ^ (z >> 31))
    }
    return total
  }
}
