import Foundation
import LinearAlgebra
import Solvers
import Testing

@testable import Learn2Opt

@Suite struct ContinuousLearnerTests {
  private static func names(_ d: Int) -> [String] { (0..<d).map { "x\($0)" } }

  /// Population moments of a linear model with unit noise.
  private static func moments(_ edges: [WeightedGraph.Edge], _ d: Int) throws -> SampleCovariance {
    let graph = WeightedGraph(names: names(d), edges: edges)
    let order = try #require(graph.topologicalOrder)
    // x = e M with M = (I - W)⁻¹, column by column along the order.
    var m = DenseMatrix(identity: d)
    for j in order {
      for i in graph.parents(of: j) {
        for k in 0..<d { m[k, j] += m[k, i] * graph.weights[i, j] }
      }
    }
    return SampleCovariance(names: names(d), matrix: m.transposed * m, sampleCount: 1000)
  }

  private static let chain = [
    WeightedGraph.Edge(from: 2, to: 0, weight: 1.5), WeightedGraph.Edge(from: 0, to: 3, weight: -1.2),
    WeightedGraph.Edge(from: 3, to: 1, weight: 0.9), WeightedGraph.Edge(from: 2, to: 1, weight: 0.8),
  ]

  private static func pairs(_ graph: WeightedGraph) -> Set<[Int]> { Set(graph.edges.map { [$0.from, $0.to] }) }

  private static func options(_ change: (inout ContinuousOptions) -> Void = { _ in }) -> ContinuousOptions {
    var options = ContinuousOptions()
    change(&options)
    return options
  }

  @Test(arguments: AcyclicityFunction.Kind.allCases, [0, 0.05])
  func `the graph of population moments is found, with its weights after the refit`(
    kind: AcyclicityFunction.Kind, penalty: Double
  ) throws {
    let covariance = try Self.moments(Self.chain, 4)
    let learner = ContinuousLearner(Self.options { $0.acyclicity = kind; $0.penalty = penalty })
    let result = try learner.learn(covariance)
    #expect(result.end == .acyclic)
    #expect(result.acyclicity <= 1e-8)
    #expect(Self.pairs(result.graph) == Set(Self.chain.map { [$0.from, $0.to] }))
    for edge in Self.chain {
      let error = abs(result.graph.weights[edge.from, edge.to] - edge.weight)
      #expect(error <= 1e-6)
    }
    // Unit noises: half the number of variables.
    #expect(abs(result.refitted.score - 2) <= 1e-9)
    #expect(result.graph.isAcyclic && result.order.sorted() == [0, 1, 2, 3])
  }

  @Test(arguments: [StructureLoss.leastSquares, .gaussianEqualVariances])
  func `the central path finds it too`(loss: StructureLoss) throws {
    let covariance = try Self.moments(Self.chain, 4)
    let result = try ContinuousLearner(
      Self.options {
        $0.path = .centralPath(CentralPathSchedule())
        $0.penalty = 0.02
        $0.loss = loss
      }
    ).learn(covariance)
    #expect(result.end == .pathEnd)
    #expect(Self.pairs(result.graph) == Set(Self.chain.map { [$0.from, $0.to] }))
  }

  @Test func `with noises of different size the likelihood of own variances is no worse than the truth's`() throws {
    var covariance = try Self.moments(Self.chain, 4)
    // Scaling a column leaves the likelihood's differences as they are.
    for i in 0..<4 {
      covariance.matrix[i, 3] *= 5
      covariance.matrix[3, i] *= 5
    }
    let result = try ContinuousLearner(
      Self.options {
        $0.loss = .gaussianOwnVariances
        $0.penalty = 0.002
        $0.threshold = 0.05
      }
    ).learn(covariance)
    let truth = log(5.0)
    #expect(result.refitted.score <= truth + 0.05)
  }

