import Constraints
import Testing

@testable import Solvers

@Suite("First-order method: outcomes and certificates")
struct FirstOrderCertificateTests {
  /// Without presolve unless asked for, so that it is the method that answers.
  private func solve(_ model: Model, presolve: Bool = false) throws -> Solution {
    var options = SolveOptions()
    options.presolve = presolve
    options.solver = "pdhg"
    options.timeLimit = .seconds(30)
    return try model.solve(options: options)
  }

  @Test func `a contradiction of two rows is proved`() throws {
    var model = Model()
    let x = model.variable("x", in: 0...)
    let y = model.variable("y")
    model.subject(to: "at least 5") { x + y >= 5 }
    model.subject(to: "at most 8") { 2 * x + 2 * y <= 8 }
    model.minimize(x)
    let solution = try solve(model)
    #expect(solution.outcome == .infeasible)
    #expect(solution.proof == .certificate)
    #expect(solution.check?.verdict == .confirmed)
  }

  @Test func `an unbounded program gives a direction and a point to start from`() throws {
    var model = Model()
    let x = model.variable("x", in: 0...)
    let y = model.variable("y", in: 0...)
    model.subject(to: "difference") { x - y == 1 }
    model.maximize(x + y)
    let solution = try solve(model)
    #expect(solution.outcome == .unbounded)
    #expect(solution.check?.verdict == .confirmed)
    guard case .ray(let direction)? = solution.certificate else {
      Issue.record("no ray")
      return
    }
    #expect(abs(direction[0] - direction[1]) <= 1e-9 * abs(direction[0]))
  }

  @Test func `a program that is neither feasible nor bounded is called infeasible`() throws {
    var model = Model()
    let x = model.variable("x", in: 0...)
    let y = model.variable("y", in: 0...)
    let z = model.variable("z", in: 0...)
    model.subject(to: "difference") { x - y == 1 }
    model.subject(to: "sum") { y + z <= -1 }
    model.maximize(x)
    let solution = try solve(model)
    #expect(solution.outcome == .infeasible)
    #expect(solution.proof == .certificate)
  }

  #if GLPK
    @Test(arguments: 0..<4) func `random models agree with GLPK, and the checker confirms each`(block: Int) throws {
      for seed in (block * 500)..<(block * 500 + 500) {
        let model = randomLinearModel(seed: UInt64(seed))
        var exact = SolveOptions()
        exact.solver = "glpk"
        let reference = try model.solve(options: exact)
        let answer = try solve(model, presolve: seed % 2 == 0)
        #expect(answer.outcome == reference.outcome, "seed \(seed): \(answer.outcome) against \(reference.outcome)")
        #expect(answer.check?.verdict == .confirmed, "seed \(seed): \(String(describing: answer.check?.verdict))")
        guard reference.outcome == .optimal else { continue }
        let (a, b) = (answer.objective ?? .nan, reference.objective ?? .nan)
        #expect(abs(a - b) <= 1e-5 * max(1, abs(b)), "seed \(seed): \(a) against \(b)")
      }
    }

    @Test func `larger random programs agree with GLPK`() throws {
      for seed in 1...20 {
        var random = Random(seed: UInt64(9000 + seed))
        var form = LinearForm()
        let (m, n) = (10 + random.below(30), 20 + random.below(60))
        var point: [Double] = []
        for _ in 0..<n {
          point.append(Double(random.below(10)))
          let upper = random.chance(0.3) ? 12.0 : .infinity
          _ = form.addColumn(lower: 0, upper: upper, objective: Double(random.below(30)) - 3)
        }
        for i in 0..<m {
          var terms: [(Int, Double)] = []
          var activity = 0.0
          for j in 0..<n where random.chance(0.25) {
            let value = Double(1 + random.below(9))
            terms.append((j, value))
            activity += value * point[j]
          }
          // Every column meets the first row, so that nothing is unbounded.
          if i == 0 { terms = (0..<n).map { ($0, 1) }; activity = point.reduce(0, +) }
          let lower = i % 3 == 0 && i > 0 ? activity : -.infinity
          form.addRow(terms, lower: lower, upper: i % 3 == 1 ? activity + 5 : activity)
        }
        let reference = try GLPKSolver().solve(.linear(form), options: SolveOptions(), context: SolveContext())
        let answer = try FirstOrderSolver().solve(.linear(form), options: SolveOptions(), context: SolveContext())
        #expect(reference.outcome == .optimal && answer.outcome == .optimal, "seed \(seed)")
        let (a, b) = (answer.objective ?? .nan, reference.objective ?? .nan)
        #expect(abs(a - b) <= 1e-5 * max(1, abs(b)), "seed \(seed): \(a) against \(b)")
      }
    }
  #endif

  @Test func `published infeasible programs get certificates`() throws {
    let names = ["bgdbg1", "box1", "chemcom", "ex73a", "galenet", "itest2", "refinery", "woodinfe"]
    let table = Instances.table("lp/infeasible", column: "answer")
    if table.isEmpty { return print("skipped: no lp/infeasible in \(Instances.folder)") }
    for name in names {
      let model = try ModelFormats.read(path: "\(Instances.folder)/lp/infeasible/\(name).mps.gz").model
      let solution = try solve(model)
      #expect(solution.outcome == .infeasible, "\(name): \(solution.outcome)")
      #expect(solution.proof == .certificate, "\(name)")
    }
  }

  @Test func `published optima are met, together in no more iterations than a plain implementation needs`() throws {
    // Iterations to 1e-6 of a direct transcription of the literature, without polishing or longer steps.
    let plain = [
      ("afiro", 1200), ("scsd1", 1200), ("blend", 1800), ("sc50a", 2000), ("israel", 2800), ("adlittle", 5800),
      ("sc205", 10800), ("degen3", 13600), ("scagr7", 19000), ("e226", 22800), ("share2b", 40800),
    ]
    let table = Instances.table("lp/netlib", column: "computed optimum")
    if table.isEmpty { return print("skipped: no lp/netlib in \(Instances.folder)") }
    var total = (ours: 0, plain: 0)
    for (name, iterations) in plain {
      let row = try #require(table.first { $0.name == name })
      let optimum = try #require(Double(row.value))
      let model = try ModelFormats.read(path: "\(Instances.folder)/lp/netlib/\(name).mps.gz").model
      let solution = try solve(model)
      #expect(solution.outcome == .optimal, "\(name): \(solution.outcome)")
      #expect(solution.check?.verdict == .confirmed, "\(name): \(String(describing: solution.check?.verdict))")
      let objective = solution.objective ?? .nan
      #expect(abs(objective - optimum) <= 3e-6 * max(1, abs(optimum)), "\(name): \(objective)")
      #expect(solution.statistics.iterations <= 3 * iterations, "\(name): \(solution.statistics.iterations)")
      total.ours += solution.statistics.iterations
      total.plain += iterations
    }
    #expect(total.ours <= total.plain)
  }
}
