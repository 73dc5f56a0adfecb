/// Moves of two whole columns at a time from a feasible point: one goes a step in the direction that costs less, and
/// another one mends the rows that this violates, for less than what was gained.
///
/// The exchange of two columns is the oldest neighbourhood of all (G. A. Croes, "A method for solving traveling-salesman
/// problems", Operations Research 6, 1958); for programs with whole columns as in T. Berthold, "Primal heuristics for mixed
/// integer programs", diploma thesis, TU Berlin (2006), section 4.2.
struct TwoOpt {
  /// Entries to look at, as a multiple of the form's, after which no further pair is tried.
  var effort = 20
  /// Gains of less than this, relative to the costs of the two columns, are rounding errors.
  var leastGain = 1e-9

  /// Moves pairs until none is left that helps, or the effort is spent.
  /// - Returns: whether the point got better; it stays feasible.
  func improve(_ rows: inout PointActivities) -> Bool {
    let form = rows.form
    let dear = rows.columns.integers.filter { form.objective[Int($0)] != 0 }.sorted {
      let (one, other) = (abs(form.objective[Int($0)]), abs(form.objective[Int($1)]))
      return one != other ? one > other : $0 < $1
    }
    let limit = rows.work + effort * max(1, form.entryCount)
    var isBetter = false
    var hasMoved = true
    while hasMoved {
      hasMoved = false
      for j in dear {
        rows.work += 1
        if rows.work > limit { return isBetter }
        let first = Int(j)
        let step: Double = form.objective[first] > 0 ? -1 : 1
        let value = rows.point[first] + step
        if value < form.columnLower[first] || value > form.columnUpper[first] { continue }
        rows.shift(first, by: step)
        if let (second, other) = partner(of: first, step, &rows) {
          if other != 0 { rows.shift(second, by: other) }
          (isBetter, hasMoved) = (true, true)
        } else {
          rows.shift(first, by: -step)
        }
      }
    }
    return isBetter
  }

  /// The column and the step that make a point feasible again after a move, for less than it gained; a step of 0 where no
  /// row is violated.
  private func partner(of first: Int, _ step: Double, _ rows: inout PointActivities) -> (Int, Double)? {
    let (form, columns) = (rows.form, rows.columns)
    var violatedCount = 0
    var narrowest = -1
    for k in columns.starts[first]..<columns.starts[first + 1] {
      let i = Int(columns.rows[k])
      if rows.violation(i, at: rows.activities[i]) == 0 { continue }
      violatedCount += 1
      let length = form.starts[i + 1] - form.starts[i]
      if narrowest < 0 || length < form.starts[narrowest + 1] - form.starts[narrowest] { narrowest = i }
    }
    if narrowest < 0 { return (first, 0) }
    let gained = -form.objective[first] * step
    let value = rows.activities[narrowest]
    let missing = value < form.rowLower[narrowest] ? form.rowLower[narrowest] - value : form.rowUpper[narrowest] - value
    var best: (Int, Double)?
    var most = leastGain * abs(gained)
    let range = form.starts[narrowest]..<form.starts[narrowest + 1]
    rows.work += range.count
    for k in range {
      let (j, a) = (Int(form.entryColumns[k]), form.entryValues[k])
      if j == first || a == 0 || form.isInteger[j] == 0 { continue }
      let exact = missing / a
      let slack = PointActivities.tolerance * max(1, abs(exact))
      let other = exact > 0 ? (exact - slack).rounded(.up) : (exact + slack).rounded(.down)
      let target = rows.point[j] + other
      if other == 0 || target < form.columnLower[j] || target > form.columnUpper[j] { continue }
      let gain = gained - form.objective[j] * other
      if gain <= most || columns.starts[j + 1] - columns.starts[j] < violatedCount { continue }
      if mends(j, other, violatedCount, &rows) { (best, most) = ((j, other), gain) }
    }
    return best
  }

  /// Whether all rows are kept after the move of a column that should mend so many.
  private func mends(_ j: Int, _ step: Double, _ violatedCount: Int, _ rows: inout PointActivities) -> Bool {
    let columns = rows.columns
    var mended = 0
    let entries = columns.starts[j]..<columns.starts[j + 1]
    rows.work += entries.count
    for k in entries {
      let i = Int(columns.rows[k])
      let now = rows.activities[i]
      if rows.violation(i, at: now + columns.values[k] * step) > 0 { return false }
      if rows.violation(i, at: now) > 0 { mended += 1 }
    }
    return mended == violatedCount
  }
}
