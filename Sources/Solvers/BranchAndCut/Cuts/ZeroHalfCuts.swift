extension CutSeparation {
  /// Zero-half cuts: halves of sums of rows of whole columns, rounded down.
  ///
  /// Rows are taken modulo 2, with each column measured from its nearer bound. Elimination of the columns that are
  /// between their bounds, the furthest first, by the tightest rows, leaves combinations whose side is odd and whose
  /// slack and odd columns sum to less than 1: those are cut.
  ///
  /// A. Caprara and M. Fischetti, "{0, 1/2}-Chvátal-Gomory cuts", Mathematical Programming 74 (1996); the
  /// elimination: A. Koster, A. Zymolka and M. Kutschka, "Algorithms to separate {0, 1/2}-Chvátal-Gomory cuts",
  /// Algorithmica 55 (2009).
  /// - Complexity: O(entries + ``CutOptions/effort``).
  func separateZeroHalf(into cuts: inout [Cut]) {
    guard var system = paritySystem() else { return }
    var combinations: [(cost: Double, rows: [Int32])] = []
    system.eliminate(effort: options.effort) { combinations.append(($0, $1)) }
    // The most violated ones, those of fewer rows first among equals.
    combinations.sort { a, b in
      let (first, second) = ((a.cost * 1e6).rounded(), (b.cost * 1e6).rounded())
      if first != second { return first < second }
      return a.rows.count != b.rows.count ? a.rows.count < b.rows.count : a.rows.lexicographicallyPrecedes(b.rows)
    }
    let table = rows
    let limit = cuts.count + options.zeroHalfLimit
    var effort = 0
    var seen: Set<[Int32]> = []
    for (_, combination) in combinations {
      if !seen.insert(combination).inserted { continue }
      var weights: [Double] = []
      for i in combination {
        effort += 20 * (table.starts[Int(i) + 1] - table.starts[Int(i)])
        let z = columnCount + Int(i)
        // Towards the side that the row is near to, so that its slack is rounded away.
        weights.append(upper[z] - point[z] <= point[z] - lower[z] ? 0.5 : -0.5)
      }
      cutsFromAggregation(rows: combination, weights: weights, kind: .zeroHalf, into: &cuts)
      if cuts.count >= limit || effort > options.effort / 2 { break }
    }
    clearAggregate()
  }

  /// Rows of whole columns with a slack below 1 and the columns between their bounds, modulo 2.
  private func paritySystem() -> ParitySystem? {
    let (table, near) = (rows, options.integrality)
    var candidates: [(slack: Double, row: Int)] = []
    for i in 0..<rows.count where isInteger[columnCount + i] != 0 {
      let z = columnCount + i
      let slack = min(upper[z] - point[z], point[z] - lower[z])
      if slack < 1 - near { candidates.append((slack, i)) }
    }
    if candidates.isEmpty { return nil }
    candidates.sort { $0.slack != $1.slack ? $0.slack < $1.slack : $0.row < $1.row }
    // Columns between their bounds, the furthest first.
    var distances: [(distance: Double, column: Int)] = []
    for j in 0..<columnCount where isInteger[j] != 0 {
      let distance = min(point[j] - lower[j], upper[j] - point[j])
      if distance > near { distances.append((distance, j)) }
    }
    if distances.isEmpty { return nil }
    distances.sort { $0.distance != $1.distance ? $0.distance > $1.distance : $0.column < $1.column }
    distances.removeLast(max(0, distances.count - options.parityColumns))
    candidates.removeLast(max(0, candidates.count - options.parityRows))
    var position = [Int32](repeating: -1, count: columnCount)
    for (k, item) in distances.enumerated() { position[item.column] = Int32(truncatingIfNeeded: k) }
    var system = ParitySystem(rowCount: candidates.count, distances: distances.map(\.distance))
    for (r, candidate) in candidates.enumerated() {
      let i = candidate.row
      let z = columnCount + i
      var side = upper[z] - point[z] <= point[z] - lower[z] ? upper[z] : lower[z]
      var isUsable = side.isFinite && abs(side) < 1e9
      for k in table.starts[i]..<table.starts[i + 1] where isUsable {
        let j = Int(table.columns[k])
        let value = table.values[k]
        let isUpper = upper[j] - point[j] < point[j] - lower[j]
        let bound = isUpper ? upper[j] : lower[j]
        if !bound.isFinite || abs(bound * value) > 1e9 {
          isUsable = false
          break
        }
        side -= value * bound
        if position[j] >= 0 && value.truncatingRemainder(dividingBy: 2) != 0 { system.flip(r, Int(position[j])) }
      }
      system.setRow(
        r, number: Int32(truncatingIfNeeded: i), slack: max(0, candidate.slack),
        isOdd: side.truncatingRemainder(dividingBy: 2) != 0, isUsable: isUsable)
    }
    return system
  }
}
