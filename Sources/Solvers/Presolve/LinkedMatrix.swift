/// A sparse matrix whose entries hang in two doubly linked lists, of their row and of their column, so that rows and
/// columns are walked, entries removed and entries added at a cost that does not grow with the matrix.
///
/// Entries start out in the order of the rows they were given in, so walking a row reads memory forwards.
struct LinkedMatrix: ~Copyable {
  /// An entry with its neighbours; -1 ends a list.
  struct Entry {
    var value: Double
    var row: Int32
    var column: Int32
    var rowNext: Int32
    var rowPrevious: Int32
    var columnNext: Int32
    var columnPrevious: Int32
  }

  let rowCount: Int
  let columnCount: Int
  /// All entries ever made; removed ones keep their links forwards, so that a walk survives the removal of the entry it
  /// stands on.
  private(set) var entries: UnsafeMutablePointer<Entry>
  private(set) var entryCount = 0
  private var capacity: Int
  /// Entries still linked.
  private(set) var linkedCount = 0
  let rowHead: UnsafeMutablePointer<Int32>
  let columnHead: UnsafeMutablePointer<Int32>
  let rowLength: UnsafeMutablePointer<Int32>
  let columnLength: UnsafeMutablePointer<Int32>
  /// 1 for rows whose columns may not ascend any more.
  let isUnordered: UnsafeMutablePointer<UInt8>

  /// Takes the rows of a form; zeros are left out.
  /// - Complexity: O(rows + columns + entries).
  init(_ form: LinearForm) {
    rowCount = form.rowCount
    columnCount = form.columnCount
    capacity = form.entryCount + 16
    entries = .allocate(capacity: capacity)
    rowHead = .allocate(capacity: rowCount + 1)
    columnHead = .allocate(capacity: columnCount + 1)
    rowLength = .allocate(capacity: rowCount + 1)
    columnLength = .allocate(capacity: columnCount + 1)
    isUnordered = .allocate(capacity: rowCount + 1)
    rowHead.initialize(repeating: -1, count: rowCount + 1)
    columnHead.initialize(repeating: -1, count: columnCount + 1)
    rowLength.initialize(repeating: 0, count: rowCount + 1)
    columnLength.initialize(repeating: 0, count: columnCount + 1)
    isUnordered.initialize(repeating: 0, count: rowCount + 1)
    let columnTail = UnsafeMutablePointer<Int32>.allocate(capacity: columnCount + 1)
    columnTail.initialize(repeating: -1, count: columnCount + 1)
    defer { columnTail.deallocate() }
    var next: Int32 = 0
    let entries = entries
    form.starts.withUnsafeBufferPointer { starts in
      form.entryColumns.withUnsafeBufferPointer { columns in
        form.entryValues.withUnsafeBufferPointer { values in
          for i in 0..<form.rowCount {
            var previous: Int32 = -1
            var last: Int32 = -1
            let first = next
            for k in starts[i]..<starts[i + 1] {
              let value = values[k]
              if value == 0 { continue }
              let j = Int(columns[k])
              let above = columnTail[j]
              entries[Int(next)] = Entry(
                value: value, row: Int32(truncatingIfNeeded: i), column: columns[k], rowNext: next + 1,
                rowPrevious: previous, columnNext: -1, columnPrevious: above)
              if above >= 0 { entries[Int(above)].columnNext = next } else { columnHead[j] = next }
              columnTail[j] = next
              columnLength[j] += 1
              if columns[k] < last { isUnordered[i] = 1 }
              last = columns[k]
              previous = next
              next += 1
            }
            if previous >= 0 {
              entries[Int(previous)].rowNext = -1
              rowHead[i] = first
              rowLength[i] = next - first
            }
          }
        }
      }
    }
    entryCount = Int(next)
    linkedCount = entryCount
  }

  deinit {
    entries.deallocate()
    rowHead.deallocate()
    columnHead.deallocate()
    rowLength.deallocate()
    columnLength.deallocate()
    isUnordered.deallocate()
  }

  /// Takes an entry out of the list of its row.
  @inline(__always)
  func unlinkFromRow(_ k: Int32) {
    let e = entries[Int(k)]
    if e.rowPrevious >= 0 { entries[Int(e.rowPrevious)].rowNext = e.rowNext } else { rowHead[Int(e.row)] = e.rowNext }
    if e.rowNext >= 0 { entries[Int(e.rowNext)].rowPrevious = e.rowPrevious }
    rowLength[Int(e.row)] -= 1
  }

  /// Takes an entry out of the list of its column.
  @inline(__always)
  func unlinkFromColumn(_ k: Int32) {
    let e = entries[Int(k)]
    if e.columnPrevious >= 0 {
      entries[Int(e.columnPrevious)].columnNext = e.columnNext
    } else {
      columnHead[Int(e.column)] = e.columnNext
    }
    if e.columnNext >= 0 { entries[Int(e.columnNext)].columnPrevious = e.columnPrevious }
    columnLength[Int(e.column)] -= 1
  }

