/// How much of a search for whole points goes into heuristics: budgets in simplex steps and entries looked at, not in
/// time, so that the same points come of the same seed on every machine.
public enum HeuristicEffort: String, Sendable, Hashable, CaseIterable {
  /// None are asked.
  case off
  /// 0.3 steps for each one of nodes and 10000 besides.
  case standard = "default"
  /// A step for each one of nodes and 50000 besides; ten times as many jumps and exchanges.
  case aggressive

  /// Simplex steps of heuristics, as a share of those of nodes.
  var share: Double {
    switch self {
    case .off: 0
    case .standard: 0.3
    case .aggressive: 1
    }
  }

  /// Steps that heuristics may take beyond the share: early points are worth the most.
  var credit: Int {
    switch self {
    case .off: 0
    case .standard: 10_000
    case .aggressive: 50_000
    }
  }

  /// The budget in words.
  var budgetText: String { "\(share) of those of nodes and \(credit) besides" }

  /// Rounds of local search from each new incumbent.
  var improvementRounds: Int {
    switch self {
    case .off: 0
    case .standard: 3
    case .aggressive: 10
    }
  }

  /// Entries that the exchange of pairs of columns may look at, as a multiple of those of the form.
  var swapEffort: Int {
    switch self {
    case .off: 0
    case .standard: 20
    case .aggressive: 200
    }
  }

  /// Entries that feasibility jump may look at, as a multiple of those of the form.
  var jumpEffort: Int {
    switch self {
    case .off: 0
    case .standard: 100
    case .aggressive: 1000
    }
  }
}

/// What the heuristics of a search remember from call to call.
struct HeuristicState {
  /// The cutoff that bounds were last tightened for at the root.
  var tightenedFor = Double.infinity
  /// Simplex steps so far.
  var iterations = 0
  /// Calls so far, which take turns.
  var dives = 0
  var neighbourhoods = 0
  var nextNode = 0
  /// The objective for which neighbourhoods of the incumbent were last searched.
  var searchedFor = Double.infinity
  /// The last few incumbents, the best last.
  var recentPoints: [[Double]] = []
  /// Share of columns that mutation fixes; more after searches that came to no end, fewer after those that found nothing.
  var mutationShare = 0.7
  var branchingRadius = 15
  var sideRelaxation: SideRelaxation?
  /// The basis of the first relaxation, before cuts.
  var rootState: Simplex.State?
  /// A point with whole columns that violates a few rows.
  var nearPoint: [Double]?
  /// Set while an incumbent is being improved: its successors are not, once more.
  var isImproving = false
  /// When heuristics from outside are asked next: at which node, and after how many improvements they were last.
  var nextAskedNode = 1
  var asked = 0
  var askedImprovements = 0
}

extension BranchAndCut {
  /// Steps that heuristics may take now.
  var allowance: Int {
    Int(options.heuristics.share * Double(solveIterations)) + options.heuristics.credit - heuristicState.iterations
  }

  /// Before the first relaxation: a point by jumps, and schedules.
  func searchBeforeRoot() {
    guard options.heuristics != .off, !options.isInner, !cutoff.isFinite, !columns.integers.isEmpty else { return }
    var jumps = FeasibilityJump(
      form, columns: columns, lower: domain.lower.array, upper: domain.upper.array,
      options: .init(effort: options.heuristics.jumpEffort), seed: options.seed)
    if let point = jumps.run(shouldStop: environment.shouldStop) {
      offerCompleted(point, source: "feasibility jump")
    } else {
      heuristicState.nearPoint = jumps.bestPoint
    }
    note(work: jumps.work)
    var schedules = EarliestStarts(form, seed: options.seed)
    for point in schedules.run(shouldStop: environment.shouldStop) { offerCompleted(point, source: "earliest starts") }
    note(work: schedules.starts.count * form.entryCount)
  }

