import Constraints
import LinearAlgebra

extension InteriorPoint {
  /// A direction of the form's columns in which everything stays satisfied and the objective improves without limit, from
  /// the present iterate; nil when it is none (yet), or where there are cones.
  ///
  /// Interior directions move a little where they must not. The smallest change (weighted by the direction) that stops
  /// this is one more solve with the KKT matrix.
  /// - Parameter polishing: whether to make that solve, or only to look.
  func ray(polishing: Bool) -> [Double]? {
    guard problem.form.cones.isEmpty else { return nil }
    let e = embedding
    if let proof = problem.form.ray(in: problem.liftPoint(e.t.pointer, asDirection: true)) { return proof }
    guard polishing else { return nil }
    let (n, m) = (problem.columnCount, problem.rowCount)
    let direction = Vector(count: n)
    for j in 0..<n { direction[j] = e.t[j] }
    let (diagonal, rowDiagonal) = (Vector(count: n + m), Vector(count: m))
    let rhs = Vector(count: n + m)
    var mustVanish = (0..<m).map { problem.lower[n + $0] == problem.upper[n + $0] }
    for _ in 0..<3 {
      let d = direction.pointer
      let largest = VectorKernels.maxNorm(n, d)
      guard largest > 0, largest.isFinite else { return nil }
      for j in 0..<n {
        let hasSide = (d[j] > 0 ? problem.upper[j] : problem.lower[j]).isFinite
        if hasSide || abs(d[j]) < 1e-12 * largest { d[j] = 0 }
        let weight = max(abs(d[j]) / largest, 1e-8)
        // Where there are quadratic terms, they must outweigh this.
        diagonal[j] = (problem.hessian.entryCount > 0 ? 1e-4 : 1) / (weight * weight)
      }
      rhs.fill(0)
      problem.subtractHessianProduct(d, from: rhs.pointer)
      problem.matrix.multiplyAdd(d, into: rhs.pointer + n, factor: -1)
      for i in 0..<m {
        let movement = -rhs[n + i]
        if abs(movement) > 1e-9 * largest && (movement > 0 ? problem.upper[n + i] : problem.lower[n + i]).isFinite {
          mustVanish[i] = true
        }
        rowDiagonal[i] = mustVanish[i] ? 0 : 1e12
        if !mustVanish[i] { rhs[n + i] = 0 }
      }
      _ = e.kkt.factor(diagonal: diagonal, rowDiagonal: rowDiagonal)
      e.kkt.solve(rhs.pointer, count: 1)
      for j in 0..<n { d[j] += rhs[j] }
      if let proof = problem.form.ray(in: problem.liftPoint(d, asDirection: true)) { return proof }
    }
    return nil
  }
}
