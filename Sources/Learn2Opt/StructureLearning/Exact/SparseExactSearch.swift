import Constraints
import Foundation
import Solvers

/// The acyclic graph with the best sum of scores of parent sets, with a proof: a binary for each node and candidate set, one
/// set a node, and rows that cut off cycles when they turn up, by branch and cut.
///
/// Starts from a local search over orders and from a given graph. Few nodes are settled by dynamic programming over sets of
/// nodes; for more the linear relaxation raises a bound and leaves only candidates that a better graph may have, and branch
/// and cut closes the gap. Where time runs out first, the answer says how far from the best it can be.
public struct SparseExactSearch: Sendable {
  /// Wall-clock limit; nil for none.
  public var timeLimit: Duration?
  /// Difference of score and bound at which the search ends; the scores of graphs with one edge more or less differ by
  /// about log(n)/(2n), which is much more.
  public var absoluteGap = 1e-9
  /// Nodes up to which dynamic programming over sets of nodes is tried before relaxation, branch and cut; at most 24. It takes
  /// a memory of 2^d numbers.
  public var subsetLimit = 22
  /// Random orders that are improved before the search.
  public var restarts = 20
  public var seed: UInt64 = 1

  public init(timeLimit: Duration? = nil) { self.timeLimit = timeLimit }

  /// - Parameters:
  ///   - start: a graph to start from, the parents of each node. A node whose parents are no candidate takes its best
  ///     candidate among them; a graph with a cycle is left out.
  ///   - cancellation: ends the search with the best answer so far.
  ///   - report: told of progress, bounds and better graphs, in sums of scores.
  /// - Throws: ``StructureLearningError/invalidOption(_:)`` where no choice of candidates is acyclic or the limit ended the
  ///   search before any was found, ``StructureLearningError/contradictoryKnowledge(cycle:)`` where parents that a node
  ///   has in all of its candidates close a cycle.
  public func solve(
    _ scores: ParentSetScores, start: [[Int]]? = nil, cancellation: Cancellation = Cancellation(),
    report: @escaping @Sendable (SolveEvent) -> Void = { _ in }
  ) throws(StructureLearningError) -> SparseExactResult {
    let deadline = Deadline(after: timeLimit)
    if let cycle = scores.cycleOfNecessaryEdges { throw .contradictoryKnowledge(cycle: cycle.map { scores.names[$0] }) }
    let isOver = { cancellation.isCancelled || deadline.isOver }
    var best = ParentSetOrder.search(scores, restarts: restarts, seed: seed, until: isOver)
    if let start, let choice = scores.choice(near: start) {
      let total = scores.total(of: choice)
      if best.map({ total < $0.score }) ?? true { best = (choice, total) }
    }
    // Scores above the best of each node: the sum is then small, and so is rounding.
    let least = scores.candidates.map { $0[0].score }
    let shift = least.reduce(0, +)
    let excess = best.map { $0.score - shift } ?? 0
    if let best, excess <= absoluteGap {
      return SparseExactResult(scores, best.choice, bound: shift, nodes: 0, seconds: deadline.elapsed)
    }
    if scores.nodeCount <= min(subsetLimit, CandidateSetProgram.nodeLimit) {
      report(.phase("sets of first nodes"))
      if let choice = CandidateSetProgram.solve(scores, until: isOver) {
        return SparseExactResult(scores, choice, bound: scores.total(of: choice), nodes: 0, seconds: deadline.elapsed)
      }
    }
    // A power of two: scores come back unrounded.
    let scale = excess > 0 ? exp2((log2(SparseExactSearch.usualObjective / excess)).rounded()) : 1
    let costs = scores.candidates.enumerated().map { v, list in list.map { ($0.score - least[v]) * scale } }
    var relaxation = ClusterRelaxation(
      scores, costs: costs, tolerance: absoluteGap * scale,
      best: best.map { found in
        (found.choice, found.choice.enumerated().reduce(0) { $0 + costs[$1.offset][$1.element] })
      }, deadline: deadline, cancellation: cancellation)
    relaxation.run { bound, rows, candidates in
      let found = best.map { $0.score }
      report(.progress(.init(seconds: deadline.elapsed, nodes: 0, open: 0, incumbent: found, bound: bound / scale + shift)))
      report(.log("\(rows) clusters, \(candidates) candidates left"))
    }
    if let found = relaxation.best { best = (found.choice, scores.total(of: found.choice)) }
    let rootBound = relaxation.bound / scale + shift
    if let best, isOver() || best.score - rootBound <= absoluteGap {
      return SparseExactResult(scores, best.choice, bound: rootBound, nodes: 0, seconds: deadline.elapsed)
    }
    return try branch(scores, relaxation, costs, best, rootBound, scale, shift, deadline, cancellation, report)
  }

