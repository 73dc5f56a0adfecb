import Constraints

/// Makes a proof of infeasibility lean on rows in place of the bounds of columns that follow from those rows.
///
/// Rules that rest on multipliers take a column that rows keep away from its bound for one without that bound, which is
/// right for optima. In a proof of infeasibility the bound may carry weight all the same, and then columns that were
/// held at a bound may lean on an infinite one. Moving the weight of each bound to the row that implies it only widens
/// the margin of the proof, and takes away what those columns lean on.
struct BoundReplacement {
  /// A bound of a column that a row implies, given the bounds found before it.
  private struct Step {
    var column: Int
    var isUpper: Bool
    var row: Int
    var entry: Double
  }

  private let form: LinearForm
  private var lower: [Double]
  private var upper: [Double]
  /// In the order in which they were found, at most one a column and side.
  private var steps: [Step] = []
  private var isFound: [(lower: Bool, upper: Bool)]

  /// The multipliers if they prove infeasibility, others made from them that do, or nil.
  /// - Complexity: O(rows + columns + entries), four times at most.
  static func contradiction(_ multipliers: [Double], _ form: LinearForm, infinity: Double) -> [Double]? {
    // Rounding in a multiplier of 0 would lean on sides that are infinite.
    let dust = 1e-13 * multipliers.reduce(0) { max($0, abs($1)) }
    let multipliers = multipliers.map { abs($0) <= dust ? 0 : $0 }
    if form.isContradiction(multipliers, infinity: infinity, radius: nil) { return multipliers }
    var replacement = BoundReplacement(form, infinity: infinity)
    for _ in 0..<4 { if !replacement.findSteps() { break } }
    if replacement.steps.isEmpty { return nil }
    let moved = replacement.moved(multipliers)
    return form.isContradiction(moved, infinity: infinity, radius: nil) ? moved : nil
  }

  private init(_ form: LinearForm, infinity: Double) {
    self.form = form
    lower = form.columnLower.map { $0 <= -infinity ? -.infinity : $0 }
    upper = form.columnUpper.map { $0 >= infinity ? .infinity : $0 }
    isFound = [(Bool, Bool)](repeating: (false, false), count: form.columnCount)
  }

  /// Looks for bounds that rows imply, row by row.
  /// - Returns: whether any was found.
  private mutating func findSteps() -> Bool {
    let before = steps.count
    for i in 0..<form.rowCount {
      var sum = RangeOfSum()
      for k in form.starts[i]..<form.starts[i + 1] where form.entryValues[k] != 0 {
        let j = Int(form.entryColumns[k])
        sum.add(form.entryValues[k], lower[j], upper[j])
      }
      if sum.isOpen { continue }
      let first = steps.count
      var bounds: [Double] = []
      for k in form.starts[i]..<form.starts[i + 1] where form.entryValues[k] != 0 {
        let (j, a) = (Int(form.entryColumns[k]), form.entryValues[k])
        for isUpper in [false, true] where !(isUpper ? isFound[j].upper : isFound[j].lower) {
          let isRowUpper = isUpper == (a > 0)
          let side = isRowUpper ? form.rowUpper[i] : form.rowLower[i]
          let rest = isRowUpper ? sum.least(without: a, lower[j], upper[j]) : sum.most(without: a, lower[j], upper[j])
          let bound = (side - rest) / a
          guard abs(bound) <= 1e8, isUpper ? bound < upper[j] : bound > lower[j] else { continue }
          steps.append(Step(column: j, isUpper: isUpper, row: i, entry: a))
          bounds.append(bound)
        }
      }
      // Only now, so that no bound of a row rests on another one of the same row.
      for (step, bound) in zip(steps[first...], bounds) {
        if step.isUpper {
          upper[step.column] = bound
          isFound[step.column].upper = true
        } else {
          lower[step.column] = bound
          isFound[step.column].lower = true
        }
      }
    }
    return steps.count > before
  }

  /// The multipliers with the weight of all bounds found moved to their rows, those found last first.
  private func moved(_ multipliers: [Double]) -> [Double] {
    var y = multipliers
    var sums = [Double](repeating: 0, count: form.columnCount)
    for i in 0..<form.rowCount where y[i] != 0 {
      for k in form.starts[i]..<form.starts[i + 1] { sums[Int(form.entryColumns[k])] += y[i] * form.entryValues[k] }
    }
    for step in steps.reversed() where step.isUpper ? sums[step.column] > 0 : sums[step.column] < 0 {
      let change = -sums[step.column] / step.entry
      y[step.row] += change
      for k in form.starts[step.row]..<form.starts[step.row + 1] {
        sums[Int(form.entryColumns[k])] += change * form.entryValues[k]
      }
      sums[step.column] = 0
    }
    return y
  }
}
