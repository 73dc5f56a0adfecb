import LinearAlgebra

/// A feasible point near one that violates a few rows: these rows may give at a price while whole columns move a little,
/// and where no violation is left, a small search makes the columns that had to move whole.
///
/// The elastic program minimizes the sum of the violations, each relative to the largest entry of its row, and far behind
/// that the distance of the whole columns from where they were (J. W. Chinneck, "Feasibility and infeasibility in
/// optimization", Springer, 2008, chapter 6). The search that follows is one of the neighbourhood of the point as it is.
struct ElasticRepair {
  struct Options: Sendable {
    /// How far a whole column may move in the elastic program.
    var radius = 1.0
    /// Price of a unit of distance; that of violation is 1.
    var distanceCost = 1e-3
    /// Violation, relative to the largest entry of its row, that is left where a row cannot be kept.
    var feasibility = 1e-6
    var nodeLimit = 200
  }

  let form: LinearForm
  let columns: FormColumns
  /// Bounds of the columns, within those of the form.
  let lower: [Double]
  let upper: [Double]
  var options = Options()
  var seed: UInt64 = 1
  /// Only points with a smaller objective, without constant, are of interest.
  var cutoff = Double.infinity
  /// Simplex steps so far.
  private(set) var iterations = 0

  init(_ form: LinearForm, columns: FormColumns, lower: [Double], upper: [Double], options: Options = Options()) {
    self.form = form
    self.columns = columns
    self.lower = lower
    self.upper = upper
    self.options = options
  }

  /// - Parameters:
  ///   - near: a point with whole values in the whole columns.
  ///   - iterationLimit: simplex steps at most.
  /// - Returns: a feasible point, or nil.
  mutating func run(near: [Double], iterationLimit: Int, shouldStop: @escaping () -> Bool) -> [Double]? {
    let activities = form.activities(at: near)
    let violated = (0..<form.rowCount).filter {
      let slack = PointActivities.tolerance
      return activities[$0] < form.rowLower[$0] - slack * max(1, abs(form.rowLower[$0]))
        || activities[$0] > form.rowUpper[$0] + slack * max(1, abs(form.rowUpper[$0]))
    }
    guard let loosened = elasticPoint(near, violated, iterationLimit, shouldStop) else { return nil }
    var isFree = [Bool](repeating: false, count: form.columnCount)
    for j in columns.integers where abs(loosened[Int(j)] - near[Int(j)]) > 1e-6 { isFree[Int(j)] = true }
    if let point = search(near, isFree, iterationLimit, shouldStop) { return point }
    // The columns that moved were not enough: those of the violated rows as well.
    for i in violated {
      for k in form.starts[i]..<form.starts[i + 1] { isFree[Int(form.entryColumns[k])] = true }
    }
    return iterations < iterationLimit ? search(near, isFree, iterationLimit, shouldStop) : nil
  }

  /// The point of the elastic program; nil where some row remains violated.
  private mutating func elasticPoint(
    _ near: [Double], _ violated: [Int], _ limit: Int, _ shouldStop: () -> Bool
  ) -> [Double]? {
    var elastic = form
    elastic.objective = [Double](repeating: 0, count: form.columnCount)
    for j in 0..<form.columnCount {
      elastic.isInteger[j] = 0
      if form.isInteger[j] == 0 { continue }
      let value = near[j]
      elastic.columnLower[j] = max(lower[j], value - options.radius)
      elastic.columnUpper[j] = min(upper[j], value + options.radius)
      if elastic.columnLower[j] > elastic.columnUpper[j] { return nil }
      if value <= elastic.columnLower[j] {
        elastic.objective[j] = options.distanceCost
      } else if value >= elastic.columnUpper[j] {
        elastic.objective[j] = -options.distanceCost
      }
    }
    var slacks: [(row: Int, column: Int, sign: Double)] = []
    for i in violated {
      var largest = 0.0
      for k in form.starts[i]..<form.starts[i + 1] { largest = max(largest, abs(form.entryValues[k])) }
      if largest == 0 { return nil }
      for sign in [largest, -largest] {
        slacks.append((i, elastic.addColumn(lower: 0, upper: .infinity, objective: 1), sign))
      }
    }
    elastic.insert(slacks)
    let simplex = Simplex(elastic)
    defer { iterations += simplex.iterations }
    guard simplex.solve(iterationLimit: limit, shouldStop: shouldStop) == .optimal else { return nil }
    let point = simplex.point
    let left = point[form.columnCount...].max() ?? 0
    return left <= options.feasibility ? point : nil
  }

  /// The best point with all whole columns but the free ones where they were.
  private mutating func search(
    _ near: [Double], _ isFree: [Bool], _ limit: Int, _ shouldStop: @escaping () -> Bool
  ) -> [Double]? {
    var part = form
    for j in columns.integers {
      let j = Int(j)
      part.columnLower[j] = isFree[j] ? lower[j] : near[j]
      part.columnUpper[j] = isFree[j] ? upper[j] : near[j]
    }
    var inner = InnerSearch(shouldStop: shouldStop)
    inner.nodeLimit = options.nodeLimit
    inner.iterationLimit = max(0, limit - iterations)
    inner.seed = seed
    inner.cutoff = cutoff
    let result = inner.solve(part)
    iterations += inner.iterations
    return result?.point
  }
}

extension LinearForm {
  /// Adds entries to rows that are there already.
  /// - Complexity: O(entries).
  fileprivate mutating func insert(_ added: [(row: Int, column: Int, sign: Double)]) {
    var counts = [Int](repeating: 0, count: rowCount)
    for entry in added { counts[entry.row] += 1 }
    let (oldStarts, oldColumns, oldValues) = (starts, entryColumns, entryValues)
    entryColumns = []
    entryValues = []
    entryColumns.reserveCapacity(oldColumns.count + added.count)
    entryValues.reserveCapacity(oldColumns.count + added.count)
    var byRow = added[...]
    for i in 0..<rowCount {
      entryColumns += oldColumns[oldStarts[i]..<oldStarts[i + 1]]
      entryValues += oldValues[oldStarts[i]..<oldStarts[i + 1]]
      while counts[i] > 0, let entry = byRow.popFirst() {
        entryColumns.append(Int32(truncatingIfNeeded: entry.column))
        entryValues.append(entry.sign)
        counts[i] -= 1
      }
      starts[i + 1] = entryValues.count
    }
  }
}
