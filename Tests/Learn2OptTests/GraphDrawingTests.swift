import Constraints
import Foundation
import LinearAlgebra
import Testing

#if canImport(FoundationXML)
  import FoundationXML
#endif

@testable import Learn2Opt

/// Counts elements and fails on XML that is not well formed.
private final class ElementCounter: NSObject, XMLParserDelegate {
  var counts: [String: Int] = [:]
  var texts: [String] = []
  func parser(
    _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
    attributes: [String: String] = [:]
  ) {
    counts[attributes["class"].map { "\(name).\($0.split(separator: " ")[0])" } ?? name, default: 0] += 1
  }
  func parser(_ parser: XMLParser, foundCharacters string: String) { texts.append(string) }

  static func read(_ text: String) -> ElementCounter? {
    let counter = ElementCounter()
    let parser = XMLParser(data: Data(text.utf8))
    parser.delegate = counter
    return parser.parse() ? counter : nil
  }
}

@Suite struct GraphDrawingTests {
  private func drawing(nodes d: Int, edgesPerNode k: Int, family: GraphFamily = .erdosRenyi) throws -> GraphDrawing {
    var options = StructureSimulator.Options()
    options.nodeCount = d
    options.edgesPerNode = k
    options.family = family
    options.sampleCount = 1
    return GraphDrawing(try StructureSimulator(options).draw().graph, title: "d = \(d)")
  }

  @Test(arguments: [(1, 0), (2, 0), (11, 1), (20, 2), (50, 4), (100, 4)])
  func `A picture is well-formed XML with all nodes and edges`(_ d: Int, _ k: Int) throws {
    let drawing = try drawing(nodes: d, edgesPerNode: k, family: k > 2 ? .scaleFree : .erdosRenyi)
    let xml = try #require(ElementCounter.read(GraphPicture.svg(drawing)))
    #expect(xml.counts["g.node"] == d)
    let legend = Set(drawing.edges.map { $0.weight < 0 }).count
    #expect(xml.counts["g.edge", default: 0] == drawing.edges.count + legend)
    #expect(xml.counts["path.head", default: 0] == drawing.edges.count)
  }

  @Test func `Names with markup, quotes and control characters are escaped in every format`() throws {
    let names = ["<b>&\"x\"'</b>", "a,b;c", "tab\there\u{1}", "back\\slash\nline", ""]
    let drawing = GraphDrawing(
      names: names, edges: [.init(from: 0, to: 1, weight: 2), .init(from: 2, to: 3, weight: -1)], title: "<t> & \"u\"",
      subtitle: "]]>")
    let svg = try #require(ElementCounter.read(GraphPicture.svg(drawing)))
    #expect(svg.texts.joined().contains("<b>&\"x\"'</b>"))
    let graphML = try #require(ElementCounter.read(drawing.graphML()))
    #expect(graphML.counts["node"] == 5 && graphML.counts["edge"] == 2)
    #expect(drawing.dot().contains("\"back\\\\slash\\nline\""))
    #expect(drawing.dot().contains("\"<b>&\\\"x\\\"'</b>\""))
    let back = try EdgeList(SourceText(drawing.csv())).graph(names: names)
    #expect(back.edges.map(\.weight) == [2, -1])
  }

  @Test func `An edge list reads back to the same weights`() throws {
    let drawing = try drawing(nodes: 20, edgesPerNode: 2)
    let back = try EdgeList(SourceText(drawing.csv())).graph(names: drawing.names)
    #expect(back.edges == drawing.edges.map { .init(from: $0.from, to: $0.to, weight: $0.weight) })
  }

