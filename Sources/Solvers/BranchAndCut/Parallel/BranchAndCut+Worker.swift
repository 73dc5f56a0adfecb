import LinearAlgebra

/// Searches that share the tree of another one.
extension BranchAndCut {
  /// A search that goes on from the root of another one, with its cuts, bounds and pseudo-costs, and has no nodes yet.
  ///
  /// Budgets that the root has not used up are shared by all.
  /// - Parameters:
  ///   - root: the search that the tree came from; its root is solved.
  ///   - number: from 1; the search of the root is number 0.
  ///   - count: of all searches that share the tree, with that of the root.
  convenience init(sharing root: BranchAndCut, number: Int, of count: Int, environment: Environment) {
    var options = root.options
    // Limits are those of all together, and kept by whoever deals the nodes.
    options.nodeLimit = .max
    options.iterationLimit = .max
    options.memoryLimit = .max
    options.solutionLimit = .max
    options.threads = 1
    options.seed &+= 0x9E37_79B9_7F4A_7C15 &* UInt64(number)
    self.init(root.form, options: options, environment: environment)
    activeBound = .infinity
    cutLoop.adopt(root.cutLoop, into: simplex)
    cutLoop.takeTurns(number, of: count)
    for j in 0..<form.columnCount {
      domain.setLower(j, root.rootLower[j])
      domain.setUpper(j, root.rootUpper[j])
    }
    domain.propagate()
    domain.keepChanges()
    load(root.simplexState)
    pseudocosts = root.pseudocosts
    rootObjective = root.rootObjective
    rootPoint = root.rootPoint
    rootReducedCosts = root.rootReducedCosts
    rootReducedBound = root.rootReducedBound
    rootLower = root.rootLower
    rootUpper = root.rootUpper
    setCutoff(root.cutoff)
    if let point = root.incumbent { adopt(point, objective: root.incumbentObjective) }
    heuristicState = root.heuristicState
    heuristicState.sideRelaxation = nil
    heuristicState.tightenedFor = .infinity
    heuristicState.nextNode = 10 * number
    // Others begin with other dives and neighbourhoods.
    heuristicState.dives += number
    heuristicState.neighbourhoods += number
    solveIterations = root.solveIterations
    strongIterations = root.strongIterations
    splitBudgets(among: count)
  }

  /// Leaves a share of what heuristics and strong branching may still spend.
  func splitBudgets(among count: Int) {
    heuristicState.iterations += max(0, allowance) * (count - 1) / count
    let trials = Int(options.branching.iterationShare * Double(solveIterations)) + options.branching.iterationCredit
    strongIterations += max(0, trials - strongIterations) * (count - 1) / count
  }

  /// Takes a point that another search of the same tree has found and checked.
  func adoptShared(_ point: [Double], objective: Double) {
    adopt(point, objective: objective)
    heuristicState.recentPoints.append(point)
    if heuristicState.recentPoints.count > 4 { heuristicState.recentPoints.removeFirst() }
    queue.prune(above: cutoff)
  }
}
