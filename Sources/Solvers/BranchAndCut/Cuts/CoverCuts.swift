extension CutSeparation {
  /// Lifted cover inequalities of all rows.
  ///
  /// Columns that are not binary are moved to the side at the bound that leaves most room, continuous ones at their
  /// variable bound, so that rows of fixed-charge models become knapsacks of the charges.
  /// - Complexity: O(entries log entries + ``CutOptions/effort``).
  func separateCovers(into cuts: inout [Cut]) {
    let table = rows
    let limit = cuts.count + options.cutLimit
    var effort = 0
    for i in 0..<rows.count where mayHaveCover(i) {
      clearAggregate()
      addRow(i, 1)
      for sign in [1.0, -1.0] {
        // Towards a side that does not exist there is no knapsack.
        let z = columnCount + i
        if (sign > 0 ? upper[z] : lower[z]).isInfinite { continue }
        separateCovers(sign, &effort, into: &cuts)
      }
      effort += 4 * (table.starts[i + 1] - table.starts[i])
      if effort > options.effort || cuts.count >= limit { break }
    }
    clearAggregate()
  }

  /// Lifted cover inequalities of both directions of the aggregation.
  /// - Complexity: O(entries log entries + entries × right-hand side of the cover).
  func coversOfAggregate(into cuts: inout [Cut]) {
    var effort = 0
    for sign in [1.0, -1.0] { separateCovers(sign, &effort, into: &cuts) }
  }

  /// Whether a row has a fractional binary column, and entries of different sizes: covers of others say what the row
  /// itself says when its side is rounded.
  private func mayHaveCover(_ i: Int) -> Bool {
    let (table, near) = (rows, options.integrality)
    let first = table.starts[i]
    if table.starts[i + 1] - first < 2 { return false }
    let size = abs(table.values[first])
    // A side that is a multiple of the entries is rounded already.
    let isRounded = [lower[columnCount + i], upper[columnCount + i]].allSatisfy { side in
      side.isInfinite || (side / size).rounded() * size == side
    }
    var (isFractional, hasSizes) = (false, !isRounded)
    for k in first..<table.starts[i + 1] {
      let j = Int(table.columns[k])
      if abs(table.values[k]) != size || isInteger[j] == 0 || upper[j] - lower[j] != 1 { hasSizes = true }
      if isInteger[j] != 0 {
        if point[j] > lower[j] + near && point[j] < upper[j] - near { isFractional = true }
      } else if variableBounds.bestLower[j] >= 0 || variableBounds.bestUpper[j] >= 0 {
        isFractional = true
      }
      if isFractional && hasSizes { return true }
    }
    return false
  }

  /// Lifted cover inequalities of the aggregation, read as `sign * row <= 0`.
  private func separateCovers(_ sign: Double, _ effort: inout Int, into cuts: inout [Cut]) {
    guard let knapsack = relaxToKnapsack(sign) else { return }
    let items = knapsack.weights.count
    let near = options.integrality
    let total = knapsack.weights.reduce(0, +)
    let tolerance = 1e-7 * max(1, abs(knapsack.capacity))
    if knapsack.capacity < -tolerance || total <= knapsack.capacity + tolerance { return }
    if !knapsack.point.contains(where: { $0 > near && $0 < 1 - near }) { return }
    let byRatio = (0..<items).sorted { a, b in
      let first = (1 - knapsack.point[a]) * knapsack.weights[b]
      let second = (1 - knapsack.point[b]) * knapsack.weights[a]
      return first != second ? first < second : a < b
    }
    let byValue = (0..<items).sorted { a, b in
      if knapsack.point[a] != knapsack.point[b] { return knapsack.point[a] > knapsack.point[b] }
      return knapsack.weights[a] != knapsack.weights[b] ? knapsack.weights[a] > knapsack.weights[b] : a < b
    }
    effort += 20 * items
    var previous: [Int] = []
    for order in [byRatio, byValue] {
      let cover = minimalCover(knapsack, order, tolerance)
      if cover == previous { continue }
      previous = cover
      let distance = cover.reduce(0) { $0 + 1 - knapsack.point[$1] }
      if distance >= 2 { continue }
      let before = cuts.count
      lift(cover, knapsack, order: byValue, keepsOnes: false, &effort, into: &cuts)
      if cuts.count == before { lift(cover, knapsack, order: byValue, keepsOnes: true, &effort, into: &cuts) }
    }
  }

  /// `Σ weights[k] x'[k] <= capacity` with binary x' and positive weights.
  private struct Knapsack {
    var columns: [Int32] = []
    var isComplemented: [Bool] = []
    var weights: [Double] = []
    var point: [Double] = []
    var capacity = 0.0
  }

  /// Moves everything but binary columns to the side.
  /// - Returns: nil when something has no bound to be moved at.
  private func relaxToKnapsack(_ sign: Double) -> Knapsack? {
    let (work, source, bounds, n) = (substituted, aggregate, variableBounds, columnCount)
    let (lower, upper, point, isInteger) = (lower, upper, point, isInteger)
    work.clear()
    var side = 0.0
    for k in 0..<source.count {
      let j = Int(source.columns[k])
      let a = sign * source.values[j]
      if a == 0 { continue }
      if isInteger[j] != 0 {
        work.add(j, a)
        continue
      }
      if j < n && a > 0 && bounds.bestLower[j] >= 0 && bounds.lowerValue[j] >= lower[j] - 1e-9 {
        let bound = bounds.lowerBounds[Int(bounds.bestLower[j])]
        side -= a * bound.constant
        work.add(Int(bound.y), a * bound.slope)
      } else if j < n && a < 0 && bounds.bestUpper[j] >= 0 && bounds.upperValue[j] <= upper[j] + 1e-9 {
        let bound = bounds.upperBounds[Int(bounds.bestUpper[j])]
        side -= a * bound.constant
        work.add(Int(bound.y), a * bound.slope)
      } else {
        let least = a > 0 ? a * lower[j] : a * upper[j]
        if !least.isFinite { return nil }
        side -= least
      }
    }
    var knapsack = Knapsack()
    let noise = 1e-9 * aggregateSize
    for k in 0..<work.count {
      let j = Int(work.columns[k])
      let a = work.values[j]
      if a == 0 { continue }
      let least = a > 0 ? a * lower[j] : a * upper[j]
      if !least.isFinite { return nil }
      side -= least
      if upper[j] - lower[j] != 1 || abs(a) <= noise { continue }
      knapsack.columns.append(Int32(truncatingIfNeeded: j))
      knapsack.isComplemented.append(a < 0)
      knapsack.weights.append(abs(a))
      knapsack.point.append(a > 0 ? point[j] - lower[j] : upper[j] - point[j])
    }
    knapsack.capacity = side
    return knapsack.weights.isEmpty ? nil : knapsack
  }

  /// The first items of an order that exceed the capacity, without those that are not needed for it.
  private func minimalCover(_ knapsack: Knapsack, _ order: [Int], _ tolerance: Double) -> [Int] {
    var cover: [Int] = []
    var weight = 0.0
    for k in order {
      cover.append(k)
      weight += knapsack.weights[k]
      if weight > knapsack.capacity + tolerance { break }
    }
    let point = knapsack.point
    for k in cover.sorted(by: { point[$0] != point[$1] ? point[$0] < point[$1] : $0 < $1 })
    where cover.count > 1 && weight - knapsack.weights[k] > knapsack.capacity + tolerance {
      weight -= knapsack.weights[k]
      cover.removeAll { $0 == k }
    }
    return cover.sorted()
  }

  private func lift(
    _ cover: [Int], _ knapsack: Knapsack, order: [Int], keepsOnes: Bool, _ effort: inout Int, into cuts: inout [Cut]
  ) {
    let near = options.integrality
    var free = keepsOnes ? cover : cover.filter { knapsack.point[$0] < 1 - near }
    if free.isEmpty { free = [cover[0]] }
    var isFree = [Bool](repeating: false, count: knapsack.weights.count)
    var isInCover = isFree
    for k in cover { isInCover[k] = true }
    for k in free { isFree[k] = true }
    let ones = order.filter { isInCover[$0] && !isFree[$0] }
    if keepsOnes && ones.isEmpty && !cover.contains(where: { knapsack.point[$0] >= 1 - near }) { return }
    let outside = order.filter { !isInCover[$0] }
    var lifting = CoverLifting(weights: knapsack.weights, capacity: knapsack.capacity)
    lifting.lift(
      free: free, ones: ones, first: outside.filter { knapsack.point[$0] > near },
      last: outside.filter { knapsack.point[$0] <= near })
    effort += lifting.effort + 10 * knapsack.weights.count
    let result = result
    result.clear()
    var side = Double(lifting.side)
    var size = abs(side)
    for (k, entry) in lifting.entries.enumerated() where entry > 0 {
      let j = Int(knapsack.columns[k])
      let value = knapsack.isComplemented[k] ? -Double(entry) : Double(entry)
      result.add(j, value)
      let shift = value * (knapsack.isComplemented[k] ? upper[j] : lower[j])
      side += shift
      size = max(size, abs(shift))
    }
    finish(side, size, .cover, into: &cuts)
  }
}
