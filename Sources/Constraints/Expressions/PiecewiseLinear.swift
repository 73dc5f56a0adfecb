/// A continuous function of one number that is linear between its corners, and goes on beyond the first and the last
/// corner as in the piece beside it.
///
/// Of an expression it is the sum of the largest of some linear pieces, for the corners where it bends upwards, and the
/// smallest of others, for those where it bends downwards. So it is convex or concave where only one kind occurs, and
/// only the other kind costs whole numbers.
public struct PiecewiseLinear: Sendable, Hashable {
  /// Increasing.
  public let places: [Double]
  public let values: [Double]

  /// - Returns: nil unless there are at least two finite places, increasing, with a finite value each.
  public init?(places: [Double], values: [Double]) {
    guard places.count >= 2, places.count == values.count, (places + values).allSatisfy(\.isFinite),
      zip(places, places.dropFirst()).allSatisfy({ $0 < $1 })
    else { return nil }
    self.places = places
    self.values = values
  }

  private func slope(_ piece: Int) -> Double {
    (values[piece + 1] - values[piece]) / (places[piece + 1] - places[piece])
  }

  /// - Complexity: O(corners).
  public func value(at x: Double) -> Double {
    let piece = (places.dropFirst().dropLast().firstIndex { x < $0 } ?? places.count - 1) - 1
    return values[piece] + slope(piece) * (x - places[piece])
  }

  /// The function of an expression.
  /// - Complexity: O(corners * size of the expression).
  public func callAsFunction<A: Decision>(_ x: A) -> Expression {
    let x = x.expression
    if x.isConstant { return Expression(value(at: x.constant)) }
    let first = slope(0)
    var upper = [Line(slope: first, offset: values[0] - first * places[0])]
    var lower = [Line(slope: 0, offset: 0)]
    for i in 1..<places.count - 1 {
      let bend = slope(i) - slope(i - 1)
      if bend > 0 { upper.append(upper[upper.count - 1].bent(by: bend, at: places[i])) }
      if bend < 0 { lower.append(lower[lower.count - 1].bent(by: bend, at: places[i])) }
    }
    if upper.count == 1 { return lower.count == 1 ? upper[0](x) : .apply(.min, lower.map { ($0 + upper[0])(x) }) }
    let convex = Expression.apply(.max, upper.map { $0(x) })
    return lower.count == 1 ? convex : convex + Expression.apply(.min, lower.map { $0(x) })
  }

  private struct Line {
    var slope: Double
    var offset: Double

    func bent(by bend: Double, at place: Double) -> Line { Line(slope: slope + bend, offset: offset - bend * place) }

    static func + (a: Line, b: Line) -> Line { Line(slope: a.slope + b.slope, offset: a.offset + b.offset) }

    func callAsFunction(_ x: Expression) -> Expression {
      var result = Expression(offset)
      if slope != 0 { result.add(x, scale: slope) }
      return result
    }
  }
}

/// The piecewise linear function through these corners, of a decision; see ``PiecewiseLinear``.
/// - Precondition: at least two corners with finite numbers, their x increasing.
public func piecewise<A: Decision>(_ x: A, through corners: [(x: Double, y: Double)]) -> Expression {
  guard let f = PiecewiseLinear(places: corners.map(\.x), values: corners.map(\.y)) else {
    preconditionFailure("piecewise: needs at least two corners with finite numbers, their x increasing")
  }
  return f(x)
}
