/// Supporting rows of the cones of a form.
///
/// Where whole columns are fractional, only rows that cut deep are worth their place in the relaxation; where they are
/// whole, the rows are part of the model.
struct ConeSeparator: RowSeparator {
  /// Violation of a cone, relative to its coordinates or 1, that is cut off at fractional points.
  static let fractionalTolerance = 1e-3
  /// Distance from a whole number that counts as whole.
  static let integrality = 1e-6

  private let blocks: [ConeBlock]
  private let integers: [Int32]
  private let bounds: ColumnBounds
  let columns: [Int32]

  init(_ relaxation: PolyhedralRelaxation) {
    blocks = relaxation.blocks
    bounds = ColumnBounds(relaxation.form)
    let form = relaxation.form
    integers = (0..<form.columnCount).filter { form.isInteger[$0] != 0 }.map { Int32($0) }
    // All whole columns are among them: whether a point is whole must be seen.
    var isTouched = form.isInteger
    for block in blocks {
      for j in block.columns { isTouched[Int(j)] = 1 }
    }
    columns = isTouched.indices.filter { isTouched[$0] != 0 }.map { Int32($0) }
  }

  var name: String { "cones" }
  var isRequired: Bool { true }

  func separate(_ point: [Double], tolerance: Double) -> [LinearRow] {
    let isWhole = integers.allSatisfy { abs(point[Int($0)] - point[Int($0)].rounded()) <= ConeSeparator.integrality }
    return rows(at: point, tolerance: isWhole ? tolerance : max(tolerance, ConeSeparator.fractionalTolerance))
  }

  /// Rows that cut off what violates its cone by more than the tolerance, relative to its coordinates or 1; the most
  /// violated first.
  /// - Complexity: O(terms), and an eigenvalue decomposition for each matrix.
  func rows(at point: [Double], tolerance: Double) -> [LinearRow] {
    var found: [(row: LinearRow, violation: Double)] = []
    for block in blocks {
      let s = block.coordinates(at: point)
      var size = 1.0
      for x in s { size = max(size, abs(x)) }
      guard block.violation(of: s) > tolerance * size else { continue }
      for z in block.cuts(at: s) {
        guard let row = block.row(z, within: bounds) else { continue }
        let violation = row.lower - row.activity(at: point)
        if violation > 0 { found.append((row, violation)) }
      }
    }
    found.sort { $0.violation > $1.violation }
    return found.map(\.row)
  }
}
