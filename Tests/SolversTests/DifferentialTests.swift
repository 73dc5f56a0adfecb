import Constraints
import Testing

@testable import Solvers

#if GLPK
  @Suite("Methods agree with each other")
  struct DifferentialTests {
    /// What two answers must share: outcome, and objective when there is an optimum.
    private func summary(_ model: Model, _ method: SolveOptions.Method, presolve: Bool = true) throws -> (OutcomeStatus, Double, Solution) {
      var options = SolveOptions()
      options.method = method
      options.presolve = presolve
      let solution = try model.solve(options: options)
      return (solution.outcome, solution.outcome == .optimal ? solution.objective ?? .nan : 0, solution)
    }

    @Test("8,000 random linear models", arguments: 0..<8)
    func linear(block: Int) throws {
      for seed in (block * 1000)..<(block * 1000 + 1000) {
        let model = randomLinearModel(seed: UInt64(seed))
        let reference = try summary(model, .primal, presolve: false)
        for (method, presolve) in [(SolveOptions.Method.primal, true), (.dual, false), (.interior, true), (.exact, true)] {
          let answer = try summary(model, method, presolve: presolve)
          #expect(answer.0 == reference.0, "seed \(seed), \(method): \(answer.0) against \(reference.0)")
          #expect(
            abs(answer.1 - reference.1) <= 1e-6 * max(1, abs(reference.1)),
            "seed \(seed), \(method): \(answer.1) against \(reference.1)")
          if answer.0 == .optimal || answer.0 == .infeasible || answer.0 == .unbounded {
            #expect(
              answer.2.check?.verdict == .confirmed,
              "seed \(seed), \(method), \(answer.0): \(String(describing: answer.2.check?.verdict)) \(answer.2.warnings.map(\.message))")
          } else {
            Issue.record("seed \(seed), \(method): no verdict, \(answer.2.termination)")
          }
        }
      }
    }

    @Test("2,000 random integer models", arguments: 0..<2)
    func integer(block: Int) throws {
      for seed in (block * 1000)..<(block * 1000 + 1000) {
        let model = randomLinearModel(seed: UInt64(100_000 + seed), integers: true)
        var plain = SolveOptions()
        plain.heuristics = false
        plain.presolve = false
        plain.cuts = .only([])
        let reference = try model.solve(options: plain)
        var presolved = SolveOptions()
        presolved.heuristics = false
        for (name, options) in [("default", SolveOptions()), ("presolved", presolved)] {
          let answer = try model.solve(options: options)
          #expect(answer.outcome == reference.outcome, "seed \(seed), \(name): \(answer.outcome) against \(reference.outcome)")
          if reference.outcome == .optimal {
            let (a, b) = (answer.objective ?? .nan, reference.objective ?? .nan)
            #expect(abs(a - b) <= 1e-6 * max(1, abs(b)), "seed \(seed), \(name): \(a) against \(b)")
            #expect(answer.check?.verdict == .confirmed, "seed \(seed), \(name)")
          }
        }
        if reference.outcome == .optimal, let best = bruteForce(model) {
          #expect(abs(best - (reference.objective ?? .nan)) <= 1e-6 * max(1, abs(best)), "seed \(seed): brute force \(best)")
        }
      }
    }

    /// The best objective over all whole points, for models without continuous variables; nil for others.
    private func bruteForce(_ model: Model) -> Double? {
      guard !model.domains.contains(.real), model.variableCount <= 4 else { return nil }
      var point = model.lower
      var best: Double?
      while true {
        let report = Checker().check(point: point, of: model)
        if report.verdict == .confirmed, let value = report.objective {
          if best.map({ (value - $0) * model.sense.sign < 0 }) ?? true { best = value }
        }
        var j = 0
        while j < point.count {
          point[j] += 1
          if point[j] <= model.upper[j] { break }
          point[j] = model.lower[j]
          j += 1
        }
        if j == point.count { return best }
      }
    }

    @Test func permutationsOfRowsAndColumnsDoNotMatter() throws {
      for seed in 0..<300 {
        let model = randomLinearModel(seed: UInt64(seed))
        let n = model.variableCount
        var permuted = Model()
        for j in stride(from: n - 1, through: 0, by: -1) {
          permuted.addVariable(model.variableNames[j], lower: model.lower[j], upper: model.upper[j])
        }
        for i in stride(from: model.rows.count - 1, through: 0, by: -1) {
          let terms = model.rows.terms(i).map { LinearTerm($0.coefficient, Int32(n - 1) - $0.variable) }
          permuted.addRow(.name("c\(i)"), terms, lower: model.rows.lower[i], upper: model.rows.upper[i])
        }
        let f = model.objectives[0].function
        permuted.setObjective(
          model.sense,
          ScalarFunction(constant: f.constant, linear: f.linear.map { LinearTerm($0.coefficient, Int32(n - 1) - $0.variable) }))
        let a = try model.solve()
        let b = try permuted.solve()
        #expect(a.outcome == b.outcome, "seed \(seed)")
        if a.outcome == .optimal {
          #expect(abs((a.objective ?? .nan) - (b.objective ?? .nan)) <= 1e-7 * max(1, abs(a.objective ?? 0)), "seed \(seed)")
        }
      }
    }
  }
#endif
