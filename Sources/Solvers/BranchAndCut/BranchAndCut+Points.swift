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
    for j in fractional where columns.upLocks[Int(j)] > 0 && columns.downLocks[Int(j)] > 0 { return }
    var candidate = point.array
    for j in fractional {
      let j = Int(j)
      candidate[j] = columns.downLocks[j] == 0 ? candidate[j].rounded(.down) : candidate[j].rounded(.up)
    }
    offer(candidate, source: "simple rounding")
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
