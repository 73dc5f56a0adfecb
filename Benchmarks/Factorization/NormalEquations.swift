import Constraints
import LinearAlgebra

/// `A D Aᵀ + I` of a model's rows, lower triangle by columns; D is diagonal with entries from 1e-2 to 1e2.
struct NormalEquations {
  var order: Int
  var starts: [Int] = [0]
  var rowIndices: [Int32] = []
  var values: [Double] = []

  init(_ model: Model) {
    let rows = model.rows
    order = rows.count
    var generator = SplitMix64(seed: 1)
    var scale: [Double] = []
    for _ in 0..<model.variableCount {
      let exponent = Int.random(in: -2...2, using: &generator)
      var d = 1.0
      for _ in 0..<abs(exponent) { d *= exponent < 0 ? 0.1 : 10 }
      scale.append(d)
    }
    // The rows are the columns of Aᵀ.
    let transpose = SparseMatrix(
      rowCount: model.variableCount, columnCount: rows.count, starts: rows.starts, rowIndices: rows.columns,
      values: rows.values)
    let matrix = transpose.transposed()
    var sum = [Double](repeating: 0, count: order)
    var mark = [Int](repeating: -1, count: order)
    for i in 0..<order {
      var pattern = [Int32(i)]
      mark[i] = i
      sum[i] = 1
      for p in rows.range(i) {
        let j = Int(rows.columns[p])
        let t = rows.values[p] * scale[j]
        for q in matrix.starts[j]..<matrix.starts[j + 1] where matrix.rowIndices[q] >= i {
          let k = Int(matrix.rowIndices[q])
          if mark[k] != i {
            mark[k] = i
            sum[k] = 0
            pattern.append(Int32(k))
          }
          sum[k] += t * matrix.values[q]
        }
      }
      pattern.sort()
      for k in pattern {
        rowIndices.append(k)
        values.append(sum[Int(k)])
      }
      starts.append(values.count)
    }
  }
}
