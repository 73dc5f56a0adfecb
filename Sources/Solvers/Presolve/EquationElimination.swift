/// Elimination of sparse rows until they are gone or the work is spent: finds rows that vanish, and what of.
///
/// Pivots are taken in a column with the fewest entries, in the shortest of the rows where the entry is not small
/// against the column (H. M. Markowitz, "The elimination form of the inverse", Management Science 3 (1957); the threshold
/// of I. S. Duff, A. M. Erisman and J. K. Reid, "Direct Methods for Sparse Matrices", Oxford (1986), section 5.4).
struct EquationElimination: ~Copyable {
  /// Rows one after the other.
  struct Rows {
    var columnCount = 0
    var starts = [0]
    var columns: [Int32] = []
    var values: [Double] = []
    var count: Int { starts.count - 1 }
  }

  /// A multiple of a pivot row added to another row; the additions to one row form a list.
  private struct Addition {
    var source: Int32
    var previous: Int32
    var factor: Double
  }

  /// Rows that vanished.
  private(set) var vanished: [Int] = []
  private var matrix: LinkedMatrix
  private var additions: [Addition] = []
  private var lastAddition: [Int32]
  /// The largest number that has entered each row: what is much smaller is rounding.
  private var rowSize: [Double]
  /// When each row became a pivot row.
  private var step: [Int32]
  private var steps: Int32 = 0
  private var work: Int
  /// Columns by their number of entries, possibly out of date; the last holds all that have more.
  private var buckets = [[Int32]](repeating: [], count: 17)
  /// Entries of the pivot row by column, plus 1.
  private var mark: [Int32]

  /// - Parameter work: how many entries may be touched.
  init(_ rows: Rows, work: Int) {
    var form = LinearForm()
    form.starts = rows.starts
    form.entryColumns = rows.columns
    form.entryValues = rows.values
    form.rowLower = [Double](repeating: 0, count: rows.count)
    form.rowUpper = form.rowLower
    form.columnLower = [Double](repeating: 0, count: rows.columnCount)
    form.columnUpper = form.columnLower
    form.objective = form.columnLower
    form.isInteger = [UInt8](repeating: 0, count: rows.columnCount)
    matrix = LinkedMatrix(form)
    self.work = work
    lastAddition = [Int32](repeating: -1, count: rows.count)
    step = [Int32](repeating: -1, count: rows.count)
    mark = [Int32](repeating: 0, count: rows.columnCount)
    rowSize = (0..<rows.count).map { i in
      var largest = 0.0
      for k in rows.starts[i]..<rows.starts[i + 1] { largest = max(largest, abs(rows.values[k])) }
      return largest
    }
    for j in (0..<rows.columnCount).reversed() { enqueue(j) }
  }

  private mutating func enqueue(_ j: Int) {
    buckets[min(Int(matrix.columnLength[j]), buckets.count - 1)].append(Int32(truncatingIfNeeded: j))
  }

  /// A column with the fewest entries.
  private mutating func nextColumn() -> Int? {
    for length in 1..<buckets.count {
      while let j = buckets[length].popLast() {
        if min(Int(matrix.columnLength[Int(j)]), buckets.count - 1) == length { return Int(j) }
      }
    }
    return nil
  }

  mutating func run() {
    while let j = nextColumn() {
      let pivot = pivotEntry(ofColumn: j)
      let i = Int(matrix.entries[Int(pivot)].row)
      step[i] = steps
      steps += 1
      if matrix.columnLength[j] > 1 { eliminate(j, pivot) }
      discard(i)
      if work < 0 { return }
    }
  }

  /// The entry of the shortest row among those that are at least a tenth of the largest.
  private func pivotEntry(ofColumn j: Int) -> Int32 {
    var largest = 0.0
    var k = matrix.columnHead[j]
    while k >= 0 {
      largest = max(largest, abs(matrix.entries[Int(k)].value))
      k = matrix.entries[Int(k)].columnNext
    }
    var best: Int32 = -1
    var shortest = Int32.max
    k = matrix.columnHead[j]
    while k >= 0 {
      let e = matrix.entries[Int(k)]
      if matrix.rowLength[Int(e.row)] < shortest && abs(e.value) >= 0.1 * largest {
        shortest = matrix.rowLength[Int(e.row)]
        best = k
      }
      k = e.columnNext
    }
    return best
  }

