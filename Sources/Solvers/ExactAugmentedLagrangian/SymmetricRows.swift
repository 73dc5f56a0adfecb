/// The pattern of a Newton matrix by rows, both triangles.
struct SymmetricRows {
  /// `starts[i]..<starts[i + 1]` are the entries of row i.
  let starts: [Int]
  let columns: [Int32]
  /// Where each entry is in the lower triangle.
  let sources: [Int]

  init(_ matrix: NewtonMatrix) {
    let n = matrix.order
    var starts = [Int](repeating: 0, count: n + 1)
    for j in 0..<n {
      for k in matrix.starts[j]..<matrix.starts[j + 1] {
        let i = Int(matrix.rowIndices[k])
        starts[i + 1] += 1
        if i != j { starts[j + 1] += 1 }
      }
    }
    for i in 0..<n { starts[i + 1] += starts[i] }
    var next = starts
    var columns = [Int32](repeating: 0, count: starts[n])
    var sources = [Int](repeating: 0, count: starts[n])
    func add(_ i: Int, _ j: Int, _ source: Int) {
      columns[next[i]] = Int32(j)
      sources[next[i]] = source
      next[i] += 1
    }
    for j in 0..<n {
      for k in matrix.starts[j]..<matrix.starts[j + 1] {
        let i = Int(matrix.rowIndices[k])
        add(i, j, k)
        if i != j { add(j, i, k) }
      }
    }
    self.starts = starts
    self.columns = columns
    self.sources = sources
  }

  /// All rows, neighbours in the graph of the matrix near each other: breadth first from the lowest row of each component.
  /// - Complexity: O(rows + entries).
  func breadthFirstOrder() -> [Int32] {
    let n = starts.count - 1
    var order: [Int32] = []
    order.reserveCapacity(n)
    var isSeen = [Bool](repeating: false, count: n)
    for root in 0..<n where !isSeen[root] {
      isSeen[root] = true
      var head = order.count
      order.append(Int32(root))
      while head < order.count {
        let i = Int(order[head])
        head += 1
        for k in starts[i]..<starts[i + 1] where !isSeen[Int(columns[k])] {
          isSeen[Int(columns[k])] = true
          order.append(columns[k])
        }
      }
    }
    return order
  }
}
