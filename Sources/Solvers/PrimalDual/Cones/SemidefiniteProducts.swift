import LinearAlgebra

/// The products `tr(Aᵢ W Aⱼ W)` of sparse symmetric matrices with a dense one, by which a semidefinite cone is eliminated
/// from a Newton system: W = T for rows of the constraints of a matrix variable, W = T⁻¹ for the columns of a matrix
/// inequality (T as in ``SemidefiniteScaling``).
///
/// For each Aᵢ, from the fullest down, one of three ways is taken: all of `U = W Aᵢ W` by two products, of which the
/// second is dense; `V = Aᵢ W`, and single entries of W V; or single entries of U from the entries of Aᵢ.
///
/// Fujisawa, Kojima and Nakata, "Exploiting sparsity in primal-dual interior-point methods for semidefinite programming",
/// Mathematical Programming 79 (1997).
final class SemidefiniteProducts {
  /// Order of the matrices.
  let order: Int
  /// Number of matrices.
  let count: Int

  private enum Way: UInt8 { case dense, half, sparse }
  /// A scalar operation in a dense product costs so much of one elsewhere.
  private static let denseShare = 0.15

  /// Entries of the lower triangles, matrix after matrix: `row >= column`.
  private let starts: [Int]
  private let rows: [Int32]
  private let columns: [Int32]
  private let values: [Double]
  /// Matrices from the fullest to the emptiest, with the way of each.
  private let sequence: [Int32]
  private let ways: [Way]
  private let product: UnsafeMutablePointer<Double>
  private let half: UnsafeMutablePointer<Double>

  /// - Parameter matrices: packed matrices (upper triangle column by column, entries off the diagonal times √2) as
  ///   columns.
  init(order n: Int, matrices: SparseMatrix) {
    precondition(matrices.rowCount == n * (n + 1) / 2)
    order = n
    count = matrices.columnCount
    starts = matrices.starts
    // Row and column of each packed position.
    var (packedRows, packedColumns): ([Int32], [Int32]) = ([], [])
    packedRows.reserveCapacity(matrices.rowCount)
    packedColumns.reserveCapacity(matrices.rowCount)
    for j in 0..<n {
      for i in 0...j {
        packedRows.append(Int32(j))
        packedColumns.append(Int32(i))
      }
    }
    rows = matrices.rowIndices.map { packedRows[Int($0)] }
    columns = matrices.rowIndices.map { packedColumns[Int($0)] }
    let root = 0.5.squareRoot()
    values = matrices.rowIndices.indices.map { k in
      let p = Int(matrices.rowIndices[k])
      return packedRows[p] == packedColumns[p] ? matrices.values[k] : root * matrices.values[k]
    }
    var fullCounts = [Int](repeating: 0, count: count)
    for i in 0..<count {
      for k in starts[i]..<starts[i + 1] { fullCounts[i] += rows[k] == columns[k] ? 1 : 2 }
    }
    let sequence = (0..<count).sorted { (fullCounts[$0], $1) > (fullCounts[$1], $0) }
    var remaining = fullCounts.reduce(0.0) { $0 + Double($1) }
    var ways: [Way] = []
    let size = Double(n)
    for i in sequence {
      let own = Double(fullCounts[i])
      let dense = size * own + SemidefiniteProducts.denseShare * size * size * size + remaining
      let half = size * own + (size + 1) * remaining
      let sparse = (2 * own + 1) * remaining
      ways.append(dense <= min(half, sparse) ? .dense : half <= sparse ? .half : .sparse)
      remaining -= own
    }
    self.sequence = sequence.map(Int32.init)
    self.ways = ways
    product = .allocate(capacity: n * n + 1)
    half = .allocate(capacity: n * n + 1)
  }

  deinit {
    product.deallocate()
    half.deallocate()
  }

  /// Adds the products to both triangles of a dense `count` × `count` matrix.
  /// - Parameter w: W, by columns, both triangles.
  func add(_ w: UnsafePointer<Double>, to result: UnsafeMutablePointer<Double>) {
    rows.withUnsafeBufferPointer { rows in
      columns.withUnsafeBufferPointer { columns in
        values.withUnsafeBufferPointer { values in
          starts.withUnsafeBufferPointer { starts in
            for p in 0..<count {
              let i = Int(sequence[p])
              let own = starts[i]..<starts[i + 1]
              if own.isEmpty { continue }
              if ways[p] != .sparse { multiplyHalf(w, own, rows, columns, values) }
              if ways[p] == .dense { BLAS.multiply(order, half, w, transposing: .first, into: product) }
              for q in p..<count {
                let j = Int(sequence[q])
                var sum = 0.0
                for k in starts[j]..<starts[j + 1] {
                  let (a, b) = (Int(rows[k]), Int(columns[k]))
                  let entry =
                    switch ways[p] {
                    case .dense: product[b * order + a]
                    case .half: dot(half + a * order, w + b * order)
                    case .sparse: sparseEntry(w, a, b, own, rows, columns, values)
                    }
                  sum += (a == b ? 1 : 2) * values[k] * entry
                }
                result[i * count + j] += sum
                if i != j { result[j * count + i] += sum }
              }
            }
          }
        }
      }
    }
  }

  /// `half = A W`, by columns.
  @inline(__always)
  private func multiplyHalf(
    _ w: UnsafePointer<Double>, _ own: Range<Int>, _ rows: UnsafeBufferPointer<Int32>,
    _ columns: UnsafeBufferPointer<Int32>, _ values: UnsafeBufferPointer<Double>
  ) {
    half.update(repeating: 0, count: order * order)
    for a in 0..<order {
      let (out, wa) = (half + a * order, w + a * order)
      for k in own {
        let (i, j) = (Int(rows[k]), Int(columns[k]))
        out[i] += values[k] * wa[j]
        if i != j { out[j] += values[k] * wa[i] }
      }
    }
  }

  /// Entry (a, b) of W A W from the entries of A.
  @inline(__always)
  private func sparseEntry(
    _ w: UnsafePointer<Double>, _ a: Int, _ b: Int, _ own: Range<Int>, _ rows: UnsafeBufferPointer<Int32>,
    _ columns: UnsafeBufferPointer<Int32>, _ values: UnsafeBufferPointer<Double>
  ) -> Double {
    let (wa, wb) = (w + a * order, w + b * order)
    var sum = 0.0
    for k in own {
      let (i, j) = (Int(rows[k]), Int(columns[k]))
      let one = wa[i] * wb[j]
      sum += values[k] * (i == j ? one : one + wa[j] * wb[i])
    }
    return sum
  }

  @inline(__always)
  private func dot(_ a: UnsafePointer<Double>, _ b: UnsafePointer<Double>) -> Double {
    SecondOrderScaling.dot(order, a, b)
  }
}
