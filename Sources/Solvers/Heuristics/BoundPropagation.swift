import Constraints

/// Tightens bounds of variables by the activity of linear rows.
///
/// For each row the other variables' bounds limit what one variable can contribute. Used to complete and repair partial
/// points, and to find the finite bounds that big numbers in reformulations are taken from.
///
/// M. W. P. Savelsbergh, "Preprocessing and probing techniques for mixed integer programming problems", ORSA Journal
/// on Computing 6 (1994), section 1.
struct BoundPropagation {
  private let starts: [Int]
  private let columns: [Int32]
  private let values: [Double]
  private let rowLower: [Double]
  private let rowUpper: [Double]
  private let isInteger: [Bool]
  /// Rows of each variable, compressed.
  private var columnStarts: [Int]
  private var columnRows: [Int32]

  private(set) var lower: [Double]
  private(set) var upper: [Double]
  /// Set when a row cannot hold or a variable has no value left.
  private(set) var isInfeasible = false
  private var queue: [Int32] = []
  private var isQueued: [Bool]
  private var trail: [(column: Int32, lower: Double, upper: Double)] = []

  /// - Complexity: O(entries).
  init(model: Model) {
    let rows = model.rows
    self.init(
      starts: rows.starts, columns: rows.columns, values: rows.values, rowLower: rows.lower, rowUpper: rows.upper,
      lower: zip(model.lower, model.domains).map { $1.isSemi ? min($0, 0) : $0 },
      upper: zip(model.upper, model.domains).map { $1.isSemi ? max($0, 0) : $0 },
      isInteger: model.domains.map(\.isIntegral))
  }

  init(
    starts: [Int], columns: [Int32], values: [Double], rowLower: [Double], rowUpper: [Double], lower: [Double],
    upper: [Double], isInteger: [Bool]
  ) {
    self.starts = starts
    self.columns = columns
    self.values = values
    self.rowLower = rowLower
    self.rowUpper = rowUpper
    self.lower = lower
    self.upper = upper
    self.isInteger = isInteger
    var counts = [Int](repeating: 0, count: lower.count + 1)
    for j in columns { counts[Int(j) + 1] += 1 }
    for j in 1..<max(1, counts.count) { counts[j] += counts[j - 1] }
    columnStarts = counts
    columnRows = [Int32](repeating: 0, count: columns.count)
    var next = counts
    for i in 0..<rowLower.count {
      for k in starts[i]..<starts[i + 1] {
        let j = Int(columns[k])
        columnRows[next[j]] = Int32(i)
        next[j] += 1
      }
    }
    isQueued = [Bool](repeating: false, count: rowLower.count)
  }

  /// Marks the present bounds, to come back to with ``undo(to:)``.
  var mark: Int { trail.count }

  /// Takes back all changes since a mark.
  mutating func undo(to mark: Int) {
    while trail.count > mark {
      let entry = trail.removeLast()
      lower[Int(entry.column)] = entry.lower
      upper[Int(entry.column)] = entry.upper
    }
    for i in queue { isQueued[Int(i)] = false }
    queue.removeAll(keepingCapacity: true)
    isInfeasible = false
  }

  /// Replaces all bounds, for a node.
  mutating func reset(lower newLower: [Double], upper newUpper: [Double]) {
    lower = newLower
    upper = newUpper
    trail = []
    undo(to: 0)
  }

  /// Narrows a variable to a value and follows the consequences.
  /// - Returns: false when that is impossible.
  mutating func fix(_ j: Int, to value: Double, rounds: Int = 10) -> Bool {
    tighten(j, lower: value, upper: value)
    return propagate(rounds: rounds)
  }

  /// Queues all rows and follows the consequences.
  mutating func propagateAll(rounds: Int = 10) -> Bool {
    for i in 0..<rowLower.count { enqueue(Int32(i)) }
    return propagate(rounds: rounds)
  }

  private mutating func enqueue(_ i: Int32) {
    if !isQueued[Int(i)] {
      isQueued[Int(i)] = true
      queue.append(i)
    }
  }

