import LinearAlgebra

/// The dual simplex method.
extension Simplex {
  /// Solves from the present basis.
  ///
  /// - Parameters:
  ///   - iterationLimit: steps at most.
  ///   - cutoff: an objective, in the form's units of a minimization without constant, above which the answer does not
  ///     matter.
  ///   - isExact: whether ``Options/cleanupSteps`` do not matter, so that the optimum is one of the true costs.
  ///   - shouldStop: asked every few steps.
  func solve(
    iterationLimit: Int = .max, cutoff: Double = .infinity, isExact: Bool = false, shouldStop: () -> Bool = { false }
  ) -> Status {
    let limit = iterationLimit == .max ? Int.max : iterations + iterationLimit
    let scaledCutoff = cutoff.isFinite ? cutoff * problem.costScale : .infinity
    for k in 0..<count where lower[k] > upper[k] + options.primalTolerance {
      proveByBounds()
      return .infeasible
    }
    if !isFactored {
      refactor()
    } else {
      if areReducedCostsStale { recomputeReducedCosts() }
      applyMoves()
    }
    // Rarely more than two rounds: perturbed costs, then what is left with the true ones.
    for round in 0..<8 {
      let status = runDual(limit: limit, cutoff: scaledCutoff, mayPerturb: round < 3, shouldStop: shouldStop)
      if status != .optimal { return status }
      if hasShiftedCosts {
        restoreCosts()
        if dualInfeasibility <= options.dualTolerance { return .optimal }
        let enough = isExact || options.cleanupSteps == .max ? Int.max : iterations + options.cleanupSteps
        let status = runPrimal(limit: min(limit, enough), shouldStop: shouldStop)
        // A feasible point whose multipliers prove a bound that is good enough.
        if status == .iterationLimit && iterations < limit && violationSum <= 0 { return .optimal }
        if status != .optimal { return status }
        if violationSum <= 0 { return .optimal }
        continue
      }
      return .optimal
    }
    return .failed
  }

  /// Whether the costs are those of the problem again, with reduced costs to match.
  func restoreCosts() {
    cost = Vector(problem.cost)
    hasShiftedCosts = false
    recomputeReducedCosts()
  }

  /// The largest wrong sign of a reduced cost.
  var dualInfeasibility: Double {
    var worst = 0.0
    for k in 0..<count {
      switch place[k] {
      case .basic: continue
      case .lower: if lower[k] != upper[k] { worst = max(worst, -z[k]) }
      case .upper: if lower[k] != upper[k] { worst = max(worst, z[k]) }
      case .zero: worst = max(worst, abs(z[k]))
      }
    }
    return worst
  }

  private var violationSum: Double {
    var sum = 0.0
    for row in 0..<rowCount { sum += violations[row] }
    return sum
  }

  /// Brings columns with a reduced cost of the wrong sign to their other bound, or takes the reduced cost away where
  /// there is none.
  private func makeDualFeasible() {
    let d = z.pointer
    for k in 0..<count where place[k] != .basic {
      let (low, high) = (lower[k], upper[k])
      if low == high { continue }
      switch place[k] {
      case .lower where d[k] < -options.dualTolerance:
        if high.isFinite { place[k] = .upper; settle(k) } else { shiftCost(k) }
      case .upper where d[k] > options.dualTolerance:
        if low.isFinite { place[k] = .lower; settle(k) } else { shiftCost(k) }
      case .zero where abs(d[k]) > options.dualTolerance: shiftCost(k)
      default: break
      }
    }
    applyMoves()
  }

  /// Changes the cost of a column off the basis so that its reduced cost is zero.
  @inline(__always)
  private func shiftCost(_ k: Int) {
    cost.pointer[k] -= z.pointer[k]
    z.pointer[k] = 0
    hasShiftedCosts = true
  }

