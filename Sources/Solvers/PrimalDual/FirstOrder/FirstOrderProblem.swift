import Constraints

/// A linear program scaled, sorted and laid out for the iteration; minimization.
///
/// Columns and rows are sorted by their number of entries, as ``ChunkedMatrix`` wants them, and padded to multiples of
/// four with columns fixed at 0 and empty rows.
final class FirstOrderProblem {
  typealias Vector = UnsafeMutablePointer<Double>

  let form: LinearForm
  let matrix: ScaledMatrix
  /// s and t of the ``Preconditioner``: x = C x̃ / s, y = R ỹ / t.
  let sideScale: Double
  let costScale: Double
  let cost: Vector
  let columnLower: Vector
  let columnUpper: Vector
  let rowLower: Vector
  let rowUpper: Vector
  /// ‖c‖₂ and ‖b‖₂ of the form, b the larger finite side of each row.
  let costNorm: Double
  let sideNorm: Double

  /// Numbers of columns and rows, padding included.
  var n: Int { matrix.n }
  var m: Int { matrix.m }

  /// - Complexity: O(passes · entries), or O(rows + columns) when the matrix is given.
  init(_ form: LinearForm, matrix: ScaledMatrix) {
    self.form = form
    self.matrix = matrix
    let (n, m) = (matrix.n, matrix.m)
    let storage = Vector.allocate(capacity: max(1, 3 * n + 2 * m))
    storage.initialize(repeating: 0, count: max(1, 3 * n + 2 * m))
    cost = storage
    columnLower = cost + n
    columnUpper = columnLower + n
    rowLower = columnUpper + n
    rowUpper = rowLower + m
    let sign = form.sense.sign
    var (norm, scaledNorm) = (0.0, 0.0)
    for (p, j) in matrix.columnOrder.enumerated() {
      let c = form.objective[Int(j)]
      cost[p] = sign * c * matrix.columnScale[p]
      norm += c * c
      scaledNorm += cost[p] * cost[p]
    }
    costNorm = norm.squareRoot()
    costScale = 1 / (scaledNorm.squareRoot() + 1)
    for j in 0..<n { cost[j] *= costScale }
    (norm, scaledNorm) = (0, 0)
    for (p, i) in matrix.rowOrder.enumerated() {
      let (low, high) = (form.rowLower[Int(i)], form.rowUpper[Int(i)])
      let r = matrix.rowScale[p]
      rowLower[p] = low * r
      rowUpper[p] = high * r
      let side = max(low.isFinite ? abs(low) : 0, high.isFinite ? abs(high) : 0)
      norm += side * side
      if low.isFinite { scaledNorm += low * low * r * r }
      if high.isFinite && high != low { scaledNorm += high * high * r * r }
    }
    sideNorm = norm.squareRoot()
    sideScale = 1 / (scaledNorm.squareRoot() + 1)
    for i in 0..<m {
      rowLower[i] *= sideScale
      rowUpper[i] *= sideScale
    }
    for (p, j) in matrix.columnOrder.enumerated() {
      columnLower[p] = form.columnLower[Int(j)] / matrix.columnScale[p] * sideScale
      columnUpper[p] = form.columnUpper[Int(j)] / matrix.columnScale[p] * sideScale
    }
  }

  deinit { cost.deallocate() }

  /// A scaled direction of the columns in the columns of the form, up to a positive factor.
  func originalColumns(_ x: (Int) -> Double) -> [Double] {
    var result = [Double](repeating: 0, count: matrix.columnOrder.count)
    for (p, j) in matrix.columnOrder.enumerated() { result[Int(j)] = x(p) * matrix.columnScale[p] }
    return result
  }

  /// Scaled multipliers of the rows in the rows of the form, up to a positive factor.
  func originalRows(_ y: (Int) -> Double) -> [Double] {
    var result = [Double](repeating: 0, count: matrix.rowOrder.count)
    for (p, i) in matrix.rowOrder.enumerated() { result[Int(i)] = y(p) * matrix.rowScale[p] }
    return result
  }

  /// A scaled point in the units of the form.
  func original(x: UnsafePointer<Double>, y: UnsafePointer<Double>) -> OriginalPoint {
    OriginalPoint(form, x: originalColumns { x[$0] / sideScale }, y: originalRows { y[$0] / costScale })
  }
}
