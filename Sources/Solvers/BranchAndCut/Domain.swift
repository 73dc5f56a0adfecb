import LinearAlgebra

/// The bounds of the columns at a node of the tree, and what rows make of them.
///
/// Each row limits a column by what the others can contribute at most. Changes are kept on a trail and can be taken
/// back.
///
/// M. W. P. Savelsbergh, "Preprocessing and probing techniques for mixed integer programming problems", ORSA Journal on
/// Computing 6 (1994), section 1.
final class Domain {
  struct Options: Sendable {
    /// How far a whole column's bound may be from a whole number before rounding it inwards.
    var integrality = 1e-6
    /// How far a row may be violated, relative to its side or 1.
    var feasibility = 1e-7
    /// Continuous bounds must move by this share of the distance between the bounds, or of their size.
    var leastMove = 0.05
    /// Bounds of this size and beyond are not taken.
    var largestBound = 1e8
    /// Rows looked at in one propagation, as a multiple of their number.
    var effort = 10
  }

  struct Change {
    var column: Int32
    var isUpper: Bool
    var value: Double
  }

  let options: Options
  let columnCount: Int
  let rowCount: Int
  private let rowStarts: [Int]
  private let rowColumns: [Int32]
  private let rowValues: [Double]
  private let rowLower: [Double]
  private let rowUpper: [Double]
  /// Rows of each column.
  private let columnStarts: [Int]
  private let columnRows: [Int32]
  let isInteger: [UInt8]

  let lower: Vector
  let upper: Vector
  /// Changes with the values before them, the last at the end.
  private(set) var trail: [Change] = []
  /// Columns whose bounds changed in any way since they were last taken from here.
  private(set) var touched: [Int32] = []
  private var isTouched: [UInt8]
  private var queue: [Int32] = []
  private var isQueued: [UInt8]
  private(set) var isInfeasible = false

  /// - Complexity: O(entries).
  init(_ form: LinearForm, options: Options = Options()) {
    self.options = options
    columnCount = form.columnCount
    rowCount = form.rowCount
    rowStarts = form.starts
    rowColumns = form.entryColumns
    rowValues = form.entryValues
    rowLower = form.rowLower
    rowUpper = form.rowUpper
    isInteger = form.isInteger
    lower = Vector(form.columnLower)
    upper = Vector(form.columnUpper)
    var starts = [Int](repeating: 0, count: form.columnCount + 1)
    for j in form.entryColumns { starts[Int(j) + 1] += 1 }
    for j in 0..<form.columnCount { starts[j + 1] += starts[j] }
    var next = starts
    var rows = [Int32](repeating: 0, count: form.entryCount)
    for i in 0..<form.rowCount {
      for k in form.starts[i]..<form.starts[i + 1] {
        let j = Int(form.entryColumns[k])
        rows[next[j]] = Int32(truncatingIfNeeded: i)
        next[j] += 1
      }
    }
    columnStarts = starts
    columnRows = rows
    isTouched = [UInt8](repeating: 0, count: form.columnCount)
    isQueued = [UInt8](repeating: 0, count: form.rowCount)
  }

  var mark: Int { trail.count }

  func isFixed(_ j: Int) -> Bool { lower[j] == upper[j] }

  /// Takes back all changes since a mark.
  func undo(to mark: Int) {
    while trail.count > mark {
      let change = trail.removeLast()
      let j = Int(change.column)
      if change.isUpper { upper[j] = change.value } else { lower[j] = change.value }
      touch(change.column)
    }
    clearQueue()
    isInfeasible = false
  }

  /// The changes since a mark, with their new values, one a bound.
  func changes(since mark: Int) -> [Change] {
    var result: [Change] = []
    result.reserveCapacity(trail.count - mark)
    for t in mark..<trail.count {
      let change = trail[t]
      let j = Int(change.column)
      result.append(Change(column: change.column, isUpper: change.isUpper, value: change.isUpper ? upper[j] : lower[j]))
    }
    return result
  }

  /// Forgets how to take changes back: they hold for good.
  func keepChanges() { trail.removeAll(keepingCapacity: true) }

  /// Hands out the columns touched since the last time.
  func takeTouched(_ body: (Int) -> Void) {
    for j in touched {
      isTouched[Int(j)] = 0
      body(Int(j))
    }
    touched.removeAll(keepingCapacity: true)
  }

  private func touch(_ j: Int32) {
    if isTouched[Int(j)] == 0 {
      isTouched[Int(j)] = 1
      touched.append(j)
    }
  }

  private func clearQueue() {
    for i in queue { isQueued[Int(i)] = 0 }
    queue.removeAll(keepingCapacity: true)
  }

  /// Applies a change of a bound; its consequences wait for ``propagate()``.
  func apply(_ change: Change) {
    if change.isUpper { setUpper(Int(change.column), change.value) } else { setLower(Int(change.column), change.value) }
  }

  /// Raises a lower bound; a value below the present one changes nothing.
  func setLower(_ j: Int, _ value: Double) {
    let value = isInteger[j] != 0 ? (value - options.integrality).rounded(.up) : value
    if !(value > lower[j]) { return }
    trail.append(Change(column: Int32(truncatingIfNeeded: j), isUpper: false, value: lower[j]))
    lower[j] = value
    noteChange(j)
  }

