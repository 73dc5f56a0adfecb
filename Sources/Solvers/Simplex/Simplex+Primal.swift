import LinearAlgebra

/// The primal simplex method, for what the dual one leaves: reduced costs of the wrong sign at a feasible point.
extension Simplex {
  /// Goes on from a primal feasible basis to an optimal one.
  func runPrimal(limit: Int, shouldStop: () -> Bool) -> Status {
    var references = [Double](repeating: 1, count: count)
    var retries = 0
    var stalled = 0
    while true {
      if isDue { refactor() }
      if iterations >= limit { return .iterationLimit }
      if iterations & 15 == 15 && shouldStop() { return .stopped }
      let entering = enteringColumn(references, byChance: stalled > options.stalledPrimalSteps)
      if entering < 0 { return .optimal }
      computeDirection(entering)
      let sign: Double = z[entering] < 0 ? 1 : -1
      guard let stop = primalRatio(entering, sign: sign) else {
        if basis.replacementCount > 0 {
          refactor()
          retries += 1
          if retries > 20 { return .failed }
          continue
        }
        keepRay(entering, sign: sign)
        return .unbounded
      }
      iterations += 1
      stalled = stop.step > 1e-12 ? 0 : stalled + 1
      if stop.row < 0 {
        // The column reaches its other bound first.
        shiftValues(entering, by: sign * stop.step)
        place[entering] = place[entering] == .lower ? .upper : .lower
        x[entering] = place[entering] == .lower ? lower[entering] : upper[entering]
        continue
      }
      let pivot = direction.values[stop.row]
      computePivotRow(stop.row)
      let estimate = prices.values[entering]
      if abs(pivot - estimate) > 1e-6 * (1 + abs(pivot)) {
        retries += 1
        if retries > 50 || basis.replacementCount == 0 { return .failed }
        refactor()
        continue
      }
      let leaving = Int(head[stop.row])
      shiftValues(entering, by: sign * stop.step)
      x[leaving] = stop.isLow ? lower[leaving] : upper[leaving]
      let step = z[entering] / pivot
      let d = z.pointer
      let reference = references[entering]
      for t in 0..<prices.entryCount {
        let k = Int(prices.indices[t])
        let ratio = prices.values[k] / pivot
        d[k] -= step * prices.values[k]
        references[k] = max(references[k], ratio * ratio * reference)
      }
      d[entering] = 0
      d[leaving] = -step
      references[leaving] = max(reference / (pivot * pivot), 1)
      exchange(entering, row: stop.row, leavingTo: stop.isLow ? .lower : .upper)
      noteViolation(stop.row)
    }
  }

  /// The column with the largest reduced cost of the wrong sign for its Devex weight; -1 when there is none.
  private func enteringColumn(_ references: [Double], byChance: Bool) -> Int {
    var best = -1
    var most = 0.0
    let tolerance = options.dualTolerance
    let (d, low, high) = (z.pointer, lower.pointer, upper.pointer)
    place.withUnsafeBufferPointer { place in
      references.withUnsafeBufferPointer { references in
        for k in 0..<place.count {
          let value = d[k]
          switch place[k] {
          case .basic: continue
          case .lower: if value >= -tolerance || low[k] == high[k] { continue }
          case .upper: if value <= tolerance || low[k] == high[k] { continue }
          case .zero: if abs(value) <= tolerance { continue }
          }
          if value * value > most * references[k] {
            if byChance && best >= 0 && generator.next() & 3 != 0 { continue }
            most = value * value / references[k]
            best = k
          }
        }
      }
    }
    return best
  }

  /// Where the way of an entering column ends: the row whose basic column stops it, or row -1 for its own other bound;
  /// nil when nothing does.
  private func primalRatio(_ entering: Int, sign: Double) -> (row: Int, step: Double, isLow: Bool)? {
    let slack = options.primalTolerance
    var longest = Double.infinity
    var largest = 1.0
    for t in 0..<direction.entryCount { largest = max(largest, abs(direction.values[Int(direction.indices[t])])) }
    let least = options.pivot * largest
    for t in 0..<direction.entryCount {
      let row = Int(direction.indices[t])
      let fall = sign * direction.values[row]
      if abs(fall) <= least { continue }
      let k = Int(head[row])
      let room = fall > 0 ? x[k] - lower[k] : upper[k] - x[k]
      if room == .infinity { continue }
      longest = min(longest, (max(room, 0) + slack) / abs(fall))
    }
    let own = upper[entering] - lower[entering]
    if own <= longest && own.isFinite { return (-1, own, false) }
    if longest == .infinity { return nil }
    var best = -1
    var size = 0.0
    for t in 0..<direction.entryCount {
      let row = Int(direction.indices[t])
      let fall = sign * direction.values[row]
      if abs(fall) <= least || abs(fall) <= size { continue }
      let k = Int(head[row])
      let room = fall > 0 ? x[k] - lower[k] : upper[k] - x[k]
      if max(room, 0) <= longest * abs(fall) {
        best = row
        size = abs(fall)
      }
    }
    let k = Int(head[best])
    let isLow = sign * direction.values[best] > 0
    let room = isLow ? x[k] - lower[k] : upper[k] - x[k]
    return (best, max(room, 0) / size, isLow)
  }

  /// Moves a column off the basis and with it the basic ones.
  private func shiftValues(_ entering: Int, by step: Double) {
    x[entering] += step
    moveBasic(direction.indices, direction.entryCount, direction.values, by: -step)
  }

  /// Keeps the direction of an entering column that nothing stops, in the form's units.
  private func keepRay(_ entering: Int, sign: Double) {
    ray = [Double](repeating: 0, count: columnCount)
    let scale = problem.columnScale
    if entering < columnCount { ray[entering] = sign * scale[entering] }
    for t in 0..<direction.entryCount {
      let row = Int(direction.indices[t])
      let k = Int(head[row])
      if k < columnCount { ray[k] = -sign * direction.values[row] * scale[k] }
    }
  }
}
