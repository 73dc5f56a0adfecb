import LinearAlgebra

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Random stationary vector autoregressions with acyclic effects within a time step, and series drawn from them:
/// `x_t = x_t W + x_{t-1} A_1 + … + x_{t-p} A_p + e_t`.
///
/// Source of the set-up: Pamfil et al., "DYNOTEARS: Structure learning from time-series data", 2020, section 4.1.
public struct TimeSeriesSimulator: Sendable {
  public struct Options: Sendable, Equatable {
    /// The family of the graph within a time step.
    public var family: GraphFamily = .erdosRenyi
    /// Number d of variables.
    public var nodeCount = 10
    /// Edges per node within a time step.
    public var edgesPerNode = 1
    /// Magnitudes of the weights within a time step; signs are drawn.
    public var weights: ClosedRange<Double> = 0.5...2
    /// Number p of lags.
    public var lagCount = 1
    /// Mean number of edges into a node from each earlier time step: each of the d² pairs is an edge with
    /// probability `laggedEdgesPerNode / d`.
    public var laggedEdgesPerNode = 1.0
    /// Magnitudes of the weights of lag 1.
    public var laggedWeights: ClosedRange<Double> = 0.3...0.5
    /// Weights of lag l are divided by `decay^(l - 1)`; at least 1.
    public var decay = 1.1
    public var noise: NoiseModel = .gaussianEqualVariances
    /// Number of time steps of a series, after the burn-in.
    public var sampleCount = 500
    /// Number of independent series of the same process.
    public var seriesCount = 1
    /// Steps that are dropped at the start, so that the start does not matter; nil for max(samples / 10, 50).
    public var burnIn: Int?
    /// Graphs that are drawn before giving up on stationarity.
    public var attemptLimit = 100
    /// Largest spectral radius that counts as stationary: with 1 - 10⁻³ a shock fades to one percent in 4600 steps.
    public var largestSpectralRadius = 0.999
    public var seed: UInt64 = 1

    public init() {}
  }

  public struct Sample: Sendable {
    public var graph: TimeSeriesGraph
    /// One table a series, time running down the rows.
    public var series: [SampleTable]
    /// Spectral radius of the process, below 1.
    public var spectralRadius: Double
  }

  public var options: Options

  public init(_ options: Options = Options()) { self.options = options }

  /// Draws a process that is stationary, and its series.
  /// - Throws: ``StructureLearningError/notStationary(attempts:spectralRadius:)``, or
  ///   ``StructureLearningError/badOption(name:value:mend:)`` for sizes that do not fit.
  /// - Complexity: O(n d² p) for n time steps, O((d p)³) an attempt.
  public func draw() throws(StructureLearningError) -> Sample {
    let d = options.nodeCount
    try checkOptions()
    let codes = "\(options.family.rawValue)\(options.edgesPerNode)".utf8.reduce(UInt64(0)) { $0 + UInt64($1) }
    var stream = SimulationStream(
      seed: 1_000_003 &* options.seed &+ 101 &* UInt64(d) &+ 10_007 &* UInt64(options.lagCount) &+ codes)
    var smallest = Double.infinity
    for _ in 0..<options.attemptLimit {
      let graph = try drawGraph(&stream)
      let radius = graph.spectralRadius
      smallest = min(smallest, radius)
      guard radius <= options.largestSpectralRadius else { continue }
      let factors = try options.noise.factors(d, from: &stream)
      let series = (0..<options.seriesCount).map { _ in drawSeries(of: graph, factors, &stream) }
      return Sample(graph: graph, series: series, spectralRadius: radius)
    }
    throw .notStationary(attempts: options.attemptLimit, spectralRadius: smallest)
  }

