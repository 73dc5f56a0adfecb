import LinearAlgebra

/// Random directed acyclic graphs with samples of their variables, for experiments with a known truth.
///
/// The numbers come from one stream whose start is `1000003 · seed + 101 · d + (sum of the ASCII codes of the graph's
/// name)`, such as `ER2`, in this order: the graph, a sign and a magnitude for each edge by rows of the adjacency matrix
/// (for mechanisms with weights), the noise's factors where they differ, the noise row by row, and whatever the
/// mechanism draws, node by node in topological order. The linear model with normal noise is thereby the same in every
/// language.
public struct StructureSimulator: Sendable {
  public struct Options: Sendable, Equatable {
    /// The family of the graph.
    public var family: GraphFamily = .erdosRenyi
    /// Number d of nodes.
    public var nodeCount = 20
    /// Number k of edges per node: k · d edges in all for Erdős-Rényi graphs, min(v, k) for the v-th node of scale-free
    /// graphs.
    public var edgesPerNode = 2
    /// Magnitudes of weights; the sign is negative with probability one half.
    public var weights: ClosedRange<Double> = 0.5...2
    /// How a variable depends on its parents.
    public var mechanism: Mechanism = .linear
    /// The noise that is added to continuous variables.
    public var noise: NoiseModel = .gaussianEqualVariances
    /// Number n of samples.
    public var sampleCount = 1000
    public var seed: UInt64 = 1
    /// Largest rate of counts: the rates exp(x · w) of the Poisson mechanism grow without bound along paths otherwise.
    /// At most 500.
    public var largestRate = 50.0
    /// Units in the hidden layer of the network of ``Mechanism/multilayerPerceptron``.
    public var hiddenUnitCount = 100
    /// Random frequencies in a draw of a Gaussian process; the error of its covariance falls as one over the root.
    public var frequencyCount = 500

    public init() {}

    /// Name of the graph's family with its edges per node, such as `ER2`.
    public var graphName: String { "\(family.rawValue)\(edgesPerNode)" }
  }

  /// A simulated data set.
  public struct Sample: Sendable {
    /// The true graph. Weights are those of the linear predictor, or 1 for mechanisms without weights.
    public var graph: WeightedGraph
    /// n × d samples, not centred.
    public var table: SampleTable
    /// Variance of the noise of each node; of no meaning for 0/1 variables and counts, where it is empty.
    public var noiseVariances: [Double]
  }

  public var options: Options

  public init(_ options: Options = Options()) { self.options = options }

  /// Draws the graph and the samples; nodes are called x0, x1, ….
  ///
  /// - Throws: ``StructureLearningError/badOption(name:value:mend:)`` for sizes that do not fit.
  /// - Complexity: O(d² + n · (d + edges)) for linear, logistic and Poisson models; O(n · hidden units · edges) for
  ///   networks, O(n · frequencies · edges) for Gaussian processes.
  public func draw() throws(StructureLearningError) -> Sample {
    let d = options.nodeCount
    var stream = SimulationStream(seed: streamStart)
    try checkOptions()
    let pairs = try options.family.draw(nodeCount: d, edgesPerNode: options.edgesPerNode, from: &stream)
    let graph = weighted(pairs, from: &stream)
    return try samples(of: graph, from: &stream)
  }

  private var streamStart: UInt64 {
    let codes = options.graphName.utf8.reduce(UInt64(0)) { $0 + UInt64($1) }
    return 1_000_003 &* options.seed &+ 101 &* UInt64(max(0, options.nodeCount)) &+ codes
  }

  private func checkOptions() throws(StructureLearningError) {
    if options.nodeCount < 1 {
      throw .badOption(name: "the number of nodes", value: "\(options.nodeCount)", mend: "use at least 1")
    }
    if options.sampleCount < 1 || options.sampleCount > 1_000_000_000 / options.nodeCount {
      throw .badOption(
        name: "the number of samples", value: "\(options.sampleCount)",
        mend: "use 1 to \(1_000_000_000 / options.nodeCount) for \(options.nodeCount) nodes")
    }
    let range = options.weights
    if !(range.lowerBound >= 0 && range.upperBound < 1e100) {
      throw .badOption(
        name: "the range of weights", value: "\(range.lowerBound)...\(range.upperBound)",
        mend: "use magnitudes of 0 or more; signs are drawn")
    }
    if !(options.largestRate > 0 && options.largestRate <= 500) {
      throw .badOption(name: "the largest rate", value: "\(options.largestRate)", mend: "use a number up to 500")
    }
    if options.hiddenUnitCount < 1 || options.hiddenUnitCount > 100_000 {
      throw .badOption(name: "the number of hidden units", value: "\(options.hiddenUnitCount)", mend: "use 1 to 100000")
    }
    if options.frequencyCount < 1 || options.frequencyCount > 100_000 {
      throw .badOption(name: "the number of frequencies", value: "\(options.frequencyCount)", mend: "use 1 to 100000")
    }
  }

  private func weighted(_ pairs: [(from: Int, to: Int)], from stream: inout SimulationStream) -> WeightedGraph {
    let d = options.nodeCount
    let names = (0..<d).map { "x\($0)" }
    let byRow = pairs.sorted { ($0.from, $0.to) < ($1.from, $1.to) }
    return WeightedGraph(
      names: names,
      edges: byRow.map { pair in
        let weight = options.mechanism.hasWeights ? stream.weight(magnitude: options.weights) : 1
        // A weight of exactly 0 would be no edge.
        return WeightedGraph.Edge(from: pair.from, to: pair.to, weight: weight == 0 ? Double.leastNormalMagnitude : weight)
      })
  }

  private func samples(
    of graph: WeightedGraph, from stream: inout SimulationStream
  ) throws(StructureLearningError) -> Sample {
    let n = options.sampleCount, d = options.nodeCount
    var values = DenseMatrix(rowCount: n, columnCount: d)
    var variances: [Double] = []
    if options.mechanism.hasNoise {
      let factors = try options.noise.factors(d, from: &stream)
      let distribution = options.noise.distribution
      variances = factors.map { $0 * $0 * distribution.variance }
      values.values.withUnsafeMutableBufferPointer { x in
        for i in 0..<n {
          for j in 0..<d { x[j * n + i] = factors[j] * distribution.draw(&stream) }
        }
      }
    }
    let order = graph.topologicalOrder ?? []
    for j in order { fill(j, of: graph, in: &values, from: &stream) }
    return Sample(
      graph: graph, table: SampleTable(names: graph.names, values: values), noiseVariances: variances)
  }
}
