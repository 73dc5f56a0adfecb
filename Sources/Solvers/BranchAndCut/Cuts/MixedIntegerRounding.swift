/// Complemented mixed-integer rounding of aggregated rows.
///
/// For `Σ a_j x_j + Σ g_k t_k <= b` with whole x >= 0 and real t >= 0, with f the fraction of b and f_j that of a_j:
///
///     Σ (⌊a_j⌋ + max(0, f_j - f) / (1 - f)) x_j + Σ min(0, g_k) / (1 - f) t_k <= ⌊b⌋
///
/// G. L. Nemhauser and L. A. Wolsey, "A recursive procedure to generate all cuts for 0-1 mixed integer programs",
/// Mathematical Programming 46 (1990), theorem 6; the choice of divisors and complements: H. Marchand and L. A. Wolsey,
/// "Aggregation and mixed integer rounding to solve MIPs", Operations Research 49 (2001), section 4. For a row of a
/// simplex tableau and divisor 1 it is the Gomory mixed-integer cut.
extension CutSeparation {
  /// Cuts from an aggregation of rows.
  ///
  /// - Parameters:
  ///   - numbers: rows of the form, or `rowCount + k` for the k-th of ``extraRows``, each once.
  ///   - weights: one factor a row, of any sign; for a cut from the simplex tableau, a row of the inverse of the basis.
  ///   - kind: all but ``CutKind/mir`` try the divisor 1 first and return that cut too; ``CutKind/gomory`` also looks
  ///     for lifted covers of the aggregation, which are of their own kind.
  ///   - cuts: the cuts are appended to it.
  /// - Complexity: O(entries of the rows) for each divisor and each complement tried.
  func cutsFromAggregation(rows numbers: [Int32], weights: [Double], kind: CutKind, into cuts: inout [Cut]) {
    clearAggregate()
    var largest = 0.0
    for weight in weights { largest = max(largest, abs(weight)) }
    for (i, weight) in zip(numbers, weights) where abs(weight) > 1e-9 * largest {
      addRow(Int(i), weight)
    }
    if kind == .gomory { coversOfAggregate(into: &cuts) }
    // Both directions of one equation give the same Gomory cut.
    if roundAggregate(1, kind: kind, into: &cuts) && kind != .mir { return }
    roundAggregate(-1, kind: kind, into: &cuts)
  }

  /// Adds a multiple of a row to the aggregation.
  func addRow(_ i: Int, _ weight: Double) {
    let (target, table) = (aggregate, rows)
    var size = max(aggregateSize, abs(weight))
    for k in table.starts[i]..<table.starts[i + 1] {
      let part = weight * table.values[k]
      size = max(size, abs(part))
      target.add(Int(table.columns[k]), part)
    }
    target.add(columnCount + i, -weight)
    aggregateSize = size
  }

  func clearAggregate() {
    aggregate.clear()
    aggregateSize = 0
  }

  /// Rounds the aggregation, read as `sign * row <= 0`.
  /// - Returns: whether a cut was found.
  @discardableResult
  func roundAggregate(_ sign: Double, kind: CutKind, into cuts: inout [Cut]) -> Bool {
    let before = cuts.count
    for choice in kind == .mir ? BoundChoice.allCases : [.nearest] {
      guard substituteBounds(sign, choice), choice == .nearest || rounding.differsFromNearest else { continue }
      roundSubstituted(kind, into: &cuts)
      if kind == .mir || kind == .gomory { coverSubstituted(into: &cuts) }
    }
    // A variable bound may come from the very row and leave nothing of it.
    if cuts.count == before && rounding.hasVariableBounds && substituteBounds(sign, .nearest, usesVariableBounds: false) {
      roundSubstituted(kind, into: &cuts)
    }
    return cuts.count > before
  }

