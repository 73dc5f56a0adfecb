/// The elimination tree of a symmetric pattern in a given order, and the entries of each column of the factor.
///
/// Sources: Liu, "The role of elimination trees in sparse factorization", 1990; Gilbert, Ng, Peyton, "An efficient
/// algorithm to compute row and column counts for sparse Cholesky factorization", 1994.
struct EliminationTree {
  /// Columns in an order in which every subtree is contiguous and ends with its root.
  let postorder: [Int32]
  /// Place of each column in the postorder.
  let place: [Int32]
  /// Parent of each column, -1 for a root. Columns are numbered by the postorder, here and in `counts`.
  let parent: [Int32]
  /// Entries of each column of the factor, the diagonal among them.
  let counts: [Int32]

  /// - Complexity: O(n + entries · log n), in practice O(n + entries).
  init(_ pattern: UpperPattern) {
    let unordered = EliminationTree.parents(pattern)
    let postorder = EliminationTree.postorder(unordered)
    let place = Permutation.inverse(postorder)
    parent = postorder.map { unordered[Int($0)] == -1 ? -1 : place[Int(unordered[Int($0)])] }
    self.postorder = postorder
    self.place = place
    counts = EliminationTree.counts(pattern, place: place, parent: parent)
  }

  var factorEntryCount: Int { counts.reduce(0) { $0 + Int($1) } }
  var flopCount: Double { counts.reduce(0) { $0 + Double($1) * Double($1) } }

  private static func parents(_ pattern: UpperPattern) -> [Int32] {
    let n = pattern.order
    return [Int32](unsafeUninitializedCapacity: n) { parent, count in
      // Compressed paths to the root of what has been eliminated so far.
      withUnsafeTemporaryAllocation(of: Int32.self, capacity: n) { ancestor in
        parent.initialize(repeating: -1)
        ancestor.initialize(repeating: -1)
        for k in 0..<n {
          for p in pattern.starts[k]..<pattern.starts[k &+ 1] {
            var i = Int(pattern.rows[p])
            while i != -1 && i < k {
              let next = Int(ancestor[i])
              ancestor[i] = Int32(truncatingIfNeeded: k)
              if next == -1 { parent[i] = Int32(truncatingIfNeeded: k) }
              i = next
            }
          }
        }
      }
      count = n
    }
  }

  /// Siblings stay in order.
  private static func postorder(_ parent: [Int32]) -> [Int32] {
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

  private static func counts(_ pattern: UpperPattern, place: [Int32], parent: [Int32]) -> [Int32] {
    let n = pattern.order
    // Rows below the diagonal of each column, numbered by the postorder: the transpose of what is given.
    let starts = UnsafeMutablePointer<Int>.allocate(capacity: n + 1)
    let lower = UnsafeMutablePointer<Int32>.allocate(capacity: max(1, pattern.rows.count))
    let work = UnsafeMutablePointer<Int32>.allocate(capacity: max(1, 4 * n))
    defer {
      starts.deallocate()
      lower.deallocate()
      work.deallocate()
    }
    starts.initialize(repeating: 0, count: n + 1)
    for i in pattern.rows { starts[Int(place[Int(i)])] += 1 }
    var sum = 0
    for j in 0..<n {
      sum += starts[j]
      starts[j] = sum
    }
    starts[n] = sum
    for k in (0..<n).reversed() {
      let row = place[k]
      for p in pattern.starts[k]..<pattern.starts[k &+ 1] {
        let column = Int(place[Int(pattern.rows[p])])
        starts[column] &-= 1
        lower[starts[column]] = row
      }
    }
    // The first column of the subtree of each column; then, for each row, the largest of these and the last column seen.
    let first = work, largestFirst = work + n, previousLeaf = work + 2 * n, ancestor = work + 3 * n
    work.initialize(repeating: -1, count: 3 * n)
    var delta = [Int32](repeating: 0, count: n)
    for k in 0..<n {
      ancestor[k] = Int32(truncatingIfNeeded: k)
      if first[k] == -1 { delta[k] = 1 }
      var j = k
      while j != -1 && first[j] == -1 {
        first[j] = Int32(truncatingIfNeeded: k)
        j = Int(parent[j])
      }
    }
    delta.withUnsafeMutableBufferPointer { delta in
      for j in 0..<n {
        let up = Int(parent[j])
        if up != -1 { delta[up] &-= 1 }
        for p in starts[j]..<starts[j &+ 1] {
          let i = Int(lower[p])
          // j is a leaf of the subtree of row i if no column of j's subtree has been seen in that row.
          if first[j] <= largestFirst[i] { continue }
          largestFirst[i] = first[j]
          delta[j] &+= 1
          let leaf = Int(previousLeaf[i])
          previousLeaf[i] = Int32(truncatingIfNeeded: j)
          if leaf == -1 { continue }
          // What the two leaves share, from their least common ancestor on, was counted twice.
          var root = leaf
          while Int(ancestor[root]) != root { root = Int(ancestor[root]) }
          var s = leaf
          while s != root {
            let next = Int(ancestor[s])
            ancestor[s] = Int32(truncatingIfNeeded: root)
            s = next
          }
          delta[root] &-= 1
        }
        if up != -1 { ancestor[j] = parent[j] }
      }
      for j in 0..<n where parent[j] != -1 { delta[Int(parent[j])] &+= delta[j] }
    }
    return delta
  }
}
