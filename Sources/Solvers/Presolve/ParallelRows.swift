/// Rows that are multiples of each other are merged into one.
///
/// J. A. Tomlin and J. S. Welch, "Finding duplicate rows in a linear programming model", Operations Research Letters 5
/// (1986), with hashes in place of sorting.
extension PresolveProblem {
  /// Merges multiples of rows; each group keeps its first.
  /// - Complexity: O(rows + entries).
  mutating func reduceParallelRows() throws(Stop) {
    var table = HashTable(capacity: rowsLeft)
    for i in 0..<rowCount where isRowGone[i] == 0 && matrix.rowLength[i] > 1 {
      let hash = rowHash(i)
      var slot = table.firstSlot(hash)
      while let other = table.candidate(hash, &slot) {
        if isRowGone[other] == 0, let ratio = rowRatio(i, to: other) {
          try mergeRow(i, into: other, ratio)
          break
        }
      }
      if isRowGone[i] == 0 { table.insert(hash, i) }
    }
  }

  /// A number that is the same for multiples of a row.
  private func rowHash(_ i: Int) -> UInt64 {
    var first = Int32.max
    var scale = 1.0
    var k = matrix.rowHead[i]
    while k >= 0 {
      let e = matrix.entries[Int(k)]
      if e.column < first { (first, scale) = (e.column, e.value) }
      k = e.rowNext
    }
    let inverse = 1 / scale
    var hash = UInt64(truncatingIfNeeded: matrix.rowLength[i])
    k = matrix.rowHead[i]
    while k >= 0 {
      let e = matrix.entries[Int(k)]
      hash &+= HashTable.mixed(e.column, e.value * inverse)
      k = e.rowNext
    }
    return hash
  }

  /// The factor that makes a row of another; nil when there is none.
  private func rowRatio(_ i: Int, to other: Int) -> Double? {
    guard matrix.rowLength[i] == matrix.rowLength[other] else { return nil }
    var k = matrix.rowHead[other]
    while k >= 0 {
      work[Int(matrix.entries[Int(k)].column)] = k + 1
      k = matrix.entries[Int(k)].rowNext
    }
    var ratio: Double?
    var isSame = true
    k = matrix.rowHead[i]
    while k >= 0 && isSame {
      let e = matrix.entries[Int(k)]
      let position = work[Int(e.column)]
      if position == 0 {
        isSame = false
      } else {
        let value = matrix.entries[Int(position) - 1].value
        let factor = ratio ?? e.value / value
        ratio = factor
        isSame = abs(e.value - factor * value) <= 1e-13 * abs(e.value)
      }
      k = e.rowNext
    }
    k = matrix.rowHead[other]
    while k >= 0 {
      work[Int(matrix.entries[Int(k)].column)] = 0
      k = matrix.entries[Int(k)].rowNext
    }
    return isSame ? ratio : nil
  }

  /// Gives the sides of row p, which is `ratio` times row i, to row i and removes it.
  private mutating func mergeRow(_ p: Int, into i: Int, _ ratio: Double) throws(Stop) {
    let (first, second) = (rowLower[p] / ratio, rowUpper[p] / ratio)
    let (low, high) = ratio > 0 ? (first, second) : (second, first)
    let size = max(rowSize[i], rowSize[p] / abs(ratio))
    let (oldLow, oldHigh) = (rowLower[i], rowUpper[i])
    if low > oldHigh + slack(size) { throw .infeasible([(i, -1), (p, 1 / ratio)]) }
    if high < oldLow - slack(size) { throw .infeasible([(i, 1), (p, -1 / ratio)]) }
    var record = ReductionStack.Record(kind: .parallelRow)
    record.row = Int32(truncatingIfNeeded: i)
    record.other = Int32(truncatingIfNeeded: p)
    record.pivot = ratio
    if exceeds(low, oldLow) {
      record.marks.insert(.lower)
      rowLower[i] = min(low, oldHigh)
    }
    if exceeds(-high, -oldHigh) {
      record.marks.insert(.upper)
      rowUpper[i] = max(high, oldLow)
    }
    if rowLower[i] > rowUpper[i] { rowUpper[i] = rowLower[i] }
    rowSize[i] = size
    counts.parallelRows += 1
    stack.push(record)
    removeRow(p)
    changedRows.push(i)
  }
}

/// Indices by hash, open addressing.
struct HashTable: ~Copyable {
  private let hashes: UnsafeMutablePointer<UInt64>
  private let indices: UnsafeMutablePointer<Int32>
  private let mask: Int

  init(capacity: Int) {
    var size = 16
    while size < 2 * capacity { size *= 2 }
    mask = size - 1
    hashes = .allocate(capacity: size)
    indices = .allocate(capacity: size)
    indices.initialize(repeating: -1, count: size)
  }

  deinit {
    hashes.deallocate()
    indices.deallocate()
  }

  /// A hash of an index and a number, the same for numbers that differ by rounding (but for rare cases, which only cost
  /// a reduction).
  @inline(__always)
  static func mixed(_ index: Int32, _ value: Double) -> UInt64 {
    var z = (value.bitPattern &+ (1 << 19)) >> 20
    z = (z &+ UInt64(truncatingIfNeeded: index) &* 0x9E37_79B9_7F4A_7C15) &* 0xBF58_476D_1CE4_E5B9
    return z ^ (z >> 31)
  }

  @inline(__always)
  func firstSlot(_ hash: UInt64) -> Int { Int(truncatingIfNeeded: hash &* 0x94D0_49BB_1331_11EB >> 20) & mask }

  /// The next index with this hash, the slot moved behind it.
  @inline(__always)
  func candidate(_ hash: UInt64, _ slot: inout Int) -> Int? {
    while indices[slot] >= 0 {
      let here = slot
      slot = (slot + 1) & mask
      if hashes[here] == hash { return Int(indices[here]) }
    }
    return nil
  }

  mutating func insert(_ hash: UInt64, _ index: Int) {
    var slot = firstSlot(hash)
    while indices[slot] >= 0 { slot = (slot + 1) & mask }
    hashes[slot] = hash
    indices[slot] = Int32(truncatingIfNeeded: index)
  }
}
