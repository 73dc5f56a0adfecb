import Foundation
import LinearAlgebra
import Testing

@testable import Learn2Opt

@Suite struct StructureLearnerTests {
  /// A random graph with weights of size 0.5 to 2 and samples with unit noises.
  private func sample(_ d: Int, edges: Int, samples n: Int, seed: UInt64) -> (WeightedGraph, SampleTable) {
    var random = SplitMix64(seed: seed)
    let order = Array(0..<d).shuffled(using: &random)
    let names = (0..<d).map { "x\($0)" }
    var graph = WeightedGraph(names: names, edges: [])
    while graph.edgeCount < edges {
      let a = Int.random(in: 0..<d, using: &random), b = Int.random(in: 0..<d, using: &random)
      if a >= b { continue }
      let size = Double.random(in: 0.5...2, using: &random)
      graph.weights[order[a], order[b]] = Bool.random(using: &random) ? size : -size
    }
    var values = DenseMatrix(rowCount: n, columnCount: d)
    for i in 0..<n {
      for v in order {
        let u = Double.random(in: 0..<1, using: &random), angle = Double.random(in: 0..<1, using: &random)
        var x = (-2 * log(1 - u)).squareRoot() * cos(2 * Double.pi * angle)
        for p in graph.parents(of: v) { x += graph.weights[p, v] * values[i, p] }
        values[i, v] = x
      }
    }
    return (graph, SampleTable(names: names, values: values))
  }

  private func sameEdges(_ a: WeightedGraph, _ b: WeightedGraph) -> Bool {
    a.edges.map { [$0.from, $0.to] } == b.edges.map { [$0.from, $0.to] }
  }

