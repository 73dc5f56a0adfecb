import Constraints
import Learn2Opt
import Solvers

/// The methods behind `solve dag fit`: each ends in a graph with what is known about it.
struct DagMethods {
  let flags: DagFit
  let options: StructureLearner.Options
  let run: DagRun

  /// - Parameter data: for time series the rows with their lags when it returns.
  func learn(_ data: inout DagData.Dataset) throws(StructureLearningError) -> LearnedStructure {
    if flags.lags != nil { return try timeSeries(&data) }
    switch flags.method {
    case .order, .dynotears:
      if let limit = flags.parents { return try sparse(data.covariance, parentLimit: limit) }
      return try StructureLearner(options).learn(data.covariance, shouldStop: run.shouldStop)
    case .topo: return loss == .leastSquares ? try swaps(data.covariance) : try swaps(data)
    case .notears, .dagma: return try continuous(data)
    case .mlp: return try networks(data)
    }
  }

  private func swaps(_ covariance: SampleCovariance) throws(StructureLearningError) -> LearnedStructure {
    var stream = SimulationStream(seed: flags.seed)
    let first = options.start ?? stream.permutation(covariance.variableCount)
    let outcome = try TopologicalSwaps().leastSquares(covariance, from: first, shouldStop: run.shouldStop)
    // One node a tier: the order is fixed, and the edges along it are selected as always.
    var along = options
    along.score = .leastSquares
    along.exactness = .never
    along.restarts = 0
    along.start = outcome.order
    for (place, node) in outcome.order.enumerated() { along.knowledge.tiers[node] = place }
    var structure = try StructureLearner(along).learn(covariance, shouldStop: { true })
    structure.method = "topological swaps, \(outcome.steps.count) rounds"
    // The tiers hold for the order found, not for the simple answers.
    structure.baselines = try LearnedStructure(
      judging: structure.graph, order: outcome.order, by: .leastSquares, covariance: covariance, method: structure.method
    ).baselines
    return structure
  }

  /// Swaps for 0/1 columns and counts.
  private func swaps(_ data: DagData.Dataset) throws(StructureLearningError) -> LearnedStructure {
    guard let table = data.table else { throw .noData }
    try ContinuousLearner.checkValues(table, for: loss)
    var stream = SimulationStream(seed: flags.seed)
    let first = options.start ?? stream.permutation(table.variableCount)
    let lambda = penalty
    let outcome =
      loss == .logistic
      ? TopologicalSwaps().logistic(table, lambda: lambda, from: first, shouldStop: run.shouldStop)
      : TopologicalSwaps().poisson(table, lambda: lambda, from: first, shouldStop: run.shouldStop)
    let absolute = outcome.weights.values.reduce(0) { $0 + abs($1) }
    let threshold = flags.threshold ?? ContinuousOptions().threshold
    var graph = WeightedGraph(names: table.names, weights: outcome.weights)
    for k in graph.weights.values.indices where abs(graph.weights.values[k]) < threshold { graph.weights.values[k] = 0 }
    let refitted = TopologicalSwaps.refitted(graph, to: table, counts: loss == .poisson)
    return LearnedStructure(
      graph: refitted.graph, order: outcome.order, loss: outcome.score - lambda * absolute, refittedLoss: refitted.loss,
      emptyLoss: loss.withoutEdges(table),
      method: "topological swaps, \(outcome.steps.count) rounds, \(flags.score.rawValue) loss")
  }

  private func sparse(_ covariance: SampleCovariance, parentLimit: Int) throws(StructureLearningError) -> LearnedStructure {
    run.phase = "orders"
    let first = try StructureLearner(options).learn(covariance, shouldStop: run.shouldStop)
    run.phase = "parent sets"
    guard !run.shouldStop(),
      let scores = try ParentSetScores(
        gaussian: covariance, parentLimit: parentLimit, penaltyDiscount: options.penaltyDiscount,
        knowledge: options.knowledge, shouldStop: run.shouldStop)
    else { return try trimmed(first, covariance, parentLimit: parentLimit) }
    run.phase = "branch and cut"
    _ = run.shouldStop()
    var search = SparseExactSearch(timeLimit: run.remaining)
    search.seed = flags.seed
    let start = covariance.names.indices.map { first.graph.parents(of: $0) }
    let result = try search.solve(scores, start: start, cancellation: Interrupt.cancellation)
    run.noteStop()
    var structure = try LearnedStructure(
      judging: try result.graph(covariance), by: .bic, covariance: covariance,
      method: "branch and cut over parent sets of at most \(parentLimit), \(result.nodeCount) nodes",
      penaltyDiscount: options.penaltyDiscount)
    structure.baselines = try baselines(first, covariance, scores)
    structure.warnings = first.warnings
    structure.bound = max(structure.bound, min(structure.value, result.bound))
    structure.proof = result.isOptimal() ? .optimal : .bounded
    structure.parentLimit = parentLimit
    return structure
  }

  /// The simple answers with as many parents as the graph may have.
  private func baselines(
    _ first: LearnedStructure, _ covariance: SampleCovariance, _ scores: ParentSetScores
  ) throws(StructureLearningError) -> [LearnedStructure.Baseline] {
    let nodes = Array(covariance.names.indices)
    let byVariance = nodes.sorted { covariance.matrix[$0, $0] < covariance.matrix[$1, $1] }
    let order = try OrderConstraints(options.knowledge, names: covariance.names).repaired(byVariance)
    let sorted = scores.baseline(named: "sort by variance", along: order)
    return (sorted.map { [$0] } ?? []) + first.baselines.filter { $0.edgeCount == 0 }
  }

