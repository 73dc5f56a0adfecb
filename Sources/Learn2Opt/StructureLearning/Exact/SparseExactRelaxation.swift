import Constraints
import Foundation
import Solvers

/// The linear relaxation with cluster rows, by columns and rows that turn up: a bound, and which candidates a better graph
/// can still have.
///
/// For any multipliers λ >= 0 of cluster rows the nodes part, and
/// `Σ λ + Σᵥ min over P (score(v, P) - Σ λ(C) over the C with v in C and P disjoint from C)` is a bound; a candidate whose
/// difference to its node's minimum is more than what bound and best graph leave is in no better graph. So neither rests on
/// the accuracy of the simplex method, which only finds the multipliers.
struct ClusterRelaxation {
  private let scores: ParentSetScores
  private let deadline: Deadline
  private let cancellation: Cancellation
  /// Scores less those of each node's best candidate, scaled.
  private let costs: [[Double]]
  /// Difference of bound and best graph that ends the search, in scaled scores.
  private let tolerance: Double
  /// The best graph and its scaled cost.
  private(set) var best: (choice: [Int], cost: Double)?
  /// No graph of all candidates costs less, scaled; of those that cost less than the best graph.
  private(set) var bound = 0.0
  /// For each node the candidates that a better graph may have.
  private(set) var kept: [[Int]]
  /// Rows that carry the bound.
  private(set) var clusters: [ParentBits] = []
  private var ages: [Int] = []
  /// Candidates in the relaxation at hand, for each node, with their places in it.
  private var columns: [(node: Int, candidate: Int)] = []
  private var isColumn: [[Bool]]
  private var isKept: [[Bool]]
  private var basis: Basis?

  /// Rounds of rows without progress until the relaxation ends.
  private static let stalledRounds = 12
  /// What counts as progress: this share of the gap.
  private static let progress = 2e-3
  /// Candidates that enter at a time, for each node.
  private static let entering = 8
  /// Rounds for which a row is slack until it leaves.
  private static let age = 6
  /// Prices down to this are rounding, in scaled scores.
  private static let priceTolerance = 1e-7

  init(
    _ scores: ParentSetScores, costs: [[Double]], tolerance: Double, best: (choice: [Int], cost: Double)?,
    deadline: Deadline, cancellation: Cancellation
  ) {
    self.scores = scores
    self.costs = costs
    self.tolerance = tolerance
    self.best = best
    self.deadline = deadline
    self.cancellation = cancellation
    kept = scores.candidates.map { Array($0.indices) }
    isColumn = scores.candidates.map { [Bool](repeating: false, count: $0.count) }
    isKept = scores.candidates.map { [Bool](repeating: true, count: $0.count) }
    for v in 0..<scores.nodeCount {
      for k in 0..<min(ClusterRelaxation.entering, scores.candidates[v].count) { enter(v, k) }
    }
    if let best { for (v, k) in best.choice.enumerated() { enter(v, k) } }
  }

  private var isOver: Bool { deadline.isOver || cancellation.isCancelled }
  private var gap: Double { (best?.cost ?? .infinity) - bound }

  private mutating func enter(_ v: Int, _ k: Int) {
    if isColumn[v][k] { return }
    isColumn[v][k] = true
    columns.append((v, k))
    basis?.columns.append(.atLower)
  }

  /// Raises the bound until no row is found, progress ends, or bound and best graph meet.
  mutating func run(report: (_ bound: Double, _ rows: Int, _ candidates: Int) -> Void) {
    var stalled = 0
    var reference = 0.0
    while !isOver && gap > tolerance {
      guard let outcome = solveMaster() else { return }
      let multipliers = clusters.indices.map { max(0, outcome.rowDuals[scores.nodeCount + $0]) }
      let isPriced = price(multipliers, nodePrices: Array(outcome.rowDuals.prefix(scores.nodeCount)))
      if gap <= tolerance { return }
      if !isPriced { continue }
      report(bound, clusters.count, kept.reduce(0) { $0 + $1.count })
      round(outcome.point)
      var support: [(node: Int, set: ParentBits, value: Double)] = []
      for (column, value) in zip(columns, outcome.point) where value > ClusterSearch.support {
        support.append((column.node, scores.sets[column.node][column.candidate], value))
      }
      let found = ClusterSearch.violated(
        support, nodeCount: scores.nodeCount, tolerance: SparseExactSearch.tolerance, limit: 4 * scores.nodeCount)
      let fresh = found.filter { !clusters.contains($0) }
      if fresh.isEmpty { return }
      dropSlackRows()
      for cluster in fresh {
        clusters.append(cluster)
        ages.append(0)
        basis?.rows.append(.basic)
      }
      if bound - reference > ClusterRelaxation.progress * max(gap, tolerance) {
        reference = bound
        stalled = 0
      } else {
        stalled += 1
        if stalled >= ClusterRelaxation.stalledRounds { return }
      }
    }
  }