  /// Adds multiples of the pivot row to the other rows of the column.
  private mutating func eliminate(_ j: Int, _ pivot: Int32) {
    let (i, a) = (Int(matrix.entries[Int(pivot)].row), matrix.entries[Int(pivot)].value)
    var t = matrix.rowHead[i]
    while t >= 0 {
      mark[Int(matrix.entries[Int(t)].column)] = t + 1
      t = matrix.entries[Int(t)].rowNext
    }
    t = matrix.columnHead[j]
    while t >= 0 && work >= 0 {
      let e = matrix.entries[Int(t)]
      t = e.columnNext
      if Int(e.row) != i { add(i, to: Int(e.row), -e.value / a, clearing: j) }
    }
    t = matrix.rowHead[i]
    while t >= 0 {
      mark[Int(matrix.entries[Int(t)].column)] = 0
      t = matrix.entries[Int(t)].rowNext
    }
  }

  private mutating func add(_ i: Int, to p: Int, _ factor: Double, clearing j: Int) {
    work -= Int(matrix.rowLength[i] + matrix.rowLength[p])
    rowSize[p] = max(rowSize[p], abs(factor) * rowSize[i])
    let dust = 1e-12 * rowSize[p]
    var k = matrix.rowHead[p]
    while k >= 0 {
      let e = matrix.entries[Int(k)]
      let here = k
      k = e.rowNext
      let column = Int(e.column)
      let position = mark[column]
      if position == 0 { continue }
      mark[column] = -position
      let sum = e.value + factor * matrix.entries[Int(position) - 1].value
      if column == j || abs(sum) <= dust {
        matrix.remove(here)
        enqueue(column)
      } else {
        matrix.entries[Int(here)].value = sum
      }
    }
    k = matrix.rowHead[i]
    while k >= 0 {
      let e = matrix.entries[Int(k)]
      k = e.rowNext
      let column = Int(e.column)
      if mark[column] < 0 {
        mark[column] = -mark[column]
      } else {
        matrix.add(factor * e.value, row: p, column: column)
        enqueue(column)
      }
    }
    additions.append(
      Addition(source: Int32(truncatingIfNeeded: i), previous: lastAddition[p], factor: factor))
    lastAddition[p] = Int32(truncatingIfNeeded: additions.count - 1)
    if matrix.rowLength[p] == 0 { vanished.append(p) }
  }

  /// Takes the pivot row away.
  private mutating func discard(_ i: Int) {
    var k = matrix.rowHead[i]
    while k >= 0 {
      let e = matrix.entries[Int(k)]
      matrix.unlinkFromColumn(k)
      enqueue(Int(e.column))
      k = e.rowNext
    }
    matrix.clearRow(i)
  }

  /// The rows whose sum with these factors is what is left of a row; its own factor is 1.
  /// - Complexity: O(additions that went into it), and sorting of its rows.
  func combination(_ p: Int) -> [(row: Int, factor: Double)] {
    var factors = [p: 0.0]
    var open = [p]
    while let row = open.popLast() {
      var t = lastAddition[row]
      while t >= 0 {
        let addition = additions[Int(t)]
        if factors.updateValue(0, forKey: Int(addition.source)) == nil { open.append(Int(addition.source)) }
        t = addition.previous
      }
    }
    factors[p] = 1
    // A pivot row was added to rows that became pivot rows later, so those come first.
    func time(_ row: Int) -> Int32 { row == p ? .max : step[row] }
    let ordered = factors.keys.sorted { time($0) > time($1) }
    for row in ordered {
      let factor = factors[row] ?? 0
      var t = lastAddition[row]
      while t >= 0 && factor != 0 {
        factors[Int(additions[Int(t)].source), default: 0] += additions[Int(t)].factor * factor
        t = additions[Int(t)].previous
      }
    }
    return ordered.compactMap { row in factors[row].flatMap { $0 == 0 ? nil : (row, $0) } }
  }
}
