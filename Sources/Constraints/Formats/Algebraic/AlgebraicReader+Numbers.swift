/// Evaluation of what depends on data and indices only.
extension AlgebraicReader {
  /// The value of a node of kind `number` or `key`. Problems are reported and give 0.
  mutating func number(_ n: Int32) -> Double {
    let node = tree.nodes[Int(n)]
    switch node.op {
    case .number: return node.value
    case .indexVariable:
      let key = slots[Int(node.reference)]
      return key.isInteger ? Double(key.number) : notANumber(key, n)
    case .key: return node.key.isInteger ? Double(node.key.number) : notANumber(node.key, n)
    case .data:
      if node.kind == .key {
        let key = self.key(n)
        return key.isInteger ? Double(key.number) : notANumber(key, n)
      }
      let table = Int(node.reference)
      let slot = self.slot(n, node)
      if slot >= 0 {
        let value = data[table].numbers[slot]
        if value == value { return value }
      }
      if let standard = data[table].standard { return standard }
      miss(n)
      return 0
    case .sum:
      var total = 0.0
      for i in 0..<Int(node.childCount) { total += number(tree.lists[Int(node.children) + i]) }
      return total
    case .negate: return -number(tree.lists[Int(node.children)])
    case .product:
      var total = 1.0
      for i in 0..<Int(node.childCount) {
        let child = tree.lists[Int(node.children) + i]
        if tree.nodes[Int(child)].op == .divisor { total /= divisor(child) } else { total *= number(child) }
      }
      return total
    case .power:
      let base = number(tree.lists[Int(node.children)])
      let exponent = number(tree.lists[Int(node.children) + 1])
      return checked(Operation.power.value(base, exponent), n, from: base, exponent)
    case .function: return function(n, node)
    case .aggregate: return aggregate(node)
    case .withDefault:
      let inner = tree.lists[Int(node.children)]
      return isPresent(inner) ? number(inner) : number(tree.lists[Int(node.children) + 1])
    default: return 0
    }
  }

  private mutating func notANumber(_ key: Key, _ n: Int32) -> Double {
    // A missing key was reported where it was looked up.
    if key != .none { reportOnce(.wrongUse, "the text '\(symbols.text(key))' is not a number", node: n) }
    return 0
  }

  /// The value of what a divisor wraps; reports a division by zero.
  mutating func divisor(_ n: Int32) -> Double {
    let inner = tree.child(n, 0)
    let value = number(inner)
    if value == 0 {
      reportOnce(.undefinedNumber, "division by zero", node: inner, mend: "restrict the loop with 'where', or correct the data")
      return 1
    }
    return value
  }

  private mutating func checked(_ value: Double, _ n: Int32, from arguments: Double...) -> Double {
    if value.isFinite || arguments.contains(where: { !$0.isFinite }) && !value.isNaN { return value }
    reportOnce(.undefinedNumber, "the value is \(value.isNaN ? "not a number" : "too large")", node: n)
    return 0
  }

  private mutating func function(_ n: Int32, _ node: SyntaxNode) -> Double {
    guard let operation = Operation(rawValue: UInt8(node.reference)) else { return 0 }
    let first = Int(node.children)
    switch operation.arity {
    case .unary:
      let x = number(tree.lists[first])
      return checked(operation.value(x), n, from: x)
    case .binary:
      let x = number(tree.lists[first])
      let y = number(tree.lists[first + 1])
      return checked(operation.value(x, y), n, from: x, y)
    default:
      if operation == .ifElse, node.other != -2 { return number(tree.lists[first + (condition(tree.lists[first]) ? 1 : 2)]) }
      var values: [Double] = []
      for i in 0..<Int(node.childCount) { appendNumbers(of: tree.lists[first + i], to: &values) }
      if node.other == AlgebraicReader.piecewiseMark {
        return values.first.flatMap { x in piecewise(values.dropFirst(), n)?.value(at: x) } ?? 0
      }
      if node.other > 0 { values = values.map { abs($0) } }
      return operation.value(values)
    }
  }

  /// The function through corners given as place and value in turn.
  mutating func piecewise(_ numbers: ArraySlice<Double>, _ n: Int32) -> PiecewiseLinear? {
    let pairs = numbers.enumerated()
    let places = pairs.compactMap { $0.offset % 2 == 0 ? $0.element : nil }
    let values = pairs.compactMap { $0.offset % 2 == 1 ? $0.element : nil }
    if let f = PiecewiseLinear(places: places, values: values) { return f }
    reportOnce(
      .wrongUse, "piecewise needs at least two corners, place and value in turn, their places increasing", node: n,
      mend: "write piecewise(x, 0, 0, 10, 50, 30, 90) for corners at 0, 10 and 30 with values 0, 50 and 90")
    return nil
  }

