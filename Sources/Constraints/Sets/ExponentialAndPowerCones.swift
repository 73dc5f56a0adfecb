/// `(x, y, z)` with `y exp(x / y) <= z`, `y > 0`, and its closure.
public struct ExponentialCone: VectorSet {
  public static let name = "ExponentialCone"
  public init() {}
  public init(parameters: SetParameters, rows: Int) throws(SetParameterError) {}
  public var dimension: Int { 3 }
  public var parameters: SetParameters { [:] }
  /// The smaller of the two ways to repair: raising z, or lowering x.
  public func violation(at point: [Double]) -> Double {
    let (x, y, z) = (point[0], point[1], point[2])
    if y <= 0 { return largest(largest(-y, x > 0 ? x : 0), -z) }
    let raise = largest(0, y * Operation.exp.value(x / y) - z)
    if z <= 0 { return raise }
    return min(raise, largest(0, x - y * Operation.log.value(z / y)))
  }
}

/// `(u, v, w)` with `-u exp(v / u) <= e w`, `u < 0`, and its closure.
public struct DualExponentialCone: VectorSet {
  public static let name = "DualExponentialCone"
  public init() {}
  public init(parameters: SetParameters, rows: Int) throws(SetParameterError) {}
  public var dimension: Int { 3 }
  public var parameters: SetParameters { [:] }
  public func violation(at point: [Double]) -> Double {
    let (u, v, w) = (point[0], point[1], point[2])
    if u >= 0 { return largest(largest(u, -v), -w) }
    return largest(0, -u * Operation.exp.value(v / u - 1) - w)
  }
}

/// `(x, y, z)` with `x^a y^(1-a) >= |z|`, `x, y >= 0`.
public struct PowerCone: VectorSet {
  public static let name = "PowerCone"
  public let exponent: Double
  public init(exponent: Double) { self.exponent = exponent }
  public init(parameters: SetParameters, rows: Int) throws(SetParameterError) {
    exponent = try powerExponent(parameters)
  }
  public var dimension: Int { 3 }
  public var parameters: SetParameters { ["exponent": .number(exponent)] }
  public func violation(at point: [Double]) -> Double {
    powerViolation(point[0], point[1], point[2], exponent)
  }
}

/// `(u, v, w)` with `(u/a)^a (v/(1-a))^(1-a) >= |w|`, `u, v >= 0`.
public struct DualPowerCone: VectorSet {
  public static let name = "DualPowerCone"
  public let exponent: Double
  public init(exponent: Double) { self.exponent = exponent }
  public init(parameters: SetParameters, rows: Int) throws(SetParameterError) {
    exponent = try powerExponent(parameters)
  }
  public var dimension: Int { 3 }
  public var parameters: SetParameters { ["exponent": .number(exponent)] }
  public func violation(at point: [Double]) -> Double {
    powerViolation(point[0] / exponent, point[1] / (1 - exponent), point[2], exponent)
  }
}

/// `(t, x)` with `t <= (x₁ … xₙ)^(1/n)`, `x >= 0`.
public struct GeometricMeanCone: VectorSet {
  public static let name = "GeometricMeanCone"
  public let dimension: Int
  public init(dimension: Int) { self.dimension = dimension }
  public init(parameters: SetParameters, rows: Int) throws(SetParameterError) {
    dimension = try parameters.dimension("dimension", atLeast: 2)
  }
  public var parameters: SetParameters { ["dimension": .integer(dimension)] }
  public func violation(at point: [Double]) -> Double {
    var logs = 0.0
    var below = 0.0
    for x in point.dropFirst() {
      below = largest(below, -x)
      logs += Operation.log.value(max(x, 0))
    }
    return largest(below, point[0] - Operation.exp.value(logs / Double(dimension - 1)))
  }
}

/// `(u, v, w)`, v and w of n entries, with `u >= Σ wᵢ log(wᵢ / vᵢ)`, `v, w >= 0`.
public struct RelativeEntropyCone: VectorSet {
  public static let name = "RelativeEntropyCone"
  public let dimension: Int
  public init(dimension: Int) { self.dimension = dimension }
  public init(parameters: SetParameters, rows: Int) throws(SetParameterError) {
    dimension = try parameters.dimension("dimension", atLeast: 3)
    guard dimension % 2 == 1 else { throw SetParameterError(parameter: "dimension", problem: "must be odd") }
  }
  public var parameters: SetParameters { ["dimension": .integer(dimension)] }
  public func violation(at point: [Double]) -> Double {
    let n = (dimension - 1) / 2
    var below = 0.0
    var entropy = 0.0
    for i in 0..<n {
      let (v, w) = (point[1 + i], point[1 + n + i])
      below = largest(below, largest(-v, -w))
      if w > 0 { entropy += w * Operation.log.value(w / max(v, 0)) }
    }
    return largest(below, entropy - point[0])
  }
}

private func powerExponent(_ parameters: SetParameters) throws(SetParameterError) -> Double {
  let exponent = try parameters.number("exponent")
  guard exponent > 0, exponent < 1 else {
    throw SetParameterError(parameter: "exponent", problem: "must lie strictly between 0 and 1")
  }
  return exponent
}

private func powerViolation(_ x: Double, _ y: Double, _ z: Double, _ a: Double) -> Double {
  let below = largest(largest(0, -x), -y)
  let value = Operation.power.value(max(x, 0), a) * Operation.power.value(max(y, 0), 1 - a)
  return largest(below, abs(z) - value)
}