  private func roundSubstituted(_ kind: CutKind, into cuts: inout [Cut]) {
    let row = rounding
    if row.wholeCount == 0 { return }
    var divisors = candidateDivisors()
    var best = (efficacy: 0.0, divisor: 1.0)
    if kind != .mir {
      best.efficacy = row.efficacy(dividedBy: 1, options)
      if best.efficacy > options.efficacy { buildCut(1, kind, into: &cuts) }
      // The same row with the sign reversed, complements and all, is the same cut, so it counts as found.
      divisors.removeAll { $0 == 1 }
    }
    for divisor in divisors {
      let efficacy = row.efficacy(dividedBy: divisor, options)
      if efficacy > best.efficacy { best = (efficacy, divisor) }
    }
    if divisors.isEmpty && best.efficacy == 0 { return }
    let first = best
    for part in [2.0, 4, 8] where best.efficacy > 0 {
      let efficacy = row.efficacy(dividedBy: first.divisor / part, options)
      if efficacy > best.efficacy { best = (efficacy, first.divisor / part) }
    }
    if best.efficacy == 0 { best.divisor = divisors[0] }
    let isComplementUsed = tryComplements(&best)
    if best.efficacy <= options.efficacy { return }
    if kind != .mir && best.divisor == 1 && !isComplementUsed { return }
    buildCut(best.divisor, kind, into: &cuts)
  }

  /// Sizes of entries of whole columns that are between their bounds, the largest of all, each once.
  private func candidateDivisors() -> [Double] {
    let row = rounding
    var result: [Double] = []
    var largest = 0.0
    for k in 0..<row.wholeCount { largest = max(largest, abs(row.wholeValues[k])) }
    if largest == 0 { return [] }
    let nearness = options.integrality
    for k in 0..<row.wholeCount where row.wholePoint[k] > nearness && row.wholeWidth[k] - row.wholePoint[k] > nearness {
      let size = abs(row.wholeValues[k])
      if size < 1e-5 * largest { continue }
      if result.contains(where: { abs($0 - size) <= 1e-9 * size }) { continue }
      result.append(size)
      if result.count == options.divisors { break }
    }
    if result.isEmpty { return [] }
    if result.count < options.divisors && !result.contains(where: { abs($0 - largest) <= 1e-9 * largest }) {
      result.append(largest)
    }
    return result
  }

  /// Complements whole columns between their bounds, those nearest to the middle first, where that helps.
  private func tryComplements(_ best: inout (efficacy: Double, divisor: Double)) -> Bool {
    let row = rounding
    let nearness = options.integrality
    var order: [(Double, Int)] = []
    for k in 0..<row.wholeCount where row.wholePoint[k] > nearness && row.wholeWidth[k].isFinite {
      if row.wholeWidth[k] - row.wholePoint[k] <= nearness { continue }
      order.append((abs(row.wholePoint[k] - 0.5 * row.wholeWidth[k]), k))
    }
    order.sort { $0.0 != $1.0 ? $0.0 < $1.0 : $0.1 < $1.1 }
    var isUsed = false
    for (_, k) in order.prefix(options.complements) {
      let side = row.side
      row.complement(k)
      let efficacy = row.efficacy(dividedBy: best.divisor, options)
      if efficacy > best.efficacy {
        best.efficacy = efficacy
        isUsed = true
      } else {
        row.complement(k)
        row.side = side
      }
    }
    return isUsed
  }

  /// Which bound a continuous column is measured from.
  enum BoundChoice: CaseIterable {
    /// The nearer one (H. Marchand and L. A. Wolsey, 2001).
    case nearest
    /// The variable one, wherever the column then leaves the row for its binary column. Cuts found before move the point
    /// away from variable bounds whose slopes are large, so that the nearer bound is no longer the one that counts.
    case variable
    /// The variable one where the binary column, with no more than what the point brings into the row, gives the smaller
    /// activity: in rows of lot sizes these are the violated inequalities (I. Barany, T. Van Roy and L. A. Wolsey, "Strong
    /// formulations for multi-item capacitated lot sizing", Management Science 30, 1984).
    case inflow
  }

  /// What continuous columns with negative entries contribute at the point.
  private func inflow(_ sign: Double) -> Double {
    let source = aggregate
    var total = 0.0
    for k in 0..<source.count {
      let j = Int(source.columns[k])
      let a = sign * source.values[j]
      if a < 0 && isInteger[j] == 0 && lower[j].isFinite { total -= a * (point[j] - lower[j]) }
    }
    return total
  }

