/// Sparse rows one after the other; `starts[i]..<starts[i + 1]` are the entries of row i.
///
/// Owns memory that is freed by ``deallocate()``; copies share it.
struct RowTable {
  private(set) var count: Int
  private(set) var starts: UnsafeMutablePointer<Int>
  private(set) var columns: UnsafeMutablePointer<Int32>
  private(set) var values: UnsafeMutablePointer<Double>
  private var rowCapacity: Int
  private var entryCapacity: Int

  /// Room for rows and entries, without rows.
  init(rowCapacity: Int, entryCapacity: Int) {
    count = 0
    self.rowCapacity = rowCapacity
    self.entryCapacity = entryCapacity
    starts = .allocate(capacity: rowCapacity + 1)
    columns = .allocate(capacity: entryCapacity + 1)
    values = .allocate(capacity: entryCapacity + 1)
    starts[0] = 0
  }

  /// The rows of a form.
  init(_ form: LinearForm) {
    self.init(rowCapacity: form.rowCount, entryCapacity: form.entryCount)
    count = form.rowCount
    for i in 0...count { starts[i] = form.starts[i] }
    for k in 0..<form.entryCount {
      columns[k] = form.entryColumns[k]
      values[k] = form.entryValues[k]
    }
  }

  /// The same entries by columns. Complexity: O(rows + columns + entries).
  func transposed(columnCount: Int) -> RowTable {
    var result = RowTable(rowCapacity: columnCount, entryCapacity: starts[count])
    result.count = columnCount
    result.starts.update(repeating: 0, count: columnCount + 1)
    for k in 0..<starts[count] { result.starts[Int(columns[k]) + 1] += 1 }
    for j in 0..<columnCount { result.starts[j + 1] += result.starts[j] }
    for i in 0..<count {
      for k in starts[i]..<starts[i + 1] {
        let j = Int(columns[k])
        let place = result.starts[j]
        result.columns[place] = Int32(truncatingIfNeeded: i)
        result.values[place] = values[k]
        result.starts[j] += 1
      }
    }
    var j = columnCount
    while j > 0 {
      result.starts[j] = result.starts[j - 1]
      j -= 1
    }
    result.starts[0] = 0
    return result
  }

  /// Keeps the first rows only.
  mutating func truncate(to rows: Int) { count = rows }

  mutating func append(_ newColumns: [Int32], _ newValues: [Double]) {
    let first = starts[count]
    if count == rowCapacity {
      rowCapacity += rowCapacity / 2 + 16
      let new = UnsafeMutablePointer<Int>.allocate(capacity: rowCapacity + 1)
      new.update(from: starts, count: count + 1)
      starts.deallocate()
      starts = new
    }
    if first + newColumns.count > entryCapacity {
      entryCapacity += entryCapacity / 2 + newColumns.count
      let moved = UnsafeMutablePointer<Int32>.allocate(capacity: entryCapacity + 1)
      let movedValues = UnsafeMutablePointer<Double>.allocate(capacity: entryCapacity + 1)
      moved.update(from: columns, count: first)
      movedValues.update(from: values, count: first)
      columns.deallocate()
      values.deallocate()
      columns = moved
      values = movedValues
    }
    for k in 0..<newColumns.count {
      columns[first + k] = newColumns[k]
      values[first + k] = newValues[k]
    }
    count += 1
    starts[count] = first + newColumns.count
  }

  func deallocate() {
    starts.deallocate()
    columns.deallocate()
    values.deallocate()
  }
}
