import Constraints
import Testing

@testable import Solvers

/// Small models whose optimum and prices follow by hand: the prices come in the rows of the model, whatever the bridges
/// made of it.
@Suite("Optima and prices in closed form")
struct ClosedFormTests {
  /// Builds a model of two variables around a row, solves it, and compares objective and price of the row.
  private func expect(
    _ objective: Double, price: Double, _ what: String, priceTolerance: Double = 1e-5,
    _ build: (inout Model, Variable, Variable) -> ConstraintReference
  ) throws {
    var model = Model()
    let x = model.variable("x")
    let y = model.variable("y")
    let row = build(&model, x, y)
    let solution = try model.solve()
    #expect(solution.outcome == .optimal && solution.check?.verdict == .confirmed, "\(what): \(solution.summary)")
    let found = (solution.objective ?? .nan, try solution.dual(row))
    #expect(abs(found.0 - objective) <= 1e-6 * max(1, abs(objective)), "\(what): \(found.0)")
    #expect(abs(found.1 - price) <= priceTolerance * max(1, abs(price)), "\(what): price \(found.1)")
  }

  @Test func `a quadratic objective over an equation is a projection`() throws {
    // min (x² + y²)/2, 3x + 4y = b: b²/50.
    try expect(2, price: 0.4, "projection") { model, x, y in
      model.minimize(0.5 * x * x + 0.5 * y * y)
      return model.subject(to: "plane") { 3 * x + 4 * y == 10 }
    }
    try expect(-2, price: -0.4, "the same, maximized") { model, x, y in
      model.maximize(-0.5 * x * x - 0.5 * y * y)
      return model.subject(to: "plane") { 3 * x + 4 * y == 10 }
    }
  }

  @Test func `a row with two sides has the price of the side that holds it`() throws {
    try expect(8, price: -4, "upper side") { model, x, y in
      model.minimize((x - 3) * (x - 3) + (y - 3) * (y - 3))
      return model.subject(to: "band") { (x + y).within(-1...2) }
    }
    try expect(12.5, price: 5, "lower side") { model, x, y in
      model.minimize((x + 3) * (x + 3) + (y + 3) * (y + 3))
      return model.subject(to: "band") { (x + y).within(-1...2) }
    }
    try expect(0.5, price: 0, "neither side") { model, x, y in
      model.minimize((x - 0.5) * (x - 0.5) + y * y + 0.5)
      return model.subject(to: "band") { (x + y).within(-1...2) }
    }
  }

  @Test func `a quadratic constraint lets the objective grow with its radius`() throws {
    // max 3x + 4y, x² + y² <= r²: 5r.
    var model = Model()
    let x = model.variable("x")
    let y = model.variable("y")
    model.subject(to: "disc") { x * x + y * y <= 4 }
    model.maximize(3 * x + 4 * y)
    let solution = try model.solve()
    #expect(solution.check?.verdict == .confirmed)
    #expect(abs((solution.objective ?? .nan) - 10) <= 1e-6)
    #expect(abs(solution.generalDuals[0][0] - 1.25) <= 1e-5)
  }

  @Test func `norms are distances`() throws {
    try expect(5 / 2.0.squareRoot(), price: -1 / 2.0.squareRoot(), "Euclidean") { model, x, y in
      model.minimize(norm2([x - 3, y - 4]))
      return model.subject(to: "half") { x + y <= 2 }
    }
    try expect(2, price: -0.5, "sum of absolute values") { model, x, y in
      model.minimize(abs(x - 3) + abs(y - 1))
      return model.subject(to: "half") { x + 2 * y <= 1 }
    }
    // (3 - t) + 2 (1 - t) = 1.
    try expect(4.0 / 3, price: -1.0 / 3, "largest absolute value") { model, x, y in
      model.minimize(max(abs(x - 3), abs(y - 1)))
      return model.subject(to: "half") { x + 2 * y <= 1 }
    }
  }

