import Constraints
import LinearAlgebra

/// A form made ready for the interior-point method: minimized, without fixed columns and free rows, and scaled.
///
///     minimize   ½ xᵀPx + qᵀx    subject to   lower <= (x, y) <= upper,  y = Ax,  s = Gx + h ∈ K
///
/// A and G stand on top of each other in ``matrix``; rows 0..<m are those of A. Bounds of columns and rows are one
/// stacked vector of n + m.
struct InteriorPointProblem {
  let form: ConicForm
  /// So many cones at the end are eliminated from the Newton system.
  let eliminatedConeCount: Int
  private(set) var columnCount = 0
  private(set) var rowCount = 0
  var coneRowCount: Int { form.coneRowCount }
  /// Rows of A and G.
  var stackedRowCount: Int { rowCount + coneRowCount }

  private(set) var cost: [Double] = []
  /// Lower triangle of P.
  private(set) var hessian = SparseMatrix(rowCount: 0, columnCount: 0)
  /// A over G by columns.
  private(set) var matrix = SparseMatrix(rowCount: 0, columnCount: 0)
  private(set) var lower: [Double] = []
  private(set) var upper: [Double] = []
  /// h.
  private(set) var offsets: [Double] = []

  /// The form's column and row behind each of the problem's.
  private(set) var columns: [Int] = []
  private(set) var rows: [Int] = []
  /// x of the form is `columnScale` times x of the problem; rows of the problem are `rowScale` times those of the form.
  private(set) var columnScale: [Double] = []
  private(set) var rowScale: [Double] = []
  /// The problem's objective is `costScale` times the form's, minimized.
  private(set) var costScale = 1.0
  /// Values of the form's fixed columns; other columns 0.
  private(set) var fixedPoint: [Double] = []
  /// ½xᵀPx + qᵀx + constant of what was fixed.
  private var sign: Double { form.linear.sense == .minimize ? 1 : -1 }

  /// Bounds beyond this count as infinite: a slack of this size is lost in rounding.
  static let infinity = 1e20

  /// - Parameter eliminatedConeCount: cones at the end of the form that are eliminated from the Newton system.
  init(_ form: ConicForm, eliminatedConeCount: Int = 0, ruizPasses: Int) {
    self.form = form
    self.eliminatedConeCount = eliminatedConeCount
    let linear = form.linear
    let total = linear.columnCount
    fixedPoint = [Double](repeating: 0, count: total)
    var position = [Int](repeating: -1, count: total)
    for j in 0..<total {
      let (low, high) = (linear.columnLower[j], linear.columnUpper[j])
      if low.isFinite && high - low <= 1e-13 * max(1, abs(low)) {
        fixedPoint[j] = low == high ? low : (low + high) / 2
      } else {
        position[j] = columns.count
        columns.append(j)
      }
    }
    columnCount = columns.count
    var rowPosition = [Int](repeating: -1, count: linear.rowCount)
    for i in 0..<linear.rowCount
    where linear.rowLower[i] > -InteriorPointProblem.infinity || linear.rowUpper[i] < InteriorPointProblem.infinity {
      rowPosition[i] = rows.count
      rows.append(i)
    }
    rowCount = rows.count
    fill(position, rowPosition)
    scale(passes: ruizPasses)
  }

  /// Copies the form without its fixed columns and free rows.
  private mutating func fill(_ position: [Int], _ rowPosition: [Int]) {
    let linear = form.linear
    let n = columnCount
    cost = columns.map { sign * linear.objective[$0] }
    lower = columns.map { clipped(linear.columnLower[$0]) } + rows.map { clipped(linear.rowLower[$0]) }
    upper = columns.map { clipped(linear.columnUpper[$0]) } + rows.map { clipped(linear.rowUpper[$0]) }
    offsets = form.coneOffsets
    let hasFixed = columns.count < linear.columnCount
    // Entries by columns, from the rows of A and G.
    var counts = [Int](repeating: 0, count: n + 1)
    func count(_ starts: [Int], _ entries: [Int32], _ row: Int) {
      for k in starts[row]..<starts[row + 1] where position[Int(entries[k])] >= 0 { counts[position[Int(entries[k])] + 1] += 1 }
    }
    for i in rows { count(linear.starts, linear.entryColumns, i) }
    for i in 0..<coneRowCount { count(form.coneStarts, form.coneColumns, i) }
    for j in 0..<n { counts[j + 1] += counts[j] }
    var rowIndices = [Int32](repeating: 0, count: counts[n])
    var values = [Double](repeating: 0, count: counts[n])
    var next = counts
    for (r, i) in rows.enumerated() {
      var shift = 0.0
      for k in linear.starts[i]..<linear.starts[i + 1] {
        let column = Int(linear.entryColumns[k])
        let j = position[column]
        if j < 0 {
          shift += linear.entryValues[k] * fixedPoint[column]
        } else {
          rowIndices[next[j]] = Int32(r)
          values[next[j]] = linear.entryValues[k]
          next[j] += 1
        }
      }
      if shift != 0 {
        lower[n + r] -= shift
        upper[n + r] -= shift
      }
    }
    for i in 0..<coneRowCount {
      for k in form.coneStarts[i]..<form.coneStarts[i + 1] {
        let column = Int(form.coneColumns[k])
        let j = position[column]
        if j < 0 {
          offsets[i] += form.coneValues[k] * fixedPoint[column]
        } else {
          rowIndices[next[j]] = Int32(rowCount + i)
          values[next[j]] = form.coneValues[k]
          next[j] += 1
        }
      }
    }
    matrix = SparseMatrix(
      rowCount: stackedRowCount, columnCount: n, starts: counts, rowIndices: rowIndices, values: values)
    fillHessian(position, hasFixed)
  }

