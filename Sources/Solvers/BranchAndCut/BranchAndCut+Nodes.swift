import LinearAlgebra

/// A node: its relaxation, what follows from it, and its children.
extension BranchAndCut {
  /// Solves a node: nil when it is done with, or its children, the preferred one first.
  /// - Parameter isJump: whether the node does not follow its parent.
  func process(_ node: Node, isJump: Bool) -> (Node, Node)? {
    let mark = domain.mark - node.changes.count
    let isRoot = node.parent == nil
    nodeCount += 1
    var isFirst = true
    // The root comes with its relaxation solved.
    var isSolved = isRoot
    var rounds = 0
    defer { wantsExact = false }
    for _ in 0..<1000 {
      if !isSolved {
        switch solveRelaxation() {
        case .pruned: return nil
        case .ended(let reason):
          if reason == .unbounded { isIncomplete = true } else { end = reason }
          if end != nil { queue.insert(node) }
          return nil
        case .unsolved: return splitUnsolved(node, mark: mark)
        case .solved: break
        }
      }
      let objective = simplex.objective
      if isFirst, node.branching.column >= 0 {
        pseudocosts.note(
          node.branching.column, isUp: node.branching.isUp, distance: node.branching.distance,
          gain: objective - (node.parent?.bound ?? objective))
      }
      isFirst = false
      isSolved = false
      node.bound = max(node.bound, simplex.formBound)
      if node.bound > cutoff { return nil }
      findFractional()
      if fractional.isEmpty {
        switch environment.settle(self) {
        case .open: break
        case .rows(let rows):
          if cutLoop.addStated(rows, at: point, into: simplex) { continue }
        case .settled:
          let isFixed = columns.integers.allSatisfy { domain.isFixed(Int($0)) }
          return isFixed ? nil : splitUnsolved(node, mark: max(0, mark))
        }
        if cutLoop.separateRequired(point, into: simplex) { continue }
        // A whole point ends the node only when the relaxation has no better one.
        if isRelaxationOpen && !wantsExact {
          wantsExact = true
          continue
        }
        if offerRelaxation() && !isRelaxationOpen { return nil }
        return splitUnsolved(node, mark: max(0, mark))
      }
      cutLoop.noteAges(simplex)
      let isFirstRound = rounds == 0
      rounds += 1
      if !isRoot, cutLoop.separateInTree(self, isFirst: isFirstRound, isJump: isJump) { continue }
      roundRelaxation()
      if node.bound > cutoff { return nil }
      fixByReducedCosts()
      if domain.isInfeasible { return nil }
      askOutside()
      if !isRoot { searchAtNode() }
      if node.bound > cutoff { return nil }
      // After a dive the relaxation may have come back to another optimum, a whole one.
      if fractional.isEmpty {
        if environment.shouldStop() {
          queue.insert(node)
          return nil
        }
        continue
      }
      switch chooseBranching(node) {
      case .infeasible: return nil
      case .tightened: continue
      case .stopped:
        queue.insert(node)
        return nil
      case .branch(let column, let value, let downBound, let upBound):
        return children(of: node, column: column, at: value, bounds: (downBound, upBound), mark: max(0, mark))
      }
    }
    return splitUnsolved(node, mark: max(0, mark))
  }

  private func children(
    of node: Node, column: Int, at value: Double, bounds: (down: Double, up: Double), mark: Int
  ) -> (Node, Node) {
    node.changes = domain.changes(since: mark)
    let state = simplexState
    let floor = value.rounded(.down)
    var estimate = node.bound
    for j in fractional {
      let part = point[Int(j)] - point[Int(j)].rounded(.down)
      estimate += min(
        pseudocosts.rate(Int(j), isUp: false) * part, pseudocosts.rate(Int(j), isUp: true) * (1 - part))
    }
    let part = value - floor
    let (lossDown, lossUp) = (
      pseudocosts.rate(column, isUp: false) * part, pseudocosts.rate(column, isUp: true) * (1 - part)
    )
    let rest = estimate - min(lossDown, lossUp)
    let down = Node(
      parent: node, changes: [.init(column: Int32(column), isUpper: true, value: floor)],
      bound: max(node.bound, bounds.down), estimate: max(rest + lossDown, bounds.down), start: state,
      branching: (column, false, part))
    let up = Node(
      parent: node, changes: [.init(column: Int32(column), isUpper: false, value: floor + 1)],
      bound: max(node.bound, bounds.up), estimate: max(rest + lossUp, bounds.up), start: state,
      branching: (column, true, 1 - part))
    return prefersUp(column, value, lossDown, lossUp) ? (up, down) : (down, up)
  }

  /// The direction to plunge into: where the incumbent is, or where the root relaxation was, or the cheaper one; up where
  /// there is no incumbent.
  private func prefersUp(_ column: Int, _ value: Double, _ lossDown: Double, _ lossUp: Double) -> Bool {
    if let incumbent, incumbentObjective.isFinite, nodeCount % 2 == 0 { return incumbent[column] > value }
    // On the way to a first point a one decides more than a zero does.
    if incumbent == nil && form.columnLower[column] == 0 && form.columnUpper[column] == 1 { return true }
    let root = rootPoint[column]
    if abs(value - root) > 0.1 { return root > value }
    if lossDown != lossUp { return lossUp < lossDown }
    return value - value.rounded(.down) > 0.5
  }

  /// A node whose relaxation gave no usable answer is split on any column that has more than one value left.
  private func splitUnsolved(_ node: Node, mark: Int) -> (Node, Node)? {
    var widest = -1
    var width = 0.0
    for j in columns.integers {
      let range = domain.upper[Int(j)] - domain.lower[Int(j)]
      if range >= 1 && range > width { (widest, width) = (Int(j), range) }
    }
    guard widest >= 0 else {
      // Nothing left to split: the point, if there is one, is lost.
      if !offerFixed() { isIncomplete = true }
      return nil
    }
    let (low, high) = (domain.lower[widest], domain.upper[widest])
    let value = low.isFinite && high.isFinite ? (low + high) / 2 : low.isFinite ? low + 1000 : high.isFinite ? high - 1000 : 0
    let floor = min(value.rounded(.down), high - 1)
    node.changes = domain.changes(since: max(0, mark))
    let state = simplexState
    return (
      Node(
        parent: node, changes: [.init(column: Int32(widest), isUpper: true, value: floor)], bound: node.bound,
        estimate: node.estimate, start: state),
      Node(
        parent: node, changes: [.init(column: Int32(widest), isUpper: false, value: floor + 1)], bound: node.bound,
        estimate: node.estimate, start: state)
    )
  }

  /// Whether the relaxation's point is not known to be its optimum: steps were saved where costs had been perturbed.
  private var isRelaxationOpen: Bool {
    let objective = simplex.objective
    return objective - simplex.formBound > max(options.absoluteGap, 1e-6 * max(1, abs(objective)))
  }
}
