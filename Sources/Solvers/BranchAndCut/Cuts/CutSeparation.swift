import LinearAlgebra

/// Finds cuts: what the separators look at, and the memory they work in.
///
/// Rows of the form are copied once, by rows and by columns. Positions `columnCount + i` of the arrays by column stand
/// for the activity of row i, a column of its own with the sides of the row as bounds; so every aggregation of rows is
/// the equation `Σ weights[i] (row i - activity i) = 0`, in which rows with one side, ranges and equations are alike.
/// Rows `rowCount + k` are the cuts of ``extraRows``.
///
/// All separators return inequalities that hold for every point that satisfies the rows and the global bounds and is
/// whole in whole columns. Nothing here is random.
final class CutSeparation {
  let options: CutOptions
  let columnCount: Int
  let rowCount: Int
  /// Rows by rows, those of the form first, the cuts of ``extraRows`` after them.
  private(set) var rows: RowTable
  let columns: RowTable
  /// Bounds, point and integrality of columns and of activities.
  private(set) var lower: UnsafeMutablePointer<Double>
  private(set) var upper: UnsafeMutablePointer<Double>
  private(set) var point: UnsafeMutablePointer<Double>
  private(set) var isInteger: UnsafeMutablePointer<UInt8>
  let reducedCosts: UnsafeMutablePointer<Double>
  let variableBounds: VariableBounds
  let cliques: CliqueTable
  /// Work space of all separators, clear between calls.
  private(set) var aggregate: SparseRow
  /// Largest term that entered ``aggregate``.
  var aggregateSize = 0.0
  private(set) var substituted: SparseRow
  private(set) var result: SparseRow
  private(set) var rounding: RoundingRow
  private var capacity: Int

  /// Copies the rows and finds what does not depend on a point.
  /// - Parameters:
  ///   - form: a form; its objective is not looked at.
  ///   - cliques: conflicts of its binary columns; those that its rows state when it is not given.
  ///   - impliedBounds: what values of binary columns mean for continuous ones.
  /// - Complexity: O(rows + columns + entries log entries).
  init(
    _ form: LinearForm, cliques: CliqueTable? = nil, impliedBounds: [Probing.ImpliedBound] = [],
    options: CutOptions = CutOptions()
  ) {
    self.options = options
    self.cliques = cliques ?? CliqueTable(form)
    columnCount = form.columnCount
    rowCount = form.rowCount
    let (m, n) = (form.rowCount, form.columnCount)
    rows = RowTable(form)
    columns = rows.transposed(columnCount: n)
    capacity = n + m
    lower = .allocate(capacity: capacity + 1)
    upper = .allocate(capacity: capacity + 1)
    point = .allocate(capacity: capacity + 1)
    isInteger = .allocate(capacity: capacity + 1)
    reducedCosts = .allocate(capacity: n + 1)
    reducedCosts.initialize(repeating: 0, count: n + 1)
    for j in 0..<n {
      lower[j] = form.columnLower[j]
      upper[j] = form.columnUpper[j]
      point[j] = 0
      isInteger[j] = form.isInteger[j]
    }
    for i in 0..<m {
      lower[n + i] = form.rowLower[i]
      upper[n + i] = form.rowUpper[i]
      point[n + i] = 0
    }
    variableBounds = VariableBounds(
      rows, implied: impliedBounds, rowLower: lower + n, rowUpper: upper + n, lower: lower, upper: upper, isInteger: isInteger, columnCount: n)
    aggregate = SparseRow(capacity: capacity)
    substituted = SparseRow(capacity: capacity)
    result = SparseRow(capacity: capacity)
    rounding = RoundingRow(capacity: capacity)
    for i in 0..<m { completeActivity(i) }
  }

  deinit {
    rows.deallocate()
    columns.deallocate()
    lower.deallocate()
    upper.deallocate()
    point.deallocate()
    isInteger.deallocate()
    reducedCosts.deallocate()
    variableBounds.deallocate()
    aggregate.deallocate()
    substituted.deallocate()
    result.deallocate()
    rounding.deallocate()
  }

  /// Global bounds, within which the cuts found from now on hold; those of whole columns are rounded inwards.
  func setBounds(lower newLower: UnsafePointer<Double>, upper newUpper: UnsafePointer<Double>) {
    for j in 0..<columnCount {
      if isInteger[j] != 0 {
        lower[j] = (newLower[j] - options.integrality).rounded(.up)
        upper[j] = (newUpper[j] + options.integrality).rounded(.down)
      } else {
        lower[j] = newLower[j]
        upper[j] = newUpper[j]
      }
    }
  }

  /// The point to be cut off. Values outside the bounds are moved onto them.
  /// - Complexity: O(columns + entries).
  func setPoint(_ x: UnsafePointer<Double>, reducedCosts costs: UnsafePointer<Double>?) {
    for j in 0..<columnCount {
      point[j] = max(lower[j], min(upper[j], x[j]))
      reducedCosts[j] = costs?[j] ?? 0
    }
    for i in 0..<rows.count { setActivity(i) }
    variableBounds.choose(point)
  }

  /// Cuts that are in the relaxation now: row `rowCount + k` in the weights of
  /// ``cutsFromAggregation(rows:weights:kind:into:)``.
  var extraRows: [Cut] = [] {
    didSet {
      reserve(columnCount + rowCount + extraRows.count)
      rows.truncate(to: rowCount)
      for (k, cut) in extraRows.enumerated() {
        rows.append(cut.columns, cut.values)
        lower[columnCount + rowCount + k] = -.infinity
        upper[columnCount + rowCount + k] = cut.upper
        completeActivity(rowCount + k)
        setActivity(rowCount + k)
      }
    }
  }

  /// Sums of whole columns with whole entries are whole, and so are their bounds.
  private func completeActivity(_ i: Int) {
    let z = columnCount + i
    var isWhole = rows.starts[i] < rows.starts[i + 1]
    for k in rows.starts[i]..<rows.starts[i + 1] {
      let value = rows.values[k]
      if isInteger[Int(rows.columns[k])] == 0 || value != value.rounded() || abs(value) > 1e9 {
        isWhole = false
        break
      }
    }
    isInteger[z] = isWhole ? 1 : 0
    if !isWhole { return }
    lower[z] = (lower[z] - options.integrality).rounded(.up)
    upper[z] = (upper[z] + options.integrality).rounded(.down)
  }

  private func setActivity(_ i: Int) {
    var total = 0.0
    for k in rows.starts[i]..<rows.starts[i + 1] { total += rows.values[k] * point[Int(rows.columns[k])] }
    let z = columnCount + i
    point[z] = max(lower[z], min(upper[z], total))
  }

  /// Makes room for this many columns and activities.
  private func reserve(_ needed: Int) {
    if needed <= capacity { return }
    let size = max(needed, capacity + capacity / 2)
    func grown<T>(_ old: UnsafeMutablePointer<T>) -> UnsafeMutablePointer<T> {
      let new = UnsafeMutablePointer<T>.allocate(capacity: size + 1)
      new.update(from: old, count: capacity)
      old.deallocate()
      return new
    }
    lower = grown(lower)
    upper = grown(upper)
    point = grown(point)
    isInteger = grown(isInteger)
    aggregate.deallocate()
    substituted.deallocate()
    result.deallocate()
    rounding.deallocate()
    aggregate = SparseRow(capacity: size)
    substituted = SparseRow(capacity: size)
    result = SparseRow(capacity: size)
    rounding = RoundingRow(capacity: size)
    capacity = size
  }
}
