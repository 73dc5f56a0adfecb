import Constraints
import Testing

@testable import Solvers

/// Answers must not claim more than is true, however the numbers are chosen.
@Suite("Honest answers")
struct HonestyTests {
  @Test func logicalViolationsAreNotExcusedByLargeNumbers() {
    var model = Model()
    let z = model.binary("z")
    let x = model.variable("x", in: 0...10_000_000)
    let y = model.variable("y", in: 0...10_000_000, .integer)
    model.subject(to: "i", if: z.isOne) { x <= 5 }
    model.subject(to: "d") { ConstraintExpression([x, y], in: AllDifferent(dimension: 2)) }
    #expect(Checker().check(point: [1, 3_000_000, 7], of: model).violationCount == 1)
    #expect(Checker().check(point: [0, 3_000_000, 3_000_000], of: model).violationCount == 1)
    #expect(Checker().check(point: [0, 3_000_000, 7], of: model).violationCount == 0)
    var none = Checker.Options()
    none.listLength = 0
    #expect(Checker(options: none).check(point: [1, 3_000_000, 7], of: model).verdict != .confirmed)
  }

  @Test func propagationKeepsFeasiblePointsBesideHugeBounds() {
    for (huge, small) in [(1e15, 0.05), (1e12, 5e-5), (1e19, 3.0)] {
      var model = Model()
      let x = model.variable("x", in: -huge...huge)
      let y = model.variable("y", in: -small...0.0)
      model.subject(to: "c") { x + y <= 10 }
      var bounds = BoundPropagation(model: model)
      let holds = bounds.propagateAll()
      #expect(holds)
      #expect(bounds.upper[0] >= 10 + small, "\(huge): \(bounds.upper[0])")
    }
  }

  @Test func zeroCoefficientsSayNothing() {
    var model = Model()
    let p = model.parameter("p", 0)
    let x = model.variable("x", in: 0...)
    let w = model.variable("w", in: 0...)
    model.subject(to: "c") { x + p * w <= 4 }
    var bounds = BoundPropagation(model: model)
    let holds = bounds.propagateAll()
    #expect(holds)
    #expect(bounds.upper == [4, .infinity])
  }

  @Test func valuesOfExpressionsKnowParametersAndModels() throws {
    var model = Model()
    let x = model.variable("x", in: 0...2)
    let p = model.parameter("p", 3)
    model.maximize(x)
    #if GLPK
      let solution = try model.solve()
      #expect(try solution.value(p * x + 1) == 7)
      var other = Model()
      let foreign = other.variable("y")
      #expect(throws: MissingValue.self) { try solution.value(foreign + 1) }
      #expect(throws: MissingValue.self) { try solution.value(foreign) }
      #expect(solution.summary.hasPrefix("optimal, objective 2"))
    #else
      _ = p
    #endif
  }

  @Test func repeatedOrWildColumnsAreRefusedNotLoaded() {
    var model = Model()
    model.addVariable("x", lower: 0, upper: 1)
    var names = NameTable()
    names.append("c")
    model.addRows(names: names, starts: [0, 2], columns: [0, -7], values: [1, 1], lower: [0], upper: [1])
    #expect(model.validate().contains { $0.severity == .error })
    #if GLPK
      var twice = Model()
      twice.addVariable("x", lower: 0, upper: 1)
      twice.addRows(names: names, starts: [0, 2], columns: [0, 0], values: [1, 1], lower: [0], upper: [1])
      #expect(throws: SolverError.self) { try twice.solve() }
    #endif
  }

  #if GLPK
    @Test func infeasibilityThroughRoundedBoundsIsProved() throws {
      var model = Model()
      let x = model.variable("x", in: 0.2...3.7, .integer)
      model.subject(to: "c") { x >= 3.5 }
      model.minimize(x)
      let solution = try model.solve()
      #expect(solution.outcome == .infeasible)
      #expect(solution.check?.verdict == .confirmed)
    }

    /// Vertex cover of a wheel by big-M rows so large that a tolerance on the binaries satisfies them.
    @Test func falseIncumbentsDoNotProveAnything() throws {
      var model = Model()
      let z = model.variables("z", over: 0..<6, in: 0...1, .binary).variables
      let x = model.variable("x", in: 5...10)
      var edges = (1...5).map { (0, $0) }
      edges += (1...5).map { ($0, $0 % 5 + 1) }
      for (u, v) in edges { model.subject { x - 1e7 * z[u] - 1e7 * z[v] <= 0 } }
      model.minimize(sum(z))
      let solution = try model.solve()
      if solution.outcome == .optimal { #expect(solution.objective == 4) }
      if let bound = solution.bound { #expect(bound <= 4 + 1e-6) }
    }

    @Test func aWrongLinearAnswerStaysWrongBesideABinary() throws {
      var model = Model()
      let x = model.variable("x", in: -1e19...1e19)
      let y = model.variable("y", in: -3.0...0.0)
      model.subject(to: "c") { x + y <= 10 }
      model.maximize(x)
      let pure = try model.solve()
      model.binary("other")
      let mixed = try model.solve()
      for solution in [pure, mixed] where solution.outcome == .optimal {
        #expect(abs((solution.objective ?? 0) - 13) < 1e-6)
      }
    }

    @Test func optimaBehindBridgesAreCheckedToo() throws {
      var model = Model()
      let x = model.variable("x", in: -1e15...1e15)
      let y = model.variable("y", in: -0.05...0.0)
      let z = model.binary("z")
      model.subject(to: "c") { x + y <= 10 }
      model.subject(to: "i", if: z.isOne) { x <= 0 }
      model.maximize(x)
      let solution = try model.solve()
      if solution.outcome == .optimal { #expect(abs((solution.objective ?? 0) - 10.05) < 1e-6) }
    }

    @Test func leadingObjectiveGivesSenseAndSize() throws {
      var model = Model()
      let x = model.variable("x", in: 0...)
      let y = model.variable("y", in: 0...)
      model.subject(to: "c") { x + y <= 10 }
      model.addObjective(.minimize, y.expression, name: "later", priority: 1, weight: 2)
      model.addObjective(.maximize, x.expression, name: "first", priority: 10, weight: 3)
      let solution = try model.solve()
      #expect(solution.sense == .maximize)
      #expect(solution.objective == 10)
      #expect(try solution.value(x) == 10)
    }

    @Test func unboundedIntegerModelsAreCalledSo() throws {
      var model = Model()
      let x = model.variable("x", .integer)
      let y = model.variable("y", in: 0...3)
      model.subject(to: "c") { x + y >= 0 }
      model.maximize(x)
      let solution = try model.solve()
      #expect(solution.outcome == .unbounded)
      #expect(solution.check?.verdict == .confirmed)
    }

    @Test func unboundedWithOtherConstraintsIsConfirmed() throws {
      var model = Model()
      let x = model.variable("x", in: 0...)
      let y = model.variable("y", in: 0...)
      model.subject(to: "v") { ConstraintExpression([x - y], in: Nonnegatives(dimension: 1)) }
      model.maximize(x)
      let solution = try model.solve()
      #expect(solution.outcome == .unbounded)
      #expect(solution.check?.verdict == .confirmed)
    }
  #endif
}
