import Constraints

/// An answer on its way back through the records of a ``ReductionStack``, in the sense "minimize".
///
/// Before each record the numbers are an answer of the problem after its reduction, behind it one of the problem before.
struct Recovery: ~Copyable {
  typealias Record = ReductionStack.Record
  typealias Status = Basis.Status

  let columnCount: Int
  let rowCount: Int
  let hasDuals: Bool
  let hasBasis: Bool
  /// Whether the multipliers are those of a certificate of infeasibility: then there is no objective and no point.
  var isCertificate = false
  let point: UnsafeMutablePointer<Double>
  let reducedCosts: UnsafeMutablePointer<Double>
  /// Of the rows, then of the rows of the cones.
  let multipliers: UnsafeMutablePointer<Double>
  let columnStatus: UnsafeMutablePointer<Status>
  let rowStatus: UnsafeMutablePointer<Status>

  init(_ original: ConicForm, hasDuals: Bool, hasBasis: Bool) {
    self.hasDuals = hasDuals
    self.hasBasis = hasBasis
    columnCount = original.linear.columnCount
    rowCount = original.linear.rowCount
    let cones = original.coneRowCount
    point = .allocate(capacity: columnCount + 1)
    reducedCosts = .allocate(capacity: columnCount + 1)
    multipliers = .allocate(capacity: rowCount + cones + 1)
    columnStatus = .allocate(capacity: columnCount + 1)
    rowStatus = .allocate(capacity: rowCount + 1)
    point.initialize(repeating: 0, count: columnCount + 1)
    reducedCosts.initialize(repeating: 0, count: columnCount + 1)
    multipliers.initialize(repeating: 0, count: rowCount + cones + 1)
    columnStatus.initialize(repeating: .basic, count: columnCount + 1)
    rowStatus.initialize(repeating: .basic, count: rowCount + 1)
  }

  deinit {
    point.deallocate()
    reducedCosts.deallocate()
    multipliers.deallocate()
    columnStatus.deallocate()
    rowStatus.deallocate()
  }

  var pointValues: [Double] { Array(UnsafeBufferPointer(start: point, count: columnCount)) }

  func multiplierValues(_ sign: Double) -> [Double] { (0..<rowCount).map { sign * multipliers[$0] } }

  func reducedCostValues(_ sign: Double) -> [Double] { (0..<columnCount).map { sign * reducedCosts[$0] } }

  /// The statuses, with equal bounds and sides called fixed.
  func basis(of form: LinearForm) -> Basis {
    func named(_ status: Status, _ low: Double, _ high: Double) -> Status {
      if status == .basic { return .basic }
      if low == high { return .fixed }
      if low == -.infinity && high == .infinity { return .free }
      if low == -.infinity { return .atUpper }
      if high == .infinity { return .atLower }
      return status
    }
    return Basis(
      columns: (0..<form.columnCount).map { named(columnStatus[$0], form.columnLower[$0], form.columnUpper[$0]) },
      rows: (0..<form.rowCount).map { named(rowStatus[$0], form.rowLower[$0], form.rowUpper[$0]) })
  }

  // MARK: - Undoing

  /// Undoes all records, the last one first.
  mutating func undo(_ stack: ReductionStack) {
    stack.indices.withUnsafeBufferPointer { indices in
      stack.values.withUnsafeBufferPointer { values in
        for record in stack.records.reversed() {
          let entries = Entries(record, indices, values)
          switch record.kind {
          case .fixedColumn: undoFixedColumn(record, entries)
          case .singletonRow: undoSingletonRow(record)
          case .forcingRow: undoForcingRow(record, entries)
          case .substitution: undoSubstitution(record, entries)
          case .doubleton: undoDoubleton(record, entries)
          case .alias: point[Int(record.column)] = record.value - entries.sum(0, 1, point)
          case .slack: undoSlack(record, entries)
          case .pulledRows: undoPulledRows(record, entries)
          case .parallelRow: undoParallelRow(record)
          case .parallelColumn: undoParallelColumn(record, entries)
          case .heldRow:
            let i = Int(record.row)
            if rowStatus[i] != .basic { rowStatus[i] = record.marks.contains(.lower) ? .atLower : .atUpper }
          case .addedRow: multipliers[Int(record.other)] += record.pivot * multipliers[Int(record.row)]
          }
        }
      }
    }
  }

  /// The entries of a record.
  struct Entries {
    let indices: UnsafePointer<Int32>
    let values: UnsafePointer<Double>

    init(_ record: Record, _ indices: UnsafeBufferPointer<Int32>, _ values: UnsafeBufferPointer<Double>) {
      // Without any entry there is no base address, and nothing is read.
      self.indices = (indices.baseAddress ?? UnsafePointer(bitPattern: 8)!) + record.first
      self.values = (values.baseAddress ?? UnsafePointer(bitPattern: 8)!) + record.first
    }

