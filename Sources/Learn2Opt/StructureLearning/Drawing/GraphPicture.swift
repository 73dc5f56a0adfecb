import Constraints

/// A graph as SVG: layers from top to bottom, edges as smooth curves with arrow heads.
///
/// The picture follows the light or dark preference of the reader, names are escaped, and every node and edge has a
/// tooltip with what is known about it.
public struct GraphPicture: Sendable {
  public struct Options: Sendable, Equatable {
    /// Prints weights beside the edges of graphs with at most this many edges.
    public var labelLimit = 40
    /// Longest label of a node in characters; the rest is in the tooltip.
    public var longestLabel = 22
    public var layout = LayeredLayout.Options()

    public init() {}
  }

  private let drawing: GraphDrawing
  private let options: Options
  private var body: [String] = []
  private var boxes: [Box] = []

  private struct Box {
    var left: Double
    var top: Double
    var right: Double
    var bottom: Double

    func overlaps(_ other: Box) -> Bool {
      left < other.right && other.left < right && top < other.bottom && other.top < bottom
    }
  }

  private static let margin = 24.0
  private static let nodeHeight = 28.0
  private static let fontSize = 13.0
  private static let labelSize = 10.5
  private static let rowHeight = 20.0

  /// - Complexity: that of ``LayeredLayout``, and O(edges²) for the labels of small graphs.
  public static func svg(_ drawing: GraphDrawing, options: Options = Options()) -> String {
    var picture = GraphPicture(drawing, options)
    return picture.draw()
  }

  private init(_ drawing: GraphDrawing, _ options: Options) {
    self.drawing = drawing
    self.options = options
  }

  private mutating func draw() -> String {
    let labels = drawing.names.map { name in
      name.count > options.longestLabel ? String(name.prefix(options.longestLabel - 1)) + "\u{2026}" : name
    }
    let widths = labels.map { max(34, (TextWidth.of($0) * Self.fontSize + 20).rounded()) }
    let hasEdge = drawing.names.indices.map { v in drawing.edges.contains { $0.from == v || $0.to == v } }
    let joined = drawing.names.indices.filter { hasEdge[$0] }
    var place = [Int](repeating: 0, count: drawing.names.count)
    for (k, v) in joined.enumerated() { place[v] = k }
    let layout = LayeredLayout(
      widths: joined.map { widths[$0] }, nodeHeight: Self.nodeHeight,
      edges: drawing.edges.map { (place[$0.from], place[$0.to]) }, options: options.layout)

    let heading = (drawing.title.isEmpty ? 0 : 26.0) + (drawing.subtitle.isEmpty ? 0 : 20)
    let top = Self.margin + (heading > 0 ? heading + 12 : 0)
    let entries = legend()
    let legendWidth = entries.reduce(0) { $0 + $1.width }
    // The title is bold, an eighth wider than plain text of its size.
    let titleWidth = max(TextWidth.of(drawing.title) * 17 * 1.13, TextWidth.of(drawing.subtitle) * 12.5)
    let isolated = drawing.names.indices.filter { !hasEdge[$0] }
    let isolatedWidth = min(720, isolated.reduce(0) { $0 + widths[$1] + 12 })
    let inner = max(layout.width, min(legendWidth, 640), titleWidth, isolatedWidth, 200)
    let left = Self.margin + (inner - layout.width) / 2

    if !drawing.title.isEmpty { text(drawing.title, Self.margin, Self.margin + 14, "title") }
    if !drawing.subtitle.isEmpty { text(drawing.subtitle, Self.margin, Self.margin + (drawing.title.isEmpty ? 12 : 36), "quiet") }
    for v in joined {
      let centre = layout.centres[place[v]]
      let x = left + centre.x - widths[v] / 2, y = top + centre.y - Self.nodeHeight / 2
      boxes.append(Box(left: x - 2, top: y - 2, right: x + widths[v] + 2, bottom: y + Self.nodeHeight + 2))
    }
    drawEdges(layout, left, top)
    for v in joined {
      let centre = layout.centres[place[v]]
      node(v, labels[v], widths[v], left + centre.x, top + centre.y)
    }
    var bottom = top + layout.height
    if !isolated.isEmpty { bottom = drawIsolated(isolated, labels, widths, inner, bottom + (joined.isEmpty ? 0 : 30)) }
    if !entries.isEmpty { bottom = drawLegend(entries, inner, bottom + 26) }
    return document(width: inner + 2 * Self.margin, height: bottom + Self.margin)
  }

