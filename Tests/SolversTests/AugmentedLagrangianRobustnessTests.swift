import Constraints
import LinearAlgebra
import Testing

@testable import Solvers

@Suite("Augmented Lagrangian in hard places")
struct AugmentedLagrangianRobustnessTests {
  func solve(_ problem: PolynomialProblem) throws -> FormOutcome { try AugmentedLagrangianTests.solve(problem) }

  @Test func `a solution without multipliers is reached`() throws {
    let outcome = try solve(.hockSchittkowski13)
    #expect(outcome.outcome == .locallyOptimal)
    #expect(outcome.objective! > 0.99 && outcome.objective! < 1 + 1e-6)
  }

  @Test func `complementarity constraints are met at a local solution`() throws {
    let outcome = try solve(.complementarity)
    #expect(outcome.outcome == .locallyOptimal)
    #expect(abs(outcome.objective! - 1) < 1e-6 || abs(outcome.objective! - 4) < 1e-6)
    #expect(outcome.point[0] * outcome.point[1] <= 1e-8)
  }

  @Test func `a row given three times has multipliers that add up`() throws {
    // min x² + y², x + y = 2, three times.
    let row: [PolynomialProblem.Term] = [.init(1, (0, 1)), .init(1, (1, 1))]
    let problem = PolynomialProblem(
      n: 2, objective: [.init(1, (0, 2)), .init(1, (1, 2))], rows: [row, row, row], rowLower: [2, 2, 2],
      rowUpper: [2, 2, 2], start: [5, -7])
    let outcome = try solve(problem)
    #expect(outcome.outcome == .locallyOptimal)
    #expect(abs(outcome.objective! - 2) < 1e-8)
    #expect(abs(outcome.rowDuals.reduce(0, +) - 2) < 1e-6)
  }

  @Test func `rows that contradict each other end at the least violation`() throws {
    // x² + y² <= 1 and x + y >= 3: nearest at x = y.
    let problem = PolynomialProblem(
      n: 2, objective: [.init(1, (0, 1))],
      rows: [[.init(1, (0, 2)), .init(1, (1, 2))], [.init(1, (0, 1)), .init(1, (1, 1))]],
      rowLower: [-.infinity, 3], rowUpper: [1, .infinity], start: [3, -1])
    let outcome = try solve(problem)
    #expect(outcome.outcome == .locallyInfeasible)
    #expect(abs(outcome.point[0] - outcome.point[1]) < 1e-4)
  }

  @Test func `an objective without end on feasible points is reported`() throws {
    let problem = PolynomialProblem(
      n: 2, objective: [.init(-1, (0, 3)), .init(1, (1, 2))], rows: [[.init(1, (1, 1)), .init(-1, (0, 1))]],
      rowLower: [-.infinity], rowUpper: [0], start: [1, 0])
    let outcome = try solve(problem)
    #expect(outcome.outcome == .feasible)
    #expect(outcome.termination.reason == .objectiveLimit)
    #expect(outcome.objective! < -1e20)
  }

  @Test func `a start outside the domain of a logarithm is moved into it`() throws {
    // min x - log x: 1 at 1.
    for start in [-1, 0, -100, 1e-300] {
      let problem = PolynomialProblem(
        n: 1, objective: [.init(1, (0, 1)), .init(-1, (0, nil))], start: [start])
      let outcome = try solve(problem)
      #expect(outcome.outcome == .locallyOptimal)
      #expect(abs(outcome.objective! - 1) < 1e-8)
    }
  }

  @Test func `functions that are defined nowhere end with the reason`() throws {
    let problem = PolynomialProblem(n: 1, objective: [.init(.nan, (0, 1))], start: [1])
    let outcome = try solve(problem)
    #expect(outcome.outcome == .unknown)
    #expect(outcome.termination.reason == .numericalFailure)
    #expect(outcome.termination.detail.contains("not defined"))
  }

  @Test func `steps over the edge of a domain are cut`() throws {
    // min -log x - log(…) with x near 0 at first: the Newton step overshoots.
    let problem = PolynomialProblem(
      n: 2, objective: [.init(-1, (0, nil)), .init(-1, (1, nil)), .init(1, (0, 1)), .init(1, (1, 1))],
      rows: [[.init(1, (0, 1)), .init(2, (1, 1))]], rowLower: [-.infinity], rowUpper: [1], start: [1e-6, 5])
    let outcome = try solve(problem)
    #expect(outcome.outcome == .locallyOptimal)
    AugmentedLagrangianTests.expectStationary(outcome, problem.form, 1e-6)
  }

