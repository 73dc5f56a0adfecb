import Constraints

/// Roots and logarithms of determinants: `[X Z; Zᵀ Diag(Z)]` semidefinite with Z lower triangular bounds det X from below
/// by the product of Z's diagonal.
///
/// A. Ben-Tal, A. Nemirovski, "Lectures on Modern Convex Optimization" (2001), section 4.2.
enum DeterminantBridge: Bridge {
  static let name = "determinant to semidefinite cone"

  static func takes(_ body: GeneralConstraint.Body) -> Bool {
    guard case .vector(let functions, let set) = body, functions.allSatisfy({ $0.kind <= .linear }) else { return false }
    let inner = (set as? Scaled)?.inner ?? set
    return inner is RootDetConeTriangle || inner is RootDetConeSquare || inner is LogDetConeTriangle
      || inner is LogDetConeSquare
  }

  static func apply(
    _ body: GeneralConstraint.Body, name: String, to builder: inout FormBuilder
  ) throws(SolverError) -> String {
    guard case .vector(let functions, let set) = body else { return "" }
    let x = builder.coordinates(functions)
    let scale = set is Scaled ? 0.5.squareRoot() : 1
    let n: Int
    let matrix: SymmetricFunctions
    var isLogarithm = false
    switch (set as? Scaled)?.inner ?? set {
    case let cone as RootDetConeTriangle:
      n = cone.sideDimension
      matrix = SymmetricFunctions(triangle: Array(x.dropFirst()), order: n, scale: scale)
    case let cone as RootDetConeSquare:
      n = cone.sideDimension
      matrix = builder.symmetric(square: Array(x.dropFirst()), order: n)
    case let cone as LogDetConeTriangle:
      n = cone.sideDimension
      isLogarithm = true
      matrix = SymmetricFunctions(triangle: Array(x.dropFirst(2)), order: n, scale: scale)
    case let cone as LogDetConeSquare:
      n = cone.sideDimension
      isLogarithm = true
      matrix = builder.symmetric(square: Array(x.dropFirst(2)), order: n)
    default: return ""
    }
    let diagonal = builder.factorDiagonal(of: matrix)
    if isLogarithm {
      // t <= Σ u log(dᵢ / u).
      var rest = x[0].scaled(by: -1)
      let u = x[1]
      for d in diagonal {
        let r = Affine(
          column: builder.addColumn { point in
            let (share, unit) = (d.value(at: point), u.value(at: point))
            return unit * Operation.log.value(share / unit)
          })
        builder.addCone(.exponential, [r, u, d])
        rest.add(r)
      }
      builder.addRow(rest, lower: 0, upper: .infinity)
    } else {
      builder.addRow(builder.geometricMean(of: diagonal) - x[0], lower: 0, upper: .infinity)
    }
    return "order \(2 * n)"
  }
}

extension FormBuilder {
  /// Columns whose product is at most the determinant of a semidefinite matrix: with X = L D Lᵀ the best of them is D, and
  /// Z = L D.
  mutating func factorDiagonal(of matrix: SymmetricFunctions) -> [Affine] {
    let n = matrix.order
    var block = SymmetricFunctions(order: 2 * n)
    for column in 0..<n { for row in 0...column { block[row, column] = matrix[row, column] } }
    for k in 0..<n {
      for i in k..<n {
        let z = Affine(
          column: addColumn(lower: i == k ? 0 : -.infinity) { point in
            FormBuilder.pivotColumn(k, of: matrix, at: point)[i - k]
          })
        block[i, n + k] = z
        if i == k { block[n + k, n + k] = z }
      }
    }
    addSemidefinite(block)
    return (0..<n).map { block[$0, n + $0] }
  }

  /// Column k, from the diagonal down, of L D in X = L D Lᵀ: that of the matrix left after k eliminations.
  private static func pivotColumn(_ k: Int, of matrix: SymmetricFunctions, at point: [Double]) -> [Double] {
    let n = matrix.order
    var a = [Double](repeating: 0, count: n * n)
    for column in 0..<n {
      for row in 0...column {
        let value = matrix[row, column].value(at: point)
        a[row * n + column] = value
        a[column * n + row] = value
      }
    }
    for p in 0..<k where a[p * n + p] != 0 {
      for i in (p + 1)..<n {
        let factor = a[i * n + p] / a[p * n + p]
        for j in (p + 1)..<n { a[i * n + j] -= factor * a[p * n + j] }
      }
    }
    return (k..<n).map { a[$0 * n + k] }
  }
}
