/// Linear rows `lower <= a'x <= upper`, stored row by row and contiguous: no object a row, none a term.
public struct LinearRows: Sendable {
  /// `starts[i]..<starts[i+1]` are the entries of row i; count + 1 numbers.
  public internal(set) var starts: [Int] = [0]
  /// Variable of each entry.
  public internal(set) var columns: [Int32] = []
  /// Coefficient of each entry.
  public internal(set) var values: [Double] = []
  public internal(set) var lower: [Double] = []
  public internal(set) var upper: [Double] = []

  public init() {}

  @inlinable public var count: Int { lower.count }
  @inlinable public var entryCount: Int { values.count }

  /// Positions of the entries of row i.
  @inlinable public func range(_ i: Int) -> Range<Int> { starts[i]..<starts[i + 1] }

  /// The terms of row i.
  public func terms(_ i: Int) -> [LinearTerm] { range(i).map { LinearTerm(values[$0], columns[$0]) } }

  mutating func append(_ terms: [LinearTerm], lower low: Double, upper high: Double) {
    columns.reserveCapacityGrowing(columns.count + terms.count)
    values.reserveCapacityGrowing(values.count + terms.count)
    for term in terms {
      columns.append(term.variable)
      values.append(term.coefficient)
    }
    starts.append(values.count)
    lower.append(low)
    upper.append(high)
  }
}

extension Array {
  /// Reserves without giving up geometric growth.
  mutating func reserveCapacityGrowing(_ needed: Int) {
    if needed > capacity { reserveCapacity(Swift.max(needed, capacity + capacity / 2)) }
  }
}
