@testable import Solvers

/// A reference for conic programs: the homogeneous embedding with every Newton system written out and solved densely.
///
///     minimize cᵀx   subject to   Ax = b,  Gx + h ∈ K
///
/// Slow and plain on purpose; only the cones come from the library.
struct DenseConicReference {
  enum Ending { case optimal, primalInfeasible, dualInfeasible, stalled }
  struct Result {
    var ending = Ending.stalled
    var objective = 0.0
    var x: [Double] = []
    /// Multipliers of the equations and the cones.
    var y: [Double] = []
    var z: [Double] = []
    var iterations = 0
  }

  var cost: [Double]
  var equations: [[Double]] = []
  var sides: [Double] = []
  var rows: [[Double]]
  var offsets: [Double]
  var cones: [ConicForm.Cone]
  var tolerance = 1e-9
  /// Steps shorter than `below` are tried again with at least `sigma` and without the second-order term.
  var centring = (below: 0.1, sigma: 0.5)

  func solve(iterationLimit: Int = 200) -> Result {
    let product = ConeProduct(cones)
    let (n, m, p) = (cost.count, sides.count, offsets.count)
    precondition(product.dimension == p)
    let total = n + m + p + 2
    var x = [Double](repeating: 0, count: n)
    var y = [Double](repeating: 0, count: m)
    var s = [Double](repeating: 0, count: p)
    var z = s
    product.setCentral(s: &s, z: &z)
    var (tau, kappa) = (1.0, 1.0)
    var result = Result()
    let scale = 1 + max(maxNorm(cost), max(maxNorm(sides), maxNorm(offsets)))
    for iteration in 0...iterationLimit {
      let mu = (dot(s, z) + tau * kappa) / (product.degree + 1)
      // Residuals.
      var r1 = cost.map { $0 * tau }
      for i in 0..<m { for j in 0..<n { r1[j] -= equations[i][j] * y[i] } }
      for i in 0..<p { for j in 0..<n { r1[j] -= rows[i][j] * z[i] } }
      let r2 = (0..<m).map { dot(equations[$0], x) - sides[$0] * tau }
      let r3 = (0..<p).map { dot(rows[$0], x) + offsets[$0] * tau - s[$0] }
      let (primal, dual) = (dot(cost, x), dot(sides, y) - dot(offsets, z))
      let r4 = primal - dual + kappa
      result.iterations = iteration
      result.objective = primal / tau
      result.x = x.map { $0 / tau }
      result.y = y.map { $0 / tau }
      result.z = z.map { $0 / tau }
      let error = max(maxNorm(r1), max(maxNorm(r2), maxNorm(r3)))
      if error <= tolerance * tau * scale, abs(primal - dual) <= tolerance * (tau + min(abs(primal), abs(dual))) {
        result.ending = .optimal
        return result
      }
      let ray = zip(r1, cost).map { $0 - $1 * tau }
      if dual > 0, maxNorm(ray) <= tolerance * dual {
        result.ending = .primalInfeasible
        result.y = y.map { $0 / dual }
        result.z = z.map { $0 / dual }
        return result
      }
      let e2 = zip(r2, sides).map { $0 + $1 * tau }
      let e3 = zip(r3, offsets).map { $0 - $1 * tau }
      if primal < 0, max(maxNorm(e2), maxNorm(e3)) <= tolerance * -primal {
        result.ending = .dualInfeasible
        result.x = x.map { $0 / -primal }
        return result
      }
      guard product.updateScaling(s: s, z: z) else { return result }
      let h = product.denseH()

      func direction(
        eta: Double, _ xi: [Double], _ complement: Double
      ) -> (dx: [Double], dy: [Double], dz: [Double], ds: [Double], dtau: Double, dkappa: Double) {
        // Unknowns x, y, z, tau, kappa; ds = -H dz + ξ.
        var k = [[Double]](repeating: [Double](repeating: 0, count: total), count: total)
        var rhs = [Double](repeating: 0, count: total)
        let (t, kap) = (total - 2, total - 1)
        for j in 0..<n {
          for i in 0..<m { k[j][n + i] = -equations[i][j] }
          for i in 0..<p { k[j][n + m + i] = -rows[i][j] }
          k[j][t] = cost[j]
          rhs[j] = -eta * r1[j]
        }
        for i in 0..<m {
          for j in 0..<n { k[n + i][j] = equations[i][j] }
          k[n + i][t] = -sides[i]
          rhs[n + i] = -eta * r2[i]
        }
        for i in 0..<p {
          let row = n + m + i
          for j in 0..<n { k[row][j] = rows[i][j] }
          for j in 0..<p { k[row][n + m + j] = h[i][j] }
          k[row][t] = offsets[i]
          rhs[row] = -eta * r3[i] + xi[i]
        }
        for j in 0..<n { k[t][j] = cost[j] }
        for i in 0..<m { k[t][n + i] = -sides[i] }
        for i in 0..<p { k[t][n + m + i] = offsets[i] }
        k[t][kap] = 1
        rhs[t] = -eta * r4
        k[kap][t] = kappa
        k[kap][kap] = tau
        rhs[kap] = complement
        let v = solveLinearSystem(k, rhs)
        let dz = Array(v[(n + m)..<(n + m + p)])
        let ds = zip(xi, product.applied(dz)).map { $0 - $1 }
        return (Array(v[..<n]), Array(v[n..<(n + m)]), dz, ds, v[t], v[kap])
      }
      func longest(_ d: (dx: [Double], dy: [Double], dz: [Double], ds: [Double], dtau: Double, dkappa: Double)) -> Double {
        var alpha = product.maxStep(s: s, ds: d.ds, z: z, dz: d.dz, limit: 1)
        if d.dtau < 0 { alpha = min(alpha, -tau / d.dtau) }
        if d.dkappa < 0 { alpha = min(alpha, -kappa / d.dkappa) }
        return alpha
      }
      func nearStep(_ d: (dx: [Double], dy: [Double], dz: [Double], ds: [Double], dtau: Double, dkappa: Double)) -> Double {
        var alpha = 0.99 * longest(d)
        while alpha > 1e-8 {
          let (s2, z2) = (zip(s, d.ds).map { $0 + alpha * $1 }, zip(z, d.dz).map { $0 + alpha * $1 })
          let (tau2, kappa2) = (tau + alpha * d.dtau, kappa + alpha * d.dkappa)
          let mu2 = (dot(s2, z2) + tau2 * kappa2) / (product.degree + 1)
          if product.isNearCentralPath(s: s2, z: z2, mu: mu2) { break }
          alpha *= 0.8
        }
        return alpha
      }

      var xi = s
      product.affineTarget(s: s, into: &xi)
      let affine = direction(eta: 1, xi, -tau * kappa)
      let reach = longest(affine)
      let sigma = (1 - reach) * (1 - reach) * (1 - reach)
      product.combinedTarget(s: s, z: z, ds: affine.ds, dz: affine.dz, sigmaMu: sigma * mu, into: &xi)
      var d = direction(eta: 1 - sigma, xi, sigma * mu - tau * kappa - affine.dtau * affine.dkappa)
      var alpha = nearStep(d)
      if alpha < centring.below {
        // Far from the central path the second-order term misleads: back towards it without.
        let sigma = max(sigma, centring.sigma)
        product.centringTarget(s: s, z: z, sigmaMu: sigma * mu, into: &xi)
        let back = direction(eta: 1 - sigma, xi, sigma * mu - tau * kappa)
        let step = nearStep(back)
        if step > alpha {
          d = back
          alpha = step
        }
      }
      guard alpha > 1e-8, alpha.isFinite else { return result }
      x = zip(x, d.dx).map { $0 + alpha * $1 }
      y = zip(y, d.dy).map { $0 + alpha * $1 }
      z = zip(z, d.dz).map { $0 + alpha * $1 }
      s = zip(s, d.ds).map { $0 + alpha * $1 }
      tau += alpha * d.dtau
      kappa += alpha * d.dkappa
    }
    return result
  }
}
