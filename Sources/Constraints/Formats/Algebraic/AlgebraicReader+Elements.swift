/// Tables whose index is a decision: `distance[i, next[i]]`.
extension AlgebraicReader {
  /// A position of an index: a key, or one of several by the value of an expression.
  private enum Position {
    case key(Key)
    case chosen(Expression, [Key])
  }

  /// The entry of a table that decisions choose, as the sum of `entry * (index == key)`; the index is kept to keys that
  /// have an entry by further constraints, where its bounds do not.
  /// - Parameter missing: what entries without a value count as; nil where such keys are not allowed.
  mutating func elementExpression(_ n: Int32, missing: Expression? = nil) -> Expression {
    let node = tree.nodes[Int(n)]
    let reference = Int(node.reference)
    let space = node.other == 0 ? data[reference].space : variables[reference].space
    var positions: [Position] = []
    var combinations = 1
    for (d, child) in Array(tree.children(n)).enumerated() {
      guard tree.nodes[Int(child)].kind == .decision else {
        positions.append(.key(key(child)))
        continue
      }
      let index = expression(child)
      let keys = reachable(space.dimensions[d].list, index)
      positions.append(.chosen(index, keys))
      let (product, overflow) = combinations.multipliedReportingOverflow(by: keys.count)
      combinations = overflow ? Int.max : product
    }
    guard misses.isEmpty, spend(combinations) else { return Expression() }
    var total = missing ?? Expression()
    var absent: [Expression] = []
    forEachChoice(positions) { keys, condition in
      let slot = space.slot { keys[$0] }
      if var entry = entry(node, slot) {
        if let missing { entry.add(missing, scale: -1) }
        total.add(.product(entry, condition), scale: 1)
      } else {
        absent.append(condition)
      }
    }
    if missing != nil { return total }
    if absent.count == combinations {
      reportOnce(.missingData, "no key that the index can take has a value", node: n, mend: "correct the index or the data")
      return Expression()
    }
    for position in positions {
      if case .chosen(let index, let keys) = position { keep(index, within: keys) }
    }
    for condition in absent { addElementConstraint(.apply(.not, [condition])) }
    return total
  }

  private func entry(_ node: SyntaxNode, _ slot: Int) -> Expression? {
    let reference = Int(node.reference)
    if node.other == 1 {
      return slot < 0 ? nil : model.variable(at: variables[reference].first + slot).expression
    }
    if slot >= 0, !data[reference].numbers[slot].isNaN { return Expression(data[reference].numbers[slot]) }
    return data[reference].standard.map { Expression($0) }
  }

  /// The whole keys that an index may take by its bounds, in order.
  private func reachable(_ keys: [Key], _ index: Expression) -> [Key] {
    let bounds = bounds(of: index)
    return keys.filter { $0.isInteger && Double($0.number) >= bounds.lower && Double($0.number) <= bounds.upper }
      .sorted { $0.number < $1.number }
  }

  private func bounds(of index: Expression) -> (lower: Double, upper: Double) {
    guard index.isLinear, index.linear.count == 1, index.linear[0].coefficient == 1 else { return (-.infinity, .infinity) }
    let j = index.linear[0].variable.position
    return (model.lower[j] + index.constant, model.upper[j] + index.constant)
  }

  private func forEachChoice(_ positions: [Position], _ body: ([Key], Expression) -> Void) {
    var keys = [Key](repeating: .none, count: positions.count)
    func visit(_ d: Int, _ conditions: [Expression]) {
      guard d < positions.count else {
        return body(keys, conditions.count == 1 ? conditions[0] : .apply(.and, conditions))
      }
      switch positions[d] {
      case .key(let key):
        keys[d] = key
        visit(d + 1, conditions)
      case .chosen(let index, let choices):
        for key in choices {
          keys[d] = key
          visit(d + 1, conditions + [.apply(.equal, [index, Expression(Double(key.number))])])
        }
      }
    }
    visit(0, [])
  }

  /// Keeps an index to its keys: by its sides, and by naming the whole numbers between that are none.
  private mutating func keep(_ index: Expression, within keys: [Key]) {
    guard let first = keys.first?.number, let last = keys.last?.number else { return }
    let bounds = bounds(of: index)
    if bounds.lower < Double(first) || bounds.upper > Double(last) {
      model.addConstraint(elementLabel(), index, in: .interval(Double(first), Double(last)))
    }
    if last - first + 1 == keys.count { return }
    let known = Set(keys.map(\.number))
    guard spend(last - first) else { return }
    for value in first...last where !known.contains(value) {
      addElementConstraint(.apply(.notEqual, [index, Expression(Double(value))]))
    }
  }

  private mutating func addElementConstraint(_ condition: Expression) {
    model.addConstraint(elementLabel(), condition, in: .greaterThan(1))
  }

  private mutating func elementLabel() -> Model.Label {
    elementConstraints += 1
    return .name("\(instanceName.isEmpty ? "objective" : instanceText) index \(elementConstraints)")
  }
}
