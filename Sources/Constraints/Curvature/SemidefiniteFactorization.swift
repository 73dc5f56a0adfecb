/// The factorization `Q = FᵀF` of a sparse symmetric matrix, by elimination in the order of least degree, which either
/// succeeds or ends with a direction of negative curvature.
///
/// The matrix is first scaled to a unit diagonal. Pivots that fall below ``tolerance`` are put off until the end: if the
/// matrix is semidefinite, what is left then is 0 up to rounding, and the rank is the number of rows so far. When what
/// is left is mostly full, the rest is done as a full square with diagonal pivoting.
/// N. J. Higham, "Analysis of the Cholesky decomposition of a semi-definite matrix" (1990); A. George, J. W. H. Liu, "The
/// evolution of the minimum degree ordering algorithm", SIAM Review 31 (1989).
struct SemidefiniteFactorization {
  /// Largest size, relative to the scaled diagonal, of what counts as 0. The coefficients of models are seldom better.
  static let tolerance = 1e-9

  private let form: QuadraticForm
  /// Square roots of the diagonal, the scaling of rows and columns.
  private let scale: [Double]
  private var work: Int
  /// Rows of the matrix that is left: columns ascending, diagonal apart. Empty once eliminated.
  private var rowColumns: [[Int32]]
  private var rowValues: [[Double]]
  private var diagonal: [Double]
  /// Rows of the factor of the scaled matrix, pivot first.
  private var starts: [Int] = [0]
  private var columns: [Int32] = []
  private var values: [Double] = []

  /// - Parameter work: give up after about this many multiplications.
  /// - Complexity: O(n + entries + fill²/n) in sparse cases, O(n² rank) in full ones.
  static func run(_ form: QuadraticForm, work: Int) -> Definiteness {
    for i in 0..<form.count where !(form.diagonal[i] > 0) {
      if let direction = form.escape(at: i) { return .indefinite(direction) }
    }
    var elimination = SemidefiniteFactorization(form, work: work)
    return elimination.eliminate()
  }

  private init(_ form: QuadraticForm, work: Int) {
    self.form = form
    self.work = work
    let scale = form.diagonal.map { $0 > 0 ? $0.squareRoot() : 1 }
    self.scale = scale
    diagonal = form.diagonal.map { $0 > 0 ? 1 : 0 }
    rowColumns = (0..<form.count).map { Array(form.columns[form.starts[$0]..<form.starts[$0 + 1]]) }
    rowValues = (0..<form.count).map { i in
      (form.starts[i]..<form.starts[i + 1]).map { form.values[$0] / (scale[i] * scale[Int(form.columns[$0])]) }
    }
  }

  private mutating func eliminate() -> Definiteness {
    let n = form.count
    var buckets = DegreeBuckets(rowColumns.map(\.count))
    var isPutOff = [Bool](repeating: false, count: n)
    var left = n
    var isFull = false
    while let k = buckets.popLeast() {
      let degree = rowColumns[k].count
      // Lists pay while they are short; a matrix that is mostly full is eliminated faster as a square.
      if degree >= 24 && 4 * degree > left {
        isPutOff[k] = true
        isFull = true
        break
      }
      left -= 1
      if diagonal[k] < -SemidefiniteFactorization.tolerance { return verdict(on: [(k, 1)]) }
      if diagonal[k] <= SemidefiniteFactorization.tolerance {
        isPutOff[k] = true
        continue
      }
      pivot(on: k) { buckets.push($0, degree: $1) }
      if work < 0 { return .undetermined }
    }
    let rest = (0..<n).filter { isPutOff[$0] || !buckets.isDone($0) }
    if let failure = isFull ? eliminateSquare(rest) : inspect(rest) { return failure }
    return .semidefinite(factor)
  }

  /// Whether rows without a diagonal to speak of have nothing else either; nil when they pass.
  private func inspect(_ rest: [Int]) -> Definiteness? {
    for i in rest {
      if diagonal[i] < -SemidefiniteFactorization.tolerance { return verdict(on: [(i, 1)]) }
      for (j, s) in zip(rowColumns[i], rowValues[i]) where abs(s) > 10 * SemidefiniteFactorization.tolerance {
        return verdict(on: [(i, 1), (Int(j), s > 0 ? -1 : 1)])
      }
    }
    return nil
  }

