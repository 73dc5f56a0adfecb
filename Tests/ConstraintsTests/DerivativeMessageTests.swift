import Testing

@testable import Constraints

@Suite struct DerivativeMessageTests {
  private func twoVariables(_ build: (Variable, Variable) -> Expression) -> (Model, FunctionEvaluator) {
    var model = Model()
    let x = model.addVariable("x", lower: 0, upper: 10)
    let y = model.addVariable("y")
    model.addConstraint(.name("c3"), build(x, y), in: .lessThan(1))
    let functions = model.generalConstraints.flatMap(\.functions)
    return (model, FunctionProgram(of: model, objective: ScalarFunction(), constraints: functions).makeEvaluator())
  }

  @Test func `a value that is not a number is traced to the first step that made it`() throws {
    let (_, evaluator) = twoVariables { x, y in 2 * exp(1 + log(x - y)) + sin(x) }
    let found = try #require(evaluator.findNonFinite(at: [1, 1.25]))
    #expect(found.place == .constraint(0))
    let message = found.diagnostic(named: "c3").message
    #expect(message == "constraint 'c3': log(x - y) is not a number where x - y = -0.25")
    #expect(evaluator.findNonFinite(at: [1, 0]) == nil)
  }

  @Test func `an overflow and an infinite derivative are told apart`() throws {
    let (_, powers) = twoVariables { x, y in exp(1000 * x) * y }
    let overflow = try #require(powers.findNonFinite(at: [1, 1]))
    #expect(overflow.description == "exp(1000 * x) is infinite where 1000 * x = 1000")
    let (_, roots) = twoVariables { x, y in sqrt(x) + y }
    let slope = try #require(roots.findNonFinite(at: [0, 1]))
    #expect(slope.isDerivative)
    #expect(slope.description == "the derivative of sqrt(x) is not finite where x = 0")
  }

  @Test func `a branch that is not taken is not blamed`() throws {
    let (_, evaluator) = twoVariables { x, y in
      let guarded = Expression.apply(.ifElse, [.apply(.greater, [y.expression, Expression(0)]), sqrt(y), 3 * y])
      return guarded + log(x)
    }
    #expect(evaluator.findNonFinite(at: [1, -1]) == nil)
    #expect(evaluator.findNonFinite(at: [-1, -1])?.text == "log(x)")
  }

  @Test func `an infinite variable in a linear row is found`() throws {
    var model = Model()
    model.addVariable("x")
    model.addConstraint(.name("r"), ScalarFunction(linear: [LinearTerm(2, 0)]), in: .lessThan(1))
    let evaluator = FunctionProgram(of: model, objective: ScalarFunction(), constraints: []).makeEvaluator()
    let found = try #require(evaluator.findNonFinite(at: [.infinity]))
    #expect(found.place == .constraint(0))
    #expect(found.description == "2 x is infinite where x = inf")
  }

  @Test func `functions that may leave their domain are warned about with the mend`() {
    func warnings(_ build: (Variable, Variable) -> Expression) -> [Diagnostic] {
      twoVariables(build).0.domainWarnings()
    }
    let logarithm = warnings { x, _ in log(x) }
    #expect(logarithm.map(\.message) == ["constraint 'c3': log(x) is not defined everywhere for x in [0, 10]"])
    #expect(logarithm.first?.mend == "give x a positive lower bound")
    #expect(logarithm.first?.severity == .warning)
    #expect(warnings { x, _ in sqrt(x) }.isEmpty)
    #expect(warnings { x, _ in Constraints.log(x + 1) }.isEmpty)
    #expect(warnings { _, y in sqrt(y * y + 1) * exp(y) }.isEmpty)
    #expect(warnings { x, y in x / (y * y) }.count == 1)
    #expect(warnings { x, y in x / (y * y + 1) }.isEmpty)
    #expect(warnings { _, y in y ** 0.5 }.first?.mend == "give y a nonnegative lower bound")
    #expect(warnings { _, y in y ** 3.0 }.isEmpty)
    #expect(warnings { x, _ in x ** -1.0 }.count == 1)
    #expect(warnings { x, _ in .apply(.acos, [x + 2]) }.first?.message.contains("is never defined") == true)
    #expect(warnings { x, _ in .apply(.acos, [sin(x)]) }.isEmpty)
    #expect(warnings { x, _ in .apply(.acosh, [x + 1]) }.isEmpty)
    #expect(warnings { x, _ in .apply(.atanh, [0.05 * x]) }.isEmpty)
  }

  @Test func `ranges of all operations hold the values they take`() {
    var random = TestRandom(4)
    for operation in Operation.allCases where operation.arity != .leaf {
      for _ in 0..<60 {
        let count = operation.arity == .unary ? 1 : operation.arity == .binary ? 2 : 3
        let boxes = (0..<count).map { _ in
          let a = random.real(-3, 3)
          return Interval(a, a + random.real(0, 2))
        }
        let range = operation.interval(boxes)
        for _ in 0..<40 {
          let operands = boxes.map { random.real($0.lower, $0.upper) }
          let value = operation.value(operands)
          if value.isNaN { continue }
          let slack = 1e-12 * Swift.max(1, Swift.abs(value))
          #expect(
            value >= range.lower - slack && value <= range.upper + slack, "\(operation) of \(operands): \(value), \(range)")
        }
      }
    }
  }

  @Test func `the derivatives of a model agree with differences and the report says so`() {
    var model = Model()
    let x = model.addVariable("x")
    let y = model.addVariable("y")
    model.minimize(exp(x) * y + x * x)
    model.addConstraint(.name("circle"), sin(x) + y * y, in: .lessThan(1))
    model.addConstraint(.name("row"), [LinearTerm(1, 0), LinearTerm(3, 1)].function, in: .lessThan(1))
    let report = model.checkDerivatives(at: [0.3, 0.7])
    #expect(report.isConsistent && report.comparedCount == 2 + 2 + 2 + 4)
    #expect(report.description.contains("all agree"))
  }

  @Test func `a kink shows as a difference with the names of constraint and variable`() {
    var model = Model()
    let x = model.addVariable("x")
    model.addVariable("y")
    model.addConstraint(.name("bend"), abs(x) + max(x, 2 * x), in: .lessThan(1))
    let report = model.checkDerivatives(at: [0, 0])
    #expect(!report.isConsistent)
    let first = report.worst.first { $0.function == "constraint 'bend'" }
    #expect(first?.variables == ["x"] && first?.exact == 1 && first?.difference == 1.5)
    #expect(report.description.contains("* constraint 'bend' by x"))
  }

  @Test func `a point outside the domain is reported instead of compared`() {
    var model = Model()
    let x = model.addVariable("x")
    model.addConstraint(.name("c"), log(x), in: .lessThan(1))
    let report = model.checkDerivatives(at: [-1])
    #expect(!report.isConsistent && report.comparedCount == 0)
    #expect(report.description.contains("constraint 'c': log(x) is not a number where x = -1"))
  }
}

extension [LinearTerm] {
  fileprivate var function: ScalarFunction { ScalarFunction(linear: self) }
}
