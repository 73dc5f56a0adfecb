import LinearAlgebra
import Solvers

/// Learns `x_t = x_t W + x_{t-1} A₁ + … + x_{t-p} Aₚ + e_t`, W acyclic, from one or more series: DYNOTEARS, and its
/// counterpart by a search over orders.
///
/// Rows are centred over all series. All is done with the moments of the rows: the length of the series counts once.
///
/// Source: Pamfil, Sriwattanaworachai, Desai, Pilgerstorfer, Georgatzis, Beaumont, Aragam, "DYNOTEARS: structure learning
/// from time-series data", 2020, equations 5 to 9.
public struct DynamicLearner: Sendable {
  public var options: DynamicOptions

  public init(_ options: DynamicOptions = DynamicOptions()) { self.options = options }

  /// - Throws: ``StructureLearningError`` for panels without rows or with values that are not finite, more lags than the
  ///   rows can tell, options that make no sense, and knowledge that contradicts itself.
  /// - Complexity: O(n (d (p + 1))²) once, O(d³ (p + 1)²) an evaluation.
  public func learn(
    _ panel: TimeSeriesPanel, context: SolveContext = SolveContext()
  ) throws(StructureLearningError) -> DynamicStructure {
    let joint = SampleCovariance(try panel.stacked(lagCount: options.lagCount))
    try checkOptions(nodeCount: panel.variableCount)
    // A penalty tells effects of more columns than rows apart; the search over orders needs more rows.
    let least: Int = if case .orders = options.search { joint.variableCount + 1 } else { 2 }
    if joint.sampleCount < least {
      throw .badOption(
        name: "the number of lags", value: "\(options.lagCount)",
        mend: "only \(joint.sampleCount) of the rows have all lags before them, too few to tell the effects of \(joint.variableCount) columns "
          + "apart: give fewer lags, or longer series")
    }
    let constraints = try OrderConstraints(options.knowledge, names: panel.names)
    return try DynamicRun(options, joint, names: panel.names, constraints, context).learn()
  }

  private func checkOptions(nodeCount d: Int) throws(StructureLearningError) {
    let sizes = [
      ("the penalty", options.penalty), ("the lagged penalty", options.laggedPenalty),
      ("the threshold", options.threshold), ("the lagged threshold", options.laggedThreshold),
      ("the required weight", options.requiredWeight),
    ]
    for (name, value) in sizes where !(value >= 0 && value.isFinite) {
      throw .badOption(name: name, value: "\(value)", mend: "give a number that is not negative")
    }
    for pair in options.forbiddenLagged
    where !(1..<options.lagCount + 1).contains(pair.lag) || !(0..<d).contains(pair.from) || !(0..<d).contains(pair.to) {
      throw .badOption(
        name: "a forbidden effect", value: "\(pair.from) → \(pair.to) of lag \(pair.lag)",
        mend: "nodes are 0 to \(d - 1) and lags 1 to \(options.lagCount)")
    }
    try options.knowledge.checkNodes(count: d)
  }
}
