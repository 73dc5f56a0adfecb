/// Something that can index a family of variables or constraints.
public protocol ModelIndex: Hashable, Sendable {
  /// The keys in the brackets of the name.
  var keys: [IndexKey] { get }
}
extension String: ModelIndex { public var keys: [IndexKey] { [.text(self)] } }
extension Int: ModelIndex { public var keys: [IndexKey] { [.integer(self)] } }

/// Two indices at once, as in `ship[plant, market]`.
public struct Pair<First: ModelIndex, Second: ModelIndex>: ModelIndex {
  public var first: First
  public var second: Second
  public init(_ first: First, _ second: Second) {
    self.first = first
    self.second = second
  }
  public var keys: [IndexKey] { first.keys + second.keys }
}

/// All pairs of two lists, the first index running slowest.
public func product<A: ModelIndex, B: ModelIndex>(
  _ first: some Sequence<A>, _ second: some Collection<B>
) -> [Pair<A, B>] {
  first.flatMap { a in second.map { Pair(a, $0) } }
}

/// Variables that share a base name and differ by index; a sequence of them in the order of the index list.
public struct VariableFamily<Index: ModelIndex>: Sendable, Sequence {
  /// The indices in order.
  public let keys: [Index]
  let first: Int
  let model: UInt32
  private let positions: [Index: Int]

  init(keys: [Index], first: Int, model: UInt32) {
    self.keys = keys
    self.first = first
    self.model = model
    var positions: [Index: Int] = [:]
    for (i, key) in keys.enumerated() { positions[key] = i }
    self.positions = positions
  }

  public var count: Int { keys.count }
  /// The variables in order.
  public var variables: [Variable] { (0..<count).map { Variable(index: first + $0, model: model) } }
  public func makeIterator() -> IndexingIterator<[Variable]> { variables.makeIterator() }

  /// The variable of an index.
  /// - Precondition: the family has the index; ask ``variable(for:)`` when it may not.
  public subscript(index: Index) -> Variable {
    guard let i = positions[index] else {
      preconditionFailure("no variable with index \(index.keys.map(\.description).joined(separator: ",")) in this family")
    }
    return Variable(index: first + i, model: model)
  }

  /// The variable of an index, or nil.
  public func variable(for index: Index) -> Variable? {
    positions[index].map { Variable(index: first + $0, model: model) }
  }

  /// The variable of a pair of indices.
  public subscript<A: ModelIndex, B: ModelIndex>(a: A, b: B) -> Variable where Index == Pair<A, B> {
    self[Pair(a, b)]
  }
}

extension Model {
  /// Adds one variable: `model.variable("slack", in: 0...)`.
  @discardableResult
  public mutating func variable(
    _ name: String? = nil, in bounds: some BoundsConvertible = ScalarSet.free, _ domain: Domain = .real,
    start: Double? = nil, file: String = #fileID, line: Int = #line
  ) -> Variable {
    let set = bounds.set
    let label: Label = name.map { .name($0) } ?? .place(file: file, line: line)
    label.append(to: &variableNames, prefix: "x")
    return appendVariable(lower: set.lower, upper: set.upper, domain: domain, start: start)
  }

  /// Adds one binary variable.
  @discardableResult
  public mutating func binary(_ name: String? = nil, file: String = #fileID, line: Int = #line) -> Variable {
    variable(name, in: 0...1, .binary, file: file, line: line)
  }

  /// Adds a variable for each index: `model.variables("make", over: products, in: 0...40, .integer)`.
  public mutating func variables<Index: ModelIndex>(
    _ name: String, over indices: some Sequence<Index>, in bounds: some BoundsConvertible = ScalarSet.free,
    _ domain: Domain = .real
  ) -> VariableFamily<Index> {
    let list = Array(indices)
    let set = bounds.set
    let first = variableCount
    for index in list {
      addVariable(family: name, keys: index.keys, lower: set.lower, upper: set.upper, domain: domain)
    }
    return VariableFamily(keys: list, first: first, model: tag)
  }

  /// Adds a parameter: a number that may change between solves.
  public mutating func parameter(_ name: String, _ value: Double) -> Parameter { addParameter(name, value) }

  /// Makes `expression` the only objective, to be made small.
  public mutating func minimize(_ expression: some Decision, name: String = "") {
    setObjective(.minimize, ScalarFunction())
    objectives = []
    addObjective(.minimize, expression.expression, name: name)
  }

  /// Makes `expression` the only objective, to be made large.
  public mutating func maximize(_ expression: some Decision, name: String = "") {
    setObjective(.maximize, ScalarFunction())
    objectives = []
    addObjective(.maximize, expression.expression, name: name)
  }

  /// Adds a constraint: `model.subject(to: "oven") { make["bread"] + 2 * make["cake"] <= 120 }`.
  ///
  /// Without a name it is called after its place in the source.
  @discardableResult
  public mutating func subject(
    to name: String? = nil, if condition: BinaryCondition? = nil, file: String = #fileID, line: Int = #line,
    _ constraint: () throws -> ConstraintExpression
  ) rethrows -> ConstraintReference {
    let written = try constraint()
    return add(written, condition, name.map { .name($0) } ?? .place(file: file, line: line))
  }

  /// Adds a constraint for each index.
  @discardableResult
  public mutating func subject<Index: ModelIndex>(
    to name: String, over indices: some Sequence<Index>,
    _ constraint: (Index) throws -> ConstraintExpression
  ) rethrows -> [ConstraintReference] {
    var result: [ConstraintReference] = []
    for index in indices {
      let written = try constraint(index)
      result.append(add(written, nil, .family(name, index.keys)))
    }
    return result
  }

  private mutating func add(
    _ written: ConstraintExpression, _ condition: BinaryCondition?, _ label: Label
  ) -> ConstraintReference {
    let written = condition.map { $0 => written } ?? written
    switch written.body {
    case .scalar(let expression, let set): return addConstraint(label, expression, in: set)
    case .vector(let expressions, let set): return addConstraint(label, expressions, in: set)
    }
  }
}
