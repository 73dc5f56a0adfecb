/// The smallest thing that a model asks for and that could be asked for differently: one side of a constraint, one bound
/// of a variable, a variable's being whole, or a constraint in a set.
///
/// Explanations of infeasibility are made of these. An equation is two of them.
public enum Requirement: Sendable, Hashable {
  /// Linear row number i is at least its lower side.
  case rowLower(Int)
  /// Linear row number i is at most its upper side.
  case rowUpper(Int)
  /// The function of general constraint number i is at least its lower side.
  case generalLower(Int)
  /// The function of general constraint number i is at most its upper side.
  case generalUpper(Int)
  /// General constraint number i, whose functions lie in a set.
  case general(Int)
  /// Variable number j is at least its lower bound.
  case variableLower(Int)
  /// Variable number j is at most its upper bound.
  case variableUpper(Int)
  /// Variable number j is whole.
  case integrality(Int)

  /// Which side of a constraint or variable it is.
  public enum Side: String, Sendable { case lower, upper, whole, set }

  public var side: Side {
    switch self {
    case .rowLower, .generalLower, .variableLower: .lower
    case .rowUpper, .generalUpper, .variableUpper: .upper
    case .integrality: .whole
    case .general: .set
    }
  }

  /// The constraint it belongs to; nil for those of variables.
  public var constraint: ConstraintReference? {
    switch self {
    case .rowLower(let i), .rowUpper(let i): .row(i)
    case .general(let i), .generalLower(let i), .generalUpper(let i): .general(i)
    case .variableLower, .variableUpper, .integrality: nil
    }
  }

  /// Position of the variable it belongs to; nil for those of constraints.
  public var variable: Int? {
    switch self {
    case .variableLower(let j), .variableUpper(let j), .integrality(let j): j
    default: nil
    }
  }
}

extension Model {
  /// Everything that the model asks for and that could be left out: finite sides of rows and constraints, finite bounds
  /// of variables, whole values, and constraints in sets, in this order.
  ///
  /// The bounds 0 and 1 of a binary variable are what binary means, and those of a semicontinuous one what its gap is;
  /// they do not count. Neither does that a variable is whole where a logical or combinatorial set speaks of it: the set
  /// would mean nothing otherwise.
  /// - Complexity: O(variables + constraints).
  public var requirements: [Requirement] {
    var list: [Requirement] = []
    for i in 0..<rows.count {
      if rows.lower[i].isFinite { list.append(.rowLower(i)) }
      if rows.upper[i].isFinite { list.append(.rowUpper(i)) }
    }
    for (i, constraint) in generalConstraints.enumerated() {
      switch constraint.body {
      case .scalar(_, let set):
        if set.lower.isFinite { list.append(.generalLower(i)) }
        if set.upper.isFinite { list.append(.generalUpper(i)) }
      case .vector: list.append(.general(i))
      }
    }
    for j in 0..<variableCount where !domains[j].isSemi {
      let own = Model.ownBounds(of: domains[j])
      if lower[j].isFinite && lower[j] > own.lower { list.append(.variableLower(j)) }
      if upper[j].isFinite && upper[j] < own.upper { list.append(.variableUpper(j)) }
    }
    let isTyped = typedVariables
    for j in 0..<variableCount where (domains[j] == .integer || domains[j] == .binary) && !isTyped[j] {
      list.append(.integrality(j))
    }
    return list
  }

  /// For each variable whether a logical or combinatorial set speaks of it.
  private var typedVariables: [Bool] {
    var isTyped = [Bool](repeating: false, count: variableCount)
    for constraint in generalConstraints {
      guard case .vector(let functions, let set) = constraint.body, type(of: set).isDiscrete else { continue }
      for function in functions {
        for term in function.linear { isTyped[Int(term.variable)] = true }
      }
    }
    return isTyped
  }

  /// The bounds that a domain has of itself.
  static func ownBounds(of domain: Domain) -> ScalarSet {
    domain == .binary ? .interval(0, 1) : ScalarSet()
  }

