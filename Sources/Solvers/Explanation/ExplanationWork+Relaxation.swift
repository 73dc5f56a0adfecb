import Constraints

extension ExplanationWork {
  /// How much larger than the least total, relatively, the total may be while the objective is optimized, so that rounding
  /// leaves something feasible: the first with which a point is found.
  static let totalSlacks = [1e-9, 1e-6]

  /// Finds the least change of limits that makes the model feasible, what objective it then reaches, and what each member
  /// of the first conflict would have to give alone.
  mutating func relax(_ goal: Relaxation.Goal) throws(SolverError) {
    let locks = NamePatterns(explainer.options.locks)
    let weights = NamePatterns(explainer.options.weights.map(\.name))
    warn(locks, "--lock")
    warn(weights, "--weight")
    let (model, factors) = (model, explainer.options.weights.map(\.factor))
    func cost(_ requirement: Requirement) -> Double {
      let factor = weights.last(for: requirement, in: model).map { factors[$0] } ?? 1
      return factor / max(1, abs(model.limit(of: requirement) ?? 1))
    }
    let open = requirements.filter { !locks.match($0, in: model) && $0.side != .whole }
    let sides = open.filter { $0.constraint != nil }
    var attempts = explainer.options.relaxesBounds ? [open] : [sides, open]
    if sides.count == open.count { attempts = [open] }
    note("looking for the least change that makes the model feasible")
    for movable in attempts where !movable.isEmpty && explanation.relaxation == nil && !oracle.shouldStop {
      let elastic = ElasticProblem(model, movable, costs: movable.map(cost), oracle: oracle)
      explanation.relaxation = try elastic.solve(goal)
    }
    if explanation.relaxation == nil {
      explanation.relaxationReason =
        oracle.shouldStop ? "stopped before one was found"
        : open.isEmpty ? "everything is locked" : "no change of the limits that may move makes the model feasible"
      return
    }
    try findAlternatives(open, cost)
  }

  private mutating func findAlternatives(_ open: [Requirement], _ cost: (Requirement) -> Double) throws(SolverError) {
    guard let conflict = explanation.conflicts.first else { return }
    let movable = Set(open)
    let members = conflict.members.filter { movable.contains($0) && $0.side != .whole }
    note("looking at the members of the conflict one by one")
    for member in members.prefix(explainer.options.alternativeLimit) where !oracle.shouldStop {
      let elastic = ElasticProblem(model, [member], costs: [cost(member)], oracle: oracle)
      if let relaxation = try elastic.solve(.sum, withObjective: false), let change = relaxation.changes.first {
        explanation.alternatives.append(change)
      }
    }
  }

  private mutating func warn(_ patterns: NamePatterns, _ option: String) {
    let names = Set(requirements.map { model.name(of: $0) }).sorted()
    for pattern in patterns.unused(requirements, in: model) {
      explanation.warnings.append(
        Diagnostic(
          .unknownOption, .warning, "\(option) \(pattern) fits no constraint or variable with a limit",
          mend: didYouMean(pattern, in: names) ?? "write a name as the conflict shows it, with * for any characters"))
    }
  }
}

/// A model some of whose limits may move at a cost.
struct ElasticProblem {
  let model: Model
  let movable: [Requirement]
  let costs: [Double]
  let oracle: FeasibilityOracle

  init(_ model: Model, _ movable: [Requirement], costs: [Double], oracle: FeasibilityOracle) {
    self.model = model
    self.movable = movable
    self.costs = costs
    self.oracle = oracle
  }

  /// How far a limit may move where a binary variable decides whether it does - in logical constraints, and while the number
  /// of limits that move is made small - as a multiple of the largest limit of the model, and of the largest change when
  /// the sum is made small: such a variable needs some end.
  static let reach = 100.0

  /// The size of the largest limit of the model, at least 1.
  private var largestLimit: Double {
    model.requirements.reduce(1) { max($0, abs(model.limit(of: $1) ?? 1)) }
  }

  /// The least relaxation; nil when there is none or it was not found.
  /// - Parameter withObjective: whether to find out what objective the relaxed model reaches.
  func solve(_ goal: Relaxation.Goal, withObjective: Bool = true) throws(SolverError) -> Relaxation? {
    var relaxed = model.relaxing(movable)
    for (requirement, change) in zip(movable, relaxed.changes) {
      guard let change, case .general(let i) = requirement, case .vector(_, let set) = model.generalConstraints[i].body,
        type(of: set).isDiscrete
      else { continue }
      // Logic is written with big numbers, which need an end.
      relaxed.model.setBounds(of: change, lower: 0, upper: ElasticProblem.reach * largestLimit)
    }
    let terms = zip(relaxed.changes, costs).compactMap { change, cost in
      change.map { LinearTerm(cost, $0.index) }
    }
    guard !terms.isEmpty else { return nil }
    var current = relaxed.model
    var isProved = true
    current.setObjective(.minimize, ScalarFunction(linear: terms))
    guard var best = try answer(current, &isProved) else { return nil }
    switch goal {
    case .sum: break
    case .largest: best = try limitLargest(&current, terms, &isProved) ?? best
    case .count: best = try limitCount(&current, relaxed, terms, best, &isProved) ?? best
    }
    let total = best.objective ?? 0
    var relaxation = Relaxation(
      goal: goal, changes: [], total: 0, isProved: isProved, objective: nil, point: Array(best.values.prefix(model.variableCount)))
    if withObjective && !model.objectives.isEmpty && !oracle.shouldStop {
      for slack in ExplanationWork.totalSlacks {
        var final = current
        final.addConstraint(.name("total change"), ScalarFunction(linear: terms), in: .lessThan(total * (1 + slack)))
        final.replaceObjectives(model.objectives)
        var isBest = true
        guard let better = try answer(final, &isBest) else { continue }
        relaxation.point = Array(better.values.prefix(model.variableCount))
        relaxation.objective = Checker().objective(of: relaxation.point, in: model)
        relaxation.isObjectiveProved = isBest
        best = better
        break
      }
    }
    relaxation.changes = changes(best.values, relaxed)
    let used = Dictionary(uniqueKeysWithValues: zip(movable, costs))
    let prices = relaxation.changes.map { (used[$0.requirement] ?? 1, $0.amount) }
    relaxation.total =
      switch goal {
      case .sum: prices.reduce(0) { $0 + $1.0 * $1.1 }
      case .count: Double(prices.count)
      case .largest: prices.reduce(0) { max($0, $1.0 * $1.1) }
      }
    return relaxation
  }

