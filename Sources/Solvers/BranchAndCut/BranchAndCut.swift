import LinearAlgebra

/// Search for the best whole point of a linear form: linear relaxations solved by the dual simplex method, tightened by
/// cuts and propagation, and a tree of nodes split on a whole column each.
///
/// Nodes are taken best bound first, deepest first as long as there is no point, and from each the search plunges: it goes on with a child as long as that is
/// promising, so that the basis and its factors stay. Columns to branch on are chosen by pseudo-costs that strong
/// branching has made reliable (T. Achterberg, T. Koch and A. Martin, "Branching rules revisited", Operations Research
/// Letters 33, 2005). The search is deterministic for a seed.
///
/// Objectives are of a minimization, without the constant of ``BranchAndCut/form``.
final class BranchAndCut {
  struct Options: Sendable {
    /// Distance from a whole number that counts as whole.
    var integrality = 1e-6
    /// Nodes that cannot better the incumbent by this share of it are dropped.
    var gap = 1e-6
    /// Nodes that cannot better the incumbent by this much are dropped.
    var absoluteGap = 1e-9
    var nodeLimit = Int.max
    /// Simplex steps in all.
    var iterationLimit = Int.max
    /// Bytes that form, factors and open nodes may take, as estimated.
    var memoryLimit = Int.max
    /// Improving points after which to stop.
    var solutionLimit = Int.max
    var cuts: Set<CutKind> = Set(CutKind.allCases)
    var heuristics = HeuristicEffort.standard
    var branching = BranchingOptions()
    var rootCuts = RootCutOptions()
    /// Children farther from the global bound to the cutoff than this share are not plunged into.
    var plungeShare = 0.25
    /// Steps of a plunge that are always taken.
    var leastPlunge = 5
    /// Nodes in a row for which the slack of a cut was basic until it leaves the relaxation.
    var cutAge = 10
    var seed: UInt64 = 1
    /// Threads that share the tree, and how; see ``ParallelSearch``.
    var threads = 1
    var parallel = ParallelSearch.Options()
    /// Whole columns are fixed at the root to this share before the search asks to be started anew on what is left; 1 for
    /// never.
    var restartShare = 1.0
    /// Searches inside of heuristics, which call none that search themselves.
    var isInner = false
  }

  enum End: Equatable {
    /// The tree is empty: the incumbent is optimal, or there is no point.
    case exhausted
    case nodeLimit, iterationLimit, solutionLimit, memoryLimit, stopped
    /// Many columns got fixed at the root: the form within ``BranchAndCut/domain`` is worth another presolve.
    case restart
    /// The relaxation has no end.
    case unbounded
    /// Some node could not be solved: what was found stands, nothing is proven beyond the bound.
    case failed
  }

  struct Environment {
    var shouldStop: () -> Bool = { false }
    /// Whether a point of the form is feasible where it matters: in the model before all reductions.
    var accepts: (_ point: [Double], _ source: String) -> Bool = { _, _ in true }
    /// What ``accepts`` would answer, without consequences; called on any thread.
    var wouldAccept: @Sendable (_ point: [Double]) -> Bool = { _ in true }
    /// A better point, now and then none: time to report progress.
    var progress: (_ search: BranchAndCut, _ source: String?) -> Void = { _, _ in }
    /// Asks heuristics from outside, at the root, at nodes and after new incumbents; points of the form.
    var ask: (_ moment: HeuristicMoment, _ search: BranchAndCut) -> [(point: [Double], source: String)] = { _, _ in [] }
    /// Decides on a whole point of the relaxation where the other columns are not for the relaxation to decide.
    var settle: (_ search: BranchAndCut) -> Settlement = { _ in .open }
    /// The best point with the whole values of one that separators refuse; nil where there is none or none is looked for.
    var complete: (_ whole: [Double], _ search: BranchAndCut) -> [Double]? = { _, _ in nil }
  }

  /// What is known of the whole values of a point of the relaxation.
  enum Settlement {
    /// Nothing: the point speaks for itself.
    case open
    /// These rows hold, and the point violates them.
    case rows([LinearRow])
    /// Nothing better has them than what was offered.
    case settled
  }

  let form: LinearForm
  let options: Options
  var environment: Environment
  let simplex: Simplex
  let domain: Domain
  let columns: FormColumns
  var pseudocosts: Pseudocosts
  var queue = NodeQueue()
  private var backtracks = BacktrackSchedule()
  var cutLoop: CutLoop
  var generator: SplitMix64

  /// The best point, its objective, and what a better one must be below.
  private(set) var incumbent: [Double]?
  private(set) var incumbentObjective = Double.infinity
  private(set) var incumbentSource = ""
  private(set) var cutoff = Double.infinity
  var improvements = 0
  /// All whole-valued objectives are multiples of this; 0 when not known.
  let granularity: Double

