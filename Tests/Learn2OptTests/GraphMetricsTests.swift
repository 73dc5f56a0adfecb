import LinearAlgebra
import Testing

@testable import Learn2Opt

@Suite struct GraphMetricsTests {
  private func graph(_ d: Int, _ pairs: [(Int, Int)]) -> WeightedGraph {
    WeightedGraph(names: (0..<d).map { "x\($0)" }, edges: pairs.map { .init(from: $0.0, to: $0.1, weight: 1) })
  }

  /// All acyclic graphs of so many nodes.
  private func allGraphs(_ d: Int) -> [WeightedGraph] {
    let pairs = (0..<d).flatMap { i in (0..<i).map { ($0, i) } }
    var states = 1
    for _ in pairs { states *= 3 }
    return (0..<states).compactMap { code in
      var rest = code
      var edges: [(Int, Int)] = []
      for (i, j) in pairs {
        if rest % 3 == 1 { edges.append((i, j)) } else if rest % 3 == 2 { edges.append((j, i)) }
        rest /= 3
      }
      let result = graph(d, edges)
      return result.isAcyclic ? result : nil
    }
  }

  private func random(_ d: Int, share: Double, _ generator: inout SplitMix64) -> WeightedGraph {
    let order = Array(0..<d).shuffled(using: &generator)
    var edges: [(Int, Int)] = []
    for b in 0..<d {
      for a in 0..<b where Double.random(in: 0..<1, using: &generator) < share { edges.append((order[a], order[b])) }
    }
    return graph(d, edges)
  }

  @Test func `Each kind of mistake counts once`() throws {
    let truth = graph(5, [(0, 1), (1, 2), (2, 3)])
    let comparison = try GraphComparison(of: graph(5, [(0, 1), (2, 1), (3, 4)]), with: truth)
    #expect(comparison.hammingDistance == 3)
    #expect(GraphComparison.Verdict.allCases.map(comparison.count) == [1, 1, 1, 1])
    #expect(comparison.recall == 1.0 / 3)
    #expect(comparison.precision == 1.0 / 3)
    #expect(comparison.falseDiscoveryRate == 2.0 / 3)
    #expect(comparison.falsePositiveRate == 2.0 / 7)
    #expect(comparison.f1 == 1.0 / 3)
    #expect(comparison.edges.first { $0.verdict == .missed } == .init(from: 2, to: 3, verdict: .missed))
  }

  @Test func `Graphs without edges and equal graphs have no mistakes`() throws {
    for g in [graph(4, []), graph(4, [(3, 1), (1, 0)]), graph(0, []), graph(1, [])] {
      let same = try GraphComparison(of: g, with: g)
      #expect(same.hammingDistance == 0)
      #expect(same.f1 == 1 && same.recall == 1 && same.precision == 1)
      #expect(same.falseDiscoveryRate == 0 && same.falsePositiveRate == 0)
      #expect(try same.classDistance() == 0)
      #expect(try InterventionDistance(of: g, with: g).value == 0)
    }
    let missing = try GraphComparison(of: graph(4, []), with: graph(4, [(0, 1), (1, 2)]))
    #expect(missing.hammingDistance == 2)
    #expect(missing.f1 == 0)
  }

