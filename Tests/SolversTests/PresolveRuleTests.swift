import Constraints
import LinearAlgebra
import Testing

@testable import Solvers

/// A form from columns (lower, upper, cost) and rows (lower, entries by column, upper).
private func form(
  _ sense: ObjectiveSense = .minimize, columns: [(Double, Double, Double)],
  rows: [(Double, [Int: Double], Double)]
) -> LinearForm {
  var form = LinearForm()
  form.sense = sense
  for (low, high, cost) in columns { _ = form.addColumn(lower: low, upper: high, objective: cost) }
  for (low, terms, high) in rows {
    form.addRow(terms.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }, lower: low, upper: high)
  }
  return form
}

private let inf = Double.infinity

private func isClose(_ a: [Double], _ b: [Double]) -> Bool {
  a.count == b.count && zip(a, b).allSatisfy { abs($0 - $1) <= 1e-9 * max(1, abs($1)) }
}

#if GLPK
  /// Each rule alone on problems made for it: what it removes, and that the answer comes back with multipliers, reduced
  /// costs and a basis from which the simplex method has nothing to do.
  @Suite("Rules of presolve")
  struct PresolveRuleTests {
    /// Presolves with the rules given, checks the answer that comes back, and returns what was done.
    private func reduced(
      _ form: LinearForm, _ rules: Presolve.Rules, _ place: Testing.SourceLocation = #_sourceLocation
    ) throws -> (LinearForm, Postsolve.Answer, Presolve.Counts) {
      var options = Presolve.Options()
      options.rules = rules
      let presolve = Presolve.run(form, options: options)
      guard case .reduced(let smaller, let postsolve) = presolve.result else {
        throw Unexpected(what: "\(presolve.result)")
      }
      var iterations = 0
      let faults = try presolveFaults(form, options: options, extraIterations: &iterations)
      #expect(faults.isEmpty, "\(faults)", sourceLocation: place)
      #expect(iterations == 0, "\(iterations) iterations from the basis", sourceLocation: place)
      let answer = postsolve.lift(try simplex(smaller.linear).answer)
      try #require(answer.rowDuals.count == form.rowCount && answer.reducedCosts.count == form.columnCount)
      return (smaller.linear, answer, presolve.summary.counts)
    }

    private struct Unexpected: Error { var what: String }

    @Test func `an empty row goes and an empty column takes its best bound`() throws {
      let problem = form(columns: [(-1, 5, 2), (-3, 4, -1), (2, 6, 0)], rows: [(-1, [:], 1)])
      let (left, answer, counts) = try reduced(problem, .basic)
      #expect(left.rowCount == 0 && left.columnCount == 0)
      #expect(isClose(answer.point, [-1, 4, 2]))
      #expect(isClose(answer.reducedCosts, [2, -1, 0]))
      #expect(counts.emptyRows == 1 && counts.emptyColumns == 3)
    }

    @Test func `a fixed column moves to the sides and gets its reduced cost back`() throws {
      let problem = form(
        columns: [(3, 3, 7), (0, inf, 1), (0, inf, 2)], rows: [(10, [0: 2, 1: 1, 2: 1], inf), (-inf, [1: 1, 2: -1], 1)])
      let (left, answer, _) = try reduced(problem, .basic)
      #expect(left.columnCount == 2 && left.rowLower.first == 4)
      // y = (1.5, -0.5): 7 - 2 * 1.5
      #expect(isClose(answer.point, [3, 2.5, 1.5]))
      #expect(isClose(answer.reducedCosts, [4, 0, 0]))
    }

    @Test(arguments: [2.0, -2.0], [1.0, -1.0])
    func `a singleton row becomes a bound and gets the multiplier of the bound`(entry: Double, cost: Double) throws {
      // 4 <= entry * x <= 8, so x is within 2...4 or -4 ... -2.
      let problem = form(
        columns: [(-10, 10, cost), (0, 1, 0.5)], rows: [(4, [0: entry], 8), (-30, [0: 1, 1: 3], 30)])
      let (_, answer, counts) = try reduced(problem, .basic)
      #expect(counts.singletonRows == 1)
      let low = entry > 0 ? 2.0 : -4.0
      #expect(answer.point[0] == (cost > 0 ? low : low + 2))
      #expect(answer.rowDuals[0] == cost / entry)
      #expect(answer.reducedCosts[0] == 0)
      #expect(answer.basis?.columns.first == .basic)
    }

    @Test func `a singleton row looser than the bound gets no multiplier`() throws {
      let problem = form(columns: [(0, 3, -1)], rows: [(-inf, [0: 2], 8)])
      let (_, answer, _) = try reduced(problem, .basic)
      #expect(answer.rowDuals == [0] && answer.reducedCosts == [-1])
      #expect(answer.basis?.rows == [.basic] && answer.basis?.columns == [.atUpper])
    }

    @Test func `a row that bounds cannot break goes`() throws {
      let problem = form(
        columns: [(0, 1, -1), (0, 1, -2), (0, 1, -3)],
        rows: [(-inf, [0: 1, 1: 1, 2: 1], 3), (-1, [0: 1, 1: 1, 2: 1], 2), (1, [0: 1, 1: -1, 2: 1], inf)])
      let (left, answer, counts) = try reduced(problem, .basic)
      #expect(left.rowCount == 2 && counts.redundantRows == 1)
      #expect(left.rowLower.first == -inf, "the side that cannot be reached goes alone")
      #expect(answer.rowDuals[0] == 0)
    }

    @Test(arguments: [1.0, -1.0])
    func `a forcing row fixes its columns and takes the multiplier that prices them all`(sign: Double) throws {
      // x0 + 2 x1 - x2 <= -3 with x >= 0 and x2 <= 3: only (0, 0, 3).
      let side = (sign > 0 ? -inf : 3, sign > 0 ? -3 : inf)
      let problem = form(
        columns: [(0, inf, -4), (0, inf, -2), (0, 3, 1)], rows: [(side.0, [0: sign, 1: 2 * sign, 2: -sign], side.1)])
      let (left, answer, counts) = try reduced(problem, .basic)
      #expect(counts.forcingRows == 1 && left.columnCount == 0)
      #expect(isClose(answer.point, [0, 0, 3]))
      #expect(answer.rowDuals == [-4 * sign], "the column that needs most decides")
      #expect(answer.basis?.columns.first == .basic)
    }

    @Test func `a column that all its rows pull down goes to its lower bound`() throws {
      let problem = form(
        columns: [(1, inf, 0), (0, inf, -1)], rows: [(-inf, [0: 1, 1: 1], 5), (-2, [0: -1, 1: 2], inf)])
      let (_, answer, counts) = try reduced(problem, .basic)
      #expect(counts.dualFixed >= 1)
      #expect(isClose(answer.point, [1, 4]))
    }

    @Test func `a free column without cost takes the rows that it can satisfy along`() throws {
      let problem = form(
        columns: [(-inf, inf, 0), (0, 2, -1), (0, 2, -1)],
        rows: [(-inf, [0: 1, 1: 1, 2: 2], -4), (3, [0: -2, 1: 1], inf), (-inf, [1: 1, 2: 1], 3)])
      let (_, answer, counts) = try reduced(problem, .basic)
      #expect(counts.pulledRows == 2)
      #expect(answer.point[0] <= -4 - answer.point[1] - 2 * answer.point[2] + 1e-9)
    }

    @Test(arguments: [2.0, -2.0], [3.0, -3.0, 0.0])
    func `a free column singleton is expressed by its row`(entry: Double, cost: Double) throws {
      for (low, high) in [(4.0, 4.0), (-1, 6)] {
        let problem = form(
          columns: [(-inf, inf, cost), (0, 5, 1), (0, 5, 1.5)],
          rows: [(low, [0: entry, 1: 1, 2: 1], high), (-2, [1: 1, 2: -1], 2), (1, [1: 1, 2: 2], inf)])
        let (left, answer, counts) = try reduced(problem, [.basic, .singletonColumns])
        #expect(counts.freeSingletons + counts.slacks + counts.pulledRows > 0 && left.columnCount <= 2)
        #expect(abs(answer.rowDuals[0] - cost / entry) < 1e-12)
        #expect(answer.reducedCosts[0] == 0)
      }
    }

    @Test func `a column kept inside its bounds by its row counts as free`() throws {
      // x0 = 10 - x1 - x2 is within 2...10 for x1, x2 in 0...4.
      let problem = form(
        columns: [(0, 20, 3), (0, 4, 1), (0, 4, 5)], rows: [(10, [0: 1, 1: 1, 2: 1], 10), (1, [1: 1, 2: 3], inf)])
      let (left, answer, counts) = try reduced(problem, [.basic, .singletonColumns])
      #expect(counts.freeSingletons == 1 && left.columnCount < 3)
      #expect(isClose(answer.point, [6, 4, 0]))
      #expect(answer.rowDuals[0] == 3)
    }

    @Test(arguments: [1.0, -2.0], [[0, inf], [-inf, 3], [-1, 2]])
    func `a slack widens the sides of its row`(entry: Double, bounds: [Double]) throws {
      for cost in [0.0, 1.5, -1.5] {
        for sense in [ObjectiveSense.minimize, .maximize] {
          let problem = form(
            sense, columns: [(bounds[0], bounds[1], cost), (0, 5, 1), (-2, 5, -1)],
            rows: [(4, [0: entry, 1: 1, 2: 1], 4), (-3, [1: 1, 2: -1], 2), (-20, [0: 0, 1: 2, 2: 1], 12)])
          let (left, _, counts) = try reduced(problem, [.basic, .singletonColumns])
          #expect(counts.slacks + counts.freeSingletons == 1 && left.columnCount == 2)
        }
      }
    }

    @Test func `a slack without cost widens an inequality too`() throws {
      let problem = form(
        columns: [(0, 2, 0), (0, 5, -1), (0, 5, -1)], rows: [(4, [0: 1, 1: 1, 2: 2], 6), (-inf, [1: 1, 2: -1], 1)])
      let (left, _, counts) = try reduced(problem, [.basic, .singletonColumns])
      #expect(counts.slacks == 1 && left.rowLower.first == 2 && left.rowUpper.first == 6)
    }

    @Test(arguments: [1.0, -2.0], [1.0, 2.0, -1.0])
    func `a doubleton equation passes bounds on and gets them back`(a: Double, b: Double) throws {
      // Every combination of bounds, costs and directions, with a third column that ties both to other rows.
      let choices: [(Double, Double)] = [(0, inf), (-inf, 1), (-1, 2), (-inf, inf)]
      var passed = 0
      var iterations = 0
      for first in choices {
        for second in choices {
          for (c0, c1) in [(1.0, 1.0), (-1, 1), (1, -3), (-2, -1), (0, 1)] {
            let problem = form(
              columns: [(first.0, first.1, c0), (second.0, second.1, c1), (0, 4, 1)],
              rows: [(2, [0: a, 1: b], 2), (-8, [0: 1, 2: 1], 6), (-7, [1: 2, 2: -1], 9), (-9, [0: 1, 1: 1, 2: 1], 9)])
            var options = Presolve.Options()
            options.rules = [.basic, .doubletons]
            let faults = try presolveFaults(problem, options: options, extraIterations: &iterations)
            #expect(faults.isEmpty, "\(first) \(second) \(c0) \(c1): \(faults)")
            passed += Presolve.run(problem, options: options).summary.counts.doubletons
          }
        }
      }
      #expect(passed >= 60)
      #expect(iterations <= 2, "\(iterations) iterations from the bases")
    }

    @Test func `a column inside its bounds by several rows is substituted`() throws {
      // x0 >= 0 follows from row 1 and x0 <= 9 from row 0.
      let problem = form(
        columns: [(0, 9, 1), (0, 3, 2), (0, 3, -1), (0, 3, 1)],
        rows: [(8, [0: 1, 1: 1, 2: 1], 8), (2, [0: 1, 3: -1], inf), (-inf, [0: 2, 1: 1, 3: 1], 20)])
      let (left, answer, counts) = try reduced(problem, [.basic, .impliedFreeColumns])
      #expect(counts.impliedFree == 1 && left.columnCount < 4)
      #expect(answer.reducedCosts[0] == 0)
    }

    @Test func `a column that no multipliers price out goes to its bound`() throws {
      // Columns 2 and 3 are slacks of row 0 at cost 1: |y0| is at most 1. Then 5 - y0 > 0.
      let problem = form(
        columns: [(0, 10, 5), (0, 10, -3), (0, inf, 1), (0, inf, 1), (0, 10, 1)],
        rows: [(2, [0: 1, 1: 1, 2: 1, 3: -1], 2), (1, [1: 1, 4: 2], 9)])
      let (_, answer, counts) = try reduced(problem, [.basic, .dominatedColumns])
      #expect(counts.dominated >= 1)
      #expect(answer.point[0] == 0)
    }

    @Test func `a row whose multiplier cannot be 0 becomes an equation`() throws {
      // Column 0 can rise without limit at a gain of 2, but for row 0: its multiplier is at most -2.
      let problem = form(
        columns: [(0, inf, -2), (0, 9, 1), (0, 9, 3)], rows: [(-inf, [0: 1, 1: -1, 2: -1], 4), (3, [1: 1, 2: 2], inf)])
      let (left, answer, counts) = try reduced(problem, [.basic, .dominatedColumns])
      #expect(counts.heldRows == 1 && left.rowLower.first == left.rowUpper.first)
      #expect(answer.rowDuals[0] <= -2 + 1e-9)
    }

    @Test(arguments: [3.0, -0.5])
    func `rows that are multiples of each other merge`(factor: Double) throws {
      for (low, high) in [(1.0, 6.0), (-inf, 3), (2.5, inf), (2, 2)] {
        for cost in [1.0, -1.0] {
          let (a, b) = factor > 0 ? (factor * low, factor * high) : (factor * high, factor * low)
          let problem = form(
            columns: [(0, 10, cost), (0, 10, 2 * cost), (0, 1, 1)],
            rows: [(2, [0: 1, 1: 1], 4), (a, [0: factor, 1: factor], b), (-5, [0: 1, 1: -1, 2: 1], 5)])
          let (left, _, counts) = try reduced(problem, [.basic, .parallelRows])
          #expect(counts.parallelRows == 1 && left.rowCount == 2)
        }
      }
    }

    @Test(arguments: [1.0, 2.0, -1.0])
    func `columns that are multiples of each other merge and are told apart`(factor: Double) throws {
      for cost in [1.0, -1.0] {
        for (low, high) in [(0.0, 2.0), (-1, inf), (-inf, 1)] {
          let problem = form(
            columns: [(0, 3, cost), (low, high, factor * cost), (0, 9, 1.5)],
            rows: [(1, [0: 1, 1: factor, 2: 1], 5), (0, [0: -1, 1: -factor, 2: 1], 6)])
          let (left, _, counts) = try reduced(problem, [.basic, .parallelColumns])
          #expect(counts.parallelColumns == 1 && left.columnCount == 2)
        }
      }
    }

    @Test func `an equation that follows from others goes and gets no multiplier`() throws {
      // Row 2 is row 0 plus twice row 1, and no two rows are multiples of each other.
      let problem = form(
        columns: [(0, 9, 1), (0, 9, 2), (0, 9, -1), (0, 9, 3), (0, 9, 1)],
        rows: [
          (8, [0: 1, 1: 1, 2: 2, 3: 1], 8), (3, [0: 1, 2: -1, 3: 1, 4: 1], 3),
          (14, [0: 3, 1: 1, 3: 3, 4: 2], 14), (-inf, [1: 1, 2: 1, 4: -1], 7),
        ])
      let (left, answer, counts) = try reduced(problem, .dependentEquations)
      #expect(counts.dependentRows == 1 && left.rowCount == 3)
      let slacks = try #require(answer.basis).rows.prefix(3)
      #expect(zip(slacks, answer.rowDuals).contains { $0 == .basic && $1 == 0 })
    }

    @Test func `of the equations of an assignment one goes`() throws {
      // Each of three tasks once and each of three machines once: six equations of rank five.
      let costs: [Double] = [4, 1, 3, 2, 0, 5, 3, 2, 2]
      var rows: [(Double, [Int: Double], Double)] = []
      for i in 0..<3 {
        rows.append((1, [3 * i: 1, 3 * i + 1: 1, 3 * i + 2: 1], 1))
        rows.append((1, [i: 1, i + 3: 1, i + 6: 1], 1))
      }
      let problem = form(columns: costs.map { (0, inf, $0) }, rows: rows)
      let (left, answer, counts) = try reduced(problem, .dependentEquations)
      #expect(counts.dependentRows == 1 && left.rowCount == 5)
      #expect(abs(zip(costs, answer.point).reduce(0) { $0 + $1.0 * $1.1 } - 5) < 1e-9)
    }

    @Test func `of two columns alike the dearer one stays out`() throws {
      let problem = form(
        columns: [(0, inf, 2), (0, inf, 3), (0, 4, 1)],
        rows: [(5, [0: 1, 1: 1, 2: 1], 9), (-2, [0: 1, 1: 1, 2: -1], inf)])
      let (left, answer, counts) = try reduced(problem, [.basic, .parallelColumns])
      #expect(counts.dominated == 1 && left.columnCount == 2)
      #expect(answer.point[1] == 0 && answer.reducedCosts[1] >= 1 - 1e-9)
    }

    @Test func `a side that other rows imply goes`() throws {
      // x0 + x1 = 4 bounds both by 4, so 2 x0 + x1 <= 12 always holds.
      let problem = form(
        columns: [(0, inf, -1), (0, inf, 1), (0, inf, 1)],
        rows: [(4, [0: 1, 1: 1], 4), (-inf, [0: 2, 1: 1], 12), (1, [0: 1, 2: 1], inf)])
      let (left, _, counts) = try reduced(problem, [.basic, .impliedRows])
      #expect(counts.impliedSides == 1 && left.rowCount == 2)
    }
  }

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
        ("empty row", form(columns: [(0, 1, 1)], rows: [(1, [:], 2)])),
        ("singleton row", form(columns: [(0, 3, 1)], rows: [(-inf, [0: -2], -8)])),
        ("two singleton rows", form(columns: [(-inf, inf, 1)], rows: [(5, [0: 1], inf), (-inf, [0: 1], 4)])),
        ("activity", form(columns: [(0, 1, 1), (0, 1, 1)], rows: [(3, [0: 1, 1: 1], inf)])),
        (
          "after a fixed column",
          form(columns: [(2, 2, 1), (0, 1, 1), (0, 1, 1)], rows: [(-inf, [0: 1, 1: -1, 2: -1], -1)])
        ),
        (
          "doubleton",
          form(columns: [(0, 5, 1), (0, 5, 1), (0, 1, 0)], rows: [(0, [0: 1, 1: -1], 0), (12, [0: 1, 1: 1, 2: 1], inf)])
        ),
        (
          "parallel rows",
          form(
            columns: [(-inf, inf, 1), (-inf, inf, 1), (-inf, inf, 0)],
            rows: [(5, [0: 1, 1: 2, 2: 1], inf), (-inf, [0: 2, 1: 4, 2: 2], 9), (0, [0: 1, 2: 3], 4)])
        ),
        (
          "forcing rows",
          form(
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
        let problem = form(
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
      #expect(farkas(form(columns: [(2, 1, 1)], rows: [(0, [0: 1], 9)])) == [])
    }

    @Test func `a contradiction within rounding is not claimed`() {
      let problem = form(columns: [(0, 1, 1), (0, 1, 1)], rows: [(2 + 1e-12, [0: 1, 1: 1], inf)])
      #expect(farkas(problem) == nil)
    }

    @Test func `a ray comes back through what was substituted`() throws {
      // x2 = x0 + x1 is eliminated; x0 and x1 may rise together for ever.
      let problem = form(
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
      let problem = form(
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
