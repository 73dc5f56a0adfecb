import Testing

@testable import Constraints

extension SplitMix {
  mutating func real(_ low: Double, _ high: Double) -> Double { Double.random(in: low...high, using: &self) }
}

/// f'(t) at 0 by central differences with Richardson extrapolation; the error is about 1e-11 times the size of f.
func slope(step: Double = 0.02, _ f: (Double) -> Double) -> Double {
  var table: [Double] = []
  var h = step
  for level in 0..<5 {
    var next = [(f(h) - f(-h)) / (2 * h)]
    var power = 4.0
    for k in 0..<level {
      next.append(next[k] + (next[k] - table[k]) / (power - 1))
      power *= 4
    }
    table = next
    h /= 2
  }
  return table.last!
}

/// The functions of a model with the evaluator of their program.
struct Derivatives {
  var model: Model
  var objective: ScalarFunction
  var functions: [ScalarFunction]
  let program: FunctionProgram
  let evaluator: FunctionEvaluator

  init(_ model: Model, _ objective: ScalarFunction, _ functions: [ScalarFunction]) {
    self.model = model
    self.objective = objective
    self.functions = functions
    program = FunctionProgram(of: model, objective: objective, constraints: functions)
    evaluator = program.makeEvaluator()
  }

  /// The value straight from the arena.
  func plain(_ f: ScalarFunction, _ x: [Double]) -> Double {
    var value = f.constant
    for t in f.linear { value += t.coefficient * x[Int(t.variable)] }
    for t in f.quadratic { value += t.coefficient * x[Int(t.first)] * x[Int(t.second)] }
    if let root = f.nonlinear {
      value += model.arena.values(at: x, parameters: model.parameterValues, roots: [root])[root.position]
    }
    return value
  }

  func gradient(_ x: [Double]) -> [Double] {
    var result = [Double](repeating: .nan, count: x.count)
    evaluator.gradient(at: x, into: &result)
    return result
  }

  func values(_ x: [Double]) -> [Double] {
    var result = [Double](repeating: .nan, count: evaluator.constraintCount)
    evaluator.constraints(at: x, into: &result)
    return result
  }

  /// The Jacobian as dense rows.
  func jacobian(_ x: [Double]) -> [[Double]] {
    let pattern = evaluator.jacobianPattern
    var values = [Double](repeating: .nan, count: pattern.entryCount)
    evaluator.jacobian(at: x, into: &values)
    return (0..<pattern.lineCount).map { i in
      var row = [Double](repeating: 0, count: x.count)
      for k in pattern.starts[i]..<pattern.starts[i + 1] { row[Int(pattern.indices[k])] += values[k] }
      return row
    }
  }

  /// The Hessian of the Lagrangian as dense rows.
  func hessian(_ x: [Double], _ factor: Double, _ y: [Double]) -> [[Double]] {
    let pattern = evaluator.hessianPattern
    var values = [Double](repeating: .nan, count: pattern.entryCount)
    evaluator.hessian(at: x, objective: factor, multipliers: y, into: &values)
    var dense = [[Double]](repeating: [Double](repeating: 0, count: x.count), count: x.count)
    for j in x.indices {
      for k in pattern.starts[j]..<pattern.starts[j + 1] {
        let i = Int(pattern.indices[k])
        dense[i][j] = values[k]
        dense[j][i] = values[k]
      }
    }
    return dense
  }

