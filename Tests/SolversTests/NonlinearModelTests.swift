import Constraints
import LinearAlgebra
import Testing

@testable import Solvers

@Suite("Nonlinear models from start to answer")
struct NonlinearModelTests {
  private static let solvers = ["auto", "barrier", "auglag"]

  private func options(_ solver: String) -> SolveOptions {
    var options = SolveOptions()
    options.solver = solver
    return options
  }

  /// A cylinder of volume v with the least surface: height = 2 radius = 2 (v / 2π)^(1/3).
  private func tank(volume: Double) -> Model {
    var model = Model("tank")
    let r = model.addVariable("r", lower: 0.1, start: 1)
    let h = model.addVariable("h", lower: 0.1, start: 1)
    model.minimize(2 * Double.pi * (r * r + r * h))
    model.subject(to: "volume") { Double.pi * r * r * h >= volume }
    return model
  }

  @Test(arguments: solvers)
  func `a nonconvex model ends at a checked local optimum with multipliers`(solver: String) throws {
    let solution = try tank(volume: 10).solve(options: options(solver))
    let radius = 1.167544324940736
    #expect(solution.outcome == .locallyOptimal, "\(solution.summary)")
    #expect(solution.check?.verdict == .confirmed)
    #expect(abs(solution.values[0] - radius) < 1e-6 && abs(solution.values[1] - 2 * radius) < 1e-6)
    #expect((solution.check?.dualResidual ?? 1) < 1e-7)
    #expect(solution.bound == nil)
    // The derivative of 3 (2π)^(1/3) v^(2/3) by v: 2 (2π)^(1/3) v^(-1/3).
    let price = 1.712997063389023
    #expect(abs(solution.generalDuals[0][0] - price) < 1e-5, "\(solution.generalDuals)")
  }

  @Test(arguments: solvers)
  func `maximizing gives multipliers in the sense of the user`(solver: String) throws {
    var model = Model("box")
    let x = model.addVariable("x", lower: 0, start: 1)
    let y = model.addVariable("y", lower: 0, start: 1)
    model.maximize(sin(x) * x * y)
    model.subject(to: "sum") { x + y <= 1 }
    let solution = try model.solve(options: options(solver))
    #expect(solution.outcome == .locallyOptimal, "\(solution.summary)")
    #expect(solution.rowDuals[0] > 0.1)
    var wider = model
    wider.setRowBounds(0, lower: -.infinity, upper: 1.001)
    let more = try wider.solve(options: options(solver))
    let slope = ((more.objective ?? 0) - (solution.objective ?? 0)) / 0.001
    #expect(abs(slope - solution.rowDuals[0]) < 1e-2)
  }

  @Test(arguments: ["barrier", "auglag"])
  func `a convex model given to a nonlinear solver is proved optimal with a bound`(solver: String) throws {
    var model = Model("convex")
    let x = model.addVariable("x", start: 1)
    let y = model.addVariable("y", lower: 0.5, start: 1)
    model.minimize(exp(x) + y * y - log(y))
    model.subject(to: "row") { x + 2 * y >= 1 }
    let solution = try model.solve(options: options(solver))
    let conic = try model.solve(options: options("interior"))
    #expect(solution.outcome == .optimal && conic.outcome == .optimal, "\(solution.summary), \(conic.summary)")
    #expect(abs((solution.objective ?? 0) - (conic.objective ?? 1)) < 1e-6)
    let gap = abs((solution.objective ?? 0) - (solution.bound ?? 1))
    #expect(gap < 1e-6, "\(gap)")
  }

  @Test func `whole numbers in a nonconvex model are refused by name`() throws {
    var model = Model("mixed")
    let x = model.addVariable("x", lower: 0, upper: 5)
    let n = model.addVariable("n", lower: 0, upper: 5, domain: .integer)
    model.minimize(sin(x) * n)
    do throws(SolverError) {
      _ = try model.solve()
      Issue.record("solved")
    } catch {
      #expect(error.rendered.contains("'n' is integer"), "\(error.rendered)")
    }
  }

  @Test(arguments: ["barrier", "auglag"])
  func `contradicting constraints are named`(solver: String) throws {
    var model = Model("apart")
    let x = model.addVariable("x", lower: -5, upper: 5, start: 0.3)
    let y = model.addVariable("y", lower: -5, upper: 5, start: 0.2)
    model.minimize(x * y)
    model.subject(to: "inside") { x * x + y * y <= 1 }
    model.subject(to: "outside") { sin(0.1 * x) + x * x + y * y >= 9 }
    let solution = try model.solve(options: options(solver))
    #expect(solution.outcome == .locallyInfeasible, "\(solution.summary)")
    #expect(solution.check?.violations.first.map { ["inside", "outside"].contains($0.name) } == true)
  }

  @Test func `several starts find the lowest of many valleys, the same for any number of threads`() throws {
    var model = Model("valleys")
    let x = model.addVariable("x", lower: -10, upper: 10, start: 9)
    let y = model.addVariable("y", lower: -10, upper: 10, start: -9)
    model.minimize(0.1 * (x * x + y * y) + 3 * sin(2 * x) + 3 * sin(2 * y))
    var one = options("barrier")
    one.multistart = 1
    let single = try model.solve(options: one)
    one.multistart = 40
    one.threads = 1
    let best = try model.solve(options: one)
    #expect((best.objective ?? 0) < (single.objective ?? 0) - 1)
    #expect(abs((best.objective ?? 0) + 5.88) < 0.01, "\(best.summary)")
    #expect(best.pool.count > 3 && best.pool[0].objective <= best.pool[1].objective)
    one.threads = 2
    let again = try model.solve(options: one)
    #expect(again.values == best.values && again.source == best.source)
  }

