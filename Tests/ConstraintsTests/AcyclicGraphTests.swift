import Foundation
import Testing

@testable import Constraints

/// The weight of the lightest edge of the cycle whose lightest edge is heaviest, over all simple cycles.
private func heaviestBottleneck(_ w: [Double], _ d: Int) -> Double {
  var best = 0.0
  var path: [Int] = []
  func extend(_ node: Int, _ least: Double) {
    path.append(node)
    for next in 0..<d {
      let weight = min(least, abs(w[node * d + next]))
      if next == path[0] { best = max(best, weight) } else if !path.contains(next), weight > 0 { extend(next, weight) }
    }
    path.removeLast()
  }
  for root in 0..<d { extend(root, .infinity) }
  return best
}

@Suite("Acyclic graphs")
struct AcyclicGraphTests {
  private func read(_ constraint: String) throws -> ReadResult {
    let text = """
      {"format": "algebraic", "version": 1,
       "sets": {"V": ["a", "b", "c"], "U": ["p", "q"]},
       "variables": {"W": {"over": "i in V, j in V where i != j"}, "Y": {"over": "i in V, j in V", "fix": {"where": "i == j", "value": 0}},
                     "z": {"over": "i in V"}, "R": {"over": "i in V, u in U"}},
       "constraints": {"dag": "\(constraint)"}}
      """
    return try readAlgebraic(text)
  }

  @Test func `the violation is the bottleneck of the heaviest cycle`() {
    var state: UInt64 = 7
    func uniform() -> Double {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Double(state >> 40) / Double(1 << 24)
    }
    for d in 1...5 {
      for _ in 0..<60 {
        let w = (0..<(d * d)).map { _ in uniform() < 0.5 ? 0 : 2 * uniform() - 1 }
        let set = AcyclicGraph(nodeCount: d, tolerance: 0)
        let expected = heaviestBottleneck(w, d)
        #expect(set.violation(at: w) == expected)
        let cycle = set.culprits(at: w)
        #expect(cycle.isEmpty == (expected == 0))
        // The edges named close up, and none is lighter than the bottleneck.
        for (k, e) in cycle.enumerated() {
          let next = cycle[(k + 1) % cycle.count]
          #expect(e % d == next / d && abs(w[e]) >= expected)
        }
      }
    }
  }

  @Test func `entries up to the tolerance are no edges`() {
    let set = AcyclicGraph(nodeCount: 2, tolerance: 1e-3)
    #expect(set.violation(at: [0, 1, 1e-3, 0]) == 0)
    #expect(set.violation(at: [0, 1, 2e-3, 0]) == 2e-3)
    #expect(set.violation(at: [0.5, 1, 0, 0]) == 0.5)
    #expect(set.violation(at: [0, 1, .nan, 0]) == .infinity)
    #expect(AcyclicGraph(nodeCount: 0).violation(at: []) == 0)
  }

  @Test func `the checker names the cycle with its weights`() throws {
    var model = Model("m")
    let w = model.variables("w", over: product(["a", "b", "c"], ["a", "b", "c"]))
    model.subject(to: "dag") { acyclic(w) }
    // a -> b -> c -> a, and a weak edge b -> a.
    let point = [0, 2, 0, 0.1, 0, -1.5, 0.7, 0, 0]
    let report = Checker().check(point: point, of: model)
    #expect(report.verdict == .refuted("constraint 'dag' is violated by 0.7: the cycle w[a,b] = 2, w[b,c] = -1.5, w[c,a] = 0.7"))
    #expect(Checker().check(point: [0, 2, 0, 0, 0, -1.5, 0, 0, 0], of: model).verdict == .confirmed)
  }

  @Test func `variables over pairs and rows of expressions state the same`() {
    let nodes = ["a", "b", "c"]
    var first = Model("m")
    let pairs = product(nodes, nodes).filter { $0.first != $0.second }
    let w = first.variables("w", over: pairs, in: 0...1)
    first.subject(to: "dag") { acyclic(w, tolerance: 0.5) }
    var second = Model("m")
    let v = second.variables("w", over: pairs, in: 0...1)
    second.subject(to: "dag") {
      acyclic(
        nodes.map { i in nodes.map { j in i == j ? Expression() : v[i, j].expression } }, tolerance: 0.5)
    }
    for bits in 0..<64 {
      let point = (0..<6).map { Double(bits >> $0 & 1) }
      let counts = [first, second].map { Checker().check(point: point, of: $0).violationCount }
      #expect(counts[0] == counts[1])
    }
    guard case .vector(let functions, let set) = first.generalConstraints[0].body else {
      Issue.record("no vector constraint")
      return
    }
    #expect(functions.count == 9 && (set as? AcyclicGraph)?.tolerance == 0.5)
  }

