import Constraints

/// A model of functions with graphs without cycles, where no row of whole numbers can say so: first a smooth solve with
/// `h(W ∘ W) = 0`, then the order of its graph with the entries against it set to 0, then better orders. Where a model splits
/// into regressions of the nodes, whole orders are compared instead, and the smooth solve only starts them if it is asked for.
///
/// The smooth solve only chooses an order; its small entries close cycles and are not kept. With the order the model has no
/// acyclicity left, and is solved as any other. Then nodes are tried after all nodes that are not behind them in the graph:
/// all present edges stay possible, so that the answer cannot get worse, and where no node gains the graph is best for every
/// order that it has. X. Zheng, B. Aragam, P. Ravikumar, E. Xing, "DAGs with NO TEARS" (2018); D. Wei, T. Gao, Y. Yu, "DAGs
/// with no fears" (2020), section 4, for the conditions that hold at the end.
struct AcyclicDescent {
  let model: Model
  let options: SolveOptions
  let context: SolveContext
  /// Values to start from.
  let start: [Double]
  private let constraints: [AcyclicConstraint]

  /// Share of the time left that the smooth solve may take.
  private static let smoothShare = 0.5
  /// Largest h that the smooth solve leaves, how stationary it ends, and its iterations at most: it has to tell which way
  /// edges lead, and near a graph without cycles, where the gradient of h vanishes, further digits are slow to come.
  private static let smoothFeasibility = 1e-6
  private static let smoothOptimality = 1e-4
  private static let smoothIterations = 2_000
  /// Gains up to this share of the objective are rounding.
  private static let least = 1e-9

  init(_ model: Model, start: [Double], _ options: SolveOptions, _ context: SolveContext) {
    self.model = model
    self.options = options
    self.context = context
    self.start = start
    constraints = model.acyclicConstraints
  }

  func solve() throws(SolverError) -> Solution {
    var orders: [[Int]] = []
    var isExact = false
    if var problem = ColumnRegressions(model) {
      // Orders are compared by what they cost: the smooth solve is of use only where it was asked for.
      if options.solver != "auto" { orders = smoothOrders() }
      context.report(.phase("order search"))
      let order = problem.bestOrder(
        restarts: AcyclicOrderSearch().restarts, seed: options.seed, from: orders + [problem.greedyOrder()],
        until: { context.shouldStop })
      orders = [problem.settled(order)]
      isExact = true
    } else {
      orders = smoothOrders()
    }
    context.report(.phase("nonzero entries of the order"))
    var best = try solve(orders)
    guard best.hasPoint, best.outcome == .optimal || best.outcome == .locallyOptimal else {
      guard best.outcome != .unbounded else { return best }
      // What one order does not allow others may.
      var answer = Solution(outcome: .unknown, termination: best.termination, sense: model.sense)
      answer.termination.detail = "the order of nodes that the smooth solve led to leaves no point"
      return answer
    }
    if !isExact { isExact = try improve(&best) }
    // What is best for each order of its graph need not be best for others.
    best.outcome = isExact ? .locallyOptimal : .feasible
    best.proof = .none
    best.bound = nil
    best.source = "order search"
    best.dualReason = "with the zeros of the order in place of the acyclic graph there are no multipliers of it"
    (best.rowDuals, best.reducedCosts, best.generalDuals, best.dualStatus) = ([], [], [], .none)
    return best
  }

  /// The orders of the graphs that the smooth solve leaves.
  private func smoothOrders() -> [[Int]] {
    context.report(.phase("smooth acyclicity"))
    var point = [Double](repeating: 0, count: model.variableCount)
    if let form = smoothForm() {
      var own = options
      own.feasibilityTolerance = AcyclicDescent.smoothFeasibility
      own.optimalityTolerance = AcyclicDescent.smoothOptimality
      own.iterationLimit = min(options.iterationLimit ?? .max, AcyclicDescent.smoothIterations)
      own.multistart = 1
      var limited = context
      limited.basis = nil
      limited.heuristics = nil
      if options.timeLimit != nil {
        limited.deadline = Deadline(after: .seconds(AcyclicDescent.smoothShare * context.deadline.remaining))
      }
      let outcome = try? AugmentedLagrangianSolver().solve(.nonlinear(form), options: own, context: limited)
      if let outcome, outcome.point.count >= point.count { point = Array(outcome.point.prefix(point.count)) }
    }
    return constraints.map { $0.order(at: point) { context.shouldStop } }
  }

