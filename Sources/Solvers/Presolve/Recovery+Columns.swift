import Constraints

/// Undoing of what expressed columns by rows.
extension Recovery {
  mutating func undoSubstitution(_ r: Record, _ e: Entries) {
    let (i, j) = (Int(r.row), Int(r.column))
    let bounds = Int(r.count) + Int(r.secondCount)
    point[j] = drawn(
      (r.value - e.sum(0, r.count, point)) / r.pivot, e.values[bounds], e.values[bounds + 1])
    if hasDuals {
      let cost = isCertificate ? 0 : r.cost
      multipliers[i] = (cost - e.sum(Int(r.count), r.secondCount, multipliers)) / r.pivot
      reducedCosts[j] = 0
    }
    columnStatus[j] = .basic
    let isEquation = r.kind == .doubleton || r.marks.contains(.free)
    rowStatus[i] = isEquation ? .fixed : r.marks.contains(.upper) ? .atUpper : .atLower
  }

  /// The eliminated column is priced out by the equation, unless the other column is held at a bound that it got from
  /// the eliminated one: then that one is held, and the other is priced out.
  mutating func undoDoubleton(_ r: Record, _ e: Entries) {
    let (k, j) = (Int(r.other), Int(r.column))
    let held = side(of: k)
    let isOwed = held == .lower && r.marks.contains(.lower) || held == .upper && r.marks.contains(.upper)
    undoSubstitution(r, e)
    let b = e.values[0]
    if isOwed {
      multipliers[Int(r.row)] += reducedCosts[k] / b
      reducedCosts[j] = -r.pivot * reducedCosts[k] / b
      reducedCosts[k] = 0
      columnStatus[k] = .basic
      // x_j falls as x_k rises when both entries have the same sign.
      columnStatus[j] = (held == .lower) == (b / r.pivot > 0) ? .atUpper : .atLower
    } else if hasBasis && columnStatus[k] == .fixed {
      columnStatus[k] = held == .lower ? .atLower : .atUpper
    }
  }

  /// A value without rounding dust outside of the bounds.
  @inline(__always)
  func drawn(_ value: Double, _ low: Double, _ high: Double) -> Double {
    if value < low { return low - value <= 1e-11 * max(1, abs(low)) ? low : value }
    if value > high { return value - high <= 1e-11 * max(1, abs(high)) ? high : value }
    return value
  }

  mutating func undoSlack(_ r: Record, _ e: Entries) {
    let (i, j) = (Int(r.row), Int(r.column))
    let a = r.pivot
    let n = Int(r.count)
    let (rowLow, rowHigh, low, high) = (e.values[n], e.values[n + 1], e.values[n + 2], e.values[n + 3])
    let y = multipliers[i]
    if hasDuals {
      reducedCosts[j] = -a * y
      if !isCertificate { multipliers[i] = y + r.cost / a }
    }
    if isCertificate { return }
    let rest = e.sum(0, r.count, point)
    let isHeld = hasBasis && rowStatus[i] != .basic
    let atLower = isHeld && rowStatus[i] != .fixed ? rowStatus[i] == .atLower : y > 0
    if isHeld {
      // The row is at its widened side, so the column is at the bound that widened it, and the row at its own side.
      let isLow = atLower != (a > 0)
      point[j] = isLow ? low : high
      columnStatus[j] = isLow ? .atLower : .atUpper
      rowStatus[i] = rowLow == rowHigh ? .fixed : atLower ? .atLower : .atUpper
      return
    }
    if rowLow == rowHigh {
      // The multiplier of an equation may be anything, so it is the column that is basic.
      point[j] = max(low, min((rowLow - rest) / a, high))
      rowStatus[i] = .fixed
      columnStatus[j] = .basic
      return
    }
    let place = Placement(rest: rest, a, rowLow, rowHigh, low, high)
    if hasBasis || y == 0 {
      (point[j], columnStatus[j], rowStatus[i]) = (place.value, place.columnStatus, place.rowStatus)
    } else {
      // As near to the bound that the multiplier leans on as the row allows.
      point[j] = place.nearest(to: atLower == (a > 0) ? high : low)
    }
  }

  /// A value for a column within its bounds that keeps a row within its sides, and who is basic of the two.
  struct Placement {
    var value = 0.0
    var columnStatus = Basis.Status.basic
    var rowStatus = Basis.Status.basic
    /// Smallest and largest value within bounds and sides.
    private let least: Double
    private let most: Double

