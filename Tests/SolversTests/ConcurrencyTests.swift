import Constraints
import Synchronization
import Testing

@testable import Solvers

#if GLPK
  @Suite("Many solves at once")
  struct ConcurrencyTests {
    @Test func aThousandSolvesFromSixtyFourTasks() async throws {
      let models = (0..<20).map { randomLinearModel(seed: UInt64(500 + $0), integers: $0 % 2 == 0) }
      let expected = try models.map { try $0.solve() }
      let failures = await withTaskGroup(of: Int.self) { group in
        for task in 0..<64 {
          group.addTask {
            var wrong = 0
            for k in 0..<16 {
              let which = (task * 16 + k) % models.count
              guard let answer = try? await models[which].solve(timeLimit: .seconds(60)) else {
                wrong += 1
                continue
              }
              if answer.outcome != expected[which].outcome || answer.values != expected[which].values { wrong += 1 }
            }
            return wrong
          }
        }
        return await group.reduce(0, +)
      }
      #expect(failures == 0)
    }

    @Test func sessionsMayBeUsedFromManyTasks() async throws {
      var model = Model()
      let x = model.variable("x", in: 0...100)
      let p = model.parameter("p", 1)
      model.subject(to: "c") { x <= p }
      model.maximize(x)
      let sessions = (0..<8).map { _ in Session(model) }
      try await withThrowingTaskGroup(of: Void.self) { group in
        for (k, session) in sessions.enumerated() {
          group.addTask {
            for round in 1...20 {
              let value = Double(k + round)
              session.update { $0.set(p, to: value) }
              let solution = try await session.solve()
              #expect(solution.objective == value)
            }
          }
        }
        try await group.waitForAll()
      }
    }

    @Test func cancellingTheTaskReturnsTheIncumbent() async throws {
      let model = HeuristicSocketTests.knapsack(items: 60, seed: 5)
      let hasIncumbent = Mutex(false)
      let task = Task {
        try await model.solve(timeLimit: .seconds(60)) { event in
          if case .incumbent = event { hasIncumbent.withLock { $0 = true } }
        }
      }
      while !hasIncumbent.withLock({ $0 }) { try await Task.sleep(for: .milliseconds(5)) }
      task.cancel()
      let solution = try await task.value
      #expect(solution.outcome == .feasible || solution.outcome == .optimal)
      #expect(solution.check?.verdict == .confirmed)
    }

    @Test func limitsAreKept() throws {
      let model = HeuristicSocketTests.knapsack(items: 70, seed: 9)
      var options = SolveOptions()
      options.gap = 0
      options.absoluteGap = 0
      options.timeLimit = .milliseconds(500)
      let timed = try model.solve(options: options)
      #expect(timed.termination.seconds < 2)
      options.timeLimit = .seconds(60)
      options.nodeLimit = 20
      let counted = try model.solve(options: options)
      #expect(counted.statistics.nodes <= 100)
      #expect(counted.check?.verdict == .confirmed)
    }

    @Test func memoryLimitEndsTheSolveNotTheProcess() async throws {
      var model = Model()
      let x = model.variables("x", over: 0..<300, in: 0...1, .binary).variables
      for i in 0..<300 { model.subject { sum(0..<300) { Double((i * $0 * 37 + i) % 101) * x[$0] } <= 4000 } }
      model.maximize(sum(x))
      var options = SolveOptions()
      options.memoryLimit = 1
      let session = Session(model, options: options)
      let solution = try await session.solve()
      #expect(solution.termination.reason == .memoryLimit)
      #expect(solution.outcome == .unknown)
      // The session is whole: the same thread solves a small model afterwards.
      session.update { $0 = HeuristicSocketTests.knapsack(items: 5) }
      #expect(try await session.solve().outcome == .optimal)
    }
  }
#endif
