import Constraints
import Dispatch
import Synchronization

/// Solves a nonlinear form from several starts, side by side on all cores, and keeps the best answer. The starts and the
/// answer depend on the seed alone, unless a limit ends some of the solves.
public struct Multistart {
  /// Starts of a small model unless asked otherwise: of the 52 problems of Hock and Schittkowski four have valleys near the
  /// standard start that are not the lowest, and five starts find the lowest of all but one.
  public static let smallCount = 5
  /// Variables up to which a model is small, if its first and second derivatives have no more than `smallEntryCount`
  /// entries: a solve takes a millisecond or so.
  public static let smallSize = 100
  static let smallEntryCount = 2_000

  private let form: NonlinearForm
  private let model: Model
  private let options: SolveOptions
  private let context: SolveContext
  private let sampler: StartSampler
  private let count: Int

  init(_ reformulation: NonlinearReformulation, _ model: Model, _ options: SolveOptions, _ context: SolveContext) {
    form = reformulation.form
    self.model = model
    self.context = context
    sampler = StartSampler(lower: form.columnLower, upper: form.columnUpper, given: form.start, seed: options.seed)
    let program = reformulation.program
    let entries = program.jacobianPattern.entryCount + program.hessianPattern.entryCount
    let isSmall = form.columnCount <= Multistart.smallSize && entries <= Multistart.smallEntryCount
    count = options.multistart ?? (isSmall ? Multistart.smallCount : 1)
    var options = options
    // A few short solves are over before threads have started.
    if options.multistart == nil { options.threads = 1 }
    self.options = options
  }

  /// What the threads share.
  private final class Board: Sendable {
    let next = Atomic<Int>(1)
    let results: Mutex<[Int: Result<FormOutcome, SolverError>]> = Mutex([:])
  }

  /// Solves from the given start, and unless that answer is proved to be the best, from the others.
  /// - Parameter checked: makes a checked answer of an outcome.
  /// - Throws: what the solver throws at the first start, when no start gives an answer.
  func solve(with solver: any Solver, checked: (FormOutcome) -> Solution) throws(SolverError) -> Solution {
    var failure: SolverError?
    var ranked: [(start: Int, outcome: FormOutcome)] = []
    var first: Solution?
    do throws(SolverError) {
      let outcome = try solver.solve(.nonlinear(form), options: options, context: context)
      let solution = checked(outcome)
      if count == 1 || solution.outcome == .optimal { return solution }
      first = solution
      ranked.append((0, outcome))
    } catch {
      if count == 1 { throw error }
      failure = error
    }
    for (k, result) in run(solver).sorted(by: { $0.key < $1.key }) {
      switch result {
      case .success(let outcome): ranked.append((k, outcome))
      case .failure(let error): failure = failure ?? error
      }
    }
    ranked.sort { (Multistart.rank($0.outcome), $0.start) < (Multistart.rank($1.outcome), $1.start) }
    var answer: Solution?
    for (start, outcome) in ranked {
      var solution = start == 0 ? first ?? checked(outcome) : checked(outcome)
      let isBest = isStationary(solution) || solution.termination.reason == .objectiveLimit
      if answer != nil && !isBest { continue }
      if solution.hasPoint { solution.source = "start \(start + 1)" }
      answer = solution
      if isBest { break }
    }
    guard var answer else { throw failure ?? .failed(solver: solver.name, message: "no start was tried") }
    answer.pool = pool(ranked)
    answer.statistics.iterations = ranked.reduce(0) { $0 + $1.outcome.statistics.iterations }
    answer.statistics.functionEvaluations = ranked.reduce(0) { $0 + $1.outcome.statistics.functionEvaluations }
    answer.termination.detail = summary(ranked)
    return answer
  }

  private func isStationary(_ solution: Solution) -> Bool {
    solution.outcome == .locallyOptimal || solution.outcome == .optimal
  }

  private struct Rank: Comparable {
    var tier: Int
    var objective: Double
    static func < (a: Self, b: Self) -> Bool { (a.tier, a.objective) < (b.tier, b.objective) }
  }

  /// Better outcomes first: objectives that fall without end, stationary points, feasible ones, other points, none; then by
  /// objective.
  private static func rank(_ outcome: FormOutcome) -> Rank {
    let objective = outcome.objective ?? .infinity
    let value = objective.isNaN ? .infinity : objective
    if outcome.termination.reason == .objectiveLimit { return Rank(tier: -1, objective: value) }
    switch outcome.outcome {
    case .locallyOptimal, .optimal: return Rank(tier: 0, objective: value)
    case .feasible: return Rank(tier: 1, objective: value)
    case .locallyInfeasible: return Rank(tier: 3, objective: value)
    default: return Rank(tier: outcome.point.isEmpty ? 4 : 2, objective: value)
    }
  }

  private func run(_ solver: any Solver) -> [Int: Result<FormOutcome, SolverError>] {
    let board = Board()
    var own = options
    own.threads = 1
    let (form, sampler, context, count) = (form, sampler, context, count)
    var quiet = context
    quiet.report = { _ in }
    let sign = model.sense.sign
    let work: @Sendable () -> Void = { [own, quiet] in
      while true {
        let k = board.next.add(1, ordering: .relaxed).oldValue
        if k >= count || context.shouldStop { return }
        var start = form
        start.start = sampler.start(k)
        let result: Result<FormOutcome, SolverError>
        do throws(SolverError) {
          result = .success(try solver.solve(.nonlinear(start), options: own, context: quiet))
        } catch {
          result = .failure(error)
        }
        board.results.withLock { $0[k] = result }
        if case .success(let outcome) = result {
          let value = outcome.objective.map { ", objective \((sign * $0).text)" } ?? ""
          context.report(.log("start \(k + 1) of \(count): \(outcome.outcome.rawValue)\(value)"))
        }
      }
    }
    let helpers = (1..<max(1, min(options.threads ?? Machine.availableCores, count - 1))).map { _ in WorkerThread() }
    let done = helpers.map { helper in
      let reply = Reply<Void>()
      helper.submit {
        work()
        reply.fulfill(())
      }
      return reply
    }
    work()
    for reply in done { while reply.wait(seconds: 3600) == nil {} }
    return board.results.withLock { $0 }
  }

  /// The distinct stationary points that were found, best first.
  private func pool(_ ranked: [(start: Int, outcome: FormOutcome)]) -> [PooledPoint] {
    var kept: [PooledPoint] = []
    for (start, outcome) in ranked where outcome.outcome == .locallyOptimal || outcome.outcome == .optimal {
      let isKnown = kept.contains { other in
        zip(other.values, outcome.point).allSatisfy { abs($0 - $1) <= 1e-4 * max(1, abs($0)) }
      }
      if isKnown || kept.count >= 20 { continue }
      let objective = model.sense.sign * (outcome.objective ?? .nan)
      kept.append(PooledPoint(values: outcome.point, objective: objective, source: "start \(start + 1)"))
    }
    return kept
  }

  private func summary(_ ranked: [(start: Int, outcome: FormOutcome)]) -> String {
    let stationary = ranked.filter { $0.outcome.outcome == .locallyOptimal || $0.outcome.outcome == .optimal }
    let least = stationary.first?.outcome.objective ?? .nan
    let same = stationary.filter { abs(($0.outcome.objective ?? .nan) - least) <= 1e-6 * max(1, abs(least)) }
    return "\(ranked.count) of \(count) starts, \(stationary.count) ended at stationary points, \(same.count) of them at the best"
  }
}
