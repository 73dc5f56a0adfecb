import LinearAlgebra
import Testing

@testable import Learn2Opt

@Suite struct TopologicalSwapsTests {
  @Test(arguments: TopologicalSwaps.Move.allCases)
  func `The score said to follow a move is the score that follows`(move: TopologicalSwaps.Move) throws {
    let d = 8
    let c = randomMoments(d, seed: 5)
    var random = SplitMix64(seed: 6)
    for _ in 0..<10 {
      let order = Array(0..<d).shuffled(using: &random)
      var problem = FactorSwaps(try #require(OrderFactor(c.matrix, order: order)), move: move)
      let pairs = (1..<d).flatMap { b in (0..<b).map { ($0, b) } }
      let scores = problem.scores(afterMoving: pairs)
      for (k, pair) in pairs.enumerated() {
        var moved = order
        move.apply(pair.0, pair.1, to: &moved)
        let expected = leastSquaresByRegression(c.matrix, moved)
        #expect(abs(scores[k] - expected) < 1e-10 * expected)
      }
    }
  }

  @Test func `Gains of swaps on disjoint stretches add up`() throws {
    let d = 10
    let c = randomMoments(d, seed: 9)
    let factor = try #require(OrderFactor(c.matrix, order: Array(0..<d)))
    var problem = FactorSwaps(factor, move: .exchange)
    let before = problem.score
    let scores = problem.scores(afterMoving: [(0, 3), (4, 6), (7, 9)])
    let gain = scores.reduce(0) { $0 + before - $1 }
    problem.set([3, 1, 2, 0, 6, 5, 4, 9, 8, 7])
    #expect(abs(before - gain - problem.score) < 1e-10 * before)
  }

  @Test func `Path weights are those of the inverse of one minus the weights`() {
    let d = 6
    var random = SplitMix64(seed: 2)
    var edges = [Double](repeating: 0, count: d * d)
    var matrix = DenseMatrix(identity: d)
    for b in 0..<d {
      for a in 0..<b {
        edges[b * d + a] = Double.random(in: -1...1, using: &random)
        matrix[a, b] = -abs(edges[b * d + a])
      }
    }
    let paths = pathWeights(of: edges, nodeCount: d)
    let lu = LU(matrix)!
    for b in 0..<d {
      let column = lu.solve((0..<d).map { $0 == b ? 1.0 : 0.0 })
      for a in 0..<b { #expect(abs(paths[b * d + a] - column[a]) < 1e-12) }
    }
  }

  @Test func `Every round lowers the score, and the end has no improving candidate`() throws {
    let d = 14
    let c = randomMoments(d, seed: 33)
    var options = TopologicalSwaps.Options()
    options.allPairs = true
    let outcome = try TopologicalSwaps(options).leastSquares(c, from: Array(0..<d))
    for (a, b) in zip(outcome.steps, outcome.steps.dropFirst()) { #expect(b.score < a.score) }
    let last = try #require(outcome.steps.last)
    #expect(outcome.score < last.score)
    for b in 1..<d {
      for a in 0..<b {
        var order = outcome.order
        order.swapAt(a, b)
        #expect(leastSquaresByRegression(c.matrix, order) > outcome.score * (1 - 1e-8))
      }
    }
  }

  @Test func `A search that fits nodes one at a time makes the same moves as the one on the factor`() throws {
    let d = 9
    let c = randomMoments(d, seed: 14)
    let free = OrderConstraints(nodeCount: d)
    let swaps = TopologicalSwaps()
    let fast = try swaps.leastSquares(c, from: Array(0..<d))
    var local = LocalSwaps(
      RestrictedLeastSquares(c.matrix, constraints: free), order: Array(0..<d), move: .exchange)
    let slow = swaps.run(&local, shouldStop: { false })
    #expect(fast.steps.map(\.swaps) == slow.steps.map(\.swaps))
    #expect(fast.order == slow.order)
    #expect(abs(fast.score - slow.score) < 1e-10 * slow.score)
  }

  @Test func `Sizes are those of the published table`() {
    let options = TopologicalSwaps.Options()
    for (d, small, large) in [(20, 30, 110), (50, 75, 588), (100, 150, 1980)] {
      let sizes = options.sizes(d)
      #expect(sizes.small == small)
      #expect(sizes.large == large)
      #expect(sizes.searches == 1)
    }
  }

  @Test func `One node and two nodes need no care`() throws {
    for d in 1...2 {
      let c = randomMoments(d, seed: 3)
      let outcome = try TopologicalSwaps().leastSquares(c, from: Array((0..<d).reversed()))
      #expect(outcome.order.count == d)
    }
  }
}
