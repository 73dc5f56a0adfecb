import Constraints
import Learn2Opt

/// A learned graph for people and for machines.
struct DagReport {
  let structure: LearnedStructure
  let data: DagData.Dataset
  var comparison: GraphComparison?
  /// How often edges came back when the data were redrawn.
  var frequencies: StructureBootstrap.Frequencies?
  /// Whether halves of the samples were drawn.
  var isHalved = false
  var seconds = 0.0
  var seed: UInt64?
  var isStopped = false

  init(_ structure: LearnedStructure, data: DagData.Dataset) {
    self.structure = structure
    self.data = data
  }

  private var names: [String] { structure.graph.names }
  /// Names on one line each.
  private var shown: [String] { names.map(Terminal.onOneLine) }

  /// Most edges in the table on standard output; files have all.
  private static let longestTable = 200

  // MARK: - Text

  var text: String {
    var lines: [String] = []
    func line(_ name: String, _ words: String) { lines.append(pad(name, 18) + words) }
    let prepared = data.preparation.isEmpty ? "" : ", " + data.preparation.joined(separator: ", ")
    line("data", "\(data.name): \(counted(data.covariance.sampleCount, "sample")) of \(variables)\(prepared)")
    line("graph", "\(counted(structure.graph.edgeCount, "edge")), by \(structure.method)")
    let refitted = structure.score != .bic ? "\(structure.score == .leastSquares ? " of the whole order" : ""), \(number(structure.refittedValue)) with these edges alone" : ""
    line(structure.score.rawValue, "\(number(structure.value))\(refitted)")
    line("proof", proof)
    let open = structure.edges.count { $0.isReversible }
    if open > 0 { line("directions", "\(structure.edges.count - open) told by the data, \(open) open: graphs of the same score turn them round") }
    for baseline in structure.baselines {
      let edges = baseline.edgeCount == 0 ? "no edges" : counted(baseline.edgeCount, "edge")
      line(baseline.name, "\(number(baseline.score)), \(edges)")
    }
    if let frequencies {
      let bound = frequencies.expectedWrongEdges.map { ", of them at most \(significant($0, 2).text) wrong in expectation" } ?? ""
      let joined = structure.edges.contains { $0.isReversible } ? "; \(counted(frequencies.stablePairCount, "pair")) of nodes stably joined" : ""
      line("bootstrap", "\(counted(frequencies.replicates, "replicate"))\(isHalved ? " of half the samples" : ""), \(counted(frequencies.stable.count, "stable edge"))\(bound)\(joined)")
      let others = frequencies.stable.filter { !structure.graph.hasEdge($0.from, $0.to) }
      if !others.isEmpty {
        line("", "stable, but not in the graph: " + others.prefix(20).map { "\(shown[$0.from]) -> \(shown[$0.to])" }.joined(separator: ", "))
      }
    }
    if let comparison {
      lines += DagReport.text(comparison).map { pad($0.name, 18) + $0.words }
      if let sortable { line("varsortability", "\(significant(sortable, 3).text): how far variances grow along the true edges (0.5 says nothing)") }
    }
    lines.append("")
    lines += table
    return lines.joined(separator: "\n") + "\n"
  }

  /// How far sorting by variance orders the true graph.
  private var sortable: Double? {
    let covariance = data.covariance
    return try? comparison?.truth.varsortability(variances: covariance.names.indices.map { covariance.matrix[$0, $0] })
  }

  /// The variables, without their lags.
  private var variableCount: Int { names.count / ((data.stacking?.lagCount ?? 0) + 1) }

  private var variables: String {
    guard let stacking = data.stacking else { return "\(names.count) variables" }
    let lags = "\(stacking.lagCount) lag\(stacking.lagCount == 1 ? "" : "s")"
    return "\(variableCount) variables with \(lags), from \(stacking.seriesCount) series"
  }

  private func number(_ x: Double) -> String { significant(x, 7).text }

  private var proof: String {
    let limit = structure.parentLimit.map { " with at most \(counted($0, "parent")) a node" } ?? ""
    switch structure.proof {
    case .optimal: return "optimal: no graph\(limit) has a lower score"
    case .bounded:
      let gap = structure.score == .bic ? significant(structure.gap, 4).text : percent(structure.gap)
      return "no graph\(limit) has a score below \(number(structure.bound)): at most \(gap) above the optimum"
    case .none: return "none: this method says nothing about other graphs"
    }
  }

