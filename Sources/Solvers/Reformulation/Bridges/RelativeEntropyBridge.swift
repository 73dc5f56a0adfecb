import Constraints

/// `u >= Σ wᵢ log(wᵢ / vᵢ)` and its dual as one exponential cone a term.
///
/// V. Chandrasekaran, P. Shah, "Relative entropy optimization and its applications" (2017).
enum RelativeEntropyBridge: Bridge {
  static let name = "relative entropy to exponential cones"

  static func takes(_ body: GeneralConstraint.Body) -> Bool {
    guard case .vector(let functions, let set) = body, functions.allSatisfy({ $0.kind <= .linear }) else { return false }
    return set is RelativeEntropyCone || set is DualRelativeEntropyCone
  }

  static func apply(
    _ body: GeneralConstraint.Body, name: String, to builder: inout FormBuilder
  ) throws(SolverError) -> String {
    guard case .vector(let functions, let set) = body else { return "" }
    let x = builder.coordinates(functions)
    let n = (x.count - 1) / 2
    let u = x[0]
    var rest = u
    for i in 0..<n {
      let (v, w) = (x[1 + i], x[1 + n + i])
      if set is RelativeEntropyCone {
        let r = Affine(
          column: builder.addColumn { point in
            let (a, b) = (w.value(at: point), v.value(at: point))
            return a <= 0 ? 0 : a * Operation.log.value(a / b)
          })
        builder.addCone(.exponential, [r.scaled(by: -1), w, v])
        rest.add(r, times: -1)
      } else {
        // w + u >= u log(u / v).
        builder.addCone(.exponential, [(w + u).scaled(by: -1), u, v])
      }
    }
    if set is RelativeEntropyCone { builder.addRow(rest, lower: 0, upper: .infinity) }
    return ""
  }
}
