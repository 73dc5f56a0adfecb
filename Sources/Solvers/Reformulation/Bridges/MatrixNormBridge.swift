import Constraints

/// Largest singular value and sum of singular values through semidefinite blocks: `t >= ‖X‖` as `[tI X; Xᵀ tI]`, the
/// nuclear norm as `[U X; Xᵀ V]` with `tr U + tr V <= 2t`.
///
/// M. Fazel, "Matrix rank minimization with applications" (2002), section 5.1.
enum MatrixNormBridge: Bridge {
  static let name = "matrix norm to semidefinite cone"

  static func takes(_ body: GeneralConstraint.Body) -> Bool {
    guard case .vector(let functions, let set) = body, functions.allSatisfy({ $0.kind <= .linear }) else { return false }
    return set is NormSpectralCone || set is NormNuclearCone
  }

  static func apply(
    _ body: GeneralConstraint.Body, name: String, to builder: inout FormBuilder
  ) throws(SolverError) -> String {
    guard case .vector(let functions, let set) = body else { return "" }
    let x = builder.coordinates(functions)
    let (rows, columns): (Int, Int)
    switch set {
    case let cone as NormSpectralCone: (rows, columns) = (cone.rows, cone.columns)
    case let cone as NormNuclearCone: (rows, columns) = (cone.rows, cone.columns)
    default: return ""
    }
    let order = rows + columns
    var block = SymmetricFunctions(order: order)
    for j in 0..<columns { for i in 0..<rows { block[i, rows + j] = x[1 + j * rows + i] } }
    if set is NormSpectralCone {
      for i in 0..<order { block[i, i] = x[0] }
    } else {
      // The best U and V are matrix functions of X; no point is ever restricted to them.
      var rest = x[0].scaled(by: 2)
      for (from, to) in [(0, rows), (rows, order)] {
        for column in from..<to {
          for row in from...column {
            block[row, column] = Affine(column: builder.addColumn { _ in .nan })
            if row == column { rest.add(block[row, column], times: -1) }
          }
        }
      }
      builder.addRow(rest, lower: 0, upper: .infinity)
    }
    builder.addSemidefinite(block)
    return "order \(order)"
  }
}
