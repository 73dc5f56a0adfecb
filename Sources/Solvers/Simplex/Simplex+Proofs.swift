import LinearAlgebra

/// Proofs that rest on multipliers and bounds alone, whatever the simplex method's state is worth.
extension Simplex {
  /// The best bound on the objective that the present multipliers prove, scaled, with the problem's own costs.
  ///
  /// For any y, `cᵀx = (c - Aᵀy)ᵀx` on all points with [A -I] x = 0, which is at least the sum of the products' least
  /// values between the bounds (A. Neumaier and O. Shcherbina, "Safe bounds in linear and mixed-integer linear
  /// programming", Mathematical Programming 99, 2004).
  /// - Complexity: O(entries + a solve with the basis) when costs are perturbed, O(columns + rows) otherwise.
  func provenBound() -> Double {
    var total = 0.0
    let (low, high) = (lower.pointer, upper.pointer)
    let d: UnsafeMutablePointer<Double>
    let clean = Vector(count: hasShiftedCosts ? count : 0)
    if hasShiftedCosts {
      let perturbed = (cost, z)
      cost = Vector(problem.cost)
      z = clean
      recomputeReducedCosts()
      (cost, z) = perturbed
      d = clean.pointer
    } else {
      d = z.pointer
    }
    for k in 0..<count {
      let value = d[k]
      if value == 0 { continue }
      let bound = value > 0 ? low[k] : high[k]
      if bound.isFinite {
        total += value * bound
      } else if abs(value) > options.dualTolerance {
        return -.infinity
      }
    }
    withExtendedLifetime(clean) {}
    return total
  }

  /// Whether the multipliers prove that the optimum is above the cutoff; takes perturbed costs back if they don't.
  func provesCutoff(_ cutoff: Double) -> Bool {
    provenBound() > cutoff
  }

  /// The proven bound in the form's units.
  var formBound: Double { provenBound() / problem.costScale }

  /// Whether the row of the inverse contradicts the bounds by more than rounding errors; keeps it as the proof.
  func proveInfeasible(_ row: Int) -> Bool {
    // Σ rho_i (A_i x - s_i) = 0 for all x: with rho afresh, the range of the left side must leave out zero.
    let rho = multipliers
    let sums = prices
    sums.clear()
    let n = columnCount
    for t in 0..<rho.entryCount {
      let i = Int(rho.indices[t])
      let weight = rho.values[i]
      if weight == 0 { continue }
      for e in problem.rowStarts[i]..<problem.rowStarts[i + 1] {
        sums.add(weight * problem.rowValues[e], at: Int(problem.rowColumns[e]))
      }
      sums.add(-weight, at: n + i)
    }
    var (least, most, size) = (0.0, 0.0, 1.0)
    for t in 0..<sums.entryCount {
      let k = Int(sums.indices[t])
      let a = sums.values[k]
      if abs(a) <= 1e-12 { continue }
      let (low, high) = (a > 0 ? lower[k] : upper[k], a > 0 ? upper[k] : lower[k])
      least += a * low
      most += a * high
      if low.isFinite { size = max(size, abs(a * low)) }
      if high.isFinite { size = max(size, abs(a * high)) }
    }
    guard least > options.primalTolerance * size || most < -options.primalTolerance * size else { return false }
    let sign: Double = least > 0 ? 1 : -1
    farkasRow = [Double](repeating: 0, count: rowCount)
    for t in 0..<rho.entryCount {
      let i = Int(rho.indices[t])
      farkasRow[i] = -sign * rho.values[i] * problem.rowScale[i]
    }
    return true
  }

  /// The row of the inverse that belongs to a basic column, as weights of the form's rows; tiny ones left out.
  func tableauRow(_ k: Int) -> (rows: [Int32], weights: [Double]) {
    multipliers.clear()
    multipliers.add(1, at: Int(rowOf[k]))
    basis.solveTransposed(multipliers, tolerance: 1e-11)
    let order = (0..<multipliers.entryCount).map { multipliers.indices[$0] }.sorted()
    let kept = order.filter { multipliers.values[Int($0)] != 0 }
    return (kept, kept.map { multipliers.values[Int($0)] * problem.rowScale[Int($0)] })
  }

  /// Crossed bounds are a proof without rows.
  func proveByBounds() { farkasRow = [Double](repeating: 0, count: rowCount) }
}
