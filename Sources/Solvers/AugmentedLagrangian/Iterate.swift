import LinearAlgebra

/// A point with what is known of the functions there.
final class Iterate {
  let n: Int
  let m: Int
  let x: Vector
  /// c(x), and ∇f(x).
  let c: Vector
  let gradient: Vector
  /// The entries of the Jacobian, where there is one.
  let jacobian: Vector
  /// f(x); infinite where a function is not defined.
  var f = Double.infinity

  init(_ problem: ScaledProblem) {
    n = problem.n
    m = problem.m
    x = Vector(count: n)
    c = Vector(count: m)
    gradient = Vector(count: n)
    jacobian = Vector(count: problem.jacobian.entryCount)
  }

  func copy(from other: Iterate) {
    x.copy(from: other.x)
    c.copy(from: other.c)
    gradient.copy(from: other.gradient)
    jacobian.copy(from: other.jacobian)
    f = other.f
  }

  /// The largest modulus of a first derivative known at x.
  var largestDerivative: Double {
    max(VectorKernels.maxNorm(n, gradient.pointer), VectorKernels.maxNorm(jacobian.count, jacobian.pointer))
  }

  /// Values of the functions at x.
  /// - Returns: whether they are finite.
  func evaluate(_ problem: ScaledProblem) -> Bool {
    f = problem.functions(at: x.pointer, c.pointer)
    return f.isFinite
  }

  /// First derivatives at x.
  /// - Returns: whether they are finite.
  func differentiate(_ problem: ScaledProblem) -> Bool {
    problem.gradient(at: x.pointer, into: gradient.pointer)
    problem.computeJacobian(at: x.pointer, into: jacobian.pointer)
    var sum = 0.0
    for j in 0..<n { sum += gradient[j] * 0 }
    for p in 0..<jacobian.count { sum += jacobian[p] * 0 }
    return sum == 0
  }
}