  private mutating func fillHessian(_ position: [Int], _ hasFixed: Bool) {
    let n = columnCount
    let full = form.hessian
    guard full.entryCount > 0 else {
      hessian = SparseMatrix(rowCount: n, columnCount: n)
      return
    }
    var starts = [0]
    var rowIndices: [Int32] = []
    var values: [Double] = []
    for column in 0..<full.columnCount {
      let j = position[column]
      for k in full.starts[column]..<full.starts[column + 1] {
        let row = Int(full.rowIndices[k])
        let i = position[row]
        let value = sign * full.values[k]
        if j >= 0 && i >= 0 {
          rowIndices.append(Int32(i))
          values.append(value)
        } else if j >= 0 {
          cost[j] += value * fixedPoint[row]
        } else if i >= 0 {
          cost[i] += value * fixedPoint[column]
        }
      }
      if j >= 0 { starts.append(values.count) }
    }
    hessian = SparseMatrix(rowCount: n, columnCount: n, starts: starts, rowIndices: rowIndices, values: values)
  }

  private func clipped(_ bound: Double) -> Double {
    abs(bound) >= InteriorPointProblem.infinity ? (bound < 0 ? -.infinity : .infinity) : bound
  }

  // MARK: - Scaling

  /// Ruiz equilibration of [P Mᵀ; M 0] in the infinity norm, all rows of a cone by one factor, then of the objective.
  ///
  /// Ruiz, "A scaling algorithm to equilibrate both rows and columns norms in matrices" (2001).
  private mutating func scale(passes: Int) {
    let (n, r) = (columnCount, stackedRowCount)
    columnScale = [Double](repeating: 1, count: n)
    rowScale = [Double](repeating: 1, count: r)
    var columnNorm = [Double](repeating: 0, count: n)
    var rowNorm = [Double](repeating: 0, count: r)
    for _ in 0..<passes {
      for j in 0..<n { columnNorm[j] = 0 }
      for i in 0..<r { rowNorm[i] = 0 }
      var deviation = 0.0
      for j in 0..<n {
        var norm = columnNorm[j]
        for k in hessian.starts[j]..<hessian.starts[j + 1] {
          let i = Int(hessian.rowIndices[k])
          let a = abs(hessian.values[k])
          norm = max(norm, a)
          columnNorm[i] = max(columnNorm[i], a)
        }
        for k in matrix.starts[j]..<matrix.starts[j + 1] {
          let a = abs(matrix.values[k])
          norm = max(norm, a)
          let i = Int(matrix.rowIndices[k])
          rowNorm[i] = max(rowNorm[i], a)
        }
        columnNorm[j] = max(columnNorm[j], norm)
      }
      uniteCones(&rowNorm)
      for j in 0..<n {
        columnNorm[j] = InteriorPointProblem.factor(columnNorm[j], columnScale[j])
        columnScale[j] *= columnNorm[j]
        deviation = max(deviation, abs(1 - columnNorm[j]))
      }
      for i in 0..<r {
        rowNorm[i] = InteriorPointProblem.factor(rowNorm[i], rowScale[i])
        rowScale[i] *= rowNorm[i]
        deviation = max(deviation, abs(1 - rowNorm[i]))
      }
      apply(columnNorm, rowNorm)
      if deviation < 0.05 { break }
    }
    for j in 0..<n { cost[j] *= columnScale[j] }
    scaleSides()
    for j in 0..<n {
      lower[j] /= columnScale[j]
      upper[j] /= columnScale[j]
    }
    for i in 0..<rowCount {
      lower[n + i] *= rowScale[i]
      upper[n + i] *= rowScale[i]
    }
    for i in 0..<coneRowCount { offsets[i] *= rowScale[rowCount + i] }
    let largest = max(cost.reduce(0) { max($0, abs($1)) }, hessian.values.reduce(0) { max($0, abs($1)) })
    costScale = largest > 0 ? 1 / min(1e8, max(1e-8, largest)) : 1
    for j in 0..<n { cost[j] *= costScale }
    for k in hessian.values.indices { hessian.values[k] *= costScale }
  }

