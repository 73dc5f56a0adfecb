import Constraints
import LinearAlgebra
import Synchronization
import Testing

import Solvers

/// Numbers in the order in which they were reported.
final class Recorder: Sendable {
  private let list = Mutex<[Double]>([])
  func append(_ value: Double) { list.withLock { $0.append(value) } }
  var values: [Double] { list.withLock { $0 } }
}

/// Problems that break an assumption: no interior, dependent constraints, nothing to do, no answer.
@Suite struct BarrierDegenerateTests {
  @Test func `equations that are there twice change nothing`() throws {
    let run = try BarrierRun { model in
      let x = model.variable(start: 3), y = model.variable(start: -2)
      model.minimize(x ** 2 + 2 * y ** 2)
      model.subject { x * y + x == 4 }
      model.subject { 2 * x * y + 2 * x == 8 }
      model.subject { x * y + x == 4 }
    }
    #expect(run.outcome.outcome == .locallyOptimal)
    run.expectStationary()
  }

  @Test func `a feasible set without an interior is no obstacle`() throws {
    let run = try BarrierRun { model in
      let x = model.variable(start: 5), y = model.variable(start: 5)
      model.minimize(x ** 2 + y ** 2)
      model.subject { x + y <= 2 }
      model.subject { x + y >= 2 }
    }
    run.expectOptimum(2)
  }

  @Test func `HS 13, whose optimum satisfies no qualification, comes out nearly optimal and feasible`() throws {
    let run = try BarrierRun { model in
      let x = model.variable(in: 0.0..., start: -2), y = model.variable(in: 0.0..., start: -2)
      model.minimize((x - 2) ** 2 + y ** 2)
      model.subject { (1 - x) ** 3 - y >= 0 }
    }
    #expect(run.outcome.outcome == .locallyOptimal || run.outcome.outcome == .feasible)
    #expect(run.violation <= 1e-8)
    // No multipliers exist at (1, 0): distances of 1e-3 cost violations of 1e-9.
    #expect(abs(run.outcome.objective! - 1) < 1e-2)
  }

  @Test func `complementarity constraints have a stationary end`() throws {
    // min (x - 1)² + (y - 1)² with x y <= 0: the answers are (1, 0) and (0, 1).
    let run = try BarrierRun { model in
      let x = model.variable(in: 0.0..., start: 0.8), y = model.variable(in: 0.0..., start: 0.3)
      model.minimize((x - 1) ** 2 + (y - 1) ** 2)
      model.subject { x * y <= 0 }
    }
    #expect(run.violation <= 1e-8)
    #expect(abs(run.outcome.objective! - 1) < 1e-3)
  }

  @Test func `inconsistent constraints end at the least violation and say so`() throws {
    let run = try BarrierRun { model in
      let x = model.variable(start: 3), y = model.variable(start: 2)
      model.minimize(x + y)
      model.subject { x ** 2 + y ** 2 <= 1 }
      model.subject { x + y >= 4 }
    }
    #expect(run.outcome.outcome == .locallyInfeasible)
    #expect(run.violation > 0.1)
  }

  @Test func `rows that exclude each other in a box are locally infeasible from inside one of them`() throws {
    let run = try BarrierRun { model in
      let x = model.variable(in: -5...5, start: 0.3), y = model.variable(in: -5...5, start: 0.2)
      model.minimize(x * y)
      model.subject { x * x + y * y <= 1 }
      model.subject { sin(0.1 * x) + x * x + y * y >= 9 }
    }
    #expect(run.outcome.outcome == .locallyInfeasible, "\(run.outcome.termination)")
    #expect(run.violation > 0.1)
  }

  @Test func `equations without a solution near the start are locally infeasible`() throws {
    let run = try BarrierRun { model in
      let x = model.variable(start: 1)
      model.minimize(x)
      model.subject { x ** 2 == -1 }
    }
    #expect(run.outcome.outcome == .locallyInfeasible)
    #expect(abs(run.outcome.point[0]) < 1e-3)
  }

  @Test func `more equations than variables are solved where they agree`() throws {
    let run = try BarrierRun { model in
      let x = model.variable(start: 2), y = model.variable(start: 0.5)
      model.subject { x ** 2 + y ** 2 == 2 }
      model.subject { x * y == 1 }
      model.subject { x - y == 0 }
    }
    #expect(run.outcome.outcome == .locallyOptimal)
    #expect(run.violation <= 1e-8)
    #expect(abs(run.outcome.point[0] - 1) < 1e-4)
  }

  @Test func `an objective without a lower end is left with a point beyond the limit`() throws {
    let run = try BarrierRun { model in
      let x = model.variable(start: 1), y = model.variable(start: 1)
      model.minimize(-x ** 3 + y ** 2)
      model.subject { x - y >= 0 }
    }
    #expect(run.outcome.outcome == .feasible)
    #expect(run.outcome.termination.reason == .objectiveLimit)
    #expect(run.outcome.objective! < -1e20)
  }

