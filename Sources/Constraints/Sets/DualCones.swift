/// `(u, v)` with `u <= 0`, `-u / n <= (v₁ … vₙ)^(1/n)`, `v >= 0`: the dual of ``GeometricMeanCone``.
public struct DualGeometricMeanCone: VectorSet {
  public static let name = "DualGeometricMeanCone"
  public static let formatMinorVersion = 9
  public let dimension: Int
  public init(dimension: Int) { self.dimension = dimension }
  public init(parameters: SetParameters, rows: Int) throws(SetParameterError) {
    dimension = try parameters.dimension("dimension", atLeast: 2)
  }
  public var parameters: SetParameters { ["dimension": .integer(dimension)] }
  public func violation(at point: [Double]) -> Double {
    let n = Double(dimension - 1)
    var logs = 0.0
    var below = largest(0, point[0])
    for v in point.dropFirst() {
      below = largest(below, -v)
      logs += Operation.log.value(max(v, 0))
    }
    return largest(below, -point[0] / n - Operation.exp.value(logs / n))
  }
}

/// `(u, v, w)`, v and w of n entries, with `wᵢ >= u (log(u / vᵢ) - 1)`, `u, v >= 0`: the dual of ``RelativeEntropyCone``.
public struct DualRelativeEntropyCone: VectorSet {
  public static let name = "DualRelativeEntropyCone"
  public static let formatMinorVersion = 9
  public let dimension: Int
  public init(dimension: Int) { self.dimension = dimension }
  public init(parameters: SetParameters, rows: Int) throws(SetParameterError) {
    dimension = try parameters.dimension("dimension", atLeast: 3)
    guard dimension % 2 == 1 else { throw SetParameterError(parameter: "dimension", problem: "must be odd") }
  }
  public var parameters: SetParameters { ["dimension": .integer(dimension)] }
  public func violation(at point: [Double]) -> Double {
    let n = (dimension - 1) / 2
    let u = point[0]
    var worst = largest(0, -u)
    for i in 0..<n {
      let (v, w) = (point[1 + i], point[1 + n + i])
      worst = largest(worst, -v)
      let least = u > 0 ? u * (Operation.log.value(u / max(v, 0)) - 1) : 0
      worst = largest(worst, least - w)
    }
    return worst
  }
}
