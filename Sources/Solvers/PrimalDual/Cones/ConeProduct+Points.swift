#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

extension ConeProduct {
  /// Sets s and z to the central points of the cones: `s = z` with `s = -∇f*(z)`, which is e for symmetric cones.
  func setCentral(s: UnsafeMutablePointer<Double>, z: UnsafeMutablePointer<Double>) {
    for i in 0..<dimension { s[i] = 0 }
    for block in blocks {
      switch block.kind {
      case .exponential: ExponentialBarrier().central.store(s + block.offset)
      case .power: PowerBarrier(exponent: block.exponent).central.store(s + block.offset)
      default: addIdentity(block, 1, to: s)
      }
    }
    z.update(from: s, count: dimension)
  }

  /// Adds `factor * e` to `v`, where e is the identity of a symmetric cone and the central point of another.
  func addIdentity(_ factor: Double, to v: UnsafeMutablePointer<Double>) {
    for block in blocks { addIdentity(block, factor, to: v) }
  }

  private func addIdentity(_ block: Block, _ factor: Double, to v: UnsafeMutablePointer<Double>) {
    let x = v + block.offset
    switch block.kind {
    case .secondOrder: x[0] += factor
    case .rotatedSecondOrder:
      x[0] += factor * 0.5.squareRoot()
      x[1] += factor * 0.5.squareRoot()
    case .exponential: (Vector3(at: x) + factor * ExponentialBarrier().central).store(x)
    case .power: (Vector3(at: x) + factor * PowerBarrier(exponent: block.exponent).central).store(x)
    case .semidefinite:
      var k = 0
      for j in 0..<block.order {
        k += j
        x[k] += factor
        k += 1
      }
    }
  }

  /// How far inside K a point lies: the smallest over the cones of the smallest eigenvalue for symmetric cones, of the
  /// slack in the defining inequality for the others. Negative outside; infinite without cones.
  /// - Complexity: O(dimension), and O(4n³/3) for a semidefinite cone of order n.
  func margin(_ v: UnsafePointer<Double>) -> Double { smallestMargin(v, isDual: false) }

  /// The same for K*.
  func dualMargin(_ v: UnsafePointer<Double>) -> Double { smallestMargin(v, isDual: true) }

  private func smallestMargin(_ v: UnsafePointer<Double>, isDual: Bool) -> Double {
    var least = Double.infinity
    for block in blocks {
      let x = v + block.offset
      let margin =
        switch block.kind {
        case .secondOrder: x[0] - SecondOrderScaling.tailNorm(block.dimension, x)
        case .rotatedSecondOrder:
          { let y = secondOrder(block, v, slot: 0)
            return y[0] - SecondOrderScaling.tailNorm(block.dimension, y)
          }()
        case .exponential:
          isDual ? ConeProduct.dualExponentialMargin(Vector3(at: x)) : ConeProduct.exponentialMargin(Vector3(at: x))
        case .power: ConeProduct.powerMargin(Vector3(at: x), block.exponent, isDual)
        case .semidefinite: semidefinite(block).smallestEigenvalue(x)
        }
      if !(margin >= least) { least = margin.isNaN ? -.infinity : margin }
    }
    return least
  }

  /// The larger of the two slacks `z - y exp(x/y)` and `y log(z/y) - x`, which agree in sign.
  private static func exponentialMargin(_ s: Vector3) -> Double {
    if s.y <= 0 { return min(s.y, -max(s.x, 0), min(s.z, 0)) }
    let raised = s.z - s.y * exp(s.x / s.y)
    return s.z > 0 ? max(raised, s.y * log(s.z / s.y) - s.x) : raised
  }

  /// The larger of `w + u exp(v/u - 1)` and `v - u - u log(w/-u)`.
  private static func dualExponentialMargin(_ z: Vector3) -> Double {
    if z.x >= 0 { return min(-z.x, min(z.y, 0), min(z.z, 0)) }
    let raised = z.z + z.x * exp(z.y / z.x - 1)
    return z.z > 0 ? max(raised, z.y - z.x - z.x * log(z.z / -z.x)) : raised
  }

  private static func powerMargin(_ s: Vector3, _ exponent: Double, _ isDual: Bool) -> Double {
    let (a, b) = isDual ? (exponent, 1 - exponent) : (1, 1)
    let mean = pow(max(s.x / a, 0), exponent) * pow(max(s.y / b, 0), 1 - exponent)
    return min(min(s.x, s.y), mean - abs(s.z))
  }

  /// Moves a point into the interior of a symmetric cone: where it lies outside by δ >= 0, adds (1 + δ) e; where it lies
  /// inside it stays.
  ///
  /// Vandenberghe, "The CVXOPT linear and quadratic cone program solvers" (2010), section 7.3.
  func shiftInside(_ v: UnsafeMutablePointer<Double>) {
    let distance = -margin(v)
    if distance >= -1e-8 { addIdentity(1 + max(distance, 0), to: v) }
  }
}
