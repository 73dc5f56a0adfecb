/// A node of a parsed expression; after resolution, of a program to evaluate.
struct SyntaxNode: Sendable {
  enum Operator: UInt8, Sendable {
    // As parsed.
    case number, string, name, index, call, aggregate, negate, sum, product, divisor, power, compare, not, and, or, implies,
      equivalent, withDefault, perpendicular, isMember
    // As resolved; an element is a table of data (`other` 0) or of variables (1) with an index that is a decision, a family
    // all of either.
    case key, indexVariable, data, variable, parameter, definition, function, setCall, element, family, invalid
  }
  enum Kind: UInt8, Sendable {
    case unknown
    /// A number, known once the index variables are.
    case number
    /// A key, which serves as a number where it is whole.
    case key
    /// True or false, known once the index variables are.
    case condition
    /// A function of decision variables or parameters.
    case decision
    /// A comparison or formula with decision variables.
    case constraint
    /// Something wrong was reported; what depends on it is not.
    case invalid
  }

  var op: Operator
  var kind = Kind.unknown
  /// Children in order: `lists[children]..<lists[children + childCount]`.
  var children: Int32 = 0
  var childCount: Int32 = 0
  /// Number of a family, data table, definition, aggregate, operation, slot.
  var reference: Int32 = -1
  /// Number of a default value's node for index nodes.
  var other: Int32 = -1
  var text: Int32
  var start: Int32
  var end: Int32
  var value = 0.0
  var key = Key.none
}

/// `for` bindings and a filter, as parsed and resolved.
struct GeneratorClause: Sendable {
  struct Binding: Sendable {
    /// Name tokens of the index variables.
    var names: [Range<Int>]
    var set: Range<Int>
    /// After resolution: slots of the index variables, and the number of the set.
    var slots: [Int] = []
    var setNumber = -1
  }
  var bindings: [Binding] = []
  var filter: Int32 = -1
  /// After resolution.
  var loops = Loops()
}

/// A resolved clause as the evaluator runs it: a range of ``SyntaxTree/loops`` and a filter.
struct Loops: Sendable {
  var first: Int32 = 0
  var count: Int32 = 0
  var filter: Int32 = -1
}

/// One loop: index variables from `slot` on take the keys of each member of a set.
struct Loop: Sendable {
  var set: Int32
  var slot: Int32
  var arity: Int32
}

/// An aggregate such as `sum(... for ...)`.
struct Aggregate: Sendable {
  enum Operator: String, Sendable {
    case sum, prod, min, max, all, any, count, norm1, norm2, norminf, sumsq
    /// Just the list of values, for sets of vectors.
    case list
  }
  var op: Operator
  var body: Int32
  /// Number of the clause as parsed.
  var clause: Int32
  var loops = Loops()
}

/// Nodes of expressions, with the child lists and aggregates they refer to.
struct SyntaxTree: Sendable {
  var nodes: [SyntaxNode] = []
  var lists: [Int32] = []
  var aggregates: [Aggregate] = []
  var clauses: [GeneratorClause] = []
  var loops: [Loop] = []

  mutating func add(_ node: SyntaxNode) -> Int32 {
    nodes.append(node)
    return Int32(nodes.count - 1)
  }

  /// Adds a list `body for ...`, to be turned into another aggregate by a call around it.
  mutating func addList(_ node: SyntaxNode, body: Int32, clause: GeneratorClause) -> Int32 {
    var node = node
    clauses.append(clause)
    aggregates.append(Aggregate(op: .list, body: body, clause: Int32(clauses.count - 1)))
    node.reference = Int32(aggregates.count - 1)
    return add(node)
  }

  mutating func add(_ node: SyntaxNode, children: [Int32]) -> Int32 {
    var node = node
    node.children = Int32(lists.count)
    node.childCount = Int32(children.count)
    lists.append(contentsOf: children)
    nodes.append(node)
    return Int32(nodes.count - 1)
  }

  func child(_ node: Int32, _ i: Int) -> Int32 { lists[Int(nodes[Int(node)].children) + i] }
  func children(_ node: Int32) -> ArraySlice<Int32> {
    let n = nodes[Int(node)]
    return lists[Int(n.children)..<Int(n.children + n.childCount)]
  }

  /// A point to go back to, so that one-off expressions leave nothing behind.
  struct Mark {
    var nodes, lists, aggregates, clauses, loops: Int
  }
  var mark: Mark {
    Mark(
      nodes: nodes.count, lists: lists.count, aggregates: aggregates.count, clauses: clauses.count, loops: loops.count)
  }
  mutating func release(to mark: Mark) {
    nodes.removeSubrange(mark.nodes...)
    lists.removeSubrange(mark.lists...)
    aggregates.removeSubrange(mark.aggregates...)
    clauses.removeSubrange(mark.clauses...)
    loops.removeSubrange(mark.loops...)
  }
}
