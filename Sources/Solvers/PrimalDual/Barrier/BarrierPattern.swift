import LinearAlgebra

/// The lower triangle of the KKT matrix of a ``BarrierSystem`` by columns, variables before rows:
///
///     [ H  Jᵀ ]
///     [ J  D  ]
///
/// and where the entries of H, J and the diagonal go in it.
struct BarrierPattern {
  let order: Int
  let starts: [Int]
  let rowIndices: [Int32]
  /// By entry of the Hessian's and the Jacobian's pattern, and by index for the diagonal: the place in the values.
  let hessianPlaces: [Int32]
  let jacobianPlaces: [Int32]
  let diagonalPlaces: [Int32]
  let ordering: LDLAnalysis.Ordering

  /// Systems up to this order are factored as one dense front.
  static let denseOrder = 64

  /// - Parameters:
  ///   - isEquation: by row, whether it has no slack.
  ///   - jacobian: values by which each equation is paired with a variable.
  /// - Complexity: O(n + m + entries), and O((n + m)²) for systems of at most `denseOrder` unknowns.
  init(_ functions: BarrierFunctions, isEquation: [Bool], jacobian: UnsafePointer<Double>) {
    let n = functions.columnCount, m = functions.rowCount
    order = n + m
    let isDense = order <= Self.denseOrder
    var pairs: [(row: Int, column: Int)] = []
    if !isDense { pairs = Self.pairs(functions, isEquation, jacobian) }

    // Rows of each column, unsorted and with repetitions.
    var columns = [[Int32]](repeating: [], count: order)
    if isDense {
      for j in 0..<order { columns[j] = (Int32(j)..<Int32(order)).map { $0 } }
    } else {
      for j in 0..<n {
        columns[j].append(Int32(j))
        for p in functions.hessianStarts[j]..<functions.hessianStarts[j + 1] {
          columns[min(j, Int(functions.hessianRows[p]))].append(max(Int32(j), functions.hessianRows[p]))
        }
      }
      for i in 0..<m {
        for p in functions.jacobianStarts[i]..<functions.jacobianStarts[i + 1] {
          columns[Int(functions.jacobianColumns[p])].append(Int32(n + i))
        }
        columns[n + i].append(Int32(n + i))
      }
    }
    if !isDense {
      for j in 0..<order {
        columns[j].sort()
        Self.removeRepetitions(&columns[j])
      }
      if pairs.isEmpty {
        ordering = .amd
      } else {
        ordering = Self.order(&columns, pairs, n: n)
      }
    } else {
      ordering = .natural
    }
    var starts = [0], rowIndices: [Int32] = []
    rowIndices.reserveCapacity(columns.reduce(0) { $0 + $1.count })
    for column in columns {
      rowIndices += column
      starts.append(rowIndices.count)
    }
    self.starts = starts
    self.rowIndices = rowIndices
    func place(_ row: Int32, _ column: Int32) -> Int32 {
      let a = Int(min(row, column)), b = max(row, column)
      var low = starts[a], high = starts[a + 1]
      while low < high {
        let middle = (low + high) / 2
        if rowIndices[middle] < b { low = middle + 1 } else { high = middle }
      }
      return Int32(low)
    }
    diagonalPlaces = (0..<Int32(order)).map { place($0, $0) }
    var places = [Int32](repeating: 0, count: functions.hessianRows.count)
    for j in 0..<n {
      for p in functions.hessianStarts[j]..<functions.hessianStarts[j + 1] {
        places[p] = place(functions.hessianRows[p], Int32(j))
      }
    }
    hessianPlaces = places
    places = [Int32](repeating: 0, count: functions.jacobianColumns.count)
    for i in 0..<m {
      for p in functions.jacobianStarts[i]..<functions.jacobianStarts[i + 1] {
        places[p] = place(Int32(n + i), functions.jacobianColumns[p])
      }
    }
    jacobianPlaces = places
  }

  private static func removeRepetitions(_ list: inout [Int32]) {
    var count = 0
    for k in 0..<list.count where k == 0 || list[k] != list[count - 1] {
      list[count] = list[k]
      count += 1
    }
    list.removeLast(list.count - count)
  }

