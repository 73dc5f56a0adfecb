/// How an edge looks: colour by verdict or by sign, width by weight, opacity by bootstrap frequency.
struct EdgeStyle: Equatable {
  enum Kind: String, CaseIterable { case positive, negative, plain, correct, reversed, extra, missed }

  var kind: Kind
  var width: Double
  var opacity: Double

  static let narrowest = 1.1
  static let widest = 3.2
  /// Above this number of edges all are drawn thinner.
  static let crowd = 80
  /// Opacity of an edge that no replicate has.
  static let faintest = 0.25

  init(_ edge: GraphDrawing.Edge, in drawing: GraphDrawing) {
    switch edge.verdict {
    case .correct: kind = .correct
    case .reversed: kind = .reversed
    case .extra: kind = .extra
    case .missed: kind = .missed
    case nil: kind = !drawing.hasWeights ? .plain : edge.weight < 0 ? .negative : .positive
    }
    opacity = edge.frequency.map { EdgeStyle.faintest + (1 - EdgeStyle.faintest) * max(0, min(1, $0)) } ?? 1
    width = 1.6
    if edge.verdict == .missed { return }
    if let frequency = edge.frequency {
      width = EdgeStyle.narrowest + (EdgeStyle.widest - EdgeStyle.narrowest) * max(0, min(1, frequency))
    } else if drawing.hasWeights {
      // Roots, so that one huge weight does not make all others hairlines.
      let largest = drawing.edges.reduce(0) { $1.verdict == .missed ? $0 : max($0, abs($1.weight)) }
      let part = largest > 0 && largest.isFinite ? (abs(edge.weight) / largest).squareRoot() : 0
      width = EdgeStyle.narrowest + (EdgeStyle.widest - EdgeStyle.narrowest) * min(1, part)
    }
    if drawing.edges.count > EdgeStyle.crowd {
      width *= max(0.5, (Double(EdgeStyle.crowd) / Double(drawing.edges.count)).squareRoot())
    }
  }

  var colour: String { EdgeStyle.colour(kind, isDark: false) }

  var dashes: String? {
    switch kind {
    case .missed: return "4 4"
    case .reversed: return "9 4"
    default: return nil
    }
  }

  /// Blue, red and amber differ in lightness too, and missed and reversed edges are dashed.
  static func colour(_ kind: Kind, isDark: Bool) -> String {
    switch kind {
    case .positive, .correct: return isDark ? "#6cb0f0" : "#0b5fa5"
    case .negative, .extra: return isDark ? "#f0838a" : "#c8384b"
    case .reversed: return isDark ? "#f0b650" : "#c77f00"
    case .missed: return isDark ? "#8c99a7" : "#8590a0"
    case .plain: return isDark ? "#9fb0c1" : "#4a5b6e"
    }
  }
}
