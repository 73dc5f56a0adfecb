import Constraints

/// A way along which everything stays satisfied while the objective improves without limit.
public struct UnboundedRay: Sendable {
  /// A bound that a variable does not have.
  public struct MissingBound: Sendable, Hashable {
    /// Position of the variable.
    public var variable: Int
    public var isUpper: Bool
    /// Whether this bound alone, whatever its value, gives the objective a limit.
    public var suffices: Bool
  }

  /// Change of each variable for one step.
  public var direction: [Double]
  /// By how much the objective improves with one step; positive. Nil where it is not linear.
  public var rate: Double?
  /// Bounds each of which would stop this way.
  public var stops: [MissingBound] = []
  /// Bounds that together give the objective a limit, where no single one of ``stops`` does.
  public var together: [MissingBound] = []
  /// Whether the checker confirmed that the way stays in the model and improves the objective.
  public var isConfirmed: Bool
}

extension ExplanationWork {
  /// For how many variables of a ray it is found out whether a bound would suffice.
  static let stopLimit = 20
  /// How many bounds are tried together.
  static let togetherLimit = 50

  /// Looks whether the objective of a feasible model has a limit.
  mutating func examineObjective() throws(SolverError) {
    guard !model.objectives.isEmpty, !oracle.shouldStop else { return }
    note("checking whether the objective has a limit")
    guard let recession = RecessionProblem(model) else {
      let solution: Solution
      do throws(SolverError) { solution = try oracle.solve(model, explainer.options.checkLimit) } catch { return }
      if solution.outcome == .unbounded, case .ray(let direction) = solution.certificate {
        explanation.verdict = .unbounded
        explanation.ray = UnboundedRay(
          direction: direction, rate: nil, isConfirmed: Checker().rayRate(direction: direction, of: model) != nil)
      } else if solution.outcome == .unbounded {
        explanation.verdict = .unbounded
      }
      return
    }
    guard let direction = try recession.ray(oracle, blocked: []) else { return }
    explanation.verdict = .unbounded
    var ray = UnboundedRay(
      direction: direction, rate: recession.rate(direction),
      isConfirmed: Checker().rayRate(direction: direction, of: model) != nil)
    let used = direction.indices.filter { direction[$0] != 0 }
    for j in used.prefix(ExplanationWork.stopLimit) {
      var bound = UnboundedRay.MissingBound(variable: j, isUpper: direction[j] > 0, suffices: false)
      if !oracle.shouldStop { bound.suffices = try recession.ray(oracle, blocked: [bound]) == nil }
      ray.stops.append(bound)
    }
    if !ray.stops.contains(where: \.suffices) {
      var blocked: [UnboundedRay.MissingBound] = []
      var next: [Double]? = direction
      while let way = next, blocked.count < ExplanationWork.togetherLimit, !oracle.shouldStop {
        guard let j = way.indices.max(by: { recession.gain(way, $0) < recession.gain(way, $1) }) else { break }
        blocked.append(UnboundedRay.MissingBound(variable: j, isUpper: way[j] > 0, suffices: false))
        next = try recession.ray(oracle, blocked: blocked)
      }
      if next == nil { ray.together = blocked }
    }
    explanation.ray = ray
  }
}

/// The directions that lead away for ever: bounds and sides at infinity give nothing to hold on to, all others hold.
struct RecessionProblem {
  private let model: Model
  private let cost: [Double]

  /// Nil for models other than linear rows with a linear objective, where directions are not found by a linear program.
  init?(_ model: Model) {
    guard model.generalConstraints.isEmpty, model.leadingObjectives.allSatisfy({ $0.function.kind <= .linear }),
      let first = model.leadingObjectives.first
    else { return nil }
    self.model = model
    var cost = [Double](repeating: 0, count: model.variableCount)
    for objective in model.leadingObjectives {
      let weight = model.leadingObjectives.count == 1 ? 1 : objective.weight
      for term in objective.function.linear {
        cost[Int(term.variable)] += weight * (objective.sense == first.sense ? 1 : -1) * term.coefficient * first.sense.sign
      }
    }
    self.cost = cost
  }

