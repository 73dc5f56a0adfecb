import Learn2Opt
import LinearAlgebra
import Testing

@Suite struct WeightedGraphTests {
  private func graph(_ count: Int, _ pairs: [(Int, Int)]) -> WeightedGraph {
    WeightedGraph(
      names: (0..<count).map { "x\($0)" },
      edges: pairs.map { WeightedGraph.Edge(from: $0.0, to: $0.1, weight: 1) })
  }

  @Test func `An acyclic graph has an order with parents first and no cycle`() {
    let g = graph(4, [(3, 1), (1, 0), (0, 2), (3, 2)])
    #expect(g.topologicalOrder == [3, 1, 0, 2])
    #expect(g.cycle == nil)
    #expect(g.edgeCount == 4)
  }

  @Test func `A cycle is named with its nodes in order`() throws {
    let g = graph(5, [(0, 1), (1, 2), (2, 3), (3, 1), (3, 4)])
    #expect(g.topologicalOrder == nil)
    let cycle = try #require(g.cycle)
    for (k, node) in cycle.enumerated() { #expect(g.hasEdge(node, cycle[(k + 1) % cycle.count])) }
    #expect(Set(cycle) == [1, 2, 3])
  }

  @Test func `A loop is a cycle of one node`() {
    #expect(graph(2, [(1, 1)]).cycle == [1])
  }
}
