import Constraints
import LinearAlgebra

/// A linear form as the simplex method keeps it: minimized, scaled, with a slack for each row, and open for more rows.
///
///     minimize cᵀx    subject to   [A -I] x = 0,  lower <= x <= upper
///
/// Column n + i is the slack of row i: its value is the row's activity, its reduced cost the row's multiplier. Rows and
/// continuous columns are scaled by powers of two, whole columns are left in their unit.
struct SimplexProblem {
  let columnCount: Int
  private(set) var rowCount: Int
  /// [A -I] by columns.
  private(set) var matrix: SparseMatrix
  /// A by rows.
  private(set) var rowStarts: [Int]
  private(set) var rowColumns: [Int32]
  private(set) var rowValues: [Double]
  /// What entries, values and costs were multiplied by: `a = rowScale * A * columnScale`, `x = X / columnScale`,
  /// `c = costScale * C * columnScale`.
  let columnScale: [Double]
  private(set) var rowScale: [Double]
  private(set) var costScale: Double
  /// Costs of columns and slacks, scaled.
  private(set) var cost: [Double]
  /// Scaled bounds of columns and slacks as loaded.
  private(set) var lower: [Double]
  private(set) var upper: [Double]

  /// Number of columns and slacks.
  var count: Int { columnCount + rowCount }

  /// - Complexity: O(size of the form), times the passes of the scaling.
  init(_ given: LinearForm, scalingPasses: Int = 4) {
    let form = Self.withoutDust(given)
    let (n, m) = (form.columnCount, form.rowCount)
    columnCount = n
    rowCount = m
    (rowScale, columnScale) = Self.scales(form, passes: scalingPasses)
    rowStarts = form.starts
    rowColumns = form.entryColumns
    rowValues = form.entryValues
    for i in 0..<m {
      for k in rowStarts[i]..<rowStarts[i + 1] { rowValues[k] *= rowScale[i] * columnScale[Int(rowColumns[k])] }
    }
    costScale = 1
    cost = []
    lower = zip(form.columnLower, columnScale).map { $0 / $1 }
    upper = zip(form.columnUpper, columnScale).map { $0 / $1 }
    for i in 0..<m {
      lower.append(form.rowLower[i] * rowScale[i])
      upper.append(form.rowUpper[i] * rowScale[i])
    }
    matrix = SparseMatrix(rowCount: 0, columnCount: 0)
    rebuildColumns()
    setCosts(form.objective.map { $0 * form.sense.sign })
  }

  /// Takes other costs, one a column, in the form's units, of a minimization.
  mutating func setCosts(_ costs: [Double]) {
    var scaled = (0..<columnCount).map { costs[$0] * columnScale[$0] }
    let largest = scaled.reduce(0) { max($0, abs($1)) }
    // Tolerances on reduced costs are absolute, so that costs must not be far from 1.
    costScale = largest > 1024 ? Self.powerOfTwo(1024 / largest) : largest > 0 && largest < 1 ? Self.powerOfTwo(1 / largest) : 1
    for j in 0..<columnCount { scaled[j] *= costScale }
    cost = scaled + [Double](repeating: 0, count: rowCount)
  }

  /// Adds rows at the end.
  /// - Complexity: O(entries of all rows).
  mutating func addRows(_ rows: [LinearRow]) {
    for row in rows {
      var largest = 0.0
      for (j, value) in zip(row.columns, row.values) { largest = max(largest, abs(value * columnScale[Int(j)])) }
      let scale = largest > 0 ? Self.powerOfTwo(1 / largest) : 1
      var most = 0.0
      for value in row.values { most = max(most, abs(value)) }
      for (j, value) in zip(row.columns, row.values) where value != 0 && !Self.isDust(value, beside: most) {
        rowColumns.append(j)
        rowValues.append(value * scale * columnScale[Int(j)])
      }
      rowStarts.append(rowValues.count)
      rowScale.append(scale)
      lower.append(row.lower * scale)
      upper.append(row.upper * scale)
      cost.append(0)
    }
    rowCount += rows.count
    rebuildColumns()
  }