  // MARK: - Parts

  private mutating func node(_ v: Int, _ label: String, _ width: Double, _ x: Double, _ y: Double) {
    body.append(
      "<g class=\"node\"><title>\(XML.escaped(drawing.names[v]))</title>"
        + "<rect x=\"\(Digits.place(x - width / 2))\" y=\"\(Digits.place(y - Self.nodeHeight / 2))\" "
        + "width=\"\(Digits.place(width))\" height=\"\(Digits.place(Self.nodeHeight))\" rx=\"7\"/>"
        + "<text x=\"\(Digits.place(x))\" y=\"\(Digits.place(y + 4.5))\" text-anchor=\"middle\">\(XML.escaped(label))</text></g>")
  }

  private mutating func drawEdges(_ layout: LayeredLayout, _ left: Double, _ top: Double) {
    var labels: [String] = []
    let shown = drawing.edges.count { $0.verdict != .missed }
    // Faint edges first, so that strong ones lie above them.
    let order = drawing.edges.indices.sorted { a, b in
      let x = rank(drawing.edges[a]), y = rank(drawing.edges[b])
      return x == y ? a < b : x < y
    }
    for k in order {
      let edge = drawing.edges[k]
      let style = EdgeStyle(edge, in: drawing)
      let points = layout.routes[k].map { LayeredLayout.Point(x: left + $0.x, y: top + $0.y) }
      let curve = EdgeCurve(points, width: style.width)
      var stroke = " stroke-width=\"\(Digits.share(style.width))\""
      if let dashes = style.dashes { stroke += " stroke-dasharray=\"\(dashes)\"" }
      let opacity = style.opacity < 1 ? " opacity=\"\(Digits.share(style.opacity))\"" : ""
      body.append(
        "<g class=\"edge \(style.kind.rawValue)\"\(opacity)><title>\(XML.escaped(drawing.summary(edge)))</title>"
          + "<path class=\"line\" d=\"\(edge.isReversible ? curve.wholePath : curve.path)\"\(stroke)/>"
          + (edge.isReversible ? "" : "<path class=\"head\" d=\"\(curve.head)\"/>") + "</g>")
      guard drawing.hasWeights, edge.verdict != .missed, shown <= options.labelLimit else { continue }
      let label = Digits.short(edge.weight)
      let width = TextWidth.of(label) * Self.labelSize + 4
      for share in [0.5, 0.4, 0.6, 0.3, 0.7, 0.22, 0.78] {
        let point = curve.point(at: share)
        let box = Box(left: point.x - width / 2, top: point.y - 7, right: point.x + width / 2, bottom: point.y + 7)
        if boxes.contains(where: box.overlaps) { continue }
        boxes.append(box)
        labels.append(
          "<text class=\"weight\" x=\"\(Digits.place(point.x))\" y=\"\(Digits.place(point.y + 3.7))\" "
            + "text-anchor=\"middle\">\(label)</text>")
        break
      }
    }
    body += labels
  }

  private func rank(_ edge: GraphDrawing.Edge) -> Double {
    edge.verdict == .missed ? -1 : edge.frequency ?? 1
  }

  /// Nodes without edges, in rows; the lower end.
  private mutating func drawIsolated(
    _ nodes: [Int], _ labels: [String], _ widths: [Double], _ inner: Double, _ top: Double
  ) -> Double {
    text("no edges", Self.margin, top + 10, "quiet")
    var x = Self.margin, y = top + 20
    for v in nodes {
      if x > Self.margin, x + widths[v] > Self.margin + inner {
        x = Self.margin
        y += Self.nodeHeight + 10
      }
      node(v, labels[v], widths[v], x + widths[v] / 2, y + Self.nodeHeight / 2)
      x += widths[v] + 12
    }
    return y + Self.nodeHeight
  }

  // MARK: - Legend

  private struct LegendEntry {
    var kind: EdgeStyle.Kind
    var opacity = 1.0
    var strokeWidth = 2.2
    var label: String
    var width: Double { 34 + TextWidth.of(label) * 12 + 22 }
  }

