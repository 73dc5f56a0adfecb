import Constraints

// What solvers and presolve ask before they claim that a form is infeasible or unbounded, in the numbers of the form. The
// checker asks again, on its own, in those of the model.

extension LinearForm {
  /// The multipliers without those that are rounding error against the largest, at the smallest threshold with which
  /// they contradict the bounds; nil when they never do.
  /// - Parameter multipliers: one a row, in the signs of ``Certificate/farkas(rows:)``.
  /// - Complexity: O(entries).
  func contradiction(in multipliers: [Double]) -> [Double]? {
    let largest = multipliers.reduce(0) { max($0, abs($1)) }
    for threshold in [0, 1e-14, 1e-12, 1e-10, 1e-8, 1e-7, 1e-6, 1e-5] {
      let clean = multipliers.map { abs($0) <= threshold * largest ? 0 : $0 }
      if isContradiction(clean) { return clean }
    }
    return nil
  }

  /// Whether the rows added up with these multipliers demand more than the bounds allow, beyond rounding.
  /// - Parameters:
  ///   - y: one multiplier a row, in the signs of ``Certificate/farkas(rows:)``.
  ///   - infinity: sides from here on count as missing.
  ///   - radius: how large columns without a bound may be, as the checker has it; nil where nothing may lean on a missing
  ///     side.
  /// - Complexity: O(rows + columns + entries of rows with a multiplier).
  func isContradiction(
    _ y: [Double], infinity: Double = .infinity, radius: Double? = Checker.Options().radius
  ) -> Bool {
    guard y.count == rowCount else { return false }
    let largest = y.reduce(0) { max($0, abs($1)) }
    guard largest > 0, largest.isFinite else { return false }
    var combined = [Double](repeating: 0, count: columnCount)
    var size = combined
    var (least, entering) = (0.0, 0.0)
    for i in 0..<rowCount where y[i] != 0 {
      let side = y[i] > 0 ? rowLower[i] : rowUpper[i]
      if abs(side) >= infinity {
        if radius == nil || abs(y[i]) > 1e-9 * largest { return false }
        continue
      }
      least += y[i] * side
      entering = max(entering, abs(y[i] * side))
      for k in starts[i]..<starts[i + 1] {
        let j = Int(entryColumns[k])
        let term = y[i] * entryValues[k]
        combined[j] += term
        size[j] = max(size[j], abs(term))
      }
    }
    // Without a radius, what rounding leaves of a sum counts as zero.
    let dust = radius == nil ? 1e-14 : 0
    var most = 0.0
    for j in 0..<columnCount where abs(combined[j]) > dust * size[j] {
      let side = combined[j] > 0 ? columnUpper[j] : columnLower[j]
      if abs(side) < infinity {
        most += combined[j] * side
        entering = max(entering, abs(combined[j] * side))
      } else if let radius {
        most += abs(combined[j]) * radius
      } else {
        return false
      }
    }
    return least - most > 1e-8 * entering
  }
}

extension ConicForm {
  /// The direction without components that are rounding error against the largest, at the smallest threshold with which
  /// it is a ray; nil when it never is.
  /// - Returns: the ray with largest component 1.
  /// - Complexity: O(entries).
  func ray(in direction: [Double]) -> [Double]? {
    let largest = direction.reduce(0) { max($0, abs($1)) }
    guard largest > 0, largest.isFinite else { return nil }
    for threshold in [0, 1e-14, 1e-12, 1e-10, 1e-8, 1e-6] {
      let clean = direction.map { abs($0) <= threshold * largest ? 0 : $0 / largest }
      if isRay(clean) { return clean }
    }
    return nil
  }

  /// Whether the objective improves without limit along a direction in which every bound and row stays satisfied, no
  /// quadratic term changes and no column of a cone moves.
  /// - Parameters:
  ///   - infinity: bounds and sides from here on count as missing.
  ///   - tolerance: how far a row may move towards a side it has, relative to its largest entry and the largest component;
  ///     the checker allows 1e-9.
  /// - Complexity: O(rows + columns + entries).
  func isRay(_ d: [Double], infinity: Double = .infinity, tolerance: Double = 1e-10) -> Bool {
    let size = d.reduce(0) { max($0, abs($1)) }
    guard size > 0, size.isFinite else { return false }
    for j in coneColumns where d[Int(j)] != 0 { return false }
    var (rate, entering) = (0.0, 0.0)
    for j in 0..<linear.columnCount {
      if d[j] < 0 && linear.columnLower[j] > -infinity || d[j] > 0 && linear.columnUpper[j] < infinity { return false }
      let term = -linear.sense.sign * linear.objective[j] * d[j]
      rate += term
      entering = max(entering, abs(term))
    }
    guard rate > 1e-8 * entering, rate > 0 else { return false }
    for i in 0..<linear.rowCount {
      var (activity, largest) = (0.0, 0.0)
      for k in linear.starts[i]..<linear.starts[i + 1] {
        activity += linear.entryValues[k] * d[Int(linear.entryColumns[k])]
        largest = max(largest, abs(linear.entryValues[k]))
      }
      let slack = tolerance * largest * size
      if linear.rowLower[i] > -infinity && activity < -slack { return false }
      if linear.rowUpper[i] < infinity && activity > slack { return false }
    }
    return isFlat(d, tolerance * size)
  }

  /// Whether P d vanishes, to a tolerance relative to the largest entry of P.
  private func isFlat(_ d: [Double], _ tolerance: Double) -> Bool {
    if hessian.entryCount == 0 { return true }
    var product = [Double](repeating: 0, count: d.count)
    var largest = 0.0
    for j in 0..<d.count {
      for k in hessian.starts[j]..<hessian.starts[j + 1] {
        let i = Int(hessian.rowIndices[k])
        product[i] += hessian.values[k] * d[j]
        if i != j { product[j] += hessian.values[k] * d[i] }
        largest = max(largest, abs(hessian.values[k]))
      }
    }
    return product.allSatisfy { abs($0) <= tolerance * largest }
  }
}
