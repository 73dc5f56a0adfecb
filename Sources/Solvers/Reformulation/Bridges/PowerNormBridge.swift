import Constraints

/// `t >= ‖x‖ₚ` as `Σ rᵢ <= t` with `(rᵢ, t, xᵢ)` in the power cone of exponent 1/p; a second-order cone for p = 2.
enum PowerNormBridge: Bridge {
  static let name = "norm to power cones"

  static func takes(_ body: GeneralConstraint.Body) -> Bool {
    guard case .vector(let functions, let set) = body, let norm = set as? NormCone else { return false }
    return functions.allSatisfy { $0.kind <= .linear } && norm.p >= 1
  }

  static func apply(
    _ body: GeneralConstraint.Body, name: String, to builder: inout FormBuilder
  ) throws(SolverError) -> String {
    guard case .vector(let functions, let set) = body, let p = (set as? NormCone)?.p else { return "" }
    if p == 1 {
      return try NormBridge.apply(.vector(functions, NormOneCone(dimension: functions.count)), name: name, to: &builder)
    }
    let x = builder.coordinates(functions)
    let t = x[0]
    if x.count == 1 {
      builder.addRow(t, lower: 0, upper: .infinity)
    } else if p == 2 {
      builder.addCone(.secondOrder(dimension: x.count), x)
    } else {
      var rest = t
      for f in x.dropFirst() {
        // The share of the entry: |x|^p t^(1-p).
        let share = Affine(
          column: builder.addColumn(lower: 0) { point in
            let (size, bound) = (abs(f.value(at: point)), t.value(at: point))
            return size == 0 ? 0 : Operation.power.value(size / bound, p) * bound
          })
        builder.addCone(.power(exponent: 1 / p), [share, t, f])
        rest.add(share, times: -1)
      }
      builder.addRow(rest, lower: 0, upper: .infinity)
    }
    return "p = \(p.text)"
  }
}
