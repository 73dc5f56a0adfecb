import LinearAlgebra

/// Least squares where some predecessors may not be parents: half the residual variance given those that may.
///
/// - Complexity: O(k³) for a question with k possible parents that was not asked before.
struct RestrictedLeastSquares: LocalScore {
  /// Answers remembered; the memory starts anew beyond that.
  static let memoryLimit = 2_000_000

  let nodeCount: Int
  private let covariance: DenseMatrix
  private let allowed: [NodeSet]
  private var answers: [[NodeSet: Double]]
  private var remembered = 0

  init(_ covariance: DenseMatrix, constraints: OrderConstraints) {
    nodeCount = covariance.rowCount
    self.covariance = covariance
    allowed = constraints.allowedParents
    answers = [[NodeSet: Double]](repeating: [:], count: nodeCount)
  }

  mutating func cost(of node: Int, predecessors: NodeSet) -> Double {
    let parents = predecessors.intersection(allowed[node])
    if let known = answers[node][parents] { return known }
    if remembered > Self.memoryLimit {
      answers = [[NodeSet: Double]](repeating: [:], count: nodeCount)
      remembered = 0
    }
    let cost = Regression(covariance, node, on: parents.nodes).residualVariance / 2
    answers[node][parents] = cost
    remembered += 1
    return cost
  }

  mutating func fit(_ node: Int, predecessors: NodeSet) -> LocalFit {
    let parents = predecessors.intersection(allowed[node])
    let regression = Regression(covariance, node, on: parents.nodes)
    return LocalFit(cost: regression.residualVariance / 2, parents: regression.parents, weights: regression.weights)
  }
}
