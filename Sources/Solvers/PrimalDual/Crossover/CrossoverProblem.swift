import Constraints
import LinearAlgebra

/// A linear form made ready for the crossover: minimized, scaled, and with a slack for each row.
///
///     minimize cᵀx    subject to   [A -I] x = 0,  lower <= x <= upper
///
/// Column n + i is the slack of row i: its value is the row's activity, its reduced cost the row's multiplier.
struct CrossoverProblem {
  let form: LinearForm
  let scaling: Scaling
  let columnCount: Int
  let rowCount: Int
  /// [A -I] by columns.
  let matrix: SparseMatrix
  /// A by rows.
  let rowStarts: [Int]
  let rowColumns: [Int32]
  let rowValues: [Double]
  let cost: [Double]
  let lower: [Double]
  let upper: [Double]

  /// Number of columns and slacks.
  var count: Int { columnCount + rowCount }

  /// - Complexity: O(size of the form), times the passes of the scaling.
  init(_ form: LinearForm, scaling passes: Int) {
    self.form = form
    let conic = ConicForm(form)
    scaling = Scaling.ruiz(conic, passes: passes).roundedToPowersOfTwo()
    let scaled = scaling.apply(conic).linear
    let (n, m) = (form.columnCount, form.rowCount)
    columnCount = n
    rowCount = m
    rowStarts = scaled.starts
    rowColumns = scaled.entryColumns
    rowValues = scaled.entryValues
    let byRows = SparseMatrix(
      rowCount: n, columnCount: m, starts: scaled.starts, rowIndices: scaled.entryColumns, values: scaled.entryValues)
    var matrix = byRows.transposed()
    matrix.columnCount = n + m
    matrix.starts.reserveCapacity(n + m + 1)
    for i in 0..<m {
      matrix.rowIndices.append(Int32(i))
      matrix.values.append(-1)
      matrix.starts.append(matrix.values.count)
    }
    self.matrix = matrix
    cost = scaled.objective.map { $0 * form.sense.sign } + [Double](repeating: 0, count: m)
    lower = scaled.columnLower + scaled.rowLower
    upper = scaled.columnUpper + scaled.rowUpper
  }

  /// A point of the form as values of columns and slacks.
  func values(of point: [Double]) -> [Double] {
    var x = [Double](repeating: 0, count: count)
    for j in 0..<columnCount { x[j] = point[j] / scaling.columns[j] }
    for i in 0..<rowCount {
      for k in rowStarts[i]..<rowStarts[i + 1] { x[columnCount + i] += rowValues[k] * x[Int(rowColumns[k])] }
    }
    return x
  }

  /// Reduced costs of columns and slacks for multipliers of the form's rows.
  func reducedCosts(of rowDuals: [Double]) -> [Double] {
    let sign = form.sense.sign
    var z = cost
    for i in 0..<rowCount {
      let y = sign * rowDuals[i] * scaling.objective / scaling.rows[i]
      z[columnCount + i] = y
      if y == 0 { continue }
      for k in rowStarts[i]..<rowStarts[i + 1] { z[Int(rowColumns[k])] -= rowValues[k] * y }
    }
    return z
  }

  /// Values of columns, and reduced costs of all, as an answer of the form.
  func answer(values x: [Double], reducedCosts z: [Double], basis: Basis) -> Postsolve.Answer {
    let sign = form.sense.sign / scaling.objective
    let rowDuals = (0..<rowCount).map { sign * z[columnCount + $0] * scaling.rows[$0] }
    var costs = form.objective
    for i in 0..<rowCount where rowDuals[i] != 0 {
      for k in form.starts[i]..<form.starts[i + 1] { costs[Int(form.entryColumns[k])] -= form.entryValues[k] * rowDuals[i] }
    }
    for j in 0..<columnCount where basis.columns[j] == .basic { costs[j] = 0 }
    return Postsolve.Answer(
      point: (0..<columnCount).map { x[$0] * scaling.columns[$0] }, rowDuals: rowDuals, reducedCosts: costs,
      basis: basis)
  }
}
