import LinearAlgebra
import Solvers

/// Learns a directed acyclic graph by smooth minimization over weights: NOTEARS and DAGMA, for least squares, Gaussian
/// likelihoods, logistic and Poisson models.
///
/// Least squares and likelihoods need second moments only: an evaluation costs O(d³) for any number of samples. The local
/// minimum found depends on scale where least squares does, see the notes on varsortability in ``StructureLearner``.
///
/// Sources: Zheng, Aragam, Ravikumar, Xing, "DAGs with NO TEARS: continuous optimization for structure learning", 2018;
/// Bello, Aragam, Ravikumar, "DAGMA", 2022; Ng, Ghassami, Zhang, "On the role of sparsity and DAG constraints for learning
/// linear DAGs", 2020.
public struct ContinuousLearner: Sendable {
  public var options: ContinuousOptions

  public init(_ options: ContinuousOptions = ContinuousOptions()) { self.options = options }

  /// Learns from samples. Columns are centred for least squares and likelihoods; the others have intercepts.
  /// - Throws: ``StructureLearningError`` for data that are missing, not finite or not of the loss's kind, for options that
  ///   make no sense and for knowledge that contradicts itself.
  /// - Complexity: O(n d² + d³) an evaluation for logistic and Poisson losses, else O(n d²) once and O(d³) an evaluation.
  public func learn(
    _ table: SampleTable, context: SolveContext = SolveContext()
  ) throws(StructureLearningError) -> ContinuousStructure {
    guard table.sampleCount > 0, table.variableCount > 0 else { throw .noData }
    if let k = table.values.values.firstIndex(where: { !$0.isFinite }) {
      throw .notFinite(sample: k % table.sampleCount + 1, variable: table.names[k / table.sampleCount])
    }
    if options.loss.needsMomentsOnly { return try learn(SampleCovariance(table), context: context) }
    try Self.checkValues(table, for: options.loss)
    let loss = SampleLoss(table.values, targetCount: table.variableCount, loss: options.loss)
    return try learn(names: table.names, moments: nil, loss, context)
  }

  /// Learns from second moments.
  /// - Throws: as for samples, and for a loss that needs these.
  public func learn(
    _ covariance: SampleCovariance, context: SolveContext = SolveContext()
  ) throws(StructureLearningError) -> ContinuousStructure {
    guard covariance.variableCount > 0 else { throw .noData }
    guard options.loss.needsMomentsOnly else {
      throw .badOption(
        name: "the loss", value: options.loss.rawValue, mend: "it is no function of moments, give the samples themselves")
    }
    guard covariance.matrix.values.allSatisfy(\.isFinite) else {
      throw .singularCovariance("an entry is not a finite number")
    }
    for j in 0..<covariance.variableCount where covariance.matrix[j, j] < 0 {
      throw .singularCovariance("the variance of \(covariance.names[j]) is negative")
    }
    let loss = MomentLoss(
      covariance.matrix, targetCount: covariance.variableCount, loss: options.loss,
      hasDeterminant: options.hasDeterminant)
    return try learn(names: covariance.names, moments: covariance.matrix, loss, context)
  }

  /// - Throws: ``StructureLearningError/badOption(name:value:mend:)`` where a value is not of the kind that the logistic or
  ///   Poisson loss takes.
  public static func checkValues(_ table: SampleTable, for loss: StructureLoss) throws(StructureLearningError) {
    let n = table.sampleCount
    for (k, value) in table.values.values.enumerated() {
      let isFit = loss == .logistic ? value == 0 || value == 1 : value >= 0 && value == value.rounded()
      if !isFit {
        let kind = loss == .logistic ? "0 or 1" : "counts 0, 1, 2, …"
        throw .badOption(
          name: "the loss", value: loss.rawValue,
          mend: "it takes \(kind), and \(table.names[k / n]) has \(value) in sample \(k % n + 1); "
            + "choose another loss or recode the column")
      }
    }
  }

  private func checkOptions(nodeCount d: Int) throws(StructureLearningError) {
    let sizes = [
      ("penalty", options.penalty), ("threshold", options.threshold), ("required weight", options.requiredWeight),
    ]
    for (name, value) in sizes where !(value >= 0 && value.isFinite) {
      throw .badOption(name: "the \(name)", value: "\(value)", mend: "give a number that is not negative")
    }
    if let start = options.start, start.nodeCount != d || !start.weights.values.allSatisfy(\.isFinite) {
      throw .badOption(
        name: "the start", value: "a graph of \(start.nodeCount) nodes", mend: "give finite weights for \(d)")
    }
    try options.knowledge.checkNodes(count: d)
  }

  private func learn(
    names: [String], moments: DenseMatrix?, _ loss: any LossFunction, _ context: SolveContext
  ) throws(StructureLearningError) -> ContinuousStructure {
    let d = names.count
    try checkOptions(nodeCount: d)
    let constraints = try OrderConstraints(options.knowledge, names: names)
    let run = ContinuousRun(options, names: names, moments: moments, loss, constraints, context)
    return run.learn()
  }
}