  private mutating func tighten(_ j: Int, lower low: Double, upper high: Double) {
    var low = low
    var high = high
    if isInteger[j] {
      low = (low - 1e-6).rounded(.up)
      high = (high + 1e-6).rounded(.down)
    }
    // Continuous bounds must move by a noticeable amount, or two rows could tighten each other for ever.
    let step = isInteger[j] ? 0.5 : 1e-3 * max(1, min(abs(lower[j]), abs(upper[j])))
    let moveLower = low > lower[j] + (lower[j].isFinite ? step : 0) && low > lower[j]
    let moveUpper = high < upper[j] - (upper[j].isFinite ? step : 0) && high < upper[j]
    let isFixing = low == high
    if !moveLower && !moveUpper && !(isFixing && (low > lower[j] || high < upper[j])) { return }
    trail.append((Int32(j), lower[j], upper[j]))
    if moveLower || isFixing { lower[j] = max(lower[j], low) }
    if moveUpper || isFixing { upper[j] = min(upper[j], high) }
    if lower[j] > upper[j] {
      if lower[j] - upper[j] <= 1e-7 * max(1, abs(upper[j])) {
        lower[j] = upper[j]
      } else {
        isInfeasible = true
        return
      }
    }
    for k in columnStarts[j]..<columnStarts[j + 1] { enqueue(columnRows[k]) }
  }

  private mutating func propagate(rounds: Int) -> Bool {
    var budget = rounds * max(1, rowLower.count)
    var head = 0
    while head < queue.count, !isInfeasible, budget > 0 {
      let i = Int(queue[head])
      head += 1
      budget -= 1
      isQueued[i] = false
      propagateRow(i)
    }
    for i in queue[head...] { isQueued[Int(i)] = false }
    queue.removeAll(keepingCapacity: true)
    return !isInfeasible
  }

  /// Smallest and largest value of an entry's term; beyond 1e13 as infinite, since subtracting such a number again
  /// would cancel everything else.
  private func contribution(_ k: Int) -> (low: Double, high: Double) {
    let a = values[k]
    let j = Int(columns[k])
    let (low, high) = a > 0 ? (a * lower[j], a * upper[j]) : (a * upper[j], a * lower[j])
    return (low < -1e13 ? -.infinity : low, high > 1e13 ? .infinity : high)
  }

  private mutating func propagateRow(_ i: Int) {
    var least = 0.0
    var most = 0.0
    var leastInfinite = 0
    var mostInfinite = 0
    var size = 0.0
    for k in starts[i]..<starts[i + 1] where values[k] != 0 {
      let (low, high) = contribution(k)
      if low.isFinite { least += low } else { leastInfinite += 1 }
      if high.isFinite { most += high } else { mostInfinite += 1 }
      size += (low.isFinite ? abs(low) : 0) + (high.isFinite ? abs(high) : 0)
    }
    // What rounding in the sums can hide; derived bounds are widened by it.
    let error = 4e-16 * size
    let (rowLow, rowHigh) = (rowLower[i], rowUpper[i])
    let slack = error + 1e-7 * max(1, abs(rowLow.isFinite ? rowLow : 0), abs(rowHigh.isFinite ? rowHigh : 0))
    if leastInfinite == 0 && least > rowHigh + slack || mostInfinite == 0 && most < rowLow - slack {
      isInfeasible = true
      return
    }
    if leastInfinite > 1 && mostInfinite > 1 { return }
    for k in starts[i]..<starts[i + 1] where values[k] != 0 {
      let a = values[k]
      let j = Int(columns[k])
      if lower[j] == upper[j] { continue }
      let (low, high) = contribution(k)
      var newLow = -Double.infinity
      var newHigh = Double.infinity
      if rowHigh.isFinite {
        // a x <= rowHigh - (least of the others)
        let others = low.isFinite ? (leastInfinite == 0 ? least - low : -.infinity) : (leastInfinite == 1 ? least : -.infinity)
        if others.isFinite {
          let limit = (rowHigh - others + error) / a
          if a > 0 { newHigh = limit } else { newLow = limit }
        }
      }
      if rowLow.isFinite {
        let others = high.isFinite ? (mostInfinite == 0 ? most - high : .infinity) : (mostInfinite == 1 ? most : .infinity)
        if others.isFinite {
          let limit = (rowLow - others - error) / a
          if a > 0 { newLow = max(newLow, limit) } else { newHigh = min(newHigh, limit) }
        }
      }
      if newLow > lower[j] || newHigh < upper[j] {
        tighten(j, lower: newLow, upper: newHigh)
        if isInfeasible { return }
      }
    }
  }
}
