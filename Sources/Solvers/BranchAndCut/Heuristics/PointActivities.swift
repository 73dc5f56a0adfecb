/// A point of a form with the values of its rows, for heuristics that move one column after the other.
struct PointActivities {
  /// How far a row may be outside of its sides, relative to their size or 1, without counting as violated.
  static let tolerance = 1e-7

  let form: LinearForm
  let columns: FormColumns
  private(set) var point: [Double]
  private(set) var activities: [Double]
  /// Entries of the form looked at so far.
  var work: Int

  /// - Complexity: O(entries).
  init(_ point: [Double], form: LinearForm, columns: FormColumns) {
    self.form = form
    self.columns = columns
    self.point = point
    activities = form.activities(at: point)
    work = form.entryCount
  }

  /// With values of the rows that are known already.
  init(_ point: [Double], activities: [Double], form: LinearForm, columns: FormColumns) {
    self.form = form
    self.columns = columns
    self.point = point
    self.activities = activities
    work = form.rowCount
  }

  /// How far a column can move in a direction with all rows and its bounds kept; 0 where a row is violated already.
  /// - Complexity: O(entries of the column).
  mutating func room(_ j: Int, isUp: Bool) -> Double {
    let entries = columns.starts[j]..<columns.starts[j + 1]
    work += entries.count
    var least = isUp ? form.columnUpper[j] - point[j] : point[j] - form.columnLower[j]
    for k in entries {
      let (i, a) = (Int(columns.rows[k]), columns.values[k])
      let distance = (a > 0) == isUp ? form.rowUpper[i] - activities[i] : activities[i] - form.rowLower[i]
      if distance < least * abs(a) { least = distance / abs(a) }
      if least <= 0 { return 0 }
    }
    return max(0, least)
  }

  /// Moves a column and the rows with it.
  /// - Complexity: O(entries of the column).
  mutating func shift(_ j: Int, by step: Double) {
    let entries = columns.starts[j]..<columns.starts[j + 1]
    work += entries.count
    point[j] += step
    if form.isInteger[j] != 0 && abs(point[j] - point[j].rounded()) < 1e-9 { point[j] = point[j].rounded() }
    for k in entries { activities[Int(columns.rows[k])] += columns.values[k] * step }
  }

  /// How far a value of a row is outside of its sides; 0 within the tolerance.
  func violation(_ i: Int, at value: Double) -> Double {
    let (low, high) = (form.rowLower[i], form.rowUpper[i])
    if value < low { return low - value > PointActivities.tolerance * max(1, abs(low)) ? low - value : 0 }
    if value > high { return value - high > PointActivities.tolerance * max(1, abs(high)) ? value - high : 0 }
    return 0
  }
}

extension LinearForm {
  /// The values of the rows at a point.
  /// - Complexity: O(entries).
  func activities(at point: [Double]) -> [Double] {
    var values = [Double](repeating: 0, count: rowCount)
    for i in 0..<rowCount {
      var total = 0.0
      for k in starts[i]..<starts[i + 1] { total += entryValues[k] * point[Int(entryColumns[k])] }
      values[i] = total
    }
    return values
  }
}
