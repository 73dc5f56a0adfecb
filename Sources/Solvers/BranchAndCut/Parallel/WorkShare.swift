/// How far a search goes before it pauses, in counts since its beginning: the same on every machine and every run.
struct WorkShare: Sendable {
  /// Of ``BranchAndCut/workDone``.
  var work = Int.max
  /// Of ``BranchAndCut/nodeCount``.
  var nodes = Int.max
  /// Simplex steps of the relaxation of the tree.
  var iterations = Int.max

  func isDone(by search: BranchAndCut) -> Bool {
    search.workDone >= work || search.nodeCount >= nodes || search.simplex.iterations >= iterations
  }
}

/// What the other threads have of a tree that several share, as of the last time that they met.
struct WorkElsewhere: Sendable {
  var bound = Double.infinity
  var openNodes = 0
  var nodes = 0
  var iterations = 0
}

extension BranchAndCut {
  /// Steps that propagation, cuts and the choice of a column at a node are counted as.
  private static let stepsPerNode = 5
  /// Steps that a factorization is counted as.
  private static let stepsPerFactorization = 5

  /// Work so far, in simplex steps and what takes about as long.
  var workDone: Int {
    simplex.iterations + heuristicState.iterations + BranchAndCut.stepsPerNode * nodeCount
      + BranchAndCut.stepsPerFactorization * simplex.factorizations
  }

  /// Nodes of all threads.
  var totalNodeCount: Int { nodeCount + others.nodes }
  var totalIterations: Int { simplex.iterations + others.iterations }
  var openCount: Int { queue.count + others.openNodes }
}
