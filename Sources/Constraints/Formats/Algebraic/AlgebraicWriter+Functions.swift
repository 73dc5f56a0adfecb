/// Functions as text.
extension AlgebraicWriter {
  /// A function as an expression that reads back to the same terms and nodes.
  func text(_ f: ScalarFunction) -> String {
    var result = ""
    func append(_ coefficient: Double, _ body: String) {
      let size = abs(coefficient)
      let isNegative = coefficient < 0
      if result.isEmpty { result = isNegative ? "-" : "" } else { result += isNegative ? " - " : " + " }
      if size == 1, !body.isEmpty {
        result += body
      } else {
        result += body.isEmpty ? size.text : "\(size.text)*\(body)"
      }
    }
    for term in f.linear { append(term.coefficient, references[Int(term.variable)]) }
    for term in f.quadratic {
      append(term.coefficient, "\(references[Int(term.first)])*\(references[Int(term.second)])")
    }
    if let node = f.nonlinear { append(1, text(node)) }
    if f.constant != 0 || result.isEmpty { append(f.constant, "") }
    return result
  }

  /// Depth of nested calls after which a part gets a name of its own.
  private static let depthLimit = 50

  /// Names the parts of nonlinear functions that are used twice or nested deeply, and writes them.
  mutating func writeExpressions() {
    let roots = model.objectives.compactMap(\.function.nonlinear) + model.generalConstraints.flatMap { $0.functions.compactMap(\.nonlinear) }
      + model.namedExpressions.compactMap(\.function.nonlinear)
    let arena = model.arena
    let reached = arena.reachable(from: roots)
    var uses = [Int](repeating: 0, count: arena.nodes.count)
    var depth = [Int](repeating: 0, count: arena.nodes.count)
    var named: [(id: NodeID, name: String)] = []
    for i in reached.indices where reached[i] {
      for argument in arena.arguments(of: NodeID(i)) { uses[argument.position] += 1 }
    }
    for i in reached.indices where reached[i] && arena.nodes[i].operation.arity != .leaf {
      depth[i] = 1 + (arena.arguments(of: NodeID(i)).map { depth[$0.position] }.max() ?? 0)
      if uses[i] > 1 && depth[i] > 1 || depth[i] > AlgebraicWriter.depthLimit {
        named.append((NodeID(i), fresh("part")))
        depth[i] = 0
      }
    }
    if named.isEmpty && model.namedExpressions.isEmpty { return }
    out.key("expressions")
    out.beginObject()
    for (id, name) in named {
      let body = text(id)
      nodeNames[id.index] = AlgebraicWriter.quotedName(name)
      out.member(name, body)
    }
    for expression in model.namedExpressions {
      out.key(fresh(expression.name))
      out.beginObject(inline: true)
      out.member("expr", text(expression.function))
      out.member("report", true)
      out.end()
    }
    out.end()
  }

  /// A node as a call that builds it again as it is.
  private func text(_ id: NodeID) -> String {
    if let name = nodeNames[id.index] { return name }
    let node = model.arena.nodes[id.position]
    switch node.operation {
    case .constant: return model.arena.constants[Int(node.first)].text
    case .variable: return references[Int(node.first)]
    case .parameter: return parameterReferences[Int(node.first)]
    default:
      let arguments = model.arena.arguments(of: id)
      let name = AlgebraicReader.plainFunctions[node.operation] ?? "op_\(node.operation)"
      return "\(name)(\(arguments.map { text($0) }.joined(separator: ", ")))"
    }
  }
}
