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

  /// `zᵀs >= 0` as a row with largest entry 1; nil where no column is left in it.
  /// - Complexity: O(terms log terms).
  func row(_ z: [Double]) -> LinearRow? {
    var terms: [(column: Int32, value: Double, size: Double)] = []
    var constant = 0.0
    for k in 0..<dimension where z[k] != 0 {
      constant += z[k] * offsets[k]
      for t in starts[k]..<starts[k + 1] {
        terms.append((columns[t], z[k] * values[t], abs(z[k] * values[t])))
      }
    }
    terms.sort { $0.column < $1.column }
    var row = LinearRow(columns: [], values: [], lower: -constant)
    var sizes: [Double] = []
    for term in terms {
      if row.columns.last == term.column {
        row.values[row.values.count - 1] += term.value
        sizes[sizes.count - 1] = max(sizes[sizes.count - 1], term.size)
      } else {
        row.columns.append(term.column)
        row.values.append(term.value)
        sizes.append(term.size)
      }
    }
    var largest = 0.0
    for value in row.values { largest = max(largest, abs(value)) }
    guard largest > 0, largest.isFinite, constant.isFinite else { return nil }
    var kept = LinearRow(columns: [], values: [], lower: row.lower / largest)
    // What cancels leaves rounding errors, which are no entries.
    for k in row.values.indices where abs(row.values[k]) > 1e-15 * sizes[k] {
      kept.columns.append(row.columns[k])
      kept.values.append(row.values[k] / largest)
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