  /// Eliminates row k from the rows it meets and stores it in the factor.
  private mutating func pivot(on k: Int, _ changed: (Int, Int) -> Void) {
    let (pivotColumns, pivotValues) = (rowColumns[k], rowValues[k])
    rowColumns[k] = []
    rowValues[k] = []
    store(k, pivotColumns, pivotValues)
    let inverse = 1 / diagonal[k]
    for (position, column) in pivotColumns.enumerated() {
      let i = Int(column)
      let factor = pivotValues[position] * inverse
      diagonal[i] -= factor * pivotValues[position]
      let (oldColumns, oldValues) = (rowColumns[i], rowValues[i])
      work -= oldColumns.count + pivotColumns.count
      var newColumns: [Int32] = []
      var newValues: [Double] = []
      newColumns.reserveCapacity(oldColumns.count + pivotColumns.count)
      newValues.reserveCapacity(oldColumns.count + pivotColumns.count)
      var (a, b) = (0, 0)
      while a < oldColumns.count || b < pivotColumns.count {
        let p = a < oldColumns.count ? oldColumns[a] : .max
        let q = b < pivotColumns.count ? pivotColumns[b] : .max
        let column = min(p, q)
        var value = 0.0
        if p == column {
          value = oldValues[a]
          a += 1
        }
        if q == column {
          value -= factor * pivotValues[b]
          b += 1
        }
        if Int(column) != k && Int(column) != i {
          newColumns.append(column)
          newValues.append(value)
        }
      }
      rowColumns[i] = newColumns
      rowValues[i] = newValues
      changed(i, newColumns.count)
    }
  }

  /// Appends the row of pivot k, divided by the root of the pivot, to the factor.
  private mutating func store(_ k: Int, _ others: [Int32], _ entries: [Double]) {
    let root = diagonal[k].squareRoot()
    columns.append(Int32(k))
    values.append(root)
    for (p, column) in others.enumerated() where entries[p] != 0 {
      columns.append(column)
      values.append(entries[p] / root)
    }
    starts.append(columns.count)
  }

  /// Eliminates the rest as a full square by diagonal pivoting; nil when it goes through.
  private mutating func eliminateSquare(_ rest: [Int]) -> Definiteness? {
    let m = rest.count
    if m > 6000 { return .undetermined }
    var place = [Int](repeating: -1, count: form.count)
    for (p, i) in rest.enumerated() { place[i] = p }
    var square = [Double](repeating: 0, count: m * m)
    for (p, i) in rest.enumerated() {
      square[p * m + p] = diagonal[i]
      for (column, value) in zip(rowColumns[i], rowValues[i]) { square[p * m + place[Int(column)]] = value }
      rowColumns[i] = []
      rowValues[i] = []
    }
    // Row p of the square is row `order[p]` of Q; the first `left` are not yet eliminated.
    var order = rest
    var left = m
    while left > 0 {
      let best = (0..<left).max { square[$0 * m + $0] < square[$1 * m + $1] }!
      if square[best * m + best] <= SemidefiniteFactorization.tolerance { break }
      left -= 1
      SemidefiniteFactorization.swap(best, left, in: &square, m)
      order.swapAt(best, left)
      diagonal[order[left]] = square[left * m + left]
      let pivotRow = Array(square[(left * m)..<(left * m + left)])
      store(order[left], order[..<left].map { Int32($0) }, pivotRow)
      SemidefiniteFactorization.subtractProduct(of: pivotRow, over: square[left * m + left], from: &square, m)
      work -= left * left
      if work < 0 { return .undetermined }
    }
    for (p, i) in order[..<left].enumerated() {
      diagonal[i] = square[p * m + p]
      for q in 0..<left where q != p && abs(square[p * m + q]) > SemidefiniteFactorization.tolerance {
        rowColumns[i].append(Int32(order[q]))
        rowValues[i].append(square[p * m + q])
      }
    }
    return inspect(Array(order[..<left]))
  }

  /// Exchanges rows and columns p and q of a square of side m.
  private static func swap(_ p: Int, _ q: Int, in square: inout [Double], _ m: Int) {
    if p == q { return }
    for j in 0..<m { square.swapAt(p * m + j, q * m + j) }
    for i in 0..<m { square.swapAt(i * m + p, i * m + q) }
  }

