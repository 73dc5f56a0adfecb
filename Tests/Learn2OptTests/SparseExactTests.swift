import Constraints
import Foundation
import LinearAlgebra
import Solvers
import Testing

@testable import Learn2Opt

/// The least sum of scores over all orders, by dynamic programming over the sets of nodes that come first; independent of
/// the search. T. Silander, P. Myllymäki (2006).
private func leastScore(_ scores: ParentSetScores) -> Double {
  let d = scores.nodeCount
  var least = [Double](repeating: .infinity, count: 1 << d)
  least[0] = 0
  for set in 1..<(1 << d) {
    for v in 0..<d where set >> v & 1 == 1 {
      let before = set & ~(1 << v)
      let own = scores.candidates[v].first { $0.parents.allSatisfy { before >> $0 & 1 == 1 } }
      if let own { least[set] = min(least[set], least[before] + own.score) }
    }
  }
  return least[(1 << d) - 1]
}

/// The least sum of scores over every choice of candidates without a cycle.
private func leastOfAllChoices(_ scores: ParentSetScores) -> Double {
  let d = scores.nodeCount
  var best = Double.infinity
  func extend(_ v: Int, _ choice: [[Int]], _ total: Double) {
    if v == d {
      let edges = choice.enumerated().flatMap { v, p in p.map { WeightedGraph.Edge(from: $0, to: v, weight: 1) } }
      if WeightedGraph(names: scores.names, edges: edges).isAcyclic { best = min(best, total) }
      return
    }
    for candidate in scores.candidates[v] { extend(v + 1, choice + [candidate.parents], total + candidate.score) }
  }
  extend(0, [], 0)
  return best
}

private func randomCovariance(_ d: Int, seed: UInt64, samples: Int = 200) -> SampleCovariance {
  var random = SplitMix64(seed: seed)
  func normal() -> Double {
    let u = Double.random(in: 0..<1, using: &random), v = Double.random(in: 0..<1, using: &random)
    return (-2 * log(1 - u)).squareRoot() * cos(2 * .pi * v)
  }
  var weights = [Double](repeating: 0, count: d * d)
  for i in 0..<d {
    for j in (i + 1)..<max(d, i + 1) where Double.random(in: 0..<1, using: &random) < 3 / Double(d) {
      weights[i * d + j] = Double.random(in: 0.4...1.2, using: &random) * (Bool.random(using: &random) ? 1 : -1)
    }
  }
  var x = DenseMatrix(rowCount: samples, columnCount: d)
  for s in 0..<samples {
    for j in 0..<d {
      var value = normal()
      for i in 0..<j { value += weights[i * d + j] * x[s, i] }
      x[s, j] = value
    }
  }
  return SampleCovariance(SampleTable(names: (0..<d).map { "v\($0)" }, values: x))
}

/// The variance of v that regression on a set leaves, from a solve of its own.
private func residual(_ v: Int, _ parents: [Int], _ s: DenseMatrix) -> Double {
  let nodes = parents + [v]
  var a = nodes.map { i in nodes.map { s[i, $0] } }
  for p in 0..<parents.count {
    for i in (p + 1)..<nodes.count {
      let factor = a[i][p] / a[p][p]
      for j in 0..<nodes.count { a[i][j] -= factor * a[p][j] }
    }
  }
  return a[parents.count][parents.count]
}

@Suite("Sparse exact structure learning")
struct SparseExactTests {
  @Test func `scoring stops when asked, and refuses at once what is too large`() throws {
    let covariance = randomCovariance(8, seed: 3)
    var asked = 0
    let stopped = try ParentSetScores(gaussian: covariance, parentLimit: 3) {
      asked += 1
      return asked > 5
    }
    #expect(stopped == nil && asked == 6)
    let all = try ParentSetScores(gaussian: covariance, parentLimit: 3) { false }
    let same = try ParentSetScores(gaussian: covariance, parentLimit: 3)
    #expect(all == same)
    #expect(throws: StructureLearningError.self) { try ParentSetScores.checkSize(nodeCount: 300, parentLimit: 3) }
    #expect(throws: StructureLearningError.self) { try ParentSetScores.checkSize(nodeCount: 100, parentLimit: 20) }
    #expect(throws: StructureLearningError.self) { try StructureLearner.checkExact(nodeCount: 21, score: .bic) }
    try StructureLearner.checkExact(nodeCount: 24, score: .leastSquares)
  }

