/// Functions, aggregates by list, and sets written as calls.
extension AlgebraicReader {
  private static let aggregates: [String: Aggregate.Operator] = [
    "sum": .sum, "prod": .prod, "min": .min, "max": .max, "all": .all, "any": .any, "count": .count, "norm1": .norm1,
    "norm2": .norm2, "norminf": .norminf, "sumsq": .sumsq,
  ]
  /// Sets whose members are the arguments of a call.
  static let setCalls: [String: String] = [
    "sos1": "SOS1", "sos2": "SOS2", "alldifferent": "AllDifferent", "circuit": "Circuit",
    "countdistinct": "CountDistinct", "cumulative": "Cumulative", "complements": "Complements", "nooverlap": "Cumulative",
    "binpacking": "BinPacking", "table": "Table", "acyclic": "AcyclicGraph",
  ]
  private static let later: Set<String> = [
    "worst_case", "expected", "cvar",
  ]

  /// Functions of a list that take the name of a family for all of it: `norm1(W)`.
  private static let wholeFamilyFunctions: Set<String> = ["norm1", "norm2", "norminf", "sumsq"]

  /// Marks the node of `piecewise(x, place, value, place, value, ...)`.
  static let piecewiseMark: Int32 = -3

  /// Operations whose function is taken as it is, without simplification, by name.
  static let plainFunctions: [Operation: String] = {
    var table: [Operation: String] = [:]
    for (name, operation) in Operation.functions where operation.arity == .unary && operation != .square {
      table[operation] = name
    }
    return table
  }()
  /// `op_add(a, b)` and so on make the operation as it is, where `a + b` would be simplified.
  static let exactFunctions: [String: Operation] = {
    var table: [String: Operation] = [:]
    for operation in Operation.allCases where operation.arity != .leaf { table["op_\(operation)"] = operation }
    return table
  }()

  mutating func resolveCall(_ n: Int32, _ node: SyntaxNode) -> SyntaxNode.Kind {
    let text = name(node.text, node.reference, node.other)
    if let set = AlgebraicReader.setCalls[text] { return resolveSetCall(n, set) }
    if AlgebraicReader.later.contains(text) {
      report(.notSupported, "\(text)(...) is not yet supported", node: n)
      return .invalid
    }
    let isList = node.childCount == 1 && tree.nodes[Int(tree.child(n, 0))].op == .aggregate
      && tree.aggregates[Int(tree.nodes[Int(tree.child(n, 0))].reference)].op == .list
    if let op = AlgebraicReader.aggregates[text] {
      if isList {
        // f(e for i in I): the list becomes the aggregate itself.
        let list = tree.nodes[Int(tree.child(n, 0))]
        tree.aggregates[Int(list.reference)].op = op
        tree.nodes[Int(n)].op = .aggregate
        tree.nodes[Int(n)].reference = list.reference
        return resolve(n)
      }
      if text == "count", node.childCount == 1, let size = setSize(tree.child(n, 0)) {
        tree.nodes[Int(n)].op = .number
        tree.nodes[Int(n)].value = Double(size)
        return .number
      }
      if op == .all || op == .any || op == .count {
        report(.syntax, "\(text)(...) needs 'for'", node: n, mend: "write \(text)(... for i in I)")
        return .invalid
      }
    }
    if text == "leastsquares" { return resolveLeastSquares(n) }
    let isPiecewise = text == "piecewise"
    guard let operation = isPiecewise ? .max : operation(text, Int(node.childCount), n) else { return .invalid }
    var result = SyntaxNode.Kind.number
    for (i, child) in tree.children(n).enumerated() {
      if AlgebraicReader.wholeFamilyFunctions.contains(text), resolveFamily(child) {
        if tree.nodes[Int(child)].kind == .decision, result != .invalid { result = .decision }
        continue
      }
      let isCondition = text == "ifelse" && i == 0
      switch resolve(child) {
      case .number, .key:
        if isCondition {
          report(.wrongUse, "the first argument of ifelse is a condition", node: child)
          result = .invalid
        }
      case .decision where isPiecewise && i > 0:
        report(.wrongUse, "corners of piecewise are numbers, not variables or parameters", node: child)
        result = .invalid
      case .decision: if result != .invalid { result = .decision }
      case .condition where isCondition: break
      case .invalid: result = .invalid
      case .constraint where isCondition: if result != .invalid { result = .decision }
      default:
        report(.wrongUse, "a comparison is not a number", node: child)
        result = .invalid
      }
    }
    tree.nodes[Int(n)].op = .function
    tree.nodes[Int(n)].reference = Int32(operation.rawValue)
    // norm1, norminf and piecewise of listed arguments are built from abs, sum, max and min.
    tree.nodes[Int(n)].other =
      switch text {
      case "norm1": 1
      case "norminf": 2
      case "piecewise": AlgebraicReader.piecewiseMark
      default: text.hasPrefix("op_") ? -2 : 0
      }
    return result
  }