  /// Branch and cut over the candidates that the relaxation leaves.
  private func branch(
    _ all: ParentSetScores, _ relaxation: ClusterRelaxation, _ costs: [[Double]], _ start: (choice: [Int], score: Double)?,
    _ rootBound: Double, _ scale: Double, _ shift: Double, _ deadline: Deadline, _ cancellation: Cancellation,
    _ report: @escaping @Sendable (SolveEvent) -> Void
  ) throws(StructureLearningError) -> SparseExactResult {
    let scores = ParentSetScores(all, keeping: relaxation.kept)
    let ownCosts = relaxation.kept.enumerated().map { v, list in list.map { costs[v][$0] } }
    let (model, clusters) = formulation(scores, ownCosts, relaxation.clusters)
    var options = SolveOptions()
    options.solver = "branch"
    options.gap = 0
    options.absoluteGap = absoluteGap * scale
    options.timeLimit = timeLimit.map { _ in .seconds(deadline.remaining) }
    options.seed = seed
    var sources: [any Heuristic] = [SinkRounding(scores: scores)]
    if let start {
      let choice = start.choice.enumerated().map { v, k in relaxation.kept[v].firstIndex(of: k) ?? 0 }
      sources.append(StartPoint(name: "orders", points: [scores.point(of: choice)]))
    }
    let spent = deadline.elapsed
    let solution: Solution
    do throws(SolverError) {
      solution = try SolvePipeline(
        options: options, heuristics: sources, lazyConstraints: [clusters], cancellation: cancellation,
        report: { report($0.unscaled(by: scale, shift, after: spent)) }
      ).solve(model)
    } catch {
      guard let start else { throw .invalidOption("the search over parent sets failed: \(error.rendered)") }
      return SparseExactResult(all, start.choice, bound: rootBound, nodes: 0, seconds: deadline.elapsed)
    }
    var choice = start?.choice
    if solution.hasPoint {
      let found = scores.choice(of: solution.values).enumerated().map { v, k in relaxation.kept[v][k] }
      if choice.map({ all.total(of: found) < all.total(of: $0) }) ?? true { choice = found }
    }
    guard let choice else {
      throw .invalidOption(
        solution.outcome == .infeasible
          ? "no choice of parent sets is acyclic; give every node a set of fewer parents"
          : "no acyclic graph was found within the limit; allow more time")
    }
    // Candidates that were left out are in no graph better than the start.
    let score = all.total(of: choice)
    var bound = max(rootBound, solution.bound.map { $0 / scale + shift } ?? rootBound)
    if solution.outcome == .optimal { bound = max(bound, score - absoluteGap) }
    return SparseExactResult(
      all, choice, bound: min(bound, score), nodes: solution.statistics.nodes, seconds: deadline.elapsed)
  }

  /// What the objective of the start is scaled to: tolerances of the simplex method are meant for numbers of this size.
  private static let usualObjective = 100.0

  private func formulation(
    _ scores: ParentSetScores, _ costs: [[Double]], _ stated: [ParentBits]
  ) -> (model: Model, clusters: LazyConstraints) {
    var model = Model("parent sets")
    var columns: [Variable] = []
    var terms: [LinearTerm] = []
    for v in 0..<scores.nodeCount {
      var row: [LinearTerm] = []
      for cost in costs[v] {
        let x = model.variable("x\(columns.count)", in: 0...1, .binary)
        row.append(LinearTerm(1, x.index))
        terms.append(LinearTerm(cost, x.index))
        columns.append(x)
      }
      model.addRow(.name("node \(v)"), row, lower: 1, upper: 1)
    }
    model.setObjective(.minimize, ScalarFunction(linear: terms))
    let search = ClusterSearch(scores)
    for (c, cluster) in stated.enumerated() {
      let row = search.columns(of: cluster).map { LinearTerm(1, columns[$0].index) }
      model.addRow(.name("cluster \(c)"), row, lower: 1, upper: .infinity)
    }
    let variables = columns
    let clusters = LazyConstraints("clusters", over: variables) { point in
      search.violated(point.values, tolerance: SparseExactSearch.tolerance).map { cluster in
        var total = Expression()
        for k in search.columns(of: cluster) { total.add(1, variables[k]) }
        return total >= 1
      }
    }
    return (model, clusters)
  }

  /// Violation up to which a cluster row counts as satisfied.
  static let tolerance = 1e-5
}

/// The best graph found over candidate parent sets, and what is proved.
public struct SparseExactResult: Sendable, Equatable {
  public let names: [String]
  /// For each node its parents, ascending, from 0.
  public let parents: [[Int]]
  /// The sum of the scores.
  public let score: Double
  /// No acyclic graph of candidates has a smaller score.
  public let bound: Double
  /// Nodes of the search tree.
  public let nodeCount: Int
  public let seconds: Double

  /// By how much the score may be above the best.
  public var gap: Double { score - bound }