  /// Moves reduced costs away from zero, each by a random amount.
  private func perturbCosts() {
    for k in 0..<count where place[k] != .basic && lower[k] != upper[k] && place[k] != .zero {
      let size = options.perturbation * (1 + abs(cost[k])) * Double.random(in: 0.5..<1.5, using: &generator)
      let change = place[k] == .lower ? size : -size
      cost[k] += change
      z[k] += change
    }
    hasShiftedCosts = true
  }

  private func runDual(limit: Int, cutoff: Double, mayPerturb: Bool, shouldStop: () -> Bool) -> Status {
    makeDualFeasible()
    var objective = presentObjective
    var stalled = 0
    var retries = 0
    var isPerturbed = false
    while true {
      if isDue {
        refactor()
        makeDualFeasible()
        objective = presentObjective
      }
      if iterations >= limit { return .iterationLimit }
      if iterations & 15 == 15 && shouldStop() { return .stopped }
      let row = leavingRow()
      if row < 0 {
        if basis.replacementCount > 0 && !isAccurate() {
          refactor()
          makeDualFeasible()
          objective = presentObjective
          retries += 1
          if retries > 5 { return .failed }
          continue
        }
        return .optimal
      }
      computePivotRow(row)
      // The weight as it is; when the one kept was much too small, other rows may be better.
      var length = 0.0
      let rho = multipliers
      for t in 0..<rho.entryCount {
        let value = rho.values[Int(rho.indices[t])]
        length += value * value
      }
      let leaving = Int(head[row])
      let kept = weights[leaving]
      weights[leaving] = length
      if kept * 4 < length && violations[row] > 0 { continue }

      let isAbove = x[leaving] > upper[leaving]
      let violation = isAbove ? x[leaving] - upper[leaving] : lower[leaving] - x[leaving]
      collectRatios(sign: isAbove ? 1 : -1)
      guard let chosen = ratios.choose(slope: violation, tolerance: options.dualTolerance) else {
        if basis.replacementCount > 0 {
          refactor()
          makeDualFeasible()
          objective = presentObjective
          retries += 1
          if retries > 100 { return .failed }
          continue
        }
        if proveInfeasible(row) { return .infeasible }
        // The row contradicts the bounds by no more than rounding errors do.
        violations[row] = 0
        continue
      }
      let entering = Int(chosen)
      computeDirection(entering)
      let pivot = direction.values[row]
      let estimate = prices.values[entering]
      if abs(pivot - estimate) > 1e-6 * (1 + abs(pivot)) || abs(pivot) < 1e-9 {
        retries += 1
        if basis.replacementCount > 0 && retries <= 50 {
          refactor()
          makeDualFeasible()
          objective = presentObjective
        } else {
          if retries > 100 { return .failed }
          violations[row] = 0
        }
        continue
      }
      steepest.clear()
      let tau = steepest
      for t in 0..<rho.entryCount {
        let i = Int(rho.indices[t])
        tau.add(rho.values[i], at: i)
      }
      basis.solve(tau, tolerance: options.drop)
      // Reduced costs.
      if (z[entering] > 0) != (place[entering] == .lower) && place[entering] != .zero || z[entering] == 0 {
        if z[entering] != 0 { shiftCost(entering) }
      }
      let step = z[entering] / estimate
      let before = objective
      updateReducedCosts(entering: entering, leaving: leaving, step: step)
      // Flips of columns passed on the way.
      for k in ratios.flips {
        let k = Int(k)
        place[k] = place[k] == .lower ? .upper : .lower
        settle(k)
      }
      applyMoves()
      // Values.
      let bound = isAbove ? upper[leaving] : lower[leaving]
      let length2 = (x[leaving] - bound) / pivot
      updateValues(by: length2)
      x[entering] += length2
      x[leaving] = bound
      updateWeights(row: row, pivot: pivot, length: length, entering: entering, leaving: leaving)
      exchange(entering, row: row, leavingTo: isAbove ? .upper : .lower)
      noteViolation(row)
      iterations += 1
      objective += abs(step) * violation
      stalled = objective > before + 1e-12 * (1 + abs(before)) ? 0 : stalled + 1
      if mayPerturb && !isPerturbed && stalled > options.stalledSteps {
        isPerturbed = true
        perturbCosts()
      }
      if objective > cutoff && iterations & 3 == 0 {
        objective = presentObjective
        if objective > cutoff && provesCutoff(cutoff) { return .cutOff }
      }
    }
  }

