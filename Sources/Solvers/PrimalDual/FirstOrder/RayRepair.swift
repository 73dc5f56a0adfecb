import Constraints

/// Turns a direction that is almost a certificate into one that holds in the numbers of the form.
///
/// What leans on a missing side is set to 0 or driven to 0 by a least-squares correction of the part that may move;
/// a few rounds, since a correction may turn other signs.
struct RayRepair {
  typealias Vector = UnsafeMutablePointer<Double>

  private let squares: LeastSquares
  private let rounds = 6

  init(_ squares: LeastSquares) { self.squares = squares }

  /// Multipliers of the rows of the form, signs as in ``Certificate/farkas(rows:)``; nil when they prove nothing.
  func farkas(
    _ start: [Double], _ iteration: HalpernIteration, limit: Int, spent: inout Int,
    shouldStop: () -> Bool
  ) -> [Double]? {
    let (p, n, m) = (iteration.problem, iteration.n, iteration.m)
    var y = start
    for j in 0..<n { squares.columnMark[j] = 0 }
    for round in 0...rounds {
      var largest = 0.0
      for i in 0..<m {
        let side = y[i] > 0 ? p.rowLower[i] : p.rowUpper[i]
        if !side.isFinite { y[i] = 0 }
        squares.rowMark[i] = y[i] != 0 || (p.rowLower[i].isFinite && p.rowUpper[i].isFinite) ? 1 : 0
        largest = max(largest, abs(y[i]))
      }
      if largest == 0 { return nil }
      let rows = p.originalRows { y[$0] }
      if FirstOrder.provesInfeasibility(rows, of: p.form) { return rows }
      if round == rounds || shouldStop() { break }
      let price = iteration.transposedProduct(y)
      for j in 0..<n {
        let side = price[j] < 0 ? p.columnLower[j] : p.columnUpper[j]
        if !side.isFinite { squares.columnMark[j] = 1 }
        squares.columnSide[j] = -price[j]
      }
      spent += squares.correctRows(limit: limit, tolerance: 1e-13, shouldStop: shouldStop)
      for i in 0..<m { y[i] += squares.rowCorrection[i] }
    }
    return nil
  }

  /// A direction in the columns of the form along which it is unbounded if it is feasible; nil when it is none.
  func ray(
    _ start: [Double], _ iteration: HalpernIteration, limit: Int, spent: inout Int,
    shouldStop: () -> Bool
  ) -> [Double]? {
    let (p, n, m) = (iteration.problem, iteration.n, iteration.m)
    var x = start
    for i in 0..<m { squares.rowMark[i] = 0 }
    for round in 0...rounds {
      var largest = 0.0
      for j in 0..<n {
        if (x[j] > 0 ? p.columnUpper[j] : p.columnLower[j]).isFinite { x[j] = 0 }
        let isFree = !p.columnLower[j].isFinite && !p.columnUpper[j].isFinite
        squares.columnMark[j] = x[j] != 0 || isFree ? 1 : 0
        largest = max(largest, abs(x[j]))
      }
      if largest == 0 { return nil }
      let columns = p.originalColumns { x[$0] }
      if FirstOrder.provesDescent(columns, of: p.form) { return columns }
      if round == rounds || shouldStop() { break }
      let activity = iteration.product(x)
      for i in 0..<m {
        if (activity[i] > 0 ? p.rowUpper[i] : p.rowLower[i]).isFinite && activity[i] != 0 { squares.rowMark[i] = 1 }
        squares.rowSide[i] = -activity[i]
      }
      spent += squares.correctColumns(limit: limit, tolerance: 1e-13, shouldStop: shouldStop)
      for j in 0..<n { x[j] += squares.columnCorrection[j] }
    }
    return nil
  }
}

extension FirstOrder {
  /// How large variables without a bound may be for a contradiction to count.
  private static let radius = 1e9

  /// Whether adding up the rows with these multipliers contradicts the bounds of the columns; what rounding leaves on
  /// columns without a bound is charged as if they were as large as the radius.
  /// - Complexity: O(rows + columns + entries).
  static func provesInfeasibility(_ y: [Double], of form: LinearForm) -> Bool {
    var combined = [Double](repeating: 0, count: form.columnCount)
    var (least, entering) = (0.0, 0.0)
    for i in 0..<form.rowCount where y[i] != 0 {
      let term = y[i] * (y[i] > 0 ? form.rowLower[i] : form.rowUpper[i])
      if !term.isFinite { return false }
      least += term
      entering = max(entering, abs(term))
      for k in form.starts[i]..<form.starts[i + 1] { combined[Int(form.entryColumns[k])] += y[i] * form.entryValues[k] }
    }
    var most = 0.0
    for j in 0..<form.columnCount where combined[j] != 0 {
      let side = combined[j] > 0 ? form.columnUpper[j] : form.columnLower[j]
      most += side.isFinite ? combined[j] * side : abs(combined[j]) * radius
      if side.isFinite { entering = max(entering, abs(combined[j] * side)) }
    }
    return least - most > 1e-8 * entering
  }

  /// Whether the form stays feasible in this direction while the objective improves.
  /// - Complexity: O(rows + columns + entries).
  static func provesDescent(_ d: [Double], of form: LinearForm) -> Bool {
    let size = d.reduce(0) { max($0, abs($1)) }
    let tolerance = 5e-10 * size
    var (rate, entering) = (0.0, 0.0)
    for j in 0..<form.columnCount {
      if form.columnLower[j].isFinite && d[j] < 0 || form.columnUpper[j].isFinite && d[j] > 0 { return false }
      let term = -form.sense.sign * form.objective[j] * d[j]
      rate += term
      entering = max(entering, abs(term))
    }
    for i in 0..<form.rowCount {
      var (activity, largest) = (0.0, 0.0)
      for k in form.starts[i]..<form.starts[i + 1] {
        activity += form.entryValues[k] * d[Int(form.entryColumns[k])]
        largest = max(largest, abs(form.entryValues[k]))
      }
      if form.rowLower[i].isFinite && activity < -tolerance * largest { return false }
      if form.rowUpper[i].isFinite && activity > tolerance * largest { return false }
    }
    return rate > 1e-8 * entering && rate > 0
  }
}
