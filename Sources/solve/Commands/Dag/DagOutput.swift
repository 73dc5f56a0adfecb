import ArgumentParser
import Constraints
import Learn2Opt

/// Where the graph goes.
struct DagOutput: ParsableArguments {
  @Option(name: [.short, .long], help: ArgumentHelp("Write the graph to a file: .svg, .csv, .json, .dot or .graphml, also .gz; may be given often.", valueName: "file"))
  var out: [String] = []
  @Flag(help: "Print the whole answer as JSON on standard output.") var json = false
  @Option(help: ArgumentHelp("Title of the picture.", valueName: "text")) var title: String?
  @Flag(name: [.short, .long], help: "Print the answer only.") var quiet = false

  enum Kind: String { case svg, csv, json, dot, graphml }

  /// What the name of a file asks for.
  static func kind(_ path: String) throws(ConstraintsError) -> Kind {
    let name = path.hasSuffix(".gz") ? String(path.dropLast(3)) : path
    let ending = name.split(separator: ".").last.map(String.init) ?? ""
    if let kind = Kind(rawValue: ending.lowercased()) { return kind }
    throw .invalid([
      Diagnostic(.badOptionValue, "the name '\(path)' does not tell a format for graphs", mend: "end it in .svg, .csv, .json, .dot or .graphml")
    ])
  }

  /// Refuses names without a format before anything is computed.
  func check() throws {
    do throws(ConstraintsError) { for path in out { _ = try DagOutput.kind(path) } } catch {
      throw DagFailure.report(error, asJSON: false)
    }
  }

  /// Writes all files and prints the answer.
  func write(_ report: DagReport) throws(ConstraintsError) {
    let drawing = report.drawing(title: title)
    for path in out {
      let text =
        switch try DagOutput.kind(path) {
        case .json: report.json
        case let kind: DagOutput.text(drawing, as: kind)
        }
      try ModelFormats.writeFile(Array(text.utf8), to: path)
    }
    Terminal.write(json ? report.json : report.text)
  }

  /// A drawing in a format other than JSON.
  static func text(_ drawing: GraphDrawing, as kind: Kind) -> String {
    switch kind {
    case .svg: return GraphPicture.svg(drawing)
    case .dot: return drawing.dot()
    case .graphml: return drawing.graphML()
    case .csv, .json: return drawing.csv()
    }
  }
}