  /// Dives, then searches around the relaxation's point.
  func searchAtRoot() {
    guard options.heuristics != .off, !fractional.isEmpty else { return }
    let rules: [DivingRule] = options.isInner ? [.coefficient] : [.coefficient, .fractional, .pseudocost, .vectorLength]
    for rule in rules {
      if allowance <= 0 || end != nil || fractional.isEmpty { return }
      if incumbent != nil && rule == .vectorLength { continue }
      dive(rule, iterationLimit: max(1000, allowance / 2))
      if rule == .coefficient && !options.isInner { searchFeasible() }
    }
    if options.isInner { return }
    if allowance > 0 { search(.relaxationEnforced, iterationLimit: max(1000, allowance / 2)) }
    if incumbent != nil {
      if allowance > 0 { dive(.guided, iterationLimit: max(500, allowance / 2)) }
      if allowance > 0 { search(.relaxationInduced, iterationLimit: max(1000, allowance / 2)) }
      heuristicState.searchedFor = incumbentObjective
    }
  }

  /// Without an incumbent: ways to one that do not look at the objective first.
  private func searchFeasible() {
    if incumbent == nil && allowance > 0 && end == nil { pump(iterationLimit: max(1000, allowance / 2)) }
    if incumbent == nil && allowance > 0 && end == nil { repair(iterationLimit: max(1000, allowance / 2)) }
  }

  /// Pumps from the relaxation's point.
  private func pump(iterationLimit: Int) {
    let side = sideRelaxation
    if let start = heuristicState.rootState, !side.hasSolved { side.simplex.load(start) }
    var pump = FeasibilityPump(form, columns: columns, domain: domain, side: side, seed: options.seed)
    let before = side.simplex.iterations
    let found = pump.run(from: point.array, iterationLimit: iterationLimit, shouldStop: environment.shouldStop)
    heuristicState.iterations += side.simplex.iterations - before
    if let found { offerCompleted(found, source: "feasibility pump") }
    if heuristicState.nearPoint == nil && !pump.target.isEmpty { heuristicState.nearPoint = pump.target }
  }

  /// Looks for a feasible point near one that almost is.
  private func repair(iterationLimit: Int) {
    guard let near = heuristicState.nearPoint else { return }
    var repair = ElasticRepair(form, columns: columns, lower: domain.lower.array, upper: domain.upper.array)
    repair.seed = options.seed
    repair.cutoff = cutoff
    let found = repair.run(near: near, iterationLimit: iterationLimit, shouldStop: environment.shouldStop)
    heuristicState.iterations += repair.iterations
    if let found { offer(found, source: "elastic repair") }
  }

  /// Asks heuristics from outside at a node, less and less often.
  func askOutside() {
    if nodeCount >= heuristicState.nextAskedNode {
      heuristicState.asked += 1
      heuristicState.nextAskedNode = nodeCount + min(1 << min(heuristicState.asked, 10), 500)
      for found in environment.ask(.node, self) { offer(found.point, source: found.source) }
    }
    askAboutIncumbent()
  }

  /// Asks heuristics from outside about a point that is better than the last one asked about.
  func askAboutIncumbent() {
    if improvements != heuristicState.askedImprovements {
      heuristicState.askedImprovements = improvements
      for found in environment.ask(.newIncumbent, self) { offer(found.point, source: found.source) }
    }
  }

  /// At a node, before it is split: now and then a dive or a search around it.
  func searchAtNode() {
    guard options.heuristics != .off, nodeCount >= heuristicState.nextNode, !fractional.isEmpty else { return }
    heuristicState.nextNode = nodeCount + (incumbent == nil ? 10 : 50)
    roundWithPropagation()
    if allowance <= 0 { return }
    heuristicState.dives += 1
    let rules: [DivingRule] = [.guided, .coefficient, .pseudocost, .fractional, .vectorLength]
    if options.isInner || incumbent == nil || heuristicState.dives % 2 == 1 {
      let rule = rules[(heuristicState.dives / 2) % rules.count]
      dive(incumbent == nil && rule == .guided ? .fractional : rule, iterationLimit: max(500, allowance / 4))
      return
    }
    let kinds: [Neighbourhood] = [.relaxationInduced, .crossover, .mutation, .localBranching]
    search(kinds[heuristicState.neighbourhoods % kinds.count], iterationLimit: max(1000, allowance / 2))
    heuristicState.neighbourhoods += 1
  }
}
