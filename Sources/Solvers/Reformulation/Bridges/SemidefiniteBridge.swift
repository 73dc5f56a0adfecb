import Constraints

/// Cones of semidefinite matrices: triangles, full squares and Hermitian ones, scaled or not.
enum SemidefiniteBridge: Bridge {
  static let name = "semidefinite cone"

  static func takes(_ body: GeneralConstraint.Body) -> Bool {
    guard case .vector(let functions, let set) = body, functions.allSatisfy({ $0.kind <= .linear }) else { return false }
    let inner = (set as? Scaled)?.inner ?? set
    return inner is PositiveSemidefiniteConeTriangle || inner is PositiveSemidefiniteConeSquare
      || inner is HermitianPositiveSemidefiniteConeTriangle
  }

  static func apply(
    _ body: GeneralConstraint.Body, name: String, to builder: inout FormBuilder
  ) throws(SolverError) -> String {
    guard case .vector(let functions, let set) = body else { return "" }
    let x = builder.coordinates(functions)
    let inner = (set as? Scaled)?.inner ?? set
    // Entries off the diagonal come in with √2 in a scaled triangle; a square has no triangle to scale.
    let scale = set is Scaled ? 0.5.squareRoot() : 1
    let order: Int
    switch inner {
    case let cone as PositiveSemidefiniteConeTriangle:
      order = cone.sideDimension
      builder.addSemidefinite(SymmetricFunctions(triangle: x, order: order, scale: scale))
    case let cone as PositiveSemidefiniteConeSquare:
      order = cone.sideDimension
      builder.addSemidefinite(builder.symmetric(square: x, order: order))
    case let cone as HermitianPositiveSemidefiniteConeTriangle:
      order = 2 * cone.sideDimension
      builder.addSemidefinite(SymmetricFunctions(hermitian: x, order: cone.sideDimension, scale: scale))
    default: return ""
    }
    return "order \(order)"
  }
}

/// A symmetric matrix of affine functions: its upper triangle, column by column.
struct SymmetricFunctions {
  var order: Int
  var entries: [Affine]

  init(order: Int) {
    self.order = order
    entries = [Affine](repeating: Affine(), count: order * (order + 1) / 2)
  }

  /// The given triangle, entries off the diagonal times `scale`.
  init(triangle: [Affine], order: Int, scale: Double = 1) {
    self.order = order
    entries = triangle
    if scale == 1 { return }
    for column in 0..<order { for row in 0..<column { self[row, column].scale(by: scale) } }
  }

  /// The real matrix `[Re -Im; Im Re]` of a Hermitian one: real triangle, then imaginary one without diagonal.
  init(hermitian x: [Affine], order n: Int, scale: Double) {
    self.init(order: 2 * n)
    let real = SymmetricFunctions(triangle: Array(x.prefix(n * (n + 1) / 2)), order: n, scale: scale)
    var k = n * (n + 1) / 2
    for column in 0..<n {
      for row in 0...column {
        self[row, column] = real[row, column]
        self[n + row, n + column] = real[row, column]
        if row == column { continue }
        // Im is antisymmetric: the upper right block is its negative.
        self[row, n + column] = x[k].scaled(by: -scale)
        self[column, n + row] = x[k].scaled(by: scale)
        k += 1
      }
    }
  }

  /// The entry in a row at or above a column's diagonal.
  subscript(row: Int, column: Int) -> Affine {
    get { entries[column * (column + 1) / 2 + row] }
    set { entries[column * (column + 1) / 2 + row] = newValue }
  }
}

extension FormBuilder {
  /// Adds that a matrix of functions is positive semidefinite.
  mutating func addSemidefinite(_ matrix: SymmetricFunctions) {
    if matrix.order == 0 { return }
    if matrix.order == 1 { return addRow(matrix.entries[0], lower: 0, upper: .infinity) }
    let root = 2.0.squareRoot()
    var entries = matrix.entries
    for column in 0..<matrix.order {
      for row in 0..<column { entries[column * (column + 1) / 2 + row].scale(by: root) }
    }
    addCone(.semidefinite(order: matrix.order), entries)
  }

  /// The symmetric matrix that a square is, with rows that make it symmetric where it is not so as written.
  mutating func symmetric(square x: [Affine], order n: Int) -> SymmetricFunctions {
    var matrix = SymmetricFunctions(order: n)
    for column in 0..<n {
      for row in 0...column {
        let (above, below) = (x[column * n + row], x[row * n + column])
        if row == column {
          matrix[row, column] = above
          continue
        }
        matrix[row, column] = (above + below).scaled(by: 0.5)
        if !above.isSame(as: below) { addRow(above - below, lower: 0, upper: 0) }
      }
    }
    return matrix
  }
}
