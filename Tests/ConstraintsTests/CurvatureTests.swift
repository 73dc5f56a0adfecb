import Testing

@testable import Constraints

/// What `solve check` says about how functions bend.
@Suite("Curvature")
struct CurvatureTests {
  private func report(_ build: (Variable, Variable) -> Expression) -> CurvatureReport {
    var model = Model()
    let x = model.variable("x", in: 0.5...3)
    let y = model.variable("y")
    let function = model.function(from: build(x, y))
    return CurvatureAnalysis(model).report(on: function)
  }

  @Test func `the rules of composition find curvature`() {
    let table: [(Curvature, (Variable, Variable) -> Expression)] = [
      (.affine, { x, y in 2 * x - y + 1 }),
      (.affine, { x, y in abs(x) + y }),
      (.convex, { x, y in exp(y) + abs(y) }),
      (.convex, { x, y in exp(exp(y) + y * y) }),
      (.concave, { x, y in log(x) - exp(y) }),
      (.concave, { x, y in log(sqrt(x) + 2 * x) }),
      (.concave, { x, y in min(x, log(x)) }),
      (.convex, { x, y in max(x * x, exp(y)) }),
      (.convex, { x, y in 1 / x }),
      (.convex, { x, y in 1 / log(x + 1) }),
      (.convex, { x, y in x * log(x) }),
      (.concave, { x, y in 0 - x * log(x / 3) }),
      (.convex, { x, y in (y * y) / x }),
      (.convex, { x, y in (3 * y * y + x * x + 1) / sqrt(x) }),
      (.convex, { x, y in log(exp(x) + exp(2 * y)) }),
      (.affine, { x, y in log(exp(y)) }),
      (.convex, { x, y in norm2([x + y, 2 * y]) }),
      (.convex, { x, y in sqrt(4 * x * x + y * y) }),
      (.convex, { x, y in norm2([exp(x), x ** 3]) }),
      (.convex, { x, y in y ** 4 }),
      (.convex, { x, y in x ** 3 }),
      (.unknown, { x, y in y ** 3 }),
      (.concave, { x, y in x ** 0.25 }),
      (.convex, { x, y in x ** (-1.5) }),
      (.unknown, { x, y in 1 / y }),
      (.unknown, { x, y in exp(0 - abs(y)) }),
      (.unknown, { x, y in x * exp(y) }),
      (.unknown, { x, y in exp(y) + log(x) }),
      (.unknown, { x, y in sin(x) }),
      (.convex, { x, y in x * x + x * y + y * y + exp(y) }),
      (.unknown, { x, y in x * x + 3 * x * y + y * y }),
      (.unknown, { x, y in x * x - exp(y) }),
      (.concave, { x, y in 0 - x * x - y * y + x * y }),
      (.convex, { x, y in softplus(y) }),
      (.convex, { x, y in sqrt((x - 1) ** 2 + (y - 2) ** 2) }),
      (.convex, { x, y in exp(x * x + x * y + y * y) }),
      (.convex, { x, y in max((x - y) * (x - y) + x, 3 * exp(y) - log(x)) }),
      (.convex, { x, y in (x - 2 * y + 1) ** 2 / x }),
      (.concave, { x, y in log(4 - x * x + x * y - y * y) }),
      (.unknown, { x, y in exp(x * y) }),
      (.unknown, { x, y in sqrt((x - 1) ** 2 + (y - 2) ** 2 - 1) }),
      (.concave, { x, y in log(logistic(y)) }),
    ]
    for (k, entry) in table.enumerated() {
      let found = report(entry.1)
      #expect(found.curvature == entry.0, "\(k): \(found)")
      #expect(found.reason.isEmpty == (found.curvature != .unknown), "\(k)")
    }
  }

  @Test func `the reason names the innermost part at fault`() {
    #expect(report { x, y in exp(log(x) + exp(x * exp(y))) }.reason == "'x * exp(y)': a product of expressions that vary")
    #expect(report { x, y in 2 * exp(sqrt(exp(y) + 1)) + y }.reason.contains("'sqrt(exp(y) + 1)' is concave and grows with 'exp(y) + 1', which is convex"))
    #expect(report { x, y in exp(exp(x) + log(x)) }.reason == "'exp(x) + log(x)' adds the convex 'exp(x)' and the concave 'log(x)'")
    #expect(report { x, y in exp(x * y + y) }.reason.contains("'y + x * y': the quadratic part curves downwards along"))
    #expect(report { x, y in exp(1 / y) }.reason == "'1 / y': the divisor may be negative")
    #expect(report { x, y in x * x + y - y * y }.reason.contains("along"))
  }