  private func setSize(_ n: Int32) -> Int? {
    let node = tree.nodes[Int(n)]
    guard node.op == .name, case .set(let i)? = names[name(node.text, node.start, node.end)] else { return nil }
    return sets[i].space.count
  }

  /// The operation behind a function's name; reports unknown names and wrong numbers of arguments.
  private mutating func operation(_ text: String, _ count: Int, _ n: Int32) -> Operation? {
    var found: Operation?
    switch text {
    case "sum", "norm1": found = .add
    case "prod": found = .multiply
    case "norminf": found = .max
    case "ln": found = .log
    case "pow": found = .power
    case "arctan": found = .atan
    case "arcsin": found = .asin
    case "arccos": found = .acos
    default: found = Operation.function(named: text) ?? AlgebraicReader.exactFunctions[text]
    }
    guard let operation = found else {
      let node = tree.nodes[Int(n)]
      if reportedNames.insert(text + "(").inserted {
        let known = Operation.functions.keys.sorted() + ["piecewise", "leastsquares"] + AlgebraicReader.aggregates.keys.sorted() + AlgebraicReader.setCalls.keys.sorted()
        let mend: String?
        if let entity = names[text] {
          mend = "'\(text)' is a \(entity.noun): write \(text)[...], or * for a product"
        } else {
          mend = didYouMean(text, in: known)
        }
        report(
          .unknownName, "unknown function '\(text)'", text: Int(node.text), range: Int(node.reference)..<Int(node.other),
          mend: mend)
      }
      return nil
    }
    let isRight: Bool
    switch operation.arity {
    case .leaf: isRight = false
    case .unary: isRight = count == 1
    case .binary: isRight = count == 2
    case .nary: isRight = operation == .ifElse ? count == 3 : count >= 1
    }
    guard isRight else {
      let wanted = operation.arity == .unary ? "1 argument" : operation.arity == .binary ? "2 arguments" : operation == .ifElse ? "3 arguments" : "at least 1 argument"
      report(.wrongIndexCount, "\(text)(...) takes \(wanted), not \(count)", node: n)
      return nil
    }
    return operation
  }

  private mutating func resolveSetCall(_ n: Int32, _ set: String) -> SyntaxNode.Kind {
    var isValid = true
    for child in tree.children(n) {
      if resolveFamily(child) { continue }
      switch resolve(child) {
      case .number, .key, .decision: break
      case .invalid: isValid = false
      default:
        report(.wrongUse, "\(set) is a set of numbers, not of comparisons", node: child)
        isValid = false
      }
    }
    tree.nodes[Int(n)].op = .setCall
    return isValid ? .constraint : .invalid
  }

  /// Takes the name of a family of variables or of a data table without its indices for all of it.
  mutating func resolveFamily(_ n: Int32) -> Bool {
    let node = tree.nodes[Int(n)]
    let text = node.op == .name ? name(node.text, node.start, node.end) : ""
    guard node.op == .name, !scope.contains(where: { $0.name == text }), let entity = names[text] else { return false }
    switch entity {
    case .variable(let i) where variables[i].space.arity > 0 && variables[i].first >= 0:
      variables[i].isUsed = true
      tree.nodes[Int(n)].reference = Int32(i)
      tree.nodes[Int(n)].other = 1
      tree.nodes[Int(n)].kind = .decision
    case .data(let i) where data[i].space.arity > 0 && data[i].keys.isEmpty:
      data[i].isUsed = true
      tree.nodes[Int(n)].reference = Int32(i)
      tree.nodes[Int(n)].other = 0
      tree.nodes[Int(n)].kind = .number
    default: return false
    }
    tree.nodes[Int(n)].op = .family
    return true
  }
}
