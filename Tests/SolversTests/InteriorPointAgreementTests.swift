import Constraints
import Testing

@testable import Solvers

#if GLPK
  @Suite("The interior-point method alone agrees with the simplex method")
  struct InteriorPointAgreementTests {
    private func solve(_ model: Model, _ solver: String, presolve: Bool = true) throws -> Solution {
      var options = SolveOptions()
      options.solver = solver
      options.presolve = presolve
      return try model.solve(options: options)
    }

    @Test("2,000 random linear models, infeasible and unbounded ones among them", arguments: 0..<4)
    func linear(block: Int) throws {
      for seed in (block * 500)..<(block * 500 + 500) {
        let model = randomLinearModel(seed: UInt64(seed))
        let reference = try solve(model, "glpk", presolve: false)
        let answer = try solve(model, "interior")
        #expect(
          answer.outcome == reference.outcome,
          "seed \(seed): \(answer.outcome) against \(reference.outcome), \(answer.warnings.map(\.message))")
        #expect(answer.check?.verdict == .confirmed, "seed \(seed)")
        guard answer.outcome == .optimal, let a = answer.objective, let b = reference.objective else { continue }
        #expect(abs(a - b) <= 1e-6 * max(1, abs(b)), "seed \(seed): \(a) against \(b)")
      }
    }

    /// Rows that contradict each other exactly leave it without an answer now and then, never with a wrong one.
    @Test func `without presolve it may give up, but is never wrong`() throws {
      var unknown = 0
      for seed in 0..<2000 {
        let model = randomLinearModel(seed: UInt64(seed))
        let reference = try solve(model, "glpk", presolve: false)
        let answer = try solve(model, "interior", presolve: false)
        if answer.outcome == .unknown {
          unknown += 1
          continue
        }
        #expect(answer.outcome == reference.outcome, "seed \(seed): \(answer.outcome) against \(reference.outcome)")
        guard answer.outcome == .optimal, let a = answer.objective, let b = reference.objective else { continue }
        #expect(abs(a - b) <= 1e-6 * max(1, abs(b)), "seed \(seed): \(a) against \(b)")
      }
      #expect(unknown <= 30)
    }
  }
#endif
