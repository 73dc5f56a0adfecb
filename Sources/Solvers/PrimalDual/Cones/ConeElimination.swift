import LinearAlgebra

/// Semidefinite cones that are eliminated from the KKT matrix
///
///     [ P + D   Mᵀ ]
///     [ M      -H  ].
///
/// For a *matrix inequality*, the block of the columns in it gains `GᵀH⁻¹G`, entries `tr(Gᵢ T⁻¹ Gⱼ T⁻¹)`. For a *matrix
/// variable*, whose rows are single free columns x = s/g, these columns go too, and the block of the rows of constraints
/// loses `(A/g) H (A/g)ᵀ`, entries `tr(Aᵢ T Aⱼ T)`.
///
/// Vectors are those of the KKT matrix: columns, then rows of A, then rows of G.
final class ConeElimination {
  private struct Part {
    let block: ConeProduct.Block
    /// First row of the cone among all rows.
    let firstRow: Int
    let isVariable: Bool
    /// Columns of a matrix inequality, or rows of constraints of a matrix variable, ascending.
    let members: [Int32]
    /// A packed matrix for each member, by columns.
    let matrices: SparseMatrix
    let products: SemidefiniteProducts
    /// Column and coefficient of each row of a matrix variable.
    let columns: [Int32]
    let coefficients: [Double]
  }

  private let cones: ConeProduct
  private let columnCount: Int
  private let parts: [Part]
  private let dense: UnsafeMutablePointer<Double>
  private let one: UnsafeMutablePointer<Double>
  private let two: UnsafeMutablePointer<Double>

  /// Columns that are eliminated with their cone, as flags; empty when there are none.
  let isAbsorbed: [Bool]
  /// Sets of columns, and of rows, that become dense.
  var columnCliques: [[Int32]] { parts.filter { !$0.isVariable }.map(\.members) }
  var rowCliques: [[Int32]] { parts.filter(\.isVariable).map(\.members) }
  var isEmpty: Bool { parts.isEmpty }

  /// Which of the unknowns that are factorized are in a clique; empty when there is no clique.
  func cliqueFlags(_ pattern: KKTPattern) -> [Bool] {
    if isEmpty { return [] }
    var flags = [Bool](repeating: false, count: pattern.order)
    for part in parts {
      for i in part.members { flags[Int(pattern.position[(part.isVariable ? columnCount : 0) + Int(i)])] = true }
    }
    return flags
  }

  /// - Parameters:
  ///   - matrix: M, the rows of G last; `rows` the same by rows.
  ///   - isFree: whether a column has neither bounds nor a part in P.
  init(_ cones: ConeProduct, matrix: SparseMatrix, rows: SparseMatrix, isFree: (Int) -> Bool) {
    self.cones = cones
    columnCount = matrix.columnCount
    let firstConeRow = matrix.rowCount - cones.dimension
    var parts: [Part] = []
    var isAbsorbed = cones.eliminatedBlocks.isEmpty ? [] : [Bool](repeating: false, count: matrix.columnCount)
    var (largest, longest) = (0, 0)
    for block in cones.eliminatedBlocks {
      let first = firstConeRow + block.offset
      let range = first..<first + block.dimension
      let isVariable = range.allSatisfy { i in
        guard rows.starts[i + 1] == rows.starts[i] + 1 else { return false }
        let j = Int(rows.rowIndices[rows.starts[i]])
        let last = matrix.starts[j + 1] - 1
        return isFree(j) && (last == matrix.starts[j] || Int(matrix.rowIndices[last - 1]) < firstConeRow)
      }
      let part =
        isVariable
        ? ConeElimination.variable(block, range, matrix, rows)
        : ConeElimination.inequality(block, range, rows)
      if isVariable { for j in part.columns { isAbsorbed[Int(j)] = true } }
      parts.append(part)
      largest = max(largest, part.members.count)
      longest = max(longest, block.dimension)
    }
    self.parts = parts
    self.isAbsorbed = isAbsorbed
    dense = .allocate(capacity: largest * largest + 1)
    one = .allocate(capacity: longest + 1)
    two = .allocate(capacity: longest + 1)
  }

  deinit {
    dense.deallocate()
    one.deallocate()
    two.deallocate()
  }

  private static func inequality(_ block: ConeProduct.Block, _ range: Range<Int>, _ rows: SparseMatrix) -> Part {
    let entries = rows.starts[range.lowerBound]..<rows.starts[range.upperBound]
    let members = Set(rows.rowIndices[entries]).sorted()
    var place: [Int32: Int] = [:]
    for (k, j) in members.enumerated() { place[j] = k }
    var lists = [[(row: Int32, value: Double)]](repeating: [], count: members.count)
    for i in range {
      for e in rows.starts[i]..<rows.starts[i + 1] {
        lists[place[rows.rowIndices[e]]!].append((Int32(i - range.lowerBound), rows.values[e]))
      }
    }
    let matrices = packed(lists, rowCount: range.count)
    return Part(
      block: block, firstRow: range.lowerBound, isVariable: false, members: members, matrices: matrices,
      products: SemidefiniteProducts(order: block.order, matrices: matrices), columns: [], coefficients: [])
  }

