import Constraints

/// `t >= ‖x‖∞` as two rows an entry, `t >= ‖x‖₁` with a column for each absolute value.
enum NormBridge: Bridge {
  static let name = "norm to rows"

  static func takes(_ body: GeneralConstraint.Body) -> Bool {
    guard case .vector(let functions, let set) = body, functions.allSatisfy({ $0.kind <= .linear }) else { return false }
    return set is NormOneCone || set is NormInfinityCone
  }

  static func apply(
    _ body: GeneralConstraint.Body, name: String, to builder: inout LinearFormBuilder
  ) throws(SolverError) {
    guard case .vector(let functions, let set) = body else { return }
    let t = functions[0]
    var total: [(Int, Double)] = []
    for f in functions.dropFirst() {
      if set is NormInfinityCone {
        for sign in [1.0, -1.0] {
          let difference = t.linear + f.linear.map { LinearTerm(sign * $0.coefficient, $0.variable) }
          builder.addRow(difference, lower: -t.constant - sign * f.constant, upper: .infinity)
        }
      } else {
        let size = builder.addColumn(lower: 0, upper: .infinity) { point in
          abs(f.linear.reduce(f.constant) { $0 + $1.coefficient * point[Int($1.variable)] })
        }
        for sign in [1.0, -1.0] {
          builder.addRow(
            f.linear.map { LinearTerm(sign * $0.coefficient, $0.variable) }, [(size, 1)], lower: -sign * f.constant,
            upper: .infinity)
        }
        total.append((size, -1))
      }
    }
    if set is NormOneCone { builder.addRow(t.linear, total, lower: -t.constant, upper: .infinity) }
    builder.note(name, Self.name)
  }
}
