import Constraints
import Synchronization
import Testing

@testable import Solvers

@Suite("First-order method")
struct FirstOrderTests {
  /// Ships 2 products from plants to markets: many optimal duals, all columns bounded below only.
  static func transport(_ plants: Int, _ markets: Int, seed: UInt64) -> LinearForm {
    var random = Random(seed: seed)
    var form = LinearForm()
    var rows = [[(Int, Double)]](repeating: [], count: plants + markets)
    for p in 0..<plants {
      for q in 0..<markets {
        let j = form.addColumn(lower: 0, upper: .infinity, objective: Double(1 + random.below(100)))
        rows[p].append((j, 1))
        rows[plants + q].append((j, 1))
      }
    }
    let demand = (0..<markets).map { _ in Double(1 + random.below(20)) }
    let supply = demand.reduce(0, +) / Double(plants) * 1.25
    for p in 0..<plants { form.addRow(rows[p], lower: -.infinity, upper: supply) }
    for q in 0..<markets { form.addRow(rows[plants + q], lower: demand[q], upper: .infinity) }
    return form
  }

  /// max 3x + 5y, x <= 4, 2y <= 12, 3x + 2y <= 18: 36 at (2, 6) with duals (0, 1.5, 1).
  static var wyndor: LinearForm {
    var form = LinearForm()
    form.sense = .maximize
    form.constant = 10
    let x = form.addColumn(lower: 0, upper: .infinity, objective: 3)
    let y = form.addColumn(lower: 0, upper: .infinity, objective: 5)
    form.addRow([(x, 1)], lower: -.infinity, upper: 4)
    form.addRow([(y, 2)], lower: -.infinity, upper: 12)
    form.addRow([(x, 3), (y, 2)], lower: -.infinity, upper: 18)
    return form
  }

  func solve(
    _ form: LinearForm, _ options: SolveOptions = SolveOptions(), _ context: SolveContext = SolveContext()
  ) throws -> FormOutcome {
    try FirstOrderSolver().solve(.linear(form), options: options, context: context)
  }

