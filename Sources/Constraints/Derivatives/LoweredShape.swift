/// An expression shape as values of an ``InstructionBuilder``, with the local partial derivatives of every step.
///
/// Each node has edges to the nodes it depends on with the partial derivatives, and pairs of edges with the second
/// partial derivatives. Operations are first written with fewer ones: products as chains of two factors, degrees by a
/// factor, `sec x` as `1 / cos x`. Nodes 0, 1, ... are the variables, in the order of their slots.
struct LoweredShape {
  typealias Value = InstructionBuilder.Value

  struct Edge {
    /// The node depended on.
    var node: Int32
    /// Partial derivative with respect to it.
    var partial: Value
  }

  struct EdgePair {
    /// Positions in ``edges``; both the same for a pure second derivative.
    var first: Int32
    var second: Int32
    var partial: Value
  }

  var builder = InstructionBuilder()
  /// The value of each node.
  private(set) var values: [Value] = []
  private(set) var edgeStarts: [Int32] = [0]
  private(set) var edges: [Edge] = []
  private(set) var pairStarts: [Int32] = [0]
  private(set) var pairs: [EdgePair] = []
  /// Nodes below a branch that may not be taken: their derivatives are multiplied so that 0 times infinity is 0.
  private(set) var isMasked: [Bool] = []
  /// Whether a node depends on a variable through edges.
  private(set) var isActive: [Bool] = []
  private(set) var outputs: [Int32] = []
  let variableCount: Int
  /// Whether second derivatives were left out because a user function has too many arguments for them.
  private(set) var lacksCurvature = false
  /// Highest derivative that is wanted: 0, 1 or 2.
  let order: Int

  /// - Parameter numbers: for each number slot its value, or nil when it differs between instances; the latter are read
  ///   as data, numbered in order.
  init(_ shape: ExpressionShape, numbers: [Double?], order: Int) {
    self.order = order
    variableCount = shape.variableCount
    for slot in 0..<shape.variableCount {
      append(builder.input(.variable, slot), isActive: true)
    }
    let words = shape.words
    var nodeOf = [Int32](repeating: 0, count: shape.nodeCount)
    var conditional: [(Int32, Range<Int>)] = []
    var position = 0
    var dataSlot = 0
    let dataSlots = numbers.map { number in
      defer { if number == nil { dataSlot += 1 } }
      return dataSlot
    }
    for local in 0..<shape.nodeCount {
      let operation = Operation(rawValue: UInt8(truncatingIfNeeded: words[position]))!
      let count = Int(words[position] >> 8)
      let operands = (position + 1)..<(position + 1 + count)
      position += 1 + count
      switch operation {
      case .variable: nodeOf[local] = words[operands.lowerBound]
      case .parameter:
        let slot = Int(words[operands.lowerBound])
        let number = numbers[slot].map { builder.constant($0) } ?? builder.input(.data, dataSlots[slot])
        nodeOf[local] = append(number, isActive: false)
      case .constant:
        let low = UInt64(UInt32(bitPattern: words[operands.lowerBound]))
        let high = UInt64(UInt32(bitPattern: words[operands.lowerBound + 1]))
        nodeOf[local] = append(builder.constant(Double(bitPattern: low | high << 32)), isActive: false)
      default:
        let before = values.count
        nodeOf[local] = lower(operation, operands.map { nodeOf[Int(words[$0])] })
        if operation == .ifElse || operation == .min || operation == .max {
          conditional.append((nodeOf[local], before..<values.count))
        }
      }
    }
    outputs = shape.outputs.map { nodeOf[Int($0)] }
    markMasked(conditional.map(\.1))
  }

  private mutating func markMasked(_ conditional: [Range<Int>]) {
    isMasked = [Bool](repeating: false, count: values.count)
    if conditional.isEmpty { return }
    var selects = [Bool](repeating: false, count: values.count)
    for range in conditional { for i in range { selects[i] = true } }
    for i in values.indices.reversed() where isMasked[i] || selects[i] {
      for e in edgeRange(i) { isMasked[Int(edges[e].node)] = true }
    }
  }

  func edgeRange(_ node: Int) -> Range<Int> { Int(edgeStarts[node])..<Int(edgeStarts[node + 1]) }
  func pairRange(_ node: Int) -> Range<Int> { Int(pairStarts[node])..<Int(pairStarts[node + 1]) }

  /// Multiplies a derivative by a partial derivative of `node`.
  mutating func multiply(_ derivative: Value, _ partial: Value, at node: Int) -> Value {
    isMasked[node] ? builder.maskedMultiply(derivative, partial) : builder.multiply(derivative, partial)
  }

  // MARK: - Nodes

  @discardableResult
  private mutating func append(_ value: Value, isActive active: Bool) -> Int32 {
    values.append(value)
    isActive.append(active)
    edgeStarts.append(Int32(edges.count))
    pairStarts.append(Int32(pairs.count))
    return Int32(values.count - 1)
  }

  /// Appends a node with first partials by operand, and second partials by pairs of operands.
  mutating func node(
    _ value: Value, _ first: [(node: Int32, partial: Value)], _ second: [(Int, Int, Value)] = []
  ) -> Int32 {
    var edgeOf = [Int32](repeating: -1, count: first.count)
    for (k, edge) in first.enumerated() where isActive[Int(edge.node)] && edge.partial != builder.zero {
      edgeOf[k] = Int32(edges.count)
      edges.append(Edge(node: edge.node, partial: edge.partial))
    }
    for (a, b, partial) in second where partial != builder.zero {
      let (i, j) = (first[a].node, first[b].node)
      guard isActive[Int(i)], isActive[Int(j)] else { continue }
      // A pair may matter where a first partial is structurally zero; it needs its edge all the same.
      for k in [a, b] where edgeOf[k] < 0 {
        edgeOf[k] = Int32(edges.count)
        edges.append(Edge(node: first[k].node, partial: builder.zero))
      }
      pairs.append(EdgePair(first: edgeOf[a], second: edgeOf[b], partial: partial))
    }
    let active = edges.count > Int(edgeStarts.last!)
    return append(value, isActive: active)
  }

