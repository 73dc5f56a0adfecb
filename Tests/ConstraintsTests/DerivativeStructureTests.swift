import Testing

@testable import Constraints

@Suite struct DerivativeStructureTests {
  /// sin(a x + b y) * exp(-x) + (x - 2)^3 with other numbers and variables for each row, and a row's number of terms.
  private func familyModel(rows: Int, seed: UInt64) -> (Model, ScalarFunction, [ScalarFunction]) {
    var random = TestRandom(seed)
    var model = Model()
    let n = rows + 3
    for k in 0..<n { model.addVariable("x\(k)") }
    var functions: [ScalarFunction] = []
    var residuals: [NodeID] = []
    for i in 0..<rows {
      let x = model.arena.variable(Int32(i))
      let y = model.arena.variable(Int32(i + 1 + i % 3))
      let phase = model.arena.node(
        .add,
        [
          model.arena.node(.multiply, [model.arena.constant(random.real(0.5, 1)), x]),
          model.arena.node(.multiply, [model.arena.constant(random.real(0.5, 1)), y]),
        ])
      let wave = model.arena.node(
        .multiply, [model.arena.node(.sin, [phase]), model.arena.node(.exp, [model.arena.node(.negate, [x])])])
      let shifted = model.arena.node(.subtract, [x, model.arena.constant(2)])
      let cube = model.arena.node(.power, [shifted, model.arena.constant(3)])
      let scaled = model.arena.node(.multiply, [model.arena.constant(random.real(-1, 1)), cube])
      functions.append(
        ScalarFunction(linear: [LinearTerm(2, Int32(n - 1))], nonlinear: model.arena.node(.add, [wave, scaled])))
      residuals.append(model.arena.node(.subtract, [wave, model.arena.constant(random.real(-1, 1))]))
    }
    let objective = ScalarFunction(nonlinear: model.arena.node(.sumOfSquares, residuals))
    return (model, objective, functions)
  }

  @Test func `rows of equal shape give the same derivatives as differences`() {
    for rows in [1, 3, 4, 9, 17] {
      let (model, objective, functions) = familyModel(rows: rows, seed: UInt64(rows))
      let d = Derivatives(model, objective, functions)
      var random = TestRandom(5)
      let point = (0..<model.variableCount).map { _ in random.real(-0.5, 0.5) }
      let error = d.worstError(at: point, multipliers: functions.map { _ in random.real(-1, 1) }, step: 0.01)
      #expect(error < 1e-8, "\(rows) rows: \(error)")
    }
  }

  @Test func `a row evaluated among a thousand like it has the value it has alone`() {
    let (model, objective, functions) = familyModel(rows: 1000, seed: 8)
    let together = Derivatives(model, objective, functions)
    let counts = together.program.constraints.families.map(\.count)
    #expect(counts == [1000, 1000])
    var random = TestRandom(6)
    let point = (0..<model.variableCount).map { _ in random.real(-0.5, 0.5) }
    let values = together.values(point)
    let pattern = together.evaluator.jacobianPattern
    var entries = [Double](repeating: .nan, count: pattern.entryCount)
    together.evaluator.jacobian(at: point, into: &entries)
    for i in [0, 7, 511, 998, 999] {
      let alone = Derivatives(model, ScalarFunction(), [functions[i]])
      #expect(abs(alone.values(point)[0] - values[i]) <= 1e-14)
      let row = alone.jacobian(point)[0]
      for k in pattern.starts[i]..<pattern.starts[i + 1] {
        #expect(abs(row[Int(pattern.indices[k])] - entries[k]) <= 1e-14)
      }
    }
  }

  @Test func `a term that many rows share is one element, whatever its factor`() {
    var model = Model()
    let x = model.addVariable("x")
    let y = model.addVariable("y")
    let shared = exp(x * y)
    let functions = (1...50).map { model.function(from: Double($0) * shared + y) }
    let d = Derivatives(model, ScalarFunction(), functions)
    #expect(d.program.constraints.valueCount == 1)
    #expect(d.worstError(at: [0.3, 0.4], multipliers: functions.map { _ in 0.1 }) < 1e-8)
  }

