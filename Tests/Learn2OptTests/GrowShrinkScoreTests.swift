import Foundation
import LinearAlgebra
import Testing

@testable import Learn2Opt

@Suite struct GrowShrinkScoreTests {
  @Test func `A cost is that of the parents it names, and no single change of them lowers it`() {
    let d = 9
    let c = randomMoments(d, seed: 3)
    let penalty = 0.01
    var score = GrowShrinkScore(c.matrix, penalty: penalty, constraints: OrderConstraints(nodeCount: d))
    var random = SplitMix64(seed: 4)
    for _ in 0..<200 {
      let v = Int.random(in: 0..<d, using: &random)
      let others = (0..<d).filter { $0 != v && Bool.random(using: &random) }
      let set = NodeSet(nodeCount: d, others)
      let fit = score.fit(v, predecessors: set)
      #expect(fit.cost == score.cost(of: v, predecessors: set))
      #expect(Set(fit.parents).isSubset(of: others))
      #expect(abs(cost(c, v, fit.parents, penalty) - fit.cost) < 1e-9)
      for k in fit.parents.indices {
        var fewer = fit.parents
        fewer.remove(at: k)
        #expect(cost(c, v, fewer, penalty) >= fit.cost - 1e-9)
      }
    }
  }

  private func cost(_ c: SampleCovariance, _ v: Int, _ parents: [Int], _ penalty: Double) -> Double {
    log(residualVarianceByElimination(c.matrix, v, parents)) / 2 + penalty * Double(parents.count)
  }

  @Test func `A search keeps its score and its order in step`() {
    let d = 10
    let c = randomMoments(d, seed: 8)
    let free = OrderConstraints(nodeCount: d)
    var search = LocalOrderSearch(
      GrowShrinkScore(c.matrix, penalty: 0.01, constraints: free), order: Array(0..<d), constraints: free, seed: 1)
    let first = search.value
    search.descend()
    search.shake(idle: 20, longest: 5)
    var fresh = GrowShrinkScore(c.matrix, penalty: 0.01, constraints: free)
    var seen = NodeSet(nodeCount: d)
    var sum = 0.0
    for v in search.order {
      sum += fresh.cost(of: v, predecessors: seen)
      seen.insert(v)
    }
    #expect(abs(sum - search.value) < 1e-9)
    #expect(search.value <= first)
  }
}
