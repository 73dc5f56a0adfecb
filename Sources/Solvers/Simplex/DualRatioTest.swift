import LinearAlgebra

/// The ratio test of the dual simplex method: which column enters, and which ones go from one bound to the other on the
/// way because the objective still rises beyond the zero of their reduced cost.
///
/// I. Maros, "A generalized dual phase-2 simplex algorithm", European Journal of Operational Research 149 (2003);
/// P. Harris, "Pivot selection methods of the Devex LP code", Mathematical Programming 5 (1973) for the tolerance.
struct DualRatioTest {
  private struct Candidate {
    var column: Int32
    /// Size of the entry of the pivot row.
    var size: Double
    /// Size of the reduced cost, never negative.
    var price: Double
    /// Distance between the bounds.
    var range: Double
  }

  private var candidates: [Candidate] = []
  /// Ends of groups of candidates with about the same ratio, in the order of ratios.
  private var groupEnds: [Int] = []
  /// Columns to be flipped, after ``choose(slope:tolerance:)``.
  private(set) var flips: [Int32] = []

  /// Whether no column limits the step.
  var isEmpty: Bool { candidates.isEmpty }

  mutating func clear() {
    candidates.removeAll(keepingCapacity: true)
    flips.removeAll(keepingCapacity: true)
  }

  @inline(__always)
  mutating func add(_ column: Int32, size: Double, price: Double, range: Double) {
    candidates.append(Candidate(column: column, size: size, price: max(0, price), range: range))
  }

  /// The entering column; nil when the dual objective rises without end. Slopes are compared to within 1e-7 of the first.
  ///
  /// - Parameters:
  ///   - slope: violation of the leaving column's bound.
  ///   - tolerance: how far reduced costs may pass zero, for a larger pivot.
  /// - Complexity: O(candidates) for each tenfold of the step.
  mutating func choose(slope violation: Double, tolerance: Double) -> Int32? {
    var slope = violation
    var first = 0
    let total = candidates.count
    groupEnds.removeAll(keepingCapacity: true)
    // Groups in the order of ratios until the slope turns.
    while first < total {
      var longest = Double.infinity
      for k in first..<total {
        let c = candidates[k]
        longest = min(longest, (c.price + tolerance) / c.size)
      }
      var end = first
      for k in first..<total where candidates[k].price <= longest * candidates[k].size {
        slope -= candidates[k].size * candidates[k].range
        if k != end { candidates.swapAt(k, end) }
        end += 1
      }
      groupEnds.append(end)
      first = end
      if slope < 0 { break }
    }
    // All flipped and the row still violated: it contradicts the bounds, unless by no more than rounding errors.
    if total == 0 || slope > 1e-7 * violation { return nil }
    // The largest pivot of the last group, or of one before if that is much larger.
    var (bestGroup, best) = (-1, -1)
    var largest = 0.0
    for g in groupEnds.indices.reversed() {
      let start = g == 0 ? 0 : groupEnds[g - 1]
      var top = start
      for k in start..<groupEnds[g] where candidates[k].size > candidates[top].size { top = k }
      if candidates[top].size > largest {
        if best < 0 || largest < 1e-4 {
          (bestGroup, best) = (g, top)
          largest = candidates[top].size
        }
      }
      if largest >= 1e-4 { break }
    }
    let flipped = bestGroup == 0 ? 0 : groupEnds[bestGroup - 1]
    for k in 0..<flipped { flips.append(candidates[k].column) }
    return candidates[best].column
  }
}