  /// The factor of one pass for a row or column of the given norm, total factors kept within [1e-4, 1e4].
  private static func factor(_ norm: Double, _ soFar: Double) -> Double {
    guard norm > 0 else { return 1 }
    let f = 1 / norm.squareRoot()
    return min(1e4 / soFar, max(1e-4 / soFar, f))
  }

  /// Divides x by the size of the sides, so that the first iterates are about 1 and static regularization is small
  /// against the curvature of the barrier.
  private mutating func scaleSides() {
    var largest = 0.0
    for i in 0..<rowCount {
      for side in [lower[columnCount + i], upper[columnCount + i]] where side.isFinite {
        largest = max(largest, abs(side) * rowScale[i])
      }
    }
    for (i, h) in offsets.enumerated() { largest = max(largest, abs(h) * rowScale[rowCount + i]) }
    let f = largest > 0 ? min(1e6, max(1e-3, largest)) : 1
    for j in 0..<columnCount {
      columnScale[j] *= f
      cost[j] *= f
      for k in hessian.starts[j]..<hessian.starts[j + 1] { hessian.values[k] *= f * f }
    }
    for i in rowScale.indices { rowScale[i] /= f }
  }

  private mutating func apply(_ columnFactor: [Double], _ rowFactor: [Double]) {
    for j in 0..<columnCount {
      let f = columnFactor[j]
      for k in matrix.starts[j]..<matrix.starts[j + 1] { matrix.values[k] *= f * rowFactor[Int(matrix.rowIndices[k])] }
      for k in hessian.starts[j]..<hessian.starts[j + 1] { hessian.values[k] *= f * columnFactor[Int(hessian.rowIndices[k])] }
    }
  }

  private func uniteCones(_ norm: inout [Double]) {
    var start = rowCount
    for cone in form.cones {
      let range = start..<start + cone.dimension
      var largest = 0.0
      for i in range { largest = max(largest, norm[i]) }
      for i in range { norm[i] = largest }
      start += cone.dimension
    }
  }

  // MARK: - Back to the form

  /// A point of the problem in the columns of the form, put inside its bounds; `shift` false for directions.
  func liftPoint(_ x: UnsafePointer<Double>, asDirection: Bool = false) -> [Double] {
    var point = asDirection ? [Double](repeating: 0, count: fixedPoint.count) : fixedPoint
    for (j, column) in columns.enumerated() {
      let value = x[j] * columnScale[j]
      point[column] =
        asDirection ? value : min(form.linear.columnUpper[column], max(form.linear.columnLower[column], value))
    }
    return point
  }

  /// Multipliers of the problem's rows (A over G) in the form's rows and cone rows, in the form's sense.
  func liftMultipliers(_ y: UnsafePointer<Double>, costScale: Double) -> (rows: [Double], cones: [Double]) {
    var multipliers = [Double](repeating: 0, count: form.linear.rowCount)
    for (i, row) in rows.enumerated() { multipliers[row] = sign * y[i] * rowScale[i] / costScale }
    let cones = (0..<coneRowCount).map { sign * y[rowCount + $0] * rowScale[rowCount + $0] / costScale }
    return (multipliers, cones)
  }
}

extension InteriorPointProblem {
  /// Which columns have neither bounds nor a part in P.
  func freeColumns() -> (Int) -> Bool {
    var isFree = (0..<columnCount).map { !lower[$0].isFinite && !upper[$0].isFinite }
    for j in 0..<columnCount {
      for k in hessian.starts[j]..<hessian.starts[j + 1] {
        isFree[j] = false
        isFree[Int(hessian.rowIndices[k])] = false
      }
    }
    return { isFree[$0] }
  }

  /// `out -= P x`.
  func subtractHessianProduct(_ x: UnsafePointer<Double>, from out: UnsafeMutablePointer<Double>) {
    if hessian.entryCount == 0 { return }
    hessian.starts.withUnsafeBufferPointer { starts in
      hessian.rowIndices.withUnsafeBufferPointer { rows in
        hessian.values.withUnsafeBufferPointer { entries in
          for j in 0..<columnCount {
            let xj = x[j]
            var sum = 0.0
            for k in starts[j]..<starts[j + 1] {
              let i = Int(rows[k])
              sum += entries[k] * x[i]
              if i != j { out[i] -= entries[k] * xj }
            }
            out[j] -= sum
          }
        }
      }
    }
  }
}
