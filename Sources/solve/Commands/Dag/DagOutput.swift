import ArgumentParser
import Constraints
import Learn2Opt

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

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
  /// - Parameter inputs: files that are read, and may not be written over.
  func check(inputs: [String?] = []) throws {
    do throws(ConstraintsError) {
      for path in out { _ = try DagOutput.kind(path) }
      try DagOutput.keep(inputs, from: out)
    } catch { throw DagFailure.report(error, asJSON: false) }
  }

  /// Refuses to write over a file that is read, under whatever name.
  static func keep(_ inputs: [String?], from outputs: [String]) throws(ConstraintsError) {
    for input in inputs.compactMap({ $0 }) {
      guard let own = identity(input) else { continue }
      for path in outputs where identity(path) == own {
        throw .invalid([
          Diagnostic(.badOptionValue, "--out \(path) would write over \(input), which is read", mend: "choose another name")
        ])
      }
    }
  }

  /// Device and number of a file that exists; two names of one file have the same.
  private static func identity(_ path: String) -> [UInt64]? {
    var status = stat()
    guard path != "-", stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
    return [UInt64(truncatingIfNeeded: status.st_dev), UInt64(truncatingIfNeeded: status.st_ino)]
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

  /// A drawing in any format; as JSON its nodes and edges.
  static func text(_ drawing: GraphDrawing, as kind: Kind) -> String {
    switch kind {
    case .svg: return GraphPicture.svg(drawing)
    case .dot: return drawing.dot()
    case .graphml: return drawing.graphML()
    case .csv: return drawing.csv()
    case .json: return json(drawing)
    }
  }

  private static func json(_ drawing: GraphDrawing) -> String {
    let nodes = drawing.names.map(Terminal.quoted).joined(separator: ", ")
    let edges = drawing.edges.map { edge in
      let verdict = edge.verdict.map { ", \"verdict\": \"\($0.rawValue)\"" } ?? ""
      return "{\"from\": \(Terminal.quoted(drawing.names[edge.from])), \"to\": \(Terminal.quoted(drawing.names[edge.to])), "
        + "\"weight\": \(edge.weight.text)\(verdict)}"
    }
    return "{\n  \"nodes\": [\(nodes)],\n  \"edges\": [\n    \(edges.joined(separator: ",\n    "))\n  ]\n}\n"
  }
}
