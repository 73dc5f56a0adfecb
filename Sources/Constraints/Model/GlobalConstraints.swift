/// All of the expressions differ; they must be whole.
public func allDifferent<A: Decision>(_ items: some Sequence<A>) -> ConstraintExpression {
  let list = Array(items)
  return ConstraintExpression(list, in: AllDifferent(dimension: list.count))
}

/// `next[i]`, from 1, is the successor of node i, and following successors visits every node once.
public func circuit<A: Decision>(_ next: some Sequence<A>) -> ConstraintExpression {
  let list = Array(next)
  return ConstraintExpression(list, in: Circuit(dimension: list.count))
}

/// The expressions together are one of the rows.
public func table<A: Decision>(_ items: [A], rows: [[Double]]) -> ConstraintExpression {
  ConstraintExpression(items, in: Table(rows: rows))
}

/// The entry of a table that a whole expression chooses: `element(of: price, at: supplier, from: 1)`.
///
/// Elsewhere than from `first` on, as far as the table reaches, its value is 0; keep the index within by its bounds.
/// - Parameter first: the value of the index that chooses the first entry.
public func element<C: Coefficient, A: Decision>(of table: [C], at index: A, from first: Int = 0) -> Expression {
  var total = Expression()
  for (k, entry) in table.enumerated() where entry.coefficient != 0 {
    total.add(.apply(.equal, [index.expression, Expression(Double(first + k))]), scale: entry.coefficient)
  }
  return total
}

/// The one of several expressions that a whole expression chooses.
public func element<E: Decision, A: Decision>(of table: [E], at index: A, from first: Int = 0) -> Expression {
  var total = Expression()
  for (k, entry) in table.enumerated() {
    total.add(.product(entry.expression, .apply(.equal, [index.expression, Expression(Double(first + k))])), scale: 1)
  }
  return total
}

/// How many of the whole expressions take a value of the list.
public func count<A: Decision>(_ items: [A], in values: [Int]) -> Expression {
  var total = Expression()
  for item in items {
    for value in Set(values).sorted() { total.add(.apply(.equal, [item.expression, Expression(Double(value))]), scale: 1) }
  }
  return total
}

/// Tasks that share a resource: at any moment the demands of those that run stay within the capacity.
///
/// Starts, durations, demands and the capacity may be expressions; use `Expression(3)` for a number.
public func cumulative<A: Decision, B: Decision, C: Decision, D: Decision>(
  starts: [A], durations: [B], demands: [C], capacity: D
) -> ConstraintExpression {
  precondition(starts.count == durations.count && starts.count == demands.count, "cumulative: lists of one length")
  let parts = starts.map(\.expression) + durations.map(\.expression) + demands.map(\.expression) + [capacity.expression]
  return ConstraintExpression(parts, in: Cumulative(dimension: parts.count))
}

/// As above, with numbers for durations, demands and capacity.
public func cumulative<A: Decision>(
  starts: [A], durations: [Double], demands: [Double], capacity: Double
) -> ConstraintExpression {
  cumulative(
    starts: starts.map(\.expression), durations: durations.map { Expression($0) }, demands: demands.map { Expression($0) },
    capacity: Expression(capacity))
}

/// Tasks of which no two run at the same time.
public func noOverlap<A: Decision>(starts: [A], durations: [Double]) -> ConstraintExpression {
  cumulative(starts: starts, durations: durations, demands: starts.map { _ in 1 }, capacity: 1)
}

/// As above, with durations that may vary.
public func noOverlap<A: Decision, B: Decision>(starts: [A], durations: [B]) -> ConstraintExpression {
  cumulative(
    starts: starts.map(\.expression), durations: durations.map(\.expression), demands: starts.map { _ in Expression(1) },
    capacity: Expression(1))
}

/// `bins[i]` is the bin of item i; the weights in each bin add up to at most the capacity.
public func binPacking<A: Decision>(_ bins: [A], weights: [Double], capacity: Double) -> ConstraintExpression {
  ConstraintExpression(bins, in: BinPacking(capacity: capacity, weights: weights))
}

/// The entries other than 0 of a square matrix, given by its rows, are the edges of a directed graph without cycles:
/// `acyclic([[0, w12], [w21, 0]])`, where `w12` is the edge from the first to the second node.
///
/// Entries may be numbers that are whole or not, binary or of either sign; an entry on the diagonal must come out as 0.
/// - Parameter tolerance: size up to which an entry is no edge.
/// - Precondition: as many rows as columns.
public func acyclic<A: Decision>(
  _ rows: [[A]], tolerance: Double = AcyclicGraph.defaultTolerance
) -> ConstraintExpression {
  precondition(rows.allSatisfy { $0.count == rows.count }, "acyclic: as many rows as columns")
  return ConstraintExpression(rows.flatMap { $0 }, in: AcyclicGraph(nodeCount: rows.count, tolerance: tolerance))
}

/// As above, for variables over pairs of nodes: `acyclic(w)` where `w` is `model.variables("w", over: product(nodes, nodes))`.
///
/// The nodes are those that occur in a pair; a pair without a variable, such as a node with itself, is no edge.
public func acyclic<Node: ModelIndex>(
  _ family: VariableFamily<Pair<Node, Node>>, tolerance: Double = AcyclicGraph.defaultTolerance
) -> ConstraintExpression {
  var positions: [Node: Int] = [:]
  for node in family.keys.map(\.first) + family.keys.map(\.second) where positions[node] == nil {
    positions[node] = positions.count
  }
  let d = positions.count
  var entries = [Expression](repeating: Expression(), count: d * d)
  for (key, variable) in zip(family.keys, family.variables) {
    guard let i = positions[key.first], let j = positions[key.second] else { continue }
    entries[i * d + j] = variable.expression
  }
  return ConstraintExpression(entries, in: AcyclicGraph(nodeCount: d, tolerance: tolerance))
}
