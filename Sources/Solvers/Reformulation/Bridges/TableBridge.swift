import Constraints

/// A table as a choice of one of its rows: the convex hull of the rows.
///
/// Where one coordinate tells the rows apart, the indicators of its values choose the row and no further columns are
/// needed.
enum TableBridge: Bridge {
  static let name = "table to choice of a row"
  /// Differences up to this count as equal when rows are compared with values.
  static let tolerance = 1e-9

  static func takes(_ body: GeneralConstraint.Body) -> Bool {
    guard case .vector(let functions, let set) = body else { return false }
    return set is Table && functions.allSatisfy { $0.kind <= .linear }
  }

  static func apply(
    _ body: GeneralConstraint.Body, name: String, to builder: inout FormBuilder
  ) throws(SolverError) -> String {
    guard case .vector(let functions, let set) = body, let table = set as? Table else { return "" }
    let what = "constraint '\(name)'"
    let parts = functions.map { Affine(linear: $0) }
    let rows = table.rows.filter { row in
      zip(parts, row).allSatisfy { f, value in
        let (least, most, _, _) = builder.range(of: f)
        let slack = tolerance * max(1, abs(value))
        return value >= least - slack && value <= most + slack
      }
    }
    if rows.isEmpty {
      try builder.require(.never, what)
      return "no row fits the bounds"
    }
    let choices: [Affine]
    if let key = keyCoordinate(parts, rows, builder) {
      let family = try builder.valueFamily(of: parts[key], what)
      let chosen = Dictionary(rows.enumerated().map { ($1[key], $0) }) { first, _ in first }
      choices = rows.map { family.indicator(of: $0[key]) ?? Affine(0) }
      for (k, y) in family.indicators.enumerated() where chosen[family.value(k)] == nil {
        builder.addRow(y, lower: 0, upper: 0)
      }
      addLinks(parts.indices.filter { $0 != key }, parts, rows, choices, &builder)
    } else {
      choices = rows.map { row in
        Affine(
          column: builder.addColumn(lower: 0, upper: 1, isInteger: true) { point in
            zip(parts, row).allSatisfy { abs($0.value(at: point) - $1) <= 1e-6 * max(1, abs($1)) } ? 1 : 0
          })
      }
      builder.addRow(choices.reduce(into: Affine()) { $0.add($1) }, lower: 1, upper: 1)
      addLinks(Array(parts.indices), parts, rows, choices, &builder)
    }
    return "\(rows.count) rows"
  }

  /// A coordinate of whole values that are all different, if the function has a family or is to get one.
  private static func keyCoordinate(_ parts: [Affine], _ rows: [[Double]], _ builder: FormBuilder) -> Int? {
    parts.indices.first { k in
      guard let step = builder.step(of: parts[k]), parts[k].terms.count == 1, Set(rows.map { $0[k] }).count == rows.count
      else { return false }
      var copy = builder
      guard let count = copy.valueCount(of: parts[k]), count <= max(100, 4 * rows.count) else { return false }
      return rows.allSatisfy { row in
        let position = (row[k] - parts[k].constant) / step
        return abs(position - position.rounded()) <= tolerance
      }
    }
  }

  /// Each coordinate is that of the chosen row; by value where it has indicators already.
  private static func addLinks(
    _ coordinates: [Int], _ parts: [Affine], _ rows: [[Double]], _ choices: [Affine], _ builder: inout FormBuilder
  ) {
    for k in coordinates {
      if let family = builder.knownFamily(of: parts[k]), family.count > 2 {
        for (v, y) in family.indicators.enumerated() {
          var link = y
          let value = family.value(v)
          for (row, w) in zip(rows, choices) where abs(row[k] - value) <= tolerance * max(1, abs(value)) {
            link.add(w, times: -1)
          }
          builder.addRow(link, lower: 0, upper: 0)
        }
      } else {
        var link = parts[k]
        for (row, w) in zip(rows, choices) { link.add(w, times: -row[k]) }
        builder.addRow(link, lower: 0, upper: 0)
      }
    }
  }
}
