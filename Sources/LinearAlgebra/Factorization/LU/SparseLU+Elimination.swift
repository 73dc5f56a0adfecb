/// How ``SparseLU`` finds its pivots.
extension SparseLU {
  /// Pivots on columns with one entry left, then on rows with one entry left among the candidates.
  ///
  /// Neither needs arithmetic: the columns left over have no entry in a row whose pivot has others below it.
  /// - Returns: the candidates left over, ordered for low fill, and how many of them each row has.
  func pivotOnSingletons(
    _ candidates: [Int32], _ columns: Columns
  ) -> (columns: [Int32], rowCounts: [Int32]) {
    let count = candidates.count
    var rowStarts = [Int](repeating: 0, count: rowCount + 1)
    var columnCounts = [Int32](repeating: 0, count: count)
    for (c, j) in candidates.enumerated() {
      let range = columns.starts[Int(j)]..<columns.starts[Int(j) + 1]
      columnCounts[c] = Int32(range.count)
      for k in range { rowStarts[Int(columns.rows[k]) + 1] += 1 }
    }
    var rowCounts = (0..<rowCount).map { Int32(rowStarts[$0 + 1]) }
    for i in 0..<rowCount { rowStarts[i + 1] += rowStarts[i] }
    var next = rowStarts
    var rowCandidates = [Int32](repeating: 0, count: rowStarts[rowCount])
    for (c, j) in candidates.enumerated() {
      for k in columns.starts[Int(j)]..<columns.starts[Int(j) + 1] {
        let i = Int(columns.rows[k])
        rowCandidates[next[i]] = Int32(c)
        next[i] += 1
      }
    }
    var isDone = [Bool](repeating: false, count: count)

    var queue = (0..<count).filter { columnCounts[$0] <= 1 }
    var head = 0
    while head < queue.count {
      let c = queue[head]
      head += 1
      if isDone[c] { continue }
      let j = candidates[c]
      let range = columns.starts[Int(j)]..<columns.starts[Int(j) + 1]
      isDone[c] = true
      guard columnCounts[c] == 1, let k = range.first(where: { isPivoted[Int(columns.rows[$0])] == 0 }),
        isSafe(k, range, columns)
      else {
        // Nothing is left outside of rows that columns before it have taken.
        rejected.append(j)
        for k in range where isPivoted[Int(columns.rows[k])] == 0 { rowCounts[Int(columns.rows[k])] -= 1 }
        continue
      }
      let i = Int(columns.rows[k])
      keepUpper(range, columns, node: i)
      pivot(row: i, column: j, value: columns.values[k])
      singletonCount += 1
      for t in rowStarts[i]..<rowStarts[i + 1] {
        let other = Int(rowCandidates[t])
        if isDone[other] { continue }
        columnCounts[other] -= 1
        if columnCounts[other] <= 1 { queue.append(other) }
      }
    }

    var rowQueue = (0..<rowCount).filter { isPivoted[$0] == 0 && rowCounts[$0] == 1 }
    head = 0
    while head < rowQueue.count {
      let i = rowQueue[head]
      head += 1
      if isPivoted[i] != 0 || rowCounts[i] != 1 { continue }
      guard let t = (rowStarts[i]..<rowStarts[i + 1]).first(where: { !isDone[Int(rowCandidates[$0])] }) else { continue }
      let c = Int(rowCandidates[t])
      let j = candidates[c]
      let range = columns.starts[Int(j)]..<columns.starts[Int(j) + 1]
      guard let k = range.first(where: { Int(columns.rows[$0]) == i }), isSafe(k, range, columns) else { continue }
      isDone[c] = true
      let value = columns.values[k]
      keepUpper(range, columns, node: i)
      lower.reserve(range.count)
      lower.open(i)
      for k in range {
        let r = Int(columns.rows[k])
        if isPivoted[r] != 0 || r == i { continue }
        lower.append(Int32(r), columns.values[k] / value)
        rowCounts[r] -= 1
        if rowCounts[r] == 1 { rowQueue.append(r) }
      }
      lower.close(i)
      pivot(row: i, column: j, value: value)
      singletonCount += 1
    }
    let rest = (0..<count).filter { !isDone[$0] }
    return (ordered(rest.map { candidates[$0] }, columns), rowCounts)
  }

  private func isSafe(_ k: Int, _ range: Range<Int>, _ columns: Columns) -> Bool {
    var largest = 0.0
    for t in range { largest = max(largest, abs(columns.values[t])) }
    return abs(columns.values[k]) > singular * largest
  }

  /// Keeps the entries of a column in pivoted rows as its part of the upper factor.
  private func keepUpper(_ range: Range<Int>, _ columns: Columns, node: Int) {
    upper.reserve(range.count)
    upper.open(node)
    for k in range where isPivoted[Int(columns.rows[k])] != 0 { upper.append(columns.rows[k], columns.values[k]) }
    upper.close(node)
  }

