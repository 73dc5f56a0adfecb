/// Where a function, or its derivative, stops being a finite number: the first such step of the computation.
public struct NonFiniteValue: Sendable {
  public enum Place: Sendable, Hashable {
    case objective
    /// Position among the constraints of the program: the linear rows of the model first.
    case constraint(Int)
  }

  public var place: Place
  /// The sub-expression, in ordinary algebra.
  public var text: String
  /// Its value; finite when only the derivative is not.
  public var value: Double
  /// Whether it is the derivative that is not finite.
  public var isDerivative: Bool
  /// The operands that are not numbers, as text, with their values.
  public var arguments: [(text: String, value: Double)]

  /// One sentence: `log(x - y) is not a number where x - y = -0.2`.
  public var description: String {
    let subject = isDerivative ? "the derivative of \(text)" : text
    let state = value.isNaN || isDerivative ? (isDerivative ? "is not finite" : "is not a number") : "is infinite"
    if arguments.isEmpty { return "\(subject) \(state)" }
    return "\(subject) \(state) where " + arguments.map { "\($0.text) = \($0.value.text)" }.joined(separator: ", ")
  }

  /// The diagnostic about the function called `name`.
  public func diagnostic(named name: String) -> Diagnostic {
    let owner = place == .objective ? (name.isEmpty ? "the objective" : "objective '\(name)'") : "constraint '\(name)'"
    let mend = "give bounds or a start value that keep \(arguments.first?.text ?? "its variables") inside the domain"
    return Diagnostic(.notFinite, "\(owner): \(description)", mend: mend).about(name)
  }
}

extension FunctionEvaluator {
  /// The first step that makes the objective or a constraint, or if these are finite one of their derivatives, infinite or
  /// not a number at x; nil when everything is finite.
  ///
  /// Evaluates the expressions of the model step by step, apart from the compiled program.
  /// - Complexity: O(nodes + terms).
  public func findNonFinite(at x: UnsafePointer<Double>) -> NonFiniteValue? {
    let source = program.source
    let point = Array(UnsafeBufferPointer(start: x, count: variableCount))
    let values = source.arena.values(at: point, parameters: source.model.parameterValues)
    if let found = source.first(where: { place, f in source.nonFiniteStep(of: f, place, point, values) }) { return found }
    guard let (place, variable) = firstNonFiniteDerivative(at: x) else { return nil }
    return source.first { other, f in other == place ? source.nonFiniteDerivative(of: f, place, values) : nil }
      ?? NonFiniteValue(
        place: place, text: "the function", value: .nan, isDerivative: true,
        arguments: [(source.model.variableNames[Int(variable)], x[Int(variable)])])
  }

  /// The first function with a derivative that is not finite, and by which variable.
  private func firstNonFiniteDerivative(at x: UnsafePointer<Double>) -> (NonFiniteValue.Place, Int32)? {
    var slopes = [Double](repeating: 0, count: variableCount)
    gradient(at: x, into: &slopes)
    if let j = slopes.firstIndex(where: { !$0.isFinite }) { return (.objective, Int32(j)) }
    let pattern = jacobianPattern
    slopes = [Double](repeating: 0, count: pattern.entryCount)
    jacobian(at: x, into: &slopes)
    guard let k = slopes.firstIndex(where: { !$0.isFinite }) else { return nil }
    var (low, high) = (0, pattern.lineCount)
    while high - low > 1 {
      let middle = (low + high) / 2
      if pattern.starts[middle] <= k { low = middle } else { high = middle }
    }
    return (.constraint(low), pattern.indices[k])
  }
}

/// What a program was made from, for messages.
struct ProgramSource: Sendable {
  var model: Model
  var objective: [(weight: Double, function: ScalarFunction)]
  var constraints: [ScalarFunction]

  var arena: ExpressionArena { model.arena }

  /// The first finding among the objective, the rows and the constraints.
  func first(where find: (NonFiniteValue.Place, ScalarFunction) -> NonFiniteValue?) -> NonFiniteValue? {
    for part in objective {
      if let found = find(.objective, part.function) { return found }
    }
    let rows = model.rows
    for i in 0..<rows.count {
      if let found = find(.constraint(i), ScalarFunction(linear: rows.terms(i))) { return found }
    }
    for (k, function) in constraints.enumerated() {
      if let found = find(.constraint(rows.count + k), function) { return found }
    }
    return nil
  }

