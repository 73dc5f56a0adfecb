import Foundation
import LinearAlgebra
import Testing

@testable import Learn2Opt

/// A stored data set with the least score over orders that is known, and whether it is proven to be the least.
struct PublishedScore: Sendable {
  let data: String
  let nodeCount: Int
  let score: Double
  let isCertified: Bool

  static let all = [
    PublishedScore(data: "ER2_d20_seed1", nodeCount: 20, score: 10.036963, isCertified: true),
    PublishedScore(data: "ER4_d20_seed1", nodeCount: 20, score: 9.994494, isCertified: true),
    PublishedScore(data: "SF4_d20_seed1", nodeCount: 20, score: 9.804104, isCertified: true),
    PublishedScore(data: "ER2_d50_seed1", nodeCount: 50, score: 24.454771, isCertified: false),
    PublishedScore(data: "ER4_d50_seed1", nodeCount: 50, score: 24.629722, isCertified: false),
    PublishedScore(data: "SF4_d50_seed1", nodeCount: 50, score: 24.490613, isCertified: false),
    PublishedScore(data: "ER2_d100_seed1", nodeCount: 100, score: 47.392541, isCertified: false),
    PublishedScore(data: "ER4_d100_seed1", nodeCount: 100, score: 47.249158, isCertified: false),
    PublishedScore(data: "SF4_d100_seed1", nodeCount: 100, score: 47.377556, isCertified: false),
  ]
}

@Suite(.enabled(if: StoredGraphs.areThere, StoredGraphs.absence)) struct PublishedScoresTests {
  @Test(arguments: PublishedScore.all)
  func `Scores are as low as any that is known, and the graph is the true one`(known: PublishedScore) throws {
    let c = try StoredGraphs.covariance(known.data)
    let learned = try StructureLearner().learn(c)
    #expect(learned.score == .leastSquares)
    #expect(learned.value <= known.score * (1 + 1e-6))
    #expect(learned.bound <= learned.value)
    if known.isCertified { #expect(learned.value >= known.score * (1 - 1e-6)) }
    let truth = try StoredGraphs.truth(known.data, nodeCount: known.nodeCount)
    let comparison = try GraphComparison(of: learned.graph, with: truth)
    #expect(comparison.hammingDistance == 0)
  }

  @Test(arguments: PublishedScore.all.prefix(3))
  func `The certified optimum is proven`(known: PublishedScore) throws {
    var options = StructureLearner.Options()
    options.exactness = .always
    let learned = try StructureLearner(options).learn(try StoredGraphs.covariance(known.data))
    #expect(learned.proof == .optimal)
    #expect(abs(learned.value - known.score) <= 1e-6 * known.score)
  }

  @Test(arguments: PublishedScore.all.prefix(6))
  func `On standardized data BIC finds nearly the class of the true graph`(known: PublishedScore) throws {
    let c = try StoredGraphs.covariance(known.data).standardized
    let learned = try StructureLearner().learn(c)
    let truth = try StoredGraphs.truth(known.data, nodeCount: known.nodeCount)
    let comparison = try GraphComparison(of: learned.graph, with: truth)
    #expect(learned.score == .bic)
    // The score is no worse than that of the true graph, whose class is all that the data can tell.
    let penalty = 2 * log(1000.0) / 2000
    let ofTruth = (0..<known.nodeCount).reduce(0.0) { sum, v in
      sum + Regression(c.matrix, v, on: truth.parents(of: v)).cost(penalty)
    }
    #expect(learned.value <= ofTruth + 1e-9 * abs(ofTruth))
    #expect(try comparison.classDistance() <= 12)
  }
}
