/// A row that sums are formed in: values by column, with the list of columns that were touched.
///
/// A handle on memory of its own, to be freed by ``deallocate()``; untouched columns are 0.
struct SparseRow {
  let values: UnsafeMutablePointer<Double>
  let columns: UnsafeMutablePointer<Int32>
  private let isTouched: UnsafeMutablePointer<UInt8>
  private let size: UnsafeMutablePointer<Int>

  init(capacity: Int) {
    values = .allocate(capacity: capacity + 1)
    columns = .allocate(capacity: capacity + 1)
    isTouched = .allocate(capacity: capacity + 1)
    size = .allocate(capacity: 1)
    values.initialize(repeating: 0, count: capacity + 1)
    columns.initialize(repeating: 0, count: capacity + 1)
    isTouched.initialize(repeating: 0, count: capacity + 1)
    size.initialize(to: 0)
  }

  /// Touched columns, some of which may have the value 0.
  @inline(__always) var count: Int { size.pointee }

  @inline(__always)
  func add(_ column: Int, _ value: Double) {
    if isTouched[column] == 0 {
      isTouched[column] = 1
      columns[size.pointee] = Int32(truncatingIfNeeded: column)
      size.pointee += 1
    }
    values[column] += value
  }

  /// Makes all values 0. Complexity: O(touched columns).
  func clear() {
    for k in 0..<size.pointee {
      let j = Int(columns[k])
      values[j] = 0
      isTouched[j] = 0
    }
    size.pointee = 0
  }

  func deallocate() {
    values.deallocate()
    columns.deallocate()
    isTouched.deallocate()
    size.deallocate()
  }
}
