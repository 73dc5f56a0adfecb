import Testing

@testable import Constraints

/// Optima of convex models are believed for the multipliers that come with them, and only for right ones.
@Suite("Multipliers of convex models")
struct DualCheckTests {
  private func claim(_ model: Model, _ values: [Double], rows: [Double], general: [[Double]] = []) -> Solution {
    var solution = Solution(outcome: .optimal, termination: Termination(.converged), sense: model.sense)
    solution.values = values
    solution.primalStatus = .feasible
    solution.dualStatus = .feasible
    solution.rowDuals = rows
    solution.generalDuals = general
    Checker().judge(&solution, of: model)
    return solution
  }

  /// The point of the line x + y >= 2 that is nearest to the origin.
  private func nearest(_ sense: ObjectiveSense = .minimize) -> Model {
    var model = Model()
    let x = model.variable("x")
    let y = model.variable("y", in: 0...)
    model.subject(to: "line") { x + y >= 2 }
    if sense == .minimize { model.minimize(x * x + y * y + 3) } else { model.maximize(0 - x * x - y * y + 3) }
    return model
  }

  @Test func `a quadratic objective with right multipliers is confirmed`() throws {
    let solution = claim(nearest(), [1, 1], rows: [2])
    #expect(solution.outcome == .optimal)
    #expect(solution.check?.verdict == .confirmed)
    #expect(try #require(solution.check?.dualityGap) <= 1e-12)
    #expect(claim(nearest(.maximize), [1, 1], rows: [-2]).outcome == .optimal)
  }

  @Test func `a point that is not optimal is found out whatever the multipliers`() {
    #expect(claim(nearest(), [1.5, 0.5], rows: [2]).outcome == .feasible)
    #expect(claim(nearest(), [1.5, 0.5], rows: [3]).outcome == .feasible)
    #expect(claim(nearest(), [1, 1], rows: [-2]).outcome == .feasible)
    #expect(claim(nearest(.maximize), [1, 1], rows: [2]).outcome == .feasible)
  }

  @Test func `a stationary point of a nonconvex objective is not called optimal`() {
    var model = Model()
    let x = model.variable("x", in: -1...3)
    let y = model.variable("y", in: -1...3)
    model.minimize(x * y)
    let solution = claim(model, [0, 0], rows: [])
    #expect(solution.outcome == .feasible)
    #expect(solution.warnings.contains { $0.message.contains("not convex") })
  }

  @Test func `multipliers of a quadratic constraint are confirmed and refuted`() {
    // The lowest point of a disc of radius 1.
    var model = Model()
    let x = model.variable("x")
    let y = model.variable("y")
    model.subject(to: "disc") { x * x + y * y <= 1 }
    model.minimize(y)
    #expect(claim(model, [0, -1], rows: [], general: [[-0.5]]).check?.verdict == .confirmed)
    #expect(claim(model, [0, -1], rows: [], general: [[0.5]]).outcome == .feasible)
    #expect(claim(model, [0, -1], rows: [], general: [[-0.7]]).outcome == .feasible)
  }

  @Test func `multipliers of a second-order cone are confirmed and refuted`() {
    var model = Model()
    let t = model.variable("t")
    let x = model.variable("x")
    model.subject(to: "at") { x == 2 }
    model.subject(to: "cone") { ConstraintExpression([t, x], in: SecondOrderCone(dimension: 2)) }
    model.minimize(t)
    #expect(claim(model, [2, 2], rows: [1], general: [[1, -1]]).check?.verdict == .confirmed)
    #expect(claim(model, [2, 2], rows: [2], general: [[1, -2]]).outcome == .feasible)
    #expect(claim(model, [3, 2], rows: [1], general: [[1, -1]]).outcome == .feasible)
  }

  @Test func `a reduced cost that is a rest of rounding does not count times a far bound`() {
    var model = Model()
    let x = model.variable("x", in: -1e9...1e9)
    model.minimize(x * x - 2 * x)
    #expect(claim(model, [1 + 1e-9], rows: []).check?.verdict == .confirmed)
    // The objective is off by 4e-6, four times the tolerance.
    #expect(claim(model, [1.002], rows: []).outcome == .feasible)
  }

  @Test func `infeasibility of a cone and a bound is proved by multipliers of both`() {
    var model = Model()
    let t = model.variable("t", in: ...1)
    let x = model.variable("x", in: 2...)
    model.subject(to: "cone") { ConstraintExpression([t, x], in: SecondOrderCone(dimension: 2)) }
    model.minimize(t)
    #expect(Checker().farkasMargin(multipliers: [], general: [[1, -1]], of: model) != nil)
    #expect(Checker().farkasMargin(multipliers: [], general: [[1, 1]], of: model) == nil)
    #expect(Checker().farkasMargin(multipliers: [], general: [[1, -2]], of: model) == nil)
  }

