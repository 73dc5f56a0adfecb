import LinearAlgebra

/// The primal phase: columns between their bounds that are not basic to a bound.
extension Crossover {
  /// - Returns: whether all was done before the context asked to stop.
  func pushValues() -> Bool {
    // The shortest ways first: they are stopped the least.
    let work = (0..<problem.count).filter { place[$0] == .between }.map { (abs(goal($0).value - x[$0]), $0) }
      .sorted(by: <).map(\.1)
    var queue = PushQueue(count: work.count)
    while let (range, isGroup) = queue.next() {
      if context.shouldStop { return false }
      if isGroup {
        let members = work[range].filter { place[$0] == .between }
        queue.note(range, passed: pushTogether(members))
        continue
      }
      for (number, position) in range.enumerated() where place[work[position]] == .between {
        if number & 15 == 15 && context.shouldStop { return false }
        if isDue {
          refactor()
          recompute(reducedCosts: false)
        }
        push(work[position])
      }
    }
    return true
  }

  /// Where a column between its bounds is pushed: to the bound that its reduced cost asks for, or else the nearest.
  private func goal(_ k: Int) -> (place: Place, value: Double) {
    let (low, high) = (problem.lower[k], problem.upper[k])
    if low == -.infinity && high == .infinity { return (.zero, 0) }
    let isLow = z[k] == 0 ? x[k] - low <= high - x[k] : z[k] > 0
    return isLow && low.isFinite || high == .infinity ? (.lower, low) : (.upper, high)
  }

  private func push(_ k: Int) {
    statistics.primalPushes += 1
    computeDirection(k)
    let goal = goal(k)
    guard let (row, step, isLow) = stopOfValue(goal.value - x[k]) else {
      move(k, by: goal.value - x[k])
      place[k] = goal.place
      x[k] = goal.value
      return
    }
    move(k, by: step)
    exchange(k, row: row, newPlace: isLow ? .lower : .upper)
    statistics.primalExchanges += 1
  }

  /// Pushes columns all the way, if no basic column stops them.
  private func pushTogether(_ columns: [Int]) -> Bool {
    statistics.groups += 1
    direction.clear()
    problem.matrix.starts.withUnsafeBufferPointer { starts in
      problem.matrix.rowIndices.withUnsafeBufferPointer { rows in
        problem.matrix.values.withUnsafeBufferPointer { values in
          for k in columns {
            let way = goal(k).value - x[k]
            for e in starts[k]..<starts[k + 1] { direction.add(way * values[e], at: Int(rows[e])) }
          }
        }
      }
    }
    basis.solve(direction)
    for t in 0..<direction.entryCount {
      let i = Int(direction.indices[t])
      let d = direction.values[i]
      if abs(d) > room(Int(head[i]), d) + options.slack { return false }
    }
    for t in 0..<direction.entryCount {
      let i = Int(direction.indices[t])
      x[Int(head[i])] -= direction.values[i]
    }
    for k in columns { (place[k], x[k]) = goal(k) }
    statistics.primalPushes += columns.count
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

  /// The row whose basic column is the first to reach a bound on the way, how far the way is then, and whether it is the
  /// lower bound; nil when none does.
  ///
  /// P. Harris, "Pivot selection methods of the Devex LP code", Mathematical Programming 5 (1973).
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
