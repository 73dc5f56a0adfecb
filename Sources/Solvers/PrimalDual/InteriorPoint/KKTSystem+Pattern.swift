import LinearAlgebra

extension KKTSystem {
  /// The pattern for a problem without numbers.
  static func choosePattern(_ problem: InteriorPointProblem) -> (KKTPattern, LDLAnalysis) {
    let rows = problem.matrix.transposed()
    let cones = ConeProduct(problem.form.cones, eliminatedCount: problem.eliminatedConeCount)
    let elimination = ConeElimination(cones, matrix: problem.matrix, rows: rows, isFree: problem.freeColumns())
    return choosePattern(problem, rows, cones, elimination)
  }

  /// The pattern with the cheaper factor. Columns that would fill the normal equations stay in either case.
  static func choosePattern(
    _ problem: InteriorPointProblem, _ rows: SparseMatrix, _ cones: ConeProduct, _ elimination: ConeElimination
  ) -> (KKTPattern, LDLAnalysis) {
    let (n, r) = (problem.columnCount, problem.stackedRowCount)
    let hessian = problem.hessian
    var canGo = [Bool](repeating: true, count: n)
    for j in 0..<n {
      for k in hessian.starts[j]..<hessian.starts[j + 1] where hessian.rowIndices[k] != Int32(j) {
        canGo[j] = false
        canGo[Int(hessian.rowIndices[k])] = false
      }
    }
    for clique in elimination.columnCliques { for j in clique { canGo[Int(j)] = false } }
    for j in elimination.isAbsorbed.indices where elimination.isAbsorbed[j] { canGo[j] = false }
    let limit = max(20, Int(10 * Double(r).squareRoot()))
    let average = n > 0 ? problem.matrix.entryCount / n : 0
    var candidates = 0
    var work = 0.0
    for j in 0..<n where canGo[j] {
      let count = problem.matrix.starts[j + 1] - problem.matrix.starts[j]
      let isFree = !problem.lower[j].isFinite && !problem.upper[j].isFinite && hessian.starts[j] == hessian.starts[j + 1]
      if isFree || (count > limit && count > 10 * average) { canGo[j] = false } else {
        candidates += 1
        work += Double(count) * Double(count)
      }
    }
    func full() -> (KKTPattern, LDLAnalysis) {
      let pattern = KKTPattern(
        hessian: hessian, matrix: problem.matrix, rows: rows, cones: cones, elimination: elimination,
        isEliminated: [Bool](repeating: false, count: n))
      return (pattern, LDLAnalysis(order: pattern.order, starts: pattern.starts, rowIndices: pattern.rowIndices))
    }
    func eliminating() -> (KKTPattern, LDLAnalysis) {
      let pattern = KKTPattern(
        hessian: hessian, matrix: problem.matrix, rows: rows, cones: cones, elimination: elimination,
        isEliminated: canGo)
      return (pattern, LDLAnalysis(order: pattern.order, starts: pattern.starts, rowIndices: pattern.rowIndices))
    }
    if candidates == 0 { return full() }
    // Where the products are few, the normal equations never lose by much; where they are many, look at both.
    let entries = Double(problem.matrix.entryCount + r + 1)
    if candidates == n && work < 30 * entries { return eliminating() }
    if work > 400 * entries && work > 1e7 { return full() }
    let (one, other) = (eliminating(), full())
    return one.1.flopCount + 2 * Double(one.0.productCount) <= other.1.flopCount ? one : other
  }
}
