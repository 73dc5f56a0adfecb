/// What one solve leaves for the next of a similar problem: point, multipliers and penalties, in the units of the form.
public struct AugmentedLagrangianState: Sendable {
  /// One value a column.
  public var point: [Double]
  /// One value a row, signs as ``FormOutcome/rowDuals``.
  public var rowDuals: [Double]
  /// One value a row; empty to start with the penalties of a cold start.
  public var penalties: [Double]

  public init(point: [Double], rowDuals: [Double] = [], penalties: [Double] = []) {
    self.point = point
    self.rowDuals = rowDuals
    self.penalties = penalties
  }
}
