import Constraints
import LinearAlgebra

/// Makes interior multipliers of infeasibility exact where the proof wants zeros: on columns that lack the bound their sum
/// of multiples leans on.
///
/// The change is the least one relative to the sizes of the multipliers of each row and cone, so that interior multipliers
/// stay in their dual cones; by LSQR on the open columns alone.
struct CertificatePolishing {
  private let form: ConicForm
  private(set) var rows: [Double]
  private(set) var cones: [Double]

  /// - Parameters:
  ///   - rows: one multiplier a row, signs as in ``Certificate/farkas(rows:general:)``; empty for zeros.
  ///   - cones: one a row of G, in the dual cones; empty for zeros.
  init(_ form: ConicForm, rows: [Double], cones: [Double]) {
    self.form = form
    self.rows = rows.isEmpty ? [Double](repeating: 0, count: form.linear.rowCount) : rows
    self.cones = cones.isEmpty ? [Double](repeating: 0, count: form.coneRowCount) : cones
  }

  /// - Complexity: a few dozen products with the matrix.
  mutating func run(rounds: Int = 3) {
    let linear = form.linear
    let (m, k) = (linear.rowCount, form.coneRowCount)
    for _ in 0..<rounds {
      let largest = max(rows.reduce(0) { max($0, abs($1)) }, cones.reduce(0) { max($0, abs($1)) })
      guard largest > 0, largest.isFinite else { return }
      for i in 0..<m where !(rows[i] > 0 ? linear.rowLower[i] : linear.rowUpper[i]).isFinite { rows[i] = 0 }
      let weights = weights(largest)
      let total = combination(rows, cones)
      let open = (0..<linear.columnCount).filter { j in
        let g = total[j]
        if g == 0 { return false }
        let (low, high) = (linear.columnLower[j], linear.columnUpper[j])
        return !(g > 0 ? high : low).isFinite || (abs(g) < 1e-6 * largest && !(low.isFinite && high.isFinite))
      }
      if open.isEmpty { return }
      var position = [Int32](repeating: -1, count: linear.columnCount)
      for (p, j) in open.enumerated() { position[j] = Int32(p) }
      let matrix = openPart(position, open.count, weights)
      var options = LSQR.Options()
      options.iterationLimit = 200
      let method = LSQR(rowCount: open.count, columnCount: m + k, options: options)
      let target = open.map { -total[$0] }
      var change = [Double](repeating: 0, count: m + k)
      _ = method.solve(
        { x, y in
          y.update(repeating: 0, count: open.count)
          matrix.multiplyAdd(x, into: y)
        },
        transpose: { y, x in
          x.update(repeating: 0, count: m + k)
          matrix.multiplyTransposeAdd(y, into: x)
        }, target, &change)
      guard change.allSatisfy(\.isFinite) else { return }
      for i in 0..<m { rows[i] += weights[i] * change[i] }
      for i in 0..<k { cones[i] += weights[m + i] * change[m + i] }
    }
  }

  /// How far each multiplier may move: as far as it, or the largest of its cone, is from 0.
  private func weights(_ largest: Double) -> [Double] {
    var result = rows.map { abs($0) < 1e-12 * largest ? 0 : abs($0) / largest }
    var first = 0
    for cone in form.cones {
      let size = cones[first..<(first + cone.dimension)].reduce(0) { max($0, abs($1)) } / largest
      result += [Double](repeating: size < 1e-12 ? 0 : size, count: cone.dimension)
      first += cone.dimension
    }
    return result
  }

  /// Aᵀy + Gᵀz.
  private func combination(_ y: [Double], _ z: [Double]) -> [Double] {
    let linear = form.linear
    var result = [Double](repeating: 0, count: linear.columnCount)
    for i in 0..<linear.rowCount where y[i] != 0 {
      for e in linear.starts[i]..<linear.starts[i + 1] { result[Int(linear.entryColumns[e])] += y[i] * linear.entryValues[e] }
    }
    for i in 0..<form.coneRowCount where z[i] != 0 {
      for e in form.coneStarts[i]..<form.coneStarts[i + 1] {
        result[Int(form.coneColumns[e])] += z[i] * form.coneValues[e]
      }
    }
    return result
  }

  /// The columns of A and G that are open, transposed and weighted: a row for each open column.
  private func openPart(_ position: [Int32], _ count: Int, _ weights: [Double]) -> SparseMatrix {
    let linear = form.linear
    var starts = [0]
    var indices: [Int32] = []
    var values: [Double] = []
    func append(_ columns: ArraySlice<Int32>, _ entries: ArraySlice<Double>, _ weight: Double) {
      if weight != 0 {
        for (column, value) in zip(columns, entries) where position[Int(column)] >= 0 {
          indices.append(position[Int(column)])
          values.append(weight * value)
        }
      }
      starts.append(indices.count)
    }
    for i in 0..<linear.rowCount {
      let range = linear.starts[i]..<linear.starts[i + 1]
      append(linear.entryColumns[range], linear.entryValues[range], weights[i])
    }
    for i in 0..<form.coneRowCount {
      let range = form.coneStarts[i]..<form.coneStarts[i + 1]
      append(form.coneColumns[range], form.coneValues[range], weights[linear.rowCount + i])
    }
    return SparseMatrix(
      rowCount: count, columnCount: linear.rowCount + form.coneRowCount, starts: starts, rowIndices: indices, values: values)
  }
}
