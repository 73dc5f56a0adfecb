import Constraints

/// All-different as an assignment: each value is taken at most once, and exactly once where there are no more values than
/// functions.
///
/// The rows describe the convex hull over the indicators of the values. W.-J. van Hoeve, "The alldifferent constraint: a
/// survey" (2001), section 4. Functions with very many values are kept apart pair by pair.
enum AllDifferentBridge: Bridge {
  static let name = "all-different to assignment"
  /// Indicators beyond which pairs are kept apart by a choice each, times the number of pairs.
  static let indicatorsPerPair = 20

  static func takes(_ body: GeneralConstraint.Body) -> Bool {
    guard case .vector(let functions, let set) = body else { return false }
    return set is AllDifferent && functions.allSatisfy { $0.kind <= .linear }
  }

  static func apply(
    _ body: GeneralConstraint.Body, name: String, to builder: inout FormBuilder
  ) throws(SolverError) -> String {
    guard case .vector(let functions, _) = body, functions.count > 1 else { return "" }
    let what = "constraint '\(name)'"
    let parts = functions.map { Affine(linear: $0) }
    let counts = parts.compactMap { builder.valueCount(of: $0) }
    let pairs = parts.count * (parts.count - 1) / 2
    if counts.count == parts.count, counts.reduce(0, +) > max(2_000, indicatorsPerPair * pairs) {
      for i in parts.indices {
        for j in 0..<i { try builder.require(.differs(parts[i] - parts[j]), what) }
      }
      return "\(pairs) pairs"
    }
    let families = try builder.valueFamilies(of: parts, what)
    let values = Set(families.flatMap(\.values)).sorted()
    if values.count < parts.count {
      try builder.require(.never, what)
      return "fewer values than functions"
    }
    for value in values {
      let uses = families.compactMap { $0.indicator(of: value) }
      let total = uses.reduce(into: Affine()) { $0.add($1) }
      if uses.count > 1 || values.count == parts.count {
        builder.addRow(total, lower: values.count == parts.count ? 1 : -.infinity, upper: 1)
      }
    }
    return "\(values.count) values"
  }
}

extension FormBuilder {
  /// The families of several functions.
  mutating func valueFamilies(of functions: [Affine], _ what: String) throws(SolverError) -> [ValueFamily] {
    var result: [ValueFamily] = []
    for f in functions { result.append(try valueFamily(of: f, what)) }
    return result
  }
}
