/// Dense systems of a few equations.
enum SmallSystem {
  /// Solves `A x = b` by elimination with row pivoting; A by columns and b are overwritten, b by x.
  /// - Returns: whether A is regular.
  /// - Complexity: O(n³ / 3).
  static func solve(_ n: Int, _ a: UnsafeMutablePointer<Double>, _ b: UnsafeMutablePointer<Double>) -> Bool {
    for k in 0..<n {
      var pivot = k
      for i in k..<n where abs(a[k * n + i]) > abs(a[k * n + pivot]) { pivot = i }
      if !(abs(a[k * n + pivot]) > 1e-300) || !a[k * n + pivot].isFinite { return false }
      if pivot != k {
        for j in k..<n {
          let t = a[j * n + k]
          a[j * n + k] = a[j * n + pivot]
          a[j * n + pivot] = t
        }
        let t = b[k]
        b[k] = b[pivot]
        b[pivot] = t
      }
      for i in (k + 1)..<n {
        let factor = a[k * n + i] / a[k * n + k]
        if factor == 0 { continue }
        for j in (k + 1)..<n { a[j * n + i] -= factor * a[j * n + k] }
        b[i] -= factor * b[k]
      }
    }
    for k in (0..<n).reversed() {
      for j in (k + 1)..<n { b[k] -= a[j * n + k] * b[j] }
      b[k] /= a[k * n + k]
    }
    return true
  }
}