  private mutating func appendNumbers(of n: Int32, to list: inout [Double]) {
    let node = tree.nodes[Int(n)]
    guard node.op == .aggregate, tree.aggregates[Int(node.reference)].op == .list else {
      list.append(number(n))
      return
    }
    let aggregate = tree.aggregates[Int(node.reference)]
    guard var cursor = begin(aggregate.loops, node) else { return }
    while advance(&cursor, aggregate.loops) { appendNumbers(of: aggregate.body, to: &list) }
  }

  private mutating func aggregate(_ node: SyntaxNode) -> Double {
    let aggregate = tree.aggregates[Int(node.reference)]
    guard var cursor = begin(aggregate.loops, node) else { return 0 }
    let body = aggregate.body
    var total: Double
    switch aggregate.op {
    case .prod: total = 1
    case .min: total = .infinity
    case .max: total = -.infinity
    default: total = 0
    }
    while advance(&cursor, aggregate.loops) {
      switch aggregate.op {
      case .sum, .list: total += number(body)
      case .prod: total *= number(body)
      case .min: total = Swift.min(total, number(body))
      case .max: total = Swift.max(total, number(body))
      case .count: if condition(body) { total += 1 }
      case .norm1: total += abs(number(body))
      case .norminf: total = Swift.max(total, abs(number(body)))
      case .norm2, .sumsq:
        let x = number(body)
        total += x * x
      case .all, .any: break
      }
    }
    return aggregate.op == .norm2 ? total.squareRoot() : total
  }

  // MARK: - Keys and lookups

  /// The value of a node as an index.
  mutating func key(_ n: Int32) -> Key {
    let node = tree.nodes[Int(n)]
    switch node.op {
    case .indexVariable: return slots[Int(node.reference)]
    case .key: return node.key
    case .data where node.kind == .key:
      let slot = self.slot(n, node)
      guard slot >= 0, data[Int(node.reference)].keys[slot] != .none else {
        miss(n)
        return .none
      }
      return data[Int(node.reference)].keys[slot]
    case .withDefault where node.kind == .key:
      let inner = tree.child(n, 0)
      return isPresent(inner) ? key(inner) : key(tree.child(n, 1))
    default:
      let value = number(n)
      guard value == value.rounded(), abs(value) <= Double(Key.integerLimit) else {
        reportOnce(.wrongUse, "the index \(value.text) is not a whole number", node: n)
        return .none
      }
      return Key(integer: Int(value))
    }
  }

  /// The slot that an indexed node asks for, or -1.
  @inline(__always)
  mutating func slot(_ n: Int32, _ node: SyntaxNode) -> Int {
    let first = Int(node.children)
    let count = Int(node.childCount)
    if count > 4 { return slotOfMany(node) }
    var k0 = Key.none
    var k1 = Key.none
    var k2 = Key.none
    var k3 = Key.none
    if count > 0 { k0 = index(tree.lists[first]) }
    if count > 1 { k1 = index(tree.lists[first + 1]) }
    if count > 2 { k2 = index(tree.lists[first + 2]) }
    if count > 3 { k3 = index(tree.lists[first + 3]) }
    let pick = { (d: Int) -> Key in d == 0 ? k0 : d == 1 ? k1 : d == 2 ? k2 : k3 }
    switch node.op {
    case .data: return data[Int(node.reference)].space.slot(pick)
    case .variable: return variables[Int(node.reference)].space.slot(pick)
    case .parameter: return parameters[Int(node.reference)].space.slot(pick)
    default: return definitions[Int(node.reference)].space.slot(pick)
    }
  }

  @inline(__always)
  private mutating func index(_ n: Int32) -> Key {
    let node = tree.nodes[Int(n)]
    return node.op == .indexVariable ? slots[Int(node.reference)] : key(n)
  }

  private mutating func slotOfMany(_ node: SyntaxNode) -> Int {
    let keys = (0..<Int(node.childCount)).map { key(tree.lists[Int(node.children) + $0]) }
    return space(of: node).slot { keys[$0] }
  }

  func space(of node: SyntaxNode) -> IndexSpace {
    switch node.op {
    case .data: data[Int(node.reference)].space
    case .variable: variables[Int(node.reference)].space
    case .parameter: parameters[Int(node.reference)].space
    default: definitions[Int(node.reference)].space
    }
  }

