/// A smooth curve through the points of an edge, vertical at its ends, with an arrow head at the last.
struct EdgeCurve {
  private let points: [LayeredLayout.Point]
  /// Sideways movement per downward movement at each point.
  private let slopes: [Double]
  /// The line up to the foot of the head, as SVG path data.
  let path: String
  /// The head as SVG path data.
  let head: String
  /// The line up to the tip, for an edge without a head.
  let wholePath: String

  private static let headLength = 8.0

  init(_ route: [LayeredLayout.Point], width: Double) {
    let tip = route[route.count - 1]
    let direction = tip.y >= route[0].y ? 1.0 : -1.0
    var points = route
    points[points.count - 1].y = tip.y - direction * Self.headLength
    let m = points.count
    var slopes = [Double](repeating: 0, count: m)
    // Monotone cubics: no bend beyond the points (F. Fritsch, R. Carlson, "Monotone piecewise cubic interpolation", 1980).
    for k in 1..<max(1, m - 1) {
      let a = EdgeCurve.secant(points[k - 1], points[k]), b = EdgeCurve.secant(points[k], points[k + 1])
      if a * b > 0 { slopes[k] = 2 * a * b / (a + b) }
    }
    var path = "M\(Digits.place(points[0].x)) \(Digits.place(points[0].y))"
    for k in 1..<max(1, m) {
      let (p, q) = EdgeCurve.controls(points, slopes, k)
      path += "C\(Digits.place(p.x)) \(Digits.place(p.y)) \(Digits.place(q.x)) \(Digits.place(q.y)) "
        + "\(Digits.place(points[k].x)) \(Digits.place(points[k].y))"
    }
    let half = 2.4 + 0.7 * width
    let foot = points[m - 1].y - direction * 0.5
    head = "M\(Digits.place(tip.x)) \(Digits.place(tip.y))L\(Digits.place(tip.x - half)) \(Digits.place(foot))"
      + "H\(Digits.place(tip.x + half))Z"
    self.path = path
    wholePath = path + "L\(Digits.place(tip.x)) \(Digits.place(tip.y))"
    self.points = points
    self.slopes = slopes
  }

  private static func secant(_ a: LayeredLayout.Point, _ b: LayeredLayout.Point) -> Double {
    b.y == a.y ? 0 : (b.x - a.x) / (b.y - a.y)
  }

  /// Control points of the piece that ends at point k.
  private static func controls(
    _ points: [LayeredLayout.Point], _ slopes: [Double], _ k: Int
  ) -> (LayeredLayout.Point, LayeredLayout.Point) {
    let a = points[k - 1], b = points[k]
    let h = (b.y - a.y) / 2.4
    return (.init(x: a.x + slopes[k - 1] * h, y: a.y + h), .init(x: b.x - slopes[k] * h, y: b.y - h))
  }

  /// The point at a share of the height of the curve.
  func point(at share: Double) -> LayeredLayout.Point {
    let first = points[0], last = points[points.count - 1]
    let y = first.y + share * (last.y - first.y)
    let k = points.indices.dropFirst().first { (points[$0].y - y) * (last.y - first.y) >= 0 } ?? points.count - 1
    let (p, q) = EdgeCurve.controls(points, slopes, k)
    let a = points[k - 1], b = points[k]
    var low = 0.0, high = 1.0
    func value(_ t: Double, _ c0: Double, _ c1: Double, _ c2: Double, _ c3: Double) -> Double {
      let s = 1 - t
      return s * s * s * c0 + 3 * s * s * t * c1 + 3 * s * t * t * c2 + t * t * t * c3
    }
    // Height grows along the curve, so that halving finds it.
    let halvings = 20
    for _ in 0..<halvings {
      let t = (low + high) / 2
      if (value(t, a.y, p.y, q.y, b.y) - y) * (last.y - first.y) < 0 { low = t } else { high = t }
    }
    let t = (low + high) / 2
    return .init(x: value(t, a.x, p.x, q.x, b.x), y: value(t, a.y, p.y, q.y, b.y))
  }
}

/// Rough widths of text in units of its size, for fonts like Helvetica.
enum TextWidth {
  static func of(_ text: String) -> Double {
    text.unicodeScalars.reduce(0) { $0 + width($1) }
  }

  private static func width(_ scalar: Unicode.Scalar) -> Double {
    switch scalar {
    case "i", "j", "l", ".", ",", ":", ";", "'", "|", "!": return 0.26
    case "f", "t", "r", "(", ")", "[", "]", "/", "-", " ": return 0.36
    case "m", "w", "M", "W", "@", "%": return 0.88
    case "A"..."Z": return 0.68
    case "a"..."z", "0"..."9": return 0.57
    default: return scalar.value < 0x2E80 ? 0.62 : 1
    }
  }
}
