import LinearAlgebra

/// A cone of few coordinates, each an affine function of the columns of a form, as outer approximation separates it.
///
/// Every multiplier z of the dual cone gives a row `zᵀs >= 0` that all points satisfy, s being the coordinates.
struct ConeBlock: Sendable {
  enum Kind: Sendable, Hashable {
    /// `2 s₀ s₁ >= s₂²`, s₀ and s₁ at least 0.
    case rotated
    /// `s₀ >= ‖(s₁, …)‖₂`.
    case secondOrder
    /// `s₁ exp(s₀/s₁) <= s₂`.
    case exponential
    /// `s₀^a s₁^(1-a) >= |s₂|`.
    case power(Double)
    /// The upper triangle column by column, entries off the diagonal times √2.
    case semidefinite(order: Int)
  }

  let kind: Kind
  /// `starts[k]..<starts[k + 1]` are the terms of coordinate k.
  private(set) var starts: [Int] = [0]
  private(set) var columns: [Int32] = []
  private(set) var values: [Double] = []
  private(set) var offsets: [Double] = []

  init(_ kind: Kind) { self.kind = kind }

  var dimension: Int { offsets.count }

  /// Adds the next coordinate.
  mutating func add(_ terms: some Sequence<(Int32, Double)>, offset: Double = 0) {
    for (column, value) in terms where value != 0 {
      columns.append(column)
      values.append(value)
    }
    starts.append(values.count)
    offsets.append(offset)
  }

  func isConstant(_ k: Int) -> Bool { starts[k] == starts[k + 1] }

  /// The coordinates of a point.
  /// - Complexity: O(terms).
  func coordinates(at point: [Double]) -> [Double] {
    var result = offsets
    for k in 0..<dimension {
      for t in starts[k]..<starts[k + 1] { result[k] += values[t] * point[Int(columns[t])] }
    }
    return result
  }

  /// Entries of rows this small beside the largest are left out; the side gives by what they may come to.
  static let smallEntry = 1e-9

  /// `zᵀs >= 0` as a row with largest entry 1; nil where no column is left in it.
  /// - Parameter bounds: of the columns.
  /// - Complexity: O(terms log terms).
  func row(_ z: [Double], within bounds: ColumnBounds) -> LinearRow? {
    var terms: [(column: Int32, value: Double)] = []
    var constant = 0.0
    for k in 0..<dimension where z[k] != 0 {
      constant += z[k] * offsets[k]
      for t in starts[k]..<starts[k + 1] { terms.append((columns[t], z[k] * values[t])) }
    }
    terms.sort { $0.column < $1.column }
    var row = LinearRow(columns: [], values: [], lower: -constant)
    for term in terms {
      if row.columns.last == term.column {
        row.values[row.values.count - 1] += term.value
      } else {
        row.columns.append(term.column)
        row.values.append(term.value)
      }
    }
    var largest = 0.0
    for value in row.values { largest = max(largest, abs(value)) }
    guard largest > 0, largest.isFinite, constant.isFinite else { return nil }
    var kept = LinearRow(columns: [], values: [], lower: row.lower / largest)
    for (column, value) in zip(row.columns, row.values) {
      let entry = value / largest
      if abs(entry) <= ConeBlock.smallEntry, let most = bounds.most(of: entry, Int(column)) {
        kept.lower -= most
      } else {
        kept.columns.append(column)
        kept.values.append(entry)
      }
    }
    return kept
  }

  /// How far coordinates are outside of the cone, in their units; 0 inside.
  func violation(of s: [Double]) -> Double {
    switch kind {
    case .rotated:
      let root = 0.5.squareRoot()
      return max(0, (((s[0] - s[1]) * root) * ((s[0] - s[1]) * root) + s[2] * s[2]).squareRoot() - (s[0] + s[1]) * root)
    case .secondOrder:
      var square = 0.0
      for x in s.dropFirst() { square += x * x }
      return max(0, square.squareRoot() - s[0])
    case .exponential: return ConicForm.Cone.exponential.set.violation(at: s)
    case .power(let exponent): return ConicForm.Cone.power(exponent: exponent).set.violation(at: s)
    case .semidefinite(let order): return ConicForm.Cone.semidefinite(order: order).set.violation(at: s)
    }
  }
}

/// Bounds of the columns of a form, for leaving small entries out of rows.
struct ColumnBounds: Sendable {
  /// Entries up to this size are left out where the column has no bound: what they come to is rounding error.
  static let dust = 1e-14

  let lower: [Double]
  let upper: [Double]

  init(_ form: LinearForm) {
    lower = form.columnLower
    upper = form.columnUpper
  }

  /// What an entry adds to a row at most; nil where that may be much.
  func most(of entry: Double, _ column: Int) -> Double? {
    if entry == 0 { return 0 }
    let side = entry * (entry > 0 ? upper[column] : lower[column])
    if side.isFinite { return side }
    return abs(entry) <= ColumnBounds.dust ? 0 : nil
  }
}
