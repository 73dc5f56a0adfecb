/// A factored basis in which columns are replaced one at a time.
///
/// Each replacement is kept as a column of the product form of the inverse (G. Dantzig and W. Orchard-Hays, "The product
/// form for the inverse in the simplex method", Mathematical Tables and Other Aids to Computation 8, 1954) on top of a
/// ``SparseLU``. Vectors are indexed by the factor's rows.
public final class ProductFormBasis {
  public let factors: SparseLU
  /// The row of each replacement, its pivot, and where its other entries start.
  private var rows: [Int32] = []
  private var pivots: [Double] = []
  private var starts: [Int] = [0]
  private var indices: [Int32] = []
  private var values: [Double] = []

  public init(_ factors: SparseLU) { self.factors = factors }

  /// How many columns were replaced since the factorization.
  public var replacementCount: Int { rows.count }
  /// Entries kept for replacements.
  public var replacementEntryCount: Int { values.count }

  /// Forgets replacements, after a new factorization.
  public func reset() {
    rows.removeAll(keepingCapacity: true)
    pivots.removeAll(keepingCapacity: true)
    starts.removeAll(keepingCapacity: true)
    starts.append(0)
    indices.removeAll(keepingCapacity: true)
    values.removeAll(keepingCapacity: true)
  }

  /// Takes the last replacements back until so many are left.
  public func truncate(to count: Int) {
    rows.removeLast(rows.count - count)
    pivots.removeLast(pivots.count - count)
    starts.removeLast(starts.count - count - 1)
    indices.removeLast(indices.count - starts[count])
    values.removeLast(values.count - starts[count])
  }

  /// Replaces the column of a row by the one that `direction` is the solution of `B x = column` for.
  /// - Precondition: `direction` is not zero in that row.
  /// - Complexity: O(entries of the direction).
  public func replace(row: Int, direction: SparseVector) {
    rows.append(Int32(row))
    pivots.append(direction.values[row])
    for t in 0..<direction.entryCount {
      let i = direction.indices[t]
      let value = direction.values[Int(i)]
      if Int(i) == row || value == 0 { continue }
      indices.append(i)
      values.append(value)
    }
    starts.append(values.count)
  }

  /// Replaces b by the solution of `B x = b`.
  /// - Complexity: that of ``SparseLU/solve(_:tolerance:)`` + O(replacements + their entries that meet no zero).
  public func solve(_ b: SparseVector, tolerance: Double = 0) {
    factors.solve(b, tolerance: tolerance)
    let x = b.values
    withEntries { rows, pivots, starts, indices, values in
      for k in 0..<rows.count {
        let r = Int(rows[k])
        if x[r] == 0 { continue }
        let t = x[r] / pivots[k]
        x[r] = t
        for e in starts[k]..<starts[k + 1] { b.add(-values[e] * t, at: Int(indices[e])) }
      }
    }
  }

  private func withEntries(
    _ body: (
      UnsafeBufferPointer<Int32>, UnsafeBufferPointer<Double>, UnsafeBufferPointer<Int>, UnsafeBufferPointer<Int32>,
      UnsafeBufferPointer<Double>
    ) -> Void
  ) {
    rows.withUnsafeBufferPointer { rows in
      pivots.withUnsafeBufferPointer { pivots in
        starts.withUnsafeBufferPointer { starts in
          indices.withUnsafeBufferPointer { indices in
            values.withUnsafeBufferPointer { values in body(rows, pivots, starts, indices, values) }
          }
        }
      }
    }
  }

  /// Replaces c by the solution of `Bᵀ y = c`.
  /// - Complexity: that of ``SparseLU/solveTransposed(_:tolerance:)`` + O(entries of the replacements).
  public func solveTransposed(_ c: SparseVector, tolerance: Double = 0) {
    let y = c.values
    withEntries { rows, pivots, starts, indices, values in
      for k in (0..<rows.count).reversed() {
        let r = Int(rows[k])
        var t = y[r]
        for e in starts[k]..<starts[k + 1] { t -= values[e] * y[Int(indices[e])] }
        if t == y[r] && pivots[k] == 1 || t == 0 && y[r] == 0 { continue }
        c.add(t / pivots[k] - y[r], at: r)
      }
    }
    factors.solveTransposed(c, tolerance: tolerance)
  }
}
