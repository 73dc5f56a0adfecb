import Constraints
import LinearAlgebra

/// The functions of a nonlinear form over its free columns and its rows with a side, scaled.
///
/// Columns with equal bounds are constants, and entries of derivatives that belong to them are dropped. The objective and
/// each row are divided by what makes their gradients at the start too large (Wächter, Biegler 2006, section 3.8).
final class BarrierFunctions {
  let form: NonlinearForm
  let evaluator: any NonlinearEvaluator
  /// Columns of the form that are free to move, and rows of the form that have a side and depend on one of them.
  let columns: [Int]
  let rows: [Int]
  /// Rows of the form that have a side and depend on none of the free columns.
  let constantRows: [Int]
  /// Jacobian by rows over free columns: `jacobianStarts[i]..<jacobianStarts[i + 1]` in `jacobianColumns`.
  let jacobianStarts: [Int]
  let jacobianColumns: [Int32]
  private let jacobianSources: [Int32]
  /// Hessian of the Lagrangian, lower triangle by columns over free columns.
  let hessianStarts: [Int]
  let hessianRows: [Int32]
  private let hessianSources: [Int32]

  private(set) var objectiveScale = 1.0
  private(set) var rowScales: [Double]
  private(set) var evaluations = 0

  /// The point in the columns of the form; those that don't move are set for good.
  private let full: Vector
  private let fullRows: Vector
  private let fullColumns: Vector
  private let fullJacobian: Vector
  private let fullHessian: Vector
  private let fullMultipliers: Vector

  /// - Precondition: the evaluator has a sparse Jacobian and a sparse Hessian.
  /// - Complexity: O(columns + rows + entries of the patterns).
  init(_ form: NonlinearForm, _ evaluator: any NonlinearEvaluator) {
    self.form = form
    self.evaluator = evaluator
    let n = form.columnCount, m = form.rowCount
    var place = [Int32](repeating: -1, count: n)
    var columns: [Int] = []
    full = Vector(count: n)
    for j in 0..<n {
      if form.columnLower[j] < form.columnUpper[j] {
        place[j] = Int32(columns.count)
        columns.append(j)
      } else {
        full[j] = form.columnLower[j]
      }
    }
    self.columns = columns

    let jacobian = evaluator.jacobianPattern
    var starts = [0], entryColumns: [Int32] = [], sources: [Int32] = []
    var rows: [Int] = [], constantRows: [Int] = []
    entryColumns.reserveCapacity(jacobian.entryCount)
    sources.reserveCapacity(jacobian.entryCount)
    for i in 0..<m where form.rowLower[i] > -.infinity || form.rowUpper[i] < .infinity {
      for p in jacobian.starts[i]..<jacobian.starts[i + 1] {
        let j = place[Int(jacobian.indices[p])]
        if j < 0 { continue }
        entryColumns.append(j)
        sources.append(Int32(p))
      }
      if entryColumns.count == starts[starts.count - 1] {
        constantRows.append(i)
      } else {
        rows.append(i)
        starts.append(entryColumns.count)
      }
    }
    (self.rows, self.constantRows) = (rows, constantRows)
    rowScales = [Double](repeating: 1, count: rows.count)
    (jacobianStarts, jacobianColumns, jacobianSources) = (starts, entryColumns, sources)

    let hessian = evaluator.hessianPattern
    var (hessianStarts, hessianRows, hessianSources) = ([0], [Int32](), [Int32]())
    for j in columns {
      if hessian.lineCount > j {
        for p in hessian.starts[j]..<hessian.starts[j + 1] {
          let i = place[Int(hessian.indices[p])]
          if i < 0 { continue }
          hessianRows.append(i)
          hessianSources.append(Int32(p))
        }
      }
      hessianStarts.append(hessianRows.count)
    }
    (self.hessianStarts, self.hessianRows, self.hessianSources) = (hessianStarts, hessianRows, hessianSources)

    fullRows = Vector(count: m)
    fullColumns = Vector(count: n)
    fullJacobian = Vector(count: jacobian.entryCount)
    fullHessian = Vector(count: hessian.entryCount)
    fullMultipliers = Vector(count: m)
  }