  /// The name of what a requirement is about: a constraint or a variable.
  public func name(of requirement: Requirement) -> String {
    if let constraint = requirement.constraint { return name(of: constraint) }
    return requirement.variable.map { variableNames[$0] } ?? ""
  }

  /// A requirement in ordinary algebra, such as `2 make[bread] + 3 make[cake] <= 80`.
  /// - Parameter limit: cut after about so many characters.
  public func text(of requirement: Requirement, limit: Int = 2_000) -> String {
    func side(_ function: ScalarFunction, _ sign: String, _ value: Double) -> String {
      "\(text(of: function, limit: limit)) \(sign) \(value.text)"
    }
    switch requirement {
    case .rowLower(let i): return side(ScalarFunction(linear: rows.terms(i)), ">=", rows.lower[i])
    case .rowUpper(let i): return side(ScalarFunction(linear: rows.terms(i)), "<=", rows.upper[i])
    case .generalLower(let i), .generalUpper(let i), .general(let i):
      guard case .scalar(let function, let set) = generalConstraints[i].body else { return text(of: .general(i)) }
      return requirement.side == .lower ? side(function, ">=", set.lower) : side(function, "<=", set.upper)
    case .variableLower(let j): return "\(variableNames[j]) >= \(lower[j].text)"
    case .variableUpper(let j): return "\(variableNames[j]) <= \(upper[j].text)"
    case .integrality(let j): return "\(variableNames[j]) \(domains[j] == .binary ? "is 0 or 1" : "is whole")"
    }
  }

  /// The number on the right of a requirement in ``text(of:limit:)``; nil for whole values and sets.
  public func limit(of requirement: Requirement) -> Double? {
    switch requirement {
    case .rowLower(let i): return rows.lower[i]
    case .rowUpper(let i): return rows.upper[i]
    case .variableLower(let j): return lower[j]
    case .variableUpper(let j): return upper[j]
    case .generalLower(let i), .generalUpper(let i):
      guard case .scalar(_, let set) = generalConstraints[i].body else { return nil }
      return requirement.side == .lower ? set.lower : set.upper
    case .general, .integrality: return nil
    }
  }

  /// Some of a model's requirements as a model of their own.
  public struct Part: Sendable {
    public var model: Model
    /// For each row and each general constraint its position in the original.
    public var rows: [Int]
    public var general: [Int]
    /// The domains in the original.
    var domains: [Domain]

    /// A requirement of ``model`` as one of the original; nil for a bound that is its domain's own there.
    public func original(_ requirement: Requirement) -> Requirement? {
      switch requirement {
      case .variableLower(let j) where model.lower[j] <= Model.ownBounds(of: domains[j]).lower: nil
      case .variableUpper(let j) where model.upper[j] >= Model.ownBounds(of: domains[j]).upper: nil
      case .rowLower(let i): .rowLower(rows[i])
      case .rowUpper(let i): .rowUpper(rows[i])
      case .generalLower(let i): .generalLower(general[i])
      case .generalUpper(let i): .generalUpper(general[i])
      case .general(let i): .general(general[i])
      case .variableLower, .variableUpper, .integrality: requirement
      }
    }
  }

  /// Makes all whole variables real; their bounds stay.
  public mutating func relaxIntegrality() {
    for j in domains.indices where domains[j] == .integer || domains[j] == .binary { domains[j] = .real }
  }

  /// Puts bounds on the variables that a logical or combinatorial set speaks of and that have none: `reach` times the size
  /// of the original's bound, at least `reach`. Where the original has none either they stay free.
  public mutating func boundTypedVariables(like original: Model, reach: Double) {
    for (j, isTyped) in typedVariables.enumerated() where isTyped {
      if !lower[j].isFinite, original.lower[j].isFinite { lower[j] = -reach * max(1, abs(original.lower[j])) }
      if !upper[j].isFinite, original.upper[j].isFinite { upper[j] = reach * max(1, abs(original.upper[j])) }
    }
  }

