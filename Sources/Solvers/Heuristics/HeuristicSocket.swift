import Constraints
import Synchronization

/// Where heuristics plug into a search.
///
/// The solver asks at its moments; the socket runs each heuristic on a thread of its own within its budget, completes
/// and checks what it proposes in the original model, remembers the best point, and hands accepted points back in the
/// columns of the form.
public final class HeuristicSocket: Sendable {
  /// What the search knows when it asks, in the columns of the form.
  public struct Question {
    public var moment: HeuristicMoment
    public var relaxation: [Double]?
    public var lower: [Double]
    public var upper: [Double]
    /// Solves the rest when some columns are fixed by narrowed bounds: a full point of the form, or nil.
    public var complete: (_ lower: [Double], _ upper: [Double]) -> [Double]?

    public init(
      moment: HeuristicMoment, relaxation: [Double]?, lower: [Double], upper: [Double],
      complete: @escaping (_ lower: [Double], _ upper: [Double]) -> [Double]?
    ) {
      self.moment = moment
      self.relaxation = relaxation
      self.lower = lower
      self.upper = upper
      self.complete = complete
    }
  }

  private struct Entry {
    let heuristic: any Heuristic
    var statistics: HeuristicStatistics
    var worker: WorkerThread?
  }

  private struct State {
    var entries: [Entry]
    var incumbent: (point: [Double], objective: Double, source: String)?
    var bound: Double?
    var improvements = 0
    /// Points that were feasible when they came, the latest last.
    var found: [PooledPoint] = []
  }

  /// How many points found on the way are remembered.
  private static let memory = 200

  private let model: Model
  private let reformulation: Linearization
  private let options: SolveOptions
  private let context: SolveContext
  private let checker: Checker
  /// Constraints that are found when a point violates them.
  private let lazy: [LazySeparator]
  private let state: Mutex<State>

  init(
    model: Model, reformulation: Linearization, heuristics: [any Heuristic], options: SolveOptions,
    context: SolveContext, lazy: [LazySeparator] = []
  ) {
    self.lazy = lazy.filter(\.isRequired)
    self.model = model
    self.reformulation = reformulation
    self.options = options
    self.context = context
    var checking = Checker.Options()
    checking.feasibility = 1e-6
    checking.integrality = 1e-6
    checker = Checker(options: checking)
    let entries = heuristics.filter { !options.disabledHeuristics.contains($0.name) && $0.applies(to: model) }
    state = Mutex(State(entries: entries.map { Entry(heuristic: $0, statistics: HeuristicStatistics(name: $0.name)) }))
  }

  /// Whether any heuristic wants to be asked at the moment.
  public func wants(_ moment: HeuristicMoment) -> Bool {
    state.withLock { state in
      state.entries.contains { $0.statistics.disabled == nil && $0.heuristic.moments.contains(moment) }
    }
  }

  public var statistics: [HeuristicStatistics] { state.withLock { $0.entries.map(\.statistics) } }

  /// The best point known, in the columns of the form, with its objective in the form's sense.
  public var best: (point: [Double], objective: Double, source: String)? {
    guard let (point, objective, source) = state.withLock({ $0.incumbent }) else { return nil }
    return (reformulation.restrict(point), objective, source)
  }

  /// The best bound proved by a heuristic's multipliers, in the model's sense.
  public var provenBound: Double? { state.withLock { $0.bound } }

  /// Feasible points met on the way, in the model's variables, the latest last.
  var found: [PooledPoint] { state.withLock { $0.found } }

  /// Number of times the incumbent changed.
  public var improvements: Int { state.withLock { $0.improvements } }

  /// Notes a point that the search itself found, in the columns of the form, if it is feasible in the model.
  @discardableResult
  public func note(_ formPoint: [Double], source: String) -> Reception {
    let point = reformulation.lift(formPoint)
    guard let objective = feasibleObjective(point) else { return .infeasible }
    return accept(point, objective, source) ? .accepted : .notBetter
  }

  /// Whether a point in the columns of the form is feasible in the model; nothing is noted.
  public func confirms(_ formPoint: [Double]) -> Bool { feasibleObjective(reformulation.lift(formPoint)) != nil }

