import ArgumentParser
import Constraints
import Learn2Opt

/// Draws a graph.
struct DagDraw: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "draw",
    abstract: "Draw a graph, or convert it.",
    discussion: """
      Reads an edge list and writes a picture (.svg), or the graph for other programs (.dot, .graphml, .csv). Colour and \
      width show sign and size of weights; with --truth four colours show what is correct, reversed, extra and missed.

      Examples:
        solve dag draw edges.csv --out graph.svg
        solve dag draw found.csv --truth truth.csv --title "Found and true" --out comparison.svg
      """)

  @Argument(help: ArgumentHelp("The graph: an edge list.", valueName: "edges")) var edges: String
  @Option(help: ArgumentHelp("The true graph, to colour the edges by.", valueName: "edges")) var truth: String?
  @Option(help: ArgumentHelp("All nodes, to show those without edges too.", valueName: "a,b,...")) var nodes: String?
  @Option(name: [.short, .long], help: ArgumentHelp("File to write; SVG on standard output by default; may be given often.", valueName: "file"))
  var out: [String] = []
  @Option(help: ArgumentHelp("Title of the picture.", valueName: "text")) var title: String?

  func run() throws {
    do throws(ConstraintsError) {
      for path in out { _ = try DagOutput.kind(path) }
      try DagOutput.keep([edges, truth], from: out)
      let list = try EdgeList(path: edges)
      let trueList = try truth.map { path throws(ConstraintsError) in try EdgeList(path: path) }
      let names = DagCompare.names(list, trueList ?? list, given: nodes)
      let graph = try list.graph(names: names)
      var drawing = GraphDrawing(graph, title: title ?? "", subtitle: "")
      if let trueList {
        let trueGraph = try trueList.graph(names: names)
        if let comparison = try? GraphComparison(of: graph, with: trueGraph) { drawing.mark(with: comparison) }
      }
      if out.isEmpty { Terminal.write(GraphPicture.svg(drawing)) }
      for path in out { try ModelFormats.writeFile(Array(DagOutput.text(drawing, as: try DagOutput.kind(path)).utf8), to: path) }
    } catch { throw DagFailure.report(error, asJSON: false) }
  }
}