  /// Columns in an order that keeps fill low: minimum degree of BᵀB in the rows left, or the shortest first when there
  /// are many more columns than rows.
  private func ordered(_ rest: [Int32], _ columns: Columns) -> [Int32] {
    func lengths() -> [Int] {
      rest.map { j in
        (columns.starts[Int(j)]..<columns.starts[Int(j) + 1]).reduce(0) {
          $0 + (isPivoted[Int(columns.rows[$1])] == 0 ? 1 : 0)
        }
      }
    }
    let rowsLeft = rowCount - pivotCount
    func shortestFirst() -> [Int32] {
      let lengths = lengths()
      return rest.indices.sorted { (lengths[$0], $0) < (lengths[$1], $1) }.map { rest[$0] }
    }
    if rest.count < 3 { return rest }
    if rest.count > rowsLeft + rowsLeft / 2 + 10 { return shortestFirst() }
    // Pattern of BᵀB below the diagonal; rows with very many entries would fill it and say little.
    var members = [[Int32]](repeating: [], count: rowCount)
    for (c, j) in rest.enumerated() {
      for k in columns.starts[Int(j)]..<columns.starts[Int(j) + 1] where isPivoted[Int(columns.rows[k])] == 0 {
        members[Int(columns.rows[k])].append(Int32(c))
      }
    }
    let longest = max(16, Int(10 * Double(rest.count).squareRoot()))
    var starts = [0]
    var indices: [Int32] = []
    var mark = [Int32](repeating: -1, count: rest.count)
    for (c, j) in rest.enumerated() {
      mark[c] = Int32(c)
      let start = indices.count
      indices.append(Int32(c))
      for k in columns.starts[Int(j)]..<columns.starts[Int(j) + 1] {
        let row = members[Int(columns.rows[k])]
        if row.count > longest { continue }
        for other in row where other > Int32(c) && mark[Int(other)] != Int32(c) {
          mark[Int(other)] = Int32(c)
          indices.append(other)
        }
      }
      indices[start...].sort()
      starts.append(indices.count)
    }
    return MinimumDegree.order(rest.count, starts: starts, rowIndices: indices).map { rest[Int($0)] }
  }

  /// Factors candidates one after another, leaving out those that depend on the ones before, until every row has its
  /// pivot.
  /// - Parameter rowCounts: how many candidates each row has, to pivot on short rows; empty where it is not known.
  func eliminate(_ candidates: [Int32], _ columns: Columns, rowCounts: [Int32]) {
    for (position, j) in candidates.enumerated() {
      if pivotCount == rowCount {
        rejected.append(contentsOf: candidates[position...])
        return
      }
      if !eliminate(j, columns, rowCounts: rowCounts) { rejected.append(j) }
    }
  }

  private func eliminate(_ j: Int32, _ columns: Columns, rowCounts: [Int32]) -> Bool {
    let range = columns.starts[Int(j)]..<columns.starts[Int(j) + 1]
    let x = work.values
    var size = 0.0
    for k in range {
      let value = columns.values[k]
      work.add(value, at: Int(columns.rows[k]))
      size = max(size, abs(value))
    }
    search.search(lower, from: work.indices, count: work.entryCount)
    let (reached, first) = (search.reached, search.first)
    var largest = 0.0
    for k in first..<rowCount {
      let p = Int(reached[k])
      let t = x[p]
      if isPivoted[p] == 0 {
        largest = max(largest, abs(t))
        continue
      }
      if t == 0 { continue }
      for e in lower.begins[p]..<lower.ends[p] { x[Int(lower.targets[e])] -= lower.weights[e] * t }
    }
    defer {
      for k in first..<rowCount { x[Int(reached[k])] = 0 }
      work.clear()
    }
    guard largest > singular * size else { return false }
    var best = -1
    for k in first..<rowCount {
      let p = Int(reached[k])
      if isPivoted[p] != 0 || abs(x[p]) < options.threshold * largest { continue }
      if best < 0 {
        best = p
      } else if rowCounts.isEmpty || rowCounts[p] == rowCounts[best] {
        if abs(x[p]) > abs(x[best]) { best = p }
      } else if rowCounts[p] < rowCounts[best] {
        best = p
      }
    }
    let value = x[best]
    let least = options.drop * max(size, largest)
    upper.reserve(rowCount - first)
    lower.reserve(rowCount - first)
    upper.open(best)
    lower.open(best)
    for k in first..<rowCount {
      let p = Int(reached[k])
      if p == best || abs(x[p]) <= least { continue }
      if isPivoted[p] != 0 { upper.append(reached[k], x[p]) } else { lower.append(reached[k], x[p] / value) }
    }
    upper.close(best)
    lower.close(best)
    pivot(row: best, column: j, value: value)
    return true
  }
}
