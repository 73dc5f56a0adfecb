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
    guard model.leadingObjectives.count <= 1, multipliers.count == model.rows.count else { return nil }
    let function = model.leadingObjectives.first?.function ?? ScalarFunction()
    guard function.kind <= .linear else { return nil }
    let sign = model.sense.sign
    let rows = model.rows
    var reduced = [CompensatedSum](repeating: CompensatedSum(), count: model.variableCount)
    var size = [Double](repeating: 0, count: model.variableCount)
    for term in function.linear {
      reduced[Int(term.variable)].add(sign * term.coefficient)
      size[Int(term.variable)] = abs(term.coefficient)
    }
    var bound = CompensatedSum(sign * function.constant)
    residual = 0
    var largestMultiplier = 0.0
    for y in multipliers { largestMultiplier = max(largestMultiplier, abs(y)) }
    for i in 0..<rows.count {
      let y = sign * multipliers[i]
      if !y.isFinite { return nil }
      if y == 0 { continue }
      let side = y > 0 ? rows.lower[i] : rows.upper[i]
      if side.isFinite {
        bound.add(y, times: side)
      } else {
        residual = max(residual, abs(y) / max(1, largestMultiplier))
      }
      for k in rows.range(i) {
        let j = Int(rows.columns[k])
        reduced[j].add(-y, times: rows.values[k])
        size[j] = max(size[j], abs(y * rows.values[k]))
      }
    }
    for j in 0..<model.variableCount {
      let d = reduced[j].value
      if d == 0 { continue }
      let (low, high) = reach(of: j, in: model)
      let side = d > 0 ? low : high
      if side.isFinite {
        bound.add(d, times: side)
      } else {
        residual = max(residual, abs(d) / max(1, size[j]))
      }
    }
    return sign * bound.value
  }

  /// Checks multipliers against a point: signs, reduced costs and the duality gap.
  func checkDuals(_ solution: Solution, of model: Model, into report: inout CheckReport) -> String? {
    guard !solution.rowDuals.isEmpty || model.rows.count == 0, let primal = report.objective else { return nil }
    guard solution.dualStatus == .feasible || solution.dualStatus == .nearlyFeasible else { return nil }
    var residual = 0.0
    guard let dual = dualBound(multipliers: solution.rowDuals, of: model, residual: &residual) else { return nil }
    let gap = abs(primal - dual) / max(1, abs(primal))
    report.dualResidual = residual
    report.dualityGap = gap
    if residual > options.dual { return "the duals violate a sign condition by \(residual.text) (scaled)" }
    if gap > options.objective { return "primal and dual objective differ by \(gap.text) relative" }
    return nil
  }

  /// Smallest and largest value that a variable's bounds and domain allow: whole bounds for whole variables, 0 included
  /// for semicontinuous ones.
  private func reach(of j: Int, in model: Model) -> (low: Double, high: Double) {
    var (low, high) = (model.lower[j], model.upper[j])
    if model.domains[j].isIntegral {
      low = (low - 1e-9).rounded(.up)
      high = (high + 1e-9).rounded(.down)
    }
    return model.domains[j].isSemi ? (min(low, 0), max(high, 0)) : (low, high)
  }

  /// Whether rays of the model can be judged: one leading linear objective, and linear rows alone.
  func canJudgeRays(of model: Model) -> Bool {
    model.generalConstraints.isEmpty && model.leadingObjectives.count == 1
      && model.leadingObjectives[0].function.kind <= .linear
  }

  /// Whether multipliers of the rows prove that no point satisfies all rows and bounds.
  ///
  /// Adding the rows up with the multipliers gives g'x in [L, U] with g = Aᵀy; the bounds of the variables give
  /// g'x in [l, u]. Disjoint intervals are a contradiction. Where a variable has no bound its component of g should be
  /// 0; what rounding leaves is charged as if the variable could be as large as ``Options/radius``.
  ///
  /// - Returns: the margin of the contradiction relative to the numbers that enter, positive when proved; nil when the
  ///   multipliers prove nothing.
  /// - Complexity: O(entries).
  public func farkasMargin(multipliers y: [Double], of model: Model) -> Double? {
    guard y.count == model.rows.count, y.allSatisfy(\.isFinite) else { return nil }
    let rows = model.rows
    let scale = y.reduce(0) { max($0, abs($1)) }
    if scale == 0 { return nil }
    var combined = [CompensatedSum](repeating: CompensatedSum(), count: model.variableCount)
    var least = CompensatedSum()
    var entering = 0.0
    for i in 0..<rows.count where y[i] != 0 {
      // Row multipliers below the noise of the largest are dropped where they would lean on a missing side.
      let side = y[i] > 0 ? rows.lower[i] : rows.upper[i]
      if !side.isFinite {
        if abs(y[i]) > 1e-9 * scale { return nil }
        continue
      }
      least.add(y[i], times: side)
      entering = max(entering, abs(y[i] * side))
      for k in rows.range(i) {
        let j = Int(rows.columns[k])
        combined[j].add(y[i], times: rows.values[k])
      }
    }
    var most = CompensatedSum()
    for j in 0..<model.variableCount {
      let g = combined[j].value
      if g == 0 { continue }
      let (low, high) = reach(of: j, in: model)
      let side = g > 0 ? high : low
      if side.isFinite {
        most.add(g, times: side)
        entering = max(entering, abs(g * side))
      } else {
        most.add(abs(g), times: options.radius)
      }
    }
    let margin = (least.value - most.value) / max(entering, 1e-300)
    return margin > 1e-9 ? margin : nil
  }

  /// Whether the objective improves without limit along a direction in which every bound and row stays satisfied.
  /// - Returns: the rate of improvement per unit of the largest component, positive when proved; nil otherwise.
  public func rayRate(direction d: [Double], of model: Model) -> Double? {
    guard d.count == model.variableCount, d.allSatisfy(\.isFinite), canJudgeRays(of: model),
      let objective = model.leadingObjectives.first
    else { return nil }
    let size = d.reduce(0) { max($0, abs($1)) }
    if size == 0 { return nil }
    let tolerance = 1e-9
    for j in 0..<model.variableCount {
      if model.lower[j].isFinite && d[j] < -tolerance * size { return nil }
      if (model.upper[j].isFinite) && d[j] > tolerance * size { return nil }
    }
    let rows = model.rows
    for i in 0..<rows.count {
      var sum = CompensatedSum()
      var entering = 0.0
      for k in rows.range(i) {
        let x = d[Int(rows.columns[k])]
        sum.add(rows.values[k], times: x)
        entering = max(entering, abs(rows.values[k]))
      }
      let slack = tolerance * entering * size
      if rows.lower[i].isFinite && sum.value < -slack { return nil }
      if rows.upper[i].isFinite && sum.value > slack { return nil }
    }
    var rate = CompensatedSum()
    var entering = 0.0
    for term in objective.function.linear {
      let x = d[Int(term.variable)]
      rate.add(-objective.sense.sign * term.coefficient, times: x)
      entering = max(entering, abs(term.coefficient * x))
    }
    return rate.value > 1e-9 * entering && rate.value > 0 ? rate.value / size : nil
  }
}
