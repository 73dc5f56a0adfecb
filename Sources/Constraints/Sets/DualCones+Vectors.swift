// Multipliers of cones of vectors: each dual cone is, up to its name, another set.

extension Reals {
  public func leastProduct(with z: [Double]) -> (value: Double, violation: Double)? {
    (0, Zeros(dimension: dimension).violation(at: z))
  }
}

extension Zeros {
  public func leastProduct(with z: [Double]) -> (value: Double, violation: Double)? { (0, 0) }
}

extension Nonnegatives {
  public func leastProduct(with z: [Double]) -> (value: Double, violation: Double)? { (0, violation(at: z)) }
}

extension Nonpositives {
  public func leastProduct(with z: [Double]) -> (value: Double, violation: Double)? { (0, violation(at: z)) }
}

extension HyperRectangle {
  public func leastProduct(with z: [Double]) -> (value: Double, violation: Double)? {
    var value = CompensatedSum()
    var violation = 0.0
    for i in z.indices where z[i] != 0 {
      let side = z[i] > 0 ? lower[i] : upper[i]
      if side.isFinite { value.add(z[i], times: side) } else { violation = largest(violation, abs(z[i])) }
    }
    return (value.value, violation)
  }
}

extension SecondOrderCone {
  public func leastProduct(with z: [Double]) -> (value: Double, violation: Double)? { (0, violation(at: z)) }
}

extension RotatedSecondOrderCone {
  public func leastProduct(with z: [Double]) -> (value: Double, violation: Double)? { (0, violation(at: z)) }
}

extension ExponentialCone {
  public func leastProduct(with z: [Double]) -> (value: Double, violation: Double)? {
    (0, DualExponentialCone().violation(at: z))
  }
}

extension DualExponentialCone {
  public func leastProduct(with z: [Double]) -> (value: Double, violation: Double)? {
    (0, ExponentialCone().violation(at: z))
  }
}

extension PowerCone {
  public func leastProduct(with z: [Double]) -> (value: Double, violation: Double)? {
    (0, DualPowerCone(exponent: exponent).violation(at: z))
  }
}

extension DualPowerCone {
  public func leastProduct(with z: [Double]) -> (value: Double, violation: Double)? {
    (0, PowerCone(exponent: exponent).violation(at: z))
  }
}

extension GeometricMeanCone {
  public func leastProduct(with z: [Double]) -> (value: Double, violation: Double)? {
    (0, DualGeometricMeanCone(dimension: dimension).violation(at: z))
  }
}

extension DualGeometricMeanCone {
  public func leastProduct(with z: [Double]) -> (value: Double, violation: Double)? {
    (0, GeometricMeanCone(dimension: dimension).violation(at: z))
  }
}

extension RelativeEntropyCone {
  public func leastProduct(with z: [Double]) -> (value: Double, violation: Double)? {
    (0, DualRelativeEntropyCone(dimension: dimension).violation(at: z))
  }
}

extension DualRelativeEntropyCone {
  public func leastProduct(with z: [Double]) -> (value: Double, violation: Double)? {
    (0, RelativeEntropyCone(dimension: dimension).violation(at: z))
  }
}

extension NormOneCone {
  public func leastProduct(with z: [Double]) -> (value: Double, violation: Double)? {
    (0, NormInfinityCone(dimension: dimension).violation(at: z))
  }
}

extension NormInfinityCone {
  public func leastProduct(with z: [Double]) -> (value: Double, violation: Double)? {
    (0, NormOneCone(dimension: dimension).violation(at: z))
  }
}

extension NormCone {
  public func leastProduct(with z: [Double]) -> (value: Double, violation: Double)? {
    if p == 1 { return (0, NormInfinityCone(dimension: dimension).violation(at: z)) }
    return (0, NormCone(p: p / (p - 1), dimension: dimension).violation(at: z))
  }
}
