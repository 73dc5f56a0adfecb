/// How much of a search goes into heuristics.
enum HeuristicEffort: String, Sendable, CaseIterable {
  case off
  case standard
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
  /// When heuristics from outside are asked next: at which node, and after how many improvements they were last.
  var nextAskedNode = 1
  var asked = 0
  var askedImprovements = 0
}

extension BranchAndCut {
  /// Steps that heuristics may take now.
  private var allowance: Int {
    Int(options.heuristics.share * Double(solveIterations)) + options.heuristics.credit - heuristicState.iterations
  }

  /// Dives, then searches around the relaxation's point.
  func searchAtRoot() {
    guard options.heuristics != .off, !fractional.isEmpty else { return }
    let rules: [DivingRule] = options.isInner ? [.coefficient] : [.coefficient, .fractional, .pseudocost, .vectorLength]
    for rule in rules {
      if allowance <= 0 || end != nil || fractional.isEmpty { return }
      if incumbent != nil && rule == .vectorLength { continue }
      dive(rule, iterationLimit: max(1000, allowance / 2))
    }
    if options.isInner { return }
    if allowance > 0 { search(.relaxationEnforced, iterationLimit: max(1000, allowance / 2)) }
    if incumbent != nil {
      if allowance > 0 { dive(.guided, iterationLimit: max(500, allowance / 2)) }
      if allowance > 0 { search(.relaxationInduced, iterationLimit: max(1000, allowance / 2)) }
      heuristicState.searchedFor = incumbentObjective
    }
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
