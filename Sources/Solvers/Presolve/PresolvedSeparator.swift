/// A separator of a form as one of the form that presolve left: points are completed by the values that columns were fixed
/// at, and those go from the rows to their sides.
///
/// Columns that separators may touch are only ever fixed by presolve, never substituted, so that this is all it takes.
struct PresolvedSeparator: RowSeparator {
  private let base: any RowSeparator
  let columns: [Int32]
  /// Original positions of ``columns``.
  private let kept: [Int32]
  /// Reduced position of each original column, -1 for those that are gone.
  private let position: [Int32]
  /// Values of the columns that are gone, by original position.
  private let fixed: [Double]

  /// - Parameter fixed: the values that columns were fixed at, by original position.
  init(_ base: any RowSeparator, position: [Int32], fixed: [Double]) {
    self.base = base
    self.position = position
    self.fixed = fixed
    kept = base.columns.filter { position[Int($0)] >= 0 }
    columns = kept.map { position[Int($0)] }
  }

  var name: String { base.name }
  var isRequired: Bool { base.isRequired }

  func separate(_ point: [Double], tolerance: Double) -> [LinearRow] {
    var whole = fixed
    for (original, reduced) in zip(kept, columns) { whole[Int(original)] = point[Int(reduced)] }
    return base.separate(whole, tolerance: tolerance).map { row in
      var result = LinearRow(columns: [], values: [], lower: row.lower, upper: row.upper)
      for (column, value) in zip(row.columns, row.values) {
        if position[Int(column)] >= 0 {
          result.columns.append(position[Int(column)])
          result.values.append(value)
        } else {
          result.lower -= value * fixed[Int(column)]
          result.upper -= value * fixed[Int(column)]
        }
      }
      return result
    }
  }
}
