/// A node of an ``ExpressionArena``: its position.
public struct NodeID: Sendable, Hashable, Comparable {
  public var index: Int32
  @inlinable public init(_ index: Int32) { self.index = index }
  @inlinable public init(_ index: Int) { self.index = Int32(index) }
  @inlinable public var position: Int { Int(index) }
  public static func < (a: Self, b: Self) -> Bool { a.index < b.index }
}

/// Nonlinear expressions as a flat list of nodes.
///
/// Operands always stand before the nodes that use them, so one forward pass evaluates everything and one backward
/// pass differentiates it; nothing recurses, however deep the expression. Nodes are shared: asking for a node that
/// exists returns it, so common sub-expressions are evaluated once.
public struct ExpressionArena: Sendable {
  /// One node. For a constant `first` indexes ``constants``; for a variable or parameter it is the position in the
  /// model; for one or two operands `first` and `second` are nodes; otherwise `first` is the position in ``operands``
  /// and `second` the number of operands.
  public struct Node: Sendable, Hashable {
    public var operation: Operation
    public var first: Int32
    public var second: Int32
  }

  public private(set) var nodes: [Node] = []
  public private(set) var operands: [Int32] = []
  public private(set) var constants: [Double] = []

  private var known: [Node: Int32] = [:]
  private var knownConstants: [UInt64: Int32] = [:]
  private var knownLists: [[Int32]: Int32] = [:]

  public init() {}

  @inlinable public var isEmpty: Bool { nodes.isEmpty }

  private mutating func intern(_ node: Node) -> NodeID {
    if let found = known[node] { return NodeID(found) }
    let id = Int32(nodes.count)
    nodes.append(node)
    known[node] = id
    return NodeID(id)
  }

  public mutating func constant(_ value: Double) -> NodeID {
    let bits = value.bitPattern
    let slot: Int32
    if let found = knownConstants[bits] {
      slot = found
    } else {
      slot = Int32(constants.count)
      constants.append(value)
      knownConstants[bits] = slot
    }
    return intern(Node(operation: .constant, first: slot, second: 0))
  }

  public mutating func variable(_ position: Int32) -> NodeID {
    intern(Node(operation: .variable, first: position, second: 0))
  }

  public mutating func parameter(_ position: Int32) -> NodeID {
    intern(Node(operation: .parameter, first: position, second: 0))
  }

  /// The node `operation(operands...)`. Constant operands are folded for arithmetic.
  /// - Precondition: the number of operands fits the operation.
  public mutating func node(_ operation: Operation, _ arguments: [NodeID]) -> NodeID {
    switch operation.arity {
    case .leaf: preconditionFailure("leaves are made by constant, variable and parameter")
    case .unary:
      precondition(arguments.count == 1)
      if let folded = fold(operation, arguments) { return constant(folded) }
      return intern(Node(operation: operation, first: arguments[0].index, second: 0))
    case .binary:
      precondition(arguments.count == 2)
      if let folded = fold(operation, arguments) { return constant(folded) }
      return intern(Node(operation: operation, first: arguments[0].index, second: arguments[1].index))
    case .nary:
      if operation == .add || operation == .multiply || operation == .min || operation == .max,
        arguments.count == 1
      {
        return arguments[0]
      }
      if let folded = fold(operation, arguments) { return constant(folded) }
      let list = arguments.map(\.index)
      let start: Int32
      if let found = knownLists[list] {
        start = found
      } else {
        start = Int32(operands.count)
        operands.append(contentsOf: list)
        knownLists[list] = start
      }
      return intern(Node(operation: operation, first: start, second: Int32(list.count)))
    }
  }

  private func fold(_ operation: Operation, _ arguments: [NodeID]) -> Double? {
    if operation == .call { return nil }
    var values: [Double] = []
    for argument in arguments {
      let node = nodes[argument.position]
      guard node.operation == .constant else { return nil }
      values.append(constants[Int(node.first)])
    }
    let result = operation.value(values)
    return result.isFinite ? result : nil
  }

  /// The value of a constant node.
  public func constantValue(_ id: NodeID) -> Double? {
    let node = nodes[id.position]
    return node.operation == .constant ? constants[Int(node.first)] : nil
  }

  /// The operands of a node, in order.
  public func arguments(of id: NodeID) -> [NodeID] {
    let node = nodes[id.position]
    switch node.operation.arity {
    case .leaf: return []
    case .unary: return [NodeID(node.first)]
    case .binary: return [NodeID(node.first), NodeID(node.second)]
    case .nary: return (0..<Int(node.second)).map { NodeID(operands[Int(node.first) + $0]) }
    }
  }

  /// Marks the nodes that `roots` depend on.
  /// - Complexity: O(nodes).
  public func reachable(from roots: [NodeID]) -> [Bool] {
    var mark = [Bool](repeating: false, count: nodes.count)
    for root in roots { mark[root.position] = true }
    for i in stride(from: nodes.count - 1, through: 0, by: -1) where mark[i] {
      for argument in arguments(of: NodeID(i)) { mark[argument.position] = true }
    }
    return mark
  }

  /// Copies the sub-expression `root` of `other` into this arena, with variables, parameters renumbered.
  /// - Complexity: O(nodes up to the root).
  public mutating func copy(
    _ root: NodeID, from other: ExpressionArena, variables: (Int32) -> Int32 = { $0 },
    parameters: (Int32) -> Int32 = { $0 }
  ) -> NodeID {
    copy([root], from: other, variables: variables, parameters: parameters)[0]
  }

  /// Copies several sub-expressions at once.
  /// - Complexity: O(nodes up to the last root), however many roots there are.
  public mutating func copy(
    _ roots: [NodeID], from other: ExpressionArena, variables: (Int32) -> Int32 = { $0 },
    parameters: (Int32) -> Int32 = { $0 }
  ) -> [NodeID] {
    guard let last = roots.map(\.position).max() else { return [] }
    var image = [Int32](repeating: -1, count: last + 1)
    var mark = [Bool](repeating: false, count: last + 1)
    for root in roots { mark[root.position] = true }
    for i in stride(from: last, through: 0, by: -1) where mark[i] {
      for argument in other.arguments(of: NodeID(i)) { mark[argument.position] = true }
    }
    for i in 0...last where mark[i] {
      let node = other.nodes[i]
      let id: NodeID
      switch node.operation {
      case .constant: id = constant(other.constants[Int(node.first)])
      case .variable: id = variable(variables(node.first))
      case .parameter: id = parameter(parameters(node.first))
      default:
        id = self.node(node.operation, other.arguments(of: NodeID(i)).map { NodeID(image[$0.position]) })
      }
      image[i] = id.index
    }
    return roots.map { NodeID(image[$0.position]) }
  }

  /// The variables that the sub-expression depends on, sorted.
  public func variables(in root: NodeID) -> [Int32] {
    var result: [Int32] = []
    let mark = reachable(from: [root])
    for i in 0...root.position where mark[i] && nodes[i].operation == .variable { result.append(nodes[i].first) }
    return result.sorted()
  }

  /// Whether two sub-expressions of two arenas are the same term, node by node.
  /// - Complexity: O(nodes of both).
  public func isSame(_ root: NodeID, as otherRoot: NodeID, in other: ExpressionArena) -> Bool {
    var merged = ExpressionArena()
    let a = merged.copy(root, from: self)
    let b = merged.copy(otherRoot, from: other)
    return a == b
  }
}
