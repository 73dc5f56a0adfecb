import ArgumentParser
import Constraints
import Learn2Opt
import Solvers

/// Learns a graph from data.
struct DagFit: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "fit",
    abstract: "Learn a graph from data (the default of solve dag).",
    discussion: """
      Reads samples, searches for the best graph, and prints it with its score, what is proven about the score, and the \
      scores of sorting by variance and of no edges.

      The score is least squares where the noises have about equal variances, and BIC elsewhere; --score chooses. Least \
      squares depends on the units of the columns and tells all directions if the noises are of equal size. BIC does not \
      depend on units and tells directions only up to the equivalence class.

      Ctrl-C stops with the best graph so far; a second one ends at once.

      Examples:
        solve dag data.csv
        solve dag data.csv --bootstrap 200 --out graph.svg
        solve dag data.csv --log --standardize --score bic
        solve dag data.csv --forbid "age:*" --require dose:level --tiers "age,sex;dose;level"
        solve dag data.csv --start other-method.csv --truth truth.csv --out graph.svg
        solve dag --covariance cov.csv --samples 500 --exact --json
        solve dag data.csv --method notears --score logistic
        solve dag series.csv --lags 2 --panel id
        solve dag data.csv --parents 3
      """)

  enum Method: String, ExpressibleByArgument, CaseIterable { case order, topo, notears, dagma, mlp, dynotears }
  enum ScoreName: String, ExpressibleByArgument, CaseIterable { case auto, ls, bic, logistic, poisson }

  @OptionGroup var input: DagData

  @Option(help: ArgumentHelp("How to search: order (insertion over orders, the best), topo (topological swaps as published), notears, dagma, mlp (networks), dynotears (time series).", valueName: "name"))
  var method: Method = .order
  @Option(help: ArgumentHelp("What to minimize: ls (least squares), bic, or auto; for notears, dagma and topo also logistic (0/1) and poisson (counts).", valueName: "name"))
  var score: ScoreName = .auto
  @Flag(inversion: .prefixedNo, help: "Prove the optimum by dynamic programming: of least squares up to 24 variables, of BIC up to 20 (default: up to 16).")
  var exact: Bool?
  @Option(help: ArgumentHelp("Prove the best BIC among graphs whose nodes have at most this many parents, up to 128 variables.", valueName: "m"))
  var parents: Int?
  @Option(help: "Searches from random orders, beside one from a greedy order (default: 7 up to 100 variables, fewer beyond).") var restarts: Int?
  @Option(help: ArgumentHelp("Factor of the penalty log(n)/(2n) of an edge under BIC.", valueName: "factor")) var penalty = 2.0
  @Option(help: ArgumentHelp("Keep edges of least squares with at least this |t| (default: one wrong edge with probability 0.05); for --method order, with --lags too.", valueName: "t"))
  var critical: Double?
  @Option(help: ArgumentHelp("Penalty of weights for notears, dagma, mlp, dynotears and the losses of 0/1 data and counts (default: 0.1; mlp, logistic and poisson 0.01).", valueName: "lambda"))
  var l1: Double?
  @Option(help: ArgumentHelp("Cut weights below this for these methods (default: 0.3).", valueName: "w")) var threshold: Double?
  @Option(help: ArgumentHelp("Learn a time series with effects over this many steps, by least squares. --method order keeps effects by --critical; notears, dagma and dynotears cut those below --threshold (default: 0.3 within a step, 0.1 of earlier ones).", valueName: "p")) var lags: Int?
  @Option(help: ArgumentHelp("With --lags: the column that tells which series a row belongs to.", valueName: "column")) var panel: String?
  @Option(help: ArgumentHelp("Start from the graph in this edge list, and improve it.", valueName: "edges")) var start: String?
  @Option(help: "Seed of the random numbers; the same seed gives the same graph.") var seed: UInt64 = 1
  @Option(parsing: .unconditional, help: .entry("time-limit")) var timeLimit: String?

  @Option(help: ArgumentHelp("Learn again from this many redrawn data sets, and say how often each edge comes back.", valueName: "replicates"))
  var bootstrap = 0
  @Flag(help: "With --bootstrap: draw halves of the samples, which bounds the number of wrong edges among the stable ones.")
  var halves = false
  @Option(help: ArgumentHelp("With --bootstrap: edges at least this frequent are stable.", valueName: "share")) var stable = 0.75

  @OptionGroup(title: "Knowledge") var known: DagKnowledge
  @OptionGroup(title: "Output") var output: DagOutput

  @Option(help: ArgumentHelp("Compare with the true graph in this edge list.", valueName: "edges")) var truth: String?

  func validate() throws {
    if input.data != nil && input.covariance != nil { throw ValidationError("Give samples or --covariance, not both.") }
    if let restarts, restarts < 0 || restarts > 1_000_000 { throw ValidationError("--restarts takes 0 to 1000000.") }
    if !(penalty > 0 && penalty < 1e6) { throw ValidationError("--penalty takes a positive number.") }
    if bootstrap < 0 || bootstrap > 1_000_000 { throw ValidationError("--bootstrap takes 0 to 1000000.") }
    if halves && bootstrap == 0 { throw ValidationError("--halves goes with --bootstrap.") }
    if !(stable > 0.5 && stable <= 1) { throw ValidationError("--stable takes more than 0.5, at most 1.") }
    if bootstrap > 0 && method != .order { throw ValidationError("--bootstrap goes with --method order.") }
    if let critical, !(critical >= 0 && critical < 1e6) { throw ValidationError("--critical takes a number from 0.") }
    if parents.map({ $0 < 0 }) ?? false { throw ValidationError("--parents takes 0 or more.") }
    for (name, value) in [("l1", l1), ("threshold", threshold)] where value.map({ !($0 >= 0 && $0 < 1e100) }) ?? false {
      throw ValidationError("--\(name) takes a number from 0.")
    }
    let usesOrders = !(known.require + known.root + known.leaf + [known.tiers].compactMap { $0 }).isEmpty
    if method == .topo && usesOrders { throw ValidationError("--method topo knows only --forbid; use --method order.") }
    if method == .topo && score == .bic { throw ValidationError("--method topo minimizes least squares; use --score ls.") }
    if (score == .logistic || score == .poisson) && ![.notears, .dagma, .topo].contains(method) {
      throw ValidationError("--score \(score.rawValue) goes with --method notears, dagma or topo.")
    }
    if parents != nil && (method != .order || score == .ls) { throw ValidationError("--parents goes with --method order and BIC.") }
    let isContinuous = [.notears, .dagma, .mlp].contains(method)
    if exact == true && (isContinuous || method == .topo) { throw ValidationError("--exact goes with --method order.") }
    if (exact == true || parents != nil) && lags != nil { throw ValidationError("--exact and --parents do not go with --lags.") }
    if method == .mlp && score == .bic { throw ValidationError("--score bic does not go with --method mlp, whose effects are not linear.") }
    let hasNoPenalty = method == .order || method == .topo && score != .logistic && score != .poisson
    if hasNoPenalty && lags == nil && (l1 != nil || threshold != nil) {
      throw ValidationError("--l1 and --threshold do not go with --method \(method.rawValue) and this score; --critical and --penalty choose its edges.")
    }
    if start != nil && isContinuous { throw ValidationError("--start goes with --method order or topo.") }
    if panel != nil && lags == nil { throw ValidationError("--panel goes with --lags.") }
    if let lags {
      if lags < 1 || lags > 1000 { throw ValidationError("--lags takes 1 to 1000.") }
      if method == .topo || method == .mlp { throw ValidationError("--lags goes with --method order, notears, dagma or dynotears.") }
      if bootstrap > 0 || start != nil { throw ValidationError("--lags does not go with --bootstrap or --start.") }
      if input.covariance != nil { throw ValidationError("--lags needs the series, not a covariance.") }
      if input.missing == .drop {
        throw ValidationError(
          "--missing drop would join steps that are not neighbours; with --lags use --missing mean, or split the series where rows are missing, with a --panel column.")
      }
      if score != .auto && score != .ls {
        throw ValidationError("--lags minimizes least squares: leave out --score, or use --score ls.")
      }
      if method != .order && critical != nil {
        throw ValidationError("--method \(method.rawValue) cuts effects by --threshold; --critical goes with --method order.")
      }
      if method == .order && (l1 != nil || threshold != nil) {
        throw ValidationError("--lags with --method order keeps effects by --critical; --l1 and --threshold go with notears, dagma and dynotears.")
      }
    } else if method == .dynotears { throw ValidationError("--method dynotears needs --lags.") }
    if input.covariance != nil && (method == .mlp || score == .logistic || score == .poisson) {
      throw ValidationError("This method needs samples, not a covariance.")
    }
  }

  func run() throws {
    let limit = try DagRun.timeLimit(timeLimit)
    try output.check(inputs: [input.data, input.covariance, truth, start, known.tiers])
    var data = try input.read(groupColumn: panel)
    let isJSON = input.errors == .json
    let names = data.covariance.names
    try checkSize(names.count, isJSON)
    var options = StructureLearner.Options()
    let trueGraph: WeightedGraph?
    do throws(ConstraintsError) {
      options.knowledge = try known.knowledge(names: names, lagCount: lags ?? 0)
      if let start {
        options.start = try startOrder(start, names, isJSON)
      }
      if let truth { trueGraph = try EdgeList(path: truth).graph(names: names + laggedNames(names)) } else { trueGraph = nil }
    } catch { throw DagFailure.report(error, asJSON: isJSON) }
    options.score = score == .ls ? .leastSquares : score == .bic || parents != nil ? .bic : .automatic
    options.exactness = exact.map { $0 ? .always : .never } ?? .automatic
    options.restarts = restarts
    options.penaltyDiscount = penalty
    options.criticalValue = critical
    options.seed = seed

    let run = DagRun(timeLimit: limit, isQuiet: output.quiet)
    var structure: LearnedStructure
    var frequencies: StructureBootstrap.Frequencies?
    let comparison: GraphComparison?
    do throws(StructureLearningError) {
      let methods = DagMethods(flags: self, options: options, run: run)
      structure = try methods.learn(&data)
      if bootstrap > 0 {
        frequencies = try replicate(structure, data, options, run)
        for (k, edge) in structure.edges.enumerated() {
          structure.edges[k].frequency = frequencies?.edge[edge.from, edge.to]
          structure.edges[k].joinedFrequency = frequencies?.adjacency(edge.from, edge.to)
        }
      }
      comparison = try trueGraph.map { truth throws(StructureLearningError) in try GraphComparison(of: structure.graph, with: truth) }
    } catch { throw DagFailure.report(error, asJSON: isJSON) }
    for warning in structure.warnings { Terminal.log(Diagnostic(.badData, .warning, "\(warning)"), asJSON: isJSON) }
    var report = DagReport(structure, data: data)
    report.comparison = comparison
    report.frequencies = frequencies
    report.isHalved = halves
    report.seconds = run.seconds
    report.seed = seed
    report.isStopped = run.isStopped
    do throws(ConstraintsError) { try output.write(report) } catch { throw DagFailure.report(error, asJSON: isJSON) }
    if run.isStopped {
      if !output.quiet { Terminal.log("stopped early: this is the best graph so far") }
      throw ExitCodes.stoppedWithPoint
    }
  }

  /// Refuses what a proof cannot do before anything is searched.
  private func checkSize(_ d: Int, _ isJSON: Bool) throws {
    do throws(StructureLearningError) {
      if let parents { try ParentSetScores.checkSize(nodeCount: d, parentLimit: parents) }
      if exact == true { try StructureLearner.checkExact(nodeCount: d, score: score == .bic || parents != nil ? .bic : .leastSquares) }
    } catch { throw DagFailure.report(error, asJSON: isJSON) }
  }

  /// The order of a given graph; edges of its cycles are left out and named.
  private func startOrder(_ path: String, _ names: [String], _ isJSON: Bool) throws(ConstraintsError) -> [Int]? {
    let given = try EdgeList(path: path).graph(names: names)
    let graph = given.withoutCycles
    if let cycle = given.cycle {
      let walk = (cycle + cycle.prefix(1)).map { names[$0] }.joined(separator: " -> ")
      let removed = given.edges.filter { !graph.hasEdge($0.from, $0.to) }.map { "\(names[$0.from]) -> \(names[$0.to])" }
      Terminal.log(
        Diagnostic(.cyclicEdges, .warning, "--start has the cycle \(walk); left out: \(removed.joined(separator: ", "))"),
        asJSON: isJSON)
    }
    return graph.topologicalOrder
  }

  /// The nodes of earlier time steps.
  private func laggedNames(_ names: [String]) -> [String] {
    lags.map { count in (1...count).flatMap { lag in names.map { "\($0)(t-\(lag))" } } } ?? []
  }

  private func replicate(
    _ structure: LearnedStructure, _ data: DagData.Dataset, _ learner: StructureLearner.Options, _ run: DagRun
  ) throws(StructureLearningError) -> StructureBootstrap.Frequencies {
    var options = StructureBootstrap.Options()
    options.replicates = bootstrap
    options.scheme = halves ? .halves : .bootstrap
    options.stableFrequency = stable
    options.seed = seed
    let resampling = StructureBootstrap(StructureLearner(learner), options)
    run.phase = "bootstrap"
    let progress: (Int) -> Void = { run.phase = "replicate \($0) of \(options.replicates)" }
    if let table = data.table {
      return try resampling.frequencies(of: structure, table, progress: progress, shouldStop: run.shouldStop)
    }
    return try resampling.frequencies(of: structure, data.covariance, progress: progress, shouldStop: run.shouldStop)
  }
}
