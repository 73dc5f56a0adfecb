import Constraints

/// Longer steps where the active set allows them.
///
/// The step is bounded by the norm of the whole matrix, but columns that stay at a bound and rows that stay slack do not
/// move: what bounds the step there is the norm of the part of the matrix between the other rows and columns, often
/// many times smaller. At each restart that norm is estimated for the rows and columns that moved in the last epoch; if
/// the fixed-point error grows in the next epoch, the guess was wrong and the epoch is done again with the safe step.
///
/// The idea is that of the active-set boost of cuPDLPx (H. Lu, Z. Peng, J. Yang, 2025).
struct StepBoost {
  /// The error may grow by this factor within an epoch.
  static let growth = 1.05

  /// 0.998/‖A‖₂.
  let safeStep: Double
  private var ceiling = Double.infinity
  /// Iterations of norm estimates so far.
  private(set) var spent = 0
  /// 1 for what was free at some check since the last restart.
  private var columnMark: [Double]
  private var rowMark: [Double]

  init(_ iteration: HalpernIteration) {
    safeStep = iteration.step
    columnMark = [Double](repeating: 0, count: iteration.n)
    rowMark = [Double](repeating: 0, count: iteration.m)
  }

  /// Notes what is not held at a bound or slack in the recorded iteration.
  mutating func observe(_ iteration: HalpernIteration) {
    let p = iteration.problem
    for j in columnMark.indices {
      let x = iteration.mappedX[j]
      if x > p.columnLower[j] && x < p.columnUpper[j] { columnMark[j] = 1 }
    }
    for i in rowMark.indices where iteration.mappedY[i] != 0 { rowMark[i] = 1 }
  }

  /// The step of the next epoch; overwrites the iterate and the products. Forgets what was observed.
  mutating func nextStep(_ iteration: HalpernIteration, limit: Int, shouldStop: () -> Bool) -> Double {
    defer {
      for j in columnMark.indices { columnMark[j] = 0 }
      for i in rowMark.indices { rowMark[i] = 0 }
    }
    guard limit >= 10 else { return safeStep }
    let estimate = columnMark.withUnsafeBufferPointer { columns in
      rowMark.withUnsafeBufferPointer { rows in
        iteration.spectralNorm(
          columns: columns.baseAddress, rows: rows.baseAddress, tolerance: 1e-3, limit: limit, shouldStop: shouldStop)
      }
    }
    spent += estimate.iterations
    return estimate.norm > 0 ? max(safeStep, min(0.9 / estimate.norm, ceiling)) : safeStep
  }

  /// Undoes an epoch in which the error grew.
  mutating func fail(_ iteration: HalpernIteration) {
    ceiling = 0.7 * iteration.step
    iteration.step = safeStep
    iteration.rollBack()
  }
}
