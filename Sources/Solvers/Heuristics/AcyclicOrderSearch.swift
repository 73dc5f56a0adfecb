import Constraints
import LinearAlgebra

/// Graphs without cycles by searching over orders of their nodes: an order says which entries are 0, and what is left is a
/// model without the constraint.
///
/// Where the model is nothing but a regression of each node on its parents, or a weight for each edge, orders are compared
/// by their exact costs, from a greedy order, from the incumbent's and from random ones, and whole points are proposed. In
/// other models the order is that of greatest weight in the relaxation, and the entries against it are proposed as 0, the
/// others left to the solver.
public struct AcyclicOrderSearch: Heuristic {
  /// Random orders that are improved before the search, beside the greedy one.
  public var restarts: Int

  public init(restarts: Int = 20) { self.restarts = restarts }

  public var name: String { "order" }
  public var moments: Set<HeuristicMoment> { [.beforeSearch, .rootRelaxation, .node] }

  public func applies(to model: Model) -> Bool {
    model.acyclicConstraints.contains { $0.nodeCount > 1 && $0.nodeCount <= ColumnRegressions.nodeLimit }
  }

  public func propose(_ situation: HeuristicSituation) -> HeuristicProposal {
    let isOver = { situation.deadline.isOver }
    if situation.moment == .beforeSearch {
      guard var problem = ColumnRegressions(situation.model) else { return HeuristicProposal() }
      let order = problem.bestOrder(restarts: restarts, seed: situation.seed, from: [], until: isOver)
      return HeuristicProposal(points: [problem.point(of: order)])
    }
    guard let relaxation = situation.relaxation else { return HeuristicProposal() }
    let constraints = situation.model.acyclicConstraints
    let orders = constraints.map { $0.order(at: relaxation, until: isOver) }
    if var problem = ColumnRegressions(situation.model), let order = orders.first {
      let better = problem.bestOrder(restarts: 0, seed: situation.seed, from: [order], until: isOver)
      return HeuristicProposal(points: [problem.point(of: better)])
    }
    let restricted = situation.model.restricted(constraints, to: orders)
    var point = [Double](repeating: .nan, count: restricted.variableCount)
    for j in point.indices where restricted.lower[j] == restricted.upper[j] { point[j] = restricted.lower[j] }
    guard point.contains(where: \.isFinite) else { return HeuristicProposal() }
    return HeuristicProposal(points: [point])
  }
}

extension AcyclicConstraint {
  /// The order of greatest weight on the entries that lead forward at a point of the model; that of the graph where it has no
  /// cycle.
  func order(at point: [Double], until isOver: () -> Bool) -> [Int] {
    let weights = values(at: point).map { $0.isFinite ? abs($0) : 0 }
    let d = nodeCount
    if let exact = AcyclicGraph.order(of: weights, nodeCount: d, from: max(tolerance, 1e-9)) { return exact }
    // Nodes of which more leads out than in come first.
    let surplus = (0..<d).map { i in (0..<d).reduce(0.0) { $0 + weights[i * d + $1] - weights[$1 * d + i] } }
    let start = (0..<d).sorted { (-surplus[$0], $0) < (-surplus[$1], $1) }
    guard d <= ColumnRegressions.nodeLimit else { return start }
    return NodeOrderSearch.ordering(weights, nodeCount: d, from: start, until: isOver)
  }
}

extension ColumnRegressions {
  /// The best order that local searches find from the greedy order, the given ones and random ones.
  mutating func bestOrder(restarts: Int, seed: UInt64, from starts: [[Int]], until isOver: () -> Bool) -> [Int] {
    let memory = CostMemory(self)
    let cost: (Int, UInt128) -> Double = { memory.problem.cost(of: $0, within: $1) }
    defer { self = memory.problem }
    var random = SplitMix64(seed: seed)
    var candidates = starts
    if candidates.isEmpty { candidates.append(NodeOrderSearch.greedy(nodeCount, cost: cost)) }
    var best: (order: [Int], total: Double)?
    for k in 0..<(candidates.count + restarts) {
      let start = k < candidates.count ? candidates[k] : Array(0..<nodeCount).shuffled(using: &random)
      var search = NodeOrderSearch(order: start, cost: cost)
      search.improve(until: isOver)
      let total = search.total
      if best.map({ total < $0.total }) ?? true { best = (search.order, total) }
      if isOver() { break }
    }
    return best?.order ?? Array(0..<nodeCount)
  }

  /// Keeps the costs found from one search to the next.
  private final class CostMemory {
    var problem: ColumnRegressions
    init(_ problem: ColumnRegressions) { self.problem = problem }
  }
}
