/// The strict upper triangle of a symmetric pattern after a permutation, by columns, unsorted within a column.
struct UpperPattern {
  let order: Int
  let starts: [Int]
  let rows: [Int32]

  /// - Parameters:
  ///   - n, starts, rowIndices: the lower triangle by columns.
  ///   - inverse: the new position of each index.
  /// - Complexity: O(n + entries).
  init(_ n: Int, starts: [Int], rowIndices: [Int32], inverse: [Int32]) {
    precondition(inverse.count == n)
    var next = [Int](repeating: 0, count: n + 1)
    next.withUnsafeMutableBufferPointer { next in
      for j in 0..<n {
        let b = inverse[j]
        for p in starts[j]..<starts[j &+ 1] {
          let a = inverse[Int(rowIndices[p])]
          if a != b { next[Int(max(a, b))] &+= 1 }
        }
      }
      var sum = 0
      for j in 0...n {
        sum &+= next[j]
        next[j] = sum
      }
    }
    // The ends of the columns, which the entries count down to their starts.
    rows = [Int32](unsafeUninitializedCapacity: next[n]) { rows, count in
      next.withUnsafeMutableBufferPointer { next in
        for j in (0..<n).reversed() {
          let b = inverse[j]
          for p in starts[j]..<starts[j &+ 1] {
            let a = inverse[Int(rowIndices[p])]
            if a == b { continue }
            let column = Int(max(a, b))
            next[column] &-= 1
            rows[next[column]] = min(a, b)
          }
        }
        count = next[n]
      }
    }
    order = n
    self.starts = next
  }
}