  @Test func `the largest and the smallest of two are balanced`() throws {
    try expect(6, price: 1.2, "maximum") { model, x, y in
      model.minimize(max(2 * x, 3 * y))
      return model.subject(to: "total") { x + y >= 5 }
    }
    try expect(6, price: 1.2, "minimum") { model, x, y in
      model.maximize(min(2 * x, 3 * y))
      return model.subject(to: "total") { x + y <= 5 }
    }
  }

  @Test func `a convex piecewise linear cost has the slope of its piece as price`() throws {
    try expect(2.5, price: 3, "second piece") { model, x, y in
      model.minimize(piecewise(x, through: [(0, 0), (1, 1), (2, 4)]) + 5 * abs(y))
      return model.subject(to: "need") { x + y >= 1.5 }
    }
    try expect(9, price: 1, "concave revenue") { model, x, y in
      model.maximize(piecewise(x, through: [(0, 0), (2, 8), (6, 12)]) - 2 * abs(y))
      return model.subject(to: "limit") { x + y <= 3 }
    }
  }

  #if GLPK
    @Test func `a cost that falls by the piece is minimized over all pieces`() throws {
      var model = Model()
      let x = model.variable("x", in: 0...30)
      let y = model.variable("y", in: 0...12)
      model.subject(to: "need") { x + y >= 20 }
      model.minimize(piecewise(x, through: [(0, 0), (10, 50), (30, 90)]) + 3 * y)
      let solution = try model.solve()
      #expect(solution.outcome == .optimal && solution.check?.verdict == .confirmed)
      #expect(abs((solution.objective ?? .nan) - 70) <= 1e-6)
      // A curve with bends both ways, met exactly.
      var wave = Model()
      let u = wave.variable("u", in: -2...4)
      let v = wave.variable("v", in: -10...10)
      wave.subject(to: "curve") { v == piecewise(u, through: [(-2, 1), (0, 3), (1, 0), (3, 0), (4, 5)]) }
      wave.maximize(v - 2 * u)
      let best = try wave.solve()
      #expect(best.outcome == .optimal && best.check?.verdict == .confirmed)
      #expect(abs((best.objective ?? .nan) - 5) <= 1e-6)
      wave.minimize(v + 0.5 * u)
      #expect(abs((try wave.solve().objective ?? .nan) - 0) <= 1e-6)
    }
  #endif

  @Test func `exponentials, logarithms and powers have the derivative as price`() throws {
    let e = 2.718281828459045
    // Where the price bends with the bound, an error of ε in the objective leaves one of √ε in the price.
    try expect(e + 1 / e, price: e - 1 / e, "exponential", priceTolerance: 1e-4) { model, x, y in
      model.minimize(exp(x) + exp(-x) + y * y)
      return model.subject(to: "bound") { x >= 1 }
    }
    // max log x + 2 log y, x + y = 6: at (2, 4).
    try expect(0.6931471805599453 + 2 * 1.3862943611198906, price: 0.5, "logarithm", priceTolerance: 1e-4) { model, x, y in
      model.maximize(log(x) + 2 * log(y))
      return model.subject(to: "sum") { x + y <= 6 }
    }
    try expect(8, price: 3, "power", priceTolerance: 1e-4) { model, x, y in
      model.minimize(x ** 1.5 + y ** 4)
      return model.subject(to: "bound") { x >= 4 }
    }
    // min x²/y + y, x = 3: y = 3.
    try expect(6, price: 2, "quotient", priceTolerance: 1e-4) { model, x, y in
      model.setBounds(of: y, lower: 0, upper: .infinity)
      model.minimize(x * x / y + y)
      return model.subject(to: "at") { x == 3 }
    }
  }

  @Test func `the largest eigenvalue is the least t with t I - A semidefinite`() throws {
    // A = [2 1; 1 2 + s] has the largest eigenvalue 3 at s = 0, which grows by 1/2 with s.
    try expect(3, price: 0.5, "eigenvalue") { model, t, s in
      model.subject(to: "matrix") {
        ConstraintExpression([t - 2, Expression(-1), t - 2 - s], in: PositiveSemidefiniteConeTriangle(sideDimension: 2))
      }
      model.minimize(t)
      return model.subject(to: "shift") { s == 0 }
    }
  }
}
