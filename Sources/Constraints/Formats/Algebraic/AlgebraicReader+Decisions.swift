/// Evaluation of what depends on decision variables.
extension AlgebraicReader {
  /// A function under construction: linear terms flat, everything else in an expression.
  struct Accumulator {
    var constant = 0.0
    var linear: [LinearTerm] = []
    var rest: Expression?

    var isEmpty: Bool { linear.isEmpty && rest == nil }

    mutating func reset() {
      constant = 0
      linear.removeAll(keepingCapacity: true)
      rest = nil
    }

    @inline(__always)
    mutating func withRest(_ body: (inout Expression) -> Void) {
      if rest == nil { rest = Expression() }
      if rest != nil { body(&rest!) }
    }
  }

  /// Adds `scale` times the value of a node.
  mutating func accumulate(_ n: Int32, _ scale: Double, _ sum: inout Accumulator) {
    let node = tree.nodes[Int(n)]
    guard node.kind == .decision else {
      if node.kind == .number || node.kind == .key { sum.constant += scale * number(n) }
      return
    }
    switch node.op {
    case .variable:
      let slot = self.slot(n, node)
      guard slot >= 0 else { return miss(n) }
      if !scale.isFinite { notFinite(n, scale) }
      sum.linear.append(LinearTerm(scale, Int32(truncatingIfNeeded: variables[Int(node.reference)].first + slot)))
    case .sum:
      for i in 0..<Int(node.childCount) { accumulate(tree.lists[Int(node.children) + i], scale, &sum) }
    case .negate: accumulate(tree.lists[Int(node.children)], -scale, &sum)
    case .product: accumulateProduct(n, node, scale, &sum)
    case .aggregate where tree.aggregates[Int(node.reference)].op == .sum:
      let aggregate = tree.aggregates[Int(node.reference)]
      guard var cursor = begin(aggregate.loops, node) else { return }
      while advance(&cursor, aggregate.loops) { accumulate(aggregate.body, scale, &sum) }
    case .withDefault:
      let inner = tree.lists[Int(node.children)]
      if tree.nodes[Int(inner)].op == .element {
        add(elementExpression(inner, missing: expression(tree.lists[Int(node.children) + 1])), scale, &sum)
      } else if isPresent(inner) {
        accumulate(inner, scale, &sum)
      } else {
        accumulate(tree.lists[Int(node.children) + 1], scale, &sum)
      }
    case .definition:
      let slot = self.slot(n, node)
      guard slot >= 0 else { return miss(n) }
      add(definitions[Int(node.reference)].values[slot], scale, &sum)
    default:
      let value = expression(n)
      add(value, scale, &sum)
    }
  }

  private mutating func notFinite(_ n: Int32, _ value: Double) {
    reportOnce(.undefinedNumber, "the coefficient is \(value.text)", node: n)
  }

  private mutating func add(_ value: Expression, _ scale: Double, _ sum: inout Accumulator) {
    guard spend(value.termCount) else { return }
    if value.isLinear {
      sum.constant += scale * value.constant
      for term in value.linear { sum.linear.append(LinearTerm(scale * term.coefficient, term.variable.index)) }
    } else {
      sum.withRest { $0.add(value, scale: scale) }
    }
  }

  private mutating func accumulateProduct(_ n: Int32, _ node: SyntaxNode, _ scale: Double, _ sum: inout Accumulator) {
    var coefficient = scale
    var first: Int32 = -1
    var second: Int32 = -1
    var isGeneral = false
    for i in 0..<Int(node.childCount) {
      let child = tree.lists[Int(node.children) + i]
      let factor = tree.nodes[Int(child)]
      if factor.kind != .decision {
        if factor.op == .divisor { coefficient /= divisor(child) } else { coefficient *= number(child) }
      } else if factor.op == .divisor || second >= 0 {
        isGeneral = true
      } else if first < 0 {
        first = child
      } else {
        second = child
      }
    }
    if !isGeneral {
      if second < 0 { return accumulate(first, coefficient, &sum) }
      if tree.nodes[Int(first)].op == .variable, tree.nodes[Int(second)].op == .variable {
        let (a, b) = (tree.nodes[Int(first)], tree.nodes[Int(second)])
        let (s, t) = (slot(first, a), slot(second, b))
        if s < 0 { return miss(first) }
        if t < 0 { return miss(second) }
        if !coefficient.isFinite { notFinite(n, coefficient) }
        let x = model.variable(at: variables[Int(a.reference)].first + s)
        let y = model.variable(at: variables[Int(b.reference)].first + t)
        return sum.withRest { $0.add(coefficient, x, y) }
      }
    }
    var product = Expression(1)
    var isFresh = true
    for i in 0..<Int(node.childCount) {
      let child = tree.lists[Int(node.children) + i]
      let factor = tree.nodes[Int(child)]
      guard factor.kind == .decision else { continue }
      if factor.op == .divisor {
        product = .quotient(product, expression(tree.child(child, 0)))
      } else if isFresh {
        product = expression(child)
      } else {
        product = self.product(product, expression(child))
      }
      isFresh = false
    }
    add(product, coefficient, &sum)
  }

