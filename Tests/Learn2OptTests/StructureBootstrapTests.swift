import LinearAlgebra
import Testing

@testable import Learn2Opt

@Suite struct StructureBootstrapTests {
  private func sample() throws -> StructureSimulator.Sample {
    var options = StructureSimulator.Options()
    options.nodeCount = 10
    options.edgesPerNode = 1
    options.sampleCount = 500
    options.seed = 5
    return try StructureSimulator(options).draw()
  }

  @Test(arguments: StructureBootstrap.Scheme.allCases)
  func `Edges of a clear graph come back in nearly every replicate`(scheme: StructureBootstrap.Scheme) throws {
    let s = try sample()
    let learner = StructureLearner()
    let learned = try learner.learn(s.table)
    var options = StructureBootstrap.Options()
    options.replicates = 40
    options.scheme = scheme
    let rows = try StructureBootstrap(learner, options).frequencies(of: learned, s.table)
    let moments = try StructureBootstrap(learner, options).frequencies(of: learned, SampleCovariance(s.table))
    for frequencies in [rows, moments] {
      #expect(frequencies.replicates == 40)
      #expect((frequencies.expectedWrongEdges != nil) == (scheme == .halves))
      for edge in s.graph.edges {
        #expect(frequencies.edge[edge.from, edge.to] > 0.9)
        #expect(frequencies.precedence[edge.from, edge.to] >= frequencies.edge[edge.from, edge.to])
        #expect(try #require(frequencies.orientation(edge.from, edge.to)) > 0.9)
      }
      let stable = Set(frequencies.stable.map { [$0.from, $0.to] })
      #expect(stable == Set(s.graph.edges.map { [$0.from, $0.to] }))
      let values = frequencies.edge.values + frequencies.precedence.values
      #expect(values.allSatisfy { $0 >= 0 && $0 <= 1 })
    }
  }

  @Test func `Under BIC a direction that no data can tell comes back half of the time`() throws {
    // Two joined variables: both directions have the same likelihood.
    var random = SplitMix64(seed: 3)
    var values = DenseMatrix(rowCount: 300, columnCount: 2)
    for i in 0..<300 {
      values[i, 0] = Double.random(in: -1...1, using: &random)
      values[i, 1] = values[i, 0] + Double.random(in: -0.5...0.5, using: &random)
    }
    let table = SampleTable(names: ["a", "b"], values: values)
    var settings = StructureLearner.Options()
    settings.score = .bic
    let learned = try StructureLearner(settings).learn(table)
    #expect(learned.edges.map(\.isReversible) == [true])
    var options = StructureBootstrap.Options()
    options.replicates = 20
    let frequencies = try StructureBootstrap(StructureLearner(settings), options).frequencies(of: learned, table)
    #expect(frequencies.edge[0, 1] == 0.5 && frequencies.edge[1, 0] == 0.5)
    #expect(frequencies.adjacency(0, 1) == 1)
    #expect(frequencies.precedence.values.allSatisfy { $0 == 0 })
    #expect(frequencies.stable.isEmpty)
    // Where the order is known, so is the direction.
    settings.knowledge.tiers = [0: 1, 1: 2]
    let told = try StructureLearner(settings).learn(table)
    #expect(told.edges.map(\.isReversible) == [false])
  }

  @Test func `The same seed gives the same frequencies`() throws {
    let s = try sample()
    let learned = try StructureLearner().learn(s.table)
    var options = StructureBootstrap.Options()
    options.replicates = 5
    let bootstrap = StructureBootstrap(StructureLearner(), options)
    let a = try bootstrap.frequencies(of: learned, s.table), b = try bootstrap.frequencies(of: learned, s.table)
    #expect(a == b)
  }

  @Test func `Moments drawn as of normal samples have the right mean`() throws {
    let c = randomMoments(4, seed: 6, sampleCount: 200)
    var random = SplitMix64(seed: 7)
    var mean = DenseMatrix(rowCount: 4, columnCount: 4)
    let draws = 2000
    for _ in 0..<draws {
      let drawn = try #require(Resampling.wishart(c, halves: false, using: &random))
      for k in mean.values.indices { mean.values[k] += drawn.matrix.values[k] / Double(draws) }
    }
    for i in 0..<4 {
      for j in 0..<4 {
        // One degree of freedom goes to the mean of the samples; five standard errors of the average.
        let expected = c.matrix[i, j] * 199 / 200
        let spread = (c.matrix[i, i] * c.matrix[j, j] * 2 / 200 / Double(draws)).squareRoot()
        #expect(abs(mean[i, j] - expected) < 5 * spread)
      }
    }
  }

  @Test func `No replicates and impossible frequencies are refused`() throws {
    let s = try sample()
    let learned = try StructureLearner().learn(s.table)
    var options = StructureBootstrap.Options()
    options.replicates = 0
    #expect(throws: StructureLearningError.self) {
      try StructureBootstrap(StructureLearner(), options).frequencies(of: learned, s.table)
    }
    options.replicates = 5
    options.stableFrequency = 0.5
    #expect(throws: StructureLearningError.self) {
      try StructureBootstrap(StructureLearner(), options).frequencies(of: learned, s.table)
    }
  }
}
