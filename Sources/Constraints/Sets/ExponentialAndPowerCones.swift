/// `(x, y, z)` with `y exp(x / y) <= z`, `y > 0`, and its closure.
public struct ExponentialCone: VectorSet {
  public static let name = "ExponentialCone"
  public init() {}
  public init(parameters: SetParameters, rows: Int) throws(SetParameterError) {}
  public var dimension: Int { 3 }
  public var parameters: SetParameters { [:] }
  public func violation(at point: [Double]) -> Double {
    func isInside(_ x: Double, _ y: Double, _ z: Double) -> Bool {
      y > 0 ? y * Operation.exp.value(x / y) <= z : y == 0 && x <= 0 && z >= 0
    }
    let (x, y, z) = (point[0], point[1], point[2])
    return leastShift { isInside(x - $0, y, z + $0) || isInside(x - $0, y + $0, z + $0) }
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
    func isInside(_ u: Double, _ v: Double, _ w: Double) -> Bool {
      u < 0 ? -u * Operation.exp.value(v / u - 1) <= w : u == 0 && v >= 0 && w >= 0
    }
    let (u, v, w) = (point[0], point[1], point[2])
    return leastShift { isInside(u, v + $0, w + $0) || isInside(u - $0, v + $0, w + $0) }
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
    leastShift { geometricMean(point.dropFirst(), shiftedBy: $0) >= point[0] - $0 }
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
    return leastShift { shift in
      var entropy = 0.0
      for i in 0..<n {
        let (v, w) = (point[1 + i] + shift, point[1 + n + i])
        if !(v >= 0 && w >= -shift) { return false }
        if w > 0 { entropy += w * Operation.log.value(w / v) }
      }
      return entropy <= point[0] + shift
    }
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
  leastShift { shift in
    let (x, y) = (x + shift, y + shift)
    return x >= 0 && y >= 0 && Operation.power.value(x, a) * Operation.power.value(y, 1 - a) >= abs(z) - shift
  }
}
