extension Model {
  /// The formula that a constraint states to be true or false; nil where it states something else.
  package func statedFormula(_ function: ScalarFunction, _ set: ScalarSet) -> (root: NodeID, isTrue: Bool)? {
    guard let root = function.nonlinear, function.linear.isEmpty, function.quadratic.isEmpty,
      arena.nodes[root.position].operation.isLogical
    else { return nil }
    let (low, high) = (set.lower - function.constant, set.upper - function.constant)
    if low > 0 && low <= 1 && high >= 1 { return (root, true) }
    if low <= 0 && high >= 0 && high < 1 { return (root, false) }
    return nil
  }

  /// How far a formula is from holding, or from not holding: 0 where it does.
  ///
  /// `a <= b` is off by `a - b`, relative to the larger of the two, so that rounding at a side counts as rounding; a strict
  /// comparison, or `!=`, holds exactly or is off by at least 1. The largest violation of what is joined by `and` counts,
  /// the smallest of what is joined by `or`.
  /// - Parameter values: one a node up to the root.
  /// - Complexity: O(size of the formula), shared parts counted each time.
  func formulaViolation(_ node: NodeID, _ isTrue: Bool, _ values: [Double], depth: Int = 0) -> Double {
    let operation = arena.nodes[node.position].operation
    let x = arena.arguments(of: node)
    func value(_ k: Int) -> Double { values[x[k].position] }
    func inner(_ k: NodeID, _ wanted: Bool) -> Double { formulaViolation(k, wanted, values, depth: depth + 1) }
    guard operation.isLogical, depth < 1_000 else {
      let holds = values[node.position] != 0
      return values[node.position].isNaN ? .infinity : holds == isTrue ? 0 : 1
    }
    switch operation {
    case .not: return inner(x[0], !isTrue)
    case .and, .or:
      let all = x.map { inner($0, isTrue) }
      return (operation == .and) == isTrue ? all.max() ?? 0 : all.min() ?? 1
    case .equal, .notEqual:
      let isWanted = (operation == .equal) == isTrue
      if arena.nodes[x[0].position].operation.isLogical || arena.nodes[x[1].position].operation.isLogical {
        let both = max(inner(x[0], true), inner(x[1], isWanted))
        return min(both, max(inner(x[0], false), inner(x[1], !isWanted)))
      }
      let difference = abs(value(0) - value(1))
      if difference.isNaN { return .infinity }
      return isWanted ? difference / max(1, abs(value(0)), abs(value(1))) : difference > 0 ? 0 : 1
    default:
      let isUp = (operation == .less || operation == .lessOrEqual) == isTrue
      let isStrict = (operation == .less || operation == .greater) == isTrue
      let (small, large) = isUp ? (value(0), value(1)) : (value(1), value(0))
      let excess = small - large
      if excess.isNaN { return .infinity }
      if isStrict { return excess < 0 ? 0 : max(1, excess) }
      return max(0, excess) / max(1, abs(small), abs(large))
    }
  }
}

extension Operation {
  /// Whether the value is 1 for true and 0 for false.
  package var isLogical: Bool {
    switch self {
    case .not, .and, .or, .less, .lessOrEqual, .equal, .notEqual, .greaterOrEqual, .greater: true
    default: false
    }
  }
}
