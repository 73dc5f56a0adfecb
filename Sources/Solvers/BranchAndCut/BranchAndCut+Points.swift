import LinearAlgebra

/// Points from the relaxation at hand.
extension BranchAndCut {
  /// Takes the relaxation's point, whole as it is.
  /// - Returns: whether the node is done with.
  func offerRelaxation(source: String = "branch and cut") -> Bool {
    let candidate = point.array
    if simplex.objective > cutoff { return true }
    if !columns.hasContinuous {
      return offer(candidate, source: source) || form.value(ofWhole: candidate) >= cutoff
    }
    if offer(candidate, source: source) { return true }
    return offerFixed(source: source)
  }

  /// Fixes the whole columns at the nearest whole numbers and solves for the others.
  func offerFixed(source: String = "branch and cut") -> Bool {
    let x = point.array
    let kept = simplex.snapshot()
    for j in columns.integers {
      let value = x[Int(j)].rounded()
      simplex.setBounds(Int(j), lower: value, upper: value)
    }
    let status = simplex.solve(shouldStop: environment.shouldStop)
    var isDone = status == .infeasible
    if status == .optimal {
      let objective = simplex.objective
      isDone = offer(simplex.point, source: source) || objective > cutoff
    }
    for j in columns.integers {
      simplex.setBounds(Int(j), lower: domain.lower[Int(j)], upper: domain.upper[Int(j)])
    }
    simplex.restore(kept)
    // Rows that the rounded point violates were only violated by rounding: the node is not empty for certain.
    return status == .infeasible ? false : isDone
  }

  /// Rounds each fractional column in a direction in which no row limits it, if all have one.
  func roundRelaxation() {
    guard options.heuristics != .off else { return }
    if simplex.objective > cutoff { return }
    if fractional.contains(where: { columns.upLocks[Int($0)] > 0 && columns.downLocks[Int($0)] > 0 }) {
      roundWithinSlacks()
      return
    }
    var candidate = point.array
    for j in fractional {
      let j = Int(j)
      candidate[j] = columns.downLocks[j] == 0 ? candidate[j].rounded(.down) : candidate[j].rounded(.up)
    }
    offer(candidate, source: "simple rounding")
  }

  /// Fixes whole columns at whole numbers near the relaxation's point, those that are nearest first, each followed by
  /// propagation; a column whose number is ruled out takes the next one. Continuous columns are solved for at the end.
  /// - Complexity: O(whole columns log whole columns + propagation).
  func roundWithPropagation() {
    guard options.heuristics != .off, !options.isInner, end == nil, simplex.objective <= cutoff else { return }
    let x = point.pointer
    let order = columns.integers.map { j -> (distance: Double, column: Int) in
      let value = x[Int(j)]
      // Ones before zeros: they decide more.
      let distance = abs(value - value.rounded())
      return (abs(value) < 0.5 ? distance + 0.5 : distance, Int(j))
    }.sorted { ($0.distance, $0.column) < ($1.distance, $1.column) }
    note(work: form.entryCount)
    let mark = domain.mark
    defer {
      domain.undo(to: mark)
      passBounds()
    }
    for (position, (_, j)) in order.enumerated() where !domain.isFixed(j) {
      if position & 63 == 63 && environment.shouldStop() { return }
      let target = min(max(x[j].rounded(), domain.lower[j]), domain.upper[j])
      let before = domain.mark
      domain.setLower(j, target)
      domain.setUpper(j, target)
      if !domain.isInfeasible && domain.propagate() { continue }
      domain.undo(to: before)
      let other = x[j] > target && target < domain.upper[j] || target == domain.lower[j] ? target + 1 : target - 1
      guard other >= domain.lower[j], other <= domain.upper[j] else { return }
      domain.setLower(j, other)
      domain.setUpper(j, other)
      if domain.isInfeasible || !domain.propagate() { return }
    }
    var candidate = point.array
    for j in columns.integers { candidate[Int(j)] = domain.lower[Int(j)] }
    offerCompleted(candidate, source: "rounding with propagation")
  }

  /// Moves fractional columns to whole numbers as far as slacks allow.
  private func roundWithinSlacks() {
    if options.isInner { return }
    var rows = PointActivities(point.array, activities: (0..<form.rowCount).map { simplex.activity($0) }, form: form, columns: columns)
    if ShiftRounding(integrality: options.integrality).round(&rows, fractional: fractional) {
      offer(rows.point, source: "shift rounding")
    }
    note(work: rows.work)
  }
}

extension LinearForm {
  /// The objective, without constant, with values rounded in whole columns.
  func value(ofWhole point: [Double]) -> Double {
    var total = 0.0
    for j in 0..<columnCount { total += objective[j] * (isInteger[j] != 0 ? point[j].rounded() : point[j]) }
    return total
  }
}
