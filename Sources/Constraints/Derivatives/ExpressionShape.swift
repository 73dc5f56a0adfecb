/// The operations of one or more expressions without their variables and numbers: expressions that differ in those only
/// have equal shapes and share one compiled program.
///
/// Nodes are numbered in the order of a depth-first walk, operands before users. Variables and numbers are slots,
/// numbered by first appearance.
struct ExpressionShape: Equatable {
  /// Node after node: a header `operation | operands << 8`, followed by the operands' numbers; the slot of a variable or
  /// of a number (`Operation.parameter`); or the two halves of a literal (`Operation.constant`).
  var words: [Int32] = []
  /// The node whose value is output k.
  var outputs: [Int32] = []
  var nodeCount = 0
  var variableCount = 0
  var dataCount = 0

  var hash: UInt64 {
    var h: UInt64 = 0x9e37_79b9_7f4a_7c15 ^ UInt64(words.count)
    for word in words {
      h = (h ^ UInt64(UInt32(bitPattern: word))) &* 0xbf58_476d_1ce4_e5b9
      h ^= h >> 29
    }
    return h
  }
}

/// Walks sub-expressions of an arena and writes down their shapes, variables and numbers.
struct ShapeEncoder {
  let arena: ExpressionArena
  let knowledge: FixedNodes

  /// The shape walked last, with its variables and numbers by slot.
  private(set) var shape = ExpressionShape()
  private(set) var variables: [Int32] = []
  private(set) var data: [Double] = []

  private var local: [Int32]
  private var stamp: [Int32]
  private var turn: Int32 = 0
  private var stack: [Int32] = []
  private var list: [Int32] = []

  init(arena: ExpressionArena, knowledge: FixedNodes) {
    self.arena = arena
    self.knowledge = knowledge
    local = [Int32](repeating: 0, count: arena.nodes.count)
    stamp = [Int32](repeating: 0, count: arena.nodes.count)
  }

  /// Walks the terms together; nodes that they share are written down once.
  /// - Returns: false when the walk was given up because there are more than `limit` nodes.
  /// - Complexity: O(nodes of the terms).
  mutating func encode(_ terms: some Collection<ElementTerm>, limit: Int = .max) -> Bool {
    turn += 1
    shape.words.removeAll(keepingCapacity: true)
    shape.outputs.removeAll(keepingCapacity: true)
    shape.nodeCount = 0
    variables.removeAll(keepingCapacity: true)
    data.removeAll(keepingCapacity: true)
    for term in terms {
      guard walk(term.node, limit: limit) else { return false }
      var root = local[Int(term.node)]
      if term.isSquared {
        shape.words.append(ShapeEncoder.header(.square, 1))
        shape.words.append(root)
        root = Int32(shape.nodeCount)
        shape.nodeCount += 1
      }
      shape.outputs.append(root)
    }
    shape.variableCount = variables.count
    shape.dataCount = data.count
    return true
  }

  static func header(_ operation: Operation, _ count: Int) -> Int32 { Int32(operation.rawValue) | Int32(count) << 8 }

  private mutating func finish(_ node: Int32) {
    local[Int(node)] = Int32(shape.nodeCount)
    stamp[Int(node)] = turn
    shape.nodeCount += 1
  }

  private mutating func walk(_ root: Int32, limit: Int) -> Bool {
    stack.append(root)
    while let top = stack.popLast() {
      if shape.nodeCount > limit {
        stack.removeAll(keepingCapacity: true)
        return false
      }
      let isSecondVisit = top < 0
      let id = isSecondVisit ? ~top : top
      if stamp[Int(id)] == turn { continue }
      let node = arena.nodes[Int(id)]
      if knowledge.isFixed[Int(id)] {
        shape.words.append(ShapeEncoder.header(.parameter, 1))
        shape.words.append(Int32(data.count))
        data.append(knowledge.values[Int(id)])
        finish(id)
        continue
      }
      if node.operation == .variable {
        shape.words.append(ShapeEncoder.header(.variable, 1))
        shape.words.append(Int32(variables.count))
        variables.append(node.first)
        finish(id)
        continue
      }
      list.removeAll(keepingCapacity: true)
      switch node.operation.arity {
      case .leaf: break
      case .unary: list.append(node.first)
      case .binary:
        list.append(node.first)
        list.append(node.second)
      case .nary:
        for k in 0..<Int(node.second) { list.append(arena.operands[Int(node.first) + k]) }
      }
      let hasLiteral = node.operation == .power && knowledge.isFixed[Int(node.second)]
      if !isSecondVisit {
        stack.append(~id)
        for (k, operand) in list.enumerated().reversed() where stamp[Int(operand)] != turn {
          if hasLiteral && k == 1 { continue }
          stack.append(operand)
        }
        continue
      }
      if hasLiteral {
        let bits = knowledge.values[Int(node.second)].bitPattern
        shape.words.append(ShapeEncoder.header(.constant, 2))
        shape.words.append(Int32(truncatingIfNeeded: bits))
        shape.words.append(Int32(truncatingIfNeeded: bits >> 32))
        shape.nodeCount += 1
      }
      shape.words.append(ShapeEncoder.header(node.operation, list.count))
      for (k, operand) in list.enumerated() {
        shape.words.append(hasLiteral && k == 1 ? Int32(shape.nodeCount - 1) : local[Int(operand)])
      }
      finish(id)
    }
    return true
  }
}

/// Which nodes of an arena do not depend on variables, and their values.
struct FixedNodes {
  var isFixed: [Bool]
  /// Meaningful for fixed nodes only.
  var values: [Double]

  /// - Complexity: O(nodes).
  init(of arena: ExpressionArena, parameters: [Double]) {
    let count = arena.nodes.count
    isFixed = [Bool](repeating: true, count: count)
    values = [Double](repeating: 0, count: count)
    for (i, node) in arena.nodes.enumerated() {
      switch node.operation.arity {
      case .leaf:
        switch node.operation {
        case .constant: values[i] = arena.constants[Int(node.first)]
        case .parameter: values[i] = parameters[Int(node.first)]
        default: isFixed[i] = false
        }
      case .unary:
        isFixed[i] = isFixed[Int(node.first)]
        if isFixed[i] { values[i] = node.operation.value(values[Int(node.first)]) }
      case .binary:
        isFixed[i] = isFixed[Int(node.first)] && isFixed[Int(node.second)]
        if isFixed[i] { values[i] = node.operation.value(values[Int(node.first)], values[Int(node.second)]) }
      case .nary:
        let (first, number) = (Int(node.first), Int(node.second))
        for k in 0..<number where !isFixed[Int(arena.operands[first + k])] {
          isFixed[i] = false
          break
        }
        if isFixed[i] { values[i] = node.operation.reduce(number) { values[Int(arena.operands[first + $0])] } }
      }
    }
  }
}
