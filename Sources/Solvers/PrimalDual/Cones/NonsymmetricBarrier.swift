/// The barrier f* of the dual K* of a three-dimensional cone K that is not symmetric, and its conjugate f on K.
///
/// f* is self-concordant and logarithmically homogeneous of degree 3: `f*(tz) = f*(z) - 3 log t`. The conjugate is
/// `f(s) = sup { -sᵀz - f*(z) : z }`; its gradient at s is -z where `s = -∇f*(z)`.
///
/// Nesterov and Todd, "Self-scaled barriers and interior-point methods for convex programming" (1997), section 2.
protocol NonsymmetricBarrier {
  /// Positive inside K, negative outside, not a number where the defining function is not defined; concave.
  func slack(_ s: Vector3) -> Double
  /// The same for K*.
  func dualSlack(_ z: Vector3) -> Double
  /// Derivative of ``slack(_:)`` at `s` along `direction`.
  func slackSlope(_ s: Vector3, along direction: Vector3) -> Double
  func dualSlackSlope(_ z: Vector3, along direction: Vector3) -> Double
  /// The largest step along `direction` at which the signs that the cone demands of coordinates still hold.
  func domainStep(_ s: Vector3, along direction: Vector3) -> Double
  func dualDomainStep(_ z: Vector3, along direction: Vector3) -> Double

  /// f* at a point strictly inside K*.
  func value(_ z: Vector3) -> Double
  /// ∇f* and ∇²f* at a point strictly inside K*.
  func derivatives(_ z: Vector3) -> (gradient: Vector3, hessian: Symmetric3)
  /// ∇f* alone.
  func gradient(_ z: Vector3) -> Vector3
  /// ∇³f*(z)[p, q].
  func thirdDerivative(_ z: Vector3, _ p: Vector3, _ q: Vector3) -> Vector3
  /// ∇f at a point strictly inside K: minus the point of K* at which -∇f* is `s`.
  func conjugateGradient(_ s: Vector3) -> Vector3
  /// The point of K and of K* with `s = -∇f*(s)`.
  var central: Vector3 { get }
}

extension NonsymmetricBarrier {
  @inline(__always) func contains(_ s: Vector3) -> Bool { slack(s) > 0 }
  @inline(__always) func dualContains(_ z: Vector3) -> Bool { dualSlack(z) > 0 }

  /// f at a point strictly inside K.
  func conjugateValue(_ s: Vector3) -> Double { -3 - value(-conjugateGradient(s)) }
}
