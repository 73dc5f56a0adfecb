import Constraints

/// What a linear or mixed-integer linear solver eats:
///
///     minimize (or maximize)  cᵀx + c₀
///     subject to              rowLower <= Ax <= rowUpper,  columnLower <= x <= columnUpper,  some x whole
///
/// A is stored row by row. The form does not know the model it came from.
public struct LinearForm: Sendable {
  public var sense: ObjectiveSense = .minimize
  public var constant = 0.0
  public var objective: [Double] = []
  public var columnLower: [Double] = []
  public var columnUpper: [Double] = []
  /// 1 for columns that must be whole.
  public var isInteger: [UInt8] = []

  /// `starts[i]..<starts[i+1]` are the entries of row i.
  public var starts: [Int] = [0]
  public var entryColumns: [Int32] = []
  public var entryValues: [Double] = []
  public var rowLower: [Double] = []
  public var rowUpper: [Double] = []
  /// Rows that are stated when a point violates them, beyond those listed.
  public var separators: [any RowSeparator] = []

  public init() {}

  public var columnCount: Int { objective.count }
  public var rowCount: Int { rowLower.count }
  public var entryCount: Int { entryValues.count }
  public var hasIntegers: Bool { isInteger.contains(1) }

  /// Adds a column and returns its position.
  public mutating func addColumn(
    lower: Double, upper: Double, objective cost: Double = 0, isInteger whole: Bool = false
  ) -> Int {
    columnLower.append(lower)
    columnUpper.append(upper)
    objective.append(cost)
    isInteger.append(whole ? 1 : 0)
    return objective.count - 1
  }

  /// Adds a row and returns its position. Columns must not repeat.
  @discardableResult
  public mutating func addRow(_ terms: [(Int, Double)], lower: Double, upper: Double) -> Int {
    for (column, value) in terms where value != 0 {
      entryColumns.append(Int32(column))
      entryValues.append(value)
    }
    starts.append(entryValues.count)
    rowLower.append(lower)
    rowUpper.append(upper)
    return rowLower.count - 1
  }

  /// The objective at a point.
  public func value(at point: [Double]) -> Double {
    var total = constant
    for j in 0..<columnCount { total += objective[j] * point[j] }
    return total
  }
}

/// What a solver is given: one case for each kind of problem that a method exists for.
public enum Form: Sendable {
  case linear(LinearForm)
  case conic(ConicForm)
  case nonlinear(NonlinearForm)
}
