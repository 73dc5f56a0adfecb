/// Builds a straight-line program from values that name earlier values: equal values are computed once, sums and
/// products with 0 and 1 vanish, constants are folded.
struct InstructionBuilder {
  /// A value: its position in the list of values.
  typealias Value = Int32

  struct Node: Equatable {
    var code: InstructionCode
    var extra: UInt8 = 0
    var a: Int32 = 0
    var b: Int32 = 0
    var c: Int32 = 0
  }

  private(set) var nodes: [Node] = []
  private var constants: [Double] = []
  /// Calls of user functions, for the nodes `call`.
  private(set) var calls: [FunctionCall] = []
  private(set) var callResultCount = 0
  /// Open addressing by hash of the node; -1 is empty.
  private var table = [Int32](repeating: -1, count: 256)

  let zero: Value
  let one: Value

  init() {
    zero = 0
    one = 1
    _ = constant(0)
    _ = constant(1)
  }

  private static func hash(_ node: Node) -> UInt64 {
    var h = UInt64(node.code.rawValue) | UInt64(node.extra) << 8 | UInt64(UInt32(bitPattern: node.a)) << 16
    h = (h ^ (h >> 29)) &* 0xbf58_476d_1ce4_e5b9
    h ^= UInt64(UInt32(bitPattern: node.b)) | UInt64(UInt32(bitPattern: node.c)) << 32
    h = (h ^ (h >> 31)) &* 0x94d0_49bb_1331_11eb
    return h ^ (h >> 30)
  }

  private mutating func intern(_ node: Node) -> Value {
    var slot = Int(truncatingIfNeeded: InstructionBuilder.hash(node)) & (table.count - 1)
    while table[slot] >= 0 {
      if nodes[Int(table[slot])] == node { return table[slot] }
      slot = (slot + 1) & (table.count - 1)
    }
    let id = Int32(nodes.count)
    table[slot] = id
    nodes.append(node)
    if nodes.count * 2 > table.count { grow() }
    return id
  }

  private mutating func grow() {
    table = [Int32](repeating: -1, count: table.count * 2)
    for (id, node) in nodes.enumerated() {
      var slot = Int(truncatingIfNeeded: InstructionBuilder.hash(node)) & (table.count - 1)
      while table[slot] >= 0 { slot = (slot + 1) & (table.count - 1) }
      table[slot] = Int32(id)
    }
  }

  /// The number, if the value is one.
  func constantValue(_ value: Value) -> Double? {
    let node = nodes[Int(value)]
    return node.code == .constant ? number(node) : nil
  }

  private func number(_ node: Node) -> Double {
    Double(bitPattern: UInt64(UInt32(bitPattern: node.a)) | UInt64(UInt32(bitPattern: node.b)) << 32)
  }

  mutating func constant(_ value: Double) -> Value {
    let bits = value == 0 ? 0 : value.bitPattern
    return intern(
      Node(
        code: .constant, a: Int32(truncatingIfNeeded: bits), b: Int32(truncatingIfNeeded: bits >> 32)))
  }

  mutating func input(_ code: InstructionCode, _ position: Int) -> Value { intern(Node(code: code, a: Int32(position))) }

  mutating func add(_ a: Value, _ b: Value) -> Value {
    if a == zero { return b }
    if b == zero { return a }
    if let x = constantValue(a), let y = constantValue(b) { return constant(x + y) }
    if nodes[Int(b)].code == .negate { return subtract(a, nodes[Int(b)].a) }
    if nodes[Int(a)].code == .negate { return subtract(b, nodes[Int(a)].a) }
    return intern(Node(code: .add, a: Swift.min(a, b), b: Swift.max(a, b)))
  }

  mutating func subtract(_ a: Value, _ b: Value) -> Value {
    if b == zero { return a }
    if a == zero { return negate(b) }
    if let x = constantValue(a), let y = constantValue(b) { return constant(x - y) }
    if nodes[Int(b)].code == .negate { return add(a, nodes[Int(b)].a) }
    return intern(Node(code: .subtract, a: a, b: b))
  }

  mutating func negate(_ a: Value) -> Value {
    if let x = constantValue(a) { return constant(-x) }
    if nodes[Int(a)].code == .negate { return nodes[Int(a)].a }
    return intern(Node(code: .negate, a: a))
  }