  @Test func `Edges of an acyclic graph go down, and nodes of a layer keep apart`() throws {
    for (d, k) in [(12, 1), (30, 2), (60, 4)] {
      let drawing = try drawing(nodes: d, edgesPerNode: k)
      let widths = (0..<d).map { 30 + Double($0 % 5) * 12 }
      let layout = LayeredLayout(widths: widths, nodeHeight: 28, edges: drawing.edges.map { ($0.from, $0.to) })
      for (edge, route) in zip(drawing.edges, layout.routes) {
        #expect(layout.centres[edge.from].y < layout.centres[edge.to].y)
        for (a, b) in zip(route, route.dropFirst()) { #expect(a.y < b.y) }
        #expect(abs(route[0].x - layout.centres[edge.from].x) <= widths[edge.from] / 2)
        #expect(abs(route[route.count - 1].x - layout.centres[edge.to].x) <= widths[edge.to] / 2)
      }
      for a in 0..<d {
        for b in 0..<a where layout.centres[a].y == layout.centres[b].y {
          let distance = abs(layout.centres[a].x - layout.centres[b].x)
          #expect(distance >= (widths[a] + widths[b]) / 2 + 12 - 1e-6)
        }
        #expect(layout.centres[a].x - widths[a] / 2 >= -1e-6)
        #expect(layout.centres[a].x + widths[a] / 2 <= layout.width + 1e-6)
      }
    }
  }

  @Test func `A tree is drawn without crossings`() {
    // Two levels of three children each, listed so that the first order crosses.
    var edges: [(from: Int, to: Int)] = []
    for child in 1...3 { edges.append((0, child)) }
    for leaf in 0..<9 { edges.append((1 + leaf % 3, 4 + leaf)) }
    let layout = LayeredLayout(widths: [Double](repeating: 34, count: 13), nodeHeight: 28, edges: edges)
    for (a, first) in layout.routes.enumerated() {
      for second in layout.routes[(a + 1)...] where first[0].y == second[0].y {
        let before = first[0].x - second[0].x, after = first[1].x - second[1].x
        #expect(before * after >= 0)
      }
    }
  }

  @Test func `A graph with cycles is drawn too`() throws {
    let ring = GraphDrawing(
      names: ["a", "b", "c"], edges: [.init(from: 0, to: 1), .init(from: 1, to: 2), .init(from: 2, to: 0), .init(from: 0, to: 2)])
    let xml = try #require(ElementCounter.read(GraphPicture.svg(ring)))
    #expect(xml.counts["path.head"] == 4)
  }

  @Test func `A comparison has four kinds of edges and counts them`() throws {
    let names = ["a", "b", "c", "d"]
    func graph(_ pairs: [(Int, Int)]) -> WeightedGraph {
      WeightedGraph(names: names, edges: pairs.map { .init(from: $0.0, to: $0.1, weight: 0.5) })
    }
    let found = graph([(0, 1), (2, 1), (0, 3)])
    let comparison = try GraphComparison(of: found, with: graph([(0, 1), (1, 2), (2, 3)]))
    var drawing = GraphDrawing(found)
    drawing.mark(with: comparison)
    let svg = GraphPicture.svg(drawing)
    for words in ["correct (1)", "reversed (1)", "extra (1)", "missed (1)"] { #expect(svg.contains(words)) }
    #expect(ElementCounter.read(svg)?.counts["path.head"] == 4)
    // What was missed belongs to the picture, not to the graph.
    #expect(drawing.csv().split(separator: "\n").count == 4)
    #expect(!drawing.graphML().contains("source=\"n2\" target=\"n3\""))
  }

  @Test func `Frequencies show as width and opacity`() {
    func style(_ frequency: Double) -> EdgeStyle {
      EdgeStyle(.init(from: 0, to: 1, frequency: frequency), in: GraphDrawing(names: ["a", "b"], edges: []))
    }
    #expect(style(1).opacity == 1 && style(1).width == EdgeStyle.widest)
    #expect(style(0).opacity == EdgeStyle.faintest && style(0).width == EdgeStyle.narrowest)
    #expect(style(0.4).width < style(0.6).width)
  }

  @Test(arguments: [(0.123456, "0.123"), (-12.345, "-12.3"), (1234.5, "1235"), (0, "0"), (1e-20, "0"), (3, "3")])
  func `Weights are printed with three digits`(_ value: Double, _ text: String) {
    #expect(Digits.short(value) == text)
  }
}

@Suite struct GraphFitTests {
  @Test func `The fit of the true graph has its weights and the scores of its regressions`() throws {
    var options = StructureSimulator.Options()
    options.sampleCount = 20_000
    options.nodeCount = 6
    options.edgesPerNode = 1
    let sample = try StructureSimulator(options).draw()
    let covariance = SampleCovariance(sample.table)
    let fit = try GraphFit(of: sample.graph, to: covariance)
    for (edge, fitted) in zip(sample.graph.edges, fit.edges) { #expect(abs(edge.weight - fitted.weight) < 0.05) }
    // All noises have variance 1.
    #expect(abs(fit.leastSquares - 3) < 0.1)
    let penalty = log(20_000.0) / 20_000 * Double(fit.edges.count)
    #expect(abs(fit.bic - penalty) < 0.05)
  }

  @Test func `Judging a graph gives a bound below its score and the simple answers`() throws {
    let sample = try StructureSimulator().draw()
    let covariance = SampleCovariance(sample.table)
    for score in LearnedStructure.Score.allCases {
      let judged = try LearnedStructure(judging: sample.graph, by: score, covariance: covariance, method: "given")
      #expect(judged.bound <= judged.value)
      #expect(judged.baselines.last?.name == "empty graph")
      #expect(judged.graph.edgeCount == sample.graph.edgeCount)
    }
    let cycle = WeightedGraph(
      names: covariance.names, edges: [.init(from: 0, to: 1, weight: 1), .init(from: 1, to: 0, weight: 1)])
    #expect(throws: StructureLearningError.self) {
      try LearnedStructure(judging: cycle, by: .bic, covariance: covariance, method: "given")
    }
  }

  @Test func `Cycles lose their weakest edge`() {
    let graph = WeightedGraph(
      names: ["a", "b", "c"],
      edges: [.init(from: 0, to: 1, weight: 3), .init(from: 1, to: 2, weight: -1), .init(from: 2, to: 0, weight: 2)])
    #expect(graph.withoutCycles.edges == [.init(from: 0, to: 1, weight: 3), .init(from: 2, to: 0, weight: 2)])
  }
}
