/// What a factorization of a symmetric matrix needs to know of its pattern: a fill-reducing order, the elimination tree
/// and the sizes of the factor. Made once, good for any number of numeric factorizations.
public struct LDLAnalysis: Sendable {
  /// How rows and columns are ordered before elimination.
  public enum Ordering: Sendable {
    /// Approximate minimum degree; rows of degree above `10 √n` go last.
    case amd
    /// As they come, except that subtrees of the elimination tree are made contiguous, which leaves the fill alone.
    case natural
    /// The index that stands at each new position; then as `natural`.
    case given([Int32])
  }

  /// Rows and columns of the matrix.
  public let order: Int
  /// Entries of the factor and its diagonal, without the zeros that wide supernodes are padded with.
  public let factorEntryCount: Int
  /// Σ count² over the columns of the factor: multiplications and additions of one numeric factorization.
  public let flopCount: Double
  /// The index that stands at each position of the elimination.
  public let permutation: [Int32]

  /// The pattern as it was handed over: lower triangle by columns.
  let starts: [Int]
  let rowIndices: [Int32]
  /// The position of each index in the elimination.
  let inverse: [Int32]
  let supernodes: Supernodes
  /// `rowStarts[s]..<rowStarts[s + 1]` are the rows below the columns of supernode s in `rows`: positions, ascending.
  let rowStarts: [Int]
  let rows: [Int32]

  /// - Parameters:
  ///   - n: rows and columns.
  ///   - starts: `n + 1` positions in `rowIndices`; those of column j are `starts[j]..<starts[j + 1]`.
  ///   - rowIndices: rows of the lower triangle, ascending within a column, none above the diagonal. A diagonal entry
  ///     that is absent counts as zero. An entry that comes twice counts as the sum.
  /// - Complexity: that of the ordering, in practice close to O(entries of the pattern), and O(supernodal row lists).
  public init(order n: Int, starts: [Int], rowIndices: [Int32], ordering: Ordering = .amd) {
    precondition(n >= 0 && starts.count == n + 1 && starts[n] == rowIndices.count)
    for j in 0..<n {
      precondition(starts[j] <= starts[j + 1])
      for p in starts[j]..<starts[j + 1] {
        precondition(rowIndices[p] >= j && rowIndices[p] < n, "an entry above the diagonal or beyond the last row")
      }
    }
    var permutation: [Int32]
    switch ordering {
    case .amd: permutation = MinimumDegree.order(n, starts: starts, rowIndices: rowIndices)
    case .natural: permutation = (0..<Int32(n)).map { $0 }
    case .given(let given): permutation = given
    }
    let first = Permutation.inverse(permutation)
    let pattern = UpperPattern(n, starts: starts, rowIndices: rowIndices, inverse: first)
    let tree = EliminationTree(pattern)
    let supernodes = Supernodes(parent: tree.parent, counts: tree.counts)
    // Descendants stay before their ancestors in both reorderings, so that the pattern stays an upper triangle.
    let moved = tree.place.map { supernodes.columns[Int($0)] }
    var inverse = first
    for i in 0..<n {
      inverse[i] = moved[Int(first[i])]
      permutation[Int(inverse[i])] = Int32(i)
    }
    (rowStarts, rows) = Self.rows(of: supernodes, pattern, moved: moved)
    order = n
    self.starts = starts
    self.rowIndices = rowIndices
    self.permutation = permutation
    self.inverse = inverse
    self.supernodes = supernodes
    factorEntryCount = tree.factorEntryCount
    flopCount = tree.flopCount
  }

  /// Rows below each supernode: row i is in the supernodes of its entries left of the diagonal and in all of their
  /// ancestors below its own. Taken row by row, the lists come out sorted.
  /// - Parameter moved: the position of each row of the pattern.
  /// - Complexity: O(entries of the pattern + length of the lists).
  private static func rows(
    of supernodes: Supernodes, _ pattern: UpperPattern, moved: [Int32]
  ) -> ([Int], [Int32]) {
    let n = pattern.order, count = supernodes.count
    var owner = [Int32](repeating: 0, count: n)
    var rowStarts = [Int](repeating: 0, count: count + 1)
    for s in 0..<count {
      rowStarts[s + 1] = rowStarts[s] + Int(supernodes.rowCounts[s])
      for j in supernodes.starts[s]..<supernodes.starts[s + 1] { owner[Int(j)] = Int32(s) }
    }
    let ownerBefore = moved.map { owner[Int($0)] }
    let before = Permutation.inverse(moved)
    let rows = [Int32](unsafeUninitializedCapacity: rowStarts[count]) { rows, initialized in
      withUnsafeTemporaryAllocation(of: Int.self, capacity: max(1, 2 * count)) { work in
        // Where the next row of each supernode goes, and the last row that it got.
        let next = work.baseAddress!, last = next + count
        for s in 0..<count {
          next[s] = rowStarts[s]
          last[s] = -1
        }
        for i in 0..<n {
          last[Int(owner[i])] = i
          let k = Int(before[i])
          for p in pattern.starts[k]..<pattern.starts[k &+ 1] {
            var s = Int(ownerBefore[Int(pattern.rows[p])])
            while last[s] != i {
              last[s] = i
              rows[next[s]] = Int32(truncatingIfNeeded: i)
              next[s] &+= 1
              s = Int(supernodes.parent[s])
            }
          }
        }
      }
      initialized = rowStarts[count]
    }
    return (rowStarts, rows)
  }

  /// What a factor in the order of AMD would cost.
  public struct Estimate: Sendable {
    /// As `LDLAnalysis.factorEntryCount` and `flopCount`.
    public let factorEntryCount: Int
    public let flopCount: Double
    /// The order that was found. With it, an analysis of the same pattern costs little.
    public let ordering: Ordering
  }

  /// Finds an order for a pattern, handed over as to `init`, and counts exactly what the factor would cost.
  /// - Complexity: that of the ordering.
  public static func estimate(order n: Int, starts: [Int], rowIndices: [Int32]) -> Estimate {
    let permutation = MinimumDegree.order(n, starts: starts, rowIndices: rowIndices)
    let inverse = Permutation.inverse(permutation)
    let tree = EliminationTree(UpperPattern(n, starts: starts, rowIndices: rowIndices, inverse: inverse))
    return Estimate(
      factorEntryCount: tree.factorEntryCount, flopCount: tree.flopCount, ordering: .given(permutation))
  }
}
