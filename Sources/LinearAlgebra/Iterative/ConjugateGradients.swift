/// Solves `A x = b` for a symmetric positive definite A, by conjugate gradients with an optional preconditioner.
///
/// Source: Hestenes, Stiefel, "Methods of conjugate gradients for solving linear systems", 1952; the preconditioned form
/// as in Golub, Van Loan, "Matrix computations", 4th edition, algorithm 11.5.1.
public final class ConjugateGradients {
  public struct Options: Sendable {
    /// Stops at `‖b - A x‖ <= max(relativeTolerance · ‖b‖, absoluteTolerance)`, Euclidean norms. Default 1e-10.
    public var relativeTolerance = 1e-10
    /// Default 0.
    public var absoluteTolerance = 0.0
    /// Default nil: ten times the order, at least 100.
    public var iterationLimit: Int?

    public init() {}
  }

  public let order: Int
  public var options: Options
  private let storage: VectorStorage

  public init(order: Int, options: Options = Options()) {
    self.order = order
    self.options = options
    storage = VectorStorage(count: 4, length: order)
  }

  /// The last search direction: after `indefinite`, one with `dᵀ A d <= 0`, unless the preconditioner is to blame.
  public var direction: UnsafePointer<Double> { UnsafePointer(storage[1]) }

  /// - Parameters:
  ///   - matrix: A.
  ///   - preconditioner: an approximation of the inverse of A, symmetric positive definite; nil for none.
  ///   - b: the right-hand side.
  ///   - x: the first guess, replaced by the solution.
  /// - Complexity: a product, an application of the preconditioner and O(order) an iteration; no allocation.
  public func solve(
    _ matrix: LinearOperator, preconditioner: LinearOperator? = nil, _ b: UnsafePointer<Double>,
    _ x: UnsafeMutablePointer<Double>
  ) -> IterativeOutcome {
    let n = order
    let r = storage[0], d = storage[1], q = storage[2], z = storage[3]
    let tolerance = max(options.relativeTolerance * VectorKernels.norm(n, b), options.absoluteTolerance)
    let limit = options.iterationLimit ?? max(100, 10 * n)
    matrix(x, q)
    for i in 0..<n { r[i] = b[i] - q[i] }
    d.update(repeating: 0, count: n)
    var residual = VectorKernels.norm(n, r), rho = 1.0
    var iteration = 0
    func outcome(_ status: IterativeOutcome.Status) -> IterativeOutcome {
      IterativeOutcome(status: status, iterations: iteration, residualNorm: residual)
    }
    while true {
      if residual <= tolerance { return outcome(.converged) }
      if !residual.isFinite { return outcome(.stalled) }
      if iteration == limit { return outcome(.iterationLimit) }
      if let preconditioner { preconditioner(r, z) } else { z.update(from: r, count: n) }
      let next = VectorKernels.dot(n, r, z)
      if !(next > 0) { return outcome(.indefinite) }
      let beta = iteration == 0 ? 0 : next / rho
      rho = next
      for i in 0..<n { d[i] = z[i] + beta * d[i] }
      matrix(d, q)
      let curvature = VectorKernels.dot(n, d, q)
      if !(curvature > 0) { return outcome(.indefinite) }
      let alpha = rho / curvature
      VectorKernels.add(n, alpha, d, to: x)
      VectorKernels.add(n, -alpha, q, to: r)
      residual = VectorKernels.norm(n, r)
      iteration += 1
    }
  }
}
