import Constraints

/// Tests of certificates in the numbers of the original form, before presolve claims anything.
enum Certificates {
  /// Whether rows added up with these multipliers contradict the bounds of the columns, beyond rounding.
  /// - Complexity: O(columns + entries of rows with a multiplier).
  static func isContradiction(_ y: [Double], _ form: LinearForm, infinity: Double) -> Bool {
    let largest = y.reduce(0) { max($0, abs($1)) }
    guard largest > 0, largest.isFinite else { return false }
    var combined = [Double](repeating: 0, count: form.columnCount)
    var size = combined
    var least = 0.0
    var entering = 0.0
    for i in 0..<form.rowCount where y[i] != 0 {
      let side = y[i] > 0 ? form.rowLower[i] : form.rowUpper[i]
      if abs(side) >= infinity { return false }
      least += y[i] * side
      entering = max(entering, abs(y[i] * side))
      for k in form.starts[i]..<form.starts[i + 1] {
        let j = Int(form.entryColumns[k])
        let term = y[i] * form.entryValues[k]
        combined[j] += term
        size[j] = max(size[j], abs(term))
      }
    }
    var most = 0.0
    for j in 0..<form.columnCount where abs(combined[j]) > 1e-14 * size[j] {
      let side = combined[j] > 0 ? form.columnUpper[j] : form.columnLower[j]
      if abs(side) >= infinity { return false }
      most += combined[j] * side
      entering = max(entering, abs(combined[j] * side))
    }
    return least - most > 1e-8 * entering
  }

  /// Whether the objective improves along a direction in which every bound, row and cone stays satisfied.
  /// - Complexity: O(size of the form).
  static func isImproving(_ d: [Double], _ form: ConicForm, infinity: Double) -> Bool {
    let linear = form.linear
    let largest = d.reduce(0) { max($0, abs($1)) }
    guard largest > 0, largest.isFinite else { return false }
    // Columns of cones and of the Hessian do not move.
    for j in form.coneColumns where d[Int(j)] != 0 { return false }
    for j in 0..<linear.columnCount {
      if d[j] < 0 && linear.columnLower[j] > -infinity || d[j] > 0 && linear.columnUpper[j] < infinity { return false }
      if d[j] != 0 && form.hessian.starts[j + 1] > form.hessian.starts[j] { return false }
    }
    for (k, i) in form.hessian.rowIndices.enumerated() where d[Int(i)] != 0 && form.hessian.values[k] != 0 { return false }
    for i in 0..<linear.rowCount {
      var sum = 0.0
      var size = 0.0
      for k in linear.starts[i]..<linear.starts[i + 1] {
        let term = linear.entryValues[k] * d[Int(linear.entryColumns[k])]
        sum += term
        size = max(size, abs(term))
      }
      let dust = 1e-11 * size
      if linear.rowLower[i] > -infinity && sum < -dust || linear.rowUpper[i] < infinity && sum > dust { return false }
    }
    var rate = 0.0
    var size = 0.0
    for j in 0..<linear.columnCount {
      let term = -linear.sense.sign * linear.objective[j] * d[j]
      rate += term
      size = max(size, abs(term))
    }
    return rate > 1e-9 * size
  }
}
