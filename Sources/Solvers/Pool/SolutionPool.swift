import Constraints

/// Further points of a model with whole numbers, best first, each different from those before it.
///
/// After each point a row demands that at least so many whole variables differ from it - a no-good cut for one, the far
/// side of a local branching row for more - and the model is solved again. So the points are the best ones with any
/// solver. Points found on the way fill up what a limit leaves empty.
///
/// E. Balas, R. Jeroslow, "Canonical cuts on the unit hypercube", SIAM Journal on Applied Mathematics 23 (1972), for the
/// rows of binary variables; J.-F. Tsai, M.-H. Lin, Y.-C. Hu, "Finding multiple solutions to general integer linear
/// programs", European Journal of Operational Research 184 (2008), for general ones.
struct SolutionPool {
  let model: Model
  let size: Int
  /// How many whole variables must differ between any two points.
  let diversity: Int
  /// How much worse than the best a point may be, relative to its objective; nil for any.
  let gap: Double?

  /// Whole variables that a difference is counted in: those with two finite bounds, or binary.
  private let counted: [Int]
  private let hasUncounted: Bool

  init(_ model: Model, options: SolveOptions) {
    self.model = model
    size = options.poolSize
    diversity = max(1, options.poolDiversity)
    gap = options.poolGap
    let whole = (0..<model.variableCount).filter { model.domains[$0] == .integer || model.domains[$0] == .binary }
    counted = whole.filter { model.lower[$0].isFinite && model.upper[$0].isFinite && model.lower[$0] < model.upper[$0] }
    hasUncounted = whole.contains { !(model.lower[$0].isFinite && model.upper[$0].isFinite) }
  }

  /// Why there can be no pool; nil when there can.
  var obstacle: String? {
    if !model.domains.contains(where: \.isIntegral) { return "no pool: the model has no whole numbers" }
    if counted.isEmpty { return "no pool: no whole variable has two different finite bounds" }
    return nil
  }

  /// Fills the pool of a solution that has a point.
  /// - Parameters:
  ///   - found: points found on the way, for what a limit leaves empty.
  ///   - solve: solves a model that begins with the variables of this one; nil when stopped.
  func fill(
    _ solution: inout Solution, found: [PooledPoint], solve: (Model) throws(SolverError) -> Solution?
  ) throws(SolverError) {
    guard let best = solution.objective, solution.hasPoint else { return }
    var pool = [PooledPoint(
      values: solution.values, objective: best, source: solution.source, violation: solution.check?.largestAbsolute)]
    var current = model
    if let gap, !model.objectives.isEmpty {
      current.addRow(keeping: model.leadingObjectives, near: best, name: "pool gap", slack: gap * abs(best))
    }
    var isProved = solution.outcome == .optimal
    var isExhausted = false
    while pool.count < size {
      demandDifference(from: pool[pool.count - 1].values, in: &current)
      guard let next = try solve(current) else { break }
      if next.outcome == .infeasible {
        isExhausted = true
        break
      }
      guard next.hasPoint, next.primalStatus == .feasible else { break }
      if next.outcome != .optimal { isProved = false }
      guard let point = checked(Array(next.values.prefix(model.variableCount)), next.source) else { break }
      pool.append(point)
    }
    let isComplete = pool.count >= size || isExhausted
    if !isComplete {
      let sign = model.sense.sign
      for point in found.sorted(by: { sign * $0.objective < sign * $1.objective }) where pool.count < size {
        guard pool.allSatisfy({ distance($0.values, point.values) >= diversity }), isWithinGap(point.objective, best),
          let point = checked(point.values, point.source)
        else { continue }
        pool.append(point)
      }
      pool = [pool[0]] + pool.dropFirst().sorted { sign * $0.objective < sign * $1.objective }
    }
    solution.pool = pool
    solution.poolDetail = detail(pool.count, isExhausted: isExhausted, isProved: isProved && isComplete)
  }

  private func detail(_ count: Int, isExhausted: Bool, isProved: Bool) -> String {
    var text = count == 1 ? "1 point" : "\(count) points"
    if isProved { text = isExhausted ? "all \(text) there are" : "the \(count) best points" }
    if gap != nil { text += " within the gap" }
    if diversity > 1 { text += ", each different from the better ones in at least \(diversity) whole variables" }
    if !isProved { text += "; a limit ended the search for better ones" }
    if hasUncounted { text += "; variables without bounds do not count as different" }
    return text
  }

  /// In how many counted variables two points differ.
  private func distance(_ a: [Double], _ b: [Double]) -> Int {
    counted.reduce(0) { $0 + (abs(a[$1] - b[$1]) > 0.5 ? 1 : 0) }
  }

  private func isWithinGap(_ objective: Double, _ best: Double) -> Bool {
    guard let gap else { return true }
    return model.sense.sign * (objective - best) <= gap * abs(best) + 1e-9 * max(1, abs(best))
  }

  /// The point with whole numbers made whole, its objective and violation computed anew; nil when it is not feasible.
  private func checked(_ values: [Double], _ source: String) -> PooledPoint? {
    var values = values
    for j in values.indices where model.domains[j].isIntegral { values[j] = values[j].rounded() }
    let report = Checker().check(point: values, of: model)
    guard case .confirmed = report.verdict, let objective = report.objective else { return nil }
    return PooledPoint(values: values, objective: objective, source: source, violation: report.largestAbsolute)
  }

  /// Adds rows that hold where at least ``diversity`` counted variables differ from a point.
  private func demandDifference(from point: [Double], in current: inout Model) {
    var terms: [LinearTerm] = []
    var atPoint = 0.0
    for j in counted {
      let value = point[j].rounded()
      let (low, high) = (model.lower[j].rounded(.up), model.upper[j].rounded(.down))
      if high - low == 1 {
        // Moves by one when it moves.
        let direction = value == low ? 1.0 : -1.0
        terms.append(LinearTerm(direction, Int32(j)))
        atPoint += direction * value
        continue
      }
      // Where the first choice is 1 the variable is above, where the second is, below; otherwise both leave it free.
      func choose(above: Bool, reach: Double) {
        guard reach >= 1 else { return }
        let choice = current.addVariable(
          family: "differs", keys: [.integer(current.variableCount)], lower: 0, upper: 1, domain: .binary)
        let one = LinearTerm(1, Int32(j))
        if above {
          let step = LinearTerm(-(value + 1 - low), choice.index)
          current.addRow(.place(file: "", line: 0), [one, step], lower: low, upper: .infinity)
        } else {
          let step = LinearTerm(high - value + 1, choice.index)
          current.addRow(.place(file: "", line: 0), [one, step], lower: -.infinity, upper: high)
        }
        terms.append(LinearTerm(1, choice.index))
      }
      choose(above: true, reach: high - value)
      choose(above: false, reach: value - low)
    }
    current.addRow(.place(file: "", line: 0), terms, lower: atPoint + Double(diversity), upper: .infinity)
  }
}
