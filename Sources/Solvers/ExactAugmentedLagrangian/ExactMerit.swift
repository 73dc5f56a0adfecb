import LinearAlgebra

/// The exact augmented Lagrangian
///
///     Φ(x, λ) = f + λᵀc + ½ η₁ ‖c‖² + ½ η₂ ‖∇ₓL(x, λ)‖²
///
/// For η₁ large and η₂ small enough its minimizers over x and λ together are solutions with their multipliers, Newton
/// steps on the optimality conditions are descent directions, and unit steps are accepted near a solution.
///
/// Sources: Di Pillo, Grippo, "A new class of augmented Lagrangians in nonlinear programming", 1979; Hong, Na, Mahoney,
/// Kolar, "Constrained optimization via exact augmented Lagrangian and randomized iterative sketching", 2023, equation 4.
final class ExactMerit {
  private let problem: EqualityProblem
  /// η₁, the price of violations.
  var penalty: Double
  /// η₂, the price of the Lagrangian's gradient.
  var proximity: Double
  /// Gᵀc, ∇²ₓL ∇ₓL and G ∇ₓL: what the gradient is made of, apart from ∇ₓL and c.
  private let normal: Vector
  private let curved: Vector
  private let projected: Vector

  init(_ problem: EqualityProblem, penalty: Double, proximity: Double) {
    self.problem = problem
    self.penalty = penalty
    self.proximity = proximity
    normal = Vector(count: problem.n)
    curved = Vector(count: problem.n)
    projected = Vector(count: problem.m)
  }

  /// Φ.
  /// - Complexity: O(n + m).
  func value(_ p: EqualityPoint) -> Double {
    let product = VectorKernels.dot(problem.m, p.multipliers.pointer, p.constraints.pointer)
    let square = VectorKernels.dot(problem.n, p.lagrangian.pointer, p.lagrangian.pointer)
    return p.objective + product + 0.5 * penalty * p.constraintSquare + 0.5 * proximity * square
  }

  /// Prepares derivatives at a point.
  /// - Parameter hessian: the entries of ∇²ₓL(x, λ).
  /// - Complexity: O(entries of Jacobian and Hessian).
  func prepare(_ p: EqualityPoint, hessian: Vector) {
    normal.fill(0)
    problem.addTransposed(p, p.constraints.pointer, to: normal.pointer)
    problem.multiplyHessian(hessian, p.lagrangian.pointer, into: curved.pointer)
    problem.multiply(p, p.lagrangian.pointer, into: projected.pointer)
  }

  /// ‖Gᵀc‖, of the point that was prepared.
  var normalNorm: Double { VectorKernels.norm(problem.n, normal.pointer) }

  /// The gradient of Φ at the point that was prepared, by x and then by λ:
  /// `∇ₓL + η₁ Gᵀc + η₂ ∇²ₓL ∇ₓL` and `c + η₂ G ∇ₓL`.
  func gradient(_ p: EqualityPoint, into result: Vector) {
    let (n, m) = (problem.n, problem.m)
    for j in 0..<n { result[j] = p.lagrangian[j] + penalty * normal[j] + proximity * curved[j] }
    for i in 0..<m { result[n + i] = p.constraints[i] + proximity * projected[i] }
  }

  /// The derivative of Φ along `d = (dx, dλ)`, as `base + η₁ violation + η₂ stationarity`, so that parameters can change.
  struct Slope {
    var base: Double
    var violation: Double
    var stationarity: Double
  }

  /// - Complexity: O(n + m).
  func slope(_ p: EqualityPoint, along d: UnsafePointer<Double>) -> Slope {
    let (n, m) = (problem.n, problem.m)
    let base = VectorKernels.dot(n, p.lagrangian.pointer, d) + VectorKernels.dot(m, p.constraints.pointer, d + n)
    let violation = VectorKernels.dot(n, normal.pointer, d)
    let stationarity =
      VectorKernels.dot(n, curved.pointer, d) + VectorKernels.dot(m, projected.pointer, d + n)
    return Slope(base: base, violation: violation, stationarity: stationarity)
  }

  /// The derivative with the present η₁ and η₂.
  func derivative(_ slope: Slope) -> Double {
    slope.base + penalty * slope.violation + proximity * slope.stationarity
  }
}
