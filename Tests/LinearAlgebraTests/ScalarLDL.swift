@testable import LinearAlgebra

/// Up-looking LDLᵀ, a row at a time: the plain algorithm that the supernodal one is compared with.
///
/// Source: Davis, "Algorithm 849: A concise sparse Cholesky factorization package", 2005.
struct ScalarLDL {
  var columns: [[(row: Int, value: Double)]]
  var pivots: [Double]
  var replaced = 0
  let permutation: [Int32]

  init(_ matrix: SymmetricSystem, permutation: [Int32], threshold: Double = 1e-13, replacement: Double = 2e-7) {
    let n = matrix.order
    self.permutation = permutation
    let inverse = Permutation.inverse(permutation)
    var rows = [[Int: Double]](repeating: [:], count: n)
    pivots = [Double](repeating: 0, count: n)
    columns = [[(row: Int, value: Double)]](repeating: [], count: n)
    for j in 0..<n {
      for p in matrix.starts[j]..<matrix.starts[j + 1] {
        let a = Int(inverse[Int(matrix.rowIndices[p])]), b = Int(inverse[j])
        if a == b { pivots[a] += matrix.values[p] } else { rows[max(a, b)][min(a, b), default: 0] += matrix.values[p] }
      }
    }
    var parent = [Int](repeating: -1, count: n)
    var work = [Double](repeating: 0, count: n)
    for k in 0..<n {
      var reached: Set<Int> = []
      for (i, value) in rows[k] {
        work[i] = value
        var j = i
        while j != k && !reached.contains(j) {
          reached.insert(j)
          if parent[j] == -1 { parent[j] = k }
          j = parent[j]
        }
      }
      for i in reached.sorted() {
        let value = work[i]
        work[i] = 0
        for entry in columns[i] { work[entry.row] -= entry.value * value }
        pivots[k] -= value / pivots[i] * value
        columns[i].append((k, value / pivots[i]))
      }
      work[k] = 0
      let sign = Double(matrix.signs[Int(permutation[k])])
      if !(sign * pivots[k] > threshold) {
        pivots[k] = sign * replacement
        replaced += 1
      }
    }
  }

  func solve(_ b: [Double]) -> [Double] {
    let n = b.count
    var y = permutation.map { b[Int($0)] }
    for k in 0..<n { for entry in columns[k] { y[entry.row] -= entry.value * y[k] } }
    for k in (0..<n).reversed() {
      y[k] /= pivots[k]
      for entry in columns[k] { y[k] -= entry.value * y[entry.row] }
    }
    var x = b
    for k in 0..<n { x[Int(permutation[k])] = y[k] }
    return x
  }
}
