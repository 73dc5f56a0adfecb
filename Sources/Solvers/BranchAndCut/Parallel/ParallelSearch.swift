import Synchronization

/// The tree of one search, shared by several threads, with the same answer, nodes and incumbents on every run.
///
/// Each thread has a search of its own, with its own relaxation, cuts, pseudo-costs and open nodes, and works in rounds
/// of a fixed amount of work, never of time. Between rounds, in a fixed order, incumbents and what was learnt about
/// branching are exchanged, and the best open nodes are dealt anew, so that what a thread does depends on the rounds
/// before alone and not on how fast the others are.
///
/// Y. Xu, T. K. Ralphs, L. Ladanyi and M. J. Saltzman, "Alps: a framework for implementing parallel tree search
/// algorithms", in The next wave in computing, optimization and decision technologies (Springer, 2005), on sharing nodes by
/// quality; Y. Shinano, T. Achterberg, T. Berthold, S. Heinz and T. Koch, "ParaSCIP: a parallel extension of SCIP", in
/// Competence in high performance computing (Springer, 2012), on searches that keep all their data to themselves.
final class ParallelSearch {
  struct Options: Sendable {
    /// Open nodes for each thread from which on the tree is shared.
    var openNodes = 2
    /// Work of the first round, in the units of ``BranchAndCut/workDone``.
    var firstRound = 500
    /// Rounds get shorter, down to this, when a thread runs out of nodes before their end, and longer, up to that, when
    /// none does.
    var leastRound = 200
    var mostRound = 10_000
    /// Nodes dealt to each thread before a round, as a multiple of the most that one processed in the last round, and at
    /// least; the others stay where they are.
    var dealtShare = 2
    var leastDealt = 4
    /// Seconds between two looks at whether to stop, while the others are waited for.
    var patience = 0.01
  }

  /// A search and its thread.
  ///
  /// Unchecked: during a round its thread alone works with it, between rounds the caller of ``ParallelSearch/run()``
  /// alone; jobs and replies order the two.
  private final class Worker: @unchecked Sendable {
    let search: BranchAndCut
    /// Nil for the search of the root, which stays on the caller's thread.
    let thread: WorkerThread?
    var share = WorkShare()
    /// How the last round ended; nil when its work was used up.
    var end: BranchAndCut.End?
    var nodesBefore = 0
    var knownImprovements = 0

    init(_ search: BranchAndCut, _ thread: WorkerThread?) {
      self.search = search
      self.thread = thread
    }

    var hasNodes: Bool { search.plunging != nil || !search.queue.isEmpty }
    func advance() { end = search.advance(within: share) }
  }

  /// Tells all threads to stop.
  private final class StopFlag: Sendable {
    let isSet = Atomic<Bool>(false)
  }

  private let options: Options
  private let root: BranchAndCut
  private var workers: [Worker]
  private let stop = StopFlag()
  private let shouldStop: () -> Bool
  private var round: Int
  /// What all threads knew of branching when they last met.
  private var pseudocosts: Pseudocosts

  /// - Parameter root: a search with its root solved.
  init(_ root: BranchAndCut, options: Options) {
    self.root = root
    self.options = options
    workers = [Worker(root, nil)]
    round = options.firstRound
    pseudocosts = root.pseudocosts
    let asked = root.environment.shouldStop
    let stop = stop
    shouldStop = {
      if stop.isSet.load(ordering: .relaxed) { return true }
      if asked() { stop.isSet.store(true, ordering: .relaxed) }
      return stop.isSet.load(ordering: .relaxed)
    }
  }

  /// Searches until done, a limit, or told to stop. The search of the root then has the best point, and
  /// ``BranchAndCut/others`` what the others have.
  func run() -> BranchAndCut.End {
    let outside = root.environment.shouldStop
    root.environment.shouldStop = shouldStop
    defer { root.environment.shouldStop = outside }
    while true {
      if workers.count == 1 && root.queue.count >= options.openNodes * root.options.threads { hire() }
      dealNodes()
      noteOthers()
      root.environment.progress(root, nil)
      let active = workers.filter(\.hasNodes)
      if active.isEmpty { return workers.contains { $0.search.isIncomplete } ? .failed : .exhausted }
      if let end = root.end ?? limitReached() { return end }
      shareWork(among: active)
      work(active)
      noteOthers()
      exchangePoints()
      exchangePseudocosts()
    }
  }

  /// Starts the other threads.
  private func hire() {
    // Those outside are asked and told on the caller's thread only.
    var environment = BranchAndCut.Environment()
    let (stop, wouldAccept) = (stop, root.environment.wouldAccept)
    environment.shouldStop = { stop.isSet.load(ordering: .relaxed) }
    environment.wouldAccept = wouldAccept
    environment.accepts = { point, _ in wouldAccept(point) }
    let count = root.options.threads
    for number in 1..<count {
      let search = BranchAndCut(sharing: root, number: number, of: count, environment: environment)
      workers.append(Worker(search, WorkerThread()))
    }
    root.cutLoop.takeTurns(0, of: count)
    root.splitBudgets(among: count)
  }

  // MARK: - Rounds

