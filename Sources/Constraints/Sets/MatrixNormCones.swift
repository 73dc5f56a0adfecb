/// `(t, X)`, X column by column, with t at least the largest singular value of X.
public struct NormSpectralCone: VectorSet {
  public static let name = "NormSpectralCone"
  public let rows: Int
  public let columns: Int
  public init(rows: Int, columns: Int) {
    self.rows = rows
    self.columns = columns
  }
  public init(parameters: SetParameters, rows count: Int) throws(SetParameterError) {
    (rows, columns) = try matrixShape(parameters)
  }
  public var dimension: Int { 1 + rows * columns }
  public var parameters: SetParameters { ["row_dim": .integer(rows), "column_dim": .integer(columns)] }
  public func violation(at point: [Double]) -> Double {
    let values = singularValues(Array(point.dropFirst()), rows: rows, columns: columns)
    return values.reduce(largest(0, -point[0])) { largest($0, $1 - point[0]) }
  }
}

/// `(t, X)`, X column by column, with t at least the sum of the singular values of X.
public struct NormNuclearCone: VectorSet {
  public static let name = "NormNuclearCone"
  public let rows: Int
  public let columns: Int
  public init(rows: Int, columns: Int) {
    self.rows = rows
    self.columns = columns
  }
  public init(parameters: SetParameters, rows count: Int) throws(SetParameterError) {
    (rows, columns) = try matrixShape(parameters)
  }
  public var dimension: Int { 1 + rows * columns }
  public var parameters: SetParameters { ["row_dim": .integer(rows), "column_dim": .integer(columns)] }
  public func violation(at point: [Double]) -> Double {
    let values = singularValues(Array(point.dropFirst()), rows: rows, columns: columns)
    return largest(0, values.reduce(0, +) - point[0])
  }
}

private func matrixShape(_ parameters: SetParameters) throws(SetParameterError) -> (Int, Int) {
  let rows = try parameters.dimension("row_dim", atLeast: 1)
  let columns = try parameters.dimension("column_dim", atLeast: 1)
  guard rows <= 10_000, columns <= 10_000 else {
    throw SetParameterError(parameter: rows > 10_000 ? "row_dim" : "column_dim", problem: "must be at most 10000")
  }
  return (rows, columns)
}

/// Singular values of a matrix given column by column, unordered, by one-sided Jacobi rotations.
///
/// J. Demmel, K. Veselić, "Jacobi's method is more accurate than QR", SIAM Journal on Matrix Analysis and Applications
/// 13, 1992.
/// - Complexity: O(rows · columns²) a sweep, some ten sweeps.
func singularValues(_ matrix: [Double], rows: Int, columns: Int) -> [Double] {
  guard matrix.allSatisfy(\.isFinite) else { return [.nan] }
  var a = matrix
  for _ in 0..<60 {
    var isDone = true
    for p in 0..<columns {
      for q in (p + 1)..<max(columns, p + 1) {
        var (alpha, beta, gamma) = (0.0, 0.0, 0.0)
        for k in 0..<rows {
          let (x, y) = (a[p * rows + k], a[q * rows + k])
          alpha += x * x
          beta += y * y
          gamma += x * y
        }
        if abs(gamma) <= 1e-15 * (alpha * beta).squareRoot() { continue }
        isDone = false
        let zeta = (beta - alpha) / (2 * gamma)
        let t = (zeta >= 0 ? 1.0 : -1.0) / (abs(zeta) + (1 + zeta * zeta).squareRoot())
        let c = 1 / (1 + t * t).squareRoot()
        let s = c * t
        for k in 0..<rows {
          let (x, y) = (a[p * rows + k], a[q * rows + k])
          a[p * rows + k] = c * x - s * y
          a[q * rows + k] = s * x + c * y
        }
      }
    }
    if isDone { break }
  }
  return (0..<columns).map { j in norm(a[(j * rows)..<((j + 1) * rows)]) }
}
