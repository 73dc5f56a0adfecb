import LinearAlgebra
import Testing

@testable import Learn2Opt

@Suite struct OrderFactorTests {
  @Test func `Two variables have the scores of the closed form in both orders`() throws {
    let w = 1.7
    let s = DenseMatrix(rowCount: 2, columnCount: 2, values: [1, w, w, 1 + w * w])
    let forward = try #require(OrderFactor(s, order: [0, 1]))
    let backward = try #require(OrderFactor(s, order: [1, 0]))
    let square = w * w
    #expect(abs(forward.score - 1) < 1e-14)
    #expect(abs(backward.score - 0.5 * (1 + square + 1 / (1 + square))) < 1e-14)
  }

  @Test func `The score is the sum of regressions one at a time`() throws {
    let c = randomMoments(9, seed: 4)
    var random = SplitMix64(seed: 5)
    for _ in 0..<20 {
      let order = Array(0..<9).shuffled(using: &random)
      let factor = try #require(OrderFactor(c.matrix, order: order))
      let expected = leastSquaresByRegression(c.matrix, order)
      #expect(abs(factor.score - expected) < 1e-10 * expected)
    }
  }

  @Test func `Ten thousand moves leave the factor that a fresh factorization gives`() throws {
    let d = 12
    let c = randomMoments(d, seed: 7)
    let factor = try #require(OrderFactor(c.matrix, order: Array(0..<d)))
    var random = SplitMix64(seed: 8)
    for _ in 0..<10_000 {
      factor.move(Int.random(in: 0..<d, using: &random), to: Int.random(in: 0..<d, using: &random))
    }
    let fresh = try #require(OrderFactor(c.matrix, order: factor.order))
    for k in 0..<d {
      #expect(factor.position[factor.order[k]] == k)
      for r in 0..<d {
        let size = 1 + abs(fresh.l[k * d + r]), inverseSize = 1 + abs(fresh.inverse[k * d + r])
        #expect(abs(factor.l[k * d + r] - fresh.l[k * d + r]) < 1e-11 * size)
        #expect(abs(factor.inverse[k * d + r] - fresh.inverse[k * d + r]) < 1e-10 * inverseSize)
      }
    }
  }

  @Test func `What a move is said to change is what it changes, at every position`() throws {
    let d = 8
    let c = randomMoments(d, seed: 11)
    var random = SplitMix64(seed: 12)
    for _ in 0..<30 {
      let order = Array(0..<d).shuffled(using: &random)
      let factor = try #require(OrderFactor(c.matrix, order: order))
      for p in 0..<d {
        var best = (position: p, score: factor.score)
        for q in 0..<d {
          var moved = order
          moved.insert(moved.remove(at: p), at: q)
          let score = leastSquaresByRegression(c.matrix, moved)
          if score < best.score - 1e-12 { best = (q, score) }
        }
        let found = factor.bestMove(of: p, within: 0...(d - 1))
        let said = factor.score + found.change / 2
        #expect(abs(said - best.score) < 1e-10 * best.score)
      }
    }
  }

  @Test func `A singular matrix has no factor`() {
    let ones = DenseMatrix(rowCount: 2, columnCount: 2, values: [1, 1, 1, 1])
    #expect(OrderFactor(ones, order: [0, 1]) == nil)
  }
}