  /// The smooth problem, sizes `|w|` in the objective as linear functions of further columns.
  private func smoothForm() -> NonlinearForm? {
    var relaxed = model
    for constraint in constraints {
      relaxed.replaceBody(ofGeneral: constraint.position, by: .vector([], Zeros(dimension: 0)))
    }
    var values = start
    if let reformulation = try? Reformulation(relaxed), [.linear, .quadratic].contains(reformulation.kind) {
      let given = NonlinearReformulation.start(model, start)
      values = reformulation.restrict(given)
      relaxed = reformulation.formModel
    }
    guard let base = try? NonlinearReformulation(relaxed, start: values, threads: options.threads ?? 1) else { return nil }
    return base.form.adding(constraints, options.acyclicity)
  }

  private func solve(_ orders: [[Int]]) throws(SolverError) -> Solution {
    var own = options
    own.heuristicEffort = .off
    own.duals = false
    own.poolSize = 1
    // What is left may be of any kind.
    own.solver = "auto"
    own.timeLimit = options.timeLimit.map { _ in .seconds(context.deadline.remaining) }
    return try SolvePipeline(options: own, cancellation: context.cancellation).solve(model.restricted(constraints, to: orders))
  }

  /// Tries each node behind all that are not behind it in the graph, until none gains.
  /// - Returns: whether all were tried.
  private func improve(_ best: inout Solution) throws(SolverError) -> Bool {
    guard constraints.count == 1, let constraint = constraints.first else { return false }
    let d = constraint.nodeCount
    let sign = model.sense.sign
    var untried = Set(0..<d)
    while let v = untried.min() {
      if context.shouldStop { return false }
      untried.remove(v)
      guard let order = constraint.order(putting: v, lateIn: best.values) else { return false }
      let next = try solve([order])
      guard next.hasPoint, let value = next.objective, let old = best.objective else { continue }
      if sign * (old - value) > AcyclicDescent.least * max(1, abs(old)) {
        best = next
        untried = Set(0..<d)
        untried.remove(v)
      }
    }
    return true
  }
}

extension AcyclicConstraint {
  /// An order of the graph of a point in which only nodes behind v in the graph come after v; nil where there is a cycle.
  func order(putting v: Int, lateIn point: [Double]) -> [Int]? {
    let d = nodeCount
    let weights = values(at: point).map { abs($0) }
    guard let order = AcyclicGraph.order(of: weights, nodeCount: d, from: max(tolerance, 1e-9)) else { return nil }
    var isBehind = [Bool](repeating: false, count: d)
    for i in order where i == v || isBehind[i] {
      for j in 0..<d where weights[i * d + j] > tolerance { isBehind[j] = true }
    }
    return order.filter { !isBehind[$0] && $0 != v } + [v] + order.filter { isBehind[$0] }
  }
}

extension ColumnRegressions {
  mutating func greedyOrder() -> [Int] {
    var copy = self
    defer { self = copy }
    return NodeOrderSearch.greedy(nodeCount) { copy.cost(of: $0, within: $1) }
  }

  /// The order, changed until no node gains from coming after all nodes that are not behind it in the graph of the order's
  /// best point.
  mutating func settled(_ start: [Int]) -> [Int] {
    var order = start
    let d = nodeCount
    var untried = Set(0..<d)
    while let v = untried.min() {
      untried.remove(v)
      let weights = matrix(of: point(of: order))
      var isBehind = [Bool](repeating: false, count: d)
      for i in order where i == v || isBehind[i] {
        for j in 0..<d where weights[i * d + j] != 0 { isBehind[j] = true }
      }
      let ahead = order.filter { !isBehind[$0] && $0 != v }
      let old = cost(of: v, within: set(order[..<(order.firstIndex(of: v) ?? 0)]))
      let new = cost(of: v, within: set(ahead[...]))
      if old - new > NodeOrderSearch.rounding * max(1, abs(old)) {
        order = ahead + [v] + order.filter { isBehind[$0] }
        untried = Set(0..<d)
        untried.remove(v)
      }
    }
    return order
  }

  private func set(_ nodes: ArraySlice<Int>) -> UInt128 { nodes.reduce(0) { $0 | UInt128(1) << UInt128($1) } }

  private func matrix(of point: [Double]) -> [Double] { variables.map { $0 >= 0 ? point[Int($0)] : 0 } }
}
