extension Checker {
  /// Whether rays of the model can be judged: one leading objective, at most quadratic, and besides rows only quadratic
  /// constraints and linear functions in cones and boxes.
  func canJudgeRays(of model: Model) -> Bool {
    model.leadingObjectives.count == 1 && model.leadingObjectives[0].function.kind <= .quadratic
      && model.generalConstraints.allSatisfy { constraint in
        switch constraint.body {
        case .scalar(let function, _): function.kind <= .quadratic
        case .vector(let functions, let set):
          functions.allSatisfy { $0.kind <= .linear }
            && set.leastProduct(with: [Double](repeating: 0, count: set.dimension)) != nil
        }
      }
  }

  /// Whether multipliers prove that no point satisfies all rows, bounds and constraints in cones.
  ///
  /// Adding the rows up with the multipliers gives g'x in [L, U] with g = Aᵀy; the bounds of the variables give
  /// g'x in [l, u]. Disjoint intervals are a contradiction. Where a variable has no bound its component of g should be
  /// 0; what rounding leaves is charged as if the variable could be as large as ``Options/radius``. Functions in a cone
  /// enter likewise, as `zᵀF(x) >= 0`.
  ///
  /// - Parameters:
  ///   - y: one multiplier a row.
  ///   - general: those of the other constraints, as in ``Certificate/farkas(rows:general:)``.
  /// - Returns: the margin of the contradiction relative to the numbers that enter, positive when proved; nil when the
  ///   multipliers prove nothing.
  /// - Complexity: O(entries).
  public func farkasMargin(
    multipliers y: [Double], general: [[Double]] = [], of model: Model
  ) -> Double? {
    guard y.count == model.rows.count, y.allSatisfy(\.isFinite), general.joined().allSatisfy(\.isFinite),
      general.isEmpty || general.count == model.generalConstraints.count
    else { return nil }
    let rows = model.rows
    let scale = general.joined().reduce(y.reduce(0) { max($0, abs($1)) }) { max($0, abs($1)) }
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
    for (c, z) in general.enumerated() where z.contains(where: { $0 != 0 }) {
      guard case .vector(let functions, let set) = model.generalConstraints[c].body, z.count == functions.count,
        functions.allSatisfy({ $0.kind <= .linear }), let product = set.leastProduct(with: z),
        product.violation <= 1e-9 * scale
      else { return nil }
      least.add(product.value)
      entering = max(entering, abs(product.value))
      for (function, z) in zip(functions, z) {
        least.add(-z, times: function.constant)
        entering = max(entering, abs(z * function.constant))
        for term in function.linear { combined[Int(term.variable)].add(z, times: term.coefficient) }
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

  /// Whether the objective improves without limit along a direction in which everything stays satisfied.
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
    for constraint in model.generalConstraints where !recedes(constraint, along: d, size, tolerance) { return nil }
    guard isFlat(objective.function, along: d, size, tolerance) else { return nil }
    var rate = CompensatedSum()
    var entering = 0.0
    for term in objective.function.linear {
      let x = d[Int(term.variable)]
      rate.add(-objective.sense.sign * term.coefficient, times: x)
      entering = max(entering, abs(term.coefficient * x))
    }
    return rate.value > 1e-9 * entering && rate.value > 0 ? rate.value / size : nil
  }

  /// Whether a constraint that holds at a point holds all along a direction from it.
  private func recedes(
    _ constraint: GeneralConstraint, along d: [Double], _ size: Double, _ tolerance: Double
  ) -> Bool {
    var entering = 0.0
    func slope(_ function: ScalarFunction) -> Double {
      var sum = CompensatedSum()
      for term in function.linear {
        sum.add(term.coefficient, times: d[Int(term.variable)])
        entering = max(entering, abs(term.coefficient))
      }
      return sum.value
    }
    switch constraint.body {
    case .scalar(let function, let set):
      guard isFlat(function, along: d, size, tolerance) else { return false }
      let rate = slope(function)
      let slack = tolerance * entering * size
      return !(set.lower.isFinite && rate < -slack) && !(set.upper.isFinite && rate > slack)
    case .vector(let functions, let set):
      let rates = functions.map { slope($0) }
      let slack = tolerance * entering * size
      guard let box = set as? HyperRectangle else { return set.violation(at: rates) <= slack }
      return rates.indices.allSatisfy {
        !(box.lower[$0].isFinite && rates[$0] < -slack) && !(box.upper[$0].isFinite && rates[$0] > slack)
      }
    }
  }

  /// Whether the quadratic part Q of a function has Qd = 0.
  private func isFlat(_ function: ScalarFunction, along d: [Double], _ size: Double, _ tolerance: Double) -> Bool {
    if function.quadratic.isEmpty { return true }
    var gradient: [Int32: CompensatedSum] = [:]
    var entering = 0.0
    for term in function.quadratic {
      gradient[term.first, default: CompensatedSum()].add(term.coefficient, times: d[Int(term.second)])
      gradient[term.second, default: CompensatedSum()].add(term.coefficient, times: d[Int(term.first)])
      entering = max(entering, abs(term.coefficient))
    }
    return gradient.values.allSatisfy { abs($0.value) <= tolerance * entering * size }
  }
}

extension Checker {
  /// What multipliers add rows, constraints in cones and bounds up to, in compensated arithmetic.
  ///
  /// - Returns: the coefficient of each variable in the sum of the rows and cones, which its bound cancels, and the
  ///   right-hand side of what remains: `0 >= margin`. What is left on variables without a bound is not in the margin.
  ///   Nil when a multiplier leans on a side that is missing.
  /// - Complexity: O(entries).
  public func contradiction(
    multipliers y: [Double], general: [[Double]] = [], of model: Model
  ) -> (coefficients: [Double], margin: Double)? {
    var combined = [CompensatedSum](repeating: CompensatedSum(), count: model.variableCount)
    var total = CompensatedSum()
    for i in y.indices where y[i] != 0 {
      let side = y[i] > 0 ? model.rows.lower[i] : model.rows.upper[i]
      guard side.isFinite else { return nil }
      total.add(y[i], times: side)
      for k in model.rows.range(i) { combined[Int(model.rows.columns[k])].add(y[i], times: model.rows.values[k]) }
    }
    for (c, z) in general.enumerated() where z.contains(where: { $0 != 0 }) {
      guard case .vector(let functions, let set) = model.generalConstraints[c].body,
        let product = set.leastProduct(with: z)
      else { return nil }
      total.add(product.value)
      for (function, z) in zip(functions, z) {
        total.add(-z, times: function.constant)
        for term in function.linear { combined[Int(term.variable)].add(z, times: term.coefficient) }
      }
    }
    let coefficients = combined.map(\.value)
    for j in coefficients.indices where coefficients[j] != 0 {
      let (low, high) = reach(of: j, in: model)
      let side = coefficients[j] > 0 ? high : low
      if side.isFinite { total.add(-coefficients[j], times: side) }
    }
    return (coefficients, total.value)
  }
}