  @Test func `models without objective, constraints or free variables are answered`() throws {
    let noObjective = try BarrierRun { model in
      let x = model.variable(start: 4), y = model.variable(in: 0...1, start: 0)
      model.subject { x ** 2 + y == 3 }
    }
    noObjective.expectOptimum(0)
    let fixed = try BarrierRun { model in
      let x = model.variable(in: 2...2), y = model.variable(in: 3...3)
      model.minimize(x * y)
      model.subject { x + y ** 2 <= 12 }
    }
    fixed.expectOptimum(6)
    let impossible = try BarrierRun { model in
      let x = model.variable(in: 2...2), y = model.variable(in: 3...3)
      model.minimize(x * y)
      model.subject { x + y ** 2 <= 10 }
    }
    #expect(impossible.outcome.outcome == .locallyInfeasible)
    let empty = try BarrierRun { _ in }
    empty.expectOptimum(0)
  }

  @Test func `rows of fixed variables and rows without a side are left out`() throws {
    let run = try BarrierRun { model in
      let x = model.variable(start: 1), y = model.variable(in: 2...2)
      model.minimize((x - y) ** 2 + exp(x))
      model.subject { y ** 3 == 8 }
      model.addConstraint(.name("free"), x ** 2, in: ScalarSet.free)
    }
    #expect(run.outcome.outcome == .locallyOptimal)
    #expect(run.outcome.rowDuals.count == 2)
    run.expectStationary()
  }

  @Test func `crossed bounds are refused as infeasible`() throws {
    var model = Model()
    let x = model.variable(in: 0...1)
    model.minimize(x ** 2)
    var form = BarrierRun.form(model)
    form.columnLower[0] = 2
    #expect(try BarrierRun(form).outcome.outcome == .infeasible)
    form.columnLower[0] = .nan
    #expect(try BarrierRun(form).outcome.termination.reason == .invalidModel)
  }

  @Test func `functions without finite values give no answer and a reason`() throws {
    let run = try BarrierRun { model in
      let x = model.variable(in: (-3.0)...(-2.0), start: -2)
      model.minimize(log(x))
    }
    #expect(run.outcome.outcome == .unknown)
    #expect(run.outcome.termination.reason == .numericalFailure)
  }

  @Test func `huge bounds and huge starts stay finite`() throws {
    let run = try BarrierRun { model in
      let x = model.variable(in: -1e15...1e15, start: 1e14), y = model.variable(in: -1e300...1e300, start: 0)
      model.minimize((x - 3) ** 2 + (y - 4) ** 2)
    }
    #expect(run.outcome.point.allSatisfy { $0.isFinite })
    run.expectOptimum(0)
  }

  @Test func `an iteration limit and an interruption keep the best point`() throws {
    func build(_ model: inout Model) {
      let x = model.variable(in: -5...5, start: -1.2), y = model.variable(start: 1)
      model.minimize(100 * (y - x ** 2) ** 2 + (1 - x) ** 2)
    }
    var options = SolveOptions()
    options.iterationLimit = 5
    let limited = try BarrierRun(options: options, build)
    #expect(limited.outcome.outcome == .feasible)
    #expect(limited.outcome.termination.reason == .iterationLimit)
    #expect(limited.outcome.statistics.iterations == 5)
    #expect(limited.outcome.objective! < 24.2)
    let cancellation = Cancellation()
    cancellation.cancel()
    let cancelled = try BarrierRun(context: SolveContext(cancellation: cancellation), build)
    #expect(cancelled.outcome.termination.reason == .interrupted)
    #expect(cancelled.outcome.point.count == 2)
    let late = try BarrierRun(context: SolveContext(deadline: Deadline(after: .zero)), build)
    #expect(late.outcome.termination.reason == .timeLimit)
  }

  @Test func `functions without second derivatives are refused with the name of a method that needs none`() throws {
    var model = Model()
    let x = model.variable(start: 1), y = model.variable(start: 1)
    model.minimize(exp(x * y) + x ** 2)
    let program = FunctionProgram(
      of: model, objective: [(weight: 1, function: model.leadingObjectives[0].function)], constraints: [], hessianLimit: 0)
    try #require(!program.abilities.contains(.hessian))
    let form = NonlinearForm(
      columnLower: model.lower, columnUpper: model.upper, start: [1, 1], makeEvaluator: { program.makeEvaluator() })
    do {
      _ = try BarrierRun(form)
      Issue.record("was not refused")
    } catch let error as SolverError {
      #expect(error.rendered.contains("auglag"))
    }
  }
}
