import Constraints
import Testing

@testable import Solvers

@Suite("Presolve of forms with whole columns")
struct PresolveIntegerTests {
  private let inf = Double.infinity

  private func form(
    columns: [(Double, Double, Double, Bool)], rows: [(Double, [(Int, Double)], Double)]
  ) -> LinearForm {
    var form = LinearForm()
    for (low, high, cost, whole) in columns { _ = form.addColumn(lower: low, upper: high, objective: cost, isInteger: whole) }
    for (low, terms, high) in rows { form.addRow(terms, lower: low, upper: high) }
    return form
  }

  private func reduced(_ form: LinearForm) -> (LinearForm, Postsolve, Presolve.Counts)? {
    let presolve = Presolve.run(form)
    guard case .reduced(let smaller, let postsolve) = presolve.result else { return nil }
    return (smaller.linear, postsolve, presolve.summary.counts)
  }

  @Test func `an entry larger than needed shrinks, and no whole point is lost`() throws {
    // 5 x0 + 3 x1 + 3 x2 <= 7: with x0 = 0 the rest is at most 6, so x0 may count 4 against 6.
    let problem = form(
      columns: [(0, 1, -3, true), (0, 1, -2, true), (0, 1, -2.5, true)],
      rows: [(-inf, [(0, 5), (1, 3), (2, 3)], 7), (-inf, [(0, 1), (1, -1), (2, 1)], 1.5)])
    let (smaller, postsolve, counts) = try #require(reduced(problem))
    #expect(counts.coefficients >= 1 && !postsolve.restoresDuals)
    var kept = 0
    for bits in 0..<8 {
      let x = (0..<3).map { Double((bits >> $0) & 1) }
      let isFeasible = isSatisfied(problem, x)
      if smaller.columnCount == 3 { #expect(isFeasible == isSatisfied(smaller, x), "\(x)") }
      if isFeasible { kept += 1 }
    }
    #expect(kept == 5)
  }

  private func isSatisfied(_ form: LinearForm, _ x: [Double]) -> Bool {
    for i in 0..<form.rowCount {
      let value = (form.starts[i]..<form.starts[i + 1]).reduce(0) {
        $0 + form.entryValues[$1] * x[Int(form.entryColumns[$1])]
      }
      if value < form.rowLower[i] - 1e-9 || value > form.rowUpper[i] + 1e-9 { return false }
    }
    return zip(x, form.columnLower).allSatisfy { $0 >= $1 - 1e-9 } && zip(x, form.columnUpper).allSatisfy { $0 <= $1 + 1e-9 }
  }

  @Test func `sides of a row of whole columns are rounded to what its entries can reach`() throws {
    let problem = form(
      columns: [(0, 9, -1, true), (0, 9, -3, true), (0, 9, -1, true)],
      rows: [(-inf, [(0, 4), (1, 6), (2, 2)], 13), (-inf, [(0, -1), (1, 1), (2, -1)], 2)])
    let (smaller, _, _) = try #require(reduced(problem))
    #expect(smaller.rowUpper.contains(12) && !smaller.rowUpper.contains(13))
  }

  @Test func `an equation without a whole solution is infeasible`() {
    let problem = form(
      columns: [(0, 9, 1, true), (0, 9, 1, true), (0, 9, 1, true)], rows: [(7, [(0, 2), (1, 4), (2, 6)], 7)])
    guard case .infeasible(let farkas) = Presolve.run(problem).result else {
      Issue.record("not called infeasible")
      return
    }
    #expect(farkas.isEmpty, "no multipliers can prove it")
  }

  @Test func `bounds of whole columns are rounded`() throws {
    let problem = form(
      columns: [(0.5, 3.5, -1, true), (0, 3, -1, true)], rows: [(-inf, [(0, 1), (1, 2)], 6), (-inf, [(0, 3), (1, 1)], 8)])
    let (smaller, postsolve, _) = try #require(reduced(problem))
    #expect(zip(smaller.columnLower, smaller.columnUpper).allSatisfy { $0 == $0.rounded() && $1 == $1.rounded() })
    #expect(!postsolve.restoresDuals)
  }

  @Test func `a continuous column in a whole equation is found to be whole`() throws {
    let problem = form(
      columns: [(0, 5, 1, true), (0, 5, -1, true), (0, 3, 2, false), (0, 9, 1, false)],
      rows: [(4, [(0, 2), (1, 1), (2, 1)], 4), (1, [(0, 1), (2, 1), (3, 1)], 8), (-1, [(1, 1), (2, -1), (3, 1)], 6)])
    #expect(Presolve.run(problem).summary.counts.impliedIntegers == 1)
  }

  @Test func `a whole column is only eliminated where it stays whole`() throws {
    // x0 = (3 - x1) / 2 would be fractional for even x1.
    let problem = form(
      columns: [(0, 9, -1, true), (0, 9, -1, true), (0, 9, 1, true)],
      rows: [(3, [(0, 2), (1, 1)], 3), (-inf, [(0, 1), (1, 1), (2, -1)], 2)])
    guard let (_, postsolve, _) = reduced(problem) else {
      Issue.record("decided")
      return
    }
    for value in 0...3 {
      let point = postsolve.restrict(point: [Double(value), Double(3 - 2 * value), 2])
      let lifted = postsolve.lift(Postsolve.Answer(point: point)).point
      #expect(lifted.allSatisfy { $0 == $0.rounded() }, "\(lifted)")
    }
  }

  #if GLPK
    @Test("2,000 random forms with whole columns against branch and cut", arguments: 0..<2)
    func random(block: Int) throws {
      for seed in (block * 1000)..<(block * 1000 + 1000) {
        let faults = try integerPresolveFaults(randomReducibleForm(seed: UInt64(seed), integers: true))
        #expect(faults.isEmpty, "seed \(seed): \(faults)")
      }
    }

    @Test func `500 random knapsacks against branch and cut`() throws {
      var tightened = 0
      for seed in 0..<500 {
        var random = Random(seed: UInt64(seed))
        var problem = LinearForm()
        let n = 3 + random.below(6)
        for _ in 0..<n { _ = problem.addColumn(lower: 0, upper: 1, objective: -Double(random.below(20)), isInteger: true) }
        for _ in 0..<3 {
          let terms = (0..<n).filter { _ in random.chance(0.7) }.map {
            ($0, Double(1 + random.below(12)) * (random.chance(0.25) ? -1 : 1))
          }
          let most = terms.reduce(0) { $0 + max(0, $1.1) }
          let side = (0.8 * most).rounded()
          if random.chance(0.5) {
            problem.addRow(terms, lower: -inf, upper: side)
          } else {
            problem.addRow(terms.map { ($0.0, -$0.1) }, lower: -side, upper: inf)
          }
        }
        let faults = try integerPresolveFaults(problem)
        #expect(faults.isEmpty, "seed \(seed): \(faults)")
        tightened += Presolve.run(problem).summary.counts.coefficients
      }
      #expect(tightened > 50)
    }
  #endif
}
