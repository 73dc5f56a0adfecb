import LinearAlgebra

/// Orders that are built front to back.
enum GreedyOrder {
  /// Always the variable with the least residual variance given those placed: right in the limit where all noises have
  /// the same variance.
  ///
  /// - Source: W. Chen, M. Drton, Y. Wang, "On causal discovery with an equal-variance assumption", Biometrika 2019.
  /// - Complexity: O(d³/3), a Cholesky factorization with the smallest pivot first.
  static func leastVariance(_ covariance: DenseMatrix) -> [Int] {
    let d = covariance.rowCount
    var left = (0..<d).map { covariance[$0, $0] }
    var placed = [Bool](repeating: false, count: d)
    var order: [Int] = []
    var columns: [Double] = []
    columns.reserveCapacity(d * d)
    for _ in 0..<d {
      var next = -1
      for v in 0..<d where !placed[v] && (next < 0 || left[v] < left[next]) { next = v }
      let start = columns.count
      columns += covariance.values[next * d..<(next + 1) * d]
      columns.withUnsafeMutableBufferPointer { columns in
        for k in order.indices {
          let factor = columns[k * d + next]
          for u in 0..<d { columns[start + u] -= factor * columns[k * d + u] }
        }
        let scale = left[next] > 0 ? 1 / left[next].squareRoot() : 0
        for u in 0..<d {
          columns[start + u] *= scale
          left[u] -= columns[start + u] * columns[start + u]
        }
      }
      placed[next] = true
      order.append(next)
    }
    return order
  }
}
