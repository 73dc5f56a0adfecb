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
    case .amd: permutation = MinimumDegree.order(n, starts: starts, rowIndices: rowIndices).permutation
    case .natural: permutation = (0..<Int32(n)).map { $0 }
    case .given(let given): permutation = given
    }
    var inverse = Permutation.inverse(permutation)
    let upper = PermutedUpper(n, starts: starts, rowIndices: rowIndices, inverse: inverse)
    let unorderedParent = EliminationTree.parents(n, starts: upper.starts, rows: upper.rows)
    let postorder = EliminationTree.postorder(unorderedParent)
    let place = Permutation.inverse(postorder)
    let parent = postorder.map { unorderedParent[Int($0)] == -1 ? -1 : place[Int(unorderedParent[Int($0)])] }
    for i in 0..<n { inverse[i] = place[Int(inverse[i])] }
    let ordered = PermutedUpper(n, starts: starts, rowIndices: rowIndices, inverse: inverse)
    let counts = EliminationTree.columnCounts(n, starts: ordered.starts, rows: ordered.rows, parent: parent)
    let supernodes = Supernodes(parent: parent, counts: counts)
    for i in 0..<n {
      inverse[i] = supernodes.columns[Int(inverse[i])]
      permutation[Int(inverse[i])] = Int32(i)
    }
    let final = PermutedUpper(n, starts: starts, rowIndices: rowIndices, inverse: inverse)
    (rowStarts, rows) = Self.rows(of: supernodes, upper: final)
    order = n
    self.starts = starts
    self.rowIndices = rowIndices
    self.permutation = permutation
    self.inverse = inverse
    self.supernodes = supernodes
    factorEntryCount = counts.reduce(0) { $0 + Int($1) }
    flopCount = counts.reduce(0) { $0 + Double($1) * Double($1) }
  }

  /// Rows below each supernode: row i is in the supernodes of its entries left of the diagonal and in all of their
  /// ancestors below its own. Taken row by row, the lists come out sorted.
  /// - Complexity: O(entries of the pattern + length of the lists).
  private static func rows(of supernodes: Supernodes, upper: PermutedUpper) -> ([Int], [Int32]) {
    let count = supernodes.count
    var owner = [Int32](repeating: 0, count: Int(supernodes.starts[count]))
    var rowStarts = [Int](repeating: 0, count: count + 1)
    for s in 0..<count {
      rowStarts[s + 1] = rowStarts[s] + Int(supernodes.rowCounts[s])
      for j in supernodes.starts[s]..<supernodes.starts[s + 1] { owner[Int(j)] = Int32(s) }
    }
    var rows = [Int32](repeating: 0, count: rowStarts[count])
    var next = rowStarts
    var mark = [Int32](repeating: -1, count: count)
    for i in 0..<owner.count {
      mark[Int(owner[i])] = Int32(i)
      for p in upper.starts[i]..<upper.starts[i + 1] {
        var s = Int(owner[Int(upper.rows[p])])
        while mark[s] != i {
          mark[s] = Int32(i)
          rows[next[s]] = Int32(i)
          next[s] += 1
          s = Int(supernodes.parent[s])
        }
      }
    }
    return (rowStarts, rows)
  }

  /// Entries and flops (as `factorEntryCount` and `flopCount`) that a factor in the order of AMD has, without an
  /// analysis. Exact, except that rows postponed as dense count as a full triangle.
  /// - Complexity: that of the ordering.
  public static func estimate(order n: Int, starts: [Int], rowIndices: [Int32]) -> (entryCount: Int, flopCount: Double) {
    let result = MinimumDegree.order(n, starts: starts, rowIndices: rowIndices)
    return (result.factorEntryCount, result.flopCount)
  }
}

/// The strict upper triangle of a permuted symmetric pattern by columns, unsorted.
struct PermutedUpper {
  var starts: [Int]
  var rows: [Int32]

  init(_ n: Int, starts: [Int], rowIndices: [Int32], inverse: [Int32]) {
    precondition(inverse.count == n)
    var counts = [Int](repeating: 0, count: n + 1)
    for j in 0..<n {
      let b = inverse[j]
      for p in starts[j]..<starts[j + 1] {
        let a = inverse[Int(rowIndices[p])]
        if a != b { counts[Int(max(a, b)) + 1] += 1 }
      }
    }
    for j in 0..<n { counts[j + 1] += counts[j] }
    var next = counts
    var rows = [Int32](repeating: 0, count: counts[n])
    for j in 0..<n {
      let b = inverse[j]
      for p in starts[j]..<starts[j + 1] {
        let a = inverse[Int(rowIndices[p])]
        if a == b { continue }
        let column = Int(max(a, b))
        rows[next[column]] = min(a, b)
        next[column] += 1
      }
    }
    self.starts = counts
    self.rows = rows
  }
}