  @Test(arguments: ["acyclic(W)", "acyclic(Y)", "acyclic(W, 0.001)", "acyclic(Y[i,j] for i in V, j in V)"])
  func `a model file holds it and is written back`(_ constraint: String) throws {
    let model = try read(constraint).model
    guard case .vector(let functions, let set) = model.generalConstraints[0].body, let graph = set as? AcyclicGraph else {
      Issue.record("no acyclic graph")
      return
    }
    #expect(graph.nodeCount == 3 && functions.count == 9)
    #expect(graph.tolerance == (constraint.contains("0.001") ? 0.001 : AcyclicGraph.defaultTolerance))
    let written = String(decoding: try AlgebraicFormat.write(model, options: WriteOptions()).bytes, as: UTF8.self)
    let short = constraint.contains("for") ? "acyclic(Y)" : constraint
    #expect(written.contains("\"dag\": \"\(short)\""), "\(written)")
    let mof = try MathOptFormat.write(model, options: WriteOptions())
    for again in [
      try readAlgebraic(written).model,
      try MathOptFormat.read(SourceText(file: "m.mof.json", bytes: mof.bytes), options: ReadOptions()).model,
    ] {
      guard case .vector(let other, let set) = again.generalConstraints[0].body else {
        Issue.record("no vector constraint")
        continue
      }
      #expect(set.isSame(as: graph))
      #expect(other == functions)
    }
  }

  @Test(arguments: [
    ("acyclic(z)", "variables over two indices"), ("acyclic(R)", "no member in common"),
    ("acyclic(z[i] for i in V)", "square matrix row by row, and 3 expressions are none"),
    ("acyclic(W, z['a'])", "tolerance"), ("acyclic(W, W, W)", "a matrix and perhaps a tolerance"),
    ("acyclicc(W)", "acyclic"), ("acyclic(W, -1)", "must not be negative"),
  ])
  func `wrong shapes are named`(_ constraint: String, _ words: String) {
    do throws(ConstraintsError) {
      _ = try AlgebraicFormat.read(
        SourceText(
          file: "m.json",
          """
          {"format": "algebraic", "version": 1, "sets": {"V": ["a", "b", "c"], "U": ["p", "q"]},
           "variables": {"W": {"over": "i in V, j in V where i != j"}, "z": {"over": "i in V"}, "R": {"over": "i in V, u in U"}},
           "constraints": {"dag": "\(constraint)"}}
          """), options: ReadOptions())
      Issue.record("\(constraint) was read")
    } catch {
      #expect(error.description.contains(words), "\(error.description)")
    }
  }

  @Test func `leastsquares and norm1 take whole tables`() throws {
    let text = """
      {"format": "algebraic", "version": 1, "sets": {"V": ["a", "b"], "S": {"range": [1, 3]}},
       "data": {"X": {"1": {"a": 1, "b": 2}, "2": {"a": -1, "b": 0.5}, "3": {"a": 0, "b": 3}}},
       "variables": {"W": {"over": "i in V, j in V where i != j"}},
       "objective": {"minimize": "leastsquares(X, W) / 2 + 0.1 * norm1(W)"}}
      """
    let model = try readAlgebraic(text).model
    let x = [[1, 2], [-1, 0.5], [0, 3]]
    for (p, q) in [(0.0, 0.0), (1.5, 0), (-0.5, 2), (0.25, -1)] {
      let value = Checker().objective(of: [p, q], in: model)
      let squares = x.map { ($0[0] - q * $0[1]) * ($0[0] - q * $0[1]) + ($0[1] - p * $0[0]) * ($0[1] - p * $0[0]) }
      let expected = squares.reduce(0, +) / 2 + 0.1 * (abs(p) + abs(q))
      #expect(abs(value - expected) <= 1e-12 * max(1, expected))
    }
  }
}
