/// Pairs of constraint violation and barrier function that no later point may be dominated by.
///
/// Source: Fletcher, Leyffer, "Nonlinear programming without a penalty function", 2002; Wächter, Biegler 2006.
struct BarrierFilter {
  private var entries: [(violation: Double, value: Double)] = []

  /// Whether a point is better than each entry in one of the two.
  func accepts(violation: Double, value: Double) -> Bool {
    for entry in entries {
      if violation > entry.violation && !isAtMost(value, entry.value) { return false }
    }
    return true
  }

  mutating func add(violation: Double, value: Double) {
    entries.removeAll { violation <= $0.violation && value <= $0.value }
    entries.append((violation, value))
  }

  mutating func removeAll() { entries.removeAll(keepingCapacity: true) }
}

/// `a <= b` up to the rounding of numbers of the size of b, or of `size`.
@inline(__always)
func isAtMost(_ a: Double, _ b: Double, size: Double? = nil) -> Bool {
  a - b <= 10 * Double.ulpOfOne * abs(size ?? b)
}