  /// Takes rows away.
  /// - Parameter isGone: 1 for rows to be taken away.
  /// - Complexity: O(entries of all rows).
  mutating func removeRows(_ isGone: [UInt8]) {
    var starts = [0]
    var (nextEntry, nextRow) = (0, 0)
    for i in 0..<rowCount where isGone[i] == 0 {
      for k in rowStarts[i]..<rowStarts[i + 1] {
        rowColumns[nextEntry] = rowColumns[k]
        rowValues[nextEntry] = rowValues[k]
        nextEntry += 1
      }
      starts.append(nextEntry)
      rowScale[nextRow] = rowScale[i]
      lower[columnCount + nextRow] = lower[columnCount + i]
      upper[columnCount + nextRow] = upper[columnCount + i]
      nextRow += 1
    }
    rowStarts = starts
    rowColumns.removeLast(rowColumns.count - nextEntry)
    rowValues.removeLast(rowValues.count - nextEntry)
    rowScale.removeLast(rowCount - nextRow)
    lower.removeLast(rowCount - nextRow)
    upper.removeLast(rowCount - nextRow)
    cost.removeLast(rowCount - nextRow)
    rowCount = nextRow
    rebuildColumns()
  }

  /// Whether an entry is nothing but rounding: scaled up to the size of others, it would take tolerances along.
  private static func isDust(_ value: Double, beside largest: Double) -> Bool {
    abs(value) <= 1e-14 * largest && abs(value) < 1e-9
  }

  /// The form without such entries.
  private static func withoutDust(_ form: LinearForm) -> LinearForm {
    var result = form
    var next = 0
    for i in 0..<form.rowCount {
      let range = form.starts[i]..<form.starts[i + 1]
      var largest = 0.0
      for k in range { largest = max(largest, abs(form.entryValues[k])) }
      result.starts[i] = next
      for k in range where !isDust(form.entryValues[k], beside: largest) {
        result.entryColumns[next] = form.entryColumns[k]
        result.entryValues[next] = form.entryValues[k]
        next += 1
      }
    }
    result.starts[form.rowCount] = next
    result.entryColumns.removeLast(form.entryCount - next)
    result.entryValues.removeLast(form.entryCount - next)
    return result
  }

  private mutating func rebuildColumns() {
    let byRows = SparseMatrix(
      rowCount: columnCount, columnCount: rowCount, starts: rowStarts, rowIndices: rowColumns, values: rowValues)
    var columns = byRows.transposed()
    columns.columnCount = columnCount + rowCount
    for i in 0..<rowCount {
      columns.rowIndices.append(Int32(i))
      columns.values.append(-1)
      columns.starts.append(columns.values.count)
    }
    matrix = columns
  }

  /// Geometric means of the smallest and largest entry of rows and continuous columns in turn, and rows last brought to a
  /// largest entry of about 1.
  private static func scales(_ form: LinearForm, passes: Int) -> (rows: [Double], columns: [Double]) {
    let (n, m) = (form.columnCount, form.rowCount)
    var rows = [Double](repeating: 1, count: m)
    var columns = [Double](repeating: 1, count: n)
    let canScale = form.isInteger.contains(0)
    for pass in 0..<passes where canScale || pass == 0 {
      for i in 0..<m {
        let range = extent(form, i) { columns[$0] }
        if range.most > 0 { rows[i] = 1 / (range.least * range.most).squareRoot() }
      }
      if !canScale { break }
      var least = [Double](repeating: .infinity, count: n)
      var most = [Double](repeating: 0, count: n)
      for i in 0..<m {
        for k in form.starts[i]..<form.starts[i + 1] {
          let j = Int(form.entryColumns[k])
          let size = abs(form.entryValues[k]) * rows[i]
          least[j] = min(least[j], size)
          most[j] = max(most[j], size)
        }
      }
      for j in 0..<n where form.isInteger[j] == 0 && most[j] > 0 { columns[j] = 1 / (least[j] * most[j]).squareRoot() }
    }
    for j in 0..<n { columns[j] = powerOfTwo(columns[j]) }
    for i in 0..<m {
      let range = extent(form, i) { columns[$0] }
      rows[i] = range.most > 0 ? powerOfTwo(1 / range.most) : 1
    }
    return (rows, columns)
  }

  private static func extent(_ form: LinearForm, _ i: Int, scale: (Int) -> Double) -> (least: Double, most: Double) {
    var (least, most) = (Double.infinity, 0.0)
    for k in form.starts[i]..<form.starts[i + 1] where form.entryValues[k] != 0 {
      let size = abs(form.entryValues[k]) * scale(Int(form.entryColumns[k]))
      least = min(least, size)
      most = max(most, size)
    }
    return (least, most)
  }

  private static func powerOfTwo(_ value: Double) -> Double {
    guard value.isFinite && value > 0 else { return 1 }
    return Double(sign: .plus, exponent: min(max(value.exponent, -40), 40), significand: 1)
  }
}
