/// The elimination tree of a symmetric pattern given by the rows above the diagonal, by columns.
///
/// Sources: Liu, "The role of elimination trees in sparse factorization", 1990; Gilbert, Ng, Peyton, "An efficient
/// algorithm to compute row and column counts for sparse Cholesky factorization", 1994.
enum EliminationTree {
  /// The parent of each column, -1 for a root.
  /// - Parameters: the strict upper triangle by columns, in any order within a column.
  /// - Complexity: O(entries · log n), in practice O(entries).
  static func parents(_ n: Int, starts: [Int], rows: [Int32]) -> [Int32] {
    var parent = [Int32](repeating: -1, count: n)
    // Compressed paths to the root of what has been eliminated so far.
    var ancestor = [Int32](repeating: -1, count: n)
    for k in 0..<n {
      for p in starts[k]..<starts[k + 1] {
        var i = rows[p]
        while i != -1 && i < k {
          let next = ancestor[Int(i)]
          ancestor[Int(i)] = Int32(k)
          if next == -1 { parent[Int(i)] = Int32(k) }
          i = next
        }
      }
    }
    return parent
  }

  /// An order of the columns in which every subtree is contiguous and ends with its root; siblings stay in order.
  /// - Complexity: O(n).
  static func postorder(_ parent: [Int32]) -> [Int32] {
    let n = parent.count
    var firstChild = [Int32](repeating: -1, count: n)
    var sibling = [Int32](repeating: -1, count: n)
    for j in (0..<n).reversed() where parent[j] != -1 {
      sibling[j] = firstChild[Int(parent[j])]
      firstChild[Int(parent[j])] = Int32(j)
    }
    var order: [Int32] = []
    order.reserveCapacity(n)
    var stack: [Int32] = []
    for root in 0..<n where parent[root] == -1 {
      stack.append(Int32(root))
      while let top = stack.last {
        let child = firstChild[Int(top)]
        if child == -1 {
          stack.removeLast()
          order.append(top)
        } else {
          firstChild[Int(top)] = sibling[Int(child)]
          stack.append(child)
        }
      }
    }
    return order
  }

  /// The entries of each column of the factor, its diagonal among them. The tree is in postorder.
  /// - Parameters: the strict upper triangle by columns, in any order within a column.
  /// - Complexity: O(entries · α(n)).
  static func columnCounts(_ n: Int, starts: [Int], rows: [Int32], parent: [Int32]) -> [Int32] {
    // first[j]: the first column of the subtree of j. delta[j]: leaves of row subtrees at j, less their overlaps.
    var first = [Int32](repeating: -1, count: n)
    var delta = [Int32](repeating: 0, count: n)
    for k in 0..<n {
      var j = Int32(k)
      if first[k] == -1 { delta[k] = 1 }
      while j != -1 && first[Int(j)] == -1 {
        first[Int(j)] = Int32(k)
        j = parent[Int(j)]
      }
    }
    // By rows below the diagonal of each column, which is the transpose of what is given.
    var lowerStarts = [Int](repeating: 0, count: n + 1)
    for i in rows { lowerStarts[Int(i) + 1] += 1 }
    for i in 0..<n { lowerStarts[i + 1] += lowerStarts[i] }
    var lower = [Int32](repeating: 0, count: rows.count)
    var next = lowerStarts
    for k in 0..<n {
      for p in starts[k]..<starts[k + 1] {
        let i = Int(rows[p])
        lower[next[i]] = Int32(k)
        next[i] += 1
      }
    }
    var previousLeaf = [Int32](repeating: -1, count: n)
    var maximumFirst = [Int32](repeating: -1, count: n)
    var ancestor = (0..<Int32(n)).map { $0 }
    for j in 0..<n {
      if parent[j] != -1 { delta[Int(parent[j])] -= 1 }
      for p in lowerStarts[j]..<lowerStarts[j + 1] {
        let i = Int(lower[p])
        // j is a leaf of the subtree of row i if no column of j's subtree has been seen in that row.
        if first[j] <= maximumFirst[i] { continue }
        maximumFirst[i] = first[j]
        delta[j] += 1
        let leaf = previousLeaf[i]
        previousLeaf[i] = Int32(j)
        if leaf != -1 {
          var root = leaf
          while ancestor[Int(root)] != root { root = ancestor[Int(root)] }
          var s = leaf
          while s != root {
            let up = ancestor[Int(s)]
            ancestor[Int(s)] = root
            s = up
          }
          delta[Int(root)] -= 1
        }
      }
      if parent[j] != -1 { ancestor[j] = parent[j] }
    }
    for j in 0..<n where parent[j] != -1 { delta[Int(parent[j])] += delta[j] }
    return delta
  }
}