  private static func variable(
    _ block: ConeProduct.Block, _ range: Range<Int>, _ matrix: SparseMatrix, _ rows: SparseMatrix
  ) -> Part {
    let columns = range.map { rows.rowIndices[rows.starts[$0]] }
    let coefficients = range.map { rows.values[rows.starts[$0]] }
    // The last entry of each column is that of the cone.
    func constraints(_ j: Int32) -> Range<Int> { matrix.starts[Int(j)]..<matrix.starts[Int(j) + 1] - 1 }
    var touched = Set<Int32>()
    for j in columns { touched.formUnion(matrix.rowIndices[constraints(j)]) }
    let members = touched.sorted()
    var place: [Int32: Int] = [:]
    for (k, i) in members.enumerated() { place[i] = k }
    var lists = [[(row: Int32, value: Double)]](repeating: [], count: members.count)
    for (k, j) in columns.enumerated() {
      for e in constraints(j) {
        lists[place[matrix.rowIndices[e]]!].append((Int32(k), matrix.values[e] / coefficients[k]))
      }
    }
    let matrices = packed(lists, rowCount: range.count)
    return Part(
      block: block, firstRow: range.lowerBound, isVariable: true, members: members, matrices: matrices,
      products: SemidefiniteProducts(order: block.order, matrices: matrices), columns: columns,
      coefficients: coefficients)
  }

  private static func packed(_ lists: [[(row: Int32, value: Double)]], rowCount: Int) -> SparseMatrix {
    var starts = [0]
    var indices: [Int32] = []
    var values: [Double] = []
    for list in lists {
      for entry in list {
        indices.append(entry.row)
        values.append(entry.value)
      }
      starts.append(indices.count)
    }
    return SparseMatrix(
      rowCount: rowCount, columnCount: lists.count, starts: starts, rowIndices: indices, values: values)
  }

  // MARK: - The matrix

  /// Adds what the cones leave to the lower triangle of the matrix that is factorized.
  /// - Parameters:
  ///   - position: of each column, then each row, among those factorized.
  ///   - starts, indices: the pattern, rows ascending; all pairs of a clique are in it.
  func addProducts(
    to values: UnsafeMutablePointer<Double>, position: UnsafeBufferPointer<Int32>, starts: UnsafeBufferPointer<Int>,
    indices: UnsafeBufferPointer<Int32>
  ) {
    for part in parts {
      let count = part.members.count
      dense.update(repeating: 0, count: count * count)
      let scaling = cones.semidefinite(part.block)
      part.products.add(part.isVariable ? scaling.product : scaling.inverseProduct, to: dense)
      let sign = part.isVariable ? -1.0 : 1.0
      let shift = part.isVariable ? columnCount : 0
      part.members.withUnsafeBufferPointer { members in
        for a in 0..<count {
          var k = starts[Int(position[shift + Int(members[a])])]
          for b in a..<count {
            let target = position[shift + Int(members[b])]
            while indices[k] != target { k += 1 }
            values[k] += sign * dense[a * count + b]
          }
        }
      }
    }
  }

  // MARK: - Right-hand sides

  /// Moves the eliminated rows of a right-hand side to those that stay; the former are left as they are.
  func reduce(_ rhs: UnsafeMutablePointer<Double>) {
    for part in parts {
      let n = part.block.dimension
      let own = rhs + columnCount + part.firstRow
      let scaling = cones.semidefinite(part.block)
      if part.isVariable {
        for k in 0..<n { one[k] = rhs[Int(part.columns[k])] / part.coefficients[k] }
        scaling.applyH(one, two)
        for k in 0..<n { two[k] += own[k] }
        spread(part, two, rhs + columnCount, -1)
      } else {
        scaling.applyInverseH(own, two)
        spread(part, two, rhs, 1)
      }
    }
  }

  /// Fills in the eliminated unknowns of a solution, so that their equations hold with the right-hand side.
  func complete(_ x: UnsafeMutablePointer<Double>, _ rhs: UnsafePointer<Double>) {
    for part in parts {
      let n = part.block.dimension
      let first = columnCount + part.firstRow
      let (own, target) = (x + first, rhs + first)
      let scaling = cones.semidefinite(part.block)
      if part.isVariable {
        // ζ = (r_X - Aᵀλ)/g and x = (r + Hζ)/g.
        for k in 0..<n { one[k] = rhs[Int(part.columns[k])] / part.coefficients[k] }
        gather(part, x + columnCount, one, -1)
        scaling.applyH(one, two)
        for k in 0..<n {
          x[Int(part.columns[k])] = (target[k] + two[k]) / part.coefficients[k]
          own[k] = one[k]
        }
      } else {
        // ζ = H⁻¹(Gx - r).
        for k in 0..<n { one[k] = -target[k] }
        gather(part, x, one, 1)
        scaling.applyInverseH(one, own)
      }
    }
  }

  /// Sets to 0 what belongs to eliminated unknowns.
  func clear(_ v: UnsafeMutablePointer<Double>) {
    for part in parts {
      (v + columnCount + part.firstRow).update(repeating: 0, count: part.block.dimension)
      for j in part.columns { v[Int(j)] = 0 }
    }
  }

  /// `out[members] += factor * matricesᵀ v`.
  private func spread(
    _ part: Part, _ v: UnsafePointer<Double>, _ out: UnsafeMutablePointer<Double>, _ factor: Double
  ) {
    let matrices = part.matrices
    for (k, member) in part.members.enumerated() {
      var sum = 0.0
      for e in matrices.starts[k]..<matrices.starts[k + 1] { sum += matrices.values[e] * v[Int(matrices.rowIndices[e])] }
      out[Int(member)] += factor * sum
    }
  }

  /// `v += factor * matrices x[members]`.
  private func gather(_ part: Part, _ x: UnsafePointer<Double>, _ v: UnsafeMutablePointer<Double>, _ factor: Double) {
    let matrices = part.matrices
    for (k, member) in part.members.enumerated() {
      let t = factor * x[Int(member)]
      if t == 0 { continue }
      for e in matrices.starts[k]..<matrices.starts[k + 1] { v[Int(matrices.rowIndices[e])] += t * matrices.values[e] }
    }
  }
}