  @Test func `a textbook maximum comes with its prices`() throws {
    let outcome = try solve(Self.wyndor)
    #expect(outcome.outcome == .optimal)
    #expect(outcome.termination.reason == .converged)
    #expect(abs((outcome.objective ?? .nan) - 46) < 1e-5)
    for (value, expected) in zip(outcome.point, [2.0, 6]) { #expect(abs(value - expected) < 1e-5) }
    for (dual, expected) in zip(outcome.rowDuals, [0.0, 1.5, 1]) { #expect(abs(dual - expected) < 1e-5) }
    for cost in outcome.reducedCosts { #expect(abs(cost) < 1e-5) }
    #expect(outcome.statistics.iterations > 0)
  }

  @Test func `programs without rows or without entries are answered`() throws {
    var form = LinearForm()
    _ = form.addColumn(lower: -1, upper: 2, objective: 3)
    _ = form.addColumn(lower: -1, upper: 2, objective: -1)
    let outcome = try solve(form)
    #expect(outcome.outcome == .optimal)
    #expect(outcome.point == [-1, 2])
    form.addRow([], lower: -1, upper: 1)
    #expect(try solve(form).objective == -5)
    form.addRow([], lower: 1, upper: 1)
    #expect(try solve(form).outcome == .infeasible)
    #expect(try solve(LinearForm()).objective == 0)
  }

  @Test func `an answer holds in every row and reduced cost, and its gap is closed`() throws {
    for seed in 1...5 {
      let form = Self.transport(8, 15, seed: UInt64(seed))
      let outcome = try solve(form)
      #expect(outcome.outcome == .optimal)
      var reduced = form.objective
      var dual = 0.0
      for i in 0..<form.rowCount {
        var activity = 0.0
        let y = outcome.rowDuals[i]
        for k in form.starts[i]..<form.starts[i + 1] {
          activity += form.entryValues[k] * outcome.point[Int(form.entryColumns[k])]
          reduced[Int(form.entryColumns[k])] -= form.entryValues[k] * y
        }
        let scale = max(1, outcome.point.reduce(0) { max($0, abs($1)) })
        #expect(activity >= form.rowLower[i] - 1e-6 * scale && activity <= form.rowUpper[i] + 1e-6 * scale)
        // The sign of a dual is that of the side it leans on.
        #expect(form.rowLower[i].isFinite ? y >= 0 : y <= 0)
        dual += y * (y > 0 ? form.rowLower[i] : y < 0 ? form.rowUpper[i] : 0)
      }
      for j in 0..<form.columnCount {
        #expect(outcome.point[j] >= 0)
        #expect(abs(reduced[j] - outcome.reducedCosts[j]) <= 1e-9)
        #expect(reduced[j] >= -1e-4)
      }
      let value = form.value(at: outcome.point)
      #expect(abs(value - (outcome.objective ?? .nan)) <= 1e-9 * abs(value))
      #expect(abs(value - dual) <= 3e-6 * abs(value))
    }
  }

  @Test func `a bound is only given where multipliers prove it`() throws {
    // With finite bounds on every column any multipliers prove one; it may not exceed the optimum.
    var boxed = Self.transport(6, 9, seed: 3)
    for j in 0..<boxed.columnCount { boxed.columnUpper[j] = 50 }
    var options = SolveOptions()
    let best = try #require(try solve(boxed).objective)
    for limit in [64, 256, 1024] {
      options.iterationLimit = limit
      let outcome = try solve(boxed, options)
      let bound = try #require(outcome.bound)
      #expect(bound <= best + 1e-6 * abs(best))
      #expect(bound.isFinite)
    }
    // A reduced cost of the wrong sign on a column without a bound proves nothing.
    var form = Self.transport(6, 9, seed: 3)
    form.sense = .maximize
    for j in 0..<form.columnCount { form.columnUpper[j] = .infinity }
    for i in 0..<form.rowCount where !form.rowUpper[i].isFinite { form.rowUpper[i] = form.rowLower[i] + 3 }
    options.iterationLimit = 1
    #expect(try solve(form, options).bound == nil)
  }

  @Test func `an iteration limit is kept and reported, with the point so far`() throws {
    var options = SolveOptions()
    options.iterationLimit = 100
    options.optimalityTolerance = 1e-14
    options.feasibilityTolerance = 1e-12
    let form = Self.transport(20, 30, seed: 1)
    let outcome = try solve(form, options)
    #expect(outcome.termination.reason == .iterationLimit)
    #expect(outcome.outcome != .optimal)
    #expect(outcome.point.count == form.columnCount)
    #expect(outcome.statistics.iterations >= 100 && outcome.statistics.iterations < 400)
  }

  @Test func `cancellation and time limits end the solve with the point so far`() throws {
    var options = SolveOptions()
    options.optimalityTolerance = 0
    options.feasibilityTolerance = 0
    let form = Self.transport(30, 40, seed: 1)
    let late = try solve(form, options, SolveContext(deadline: Deadline(after: .milliseconds(150))))
    #expect(late.termination.reason == .timeLimit)
    #expect(late.point.count == form.columnCount)
    let cancellation = Cancellation()
    cancellation.cancel()
    let outcome = try solve(form, options, SolveContext(cancellation: cancellation))
    #expect(outcome.termination.reason == .interrupted)
    #expect(outcome.statistics.iterations == 0)
  }

  @Test func `progress is reported while it runs`() throws {
    let (events, report) = collector()
    var options = SolveOptions()
    options.optimalityTolerance = 0
    options.feasibilityTolerance = 0
    let context = SolveContext(deadline: Deadline(after: .milliseconds(1200)), report: report)
    _ = try solve(Self.transport(30, 40, seed: 2), options, context)
    var last = 0
    for event in events.all {
      guard case .iteration(let count, let objective, let primal, let dual, let seconds) = event else { continue }
      #expect(count > last && objective.isFinite && primal >= 0 && dual >= 0 && seconds > 0)
      last = count
    }
    #expect(last > 0)
  }

  @Test func `the next program with the same matrix starts from the last answer`() throws {
    let workspace = FirstOrderSolver().openWorkspace(options: SolveOptions())
    var form = Self.transport(10, 20, seed: 7)
    let first = try workspace.solve(.linear(form), options: SolveOptions(), context: SolveContext())
    #expect(workspace.loading == "loaded")
    let again = try workspace.solve(.linear(form), options: SolveOptions(), context: SolveContext())
    #expect(workspace.loading == "changed in place")
    #expect(again.statistics.iterations < first.statistics.iterations / 2)
    #expect(abs((again.objective ?? .nan) - (first.objective ?? 0)) <= 1e-5 * abs(first.objective ?? 0))
    form.objective[3] += 0.5
    let changed = try workspace.solve(.linear(form), options: SolveOptions(), context: SolveContext())
    let cold = try solve(form)
    #expect(abs((changed.objective ?? .nan) - (cold.objective ?? 0)) <= 1e-5 * abs(cold.objective ?? 0))
    form.entryValues[0] = 2
    _ = try workspace.solve(.linear(form), options: SolveOptions(), context: SolveContext())
    #expect(workspace.loading.hasPrefix("built anew"))
    workspace.close()
  }

  @Test func `whole numbers and cones are refused`() throws {
    var form = Self.wyndor
    form.isInteger[0] = 1
    #expect(throws: SolverError.self) { try solve(form) }
    #expect(throws: SolverError.self) {
      try FirstOrderSolver().solve(.conic(ConicForm(Self.wyndor)), options: SolveOptions(), context: SolveContext())
    }
  }

  @Test func `one thread and two give the same numbers to the last bit`() throws {
    let form = Self.transport(40, 60, seed: 5)
    var options = FirstOrder.Options()
    options.entriesPerThread = 100
    var answers: [FormOutcome] = []
    for threads in [1, 2, 3] {
      options.threads = threads
      answers.append(FirstOrder.solve(form, options, SolveContext()).0)
    }
    for answer in answers {
      #expect(answer.outcome == .optimal)
      #expect(answer.point == answers[0].point)
      #expect(answer.rowDuals == answers[0].rowDuals)
      #expect(answer.statistics.iterations == answers[0].statistics.iterations)
    }
  }
}

/// Events of a solve.
final class EventLog: Sendable {
  private let events = Synchronization.Mutex<[SolveEvent]>([])
  func add(_ event: SolveEvent) { events.withLock { $0.append(event) } }
  var all: [SolveEvent] { events.withLock { $0 } }
}

func collector() -> (EventLog, @Sendable (SolveEvent) -> Void) {
  let log = EventLog()
  return (log, { log.add($0) })
}
