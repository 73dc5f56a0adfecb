import LinearAlgebra

/// The penalized Gaussian likelihood of a node with parents chosen by growing and shrinking: `½ log r + penalty · |P|`,
/// where r is the residual variance given the parents P.
///
/// Parents are added one at a time, always the predecessor that lowers the cost most, and then taken away while that
/// lowers it. The additions form a tree: from a set of parents the candidates are ranked once, and whoever asks later
/// with other predecessors walks along what is there already.
///
/// - Source: B. Andrews, J. Ramsey, R. Sanchez-Romero, J. Camchong, E. Kummerfeld, "Fast scalable and accurate discovery
///   of DAGs using the best order score search and grow-shrink trees", NeurIPS 2023.
/// - Complexity: a question takes O(k) looks for k parents once the tree is grown; a new branch O(d k² + d log d).
struct GrowShrinkScore: LocalScore {
  /// Candidates remembered over all nodes; the trees start anew beyond that. 12 bytes each.
  static let memoryLimit = 20_000_000

  let nodeCount: Int
  /// Cost of one parent.
  let penalty: Double
  private let covariance: DenseMatrix
  private let constraints: OrderConstraints
  private var trees: [Tree]
  private var remembered = 0

  /// - Parameter penalty: cost of one parent; `c log(n) / (2n)` for the Bayesian information criterion with factor c.
  init(_ covariance: DenseMatrix, penalty: Double, constraints: OrderConstraints) {
    nodeCount = covariance.rowCount
    self.penalty = penalty
    self.covariance = covariance
    self.constraints = constraints
    trees = []
    startTrees()
  }

  private struct Branch {
    /// Cost after the shrinking of what was grown up to here.
    var cost: Double
    var firstCandidate: Int
    var candidateCount: Int
    var parent: Int
    /// The variable that was added last, -1 at the root.
    var added: Int
  }

  private struct Tree {
    var branches: [Branch] = []
    /// Variables that lower the cost, the best first.
    var candidates: [Int32] = []
    /// The branch that continues with a candidate, 0 where there is none yet.
    var next: [Int32] = []
  }

  private mutating func startTrees() {
    trees = [Tree](repeating: Tree(), count: nodeCount)
    remembered = 0
  }

  mutating func cost(of node: Int, predecessors: NodeSet) -> Double {
    let branch = walk(node, predecessors)
    return trees[node].branches[branch].cost
  }

  mutating func fit(_ node: Int, predecessors: NodeSet) -> LocalFit {
    let branch = walk(node, predecessors)
    let grown = chain(node, branch)
    let regression = Regression(covariance, node, on: shrink(node, grown).parents)
    return LocalFit(
      cost: trees[node].branches[branch].cost, parents: regression.parents, weights: regression.weights)
  }

  /// The branch that growing ends in.
  private mutating func walk(_ node: Int, _ predecessors: NodeSet) -> Int {
    if remembered > Self.memoryLimit { startTrees() }
    if trees[node].branches.isEmpty { grow(node, from: -1, adding: -1) }
    var branch = 0
    while true {
      let first = trees[node].branches[branch].firstCandidate
      let count = trees[node].branches[branch].candidateCount
      var found = -1
      for k in first..<(first + count) where predecessors.contains(Int(trees[node].candidates[k])) {
        found = k
        break
      }
      if found < 0 { return branch }
      if trees[node].next[found] == 0 {
        let added = Int(trees[node].candidates[found])
        trees[node].next[found] = Int32(trees[node].branches.count)
        grow(node, from: branch, adding: added)
      }
      branch = Int(trees[node].next[found])
    }
  }

  /// Variables added on the way to a branch, the first first, without required ones.
  private func chain(_ node: Int, _ branch: Int) -> [Int] {
    var result: [Int] = []
    var k = branch
    while k > 0 {
      result.append(trees[node].branches[k].added)
      k = trees[node].branches[k].parent
    }
    return result.reversed()
  }

  /// Adds a branch: ranks the variables that may follow, and shrinks what has grown.
  private mutating func grow(_ node: Int, from parent: Int, adding variable: Int) {
    let required = constraints.requiredParents[node].nodes
    let grown = (parent < 0 ? [] : chain(node, parent) + [variable])
    var partial = PartialMoments(covariance, node)
    for p in required + grown { partial.add(p) }
    let current = partial.cost(penalty)
    var ranked: [(cost: Double, variable: Int32)] = []
    let allowed = constraints.allowedParents[node]
    for u in 0..<nodeCount where u != node && allowed.contains(u) && !partial.contains(u) {
      let cost = partial.cost(penalty, adding: u)
      if cost < current - 1e-12 { ranked.append((cost, Int32(u))) }
    }
    ranked.sort { ($0.cost, $0.variable) < ($1.cost, $1.variable) }
    let branch = Branch(
      cost: shrink(node, grown).cost, firstCandidate: trees[node].candidates.count, candidateCount: ranked.count,
      parent: parent, added: variable)
    trees[node].branches.append(branch)
    for candidate in ranked {
      trees[node].candidates.append(candidate.variable)
      trees[node].next.append(0)
    }
    remembered += ranked.count + 4
  }

  /// Takes variables away while that lowers the cost; required ones stay.
  private func shrink(_ node: Int, _ grown: [Int]) -> (cost: Double, parents: [Int]) {
    let required = constraints.requiredParents[node].nodes
    var kept = grown
    var regression = Regression(covariance, node, on: required + kept)
    var cost = regression.cost(penalty)
    while !kept.isEmpty {
      var best = cost
      var worst = -1
      for k in kept.indices {
        let without = regression.cost(penalty, withoutParentAt: required.count + k)
        if without < best - 1e-12 {
          best = without
          worst = k
        }
      }
      if worst < 0 { break }
      kept.remove(at: worst)
      regression = Regression(covariance, node, on: required + kept)
      cost = regression.cost(penalty)
    }
    return (cost, required + kept)
  }
}