  /// Makes the largest weighted change small, then among the ways to do so the sum.
  private func limitLargest(_ current: inout Model, _ terms: [LinearTerm], _ isProved: inout Bool) throws(SolverError) -> Solution? {
    let largest = current.addVariable("largest change", lower: 0)
    for term in terms {
      current.addRow(
        .place(file: "", line: 0), [term, LinearTerm(-1, largest.index)], lower: -.infinity, upper: 0)
    }
    current.setObjective(.minimize, ScalarFunction(linear: [LinearTerm(1, largest.index)]))
    guard let first = try answer(current, &isProved), let least = first.objective else { return nil }
    current.setBounds(of: largest, lower: 0, upper: least * (1 + ExplanationWork.totalSlacks[0]))
    current.setObjective(.minimize, ScalarFunction(linear: terms))
    return try answer(current, &isProved) ?? first
  }

  /// Makes the number of limits that move small, then the weighted sum of those that do.
  private func limitCount(
    _ current: inout Model, _ relaxed: Model.Relaxed, _ terms: [LinearTerm], _ start: Solution, _ isProved: inout Bool
  ) throws(SolverError) -> Solution? {
    var counted = current
    var choices: [(change: Variable, moves: Variable)] = []
    let limits = movable.map { abs(model.limit(of: $0) ?? 1) }
    let largestChange = relaxed.changes.compactMap { $0 }.reduce(0) { max($0, start.values[$1.position]) }
    let end = ElasticProblem.reach * max(largestLimit, largestChange)
    var objective: [LinearTerm] = []
    for (k, change) in relaxed.changes.enumerated() {
      guard let change else { continue }
      let moves = counted.addVariable("moves \(k)", lower: 0, upper: 1, domain: .binary)
      counted.addRow(
        .place(file: "", line: 0), [LinearTerm(1, change.index), LinearTerm(-end, moves.index)], lower: -.infinity, upper: 0)
      // The factor asked for, without the size of the limit: a change counts as one however large.
      objective.append(LinearTerm(costs[k] * max(1, limits[k]), moves.index))
      choices.append((change, moves))
    }
    counted.setObjective(.minimize, ScalarFunction(linear: objective))
    guard let first = try answer(counted, &isProved) else { return nil }
    for (change, moves) in choices where first.values[moves.position] < 0.5 { current.fix(change, to: 0) }
    return try answer(current, &isProved) ?? first
  }

  /// The point and objective of a problem that is surely feasible if relaxing helps at all; nil without a point.
  private func answer(_ problem: Model, _ isProved: inout Bool) throws(SolverError) -> Solution? {
    let solution: Solution
    // Refused where a rewriting needs a bound that may move: then this way of moving it is none.
    do throws(SolverError) { solution = try oracle.solve(problem, .infinity) } catch { return nil }
    if solution.outcome != .optimal { isProved = false }
    guard solution.primalStatus == .feasible, solution.hasPoint else { return nil }
    return solution
  }

  /// How far each limit moved, from the point itself.
  private func changes(_ values: [Double], _ relaxed: Model.Relaxed) -> [Relaxation.Change] {
    let point = Array(values.prefix(model.variableCount))
    return zip(movable, relaxed.changes).compactMap { requirement, variable in
      guard let variable else { return nil }
      let limit = model.limit(of: requirement)
      var amount = values[variable.position]
      if let limit, let function = model.function(of: requirement) {
        let value = Checker().value(of: function, at: point, in: model)
        amount = requirement.side == .lower ? limit - value : value - limit
      }
      // What the checker would not call a violation is no change.
      guard amount > 1e-6 * max(1, abs(limit ?? 0)) else { return nil }
      let plain = amount.rounded(toSignificant: 6)
      if abs(plain - amount) <= 1e-8 * max(1, amount) { amount = plain }
      let to = limit.map { requirement.side == .lower ? $0 - amount : $0 + amount }
      return Relaxation.Change(requirement: requirement, amount: amount, from: limit, to: to.map { $0.rounded(toSignificant: 15) })
    }
  }
}
