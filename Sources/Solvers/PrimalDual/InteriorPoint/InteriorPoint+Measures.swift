import LinearAlgebra

extension InteriorPoint {
  /// The criteria at the present iterate, in the units of the form.
  func measure() -> Measures {
    let e = embedding
    let (n, m, tau) = (problem.columnCount, problem.rowCount, e.tau)
    var result = Measures()
    let scale = problem.costScale
    let p = (0.5 * e.quadratic / tau + e.linearCost) / tau
    let d = (-0.5 * e.quadratic / tau + e.dualCost) / tau
    result.primalObjective = p / scale + constant
    result.dualObjective = d / scale + constant
    result.gap = abs(p - d) / scale / (1 + abs(p / scale + constant))
    var primal = 0.0
    // The numbers that enter a row are about as large as x, its entries being scaled to 1; a hundredth of that counts.
    let entering = 0.01 * VectorKernels.maxNorm(n, e.t.pointer) / tau
    for i in 0..<e.r { primal = max(primal, abs(e.primalResidual.pointer[i]) / (rowSize[i] + entering)) }
    for k in 0..<e.boxes.sideCount {
      let i = Int(e.boxes.index[k])
      let unit =
        i < n
        ? problem.columnScale[i] / (1 + abs(e.boxes.bound.pointer[k]) * problem.columnScale[i])
        : 1 / (rowSize[i - n] + entering)
      primal = max(primal, abs(e.boxes.residual.pointer[k]) * unit)
    }
    var dual = 0.0
    for j in 0..<n { dual = max(dual, abs(e.dualResidual.pointer[j]) * columnUnit[j]) }
    for i in 0..<m { dual = max(dual, abs(e.dualResidual.pointer[n + i]) * problem.rowScale[i] / (1 + costNorm)) }
    result.primalResidual = primal / tau
    result.dualResidual = dual / scale / tau
    // Farkas: dual cost positive while Aᵀλ + zl - zu vanishes.
    if e.dualCost > 0 {
      var worst = 0.0
      for j in 0..<n {
        let free = e.dualResidual.pointer[j] - e.hessianProduct.pointer[j] - problem.cost[j] * tau
        worst = max(worst, abs(free) / problem.columnScale[j])
      }
      for i in 0..<m { worst = max(worst, abs(e.dualResidual.pointer[n + i]) * problem.rowScale[i]) }
      result.farkasResidual = worst / e.dualCost
    }
    if e.linearCost < 0 {
      var worst = 0.0
      for j in 0..<n { worst = max(worst, abs(e.hessianProduct.pointer[j]) / problem.columnScale[j]) }
      for i in 0..<m {
        let shift = problem.lower[n + i] == problem.upper[n + i] ? problem.lower[n + i] * tau : 0
        worst = max(worst, abs(e.primalResidual.pointer[i] + shift) / problem.rowScale[i])
      }
      for i in 0..<problem.coneRowCount {
        let residual = e.primalResidual.pointer[m + i] - problem.offsets[i] * tau
        worst = max(worst, abs(residual) / problem.rowScale[m + i])
      }
      for k in 0..<e.boxes.sideCount {
        let i = Int(e.boxes.index[k])
        let unit = i < n ? problem.columnScale[i] : 1 / problem.rowScale[i - n]
        worst = max(
          worst, abs(e.boxes.residual.pointer[k] + e.boxes.sign(k) * e.boxes.bound.pointer[k] * tau) * unit)
      }
      result.rayResidual = worst / -e.linearCost * scale
    }
    return result
  }
}