  /// Replaces all columns by distances from bounds; the result is in ``rounding``.
  ///
  /// Continuous columns take the bound of choice, a variable one where it is at least as tight; whole columns the nearer
  /// bound. Entries with no effect on the cut are left out.
  /// - Returns: false when a column has no bound that it could be measured from.
  func substituteBounds(_ sign: Double, _ choice: BoundChoice, usesVariableBounds: Bool = true) -> Bool {
    let (row, work, source) = (rounding, substituted, aggregate)
    let (lower, upper, point, isInteger, n) = (lower, upper, point, isInteger, columnCount)
    let bounds = variableBounds
    work.clear()
    row.wholeCount = 0
    row.realCount = 0
    row.hasVariableBounds = false
    var (side, sideSize, activity, squares, largest) = (0.0, 0.0, 0.0, 0.0, 0.0)
    var (hasVariableBounds, differsFromNearest) = (false, false)
    let inflow = choice == .inflow ? inflow(sign) : 0
    for k in 0..<source.count {
      let j = Int(source.columns[k])
      let a = sign * source.values[j]
      largest = max(largest, abs(a))
      if isInteger[j] != 0 { work.add(j, a) }
    }
    let noise = options.noise * aggregateSize
    for k in 0..<source.count {
      let j = Int(source.columns[k])
      let a = sign * source.values[j]
      if isInteger[j] != 0 || a == 0 { continue }
      let (low, high) = (lower[j], upper[j])
      if abs(a) <= noise || high - low <= 1e-9 {
        // Its least contribution goes to the side.
        let least = a > 0 ? a * low : a * high
        if !least.isFinite {
          if abs(a) <= 1e-3 * noise { continue }
          return false
        }
        side -= least
        sideSize = max(sideSize, abs(least))
        continue
      }
      var (lowValue, highValue, lowBound, highBound) = (low, high, Int32(-1), Int32(-1))
      if j < n && usesVariableBounds {
        if bounds.bestLower[j] >= 0 && bounds.lowerValue[j] >= low - 1e-9 {
          (lowValue, lowBound) = (bounds.lowerValue[j], bounds.bestLower[j])
        }
        if bounds.bestUpper[j] >= 0 && bounds.upperValue[j] <= high + 1e-9 {
          (highValue, highBound) = (bounds.upperValue[j], bounds.bestUpper[j])
        }
      }
      if lowValue == -.infinity && highValue == .infinity { return false }
      let (fromLow, toHigh) = (max(0, point[j] - lowValue), max(0, highValue - point[j]))
      let nearness = 1e-9 * max(1, abs(point[j]))
      var takesLower = fromLow < toHigh - nearness || (fromLow <= toHigh + nearness && a > 0)
      if choice != .nearest {
        if takesLower && a < 0 && highBound >= 0 && fromLow > nearness {
          let bound = bounds.upperBounds[Int(highBound)]
          let effective = min(-a * bound.slope, inflow) * (point[Int(bound.y)] - lower[Int(bound.y)])
          takesLower = choice == .inflow && effective >= -a * fromLow
        } else if !takesLower && a > 0 && lowBound >= 0 && toHigh > nearness {
          takesLower = choice == .variable
        }
        if takesLower != (fromLow < toHigh - nearness || (fromLow <= toHigh + nearness && a > 0)) { differsFromNearest = true }
      }
      let value = takesLower ? a : -a
      var shift: Double
      let substitution: RoundingRow.Substitution
      if takesLower && lowBound < 0 {
        (shift, substitution) = (a * low, .lower)
      } else if takesLower {
        let bound = bounds.lowerBounds[Int(lowBound)]
        (shift, substitution) = (a * bound.constant, .variableLower)
        hasVariableBounds = true
        work.add(Int(bound.y), a * bound.slope)
      } else if highBound < 0 {
        (shift, substitution) = (a * high, .upper)
      } else {
        let bound = bounds.upperBounds[Int(highBound)]
        (shift, substitution) = (a * bound.constant, .variableUpper)
        hasVariableBounds = true
        work.add(Int(bound.y), a * bound.slope)
      }
      side -= shift
      sideSize = max(sideSize, abs(shift))
      if value >= 0 { continue }
      row.realColumns[row.realCount] = Int32(truncatingIfNeeded: j)
      row.realValues[row.realCount] = value
      row.substitutions[row.realCount] = substitution
      row.realCount += 1
      activity += value * (takesLower ? fromLow : toHigh)
      squares += value * value
    }
    row.hasVariableBounds = hasVariableBounds
    row.differsFromNearest = differsFromNearest
    var count = 0
    for k in 0..<work.count {
      let j = Int(work.columns[k])
      let a = work.values[j]
      if a == 0 { continue }
      let (low, high) = (lower[j], upper[j])
      if abs(a) <= noise || low == high {
        let least = a > 0 ? a * low : a * high
        if !least.isFinite {
          if abs(a) <= 1e-3 * noise { continue }
          return false
        }
        side -= least
        sideSize = max(sideSize, abs(least))
        continue
      }
      if low == -.infinity && high == .infinity { return false }
      let takesUpper = high - point[j] < point[j] - low
      let shift = a * (takesUpper ? high : low)
      side -= shift
      sideSize = max(sideSize, abs(shift))
      row.wholeColumns[count] = Int32(truncatingIfNeeded: j)
      row.wholeValues[count] = takesUpper ? -a : a
      let distance = takesUpper ? high - point[j] : point[j] - low
      row.wholePoint[count] = distance <= 1e-11 ? 0 : distance
      row.wholeWidth[count] = high - low
      row.isComplemented[count] = takesUpper ? 1 : 0
      count += 1
    }
    row.wholeCount = count
    row.side = side
    row.sideSize = sideSize
    row.realActivity = activity
    row.realSquares = squares
    return side.isFinite && sideSize < 1e11 * max(1e-9, largest)
  }

