import LinearAlgebra

/// How often edges and orders come back when the data are drawn anew.
///
/// - Sources: N. Friedman, M. Goldszmidt, A. Wyner, "Data analysis with Bayesian networks: a bootstrap approach", UAI 1999;
///   N. Meinshausen, P. Bühlmann, "Stability selection", Journal of the Royal Statistical Society B, 2010, theorem 1.
/// - Complexity: one search for each replicate, from the order that the data themselves gave.
public struct StructureBootstrap: Sendable {
  /// How a replicate is drawn.
  public enum Scheme: String, Sendable, Hashable, CaseIterable {
    /// As many samples with replacement: the spread of the estimate.
    case bootstrap
    /// Half of the samples without replacement: what stability selection and its error bound are about.
    case halves
  }

  public struct Options: Sendable, Equatable {
    public var replicates = 200
    public var scheme = Scheme.bootstrap
    /// Edges at least this frequent are stable; between 0.5 and 1.
    public var stableFrequency = 0.75
    public var seed: UInt64 = 1
    public init() {}
  }

  /// Frequencies over all replicates that ended well.
  public struct Frequencies: Sendable, Equatable {
    public var replicates: Int
    /// Part of the replicates with the edge i → j; a replicate whose score leaves the direction open counts half for each,
    /// since the member of the class that a search returns is no evidence.
    public var edge: DenseMatrix
    /// Part of the replicates with a path from i to j of edges whose direction is not open: i must come first.
    public var precedence: DenseMatrix
    /// Edges as frequent as stability asks, in that direction.
    public var stable: [WeightedGraph.Edge]
    /// Pairs of nodes that are joined as often as stability asks, in whichever direction.
    public var stablePairCount: Int
    /// For ``Scheme/halves``, an upper bound on the expected number of wrong stable edges; nil otherwise.
    public var expectedWrongEdges: Double?

    /// How often i and j are joined, in whichever direction.
    public func adjacency(_ i: Int, _ j: Int) -> Double { edge[i, j] + edge[j, i] }
    /// Part of the replicates with i → j among those that join i and j; nil where none does.
    public func orientation(_ i: Int, _ j: Int) -> Double? {
      adjacency(i, j) > 0 ? edge[i, j] / adjacency(i, j) : nil
    }
  }

  public var options: Options
  /// How each replicate is searched; starts from the order of the result.
  public var learner: StructureLearner

  public init(_ learner: StructureLearner, _ options: Options = Options()) {
    self.learner = learner
    self.options = options
  }

  /// Replicates by drawing rows.
  public func frequencies(
    of learned: LearnedStructure, _ table: SampleTable, progress: (Int) -> Void = { _ in },
    shouldStop: @escaping () -> Bool = { false }
  ) throws(StructureLearningError) -> Frequencies {
    try frequencies(of: learned, progress: progress, shouldStop: shouldStop) { random in
      Resampling.rows(of: table, halves: options.scheme == .halves, using: &random)
    }
  }

  /// Replicates by drawing second moments, as of normal samples.
  public func frequencies(
    of learned: LearnedStructure, _ covariance: SampleCovariance, progress: (Int) -> Void = { _ in },
    shouldStop: @escaping () -> Bool = { false }
  ) throws(StructureLearningError) -> Frequencies {
    try frequencies(of: learned, progress: progress, shouldStop: shouldStop) { random in
      Resampling.wishart(covariance, halves: options.scheme == .halves, using: &random)
    }
  }

  private func frequencies(
    of learned: LearnedStructure, progress: (Int) -> Void, shouldStop: @escaping () -> Bool,
    draw: (inout SplitMix64) -> SampleCovariance?
  ) throws(StructureLearningError) -> Frequencies {
    guard options.replicates > 0 else {
      throw .badOption(name: "replicates", value: "\(options.replicates)", mend: "give at least 1")
    }
    guard options.stableFrequency > 0.5, options.stableFrequency <= 1 else {
      throw .badOption(
        name: "the frequency of stable edges", value: "\(options.stableFrequency)", mend: "give more than 0.5, at most 1")
    }
    var learner = learner
    // The score that the data chose holds for all replicates, and their searches start where the data ended.
    learner.options.score = learned.score == .bic ? .bic : .leastSquares
    learner.options.start = learned.order
    learner.options.restarts = 0
    learner.options.shakesPerVariable = 0
    learner.options.exactness = .never
    let d = learned.graph.nodeCount
    var edge = DenseMatrix(rowCount: d, columnCount: d)
    var precedence = edge
    var random = SplitMix64(seed: options.seed)
    var done = 0
    var found = 0
    for k in 0..<options.replicates {
      if shouldStop() { break }
      guard let covariance = draw(&random) else { continue }
      let replicate: LearnedStructure
      do { replicate = try learner.learn(covariance, shouldStop: shouldStop) } catch { continue }
      done += 1
      found += replicate.edges.count
      var determined = replicate.graph
      for e in replicate.edges {
        edge[e.from, e.to] += e.isReversible ? 0.5 : 1
        if e.isReversible {
          edge[e.to, e.from] += 0.5
          determined.weights[e.from, e.to] = 0
        }
      }
      for (i, reached) in determined.descendants.enumerated() {
        for j in reached.nodes { precedence[i, j] += 1 }
      }
      progress(k + 1)
    }
    for k in edge.values.indices {
      edge.values[k] /= Double(max(1, done))
      precedence.values[k] /= Double(max(1, done))
    }
    var stable: [WeightedGraph.Edge] = []
    for i in 0..<d {
      for j in 0..<d where edge[i, j] >= options.stableFrequency && i != j {
        stable.append(.init(from: i, to: j, weight: edge[i, j]))
      }
    }
    let pairCount = (0..<d).reduce(0) { sum, i in
      sum + (0..<i).count { edge[i, $0] + edge[$0, i] >= options.stableFrequency }
    }
    let mean = Double(found) / Double(max(1, done))
    let pairs = Double(max(1, d * (d - 1)))
    let wrong = mean * mean / ((2 * options.stableFrequency - 1) * pairs)
    return Frequencies(
      replicates: done, edge: edge, precedence: precedence, stable: stable, stablePairCount: pairCount,
      expectedWrongEdges: options.scheme == .halves ? wrong : nil)
  }
}