  private var table: [String] {
    if structure.edges.isEmpty { return ["no edges"] }
    let shown = self.shown
    let arrows = structure.edges.map { "\(shown[$0.from]) -> \(shown[$0.to])" }
    let width = min(60, (arrows.map(\.count).max() ?? 0) + 2)
    let hasFrequency = structure.edges.contains { $0.frequency != nil }
    // A direction that other graphs of the same score turn round is marked, and how often its ends are joined said.
    let hasOpen = structure.edges.contains { $0.isReversible }
    var lines = [
      pad("edge", width) + left("weight", 12) + left("t", 10) + (hasFrequency ? left("frequency", 11) : "")
        + (hasFrequency && hasOpen ? left("joined", 9) : "") + (hasOpen ? "   " + pad("direction", comparison == nil ? 0 : 9) : "") + (comparison != nil ? "   truth" : "")
    ]
    for (k, edge) in structure.edges.enumerated().prefix(DagReport.longestTable) {
      var line = pad(arrows[k], width) + left(significant(edge.weight, 4).text, 12) + left(edge.tValue.isFinite ? significant(edge.tValue, 3).text : "-", 10)
      if let frequency = edge.frequency { line += left("\(Int((frequency * 100).rounded())) %", 11) }
      if hasOpen, let joined = edge.joinedFrequency { line += left("\(Int((joined * 100).rounded())) %", 9) }
      if hasOpen { line += "   " + pad(edge.isReversible ? "open" : "", comparison == nil ? 0 : 9) }
      if let verdict = comparison?.edges.first(where: { $0.from == edge.from && $0.to == edge.to })?.verdict {
        line += "   " + verdict.rawValue
      }
      lines.append(line)
    }
    if structure.edges.count > DagReport.longestTable {
      lines.append("and \(structure.edges.count - DagReport.longestTable) more; --out graph.csv has all")
    }
    for edge in comparison?.edges ?? [] where edge.verdict == .missed {
      let blank = (hasFrequency ? 11 : 0) + (hasFrequency && hasOpen ? 9 : 0) + (hasOpen ? 12 : 0)
      lines.append(
        pad("(\(shown[edge.from]) -> \(shown[edge.to]))", width) + left("-", 12) + left("-", 10) + left("", blank) + "   missed")
    }
    return lines
  }

  /// A comparison in lines of a name and words.
  static func text(_ comparison: GraphComparison) -> [(name: String, words: String)] {
    var lines: [(String, String)] = []
    let verdicts = GraphComparison.Verdict.allCases.map { "\(comparison.count($0)) \($0.rawValue)" }.joined(separator: ", ")
    lines.append(("against the truth", "SHD \(comparison.hammingDistance): \(verdicts)"))
    lines.append(("", "no edges at all would have SHD \(comparison.trueEdgeCount)"))
    lines.append(
      ("", "precision \(percent(comparison.precision)), recall \(percent(comparison.recall)), F1 \(significant(comparison.f1, 3).text), "
        + "FDR \(percent(comparison.falseDiscoveryRate)), FPR \(percent(comparison.falsePositiveRate))"))
    if let classes = try? comparison.classDistance(),
      let effects = try? InterventionDistance(of: comparison.estimate, with: comparison.truth)
    {
      lines.append(
        ("", "SHD of the equivalence classes \(classes), effects of interventions wrong for \(effects.value) pairs of nodes (SID)"))
    } else {
      lines.append(("", "one of the graphs has a cycle, so that classes and interventions are not compared"))
    }
    return lines
  }

  // MARK: - Pictures

  func drawing(title: String?) -> GraphDrawing {
    let file = data.name.split(separator: "/").last.map(String.init) ?? data.name
    let prepared = data.preparation.isEmpty ? "" : ", " + data.preparation.joined(separator: ", ")
    var drawing = GraphDrawing(
      structure, title: title ?? file,
      subtitle: "\(data.covariance.sampleCount) samples\(prepared); \(structure.score.rawValue), \(counted(structure.graph.edgeCount, "edge"))")
    if let comparison {
      drawing.mark(with: comparison)
      drawing.subtitle += ", SHD \(comparison.hammingDistance)"
    }
    return drawing
  }

