import LinearAlgebra
import Solvers

/// One run of a ``ContinuousLearner``: the path, the order it ends with, the convex problem of that order, the cut, and the
/// weights fitted anew.
struct ContinuousRun {
  let options: ContinuousOptions
  let names: [String]
  /// Second moments, where the loss is a function of them.
  let moments: DenseMatrix?
  let loss: any LossFunction
  let constraints: OrderConstraints
  let context: SolveContext

  init(
    _ options: ContinuousOptions, names: [String], moments: DenseMatrix?, _ loss: any LossFunction,
    _ constraints: OrderConstraints, _ context: SolveContext
  ) {
    self.options = options
    self.names = names
    self.moments = moments
    self.loss = loss
    self.constraints = constraints
    self.context = context
  }

  private var d: Int { names.count }

  private func isRequired(_ i: Int, _ j: Int) -> Bool { constraints.requiredParents[j].contains(i) }

  /// The penalty of an edge that may be there. Required ones have none.
  private func penalty(_ i: Int, _ j: Int) -> Double? {
    guard constraints.allowedParents[j].contains(i) else { return nil }
    return isRequired(i, j) ? 0 : options.penalty
  }

  func learn() -> ContinuousStructure {
    let layout = WeightLayout(rowCount: d, targetCount: d, hasIntercepts: loss.hasIntercepts, penalty: penalty)
    let kind: AcyclicityFunction.Kind =
      if case .centralPath = options.path { .logDeterminant } else { options.acyclicity }
    let objective = AcyclicObjective(
      layout, loss, AcyclicityFunction(kind: kind, nodeCount: d).makeWorkspace(), constants: constants)
    let minimizer = makeMinimizer(objective, options.minimization)
    let start = options.start?.weights.values ?? [Double](repeating: 0, count: d * d)
    let x = Vector(layout.variables(weights: start, intercepts: [Double](repeating: 0, count: layout.interceptCount)))
    let run =
      switch options.path {
      case .augmentedLagrangian(let schedule): schedule.run(objective, minimizer, x, context)
      case .centralPath(let schedule): schedule.run(objective, minimizer, x, context)
      }
    let path = fit(objective)
    let all = AcyclicSelection(path.graph.weights, names: names, constraints: constraints, threshold: 0)
    let order = constraints.repaired(all.order)
    let completion = options.completesOrder && run.end != .undefined ? complete(order, path) : nil
    let source = (completion ?? path).graph.weights
    let selection = AcyclicSelection(source, names: names, constraints: constraints, threshold: options.threshold)
    var intercepts = (completion ?? path).intercepts
    let cut = evaluated(selection.graph, intercepts)
    let refitted = refit(selection.graph, &intercepts)
    return ContinuousStructure(
      end: run.end, path: path, acyclicity: objective.h, order: order, completion: completion, cut: cut,
      refitted: evaluated(refitted, intercepts), removedCount: selection.removedCount, rounds: run.rounds,
      iterations: run.iterations, evaluations: minimizer.evaluationCount, finalPenalty: run.finalPenalty)
  }

  private var constants: DenseMatrix? {
    if constraints.isFree { return nil }
    let square = options.requiredWeight * options.requiredWeight
    return DenseMatrix(rowCount: d, columnCount: d) { i, j in isRequired(i, j) ? square : 0 }
  }

  private func makeMinimizer(
    _ objective: AcyclicObjective, _ options: BoundConstrainedMinimizer.Options
  ) -> BoundConstrainedMinimizer {
    let layout = objective.layout
    let upper = [Double](repeating: .infinity, count: layout.variableCount)
    return BoundConstrainedMinimizer(objective, lower: layout.lower, upper: upper, options: options)
  }

  /// What an objective says about its last point.
  private func fit(_ objective: AcyclicObjective) -> ContinuousStructure.Fit {
    evaluated(WeightedGraph(names: names, weights: objective.currentWeights), objective.currentIntercepts)
  }

  private func evaluated(_ graph: WeightedGraph, _ intercepts: [Double]) -> ContinuousStructure.Fit {
    var gradient = [Double](repeating: 0, count: d * d)
    var slope = [Double](repeating: 0, count: d)
    let given = intercepts.isEmpty ? slope : intercepts
    let score = loss.value(graph.weights.values, given, gradient: &gradient, slope: &slope)
    var penalty = 0.0
    for j in 0..<d {
      for i in 0..<d where !isRequired(i, j) { penalty += abs(graph.weights[i, j]) }
    }
    return ContinuousStructure.Fit(
      graph: graph, intercepts: intercepts, score: score, penalty: options.penalty * penalty)
  }

  // MARK: Convex problems

  /// The minimum over graphs with an order.
  private func complete(_ order: [Int], _ path: ContinuousStructure.Fit) -> ContinuousStructure.Fit {
    var position = [Int](repeating: 0, count: d)
    for (k, v) in order.enumerated() { position[v] = k }
    var weights = path.graph.weights
    for j in 0..<d {
      for i in 0..<d where position[i] >= position[j] { weights[i, j] = 0 }
    }
    if let moments, options.penalty == 0 {
      return evaluated(regressed(moments) { position[$0] < position[$1] && penalty($0, $1) != nil }, [])
    }
    return minimized(from: weights, path.intercepts) { i, j in position[i] < position[j] ? penalty(i, j) : nil }
  }

  /// The weights of least loss on the edges of a graph, and required ones.
  private func refit(_ graph: WeightedGraph, _ intercepts: inout [Double]) -> WeightedGraph {
    let isEdge = { (i: Int, j: Int) in graph.weights[i, j] != 0 || isRequired(i, j) }
    if let moments { return regressed(moments, isEdge) }
    let fit = minimized(from: graph.weights, intercepts) { isEdge($0, $1) ? 0 : nil }
    intercepts = fit.intercepts
    return fit.graph
  }

  /// Each variable's regression on the others that may be its parents: for an acyclic graph the minimum of least squares
  /// and of both Gaussian likelihoods.
  private func regressed(_ moments: DenseMatrix, _ isEdge: (Int, Int) -> Bool) -> WeightedGraph {
    var result = WeightedGraph(names: names, edges: [])
    for j in 0..<d {
      let parents = (0..<d).filter { isEdge($0, j) }
      let regression = Regression(moments, j, on: parents)
      for (k, i) in parents.enumerated() { result.weights[i, j] = regression.weights[k] }
    }
    return result
  }

  private func minimized(
    from weights: DenseMatrix, _ intercepts: [Double], penalty: (Int, Int) -> Double?
  ) -> ContinuousStructure.Fit {
    let layout = WeightLayout(rowCount: d, targetCount: d, hasIntercepts: loss.hasIntercepts, penalty: penalty)
    let objective = AcyclicObjective(
      layout, loss, AcyclicityFunction(kind: .polynomial, nodeCount: d).makeWorkspace(), constants: nil)
    var settings = options.minimization
    settings.relativeDecrease = options.completionDecrease
    settings.gradientTolerance = min(settings.gradientTolerance, options.completionDecrease.squareRoot())
    let x = Vector(layout.variables(weights: weights.values, intercepts: intercepts))
    _ = makeMinimizer(objective, settings).minimize(x.pointer, context: context)
    objective.evaluate(at: x.pointer)
    return fit(objective)
  }
}