  /// On sampled chords a function that is called convex lies below its chord, and intervals contain its values.
  @Test func `what is called convex or concave is so on chords`() {
    var bounded = Model()
    let x = bounded.variable("x", in: 0.25...3)
    let y = bounded.variable("y", in: -2...2)
    var state: UInt64 = 7
    func uniform() -> Double {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Double(state >> 11) / Double(1 << 53)
    }
    func random(_ depth: Int) -> Expression {
      if depth == 0 { return uniform() < 0.5 ? x.expression : y.expression }
      let a = random(depth - 1)
      let b = random(depth - 1)
      switch Int(uniform() * 16) {
      case 0: return a + b
      case 1: return a - 2 * b
      case 2: return exp(0.3 * a)
      case 3: return log(a)
      case 4: return sqrt(a)
      case 5: return abs(a)
      case 6: return max(a, b)
      case 7: return min(a, b)
      case 8: return a * a
      case 9: return 1 / a
      case 10: return a ** 3
      case 11: return a ** 0.4
      case 12: return norm2([a, b])
      case 13: return a * log(a)
      case 14: return (a * a) / b
      default: return log(exp(a) + exp(b))
      }
    }
    var judged = 0
    for _ in 0..<3000 {
      var model = bounded
      let function = model.function(from: random(1 + Int(uniform() * 3)))
      guard let node = function.nonlinear else { continue }
      let analysis = CurvatureAnalysis(model)
      let curvature = analysis.report(on: function).curvature
      func value(_ p: [Double]) -> Double { Checker().value(of: function, at: p, in: model) }
      for _ in 0..<5 {
        let p = [0.25 + 2.75 * uniform(), 4 * uniform() - 2]
        let q = [0.25 + 2.75 * uniform(), 4 * uniform() - 2]
        let (f, g, h) = (value(p), value(q), value([(p[0] + q[0]) / 2, (p[1] + q[1]) / 2]))
        guard f.isFinite, g.isFinite, h.isFinite else { continue }
        let part = model.arena.values(at: p, roots: [node])[node.position]
        let range = analysis.interval(node)
        let slack = 1e-9 * max(1, abs(f), abs(g), abs(part))
        #expect(part >= range.lower - slack && part <= range.upper + slack, "\(model.text(of: function)) \(range)")
        judged += curvature == .unknown ? 0 : 1
        if curvature.isConvex { #expect(h <= (f + g) / 2 + slack, "\(model.text(of: function))") }
        if curvature.isConcave { #expect(h >= (f + g) / 2 - slack, "\(model.text(of: function))") }
      }
    }
    #expect(judged > 2000)
  }

  @Test func `a model's report tells convex sets from others`() {
    var model = Model()
    let x = model.variable("x", in: 0...4)
    let y = model.variable("y", in: 0...4)
    model.subject(to: "disc") { x * x + y * y <= 4 }
    model.subject(to: "ring") { x * x + y * y >= 1 }
    model.subject(to: "circle") { x * x + y * y == 2 }
    model.subject(to: "cone") { ConstraintExpression([x, y], in: SecondOrderCone(dimension: 2)) }
    model.subject(to: "hyperbola") { x * y >= 1 }
    model.subject(to: "one") { ConstraintExpression([x, y], in: SOS1(weights: [1, 2])) }
    model.minimize(exp(x) - y, name: "cost")
    let report = ModelCurvature(model)
    #expect(!report.isConvex)
    #expect(report.entries.map(\.name) == ["cost", "disc", "ring", "circle", "cone", "hyperbola", "one"])
    #expect(report.entries.map(\.isConvex) == [true, true, false, false, true, true, false])
    #expect(report.entries[2].reason == "it is convex, and >= takes a concave function")
    #expect(report.entries[3].reason == "it is convex, and an equation takes an affine function")
    #expect(report.entries[6].reason == "the set SOS1 is not convex")
  }

  @Test func `deep expressions do not overflow the stack`() {
    var model = Model()
    let x = model.variable("x", in: 0...1)
    model.withArena { arena in
      var node = arena.variable(x.index)
      for _ in 0..<200_000 { node = arena.node(.max, [arena.node(.exp, [node]), node]) }
    }
    let root = NodeID(model.arena.nodes.count - 1)
    #expect(CurvatureAnalysis(model).curvature(root) == .convex)
  }
}
