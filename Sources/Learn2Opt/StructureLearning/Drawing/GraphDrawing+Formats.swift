import Constraints

extension GraphDrawing {
  /// The edge list as CSV, `from,to,weight` and, where known, `t` and `frequency`; missed edges are not part of it.
  /// Numbers are printed so that they read back to the same values.
  public func csv() -> String {
    let found = edges.filter { $0.verdict != .missed }
    let hasT = found.contains { $0.tValue != nil }, hasFrequency = found.contains { $0.frequency != nil }
    var text = "from,to,weight" + (hasT ? ",t" : "") + (hasFrequency ? ",frequency" : "") + "\n"
    for edge in found {
      text += "\(CSV.quoted(names[edge.from])),\(CSV.quoted(names[edge.to])),\(edge.weight.text)"
      if hasT { text += "," + (edge.tValue.map(\.text) ?? "") }
      if hasFrequency { text += "," + (edge.frequency.map(\.text) ?? "") }
      text += "\n"
    }
    return text
  }

  /// The graph in the language of Graphviz, with the colours of the picture.
  public func dot() -> String {
    func quoted(_ name: String) -> String {
      var result = "\""
      for character in name.unicodeScalars {
        switch character {
        case "\"": result += "\\\""
        case "\\": result += "\\\\"
        case "\n": result += "\\n"
        default: result.unicodeScalars.append(character)
        }
      }
      return result + "\""
    }
    var text = "digraph {\n"
    if !title.isEmpty { text += "  label=\(quoted(title)); labelloc=t;\n" }
    text += "  node [shape=box, style=\"rounded,filled\", fillcolor=\"#f4f6f9\", color=\"#93a1b0\", fontname=\"Helvetica\"];\n"
    text += "  edge [fontname=\"Helvetica\", fontsize=10];\n"
    for name in names { text += "  \(quoted(name));\n" }
    for edge in edges {
      var attributes = ["color=\"\(EdgeStyle(edge, in: self).colour)\""]
      if hasWeights, edge.verdict != .missed { attributes.append("label=\"\(Digits.short(edge.weight))\"") }
      attributes.append("penwidth=\(Digits.share(EdgeStyle(edge, in: self).width))")
      if edge.verdict == .missed { attributes.append("style=dashed") }
      if edge.isReversible { attributes.append("dir=none") }
      text += "  \(quoted(names[edge.from])) -> \(quoted(names[edge.to])) [\(attributes.joined(separator: ", "))];\n"
    }
    return text + "}\n"
  }

  /// The graph as GraphML (U. Brandes, M. Eiglsperger, I. Herman, M. Himsolt, M. Marshall, "GraphML progress report",
  /// 2002), with weight, t value and frequency of edges as data; missed edges are not part of it.
  public func graphML() -> String {
    var text = """
      <?xml version="1.0" encoding="UTF-8"?>
      <graphml xmlns="http://graphml.graphdrawing.org/xmlns">
        <key id="name" for="node" attr.name="name" attr.type="string"/>
        <key id="weight" for="edge" attr.name="weight" attr.type="double"/>
        <key id="t" for="edge" attr.name="t" attr.type="double"/>
        <key id="frequency" for="edge" attr.name="frequency" attr.type="double"/>
        <graph edgedefault="directed">

      """
    for (k, name) in names.enumerated() {
      text += "    <node id=\"n\(k)\"><data key=\"name\">\(XML.escaped(name))</data></node>\n"
    }
    for edge in edges where edge.verdict != .missed {
      text += "    <edge source=\"n\(edge.from)\" target=\"n\(edge.to)\"><data key=\"weight\">\(edge.weight.text)</data>"
      if let t = edge.tValue { text += "<data key=\"t\">\(t.text)</data>" }
      if let frequency = edge.frequency { text += "<data key=\"frequency\">\(frequency.text)</data>" }
      text += "</edge>\n"
    }
    return text + "  </graph>\n</graphml>\n"
  }
}

/// Text inside XML.
enum XML {
  /// Escapes what has a meaning in XML and replaces what it cannot hold.
  static func escaped(_ text: String) -> String {
    var result = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": result.append(contentsOf: "&amp;".unicodeScalars)
      case "<": result.append(contentsOf: "&lt;".unicodeScalars)
      case ">": result.append(contentsOf: "&gt;".unicodeScalars)
      case "\"": result.append(contentsOf: "&quot;".unicodeScalars)
      case "\t", "\n", "\r": result.append(" ")
      case _ where scalar.value < 32 || scalar.value == 0xFFFE || scalar.value == 0xFFFF: result.append("\u{FFFD}")
      default: result.append(scalar)
      }
    }
    return String(result)
  }
}

/// Fields of CSV files.
public enum CSV {
  /// The field, in quotes where it holds a separator, a quote, a line break, or blanks at its ends.
  public static func quoted(_ field: String) -> String {
    let needsQuotes = field.unicodeScalars.contains { $0 == "," || $0 == ";" || $0 == "\"" || $0 == "\n" || $0 == "\r" || $0 == "\t" }
    guard needsQuotes || field.hasPrefix(" ") || field.hasSuffix(" ") else { return field }
    return "\"" + field.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
  }
}
