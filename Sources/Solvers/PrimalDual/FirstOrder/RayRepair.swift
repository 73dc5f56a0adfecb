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
      if p.form.isContradiction(rows) { return rows }
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
      if ConicForm(p.form).isRay(columns, tolerance: 5e-10) { return columns }
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