  /// For equations a variable each that is to be eliminated together with them: of those with a large coefficient the
  /// one that occurs in the fewest places.
  private static func pairs(
    _ functions: BarrierFunctions, _ isEquation: [Bool], _ jacobian: UnsafePointer<Double>
  ) -> [(row: Int, column: Int)] {
    let n = functions.columnCount
    var degrees = [Int](repeating: 0, count: n)
    for j in functions.jacobianColumns { degrees[Int(j)] += 1 }
    for j in 0..<n {
      degrees[j] += functions.hessianStarts[j + 1] - functions.hessianStarts[j]
      for p in functions.hessianStarts[j]..<functions.hessianStarts[j + 1] { degrees[Int(functions.hessianRows[p])] += 1 }
    }
    let form = functions.form
    var isTaken = [Bool](repeating: false, count: n)
    var result: [(row: Int, column: Int)] = []
    // Short rows have the least choice.
    let order = (0..<functions.rowCount).sorted {
      let a = functions.jacobianStarts[$0 + 1] - functions.jacobianStarts[$0]
      let b = functions.jacobianStarts[$1 + 1] - functions.jacobianStarts[$1]
      return (a, $0) < (b, $1)
    }
    for i in order where isEquation[i] {
      let entries = functions.jacobianStarts[i]..<functions.jacobianStarts[i + 1]
      var largest = 0.0
      for p in entries { largest = max(largest, abs(jacobian[p])) }
      var best = -1, bestScore = Double.infinity
      for p in entries {
        let j = Int(functions.jacobianColumns[p])
        if isTaken[j] || !(abs(jacobian[p]) >= 0.1 * largest) || largest == 0 { continue }
        // Bounds may hold a variable, which then is no partner.
        let column = functions.columns[j]
        let isBounded = form.columnLower[column] > -.infinity || form.columnUpper[column] < .infinity
        let score = Double(degrees[j]) * (isBounded ? 2 : 1)
        if score < bestScore { (best, bestScore) = (j, score) }
      }
      if best >= 0 {
        isTaken[best] = true
        result.append((i, best))
      }
    }
    return result
  }

  /// Gives both members of each pair the pattern of the two together, and orders the pairs as one unknown each.
  private static func order(
    _ columns: inout [[Int32]], _ pairs: [(row: Int, column: Int)], n: Int
  ) -> LDLAnalysis.Ordering {
    let order = columns.count
    var leader = (0..<Int32(order)).map { $0 }
    var partner = [Int32](repeating: -1, count: order)
    for (row, column) in pairs {
      leader[n + row] = Int32(column)
      partner[column] = Int32(n + row)
    }
    // The graph with each pair as one node.
    var number = [Int32](repeating: -1, count: order)
    var nodes: [Int32] = []
    for k in 0..<order where leader[k] == Int32(k) {
      number[k] = Int32(nodes.count)
      nodes.append(Int32(k))
    }
    var merged = [[Int32]](repeating: [], count: nodes.count)
    for j in 0..<order {
      let a = number[Int(leader[j])]
      for i in columns[j] {
        let b = number[Int(leader[Int(i)])]
        merged[Int(min(a, b))].append(max(a, b))
      }
    }
    var starts = [0], rowIndices: [Int32] = []
    for k in 0..<merged.count {
      merged[k].sort()
      removeRepetitions(&merged[k])
      rowIndices += merged[k]
      starts.append(rowIndices.count)
    }
    let estimate = LDLAnalysis.estimate(order: nodes.count, starts: starts, rowIndices: rowIndices)
    guard case .given(let permutation) = estimate.ordering else { return .amd }
    // The union of the patterns: an entry between two nodes stands for one between any of their members.
    for k in 0..<merged.count {
      let members = partner[Int(nodes[k])] < 0 ? [nodes[k]] : [nodes[k], partner[Int(nodes[k])]]
      for b in merged[k] {
        let leader = nodes[Int(b)]
        let others = partner[Int(leader)] < 0 ? [leader] : [leader, partner[Int(leader)]]
        if members.count == 1 && others.count == 1 { continue }
        for i in members {
          for j in others { columns[Int(min(i, j))].append(max(i, j)) }
        }
      }
    }
    for j in 0..<order {
      columns[j].sort()
      removeRepetitions(&columns[j])
    }
    var result: [Int32] = []
    result.reserveCapacity(order)
    for k in permutation {
      let leader = nodes[Int(k)]
      result.append(leader)
      if partner[Int(leader)] >= 0 { result.append(partner[Int(leader)]) }
    }
    return .given(result)
  }
}