  /// The model without objectives and with only these of its ``requirements``.
  ///
  /// Variables keep their positions and handles. One that loses its bounds is free; a binary one keeps [0, 1], also when it
  /// need not be whole.
  /// - Parameters:
  ///   - kept: the requirements to keep; others than those of the model have no effect.
  ///   - names: whether to keep names; without them the result is made faster.
  /// - Complexity: O(variables + constraints + entries kept).
  public func keeping(
    _ kept: some Sequence<Requirement>, names keepsNames: Bool = false
  ) -> Part {
    var copy = self
    copy.objectives = []
    copy.namedExpressions = []
    copy.parametricUses = []
    copy.lazyRows = []
    copy.starts = []
    let isTyped = typedVariables
    for j in 0..<variableCount where !domains[j].isSemi {
      let own = Model.ownBounds(of: domains[j])
      copy.lower[j] = own.lower
      copy.upper[j] = own.upper
      if domains[j].isIntegral && !isTyped[j] { copy.domains[j] = .real }
    }
    var sides: [Int: (Bool, Bool)] = [:]
    var generalSides: [Int: (Bool, Bool)] = [:]
    for requirement in kept {
      switch requirement {
      case .rowLower(let i): sides[i, default: (false, false)].0 = true
      case .rowUpper(let i): sides[i, default: (false, false)].1 = true
      case .generalLower(let i): generalSides[i, default: (false, false)].0 = true
      case .generalUpper(let i): generalSides[i, default: (false, false)].1 = true
      case .general(let i): generalSides[i] = (true, true)
      case .variableLower(let j): copy.lower[j] = lower[j]
      case .variableUpper(let j): copy.upper[j] = upper[j]
      case .integrality(let j): copy.domains[j] = domains[j]
      }
    }
    let rowList = sides.keys.sorted()
    copy.rows = LinearRows()
    copy.rowNames = NameTable()
    for i in rowList {
      let (low, high) = sides[i] ?? (false, false)
      copy.rows.append(rows, row: i, lower: low ? rows.lower[i] : -.infinity, upper: high ? rows.upper[i] : .infinity)
      if keepsNames { copy.rowNames.append(rowNames[i]) } else { copy.rowNames.appendAnonymous(prefix: "c", place: "") }
    }
    let generalList = generalSides.keys.sorted()
    copy.generalConstraints = []
    copy.generalNames = NameTable()
    for i in generalList {
      let (low, high) = generalSides[i] ?? (false, false)
      var constraint = generalConstraints[i]
      if case .scalar(let function, let set) = constraint.body {
        constraint.body = .scalar(
          function, ScalarSet(lower: low ? set.lower : -.infinity, upper: high ? set.upper : .infinity))
      }
      copy.generalConstraints.append(constraint)
      if keepsNames { copy.generalNames.append(generalNames[i]) } else { copy.generalNames.appendAnonymous(prefix: "g", place: "") }
    }
    if !keepsNames {
      copy.variableNames = NameTable()
      for _ in 0..<variableCount { copy.variableNames.appendAnonymous(prefix: "x", place: "") }
    }
    copy.order = []
    if !rowList.isEmpty { copy.order.append(OrderRun(isRow: true, count: rowList.count)) }
    if !generalList.isEmpty { copy.order.append(OrderRun(isRow: false, count: generalList.count)) }
    return Part(model: copy, rows: rowList, general: generalList, domains: domains)
  }
}

extension LinearRows {
  /// Adds row number i of other rows with other sides.
  mutating func append(_ other: LinearRows, row i: Int, lower low: Double, upper high: Double) {
    columns.append(contentsOf: other.columns[other.range(i)])
    values.append(contentsOf: other.values[other.range(i)])
    starts.append(values.count)
    lower.append(low)
    upper.append(high)
  }
}

extension Model {
  /// The function that a requirement limits; nil for whole values and constraints in sets.
  public func function(of requirement: Requirement) -> ScalarFunction? {
    switch requirement {
    case .rowLower(let i), .rowUpper(let i): return ScalarFunction(linear: rows.terms(i))
    case .variableLower(let j), .variableUpper(let j): return ScalarFunction(linear: [LinearTerm(1, Int32(j))])
    case .generalLower(let i), .generalUpper(let i):
      guard case .scalar(let function, _) = generalConstraints[i].body else { return nil }
      return function
    case .general, .integrality: return nil
    }
  }
}
