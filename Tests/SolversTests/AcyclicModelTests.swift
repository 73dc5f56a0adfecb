import Constraints
import Foundation
import LinearAlgebra
import Testing

@testable import Solvers

/// All orders of 0..<n.
func orders(_ n: Int) -> [[Int]] {
  if n == 0 { return [[]] }
  return orders(n - 1).flatMap { order in (0..<n).map { k in Array(order[..<k]) + [n - 1] + Array(order[k...]) } }
}

/// The greatest weight of the edges that lead forward, over all orders.
private func bestOrder(_ weight: [[Double]]) -> Double {
  let n = weight.count
  return orders(n).reduce(-.infinity) { best, order in
    var total = 0.0
    for a in 0..<n {
      for b in (a + 1)..<max(n, a + 1) { total += max(0, weight[order[a]][order[b]]) }
    }
    return max(best, total)
  }
}

@Suite("Models with acyclic graphs")
struct AcyclicModelTests {
  @Test func `binary and whole entries agree with brute force`() throws {
    var model = Model("m")
    let pairs = product(1...3, 1...3).filter { $0.first != $0.second }
    let w = model.variables("w", over: pairs, in: 0...1, .binary)
    model.subject(to: "dag") { acyclic(w) }
    // 25 labelled graphs without cycles on three nodes.
    #expect(try expectBruteForce(model) == 25)
    var whole = Model("m")
    let v = whole.variables("v", over: product(1...2, 1...2), in: -1...1, .integer)
    whole.subject(to: "dag") { acyclic(v) }
    #expect(try expectBruteForce(whole) == 5)
    var shifted = Model("m")
    let x = shifted.variables("x", over: 0...5, in: 0...2, .integer).variables
    // An edge that is always there, entries that are sums, and numbers.
    shifted.subject(to: "dag") {
      acyclic([
        [Expression(), x[0] + 1, x[1] - x[2]], [x[3].expression, Expression(), Expression(2)],
        [x[4] - 1, x[5].expression, Expression()],
      ])
    }
    try expectBruteForce(shifted)
  }

  @Test func `four nodes have 543 graphs without cycles`() throws {
    var model = Model("m")
    let pairs = product(1...4, 1...4).filter { $0.first != $0.second }
    let w = model.variables("w", over: pairs, in: 0...1, .binary)
    model.subject(to: "dag") { acyclic(w) }
    #expect(try expectBruteForce(model, objectives: 2) == 543)
  }

  @Test func `linear orderings agree with brute force`() throws {
    var random = SplitMix64(seed: 11)
    for n in 3...7 {
      for isInteger in [true, false] {
        let weight = (0..<n).map { _ in (0..<n).map { _ in Double(Int.random(in: -3...20, using: &random)) } }
        var model = Model("ordering")
        let pairs = product(0..<n, 0..<n).filter { $0.first != $0.second }
        let y = model.variables("y", over: pairs, in: 0...1, isInteger ? .binary : .real)
        model.subject(to: "dag") { acyclic(y) }
        model.maximize(sum(pairs) { weight[$0.first][$0.second] * y[$0] })
        let solution = try model.solve()
        let expected = bestOrder(weight)
        #expect(solution.outcome == .optimal)
        #expect(abs((solution.objective ?? .nan) - expected) <= 1e-5 * expected, "\(n): \(solution.objective ?? .nan) \(expected)")
      }
    }
  }

  @Test func `separated rows hold in every graph without cycles and cut every cycle off`() {
    let d = 4
    var edges: [CycleGraph.Edge] = []
    for i in 0..<d {
      for j in 0..<d where i != j {
        edges.append(
          CycleGraph.Edge(tail: Int32(i), head: Int32(j), column: Int32(edges.count), coefficient: 1, constant: 0))
      }
    }
    let separator = CycleSeparator(CycleGraph(nodeCount: d, edges: edges), name: "cycles")
    var random = SplitMix64(seed: 3)
    var acyclicPoints: [[Double]] = []
    for code in 0..<(1 << edges.count) {
      let point = edges.indices.map { Double(code >> $0 & 1) }
      var matrix = [Double](repeating: 0, count: d * d)
      for (e, edge) in edges.enumerated() { matrix[Int(edge.tail) * d + Int(edge.head)] = point[e] }
      let isAcyclic = AcyclicGraph(nodeCount: d).violation(at: matrix) == 0
      #expect(separator.separate(point, tolerance: 1e-6).isEmpty == isAcyclic)
      if isAcyclic { acyclicPoints.append(point) }
    }
    #expect(acyclicPoints.count == 543)
    for _ in 0..<50 {
      let point = edges.map { _ in Double.random(in: 0.3...0.8, using: &random) }
      for row in separator.separate(point, tolerance: 1e-6) {
        #expect(row.violation(at: point) > 1e-6)
        #expect(acyclicPoints.allSatisfy { row.violation(at: $0) <= 0 })
      }
    }
  }

  @Test func `an entry without a bound is named where it needs one`() throws {
    var model = Model("m")
    let pairs = product(["a", "b"], ["a", "b"]).filter { $0.first != $0.second }
    let w = model.variables("w", over: pairs, in: (-2.0)...)
    let z = model.variable("z", in: 0...5, .integer)
    model.subject(to: "dag") { acyclic(w) }
    model.subject(to: "sum") { w["a", "b"] + w["b", "a"] + z >= 3 }
    model.minimize(z.expression)
    do throws(SolverError) {
      _ = try model.solve()
      Issue.record("the model was solved")
    } catch {
      #expect(error.rendered.contains("w[a,b]") && error.rendered.contains("finite upper"), "\(error.rendered)")
    }
  }
}