  /// The relaxation's point at the node under way, and the columns that are not whole in it.
  let point: Vector
  var fractional: [Int32] = []
  /// Number of nodes whose relaxation was solved.
  var nodeCount = 0
  var rootObjective = -Double.infinity
  var rootPoint: [Double] = []
  /// Reduced costs at the root and the bound that they prove, for fixing when the incumbent gets better.
  var rootReducedCosts: [Double] = []
  var rootReducedBound = -Double.infinity
  /// Bounds at the root when the reduced costs were noted.
  var rootLower: [Double] = []
  var rootUpper: [Double] = []
  /// Set when a node was dropped without proof.
  var isIncomplete = false
  /// Whether the next relaxation is to be solved to an optimum of the true costs, however long that takes.
  var wantsExact = false
  var end: End?
  /// The node to go on with, whether it follows the last one, and how many did so before it.
  private(set) var plunging: Node?
  private var isChild = false
  private var plungeLength = 0
  /// The bound of nodes that are neither in the queue nor pruned.
  var activeBound = -Double.infinity
  /// What other threads have of the same tree.
  var others = WorkElsewhere()
  var heuristicState = HeuristicState()
  var strongIterations = 0
  var solveIterations = 0

  init(_ form: LinearForm, options: Options = Options(), environment: Environment = Environment()) {
    var minimized = form
    if form.sense == .maximize {
      minimized.sense = .minimize
      minimized.objective = form.objective.map { -$0 }
      minimized.constant = -form.constant
    }
    self.form = minimized
    self.options = options
    self.environment = environment
    var simplexOptions = Simplex.Options()
    simplexOptions.cleanupSteps = 500
    simplex = Simplex(minimized, options: simplexOptions)
    domain = Domain(minimized)
    columns = FormColumns(minimized)
    pseudocosts = Pseudocosts(columnCount: form.columnCount)
    point = Vector(count: form.columnCount)
    granularity = Granularity.of(minimized)
    cutLoop = CutLoop(minimized, options: options)
    generator = SplitMix64(seed: options.seed)
  }

  /// A number that no whole point's objective is below.
  var bound: Double {
    let least = min(queue.leastBound ?? .infinity, activeBound, others.bound)
    // What the root relaxation proves holds for all nodes; those that were dropped without proof have nothing better.
    return min(isIncomplete ? rootObjective : max(rootObjective, least), incumbentObjective)
  }

  /// Only points below this are of interest, from the start.
  func setCutoff(_ value: Double) { cutoff = min(cutoff, value) }

  // MARK: - Points

  /// Takes a point for the incumbent if it is better and feasible.
  @discardableResult
  func offer(_ candidate: [Double], source: String) -> Bool {
    guard let whole = columns.rounded(candidate, tolerance: 1e-4) else { return false }
    var total = 0.0
    for j in 0..<form.columnCount { total += form.objective[j] * whole[j] }
    guard total < cutoff, columns.isFeasible(whole, form: form) else { return false }
    guard satisfiesSeparators(whole), environment.accepts(whole, source) else {
      guard let better = environment.complete(whole, self) else { return false }
      return offer(better, source: source)
    }
    take(whole, objective: total, source: source)
    improveIncumbent()
    return true
  }

  /// Makes a point the incumbent.
  func take(_ whole: [Double], objective total: Double, source: String) {
    incumbent = whole
    incumbentObjective = total
    incumbentSource = source
    improvements += 1
    heuristicState.recentPoints.append(whole)
    if heuristicState.recentPoints.count > 4 { heuristicState.recentPoints.removeFirst() }
    lowerCutoff(below: total)
    queue.prune(above: cutoff)
    environment.progress(self, source)
    if improvements >= options.solutionLimit { end = .solutionLimit }
  }

  private func lowerCutoff(below objective: Double) {
    let step = max(options.absoluteGap, options.gap * abs(objective + form.constant))
    let next = granularity > 0 ? min(objective - step, objective - granularity * (1 - 1e-6)) : objective - step
    cutoff = min(cutoff, next)
  }

  /// Starts with a point known from elsewhere, as far as it is one of this form.
  func adopt(_ known: [Double], objective: Double) {
    incumbentObjective = objective
    lowerCutoff(below: objective)
    guard let whole = columns.rounded(known, tolerance: 1e-5), columns.isFeasible(whole, form: form) else { return }
    incumbent = whole
  }

  private func satisfiesSeparators(_ whole: [Double]) -> Bool {
    form.separators.allSatisfy { !$0.isRequired || $0.separate(whole, tolerance: 1e-6).isEmpty }
  }

  // MARK: - The search

  /// Searches until done, a limit, or told to stop.
  func run() -> End {
    if let end = begin() { return finish(end) }
    if options.threads > 1 && !options.isInner { return finish(ParallelSearch(self, options: options.parallel).run()) }
    return finish(advance(within: WorkShare()) ?? .stopped)
  }

