/// The scaling of one cone of dimension 3 that is not symmetric: a positive definite H with `H z = s` and, where
/// possible, `H z̃ = s̃` for the shadows `z̃ = -∇f(s)` and `s̃ = -∇f*(z)`.
///
/// Tunçel, "Generalization of primal-dual interior-point methods to convex optimization problems in conic form" (2001);
/// Dahl and Andersen, "A primal-dual interior-point algorithm for nonsymmetric exponential-cone optimization" (2022).
enum NonsymmetricScaling {
  /// Doubles of storage: H, then ∇²f*(z), each a ``Symmetric3``, then ∇f*(z).
  static let storageCount = 15

  /// Below this distance from the central path, `(sᵀz)(s̃ᵀz̃)/9 - 1`, the two conditions on H are one within rounding,
  /// and `H = μ ∇²f*(z)` fulfils it.
  static let centralityThreshold = 1e-8

  /// Computes H for interior `s` and `z`.
  /// - Returns: false when `s` or `z` is not numerically inside.
  @inline(__always)
  static func update(
    _ barrier: some NonsymmetricBarrier, _ s: Vector3, _ z: Vector3, _ storage: UnsafeMutablePointer<Double>
  ) -> Bool {
    guard barrier.contains(s), barrier.dualContains(z) else { return false }
    let (gradient, dualHessian) = barrier.derivatives(z)
    let product = s.dot(z)
    let mu = product / 3
    guard mu > 0, dualHessian.isFinite else { return false }
    dualHessian.store(storage + 6)
    gradient.store(storage + 12)
    let scaling = primalDual(barrier, s, z, -gradient, dualHessian) ?? mu * dualHessian
    scaling.store(storage)
    return scaling.isFinite
  }

  /// `ssᵀ/sᵀz + δs δsᵀ/δsᵀδz + t aaᵀ` with δs = s - μ s̃, δz = z - μ z̃, a the unit vector orthogonal to z and z̃, and t
  /// such that H agrees with μ ∇²f*(z) on what the two conditions leave open: its Schur complement there.
  @inline(__always)
  private static func primalDual(
    _ barrier: some NonsymmetricBarrier, _ s: Vector3, _ z: Vector3, _ shadow: Vector3, _ dualHessian: Symmetric3
  ) -> Symmetric3? {
    let dualShadow = -barrier.conjugateGradient(s)
    let product = s.dot(z)
    let mu = product / 3
    let distance = mu * shadow.dot(dualShadow) / 3 - 1
    guard distance > centralityThreshold else { return nil }
    let primalChange = s - mu * shadow
    let dualChange = z - mu * dualShadow
    let change = primalChange.dot(dualChange)
    guard change > 0 else { return nil }
    var axis = z.cross(dualShadow)
    let length = axis.norm
    guard length > 0 else { return nil }
    axis /= length
    guard let image = dualHessian.solve(axis) else { return nil }
    let curvature = axis.dot(image)
    guard curvature > 0 else { return nil }
    var scaling = Symmetric3()
    scaling.add(1 / product, outer: s)
    scaling.add(1 / change, outer: primalChange)
    scaling.add(mu / curvature, outer: axis)
    return scaling.isFinite ? scaling : nil
  }

  /// ξ of the combined direction: `-s - σμ ∇f*(z) + ½ ∇³f*(z)[Δz, ∇²f*(z)⁻¹ Δs]`.
  ///
  /// The last term is the second derivative of the central path, as in Dahl and Andersen, section 4.
  @inline(__always)
  static func combinedTarget(
    _ barrier: some NonsymmetricBarrier, _ s: Vector3, _ z: Vector3, _ ds: Vector3, _ dz: Vector3, _ sigmaMu: Double,
    _ storage: UnsafePointer<Double>
  ) -> Vector3 {
    let target = -s - sigmaMu * Vector3(at: storage + 12)
    guard let direction = Symmetric3(at: storage + 6).solve(ds) else { return target }
    let correction = 0.5 * barrier.thirdDerivative(z, dz, direction)
    return (correction.x + correction.y + correction.z).isFinite ? target + correction : target
  }

  /// The largest step, at most `limit`, with `s + step * ds` in K; 1/1000 too short at most, and never too long.
  @inline(__always)
  static func primalStep(_ barrier: some NonsymmetricBarrier, _ s: Vector3, _ ds: Vector3, _ limit: Double) -> Double {
    boundaryStep(
      min(limit, barrier.domainStep(s, along: ds)), slack: { barrier.slack(s + $0 * ds) },
      slope: { barrier.slackSlope(s + $0 * ds, along: ds) })
  }

  /// The same for z in K*.
  @inline(__always)
  static func dualStep(_ barrier: some NonsymmetricBarrier, _ z: Vector3, _ dz: Vector3, _ limit: Double) -> Double {
    boundaryStep(
      min(limit, barrier.dualDomainStep(z, along: dz)), slack: { barrier.dualSlack(z + $0 * dz) },
      slope: { barrier.dualSlackSlope(z + $0 * dz, along: dz) })
  }

  /// Newton's method for the zero of a concave function that is positive at 0 and negative, or undefined, at `limit`:
  /// tangents from outside and secants from inside enclose it.
  @inline(__always)
  private static func boundaryStep(
    _ limit: Double, slack: (Double) -> Double, slope: (Double) -> Double
  ) -> Double {
    var outer = limit
    var outerSlack = slack(outer)
    if outerSlack > 0 { return outer }
    var inner = 0.0
    var innerSlack = slack(0)
    guard innerSlack > 0 else { return 0 }
    for _ in 0..<60 where outer - inner > 1e-3 * outer {
      var trial = 0.5 * (inner + outer)
      if outerSlack < 0 {
        // The zero of the tangent is outside or on the boundary, that of the secant inside.
        let tangent = outer - outerSlack / slope(outer)
        if tangent > inner && tangent < outer {
          outer = tangent
          outerSlack = slack(outer)
          if outerSlack > 0 { return outer }
        }
        if outerSlack < 0 {
          let secant = inner + (outer - inner) * innerSlack / (innerSlack - outerSlack)
          trial = secant > inner && secant < outer ? secant : 0.5 * (inner + outer)
        }
      }
      let trialSlack = slack(trial)
      if trialSlack > 0 {
        inner = trial
        innerSlack = trialSlack
      } else {
        outer = trial
        outerSlack = trialSlack
      }
    }
    return inner
  }

  /// `3 / (s̃ᵀz̃)`: the harmonic counterpart of `sᵀz/3`, equal to it on the central path and smaller elsewhere.
  @inline(__always)
  static func shadowComplementarity(_ barrier: some NonsymmetricBarrier, _ s: Vector3, _ z: Vector3) -> Double {
    guard barrier.contains(s), barrier.dualContains(z) else { return 0 }
    let value = 3 / barrier.conjugateGradient(s).dot(barrier.gradient(z))
    return value.isFinite && value > 0 ? value : 0
  }
}
