import Constraints

/// Counts of values, and bins, as sums of the indicators of values.
///
/// H. P. Williams and J. N. Hooker, "Integer programming as projection", Discrete Optimization 22 (2016), and J. N. Hooker,
/// "Integrated Methods for Optimization", 2nd edition (2012), section 7.
enum CountBridge: Bridge {
  static let name = "count to indicators"

  static func takes(_ body: GeneralConstraint.Body) -> Bool {
    guard case .vector(let functions, let set) = body, functions.allSatisfy({ $0.kind <= .linear }) else { return false }
    return set is CountAtLeast || set is CountBelongs || set is CountDistinct || set is CountGreaterThan || set is BinPacking
  }

  static func apply(
    _ body: GeneralConstraint.Body, name: String, to builder: inout FormBuilder
  ) throws(SolverError) -> String {
    guard case .vector(let functions, let set) = body else { return "" }
    let what = "constraint '\(name)'"
    let parts = functions.map { Affine(linear: $0) }
    switch set {
    case let set as CountAtLeast:
      let families = try builder.valueFamilies(of: parts, what)
      var first = 0
      for size in set.partitions {
        let total = members(families[first..<(first + size)], set.set)
        builder.addRow(total, lower: Double(set.n), upper: .infinity)
        first += size
      }
    case let set as CountBelongs:
      let families = try builder.valueFamilies(of: Array(parts.dropFirst()), what)
      builder.addRow(parts[0] - members(families[...], set.set), lower: 0, upper: 0)
    case is CountDistinct: try addDistinct(parts, what, &builder)
    case is CountGreaterThan: try addGreater(parts, what, &builder)
    case let set as BinPacking:
      let families = try builder.valueFamilies(of: parts, what)
      for bin in Set(families.flatMap(\.values)).sorted() {
        var load = Affine()
        for (family, weight) in zip(families, set.weights) {
          if let y = family.indicator(of: bin) { load.add(y, times: weight) }
        }
        builder.addRow(load, lower: -.infinity, upper: set.capacity)
      }
    default: break
    }
    return ""
  }

  /// How many of the functions have a value of the list.
  private static func members(_ families: ArraySlice<ValueFamily>, _ set: [Int]) -> Affine {
    var total = Affine()
    for family in families {
      for value in Set(set).sorted() {
        if let y = family.indicator(of: Double(value)) { total.add(y) }
      }
    }
    return total
  }

  private static func addDistinct(
    _ parts: [Affine], _ what: String, _ builder: inout FormBuilder
  ) throws(SolverError) {
    let families = try builder.valueFamilies(of: Array(parts.dropFirst()), what)
    var total = Affine()
    for value in Set(families.flatMap(\.values)).sorted() {
      let uses = families.compactMap { $0.indicator(of: value) }
      // At least each use and at most their sum: 0 or 1 wherever the indicators are.
      let isUsed = Affine(
        column: builder.addColumn(lower: 0, upper: 1) { point in
          uses.contains { $0.value(at: point) > 0.5 } ? 1 : 0
        })
      for y in uses { builder.addRow(isUsed - y, lower: 0, upper: .infinity) }
      builder.addRow(uses.reduce(into: isUsed) { $0.add($1, times: -1) }, lower: -.infinity, upper: 0)
      total.add(isUsed)
    }
    builder.addRow(parts[0] - total, lower: 0, upper: 0)
  }

  private static func addGreater(
    _ parts: [Affine], _ what: String, _ builder: inout FormBuilder
  ) throws(SolverError) {
    let counted = try builder.valueFamily(of: parts[1], what)
    let families = try builder.valueFamilies(of: Array(parts.dropFirst(2)), what)
    var total = Affine()
    for (family, f) in zip(families, parts.dropFirst(2)) {
      if counted.count == 1 {
        if let y = family.indicator(of: counted.first) { total.add(y) }
        continue
      }
      let value = parts[1]
      let isEqual = Affine(
        column: builder.addColumn(lower: 0, upper: 1) { abs(f.value(at: $0) - value.value(at: $0)) < 0.5 ? 1 : 0 })
      for (k, z) in counted.indicators.enumerated() {
        if let y = family.indicator(of: counted.value(k)) { builder.addRow(isEqual - y - z, lower: -1, upper: .infinity) }
      }
      total.add(isEqual)
    }
    builder.addRow(parts[0] - total, lower: 1, upper: .infinity)
  }
}