  /// Solves the root.
  /// - Returns: nil when there is a tree to search.
  private func begin() -> End? {
    if let end = limitReached() { return end }
    for candidate in environment.ask(.beforeSearch, self) { offer(candidate.point, source: candidate.source) }
    domain.queueAll()
    guard domain.propagate() else { return .exhausted }
    domain.keepChanges()
    searchBeforeRoot()
    if let end { return end }
    switch solveRoot() {
    case .solved: break
    case .pruned: return .exhausted
    case .ended(let end): return end
    case .unsolved: return .failed
    }
    if isWorthRestart { return .restart }
    plunging = Node(parent: nil, changes: [], bound: rootObjective, estimate: rootObjective, start: simplexState)
    activeBound = rootObjective
    return nil
  }

  /// Searches the tree on.
  /// - Returns: nil when the share of work is done before the search ends.
  func advance(within share: WorkShare) -> End? {
    while true {
      if let end = end ?? limitReached() {
        if let node = plunging { queue.insert(node) }
        plunging = nil
        activeBound = .infinity
        return end
      }
      if share.isDone(by: self) { return nil }
      let node: Node
      if let child = plunging {
        node = child
      } else {
        activeBound = .infinity
        askAboutIncumbent()
        tightenGlobally()
        if let end = end { return end }
        queue.prune(above: cutoff)
        guard let best = popNext() else { return isIncomplete ? .failed : .exhausted }
        node = best
        isChild = false
        plungeLength = 0
      }
      activeBound = node.bound
      if node.bound > cutoff {
        plunging = nil
        continue
      }
      enter(node, isChild: isChild)
      plunging = nil
      if let children = process(node, isJump: !isChild) {
        plungeLength += 1
        let (first, second) = children
        if first.bound > cutoff {
          plunging = second.bound > cutoff ? nil : second
        } else {
          if second.bound <= cutoff { queue.insert(second) }
          plunging = first
        }
        if let child = plunging, plungeLength > options.leastPlunge, cutoff.isFinite {
          let least = min(queue.leastBound ?? child.bound, child.bound)
          if child.bound - least > options.plungeShare * (cutoff - least) {
            queue.insert(child)
            plunging = nil
          }
        }
        isChild = true
      }
      activeBound = .infinity
      if let plunging { activeBound = plunging.bound }
      environment.progress(self, nil)
    }
  }

  private func popNext() -> Node? {
    if incumbent != nil || cutoff.isFinite { return queue.popBest() }
    return backtracks.isDeepestNext() ? queue.popDeepest() : queue.popBestEstimate()
  }

  private func finish(_ end: End) -> End {
    if end == .exhausted { activeBound = .infinity }
    self.end = end
    environment.progress(self, nil)
    return end
  }

  /// Bytes: copies of the form's entries by rows and by columns in relaxation, propagation and cuts, and a basis an open node.
  var memoryEstimate: Int {
    100 * form.entryCount + 500 * (form.columnCount + form.rowCount) + queue.count * (form.columnCount + simplex.rowCount + 200)
  }

  func limitReached() -> End? {
    if nodeCount >= options.nodeLimit { return .nodeLimit }
    if simplex.iterations >= options.iterationLimit { return .iterationLimit }
    if memoryEstimate > options.memoryLimit { return .memoryLimit }
    return environment.shouldStop() ? .stopped : nil
  }

  /// Sets the bounds of a node, and the basis to start from unless the search comes from its parent.
  private func enter(_ node: Node, isChild: Bool) {
    if isChild {
      for change in node.changes { domain.apply(change) }
      return
    }
    domain.undo(to: 0)
    for ancestor in node.path {
      for change in ancestor.changes { domain.apply(change) }
    }
    cutLoop.removeAged(from: simplex, age: options.cutAge)
    if let start = node.start { load(start) }
  }

  /// Bounds of whole columns go to the simplex method; those of others that follow from rows would only make its points
  /// degenerate.
  func passBounds() {
    domain.takeTouched { j in
      if form.isInteger[j] != 0 { simplex.setBounds(j, lower: domain.lower[j], upper: domain.upper[j]) }
    }
  }

  /// What a simplex solve of the relaxation with the present bounds comes to.
  enum Relaxation { case solved, pruned, ended(End), unsolved }

  func solveRelaxation() -> Relaxation {
    guard !domain.isInfeasible, domain.propagate() else { return .pruned }
    passBounds()
    let before = simplex.iterations
    var status = simplex.solve(cutoff: cutoff, isExact: wantsExact, shouldStop: environment.shouldStop)
    if status == .failed {
      simplex.restart()
      status = simplex.solve(cutoff: cutoff, isExact: wantsExact, shouldStop: environment.shouldStop)
    }
    solveIterations += simplex.iterations - before
    switch status {
    case .optimal:
      simplex.writePoint(point.pointer)
      return .solved
    case .infeasible, .cutOff: return .pruned
    case .stopped: return .ended(.stopped)
    case .unbounded: return .ended(.unbounded)
    case .iterationLimit, .failed: return .unsolved
    }
  }

  /// Lists whole columns with values that are not.
  func findFractional() {
    fractional.removeAll(keepingCapacity: true)
    let x = point.pointer
    for j in columns.integers {
      let value = x[Int(j)]
      if abs(value - value.rounded()) > options.integrality { fractional.append(j) }
    }
  }
}