  @Test func `a start at a saddle point is left`() throws {
    // x² - y² + y⁴: saddle at 0, minima -1/4 at y = ±√½.
    let saddle: [PolynomialProblem.Term] = [.init(1, (0, 2)), .init(-1, (1, 2)), .init(1, (1, 4))]
    let outcome = try solve(PolynomialProblem(n: 2, objective: saddle, start: [0, 0]))
    #expect(abs(outcome.objective! + 0.25) < 1e-8)
    // A maximum on a circle: max x becomes min x from (1, 0).
    let circle = PolynomialProblem(
      n: 2, objective: [.init(1, (0, 1))], rows: [[.init(1, (0, 2)), .init(1, (1, 2))]], rowLower: [1], rowUpper: [1],
      start: [1, 0])
    #expect(abs(try solve(circle).objective! + 1) < 1e-7)
  }

  @Test func `a start where gradient and Hessian vanish is left`() throws {
    // 2 - x y z w u / 120 within bounds 0..j: 1 at the upper corner.
    let problem = PolynomialProblem(
      n: 5, objective: [.init(2), .init(-1.0 / 120, (0, 1), (1, 1), (2, 1), (3, 1), (4, 1))],
      lower: [0, 0, 0, 0, 0], upper: [1, 2, 3, 4, 5], start: [0, 0, 0, 0, 0])
    #expect(abs(try solve(problem).objective! - 1) < 1e-8)
  }

  @Test func `random quadratic programs agree with their known solutions`() throws {
    var random = SplitMix64(seed: 7)
    func number() -> Double { Double.random(in: -1..<1, using: &random) }
    for _ in 0..<20 {
      // Strictly convex with the solution and multipliers chosen first.
      let n = 5
      var objective: [PolynomialProblem.Term] = []
      var gradient = [Double](repeating: 0, count: n)
      let x = (0..<n).map { _ in number() }
      for j in 0..<n {
        let curvature = 1 + abs(number())
        objective.append(.init(0.5 * curvature, (j, 2)))
        gradient[j] = curvature * x[j]
      }
      var rows: [[PolynomialProblem.Term]] = [], lower: [Double] = [], upper: [Double] = [], duals: [Double] = []
      for i in 0..<4 {
        let a = (0..<n).map { _ in number() }
        rows.append(a.indices.map { .init(a[$0], ($0, 1)) })
        let value = zip(a, x).map(*).reduce(0, +)
        let dual = i == 3 ? 0 : number()
        duals.append(dual)
        lower.append(i == 0 || dual > 0 ? value : -.infinity)
        upper.append(i == 0 || dual < 0 ? value : (i == 3 ? value + 1 : .infinity))
        for j in 0..<n { gradient[j] -= dual * a[j] }
      }
      for j in 0..<n { objective.append(.init(-gradient[j], (j, 1))) }
      let problem = PolynomialProblem(
        n: n, objective: objective, rows: rows, rowLower: lower, rowUpper: upper, start: (0..<n).map { _ in 3 * number() })
      for inner in [AugmentedLagrangianOptions.Inner.newton, .trustRegion, .lbfgs] {
        let outcome = try AugmentedLagrangianTests.solve(problem, inner)
        #expect(outcome.outcome == .locallyOptimal)
        for j in 0..<n { #expect(abs(outcome.point[j] - x[j]) < 1e-6) }
        for i in 0..<4 { #expect(abs(outcome.rowDuals[i] - duals[i]) < 1e-5) }
      }
    }
  }

  @Test func `linear equations are kept from the first step on, if asked`() throws {
    // min Σ (xⱼ - j)⁴ with x + y + z = 3 and x y <= 1.
    func quartic(_ j: Int, _ t: Double) -> [PolynomialProblem.Term] {
      [
        .init(1, (j, 4)), .init(-4 * t, (j, 3)), .init(6 * t * t, (j, 2)), .init(-4 * t * t * t, (j, 1)),
        .init(t * t * t * t),
      ]
    }
    let problem = PolynomialProblem(
      n: 3, objective: quartic(0, 3) + quartic(1, 2) + quartic(2, 1),
      rows: [[.init(1, (0, 1)), .init(1, (1, 1)), .init(1, (2, 1))], [.init(1, (0, 1), (1, 1))]],
      rowLower: [3, -.infinity], rowUpper: [3, 1], lower: [-1, -1, -1], start: [10, -1, 7])
    var form = problem.form
    form.isLinear = [true, false]
    var options = AugmentedLagrangianOptions()
    options.keepsLinearEquations = true
    let solver = AugmentedLagrangianSolver(options: options)
    let full = try solver.minimize(form).outcome
    #expect(full.outcome == .locallyOptimal)
    AugmentedLagrangianTests.expectStationary(full, form, 1e-6)
    #expect(abs(full.objective! - (try AugmentedLagrangianTests.solve(problem).objective!)) < 1e-5)
    for limit in 1...3 {
      var cut = SolveOptions()
      cut.iterationLimit = limit
      let point = try solver.minimize(form, options: cut).outcome.point
      #expect(abs(point.reduce(0, +) - 3) < 1e-9)
    }
  }
}
