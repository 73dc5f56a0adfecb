import LinearAlgebra

/// Which unknowns of the KKT matrix are factorized, and the pattern that remains.
///
/// The full matrix over (x, multipliers) is
///
///     [ P + D   Mᵀ ]
///     [ M      -W  ]
///
/// with D and W diagonal. A column whose Hessian part is diagonal can be eliminated beforehand, which adds
/// -a d⁻¹ aᵀ to the lower right block; eliminating all of them gives the normal equations. Dense columns, columns
/// without bounds and columns coupled by P stay. Cone rows have the block of their scaling instead of W, and its
/// auxiliary rows come last. Rows of eliminated cones, which are the last rows of M, and columns absorbed by them are
/// left out.
struct KKTPattern {
  /// Position of each unknown (columns, then rows) among those factorized; -1 for eliminated columns.
  let position: [Int32]
  let eliminated: [Int32]
  /// Columns that stay.
  let kept: [Int32]
  let order: Int
  /// Lower triangle by columns, diagonal first in each.
  let starts: [Int]
  let rowIndices: [Int32]
  let signs: [Int8]
  /// Rows of M that stay.
  let rowCount: Int
  /// Where the entries of the cones' block lie among those of the pattern, in the order of the block.
  let coneEntries: [Int]
  /// Multiplications to form the products of eliminated columns.
  let productCount: Int

  /// - Parameters:
  ///   - hessian: lower triangle of P.
  ///   - matrix: M by columns; `rows` the same by rows.
  ///   - isEliminated: one flag a column.
  /// - Complexity: O(entries + Σ over eliminated columns of count²).
  init(
    hessian: SparseMatrix, matrix: SparseMatrix, rows: SparseMatrix, cones: ConeProduct, elimination: ConeElimination,
    isEliminated: [Bool]
  ) {
    let n = matrix.columnCount
    let firstCone = matrix.rowCount - cones.dimension
    let r = firstCone + cones.blockDimension
    var position = [Int32](repeating: -1, count: n + matrix.rowCount)
    var kept: [Int32] = []
    var eliminated: [Int32] = []
    for j in 0..<n {
      if isEliminated[j] {
        eliminated.append(Int32(j))
      } else if elimination.isAbsorbed.isEmpty || !elimination.isAbsorbed[j] {
        position[j] = Int32(kept.count)
        kept.append(Int32(j))
      }
    }
    let base = kept.count
    for i in 0..<r { position[n + i] = Int32(base + i) }
    let order = base + r + cones.auxiliaryCount

    var starts = [0]
    starts.reserveCapacity(order + 1)
    var indices: [Int32] = []
    let columnCliques = Cliques(elimination.columnCliques, count: n)
    let rowCliques = Cliques(elimination.rowCliques, count: firstCone)
    var columnMark = [Int32](repeating: -1, count: columnCliques.isEmpty ? 0 : base)
    for (c, j) in kept.lazy.map(Int.init).enumerated() {
      let first = indices.count
      indices.append(position[j])
      for k in hessian.starts[j]..<hessian.starts[j + 1] where hessian.rowIndices[k] != Int32(j) {
        indices.append(position[Int(hessian.rowIndices[k])])
      }
      if !columnCliques.isEmpty {
        for k in first..<indices.count { columnMark[Int(indices[k])] = Int32(c) }
        columnCliques.forEachNeighbour(of: j) { other in
          let target = position[other]
          if target > c && columnMark[Int(target)] != Int32(c) {
            columnMark[Int(target)] = Int32(c)
            indices.append(target)
          }
        }
      }
      for k in matrix.starts[j]..<matrix.starts[j + 1] where matrix.rowIndices[k] < Int32(r) {
        indices.append(Int32(base) + matrix.rowIndices[k])
      }
      starts.append(indices.count)
    }
    var products = 0
    var mark = [Int32](repeating: -1, count: r)
    var next = matrix.starts
    for i in 0..<r {
      indices.append(Int32(base + i))
      mark[i] = Int32(i)
      for k in rows.starts[i]..<rows.starts[i + 1] {
        let j = Int(rows.rowIndices[k])
        if !isEliminated[j] { continue }
        // Rows of a column ascend, and so does i: the entries before next[j] have been passed.
        let first = next[j]
        next[j] += 1
        products += matrix.starts[j + 1] - first
        for e in first..<matrix.starts[j + 1] {
          let other = Int(matrix.rowIndices[e])
          if mark[other] != Int32(i) {
            mark[other] = Int32(i)
            indices.append(Int32(base + other))
          }
        }
      }
      if !rowCliques.isEmpty && i < firstCone {
        rowCliques.forEachNeighbour(of: i) { other in
          if other > i && mark[other] != Int32(i) {
            mark[other] = Int32(i)
            indices.append(Int32(base + other))
          }
        }
      }
      if i >= firstCone {
        for k in cones.blockStarts[i - firstCone]..<cones.blockStarts[i - firstCone + 1] {
          let other = firstCone + Int(cones.blockRows[k])
          if other >= r || mark[other] != Int32(i) { indices.append(Int32(base + other)) }
        }
      }
      starts.append(indices.count)
    }
    for a in 0..<cones.auxiliaryCount {
      let column = cones.blockDimension + a
      for k in cones.blockStarts[column]..<cones.blockStarts[column + 1] {
        indices.append(Int32(base + firstCone) + cones.blockRows[k])
      }
      starts.append(indices.count)
    }
    let (sortedStarts, sortedRows) = KKTPattern.sorted(starts, indices)
    self.starts = sortedStarts
    rowIndices = sortedRows
    var coneEntries: [Int] = []
    for column in 0..<(cones.blockDimension + cones.auxiliaryCount) {
      var e = sortedStarts[base + firstCone + column]
      for k in cones.blockStarts[column]..<cones.blockStarts[column + 1] {
        while sortedRows[e] != Int32(base + firstCone) + cones.blockRows[k] { e += 1 }
        coneEntries.append(e)
      }
    }
    self.coneEntries = coneEntries
    signs = [Int8](repeating: 1, count: base) + [Int8](repeating: -1, count: r) + cones.auxiliarySigns
    self.position = position
    rowCount = r
    self.eliminated = eliminated
    self.kept = kept
    self.order = order
    productCount = products
  }

