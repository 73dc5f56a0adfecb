/// Covers of rows with continuous columns, lifted.
///
/// For `Σ a_j x_j <= b + s` with binary x, a > 0 and s >= 0, and a cover C: `Σ_C a_j = b + λ` with λ > 0,
///
///     Σ_C min(a_j, λ) x_j + Σ_{j not in C} φ(a_j) x_j <= Σ_C min(a_j, λ) - λ + s
///
/// where φ is superadditive, so that columns outside of the cover are lifted independently of each other. Over rows
/// whose continuous columns were replaced by their variable bounds this gives lifted flow covers.
///
/// H. Marchand and L. A. Wolsey, "The 0-1 knapsack problem with a single continuous variable", Mathematical Programming
/// 85 (1999), section 3; Z. Gu, G. L. Nemhauser and M. W. P. Savelsbergh, "Lifted flow cover inequalities for mixed 0-1
/// integer programs", Mathematical Programming 85 (1999).
extension CutSeparation {
  /// Lifted covers of the row in ``rounding``; columns that are whole and not binary count as continuous.
  /// - Complexity: O(columns log columns).
  func coverSubstituted(into cuts: inout [Cut]) {
    let row = rounding
    let near = options.integrality
    var items: [Int] = []
    var hasFraction = false
    var slack = -row.realActivity
    for k in 0..<row.wholeCount {
      guard row.wholeWidth[k] == 1 else {
        if row.wholeValues[k] < 0 { slack -= row.wholeValues[k] * row.wholePoint[k] }
        continue
      }
      if row.wholeValues[k] < 0 { row.complement(k) }
      if row.wholeValues[k] > 0 { items.append(k) }
      if row.wholePoint[k] > near && row.wholePoint[k] < 1 - near { hasFraction = true }
    }
    // Without slack the knapsack has lifted covers that are stronger.
    guard hasFraction, row.realCount > 0 || items.count < row.wholeCount else { return }
    let tolerance = 1e-6 * max(1, abs(row.side))
    if row.side < tolerance { return }
    let (values, x) = (row.wholeValues, row.wholePoint)
    let byRatio = items.sorted { a, b in
      let (first, second) = ((1 - x[a]) * values[b], (1 - x[b]) * values[a])
      return first != second ? first < second : a < b
    }
    let byContribution = items.sorted { a, b in
      let (isFull, isOtherFull) = (x[a] >= 1 - near, x[b] >= 1 - near)
      if isFull != isOtherFull { return isFull }
      let (first, second) = (values[a] * x[a], values[b] * x[b])
      return first != second ? first > second : a < b
    }
    var best: (efficacy: Double, cover: LiftedCover)?
    for order in [byRatio, byContribution] {
      guard let cover = LiftedCover(order, values, capacity: row.side, tolerance: tolerance) else { continue }
      var activity = -slack
      var squares = row.realSquares
      for k in items {
        let value = cover.coefficient(k, values[k])
        activity += value * x[k]
        squares += value * value
      }
      for k in 0..<row.wholeCount where row.wholeWidth[k] != 1 { squares += min(0, values[k]) * min(0, values[k]) }
      let efficacy = squares > 0 ? (activity - cover.side) / squares.squareRoot() : 0
      if efficacy > max(options.efficacy, best?.efficacy ?? 0) { best = (efficacy, cover) }
    }
    guard let cover = best?.cover else { return }
    undoSubstitution(side: cover.side, realFactor: 1, kind: .flowCover, into: &cuts) { k in
      if row.wholeWidth[k] != 1 { return min(0, values[k]) }
      return values[k] > 0 ? cover.coefficient(k, values[k]) : 0
    }
  }
}

/// A cover of a knapsack with a continuous column, and its lifting function.
private struct LiftedCover {
  private let isInCover: Set<Int>
  /// What the cover exceeds the capacity by.
  private let excess: Double
  /// Sums of the largest entries of the cover, of those that are above the excess.
  private let sums: [Double]
  /// The right-hand side, without the continuous column.
  let side: Double

  /// The first items of an order that exceed the capacity by a clear amount; nil when all together don't, or no entry is
  /// above the excess.
  init?(
    _ order: [Int], _ values: UnsafePointer<Double>, capacity: Double, tolerance: Double
  ) {
    var weight = 0.0
    var cover: [Int] = []
    for k in order {
      cover.append(k)
      weight += values[k]
      if weight > capacity + tolerance { break }
    }
    let excess = weight - capacity
    guard excess > tolerance else { return nil }
    var total = -excess
    var sums = [0.0]
    for value in cover.map({ values[$0] }).sorted(by: >) {
      total += min(value, excess)
      if value > excess { sums.append(sums[sums.count - 1] + value) }
    }
    guard sums.count > 1 else { return nil }
    isInCover = Set(cover)
    self.excess = excess
    self.sums = sums
    side = total
  }

  /// Entry of an item: cut off at the excess in the cover, lifted outside.
  func coefficient(_ k: Int, _ value: Double) -> Double {
    isInCover.contains(k) ? min(value, excess) : lifted(value)
  }

  /// φ: steps of height λ before each sum of the largest entries, flat in between.
  private func lifted(_ value: Double) -> Double {
    for i in 1..<sums.count {
      if value <= sums[i] - excess { return Double(i - 1) * excess }
      if value <= sums[i] { return Double(i) * excess - (sums[i] - value) }
    }
    return Double(sums.count - 1) * excess + (value - sums[sums.count - 1])
  }
}