    /// The sum of entries `start..<start + count` times numbers.
    @inline(__always)
    func sum(_ start: Int, _ count: Int32, _ x: UnsafePointer<Double>) -> Double {
      var total = 0.0
      for t in start..<start + Int(count) { total += values[t] * x[Int(indices[t])] }
      return total
    }
  }

  /// Whether a column is held at its lower bound, as its status says; where the bounds are equal or there is no basis,
  /// by the sign of its reduced cost, and none when it is 0.
  @inline(__always)
  func side(of j: Int) -> Side {
    if hasBasis {
      switch columnStatus[j] {
      case .basic, .free: return .none
      case .atLower: return .lower
      case .atUpper: return .upper
      case .fixed: return reducedCosts[j] >= 0 ? .lower : .upper
      }
    }
    return reducedCosts[j] > 0 ? .lower : reducedCosts[j] < 0 ? .upper : .none
  }

  enum Side { case none, lower, upper }

  private mutating func undoFixedColumn(_ r: Record, _ e: Entries) {
    let j = Int(r.column)
    point[j] = r.value
    if hasDuals {
      var d = -e.sum(0, r.count, multipliers)
      if !isCertificate { d += r.cost + e.sum(Int(r.count), r.secondCount, point) }
      reducedCosts[j] = d
    }
    if hasBasis {
      columnStatus[j] = r.marks.contains(.lower) ? .atLower : r.marks.contains(.upper) ? .atUpper
        : r.marks.contains(.free) ? .free : .fixed
    }
  }

  private mutating func undoSingletonRow(_ r: Record) {
    let (i, j) = (Int(r.row), Int(r.column))
    let side = side(of: j)
    let isOwed = side == .lower && r.marks.contains(.lower) || side == .upper && r.marks.contains(.upper)
    if isOwed {
      multipliers[i] = reducedCosts[j] / r.pivot
      reducedCosts[j] = 0
      columnStatus[j] = .basic
      rowStatus[i] = (side == .lower) == (r.pivot > 0) ? .atLower : .atUpper
    } else {
      multipliers[i] = 0
      rowStatus[i] = .basic
      settle(j, side)
    }
  }

  /// Gives a column whose bounds were equal the bound that it is held at, now that they may not be any more.
  @inline(__always)
  private mutating func settle(_ j: Int, _ side: Side) {
    if hasBasis && columnStatus[j] == .fixed { columnStatus[j] = side == .lower ? .atLower : .atUpper }
  }

  private mutating func undoForcingRow(_ r: Record, _ e: Entries) {
    let i = Int(r.row)
    multipliers[i] = 0
    rowStatus[i] = .basic
    guard hasDuals else { return }
    // The multiplier nearest to 0 with which every reduced cost has the sign that its bound demands.
    let isUpper = r.marks.contains(.upper)
    var multiplier = 0.0
    var basic = -1
    for t in 0..<Int(r.count) {
      let ratio = reducedCosts[Int(e.indices[t])] / e.values[t]
      if isUpper ? ratio < multiplier : ratio > multiplier {
        multiplier = ratio
        basic = Int(e.indices[t])
      }
    }
    guard basic >= 0 else { return }
    for t in 0..<Int(r.count) { reducedCosts[Int(e.indices[t])] -= e.values[t] * multiplier }
    reducedCosts[basic] = 0
    multipliers[i] = multiplier
    columnStatus[basic] = .basic
    rowStatus[i] = isUpper ? .atUpper : .atLower
  }

  private mutating func undoParallelRow(_ r: Record) {
    // Row `other` is `pivot` times row `row`; marks say which sides of the kept row are the other's.
    let (i, p) = (Int(r.row), Int(r.other))
    let isLower: Bool
    if hasBasis && (rowStatus[i] == .atLower || rowStatus[i] == .atUpper) {
      isLower = rowStatus[i] == .atLower
    } else {
      isLower = multipliers[i] >= 0
    }
    let isOwed = r.marks.contains(isLower ? .lower : .upper) && (!hasBasis || rowStatus[i] != .basic)
    multipliers[p] = 0
    rowStatus[p] = .basic
    if isOwed {
      multipliers[p] = multipliers[i] / r.pivot
      multipliers[i] = 0
      rowStatus[p] = isLower == (r.pivot > 0) ? .atLower : .atUpper
      rowStatus[i] = .basic
    } else if hasBasis && rowStatus[i] == .fixed {
      rowStatus[i] = isLower ? .atLower : .atUpper
    }
  }
}
