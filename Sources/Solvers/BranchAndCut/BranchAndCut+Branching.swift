import LinearAlgebra

struct BranchingOptions: Sendable {
  /// Strong branching makes a column's pseudo-costs reliable: this many trials of each direction.
  var reliability = 8
  /// Columns tried at a node at most.
  var candidates = 100
  /// Columns in a row without a better score after which trying ends.
  var lookahead = 8
  /// Simplex steps of a trial, as a multiple of the mean of nodes, and at least and at most.
  var iterationFactor = 2.0
  var leastIterations = 10
  var mostIterations = 500
  /// Steps of all trials, as a share of those of nodes plus a number.
  var iterationShare = 0.5
  var iterationCredit = 10_000
  /// Depth from which on nothing is tried as long as there is no incumbent.
  var firstPointDepth = 5
  /// Replacements in the basis from which on it is factored before trials.
  var replacements = 20
}

extension BranchAndCut {
  enum Choice {
    case branch(column: Int, value: Double, downBound: Double, upBound: Double)
    /// Bounds were narrowed: the relaxation is to be solved again.
    case tightened
    case infeasible
    case stopped
  }

  /// Chooses the column to branch on by reliable pseudo-costs; trials that prove a side empty narrow the bounds instead.
  func chooseBranching(_ node: Node) -> Choice {
    let setting = options.branching
    let objective = simplex.objective
    let x = point.pointer
    var candidates = fractional.map { j -> (column: Int, score: Double) in
      let part = x[Int(j)] - x[Int(j)].rounded(.down)
      return (
        Int(j),
        Pseudocosts.score(
          pseudocosts.rate(Int(j), isUp: false) * part, pseudocosts.rate(Int(j), isUp: true) * (1 - part))
      )
    }
    candidates.sort { ($0.score, $1.column) > ($1.score, $0.column) }
    let allowed = Int(setting.iterationShare * Double(solveIterations)) + setting.iterationCredit
    var reliability = setting.reliability
    if strongIterations > allowed { reliability = 0 } else if strongIterations > allowed / 2 { reliability = max(1, reliability / 2) }
    // On the way to a first point good bounds are worth little.
    if !cutoff.isFinite && node.depth >= setting.firstPointDepth { reliability = 0 }
    var best = (column: candidates[0].column, score: -1.0, down: node.bound, up: node.bound)
    var misses = 0
    var tried = 0
    var snapshot: Simplex.Snapshot?
    let mean = Double(solveIterations) / Double(max(1, nodeCount))
    let limit = min(max(setting.leastIterations, Int(setting.iterationFactor * mean)), setting.mostIterations)
    for candidate in candidates {
      let j = candidate.column
      if pseudocosts.reliability(j) >= reliability || tried >= setting.candidates || misses >= setting.lookahead {
        if candidate.score > best.score { best = (j, candidate.score, node.bound, node.bound) }
        // The rest have smaller scores and are reliable, or are not to be tried.
        if misses >= setting.lookahead || tried >= setting.candidates { break }
        continue
      }
      tried += 1
      if snapshot == nil {
        // With few replacements trials need no factorization of their own, after which all would need another.
        if simplex.basis.replacementCount > setting.replacements { simplex.refactor() }
        snapshot = simplex.snapshot()
      }
      guard let snapshot else { break }
      let value = x[j]
      let floor = value.rounded(.down)
      let down = trial(j, isUp: false, at: floor, limit: limit, snapshot)
      let up = trial(j, isUp: true, at: floor + 1, limit: limit, snapshot)
      if environment.shouldStop() { return .stopped }
      if down.isPruned && up.isPruned { return .infeasible }
      if down.isPruned || up.isPruned {
        if down.isPruned { domain.setLower(j, floor + 1) } else { domain.setUpper(j, floor) }
        return .tightened
      }
      let part = value - floor
      if down.isSolved { pseudocosts.note(j, isUp: false, distance: part, gain: down.objective - objective) }
      if up.isSolved { pseudocosts.note(j, isUp: true, distance: 1 - part, gain: up.objective - objective) }
      let score = Pseudocosts.score(down.objective - objective, up.objective - objective)
      if score > best.score {
        best = (j, score, down.isSolved ? down.objective : node.bound, up.isSolved ? up.objective : node.bound)
        misses = 0
      } else {
        misses += 1
      }
    }
    return .branch(
      column: best.column, value: x[best.column], downBound: max(node.bound, best.down - 1e-9 * max(1, abs(best.down))),
      upBound: max(node.bound, best.up - 1e-9 * max(1, abs(best.up))))
  }

  /// Solves one side of a column for a few steps.
  private func trial(
    _ j: Int, isUp: Bool, at bound: Double, limit: Int, _ snapshot: Simplex.Snapshot
  ) -> (objective: Double, isPruned: Bool, isSolved: Bool) {
    let (low, high) = (domain.lower[j], domain.upper[j])
    let before = simplex.iterations
    simplex.setBounds(j, lower: isUp ? bound : low, upper: isUp ? high : bound)
    let status = simplex.solve(iterationLimit: limit, cutoff: cutoff, shouldStop: environment.shouldStop)
    let objective = status == .optimal || status == .iterationLimit ? simplex.formBound : -.infinity
    simplex.setBounds(j, lower: low, upper: high)
    simplex.restore(snapshot)
    strongIterations += simplex.iterations - before
    switch status {
    case .infeasible, .cutOff: return (.infinity, true, true)
    case .optimal: return (objective, objective > cutoff, true)
    case .iterationLimit: return (max(objective, -1e300), objective > cutoff, objective.isFinite)
    default: return (-1e300, false, false)
    }
  }
}
