import LinearAlgebra

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Learns a directed acyclic graph from second moments by a search over orders, exactly where the number of variables
/// allows it.
public struct StructureLearner: Sendable {
  /// Which score to minimize.
  public enum ScoreChoice: String, Sendable, Hashable, CaseIterable {
    /// Least squares where the noises have about equal variances, BIC elsewhere.
    case automatic = "auto"
    case leastSquares = "ls"
    case bic
  }

  /// Whether to look for a proven optimum.
  public enum Exactness: String, Sendable, Hashable, CaseIterable {
    /// Up to ``Options/exactLimit`` variables.
    case automatic = "auto"
    case always, never
  }

  public struct Options: Sendable, Equatable {
    public var score = ScoreChoice.automatic
    public var exactness = Exactness.automatic
    /// Most variables for which the exact method runs by itself.
    public var exactLimit = 16
    /// Searches from random orders, beside one from a greedy order; nil for 7 up to 100 variables and fewer beyond.
    public var restarts: Int?
    /// A search ends after this many shakes for every variable, but 1000 at most, without a better order.
    public var shakesPerVariable = 3
    /// Longest stretch of the order that a shake shuffles.
    public var longestShake = 12
    /// Factor c of the penalty `c log(n) / (2n)` of an edge under BIC.
    public var penaltyDiscount = 2.0
    /// Probability of one wrong edge among all pairs, for edges from least squares (Bonferroni).
    public var familywiseLevel = 0.05
    /// The least |t| of an edge from least squares; nil for the value that ``familywiseLevel`` gives.
    public var criticalValue: Double?
    /// Noises count as of equal variance while the arithmetic mean of the residual variances is at most this part, and
    /// 2/n for n samples, above their geometric mean.
    public var equalVarianceSpread = 0.05
    public var knowledge = PriorKnowledge()
    /// An order to start from as well, such as one of another method's graph.
    public var start: [Int]?
    public var seed: UInt64 = 1

    public init() {}

    func restarts(_ d: Int) -> Int { max(0, restarts ?? min(7, 700 / max(1, d))) }
  }

  public var options: Options

  public init(_ options: Options = Options()) { self.options = options }

  /// Refuses at once what the exact search for a score would refuse.
  /// - Throws: ``StructureLearningError/tooManyNodes(count:limit:method:)``.
  public static func checkExact(nodeCount d: Int, score: ScoreChoice) throws(StructureLearningError) {
    let isBIC = score == .bic
    let limit = isBIC ? ParentSetProgram.limit : SubsetProgram.leastSquaresLimit
    if d > limit {
      throw .tooManyNodes(count: d, limit: limit, method: "the exact search for \(isBIC ? "BIC" : "least squares")")
    }
  }

  /// - Throws: ``StructureLearningError`` for tables without data or with values that are not finite.
  /// - Complexity: O(n d²) for n samples of d variables, and the search on the moments.
  public func learn(_ table: SampleTable, shouldStop: @escaping () -> Bool = { false })
    throws(StructureLearningError)
    -> LearnedStructure
  {
    guard table.sampleCount > 1, table.variableCount > 0 else { throw .noData }
    if let k = table.values.values.firstIndex(where: { !$0.isFinite }) {
      throw .notFinite(sample: k % table.sampleCount + 1, variable: table.names[k / table.sampleCount])
    }
    return try learn(SampleCovariance(table), shouldStop: shouldStop)
  }

  /// - Parameter shouldStop: asked often; the best graph so far is returned once it says so.
  /// - Throws: ``StructureLearningError`` for knowledge that contradicts itself and matrices that are not positive definite.
  public func learn(_ covariance: SampleCovariance, shouldStop: @escaping () -> Bool = { false })
    throws(StructureLearningError)
    -> LearnedStructure
  {
    guard covariance.variableCount > 0, covariance.sampleCount > 1 else { throw .noData }
    let constraints = try OrderConstraints(options.knowledge, names: covariance.names)
    let (usable, warnings) = try covariance.preparedForLearning()
    var run = LearningRun(
      options: options, covariance: usable, constraints: constraints, warnings: warnings, shouldStop: shouldStop)
    return try run.learn()
  }
}