  var columnCount: Int { columns.count }
  var rowCount: Int { rows.count }

  /// The point in the columns of the form.
  func fullPoint(_ x: UnsafePointer<Double>) -> UnsafePointer<Double> {
    for k in 0..<columns.count { full.pointer[columns[k]] = x[k] }
    return UnsafePointer(full.pointer)
  }

  /// The objective, scaled.
  func objective(_ x: UnsafePointer<Double>) -> Double {
    evaluations += 1
    return objectiveScale * evaluator.objective(at: fullPoint(x))
  }

  func gradient(_ x: UnsafePointer<Double>, into result: UnsafeMutablePointer<Double>) {
    evaluator.gradient(at: fullPoint(x), into: fullColumns.pointer)
    for k in 0..<columns.count { result[k] = objectiveScale * fullColumns.pointer[columns[k]] }
  }

  func constraints(_ x: UnsafePointer<Double>, into result: UnsafeMutablePointer<Double>) {
    if rows.isEmpty { return }
    evaluator.constraints(at: fullPoint(x), into: fullRows.pointer)
    for k in 0..<rows.count { result[k] = rowScales[k] * fullRows.pointer[rows[k]] }
  }

  func jacobian(_ x: UnsafePointer<Double>, into result: UnsafeMutablePointer<Double>) {
    if rows.isEmpty { return }
    evaluator.jacobian(at: fullPoint(x), into: fullJacobian.pointer)
    let values = fullJacobian.pointer
    for k in 0..<rows.count {
      let scale = rowScales[k]
      for p in jacobianStarts[k]..<jacobianStarts[k + 1] { result[p] = scale * values[Int(jacobianSources[p])] }
    }
  }

  /// - Parameters:
  ///   - factor: weight of the scaled objective.
  ///   - y: multipliers of the scaled rows.
  func hessian(
    _ x: UnsafePointer<Double>, objective factor: Double, multipliers y: UnsafePointer<Double>,
    into result: UnsafeMutablePointer<Double>
  ) {
    for k in 0..<rows.count { fullMultipliers.pointer[rows[k]] = rowScales[k] * y[k] }
    evaluator.hessian(
      at: fullPoint(x), objective: factor * objectiveScale, multipliers: fullMultipliers.pointer, into: fullHessian.pointer)
    let values = fullHessian.pointer
    for p in 0..<hessianSources.count { result[p] = values[Int(hessianSources[p])] }
  }

  /// Chooses the scales by the gradients at a point.
  /// - Returns: false, and no scales, if one of them is not finite.
  /// - Precondition: they have not been chosen before.
  func chooseScales(at x: UnsafePointer<Double>, _ options: BarrierOptions) -> Bool {
    let gradient = Vector(count: columnCount), values = Vector(count: jacobianColumns.count)
    func scale(_ largest: Double) -> Double {
      largest > options.largestGradient ? max(options.smallestScale, options.largestGradient / largest) : 1
    }
    self.gradient(x, into: gradient.pointer)
    jacobian(x, into: values.pointer)
    let largest = VectorKernels.maxNorm(columnCount, gradient.pointer)
    guard largest.isFinite, VectorKernels.maxNorm(values.count, values.pointer).isFinite else { return false }
    objectiveScale = scale(largest)
    for k in 0..<rows.count {
      let count = jacobianStarts[k + 1] - jacobianStarts[k]
      rowScales[k] = scale(VectorKernels.maxNorm(count, values.pointer + jacobianStarts[k]))
    }
    return true
  }

  /// The first of ``constantRows`` that is violated at the point that was evaluated last.
  func violatedConstantRow(_ tolerance: Double) -> Int? {
    if constantRows.isEmpty { return nil }
    evaluator.constraints(at: UnsafePointer(full.pointer), into: fullRows.pointer)
    return constantRows.first { i in
      let value = fullRows[i]
      let isAbove = value >= form.rowLower[i] - tolerance * max(1, abs(form.rowLower[i]))
      let isBelow = value <= form.rowUpper[i] + tolerance * max(1, abs(form.rowUpper[i]))
      return !(isAbove && isBelow)
    }
  }
}
