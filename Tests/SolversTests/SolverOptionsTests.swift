import Constraints
import Testing

@testable import Solvers

/// Tolerances, limits, progress and cancellation mean the same for the interior-point and the first-order method.
@Suite("Options of the primal-dual methods")
struct SolverOptionsTests {
  private let solvers: [any Solver] = [InteriorPointSolver(), FirstOrderSolver()]

  private func options(_ tolerance: Double?) -> SolveOptions {
    var options = SolveOptions()
    options.feasibilityTolerance = tolerance
    options.optimalityTolerance = tolerance
    return options
  }

  @Test func `a factor beyond the memory limit ends the interior-point method with the reason`() throws {
    let form = FirstOrderTests.transport(300, 300, seed: 1)
    var options = SolveOptions()
    options.memoryLimit = 1
    let outcome = try InteriorPointSolver().solve(.linear(form), options: options, context: SolveContext())
    #expect(outcome.outcome == .unknown)
    #expect(outcome.termination.reason == .memoryLimit)
    #expect(outcome.termination.detail.contains("entries"))
  }

  @Test func `a wider tolerance is met in fewer iterations, a tighter one more exactly`() throws {
    let form = FirstOrderTests.transport(20, 30, seed: 3)
    let exact = try #require(
      try InteriorPointSolver().solve(.linear(form), options: options(1e-11), context: SolveContext()).objective)
    for solver in solvers {
      var iterations: [Int] = []
      for tolerance in [1e-2, 1e-4, 1e-7] {
        let outcome = try solver.solve(.linear(form), options: options(tolerance), context: SolveContext())
        #expect(outcome.outcome == .optimal, "\(solver.name) \(tolerance)")
        let error = abs((outcome.objective ?? .nan) - exact)
        #expect(error <= 3 * tolerance * abs(exact), "\(solver.name) \(tolerance): \(error)")
        iterations.append(outcome.statistics.iterations)
      }
      // The first-order method may find the exact optimum by guessing which bounds hold.
      let isEarlier = iterations[0] < iterations[2] || solver.name == "pdhg"
      #expect(iterations[0] <= iterations[1] && iterations[1] <= iterations[2] && isEarlier, "\(solver.name) \(iterations)")
    }
  }

  @Test func `without a wish each solver works to the accuracy it states`() throws {
    let form = FirstOrderTests.transport(12, 15, seed: 4)
    for solver in solvers {
      let usual = try solver.solve(.linear(form), options: SolveOptions(), context: SolveContext())
      let stated = try solver.solve(
        .linear(form), options: options(solver.capabilities.accuracy), context: SolveContext())
      #expect(usual.statistics.iterations == stated.statistics.iterations, "\(solver.name)")
      #expect(usual.point == stated.point, "\(solver.name)")
    }
  }

  @Test func `an answer to a wider tolerance is judged by that tolerance`() throws {
    var model = Model()
    let x = model.variables("x", over: 0..<20, in: 0...)
    model.subject(to: "need", over: 0..<10) { i in x[i] + Double(i + 1) * x[19 - i] + 0.5 * x[(i + 3) % 20] >= 7 }
    model.minimize(sum(0..<20) { Double($0 % 7 + 1) * x[$0] })
    var wide = options(1e-3)
    wide.solver = "pdhg"
    wide.presolve = false
    let solution = try model.solve(options: wide)
    #expect(solution.outcome == .optimal && solution.check?.verdict == .confirmed, "\(solution.summary)")
    #expect(solution.warnings.isEmpty)
    guard case .tolerance(let reached) = solution.proof else {
      Issue.record("\(solution.proof)")
      return
    }
    #expect(reached == 1e-3)
  }

  @Test func `an iteration limit ends with the point so far`() throws {
    let form = FirstOrderTests.transport(20, 30, seed: 1)
    for solver in solvers {
      var options = options(1e-11)
      options.iterationLimit = 4
      let outcome = try solver.solve(.linear(form), options: options, context: SolveContext())
      #expect(outcome.termination.reason == .iterationLimit, "\(solver.name)")
      #expect(outcome.statistics.iterations >= 4 && outcome.statistics.iterations < 100, "\(solver.name)")
      #expect(outcome.outcome != .optimal && outcome.point.count == form.columnCount, "\(solver.name)")
    }
  }

  @Test func `a solve reports progress, and cancelled at a report it gives the point of that moment`() throws {
    let form = FirstOrderTests.transport(60, 80, seed: 2)
    for solver in solvers {
      let cancellation = Cancellation()
      let (events, report) = collector()
      let context = SolveContext(deadline: Deadline(after: .seconds(20)), cancellation: cancellation) { event in
        report(event)
        // The interior-point method is done with this form before a second report is due.
        if case .iteration(let count, _, _, _, _) = event, count > 0 || solver.name == "interior" { cancellation.cancel() }
      }
      var options = options(0)
      options.presolve = false
      let outcome = try solver.solve(.linear(form), options: options, context: context)
      #expect(events.all.contains { if case .iteration = $0 { true } else { false } }, "\(solver.name)")
      #expect(outcome.termination.reason == .interrupted, "\(solver.name)")
      #expect(outcome.point.count == form.columnCount && outcome.point.allSatisfy(\.isFinite), "\(solver.name)")
      #expect(abs(form.value(at: outcome.point) - (outcome.objective ?? .nan)) <= 1e-9 * abs(outcome.objective ?? 1))
    }
  }

  @Test func `a point that keeps to all rows counts as feasible when a limit ends the solve`() throws {
    let form = FirstOrderTests.transport(20, 30, seed: 1)
    var options = SolveOptions()
    options.feasibilityTolerance = 1e-2
    options.optimalityTolerance = 1e-12
    options.iterationLimit = 8
    let outcome = try InteriorPointSolver().solve(.linear(form), options: options, context: SolveContext())
    #expect(outcome.outcome == .feasible && outcome.termination.reason == .iterationLimit)
  }

  @Test func `threads and tolerances are read from text, and refused when senseless`() throws {
    var options = SolveOptions()
    try OptionTable.set("feasibility", to: "1e-4", in: &options)
    try OptionTable.set("optimality", to: "1e-5", in: &options)
    try OptionTable.set("threads", to: "2", in: &options)
    try OptionTable.set("iteration_limit", to: "500", in: &options)
    #expect(options.feasibilityTolerance == 1e-4 && options.optimalityTolerance == 1e-5)
    #expect(options.threads == 2 && options.iterationLimit == 500)
    let settings = FirstOrderSolver().settings(options)
    #expect((settings.primal, settings.dual, settings.gap) == (1e-4, 1e-5, 1e-5))
    #expect((settings.threads, settings.iterationLimit) == (2, 500))
    let interior = InteriorPointSolver().settings(options)
    #expect((interior.primal, interior.dual, interior.gap) == (1e-4, 1e-5, 1e-5))
    #expect((interior.kkt.threads, interior.iterationLimit) == (2, 500))
    try OptionTable.set("feasibility", to: "default", in: &options)
    #expect(options.feasibilityTolerance == nil)
    for (name, text) in [("feasibility", "0"), ("optimality", "1"), ("feasibility", "tight"), ("threads", "-1")] {
      #expect(throws: OptionProblem.self) { try OptionTable.set(name, to: text, in: &options) }
    }
    for solver in Solvers.all {
      #expect(OptionTable.help("feasibility").contains(" for \(solver.name)"))
    }
  }

  @Test func `two threads give the same optimum as one`() throws {
    let form = FirstOrderTests.transport(40, 60, seed: 6)
    for solver in solvers {
      var objectives: [Double] = []
      for threads in [1, 2] {
        var options = SolveOptions()
        options.threads = threads
        objectives.append(try #require(try solver.solve(.linear(form), options: options, context: SolveContext()).objective))
      }
      #expect(abs(objectives[0] - objectives[1]) <= 1e-8 * abs(objectives[0]), "\(solver.name)")
    }
  }
}
