import Constraints
import LinearAlgebra
import Testing

@testable import Solvers

@Suite("Exact augmented Lagrangian")
struct ExactAugmentedLagrangianTests {
  typealias Inner = ExactAugmentedLagrangianSolver.InnerSolver

  func solve(
    _ form: NonlinearForm, _ inner: Inner = .direct, _ options: SolveOptions = SolveOptions(),
    _ context: SolveContext = SolveContext()
  ) throws -> FormOutcome {
    try ExactAugmentedLagrangianSolver(inner: inner).solve(.nonlinear(form), options: options, context: context)
  }

  func method(
    _ form: NonlinearForm, _ inner: ExactAugmentedLagrangian.InnerSolver = .direct
  ) -> ExactAugmentedLagrangian {
    var options = ExactAugmentedLagrangian.Options()
    options.inner = inner
    return ExactAugmentedLagrangian(form, options: options)
  }

  /// `∇f - Jᵀy` and c at the point of an outcome, from the form's own functions.
  func residual(_ form: NonlinearForm, _ outcome: FormOutcome) -> (stationarity: Double, violation: Double) {
    let evaluator = form.makeEvaluator()
    var gradient = [Double](repeating: 0, count: form.columnCount)
    var values = [Double](repeating: 0, count: form.rowCount)
    evaluator.gradient(at: outcome.point, into: &gradient)
    evaluator.addJacobianTransposeProduct(at: outcome.point, outcome.rowDuals.map { -$0 }, to: &gradient)
    evaluator.constraints(at: outcome.point, into: &values)
    let violations = zip(values, form.rowLower).map { abs($0 - $1) }
    return (gradient.map(abs).max() ?? 0, violations.max() ?? 0)
  }

  @Test(arguments: Inner.allCases) func `published optima of problems with equations`(inner: Inner) throws {
    for problem in EqualityProblems.all {
      // From its start, where the gradients of the equations are parallel, this one has several minima as near.
      if problem.name == "HS61" && inner == .minres { continue }
      let outcome = try solve(problem.form, inner)
      #expect(outcome.outcome == .locallyOptimal, "\(problem.name)")
      let gap = abs((outcome.objective ?? .nan) - problem.optimum)
      #expect(gap <= 1e-6 * max(1, abs(problem.optimum)), "\(problem.name) by \(inner)")
      let (stationarity, violation) = residual(problem.form, outcome)
      #expect(stationarity <= 2e-8, "\(problem.name) by \(inner)")
      #expect(violation <= 1e-8, "\(problem.name) by \(inner)")
    }
  }

  @Test(arguments: Inner.allCases) func `full steps on the circle where penalty methods refuse them`(
    inner: Inner
  ) throws {
    let outcome = try solve(EqualityProblems.maratos, inner)
    #expect(abs(outcome.point[0] - 1) < 1e-8 && abs(outcome.point[1]) < 1e-8)
    #expect(abs(outcome.rowDuals[0] - 1.5) < 1e-8)
    let method = method(EqualityProblems.maratos)
    _ = method.run()
    #expect(method.stepLengths.count >= 3)
    #expect(method.stepLengths.allSatisfy { $0 == 1 })
  }

  @Test func `the merit function's gradient agrees with central differences`() throws {
    for problem in EqualityProblems.all {
      let equality = EqualityProblem(problem.form)
      let merit = ExactMerit(equality, penalty: 2.5, proximity: 0.3)
      let (n, m) = (equality.n, equality.m)
      let point = EqualityPoint(equality)
      func value(_ k: Int, _ step: Double) -> Double {
        for j in 0..<n { point.x[j] = problem.form.start[j] + 0.1 * Double(j + 1) }
        for i in 0..<m { point.multipliers[i] = 0.5 - Double(i) }
        if k >= 0 && k < n { point.x[k] += step }
        if k >= n { point.multipliers[k - n] += step }
        #expect(equality.evaluate(point))
        return merit.value(point)
      }
      _ = value(-1, 0)
      let hessian = Vector(count: equality.hessianPattern.entryCount)
      equality.hessian(point, objective: 1, multipliers: point.multipliers, into: hessian)
      merit.prepare(point, hessian: hessian)
      let gradient = Vector(count: n + m)
      merit.gradient(point, into: gradient)
      let direction = (0..<n + m).map { 1 / Double($0 + 2) }
      let slope = merit.derivative(merit.slope(point, along: direction))
      var along = 0.0
      for k in 0..<n + m {
        along += gradient[k] * direction[k]
        let step = 1e-6
        let difference = (value(k, step) - value(k, -step)) / (2 * step)
        let size = max(1, abs(gradient[k]), 1e-3 * abs(value(-1, 0)))
        #expect(abs(difference - gradient[k]) <= 1e-6 * size, "\(problem.name), \(k)")
      }
      #expect(abs(along - slope) <= 1e-10 * max(1, abs(slope)))
    }
  }

  @Test func `the same seed gives the same iterates`() throws {
    func iterates(_ seed: UInt64) throws -> [Double] {
      var options = SolveOptions()
      options.seed = seed
      return try solve(EqualityProblems.all[12].form, .sketch, options).point
    }
    #expect(try iterates(3) == iterates(3))
  }

