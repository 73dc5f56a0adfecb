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
        solve dag data.csv --log --standardize --score bic
        solve dag data.csv --forbid "age:*" --require dose:level --tiers "age,sex;dose;level"
        solve dag data.csv --start other-method.csv --truth truth.csv --out graph.svg
        solve dag --covariance cov.csv --samples 500 --exact --json
      """)

  enum Method: String, ExpressibleByArgument, CaseIterable { case order, topo }
  enum ScoreName: String, ExpressibleByArgument, CaseIterable { case auto, ls, bic }

  @OptionGroup var input: DagData

  @Option(help: ArgumentHelp("How to search: order (insertion over orders, the best), topo (topological swaps as published).", valueName: "order|topo"))
  var method: Method = .order
  @Option(help: ArgumentHelp("What to minimize: ls (least squares), bic, or auto.", valueName: "auto|ls|bic"))
  var score: ScoreName = .auto
  @Flag(inversion: .prefixedNo, help: "Prove the optimum of least squares by dynamic programming, up to 24 variables (default: up to 16).")
  var exact: Bool?
  @Option(help: "Searches from random orders, beside one from a greedy order.") var restarts = 3
  @Option(help: ArgumentHelp("Factor of the penalty log(n)/(2n) of an edge under BIC.", valueName: "factor")) var penalty = 2.0
  @Option(help: ArgumentHelp("Keep edges of least squares with at least this |t| (default: one wrong edge with probability 0.05).", valueName: "t"))
  var critical: Double?
  @Option(help: ArgumentHelp("Start from the graph in this edge list, and improve it.", valueName: "edges")) var start: String?
  @Option(help: "Seed of the random numbers; the same seed gives the same graph.") var seed: UInt64 = 1
  @Option(parsing: .unconditional, help: .entry("time-limit")) var timeLimit: String?

  @OptionGroup(title: "Knowledge") var known: DagKnowledge
  @OptionGroup(title: "Output") var output: DagOutput

  @Option(help: ArgumentHelp("Compare with the true graph in this edge list.", valueName: "edges")) var truth: String?

  func validate() throws {
    if restarts < 0 || restarts > 1_000_000 { throw ValidationError("--restarts takes 0 to 1000000.") }
    if !(penalty > 0 && penalty < 1e6) { throw ValidationError("--penalty takes a positive number.") }
    if let critical, !(critical >= 0 && critical < 1e6) { throw ValidationError("--critical takes a number from 0.") }
    if method == .topo && !(known.require + known.root + known.leaf + [known.tiers].compactMap { $0 }).isEmpty {
      throw ValidationError("--method topo knows only --forbid; use --method order.")
    }
    if method == .topo && score == .bic { throw ValidationError("--method topo minimizes least squares; use --score ls.") }
  }

  func run() throws {
    let limit = try DagRun.timeLimit(timeLimit)
    try output.check()
    let data = try input.read()
    let isJSON = input.errors == .json
    let names = data.covariance.names
    var options = StructureLearner.Options()
    let trueGraph: WeightedGraph?
    do throws(ConstraintsError) {
      options.knowledge = try known.knowledge(names: names)
      if let start {
        options.start = try EdgeList(path: start).graph(names: names).withoutCycles.topologicalOrder
      }
      if let truth { trueGraph = try EdgeList(path: truth).graph(names: names) } else { trueGraph = nil }
    } catch { throw DagFailure.report(error, asJSON: isJSON) }
    options.score = score == .ls ? .leastSquares : score == .bic ? .bic : .automatic
    options.exactness = exact.map { $0 ? .always : .never } ?? .automatic
    options.restarts = restarts
    options.penaltyDiscount = penalty
    options.criticalValue = critical
    options.seed = seed

    let run = DagRun(timeLimit: limit, isQuiet: output.quiet)
    let structure: LearnedStructure
    let comparison: GraphComparison?
    do throws(StructureLearningError) {
      structure = try learn(data, options, run)
      comparison = try trueGraph.map { truth throws(StructureLearningError) in try GraphComparison(of: structure.graph, with: truth) }
    } catch { throw DagFailure.report(error, asJSON: isJSON) }
    for warning in structure.warnings { Terminal.log(Diagnostic(.badData, .warning, "\(warning)"), asJSON: isJSON) }
    var report = DagReport(structure, data: data)
    report.comparison = comparison
    report.seconds = run.seconds
    report.seed = seed
    report.isStopped = run.isStopped
    do throws(ConstraintsError) { try output.write(report) } catch { throw DagFailure.report(error, asJSON: isJSON) }
    if run.isStopped {
      if !output.quiet { Terminal.log("stopped early: this is the best graph so far") }
      throw ExitCodes.stoppedWithPoint
    }
  }

  private func learn(
    _ data: DagData.Dataset, _ options: StructureLearner.Options, _ run: DagRun
  ) throws(StructureLearningError) -> LearnedStructure {
    switch method {
    case .order: return try StructureLearner(options).learn(data.covariance, shouldStop: run.shouldStop)
    case .topo:
      let first = options.start ?? randomOrder(data.covariance.variableCount)
      let outcome = try TopologicalSwaps().leastSquares(data.covariance, from: first, shouldStop: run.shouldStop)
      // One node a tier: the order is fixed, and the edges along it are selected as always.
      var along = options
      along.score = .leastSquares
      along.exactness = .never
      along.restarts = 0
      for (place, node) in outcome.order.enumerated() { along.knowledge.tiers[node] = place }
      var structure = try StructureLearner(along).learn(data.covariance, shouldStop: run.shouldStop)
      structure.method = "topological swaps, \(outcome.steps.count) rounds"
      return structure
    }
  }

  private func randomOrder(_ count: Int) -> [Int] {
    var stream = SimulationStream(seed: seed)
    return stream.permutation(count)
  }
}