  init(_ scores: ParentSetScores, _ choice: [Int], bound: Double, nodes: Int, seconds: Double) {
    names = scores.names
    parents = choice.enumerated().map { scores.candidates[$0.offset][$0.element].parents }
    score = scores.total(of: choice)
    self.bound = min(bound, score)
    nodeCount = nodes
    self.seconds = seconds
  }

  /// Whether the score is within a rounding of the bound.
  public func isOptimal(within tolerance: Double = 1e-9) -> Bool { gap <= tolerance * max(1, abs(score)) }

  /// The graph with the weights of the regressions on the parents.
  /// - Throws: ``StructureLearningError/singularCovariance(_:)`` where parents depend on each other.
  public func graph(_ covariance: SampleCovariance) throws(StructureLearningError) -> WeightedGraph {
    var edges: [WeightedGraph.Edge] = []
    for (v, own) in parents.enumerated() where !own.isEmpty {
      guard let weights = SparseExactResult.regression(of: v, on: own, covariance) else {
        throw .singularCovariance("the parents of \(names[v]) depend on each other")
      }
      for (u, weight) in zip(own, weights) { edges.append(WeightedGraph.Edge(from: u, to: v, weight: weight)) }
    }
    return WeightedGraph(names: names, edges: edges)
  }

  /// `S(P, P)⁻¹ S(P, v)` by Cholesky's method; nil where the moments are not positive definite.
  private static func regression(of v: Int, on parents: [Int], _ covariance: SampleCovariance) -> [Double]? {
    let k = parents.count
    let s = covariance.matrix
    var l = [Double](repeating: 0, count: k * k)
    var x = parents.map { s[$0, v] }
    for i in 0..<k {
      for j in 0...i {
        var sum = s[parents[i], parents[j]]
        for m in 0..<j { sum -= l[i * k + m] * l[j * k + m] }
        if i > j {
          l[i * k + j] = sum / l[j * k + j]
        } else {
          guard sum > 0 else { return nil }
          l[i * k + i] = sum.squareRoot()
        }
      }
      for m in 0..<i { x[i] -= l[i * k + m] * x[m] }
      x[i] /= l[i * k + i]
    }
    for i in stride(from: k - 1, through: 0, by: -1) {
      for m in (i + 1)..<max(k, i + 1) { x[i] -= l[m * k + i] * x[m] }
      x[i] /= l[i * k + i]
    }
    return x
  }
}

extension SolveEvent {
  /// Progress in sums of scores.
  fileprivate func unscaled(by scale: Double, _ shift: Double, after seconds: Double) -> SolveEvent {
    func turned(_ progress: Progress) -> Progress {
      Progress(
        seconds: progress.seconds + seconds, nodes: progress.nodes, open: progress.open,
        incumbent: progress.incumbent.map { $0 / scale + shift }, bound: progress.bound.map { $0 / scale + shift })
    }
    switch self {
    case .incumbent(let progress, let source): return .incumbent(turned(progress), source: source)
    case .progress(let progress): return .progress(turned(progress))
    default: return self
    }
  }
}

extension ParentSetScores {
  /// Some of the candidates of each node.
  init(_ all: ParentSetScores, keeping kept: [[Int]]) {
    names = all.names
    candidates = kept.enumerated().map { v, list in list.map { all.candidates[v][$0] } }
    sets = kept.enumerated().map { v, list in list.map { all.sets[v][$0] } }
  }

  /// The sum of the scores of a choice of candidates.
  func total(of choice: [Int]) -> Double {
    choice.enumerated().reduce(0) { $0 + candidates[$1.offset][$1.element].score }
  }

  /// The candidate of each node that a point takes by most.
  func choice(of point: [Double]) -> [Int] {
    firstColumns.enumerated().map { v, first in
      candidates[v].indices.max { point[first + $0] < point[first + $1] } ?? 0
    }
  }

  /// The best candidates within the parents of a graph; nil where the graph has a cycle, other nodes, or no candidate
  /// within.
  func choice(near parents: [[Int]]) -> [Int]? {
    guard parents.count == nodeCount, parents.allSatisfy({ $0.allSatisfy(names.indices.contains) }) else { return nil }
    let edges = parents.enumerated().flatMap { v, list in list.map { WeightedGraph.Edge(from: $0, to: v, weight: 1) } }
    guard let order = WeightedGraph(names: names, edges: edges).topologicalOrder else { return nil }
    return ParentSetOrder(self, order: order).choice
  }

  /// A cycle of edges that all candidates of their heads have.
  var cycleOfNecessaryEdges: [Int]? {
    let edges = sets.enumerated().flatMap { v, list in
      ParentSetScores.nodes(list.reduce(~0) { $0 & $1 }).map { WeightedGraph.Edge(from: $0, to: v, weight: 1) }
    }
    return WeightedGraph(names: names, edges: edges).cycle
  }
}
