import Constraints
import Testing

@testable import Solvers

private let inf = Double.infinity

#if GLPK
  @Suite("Problems that presolve decides")
  struct PresolveVerdictTests {
    private func farkas(_ form: LinearForm, _ rules: Presolve.Rules = .all) -> [Double]? {
      var options = Presolve.Options()
      options.rules = rules
      guard case .infeasible(let multipliers) = Presolve.run(form, options: options).result else { return nil }
      return multipliers
    }

    @Test func `contradictions come with multipliers that the checker accepts`() throws {
      let cases: [(String, LinearForm)] = [
        ("empty row", linearForm(columns: [(0, 1, 1)], rows: [(1, [:], 2)])),
        ("singleton row", linearForm(columns: [(0, 3, 1)], rows: [(-inf, [0: -2], -8)])),
        ("two singleton rows", linearForm(columns: [(-inf, inf, 1)], rows: [(5, [0: 1], inf), (-inf, [0: 1], 4)])),
        ("activity", linearForm(columns: [(0, 1, 1), (0, 1, 1)], rows: [(3, [0: 1, 1: 1], inf)])),
        (
          "after a fixed column",
          linearForm(columns: [(2, 2, 1), (0, 1, 1), (0, 1, 1)], rows: [(-inf, [0: 1, 1: -1, 2: -1], -1)])
        ),
        (
          "doubleton",
          linearForm(columns: [(0, 5, 1), (0, 5, 1), (0, 1, 0)], rows: [(0, [0: 1, 1: -1], 0), (12, [0: 1, 1: 1, 2: 1], inf)])
        ),
        (
          "parallel rows",
          linearForm(
            columns: [(-inf, inf, 1), (-inf, inf, 1), (-inf, inf, 0)],
            rows: [(5, [0: 1, 1: 2, 2: 1], inf), (-inf, [0: 2, 1: 4, 2: 2], 9), (0, [0: 1, 2: 3], 4)])
        ),
        (
          "forcing rows",
          linearForm(
            columns: [(0, inf, 1), (0, inf, 1), (0, 1, 1)], rows: [(-inf, [0: 1, 1: 1], 0), (2, [0: 1, 1: 1, 2: 1], inf)])
        ),
      ]
      for (name, problem) in cases {
        let multipliers = try #require(farkas(problem), "\(name)")
        #expect(Checker().farkasMargin(multipliers: multipliers, of: model(of: problem)) != nil, "\(name): \(multipliers)")
      }
    }

    @Test func `equations whose combination has another side contradict each other`() throws {
      // Row 2 is twice row 0 plus row 1, but for its side, which should be 9.
      for side in [7.0, 11] {
        let problem = linearForm(
          columns: [(-inf, inf, 1), (-inf, inf, 1), (-inf, inf, 0), (-inf, inf, 0)],
          rows: [
            (4, [0: 1, 1: 2, 2: 1, 3: -1], 4), (1, [0: 2, 1: -1, 2: 1, 3: 3], 1),
            (side, [0: 4, 1: 3, 2: 3, 3: 1], side),
          ])
        let multipliers = try #require(farkas(problem, .dependentEquations))
        #expect(Checker().farkasMargin(multipliers: multipliers, of: model(of: problem)) != nil, "\(multipliers)")
      }
    }

    @Test func `a column with crossed bounds is infeasible without multipliers`() {
      #expect(farkas(linearForm(columns: [(2, 1, 1)], rows: [(0, [0: 1], 9)])) == [])
    }

    @Test func `a contradiction within rounding is not claimed`() {
      let problem = linearForm(columns: [(0, 1, 1), (0, 1, 1)], rows: [(2 + 1e-12, [0: 1, 1: 1], inf)])
      #expect(farkas(problem) == nil)
    }

    @Test func `a ray comes back through what was substituted`() throws {
      // x2 = x0 + x1 is eliminated; x0 and x1 may rise together for ever.
      let problem = linearForm(
        .maximize, columns: [(0, inf, 1), (0, inf, 1), (-inf, inf, 0)],
        rows: [(0, [0: 1, 1: 1, 2: -1], 0), (-1, [0: 1, 1: -1], 1)])
      switch Presolve.run(problem).result {
      case .infeasibleOrUnbounded(let ray):
        #expect((Checker().rayRate(direction: ray, of: model(of: problem)) ?? 0) > 0)
      case .reduced(let smaller, let postsolve):
        let ray = postsolve.liftRay(try simplex(smaller.linear).ray)
        #expect((Checker().rayRate(direction: ray, of: model(of: problem)) ?? 0) > 0)
      case .infeasible: Issue.record("not infeasible")
      }
    }

    @Test func `nothing to reduce gives the same form back`() throws {
      let problem = linearForm(
        columns: [(0, 4, -1), (0, 4, -2), (0, 4, 3)],
        rows: [(-inf, [0: 1, 1: 2, 2: -1], 6), (-inf, [0: 2, 1: 1, 2: -1], 6), (-inf, [0: 1, 1: -1, 2: 1], 2)])
      guard case .reduced(let same, let postsolve) = Presolve.run(problem).result else {
        Issue.record("not reduced")
        return
      }
      #expect(postsolve.isIdentity && same.linear.columnCount == 3)
      let answer = try simplex(problem).answer
      #expect(postsolve.lift(answer).point == answer.point && postsolve.lift(answer).rowDuals == answer.rowDuals)
    }

    @Test func `an empty form is left alone`() {
      guard case .reduced(let same, _) = Presolve.run(LinearForm()).result else {
        Issue.record("not reduced")
        return
      }
      #expect(same.linear.columnCount == 0 && same.linear.rowCount == 0)
    }
  }
#endif
