extension Checker {
  /// Checks that multipliers make a point stationary: the first-order conditions of W. Karush, H. W. Kuhn and A. W. Tucker,
  /// `∇f - Σ yᵢ ∇gᵢ - z = 0` with signs and complementary slackness, as J. Nocedal, S. J. Wright, "Numerical Optimization"
  /// (2006), theorem 12.1, states them.
  ///
  /// What is measured is relative to the numbers that enter: the gradient's components to their largest term, a
  /// multiplier's sign to the largest multiplier, the distance from the side that a multiplier leans on to the size of the
  /// constraint. Of the multiplier, that distance and their product, which is what it costs the objective, the smallest
  /// counts.
  /// - Parameter isConvex: whether the model is known to be convex; then the tangent of the Lagrangian proves a bound.
  /// - Returns: why the conditions fail, or nil when they hold or cannot be judged: there are no multipliers, or a set is
  ///   none of intervals.
  /// - Complexity: O(size of the model).
  func checkStationarity(_ solution: inout Solution, of model: Model, isConvex: Bool, into report: inout CheckReport) -> String? {
    guard solution.dualStatus == .feasible, let objective = report.objective,
      var conditions = FirstOrderConditions(solution, of: model)
    else { return nil }
    conditions.measure(solution, of: model)
    report.dualResidual = conditions.worst.residual
    if !(conditions.worst.residual <= options.dual) { return conditions.worst.reason }
    if isConvex {
      let sign = model.sense.sign
      let proved = sign * objective - conditions.slack
      solution.bound = sign * proved
      report.dualityGap = conditions.slack / max(1, abs(objective))
    }
    return nil
  }
}

/// How far a point with multipliers is from the first-order conditions of a model whose constraints are functions between
/// two sides.
struct FirstOrderConditions {
  /// The largest scaled violation, and what is violated.
  private(set) var worst: (residual: Double, reason: String) = (0, "")
  /// What complementary slackness lacks: `Σ |yᵢ| distanceᵢ + Σ |zⱼ| distanceⱼ`, with the gradient's rest.
  private(set) var slack = 0.0
  private var gradient: [CompensatedSum]
  private var size: [Double]
  /// Functions between sides with their multipliers, in the sense of minimizing.
  private var terms: [Term] = []
  private let sign: Double
  /// The objective's modulus, at least 1.
  private let objectiveSize: Double

  private struct Term {
    var name: String
    var multiplier: Double
    var value: Double
    var scale: Double
    var set: ScalarSet
  }

  /// Forms the gradient of the Lagrangian.
  /// - Returns: nil when it cannot be formed.
  init?(_ solution: Solution, of model: Model) {
    let members = model.leadingObjectives
    let rows = model.rows
    guard solution.rowDuals.count == rows.count, solution.reducedCosts.count == model.variableCount,
      solution.generalDuals.count == model.generalConstraints.count
    else { return nil }
    sign = model.sense.sign
    objectiveSize = max(1, abs(solution.objective ?? 0))
    gradient = [CompensatedSum](repeating: CompensatedSum(), count: model.variableCount)
    size = [Double](repeating: 0, count: model.variableCount)
    var roots: [(root: NodeID, factor: Double)] = []
    for objective in members {
      let weight = members.count == 1 ? 1 : objective.weight
      add(objective.function, factor: objective.sense.sign * weight, at: solution.values, &roots)
    }
    for i in 0..<rows.count {
      let y = sign * solution.rowDuals[i]
      var sum = CompensatedSum()
      var scale = 0.0
      for k in rows.range(i) {
        let j = Int(rows.columns[k])
        let x = solution.values[j]
        sum.add(rows.values[k], times: x)
        scale = max(scale, abs(rows.values[k] * x))
        if y != 0 {
          gradient[j].add(-y, times: rows.values[k])
          size[j] = max(size[j], abs(y * rows.values[k]))
        }
      }
      if y != 0 {
        terms.append(
          Term(
            name: model.rowNames[i], multiplier: y, value: sum.value, scale: scale,
            set: ScalarSet(lower: rows.lower[i], upper: rows.upper[i])))
      }
    }
    let nodes = model.generalConstraints.flatMap { $0.functions.compactMap(\.nonlinear) } + members.compactMap(\.function.nonlinear)
    let values = nodes.isEmpty ? [] : model.arena.values(at: solution.values, parameters: model.parameterValues, roots: nodes)
    let checker = Checker()
    for (c, constraint) in model.generalConstraints.enumerated() {
      guard let sides = constraint.sides, solution.generalDuals[c].count == sides.count else { return nil }
      for (k, function) in constraint.functions.enumerated() {
        let y = sign * solution.generalDuals[c][k]
        if y == 0 { continue }
        let (value, scale) = checker.evaluate(function, solution.values, nodeValues: values)
        add(function, factor: -y, at: solution.values, &roots)
        terms.append(Term(name: model.generalNames[c], multiplier: y, value: value, scale: scale, set: sides[k]))
      }
    }
    let differences = ReverseDifferences(model.arena, values: values)
    if !differences.addGradient(of: roots, to: &gradient, size: &size) { return nil }
  }

