import Constraints

/// `t >= ‖x‖∞` as two rows an entry, `t >= ‖x‖₁` with a column for each absolute value.
enum NormBridge: Bridge {
  static let name = "norm to rows"

  static func takes(_ body: GeneralConstraint.Body) -> Bool {
    guard case .vector(let functions, let set) = body, functions.allSatisfy({ $0.kind <= .linear }) else { return false }
    return set is NormOneCone || set is NormInfinityCone
  }

  static func apply(
    _ body: GeneralConstraint.Body, name: String, to builder: inout FormBuilder
  ) throws(SolverError) -> String {
    guard case .vector(let functions, let set) = body else { return "" }
    let coordinates = builder.coordinates(functions)
    var rest = coordinates[0]
    for f in coordinates.dropFirst() {
      if set is NormInfinityCone {
        for sign in [1.0, -1.0] {
          var difference = coordinates[0]
          difference.add(f, times: sign)
          builder.addRow(difference, lower: 0, upper: .infinity)
        }
      } else {
        let size = Affine(column: builder.addColumn(lower: 0) { abs(f.value(at: $0)) })
        builder.addRow(size + f, lower: 0, upper: .infinity)
        builder.addRow(size - f, lower: 0, upper: .infinity)
        rest.add(size, times: -1)
      }
    }
    if set is NormOneCone || coordinates.count == 1 { builder.addRow(rest, lower: 0, upper: .infinity) }
    return ""
  }
}
