import LinearAlgebra

/// The primal phase: columns between their bounds that are not basic to a bound.
extension Crossover {
  /// - Returns: whether all was done before the context asked to stop.
  func pushValues() -> Bool {
    func distance(_ k: Int) -> Double { min(x[k] - problem.lower[k], problem.upper[k] - x[k]) }
    // The shortest ways first: they are stopped the least.
    let work = (0..<problem.count).filter { place[$0] == .between }.map { (distance($0), $0) }.sorted(by: <)
    for (number, (_, k)) in work.enumerated() where place[k] == .between {
      if number & 15 == 0 && context.shouldStop { return false }
      if isDue {
        refactor()
        recompute(reducedCosts: false)
      }
      statistics.primalPushes += 1
      computeDirection(k)
      let (low, high) = (problem.lower[k], problem.upper[k])
      let isFree = low == -.infinity && high == .infinity
      // A reduced cost says which bound.
      let isLow = z[k] == 0 ? x[k] - low <= high - x[k] : z[k] > 0
      let goal: Place = isFree ? .zero : isLow && low.isFinite || high == .infinity ? .lower : .upper
      let target = isFree ? 0 : goal == .lower ? low : high
      guard let (row, step, isStoppedLow) = stopOfValue(target - x[k]) else {
        move(k, by: target - x[k])
        place[k] = goal
        x[k] = target
        continue
      }
      move(k, by: step)
      exchange(k, row: row, newPlace: isStoppedLow ? .lower : .upper)
      statistics.primalExchanges += 1
    }
    return true
  }

  /// Moves a column and with it the basic ones.
  private func move(_ k: Int, by step: Double) {
    if step == 0 { return }
    for t in 0..<direction.entryCount {
      let i = Int(direction.indices[t])
      x[Int(head[i])] -= step * direction.values[i]
    }
    x[k] += step
  }

  /// The row whose basic column is the first to reach a bound on the way, how far the way is then, and which bound it
  /// is; nil when none does.
  private func stopOfValue(_ way: Double) -> (row: Int, step: Double, isLow: Bool)? {
    let length = abs(way)
    let sign: Double = way > 0 ? 1 : -1
    var longest = length
    let least = leastPivot(direction)
    for t in 0..<direction.entryCount {
      let i = Int(direction.indices[t])
      let d = sign * direction.values[i]
      if abs(d) <= least { continue }
      let room = room(Int(head[i]), d)
      if room == .infinity { continue }
      longest = min(longest, (room + options.slack) / abs(d))
    }
    if longest >= length { return nil }
    var best = -1
    for t in 0..<direction.entryCount {
      let i = Int(direction.indices[t])
      let d = sign * direction.values[i]
      if abs(d) <= least || room(Int(head[i]), d) > longest * abs(d) { continue }
      if best < 0 || abs(d) > abs(direction.values[best]) { best = i }
    }
    if best < 0 { return nil }
    let d = sign * direction.values[best]
    return (best, sign * min(room(Int(head[best]), d) / abs(d), length), d > 0)
  }

  /// How far a basic column can fall (`d > 0`) or rise.
  @inline(__always)
  private func room(_ k: Int, _ d: Double) -> Double {
    max(0, d > 0 ? x[k] - problem.lower[k] : problem.upper[k] - x[k])
  }
}