  @Test func `Nodes are matched by name, whatever their order`() throws {
    let truth = WeightedGraph(names: ["a", "b", "c"], edges: [.init(from: 0, to: 2, weight: 2)])
    let estimate = WeightedGraph(names: ["c", "a", "b"], edges: [.init(from: 1, to: 0, weight: 1)])
    #expect(try GraphComparison(of: estimate, with: truth).hammingDistance == 0)
    #expect(throws: StructureLearningError.differentNodes(onlyInFirst: ["d"], onlyInSecond: ["c"])) {
      try GraphComparison(of: WeightedGraph(names: ["a", "b", "d"], edges: []), with: truth)
    }
    #expect(throws: StructureLearningError.differentNodes(onlyInFirst: [], onlyInSecond: [])) {
      try GraphComparison(of: WeightedGraph(names: ["a", "b", "b"], edges: []), with: WeightedGraph(names: ["a", "b", "b"], edges: []).reordered(as: ["b", "b", "a"]))
    }
  }

  @Test func `The class of every graph of four nodes is what its members share`() throws {
    let graphs = allGraphs(4)
    #expect(graphs.count == 543)
    // Two graphs are equivalent if they have the same adjacencies and the same colliders of non-adjacent parents.
    func signature(_ g: WeightedGraph) -> [Int] {
      var code: [Int] = []
      for i in 0..<4 {
        for j in 0..<i where g.hasEdge(i, j) || g.hasEdge(j, i) { code.append(i * 4 + j) }
      }
      for c in 0..<4 {
        for (k, a) in g.parents(of: c).enumerated() {
          for b in g.parents(of: c)[(k + 1)...] where !g.hasEdge(a, b) && !g.hasEdge(b, a) {
            code.append(1000 + 100 * c + 10 * a + b)
          }
        }
      }
      return code
    }
    let classes = Dictionary(grouping: graphs, by: signature)
    #expect(classes.count == 185)
    for members in classes.values {
      let expected = try EquivalenceClass(members[0])
      for member in members {
        #expect(try EquivalenceClass(member) == expected)
        for i in 0..<4 {
          for j in 0..<4 where i != j {
            let isShared = members.allSatisfy { $0.hasEdge(i, j) }
            let isOpen = !isShared && members.contains { $0.hasEdge(i, j) } && members.contains { $0.hasEdge(j, i) }
            #expect(expected.isDirected(i, j) == isShared)
            #expect(expected.isUndirected(i, j) == isOpen)
          }
        }
      }
    }
  }

  @Test func `Reversing an edge that nothing determines leaves the class as it is`() throws {
    let chain = graph(3, [(0, 1), (1, 2)]), fork = graph(3, [(1, 0), (1, 2)]), collider = graph(3, [(0, 1), (2, 1)])
    #expect(try GraphComparison(of: fork, with: chain).classDistance() == 0)
    #expect(try GraphComparison(of: collider, with: chain).classDistance() == 2)
    #expect(try EquivalenceClass(chain).undirectedEdges.count == 2)
    #expect(try EquivalenceClass(collider).directedEdges.count == 2)
    #expect(throws: StructureLearningError.cyclicGraph(cycle: ["x1", "x0"])) {
      try EquivalenceClass(graph(2, [(0, 1), (1, 0)]))
    }
  }

  /// Regression of j on i and the set in a linear model with random weights gives the true effect exactly when the set
  /// is a valid adjustment.
  private func wrongEffects(_ estimate: WeightedGraph, _ truth: WeightedGraph, _ generator: inout SplitMix64) -> Int {
    let d = truth.nodeCount
    let weights = DenseMatrix(rowCount: d, columnCount: d) { i, j in
      truth.hasEdge(i, j) ? Double.random(in: 0.5...1.5, using: &generator) : 0
    }
    var effects = DenseMatrix(identity: d)
    var power = DenseMatrix(identity: d)
    for _ in 0..<d {
      power = power * weights
      for k in effects.values.indices { effects.values[k] += power.values[k] }
    }
    let scales = (0..<d).map { _ in Double.random(in: 0.5...2, using: &generator) }
    let scaled = DenseMatrix(rowCount: d, columnCount: d) { i, j in scales[i] * effects[i, j] }
    let covariance = effects.transposed * scaled
    var wrong = 0
    for i in 0..<d {
      let set = estimate.parents(of: i)
      for j in 0..<d where j != i {
        let effect = effects[i, j]
        if set.contains(j) {
          if abs(effect) > 1e-9 { wrong += 1 }
          continue
        }
        let inputs = [i] + set
        let moments = DenseMatrix(rowCount: inputs.count, columnCount: inputs.count) { covariance[inputs[$0], inputs[$1]] }
        let slope = Cholesky(moments)!.solve(inputs.map { covariance[$0, j] })[0]
        if abs(slope - effect) > 1e-9 { wrong += 1 }
      }
    }
    return wrong
  }

  @Test func `The intervention distance counts the effects that regression gets wrong, for all graphs of three nodes`() throws {
    var generator = SplitMix64(seed: 5)
    let graphs = allGraphs(3)
    #expect(graphs.count == 25)
    for truth in graphs {
      for estimate in graphs {
        let expected = wrongEffects(estimate, truth, &generator)
        let found = try InterventionDistance(of: estimate, with: truth).value
        #expect(found == expected, "\(estimate.edges) for \(truth.edges)")
      }
    }
  }

  @Test func `The intervention distance counts the effects that regression gets wrong, for random graphs`() throws {
    var generator = SplitMix64(seed: 6)
    var total = 0
    for k in 0..<400 {
      let d = 4 + k % 4
      let truth = random(d, share: 0.5, &generator), estimate = random(d, share: 0.4, &generator)
      let expected = wrongEffects(estimate, truth, &generator)
      #expect(try InterventionDistance(of: estimate, with: truth).value == expected)
      total += expected
    }
    #expect(total > 1000)
  }

  /// Figure 1 of the article: one additional edge that does no harm, one reversed edge that spoils eight effects.
  @Test func `One wrong edge may spoil no effect or eight`() throws {
    let shared = [(0, 2), (0, 3), (0, 4), (1, 2), (1, 3), (1, 4)]
    let truth = graph(5, [(0, 1)] + shared)
    let harmless = graph(5, [(0, 1), (2, 3)] + shared), harmful = graph(5, [(1, 0)] + shared)
    #expect(try InterventionDistance(of: harmless, with: truth).value == 0)
    #expect(try InterventionDistance(of: harmful, with: truth).value == 8)
    #expect(try GraphComparison(of: harmless, with: truth).hammingDistance == 1)
    #expect(try GraphComparison(of: harmful, with: truth).hammingDistance == 1)
    #expect(try InterventionDistance(of: harmful, with: truth).share == 0.4)
  }

  @Test func `Sorting by variance agrees with a graph whose variances grow along its paths`() throws {
    let chain = graph(3, [(0, 1), (1, 2)])
    #expect(try chain.varsortability(variances: [1, 2, 3]) == 1)
    #expect(try chain.varsortability(variances: [3, 2, 1]) == 0)
    #expect(try chain.varsortability(variances: [1, 1, 1]) == 0.5)
    // Paths 0 → 1, 1 → 2 and 0 → 1 → 2, of which the first two agree or not and the last is a tie.
    #expect(try chain.varsortability(variances: [1, 2, 1]) == 0.5)
    #expect(try chain.varsortability(variances: [2, 1, 3]) == 2.0 / 3)
    #expect(try graph(3, []).varsortability(variances: [1, 2, 3]) == nil)
    #expect(throws: StructureLearningError.self) { try chain.varsortability(variances: [1, 2]) }
    #expect(throws: StructureLearningError.self) { try chain.varsortability(variances: [1, 2, .nan]) }
  }

  @Test func `Simulated linear data with equal noise nearly give their order away`() throws {
    let sample = try StructureSimulator().draw()
    let moments = SampleCovariance(sample.table)
    let value = try #require(try sample.graph.varsortability(variances: (0..<20).map { moments.matrix[$0, $0] }))
    #expect(value > 0.95)
    let standardized = moments.standardized
    #expect(try sample.graph.varsortability(variances: (0..<20).map { standardized.matrix[$0, $0] }) == 0.5)
  }
}