  private mutating func lower(_ operation: Operation, _ operands: [Int32]) -> Int32 {
    switch operation.arity {
    case .leaf: preconditionFailure("a leaf has no operands")
    case .unary: return unary(operation, operands[0])
    case .binary: return binary(operation, operands[0], operands[1])
    case .nary: break
    }
    switch operation {
    case .add: return sum(operands)
    case .multiply:
      var result = operands[0]
      for factor in operands.dropFirst() { result = product(result, factor) }
      return result
    case .min, .max:
      var result = operands[0]
      for other in operands.dropFirst() { result = extreme(operation, result, other) }
      return result
    case .and, .or:
      var result = operands[0]
      if operands.count == 1 {
        let truth = builder.binary(.notEqual, values[Int(result)], builder.zero)
        return append(truth, isActive: false)
      }
      for other in operands.dropFirst() { result = logical(operation, result, other) }
      return result
    case .sumOfSquares: return sum(operands.map { unary(.square, $0) })
    case .norm2: return norm(operands)
    case .call: return call(operands)
    default: return choice(operands)
    }
  }

  private mutating func sum(_ operands: [Int32]) -> Int32 {
    var value = operands.isEmpty ? builder.zero : values[Int(operands[0])]
    for operand in operands.dropFirst() { value = builder.add(value, values[Int(operand)]) }
    return node(value, operands.map { ($0, builder.one) })
  }

  mutating func product(_ a: Int32, _ b: Int32) -> Int32 {
    let (x, y) = (values[Int(a)], values[Int(b)])
    return node(builder.product(x, y), [(a, y), (b, x)], [(0, 1, builder.one)])
  }

  /// Smallest or largest of two: the derivative is that of the one taken, of the first when both are equal.
  private mutating func extreme(_ operation: Operation, _ a: Int32, _ b: Int32) -> Int32 {
    let (x, y) = (values[Int(a)], values[Int(b)])
    let value = builder.node(operation == .min ? .minimum : .maximum, x, y)
    if order == 0 { return node(value, [(a, builder.one), (b, builder.one)]) }
    let first = builder.binary(operation == .min ? .lessOrEqual : .greaterOrEqual, x, y)
    return node(value, [(a, first), (b, builder.subtract(builder.one, first))])
  }

  private mutating func logical(_ operation: Operation, _ a: Int32, _ b: Int32) -> Int32 {
    let x = builder.binary(.notEqual, values[Int(a)], builder.zero)
    let y = builder.binary(.notEqual, values[Int(b)], builder.zero)
    let value =
      operation == .and
      ? builder.multiply(x, y) : builder.binary(.notEqual, builder.add(x, y), builder.zero)
    return append(value, isActive: false)
  }

  private mutating func choice(_ operands: [Int32]) -> Int32 {
    let condition = values[Int(operands[0])]
    let value = builder.node(.select, condition, values[Int(operands[1])], values[Int(operands[2])])
    if order == 0 { return node(value, [(operands[1], builder.one), (operands[2], builder.one)]) }
    let taken = builder.binary(.notEqual, condition, builder.zero)
    return node(value, [(operands[1], taken), (operands[2], builder.subtract(builder.one, taken))])
  }

  /// A user function, with the derivatives that it gives or their differences. An unknown one is not a number.
  private mutating func call(_ operands: [Int32]) -> Int32 {
    let arguments = Array(operands.dropFirst())
    guard let number = builder.constantValue(values[Int(operands[0])]), let function = UserFunction.numbered(number),
      function.arity == arguments.count
    else { return append(builder.constant(.nan), isActive: false) }
    let inputs = arguments.map { values[Int($0)] }
    let value = builder.call(function, .value, inputs)[0]
    if order == 0 { return node(value, arguments.map { ($0, builder.one) }) }
    let first = Array(zip(arguments, builder.call(function, .gradient, inputs)))
    if order == 1 { return node(value, first.map { ($0.0, $0.1) }) }
    if arguments.count > LoweredShape.curvatureArity {
      lacksCurvature = true
      return node(value, first.map { ($0.0, $0.1) })
    }
    let second = builder.call(function, .hessian, inputs)
    var pairs: [(Int, Int, Value)] = []
    for i in arguments.indices { for j in 0...i { pairs.append((i, j, second[i * (i + 1) / 2 + j])) } }
    return node(value, first.map { ($0.0, $0.1) }, pairs)
  }

  /// A user function with more arguments than this is used with its first derivatives only.
  private static let curvatureArity = 1000

  /// The Euclidean norm; at 0 both derivatives are taken as 0, which is a subgradient.
  private mutating func norm(_ operands: [Int32]) -> Int32 {
    let squares = sum(operands.map { unary(.square, $0) })
    let value = builder.unary(.sqrt, values[Int(squares)])
    if order == 0 { return node(value, [(squares, builder.one)]) }
    let inverse = builder.node(.safeReciprocal, value)
    let slope = builder.scale(0.5, inverse)
    let curvature = builder.scale(-0.25, builder.multiply(inverse, builder.square(inverse)))
    return node(value, [(squares, slope)], [(0, 0, curvature)])
  }
}
