/// Writes nonlinear functions as expression graphs: leaves in place, every operation once in the node list.
struct MathOptGraphWriter {
  private let model: Model
  private let names: [String]
  /// Entries of the node list: the arena's node, in order of first use after their operands.
  private var order: [NodeID] = []
  private var numbers: [Int32: Int] = [:]
  private(set) var minor = 0

  init(_ model: Model, _ names: [String]) {
    self.model = model
    self.names = names
  }

  /// Writes a function: terms, products and the nonlinear node under one sum.
  mutating func writeRoot(_ f: ScalarFunction, _ out: inout JSONWriter) throws(ConstraintsError) {
    if let node = f.nonlinear { number(node) }
    let isBare = f.linear.isEmpty && f.quadratic.isEmpty && f.constant == 0
    if isBare, let node = f.nonlinear, model.arena.nodes[node.position].operation != .add {
      return writeReference(node, &out)
    }
    out.beginObject(inline: true)
    out.member("type", "+")
    out.key("args")
    out.beginArray(inline: true)
    for term in f.linear {
      product(term.coefficient, [term.variable], &out)
    }
    for term in f.quadratic { product(term.coefficient, [term.first, term.second], &out) }
    if let node = f.nonlinear { writeReference(node, &out) }
    if f.constant != 0 || isBare && f.nonlinear == nil { out.number(real: f.constant) }
    out.end()
    out.end()
  }

  private func product(_ coefficient: Double, _ variables: [Int32], _ out: inout JSONWriter) {
    out.beginObject(inline: true)
    out.member("type", "*")
    out.key("args")
    out.beginArray(inline: true)
    out.number(real: coefficient)
    for variable in variables { out.variable(names[Int(variable)]) }
    out.end()
    out.end()
  }

  /// Gives numbers to the operations below a node, operands first.
  private mutating func number(_ root: NodeID) {
    var stack: [(node: NodeID, next: Int)] = [(root, 0)]
    while let (node, next) = stack.last {
      let arguments = model.arena.arguments(of: node)
      if arguments.isEmpty || numbers[node.index] != nil {
        stack.removeLast()
      } else if next < arguments.count {
        stack[stack.count - 1].next += 1
        stack.append((arguments[next], 0))
      } else {
        order.append(node)
        numbers[node.index] = order.count
        stack.removeLast()
      }
    }
  }

  private func writeReference(_ id: NodeID, _ out: inout JSONWriter) {
    let node = model.arena.nodes[id.position]
    switch node.operation {
    case .constant: out.number(real: model.arena.constants[Int(node.first)])
    case .variable: out.variable(names[Int(node.first)])
    case .parameter: out.variable(model.parameterNames[Int(node.first)])
    default:
      out.beginObject(inline: true)
      out.member("type", "node")
      out.member("index", numbers[id.index] ?? 0)
      out.end()
    }
  }

  /// Writes the node list that the roots point into.
  mutating func writeNodes(_ out: inout JSONWriter) throws(ConstraintsError) {
    out.key("node_list")
    out.beginArray(inline: true)
    for id in order { try writeNode(id, &out) }
    out.end()
  }

  private mutating func writeNode(_ id: NodeID, _ out: inout JSONWriter) throws(ConstraintsError) {
    let operation = model.arena.nodes[id.position].operation
    let arguments = model.arena.arguments(of: id)
    switch operation {
    case .ifElse, .less, .lessOrEqual, .equal, .greaterOrEqual, .greater, .and, .or, .atan2: minor = max(minor, 6)
    default: break
    }
    if let name = operation.formatName {
      return call(name, &out) { out in for argument in arguments { writeReference(argument, &out) } }
    }
    // Operations that the format lacks, in terms of those it has.
    switch operation {
    case .norm2:
      call("sqrt", &out) { out in squares(arguments, &out) }
    case .sumOfSquares: squares(arguments, &out)
    case .not:
      minor = max(minor, 6)
      call("==", &out) { out in
        writeReference(arguments[0], &out)
        out.number(real: 0)
      }
    case .notEqual:
      minor = max(minor, 6)
      call("-", &out) { out in
        out.number(real: 1)
        call("==", &out) { out in for argument in arguments { writeReference(argument, &out) } }
      }
    case .logistic:
      call("/", &out) { out in
        out.number(real: 1)
        call("+", &out) { out in
          out.number(real: 1)
          call("exp", &out) { out in call("-", &out) { out in writeReference(arguments[0], &out) } }
        }
      }
    case .softplus:
      call("log1p", &out) { out in call("exp", &out) { out in writeReference(arguments[0], &out) } }
    default:
      throw .invalid([
        Diagnostic(.notSupported, "MathOptFormat has no function '\(operation.name)'", mend: "write it in other terms")
      ])
    }
  }

  private func squares(_ arguments: [NodeID], _ out: inout JSONWriter) {
    call("+", &out) { out in
      for argument in arguments { call("abs2", &out) { out in writeReference(argument, &out) } }
    }
  }

  private func call(_ name: String, _ out: inout JSONWriter, _ arguments: (inout JSONWriter) -> Void) {
    out.beginObject(inline: true)
    out.member("type", name)
    out.key("args")
    out.beginArray(inline: true)
    arguments(&out)
    out.end()
    out.end()
  }
}

extension JSONWriter {
  fileprivate mutating func number(real value: Double) {
    beginObject(inline: true)
    member("type", "real")
    member("value", value)
    end()
  }

  fileprivate mutating func variable(_ name: String) {
    beginObject(inline: true)
    member("type", "variable")
    member("name", name)
    end()
  }
}