  /// The graph of the order search where the run ended before parent sets were scored: of each node the parents with the
  /// largest |t|, as many as it may have.
  private func trimmed(
    _ first: LearnedStructure, _ covariance: SampleCovariance, parentLimit: Int
  ) throws(StructureLearningError) -> LearnedStructure {
    var graph = first.graph
    for v in covariance.names.indices {
      // Edges that are required come before all others.
      func rank(_ edge: LearnedStructure.EdgeStatistic) -> Double {
        options.knowledge.required.contains(.init(from: edge.from, to: v)) ? .infinity : abs(edge.tValue)
      }
      let parents = first.edges.filter { $0.to == v }.sorted { (rank($0), $1.from) > (rank($1), $0.from) }
      for edge in parents.dropFirst(parentLimit) { graph.weights[edge.from, v] = 0 }
    }
    var structure = try LearnedStructure(
      judging: graph, by: .bic, covariance: covariance, method: first.method, penaltyDiscount: options.penaltyDiscount)
    structure.baselines = first.baselines.filter { $0.edgeCount == 0 }
    structure.warnings = first.warnings
    structure.bound = min(structure.value, first.bound)
    structure.proof = .bounded
    structure.parentLimit = parentLimit
    return structure
  }

  private var loss: StructureLoss {
    switch flags.score {
    case .logistic: return .logistic
    case .poisson: return .poisson
    default: return .leastSquares
    }
  }

  /// Penalty of weights of 0/1 data and counts where none is given: their losses are flatter than least squares.
  private static let flatPenalty = 0.01

  private var penalty: Double {
    flags.l1 ?? (loss == .leastSquares ? ContinuousOptions().penalty : DagMethods.flatPenalty)
  }

  private func continuous(_ data: DagData.Dataset) throws(StructureLearningError) -> LearnedStructure {
    var settings = ContinuousOptions()
    settings.loss = loss
    settings.penalty = penalty
    if let threshold = flags.threshold { settings.threshold = threshold }
    if flags.method == .dagma { settings.path = .centralPath(CentralPathSchedule()) }
    settings.knowledge = options.knowledge
    let learner = ContinuousLearner(settings)
    let found: ContinuousStructure
    if let table = data.table {
      found = try learner.learn(table, context: run.context)
    } else {
      found = try learner.learn(data.covariance, context: run.context)
    }
    run.noteStop()
    let name = flags.method == .dagma ? "DAGMA" : "NOTEARS"
    let method = "\(name), \(found.rounds) rounds, \(found.iterations) steps, h \(significant(found.acyclicity, 2).text)"
    guard loss != .leastSquares, let table = data.table else {
      return try LearnedStructure(
        judging: found.graph, by: flags.score == .bic ? .bic : .leastSquares, covariance: data.covariance, method: method,
        penaltyDiscount: options.penaltyDiscount)
    }
    return LearnedStructure(
      graph: found.graph, order: found.order, loss: (found.completion ?? found.path).score, refittedLoss: found.refitted.score,
      emptyLoss: loss.withoutEdges(table), method: "\(method), \(flags.score.rawValue) loss")
  }

  private func networks(_ data: DagData.Dataset) throws(StructureLearningError) -> LearnedStructure {
    guard let table = data.table else { throw .noData }
    var settings = NetworkLearner.Options()
    if let l1 = flags.l1 { settings.penalty = l1 }
    if let threshold = flags.threshold { settings.threshold = threshold }
    settings.knowledge = options.knowledge
    settings.seed = flags.seed
    let found = try NetworkLearner(settings).learn(table, context: run.context)
    run.noteStop()
    return LearnedStructure(
      graph: found.graph, order: found.order, loss: found.score, refittedLoss: found.score,
      emptyLoss: StructureLoss.leastSquares.withoutEdges(table),
      method: "networks with one hidden layer, \(found.rounds) rounds, h \(significant(found.acyclicity, 2).text)")
  }

  private func timeSeries(_ data: inout DagData.Dataset) throws(StructureLearningError) -> LearnedStructure {
    guard let table = data.table, let lags = flags.lags else { throw .noData }
    let panel = try TimeSeriesPanel(table.series(by: data.groups))
    var settings = DynamicOptions()
    settings.lagCount = lags
    if let l1 = flags.l1 { (settings.penalty, settings.laggedPenalty) = (l1, l1) }
    if let threshold = flags.threshold { settings.threshold = threshold }
    settings.knowledge = options.knowledge
    settings.forbiddenLagged = flags.known.forbiddenLagged(names: table.names, lagCount: lags)
    let name: String
    switch flags.method {
    case .dagma: (settings.search, name) = (.continuous(.centralPath(CentralPathSchedule())), "DYNOTEARS with the path of DAGMA")
    case .notears, .dynotears: name = "DYNOTEARS"
    default:
      var orders = options
      orders.score = .leastSquares
      settings.search = .orders(orders)
      (settings.penalty, settings.laggedPenalty) = (0, 0)
      name = "order search given the past"
    }
    let found = try DynamicLearner(settings).learn(panel, context: run.context)
    run.noteStop()
    let rows = SampleCovariance(try panel.stacked(lagCount: lags))
    var structure = try LearnedStructure(
      of: found, rows: rows,
      method: "\(name), \(lags) lag\(lags == 1 ? "" : "s"), spectral radius \(significant(found.graph.spectralRadius, 3).text)")
    if !found.isStationary { structure.method += " (not stationary)" }
    data.covariance = rows
    data.stacking = DagData.Stacking(lagCount: lags, seriesCount: panel.series.count)
    return structure
  }
}
