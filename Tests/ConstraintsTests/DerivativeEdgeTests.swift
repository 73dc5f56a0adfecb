import Testing

@testable import Constraints

@Suite struct DerivativeEdgeTests {
  /// Value, first and second derivative of a function of x at a point.
  private func derivatives(at t: Double, _ build: (inout Model, Variable) -> Expression) -> [Double] {
    var model = Model()
    let x = model.addVariable("x")
    let function = model.function(from: build(&model, x))
    let d = Derivatives(model, ScalarFunction(), [function])
    let hessian = d.hessian([t], 0, [1])
    return [d.values([t])[0], d.jacobian([t])[0][0], hessian[0][0]]
  }

  private func node(_ model: inout Model, _ operation: Operation, _ operands: [Expression]) -> Expression {
    .apply(operation, operands)
  }

  @Test func `powers have their derivatives at zero and at negative numbers`() {
    #expect(derivatives(at: 0) { _, x in x ** 1.0 } == [0, 1, 0])
    #expect(derivatives(at: 0) { _, x in .power(x + 0.0, Expression(3)) } == [0, 0, 0])
    #expect(derivatives(at: -3) { _, x in exp(0 * x) * x ** 2.0 } == [9, -6, 2])
    #expect(derivatives(at: -2) { _, x in (x + 0.0) ** 3.0 + sin(0 * x) } == [-8, 12, -12])
    #expect(derivatives(at: -2) { _, x in (x + 0.0) ** 5.0 } == [-32, 80, -160])
    #expect(derivatives(at: 0) { _, x in (x + 0.0) ** 2.5 } == [0, 0, 0])
    let root = derivatives(at: 0) { _, x in sqrt(x) }
    #expect(root[0] == 0 && root[1] == .infinity)
  }

  @Test func `zero to the power of a variable has derivative zero`() {
    var model = Model()
    let x = model.addVariable("x")
    let y = model.addVariable("y")
    let function = model.function(from: x ** y)
    let d = Derivatives(model, ScalarFunction(), [function])
    #expect(d.values([0, 3]) == [0])
    #expect(d.jacobian([0, 3]) == [[0, 0]])
    #expect(d.hessian([0, 3], 0, [1]) == [[0, 0], [0, 0]])
    #expect(d.jacobian([0, 1])[0][0] == 1)
    #expect(d.hessian([0, 2], 0, [1])[0][0] == 2)
    #expect(d.jacobian([-2, 3])[0][0] == 12)
  }

  @Test func `a product with a factor of zero keeps the other derivatives`() {
    var model = Model()
    let list = (0..<4).map { model.addVariable("x\($0)") }
    let product = Expression.apply(.multiply, list.map { $0.expression })
    let function = model.function(from: product)
    let d = Derivatives(model, ScalarFunction(), [function])
    #expect(d.jacobian([2, 0, 3, 5])[0] == [0, 30, 0, 0])
    let h = d.hessian([2, 0, 3, 5], 0, [1])
    #expect(h[0] == [0, 15, 0, 0] && h[1] == [15, 0, 10, 6])
    #expect(d.jacobian([0, 0, 3, 5])[0] == [0, 0, 0, 0])
    #expect(d.hessian([0, 0, 3, 5], 0, [1])[0] == [0, 15, 0, 0])
  }

  @Test func `the Euclidean norm has derivative zero at the origin`() {
    var model = Model()
    let x = model.addVariable("x")
    let y = model.addVariable("y")
    let function = model.function(from: norm2([x, y]))
    let d = Derivatives(model, ScalarFunction(), [function])
    #expect(d.values([0, 0]) == [0] && d.jacobian([0, 0]) == [[0, 0]])
    #expect(d.hessian([0, 0], 0, [1]) == [[0, 0], [0, 0]])
    #expect(d.jacobian([3, 4]) == [[0.6, 0.8]])
  }

  @Test func `kinks and steps have the stated derivatives`() {
    #expect(derivatives(at: 0) { _, x in abs(x) } == [0, 0, 0])
    #expect(derivatives(at: -2) { _, x in abs(x) } == [2, -1, 0])
    #expect(derivatives(at: 1) { _, x in max(x, 2 - x) } == [1, 1, 0])
    #expect(derivatives(at: 3) { _, x in min(x, 2 - x) } == [-1, -1, 0])
    let floor = derivatives(at: 2) { _, x in Expression.apply(.floor, [x.expression]) * x }
    #expect(floor == [4, 2, 0])
    let step = derivatives(at: 2) { _, x in Expression.apply(.greater, [x.expression, Expression(1)]) * x }
    #expect(step == [2, 1, 0])
  }

  @Test func `the branch that is not taken does not spoil derivatives`() {
    func guarded(_ x: Variable) -> Expression {
      .apply(.ifElse, [.apply(.greater, [x.expression, Expression(0)]), sqrt(x) * log(x), 3 * x])
    }
    #expect(derivatives(at: -4) { _, x in guarded(x) } == [-12, 3, 0])
    #expect(derivatives(at: 0) { _, x in guarded(x) } == [0, 3, 0])
    let taken = derivatives(at: 4) { _, x in guarded(x) }
    let plain = derivatives(at: 4) { _, x in sqrt(x) * log(x) }
    #expect(taken == plain)
    // The same inside a product, where second derivatives mix.
    let mixed = derivatives(at: -4) { _, x in sin(x) * guarded(x) }
    let isFinite = mixed.allSatisfy(\.isFinite)
    #expect(isFinite)
  }

  @Test func `values outside the domain are not finite and keep their sign`() {
    let entropy = derivatives(at: 0) { _, x in x * log(x) }
    #expect(entropy[0].isNaN && entropy[1] == -.infinity)
    #expect(derivatives(at: -1) { _, x in log(x) }[0].isNaN)
    #expect(derivatives(at: 1000) { _, x in exp(x) }[0] == .infinity)
  }

  @Test func `hyperbolic functions do not overflow into not a number`() {
    for operation in [Operation.sech, .csch, .tanh, .logistic, .softplus, .erf, .erfc, .coth] {
      for t in [800.0, -800] {
        let list = derivatives(at: t) { _, x in .apply(operation, [x.expression]) }
        let isFinite = list.allSatisfy(\.isFinite)
        #expect(isFinite, "\(operation) at \(t): \(list)")
      }
    }
  }

  @Test func `a term without weight contributes nothing, even where its second derivative is infinite`() {
    var model = Model()
    let x = (0..<8).map { model.addVariable("x\($0)") }
    let functions = x.map { model.function(from: sqrt($0)) }
    let d = Derivatives(model, ScalarFunction(), functions)
    let h = d.hessian([0, 1, 1, 1, 1, 1, 1, 1], 0, [0, 1, 1, 1, 1, 1, 1, 1])
    #expect(h[0][0] == 0 && h[1][1] == -0.25)
  }

  @Test func `digamma and trigamma have their known values`() {
    let euler = 0.5772156649015329
    let zeta = Double.pi * Double.pi / 6
    for (x, psi, psi1) in [
      (1.0, -euler, zeta), (0.5, -euler - 1.3862943611198906, Double.pi * Double.pi / 2),
      (2, 1 - euler, zeta - 1), (-0.5, 0.03648997397857652, 8.934802200544679), (20, 2.970523992242149, 0.05127082293520311),
    ] {
      #expect(abs(SpecialFunctions.digamma(x) - psi) < 1e-13, "\(x)")
      #expect(abs(SpecialFunctions.trigamma(x) - psi1) < 1e-12, "\(x)")
    }
    #expect(SpecialFunctions.digamma(-3).isNaN)
  }
}