  private func legend() -> [LegendEntry] {
    var entries: [LegendEntry] = []
    if drawing.edges.contains(where: { $0.verdict != nil }) {
      for verdict in GraphComparison.Verdict.allCases {
        let count = drawing.edges.count { $0.verdict == verdict }
        entries.append(
          LegendEntry(kind: EdgeStyle.Kind(rawValue: verdict.rawValue) ?? .plain, label: "\(verdict.rawValue) (\(count))"))
      }
    } else if drawing.hasWeights {
      if drawing.edges.contains(where: { $0.weight >= 0 }) { entries.append(LegendEntry(kind: .positive, label: "positive weight")) }
      if drawing.edges.contains(where: { $0.weight < 0 }) { entries.append(LegendEntry(kind: .negative, label: "negative weight")) }
    }
    if drawing.edges.contains(where: \.isReversible) {
      entries.append(LegendEntry(kind: .plain, label: "no head: direction open"))
    }
    if drawing.edges.contains(where: { $0.frequency != nil }) {
      for (share, words) in [(1.0, "in all bootstrap replicates"), (0.5, "in half of them")] {
        let sample = EdgeStyle(GraphDrawing.Edge(from: 0, to: 0, frequency: share), in: drawing)
        entries.append(LegendEntry(kind: .plain, opacity: sample.opacity, strokeWidth: sample.width, label: words))
      }
    }
    return entries
  }

  private mutating func drawLegend(_ entries: [LegendEntry], _ inner: Double, _ top: Double) -> Double {
    var x = Self.margin, y = top
    for entry in entries {
      if x > Self.margin, x + entry.width > Self.margin + inner {
        x = Self.margin
        y += Self.rowHeight
      }
      var style = EdgeStyle(GraphDrawing.Edge(from: 0, to: 0), in: drawing)
      style.kind = entry.kind
      let dashes = style.dashes.map { " stroke-dasharray=\"\($0)\"" } ?? ""
      let opacity = entry.opacity < 1 ? " opacity=\"\(Digits.share(entry.opacity))\"" : ""
      let middle = Digits.place(y)
      body.append(
        "<g class=\"edge \(entry.kind.rawValue)\"\(opacity)><path class=\"line\" "
          + "d=\"M\(Digits.place(x)) \(middle)H\(Digits.place(x + 26))\" stroke-width=\"\(Digits.share(entry.strokeWidth))\"\(dashes)/></g>")
      text(entry.label, x + 34, y + 4, "quiet")
      x += entry.width
    }
    return y + 8
  }

  // MARK: - Document

  private mutating func text(_ words: String, _ x: Double, _ y: Double, _ style: String) {
    body.append("<text class=\"\(style)\" x=\"\(Digits.place(x))\" y=\"\(Digits.place(y))\">\(XML.escaped(words))</text>")
  }

  private func document(width: Double, height: Double) -> String {
    let w = Digits.place(width.rounded(.up)), h = Digits.place(height.rounded(.up))
    func colours(isDark: Bool) -> String {
      EdgeStyle.Kind.allCases.map { kind in
        let colour = EdgeStyle.colour(kind, isDark: isDark)
        return ".\(kind.rawValue) .line{stroke:\(colour)}.\(kind.rawValue) .head{fill:\(colour)}"
      }.joined()
    }
    let title = drawing.title.isEmpty ? "Directed graph" : drawing.title
    let facts = "\(drawing.names.count) nodes, \(drawing.edges.count { $0.verdict != .missed }) edges"
    return """
      <svg xmlns="http://www.w3.org/2000/svg" width="\(w)" height="\(h)" viewBox="0 0 \(w) \(h)" role="img">
      <title>\(XML.escaped(title))</title>
      <desc>\(XML.escaped(facts))</desc>
      <style>
      .page{fill:#ffffff}
      text{font-family:system-ui,-apple-system,"Segoe UI",Helvetica,Arial,sans-serif;font-size:\(Self.fontSize.text)px;fill:#1b2733}
      .title{font-size:17px;font-weight:600}
      .quiet{font-size:12px;fill:#5a6878}
      .weight{font-size:\(Self.labelSize.text)px;fill:#3c4a59;stroke:#ffffff;stroke-width:3.5px;stroke-linejoin:round;paint-order:stroke}
      .node rect{fill:#f4f6f9;stroke:#93a1b0;stroke-width:1.1}
      .line{fill:none;stroke-linecap:round}
      \(colours(isDark: false))
      @media (prefers-color-scheme:dark){
      .page{fill:#11171e}
      text{fill:#e4eaf0}
      .quiet{fill:#9aa8b6}
      .weight{fill:#c5d0da;stroke:#11171e}
      .node rect{fill:#1d2731;stroke:#5d6e80}
      \(colours(isDark: true))
      }
      </style>
      <rect class="page" width="\(w)" height="\(h)"/>
      \(body.joined(separator: "\n"))
      </svg>

      """
  }
}
