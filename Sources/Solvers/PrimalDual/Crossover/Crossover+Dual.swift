import LinearAlgebra

/// The dual phase: reduced costs of basic columns to zero.
extension Crossover {
  /// - Returns: whether all was done before the context asked to stop.
  func pushReducedCosts() -> Bool {
    // The smallest first: they are stopped the least.
    let work = head.map { Int($0) }.filter { z[$0] != 0 }.sorted { abs(z[$0]) < abs(z[$1]) }
    var queue = PushQueue(count: work.count)
    while let (range, isGroup) = queue.next() {
      if context.shouldStop { return false }
      if isGroup {
        let members = work[range].filter { place[$0] == .basic && z[$0] != 0 }
        queue.note(range, passed: pushTogether(members))
        continue
      }
      for (number, position) in range.enumerated() {
        if number & 15 == 15 && context.shouldStop { return false }
        if isDue {
          refactor()
          recompute(reducedCosts: true)
        }
        if place[work[position]] == .basic && z[work[position]] != 0 { push(work[position]) }
      }
    }
    return true
  }

  private func push(_ p: Int) {
    statistics.dualPushes += 1
    let row = Int(rowOf[p])
    multipliers.clear()
    multipliers.add(1, at: row)
    basis.solveTransposed(multipliers, tolerance: options.drop)
    computePrices()
    guard let (entering, step) = stopOfReducedCost(p) else {
      shiftReducedCosts(by: z[p])
      z[p] = 0
      return
    }
    computeDirection(entering)
    let pivot = direction.values[row]
    let isReliable = abs(pivot - prices.values[entering]) <= 1e-6 * max(1, abs(pivot))
    if !isReliable || abs(pivot) <= 0.1 * options.pivot {
      // The two ways to compute the pivot disagree: the push has to wait for a new factorization.
      refactor()
      recompute(reducedCosts: true)
      return
    }
    shiftReducedCosts(by: step)
    z[p] -= step
    z[entering] = 0
    exchange(entering, row: row, newPlace: placeOf(p))
    statistics.dualExchanges += 1
  }

  /// Pushes reduced costs of basic columns to zero, if those of no others stop them.
  private func pushTogether(_ columns: [Int]) -> Bool {
    statistics.groups += 1
    multipliers.clear()
    for p in columns { multipliers.add(z[p], at: Int(rowOf[p])) }
    basis.solveTransposed(multipliers)
    computePrices()
    for t in 0..<prices.entryCount {
      let j = Int(prices.indices[t])
      if let room = room(j, prices.values[j], 0), abs(prices.values[j]) > room + options.slack { return false }
    }
    shiftReducedCosts(by: 1)
    for p in columns { z[p] = 0 }
    statistics.dualPushes += columns.count
    return true
  }

  /// Multiplies the multipliers with all columns and slacks.
  private func computePrices() {
    prices.clear()
    let n = problem.columnCount
    problem.rowStarts.withUnsafeBufferPointer { starts in
      problem.rowColumns.withUnsafeBufferPointer { columns in
        problem.rowValues.withUnsafeBufferPointer { values in
          for t in 0..<multipliers.entryCount {
            let i = Int(multipliers.indices[t])
            let rho = multipliers.values[i]
            if rho == 0 { continue }
            for e in starts[i]..<starts[i + 1] { prices.add(rho * values[e], at: Int(columns[e])) }
            prices.add(-rho, at: n + i)
          }
        }
      }
    }
  }

  /// `z -= step * prices` off the basis.
  private func shiftReducedCosts(by step: Double) {
    for t in 0..<prices.entryCount {
      let j = Int(prices.indices[t])
      if place[j] != .basic { z[j] -= step * prices.values[j] }
    }
  }

  /// The column whose reduced cost is the first to reach zero when that of basic column p goes there, and how far p's
  /// has come by then; nil when none does.
  ///
  /// P. Harris, "Pivot selection methods of the Devex LP code", Mathematical Programming 5 (1973).
  private func stopOfReducedCost(_ p: Int) -> (column: Int, step: Double)? {
    let length = abs(z[p])
    let sign = z[p] > 0 ? 1.0 : -1.0
    var longest = length
    let least = leastPivot(prices)
    for t in 0..<prices.entryCount {
      let j = Int(prices.indices[t])
      guard let room = room(j, sign * prices.values[j], least) else { continue }
      longest = min(longest, (room + options.slack) / abs(prices.values[j]))
    }
    if longest >= length { return nil }
    var best = -1
    var bestRoom = 0.0
    for t in 0..<prices.entryCount {
      let j = Int(prices.indices[t])
      guard let room = room(j, sign * prices.values[j], least), room <= longest * abs(prices.values[j]) else { continue }
      if best < 0 || abs(prices.values[j]) > abs(prices.values[best]) { (best, bestRoom) = (j, room) }
    }
    if best < 0 { return nil }
    return (best, sign * min(bestRoom / abs(prices.values[best]), length))
  }

  /// How far the reduced cost of a column can fall (`price > 0`) or rise; nil when nothing stops it.
  @inline(__always)
  private func room(_ j: Int, _ price: Double, _ least: Double) -> Double? {
    if abs(price) <= least { return nil }
    switch place[j] {
    case .basic: return nil
    case .lower:
      if price < 0 || problem.lower[j] == problem.upper[j] { return nil }
      return max(0, z[j])
    case .upper: return price > 0 ? nil : max(0, -z[j])
    case .zero: return 0
    case .between: return z[j] == 0 ? 0 : (z[j] > 0) == (price > 0) ? abs(z[j]) : nil
    }
  }
}