  /// What became of a point.
  public enum Reception: Sendable { case accepted, notBetter, infeasible }

  /// Asks all heuristics of the moment.
  /// - Returns: accepted points that improve the incumbent, in the columns of the form, best last.
  public func ask(_ question: Question) -> [(point: [Double], objective: Double, source: String)] {
    var accepted: [(point: [Double], objective: Double, source: String)] = []
    let count = state.withLock { $0.entries.count }
    for i in 0..<count {
      if context.shouldStop { break }
      guard let (heuristic, worker, call, seconds) = admit(i, question.moment) else { continue }
      let started = context.deadline.elapsed
      let situation = situation(for: question, seed: options.seed, call: call, name: heuristic.name, seconds: seconds)
      let reply = Reply<Result<HeuristicProposal, any Error>>()
      worker.submit {
        reply.fulfill(Result { try heuristic.propose(situation) })
      }
      let (result, outcome) = wait(for: reply, seconds: seconds)
      var text = outcome
      if case .success(let proposal)? = result {
        text = take(proposal, i, question, &accepted)
      } else {
        disable(i, outcome)
      }
      let spent = context.deadline.elapsed - started
      state.withLock { $0.entries[i].statistics.seconds += spent }
      context.report(.heuristic(name: heuristic.name, outcome: text, seconds: spent))
    }
    return accepted
  }

  /// Whether heuristic number i may run now, and for how long.
  private func admit(
    _ i: Int, _ moment: HeuristicMoment
  ) -> (heuristic: any Heuristic, worker: WorkerThread, call: Int, seconds: Double)? {
    state.withLock { state in
      let entry = state.entries[i]
      guard entry.statistics.disabled == nil, entry.heuristic.moments.contains(moment) else { return nil }
      let budget = options.heuristicBudgets[entry.heuristic.name] ?? options.heuristicBudget
      // Ten seconds of credit let a heuristic do useful work early in a search.
      let allowed = budget * max(10, context.deadline.elapsed) - entry.statistics.seconds
      if allowed <= 0 && moment != .beforeSearch {
        state.entries[i].statistics.skipped += 1
        return nil
      }
      let worker = entry.worker ?? WorkerThread()
      state.entries[i].worker = worker
      state.entries[i].statistics.calls += 1
      let seconds = min(max(allowed, 0.1), context.deadline.remaining)
      return (entry.heuristic, worker, entry.statistics.calls, seconds)
    }
  }

  private func situation(
    for question: Question, seed: UInt64, call: Int, name: String, seconds: Double
  ) -> HeuristicSituation {
    var mixed = seed &+ 0x9E37_79B9_7F4A_7C15 &* UInt64(call)
    for byte in name.utf8 { mixed = (mixed ^ UInt64(byte)) &* 0x100_0000_01B3 }
    let incumbent = state.withLock { $0.incumbent }
    return HeuristicSituation(
      moment: question.moment, model: model, relaxation: question.relaxation.map { reformulation.lift($0) },
      lower: Array(question.lower.prefix(model.variableCount)), upper: Array(question.upper.prefix(model.variableCount)),
      incumbent: incumbent?.point, incumbentObjective: incumbent?.objective,
      deadline: Deadline(after: .seconds(seconds)), seed: mixed)
  }

  /// Waits for the reply in short steps; gives up a grace period after the budget.
  private func wait(
    for reply: Reply<Result<HeuristicProposal, any Error>>, seconds: Double
  ) -> (Result<HeuristicProposal, any Error>?, String) {
    let limit = Deadline(after: .seconds(seconds + min(0.5, max(0.05, seconds))))
    while true {
      if let result = reply.wait(seconds: 0.02) {
        if case .failure(let error) = result { return (nil, "switched off: it threw \(error)") }
        return (result, "")
      }
      if context.cancellation.isCancelled { return (.success(HeuristicProposal()), "") }
      if limit.isOver { return (nil, "switched off: it did not return within its budget") }
    }
  }

  private func disable(_ i: Int, _ reason: String) {
    state.withLock {
      $0.entries[i].statistics.disabled = reason
      $0.entries[i].worker = nil
    }
  }

