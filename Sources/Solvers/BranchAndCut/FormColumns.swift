import LinearAlgebra

/// What a search wants to know about the columns of a form: their rows, which must be whole, and in which direction rows
/// limit them.
struct FormColumns: Sendable {
  let integers: [Int32]
  let hasContinuous: Bool
  /// `starts[j]..<starts[j + 1]` are the entries of column j.
  let starts: [Int]
  let rows: [Int32]
  let values: [Double]
  /// Number of rows that may be violated when a column falls or rises.
  let downLocks: [Int32]
  let upLocks: [Int32]

  /// - Complexity: O(entries).
  init(_ form: LinearForm) {
    let n = form.columnCount
    integers = (0..<n).filter { form.isInteger[$0] != 0 }.map { Int32($0) }
    hasContinuous = integers.count < n
    let columns = SparseMatrix(
      rowCount: n, columnCount: form.rowCount, starts: form.starts, rowIndices: form.entryColumns,
      values: form.entryValues
    ).transposed()
    starts = columns.starts
    rows = columns.rowIndices
    values = columns.values
    var down = [Int32](repeating: 0, count: n)
    var up = [Int32](repeating: 0, count: n)
    for i in 0..<form.rowCount {
      for k in form.starts[i]..<form.starts[i + 1] {
        let (j, a) = (Int(form.entryColumns[k]), form.entryValues[k])
        if form.rowLower[i].isFinite { if a > 0 { down[j] += 1 } else { up[j] += 1 } }
        if form.rowUpper[i].isFinite { if a > 0 { up[j] += 1 } else { down[j] += 1 } }
      }
    }
    downLocks = down
    upLocks = up
  }

  /// The point with whole columns made whole; nil when one is further from a whole number than the tolerance.
  func rounded(_ point: [Double], tolerance: Double) -> [Double]? {
    var whole = point
    for j in integers {
      let value = point[Int(j)]
      let nearest = value.rounded()
      guard abs(value - nearest) <= tolerance else { return nil }
      whole[Int(j)] = nearest
    }
    return whole
  }

  /// Whether a point keeps all bounds and rows of the form to 1e-6, relative to their size or 1.
  /// - Complexity: O(entries).
  func isFeasible(_ point: [Double], form: LinearForm, tolerance: Double = 1e-6) -> Bool {
    for j in 0..<form.columnCount {
      let value = point[j]
      guard value.isFinite, value >= form.columnLower[j] - tolerance * max(1, abs(form.columnLower[j])),
        value <= form.columnUpper[j] + tolerance * max(1, abs(form.columnUpper[j]))
      else { return false }
    }
    for i in 0..<form.rowCount {
      var total = 0.0
      for k in form.starts[i]..<form.starts[i + 1] { total += form.entryValues[k] * point[Int(form.entryColumns[k])] }
      guard total >= form.rowLower[i] - tolerance * max(1, abs(form.rowLower[i])),
        total <= form.rowUpper[i] + tolerance * max(1, abs(form.rowUpper[i]))
      else { return false }
    }
    return true
  }
}

/// The step between objectives of whole points.
enum Granularity {
  /// The largest number that all costs are multiples of, when only whole columns have any; 0 otherwise.
  ///
  /// Costs are taken as decimals with at most six places.
  static func of(_ form: LinearForm) -> Double {
    var divisor: Int64 = 0
    for scale in [1.0, 10, 100, 1000, 10_000, 100_000, 1_000_000] {
      divisor = 0
      var isWhole = true
      for j in 0..<form.columnCount where form.objective[j] != 0 && form.columnLower[j] != form.columnUpper[j] {
        if form.isInteger[j] == 0 { return 0 }
        let scaled = form.objective[j] * scale
        guard abs(scaled) < 1e15, abs(scaled - scaled.rounded()) <= 1e-9 * max(1, abs(scaled)) else {
          isWhole = false
          break
        }
        divisor = gcd(divisor, Int64(abs(scaled.rounded())))
      }
      if isWhole { return Double(divisor) / scale }
    }
    return 0
  }

  private static func gcd(_ a: Int64, _ b: Int64) -> Int64 {
    var (a, b) = (a, b)
    while b != 0 { (a, b) = (b, a % b) }
    return a
  }
}
