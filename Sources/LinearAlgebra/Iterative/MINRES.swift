/// Solves `A x = b` for a symmetric A that need not be definite, by minimal residuals over Krylov spaces, with an optional
/// positive definite preconditioner.
///
/// Source: Paige, Saunders, "Solution of sparse indefinite systems of linear equations", 1975.
public final class MINRES {
  public struct Options: Sendable {
    /// Stops at `‖b - A x‖ <= max(relativeTolerance · ‖b‖, absoluteTolerance)`. Norms are Euclidean; with a
    /// preconditioner M they are `√(rᵀ M r)`. Default 1e-10.
    public var relativeTolerance = 1e-10
    /// Default 0.
    public var absoluteTolerance = 0.0
    /// Stops with `leastSquares` where `‖A r‖ <= leastSquaresTolerance · ‖A‖ ‖r‖`, with an estimate of ‖A‖: b is not in
    /// the range of a singular A. Default 1e-12.
    public var leastSquaresTolerance = 1e-12
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
    storage = VectorStorage(count: 7, length: order)
  }

  /// - Parameters:
  ///   - matrix: A.
  ///   - preconditioner: an approximation of the inverse of A, symmetric positive definite; nil for none.
  ///   - b: the right-hand side.
  ///   - x: the first guess, replaced by the solution.
  /// - Returns: the residual's norm is that of the stopping rule.
  /// - Complexity: a product, an application of the preconditioner and O(order) an iteration; no allocation.
  public func solve(
    _ matrix: LinearOperator, preconditioner: LinearOperator? = nil, _ b: UnsafePointer<Double>,
    _ x: UnsafeMutablePointer<Double>
  ) -> IterativeOutcome {
    let n = order
    var previous = storage[0], r = storage[1], z = storage[2]
    let v = storage[3]
    var w = storage[4], w1 = storage[5], w2 = storage[6]
    // The size of b in the norm of the preconditioner, then that of the residual.
    r.update(from: b, count: n)
    if let preconditioner { preconditioner(r, z) } else { z.update(from: r, count: n) }
    let sizeSquare = VectorKernels.dot(n, r, z)
    let tolerance = max(options.relativeTolerance * sizeSquare.squareRoot(), options.absoluteTolerance)
    let limit = options.iterationLimit ?? max(100, 10 * n)
    matrix(x, v)
    for i in 0..<n { r[i] = b[i] - v[i] }
    if let preconditioner { preconditioner(r, z) } else { z.update(from: r, count: n) }
    let square = VectorKernels.dot(n, r, z)
    var beta = square.squareRoot(), betaBefore = 1.0
    var residual = beta
    w.update(repeating: 0, count: n)
    w1.update(repeating: 0, count: n)
    // The last plane rotation, what it left for the next columns of the triangular factor, and of the right-hand side.
    var cosine = -1.0, sine = 0.0, deltaBar = 0.0, epsilon = 0.0, phiBar = beta
    // An estimate of ‖A‖² from the entries of the tridiagonal matrix.
    var normSquare = 0.0
    var iteration = 0
    func outcome(_ status: IterativeOutcome.Status) -> IterativeOutcome {
      IterativeOutcome(status: status, iterations: iteration, residualNorm: residual)
    }
    if square < 0 || sizeSquare < 0 { return outcome(.indefinite) }
    while true {
      if residual <= tolerance { return outcome(.converged) }
      if !residual.isFinite { return outcome(.stalled) }
      if iteration == limit { return outcome(.iterationLimit) }
      // Lanczos: the next vector of the orthonormal basis and its coefficients.
      for i in 0..<n { v[i] = z[i] / beta }
      matrix(v, z)
      if iteration > 0 { VectorKernels.add(n, -beta / betaBefore, previous, to: z) }
      let alpha = VectorKernels.dot(n, v, z)
      VectorKernels.add(n, -alpha / beta, r, to: z)
      (previous, r, z) = (r, z, previous)
      if let preconditioner { preconditioner(r, z) } else { z.update(from: r, count: n) }
      let nextSquare = VectorKernels.dot(n, r, z)
      if nextSquare < 0 { return outcome(.indefinite) }
      betaBefore = beta
      beta = nextSquare.squareRoot()
      normSquare += alpha * alpha + beta * beta

      // The last rotation on the new column, and the next one.
      let epsilonBefore = epsilon
      let delta = cosine * deltaBar + sine * alpha
      let gammaBar = sine * deltaBar - cosine * alpha
      epsilon = sine * beta
      deltaBar = -cosine * beta
      let norm = normSquare.squareRoot()
      // ‖A r‖ over ‖r‖, before this step.
      let steepness = (gammaBar * gammaBar + deltaBar * deltaBar).squareRoot()
      if steepness <= options.leastSquaresTolerance * norm { return outcome(.leastSquares) }
      let gamma = max((gammaBar * gammaBar + beta * beta).squareRoot(), Double.ulpOfOne * norm)
      cosine = gammaBar / gamma
      sine = beta / gamma
      let step = cosine * phiBar
      phiBar *= sine
      (w, w1, w2) = (w2, w, w1)
      for i in 0..<n { w[i] = (v[i] - epsilonBefore * w2[i] - delta * w1[i]) / gamma }
      VectorKernels.add(n, step, w, to: x)
      residual = abs(phiBar)
      iteration += 1
    }
  }
}