  /// Subtracts `v vᵀ / pivot` from the leading part of a square of side m.
  private static func subtractProduct(of v: [Double], over pivot: Double, from square: inout [Double], _ m: Int) {
    square.withUnsafeMutableBufferPointer { square in
      v.withUnsafeBufferPointer { v in
        for i in 0..<v.count where v[i] != 0 {
          let factor = v[i] / pivot
          let row = square.baseAddress! + i * m
          for j in 0..<v.count { row[j] -= factor * v[j] }
        }
      }
    }
  }

  /// Extends a direction of the rows that are left to all rows, so that `vᵀQv` is the value it has there, and keeps it
  /// if it proves what it should.
  private func verdict(on seed: [(Int, Double)]) -> Definiteness {
    var v = [Double](repeating: 0, count: form.count)
    for (i, x) in seed { v[i] = x }
    for r in stride(from: starts.count - 2, through: 0, by: -1) {
      var sum = 0.0
      for k in (starts[r] + 1)..<max(starts[r + 1], starts[r] + 1) { sum += values[k] * v[Int(columns[k])] }
      v[Int(columns[starts[r]])] = -sum / values[starts[r]]
    }
    for i in v.indices { v[i] /= scale[i] }
    return form.direction(v).map { .indefinite($0) } ?? .undetermined
  }

  private var factor: Definiteness.Factor {
    var result = Definiteness.Factor()
    result.starts = starts
    result.variables = columns.map { form.variables[Int($0)] }
    result.values = columns.indices.map { values[$0] * scale[Int(columns[$0])] }
    return result
  }
}

/// Rows by degree; entries that a later push has overtaken are skipped.
private struct DegreeBuckets {
  private var buckets: [[Int32]] = []
  private var degree: [Int]
  private var least = 0

  init(_ degrees: [Int]) {
    degree = degrees
    buckets = Array(repeating: [], count: (degrees.max() ?? 0) + 1)
    for i in degrees.indices.reversed() { buckets[degrees[i]].append(Int32(i)) }
  }

  /// Gives row i, unless it was taken already, a new degree.
  mutating func push(_ i: Int, degree d: Int) {
    if degree[i] < 0 { return }
    degree[i] = d
    while buckets.count <= d { buckets.append([]) }
    buckets[d].append(Int32(i))
    least = min(least, d)
  }

  mutating func popLeast() -> Int? {
    while least < buckets.count {
      while let i = buckets[least].popLast() {
        if degree[Int(i)] == least {
          degree[Int(i)] = -1
          return Int(i)
        }
      }
      least += 1
    }
    return nil
  }

  /// Whether the row was taken.
  func isDone(_ i: Int) -> Bool { degree[i] < 0 }
}

extension QuadraticForm {
  /// Whether Q is positive semidefinite, with a factor or a direction of negative curvature.
  /// - Parameter work: give up after about this many multiplications.
  public func definiteness(work: Int = 1_000_000_000) -> Definiteness { SemidefiniteFactorization.run(self, work: work) }

  /// A direction of negative curvature from a diagonal entry that is not positive; nil when its row is empty.
  func escape(at i: Int) -> Definiteness.Direction? {
    var v = [Double](repeating: 0, count: count)
    v[i] = 1
    if diagonal[i] < 0 { return direction(v) }
    var best: (column: Int, value: Double)?
    for k in starts[i]..<starts[i + 1] where abs(values[k]) > abs(best?.value ?? 0) { best = (Int(columns[k]), values[k]) }
    guard let best else { return nil }
    // With component t here and 1 there the curvature is d + 2 q t; this t makes it -d - 2|q|.
    v[best.column] = 1
    v[i] = -max(diagonal[best.column], 0) / best.value + (best.value > 0 ? -1 : 1)
    return direction(v)
  }

  /// The direction v, made of length 1, if Q's curvature along it is negative beyond rounding.
  func direction(_ v: [Double]) -> Definiteness.Direction? {
    let length = norm(v)
    guard length > 0, length.isFinite else { return nil }
    let unit = v.map { $0 / length }
    let (value, size) = curvature(along: unit)
    guard value < -1e-13 * size else { return nil }
    var components: [LinearTerm] = []
    for i in unit.indices where abs(unit[i]) > 1e-6 { components.append(LinearTerm(unit[i], variables[i])) }
    components.sort { abs($0.coefficient) > abs($1.coefficient) }
    return Definiteness.Direction(components: components, curvature: value)
  }
}
