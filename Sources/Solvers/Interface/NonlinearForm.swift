import Constraints

/// What a nonlinear solver eats:
///
///     minimize    f(x)
///     subject to  rowLower <= c(x) <= rowUpper,  columnLower <= x <= columnUpper
///
/// Equal sides are an equation, infinite ones are absent. The functions come from an evaluator; each thread makes one of
/// its own.
public struct NonlinearForm: Sendable {
  public var columnLower: [Double]
  public var columnUpper: [Double]
  public var rowLower: [Double]
  public var rowUpper: [Double]
  /// For each row whether cᵢ is affine.
  public var isLinear: [Bool]
  /// Where to start: one finite value a column.
  public var start: [Double]
  /// Multipliers of the rows to start from, signs as ``FormOutcome/rowDuals``; empty for none.
  public var startDuals: [Double] = []
  /// Makes an evaluator for the calling thread.
  public var makeEvaluator: @Sendable () -> any NonlinearEvaluator

  /// - Precondition: counts of bounds, rows and the evaluator's functions agree.
  public init(
    columnLower: [Double], columnUpper: [Double], rowLower: [Double] = [], rowUpper: [Double] = [],
    isLinear: [Bool]? = nil, start: [Double], makeEvaluator: @escaping @Sendable () -> any NonlinearEvaluator
  ) {
    precondition(columnLower.count == columnUpper.count && columnLower.count == start.count)
    precondition(rowLower.count == rowUpper.count)
    self.columnLower = columnLower
    self.columnUpper = columnUpper
    self.rowLower = rowLower
    self.rowUpper = rowUpper
    self.isLinear = isLinear ?? [Bool](repeating: false, count: rowLower.count)
    self.start = start
    self.makeEvaluator = makeEvaluator
  }

  public var columnCount: Int { columnLower.count }
  public var rowCount: Int { rowLower.count }
}
