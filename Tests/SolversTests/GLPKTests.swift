import Constraints
import Testing

@testable import Solvers

#if GLPK
  @Suite("GLPK")
  struct GLPKTests {
    static func bakery() -> Model {
      var model = Model("bakery")
      let products = ["bread", "cake", "pie"]
      let profit: [String: Double] = ["bread": 3, "cake": 5, "pie": 4]
      let make = model.variables("make", over: products, in: 0...40, .integer)
      let open = model.binary("open")
      model.maximize(sum(products) { profit[$0]! * make[$0] } - 25 * open)
      model.subject(to: "oven") { make["bread"] + 2 * make["cake"] + 1.5 * make["pie"] <= 120 }
      model.subject(to: "hands") { 2 * make["bread"] + 1.5 * make["cake"] + make["pie"] <= 100 }
      model.subject(to: "door", if: open.isZero) { sum(make) == 0 }
      model.subject(to: "variety", over: ["bread", "cake"]) { p in make[p] <= 0.6 * sum(make) }
      model.subject(to: "energy") { sum(make).within(10...90) }
      return model
    }

    @Test func bakeryIsSolvedAndChecked() throws {
      let solution = try Self.bakery().solve()
      #expect(solution.outcome == .optimal)
      #expect(solution.objective == 291)
      #expect(solution.check?.verdict == .confirmed)
      #expect(solution.plan.contains { $0.constraint == "door" })
    }

    @Test func presolvedAndPlainSearchAgree() throws {
      var options = SolveOptions()
      options.heuristics = false
      #expect(try Self.bakery().solve(options: options).objective == 291)
      options.presolve = false
      #expect(try Self.bakery().solve(options: options).objective == 291)
    }

    @Test(arguments: SolveOptions.Method.allCases)
    func everyMethodGivesOptimumAndDuals(method: SolveOptions.Method) throws {
      var model = Model()
      let x = model.variable("x", in: 0...)
      let y = model.variable("y", in: 0...)
      let a = model.subject(to: "a") { x + y <= 4 }
      let b = model.subject(to: "b") { x + 3 * y <= 6 }
      model.maximize(3 * x + 5 * y)
      var options = SolveOptions()
      options.method = method
      let solution = try model.solve(options: options)
      #expect(solution.outcome == .optimal)
      #expect(abs((solution.objective ?? 0) - 14) < 1e-6)
      #expect(abs(try solution.dual(a) - 2) < 1e-6)
      #expect(abs(try solution.dual(b) - 1) < 1e-6)
      #expect(solution.check?.verdict == .confirmed)
    }

    @Test func infeasibilityComesWithFarkasMultipliers() throws {
      var model = Model()
      let x = model.variable("x", in: 0...)
      let y = model.variable("y")
      model.subject(to: "a") { x + y >= 5 }
      model.subject(to: "b") { x + 2 * y <= 3 }
      model.subject(to: "c") { x <= 2 }
      model.subject(to: "d") { y - x <= 1 }
      model.minimize(x)
      let solution = try model.solve()
      #expect(solution.outcome == .infeasible)
      #expect(solution.proof == .certificate)
      #expect(solution.check?.verdict == .confirmed)
    }

    @Test func unboundednessComesWithARay() throws {
      var model = Model()
      let x = model.variable("x", in: 0...)
      let y = model.variable("y", in: 0...)
      model.subject(to: "a") { x - y <= 1 }
      model.maximize(x + y)
      let solution = try model.solve()
      #expect(solution.outcome == .unbounded)
      #expect(solution.check?.verdict == .confirmed)
      guard case .ray(let d)? = solution.certificate else { return #expect(Bool(false)) }
      #expect(d[0] > 0 || d[1] > 0)
    }

    @Test func sessionChangesInPlace() throws {
      var model = Model()
      let x = model.variable("x", in: 0...10)
      let p = model.parameter("p", 4)
      let row = model.subject(to: "a") { 2 * x <= p }
      _ = row
      model.maximize(x)
      let session = Session(model)
      #expect(try session.solveAndWait().objective == 2)
      session.update { $0.set(p, to: 6) }
      #expect(try session.solveAndWait().objective == 3)
      #expect(session.lastLoading == "changed in place")
      session.update { $0.setBounds(of: x, lower: 0, upper: 1) }
      #expect(try session.solveAndWait().objective == 1)
    }
  }
#endif
