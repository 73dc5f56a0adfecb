import Constraints

extension LinearForm {
  /// The multipliers without those that are rounding error against the largest, at the smallest threshold with which
  /// they contradict the bounds; nil when they never do.
  /// - Parameter multipliers: one a row, in the signs of ``Certificate/farkas(rows:)``.
  /// - Complexity: O(entries).
  func contradiction(in multipliers: [Double]) -> [Double]? {
    let largest = multipliers.reduce(0) { max($0, abs($1)) }
    for threshold in [0, 1e-14, 1e-12, 1e-10, 1e-8, 1e-7, 1e-6, 1e-5] {
      let clean = multipliers.map { abs($0) <= threshold * largest ? 0 : $0 }
      if isContradiction(clean) { return clean }
    }
    return nil
  }

  /// Whether the rows added up with these multipliers demand more than the bounds allow. Infinite bounds are charged as
  /// the checker charges them.
  private func isContradiction(_ y: [Double]) -> Bool {
    guard y.count == rowCount else { return false }
    let largest = y.reduce(0) { max($0, abs($1)) }
    if largest == 0 || !largest.isFinite { return false }
    var combined = [Double](repeating: 0, count: columnCount)
    var least = 0.0
    var entering = 0.0
    for i in 0..<rowCount where y[i] != 0 {
      let side = y[i] > 0 ? rowLower[i] : rowUpper[i]
      if !side.isFinite {
        if abs(y[i]) > 1e-9 * largest { return false }
        continue
      }
      least += y[i] * side
      entering = max(entering, abs(y[i] * side))
      for k in starts[i]..<starts[i + 1] { combined[Int(entryColumns[k])] += y[i] * entryValues[k] }
    }
    var most = 0.0
    for j in 0..<columnCount where combined[j] != 0 {
      let side = combined[j] > 0 ? columnUpper[j] : columnLower[j]
      let reach = side.isFinite ? combined[j] * side : abs(combined[j]) * Checker.Options().radius
      most += reach
      if side.isFinite { entering = max(entering, abs(reach)) }
    }
    return least - most > 1e-8 * entering
  }
}
