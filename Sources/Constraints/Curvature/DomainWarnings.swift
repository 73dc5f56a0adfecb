/// Where a function of one operand is defined: a closed interval, from which some ends are left out, or its outside.
struct FunctionDomain {
  var interval: Interval
  /// The ends do not belong to the domain.
  var isOpen: Bool
  /// The domain is what lies outside the open interval.
  var isOutside = false

  /// Whether every number of `range` lies in the domain.
  func contains(_ range: Interval) -> Bool {
    if isOutside {
      return isOpen
        ? range.lower > interval.upper || range.upper < interval.lower
        : range.lower >= interval.upper || range.upper <= interval.lower
    }
    return isOpen
      ? range.lower > interval.lower && (range.upper < interval.upper || interval.upper == .infinity)
      : range.lower >= interval.lower && range.upper <= interval.upper
  }

  /// Whether no number of `range` lies in the domain.
  func misses(_ range: Interval) -> Bool {
    if isOutside {
      return isOpen
        ? range.lower >= interval.lower && range.upper <= interval.upper
        : range.lower > interval.lower && range.upper < interval.upper
    }
    return isOpen
      ? range.upper <= interval.lower || range.lower >= interval.upper && interval.upper < .infinity
      : range.upper < interval.lower || range.lower > interval.upper
  }
}

extension Operation {
  /// The domain of a function of one operand; nil when it is defined everywhere, or but for scattered poles (`tan`).
  var domain: FunctionDomain? {
    switch self {
    case .sqrt: FunctionDomain(interval: Interval(0, .infinity), isOpen: false)
    case .log, .log10, .log2, .gamma, .lgamma, .bessely0, .bessely1:
      FunctionDomain(interval: Interval(0, .infinity), isOpen: true)
    case .log1p: FunctionDomain(interval: Interval(-1, .infinity), isOpen: true)
    case .asin, .acos, .asind, .acosd: FunctionDomain(interval: Interval(-1, 1), isOpen: false)
    case .atanh: FunctionDomain(interval: Interval(-1, 1), isOpen: true)
    case .acosh: FunctionDomain(interval: Interval(1, .infinity), isOpen: false)
    case .asec, .acsc, .asecd, .acscd: FunctionDomain(interval: Interval(-1, 1), isOpen: false, isOutside: true)
    case .acoth: FunctionDomain(interval: Interval(-1, 1), isOpen: true, isOutside: true)
    case .asech: FunctionDomain(interval: Interval(Double.leastNonzeroMagnitude, 1), isOpen: false)
    case .inverse, .csch, .coth, .acsch: FunctionDomain(interval: Interval(0, 0), isOpen: true, isOutside: true)
    default: nil
    }
  }
}

extension Model {
  /// Warnings about functions that may be asked for where they are not defined: `log(x)` with x in [0, 10].
  ///
  /// Ranges come from the bounds of the variables by interval arithmetic (R. E. Moore, "Interval Analysis", 1966), which
  /// sees no other constraint; so a warning says what may happen, not that it will. Each sub-expression is reported once,
  /// with the first function it occurs in.
  /// - Complexity: O(nodes + terms).
  public func domainWarnings(limit: Int = 50) -> [Diagnostic] {
    if arena.isEmpty { return [] }
    let ranges = arena.intervals(lower: lower, upper: upper, parameters: parameterValues)
    var owner = [Int32](repeating: -1, count: arena.nodes.count)
    var names: [String] = []
    func mark(_ function: ScalarFunction, _ name: String) {
      guard let root = function.nonlinear, owner[root.position] < 0 else { return }
      owner[root.position] = Int32(names.count)
      names.append(name)
    }
    for objective in objectives {
      mark(objective.function, objective.name.isEmpty ? "the objective" : "objective '\(objective.name)'")
    }
    for (k, constraint) in generalConstraints.enumerated() {
      for function in constraint.functions { mark(function, "constraint '\(generalNames[k])'") }
    }
    var warnings: [Diagnostic] = []
    for i in arena.nodes.indices.reversed() where owner[i] >= 0 {
      for operand in arena.arguments(of: NodeID(i)) where owner[operand.position] < 0 || owner[operand.position] > owner[i] {
        owner[operand.position] = owner[i]
      }
    }
    for i in arena.nodes.indices where owner[i] >= 0 && warnings.count < limit {
      if let warning = domainWarning(NodeID(i), ranges, names[Int(owner[i])]) { warnings.append(warning) }
    }
    return warnings
  }