  @Test func `the completed weights are acyclic and a minimum for their order`() throws {
    let covariance = try Self.moments(Self.chain, 4)
    let result = try ContinuousLearner(Self.options()).learn(covariance)
    let completion = try #require(result.completion)
    #expect(completion.graph.isAcyclic)
    var position = [Int](repeating: 0, count: 4)
    for (k, v) in result.order.enumerated() { position[v] = k }
    // Lasso conditions: |S (I - W)|ᵢⱼ at most λ, with equality where there is weight.
    let residual = DenseMatrix(rowCount: 4, columnCount: 4) { i, j in
      (i == j ? 1 : 0) - completion.graph.weights[i, j]
    }
    let gradient = covariance.matrix * residual
    for j in 0..<4 {
      for i in 0..<4 where position[i] < position[j] {
        let weight = completion.graph.weights[i, j], g = gradient[i, j]
        if weight == 0 { #expect(abs(g) <= 0.1 + 1e-5) } else { #expect(abs(g - (weight > 0 ? 0.1 : -0.1)) <= 1e-5) }
      }
    }
  }

  @Test func `forbidden edges are absent, required ones are there and acyclic with the rest`() throws {
    let covariance = try Self.moments(Self.chain, 4)
    let result = try ContinuousLearner(
      Self.options {
        $0.knowledge.forbidden = [.init(from: 2, to: 0)]
        $0.knowledge.required = [.init(from: 1, to: 3), .init(from: 3, to: 0)]
      }
    ).learn(covariance)
    let pairs = Self.pairs(result.graph)
    #expect(pairs.isSuperset(of: [[1, 3], [3, 0]]))
    #expect(!pairs.contains([2, 0]) && !pairs.contains([0, 1]))
    #expect(result.graph.isAcyclic)
    #expect(result.path.graph.weights[2, 0] == 0 && result.path.graph.weights[0, 1] == 0)
  }

  @Test func `a required edge of no weight keeps cycles from closing through it`() throws {
    // 0 → 1 → 2 with a required edge 2' = 3: x3 is independent of all, and 2 → 3 and 3 → 0 are required.
    let covariance = try Self.moments([.init(from: 0, to: 1, weight: 1.5), .init(from: 1, to: 2, weight: 1.5)], 4)
    let result = try ContinuousLearner(
      Self.options { $0.knowledge.required = [.init(from: 2, to: 3), .init(from: 3, to: 0)] }
    ).learn(covariance)
    var graph = result.graph
    graph.weights[2, 3] = 1
    graph.weights[3, 0] = 1
    #expect(graph.isAcyclic)
  }

  @Test func `contradictory knowledge is refused with its cycle`() throws {
    let covariance = try Self.moments(Self.chain, 4)
    let learner = ContinuousLearner(
      Self.options { $0.knowledge.required = [.init(from: 0, to: 1), .init(from: 1, to: 0)] })
    #expect(throws: StructureLearningError.self) { try learner.learn(covariance) }
    let unknown = ContinuousLearner(Self.options { $0.knowledge.roots = [9] })
    #expect(throws: StructureLearningError.self) { try unknown.learn(covariance) }
  }

  @Test func `logistic samples give their graph and intercepts`() throws {
    // x0 a coin, x1 follows x0, x2 follows x1.
    var random = SplitMix64(seed: 21)
    let n = 3000
    var values = DenseMatrix(rowCount: n, columnCount: 3)
    func draw(_ t: Double) -> Double { Double.random(in: 0..<1, using: &random) < 1 / (1 + exp(-t)) ? 1 : 0 }
    for i in 0..<n {
      values[i, 0] = draw(0)
      values[i, 1] = draw(3 * values[i, 0] - 1.5)
      values[i, 2] = draw(-3 * values[i, 1] + 1.5)
    }
    let result = try ContinuousLearner(
      Self.options {
        $0.loss = .logistic
        $0.penalty = 0.01
        $0.threshold = 0.5
        // Directions of a chain cannot be told apart.
        $0.knowledge.tiers = [0: 0, 1: 1, 2: 2]
      }
    ).learn(SampleTable(names: Self.names(3), values: values))
    #expect(Self.pairs(result.graph) == [[0, 1], [1, 2]])
    #expect(result.refitted.intercepts.count == 3)
    #expect(result.refitted.score <= result.cut.score)
    let magnitudes = result.graph.edges.map { abs($0.weight) }
    let areNear = magnitudes.allSatisfy { abs($0 - 3) <= 0.5 }
    #expect(areNear)
  }

  @Test func `counts give their graph`() throws {
    var random = SplitMix64(seed: 5)
    let n = 2000
    var values = DenseMatrix(rowCount: n, columnCount: 2)
    func poisson(_ rate: Double) -> Double {
      var product = Double.random(in: 0..<1, using: &random), count = 0.0
      while product > exp(-rate) {
        product *= Double.random(in: 0..<1, using: &random)
        count += 1
      }
      return count
    }
    for i in 0..<n {
      values[i, 0] = poisson(1)
      values[i, 1] = poisson(exp(0.5 * values[i, 0]))
    }
    let result = try ContinuousLearner(
      Self.options {
        $0.loss = .poisson
        $0.penalty = 0.01
      }
    ).learn(SampleTable(names: Self.names(2), values: values))
    #expect(Self.pairs(result.graph) == [[0, 1]])
    #expect(abs(result.graph.weights[0, 1] - 0.5) <= 0.05)
  }

  @Test func `data that do not fit are refused with their place`() throws {
    let table = SampleTable(
      names: ["a", "b"], values: DenseMatrix(rowCount: 2, columnCount: 2, values: [0, 1, 0, 0.5]))
    #expect(throws: StructureLearningError.self) {
      try ContinuousLearner(Self.options { $0.loss = .logistic }).learn(table)
    }
    var bad = table
    bad.values[1, 0] = .nan
    #expect(throws: StructureLearningError.notFinite(sample: 2, variable: "a")) {
      try ContinuousLearner().learn(bad)
    }
    #expect(throws: StructureLearningError.noData) {
      try ContinuousLearner().learn(SampleTable(names: [], values: DenseMatrix(rowCount: 0, columnCount: 0)))
    }
    #expect(throws: StructureLearningError.self) {
      try ContinuousLearner(Self.options { $0.loss = .poisson }).learn(SampleCovariance(table))
    }
    for penalty in [-1, Double.nan, .infinity] {
      #expect(throws: StructureLearningError.self) {
        try ContinuousLearner(Self.options { $0.penalty = penalty }).learn(table)
      }
    }
  }

  @Test func `one variable, constant columns and repeated columns are no trouble`() throws {
    let one = try ContinuousLearner().learn(
      SampleTable(names: ["a"], values: DenseMatrix(rowCount: 3, columnCount: 1, values: [1, 2, 3])))
    #expect(one.graph.edgeCount == 0 && one.order == [0])
    let values = DenseMatrix(rowCount: 5, columnCount: 3) { i, j in j == 1 ? 4 : Double(i * i) }
    for penalty in [0, 0.1] {
      let result = try ContinuousLearner(Self.options { $0.penalty = penalty }).learn(
        SampleTable(names: Self.names(3), values: values))
      #expect(result.graph.isAcyclic)
      let areFinite = result.graph.weights.values.allSatisfy(\.isFinite)
      #expect(areFinite)
    }
    let huge = DenseMatrix(rowCount: 5, columnCount: 2) { i, j in 1e150 * Double(i * (j + 1)) }
    let result = try ContinuousLearner().learn(SampleTable(names: Self.names(2), values: huge))
    #expect(result.graph.isAcyclic)
  }

  @Test func `a stopped run says so and returns an acyclic graph`() throws {
    let cancellation = Cancellation()
    cancellation.cancel()
    let covariance = try Self.moments(Self.chain, 4)
    let result = try ContinuousLearner().learn(covariance, context: SolveContext(cancellation: cancellation))
    #expect(result.end == .stopped)
    #expect(result.graph.isAcyclic)
  }

  @Test func `the same run gives the same answer, and a start at the answer takes fewer steps`() throws {
    let covariance = try Self.moments(Self.chain, 4)
    let first = try ContinuousLearner().learn(covariance), second = try ContinuousLearner().learn(covariance)
    #expect(first == second)
    let warm = try ContinuousLearner(Self.options { $0.start = first.completion?.graph }).learn(covariance)
    #expect(warm.iterations < first.iterations)
    #expect(Self.pairs(warm.graph) == Self.pairs(first.graph))
  }

  @Test func `a selection keeps larger edges of cycles and required ones`() throws {
    var knowledge = PriorKnowledge()
    knowledge.required = [.init(from: 2, to: 0)]
    var w = DenseMatrix(rowCount: 3, columnCount: 3)
    w[0, 1] = 3
    w[1, 2] = -2
    w[2, 0] = 0.001
    w[1, 0] = 0.4
    let free = AcyclicSelection(
      w, names: Self.names(3), constraints: OrderConstraints(nodeCount: 3), threshold: 0.3)
    #expect(Self.pairs(free.graph) == [[0, 1], [1, 2]] && free.order == [0, 1, 2] && free.removedCount == 1)
    let required = AcyclicSelection(
      w, names: Self.names(3), constraints: try OrderConstraints(knowledge, names: Self.names(3)), threshold: 0.3)
    #expect(Self.pairs(required.graph) == [[0, 1], [2, 0]] && required.order == [2, 0, 1])
  }
}