  private func limitReached() -> BranchAndCut.End? {
    if root.totalNodeCount >= root.options.nodeLimit { return .nodeLimit }
    if root.totalIterations >= root.options.iterationLimit { return .iterationLimit }
    let memory = workers.reduce(0) { $0 + $1.search.memoryEstimate }
    if memory > root.options.memoryLimit { return .memoryLimit }
    return shouldStop() ? .stopped : nil
  }

  /// Says how far each search goes in the next round.
  private func shareWork(among active: [Worker]) {
    let nodes = root.options.nodeLimit == .max ? Int.max : root.options.nodeLimit - root.totalNodeCount
    let iterations = root.options.iterationLimit == .max ? Int.max : root.options.iterationLimit - root.totalIterations
    for (k, worker) in active.enumerated() {
      let search = worker.search
      func part(of rest: Int, from done: Int) -> Int {
        rest == .max ? .max : done + rest / active.count + (k < rest % active.count ? 1 : 0)
      }
      worker.share = WorkShare(
        work: search.workDone + round, nodes: part(of: nodes, from: search.nodeCount),
        iterations: part(of: iterations, from: search.simplex.iterations))
    }
    for worker in workers { worker.nodesBefore = worker.search.nodeCount }
  }

  /// One round on all threads.
  private func work(_ active: [Worker]) {
    var replies: [Reply<Void>] = []
    for worker in active {
      guard let thread = worker.thread else { continue }
      let reply = Reply<Void>()
      replies.append(reply)
      thread.submit {
        worker.advance()
        reply.fulfill(())
      }
    }
    if let first = active.first, first.thread == nil { first.advance() }
    for reply in replies {
      while reply.wait(seconds: options.patience) == nil { _ = shouldStop() }
    }
    if workers.count == 1 { return }
    let isShort = active.count < workers.count || active.contains { $0.end == .exhausted || $0.end == .failed }
    round = isShort ? max(options.leastRound, round / 2) : min(options.mostRound, round + round / 2)
  }

  // MARK: - Between rounds

  /// The best points of the others go to the search of the root, which tells those outside; the best of all goes to all.
  private func exchangePoints() {
    var found: [Worker] = []
    for worker in workers.dropFirst() where worker.search.improvements > worker.knownImprovements {
      worker.knownImprovements = worker.search.improvements
      found.append(worker)
    }
    // Ties are decided by the number of the search.
    while let best = found.indices.min(by: { found[$0].search.incumbentObjective < found[$1].search.incumbentObjective }) {
      let search = found.remove(at: best).search
      guard let point = search.incumbent, search.incumbentObjective < root.incumbentObjective,
        root.improvements < root.options.solutionLimit
      else { break }
      if root.environment.accepts(point, search.incumbentSource) {
        root.take(point, objective: search.incumbentObjective, source: search.incumbentSource)
      } else {
        // Its thread has dropped nodes for a point that is not one after all.
        root.isIncomplete = true
      }
    }
    guard let point = root.incumbent else { return }
    for worker in workers.dropFirst() where worker.search.incumbentObjective > root.incumbentObjective {
      worker.search.adoptShared(point, objective: root.incumbentObjective)
    }
  }

  private func exchangePseudocosts() {
    var merged = pseudocosts
    for worker in workers { merged.add(worker.search.pseudocosts, since: pseudocosts) }
    for worker in workers { worker.search.pseudocosts = merged }
    pseudocosts = merged
  }

  /// Tells the search of the root how far the others are.
  private func noteOthers() {
    var others = WorkElsewhere()
    for worker in workers.dropFirst() {
      let search = worker.search
      others.bound = min(others.bound, search.bound)
      others.openNodes += search.queue.count + (search.plunging == nil ? 0 : 1)
      others.nodes += search.nodeCount
      others.iterations += search.simplex.iterations
    }
    root.others = others
  }

  /// Takes the best nodes of all queues and deals them in turns, each to its own search where that has a turn. A node that
  /// a search is about to go on with stays.
  private func dealNodes() {
    if workers.count == 1 { return }
    let processed = workers.reduce(0) { max($0, $1.search.nodeCount - $1.nodesBefore) }
    let wanted = workers.count * max(options.leastDealt, options.dealtShare * processed)
    var nodes: [(node: Node, home: Int)] = []
    while nodes.count < wanted {
      var best: (home: Int, bound: Double)?
      for (home, worker) in workers.enumerated() {
        if let bound = worker.search.queue.leastBound, bound < best?.bound ?? .infinity { best = (home, bound) }
      }
      guard let home = best?.home, let node = workers[home].search.queue.popBest() else { break }
      nodes.append((node, home))
    }
    // First come those that have nothing to go on with.
    var turn = workers.indices.filter { workers[$0].search.plunging == nil }
    var next = 0
    while next < nodes.count {
      if turn.isEmpty { turn = Array(workers.indices) }
      let group = nodes[next..<min(next + turn.count, nodes.count)]
      next += group.count
      var guests: [Node] = []
      for (node, home) in group {
        if let at = turn.firstIndex(of: home) {
          turn.remove(at: at)
          workers[home].search.queue.insert(node)
        } else {
          guests.append(node)
        }
      }
      for (node, to) in zip(guests, turn) { workers[to].search.queue.insert(node) }
      turn = []
    }
  }
}