  /// The value of a node as an expression of its own.
  mutating func expression(_ n: Int32) -> Expression {
    let node = tree.nodes[Int(n)]
    guard node.kind == .decision else { return Expression(number(n)) }
    switch node.op {
    case .parameter:
      let slot = self.slot(n, node)
      guard slot >= 0 else {
        miss(n)
        return Expression()
      }
      return model.parameter(at: parameters[Int(node.reference)].first + slot).expression
    case .power:
      return power(expression(tree.child(n, 0)), expression(tree.child(n, 1)))
    case .divisor: return expression(tree.child(n, 0))
    case .function where node.other == AlgebraicReader.leastSquaresMark: return leastSquares(n)
    case .function:
      guard let operation = Operation(rawValue: UInt8(node.reference)) else { return Expression() }
      var arguments: [Expression] = []
      if node.other == -2 {
        for child in Array(tree.children(n)) { arguments.append(expression(child)) }
        return .apply(operation, arguments)
      }
      if operation == .ifElse, tree.nodes[Int(tree.child(n, 0))].kind != .condition {
        guard let choice = formula(tree.child(n, 0)) else { return Expression() }
        return .apply(.ifElse, [choice, expression(tree.child(n, 1)), expression(tree.child(n, 2))])
      }
      if operation == .ifElse {
        return expression(tree.child(n, condition(tree.child(n, 0)) ? 1 : 2))
      }
      for i in 0..<Int(node.childCount) {
        appendValues(of: tree.lists[Int(node.children) + i], to: &arguments)
      }
      if node.other == AlgebraicReader.piecewiseMark {
        guard let x = arguments.first else { return Expression() }
        return piecewise(arguments.dropFirst().map(\.constant)[...], n)?(x) ?? Expression()
      }
      if node.other > 0 { arguments = arguments.map { .apply(.abs, [$0]) } }
      return combine(operation, arguments)
    case .aggregate where tree.aggregates[Int(node.reference)].op != .sum: return aggregateExpression(node)
    case .element: return elementExpression(n)
    default:
      var sum = Accumulator()
      accumulate(n, 1, &sum)
      return take(sum)
    }
  }

  /// A product; expanding one of two sums counts as that many rounds.
  private mutating func product(_ a: Expression, _ b: Expression) -> Expression {
    let (terms, overflow) = a.termCount.multipliedReportingOverflow(by: b.termCount)
    guard spend(overflow ? Int.max : terms) else { return Expression() }
    return .product(a, b)
  }

  private mutating func power(_ a: Expression, _ b: Expression) -> Expression {
    if b.isConstant, b.constant == 2, a.isLinear, !a.isConstant { return product(a, a) }
    return .power(a, b)
  }

  /// `operation(arguments...)`, kept linear or quadratic where it is.
  private mutating func combine(_ operation: Operation, _ arguments: [Expression]) -> Expression {
    if operation == .add {
      var total = Expression()
      for argument in arguments { total.add(argument, scale: 1) }
      return total
    }
    if operation == .square, let x = arguments.first { return power(x, Expression(2)) }
    if operation == .power, arguments.count == 2 { return power(arguments[0], arguments[1]) }
    if operation == .multiply, let first = arguments.first {
      var result = first
      for argument in arguments.dropFirst() { result = product(result, argument) }
      return result
    }
    if operation == .sumOfSquares, arguments.allSatisfy(\.isLinear) {
      var total = Expression()
      for argument in arguments { total.add(power(argument, Expression(2)), scale: 1) }
      return total
    }
    return .apply(operation, arguments)
  }

  private mutating func aggregateExpression(_ node: SyntaxNode) -> Expression {
    let aggregate = tree.aggregates[Int(node.reference)]
    guard var cursor = begin(aggregate.loops, node) else { return Expression() }
    var items: [Expression] = []
    while advance(&cursor, aggregate.loops) {
      items.append(aggregate.op == .count ? formula(aggregate.body) ?? Expression() : expression(aggregate.body))
    }
    switch aggregate.op {
    case .prod: return combine(.multiply, items.isEmpty ? [Expression(1)] : items)
    case .norm1: return combine(.add, items.map { .apply(.abs, [$0]) })
    case .norm2: return items.isEmpty ? Expression() : .apply(.norm2, items)
    case .sumsq: return items.isEmpty ? Expression() : combine(.sumOfSquares, items)
    case .min, .max, .norminf:
      if items.isEmpty {
        if aggregate.op == .norminf { return Expression() }
        report(
          .undefinedNumber, "\(aggregate.op.rawValue) of nothing", text: Int(node.text),
          range: Int(node.start)..<Int(node.end))
        return Expression()
      }
      if aggregate.op == .norminf { return .apply(.max, items.map { .apply(.abs, [$0]) }) }
      return .apply(aggregate.op == .min ? .min : .max, items)
    default: return combine(.add, items)
    }
  }

  func take(_ sum: Accumulator) -> Expression {
    var result = sum.rest ?? Expression()
    result.add(sum.constant)
    result.reserveCapacity(sum.linear.count)
    for term in sum.linear { result.add(term.coefficient, model.variable(at: Int(term.variable))) }
    return result
  }

  /// The values of a node, one for each member of a list `e for i in I`.
  mutating func appendValues(of n: Int32, to list: inout [Expression]) {
    let node = tree.nodes[Int(n)]
    if node.op == .family { return appendFamily(node, to: &list) }
    guard node.op == .aggregate, tree.aggregates[Int(node.reference)].op == .list else {
      list.append(expression(n))
      return
    }
    let aggregate = tree.aggregates[Int(node.reference)]
    guard var cursor = begin(aggregate.loops, node) else { return }
    while advance(&cursor, aggregate.loops) { appendValues(of: aggregate.body, to: &list) }
  }

  private mutating func appendFamily(_ node: SyntaxNode, to list: inout [Expression]) {
    let reference = Int(node.reference)
    if node.other == 1 {
      for slot in 0..<variables[reference].space.count { list.append(model.variable(at: variables[reference].first + slot).expression) }
      return
    }
    for slot in 0..<data[reference].space.count {
      let value = data[reference].numbers[slot]
      list.append(Expression(value.isNaN ? data[reference].standard ?? .nan : value))
    }
  }
}
