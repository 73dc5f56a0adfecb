import Testing

@testable import Constraints

@Suite struct UserFunctionTests {
  /// x² y + y³ with as many derivatives as wanted.
  private func register(_ model: inout Model, derivatives: Int) -> UserFunction {
    let gradient: UserFunction.Derivative = { x, g in
      g[0] = 2 * x[0] * x[1]
      g[1] = x[0] * x[0] + 3 * x[1] * x[1]
    }
    let hessian: UserFunction.Derivative = { x, h in
      h[0] = 2 * x[1]
      h[1] = 2 * x[0]
      h[2] = 6 * x[1]
    }
    return model.register(
      "bend\(derivatives)", arity: 2, value: { x in x[1] * (x[0] * x[0] + x[1] * x[1]) },
      gradient: derivatives < 1 ? nil : gradient, hessian: derivatives < 2 ? nil : hessian)
  }

  @Test func `a user function in expressions has its values and derivatives`() {
    for (given, tolerance) in [(2, 1e-9), (1, 1e-7), (0, 1e-4)] {
      var model = Model()
      let x = model.addVariable("x")
      let y = model.addVariable("y")
      let bend = register(&model, derivatives: given)
      let objective = model.function(from: x * bend(x + y, sin(y)) + y)
      let rows = (0..<6).map { model.function(from: exp(bend(Double($0 + 1) * 0.1 * x, y))) }
      let d = Derivatives(model, objective, rows)
      let counts = d.program.constraints.families.map(\.count)
      #expect(counts == [6])
      // First derivatives by differences are checked with a step that is wide against theirs.
      let error = d.worstError(at: [0.4, 0.7], multipliers: rows.map { _ in 0.3 }, step: 0.02)
      #expect(error < tolerance, "\(given) derivatives: \(error)")
    }
  }

  @Test func `a call prints with its name, and its curvature and range are unknown`() {
    var model = Model()
    let x = model.addVariable("x", lower: 1, upper: 2)
    let bend = register(&model, derivatives: 2)
    model.minimize(2 * bend(x, x + 1))
    let root = model.objectives[0].function.nonlinear!
    #expect(model.text(of: model.objectives[0].function) == "2 * bend2(x, x + 1)")
    let analysis = CurvatureAnalysis(model)
    #expect(analysis.curvature(root) == .unknown)
    #expect(analysis.report(on: model.objectives[0].function).reason.contains("user function bend2"))
    #expect(analysis.interval(root) == .all)
  }

  @Test func `a model that calls code is refused by every format, with the name of the function`() {
    var model = Model()
    let x = model.addVariable("x")
    let bend = register(&model, derivatives: 1)
    model.addConstraint(.name("c"), bend(x, x), in: .lessThan(1))
    #expect(throws: ConstraintsError.self) { try AlgebraicFormat.write(model, options: WriteOptions()) }
    do {
      _ = try MathOptFormat.write(model, options: WriteOptions())
      Issue.record("written")
    } catch {
      #expect("\(error)".contains("'bend1'"))
    }
  }

  @Test func `registered functions that no expression uses do not hinder writing`() throws {
    var model = Model()
    let x = model.addVariable("x")
    _ = register(&model, derivatives: 1)
    model.minimize(exp(x))
    _ = try AlgebraicFormat.write(model, options: WriteOptions())
  }

  @Test func `models with the same calls are the same, with other functions they are not`() {
    func model(_ function: UserFunction) -> Model {
      var model = Model()
      let x = model.addVariable("x")
      model.minimize(function(x, 2 * x))
      return model
    }
    var owner = Model()
    let (a, b) = (register(&owner, derivatives: 1), register(&owner, derivatives: 2))
    #expect(model(a).difference(from: model(a)) == nil)
    #expect(model(a).difference(from: model(b)) != nil)
  }

  @Test func `two functions of one name are reported`() {
    var model = Model()
    _ = register(&model, derivatives: 1)
    _ = register(&model, derivatives: 1)
    #expect(model.validate().contains { $0.message.contains("bend1") })
  }

  @Test func `a function of many arguments is differentiated once and has no second derivatives`() {
    var model = Model()
    let list = (0..<2000).map { model.addVariable("x\($0)") }
    let total = model.register(
      "total", arity: 2000, value: { $0.reduce(0) { $0 + $1 * $1 } },
      gradient: { x, g in for i in x.indices { g[i] = 2 * x[i] } })
    let function = model.function(from: total(list.map { $0.expression }))
    let d = Derivatives(model, function, [])
    #expect(d.evaluator.abilities == .jacobian)
    let point = (0..<2000).map { 0.001 * Double($0) }
    let expected = point.map { 2 * $0 }
    #expect(d.gradient(point) == expected)
  }

  @Test func `the derivative check finds a wrong derivative of a user function`() {
    var model = Model()
    let x = model.addVariable("x")
    let wrong = model.register("wrong", arity: 1, value: { $0[0] * $0[0] * $0[0] }, gradient: { x, g in g[0] = 2 * x[0] })
    model.addConstraint(.name("c"), wrong(x), in: .lessThan(1))
    let report = model.checkDerivatives(at: [1.5])
    #expect(!report.isConsistent)
    #expect(report.worst.first?.function == "constraint 'c'" && report.worst.first?.exact == 3)
  }

  @Test func `a file can't name a function by its number`() {
    #expect(Operation.allCases.last == .ifElse)
    #expect(UserFunction.numbered(1e9) == nil && UserFunction.numbered(.nan) == nil)
    #expect(Operation.call.value([1e9, 2]).isNaN)
  }
}
