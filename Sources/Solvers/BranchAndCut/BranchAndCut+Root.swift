import LinearAlgebra

/// The root: relaxation, cuts, and what heuristics make of them.
extension BranchAndCut {
  func solveRoot() -> Relaxation {
    let first = solveRelaxation()
    guard case .solved = first else {
      if case .unsolved = first { return .ended(.failed) }
      return first
    }
    keepRoot()
    heuristicState.rootState = simplex.state
    environment.progress(self, nil)
    for candidate in environment.ask(.rootRelaxation, self) { offer(candidate.point, source: candidate.source) }
    roundRelaxation()
    let before = rootObjective
    var best = rootObjective
    var stalled = 0
    let iterationLimit = (options.rootCuts.iterationFactor + 1) * simplex.iterations + options.rootCuts.iterationCredit
    for _ in 0..<options.rootCuts.rounds {
      if environment.shouldStop() || simplex.iterations > iterationLimit && form.separators.isEmpty { break }
      findFractional()
      if fractional.isEmpty && form.separators.isEmpty { break }
      if rootObjective > cutoff { return .pruned }
      let isStated = cutLoop.separateStated(point, into: simplex) { _ in true }
      if !isStated {
        if fractional.isEmpty { break }
        if cutLoop.separate(self, isRoot: true) == 0 { break }
      }
      let relaxation = solveRelaxation()
      guard case .solved = relaxation else {
        if case .unsolved = relaxation { break }
        return relaxation
      }
      cutLoop.noteAges(simplex)
      rootObjective = max(rootObjective, simplex.formBound)
      environment.progress(self, nil)
      findFractional()
      roundRelaxation()
      if cutoff.isFinite {
        fixByReducedCosts()
        if domain.isInfeasible { return .pruned }
      }
      if isStated { continue }
      if rootObjective - best > options.rootCuts.progress * max(rootObjective - before, 1e-9 * max(1, abs(before))) {
        best = rootObjective
        stalled = 0
      } else {
        stalled += 1
        if stalled >= options.rootCuts.stalledRounds { break }
      }
    }
    cutLoop.removeAged(from: simplex, age: 1)
    let last = solveRelaxation()
    guard case .solved = last else { return last }
    domain.keepChanges()
    keepRoot()
    findFractional()
    searchAtRoot()
    askAboutIncumbent()
    tightenGlobally()
    return end.map { .ended($0) } ?? .solved
  }

  /// Whether so many columns were fixed that presolve will make much of it.
  var isWorthRestart: Bool {
    guard options.restartShare < 1, !fractional.isEmpty else { return false }
    var open = 0
    var fixed = 0
    for j in columns.integers where form.columnLower[Int(j)] < form.columnUpper[Int(j)] {
      open += 1
      if domain.isFixed(Int(j)) { fixed += 1 }
    }
    return Double(fixed) > options.restartShare * Double(open)
  }

  /// The form within the bounds found so far.
  var narrowedForm: LinearForm {
    var narrowed = form
    for j in columns.integers {
      narrowed.columnLower[Int(j)] = domain.lower[Int(j)]
      narrowed.columnUpper[Int(j)] = domain.upper[Int(j)]
    }
    return narrowed
  }
}
