/// `(t, x)` with `t >= ‖x‖₂`.
public struct SecondOrderCone: VectorSet {
  public static let name = "SecondOrderCone"
  public let dimension: Int
  public init(dimension: Int) { self.dimension = dimension }
  public init(parameters: SetParameters, rows: Int) throws(SetParameterError) {
    dimension = try parameters.dimension("dimension", atLeast: 1)
  }
  public var parameters: SetParameters { ["dimension": .integer(dimension)] }
  public func violation(at point: [Double]) -> Double {
    largest(0, norm(point.dropFirst()) - point[0])
  }
}

/// `(t, u, x)` with `2tu >= ‖x‖₂²` and `t, u >= 0`.
public struct RotatedSecondOrderCone: VectorSet {
  public static let name = "RotatedSecondOrderCone"
  public let dimension: Int
  public init(dimension: Int) { self.dimension = dimension }
  public init(parameters: SetParameters, rows: Int) throws(SetParameterError) {
    dimension = try parameters.dimension("dimension", atLeast: 2)
  }
  public var parameters: SetParameters { ["dimension": .integer(dimension)] }
  /// Measured on the equivalent second-order cone `((t+u)/√2, (t-u)/√2, x)`, so that it is in the units of a coordinate.
  public func violation(at point: [Double]) -> Double {
    let root = 0.5.squareRoot()
    let t = (point[0] + point[1]) * root
    return largest(0, norm([(point[0] - point[1]) * root] + point.dropFirst(2)) - t)
  }
}

/// `(t, x)` with `t >= ‖x‖₁`.
public struct NormOneCone: VectorSet {
  public static let name = "NormOneCone"
  public let dimension: Int
  public init(dimension: Int) { self.dimension = dimension }
  public init(parameters: SetParameters, rows: Int) throws(SetParameterError) {
    dimension = try parameters.dimension("dimension", atLeast: 1)
  }
  public var parameters: SetParameters { ["dimension": .integer(dimension)] }
  public func violation(at point: [Double]) -> Double {
    largest(0, point.dropFirst().reduce(0) { $0 + abs($1) } - point[0])
  }
}

/// `(t, x)` with `t >= ‖x‖∞`.
public struct NormInfinityCone: VectorSet {
  public static let name = "NormInfinityCone"
  public let dimension: Int
  public init(dimension: Int) { self.dimension = dimension }
  public init(parameters: SetParameters, rows: Int) throws(SetParameterError) {
    dimension = try parameters.dimension("dimension", atLeast: 1)
  }
  public var parameters: SetParameters { ["dimension": .integer(dimension)] }
  public func violation(at point: [Double]) -> Double {
    largest(0, point.dropFirst().reduce(0) { largest($0, abs($1)) } - point[0])
  }
}

/// `(t, x)` with `t >= ‖x‖ₚ`, p at least 1.
public struct NormCone: VectorSet {
  public static let name = "NormCone"
  public static let formatMinorVersion = 4
  public let dimension: Int
  public let p: Double
  public init(p: Double, dimension: Int) {
    self.p = p
    self.dimension = dimension
  }
  public init(parameters: SetParameters, rows: Int) throws(SetParameterError) {
    dimension = try parameters.dimension("dimension", atLeast: 1)
    p = try parameters.number("p")
    guard p >= 1 else { throw SetParameterError(parameter: "p", problem: "must be at least 1") }
  }
  public var parameters: SetParameters { ["p": .number(p), "dimension": .integer(dimension)] }
  public func violation(at point: [Double]) -> Double {
    let scale = point.dropFirst().reduce(0) { largest($0, abs($1)) }
    if scale == 0 || !scale.isFinite { return largest(0, scale - point[0]) }
    let total = point.dropFirst().reduce(0) { $0 + Operation.power.value(abs($1) / scale, p) }
    return largest(0, scale * Operation.power.value(total, 1 / p) - point[0])
  }
}

/// Euclidean norm without overflow.
func norm(_ x: some Sequence<Double>) -> Double {
  var scale = 0.0
  for v in x { scale = largest(scale, abs(v)) }
  if scale == 0 || !scale.isFinite { return scale }
  var sum = 0.0
  for v in x { sum += (v / scale) * (v / scale) }
  return scale * sum.squareRoot()
}
