import Constraints

/// `z <=> f in set`: the set where z is 1 and its complement where z is 0.
///
/// The complement of a side of a real function starts ``Condition/strictness`` beyond it.
enum ReifiedBridge: Bridge {
  static let name = "equivalence to big-M"

  static func takes(_ body: GeneralConstraint.Body) -> Bool {
    guard case .vector(let functions, let set) = body, let reified = set as? Reified,
      functions.allSatisfy({ $0.kind <= .linear })
    else { return false }
    switch reified.inner {
    case .scalar: return true
    case .vector(let inner): return RowsBridge.takes(.vector(Array(functions.dropFirst()), inner))
    }
  }

  static func apply(
    _ body: GeneralConstraint.Body, name: String, to builder: inout FormBuilder
  ) throws(SolverError) -> String {
    guard case .vector(let functions, let set) = body, let reified = set as? Reified else { return "" }
    let what = "constraint '\(name)'"
    let z = Affine(linear: functions[0])
    guard builder.isBinary(z) else {
      throw .refused([
        Diagnostic(.notBinary, "the first function of \(what) is not binary", mend: "make it a binary variable")
      ])
    }
    let parts = functions.dropFirst().enumerated().map { i, function in
      let side: ScalarSet =
        switch reified.inner {
        case .scalar(let scalar): scalar
        case .vector(let inner): RowsBridge.interval(of: inner, i)
        }
      return Condition.within(Affine(linear: function), side)
    }
    let condition = parts.count == 1 ? parts[0] : .all(parts)
    try builder.require(condition, unless: Affine(1) - z, what)
    try builder.require(condition.negated, unless: z, what)
    return "sides of real functions apart by \(Condition.strictness.text)"
  }
}