  /// Completes, checks and keeps what was proposed; says in words what came of it.
  private func take(
    _ proposal: HeuristicProposal, _ i: Int, _ question: Question,
    _ accepted: inout [(point: [Double], objective: Double, source: String)]
  ) -> String {
    let name = state.withLock { $0.entries[i].heuristic.name }
    var outcome = proposal.points.isEmpty ? "no proposal" : ""
    if let multipliers = proposal.multipliers {
      var residual = 0.0
      if let bound = checker.dualBound(multipliers: multipliers, of: model, residual: &residual), residual == 0 {
        outcome = "proved the bound \(bound.text)"
        state.withLock { state in
          if state.bound.map({ (bound - $0) * model.sense.sign > 0 }) ?? true { state.bound = bound }
        }
      } else {
        outcome = "its multipliers prove no bound"
      }
    }
    for proposed in proposal.points.prefix(100) {
      state.withLock { $0.entries[i].statistics.proposed += 1 }
      guard proposed.count == model.variableCount else {
        outcome = "rejected: \(proposed.count) values for \(model.variableCount) variables"
        continue
      }
      switch completed(proposed, question) {
      case .rejected(let reason): outcome = "rejected: \(reason)"
      case .feasible(let point, let objective, let how):
        state.withLock { $0.entries[i].statistics.feasible += 1 }
        outcome = "\(how), objective \(objective.text)"
        if accept(point, objective, name) {
          state.withLock { $0.entries[i].statistics.improved += 1 }
          accepted.append((reformulation.restrict(point), objective, name))
        }
      }
    }
    return outcome
  }

  private enum Completion {
    case feasible([Double], Double, how: String)
    case rejected(String)
  }

  /// The point as it is if it is whole and feasible; otherwise its integers fixed and the rest solved for.
  private func completed(_ proposed: [Double], _ question: Question) -> Completion {
    var point = proposed
    for j in point.indices where model.domains[j].isIntegral && point[j].isFinite { point[j] = point[j].rounded() }
    let isWhole = point.allSatisfy(\.isFinite)
    var reason = "it has no value for some variables"
    if isWhole {
      let report = checker.check(point: point, of: model)
      if case .refuted(let why) = report.verdict {
        reason = why
      } else if let broken = brokenLazily(point) {
        reason = "it violates '\(broken)'"
      } else {
        return .feasible(point, report.objective ?? 0, how: "feasible")
      }
      if !model.domains.contains(.real) && !model.domains.contains(.semicontinuous) { return .rejected(reason) }
    }
    var lower = reformulation.form.columnLower
    var upper = reformulation.form.columnUpper
    let whole = model.domains.contains { $0.isIntegral }
    for j in point.indices where point[j].isFinite && (model.domains[j].isIntegral || !whole || !isWhole) {
      let value = min(max(point[j], lower[j]), upper[j])
      lower[j] = value
      upper[j] = value
    }
    guard let full = question.complete(lower, upper) else {
      return .rejected(isWhole ? reason : "no feasible point has its values")
    }
    let lifted = reformulation.lift(full)
    guard let objective = feasibleObjective(lifted) else { return .rejected(reason) }
    return .feasible(lifted, objective, how: isWhole ? "repaired" : "completed")
  }

  private func feasibleObjective(_ point: [Double]) -> Double? {
    let report = checker.check(point: point, of: model)
    guard case .confirmed = report.verdict, let objective = report.objective, objective.isFinite,
      brokenLazily(point) == nil
    else { return nil }
    return objective
  }

  /// Lazy constraints that a point violates, by name.
  private func brokenLazily(_ point: [Double]) -> String? {
    lazy.first { !$0.separate(point, tolerance: checker.options.feasibility).isEmpty }?.name
  }

  private func accept(_ point: [Double], _ objective: Double, _ source: String) -> Bool {
    let isBetter = state.withLock { state in
      if options.poolSize > 1 {
        if state.found.count >= HeuristicSocket.memory { state.found.removeFirst() }
        state.found.append(PooledPoint(values: point, objective: objective, source: source))
      }
      if let incumbent = state.incumbent,
        (incumbent.objective - objective) * model.sense.sign <= 1e-9 * max(1, abs(incumbent.objective))
      {
        return false
      }
      state.incumbent = (point, objective, source)
      state.improvements += 1
      return true
    }
    return isBetter
  }
}
