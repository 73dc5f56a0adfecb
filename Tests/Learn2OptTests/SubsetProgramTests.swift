import LinearAlgebra
import Testing

@testable import Learn2Opt

@Suite struct SubsetProgramTests {
  @Test(arguments: [1, 2, 3, 5, 7]) func `The best order is the best of all orders`(d: Int) throws {
    for seed in 1...3 {
      let c = randomMoments(d, seed: UInt64(seed * 10 + d))
      let scores = allOrders(d).map { OrderFactor(c.matrix, order: $0)!.score }
      let least = try #require(scores.min())
      let exact = try #require(try SubsetProgram.leastSquares(c, constraints: OrderConstraints(nodeCount: d)))
      #expect(abs(exact.score - least) < 1e-12 * least)
      #expect(abs(leastSquaresByRegression(c.matrix, exact.order) - least) < 1e-10 * least)
    }
  }

  @Test func `Under constraints the best order is the best of those allowed, with the parents allowed`() throws {
    let d = 6
    let c = randomMoments(d, seed: 21)
    var knowledge = PriorKnowledge()
    knowledge.required = [.init(from: 4, to: 1)]
    knowledge.forbidden = [.init(from: 0, to: 2), .init(from: 5, to: 3)]
    knowledge.tiers = [2: 1, 5: 2]
    let constraints = try OrderConstraints(knowledge, names: c.names)
    var least = Double.infinity
    for order in allOrders(d) where constraints.allows(order) {
      var sum = 0.0
      for (k, v) in order.enumerated() {
        let parents = order[..<k].filter { knowledge.allows($0, v) }
        sum += residualVarianceByElimination(c.matrix, v, parents) / 2
      }
      least = min(least, sum)
    }
    let exact = try #require(try SubsetProgram.leastSquares(c, constraints: constraints))
    #expect(constraints.allows(exact.order))
    #expect(abs(exact.score - least) < 1e-10 * least)
  }

  @Test func `Bounds lie below every order, and the one with bounded terms above the plain one`() throws {
    for seed in 1...20 {
      let c = randomMoments(6, seed: UInt64(seed))
      let bound = try #require(VarianceProductBound.leastSquares(c.matrix))
      let exact = try #require(try SubsetProgram.leastSquares(c, constraints: OrderConstraints(nodeCount: 6)))
      #expect(bound.bound <= exact.score * (1 + 1e-12))
      #expect(bound.plain <= bound.bound * (1 + 1e-12))
    }
  }

  @Test func `Equal variances make the bound tight`() throws {
    // A chain with unit noises: the true order leaves variance 1 everywhere.
    let c = try chain(weights: [2, 2])
    let bound = try #require(VarianceProductBound.leastSquares(c.matrix))
    let exact = try #require(try SubsetProgram.leastSquares(c, constraints: OrderConstraints(nodeCount: 3)))
    #expect(exact.order == [0, 1, 2])
    #expect(abs(exact.score - 1.5) < 1e-12)
    #expect(abs(bound.bound - 1.5) < 1e-9)
  }

  @Test func `Too many variables and repeated columns are refused with words`() throws {
    let many = SampleCovariance(
      names: (0..<30).map { "v\($0)" }, matrix: DenseMatrix(identity: 30), sampleCount: 100)
    #expect(throws: StructureLearningError.self) {
      try SubsetProgram.leastSquares(many, constraints: OrderConstraints(nodeCount: 30))
    }
    let twin = SampleCovariance(
      names: ["a", "b"], matrix: DenseMatrix(rowCount: 2, columnCount: 2, values: [1, 1, 1, 1]), sampleCount: 100)
    #expect(throws: StructureLearningError.self) {
      try SubsetProgram.leastSquares(twin, constraints: OrderConstraints(nodeCount: 2))
    }
  }

  private func chain(weights: [Double]) throws -> SampleCovariance {
    let d = weights.count + 1
    var loadings = DenseMatrix(identity: d)
    for (k, w) in weights.enumerated() {
      for m in 0...k { loadings[k + 1, m] = w * loadings[k, m] }
    }
    return SampleCovariance(
      names: (0..<d).map { "x\($0)" }, matrix: loadings * loadings.transposed, sampleCount: 1000)
  }
}