  @Test(arguments: [8, 30]) func `Samples of a linear model with equal variances give back its graph`(d: Int) throws {
    let (graph, table) = sample(d, edges: 2 * d, samples: 1000, seed: UInt64(d))
    let learned = try StructureLearner().learn(table)
    #expect(learned.score == .leastSquares)
    #expect(sameEdges(learned.graph, graph))
    #expect(learned.bound <= learned.value)
    #expect(learned.gap < 0.02)
    #expect(learned.proof == (d == 8 ? .optimal : .bounded))
    for edge in learned.edges { #expect(abs(edge.weight - graph.weights[edge.from, edge.to]) < 0.3) }
    for baseline in learned.baselines { #expect(baseline.score >= learned.value) }
  }

  @Test func `The order search ends at the certified optimum`() throws {
    for seed in 1...5 {
      let c = randomMoments(12, seed: UInt64(seed))
      var options = StructureLearner.Options()
      options.score = .leastSquares
      options.exactness = .always
      let exact = try StructureLearner(options).learn(c)
      options.exactness = .never
      let searched = try StructureLearner(options).learn(c)
      #expect(exact.proof == .optimal)
      #expect(abs(searched.value - exact.value) < 1e-9 * exact.value)
      #expect(searched.bound <= exact.value)
    }
  }

  @Test func `Standardized columns are scored by BIC and warned about`() throws {
    let (graph, table) = sample(10, edges: 15, samples: 2000, seed: 3)
    let learned = try StructureLearner().learn(SampleCovariance(table).standardized)
    #expect(learned.score == .bic)
    #expect(learned.warnings.contains(.standardized))
    // Directions inside an equivalence class are free; which nodes are joined is not.
    var joined = Set<Set<Int>>()
    for edge in graph.edges { joined.insert([edge.from, edge.to]) }
    let found = Set(learned.edges.map { Set([$0.from, $0.to]) })
    #expect(found == joined)
  }

  @Test func `BIC does not depend on the units of the columns`() throws {
    let c = randomMoments(8, seed: 31)
    var scaled = c
    for i in 0..<8 {
      for j in 0..<8 { scaled.matrix[i, j] *= Double(i + 1) * Double(j + 1) }
    }
    var options = StructureLearner.Options()
    options.score = .bic
    let a = try StructureLearner(options).learn(c), b = try StructureLearner(options).learn(scaled)
    #expect(sameEdges(a.graph, b.graph))
  }

  @Test func `A permutation of the columns permutes the graph`() throws {
    let (_, table) = sample(9, edges: 16, samples: 800, seed: 17)
    let c = SampleCovariance(table)
    let p = [4, 2, 8, 0, 7, 1, 3, 6, 5]
    let permuted = SampleCovariance(
      names: p.map { c.names[$0] }, matrix: DenseMatrix(rowCount: 9, columnCount: 9) { c.matrix[p[$0], p[$1]] },
      sampleCount: c.sampleCount)
    let a = try StructureLearner().learn(c), b = try StructureLearner().learn(permuted)
    #expect(abs(a.value - b.value) < 1e-12 * a.value)
    for edge in b.edges { #expect(a.graph.hasEdge(p[edge.from], p[edge.to])) }
    #expect(a.edges.count == b.edges.count)
  }

  @Test func `What is known is kept: required edges are there, forbidden ones and falls through tiers are not`() throws {
    let (_, table) = sample(9, edges: 18, samples: 500, seed: 23)
    var options = StructureLearner.Options()
    options.knowledge.required = [.init(from: 7, to: 2)]
    options.knowledge.forbidden = [.init(from: 1, to: 0), .init(from: 3, to: 4)]
    options.knowledge.tiers = [5: 1, 6: 1, 8: 2]
    options.knowledge.roots = [1]
    options.knowledge.leaves = [0]
    for score in [StructureLearner.ScoreChoice.leastSquares, .bic] {
      for exactness in [StructureLearner.Exactness.always, .never] {
        options.score = score
        options.exactness = exactness
        let graph = try StructureLearner(options).learn(table).graph
        #expect(graph.isAcyclic)
        #expect(graph.hasEdge(7, 2))
        for edge in graph.edges { #expect(options.knowledge.allows(edge.from, edge.to)) }
      }
    }
  }

  @Test func `Knowledge that contradicts itself is refused with the cycle`() throws {
    let c = randomMoments(4, seed: 1)
    var options = StructureLearner.Options()
    options.knowledge.required = [.init(from: 0, to: 1), .init(from: 1, to: 2), .init(from: 2, to: 0)]
    #expect {
      try StructureLearner(options).learn(c)
    } throws: { error in
      guard case .contradictoryKnowledge(let cycle) = error as? StructureLearningError else { return false }
      return Set(cycle) == ["x0", "x1", "x2"]
    }
    options.knowledge.required = [.init(from: 0, to: 1)]
    options.knowledge.roots = [1]
    #expect(throws: StructureLearningError.self) { try StructureLearner(options).learn(c) }
    options.knowledge = PriorKnowledge()
    options.knowledge.required = [.init(from: 3, to: 0)]
    options.knowledge.tiers = [0: 1, 3: 2]
    #expect(throws: StructureLearningError.self) { try StructureLearner(options).learn(c) }
  }

  @Test func `Repeated and constant columns and few samples are said, and still give a graph`() throws {
    let (_, table) = sample(6, edges: 8, samples: 300, seed: 41)
    var values = DenseMatrix(rowCount: 300, columnCount: 8)
    for i in 0..<300 {
      for j in 0..<6 { values[i, j] = table.values[i, j] }
      values[i, 6] = 3 * table.values[i, 2] + 1
      values[i, 7] = 5
    }
    let names = (0..<8).map { "c\($0)" }
    let learned = try StructureLearner().learn(SampleTable(names: names, values: values))
    #expect(learned.warnings.contains(.repeatedColumns("c2", "c6")))
    #expect(learned.warnings.contains(.constantColumn("c7")))
    #expect(learned.graph.isAcyclic)
    #expect(learned.edges.allSatisfy { $0.weight.isFinite && $0.from != 7 && $0.to != 7 })

    let few = sample(12, edges: 12, samples: 8, seed: 43).1
    let small = try StructureLearner().learn(few)
    #expect(small.warnings.contains { if case .fewerSamplesThanVariables = $0 { true } else { false } })
    #expect(small.graph.isAcyclic)
  }

  @Test func `A column in another unit is no reason for directions: BIC decides, and least squares is warned about`() throws {
    let (_, table) = sample(8, edges: 12, samples: 600, seed: 71)
    var scaled = table
    for i in 0..<600 { scaled.values[i, 3] *= 1000 }
    #expect(try StructureLearner().learn(table).score == .leastSquares)
    let learned = try StructureLearner().learn(scaled)
    #expect(learned.score == .bic)
    var options = StructureLearner.Options()
    options.score = .leastSquares
    let forced = try StructureLearner(options).learn(scaled)
    #expect(forced.warnings.contains { if case .unequalVariances = $0 { true } else { false } })
  }

  @Test func `The gap is an upper bound on the distance to the optimum`() throws {
    for seed in 1...4 {
      let c = randomMoments(10, seed: UInt64(seed))
      for score in [StructureLearner.ScoreChoice.leastSquares, .bic] {
        var options = StructureLearner.Options()
        options.score = score
        let best = try StructureLearner(options).learn(c)
        #expect(best.gap == 0)
        options.exactness = .never
        options.restarts = 0
        options.shakesPerVariable = 0
        let found = try StructureLearner(options).learn(c)
        let distance = score == .bic ? found.value - best.value : found.value / best.value - 1
        #expect(distance <= found.gap + 1e-9)
      }
    }
  }

  @Test func `A column that is a combination of others is said`() throws {
    let (_, table) = sample(5, edges: 5, samples: 200, seed: 73)
    var values = DenseMatrix(rowCount: 200, columnCount: 6)
    for i in 0..<200 {
      for j in 0..<5 { values[i, j] = table.values[i, j] }
      values[i, 5] = table.values[i, 0] - 2 * table.values[i, 4]
    }
    let learned = try StructureLearner().learn(SampleTable(names: (0..<6).map { "c\($0)" }, values: values))
    #expect(learned.warnings.contains(.dependentColumn("c5")))
    #expect(learned.graph.isAcyclic)
  }

  @Test func `Tables without data and values that are not numbers are refused`() {
    let empty = SampleTable(names: [], values: DenseMatrix(rowCount: 0, columnCount: 0))
    #expect(throws: StructureLearningError.noData) { try StructureLearner().learn(empty) }
    let broken = SampleTable(
      names: ["a", "b"], values: DenseMatrix(rowCount: 2, columnCount: 2, values: [1, 2, 3, .nan]))
    #expect(throws: StructureLearningError.notFinite(sample: 2, variable: "b")) {
      try StructureLearner().learn(broken)
    }
  }

  @Test func `One column gives a graph of one node`() throws {
    let one = SampleTable(names: ["a"], values: DenseMatrix(rowCount: 3, columnCount: 1, values: [1, 2, 4]))
    let learned = try StructureLearner().learn(one)
    #expect(learned.graph.edgeCount == 0)
    #expect(learned.order == [0])
  }

  @Test func `A search that is told to stop returns an order all the same`() throws {
    let c = randomMoments(40, seed: 2)
    var options = StructureLearner.Options()
    options.restarts = 1000
    let learned = try StructureLearner(options).learn(c, shouldStop: { true })
    #expect(Set(learned.order).count == 40)
    #expect(learned.graph.isAcyclic)
  }
}