  @Test func `the Gaussian scores are those of separate regressions`() throws {
    let covariance = randomCovariance(6, seed: 4)
    let n = Double(covariance.sampleCount)
    let scores = try ParentSetScores(gaussian: covariance, parentLimit: 3, penaltyDiscount: 2)
    for v in 0..<6 {
      for candidate in scores.candidates[v] {
        let variance = residual(v, candidate.parents, covariance.matrix)
        let expected = 0.5 * log(variance) + 2 * log(n) / (2 * n) * Double(candidate.parents.count)
        #expect(abs(candidate.score - expected) <= 1e-10)
      }
      // None is dominated, and what is missing is dominated.
      for bits in 0..<64 where bits >> v & 1 == 0 && bits.nonzeroBitCount <= 3 {
        let parents = (0..<6).filter { bits >> $0 & 1 == 1 }
        let score = 0.5 * log(residual(v, parents, covariance.matrix)) + log(n) / n * Double(parents.count)
        let best = scores.candidates[v].filter { Set($0.parents).isSubset(of: parents) }.map(\.score).min()
        #expect((best ?? .infinity) <= score + 1e-10)
        let own = scores.candidates[v].first { $0.parents == parents }
        let smaller = scores.candidates[v].filter { Set($0.parents).isStrictSubset(of: parents) }.map(\.score).min()
        if let own, let smaller { #expect(own.score < smaller) }
      }
    }
  }

  @Test func `small problems agree with all choices and with dynamic programming`() throws {
    for seed in 1...6 {
      let d = 3 + seed % 3
      let scores = try ParentSetScores(gaussian: randomCovariance(d, seed: UInt64(seed)), parentLimit: 2)
      let expected = leastOfAllChoices(scores)
      #expect(abs(leastScore(scores) - expected) <= 1e-12)
      var search = SparseExactSearch()
      search.subsetLimit = seed % 2 == 0 ? 0 : 22
      let result = try search.solve(scores)
      #expect(abs(result.score - expected) <= 1e-8)
      #expect(result.bound <= expected + 1e-9 && result.gap <= 1e-7)
    }
  }

  @Test func `random tables with many cycles agree with dynamic programming`() throws {
    var random = SplitMix64(seed: 9)
    for d in [5, 7, 8] {
      for _ in 0..<3 {
        var list: [(node: Int, parents: [Int], score: Double)] = []
        for v in 0..<d {
          list.append((v, [], 1))
          for _ in 0..<12 {
            let parents = (0..<d).filter { $0 != v }.shuffled(using: &random).prefix(Int.random(in: 1...3, using: &random))
            list.append((v, parents.sorted(), Double.random(in: 0..<1, using: &random)))
          }
        }
        let scores = try ParentSetScores(names: (0..<d).map { "v\($0)" }, scores: list)
        // Without the local search the tree has to find the graph itself.
        var search = SparseExactSearch()
        search.restarts = 1
        search.subsetLimit = 0
        let result = try search.solve(scores)
        let expected = leastScore(scores)
        #expect(abs(result.score - expected) <= 1e-8, "\(d): \(result.score) \(expected)")
        #expect(result.gap <= 1e-7 && result.bound <= expected + 1e-9)
        let edges = result.parents.enumerated().flatMap { v, p in p.map { WeightedGraph.Edge(from: $0, to: v, weight: 1) } }
        #expect(WeightedGraph(names: scores.names, edges: edges).isAcyclic)
      }
    }
  }

  @Test func `dynamic programming and branch and cut agree`() throws {
    for seed in 1...3 {
      let covariance = randomCovariance(11, seed: UInt64(60 + seed), samples: 80)
      let scores = try ParentSetScores(gaussian: covariance, parentLimit: 3)
      let expected = leastScore(scores)
      let choice = try #require(CandidateSetProgram.solve(scores, until: { false }))
      #expect(abs(scores.total(of: choice) - expected) <= 1e-10)
      #expect(CandidateSetProgram.solve(scores, until: { true }) == nil)
      var search = SparseExactSearch()
      search.subsetLimit = 0
      let result = try search.solve(scores)
      #expect(abs(result.score - expected) <= 1e-8 && result.gap <= 1e-7)
    }
  }

  @Test func `ten nodes with three parents are proved`() throws {
    let scores = try ParentSetScores(gaussian: randomCovariance(10, seed: 21), parentLimit: 3)
    let result = try SparseExactSearch().solve(scores)
    #expect(abs(result.score - leastScore(scores)) <= 1e-8)
    #expect(result.gap <= 1e-7)
    let covariance = randomCovariance(10, seed: 21)
    let graph = try result.graph(covariance)
    #expect(graph.isAcyclic && graph.edgeCount == result.parents.reduce(0) { $0 + $1.count })
  }

  @Test func `a cluster's row holds in every graph and cuts a cycle off`() throws {
    var random = SplitMix64(seed: 2)
    let scores = try ParentSetScores(gaussian: randomCovariance(4, seed: 8, samples: 40), parentLimit: 2, penaltyDiscount: 0)
    let search = ClusterSearch(scores)
    let counts = scores.candidates.map(\.count)
    for _ in 0..<300 {
      let choice = counts.map { Int.random(in: 0..<$0, using: &random) }
      let point = scores.point(of: choice)
      let parents = choice.enumerated().map { scores.candidates[$0.offset][$0.element].parents }
      let edges = parents.enumerated().flatMap { v, p in p.map { WeightedGraph.Edge(from: $0, to: v, weight: 1) } }
      let isAcyclic = WeightedGraph(names: scores.names, edges: edges).isAcyclic
      #expect(search.violated(point, tolerance: 1e-6).isEmpty == isAcyclic)
      if isAcyclic {
        for bits in 1..<16 {
          let row = search.columns(of: ParentBits(bits)).reduce(0.0) { $0 + point[$1] }
          #expect(row >= 1)
        }
      }
    }
  }

  @Test func `known edges are kept and forbidden ones left out`() throws {
    let covariance = randomCovariance(5, seed: 3)
    var knowledge = PriorKnowledge()
    knowledge.required = [PriorKnowledge.Pair(from: 4, to: 0)]
    knowledge.forbidden = [PriorKnowledge.Pair(from: 0, to: 1)]
    knowledge.leaves = [3]
    let scores = try ParentSetScores(gaussian: covariance, parentLimit: 2, knowledge: knowledge)
    let result = try SparseExactSearch().solve(scores)
    #expect(result.parents[0].contains(4) && !result.parents[1].contains(0))
    #expect(result.parents.allSatisfy { !$0.contains(3) })
    knowledge.required.insert(PriorKnowledge.Pair(from: 0, to: 4))
    let circular = try ParentSetScores(gaussian: covariance, parentLimit: 2, knowledge: knowledge)
    #expect(throws: StructureLearningError.contradictoryKnowledge(cycle: ["v4", "v0"])) {
      try SparseExactSearch().solve(circular)
    }
    knowledge.forbidden.insert(PriorKnowledge.Pair(from: 4, to: 0))
    #expect(throws: StructureLearningError.self) {
      try ParentSetScores(gaussian: covariance, parentLimit: 2, knowledge: knowledge)
    }
  }

  @Test func `bad tables are refused`() {
    let names = ["a", "b"]
    let bad: [[(node: Int, parents: [Int], score: Double)]] = [
      [(0, [], 1)], [(0, [], .nan), (1, [], 0)], [(0, [0], 1), (1, [], 0)], [(0, [2], 1), (1, [], 0)], [(2, [], 1)],
      [(0, [1], 1), (1, [], .infinity)],
    ]
    for scores in bad {
      #expect(throws: StructureLearningError.self) { try ParentSetScores(names: names, scores: scores) }
    }
    #expect(throws: StructureLearningError.noData) { try ParentSetScores(names: [], scores: []) }
    let constant = SampleCovariance(names: names, matrix: DenseMatrix(rowCount: 2, columnCount: 2), sampleCount: 10)
    #expect(throws: StructureLearningError.singularCovariance("a is constant")) {
      try ParentSetScores(gaussian: constant, parentLimit: 1)
    }
    let twins = SampleCovariance(
      names: names, matrix: DenseMatrix(rowCount: 2, columnCount: 2, values: [1, 1, 1, 1]), sampleCount: 10)
    #expect(throws: StructureLearningError.self) { try ParentSetScores(gaussian: twins, parentLimit: 1) }
  }

  @Test func `every choice with a cycle is reported`() throws {
    // Each node must have one of the others as its parent.
    let list: [(node: Int, parents: [Int], score: Double)] = [
      (0, [1], 1), (0, [2], 1), (1, [0], 1), (1, [2], 1), (2, [0], 1), (2, [1], 1),
    ]
    let scores = try ParentSetScores(names: ["a", "b", "c"], scores: list)
    #expect(throws: StructureLearningError.self) { try SparseExactSearch().solve(scores) }
  }

  @Test func `a cancelled search keeps its start and an honest bound`() throws {
    let scores = try ParentSetScores(gaussian: randomCovariance(9, seed: 5, samples: 50), parentLimit: 3, penaltyDiscount: 0.2)
    let cancellation = Cancellation()
    cancellation.cancel()
    let result = try SparseExactSearch().solve(scores, cancellation: cancellation)
    let least = leastScore(scores)
    #expect(result.bound <= least + 1e-9 && result.score >= least - 1e-9)
    let better = try SparseExactSearch().solve(scores, start: result.parents)
    #expect(abs(better.score - least) <= 1e-8)
  }
}
