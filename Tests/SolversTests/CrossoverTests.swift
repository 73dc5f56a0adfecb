import Constraints
import LinearAlgebra
import Synchronization
import Testing

@testable import Solvers

#if GLPK
  @Suite struct CrossoverTests {
    /// A linear form with a known optimal point and multipliers, so that it is feasible and bounded; many optimal
    /// vertices and bases, free and fixed columns, rows that follow from others.
    private static func degenerateForm(seed: UInt64) -> LinearForm {
      var random = Random(seed: seed)
      var form = LinearForm()
      form.sense = random.chance(0.5) ? .minimize : .maximize
      let n = 2 + random.below(40)
      let m = 1 + random.below(30)
      var point: [Double] = []
      var costs = [Double](repeating: 0, count: n)
      for j in 0..<n {
        let x = Double(random.below(7) - 3)
        point.append(x)
        let bounds: (Double, Double) =
          switch random.below(8) {
          case 0: (-.infinity, .infinity)
          case 1: (x, x)
          case 2, 3: (x, .infinity)
          case 4: (-.infinity, x)
          case 5: (x - 2, x + 3)
          default: (x, x + 4)
          }
        // Reduced costs that fit the bound that the point is at, often zero.
        let z = random.chance(0.5) ? 0 : Double(random.below(4))
        costs[j] = bounds.0 == x ? z : bounds.1 == x ? -z : 0
        _ = form.addColumn(lower: bounds.0, upper: bounds.1)
      }
      var rows: [[Double]] = []
      for i in 0..<m {
        var row = [Double](repeating: 0, count: n)
        if i > 1 && random.chance(0.3) {
          let (a, b) = (random.below(i), random.below(i))
          for j in 0..<n { row[j] = rows[a][j] + rows[b][j] }
        } else {
          for _ in 0..<1 + random.below(5) { row[random.below(n)] = Double(random.below(7) - 3) }
        }
        rows.append(row)
        let activity = (0..<n).reduce(0) { $0 + row[$1] * point[$1] }
        let y = random.chance(0.4) ? 0 : Double(random.below(4))
        switch random.below(4) {
        case 0:
          form.addRow(Array(row.enumerated()), lower: activity, upper: activity)
          for j in 0..<n { costs[j] += y * row[j] }
        case 1:
          form.addRow(Array(row.enumerated()), lower: activity, upper: .infinity)
          for j in 0..<n { costs[j] += y * row[j] }
        case 2:
          form.addRow(Array(row.enumerated()), lower: -.infinity, upper: activity)
          for j in 0..<n { costs[j] -= y * row[j] }
        default: form.addRow(Array(row.enumerated()), lower: activity - 3, upper: activity + 2)
        }
      }
      form.objective = costs.map { $0 * form.sense.sign }
      return form
    }

    private func crossed(_ form: LinearForm, presolve: Bool) throws -> FormOutcome {
      var options = SolveOptions()
      options.crossover = true
      options.presolve = presolve
      return try InteriorPointSolver().solve(.linear(form), options: options, context: SolveContext())
    }

    @Test func `the basis is optimal for the simplex method, with and without presolve`() throws {
      var extra = 0
      for seed in 0..<250 as Range<UInt64> {
        let form = CrossoverTests.degenerateForm(seed: seed)
        let optimum = try #require(try simplex(form).objective)
        for presolve in [false, true] {
          let outcome = try crossed(form, presolve: presolve)
          try #require(outcome.outcome == .optimal, "\(seed)")
          let basis = try #require(outcome.basis, "\(seed) \(presolve)")
          #expect(basis.isComplete, "\(seed) \(presolve)")
          #expect(abs((outcome.objective ?? .nan) - optimum) <= 1e-8 * max(1, abs(optimum)), "\(seed) \(presolve)")
          #expect(OptimalityGap(outcome.answer, of: ConicForm(form)).largest < 1e-8, "\(seed) \(presolve)")
          let again = try simplex(form, basis: basis, primal: true)
          #expect(again.outcome == .optimal)
          extra += again.statistics.iterations
        }
      }
      // A step here and there is owed to equal bounds, which presolve takes away.
      #expect(extra <= 10)
    }

    @Test func `columns that are not basic are at their bounds`() throws {
      for seed in 1000..<1100 as Range<UInt64> {
        let form = CrossoverTests.degenerateForm(seed: seed)
        let outcome = try crossed(form, presolve: true)
        let basis = try #require(outcome.basis)
        for j in 0..<form.columnCount {
          let x = outcome.point[j]
          switch basis.columns[j] {
          case .basic: break
          case .atLower, .fixed: #expect(abs(x - form.columnLower[j]) < 1e-9 * max(1, abs(x)), "\(seed) \(j)")
          case .atUpper: #expect(abs(x - form.columnUpper[j]) < 1e-9 * max(1, abs(x)), "\(seed) \(j)")
          case .free: #expect(form.columnLower[j] == -.infinity && form.columnUpper[j] == .infinity)
          }
        }
      }
    }

    @Test func `forms without optimum are left as they are`() throws {
      for seed in 0..<150 as Range<UInt64> {
        let form = randomReducibleForm(seed: seed)
        var options = SolveOptions()
        options.presolve = seed % 2 == 0
        let inside = try InteriorPointSolver().solve(.linear(form), options: options, context: SolveContext())
        let outcome = try crossed(form, presolve: options.presolve)
        if outcome.outcome == .optimal {
          // The simplex method may have ended what the interior-point method left open.
          #expect(inside.outcome == .optimal || inside.outcome == .unknown, "\(seed)")
          #expect(outcome.basis?.isComplete == true, "\(seed)")
          #expect(try simplex(form).outcome == .optimal, "\(seed)")
        } else {
          #expect(outcome.outcome == inside.outcome, "\(seed)")
          #expect(outcome.farkas == inside.farkas && outcome.ray == inside.ray, "\(seed)")
        }
      }
    }

    @Test func `the checker confirms the vertex of a transport problem, whose shipments are then whole`() throws {
      var random = Random(seed: 7)
      var form = LinearForm()
      let (plants, markets) = (8, 12)
      for _ in 0..<plants * markets {
        _ = form.addColumn(lower: 0, upper: .infinity, objective: Double(1 + random.below(3)))
      }
      for i in 0..<plants {
        form.addRow((0..<markets).map { (i * markets + $0, 1) }, lower: -.infinity, upper: 36)
      }
      for j in 0..<markets {
        form.addRow((0..<plants).map { ($0 * markets + j, 1) }, lower: Double(10 + random.below(14)), upper: .infinity)
      }
      let transport = model(of: form)
      var options = SolveOptions()
      options.solver = "interior"
      let inside = try transport.solve(options: options)
      options.crossover = true
      let vertex = try transport.solve(options: options)
      #expect(vertex.outcome == .optimal && vertex.check?.verdict == .confirmed)
      #expect(abs((vertex.objective ?? .nan) - (inside.objective ?? 0)) < 1e-6)
      #expect(inside.basis == nil && vertex.basis != nil)
      #expect(vertex.values.allSatisfy { abs($0 - $0.rounded()) < 1e-9 })
      #expect(!inside.values.allSatisfy { abs($0 - $0.rounded()) < 1e-6 })
    }

    @Test func `stopped on the way, the interior answer stands`() throws {
      let form = CrossoverTests.degenerateForm(seed: 3)
      var options = SolveOptions()
      options.presolve = false
      let inside = try InteriorPointSolver().solve(.linear(form), options: options, context: SolveContext())
      options.crossover = true
      let cancellation = Cancellation()
      let phases = Mutex<[String]>([])
      let context = SolveContext(
        cancellation: cancellation,
        report: { event in
          if case .phase(let name) = event {
            phases.withLock { $0.append(name) }
            if name == "crossover" { cancellation.cancel() }
          }
        })
      let outcome = try InteriorPointSolver().solve(.linear(form), options: options, context: context)
      #expect(phases.withLock { $0 }.contains("crossover"))
      #expect(outcome.outcome == .optimal)
      #expect(outcome.basis == nil)
      #expect(outcome.point == inside.point)
    }

    @Test func `from a rough point the simplex method ends what is left`() throws {
      for seed in 2000..<2100 as Range<UInt64> {
        let form = CrossoverTests.degenerateForm(seed: seed)
        var random = Random(seed: seed)
        var rough = try simplex(form)
        let optimum = try #require(rough.objective)
        func noise() -> Double { Double(random.below(2001) - 1000) * 1e-5 }
        for j in 0..<form.columnCount {
          rough.point[j] = min(max(rough.point[j] + noise(), form.columnLower[j]), form.columnUpper[j])
        }
        for i in 0..<form.rowCount { rough.rowDuals[i] += noise() }
        rough.basis = nil
        let outcome = VertexRecovery.run(rough, of: form, options: SolveOptions(), context: SolveContext())
        #expect(outcome.basis?.isComplete == true, "\(seed)")
        #expect(abs((outcome.objective ?? .nan) - optimum) <= 1e-8 * max(1, abs(optimum)), "\(seed)")
        #expect(OptimalityGap(outcome.answer, of: ConicForm(form)).largest < 1e-7, "\(seed)")
      }
    }

    @Test func `the simplex method takes almost no steps from the basis on netlib`() throws {
      let table = Instances.table("lp/netlib", column: "computed optimum")
      if table.isEmpty { return print("skipped: no lp/netlib in \(Instances.folder)") }
      for (name, value) in table {
        let model = try ModelFormats.read(path: "\(Instances.folder)/lp/netlib/\(name).mps.gz").model
        let optimum = try #require(Double(value))
        var options = SolveOptions()
        options.solver = "interior"
        options.crossover = true
        let solution = try model.solve(options: options)
        #expect(solution.outcome == .optimal && solution.check?.verdict == .confirmed, "\(name)")
        #expect(abs((solution.objective ?? .nan) - optimum) <= 1e-6 * max(1, abs(optimum)), "\(name)")
        let basis = try #require(solution.basis, "\(name)")
        options.solver = "glpk"
        options.method = .primal
        options.presolve = false
        #expect(basis.isComplete, "\(name)")
        let again = try SolvePipeline(options: options, basis: basis).solve(model)
        #expect(again.outcome == .optimal, "\(name)")
        let steps = again.statistics.iterations
        #expect(steps <= 5 + model.rows.count / 50, "\(name): \(steps) steps")
      }
    }
  }
#endif