  /// Whether an indexed node finds something.
  mutating func isPresent(_ n: Int32) -> Bool {
    let node = tree.nodes[Int(n)]
    guard node.childCount > 0 else { return true }
    let slot = self.slot(n, node)
    guard slot >= 0 else { return false }
    if node.op == .data, data[Int(node.reference)].keys.isEmpty { return !data[Int(node.reference)].numbers[slot].isNaN }
    return true
  }

  /// Notes a lookup that found nothing; reported together by ``reportMisses()``.
  mutating func miss(_ n: Int32) {
    if misses[n] != nil {
      misses[n]?.count += 1
      return
    }
    let node = tree.nodes[Int(n)]
    let keys = (0..<Int(node.childCount)).map { key(tree.lists[Int(node.children) + $0]) }
    if keys.contains(.none) { return }
    misses[n] = Miss(count: 1, first: keys)
  }

  mutating func reportMisses() {
    for (n, miss) in misses.sorted(by: { $0.key < $1.key }) {
      let node = tree.nodes[Int(n)]
      let space = space(of: node)
      let keys = miss.first.map(symbols.quoted).joined(separator: ",")
      let reference = Int(node.reference)
      var mend: String?
      for (d, key) in miss.first.enumerated() where d < space.arity && space.dimensions[d].position(of: key) < 0 && !key.isInteger {
        mend = nearestMember(key, in: space.dimensions[d])
        if mend != nil { break }
      }
      switch node.op {
      case .data:
        let known = data[reference].keys.isEmpty ? data[reference].numbers.count { !$0.isNaN } : space.count
        let total = space.arity > 1 ? space.combinations : space.count + miss.count
        let name = data[reference].name
        let isInside = miss.first.enumerated().allSatisfy { space.dimensions[$0.offset].position(of: $0.element) >= 0 }
        let count = isInside ? "\(total - known) of \(total) combinations missing" : "\(miss.count) lookup\(miss.count == 1 ? "" : "s") without a value"
        report(
          .missingData, "\(name)[\(keys)] has no value; \(count)", node: n,
          mend: mend ?? "add it to '\(name)', or restrict the loop with 'where'")
      default:
        let (name, noun) = node.op == .variable ? (variables[reference].name, "variable") : node.op == .parameter ? (parameters[reference].name, "parameter") : (definitions[reference].name, "expression")
        report(
          .missingData, "there is no \(noun) \(name)[\(keys)]", node: n,
          mend: mend ?? "restrict the loop with 'where', or write \(name)[...] default 0",
          notes: miss.count > 1 ? ["\(miss.count) such lookups"] : [])
      }
    }
    misses.removeAll(keepingCapacity: true)
  }

  // MARK: - Conditions

  /// The value of a node of kind `condition`.
  mutating func condition(_ n: Int32) -> Bool {
    let node = tree.nodes[Int(n)]
    switch node.op {
    case .compare: return comparison(node)
    case .not: return !condition(tree.child(n, 0))
    case .and:
      for i in 0..<Int(node.childCount) where !condition(tree.lists[Int(node.children) + i]) { return false }
      return true
    case .or:
      for i in 0..<Int(node.childCount) where condition(tree.lists[Int(node.children) + i]) { return true }
      return false
    case .implies: return !condition(tree.child(n, 0)) || condition(tree.child(n, 1))
    case .equivalent: return condition(tree.child(n, 0)) == condition(tree.child(n, 1))
    case .isMember:
      let key = self.key(tree.child(n, 0))
      return sets[Int(node.reference)].space.slot { _ in key } >= 0
    case .aggregate:
      let aggregate = tree.aggregates[Int(node.reference)]
      guard var cursor = begin(aggregate.loops, node) else { return false }
      let isAll = aggregate.op == .all
      while advance(&cursor, aggregate.loops) {
        if condition(aggregate.body) != isAll {
          leave(cursor)
          return !isAll
        }
      }
      return isAll
    default: return false
    }
  }

  private mutating func comparison(_ node: SyntaxNode) -> Bool {
    let first = tree.lists[Int(node.children)]
    let second = tree.lists[Int(node.children) + 1]
    guard let relation = AlgebraicToken.Kind(rawValue: UInt8(node.reference)) else { return false }
    if relation == .equal || relation == .notEqual,
      tree.nodes[Int(first)].kind == .key, tree.nodes[Int(second)].kind == .key
    {
      return (key(first) == key(second)) == (relation == .equal)
    }
    let a = number(first)
    let b = number(second)
    guard holds(a, relation, b) else { return false }
    guard node.other >= 0, let next = AlgebraicToken.Kind(rawValue: UInt8(node.other)) else { return true }
    return holds(b, next, number(tree.lists[Int(node.children) + 2]))
  }

