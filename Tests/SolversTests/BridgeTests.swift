import Constraints
import Testing

@testable import Solvers

#if GLPK
  @Suite("Bridges to linear rows")
  struct BridgeTests {
    @Test func semicontinuousTakesZeroOrItsRange() throws {
      var model = Model()
      let x = model.variable("x", in: 3...9, .semicontinuous)
      let y = model.variable("y", in: 0...10)
      model.subject(to: "need") { x + y >= 2 }
      model.minimize(x + 2 * y)
      // y = 2 costs 4, x = 3 costs 3.
      let solution = try model.solve()
      #expect(solution.objective == 3)
      var other = model
      other.minimize(x + 1.2 * y)
      #expect(abs((try other.solve().objective ?? 0) - 2.4) < 1e-9)
    }

    @Test func semiintegerIsWhole() throws {
      var model = Model()
      let x = model.variable("x", in: 2...5, .semiinteger)
      model.subject(to: "c") { 2 * x >= 7 }
      model.minimize(x)
      #expect(try model.solve().objective == 4)
    }

    @Test func sos1KeepsOne() throws {
      var model = Model()
      let x = model.variables("x", over: 0..<4, in: 0...5)
      model.subject(to: "one") { ConstraintExpression(x.variables, in: SOS1(weights: [1, 2, 3, 4])) }
      model.maximize(x[0] + 2 * x[1] + 3 * x[2] + x[3])
      #expect(try model.solve().objective == 15)
    }

    @Test func sos2InterpolatesBetweenNeighbours() throws {
      // A concave-then-convex cost on points 0, 1, 2, 3.
      var model = Model()
      let w = model.variables("w", over: 0..<4, in: 0...1)
      let t = model.variable("t", in: 0...3)
      model.subject(to: "sum") { sum(w) == 1 }
      model.subject(to: "at") { sum(0..<4) { Double($0) * w[$0] } == t }
      model.subject(to: "sos") { ConstraintExpression(w.variables, in: SOS2(weights: [1, 2, 3, 4])) }
      model.subject(to: "need") { t >= 1.5 }
      let cost = [0.0, 10, 11, 30]
      model.minimize(sum(0..<4) { cost[$0] * w[$0] })
      // Without the set 0 and 3 would give 15; with it 10.5.
      #expect(abs((try model.solve().objective ?? 0) - 10.5) < 1e-7)
    }

    @Test func indicatorWithoutABoundIsRefusedByName() throws {
      var model = Model()
      let open = model.binary("open")
      let flow = model.variable("flow", in: 0...)
      model.subject(to: "door", if: open.isZero) { flow <= 0 }
      model.maximize(flow)
      do throws(SolverError) {
        _ = try model.solve()
        Issue.record("must be refused")
      } catch {
        #expect(error.rendered.contains("'flow'") && error.rendered.contains("M311"))
      }
    }

    @Test func indicatorUsesPropagatedBounds() throws {
      var model = Model()
      let open = model.binary("open")
      let flow = model.variable("flow", in: 0...)
      model.subject(to: "capacity") { 2 * flow <= 30 }
      model.subject(to: "door", if: open.isZero) { flow <= 0 }
      model.maximize(flow - 4 * open)
      let solution = try model.solve()
      #expect(solution.objective == 11)
      #expect(solution.plan.contains { $0.detail == "M = 15" })
    }

    @Test func normsBecomeRows() throws {
      var model = Model()
      let x = model.variable("x")
      let y = model.variable("y")
      let t = model.variable("t")
      model.subject(to: "line") { x + 2 * y == 4 }
      model.subject(to: "norm") { ConstraintExpression([t, x, y], in: NormOneCone(dimension: 3)) }
      model.minimize(t)
      #expect(abs((try model.solve().objective ?? 0) - 2) < 1e-7)
    }

    @Test func nonconvexModelsInWholeNumbersAreRefusedByName() throws {
      var model = Model()
      let x = model.variable("x", in: -2...2, .integer)
      model.subject(to: "curve") { x * x == 2 }
      model.minimize(x)
      do throws(SolverError) {
        _ = try model.solve()
        Issue.record("must be refused")
      } catch { #expect(error.rendered.contains("'curve'")) }
    }

    @Test func objectivesInOrderOfPriority() throws {
      var model = Model()
      let x = model.variable("x", in: 0...10)
      let y = model.variable("y", in: 0...10)
      model.subject(to: "sum") { x + y <= 12 }
      model.addObjective(.maximize, x + y, name: "output", priority: 2)
      model.addObjective(.minimize, x.expression, name: "effort", priority: 1)
      let solution = try model.solve()
      #expect(solution.outcome == .optimal)
      #expect(abs(try solution.value(x) - 2) < 1e-6)
      #expect(abs(try solution.value(y) - 10) < 1e-6)
    }

    @Test func emptyModelsHaveAnAnswer() throws {
      #expect(try Model().solve().outcome == .optimal)
      var rowsOnly = Model()
      rowsOnly.addRow(.name("c"), [], lower: 1, upper: 2)
      #expect(try rowsOnly.solve().outcome == .infeasible)
      var free = Model()
      let x = free.variable("x")
      free.minimize(x)
      #expect(try free.solve().outcome == .unbounded)
    }
  }
#endif
