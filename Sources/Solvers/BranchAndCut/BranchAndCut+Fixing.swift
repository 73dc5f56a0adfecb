import LinearAlgebra

/// Bounds that follow from reduced costs and the incumbent.
extension BranchAndCut {
  /// Narrows whole columns at a bound as far as moving them further would pass the cutoff.
  ///
  /// H. Crowder, E. Johnson and M. Padberg, "Solving large-scale zero-one linear programming problems", Operations
  /// Research 31 (1983).
  /// - Complexity: O(whole columns).
  func fixByReducedCosts() {
    // The bound that these reduced costs prove, which the objective of the point may be above.
    let room = cutoff - simplex.formBound
    guard room.isFinite, room >= 0 else { return }
    for j in columns.integers {
      let j = Int(j)
      let (low, high) = (domain.lower[j], domain.upper[j])
      if low == high || simplex.place[j] == .basic { continue }
      let price = simplex.reducedCost(j)
      if price > 1e-9, simplex.place[j] == .lower, low.isFinite {
        let steps = (room / price + 1e-6).rounded(.down)
        if low + steps < high { domain.setUpper(j, low + steps) }
      } else if price < -1e-9, simplex.place[j] == .upper, high.isFinite {
        let steps = (room / -price + 1e-6).rounded(.down)
        if high - steps > low { domain.setLower(j, high - steps) }
      }
    }
  }

  /// Keeps what the root relaxation proves with the present incumbent; between nodes only.
  func tightenGlobally() {
    guard heuristicState.tightenedFor > cutoff, !rootReducedCosts.isEmpty else { return }
    heuristicState.tightenedFor = cutoff
    domain.undo(to: 0)
    let room = cutoff - rootReducedBound
    guard room.isFinite, room >= 0 else { return }
    for j in columns.integers {
      let j = Int(j)
      let price = rootReducedCosts[j]
      let (low, high) = (domain.lower[j], domain.upper[j])
      if low == high || abs(price) <= 1e-9 { continue }
      let steps = (room / abs(price) + 1e-6).rounded(.down)
      if price > 0, low.isFinite, low == rootLower[j], low + steps < high { domain.setUpper(j, low + steps) }
      if price < 0, high.isFinite, high == rootUpper[j], high - steps > low { domain.setLower(j, high - steps) }
    }
    if domain.propagate() {
      domain.keepChanges()
    } else {
      // No point below the cutoff is left anywhere.
      queue.prune(above: -.infinity)
    }
  }

  /// Notes the reduced costs of the root relaxation.
  func keepRoot() {
    rootObjective = max(rootObjective, simplex.formBound)
    rootReducedBound = simplex.formBound
    rootPoint = point.array
    rootReducedCosts = (0..<form.columnCount).map { simplex.place[$0] == .basic ? 0 : simplex.reducedCost($0) }
    rootLower = domain.lower.array
    rootUpper = domain.upper.array
  }
}