  /// Rounds the substituted row, undoes the substitution and appends the cut if it is fit.
  private func buildCut(_ divisor: Double, _ kind: CutKind, into cuts: inout [Cut]) {
    let row = rounding
    let scale = 1 / divisor
    let scaledSide = row.side * scale
    let whole = RoundingRow.floor(scaledSide)
    let fraction = scaledSide - whole
    // Where rounding errors could have moved the side by more than a small part of its fraction.
    if 1e-12 * row.sideSize * scale > 1e-3 * min(fraction, 1 - fraction) { return }
    let factor = 1 / (1 - fraction)
    undoSubstitution(side: whole, realFactor: scale * factor, kind: kind, into: &cuts) { k in
      let a = row.wholeValues[k] * scale
      let low = RoundingRow.floor(a)
      let excess = a - low - fraction
      return excess > 0 ? low + excess * factor : low
    }
  }

  /// Writes an inequality over the columns of ``rounding`` in those of the form and appends it if it is fit.
  ///
  /// - Parameters:
  ///   - side: its right-hand side.
  ///   - realFactor: what entries of continuous columns are multiplied by.
  ///   - wholeValue: entry of a whole column.
  func undoSubstitution(
    side: Double, realFactor: Double, kind: CutKind, into cuts: inout [Cut], wholeValue: (Int) -> Double
  ) {
    let (row, result, bounds) = (rounding, result, variableBounds)
    result.clear()
    var size = abs(side)
    var side = side
    for k in 0..<row.wholeCount {
      let value = wholeValue(k)
      if value == 0 { continue }
      let j = Int(row.wholeColumns[k])
      let isComplemented = row.isComplemented[k] != 0
      result.add(j, isComplemented ? -value : value)
      let shift = isComplemented ? -value * upper[j] : value * lower[j]
      side += shift
      size = max(size, abs(shift))
    }
    for k in 0..<row.realCount {
      let value = row.realValues[k] * realFactor
      let j = Int(row.realColumns[k])
      var shift: Double
      switch row.substitutions[k] {
      case .lower:
        result.add(j, value)
        shift = value * lower[j]
      case .upper:
        result.add(j, -value)
        shift = -value * upper[j]
      case .variableLower:
        let bound = bounds.lowerBounds[Int(bounds.bestLower[j])]
        result.add(j, value)
        result.add(Int(bound.y), -value * bound.slope)
        shift = value * bound.constant
      case .variableUpper:
        let bound = bounds.upperBounds[Int(bounds.bestUpper[j])]
        result.add(j, -value)
        result.add(Int(bound.y), value * bound.slope)
        shift = -value * bound.constant
      }
      side += shift
      size = max(size, abs(shift))
    }
    finish(side, size, kind, into: &cuts)
  }
}
