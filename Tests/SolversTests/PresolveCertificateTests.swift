import Constraints
import Testing

@testable import Solvers

/// A linear form whose rows keep columns away from finite bounds, mostly with a row that contradicts a sum of others.
func contradictoryForm(seed: UInt64) -> LinearForm {
  var random = Random(seed: seed &+ 5_000_000)
  var form = LinearForm()
  let n = 3 + random.below(12)
  let m = 2 + random.below(9)
  for _ in 0..<n {
    let bounds: [(Double, Double)] = [(0, .infinity), (-.infinity, .infinity), (-50, 50), (0, 50), (0, 50), (0, 50)]
    let (low, high) = bounds[random.below(6)]
    _ = form.addColumn(lower: low, upper: high, objective: Double(random.below(13) - 5))
  }
  var rows: [(entries: [Double], low: Double, high: Double)] = []
  for _ in 0..<m {
    var row = [Double](repeating: 0, count: n)
    let isPositive = random.chance(0.4)
    for _ in 0..<(2 + random.below(4)) {
      row[random.below(n)] = Double(1 + random.below(4)) * (isPositive || random.chance(0.5) ? 1 : -1)
    }
    let side = Double(random.below(15) - 2)
    let sides = [(side, side), (side, .infinity), (side - 10, side), (-.infinity, side), (-.infinity, side)][random.below(5)]
    rows.append((row, sides.0, sides.1))
  }
  var sum = [Double](repeating: 0, count: n)
  var side = 0.0
  for row in rows where random.chance(0.5) && row.high < .infinity {
    let factor = Double(1 + random.below(3))
    for j in 0..<n { sum[j] += factor * row.entries[j] }
    side += factor * row.high
  }
  if random.chance(0.7) { rows.append((sum, side + 1 + Double(random.below(3)), .infinity)) }
  for row in rows {
    let terms = row.entries.enumerated().filter { $0.element != 0 }.map { ($0.offset, $0.element) }
    form.addRow(terms, lower: row.low, upper: row.high)
  }
  return form
}

#if GLPK
  @Suite("Presolve keeps proofs of infeasibility")
  struct PresolveCertificateTests {
    /// The multipliers that come back from a form reduced by some rules; nil when it is not infeasible.
    private func farkas(_ form: LinearForm, _ rules: Presolve.Rules) throws -> [Double]? {
      var options = Presolve.Options()
      options.rules = rules
      let outcome = try PresolvedSolve.run(ConicForm(form), options, context: SolveContext()) {
        reduced, _ throws(SolverError) in
        var plain = SolveOptions()
        plain.presolve = false
        return try GLPKSolver().solve(.linear(reduced.linear), options: plain, context: SolveContext())
      }
      return outcome.outcome == .infeasible ? outcome.farkas : nil
    }

    @Test(
      "2,000 random contradictory forms",
      arguments: [Presolve.Rules.all, .dominatedColumns, [.dominatedColumns, .impliedRows, .parallelColumns]])
    func random(rules: Presolve.Rules) throws {
      var infeasible = 0
      for seed in UInt64(0)..<2000 {
        let form = contradictoryForm(seed: seed)
        guard let multipliers = try farkas(form, rules) else { continue }
        infeasible += 1
        #expect(Checker().farkasMargin(multipliers: multipliers, of: model(of: form)) != nil, "seed \(seed)")
      }
      #expect(infeasible > 800)
    }

    @Test("weights on bounds move to the rows that imply them", arguments: [76484, 77347, 93737])
    func boundReplacement(seed: UInt64) throws {
      let form = contradictoryForm(seed: seed)
      var options = Presolve.Options()
      options.rules = .dominatedColumns
      guard case .reduced(let smaller, let postsolve) = Presolve.run(form, options: options).result else {
        Issue.record("decided")
        return
      }
      let lifted = postsolve.liftFarkas(try simplex(smaller.linear).farkas)
      #expect(Checker().farkasMargin(multipliers: lifted, of: model(of: form)) != nil, "\(lifted)")
    }

    @Test("a proof that does not lead back is found again without bounds on multipliers", arguments: [29900, 18778])
    func fallback(seed: UInt64) throws {
      let form = contradictoryForm(seed: seed)
      let multipliers = try #require(try farkas(form, [.dominatedColumns, .impliedRows]))
      #expect(Checker().farkasMargin(multipliers: multipliers, of: model(of: form)) != nil, "\(multipliers)")
    }
  }
#endif
