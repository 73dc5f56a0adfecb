import Constraints
import LinearAlgebra

extension InteriorPoint {
  /// Multipliers of the form's rows that prove it infeasible, from the present iterate; nil when they do not (yet).
  ///
  /// Interior multipliers leave a little on columns without bounds, where the proof wants zeros. The smallest change
  /// (weighted by the multipliers) that gives these zeros is one more solve with the KKT matrix.
  /// - Parameter polishing: whether to make that solve, or only to look.
  func farkasMultipliers(polishing: Bool) -> [Double]? {
    guard problem.form.cones.isEmpty else { return nil }
    let form = problem.form.linear
    let e = embedding
    func lifted(_ y: UnsafePointer<Double>) -> [Double] {
      problem.liftMultipliers(y, costScale: 1).rows.map { $0 * form.sense.sign }
    }
    if let proof = form.contradiction(in: lifted(e.multipliers.pointer)) { return proof }
    guard polishing else { return nil }
    let (n, m) = (problem.columnCount, problem.rowCount)
    let multipliers = Vector(count: e.r)
    multipliers.copy(from: e.multipliers)
    let (diagonal, rowDiagonal) = (Vector(count: n + m), Vector(count: m))
    let rhs = Vector(count: n + m)
    var mustVanish = [Bool](repeating: false, count: n)
    for _ in 0..<3 {
      let y = multipliers.pointer
      let largest = VectorKernels.maxNorm(m, y)
      guard largest > 0, largest.isFinite else { return nil }
      for i in 0..<m {
        let hasSide = (y[i] > 0 ? problem.lower[n + i] : problem.upper[n + i]).isFinite
        if !hasSide || abs(y[i]) < 1e-12 * largest { y[i] = 0 }
        let weight = max(abs(y[i]) / largest, 1e-8)
        rowDiagonal[i] = 1 / (weight * weight)
      }
      rhs.fill(0)
      problem.matrix.multiplyTransposeAdd(y, into: rhs.pointer, factor: -1)
      for j in 0..<n {
        let g = -rhs[j]
        let isOpen = !(g > 0 ? problem.upper[j] : problem.lower[j]).isFinite
        if isOpen || (abs(g) < 1e-6 * largest && !(problem.lower[j].isFinite && problem.upper[j].isFinite)) {
          mustVanish[j] = true
        }
        diagonal[j] = mustVanish[j] ? 0 : 1e12
        if !mustVanish[j] { rhs[j] = 0 }
      }
      _ = e.kkt.factor(diagonal: diagonal, rowDiagonal: rowDiagonal)
      e.kkt.solve(rhs.pointer, count: 1)
      for i in 0..<m { y[i] += rhs[n + i] }
      if let proof = form.contradiction(in: lifted(y)) { return proof }
    }
    return nil
  }
}