  private mutating func add(
    _ function: ScalarFunction, factor: Double, at point: [Double], _ roots: inout [(root: NodeID, factor: Double)]
  ) {
    func note(_ coefficient: Double, _ x: Double, _ j: Int32) {
      gradient[Int(j)].add(factor * coefficient, times: x)
      size[Int(j)] = max(size[Int(j)], abs(factor * coefficient * x))
    }
    for term in function.linear { note(term.coefficient, 1, term.variable) }
    for term in function.quadratic {
      note(term.coefficient, point[Int(term.second)], term.first)
      note(term.coefficient, point[Int(term.first)], term.second)
    }
    if let node = function.nonlinear { roots.append((node, factor)) }
  }

  /// Measures the gradient, the signs and complementary slackness.
  mutating func measure(_ solution: Solution, of model: Model) {
    let costs = solution.reducedCosts.map { sign * $0 }
    let largest = max(terms.map { abs($0.multiplier) }.max() ?? 0, costs.map { abs($0) }.max() ?? 0)
    for j in 0..<model.variableCount {
      let rest = gradient[j].value - costs[j]
      let scaled = abs(rest) / max(1, size[j])
      note(scaled, "the gradient of the Lagrangian by '\(model.variableNames[j])' is \(rest.text), not the reduced cost")
      slack += abs(rest) * max(1, abs(solution.values[j]))
      if costs[j] != 0 {
        let set = ScalarSet(lower: model.lower[j], upper: model.upper[j])
        let x = solution.values[j]
        lean(costs[j], x, abs(x), set, largest, "variable '\(model.variableNames[j])'")
      }
    }
    for term in terms {
      lean(term.multiplier, term.value, term.scale, term.set, largest, "constraint '\(term.name)'")
    }
  }

  /// Measures a multiplier against the side it leans on. It may be small, or the side near, or, where complementarity is not
  /// strict, their product small against the objective.
  private mutating func lean(
    _ y: Double, _ value: Double, _ scale: Double, _ set: ScalarSet, _ largest: Double, _ name: @autoclosure () -> String
  ) {
    let side = y > 0 ? set.lower : set.upper
    let weight = abs(y) / max(1, largest)
    guard side.isFinite else {
      note(weight, "the multiplier of \(name()) leans on a side that it does not have")
      return
    }
    let distance = abs(value - side)
    slack += abs(y) * distance
    let scaled = min(weight, distance / max(1, scale, abs(side)), abs(y) * distance / objectiveSize)
    note(scaled, "the multiplier of \(name()) is \(y.text), \(distance.text) away from the side it leans on")
  }

  private mutating func note(_ residual: Double, _ reason: @autoclosure () -> String) {
    if !(residual <= worst.residual) { worst = (residual, reason()) }
  }
}

extension GeneralConstraint {
  /// The two sides of each function of the constraint; nil when its set is no product of intervals.
  package var sides: [ScalarSet]? {
    switch body {
    case .scalar(_, let set): [set]
    case .vector(let functions, let set): set.intervals(count: functions.count)
    }
  }
}

extension VectorSet {
  /// The set as a product of intervals, when it is one.
  func intervals(count: Int) -> [ScalarSet]? {
    switch self {
    case is Zeros: [ScalarSet](repeating: .equalTo(0), count: count)
    case is Nonnegatives: [ScalarSet](repeating: .greaterThan(0), count: count)
    case is Nonpositives: [ScalarSet](repeating: .lessThan(0), count: count)
    case let box as HyperRectangle: (0..<count).map { .interval(box.lower[$0], box.upper[$0]) }
    default: nil
    }
  }
}