  func nonFiniteStep(
    of function: ScalarFunction, _ place: NonFiniteValue.Place, _ point: [Double], _ values: [Double]
  ) -> NonFiniteValue? {
    var sum = function.constant
    for term in function.linear { sum += term.coefficient * point[Int(term.variable)] }
    for term in function.quadratic { sum += term.coefficient * point[Int(term.first)] * point[Int(term.second)] }
    if let root = function.nonlinear {
      let value = values[root.position]
      if !value.isFinite { return finding(origin(of: root, values), place, values, isDerivative: false) }
      sum += value
    }
    if sum.isFinite { return nil }
    let polynomial = ScalarFunction(
      constant: function.constant, linear: function.linear, quadratic: function.quadratic)
    let variables = (function.linear.map(\.variable) + function.quadratic.flatMap { [$0.first, $0.second] })
    let extreme = variables.max { abs(point[Int($0)]) < abs(point[Int($1)]) }
    return NonFiniteValue(
      place: place, text: model.text(of: polynomial, limit: 200), value: sum, isDerivative: false,
      arguments: extreme.map { [(model.variableNames[Int($0)], point[Int($0)])] } ?? [])
  }

  func nonFiniteDerivative(
    of function: ScalarFunction, _ place: NonFiniteValue.Place, _ values: [Double]
  ) -> NonFiniteValue? {
    guard let root = function.nonlinear else { return nil }
    for i in steps(of: root, values) {
      let node = arena.nodes[i]
      let operands = arena.arguments(of: NodeID(i)).map { values[$0.position] }
      if operands.isEmpty || node.operation == .call { continue }
      let partials = node.operation.partials(at: operands)
      if !partials.allSatisfy(\.isFinite) { return finding(NodeID(i), place, values, isDerivative: true) }
    }
    return nil
  }

  /// The operands that the value of a node comes from: of a condition, only the branch taken.
  private func operands(of id: NodeID, _ values: [Double]) -> [NodeID] {
    let list = arena.arguments(of: id)
    if arena.nodes[id.position].operation != .ifElse { return list }
    return [list[0], values[list[0].position] != 0 ? list[1] : list[2]]
  }

  /// Follows operands that are not finite down to the step that made them.
  private func origin(of root: NodeID, _ values: [Double]) -> NodeID {
    var id = root
    while let next = operands(of: id, values).first(where: { !values[$0.position].isFinite }) { id = next }
    return id
  }

  /// The nodes that the value of a root comes from, operands first.
  private func steps(of root: NodeID, _ values: [Double]) -> [Int] {
    var mark = [Bool](repeating: false, count: root.position + 1)
    mark[root.position] = true
    for i in mark.indices.reversed() where mark[i] {
      for operand in operands(of: NodeID(i), values) { mark[operand.position] = true }
    }
    return mark.indices.filter { mark[$0] }
  }

  private func finding(
    _ id: NodeID, _ place: NonFiniteValue.Place, _ values: [Double], isDerivative: Bool
  ) -> NonFiniteValue {
    var seen: Set<NodeID> = []
    let operands = arena.arguments(of: id).dropFirst(arena.nodes[id.position].operation == .call ? 1 : 0)
    let moving = operands.filter { arena.constantValue($0) == nil && seen.insert($0).inserted }
    return NonFiniteValue(
      place: place, text: text(id), value: values[id.position], isDerivative: isDerivative,
      arguments: moving.prefix(4).map { (text($0), values[$0.position]) })
  }

  private func text(_ id: NodeID) -> String { model.text(of: ScalarFunction(nonlinear: id), limit: 200) }
}

extension Operation {
  /// The first partial derivatives at given operands.
  func partials(at operands: [Double]) -> [Double] {
    var shape = ExpressionShape()
    for k in operands.indices { shape.words += [ShapeEncoder.header(.variable, 1), Int32(k)] }
    shape.words.append(ShapeEncoder.header(self, operands.count))
    shape.words += operands.indices.map { Int32($0) }
    shape.nodeCount = operands.count + 1
    shape.variableCount = operands.count
    shape.outputs = [Int32(operands.count)]
    var lowered = LoweredShape(shape, numbers: [], order: 1)
    let (entries, values) = lowered.gradients()
    let program = lowered.builder.program(outputs: values)
    var registers = program.constants + [Double](repeating: 0, count: program.registerCount - program.constants.count + 1)
    var outputs = [Double](repeating: 0, count: Swift.max(values.count, 1))
    let slots = operands.indices.map { Int32($0) }
    program.run(
      InstructionInputs(
        x: operands, direction: operands, variables: slots, data: operands, weights: operands, outputs: &outputs, count: 1),
      registers: &registers)
    var result = [Double](repeating: 0, count: operands.count)
    for (k, entry) in entries.enumerated() { result[Int(entry.variable)] = outputs[k] }
    return result
  }
}
