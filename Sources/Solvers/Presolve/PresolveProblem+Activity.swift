/// Ranges of rows within the bounds of their columns.
///
/// M. W. P. Savelsbergh, "Preprocessing and probing techniques for mixed integer programming problems", ORSA Journal on
/// Computing 6 (1994), section 1.
extension PresolveProblem {
  /// Contributions beyond this count as infinite: in a sum with them the others would be lost to rounding.
  private static var largestContribution: Double { 1e10 }
  /// Sums are formed anew after this many changes.
  private static var updateLimit: Int32 { 50 }

  /// Smallest and largest value of an entry's term.
  @inline(__always)
  func contribution(_ a: Double, _ j: Int) -> (low: Double, high: Double) {
    let (low, high) = a > 0 ? (a * lower[j], a * upper[j]) : (a * upper[j], a * lower[j])
    return (
      abs(low) > Self.largestContribution ? -.infinity : low, abs(high) > Self.largestContribution ? .infinity : high
    )
  }

  /// The range of a row, from sums formed anew when `isFresh`, and otherwise possibly from updated ones.
  @inline(__always)
  func activity(_ i: Int, isFresh: Bool) -> Activity {
    let known = activities[i]
    if known.updates == 0 || (!isFresh && known.updates > 0) { return known }
    return computedActivity(i)
  }

  private func computedActivity(_ i: Int) -> Activity {
    var result = Activity()
    result.updates = 0
    var k = matrix.rowHead[i]
    while k >= 0 {
      let e = matrix.entries[Int(k)]
      let (low, high) = contribution(e.value, Int(e.column))
      if low > -.infinity {
        result.least += low
        result.largest = max(result.largest, abs(low))
      } else {
        result.leastInfinite += 1
      }
      if high < .infinity {
        result.most += high
        result.largest = max(result.largest, abs(high))
      } else {
        result.mostInfinite += 1
      }
      k = e.rowNext
    }
    activities[i] = result
    return result
  }

  /// Takes an entry's term out of the range of its row.
  @inline(__always)
  func forgetContribution(_ a: Double, column j: Int, row i: Int) {
    let known = activities[i].updates
    if known < 0 { return }
    if known >= Self.updateLimit {
      activities[i].updates = -1
      return
    }
    let (low, high) = contribution(a, j)
    if low > -.infinity { activities[i].least -= low } else { activities[i].leastInfinite -= 1 }
    if high < .infinity { activities[i].most -= high } else { activities[i].mostInfinite -= 1 }
    activities[i].updates = known + 1
  }

  /// The range of a row without one of its entries.
  @inline(__always)
  func residual(_ range: Activity, _ a: Double, _ j: Int) -> (least: Double, most: Double) {
    let (low, high) = contribution(a, j)
    let least: Double
    if low > -.infinity {
      least = range.leastInfinite == 0 ? range.least - low : -.infinity
    } else {
      least = range.leastInfinite == 1 ? range.least : -.infinity
    }
    let most: Double
    if high < .infinity {
      most = range.mostInfinite == 0 ? range.most - high : .infinity
    } else {
      most = range.mostInfinite == 1 ? range.most : .infinity
    }
    return (least, most)
  }

  /// Bounds of a column that a row implies, given the bounds of the row's other columns.
  @inline(__always)
  func impliedBounds(_ i: Int, _ a: Double, _ j: Int, _ range: Activity) -> (lower: Double, upper: Double) {
    let (least, most) = residual(range, a, j)
    let low = (rowLower[i] - most) / a
    let high = (rowUpper[i] - least) / a
    // Infinite sides and ranges stay infinite: no side of a row is +∞ below or -∞ above.
    return a > 0 ? (low, high) : (high, low)
  }
}
