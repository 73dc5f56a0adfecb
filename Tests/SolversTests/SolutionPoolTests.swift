import Constraints
import Testing

@testable import Solvers

#if GLPK
  @Suite("Solution pools, starts and prices of integer models")
  struct SolutionPoolTests {
    /// A small model over whole numbers with one continuous variable, which whole values of the others determine.
    private func sample(seed: UInt64) -> Model {
      var random = Random(seed: seed)
      var model = Model("sample")
      let binaries = (0..<4).map { model.addVariable("b\($0)", domain: .binary) }
      let general = model.addVariable("g", lower: -1, upper: 2, domain: .integer)
      let slack = model.addVariable("s", lower: 0, upper: 50)
      let all = binaries + [general]
      let weights = all.map { _ in Double(1 + random.below(7)) }
      model.addRow(
        .name("weight"), zip(all, weights).map { LinearTerm($1, $0.index) }, lower: -.infinity, upper: Double(6 + random.below(8)))
      // Costs without ties: powers of two spread by the seed.
      let costs = all.indices.map { Double(1 << ($0 + 1)) + Double(random.below(3)) * 0.125 + Double($0) * 0.01 }
      model.addRow(.name("measure"), [LinearTerm(1, slack.index), LinearTerm(-1, general.index)], lower: 1, upper: .infinity)
      model.setObjective(
        .maximize,
        ScalarFunction(linear: zip(all, costs).map { LinearTerm($1, $0.index) } + [LinearTerm(-0.5, slack.index)]))
      return model
    }

    /// All whole points with their objectives, best first.
    private func enumerated(_ model: Model) -> [(whole: [Double], objective: Double)] {
      var list: [(whole: [Double], objective: Double)] = []
      for code in 0..<64 {
        var point = (0..<4).map { Double((code >> $0) & 1) }
        point.append(Double(code >> 4) - 1)
        point.append(max(0, point[4] + 1))
        let check = Checker().check(point: point, of: model)
        if case .confirmed = check.verdict, let objective = check.objective { list.append((Array(point.prefix(5)), objective)) }
      }
      return list.sorted { $0.objective > $1.objective }
    }

    private func solve(_ model: Model, _ heuristics: [any Heuristic] = [], _ change: (inout SolveOptions) -> Void) throws -> Solution {
      var options = SolveOptions()
      change(&options)
      return try SolvePipeline(options: options, heuristics: heuristics).solve(model)
    }

    @Test func `the pool holds the best points, as enumeration finds them`() throws {
      for seed in 1...12 {
        let model = sample(seed: UInt64(seed))
        let expected = enumerated(model)
        let solution = try solve(model) { $0.poolSize = 7 }
        #expect(solution.pool.count == min(7, expected.count), "seed \(seed)")
        for (point, best) in zip(solution.pool, expected) {
          #expect(abs(point.objective - best.objective) <= 1e-6, "seed \(seed)")
          #expect((point.violation ?? 1) <= 1e-6)
        }
        #expect(solution.poolDetail.hasPrefix("the 7 best"), "\(solution.poolDetail)")
      }
    }

    @Test func `a pool larger than the model has points ends with all of them`() throws {
      let model = sample(seed: 3)
      let expected = enumerated(model)
      let solution = try solve(model) { $0.poolSize = 1000 }
      #expect(solution.pool.count == expected.count)
      #expect(solution.poolDetail.hasPrefix("all \(expected.count) points"))
    }

    @Test func `a gap keeps worse points out, diversity keeps near ones out`() throws {
      let model = sample(seed: 5)
      let expected = enumerated(model)
      let best = expected[0].objective
      let near = try solve(model) { options in
        options.poolSize = 1000
        options.poolGap = 0.2
      }
      let within = expected.filter { $0.objective >= best - 0.2 * abs(best) - 1e-9 }
      #expect(near.pool.count == within.count)
      let spread = try solve(model) { options in
        options.poolSize = 1000
        options.poolDiversity = 3
      }
      // The greedy choice: the best, then the best that differs in three values from all before, and so on.
      var chosen: [(whole: [Double], objective: Double)] = []
      for candidate in expected {
        let isFar = chosen.allSatisfy { other in zip(other.whole, candidate.whole).filter { $0 != $1 }.count >= 3 }
        if isFar { chosen.append(candidate) }
      }
      #expect(spread.pool.count == chosen.count)
      for (point, expected) in zip(spread.pool, chosen) { #expect(abs(point.objective - expected.objective) <= 1e-6) }
    }

    @Test func `without whole numbers there is no pool, and the reason is said`() throws {
      var model = Model()
      let x = model.variable("x", in: 0...3)
      model.maximize(x)
      let solution = try solve(model) { $0.poolSize = 3 }
      #expect(solution.pool.isEmpty)
      #expect(solution.poolDetail.contains("no whole numbers"))
    }

    private func fate(_ model: Model, _ values: [Double]) throws -> StartReport {
      let solution = try solve(model, [StartPoint(name: "start test", points: [values])]) { _ in }
      #expect(solution.outcome == .optimal)
      return try #require(solution.starts.first)
    }

    @Test func `starts are used, completed, repaired or rejected, with the reason`() throws {
      let model = sample(seed: 2)
      let feasible = try #require(enumerated(model).last)
      let good = feasible.whole + [feasible.whole[4] + 1]
      #expect(try fate(model, good).fate == .used)
      let partial = try fate(model, [0, .nan, 0, .nan, -1, .nan])
      #expect(partial.fate == .completed && partial.reason.contains("3 of 6"))
      let wrongRest = try fate(model, feasible.whole + [0.25])
      #expect(wrongRest.fate == .repaired || wrongRest.fate == .used)
      let impossible = try fate(model, [1, 1, 1, 1, 2, 3])
      #expect(impossible.fate == .repaired)
      #expect(impossible.reason.contains("'weight'") && impossible.reason.contains("given values changed"))
      let outside = try fate(model, [7, 0, 0, 0, 0, 1])
      #expect(outside.fate == .repaired)
      #expect(try fate(model, [0, 0]).fate == .rejected)
      #expect(try fate(model, [Double](repeating: .nan, count: 6)).fate == .rejected)
    }

    @Test func `a start of an infeasible model is rejected with what it violates`() throws {
      var model = Model()
      let x = model.addVariable("x", lower: 0, upper: 3, domain: .integer)
      let y = model.addVariable("y", lower: 0, upper: 3, domain: .integer)
      model.addRow(.name("odd"), [LinearTerm(2, x.index), LinearTerm(2, y.index)], lower: 3, upper: 3)
      let solution = try solve(model, [StartPoint(name: "start", points: [[1, 1]])]) { _ in }
      #expect(solution.outcome == .infeasible)
      #expect(solution.starts.first?.fate == .rejected)
      #expect(solution.starts.first?.reason.contains("'odd' by 1") == true)
    }

    @Test func `prices of an integer model are those with its integers fixed`() throws {
      for seed in 1...8 {
        let model = sample(seed: UInt64(seed))
        let solution = try solve(model) { $0.duals = true }
        #expect(solution.rowDuals.count == model.rows.count)
        let base = try #require(solution.objective)
        // A little more on the right-hand side, the integers as they are.
        var moved = model
        for j in 0..<5 { moved.fix(model.variable(at: j), to: solution.values[j]) }
        moved.setRowBounds(1, lower: model.rows.lower[1] + 0.25, upper: .infinity)
        let after = try #require(try moved.solve().objective)
        #expect(abs((after - base) - 0.25 * solution.rowDuals[1]) <= 1e-6, "seed \(seed)")
      }
    }

    @Test func `objectives in order agree with enumeration, with and without tolerance`() throws {
      for seed in 1...12 {
        for tolerance in [0.0, 0.3] {
          var model = sample(seed: UInt64(seed))
          let points = enumerated(model)
          let first = model.objectives[0].function
          let second = ScalarFunction(linear: [LinearTerm(1, 0), LinearTerm(-2, 1), LinearTerm(3, 4)])
          model.replaceObjectives([
            Objective(.maximize, first, priority: 2, relativeTolerance: tolerance),
            Objective(.minimize, second, priority: 1),
          ])
          let solution = try model.solve()
          #expect(solution.outcome == .optimal)
          let least = points[0].objective - tolerance * abs(points[0].objective)
          let allowed = points.filter { $0.objective >= least - 1e-9 }
          let best = allowed.map { $0.whole[0] - 2 * $0.whole[1] + 3 * $0.whole[4] }.min()
          let value = solution.values[0] - 2 * solution.values[1] + 3 * solution.values[4]
          #expect(value == best, "seed \(seed), tolerance \(tolerance)")
        }
      }
    }
  }
#endif