  @Test(arguments: ["barrier", "auglag"])
  func `a start outside the domain of a logarithm is moved`(solver: String) throws {
    var model = Model("log")
    let x = model.addVariable("x", start: -3)
    let y = model.addVariable("y", start: -1)
    model.minimize(x * x + y * y - log(x) - log(y))
    let solution = try model.solve(options: options(solver))
    #expect(solution.outcome == .optimal, "\(solution.summary)")
    #expect(solution.values.allSatisfy { abs($0 - 0.5.squareRoot()) < 1e-6 })
  }

  @Test func `a function without a value anywhere near is named with its arguments`() throws {
    var model = Model("nowhere")
    let x = model.addVariable("x", lower: -4, upper: -1, start: -2)
    model.minimize(log(x) * sin(x))
    let solution = try model.solve()
    #expect(solution.outcome == .unknown)
    #expect(solution.warnings.contains { $0.message.contains("log(x) is not a number where x = -2") }, "\(solution.warnings.map(\.message))")
  }

  @Test func `objectives that fall without end are told, from a stationary start too`() throws {
    var model = Model("falls")
    let x = model.addVariable("x")
    model.minimize(-1 * x * x * x)
    let solution = try model.solve()
    #expect(solution.outcome == .feasible && solution.termination.reason == .objectiveLimit, "\(solution.summary)")
    #expect((solution.objective ?? 0) < -1e19)
  }

  @Test(arguments: [1e308, -1e308, 1e-308, .greatestFiniteMagnitude])
  func `huge and tiny starts do no harm`(start: Double) throws {
    var model = Model("far")
    let x = model.addVariable("x", start: start)
    let y = model.addVariable("y", lower: -1e308, upper: 1e308, start: start)
    model.minimize(sin(x) * x * x + y * y * cos(y))
    let solution = try model.solve()
    let allFinite = solution.values.allSatisfy { $0.isFinite }
    #expect(allFinite)
  }

  @Test(arguments: ["barrier", "auglag"])
  func `a cancelled solve returns`(solver: String) throws {
    let cancellation = Cancellation()
    cancellation.cancel()
    let pipeline = SolvePipeline(options: options(solver), cancellation: cancellation)
    let solution = try pipeline.solve(tank(volume: 10))
    #expect(solution.termination.reason == .interrupted, "\(solution.termination)")
    #expect(solution.outcome == .unknown || solution.outcome == .feasible)
  }
}

@Suite("Nonlinear and conic solvers agree on convex models")
struct NonlinearAgreementTests {
  /// A strictly convex model with exponentials, quadratics and logarithms over random linear rows.
  private func model(seed: UInt64) -> Model {
    var random = SplitMix64(seed: seed)
    func number(_ range: ClosedRange<Double>) -> Double { Double.random(in: range, using: &random) }
    var model = Model("convex \(seed)")
    let n = Int.random(in: 2...8, using: &random)
    let x = (0..<n).map { model.addVariable("x\($0)", lower: number(-3 ... -1), upper: number(1...4), start: number(-0.5...0.5)) }
    var cost = Constraints.Expression()
    for variable in x {
      cost += number(0.1...2) * exp(number(0.2...1) * variable)
      cost += number(0.1...1) * variable * variable
      cost += number(-2...2) * variable
    }
    model.minimize(cost)
    for i in 0..<Int.random(in: 0...3, using: &random) {
      var row = Constraints.Expression()
      for variable in x where Bool.random(using: &random) { row += number(-1...1) * variable }
      row += number(0.2...1) * x[0]
      model.subject(to: "row\(i)") { row <= number(0...1) }
    }
    if Bool.random(using: &random) {
      let radius = number(1...4)
      model.subject(to: "ball") { sum(x.indices) { x[$0] * x[$0] } <= radius }
    }
    if Bool.random(using: &random) {
      model.subject(to: "log") { log(x[0] + 4) >= number(0.5...1.2) }
    }
    return model
  }

  @Test(arguments: ["barrier", "auglag"])
  func `200 random models have the optimum of the conic solver`(solver: String) throws {
    for seed in 1...200 {
      let model = model(seed: UInt64(seed))
      var options = SolveOptions()
      options.solver = "interior"
      let reference = try model.solve(options: options)
      options.solver = solver
      let answer = try model.solve(options: options)
      guard reference.outcome == .optimal else {
        #expect(answer.outcome != .optimal, "seed \(seed): \(reference.summary), \(answer.summary)")
        continue
      }
      #expect(answer.outcome == .optimal, "seed \(seed): \(answer.summary) \(answer.warnings.map(\.message))")
      let (a, b) = (answer.objective ?? .nan, reference.objective ?? .nan)
      #expect(abs(a - b) <= 1e-6 * max(1, abs(b)), "seed \(seed): \(a) against \(b)")
    }
  }
}