  /// Forgets the list of a row whose entries have been taken out of their columns.
  @inline(__always)
  mutating func clearRow(_ i: Int) {
    linkedCount -= Int(rowLength[i])
    rowHead[i] = -1
    rowLength[i] = 0
  }

  /// Forgets the list of a column whose entries have been taken out of their rows.
  @inline(__always)
  mutating func clearColumn(_ j: Int) {
    linkedCount -= Int(columnLength[j])
    columnHead[j] = -1
    columnLength[j] = 0
  }

  /// Removes one entry.
  mutating func remove(_ k: Int32) {
    unlinkFromRow(k)
    unlinkFromColumn(k)
    linkedCount -= 1
  }

  /// Adds an entry at the heads of its lists.
  mutating func add(_ value: Double, row: Int, column: Int) {
    if entryCount == capacity {
      let larger = UnsafeMutablePointer<Entry>.allocate(capacity: 2 * capacity)
      larger.moveInitialize(from: entries, count: entryCount)
      entries.deallocate()
      entries = larger
      capacity *= 2
    }
    let k = Int32(truncatingIfNeeded: entryCount)
    let (rowFirst, columnFirst) = (rowHead[row], columnHead[column])
    entries[entryCount] = Entry(
      value: value, row: Int32(truncatingIfNeeded: row), column: Int32(truncatingIfNeeded: column), rowNext: rowFirst,
      rowPrevious: -1, columnNext: columnFirst, columnPrevious: -1)
    if rowFirst >= 0 { entries[Int(rowFirst)].rowPrevious = k }
    if columnFirst >= 0 { entries[Int(columnFirst)].columnPrevious = k }
    rowHead[row] = k
    columnHead[column] = k
    rowLength[row] += 1
    columnLength[column] += 1
    isUnordered[row] = 1
    entryCount += 1
    linkedCount += 1
  }
}

/// A copy of a linked matrix with each column in one piece, for rules that walk all columns several times.
struct ColumnEntries: ~Copyable {
  struct Column {
    let rows: UnsafePointer<Int32>
    let values: UnsafePointer<Double>
    let count: Int
  }

  private let starts: UnsafeMutablePointer<Int>
  private let rows: UnsafeMutablePointer<Int32>
  private let values: UnsafeMutablePointer<Double>

  /// - Complexity: O(rows + columns + entries).
  init(_ matrix: borrowing LinkedMatrix) {
    let n = matrix.columnCount
    starts = .allocate(capacity: n + 2)
    rows = .allocate(capacity: matrix.linkedCount + 1)
    values = .allocate(capacity: matrix.linkedCount + 1)
    // Each start is one place late, and becomes right while its column is filled.
    starts[0] = 0
    starts[1] = 0
    for j in 0..<n { starts[j + 2] = starts[j + 1] + Int(matrix.columnLength[j]) }
    for i in 0..<matrix.rowCount {
      var k = matrix.rowHead[i]
      while k >= 0 {
        let e = matrix.entries[Int(k)]
        let place = starts[Int(e.column) + 1]
        rows[place] = e.row
        values[place] = e.value
        starts[Int(e.column) + 1] = place + 1
        k = e.rowNext
      }
    }
  }

  deinit {
    starts.deallocate()
    rows.deallocate()
    values.deallocate()
  }

  @inline(__always)
  subscript(j: Int) -> Column {
    Column(rows: rows + starts[j], values: values + starts[j], count: starts[j + 1] - starts[j])
  }
}

/// A first-in, first-out queue of indices below a limit, each at most once in it.
struct IndexQueue: ~Copyable {
  private let ring: UnsafeMutablePointer<Int32>
  private let isQueued: UnsafeMutablePointer<UInt8>
  private let capacity: Int
  private var head = 0
  private(set) var count = 0

  init(limit: Int) {
    capacity = limit + 1
    ring = .allocate(capacity: capacity)
    isQueued = .allocate(capacity: capacity)
    isQueued.initialize(repeating: 0, count: capacity)
  }

  deinit {
    ring.deallocate()
    isQueued.deallocate()
  }

  @inline(__always)
  mutating func push(_ i: Int) {
    if isQueued[i] != 0 { return }
    isQueued[i] = 1
    var tail = head + count
    if tail >= capacity { tail -= capacity }
    ring[tail] = Int32(truncatingIfNeeded: i)
    count += 1
  }

  @inline(__always)
  mutating func pop() -> Int? {
    if count == 0 { return nil }
    let i = Int(ring[head])
    head += 1
    if head == capacity { head = 0 }
    count -= 1
    isQueued[i] = 0
    return i
  }
}
