import Constraints
import LinearAlgebra
import Testing

@testable import Solvers

@Suite("Formulas")
struct FormulaTests {
  @Test func `formulas of binary variables agree with brute force`() throws {
    var model = Model()
    let a = model.binary("a"), b = model.binary("b"), c = model.binary("c"), d = model.binary("d")
    model.subject(to: "clause") { a || !b || c }
    model.subject(to: "implied") { (a && b) => (c || d) }
    model.subject(to: "same") { (a || c) <=> (b && d) }
    #expect(try expectBruteForce(model) == 5)
  }

  @Test func `formulas of comparisons of whole numbers agree with brute force`() throws {
    var model = Model()
    let x = model.variable("x", in: -2...4, .integer), y = model.variable("y", in: 0...4, .integer)
    let z = model.binary("z")
    model.subject(to: "either") { (x <= 0) || (y >= 3) || (x + y == 4) }
    model.subject(to: "not both") { !((x >= 2) && (y <= 1)) }
    model.subject(to: "told") { z <=> (2 * x + y >= 3) }
    model.subject(to: "apart") { x != y }
    model.subject(to: "hole") { x != 1 }
    model.subject(to: "last") { z => ((x == 3) || (y.within(1...3))) }
    #expect(try expectBruteForce(model, objectives: 8) > 3)
  }

  @Test func `random formulas agree with brute force`() throws {
    var random = SplitMix64(seed: 11)
    var kinds = (feasible: 0, infeasible: 0)
    for round in 0..<60 {
      var model = Model()
      let x = model.variables("x", over: 1...3, in: -1...2, .integer).variables
      let z = model.variables("z", over: 1...2, in: 0...1, .binary).variables
      func comparison() -> ConstraintExpression {
        let i = Int.random(in: 0..<3, using: &random), j = Int.random(in: 0..<3, using: &random)
        let side = Int.random(in: -2...3, using: &random)
        let f = Bool.random(using: &random) ? x[i] - x[j] : 2 * x[i] + x[j]
        switch Int.random(in: 0..<5, using: &random) {
        case 0: return f <= side
        case 1: return f >= side
        case 2: return f == side
        case 3: return x[i] != side
        default: return z[i % 2] || z[j % 2]
        }
      }
      func formula(_ depth: Int) -> ConstraintExpression {
        if depth == 0 { return comparison() }
        let (a, b) = (formula(depth - 1), formula(depth - 1))
        switch Int.random(in: 0..<5, using: &random) {
        case 0: return a && b
        case 1: return a || b
        case 2: return !a
        case 3: return a => b
        default: return a <=> b
        }
      }
      for k in 0..<3 { model.subject(to: "f\(k)") { formula(2) } }
      let count = try expectBruteForce(model, objectives: 2, seed: UInt64(round))
      if count > 0 { kinds.feasible += 1 } else { kinds.infeasible += 1 }
    }
    #expect(kinds.feasible > 20 && kinds.infeasible > 0)
  }

  @Test func `counts of comparisons and choices by them agree with brute force`() throws {
    var model = Model()
    let x = model.variables("x", over: 1...4, in: 0...2, .integer).variables
    model.subject(to: "few") { count(x) { $0 == 2 } <= 1 }
    model.subject(to: "some") { count(x, in: [0, 1]) >= 2 }
    model.subject(to: "rising") { count(zip(x, x.dropFirst())) { $0.0 <= $0.1 } == 2 }
    #expect(try expectBruteForce(model) > 3)
  }

  @Test func `real functions on either side of a comparison`() throws {
    var model = Model()
    let x = model.variable("x", in: 0...10), z = model.binary("z")
    model.subject(to: "told") { z <=> (x >= 4.5) }
    model.minimize(x - 3 * z)
    var solution = try model.solve()
    #expect(solution.outcome == .optimal && abs((solution.objective ?? 9) - 0) < 1e-6)
    model.minimize(x - 6 * z)
    solution = try model.solve()
    #expect(solution.outcome == .optimal && abs((solution.objective ?? 9) + 1.5) < 1e-6)
    model.maximize(x - 6 * z)
    solution = try model.solve()
    #expect(solution.outcome == .optimal && abs((solution.objective ?? 0) - 4.5) < 1e-4)
  }

  @Test func `products with binary factors are exact`() throws {
    var model = Model()
    let a = model.binary("a"), b = model.binary("b"), c = model.binary("c")
    let x = model.variable("x", in: -2...3, .integer)
    model.subject(to: "product") { a * b + b * x <= 2 }
    model.subject(to: "three") { a * b * c + x >= -1 }
    #expect(try expectBruteForce(model) > 10)
    model.maximize(5 * a * b - 3 * b * c + 2 * a * x - x * c)
    let checker = Checker()
    let best = boxPoints(model).filter { checker.check(point: $0, of: model).violationCount == 0 }
      .map { checker.objective(of: $0, in: model) }.max()
    let solution = try model.solve()
    #expect(solution.outcome == .optimal && solution.objective == best)
  }

  @Test func `a comparison without bounds is refused by name`() {
    var model = Model()
    let x = model.variable("x", in: 0...), z = model.binary("z")
    model.subject(to: "told") { z <=> (x <= 3) }
    let text = refusal(model)
    #expect(text.contains("'told'") && text.contains("'x'"))
    var formula = Model()
    let y = formula.variable("y"), w = formula.variable("w", in: 0...1)
    formula.subject(to: "either") { (y >= 3) || (w >= 1) }
    let either = refusal(formula)
    #expect(either.contains("'either'") && either.contains("'y'") && either.contains("bound"))
  }

  @Test func `formulas without a choice need no bounds`() throws {
    var model = Model()
    let x = model.variable("x"), y = model.variable("y")
    model.subject(to: "both") { (x >= 3) && (y >= 4) }
    model.subject(to: "neither") { !((x >= 30) || (y >= 40)) }
    model.minimize(x + y)
    #expect(try model.solve().objective == 7)
  }
}
