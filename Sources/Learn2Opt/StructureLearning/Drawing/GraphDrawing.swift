/// What a picture or a file of a graph shows: nodes, edges with what is known about them, and a title.
public struct GraphDrawing: Sendable, Equatable {
  public struct Edge: Sendable, Equatable {
    public var from: Int
    public var to: Int
    public var weight: Double
    public var tValue: Double?
    /// Part of the bootstrap replicates that have the edge.
    public var frequency: Double?
    /// Whether its direction is open; it is drawn without a head.
    public var isReversible = false
    /// How the edge compares with the true graph, if that is given.
    public var verdict: GraphComparison.Verdict?

    public init(
      from: Int, to: Int, weight: Double = 1, tValue: Double? = nil, frequency: Double? = nil,
      verdict: GraphComparison.Verdict? = nil
    ) {
      self.from = from
      self.to = to
      self.weight = weight
      self.tValue = tValue
      self.frequency = frequency
      self.verdict = verdict
    }
  }

  public var names: [String]
  public var edges: [Edge]
  public var title: String
  /// A line below the title.
  public var subtitle: String
  /// Whether weights say something: false for a graph that was only listed.
  public var hasWeights = true

  public init(names: [String], edges: [Edge], title: String = "", subtitle: String = "") {
    self.names = names
    self.edges = edges
    self.title = title
    self.subtitle = subtitle
  }

  /// A graph with its weights; weights that are all 1 say nothing.
  public init(_ graph: WeightedGraph, title: String = "", subtitle: String = "") {
    self.init(
      names: graph.names, edges: graph.edges.map { Edge(from: $0.from, to: $0.to, weight: $0.weight) }, title: title,
      subtitle: subtitle)
    hasWeights = edges.contains { $0.weight != 1 }
  }

  /// A learned graph with t values and, where they were computed, bootstrap frequencies.
  public init(_ structure: LearnedStructure, title: String = "", subtitle: String = "") {
    self.init(
      names: structure.graph.names,
      edges: structure.edges.map {
        var edge = Edge(
          from: $0.from, to: $0.to, weight: $0.weight, tValue: $0.tValue.isFinite ? $0.tValue : nil,
          frequency: $0.isReversible ? $0.joinedFrequency : $0.frequency)
        edge.isReversible = $0.isReversible
        return edge
      }, title: title, subtitle: subtitle)
  }

  /// Marks the edges by a comparison with the truth, and adds the edges that were missed.
  /// - Precondition: a comparison of the graph that is drawn.
  public mutating func mark(with comparison: GraphComparison) {
    precondition(comparison.estimate.names == names)
    for edge in comparison.edges {
      if let k = edges.firstIndex(where: { $0.from == edge.from && $0.to == edge.to }) {
        edges[k].verdict = edge.verdict
      } else if edge.verdict == .missed {
        edges.append(
          Edge(from: edge.from, to: edge.to, weight: comparison.truth.weights[edge.from, edge.to], verdict: .missed))
      }
    }
  }

  /// What is known about an edge, in a line.
  func summary(_ edge: Edge) -> String {
    var parts = ["\(names[edge.from]) \(edge.isReversible ? "\u{2014}" : "\u{2192}") \(names[edge.to])"]
    if hasWeights, edge.verdict != .missed { parts.append("weight \(Digits.short(edge.weight))") }
    if let t = edge.tValue { parts.append("t \(Digits.short(t))") }
    if let frequency = edge.frequency { parts.append("in \(Int((frequency * 100).rounded())) % of bootstrap replicates") }
    if let verdict = edge.verdict { parts.append(verdict.rawValue) }
    return parts.joined(separator: ", ")
  }
}
