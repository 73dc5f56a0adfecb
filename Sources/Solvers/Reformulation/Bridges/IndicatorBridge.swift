import Constraints

/// `z = 1 => a'x <= b` as `a'x <= b + M (1 - z)`, with M from the proven range of a'x.
enum IndicatorBridge: Bridge {
  static let name = "indicator to big-M"

  static func takes(_ body: GeneralConstraint.Body) -> Bool {
    guard case .vector(let functions, let set) = body, let indicator = set as? Indicator,
      functions.allSatisfy({ $0.kind <= .linear })
    else { return false }
    switch indicator.inner {
    case .scalar: return true
    case .vector(let inner): return RowsBridge.takes(.vector(Array(functions.dropFirst()), inner))
    }
  }

  static func apply(
    _ body: GeneralConstraint.Body, name: String, to builder: inout FormBuilder
  ) throws(SolverError) -> String {
    guard case .vector(let functions, let set) = body, let indicator = set as? Indicator,
      let z = functions[0].linear.first.map({ Int($0.variable) })
    else { return "" }
    var largest = 0.0
    for (i, f) in functions.dropFirst().map({ Affine(linear: $0) }).enumerated() {
      let side: ScalarSet
      switch indicator.inner {
      case .scalar(let scalar): side = scalar
      case .vector(let inner): side = RowsBridge.interval(of: inner, i)
      }
      let (least, most, openBelow, openAbove) = builder.range(of: f)
      if side.upper < most {
        if let j = openAbove { throw builder.needsBound("constraint '\(name)'", variable: j, "a finite") }
        // a'x + M z <= upper + M when active on 1; a'x - M z <= upper when active on 0.
        let m = most - side.upper
        largest = max(largest, m)
        builder.addRow(
          f + Affine(column: z, indicator.activeOn ? m : -m), lower: -.infinity,
          upper: side.upper + (indicator.activeOn ? m : 0))
      }
      if side.lower > least {
        if let j = openBelow { throw builder.needsBound("constraint '\(name)'", variable: j, "a finite") }
        let m = side.lower - least
        largest = max(largest, m)
        builder.addRow(
          f + Affine(column: z, indicator.activeOn ? -m : m), lower: side.lower - (indicator.activeOn ? m : 0),
          upper: .infinity)
      }
    }
    return "M = \(largest.text)"
  }
}