  /// The largest relative difference between derivatives and differences of one order lower, at x.
  func worstError(at x: [Double], multipliers y: [Double], step: Double = 0.02) -> Double {
    var worst = 0.0
    func compare(_ exact: Double, _ approximate: Double) {
      let error = Swift.abs(exact - approximate) / Swift.max(1, Swift.abs(exact))
      worst = error.isNaN ? .infinity : Swift.max(worst, error)
    }
    compare(evaluator.objective(at: x), plain(objective, x))
    for (i, value) in values(x).enumerated() { compare(value, plain(functions[i], x)) }
    let (g, jacobian, h) = (gradient(x), jacobian(x), hessian(x, 0.7, y))
    func moved(_ j: Int, _ t: Double) -> [Double] {
      var point = x
      point[j] += t
      return point
    }
    for j in x.indices {
      compare(g[j], slope(step: step) { plain(objective, moved(j, $0)) })
      for i in functions.indices { compare(jacobian[i][j], slope(step: step) { plain(functions[i], moved(j, $0)) }) }
      for k in x.indices {
        let approximate = slope(step: step) { t in
          let point = moved(j, t)
          var sum = 0.7 * gradient(point)[k]
          for (i, row) in self.jacobian(point).enumerated() { sum += y[i] * row[k] }
          return sum
        }
        compare(h[j][k], approximate)
      }
    }
    return worst
  }
}

@Suite struct DerivativeTests {
  /// Where a unary operation is smooth, away from singular points.
  static func domain(_ operation: Operation) -> (Double, Double) {
    switch operation {
    case .sqrt, .log, .log10, .log2, .lgamma, .gamma, .bessely0, .bessely1, .cbrt, .inverse, .csch, .coth, .acsch:
      (0.6, 2.5)
    case .log1p: (-0.5, 2)
    case .asin, .acos, .atanh, .asind, .acosd: (-0.8, 0.8)
    case .asec, .acsc, .acosh, .acoth, .asecd, .acscd: (1.2, 3)
    case .asech: (0.2, 0.85)
    case .cot, .csc: (0.4, 2.6)
    case .acot, .acotd: (0.2, 2)
    case .cotd, .cscd: (20, 160)
    case .tand, .secd, .sind, .cosd: (-70, 70)
    case .floor, .ceil, .round: (0.1, 0.4)
    case .abs, .sign, .not: (0.2, 2)
    case .tan, .sec: (-1.2, 1.2)
    default: (-2, 2)
    }
  }

  @Test func `every function of one operand has the derivatives that differences show`() {
    var random = SplitMix(state: 1)
    for operation in Operation.allCases where operation.arity == .unary {
      var model = Model()
      for k in 0..<2 { model.addVariable("x\(k)") }
      let x = model.arena.variable(0)
      let y = model.arena.variable(1)
      // Composed on both sides, so that the chain rule's second order is seen too: y * op(x), op(op'argument).
      let (low, high) = DerivativeTests.domain(operation)
      let inner = model.arena.node(.add, [x, model.arena.node(.multiply, [model.arena.constant(0.1), x, y])])
      let outer = model.arena.node(.multiply, [y, model.arena.node(operation, [inner])])
      let single = model.arena.node(operation, [x])
      let d = Derivatives(model, ScalarFunction(nonlinear: outer), [ScalarFunction(nonlinear: single)])
      for _ in 0..<4 {
        let width = 0.1 * (high - low)
        let t = random.real(low + width, high - width)
        let point = [t, random.real(-0.3, 0.3) * Swift.min(1, 0.5 * width / (0.1 * Swift.abs(t) + 0.01))]
        let error = d.worstError(at: point, multipliers: [1.3], step: 0.02 * Swift.min(1, high - low))
        #expect(error < 2e-7, "\(operation) at \(point): \(error)")
      }
    }
  }

