import LinearAlgebra
import Solvers

/// One run of a ``DynamicLearner``.
struct DynamicRun {
  let options: DynamicOptions
  /// Moments of the rows: the present, then the lags.
  let joint: SampleCovariance
  let names: [String]
  let constraints: OrderConstraints
  let context: SolveContext
  private let loss: MomentLoss

  init(
    _ options: DynamicOptions, _ joint: SampleCovariance, names: [String], _ constraints: OrderConstraints,
    _ context: SolveContext
  ) {
    self.options = options
    self.joint = joint
    self.names = names
    self.constraints = constraints
    self.context = context
    loss = MomentLoss(joint.matrix, targetCount: names.count, loss: .leastSquares, hasDeterminant: false)
  }

  private var d: Int { names.count }
  private var rows: Int { joint.variableCount }

  private func isRequired(_ i: Int, _ j: Int) -> Bool { i < d && constraints.requiredParents[j].contains(i) }

  /// The penalty of source i at target j; nil where there may be no effect.
  private func penalty(_ i: Int, _ j: Int) -> Double? {
    if i >= d {
      let pair = DynamicOptions.LaggedPair(lag: i / d, from: i % d, to: j)
      return options.forbiddenLagged.contains(pair) ? nil : options.laggedPenalty
    }
    guard constraints.allowedParents[j].contains(i) else { return nil }
    return isRequired(i, j) ? 0 : options.penalty
  }

  func learn() throws(StructureLearningError) -> DynamicStructure {
    var end = ContinuousStructure.End.acyclic, acyclicity = 0.0, iterations = 0
    var path: DynamicStructure.Fit?
    var weights = DenseMatrix(rowCount: rows, columnCount: d)
    var warnings: [LearnedStructure.Warning] = []
    // What remains of all effects along the order; nil where the thresholds tell.
    var kept: [[Int]]?
    let order: [Int]
    switch options.search {
    case .continuous(let schedule):
      let (run, objective) = follow(schedule)
      end = run.end
      iterations = run.iterations
      acyclicity = objective.h
      weights = objective.currentWeights
      path = fit(weights)
      order = AcyclicSelection(present(weights), names: names, constraints: constraints, threshold: 0).order
    case .orders(var settings):
      settings.knowledge = options.knowledge
      let (usable, remarks) = try joint.preparedForLearning()
      let partial = try PartialCovariance(usable, presentCount: d)
      let context = context
      let found = try StructureLearner(settings).learn(partial.covariance) { context.shouldStop }
      warnings = remarks + found.warnings.filter { if case .unequalVariances = $0 { true } else { false } }
      order = constraints.repaired(found.order)
      kept = try selected(order, usable, settings)
      if context.shouldStop { end = .stopped }
    }
    let allowed = constraints.repaired(order)
    let (completed, steps) = complete(allowed, from: weights)
    let refitted = kept.map { kept in regressed { i, j in kept[j].contains(i) } } ?? refit(completed)
    let isAllowed = allowance(allowed)
    return DynamicStructure(
      end: end, path: path, acyclicity: acyclicity, order: allowed, completion: fit(completed),
      refitted: fit(refitted), orderScore: fit(regressed { isAllowed($0, $1) != nil }).score, warnings: warnings,
      sampleCount: joint.sampleCount, iterations: iterations + steps)
  }

  /// The effects along an order, present and past together, that are too far from zero to be chance; required ones too.
  /// - Complexity: O((d p)³).
  private func selected(
    _ order: [Int], _ moments: SampleCovariance, _ settings: StructureLearner.Options
  ) throws(StructureLearningError) -> [[Int]] {
    let past = d..<rows
    // Over all nodes: those of the past have no parents, and a root none of the present.
    var knowledge = options.knowledge
    for root in knowledge.roots { knowledge.forbidden.formUnion((0..<d).map { PriorKnowledge.Pair(from: $0, to: root) }) }
    knowledge.roots = Set(past)
    for pair in options.forbiddenLagged { knowledge.forbidden.insert(.init(from: pair.lag * d + pair.from, to: pair.to)) }
    guard let factor = OrderFactor(moments.matrix, order: Array(past) + order) else {
      throw .singularCovariance("a column repeats a combination of others")
    }
    let selection =
      settings.criticalValue.map { EdgeSelection(criticalValue: $0) }
      ?? EdgeSelection(familywiseLevel: settings.familywiseLevel, testCount: d * (d - 1) / 2 + past.count * d)
    let fits = selection.parents(
      factor, moments.matrix, sampleCount: moments.sampleCount,
      constraints: try OrderConstraints(knowledge, names: moments.names))
    return fits.prefix(d).map(\.parents)
  }

