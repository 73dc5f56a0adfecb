import Constraints
import Testing

@testable import Solvers

#if GLPK
  @Suite("Presolve on and off agree")
  struct PresolveDifferentialTests {
    @Test("6,000 random forms with much to reduce", arguments: 0..<6)
    func reducible(block: Int) throws {
      var iterations = 0
      for seed in (block * 1000)..<(block * 1000 + 1000) {
        let faults = try presolveFaults(randomReducibleForm(seed: UInt64(seed)), extraIterations: &iterations)
        #expect(faults.isEmpty, "seed \(seed): \(faults)")
      }
      #expect(iterations <= 5, "the bases that come back are optimal, but for rare degenerate ones")
    }

    @Test("2,000 random linear models") func linear() throws {
      var iterations = 0
      for seed in 0..<2000 {
        let form = try Linearization(randomLinearModel(seed: UInt64(seed))).form
        let faults = try presolveFaults(form, extraIterations: &iterations)
        #expect(faults.isEmpty, "seed \(seed): \(faults)")
      }
    }

    @Test func `a start keeps its values and fits the reduced form`() throws {
      for seed in 0..<500 {
        let form = randomReducibleForm(seed: UInt64(seed))
        guard case .reduced(let smaller, let postsolve) = Presolve.run(form).result else { continue }
        let outcome = try simplex(form)
        guard outcome.outcome == .optimal else { continue }
        let start = postsolve.restrict(point: outcome.point)
        #expect(start.count == smaller.linear.columnCount)
        for (k, x) in start.enumerated() {
          #expect(x >= smaller.linear.columnLower[k] && x <= smaller.linear.columnUpper[k])
        }
      }
    }

    @Test func netlib() throws {
      let table = Instances.table("lp/netlib", column: "computed optimum")
      if table.isEmpty { return print("skipped: no lp/netlib in \(Instances.folder)") }
      // Those that the simplex method takes longest for are left to the other suites.
      let slow: Set<String> = ["pilot", "pilot87", "maros-r7", "d6cube", "fit2d"]
      for (name, value) in table where !slow.contains(name) {
        let model = try ModelFormats.read(path: "\(Instances.folder)/lp/netlib/\(name).mps.gz").model
        let form = try Linearization(model).form
        let presolve = Presolve.run(form)
        guard case .reduced(let smaller, let postsolve) = presolve.result else {
          Issue.record("\(name): \(presolve.result)")
          continue
        }
        let outcome = try simplex(smaller.linear)
        #expect(outcome.outcome == .optimal, "\(name)")
        let before = OptimalityGap(outcome.answer, of: smaller)
        let answer = postsolve.lift(outcome.answer)
        let after = OptimalityGap(answer, of: ConicForm(form))
        #expect(after.largest <= 1e-9 + 100 * before.largest, "\(name): \(before) became \(after)")
        let basis = try #require(answer.basis)
        #expect(basis.isComplete, "\(name)")
        // With all rules a basis may come back that is none, where an equation with a basic slack was added to rows.
        #expect(try iterationsFromBasis(form, .all.subtracting(.sparsification)) <= 5, "\(name)")
        var solution = Solution(outcome: .optimal, termination: Termination(.converged), sense: form.sense)
        solution.values = answer.point
        solution.objective = form.value(at: answer.point)
        solution.primalStatus = .feasible
        solution.rowDuals = answer.rowDuals
        solution.reducedCosts = answer.reducedCosts
        solution.dualStatus = .feasible
        Checker().judge(&solution, of: model)
        #expect(solution.outcome == .optimal, "\(name): \(solution.warnings.map(\.message))")
        let optimum = try #require(Double(value))
        #expect(abs((solution.objective ?? .nan) - optimum) <= 1e-6 * max(1, abs(optimum)), "\(name)")
      }
    }

    /// Simplex iterations from the basis that comes back; none for forms that presolve decides.
    private func iterationsFromBasis(_ form: LinearForm, _ rules: Presolve.Rules) throws -> Int {
      var options = Presolve.Options()
      options.rules = rules
      guard case .reduced(let smaller, let postsolve) = Presolve.run(form, options: options).result else { return 0 }
      let basis = postsolve.lift(try simplex(smaller.linear).answer).basis
      return try simplex(form, basis: #require(basis), primal: true).statistics.iterations
    }

    @Test func `infeasible instances keep a certificate`() throws {
      let table = Instances.table("lp/infeasible", column: "answer")
      if table.isEmpty { return print("skipped: no lp/infeasible in \(Instances.folder)") }
      var withoutMultipliers: [String] = []
      for (name, _) in table {
        let model = try ModelFormats.read(path: "\(Instances.folder)/lp/infeasible/\(name).mps.gz").model
        let form = try Linearization(model).form
        var farkas: [Double] = []
        switch Presolve.run(form).result {
        case .infeasible(let multipliers): farkas = multipliers
        case .reduced(let smaller, let postsolve):
          let outcome = try simplex(smaller.linear)
          #expect(outcome.outcome == .infeasible, "\(name): \(outcome.outcome)")
          if outcome.farkas.isEmpty {
            withoutMultipliers.append(name)
            continue
          }
          farkas = postsolve.liftFarkas(outcome.farkas)
        default: Issue.record("\(name)")
        }
        #expect(Checker().farkasMargin(multipliers: farkas, of: model) != nil, "\(name)")
      }
      #expect(withoutMultipliers.count <= 1, "nothing to bring back: \(withoutMultipliers)")
    }
  }
#endif