  private func holds(_ a: Double, _ relation: AlgebraicToken.Kind, _ b: Double) -> Bool {
    switch relation {
    case .lessOrEqual: a <= b
    case .greaterOrEqual: a >= b
    case .equal: a == b
    case .notEqual: a != b
    case .less: a < b
    default: a > b
    }
  }

  // MARK: - Loops

  /// A running loop: its positions begin at `base` of ``loopPositions``.
  struct Cursor {
    var base: Int
    var isFresh = true
  }

  /// Starts a loop; nil, with a report, when it would run too long.
  mutating func begin(_ loops: Loops, _ node: SyntaxNode) -> Cursor? {
    begin(loops, text: Int(node.text), range: Int(node.start)..<Int(node.end))
  }

  mutating func begin(_ loops: Loops, text: Int, range: Range<Int>) -> Cursor? {
    let cursor = Cursor(base: loopPositions.count)
    var total = 1
    for i in 0..<Int(loops.count) {
      let count = sets[Int(tree.loops[Int(loops.first) + i].set)].space.count
      let (product, overflow) = total.multipliedReportingOverflow(by: count)
      total = overflow ? Int.max : product
    }
    guard !isStopped else { return nil }
    guard total <= AlgebraicReader.loopLimit, rounds + total <= AlgebraicReader.roundLimit else {
      if reportedNames.insert("(rounds)").inserted {
        let sizes = (0..<Int(loops.count)).map { String(sets[Int(tree.loops[Int(loops.first) + $0].set)].space.count) }
        report(
          .tooManyCombinations, "the loop runs over \(sizes.joined(separator: " * ")) combinations", text: text, range: range,
          mend: "use a derived set that holds only the combinations needed",
          notes: ["all loops of a model together may run \(AlgebraicReader.roundLimit) rounds"])
      }
      return nil
    }
    rounds += total
    for _ in 0..<Int(loops.count) { loopPositions.append(0) }
    return cursor
  }

  /// Counts terms against the limit, each as four rounds since it takes memory as well; false, with a report, when the
  /// limit is reached.
  mutating func spend(_ terms: Int) -> Bool {
    let (work, overflow) = terms.multipliedReportingOverflow(by: 4)
    guard !overflow, work <= AlgebraicReader.roundLimit, rounds + work <= AlgebraicReader.roundLimit else {
      if reportedNames.insert("(rounds)").inserted {
        let place = instanceName.isEmpty ? "" : " in \(instanceText)"
        found.add(
          Diagnostic(
            .tooManyCombinations, "the expressions grow to too many terms\(place)", at: texts.last.map { document.location($0.place) },
            mend: "introduce a variable for a sum that is used many times"))
      }
      return false
    }
    rounds += work
    return true
  }

  /// Moves to the next combination that passes the filter and sets the index variables. At the end the loop is over.
  @inline(__always)
  mutating func advance(_ cursor: inout Cursor, _ loops: Loops) -> Bool {
    repeat {
      guard step(&cursor, loops) else {
        leave(cursor)
        return false
      }
    } while loops.filter >= 0 && !condition(loops.filter)
    return true
  }

  /// Ends a loop before its time.
  mutating func leave(_ cursor: Cursor) { loopPositions.removeSubrange(cursor.base...) }

  private mutating func step(_ cursor: inout Cursor, _ loops: Loops) -> Bool {
    if cursor.isFresh {
      cursor.isFresh = false
      for i in 0..<Int(loops.count) {
        let loop = tree.loops[Int(loops.first) + i]
        if sets[Int(loop.set)].space.count == 0 { return false }
        assign(loop, 0)
      }
      return true
    }
    var b = Int(loops.count) - 1
    while b >= 0 {
      let loop = tree.loops[Int(loops.first) + b]
      let position = loopPositions[cursor.base + b] + 1
      if position < sets[Int(loop.set)].space.count {
        loopPositions[cursor.base + b] = position
        assign(loop, position)
        return true
      }
      loopPositions[cursor.base + b] = 0
      assign(loop, 0)
      b -= 1
    }
    return false
  }

  @inline(__always)
  private mutating func assign(_ loop: Loop, _ position: Int) {
    if loop.arity == 1 {
      slots[Int(loop.slot)] = sets[Int(loop.set)].space.firstKey(position)
    } else {
      for d in 0..<Int(loop.arity) { slots[Int(loop.slot) + d] = sets[Int(loop.set)].space.key(position, d) }
    }
  }
}
