import Foundation
import LinearAlgebra
import Testing

@testable import Learn2Opt

@Suite struct ParentSetProgramTests {
  /// The least score over all orders, each node with the best of all subsets of its predecessors.
  private func leastByEnumeration(
    _ c: SampleCovariance, _ penalty: Double, limit: Int, _ constraints: OrderConstraints
  ) -> Double {
    let d = c.variableCount
    var costs = [[Double]](repeating: [Double](repeating: .infinity, count: 1 << d), count: d)
    for v in 0..<d {
      for set in 0..<1 << d where set >> v & 1 == 0 {
        let parents = (0..<d).filter { set >> $0 & 1 == 1 }
        let node = NodeSet(nodeCount: d, parents)
        guard parents.count <= limit, node.isSubset(of: constraints.allowedParents[v]),
          constraints.requiredParents[v].isSubset(of: node)
        else { continue }
        costs[v][set] = log(residualVarianceByElimination(c.matrix, v, parents)) / 2 + penalty * Double(parents.count)
      }
    }
    return allOrders(d).map { order in
      var seen = 0
      var sum = 0.0
      for v in order {
        sum += (0..<1 << d).filter { $0 & ~seen == 0 }.map { costs[v][$0] }.min()!
        seen |= 1 << v
      }
      return sum
    }.min()!
  }

  @Test(arguments: [1, 2, 3, 4, 5]) func `The best graph is the best of all orders and parent sets`(d: Int) throws {
    for (seed, limit) in [(1, Int.max), (2, 2)] {
      let c = randomMoments(d, seed: UInt64(seed + d))
      let free = OrderConstraints(nodeCount: d)
      let found = try #require(
        try ParentSetProgram.bic(c, penalty: 0.02, parentLimit: limit, constraints: free))
      let least = leastByEnumeration(c, 0.02, limit: limit, free)
      #expect(abs(found.score - least) < 1e-9)
      var sum = 0.0
      for v in 0..<d {
        #expect(found.parents[v].count <= limit)
        sum += log(residualVarianceByElimination(c.matrix, v, found.parents[v])) / 2
        sum += 0.02 * Double(found.parents[v].count)
      }
      #expect(abs(sum - least) < 1e-9)
      for v in 0..<d {
        let place = try #require(found.order.firstIndex(of: v))
        #expect(Set(found.parents[v]).isSubset(of: found.order[..<place]))
      }
    }
  }

  @Test func `Required and forbidden edges are kept`() throws {
    let c = randomMoments(5, seed: 12)
    var knowledge = PriorKnowledge()
    knowledge.required = [.init(from: 3, to: 0)]
    knowledge.forbidden = [.init(from: 1, to: 2), .init(from: 2, to: 1)]
    knowledge.roots = [4]
    let constraints = try OrderConstraints(knowledge, names: c.names)
    let found = try #require(try ParentSetProgram.bic(c, penalty: 0.02, constraints: constraints))
    #expect(abs(found.score - leastByEnumeration(c, 0.02, limit: .max, constraints)) < 1e-9)
    #expect(found.parents[0].contains(3))
    #expect(found.parents[4].isEmpty)
  }

  @Test func `The search over orders reaches the proven optimum or stays above it`() throws {
    for seed in 1...5 {
      let c = randomMoments(10, seed: UInt64(seed))
      var options = StructureLearner.Options()
      options.score = .bic
      let exact = try StructureLearner(options).learn(c)
      options.exactness = .never
      let searched = try StructureLearner(options).learn(c)
      #expect(exact.proof == .optimal)
      #expect(searched.value >= exact.value - 1e-9)
      #expect(searched.value <= exact.value + 0.01)
      #expect(searched.bound <= exact.value + 1e-9)
      #expect(abs(exact.refittedValue - exact.value) < 1e-9)
    }
  }
}