  /// The objective with the present, perhaps perturbed, costs.
  private var presentObjective: Double {
    let (c, v) = (cost.pointer, x.pointer)
    var total = 0.0
    for k in 0..<count { total += c[k] * v[k] }
    return total
  }

  /// The row with the largest violation for the length of its row of the inverse; -1 when none is violated.
  private func leavingRow() -> Int {
    let (v, w) = (violations.pointer, weights.pointer)
    var best = -1
    var most = 0.0
    head.withUnsafeBufferPointer { head in
      for row in 0..<head.count where v[row] > 0 {
        let weight = w[Int(head[row])]
        if v[row] > most * weight {
          most = v[row] / weight
          best = row
        }
      }
    }
    return best
  }

  /// Columns whose reduced cost falls to zero when the leaving one's grows.
  private func collectRatios(sign: Double) {
    ratios.clear()
    let (values, d, low, high) = (prices.values, z.pointer, lower.pointer, upper.pointer)
    let (indices, entryCount) = (prices.indices, prices.entryCount)
    let least = 1e-9
    place.withUnsafeBufferPointer { place in
      for t in 0..<entryCount {
        let k = Int(indices[t])
        let a = sign * values[k]
        switch place[k] {
        case .basic: continue
        case .lower: if a <= least || low[k] == high[k] { continue }
        case .upper: if a >= -least || low[k] == high[k] { continue }
        case .zero: if abs(a) <= least { continue }
        }
        let price = place[k] == .lower ? d[k] : place[k] == .upper ? -d[k] : 0
        ratios.add(Int32(truncatingIfNeeded: k), size: abs(a), price: price, range: high[k] - low[k])
      }
    }
  }

  private func updateReducedCosts(entering: Int, leaving: Int, step: Double) {
    let (values, d) = (prices.values, z.pointer)
    let (indices, entryCount) = (prices.indices, prices.entryCount)
    if step != 0 {
      for t in 0..<entryCount {
        let k = Int(indices[t])
        d[k] -= step * values[k]
      }
    }
    // Basic columns keep a reduced cost of zero, whatever rounding left in the pivot row.
    d[entering] = 0
    d[leaving] = -step
  }

  private func updateValues(by length: Double) {
    let direction = direction
    moveBasic(direction.indices, direction.entryCount, direction.values, by: -length)
  }

  private func updateWeights(row: Int, pivot: Double, length: Double, entering: Int, leaving: Int) {
    let (w, values, tau) = (weights.pointer, direction.values, steepest.values)
    let (indices, entryCount) = (direction.indices, direction.entryCount)
    head.withUnsafeBufferPointer { head in
      for t in 0..<entryCount {
        let i = Int(indices[t])
        if i == row { continue }
        let ratio = values[i] / pivot
        let k = Int(head[i])
        w[k] = max(w[k] + ratio * (ratio * length - 2 * tau[i]), 1e-4)
      }
    }
    w[entering] = max(length / (pivot * pivot), 1e-4)
  }

  /// Whether a fresh computation of a few rows agrees with the values kept.
  private func isAccurate() -> Bool {
    let (n, v) = (columnCount, x.pointer)
    var worst = 0.0
    problem.rowStarts.withUnsafeBufferPointer { starts in
      problem.rowColumns.withUnsafeBufferPointer { columns in
        problem.rowValues.withUnsafeBufferPointer { values in
          for i in 0..<rowCount {
            var sum = -v[n + i]
            var size = abs(v[n + i])
            for e in starts[i]..<starts[i + 1] {
              let term = values[e] * v[Int(columns[e])]
              sum += term
              size = max(size, abs(term))
            }
            worst = max(worst, abs(sum) / max(1, size))
          }
        }
      }
    }
    return worst <= options.primalTolerance
  }
}