  @Test func `every function of several operands has the derivatives that differences show`() {
    var random = SplitMix(state: 2)
    for operation in Operation.allCases where operation.arity == .binary || operation.arity == .nary {
      for count in operation.arity == .binary ? [2] : operation == .ifElse ? [3] : [1, 2, 3, 5] {
        var model = Model()
        for k in 0..<count { model.addVariable("x\(k)") }
        let variables = (0..<count).map { model.arena.variable(Int32($0)) }
        var operands = variables
        for k in operands.indices {
          operands[k] = model.arena.node(.add, [operands[k], model.arena.node(.sin, [variables[(k + 1) % count]])])
        }
        if operation == .power { operands[0] = model.arena.node(.exp, [operands[0]]) }
        if operation == .ifElse { operands[0] = model.arena.node(.greater, [operands[0], model.arena.constant(1)]) }
        let inner = model.arena.node(operation, operands)
        let outer = model.arena.node(.multiply, [inner, variables[0]])
        let plain = model.arena.node(operation, variables)
        let d = Derivatives(model, ScalarFunction(nonlinear: outer), [ScalarFunction(nonlinear: plain)])
        for _ in 0..<4 {
          // Well apart, so that no comparison changes within the step.
          var point = (0..<count).map { 0.4 + 0.45 * Double($0) + random.real(0, 0.1) }
          point.shuffle(using: &random)
          let error = d.worstError(at: point, multipliers: [-0.8], step: 0.005)
          #expect(error < 1e-7, "\(operation) of \(count) at \(point): \(error)")
        }
      }
    }
  }

  /// A random smooth expression over the variables; shared nodes arise by reusing earlier ones.
  static func expression(_ arena: inout ExpressionArena, _ count: Int, _ steps: Int, _ random: inout SplitMix) -> NodeID {
    var pool = (0..<count).map { arena.variable(Int32($0)) }
    pool.append(arena.constant(0.7))
    for _ in 0..<steps {
      let a = pool[Int.random(in: 0..<pool.count, using: &random)]
      let b = pool[Int.random(in: 0..<pool.count, using: &random)]
      let c = pool[Int.random(in: 0..<pool.count, using: &random)]
      switch Int.random(in: 0..<11, using: &random) {
      case 0: pool.append(arena.node(.sin, [a]))
      case 1: pool.append(arena.node(.tanh, [a]))
      case 2: pool.append(arena.node(.multiply, [a, b]))
      case 3: pool.append(arena.node(.subtract, [a, b]))
      case 4: pool.append(arena.node(.add, [a, b, c]))
      case 5: pool.append(arena.node(.atan, [arena.node(.multiply, [a, a, b])]))
      case 6: pool.append(arena.node(.divide, [a, arena.node(.add, [arena.constant(2), arena.node(.square, [b])])]))
      case 7: pool.append(arena.node(.exp, [arena.node(.sin, [a])]))
      case 8: pool.append(arena.node(.norm2, [a, b, arena.constant(1)]))
      case 9: pool.append(arena.node(.power, [arena.node(.add, [arena.constant(2), arena.node(.cos, [a])]), b]))
      default: pool.append(arena.node(.logistic, [arena.node(.multiply, [a, c])]))
      }
    }
    return arena.node(.add, Array(pool.suffix(3)))
  }

  @Test func `gradient, Jacobian and Hessian of random models with shared parts agree with differences`() {
    var random = SplitMix(state: 3)
    for trial in 0..<30 {
      var model = Model()
      let n = Int.random(in: 1...5, using: &random)
      for k in 0..<n { model.addVariable("x\(k)") }
      var functions: [ScalarFunction] = []
      let shared = DerivativeTests.expression(&model.arena, n, 8, &random)
      for _ in 0..<4 {
        let own = DerivativeTests.expression(&model.arena, n, 6, &random)
        functions.append(
          ScalarFunction(
            constant: random.real(-1, 1), linear: [LinearTerm(random.real(-1, 1), 0)],
            quadratic: [QuadraticTerm(random.real(-1, 1), 0, Int32(n - 1))],
            nonlinear: model.arena.node(.multiply, [shared, own])))
      }
      let d = Derivatives(model, functions.removeLast(), functions)
      let point = (0..<n).map { _ in random.real(-1, 1) }
      let error = d.worstError(at: point, multipliers: functions.map { _ in random.real(-1, 1) }, step: 0.01)
      #expect(error < 1e-5, "trial \(trial): \(error)")
    }
  }
}