  @Test(arguments: Inner.allCases) func `equations that depend on each other`(inner: Inner) throws {
    // The nearest point of a line, which is given twice, to (1, 2, 3).
    let form = NonlinearForm.equations(2, start: [3, -1, 4]) { x in
      let c = x[0] + x[1] + x[2] - 3
      return [(x[0] - 1).squared + (x[1] - 2).squared + (x[2] - 3).squared, c, 2 * c]
    }
    let outcome = try solve(form, inner)
    #expect(outcome.outcome == .locallyOptimal)
    for (value, expected) in zip(outcome.point, [0.0, 1, 2]) { #expect(abs(value - expected) < 1e-7) }
    #expect(residual(form, outcome).stationarity < 2e-8)
  }

  @Test(arguments: Inner.allCases) func `equations that contradict each other`(inner: Inner) throws {
    let lines = NonlinearForm.equations(2, start: [5, -3]) { x in
      [x[0].squared + x[1].squared, x[0] + x[1] - 1, x[0] + x[1] - 3]
    }
    let outcome = try solve(lines, inner)
    #expect(outcome.outcome == .locallyInfeasible)
    #expect(abs(outcome.point[0] + outcome.point[1] - 2) < 1e-4)
    #expect(outcome.termination.detail.contains("row"))
    let circle = NonlinearForm.equations(1, start: [0.3, 0.2]) { x in [x[0], x[0].squared + x[1].squared + 1] }
    #expect(try solve(circle, inner).outcome == .locallyInfeasible)
  }

  @Test(arguments: Inner.allCases) func `maxima and saddle points are left`(inner: Inner) throws {
    // On the circle, from the maximum of x; without equations, from the saddle of (x² - 1)² + y².
    let circle = NonlinearForm.equations(1, start: [1, 0]) { x in [x[0], x[0].squared + x[1].squared - 1] }
    let saddle = NonlinearForm.equations(0, start: [0, 0]) { x in [(x[0].squared - 1).squared + x[1].squared] }
    let least = [try solve(circle, inner).objective ?? 0, try solve(saddle, inner).objective ?? 1]
    withKnownIssue("directions of negative curvature are not found reliably by iterations", isIntermittent: true) {
      #expect(abs(least[0] + 1) < 1e-7)
      #expect(abs(least[1]) < 1e-7)
    } when: {
      inner == .recycled || inner == .minres
    }
  }

  @Test func `a start at a maximum of the violation is left`() throws {
    let form = NonlinearForm.equations(1, start: [0, 0]) { x in
      [x[0] + x[1], x[0].squared + x[1].squared - 1]
    }
    let outcome = try solve(form)
    #expect(outcome.outcome == .locallyOptimal)
    #expect(abs((outcome.objective ?? 0) + 2.0.squareRoot()) < 1e-7)
  }

  @Test func `an objective without bound is told`() throws {
    let form = NonlinearForm.equations(1, start: [1, 1]) { x in [(-1) * x[0], x[1] - 1] }
    let outcome = try solve(form)
    #expect(outcome.outcome == .feasible)
    #expect(outcome.termination.reason == .objectiveLimit)
  }

  @Test func `steps out of the domain of a logarithm are shortened`() throws {
    let form = NonlinearForm.equations(1, start: [0.001, 5]) { x in
      [x[0] - log(x[0]) + x[1].squared, x[0] * x[1] - 0.5]
    }
    let outcome = try solve(form)
    #expect(outcome.outcome == .locallyOptimal)
    #expect(residual(form, outcome).stationarity < 2e-8)
    var outside = form
    outside.start = [-1, 1]
    let failed = try solve(outside)
    #expect(failed.outcome == .unknown)
    #expect(failed.termination.reason == .numericalFailure)
  }

  @Test func `bounds and inequalities are refused by name`() {
    func refusal(_ change: (inout NonlinearForm) -> Void) -> String {
      var form = EqualityProblems.maratos
      change(&form)
      do {
        _ = try solve(form)
        return ""
      } catch {
        guard case .refused(let diagnostics)? = error as? SolverError else { return "\(error)" }
        return diagnostics.map { $0.message + " " + ($0.mend ?? "") }.joined()
      }
    }
    #expect(refusal { $0.columnLower[1] = 0 }.contains("column 1"))
    #expect(refusal { $0.rowUpper[0] = 1 }.contains("row 0"))
    #expect(refusal { $0.rowUpper[0] = .infinity }.contains("barrier"))
    #expect(refusal { _ in } == "")
  }

  @Test func `rows without bounds constrain nothing`() throws {
    let form = EqualityProblems.maratos
    var wider = NonlinearForm.equations(2, start: [0.8, 0.6]) { x in
      let c = x[0].squared + x[1].squared - 1
      return [2 * c - x[0], c, x[0] - 77]
    }
    (wider.rowLower[1], wider.rowUpper[1]) = (-.infinity, .infinity)
    let (plain, outcome) = (try solve(form), try solve(wider))
    #expect(abs((plain.objective ?? 0) - (outcome.objective ?? 1)) < 1e-8)
    #expect(outcome.rowDuals[1] == 0)
  }

  @Test func `cancellation and limits give the point so far`() throws {
    let cancellation = Cancellation()
    let context = SolveContext(
      cancellation: cancellation,
      report: { event in if case .iteration(count: 2, _, _, _, _) = event { cancellation.cancel() } })
    let form = EqualityProblems.all[0].form
    let outcome = try solve(form, .direct, SolveOptions(), context)
    #expect(outcome.termination.reason == .interrupted)
    #expect(outcome.statistics.iterations == 2)
    #expect(outcome.point.allSatisfy(\.isFinite) && outcome.point != form.start)
    var options = SolveOptions()
    options.iterationLimit = 1
    #expect(try solve(form, .direct, options).termination.reason == .iterationLimit)
  }
}
