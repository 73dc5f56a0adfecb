import LinearAlgebra

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

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
  /// Moments given what has grown up to the branch that was made last: its continuation needs one step more.
  private var recent: (node: Int, branch: Int, moments: PartialMoments)?
  /// The least squared partial correlation that pays for a parent: `-½ log(1 - ρ²) > penalty`.
  private let leastCorrelation: Double

  /// - Parameter penalty: cost of one parent; `c log(n) / (2n)` for the Bayesian information criterion with factor c.
  init(_ covariance: DenseMatrix, penalty: Double, constraints: OrderConstraints) {
    nodeCount = covariance.rowCount
    self.penalty = penalty
    self.covariance = covariance
    self.constraints = constraints
    leastCorrelation = 1 - exp(-2 * penalty - 1e-12)
    trees = [Tree](repeating: Tree(), count: nodeCount)
  }

  private struct Branch {
    /// Cost after the shrinking of what was grown up to here; NaN until somebody asks.
    var cost: Double
    var firstCandidate: Int32
    var candidateCount: Int32
    var parent: Int32
    /// The variable that was added last, -1 at the root.
    var added: Int32
  }

  private struct Tree {
    var branches: [Branch] = []
    /// Variables that lower the cost, the best first, and the branch that continues with each, 0 where there is none yet.
    var candidates: [(variable: Int32, branch: Int32)] = []

    /// The first candidate of a branch that is among the predecessors, -1 if none is.
    func firstCandidate(of branch: Int, in predecessors: NodeSet) -> Int {
      let first = Int(branches[branch].firstCandidate), end = first + Int(branches[branch].candidateCount)
      return candidates.withUnsafeBufferPointer { candidates in
        predecessors.words.withUnsafeBufferPointer { words in
          var k = first
          while k < end {
            let v = Int(candidates[k].variable)
            if words[v >> 6] >> UInt64(v & 63) & 1 != 0 { return k }
            k += 1
          }
          return -1
        }
      }
    }
  }

  mutating func cost(of node: Int, predecessors: NodeSet) -> Double { cost(node, walk(node, predecessors)) }

  /// Growing that does not take the other variable goes the same way without it.
  mutating func costs(of node: Int, predecessors: inout NodeSet, and other: Int) -> (without: Double, with: Double) {
    predecessors.insert(other)
    let branch = walk(node, predecessors)
    predecessors.remove(other)
    let with = cost(node, branch)
    var k = branch
    while k > 0 && trees[node].branches[k].added != Int32(other) { k = Int(trees[node].branches[k].parent) }
    let isRequired = constraints.requiredParents[node].contains(other)
    return (k > 0 || isRequired ? cost(of: node, predecessors: predecessors) : with, with)
  }

  private mutating func cost(_ node: Int, _ branch: Int) -> Double {
    let known = trees[node].branches[branch].cost
    if !known.isNaN { return known }
    let cost = shrink(node, chain(node, branch)).cost
    trees[node].branches[branch].cost = cost
    return cost
  }

  mutating func fit(_ node: Int, predecessors: NodeSet) -> LocalFit {
    let cost = cost(of: node, predecessors: predecessors)
    let grown = chain(node, walk(node, predecessors))
    let regression = Regression(covariance, node, on: shrink(node, grown).parents)
    return LocalFit(cost: cost, parents: regression.parents, weights: regression.weights)
  }

  /// The branch that growing ends in.
  private mutating func walk(_ node: Int, _ predecessors: NodeSet) -> Int {
    if remembered > Self.memoryLimit {
      trees = [Tree](repeating: Tree(), count: nodeCount)
      remembered = 0
      recent = nil
    }
    if trees[node].branches.isEmpty { grow(node, from: -1, adding: -1) }
    var branch = 0
    while true {
      let found = trees[node].firstCandidate(of: branch, in: predecessors)
      if found < 0 { return branch }
      let candidate = trees[node].candidates[found]
      if candidate.branch == 0 {
        let new = trees[node].branches.count
        trees[node].candidates[found].branch = Int32(new)
        grow(node, from: branch, adding: Int(candidate.variable))
        branch = new
      } else {
        branch = Int(candidate.branch)
      }
    }
  }

  /// Variables added on the way to a branch, the first first, without required ones.
  private func chain(_ node: Int, _ branch: Int) -> [Int] {
    var result: [Int] = []
    var k = branch
    while k > 0 {
      result.append(Int(trees[node].branches[k].added))
      k = Int(trees[node].branches[k].parent)
    }
    return result.reversed()
  }

  /// Adds a branch and ranks the variables that may follow.
  private mutating func grow(_ node: Int, from parent: Int, adding variable: Int) {
    var moments: PartialMoments
    if let recent, recent.node == node, recent.branch == parent, parent >= 0 {
      moments = recent.moments
      self.recent = nil
    } else {
      moments = PartialMoments(covariance, node)
      for p in constraints.requiredParents[node].nodes { moments.add(p) }
      if parent > 0 { for p in chain(node, parent) { moments.add(p) } }
    }
    if variable >= 0 { moments.add(variable) }
    let ranked = moments.candidates(atLeast: leastCorrelation, allowed: constraints.allowedParents[node])
    let first = trees[node].candidates.count
    for variable in ranked { trees[node].candidates.append((variable, 0)) }
    recent = (node, trees[node].branches.count, moments)
    trees[node].branches.append(
      Branch(
        cost: .nan, firstCandidate: Int32(first), candidateCount: Int32(ranked.count), parent: Int32(parent),
        added: Int32(variable)))
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
