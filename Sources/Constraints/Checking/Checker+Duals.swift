extension Checker {
  /// The bound on the objective that multipliers of the linear rows prove, in the model's sense; nil when they prove none.
  ///
  /// Weak duality: for the sense "min", every feasible x has cᵀx >= Σ (yᵢ > 0 ? yᵢ lᵢ : yᵢ uᵢ) + Σ (dⱼ > 0 ? dⱼ lⱼ : dⱼ uⱼ)
  /// with d = c - Aᵀy. Holds for integer models too, and with any further constraints.
  ///
  /// - Parameters:
  ///   - multipliers: one a row, derivative of the objective by the right-hand side, in the model's sense.
  ///   - residual: receives the largest scaled violation of a sign condition: a multiplier or reduced cost that leans
  ///     on an infinite bound. Such numbers are left out of the bound, so it is only proved when they are 0.
  /// - Complexity: O(entries).
  public func dualBound(
    multipliers: [Double], of model: Model, residual: inout Double
  ) -> Double? {
    guard let lagrangian = Lagrangian(of: model, rows: multipliers, general: []), lagrangian.products.isEmpty else {
      return nil
    }
    return dualBound(lagrangian, of: model, near: nil, residual: &residual)
  }

  /// The least value of a linear Lagrangian over the bounds of the variables, in the model's sense.
  ///
  /// - Parameter point: with a point, a reduced cost within ``Options/dual`` of 0 whose variable is not at the bound it
  ///   leans on is taken for a rest of rounding: it counts as residual, not into the bound.
  private func dualBound(
    _ lagrangian: Lagrangian, of model: Model, near point: [Double]?, residual: inout Double
  ) -> Double {
    var bound = lagrangian.offset
    residual = lagrangian.residual
    for j in 0..<model.variableCount {
      let d = lagrangian.linear[j].value
      if d == 0 { continue }
      let (low, high) = reach(of: j, in: model)
      let side = d > 0 ? low : high
      let scaled = abs(d) / max(1, lagrangian.size[j])
      if let point, scaled <= options.dual, !(abs(point[j] - side) <= 1e-9 * max(1, abs(side))) {
        residual = max(residual, scaled)
        bound.add(d, times: point[j])
      } else if side.isFinite {
        bound.add(d, times: side)
      } else {
        residual = max(residual, scaled)
      }
    }
    return model.sense.sign * bound.value
  }

  /// Checks multipliers against a point: signs, dual cones, stationarity, convexity and the duality gap.
  ///
  /// For convex f and g the tangent of the Lagrangian at the point bounds the objective from below; its least value over
  /// the bounds of the variables is the dual objective. S. Boyd, L. Vandenberghe, "Convex Optimization" (2004), section 5.
  func checkDuals(_ solution: Solution, of model: Model, into report: inout CheckReport) -> String? {
    guard !solution.rowDuals.isEmpty || model.rows.count == 0, let primal = report.objective else { return nil }
    guard solution.dualStatus == .feasible || solution.dualStatus == .nearlyFeasible else { return nil }
    guard let lagrangian = Lagrangian(of: model, rows: solution.rowDuals, general: solution.generalDuals) else {
      return nil
    }
    if !lagrangian.products.isEmpty {
      let form = QuadraticForm(lagrangian.products)
      if !form.isDiagonallyDominant, case .indefinite(let direction) = form.definiteness(work: options.convexityWork) {
        return "the multipliers prove nothing: the Lagrangian is not convex along \(model.text(of: direction))"
      }
    }
    var (gap, residual) = proof(lagrangian, tangentAt: solution.values, of: model, primal)
    if !lagrangian.products.isEmpty && (residual > options.dual || gap > options.objective) {
      let point = lagrangian.stationaryPoint(near: solution.values, isFree: freeComponents(lagrangian, solution.values, model))
      let other = proof(lagrangian, tangentAt: point, of: model, primal)
      if max(other.residual / options.dual, other.gap / options.objective)
        < max(residual / options.dual, gap / options.objective)
      {
        (gap, residual) = other
      }
    }
    report.dualResidual = residual
    report.dualityGap = gap
    if residual > options.dual { return "the duals violate a sign condition by \(residual.text) (scaled)" }
    if gap > options.objective { return "primal and dual objective differ by \(gap.text) relative" }
    return nil
  }

  /// Relative gap between an objective and what the tangent of a Lagrangian at a point proves, and the largest scaled
  /// violation of a sign condition.
  private func proof(
    _ lagrangian: Lagrangian, tangentAt point: [Double], of model: Model, _ primal: Double
  ) -> (gap: Double, residual: Double) {
    var tangent = lagrangian
    tangent.linearize(at: point)
    var residual = 0.0
    let dual = dualBound(tangent, of: model, near: point, residual: &residual)
    return (abs(primal - dual) / max(1, abs(primal)), residual)
  }

  /// The variables whose reduced cost should vanish: small ones, and those that lean on a bound that is not there.
  private func freeComponents(_ lagrangian: Lagrangian, _ point: [Double], _ model: Model) -> [Bool] {
    let gradient = lagrangian.gradient(at: point)
    return gradient.indices.map { j in
      let (low, high) = reach(of: j, in: model)
      let side = gradient[j] > 0 ? low : high
      return !side.isFinite
        || (abs(gradient[j]) <= 1e-3 * max(1, lagrangian.size[j]) && abs(point[j] - side) > 1e-6 * max(1, abs(side)))
    }
  }

  /// Smallest and largest value that a variable's bounds and domain allow: whole bounds for whole variables, 0 included
  /// for semicontinuous ones.
  func reach(of j: Int, in model: Model) -> (low: Double, high: Double) {
    var (low, high) = (model.lower[j], model.upper[j])
    if model.domains[j].isIntegral {
      low = (low - 1e-9).rounded(.up)
      high = (high + 1e-9).rounded(.down)
    }
    return model.domains[j].isSemi ? (min(low, 0), max(high, 0)) : (low, high)
  }
}