  // MARK: - JSON

  var json: String {
    func list(_ items: [String]) -> String { "[" + items.joined(separator: ", ") + "]" }
    func string(_ text: String) -> String { Terminal.quoted(text) }
    func value(_ x: Double?) -> String { x.map { $0.isFinite ? $0.text : "null" } ?? "null" }
    let edges = structure.edges.map { edge in
      "{\"from\": \(string(names[edge.from])), \"to\": \(string(names[edge.to])), \"weight\": \(value(edge.weight)), "
        + "\"standard_error\": \(value(edge.standardError)), \"t\": \(value(edge.tValue)), \"reversible\": \(edge.isReversible), "
        + "\"frequency\": \(value(edge.frequency)), \"joined_frequency\": \(value(edge.joinedFrequency))}"
    }
    var fields = [
      "\"data\": {\"file\": \(string(data.name)), \"samples\": \(data.covariance.sampleCount), \"variables\": \(variableCount), "
        + (data.stacking.map { "\"lags\": \($0.lagCount), \"series\": \($0.seriesCount), " } ?? "")
        + "\"preparation\": \(list(data.preparation.map(string)))}",
      "\"nodes\": \(list(names.map(string)))",
      "\"edges\": [\n    \(edges.joined(separator: ",\n    "))\n  ]",
      "\"order\": \(list(structure.order.map { string(names[$0]) }))",
      "\"score\": {\"kind\": \(string(structure.score.rawValue)), \"value\": \(value(structure.value)), \"refitted\": \(value(structure.refittedValue)), "
        + "\"bound\": \(value(structure.bound)), \"gap\": \(value(structure.gap)), \"proof\": \(string(structure.proof.rawValue)), "
        + "\"parent_limit\": \(structure.parentLimit.map(String.init) ?? "null")}",
      "\"method\": \(string(structure.method))",
      "\"baselines\": "
        + list(structure.baselines.map { "{\"name\": \(string($0.name)), \"score\": \(value($0.score)), \"edges\": \($0.edgeCount)}" }),
      "\"warnings\": \(list(structure.warnings.map { string($0.description) }))",
    ]
    if let frequencies {
      let stable = frequencies.stable.map { "{\"from\": \(string(names[$0.from])), \"to\": \(string(names[$0.to])), \"frequency\": \(value($0.weight))}" }
      fields.append(
        "\"bootstrap\": {\"replicates\": \(frequencies.replicates), \"scheme\": \"\(isHalved ? "halves" : "bootstrap")\", "
          + "\"expected_wrong\": \(value(frequencies.expectedWrongEdges)), \"stable\": \(list(stable))}")
    }
    if let comparison {
      fields.append("\"comparison\": \(DagReport.json(comparison))")
      fields.append("\"varsortability\": \(value(sortable))")
    }
    let seedText = seed.map { "\"seed\": \($0), " } ?? ""
    fields.append("\"run\": {\"version\": \(string(version)), \(seedText)\"seconds\": \(value(seconds)), \"stopped\": \(isStopped)}")
    return "{\n  " + fields.joined(separator: ",\n  ") + "\n}\n"
  }

  static func json(_ comparison: GraphComparison) -> String {
    let classes = (try? comparison.classDistance()).map(String.init) ?? "null"
    let effects = (try? InterventionDistance(of: comparison.estimate, with: comparison.truth)).map { String($0.value) } ?? "null"
    let counts = GraphComparison.Verdict.allCases.map { "\"\($0.rawValue)\": \(comparison.count($0))" }.joined(separator: ", ")
    return "{\"shd\": \(comparison.hammingDistance), \(counts), \"true_edges\": \(comparison.trueEdgeCount), "
      + "\"precision\": \(comparison.precision.text), \"recall\": \(comparison.recall.text), \"f1\": \(comparison.f1.text), "
      + "\"fdr\": \(comparison.falseDiscoveryRate.text), \"fpr\": \(comparison.falsePositiveRate.text), "
      + "\"class_shd\": \(classes), \"sid\": \(effects)}"
  }
}