  private func checkOptions() throws(StructureLearningError) {
    let d = options.nodeCount
    func require(_ holds: Bool, _ name: String, _ value: String, _ mend: String) throws(StructureLearningError) {
      if !holds { throw .badOption(name: name, value: value, mend: mend) }
    }
    try require(d >= 1 && d <= 2000, "the number of nodes", "\(d)", "use 1 to 2000")
    try require(options.lagCount >= 0 && options.lagCount <= 50, "the number of lags", "\(options.lagCount)", "use 0 to 50")
    try require(
      d * max(1, options.lagCount) <= 5000, "the number of lags", "\(options.lagCount)",
      "nodes times lags may be 5000 at most")
    let steps = options.sampleCount
    try require(steps >= 1 && steps <= 100_000_000 / d, "the number of samples", "\(steps)", "use 1 to \(100_000_000 / d)")
    let series = options.seriesCount
    try require(
      series >= 1 && series <= 1_000_000 && series <= 100_000_000 / (d * steps), "the number of series", "\(series)",
      "samples times series times nodes may be 100000000 at most")
    try require(options.burnIn ?? 0 >= 0 && options.burnIn ?? 0 <= 10_000_000, "the burn-in", "\(options.burnIn ?? 0)", "use 0 to 10000000")
    try require(options.decay >= 1 && options.decay < 1e6, "the decay", "\(options.decay)", "use 1 or more")
    try require(
      options.laggedEdgesPerNode >= 0 && options.laggedEdgesPerNode <= Double(d), "the number of lagged edges per node",
      "\(options.laggedEdgesPerNode)", "use 0 to \(d)")
    for range in [options.weights, options.laggedWeights] {
      try require(
        range.lowerBound >= 0 && range.upperBound < 1e100, "the range of weights",
        "\(range.lowerBound)...\(range.upperBound)", "use magnitudes of 0 or more; signs are drawn")
    }
    try require(options.attemptLimit >= 1, "the limit of attempts", "\(options.attemptLimit)", "use at least 1")
  }

  private func drawGraph(_ stream: inout SimulationStream) throws(StructureLearningError) -> TimeSeriesGraph {
    let d = options.nodeCount
    let pairs = try options.family.draw(nodeCount: d, edgesPerNode: options.edgesPerNode, from: &stream)
    let within = WeightedGraph(
      names: (0..<d).map { "x\($0)" },
      edges: pairs.sorted { ($0.from, $0.to) < ($1.from, $1.to) }.map {
        WeightedGraph.Edge(from: $0.from, to: $0.to, weight: stream.weight(magnitude: options.weights))
      })
    var factor = 1.0
    var lagged: [DenseMatrix] = []
    for _ in 0..<options.lagCount {
      var matrix = DenseMatrix(rowCount: d, columnCount: d)
      for i in 0..<d {
        for j in 0..<d where stream.uniform() < options.laggedEdgesPerNode / Double(d) {
          matrix[i, j] = factor * stream.weight(magnitude: options.laggedWeights)
        }
      }
      lagged.append(matrix)
      factor /= options.decay
    }
    return TimeSeriesGraph(contemporaneous: within, lagged: lagged)
  }

  private func drawSeries(
    of graph: TimeSeriesGraph, _ factors: [Double], _ stream: inout SimulationStream
  ) -> SampleTable {
    let d = graph.nodeCount, p = graph.lagCount, n = options.sampleCount
    let dropped = options.burnIn ?? max(n / 10, 50)
    let order = graph.contemporaneous.topologicalOrder ?? []
    // Parents with weights as (place in the window, weight); the window holds the last p + 1 steps, newest at `now`.
    let parents: [[(lag: Int, node: Int, weight: Double)]] = (0..<d).map { j in
      var list = (0..<d).filter { graph.contemporaneous.hasEdge($0, j) }.map { (0, $0, graph.contemporaneous.weights[$0, j]) }
      for lag in 0..<p {
        for i in 0..<d where graph.lagged[lag][i, j] != 0 { list.append((lag + 1, i, graph.lagged[lag][i, j])) }
      }
      return list
    }
    var window = [Double](repeating: 0, count: (p + 1) * d)
    var table = DenseMatrix(rowCount: n, columnCount: d)
    let distribution = options.noise.distribution
    for t in 0..<(dropped + n) {
      let now = t % (p + 1) * d
      for j in 0..<d { window[now + j] = factors[j] * distribution.draw(&stream) }
      for j in order {
        var sum = window[now + j]
        for parent in parents[j] {
          let place = (t + p + 1 - parent.lag) % (p + 1) * d
          sum += parent.weight * window[place + parent.node]
        }
        window[now + j] = sum
      }
      if t >= dropped {
        for j in 0..<d { table.values[j * n + t - dropped] = window[now + j] }
      }
    }
    return SampleTable(names: graph.contemporaneous.names, values: table)
  }
}
