/// One linear row by its entries: `lower <= Σ values[k] x[columns[k]] <= upper`. No column repeats.
public struct LinearRow: Sendable, Hashable {
  public var columns: [Int32]
  public var values: [Double]
  public var lower: Double
  public var upper: Double

  public init(columns: [Int32], values: [Double], lower: Double = -.infinity, upper: Double = .infinity) {
    self.columns = columns
    self.values = values
    self.lower = lower
    self.upper = upper
  }

  /// The row's value at a point.
  public func activity(at point: [Double]) -> Double {
    var total = 0.0
    for (column, value) in zip(columns, values) { total += value * point[Int(column)] }
    return total
  }
}

/// Rows of a form that are too many to list and are found when a point violates them.
///
/// A required separator states part of the model (subtour elimination, lazy constraints): a point at which it returns
/// rows is infeasible, and a whole point at which it returns none satisfies all its rows. One that is not required
/// states rows that all feasible points satisfy (user cuts): they tighten the relaxation, nothing depends on them.
public protocol RowSeparator: Sendable {
  /// For the log and for reports.
  var name: String { get }
  /// Columns that its rows may touch, each once.
  var columns: [Int32] { get }
  /// Whether points that violate its rows are infeasible.
  var isRequired: Bool { get }
  /// Rows, valid for all feasible points, that the point violates by more than the tolerance; the most violated first.
  /// - Parameters:
  ///   - point: one value a column of the form; fractional, or whole in whole columns.
  ///   - tolerance: violation, relative to the largest entry of the row, up to which rows count as satisfied.
  func separate(_ point: [Double], tolerance: Double) -> [LinearRow]
}