  private func follow(_ path: ContinuousOptions.Path) -> (PathRun, AcyclicObjective) {
    let kind: AcyclicityFunction.Kind = if case .centralPath = path { .logDeterminant } else { options.acyclicity }
    let square = options.requiredWeight * options.requiredWeight
    let constants = DenseMatrix(rowCount: d, columnCount: d) { i, j in isRequired(i, j) ? square : 0 }
    let layout = WeightLayout(rowCount: rows, targetCount: d, hasIntercepts: false, penalty: penalty)
    let objective = AcyclicObjective(
      layout, loss, AcyclicityFunction(kind: kind, nodeCount: d).makeWorkspace(), constants: constants)
    let minimizer = makeMinimizer(objective, options.minimization)
    let x = Vector(count: layout.variableCount)
    let run =
      switch path {
      case .augmentedLagrangian(let schedule): schedule.run(objective, minimizer, x, context)
      case .centralPath(let schedule): schedule.run(objective, minimizer, x, context)
      }
    return (run, objective)
  }

  private func makeMinimizer(
    _ objective: AcyclicObjective, _ options: BoundConstrainedMinimizer.Options
  ) -> BoundConstrainedMinimizer {
    let upper = [Double](repeating: .infinity, count: objective.layout.variableCount)
    return BoundConstrainedMinimizer(objective, lower: objective.layout.lower, upper: upper, options: options)
  }

  private func present(_ weights: DenseMatrix) -> DenseMatrix {
    DenseMatrix(rowCount: d, columnCount: d) { i, j in weights[i, j] }
  }

  /// The penalty of source i at target j along an order; nil where there may be no effect.
  private func allowance(_ order: [Int]) -> (Int, Int) -> Double? {
    var position = [Int](repeating: 0, count: d)
    for (k, v) in order.enumerated() { position[v] = k }
    return { [position] i, j in i < d && position[i] >= position[j] ? nil : penalty(i, j) }
  }

  /// The minimum of the objective over all effects that an order allows.
  private func complete(_ order: [Int], from weights: DenseMatrix) -> (DenseMatrix, steps: Int) {
    let allowed = allowance(order)
    if options.penalty == 0 && options.laggedPenalty == 0 { return (regressed { allowed($0, $1) != nil }, 0) }
    let layout = WeightLayout(rowCount: rows, targetCount: d, hasIntercepts: false, penalty: allowed)
    let objective = AcyclicObjective(
      layout, loss, AcyclicityFunction(kind: .polynomial, nodeCount: d).makeWorkspace(), constants: nil)
    var settings = options.minimization
    settings.relativeDecrease = options.completionDecrease
    settings.gradientTolerance = min(settings.gradientTolerance, options.completionDecrease.squareRoot())
    let x = Vector(layout.variables(weights: weights.values, intercepts: []))
    let outcome = makeMinimizer(objective, settings).minimize(x.pointer, context: context)
    objective.evaluate(at: x.pointer)
    return (objective.currentWeights, outcome.iterations)
  }

  /// The weights of least squares on the effects above the thresholds, and required ones.
  private func refit(_ weights: DenseMatrix) -> DenseMatrix {
    regressed { i, j in
      let size = abs(weights[i, j])
      return isRequired(i, j) || (size > 0 && size >= (i < d ? options.threshold : options.laggedThreshold))
    }
  }

  private func regressed(_ isEffect: (Int, Int) -> Bool) -> DenseMatrix {
    var result = DenseMatrix(rowCount: rows, columnCount: d)
    for j in 0..<d {
      let parents = (0..<rows).filter { isEffect($0, j) }
      let regression = Regression(joint.matrix, j, on: parents)
      for (k, i) in parents.enumerated() { result[i, j] = regression.weights[k] }
    }
    return result
  }

  private func fit(_ weights: DenseMatrix) -> DynamicStructure.Fit {
    var gradient = [Double](repeating: 0, count: rows * d), slope = [Double](repeating: 0, count: d)
    let score = loss.value(weights.values, slope, gradient: &gradient, slope: &slope)
    var sum = 0.0
    for j in 0..<d {
      for i in 0..<rows { sum += (penalty(i, j) ?? 0) * abs(weights[i, j]) }
    }
    let lagged = (1..<rows / d).map { lag in
      DenseMatrix(rowCount: d, columnCount: d) { i, j in weights[lag * d + i, j] }
    }
    let graph = TimeSeriesGraph(
      contemporaneous: WeightedGraph(names: names, weights: present(weights)), lagged: lagged)
    return DynamicStructure.Fit(graph: graph, score: score, penalty: sum)
  }
}