  /// The relaxation of the columns and rows at hand; nil where the solver fails or is stopped.
  private mutating func solveMaster() -> FormOutcome? {
    let d = scores.nodeCount
    var form = LinearForm()
    for (v, k) in columns {
      _ = form.addColumn(lower: 0, upper: isKept[v][k] ? .infinity : 0, objective: costs[v][k])
    }
    for v in 0..<d {
      for (k, column) in columns.enumerated() where column.node == v {
        form.entryColumns.append(Int32(k))
        form.entryValues.append(1)
      }
      close(&form, upper: 1)
    }
    for cluster in clusters {
      for (k, column) in columns.enumerated()
      where cluster >> ParentBits(column.node) & 1 != 0 && scores.sets[column.node][column.candidate] & cluster == 0 {
        form.entryColumns.append(Int32(k))
        form.entryValues.append(1)
      }
      close(&form, upper: .infinity)
    }
    var options = SolveOptions()
    options.presolve = false
    let context = SolveContext(
      deadline: Deadline(after: deadline.limit.map { _ in .seconds(deadline.remaining) }), cancellation: cancellation,
      basis: basis)
    guard let outcome = try? SimplexSolver().solve(.linear(form), options: options, context: context),
      outcome.outcome == .optimal, outcome.rowDuals.count == d + clusters.count, let found = outcome.basis
    else { return nil }
    basis = found
    return outcome
  }

  private func close(_ form: inout LinearForm, upper: Double) {
    form.starts.append(form.entryValues.count)
    form.rowLower.append(1)
    form.rowUpper.append(upper)
  }

  /// Bound and fixing from multipliers; columns whose price is negative enter.
  /// - Returns: whether there is none.
  private mutating func price(_ multipliers: [Double], nodePrices: [Double]) -> Bool {
    let d = scores.nodeCount
    var total = multipliers.reduce(0, +)
    var reduced: [[Double]] = []
    var least: [Double] = []
    for v in 0..<d {
      let own = zip(clusters, multipliers).filter { $0.1 > 0 && $0.0 >> ParentBits(v) & 1 != 0 }
      let prices = kept[v].map { k -> Double in
        let set = scores.sets[v][k]
        var price = costs[v][k]
        for (cluster, multiplier) in own where set & cluster == 0 { price -= multiplier }
        return price
      }
      let lowest = prices.min() ?? 0
      total += lowest
      reduced.append(prices)
      least.append(lowest)
    }
    bound = max(bound, total)
    let slack = (best?.cost ?? .infinity) - total
    var isPriced = true
    for v in 0..<d {
      let prices = reduced[v]
      let entering = prices.indices
        .filter { prices[$0] - nodePrices[v] < -ClusterRelaxation.priceTolerance && !isColumn[v][kept[v][$0]] }
        .sorted { prices[$0] < prices[$1] }
      for p in entering.prefix(ClusterRelaxation.entering) {
        enter(v, kept[v][p])
        isPriced = false
      }
      // What is in no better graph leaves for good; the graph at hand stays possible.
      let chosen = best?.choice[v] ?? -1
      var rest: [Int] = []
      for (p, k) in kept[v].enumerated() {
        if prices[p] - least[v] <= slack || k == chosen { rest.append(k) } else { isKept[v][k] = false }
      }
      kept[v] = rest
    }
    return isPriced
  }

  /// Takes rows out that were slack for several rounds; their slacks are basic, so that the basis stays one.
  private mutating func dropSlackRows() {
    guard let rows = basis?.rows else { return }
    let d = scores.nodeCount
    for c in clusters.indices { ages[c] = rows[d + c] == .basic ? ages[c] + 1 : 0 }
    let stays = ages.map { $0 <= ClusterRelaxation.age }
    if stays.allSatisfy({ $0 }) { return }
    basis?.rows = rows.indices.filter { $0 < d || stays[$0 - d] }.map { rows[$0] }
    clusters = clusters.indices.filter { stays[$0] }.map { clusters[$0] }
    ages = ages.indices.filter { stays[$0] }.map { ages[$0] }
  }

  /// A graph from the point of a relaxation.
  private mutating func round(_ point: [Double]) {
    var values = scores.candidates.map { [Double](repeating: 0, count: $0.count) }
    for (column, value) in zip(columns, point) { values[column.node][column.candidate] = value }
    var search = ParentSetOrder(scores, order: scores.order(takenBy: values))
    search.improve { isOver }
    guard let choice = search.choice else { return }
    let cost = choice.enumerated().reduce(0) { $0 + costs[$1.offset][$1.element] }
    if best.map({ cost < $0.cost }) ?? true {
      best = (choice, cost)
      for (v, k) in choice.enumerated() { enter(v, k) }
    }
  }
}
