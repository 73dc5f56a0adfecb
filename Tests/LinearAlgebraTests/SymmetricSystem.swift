@testable import LinearAlgebra

/// A sparse symmetric matrix, lower triangle by columns, with the signs that its pivots have.
struct SymmetricSystem {
  var order: Int
  var starts: [Int]
  var rowIndices: [Int32]
  var values: [Double]
  var signs: [Int8]

  /// From entries of the lower triangle; positions that come twice are summed.
  init(order n: Int, entries: [(row: Int, column: Int, value: Double)], signs: [Int8]) {
    var columns = [[Int32: Double]](repeating: [:], count: n)
    for e in entries { columns[min(e.row, e.column)][Int32(max(e.row, e.column)), default: 0] += e.value }
    order = n
    starts = [0]
    rowIndices = []
    values = []
    for column in columns {
      for (row, value) in column.sorted(by: { $0.key < $1.key }) {
        rowIndices.append(row)
        values.append(value)
      }
      starts.append(values.count)
    }
    self.signs = signs
  }

  /// `[H Aᵀ; A -G]` under a random symmetric permutation, with H and G diagonally dominant.
  /// - Parameters:
  ///   - primal: order of H; the rest, the order of G, is `dual`.
  ///   - density: of A; H and G have a tenth of it besides their diagonals.
  static func quasidefinite(primal: Int, dual: Int, density: Double, seed: UInt64) -> SymmetricSystem {
    var random = SplitMix64(seed: seed)
    let n = primal + dual
    var entries: [(row: Int, column: Int, value: Double)] = []
    var dominance = [Double](repeating: 0.1, count: n)
    for i in 0..<n {
      for j in 0..<i {
        let isCoupling = i >= primal && j < primal
        if Double.random(in: 0..<1, using: &random) >= (isCoupling ? density : density / 10) { continue }
        let value = Double.random(in: -1...1, using: &random)
        entries.append((i, j, value))
        if !isCoupling {
          dominance[i] += abs(value)
          dominance[j] += abs(value)
        }
      }
    }
    for i in 0..<n {
      entries.append((i, i, (i < primal ? 1 : -1) * (dominance[i] + Double.random(in: 0..<1, using: &random))))
    }
    let shuffled = (0..<n).shuffled(using: &random)
    var signs = [Int8](repeating: 1, count: n)
    for i in primal..<n { signs[shuffled[i]] = -1 }
    return SymmetricSystem(
      order: n, entries: entries.map { (shuffled[$0.row], shuffled[$0.column], $0.value) }, signs: signs)
  }

  func times(_ x: [Double]) -> [Double] {
    var y = [Double](repeating: 0, count: order)
    matrix.multiplySymmetricAdd(x, into: &y)
    return y
  }

  func analysis(_ ordering: LDLAnalysis.Ordering = .amd) -> LDLAnalysis {
    LDLAnalysis(order: order, starts: starts, rowIndices: rowIndices, ordering: ordering)
  }

  /// A five-point grid with `side` points a side, plus something on the diagonal.
  static func grid(_ side: Int) -> SymmetricSystem {
    var entries: [(row: Int, column: Int, value: Double)] = []
    for i in 0..<side {
      for j in 0..<side {
        let k = i * side + j
        entries.append((k, k, 4 + Double((i * 31 + j * 17) % 10) / 10))
        if i > 0 { entries.append((k, k - side, -1)) }
        if j > 0 { entries.append((k, k - 1, -1)) }
      }
    }
    return SymmetricSystem(order: side * side, entries: entries, signs: [Int8](repeating: 1, count: side * side))
  }

  var entries: [(row: Int, column: Int, value: Double)] {
    (0..<order).flatMap { j in (starts[j]..<starts[j + 1]).map { (Int(rowIndices[$0]), j, values[$0]) } }
  }

  /// The lower triangle.
  var matrix: SparseMatrix {
    SparseMatrix(rowCount: order, columnCount: order, starts: starts, rowIndices: rowIndices, values: values)
  }

  var dense: DenseMatrix {
    var matrix = DenseMatrix(rowCount: order, columnCount: order)
    for e in entries {
      matrix[e.row, e.column] = e.value
      matrix[e.column, e.row] = e.value
    }
    return matrix
  }
}
