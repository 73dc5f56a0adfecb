import LinearAlgebra
import Solvers

/// What networks have found about samples.
public struct NetworkStructure: Sendable, Equatable {
  public var end: ContinuousStructure.End
  /// The networks where the path ended.
  public var model: NetworkModel
  /// Strengths above the threshold, without edges that close a cycle with stronger ones.
  public var graph: WeightedGraph
  /// Parents before children.
  public var order: [Int]
  /// `1/(2n) ‖X - X̂‖²`.
  public var score: Double
  /// The score with both penalties.
  public var objective: Double
  /// h at the end.
  public var acyclicity: Double
  /// Edges above the threshold that were left out as they close a cycle with stronger ones.
  public var removedCount: Int
  /// Updates of the multiplier, and steps of all minimizations.
  public var rounds: Int
  public var iterations: Int
}

/// Learns a directed acyclic graph of nonlinear effects: NOTEARS-MLP, one network with a hidden layer for each variable.
///
/// Variables should have comparable scales: penalties and the threshold are those of the first layer's weights.
///
/// Source: Zheng, Dan, Aragam, Ravikumar, Xing, "Learning sparse nonparametric DAGs", 2020.
public struct NetworkLearner: Sendable {
  public struct Options: Sendable {
    /// Hidden units of each network. Default 10.
    public var hiddenCount = 10
    /// λ₁ of the weights of the first layer. Default 0.01.
    public var penalty = 0.01
    /// λ₂ of the squares of all weights but biases. Default 0.01.
    public var squarePenalty = 0.01
    public var schedule = AugmentedLagrangianSchedule()
    public var acyclicity = AcyclicityFunction.Kind.logDeterminant
    public var minimization = BoundConstrainedMinimizer.Options()
    /// Effects weaker than this are cut. Default 0.3.
    public var threshold = 0.3
    public var knowledge = PriorKnowledge()
    /// As ``ContinuousOptions/requiredWeight``. Default 0.3.
    public var requiredWeight = 0.3
    /// Of the weights of the second layer at the start; those of the first are 0. Default 1.
    public var seed: UInt64 = 1

    public init() {}
  }

  public var options: Options

  public init(_ options: Options = Options()) { self.options = options }

  /// - Throws: ``StructureLearningError`` for data that are missing or not finite, options that make no sense and
  ///   knowledge that contradicts itself.
  /// - Complexity: O(n m d² + d³) an evaluation for n samples of d variables and m hidden units.
  public func learn(
    _ table: SampleTable, context: SolveContext = SolveContext()
  ) throws(StructureLearningError) -> NetworkStructure {
    guard table.sampleCount > 0, table.variableCount > 0 else { throw .noData }
    if let k = table.values.values.firstIndex(where: { !$0.isFinite }) {
      throw .notFinite(sample: k % table.sampleCount + 1, variable: table.names[k / table.sampleCount])
    }
    let d = table.variableCount, m = options.hiddenCount
    guard m > 0 else {
      throw .badOption(name: "the number of hidden units", value: "\(m)", mend: "give a positive number")
    }
    let sizes = [
      ("the penalty", options.penalty), ("the penalty of squares", options.squarePenalty),
      ("the threshold", options.threshold), ("the required weight", options.requiredWeight),
    ]
    for (name, value) in sizes where !(value >= 0 && value.isFinite) {
      throw .badOption(name: name, value: "\(value)", mend: "give a number that is not negative")
    }
    try options.knowledge.checkNodes(count: d)
    let constraints = try OrderConstraints(options.knowledge, names: table.names)
    return learn(table, constraints, context)
  }

  private func learn(
    _ table: SampleTable, _ constraints: OrderConstraints, _ context: SolveContext
  ) -> NetworkStructure {
    let d = table.variableCount, m = options.hiddenCount
    func isRequired(_ i: Int, _ j: Int) -> Bool { constraints.requiredParents[j].contains(i) }
    let layout = WeightLayout(rowCount: d, targetCount: m * d, hasIntercepts: true) { i, u in
      let j = u / m
      guard constraints.allowedParents[j].contains(i) else { return nil }
      return isRequired(i, j) ? 0 : options.penalty
    }
    let square = options.requiredWeight * options.requiredWeight
    let objective = NetworkObjective(
      table.values, hiddenCount: m, layout: layout, squarePenalty: options.squarePenalty,
      AcyclicityFunction(kind: options.acyclicity, nodeCount: d).makeWorkspace(),
      constants: DenseMatrix(rowCount: d, columnCount: d) { isRequired($0, $1) ? square : 0 })
    let upper = [Double](repeating: .infinity, count: objective.variableCount)
    let minimizer = BoundConstrainedMinimizer(
      objective, lower: objective.lower, upper: upper, options: options.minimization)
    let x = Vector(count: objective.variableCount)
    var random = SplitMix64(seed: options.seed)
    let bound = 1 / Double(m).squareRoot()
    for u in 0..<m * d { x[layout.variableCount + u] = Double.random(in: -bound...bound, using: &random) }
    let run = options.schedule.run(objective, minimizer, x, context)
    let model = objective.model
    let selection = AcyclicSelection(
      model.strengths, names: table.names, constraints: constraints, threshold: options.threshold)
    return NetworkStructure(
      end: run.end, model: model, graph: selection.graph, order: constraints.repaired(selection.order),
      score: objective.score, objective: objective.lossValue, acyclicity: objective.h,
      removedCount: selection.removedCount, rounds: run.rounds, iterations: run.iterations)
  }
}
