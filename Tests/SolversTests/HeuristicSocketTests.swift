import Constraints
import Synchronization
import Testing

@testable import Solvers

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

#if GLPK
  /// A heuristic made of a closure.
  struct ClosureHeuristic: Heuristic {
    let name: String
    var moments: Set<HeuristicMoment> = Set(HeuristicMoment.allCases)
    let body: @Sendable (HeuristicSituation) throws -> HeuristicProposal
    func propose(_ situation: HeuristicSituation) throws -> HeuristicProposal { try body(situation) }
  }

  @Suite("Heuristic socket")
  struct HeuristicSocketTests {
    /// A knapsack that takes some search: maximize value within two capacities.
    static func knapsack(items: Int = 25, seed: UInt64 = 7) -> Model {
      var random = Random(seed: seed)
      var model = Model("knapsack")
      let x = model.variables("x", over: 0..<items, in: 0...1, .binary)
      let weights = (0..<items).map { _ in 10 + random.below(40) }
      let sizes = (0..<items).map { _ in 10 + random.below(40) }
      let values = (0..<items).map { 10 + weights[$0] + random.below(10) }
      model.maximize(sum(0..<items) { Double(values[$0]) * x[$0] })
      model.subject(to: "weight") { sum(0..<items) { Double(weights[$0]) * x[$0] } <= Double(weights.reduce(0, +)) / 3 }
      model.subject(to: "size") { sum(0..<items) { Double(sizes[$0]) * x[$0] } <= Double(sizes.reduce(0, +)) / 3 }
      return model
    }

    private func solve(_ model: Model, _ heuristics: [any Heuristic], limit: Duration = .seconds(20)) throws -> Solution {
      var options = SolveOptions()
      options.timeLimit = limit
      return try SolvePipeline(options: options, heuristics: heuristics).solve(model)
    }

    @Test func aLyingHeuristicCannotHarmTheAnswer() throws {
      let model = Self.knapsack()
      let honest = try model.solve()
      let liar = ClosureHeuristic(name: "liar") { situation in
        HeuristicProposal(
          points: [
            [Double](repeating: 1, count: situation.model.variableCount), [Double](repeating: .infinity, count: 3), [],
            [Double](repeating: -1e300, count: situation.model.variableCount),
            [Double](repeating: 0.5, count: situation.model.variableCount),
          ], multipliers: [-1e9, .nan])
      }
      let solution = try solve(model, [liar])
      #expect(solution.outcome == .optimal)
      #expect(solution.objective == honest.objective)
      #expect(solution.check?.verdict == .confirmed)
      #expect(solution.source != "liar" || solution.check?.violationCount == 0)
    }

    @Test func aThrowingHeuristicIsSwitchedOff() throws {
      struct Failure: Error {}
      let thrower = ClosureHeuristic(name: "thrower") { _ in throw Failure() }
      let solution = try solve(Self.knapsack(), [thrower])
      #expect(solution.outcome == .optimal)
      let statistics = try #require(solution.statistics.heuristics.first { $0.name == "thrower" })
      #expect(statistics.calls == 1)
      #expect(statistics.disabled?.contains("threw") == true)
    }

    @Test func aHangingHeuristicIsLeftBehind() throws {
      let hanging = ClosureHeuristic(name: "hanging") { _ in
        while true { usleep(100_000) }
      }
      var options = SolveOptions()
      options.heuristicBudgets["hanging"] = 0.02
      let begin = ContinuousClock.now
      let solution = try SolvePipeline(options: options, heuristics: [hanging]).solve(Self.knapsack())
      #expect(solution.outcome == .optimal)
      #expect((ContinuousClock.now - begin).seconds < 10)
      #expect(solution.statistics.heuristics.first { $0.name == "hanging" }?.disabled?.contains("did not return") == true)
    }

    @Test func partialPointsAreCompleted() throws {
      let model = Self.knapsack()
      let best = try model.solve()
      var partial = best.values
      for j in 0..<10 { partial[j] = .nan }
      let log = Mutex<[String]>([])
      let pipeline = SolvePipeline(
        heuristics: [StartPoint(points: [partial])],
        report: { event in
          if case .start(let start) = event { log.withLock { $0.append(start.text) } }
        })
      let solution = try pipeline.solve(model)
      #expect(solution.objective == best.objective)
      let statistics = try #require(solution.statistics.heuristics.first { $0.name == "start" })
      #expect(statistics.proposed == 1 && statistics.feasible == 1)
      #expect(log.withLock { $0.first }?.hasPrefix("completed") == true)
    }

    @Test func anInfeasibleStartIsRepairedAndWhatItViolatesIsSaid() throws {
      let model = Self.knapsack()
      let log = Mutex<[String]>([])
      let pipeline = SolvePipeline(
        heuristics: [StartPoint(points: [[Double](repeating: 1, count: model.variableCount)])],
        report: { event in
          if case .start(let start) = event { log.withLock { $0.append(start.text) } }
        })
      #expect(try pipeline.solve(model).outcome == .optimal)
      let text = log.withLock { $0.first } ?? ""
      #expect(text.hasPrefix("repaired"))
      #expect(text.contains("'weight'") || text.contains("'size'"))
    }

    @Test func allMomentsAreAsked() throws {
      let seen = Mutex<Set<HeuristicMoment>>([])
      let watcher = ClosureHeuristic(name: "watcher") { situation in
        _ = seen.withLock { $0.insert(situation.moment) }
        return HeuristicProposal()
      }
      _ = try solve(Self.knapsack(items: 40, seed: 3), [watcher])
      #expect(seen.withLock { $0 } == Set(HeuristicMoment.allCases))
    }

    @Test func multipliersProveABound() throws {
      let model = Self.knapsack()
      var relaxed = model
      for j in 0..<relaxed.variableCount { relaxed.setDomain(of: relaxed.variable(at: j), to: .real) }
      let duals = try relaxed.solve()
      let prover = ClosureHeuristic(name: "prover", moments: [.beforeSearch]) { _ in
        HeuristicProposal(multipliers: duals.rowDuals)
      }
      let log = Mutex<[String]>([])
      let pipeline = SolvePipeline(
        heuristics: [prover],
        report: { event in
          if case .heuristic("prover", let outcome, _) = event { log.withLock { $0.append(outcome) } }
        })
      _ = try pipeline.solve(model)
      #expect(log.withLock { $0.first }?.hasPrefix("proved the bound") == true)
    }

    @Test func theSameSeedGivesTheSameAnswer() throws {
      let model = Self.knapsack(items: 35, seed: 11)
      let first = try model.solve()
      for _ in 0..<3 {
        let again = try model.solve()
        #expect(again.values == first.values)
        #expect(again.statistics.nodes == first.statistics.nodes)
      }
    }
  }
#endif
