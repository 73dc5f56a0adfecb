import LinearAlgebra

/// The dual phase: reduced costs of basic columns to zero.
extension Crossover {
  /// - Returns: whether all was done before the context asked to stop.
  func pushReducedCosts() -> Bool {
    let n = problem.columnCount
    let multipliers = SparseVector(count: problem.rowCount)
    let prices = SparseVector(count: problem.count)
    // The smallest first: they are stopped the least.
    let work = head.filter { z[Int($0)] != 0 }.sorted { abs(z[Int($0)]) < abs(z[Int($1)]) }
    for (number, column) in work.enumerated() {
      if number & 15 == 0 && context.shouldStop { return false }
      let p = Int(column)
      guard rowOf[p] >= 0, z[p] != 0 else { continue }
      if isDue {
        refactor()
        recompute(reducedCosts: true)
        if rowOf[p] < 0 { continue }
      }
      statistics.dualPushes += 1
      let row = Int(rowOf[p])
      multipliers.clear()
      multipliers.add(1, at: row)
      basis.solveTransposed(multipliers, tolerance: options.drop)
      prices.clear()
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
      guard let (entering, step) = stopOfReducedCost(p, prices) else {
        shiftReducedCosts(p, prices, by: z[p])
        z[p] = 0
        continue
      }
      computeDirection(entering)
      let pivot = direction.values[row]
      if abs(pivot - prices.values[entering]) > 1e-6 * max(1, abs(pivot)) || abs(pivot) <= 0.1 * options.pivot {
        // The two ways to compute the pivot disagree: the push has to wait for a new factorization.
        refactor()
        recompute(reducedCosts: true)
        continue
      }
      shiftReducedCosts(p, prices, by: step)
      let left = z[p] - step
      z[p] = left
      z[entering] = 0
      exchange(entering, row: row, newPlace: placeOf(p))
      statistics.dualExchanges += 1
    }
    return true
  }

  /// `z -= by * prices` off the basis.
  private func shiftReducedCosts(_ p: Int, _ prices: SparseVector, by step: Double) {
    for t in 0..<prices.entryCount {
      let j = Int(prices.indices[t])
      if place[j] != .basic { z[j] -= step * prices.values[j] }
    }
  }

  /// The column whose reduced cost is the first to reach zero when that of basic column p goes there, and how far p's
  /// has come by then; nil when none does.
  ///
  /// P. Harris, "Pivot selection methods of the Devex LP code", Mathematical Programming 5 (1973).
  private func stopOfReducedCost(_ p: Int, _ prices: SparseVector) -> (column: Int, step: Double)? {
    let target = z[p]
    let sign = target > 0 ? 1.0 : -1.0
    // Lengths of steps are counted in multiples of the target.
    var longest = 1.0
    let least = leastPivot(prices)
    for t in 0..<prices.entryCount {
      let j = Int(prices.indices[t])
      guard let room = room(j, sign * prices.values[j], least) else { continue }
      longest = min(longest, (room + options.slack) / (abs(prices.values[j]) * abs(target)))
    }
    if longest >= 1 { return nil }
    var best = -1
    for t in 0..<prices.entryCount {
      let j = Int(prices.indices[t])
      guard let room = room(j, sign * prices.values[j], least), room <= longest * abs(prices.values[j]) * abs(target) else {
        continue
      }
      if best < 0 || abs(prices.values[j]) > abs(prices.values[best]) { best = j }
    }
    if best < 0 { return nil }
    let room = room(best, sign * prices.values[best], least) ?? 0
    return (best, sign * min(room / abs(prices.values[best]), abs(target)))
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
