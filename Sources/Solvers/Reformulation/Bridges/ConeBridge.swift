import Constraints

/// Cones that the form has itself, up to a linear change of coordinates.
enum ConeBridge: Bridge {
  static let name = "cone"

  static func takes(_ body: GeneralConstraint.Body) -> Bool {
    guard case .vector(let functions, let set) = body, functions.allSatisfy({ $0.kind <= .linear }) else { return false }
    return set is SecondOrderCone || set is RotatedSecondOrderCone || set is ExponentialCone
      || set is DualExponentialCone || set is PowerCone || set is DualPowerCone
  }

  static func apply(
    _ body: GeneralConstraint.Body, name: String, to builder: inout FormBuilder
  ) throws(SolverError) -> String {
    guard case .vector(let functions, let set) = body else { return "" }
    let x = builder.coordinates(functions)
    switch set {
    case is SecondOrderCone where x.count == 1, is RotatedSecondOrderCone where x.count == 2:
      for f in x { builder.addRow(f, lower: 0, upper: .infinity) }
    case is SecondOrderCone: builder.addCone(.secondOrder(dimension: x.count), x)
    case is RotatedSecondOrderCone: builder.addCone(.rotatedSecondOrder(dimension: x.count), x)
    case is ExponentialCone: builder.addCone(.exponential, x)
    case is DualExponentialCone:
      // (u, v, w) is in the dual exactly when (u - v, -u, w) is in the cone.
      builder.addCone(.exponential, [x[0] - x[1], x[0].scaled(by: -1), x[2]])
    case let cone as PowerCone: builder.addCone(.power(exponent: cone.exponent), x)
    case let cone as DualPowerCone:
      builder.addCone(
        .power(exponent: cone.exponent),
        [x[0].scaled(by: 1 / cone.exponent), x[1].scaled(by: 1 / (1 - cone.exponent)), x[2]])
    default: break
    }
    return ""
  }
}