    init(rest: Double, _ a: Double, _ rowLow: Double, _ rowHigh: Double, _ low: Double, _ high: Double) {
      let (first, second) = ((rowLow - rest) / a, (rowHigh - rest) / a)
      let (from, to) = a > 0 ? (first, second) : (second, first)
      least = max(low, min(from, high))
      most = min(high, max(to, low))
      let (sideOfLeast, sideOfMost): (Basis.Status, Basis.Status) =
        a > 0 ? (.atLower, .atUpper) : (.atUpper, .atLower)
      if low.isFinite && low >= from && low <= to {
        (value, columnStatus) = (low, .atLower)
      } else if high.isFinite && high >= from && high <= to {
        (value, columnStatus) = (high, .atUpper)
      } else if low == -.infinity && high == .infinity && from <= 0 && to >= 0 {
        (value, columnStatus) = (0, .free)
      } else if from.isFinite && from >= low {
        (value, rowStatus) = (min(from, high), sideOfLeast)
      } else if to.isFinite {
        (value, rowStatus) = (max(low, min(to, high)), sideOfMost)
      } else {
        value = max(low, min(0, high))
        columnStatus = .free
      }
    }

    func nearest(to target: Double) -> Double {
      let wanted = max(least, min(target, most))
      return wanted.isFinite ? wanted : least.isFinite ? least : most.isFinite ? most : 0
    }
  }

  mutating func undoPulledRows(_ r: Record, _ e: Entries) {
    let j = Int(r.column)
    let (low, high) = (e.values[Int(r.count) - 2], e.values[Int(r.count) - 1])
    // Far enough in the direction that all rows are pulled in.
    let pulls = PulledRows(r, e)
    var value = low.isFinite ? low : high.isFinite ? high : 0
    var basicFor = -1
    pulls.each { row, a, rowLow, rowHigh, start, count in
      let rest = e.sum(start, count, point)
      let activity = a * value + rest
      let side = activity < rowLow ? rowLow : activity > rowHigh ? rowHigh : .nan
      if !side.isNaN {
        value = (side - rest) / a
        basicFor = row
        rowStatus[row] = side == rowLow ? .atLower : .atUpper
      }
    }
    pulls.each { row, _, _, _, _, _ in
      multipliers[row] = 0
      if row != basicFor { rowStatus[row] = .basic }
    }
    point[j] = value
    reducedCosts[j] = 0
    columnStatus[j] = basicFor >= 0 ? .basic : low.isFinite ? .atLower : high.isFinite ? .atUpper : .free
  }

  /// The rows of a `pulledRows` record.
  struct PulledRows {
    let count: Int
    let entries: Entries

    init(_ r: Record, _ e: Entries) {
      count = Int(r.secondCount)
      entries = e
    }

    /// Calls with row, entry, sides, and start and number of the other entries.
    @inline(__always)
    func each(_ body: (Int, Double, Double, Double, Int, Int32) -> Void) {
      var t = 0
      for _ in 0..<count {
        let others = entries.indices[t + 3]
        body(Int(entries.indices[t]), entries.values[t], entries.values[t + 1], entries.values[t + 2], t + 4, others)
        t += 4 + Int(others)
      }
    }
  }

  /// `column` carries the sum of itself and `pivot` times `other`; it is split so that at most one of them is between
  /// its bounds.
  mutating func undoParallelColumn(_ r: Record, _ e: Entries) {
    let (j, k, s) = (Int(r.column), Int(r.other), r.pivot)
    reducedCosts[k] = s * reducedCosts[j]
    if isCertificate { return }
    let sum = point[j]
    let (lowJ, highJ, lowK, highK) = (e.values[0], e.values[1], e.values[2], e.values[3])
    if hasBasis && columnStatus[j] != .basic && columnStatus[j] != .free {
      let isLow = columnStatus[j] == .fixed ? reducedCosts[j] >= 0 : columnStatus[j] == .atLower
      let isOtherLow = isLow == (s > 0)
      point[j] = isLow ? lowJ : highJ
      point[k] = isOtherLow ? lowK : highK
      columnStatus[j] = isLow ? .atLower : .atUpper
      columnStatus[k] = isOtherLow ? .atLower : .atUpper
      return
    }
    let wasFree = hasBasis && columnStatus[j] == .free
    func take(_ value: Double, _ status: Status) -> Bool {
      let rest = sum - s * value
      guard value.isFinite, rest >= lowJ - 1e-12 * max(1, abs(lowJ)), rest <= highJ + 1e-12 * max(1, abs(highJ)) else {
        return false
      }
      point[k] = value
      point[j] = max(lowJ, min(rest, highJ))
      columnStatus[k] = status
      columnStatus[j] = wasFree ? .free : .basic
      return true
    }
    if take(lowK, .atLower) || take(highK, .atUpper) { return }
    if lowK == -.infinity && highK == .infinity && take(0, .free) { return }
    // The other one takes what the first leaves at the bound that it ran into.
    let isLow = !highJ.isFinite || (lowJ.isFinite && isWithin((sum - lowJ) / s, lowK, highK))
    point[j] = isLow ? lowJ : highJ
    point[k] = max(lowK, min((sum - point[j]) / s, highK))
    columnStatus[j] = isLow ? .atLower : .atUpper
    columnStatus[k] = wasFree ? .free : .basic
  }

  private func isWithin(_ value: Double, _ low: Double, _ high: Double) -> Bool { value >= low && value <= high }
}
