import ArgumentParser
import Constraints
import Learn2Opt

/// Compares two graphs.
struct DagCompare: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compare",
    abstract: "Compare a graph with the true one.",
    discussion: """
      Reads two edge lists (from,to or from,to,weight) and counts what is correct, reversed, extra and missed. A reversed \
      edge is one mistake. The equivalence classes are compared too, since the directions within one cannot be told by \
      observations of normal variables, and so are the effects of interventions that each graph predicts.

      Examples:
        solve dag compare found.csv truth.csv
        solve dag compare found.csv truth.csv --nodes a,b,c,d --out comparison.svg
      """)

  @Argument(help: ArgumentHelp("The graph to judge: an edge list.", valueName: "found")) var found: String
  @Argument(help: ArgumentHelp("The true graph: an edge list.", valueName: "truth")) var truth: String
  @Option(help: ArgumentHelp("All nodes, for graphs in which some have no edges; they count for FPR and SID.", valueName: "a,b,...")) var nodes: String?
  @Option(name: [.short, .long], help: ArgumentHelp("Draw the comparison: .svg or .dot; may be given often.", valueName: "file"))
  var out: [String] = []
  @Option(help: ArgumentHelp("Title of the picture.", valueName: "text")) var title: String?
  @Flag(help: "Print the numbers as JSON.") var json = false

  func run() throws {
    let graphs: (found: WeightedGraph, truth: WeightedGraph)
    do throws(ConstraintsError) {
      let first = try EdgeList(path: found), second = try EdgeList(path: truth)
      let names = DagCompare.names(first, second, given: nodes)
      graphs = (try first.graph(names: names), try second.graph(names: names))
    } catch { throw DagFailure.report(error, asJSON: false) }
    let comparison: GraphComparison
    do throws(StructureLearningError) { comparison = try GraphComparison(of: graphs.found, with: graphs.truth) } catch {
      throw DagFailure.report(error, asJSON: false)
    }
    for (graph, path) in [(graphs.found, found), (graphs.truth, truth)] {
      if let cycle = graph.cycle {
        let walk = (cycle + cycle.prefix(1)).map { graph.names[$0] }.joined(separator: " -> ")
        Terminal.log(Diagnostic(.cyclicEdges, .warning, "\(path) has the cycle \(walk)"), asJSON: false)
      }
    }
    var drawing = GraphDrawing(graphs.found, title: title ?? "Comparison with the truth", subtitle: "SHD \(comparison.hammingDistance)")
    drawing.mark(with: comparison)
    do throws(ConstraintsError) {
      for path in out { try ModelFormats.writeFile(Array(DagOutput.text(drawing, as: try DagOutput.kind(path)).utf8), to: path) }
    } catch { throw DagFailure.report(error, asJSON: false) }
    if json {
      Terminal.write(DagReport.json(comparison) + "\n")
    } else {
      let lines = DagReport.text(comparison).map { pad($0.name, 18) + $0.words }
      Terminal.write(
        (["edges             \(comparison.estimatedEdgeCount), in truth \(comparison.trueEdgeCount)"] + lines).joined(separator: "\n") + "\n")
    }
  }

  /// The nodes of both lists: those given, or all that occur.
  static func names(_ first: EdgeList, _ second: EdgeList, given: String?) -> [String] {
    if let given { return given.split(separator: ",").map(String.init) }
    let a = first.nodeNames, b = second.nodeNames
    let known = Set(a)
    let union = a + b.filter { !known.contains($0) }
    // Numbered nodes come in their order, whichever list has more.
    return first.hasNumberedNodes && second.hasNumberedNodes ? (a.count > b.count ? a : b) : union
  }
}
