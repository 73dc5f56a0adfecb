extension CutSeparation {
  /// Complemented mixed-integer rounding of single rows and of paths of rows.
  ///
  /// From each row on, the continuous column furthest from its bounds is eliminated by another row, the tightest one,
  /// up to ``CutOptions/pathLength`` rows; each aggregation on the way is rounded. With variable bounds substituted this
  /// gives flow cover inequalities. A second path eliminates only columns without variable bounds.
  ///
  /// H. Marchand and L. A. Wolsey, "Aggregation and mixed integer rounding to solve MIPs", Operations Research 49
  /// (2001), section 4.
  /// - Complexity: O(entries + ``CutOptions/effort``).
  func separateMIR(into cuts: inout [Cut]) {
    let slack = relativeSlacks()
    let distance = realDistances()
    // Columns with variable bounds stay in the row, to become whole columns: stocks of lot sizes are eliminated, not lots.
    let bounds = variableBounds
    let unbounded = (0..<columnCount).map { bounds.bestLower[$0] >= 0 || bounds.bestUpper[$0] >= 0 ? 0 : distance[$0] }
    let ways = unbounded == distance ? [distance] : [distance, unbounded]
    var isUsed = [Bool](repeating: false, count: rowCount)
    var paths: [[Int]] = []
    var effort = 0
    let limit = cuts.count + options.cutLimit
    for start in startRows(slack, distance) {
      paths.removeAll(keepingCapacity: true)
      for way in ways {
        var path = [start]
        clearAggregate()
        addRow(start, 1)
        isUsed[start] = true
        while true {
          if !paths.contains(where: { $0.starts(with: path) }) {
            effort += 20 * aggregate.count
            roundAggregate(1, kind: .mir, into: &cuts)
            roundAggregate(-1, kind: .mir, into: &cuts)
          }
          if path.count == options.pathLength { break }
          guard let next = nextRow(slack, way, isUsed, &effort) else { break }
          addRow(next.row, next.factor)
          aggregate.values[next.column] = 0
          path.append(next.row)
          isUsed[next.row] = true
        }
        for i in path { isUsed[i] = false }
        paths.append(path)
      }
      if effort > options.effort || cuts.count >= limit { break }
    }
    clearAggregate()
  }

  /// The column of the aggregation that is furthest from its bounds among those that some row can eliminate, and the
  /// tightest such row.
  private func nextRow(
    _ slack: [Double], _ distance: [Double], _ isUsed: [Bool], _ effort: inout Int
  ) -> (row: Int, column: Int, factor: Double)? {
    let (source, columns, n) = (aggregate, columns, columnCount)
    var bound = Double.infinity
    // A few columns are tried, in the order of distance.
    for _ in 0..<4 {
      var (column, furthest) = (-1, options.integrality)
      for k in 0..<source.count {
        let j = Int(source.columns[k])
        if j >= n || distance[j] <= furthest || distance[j] >= bound || abs(source.values[j]) < 1e-6 { continue }
        (column, furthest) = (j, distance[j])
      }
      effort += source.count
      if column < 0 { return nil }
      var (row, best, factor) = (-1, 0.1, 0.0)
      for k in columns.starts[column]..<columns.starts[column + 1] {
        let i = Int(columns.columns[k])
        if isUsed[i] || slack[i] >= best { continue }
        let candidate = -source.values[column] / columns.values[k]
        if abs(candidate) > 1e4 || abs(candidate) < 1e-4 { continue }
        (row, best, factor) = (i, slack[i], candidate)
      }
      effort += columns.starts[column + 1] - columns.starts[column]
      if row >= 0 { return (row, column, factor) }
      bound = furthest
    }
    return nil
  }

  /// Distance of the point from the nearer side of each row, against the length of the row; infinite for free rows.
  private func relativeSlacks() -> [Double] {
    let table = rows
    return (0..<rowCount).map { i in
      let z = columnCount + i
      let gap = min(upper[z] - point[z], point[z] - lower[z])
      if gap <= 0 { return 0 }
      var squares = 0.0
      for k in table.starts[i]..<table.starts[i + 1] { squares += table.values[k] * table.values[k] }
      return squares > 0 ? gap / squares.squareRoot() : .infinity
    }
  }

  /// Distance of continuous columns from the nearer of their bounds, variable ones too; 0 for whole columns.
  private func realDistances() -> [Double] {
    (0..<columnCount).map { j in
      if isInteger[j] != 0 { return 0 }
      let low = max(lower[j], variableBounds.lowerValue[j])
      let high = min(upper[j], variableBounds.upperValue[j])
      return min(1e20, max(0, min(high - point[j], point[j] - low)))
    }
  }

  /// Rows with a column that is between its bounds, the tightest first.
  private func startRows(_ slack: [Double], _ distance: [Double]) -> [Int] {
    let (table, bounds, near) = (rows, variableBounds, options.integrality)
    var result: [Int] = []
    for i in 0..<rowCount where slack[i] < .infinity {
      for k in table.starts[i]..<table.starts[i + 1] {
        let j = Int(table.columns[k])
        let isBetween =
          isInteger[j] != 0
          ? point[j] - lower[j] > near && upper[j] - point[j] > near
          : distance[j] > near || bounds.bestLower[j] >= 0 || bounds.bestUpper[j] >= 0
        if isBetween {
          result.append(i)
          break
        }
      }
    }
    result.sort { slack[$0] != slack[$1] ? slack[$0] < slack[$1] : $0 < $1 }
    return result
  }
}
