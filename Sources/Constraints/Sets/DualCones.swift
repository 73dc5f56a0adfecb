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
    return largest(
      point[0], leastShift { geometricMean(point.dropFirst(), shiftedBy: $0) >= -point[0] / n - $0 })
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
    return leastShift { shift in
      if !(u >= -shift) { return false }
      for i in 0..<n {
        let (v, w) = (point[1 + i] + shift, point[1 + n + i] + shift)
        if !(v >= 0 && w >= (u > 0 ? u * (Operation.log.value(u / v) - 1) : 0)) { return false }
      }
      return true
    }
  }
}