  @Test func `a ray must leave the curved part of the objective and the cones alone`() {
    var model = Model()
    let x = model.variable("x")
    let y = model.variable("y")
    let t = model.variable("t")
    model.subject(to: "cone") { ConstraintExpression([t, y], in: SecondOrderCone(dimension: 2)) }
    model.minimize(x * x - 2 * y)
    #expect(Checker().rayRate(direction: [0, 1, 1], of: model) != nil)
    #expect(Checker().rayRate(direction: [0, 1, 0.5], of: model) == nil)
    #expect(Checker().rayRate(direction: [0.1, 1, 1], of: model) == nil)
  }
}

@Suite("Definiteness of quadratic forms")
struct DefinitenessTests {
  /// `Fᵀ D F` with random sparse F of the given number of rows, D of ones and the given last entry.
  private func terms(_ n: Int, rank: Int, last: Double, seed: UInt64, density: Double) -> [QuadraticTerm] {
    var state = seed
    func uniform() -> Double {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Double(state >> 11) / Double(1 << 53)
    }
    var dense = [Double](repeating: 0, count: n * n)
    for r in 0..<rank {
      let row = (0..<n).map { _ in uniform() < density ? (uniform() * 8 - 4).rounded() : 0 }
      let weight = r == rank - 1 ? last : 1
      for i in 0..<n { for j in 0..<n { dense[i * n + j] += weight * row[i] * row[j] } }
    }
    var terms: [QuadraticTerm] = []
    for i in 0..<n {
      for j in i..<n where dense[i * n + j] != 0 {
        terms.append(QuadraticTerm(i == j ? dense[i * n + j] / 2 : dense[i * n + j], Int32(i), Int32(j)))
      }
    }
    return terms
  }

  /// The entry (i, j) of the matrix of a form.
  private func product(_ factor: Definiteness.Factor, _ x: [Double]) -> Double {
    (0..<factor.rowCount).reduce(0) { total, r in
      let value = factor.terms(r).reduce(0) { $0 + $1.coefficient * x[Int($1.variable)] }
      return total + value * value / 2
    }
  }

  @Test(arguments: [(8, 3, 1.0), (60, 10, 0.1), (60, 60, 0.1), (90, 40, 0.6), (120, 7, 1.0), (300, 200, 0.01)])
  func `semidefinite forms get a factor of their rank`(n: Int, rank: Int, density: Double) throws {
    let terms = terms(n, rank: rank, last: 1, seed: UInt64(n + rank), density: density)
    guard case .semidefinite(let factor) = QuadraticForm(terms).definiteness() else {
      Issue.record("must be semidefinite")
      return
    }
    #expect(factor.rowCount <= rank)
    for k in 1...5 {
      let x = (0..<n).map { Double(($0 * k * 7919) % 13) - 6 }
      let expected = terms.reduce(0) { $0 + $1.coefficient * x[Int($1.first)] * x[Int($1.second)] }
      #expect(abs(product(factor, x) - expected) <= 1e-7 * max(1, abs(expected)))
    }
  }

  @Test(arguments: [(2, 2, 1.0), (8, 3, 1.0), (60, 10, 0.1), (60, 60, 0.1), (90, 40, 0.6), (120, 7, 1.0), (300, 200, 0.01)])
  func `a direction of negative curvature is one`(n: Int, rank: Int, density: Double) throws {
    let terms = terms(n, rank: rank, last: -40, seed: UInt64(n + rank), density: density)
    guard case .indefinite(let direction) = QuadraticForm(terms).definiteness() else {
      Issue.record("must be indefinite")
      return
    }
    var x = [Double](repeating: 0, count: n)
    for term in direction.components { x[Int(term.variable)] = term.coefficient }
    let value = terms.reduce(0) { $0 + $1.coefficient * x[Int($1.first)] * x[Int($1.second)] }
    #expect(value < 0)
    #expect(abs(2 * value - direction.curvature) <= 1e-6 * abs(direction.curvature))
  }

  @Test func `a product of two variables curves both ways`() {
    for terms in [
      [QuadraticTerm(1, 0, 1)], [QuadraticTerm(-1, 0, 1)], [QuadraticTerm(1, 0, 0), QuadraticTerm(-3, 0, 1)],
      [QuadraticTerm(1, 0, 0), QuadraticTerm(2.5, 0, 1), QuadraticTerm(1, 1, 1)], [QuadraticTerm(-1, 3, 3)],
    ] {
      guard case .indefinite = QuadraticForm(terms).definiteness() else {
        Issue.record("\(terms) must be indefinite")
        continue
      }
    }
  }

  @Test func `work has an end`() {
    let terms = terms(100, rank: 100, last: 1, seed: 5, density: 1)
    guard case .undetermined = QuadraticForm(terms).definiteness(work: 1000) else {
      Issue.record("must be given up")
      return
    }
  }
}
