import Constraints
import LinearAlgebra
import Testing

@testable import Solvers

@Suite("Augmented Lagrangian")
struct AugmentedLagrangianTests {
  typealias Inner = AugmentedLagrangianOptions.Inner

  static func solve(
    _ problem: PolynomialProblem, _ inner: Inner = .auto, _ context: SolveContext = SolveContext()
  ) throws -> FormOutcome {
    var options = AugmentedLagrangianOptions()
    options.inner = inner
    options.acceleration = inner == .auto || inner == .newton
    return try AugmentedLagrangianSolver(options: options).minimize(problem.form, context: context).outcome
  }

  /// Stationarity, signs and complementarity by the stated convention `∇f - Jᵀy - z = 0`.
  static func expectStationary(
    _ outcome: FormOutcome, _ form: NonlinearForm, _ tolerance: Double, sourceLocation: Testing.SourceLocation = #_sourceLocation
  ) {
    let evaluator = form.makeEvaluator()
    let x = outcome.point, y = outcome.rowDuals, z = outcome.reducedCosts
    var g = [Double](repeating: 0, count: form.columnCount), c = [Double](repeating: 0, count: form.rowCount)
    evaluator.gradient(at: x, into: &g)
    evaluator.addJacobianTransposeProduct(at: x, y.map { -$0 }, to: &g)
    evaluator.constraints(at: x, into: &c)
    for j in 0..<form.columnCount {
      #expect(abs(g[j] - z[j]) <= tolerance, sourceLocation: sourceLocation)
      if z[j] > tolerance { #expect(x[j] <= form.columnLower[j], sourceLocation: sourceLocation) }
      if z[j] < -tolerance { #expect(x[j] >= form.columnUpper[j], sourceLocation: sourceLocation) }
    }
    for i in 0..<form.rowCount {
      #expect(c[i] >= form.rowLower[i] - tolerance && c[i] <= form.rowUpper[i] + tolerance, sourceLocation: sourceLocation)
      if y[i] > tolerance { #expect(c[i] <= form.rowLower[i] + tolerance, sourceLocation: sourceLocation) }
      if y[i] < -tolerance { #expect(c[i] >= form.rowUpper[i] - tolerance, sourceLocation: sourceLocation) }
    }
  }

  @Test(arguments: [Inner.newton, .trustRegion, .lbfgs])
  func `Rosenbrock's valley is followed to its end`(inner: Inner) throws {
    let outcome = try Self.solve(.rosenbrock, inner)
    #expect(outcome.outcome == .locallyOptimal)
    #expect(outcome.termination.reason == .converged)
    #expect(abs(outcome.point[0] - 1) < 1e-7 && abs(outcome.point[1] - 1) < 1e-7)
  }

  @Test(arguments: [Inner.newton, .trustRegion, .lbfgs])
  func `a bounded problem with an equation and an inequality comes with its multipliers`(inner: Inner) throws {
    let problem = PolynomialProblem.hockSchittkowski71
    let outcome = try Self.solve(problem, inner)
    #expect(outcome.outcome == .locallyOptimal)
    #expect(abs(outcome.objective! - 17.0140172892) < 1e-7)
    #expect(outcome.point[0] == 1)
    Self.expectStationary(outcome, problem.form, 1e-7)
    #expect(abs(outcome.rowDuals[0] - 0.5522937) < 1e-5 && abs(outcome.rowDuals[1] + 0.1614686) < 1e-5)
  }

  @Test(arguments: [Inner.newton, .trustRegion, .lbfgs])
  func `bounds alone stop a minimization exactly`(inner: Inner) throws {
    var problem = PolynomialProblem.rosenbrock
    problem.upper = [0.5, 2]
    let outcome = try Self.solve(problem, inner)
    #expect(outcome.point[0] == 0.5)
    #expect(abs(outcome.point[1] - 0.25) < 1e-7)
    #expect(abs(outcome.objective! - 0.25) < 1e-12)
    Self.expectStationary(outcome, problem.form, 1e-7)
  }

  @Test func `a two-sided row holds at the side that binds`() throws {
    // min (x - 3)² + y², 1 <= x + y <= 2.
    let problem = PolynomialProblem(
      n: 2, objective: [.init(1, (0, 2)), .init(-6, (0, 1)), .init(9), .init(1, (1, 2))],
      rows: [[.init(1, (0, 1)), .init(1, (1, 1))]], rowLower: [1], rowUpper: [2], start: [0, 0])
    let outcome = try Self.solve(problem)
    // The row has a multiplier of one and holds to 1e-8, so the objective may be off by as much.
    #expect(abs(outcome.objective! - 0.5) < 2e-8)
    #expect(abs(outcome.rowDuals[0] + 1) < 1e-7)
    Self.expectStationary(outcome, problem.form, 1e-8)
  }

  @Test func `fixed columns stay out of the problem and get their reduced cost`() throws {
    var problem = PolynomialProblem.rosenbrock
    problem.lower = [-.infinity, 4]
    problem.upper = [.infinity, 4]
    let outcome = try Self.solve(problem)
    #expect(outcome.point[1] == 4)
    #expect(outcome.statistics.columns == 1)
    Self.expectStationary(outcome, problem.form, 1e-7)
  }

  @Test func `a problem without columns to move is answered`() throws {
    var problem = PolynomialProblem.rosenbrock
    problem.lower = [2, 4]
    problem.upper = [2, 4]
    let outcome = try Self.solve(problem)
    #expect(outcome.outcome == .locallyOptimal)
    #expect(outcome.objective == 1)
    #expect(try Self.solve(PolynomialProblem(n: 0, objective: [.init(3)], start: [])).objective == 3)
  }

  @Test func `crossed bounds and rows that are not numbers are infeasible at once`() throws {
    var problem = PolynomialProblem.rosenbrock
    problem.lower = [1, 1]
    problem.upper = [0, 2]
    #expect(try Self.solve(problem).outcome == .infeasible)
    problem.upper = [.nan, 2]
    #expect(try Self.solve(problem).outcome == .infeasible)
    var rows = PolynomialProblem.hockSchittkowski71
    rows.rowLower = [25, 41]
    #expect(try Self.solve(rows).outcome == .infeasible)
  }

  @Test(arguments: [1e-8, 1e-4, 1e4, 1e8])
  func `factors in the objective and in a row change the answer only by themselves`(factor: Double) throws {
    var problem = PolynomialProblem.hockSchittkowski71
    for k in problem.objective.indices { problem.objective[k].coefficient *= max(1, factor) }
    for k in problem.rows[1].indices { problem.rows[1][k].coefficient *= factor }
    problem.rowLower[1] *= factor
    problem.rowUpper[1] *= factor
    let outcome = try Self.solve(problem)
    // A row of 1e-8 times itself is met to 1e-8 with errors of order one.
    if factor < 1e-6 {
      #expect(outcome.outcome == .locallyOptimal)
      return
    }
    #expect(abs(outcome.objective! / max(1, factor) - 17.0140172892) < 1e-4)
  }

  @Test func `the same seed gives the same iterates`() throws {
    for problem in [PolynomialProblem.hockSchittkowski71, .hockSchittkowski13] {
      for inner in [Inner.newton, .lbfgs] {
        let first = try Self.solve(problem, inner), second = try Self.solve(problem, inner)
        #expect(first.point == second.point && first.rowDuals == second.rowDuals)
        #expect(first.statistics.functionEvaluations == second.statistics.functionEvaluations)
      }
    }
  }

  @Test func `a cancelled solve keeps the best point so far`() throws {
    let context = SolveContext()
    context.cancellation.cancel()
    let outcome = try Self.solve(.hockSchittkowski71, .auto, context)
    #expect(outcome.termination.reason == .interrupted)
    #expect(outcome.point == [1, 5, 5, 1])
    var options = SolveOptions()
    options.iterationLimit = 3
    let cut = try AugmentedLagrangianSolver().minimize(PolynomialProblem.rosenbrock.form, options: options).outcome
    #expect(cut.outcome == .feasible && cut.termination.reason == .iterationLimit)
    #expect(cut.objective! < 24.2)
  }

  @Test func `linear forms are refused in words`() {
    #expect(throws: SolverError.self) {
      _ = try AugmentedLagrangianSolver().solve(.linear(LinearForm()), options: SolveOptions(), context: SolveContext())
    }
  }
}