  /// a * b, where a structural zero makes the product zero.
  mutating func multiply(_ a: Value, _ b: Value) -> Value {
    if a == zero || b == zero { return zero }
    return product(a, b)
  }

  /// a * b without the assumption that the factors are finite.
  mutating func product(_ a: Value, _ b: Value) -> Value {
    let (x, y) = (constantValue(a), constantValue(b))
    if let x, let y { return constant(x * y) }
    if x == 1 { return b }
    if y == 1 { return a }
    if x == -1 { return negate(b) }
    if y == -1 { return negate(a) }
    if x == nil, y == nil {
      if nodes[Int(a)].code == .negate { return negate(product(nodes[Int(a)].a, b)) }
      if nodes[Int(b)].code == .negate { return negate(product(a, nodes[Int(b)].a)) }
    }
    return intern(Node(code: .multiply, a: Swift.min(a, b), b: Swift.max(a, b)))
  }

  mutating func scale(_ a: Double, _ b: Value) -> Value { multiply(constant(a), b) }

  /// a * b, or 0 at run time where a is 0.
  mutating func maskedMultiply(_ a: Value, _ b: Value) -> Value {
    if constantValue(a) != nil || constantValue(b) != nil { return multiply(a, b) }
    return intern(Node(code: .maskedMultiply, a: a, b: b))
  }

  mutating func square(_ a: Value) -> Value { product(a, a) }

  mutating func divide(_ a: Value, _ b: Value) -> Value {
    if let x = constantValue(a), let y = constantValue(b), y != 0 { return constant(x / y) }
    if a == one { return reciprocal(b) }
    if constantValue(b) == 1 { return a }
    return intern(Node(code: .divide, a: a, b: b))
  }

  mutating func reciprocal(_ a: Value) -> Value {
    if let x = constantValue(a), x != 0 { return constant(1 / x) }
    return intern(Node(code: .reciprocal, a: a))
  }

  mutating func unary(_ operation: Operation, _ a: Value) -> Value {
    if operation == .negate { return negate(a) }
    if operation == .square { return square(a) }
    if operation == .inverse { return reciprocal(a) }
    if let x = constantValue(a) { return constant(operation.value(x)) }
    return intern(Node(code: .unary, extra: operation.rawValue, a: a))
  }

  mutating func binary(_ operation: Operation, _ a: Value, _ b: Value) -> Value {
    if operation == .subtract { return subtract(a, b) }
    if operation == .divide { return divide(a, b) }
    return intern(Node(code: .binary, extra: operation.rawValue, a: a, b: b))
  }

  /// An instruction that is not simplified.
  mutating func node(_ code: InstructionCode, _ a: Value, _ b: Value = 0, _ c: Value = 0) -> Value {
    intern(Node(code: code, a: a, b: b, c: c))
  }

  /// Calls a user function; equal calls are made once.
  /// - Returns: one value for each result.
  mutating func call(_ function: UserFunction, _ result: FunctionCall.Result, _ operands: [Value]) -> [Value] {
    var number = calls.firstIndex {
      $0.function === function && $0.result == result && $0.operands == operands
    }
    if number == nil {
      number = calls.count
      calls.append(FunctionCall(function: function, result: result, operands: operands, offset: callResultCount))
      callResultCount += calls[number!].resultCount
    }
    let (offset, count) = (calls[number!].offset, calls[number!].resultCount)
    let token = intern(Node(code: .call, a: Int32(number!)))
    return (0..<count).map { intern(Node(code: .component, a: token, b: Int32(offset + $0))) }
  }

  /// x ^ p for a fixed exponent, by multiplications and roots where they do.
  mutating func power(_ x: Value, _ p: Double) -> Value {
    switch p {
    case 0: return one
    case 1: return x
    case 2: return square(x)
    case 3: return product(square(x), x)
    case 4: return square(square(x))
    case 0.5: return unary(.sqrt, x)
    case 1.5: return product(x, unary(.sqrt, x))
    case -0.5: return reciprocal(unary(.sqrt, x))
    case -1: return reciprocal(x)
    case -2: return reciprocal(square(x))
    default: return binary(.power, x, constant(p))
    }
  }
}