  @Test func `patterns are sorted, lower triangular and hold every entry once`() {
    let (model, objective, functions) = familyModel(rows: 30, seed: 9)
    let d = Derivatives(model, objective, functions)
    func isAscending(_ pattern: SparsityPattern) -> Bool {
      (0..<pattern.lineCount).allSatisfy { i in
        let line = pattern.indices[pattern.starts[i]..<pattern.starts[i + 1]]
        return zip(line, line.dropFirst()).allSatisfy { $0 < $1 }
      }
    }
    let (j, h) = (d.evaluator.jacobianPattern, d.evaluator.hessianPattern)
    #expect(isAscending(j) && isAscending(h))
    #expect(j.lineCount == 30 && h.lineCount == model.variableCount)
    for column in 0..<h.lineCount {
      for k in h.starts[column]..<h.starts[column + 1] { #expect(Int(h.indices[k]) >= column) }
    }
    // Row i depends on x_i, one later variable and the last; in row 29 the last two are the same.
    #expect(j.entryCount == 30 * 3 - 1)
  }

  @Test func `linear and quadratic models need no program`() {
    var model = Model()
    let x = model.addVariable("x")
    let y = model.addVariable("y")
    model.addConstraint(.name("r"), ScalarFunction(linear: [LinearTerm(1, 0), LinearTerm(2, 1)]), in: .lessThan(3))
    let q = model.function(from: 3 * x * x + x * y - y)
    let program = FunctionProgram(of: model, objective: q, sign: -1, constraints: [q])
    let evaluator = program.makeEvaluator()
    #expect(program.objective.families.isEmpty && program.constraints.families.isEmpty)
    #expect(evaluator.objective(at: [1, 2]) == -3)
    var c = [0.0, 0]
    evaluator.constraints(at: [1, 2], into: &c)
    #expect(c == [5, 3])
    var g = [0.0, 0]
    evaluator.gradient(at: [1, 2], into: &g)
    #expect(g == [-8, 0])
    var j = [0.0, 0, 0, 0]
    evaluator.jacobian(at: [1, 2], into: &j)
    #expect(j == [1, 2, 8, 0])
    var h = [0.0, 0]
    evaluator.hessian(at: [1, 2], objective: 1, multipliers: [5, 3], into: &h)
    #expect(h == [12, 2])
    var p = [0.0, 0]
    evaluator.hessianProduct(at: [1, 2], objective: 1, multipliers: [5, 3], [1, 10], into: &p)
    #expect(p == [32, 2])
    var t = [1.0, 1]
    evaluator.addJacobianTransposeProduct(at: [1, 2], [1, 2], to: &t)
    #expect(t == [18, 3])
  }

  @Test func `a model without variables or constraints has empty derivatives`() {
    let d = Derivatives(Model(), ScalarFunction(constant: 4), [])
    #expect(d.evaluator.objective(at: []) == 4)
    #expect(d.gradient([]).isEmpty && d.values([]).isEmpty)
    #expect(d.jacobian([]).isEmpty)
    #expect(d.hessian([], 1, []).isEmpty)
    var model = Model()
    model.addVariable("x")
    let constant = Derivatives(model, ScalarFunction(), [ScalarFunction(constant: 2)])
    #expect(constant.gradient([1]) == [0] && constant.values([1]) == [2])
    #expect(constant.hessian([1], 1, [1]) == [[0]])
  }

  @Test func `an expression a hundred thousand nodes deep is differentiated without recursion`() {
    var model = Model()
    model.addVariable("x")
    var node = model.arena.variable(0)
    let depth = 100_000
    for k in 0..<depth {
      node = model.arena.node(k % 2 == 0 ? .sin : .asinh, [node])
    }
    let d = Derivatives(model, ScalarFunction(nonlinear: node), [])
    let x = [0.5]
    #expect(d.evaluator.objective(at: x) == d.plain(d.objective, x))
    let g = d.gradient(x)[0]
    let h = 1e-4
    let difference = (d.plain(d.objective, [0.5 + h]) - d.plain(d.objective, [0.5 - h])) / (2 * h)
    #expect(abs(g - difference) < 1e-6 * abs(g))
    let second = (d.gradient([0.5 + h])[0] - d.gradient([0.5 - h])[0]) / (2 * h)
    #expect(abs(d.hessian(x, 1, [])[0][0] - second) < 1e-6 * abs(second))
  }

  @Test func `a deep chain shared by all rows is differentiated once`() {
    // Row k is x_k times one long chain: without sharing 400 rows would cost 400 chains.
    var model = Model()
    for k in 0..<400 { model.addVariable("x\(k)") }
    var chain = model.arena.variable(0)
    for k in 0..<3000 {
      chain = model.arena.node(.sin, [model.arena.node(.add, [chain, model.arena.constant(0.001 * Double(k % 7))])])
    }
    let functions = (0..<400).map {
      ScalarFunction(nonlinear: model.arena.node(.multiply, [model.arena.variable(Int32($0)), chain]))
    }
    let program = FunctionProgram(of: model, objective: ScalarFunction(), constraints: functions)
    let count = program.constraints.families.reduce(0) { $0 + $1.programs.gradient.instructions.count * $1.count }
    #expect(count < 60_000)
    let d = Derivatives(model, ScalarFunction(), [functions[0], functions[5]])
    let point = (0..<400).map { 0.3 + 0.001 * Double($0) }
    let row = d.jacobian(point)[1]
    #expect(row[5] == d.plain(ScalarFunction(nonlinear: chain), point))
    #expect(row[0] != 0 && row[1] == 0)
  }

  @Test func `any number of threads gives the same numbers`() {
    let (model, objective, functions) = familyModel(rows: 30_000, seed: 12)
    let n = model.variableCount
    var random = TestRandom(7)
    let point = (0..<n).map { _ in random.real(-0.5, 0.5) }
    let y = functions.map { _ in random.real(-1, 1) }
    func numbers(_ threads: Int) -> [[Double]] {
      let program = FunctionProgram(of: model, objective: objective, constraints: functions, threads: threads)
      let evaluator = program.makeEvaluator()
      var lists = [n, functions.count, program.jacobianPattern.entryCount, program.hessianPattern.entryCount].map {
        [Double](repeating: .nan, count: $0)
      }
      evaluator.gradient(at: point, into: &lists[0])
      evaluator.constraints(at: point, into: &lists[1])
      evaluator.jacobian(at: point, into: &lists[2])
      evaluator.hessian(at: point, objective: 1, multipliers: y, into: &lists[3])
      return lists + [[evaluator.objective(at: point)]]
    }
    let one = numbers(1)
    let isFinite = one.allSatisfy { $0.allSatisfy(\.isFinite) }
    #expect(isFinite)
    #expect(numbers(2) == one)
    #expect(numbers(3) == one)
  }

  @Test func `products of the Hessian are those of its entries, also where the matrix is too large to be offered`() {
    let (model, objective, functions) = familyModel(rows: 12, seed: 10)
    var random = TestRandom(11)
    let n = model.variableCount
    let point = (0..<n).map { _ in random.real(-0.5, 0.5) }
    let y = functions.map { _ in random.real(-1, 1) }
    let v = (0..<n).map { _ in random.real(-1, 1) }
    let quadratic = ScalarFunction(quadratic: [QuadraticTerm(3, 0, 0), QuadraticTerm(-1, 0, 2)])
    let parts = [(weight: 1.0, function: objective), (weight: 2.0, function: quadratic)]
    let full = FunctionProgram(of: model, objective: parts, constraints: functions)
    let small = FunctionProgram(of: model, objective: parts, constraints: functions, hessianLimit: 0)
    #expect(full.abilities == .all)
    #expect(small.abilities == [.jacobian, .hessianProduct] && small.hessianPattern.entryCount == 0)
    var entries = [Double](repeating: 0, count: full.hessianPattern.entryCount)
    full.makeEvaluator().hessian(at: point, objective: 0.7, multipliers: y, into: &entries)
    var expected = [Double](repeating: 0, count: n)
    for j in 0..<n {
      for k in full.hessianPattern.starts[j]..<full.hessianPattern.starts[j + 1] {
        let i = Int(full.hessianPattern.indices[k])
        expected[i] += entries[k] * v[j]
        if i != j { expected[j] += entries[k] * v[i] }
      }
    }
    for program in [full, small] {
      var product = [Double](repeating: .nan, count: n)
      program.makeEvaluator().hessianProduct(at: point, objective: 0.7, multipliers: y, v, into: &product)
      for j in 0..<n { #expect(abs(product[j] - expected[j]) < 1e-12) }
    }
  }
}