  /// Improvement of the objective with one step.
  func rate(_ direction: [Double]) -> Double { -zip(cost, direction).reduce(0) { $0 + $1.0 * $1.1 } }

  /// What one variable contributes to the improvement.
  func gain(_ direction: [Double], _ j: Int) -> Double { -cost[j] * direction[j] }

  /// An improving direction with few and small components, whole where a small factor makes it so; nil when there is none.
  func ray(_ oracle: FeasibilityOracle, blocked: [UnboundedRay.MissingBound]) throws(SolverError) -> [Double]? {
    guard let any = try direction(oracle, blocked, rate: nil), rate(any) > 1e-9 * (cost.map(abs).max() ?? 0) else { return nil }
    var best = any
    if let short = try direction(oracle, blocked, rate: 1), Checker().rayRate(direction: short, of: model) != nil { best = short }
    let largest = best.map(abs).max() ?? 0
    for j in best.indices where abs(best[j]) <= 1e-9 * largest { best[j] = 0 }
    if let factor = FarkasProof.wholeFactor(best) {
      let whole = best.map { ($0 * factor).rounded() }
      if Checker().rayRate(direction: whole, of: model) != nil { best = whole }
    }
    return best
  }

  /// The steepest direction within the unit cube, or the shortest with a given rate.
  private func direction(
    _ oracle: FeasibilityOracle, _ blocked: [UnboundedRay.MissingBound], rate: Double?
  ) throws(SolverError) -> [Double]? {
    var problem = Model()
    let size = rate == nil ? 1.0 : .infinity
    for j in 0..<model.variableCount {
      let isFinite = model.domains[j] == .binary
      problem.addVariable(
        family: "up", keys: [.integer(j)], lower: 0, upper: isFinite || model.upper[j].isFinite ? 0 : size)
    }
    for j in 0..<model.variableCount {
      let isFinite = model.domains[j] == .binary || model.domains[j].isSemi
      problem.addVariable(
        family: "down", keys: [.integer(j)], lower: 0, upper: isFinite || model.lower[j].isFinite ? 0 : size)
    }
    for bound in blocked {
      problem.fix(problem.variable(at: bound.isUpper ? bound.variable : model.variableCount + bound.variable), to: 0)
    }
    func terms(_ list: [LinearTerm]) -> [LinearTerm] {
      list.flatMap { [$0, LinearTerm(-$0.coefficient, $0.variable + Int32(model.variableCount))] }
    }
    for i in 0..<model.rows.count {
      let (low, high) = (model.rows.lower[i], model.rows.upper[i])
      if !low.isFinite && !high.isFinite { continue }
      problem.addRow(
        .place(file: "", line: 0), terms(model.rows.terms(i)), lower: low.isFinite ? 0 : -.infinity,
        upper: high.isFinite ? 0 : .infinity)
    }
    let objective = terms(cost.enumerated().filter { $1 != 0 }.map { LinearTerm($1, Int32($0)) })
    if let rate {
      problem.addRow(.name("rate"), objective, lower: -rate, upper: -rate)
      let all = (0..<(2 * model.variableCount)).map { LinearTerm(1, Int32($0)) }
      problem.setObjective(.minimize, ScalarFunction(linear: all))
    } else {
      problem.setObjective(.minimize, ScalarFunction(linear: objective))
    }
    let solution: Solution
    do throws(SolverError) { solution = try oracle.solve(problem, oracle.checkLimit) } catch {
      if case .refused = error { throw error }
      return nil
    }
    guard solution.outcome == .optimal else { return nil }
    return (0..<model.variableCount).map { solution.values[$0] - solution.values[model.variableCount + $0] }
  }
}
