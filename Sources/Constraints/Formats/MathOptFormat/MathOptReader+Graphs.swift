/// The nodes of one expression graph, and what each became.
struct MathOptGraph {
  enum State { case new, open, done(NodeID) }
  let nodes: [JSONNode]
  var states: [State]
  init(_ nodes: [JSONNode]) {
    self.nodes = nodes
    states = [State](repeating: .new, count: nodes.count)
  }
}

/// Expression graphs: nodes in any order, shared, of any depth.
extension MathOptReader {
  /// One operation whose operands are being worked out.
  private struct Frame {
    var operation: String
    var place: JSONNode
    var arguments: JSONDocument.Elements
    var values: [NodeID] = []
    /// Number in the node list, to be remembered.
    var number = -1
  }

  /// A root as a function: what is linear or quadratic in a sum at the root goes to the terms.
  mutating func nonlinear(_ root: JSONNode, _ graph: inout MathOptGraph) -> Function? {
    var result = Function()
    guard let summands = sumAtRoot(root, graph) else {
      guard let node = node(root, &graph) else { return nil }
      if let value = model.arena.constantValue(node) { result.constant = value } else { result.nonlinear = node }
      return result
    }
    var parts: [NodeID] = []
    for summand in summands {
      if take(summand, &result) { continue }
      guard let node = node(summand, &graph) else { return nil }
      parts.append(node)
    }
    if !parts.isEmpty { result.nonlinear = model.withArena { $0.node(.add, parts) } }
    return result
  }

  /// The operands when the root, or the node it points to, is a sum.
  private func sumAtRoot(_ root: JSONNode, _ graph: MathOptGraph) -> [JSONNode]? {
    var node = root
    if typeName(root) == "node", let index = document.member(root, "index").flatMap({ document.integer($0) }),
      index >= 1, index <= graph.nodes.count
    {
      node = graph.nodes[index - 1]
    }
    guard typeName(node) == "+", let list = document.member(node, "args"), document.kind(list) == .array else { return nil }
    let arguments = Array(document.elements(list))
    return arguments.isEmpty ? nil : arguments
  }

  /// Takes over a constant, a variable, or a product of a number with one or two variables.
  private func take(_ node: JSONNode, _ result: inout Function) -> Bool {
    if let value = literal(node) {
      result.constant += value
      return true
    }
    if let symbol = leaf(node) {
      result.linear.append((1, symbol))
      return true
    }
    guard typeName(node) == "*", let list = document.member(node, "args") else { return false }
    let arguments = Array(document.elements(list).prefix(4))
    guard arguments.count == 2 || arguments.count == 3, let coefficient = literal(arguments[0]) else { return false }
    guard let first = leaf(arguments[1]) else { return false }
    if arguments.count == 2 {
      result.linear.append((coefficient, first))
      return true
    }
    guard let second = leaf(arguments[2]) else { return false }
    result.quadratic.append((coefficient, first, second))
    return true
  }

  private func literal(_ node: JSONNode) -> Double? {
    if let value = document.number(node) { return value }
    guard document.kind(node) == .object, typeName(node) == "real" else { return nil }
    return document.member(node, "value").flatMap { document.number($0) }
  }

  /// The symbol of a known variable.
  private func leaf(_ node: JSONNode) -> Int? {
    if let name = document.text(node) { return numbers[name] }
    guard document.kind(node) == .object, typeName(node) == "variable" else { return nil }
    return document.member(node, "name").flatMap { document.text($0) }.flatMap { numbers[$0] }
  }

  private func node(of symbol: Int, _ arena: inout ExpressionArena) -> NodeID {
    let position = Int32(symbols[symbol].position)
    return symbols[symbol].isParameter ? arena.parameter(position) : arena.variable(position)
  }

  /// Builds the arena node of an entry by a depth-first walk with a stack of its own; nil after a report.
  private mutating func node(_ root: JSONNode, _ graph: inout MathOptGraph) -> NodeID? {
    var stack: [Frame] = []
    var pending: JSONNode? = root
    var pendingNumber = -1
    while true {
      var value: NodeID?
      if let node = pending {
        pending = nil
        switch enter(node, pendingNumber, &graph, &stack) {
        case .value(let id): value = id
        case .follow(let next, let number):
          pending = next
          pendingNumber = number
          continue
        case .pushed: pendingNumber = -1
        case .failed: return nil
        }
        pendingNumber = -1
      }
      // Give the value to the operation above, and finish operations that have all their operands.
      while true {
        if let done = value {
          guard !stack.isEmpty else { return done }
          stack[stack.count - 1].values.append(done)
          value = nil
        }
        if let next = stack[stack.count - 1].arguments.next() {
          pending = next
          break
        }
        let frame = stack.removeLast()
        guard let id = apply(frame) else { return nil }
        if frame.number >= 0 { graph.states[frame.number] = .done(id) }
        value = id
        if stack.isEmpty { return id }
      }
    }
  }

