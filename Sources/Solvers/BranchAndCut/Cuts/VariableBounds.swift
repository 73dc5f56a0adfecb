/// Bounds of continuous columns that depend on a whole column: `x <= constant + slope * y`, or `>=`.
///
/// Taken from rows with one whole column, the other continuous ones at the bounds that hold them back, and from what
/// probing found: a stock that must be there when nothing is produced has a lower bound like that. Owns memory that is
/// freed by ``deallocate()``.
struct VariableBounds {
  struct Bound {
    var y: Int32
    var constant: Double
    var slope: Double
  }

  /// `lowerStarts[j]..<lowerStarts[j + 1]` are the lower ones of column j.
  let lowerStarts: [Int32]
  let upperStarts: [Int32]
  let lowerBounds: UnsafeMutablePointer<Bound>
  let upperBounds: UnsafeMutablePointer<Bound>
  /// The tightest at the point: its position, or -1, and the value it has there.
  let bestLower: UnsafeMutablePointer<Int32>
  let bestUpper: UnsafeMutablePointer<Int32>
  let lowerValue: UnsafeMutablePointer<Double>
  let upperValue: UnsafeMutablePointer<Double>

  /// - Complexity: O(entries + implied bounds).
  init(
    _ rows: RowTable, implied: [Probing.ImpliedBound] = [], rowLower: UnsafePointer<Double>, rowUpper: UnsafePointer<Double>, lower: UnsafePointer<Double>,
    upper: UnsafePointer<Double>, isInteger: UnsafePointer<UInt8>, columnCount n: Int
  ) {
    var found: (lower: [(Int32, Bound)], upper: [(Int32, Bound)]) = ([], [])
    for i in 0..<rows.count {
      var whole = -1
      var count = 0
      for k in rows.starts[i]..<rows.starts[i + 1] where isInteger[Int(rows.columns[k])] != 0 {
        whole = k
        count += 1
      }
      if count != 1 || rows.starts[i + 1] - rows.starts[i] < 2 { continue }
      let y = Int(rows.columns[whole])
      if !(lower[y].isFinite && upper[y].isFinite) { continue }
      // Both sides as `sign * row <= side`.
      for (sign, side) in [(1.0, rowUpper[i]), (-1.0, -rowLower[i])] where side < .infinity {
        var least = 0.0
        var infinite = 0
        for k in rows.starts[i]..<rows.starts[i + 1] where k != whole {
          let a = sign * rows.values[k]
          let part = a > 0 ? a * lower[Int(rows.columns[k])] : a * upper[Int(rows.columns[k])]
          if part.isFinite { least += part } else { infinite += 1 }
        }
        if infinite > 1 { continue }
        let b = sign * rows.values[whole]
        for k in rows.starts[i]..<rows.starts[i + 1] where k != whole {
          let j = Int(rows.columns[k])
          let a = sign * rows.values[k]
          let part = a > 0 ? a * lower[j] : a * upper[j]
          if infinite == 1 && part.isFinite { continue }
          let rest = part.isFinite ? least - part : least
          let bound = Bound(y: rows.columns[whole], constant: (side - rest) / a, slope: -b / a)
          if !bound.constant.isFinite || abs(bound.slope) > 1e7 || abs(bound.constant) > 1e7 { continue }
          // Useful where one of the two values of y narrows the column's own bounds.
          let ends = [bound.constant + bound.slope * lower[y], bound.constant + bound.slope * upper[y]]
          if a > 0 {
            if min(ends[0], ends[1]) < upper[j] { found.upper.append((rows.columns[k], bound)) }
          } else if max(ends[0], ends[1]) > lower[j] {
            found.lower.append((rows.columns[k], bound))
          }
        }
      }
    }
    for (j, isUpper, bound) in Self.combined(implied, lower, upper) {
      if isUpper { found.upper.append((j, bound)) } else { found.lower.append((j, bound)) }
    }
    (lowerStarts, lowerBounds) = Self.sorted(found.lower, n)
    (upperStarts, upperBounds) = Self.sorted(found.upper, n)
    bestLower = .allocate(capacity: n + 1)
    bestUpper = .allocate(capacity: n + 1)
    lowerValue = .allocate(capacity: n + 1)
    upperValue = .allocate(capacity: n + 1)
    bestLower.initialize(repeating: -1, count: n + 1)
    bestUpper.initialize(repeating: -1, count: n + 1)
    lowerValue.initialize(repeating: -.infinity, count: n + 1)
    upperValue.initialize(repeating: .infinity, count: n + 1)
  }

  /// Bounds for both values of the binary column as one line each; where one value implies nothing, the column's own bound.
  private static func combined(
    _ implied: [Probing.ImpliedBound], _ lower: UnsafePointer<Double>, _ upper: UnsafePointer<Double>
  ) -> [(Int32, Bool, Bound)] {
    struct Key: Hashable {
      var column: Int32
      var other: Int32
      var isUpper: Bool
    }
    var ends: [Key: (zero: Double, one: Double)] = [:]
    var order: [Key] = []
    for item in implied {
      let key = Key(column: item.column, other: item.other, isUpper: item.isUpper)
      let own = item.isUpper ? upper[Int(item.column)] : lower[Int(item.column)]
      if ends[key] == nil { order.append(key) }
      var both = ends[key] ?? (own, own)
      if item.value == 0 { both.zero = item.bound } else { both.one = item.bound }
      ends[key] = both
    }
    return order.compactMap { key in
      guard let both = ends[key], both.zero.isFinite, both.one.isFinite, both.zero != both.one else { return nil }
      let bound = Bound(y: key.other, constant: both.zero, slope: both.one - both.zero)
      return abs(bound.slope) > 1e7 || abs(bound.constant) > 1e7 ? nil : (key.column, key.isUpper, bound)
    }
  }

  private static func sorted(_ bounds: [(Int32, Bound)], _ n: Int) -> ([Int32], UnsafeMutablePointer<Bound>) {
    var starts = [Int32](repeating: 0, count: n + 1)
    for (j, _) in bounds { starts[Int(j) + 1] += 1 }
    for j in 0..<n { starts[j + 1] += starts[j] }
    let result = UnsafeMutablePointer<Bound>.allocate(capacity: bounds.count + 1)
    var next = starts
    for (j, bound) in bounds {
      result[Int(next[Int(j)])] = bound
      next[Int(j)] += 1
    }
    return (starts, result)
  }

  /// Finds the tightest ones at a point. Complexity: O(columns + bounds).
  func choose(_ point: UnsafePointer<Double>) {
    for j in 0..<lowerStarts.count - 1 {
      bestLower[j] = -1
      bestUpper[j] = -1
      var best = -Double.infinity
      for k in lowerStarts[j]..<lowerStarts[j + 1] {
        let bound = lowerBounds[Int(k)]
        let value = bound.constant + bound.slope * point[Int(bound.y)]
        if value > best {
          best = value
          bestLower[j] = k
        }
      }
      lowerValue[j] = best
      best = .infinity
      for k in upperStarts[j]..<upperStarts[j + 1] {
        let bound = upperBounds[Int(k)]
        let value = bound.constant + bound.slope * point[Int(bound.y)]
        if value < best {
          best = value
          bestUpper[j] = k
        }
      }
      upperValue[j] = best
    }
  }

  func deallocate() {
    lowerBounds.deallocate()
    upperBounds.deallocate()
    bestLower.deallocate()
    bestUpper.deallocate()
    lowerValue.deallocate()
    upperValue.deallocate()
  }
}
