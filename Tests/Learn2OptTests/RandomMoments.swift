import LinearAlgebra

@testable import Learn2Opt

/// Second moments of a random linear model with d variables, exact up to rounding: no samples are drawn.
func randomMoments(_ d: Int, seed: UInt64, sampleCount: Int = 1000) -> SampleCovariance {
  var random = SplitMix64(seed: seed)
  let order = Array(0..<d).shuffled(using: &random)
  // X = (I - Wᵀ)⁻¹ E column by column: loadings of every variable on the noises.
  var loadings = DenseMatrix(rowCount: d, columnCount: d)
  for (k, v) in order.enumerated() {
    loadings[v, v] = Double.random(in: 0.5...1.5, using: &random)
    for u in order[..<k] where Double.random(in: 0..<1, using: &random) < 0.4 {
      let weight = Double.random(in: -1.5...1.5, using: &random)
      for m in 0..<d { loadings[v, m] += weight * loadings[u, m] }
    }
  }
  return SampleCovariance(
    names: (0..<d).map { "x\($0)" }, matrix: loadings * loadings.transposed, sampleCount: sampleCount)
}

/// All orders of 0..<d.
func allOrders(_ d: Int) -> [[Int]] {
  if d == 0 { return [[]] }
  return allOrders(d - 1).flatMap { order in
    (0...order.count).map { k in Array(order[..<k]) + [d - 1] + Array(order[k...]) }
  }
}

/// `½ Σ r_v` of an order by regressions one at a time, from normal equations solved with pivoting.
func leastSquaresByRegression(_ s: DenseMatrix, _ order: [Int]) -> Double {
  var sum = 0.0
  for (k, v) in order.enumerated() { sum += residualVarianceByElimination(s, v, Array(order[..<k])) }
  return sum / 2
}

/// Residual variance of v given others, by a solve with their moments.
func residualVarianceByElimination(_ s: DenseMatrix, _ v: Int, _ parents: [Int]) -> Double {
  if parents.isEmpty { return s[v, v] }
  let moments = DenseMatrix(rowCount: parents.count, columnCount: parents.count) { s[parents[$0], parents[$1]] }
  let right = parents.map { s[$0, v] }
  let weights = LU(moments)!.solve(right)
  return s[v, v] - zip(weights, right).reduce(0) { $0 + $1.0 * $1.1 }
}