  /// Lowers an upper bound; a value above the present one changes nothing.
  func setUpper(_ j: Int, _ value: Double) {
    let value = isInteger[j] != 0 ? (value + options.integrality).rounded(.down) : value
    if !(value < upper[j]) { return }
    trail.append(Change(column: Int32(truncatingIfNeeded: j), isUpper: true, value: upper[j]))
    upper[j] = value
    noteChange(j)
  }

  private func noteChange(_ j: Int) {
    touch(Int32(truncatingIfNeeded: j))
    if lower[j] > upper[j] {
      // Continuous bounds may cross by rounding errors.
      if isInteger[j] == 0 && lower[j] - upper[j] <= options.feasibility * max(1, abs(upper[j])) {
        lower[j] = upper[j]
      } else {
        isInfeasible = true
        return
      }
    }
    for k in columnStarts[j]..<columnStarts[j + 1] {
      let i = columnRows[k]
      if isQueued[Int(i)] == 0 {
        isQueued[Int(i)] = 1
        queue.append(i)
      }
    }
  }

  /// Queues all rows.
  func queueAll() {
    for i in 0..<rowCount where isQueued[i] == 0 {
      isQueued[i] = 1
      queue.append(Int32(i))
    }
  }

  /// Follows the consequences of changes.
  /// - Returns: false when there is no point left.
  @discardableResult
  func propagate() -> Bool {
    var budget = options.effort * max(100, rowCount)
    var next = 0
    while next < queue.count && !isInfeasible && budget > 0 {
      let i = Int(queue[next])
      next += 1
      budget -= 1
      isQueued[i] = 0
      propagate(row: i)
    }
    for k in next..<queue.count { isQueued[Int(queue[k])] = 0 }
    queue.removeAll(keepingCapacity: true)
    return !isInfeasible
  }

  private func propagate(row i: Int) {
    rowColumns.withUnsafeBufferPointer { columns in
      rowValues.withUnsafeBufferPointer { values in
        let range = rowStarts[i]..<rowStarts[i + 1]
        let (low, high) = (lower.pointer, upper.pointer)
        var (least, most, size) = (0.0, 0.0, 0.0)
        var (leastInfinite, mostInfinite) = (0, 0)
        // The most that a column can change the row's value by: no bound follows when the row has more room.
        var widest = 0.0
        for k in range {
          let a = values[k]
          let j = Int(columns[k])
          let (from, to) = a > 0 ? (a * low[j], a * high[j]) : (a * high[j], a * low[j])
          if from > -1e13 { least += from; size += abs(from) } else { leastInfinite += 1 }
          if to < 1e13 { most += to; size += abs(to) } else { mostInfinite += 1 }
          widest = max(widest, to - from)
        }
        let error = 4e-16 * size
        let (rowLow, rowHigh) = (rowLower[i], rowUpper[i])
        let slack = error + options.feasibility * max(1, abs(rowLow.isFinite ? rowLow : 0), abs(rowHigh.isFinite ? rowHigh : 0))
        if leastInfinite == 0 && least > rowHigh + slack || mostInfinite == 0 && most < rowLow - slack {
          isInfeasible = true
          return
        }
        let limitsAbove = rowHigh.isFinite && (leastInfinite == 0 && least + widest > rowHigh || leastInfinite == 1)
        let limitsBelow = rowLow.isFinite && (mostInfinite == 0 && most - widest < rowLow || mostInfinite == 1)
        if !limitsAbove && !limitsBelow { return }
        for k in range {
          let a = values[k]
          let j = Int(columns[k])
          if low[j] == high[j] || a == 0 { continue }
          let (from, to) = a > 0 ? (a * low[j], a * high[j]) : (a * high[j], a * low[j])
          if limitsAbove {
            let isFinite = from > -1e13
            if leastInfinite == 0 || leastInfinite == 1 && !isFinite {
              let limit = (rowHigh - (isFinite ? least - from : least) + error) / a
              if a > 0 { offerUpper(j, limit) } else { offerLower(j, limit) }
              if isInfeasible { return }
            }
          }
          if limitsBelow {
            let isFinite = to < 1e13
            if mostInfinite == 0 || mostInfinite == 1 && !isFinite {
              let limit = (rowLow - (isFinite ? most - to : most) - error) / a
              if a > 0 { offerLower(j, limit) } else { offerUpper(j, limit) }
              if isInfeasible { return }
            }
          }
        }
      }
    }
  }

  /// Takes a bound that follows from a row if it is worth it.
  @inline(__always)
  private func offerLower(_ j: Int, _ value: Double) {
    let old = lower.pointer[j]
    if value <= old || abs(value) > options.largestBound { return }
    if isInteger[j] != 0 {
      if value > old + options.integrality { setLower(j, value) }
    } else if isWorth(value - old, j) {
      setLower(j, value)
    }
  }

  @inline(__always)
  private func offerUpper(_ j: Int, _ value: Double) {
    let old = upper.pointer[j]
    if value >= old || abs(value) > options.largestBound { return }
    if isInteger[j] != 0 {
      if value < old - options.integrality { setUpper(j, value) }
    } else if isWorth(old - value, j) {
      setUpper(j, value)
    }
  }

  /// Whether a continuous bound moves by enough: two rows could move each other's bounds for ever.
  private func isWorth(_ move: Double, _ j: Int) -> Bool {
    let range = upper[j] - lower[j]
    if range == .infinity { return move == .infinity || move > options.leastMove * max(1, abs(lower[j].isFinite ? lower[j] : upper[j])) }
    return move > options.leastMove * range && move > 1e-6
  }
}
