import ArgumentParser
import Constraints
import Learn2Opt

/// Draws a random graph and samples.
struct DagSimulate: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "simulate",
    abstract: "Draw a random graph and samples of its variables.",
    discussion: """
      Experiments with a known truth. The graph is ER2 (uniformly random, 2 edges per node), SF4 (scale-free, 4 edges per \
      node), or the like; the same seed gives the same data on every machine.

      With these weights variances grow along the edges, so that sorting the columns by variance is a strong baseline; \
      the share of paths for which that works is printed. Try --standardize when learning.

      Examples:
        solve dag simulate --nodes 20 --out data.csv --edges-out truth.csv
        solve dag simulate --graph SF4 --nodes 50 --noise exponential --scales 1..2 --out data.csv
        solve dag simulate --mechanism logistic --samples 10000 --out data.csv
        solve dag simulate --lags 2 --nodes 5 --samples 500 --out series.csv --edges-out truth.csv
      """)

  @Option(help: ArgumentHelp("Family and edges per node: ER1, ER2, SF4, ...", valueName: "name")) var graph = "ER2"
  @Option(help: "Number of variables.") var nodes = 20
  @Option(help: "Number of samples.") var samples = 1000
  @Option(help: ArgumentHelp("linear, logistic (0/1), poisson (counts), mlp, index, gp, or additive-gp.", valueName: "name"))
  var mechanism: Mechanism = .linear
  @Option(help: ArgumentHelp("gaussian, exponential, gumbel, or uniform.", valueName: "name"))
  var noise: NoiseModel.Distribution = .gaussian
  @Option(help: ArgumentHelp("Factor of the noise: one number, or a range that each node draws from, such as 1..2.", valueName: "range"))
  var scales: RangeArgument = RangeArgument(range: 1...1)
  @Option(help: ArgumentHelp("Magnitudes of weights; signs are drawn (default: 0.5..2).", valueName: "range")) var weights: RangeArgument?
  @Option(help: ArgumentHelp("Draw time series with effects over this many steps.", valueName: "p")) var lags = 0
  @Option(help: "Number of independent series; a column tells them apart.") var series = 1
  @Option(help: "Seed of the random numbers.") var seed: UInt64 = 1
  @Option(name: [.short, .long], help: ArgumentHelp("Write the samples to this file instead of standard output.", valueName: "file"))
  var out = "-"
  @Option(help: ArgumentHelp("Write the true graph: .csv, .svg, .dot or .graphml.", valueName: "file")) var edgesOut: [String] = []

  func validate() throws {
    if family == nil { throw ValidationError("--graph takes ER or SF with a number of edges per node, such as ER2, not '\(graph)'.") }
    if nodes < 1 { throw ValidationError("--nodes takes 1 or more.") }
    if samples < 1 { throw ValidationError("--samples takes 1 or more.") }
    if series < 1 { throw ValidationError("--series takes 1 or more.") }
    if !(scales.range.lowerBound > 0) { throw ValidationError("--scales takes positive numbers.") }
    if out != "-" && edgesOut.contains(out) { throw ValidationError("--out and --edges-out name the same file.") }
    if lags < 0 { throw ValidationError("--lags takes 0 or more.") }
    if series != 1 && lags == 0 { throw ValidationError("--series goes with --lags.") }
    if lags > 0 && mechanism != .linear { throw ValidationError("Time series are linear; leave out --mechanism or --lags.") }
  }

  private var family: (GraphFamily, Int)? {
    guard let family = GraphFamily.allCases.first(where: { graph.uppercased().hasPrefix($0.rawValue) }),
      let edges = Int(graph.dropFirst(family.rawValue.count)), edges >= 0
    else { return nil }
    return (family, edges)
  }

  func run() throws {
    let drawn: Drawn
    do throws(ConstraintsError) { for path in edgesOut { _ = try DagOutput.kind(path) } } catch {
      throw DagFailure.report(error, asJSON: false)
    }
    do throws(StructureLearningError) { drawn = lags > 0 ? try timeSeries() : try independent() } catch {
      throw DagFailure.report(error, asJSON: false)
    }
    let drawing = GraphDrawing(drawn.truth, title: "\(graph), \(nodes) nodes, seed \(seed)", subtitle: "true graph")
    do throws(ConstraintsError) {
      for path in edgesOut {
        try ModelFormats.writeFile(Array(DagOutput.text(drawing, as: try DagOutput.kind(path)).utf8), to: path)
      }
      try ModelFormats.writeFile(csv(drawn.tables), to: out)
    } catch { throw DagFailure.report(error, asJSON: false) }
    Terminal.log(drawn.remark)
  }

  /// What was drawn.
  private struct Drawn {
    var tables: [SampleTable]
    var truth: WeightedGraph
    var remark: String
  }

  private func independent() throws(StructureLearningError) -> Drawn {
    var options = StructureSimulator.Options()
    if let (kind, edges) = family { (options.family, options.edgesPerNode) = (kind, edges) }
    options.nodeCount = nodes
    options.sampleCount = samples
    options.mechanism = mechanism
    options.noise = noiseModel
    if let weights { options.weights = weights.range }
    options.seed = seed
    let sample = try StructureSimulator(options).draw()
    let covariance = SampleCovariance(sample.table)
    let sortable = try sample.graph.varsortability(variances: (0..<nodes).map { covariance.matrix[$0, $0] })
    let words = sortable.map { ", varsortability \(significant($0, 3).text)" } ?? ""
    return Drawn(tables: [sample.table], truth: sample.graph, remark: "\(counted(sample.graph.edgeCount, "edge")), \(counted(samples, "sample"))\(words)")
  }

  private func timeSeries() throws(StructureLearningError) -> Drawn {
    var options = TimeSeriesSimulator.Options()
    if let (kind, edges) = family { (options.family, options.edgesPerNode) = (kind, edges) }
    options.nodeCount = nodes
    options.sampleCount = samples
    options.lagCount = lags
    options.seriesCount = series
    options.noise = noiseModel
    if let weights { options.weights = weights.range }
    options.seed = seed
    let sample = try TimeSeriesSimulator(options).draw()
    let unrolled = sample.graph.unrolled
    return Drawn(
      tables: sample.series, truth: unrolled,
      remark: "\(counted(unrolled.edgeCount, "edge")), \(sample.graph.contemporaneous.edgeCount) of them within a step; spectral radius \(significant(sample.spectralRadius, 3).text)")
  }

  private var noiseModel: NoiseModel {
    let range = scales.range
    return NoiseModel(noise, scale: range.lowerBound == range.upperBound ? .equal(range.lowerBound) : .perNode(range))
  }

  /// All tables below each other, with a column that numbers them when there are several.
  private func csv(_ tables: [SampleTable]) -> [UInt8] {
    guard let first = tables.first else { return [] }
    var text = (tables.count > 1 ? "series," : "") + first.names.joined(separator: ",") + "\n"
    for (k, table) in tables.enumerated() {
      let n = table.sampleCount
      for i in 0..<n {
        if tables.count > 1 { text += "\(k + 1)," }
        for j in 0..<table.variableCount {
          if j > 0 { text += "," }
          text += table.values.values[j * n + i].text
        }
        text += "\n"
      }
    }
    return Array(text.utf8)
  }
}

/// A number, or a range such as `0.5..2`.
struct RangeArgument: ExpressibleByArgument {
  var range: ClosedRange<Double>

  init(range: ClosedRange<Double>) { self.range = range }

  init?(argument: String) {
    var parts: [Substring] = [Substring(argument)]
    for i in argument.indices where argument[i...].hasPrefix("..") {
      let rest = argument[argument.index(i, offsetBy: 2)...]
      parts = [argument[..<i], rest.hasPrefix(".") ? rest.dropFirst() : rest]
      break
    }
    let numbers = parts.compactMap { Double($0) }
    guard numbers.count == parts.count, let low = numbers.first, let high = numbers.last, low.isFinite, high.isFinite, low <= high
    else { return nil }
    range = low...high
  }

  var defaultValueDescription: String {
    range.lowerBound == range.upperBound ? range.lowerBound.text : "\(range.lowerBound.text)..\(range.upperBound.text)"
  }
}

extension Mechanism: ExpressibleByArgument {}
extension NoiseModel.Distribution: ExpressibleByArgument {}
