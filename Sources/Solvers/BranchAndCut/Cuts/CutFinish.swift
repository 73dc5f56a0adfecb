extension CutSeparation {
  /// Turns the inequality in ``result``, over columns and activities, into a cut over columns and appends it if it cuts
  /// off the point and is numerically safe.
  ///
  /// Activities are replaced by their rows. Entries too small against the largest are replaced by the bound that makes
  /// them least; the side is relaxed by a hair; cuts of whole columns with whole entries are rounded.
  /// - Parameters:
  ///   - side: the right-hand side.
  ///   - sideSize: the largest number that entered it.
  func finish(_ side: Double, _ sideSize: Double, _ kind: CutKind, into cuts: inout [Cut]) {
    let (row, table, n) = (result, rows, columnCount)
    let (lower, upper, point, isInteger) = (lower, upper, point, isInteger)
    // Entries of activities come to rest before new columns are appended, so the count is that of now.
    let touched = row.count
    var (side, sideSize, entering) = (side, sideSize, 0.0)
    for k in 0..<touched {
      let z = Int(row.columns[k])
      let value = row.values[z]
      if z < n || value == 0 { continue }
      for e in table.starts[z - n]..<table.starts[z - n + 1] {
        let part = value * table.values[e]
        entering = max(entering, abs(part))
        row.add(Int(table.columns[e]), part)
      }
    }
    var largest = 0.0
    for k in 0..<row.count where row.columns[k] < n { largest = max(largest, abs(row.values[Int(row.columns[k])])) }
    // What is left of terms that cancelled out is rounding error.
    if largest == 0 || !largest.isFinite || largest < options.cancellation * entering { return }
    let least = max(largest / options.dynamism, options.cancellation * 1e-3 * entering)
    let limit = Int(options.supportShare * Double(n)) + options.supportBase
    var support = 0
    for k in 0..<row.count {
      let j = Int(row.columns[k])
      if j >= n { continue }
      let value = row.values[j]
      if abs(value) > least {
        support += 1
        continue
      }
      row.values[j] = 0
      if value == 0 { continue }
      let contribution = value > 0 ? value * lower[j] : value * upper[j]
      if !contribution.isFinite {
        if abs(value) <= 1e-3 * options.noise * max(largest, entering) { continue }
        return
      }
      side -= contribution
      sideSize = max(sideSize, abs(contribution))
    }
    if support == 0 || support > limit { return }
    if sideSize > 1e9 * max(largest, abs(side)) { return }
    // Scaled so that the largest entry is near 1, by a power of two, which changes no digit.
    let scale = Double(sign: .plus, exponent: -largest.exponent, significand: 1)
    var cut = Cut(columns: [], values: [], upper: side * scale, kind: kind)
    cut.columns.reserveCapacity(support)
    cut.values.reserveCapacity(support)
    var activity = 0.0
    var squares = 0.0
    var areColumnsWhole = true
    for k in 0..<row.count {
      let j = Int(row.columns[k])
      let value = row.values[j]
      if j >= n || value == 0 { continue }
      cut.columns.append(row.columns[k])
      cut.values.append(value * scale)
      activity += value * scale * point[j]
      squares += value * scale * value * scale
      if isInteger[j] == 0 { areColumnsWhole = false }
    }
    cut.upper += options.relaxation * max(sideSize * scale, abs(cut.upper), 1)
    if areColumnsWhole { makeWhole(&cut) }
    let efficacy = cut.efficacy(at: point)
    if efficacy <= options.efficacy { return }
    cuts.append(cut)
  }

  /// Multiplies a cut of whole columns so that its entries are whole, where a small factor does that, and rounds its
  /// side.
  private func makeWhole(_ cut: inout Cut) {
    var least = Double.infinity
    for value in cut.values { least = min(least, abs(value)) }
    // Multiples of the smallest entry, then of halves, thirds and so on of it.
    for part in [1.0, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12] {
      let factor = part / least
      var isWhole = true
      for value in cut.values {
        let scaled = value * factor
        if abs(scaled) > 1e6 || abs(scaled - scaled.rounded()) > 1e-9 * max(1, abs(scaled)) {
          isWhole = false
          break
        }
      }
      if !isWhole { continue }
      var side = cut.upper * factor
      var values = cut.values
      for k in 0..<values.count {
        let scaled = values[k] * factor
        values[k] = scaled.rounded()
        let j = Int(cut.columns[k])
        // What the change of the entry could add to the left-hand side.
        let change = values[k] - scaled
        if change == 0 { continue }
        let addition = change > 0 ? change * upper[j] : change * lower[j]
        if !addition.isFinite { return }
        side += addition
      }
      side = (side + options.integrality).rounded(.down)
      cut.values = values
      cut.upper = side
      return
    }
  }
}