  private func domainWarning(_ id: NodeID, _ ranges: [Interval], _ owner: String) -> Diagnostic? {
    let node = arena.nodes[id.position]
    var argument = NodeID(node.first)
    var domain = node.operation.domain
    switch node.operation {
    case .divide:
      argument = NodeID(node.second)
      domain = Operation.inverse.domain
    case .power:
      let exponent = ranges[Int(node.second)]
      let isFixed = exponent.lower == exponent.upper
      if isFixed, exponent.lower == exponent.lower.rounded() {
        domain = exponent.lower < 0 ? Operation.inverse.domain : nil
      } else {
        domain = exponent.lower < 0 ? Operation.log.domain : Operation.sqrt.domain
      }
    default: break
    }
    guard let domain else { return nil }
    let range = ranges[argument.position]
    if domain.contains(range) { return nil }
    func text(_ id: NodeID) -> String { self.text(of: ScalarFunction(nonlinear: id), limit: 100) }
    let where_ = "\(text(argument)) in [\(range.lower.text), \(range.upper.text)]"
    let isHopeless = domain.misses(range)
    let message =
      isHopeless
      ? "\(owner): \(text(id)) is never defined for \(where_)" : "\(owner): \(text(id)) is not defined everywhere for \(where_)"
    return Diagnostic(.outsideDomain, .warning, message, mend: mend(argument, domain, text(argument)))
  }

  private func mend(_ argument: NodeID, _ domain: FunctionDomain, _ text: String) -> String {
    let isVariable = arena.nodes[argument.position].operation == .variable
    let (low, high) = (domain.interval.lower, domain.interval.upper)
    if domain.isOutside {
      if low == 0, high == 0 {
        return isVariable ? "give \(text) bounds that exclude 0" : "bound the variables so that \(text) is never 0"
      }
      return "bound the variables so that \(text) stays outside \(domain.isOpen ? "[-1, 1]" : "(-1, 1)")"
    }
    if low == 0, high == .infinity {
      let kind = domain.isOpen ? "positive" : "nonnegative"
      return isVariable ? "give \(text) a \(kind) lower bound" : "bound the variables so that \(text) stays \(kind)"
    }
    let side =
      high == .infinity
      ? "\(domain.isOpen ? "above" : "at or above") \(low.text)"
      : domain.isOpen ? "between \(low.text) and \(high.text), both excluded" : "between \(low.text) and \(high.text)"
    return "bound \(text) to stay \(side)"
  }
}

extension ExpressionArena {
  /// The range of every node while the variables stay within their bounds.
  /// - Complexity: O(nodes + operands).
  func intervals(lower: [Double], upper: [Double], parameters: [Double]) -> [Interval] {
    var ranges: [Interval] = []
    ranges.reserveCapacity(nodes.count)
    for (i, node) in nodes.enumerated() {
      switch node.operation {
      case .constant:
        let value = constants[Int(node.first)]
        ranges.append(Interval(value, value))
      case .parameter:
        let value = parameters[Int(node.first)]
        ranges.append(Interval(value, value))
      case .variable: ranges.append(Interval(lower[Int(node.first)], upper[Int(node.first)]))
      default:
        let list = arguments(of: NodeID(i))
        if node.operation == .multiply, list.count == 2, list[0] == list[1] {
          ranges.append(ranges[list[0].position].squared)
        } else {
          ranges.append(node.operation.interval(list.map { ranges[$0.position] }))
        }
      }
    }
    return ranges
  }
}
