import LinearAlgebra

/// Least squares with an absolute-value penalty: `½ E(x_v - wᵀ x_P)² + λ Σ |w|` over the predecessors P, from second
/// moments.
///
/// - Source: R. Tibshirani, "Regression shrinkage and selection via the lasso", 1996; coordinate descent as in
///   J. Friedman, T. Hastie, R. Tibshirani, "Regularization paths for generalized linear models via coordinate descent",
///   2010.
/// - Complexity: O(k) a step of one coordinate, for k predecessors; each question starts at the last answer for its node.
struct LassoScore: LocalScore {
  /// A coordinate that would change the score by less than this part of the node's variance stays.
  static let tolerance = 1e-13
  /// Sweeps over the coordinates at most.
  static let sweepLimit = 10_000

  let nodeCount: Int
  let lambda: Double
  private let covariance: DenseMatrix
  private let constraints: OrderConstraints
  /// Last weights of each node, by variable.
  private var last: [[Double]]

  init(_ covariance: DenseMatrix, lambda: Double, constraints: OrderConstraints) {
    nodeCount = covariance.rowCount
    self.lambda = lambda
    self.covariance = covariance
    self.constraints = constraints
    last = [[Double]](repeating: [Double](repeating: 0, count: nodeCount), count: nodeCount)
  }

  mutating func cost(of node: Int, predecessors: NodeSet) -> Double {
    let open = predecessors.intersection(constraints.allowedParents[node]).nodes
    return solve(node, open)
  }

  mutating func fit(_ node: Int, predecessors: NodeSet) -> LocalFit {
    let cost = cost(of: node, predecessors: predecessors)
    let parents = (0..<nodeCount).filter { last[node][$0] != 0 }
    return LocalFit(cost: cost, parents: parents, weights: parents.map { last[node][$0] })
  }

  private mutating func solve(_ node: Int, _ open: [Int]) -> Double {
    let d = nodeCount, lambda = lambda
    var weights = [Double](repeating: 0, count: d)
    for u in open { weights[u] = last[node][u] }
    // Moments of the residual with every variable.
    var gradient = Array(covariance.values[node * d..<(node + 1) * d])
    let threshold = Self.tolerance * covariance[node, node]
    covariance.values.withUnsafeBufferPointer { s in
      gradient.withUnsafeMutableBufferPointer { g in
        for u in open where weights[u] != 0 {
          for k in 0..<d { g[k] -= weights[u] * s[u * d + k] }
        }
        for _ in 0..<Self.sweepLimit {
          var largest = 0.0
          for u in open {
            let own = s[u * (d + 1)]
            if own <= 0 { continue }
            let target = g[u] + own * weights[u]
            let next = target > lambda ? (target - lambda) / own : target < -lambda ? (target + lambda) / own : 0
            let change = next - weights[u]
            if change == 0 { continue }
            for k in 0..<d { g[k] -= change * s[u * d + k] }
            weights[u] = next
            largest = max(largest, change * change * own)
          }
          if largest <= threshold { break }
        }
      }
    }
    last[node] = weights
    // At a minimum ½ (S_vv - Σ w s_v) - ½ Σ w g and the penalty; with the residual moments g this needs no solve.
    var quadratic = covariance[node, node]
    var penalty = 0.0
    for u in open where weights[u] != 0 {
      quadratic -= weights[u] * (covariance[u, node] + gradient[u])
      penalty += abs(weights[u])
    }
    return quadratic / 2 + lambda * penalty
  }
}
