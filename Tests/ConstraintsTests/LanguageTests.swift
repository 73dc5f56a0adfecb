import Testing

@testable import Constraints

@Suite("Modelling language")
struct LanguageTests {
  @Test func bakeryReadsAsItIsWritten() throws {
    var model = Model("bakery")
    let products = ["bread", "cake", "pie"]
    let profit: [String: Double] = ["bread": 3, "cake": 5, "pie": 4]
    let make = model.variables("make", over: products, in: 0...40, .integer)
    let open = model.binary("open")
    model.maximize(sum(products) { profit[$0]! * make[$0] } - 25 * open)
    model.subject(to: "oven") { make["bread"] + 2 * make["cake"] + 1.5 * make["pie"] <= 120 }
    model.subject(to: "door", if: open.isZero) { sum(make) == 0 }
    model.subject(to: "variety", over: ["bread", "cake"]) { p in make[p] <= 0.6 * sum(make) }
    model.subject(to: "energy") { sum(make).within(10...90) }
    model.subject { make["pie"] >= 1 }
    #expect(model.variableCount == 4)
    #expect(model.rows.count == 5)
    #expect(model.generalConstraints.count == 1)
    #expect(model.rowNames[1] == "variety[bread]")
    #expect(model.rowNames[4].contains("LanguageTests.swift:"))
    #expect(model.name(of: model.constraints[1]) == "door")
    #expect(model.validate().isEmpty)
    #expect(model.rows.terms(1).count == 3)
  }

  @Test func parametersUpdateInPlace() throws {
    var model = Model()
    let x = model.variable("x")
    let p = model.parameter("p", 2)
    let q = model.parameter("q", 5)
    model.subject(to: "c") { p * x + 3 * x <= q * 2 + 1 }
    model.minimize(p * q * x + q)
    #expect(model.rows.values == [5])
    #expect(model.rows.upper == [11])
    #expect(model.objectives[0].function.linear == [LinearTerm(10, 0)])
    model.set([(p, 4), (q, 1)])
    #expect(model.rows.values == [7])
    #expect(model.rows.upper == [3])
    #expect(model.objectives[0].function == ScalarFunction(constant: 1, linear: [LinearTerm(4, 0)]))
  }

  @Test func foreignVariablesAreReportedNotTrapped() {
    var a = Model()
    var b = Model()
    let x = a.variable("x")
    b.subject(to: "c") { x <= 1 }
    #expect(b.validate().contains { $0.code == .foreignVariable })
  }

  @Test func nonlinearExpressionsShareNodes() {
    var model = Model()
    let x = model.variable("x")
    let y = model.variable("y")
    model.subject(to: "c") { exp(x * y) + exp(x * y) / 2 + x ** 2 <= 4 }
    guard case .scalar(let f, let set) = model.generalConstraints[0].body else { return #expect(Bool(false)) }
    #expect(f.kind == .nonlinear && set.upper == 4)
    let values = model.arena.values(at: [1, 0])
    #expect(values[f.nonlinear!.position] == 1.5)
    #expect(f.quadratic == [QuadraticTerm(1, 0, 0)])
  }
}