  /// The pattern with ascending rows in each column, by two transpositions.
  private static func sorted(_ starts: [Int], _ indices: [Int32]) -> ([Int], [Int32]) {
    func transposed(_ starts: [Int], _ indices: [Int32], _ count: Int) -> ([Int], [Int32]) {
      var counts = [Int](repeating: 0, count: count + 1)
      for i in indices { counts[Int(i) + 1] += 1 }
      for i in 0..<count { counts[i + 1] += counts[i] }
      var next = counts
      var result = [Int32](repeating: 0, count: indices.count)
      for j in 0..<count {
        for k in starts[j]..<starts[j + 1] {
          let i = Int(indices[k])
          result[next[i]] = Int32(j)
          next[i] += 1
        }
      }
      return (counts, result)
    }
    let (s, i) = transposed(starts, indices, starts.count - 1)
    return transposed(s, i, starts.count - 1)
  }
}

/// Sets of indices that are all neighbours of each other.
private struct Cliques {
  private let sets: [[Int32]]
  /// Sets that each index is in, index after index.
  private var starts: [Int] = []
  private var memberships: [Int32] = []
  var isEmpty: Bool { sets.isEmpty }

  init(_ sets: [[Int32]], count: Int) {
    self.sets = sets
    if sets.isEmpty { return }
    starts = [Int](repeating: 0, count: count + 1)
    for set in sets { for i in set { starts[Int(i) + 1] += 1 } }
    for i in 0..<count { starts[i + 1] += starts[i] }
    memberships = [Int32](repeating: 0, count: starts[count])
    var next = starts
    for (k, set) in sets.enumerated() {
      for i in set {
        memberships[next[Int(i)]] = Int32(k)
        next[Int(i)] += 1
      }
    }
  }

  /// Calls for every member of every set of an index, the index itself among them.
  func forEachNeighbour(of i: Int, _ body: (Int) -> Void) {
    for k in starts[i]..<starts[i + 1] {
      for other in sets[Int(memberships[k])] { body(Int(other)) }
    }
  }
}