  private enum Step {
    case value(NodeID)
    case follow(JSONNode, Int)
    case pushed, failed
  }

  private mutating func enter(
    _ node: JSONNode, _ number: Int, _ graph: inout MathOptGraph, _ stack: inout [Frame]
  ) -> Step {
    func remember(_ id: NodeID) -> Step {
      if number >= 0 { graph.states[number] = .done(id) }
      return .value(id)
    }
    if let value = document.number(node) { return remember(model.withArena { $0.constant(value) }) }
    if document.kind(node) == .string { return variable(node).map(remember) ?? .failed }
    guard document.kind(node) == .object, let type = typeName(node) else {
      report(.wrongKind, "a node is a number, a name, or an object with a \"type\"", node)
      return .failed
    }
    switch type {
    case "real":
      guard let value = literal(node) else {
        report(.missingKey, "a real node needs a number \"value\"", node)
        return .failed
      }
      return remember(model.withArena { $0.constant(value) })
    case "variable":
      guard let name = document.member(node, "name") else {
        report(.missingKey, "a variable node needs \"name\"", node)
        return .failed
      }
      return variable(name).map(remember) ?? .failed
    case "complex":
      report(.notSupported, "complex numbers are not supported", node)
      return .failed
    case "node":
      guard let index = document.member(node, "index").flatMap({ document.integer($0) }), index >= 1, index <= graph.nodes.count
      else {
        report(.missingKey, "a node pointer needs an \"index\" in 1...\(graph.nodes.count)", node)
        return .failed
      }
      switch graph.states[index - 1] {
      case .done(let id): return remember(id)
      case .open:
        report(.cyclicDefinition, "node \(index) depends on itself", node)
        return .failed
      case .new:
        guard number < 0 else {
          // An entry that is itself only a pointer: both stand for the same node.
          report(.notSupported, "an entry of the node list is only a pointer", node, mend: "point to its target")
          return .failed
        }
        graph.states[index - 1] = .open
        return .follow(graph.nodes[index - 1], index - 1)
      }
    default:
      guard let list = document.member(node, "args"), document.kind(list) == .array else {
        report(.missingKey, "operator '\(type)' needs a list \"args\"", node)
        return .failed
      }
      stack.append(Frame(operation: type, place: node, arguments: document.elements(list), number: number))
      return .pushed
    }
  }

  private mutating func variable(_ node: JSONNode) -> NodeID? {
    guard let symbol = symbol(node) else { return nil }
    let position = Int32(symbols[symbol].position)
    let isParameter = symbols[symbol].isParameter
    return model.withArena { isParameter ? $0.parameter(position) : $0.variable(position) }
  }

  private mutating func apply(_ frame: Frame) -> NodeID? {
    let count = frame.values.count
    func fits(_ operation: Operation) -> Bool {
      switch operation.arity {
      case .leaf: false
      case .unary: count == 1
      case .binary: count == 2
      case .nary: operation == .ifElse ? count == 3 : count >= 1
      }
    }
    var operation = MathOptFormat.operations[frame.operation]
    if frame.operation == "-" { operation = count == 1 ? .negate : .subtract }
    if frame.operation == "atan", count == 2 { operation = .atan2 }
    guard let operation else {
      report(
        .unknownName, "unknown operator '\(frame.operation)'", frame.place,
        mend: didYouMean(frame.operation, in: MathOptFormat.operations.keys.sorted()))
      return nil
    }
    let values = frame.values
    if operation == .subtract, count > 2 {
      return model.withArena { arena in values.dropFirst().reduce(values[0]) { arena.node(.subtract, [$0, $1]) } }
    }
    guard fits(operation) else {
      report(.wrongIndexCount, "operator '\(frame.operation)' can't have \(count) operand\(count == 1 ? "" : "s")", frame.place)
      return nil
    }
    return model.withArena { $0.node(operation, values) }
  }
}
