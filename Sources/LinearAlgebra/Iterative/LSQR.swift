/// Minimizes `‖A x - b‖² + damping² ‖x‖²` for a rectangular A. Where there are many minimizers, the one of least norm.
///
/// Source: Paige, Saunders, "LSQR: An algorithm for sparse linear equations and sparse least squares", 1982.
public final class LSQR {
  public struct Options: Sendable {
    /// Relative accuracy of the data in A: stops with `leastSquares` where `‖Aᵀ r‖ <= matrixTolerance · ‖A‖ ‖r‖`.
    /// Default 1e-12.
    public var matrixTolerance = 1e-12
    /// Relative accuracy of b: stops with `converged` where
    /// `‖r‖ <= rightHandSideTolerance · ‖b‖ + matrixTolerance · ‖A‖ ‖x‖`. Default 1e-12.
    public var rightHandSideTolerance = 1e-12
    /// Stops with `stalled` where the estimated condition of A is above this. Default 1e14.
    public var conditionLimit = 1e14
    /// Default 0.
    public var damping = 0.0
    /// Default nil: four times the columns, at least 100.
    public var iterationLimit: Int?

    public init() {}
  }

  public let rowCount: Int
  public let columnCount: Int
  public var options: Options
  private let rowVectors: VectorStorage
  private let columnVectors: VectorStorage

  public init(rowCount: Int, columnCount: Int, options: Options = Options()) {
    self.rowCount = rowCount
    self.columnCount = columnCount
    self.options = options
    rowVectors = VectorStorage(count: 2, length: rowCount)
    columnVectors = VectorStorage(count: 3, length: columnCount)
  }

  /// - Parameters:
  ///   - matrix: `y ← A x`.
  ///   - transpose: `x ← Aᵀ y`.
  ///   - b: the right-hand side.
  ///   - x: receives the solution.
  /// - Returns: the residual's norm is that of `[b - A x; damping x]`.
  /// - Complexity: two products and O(rows + columns) an iteration; no allocation.
  public func solve(
    _ matrix: LinearOperator, transpose: LinearOperator, _ b: UnsafePointer<Double>, _ x: UnsafeMutablePointer<Double>
  ) -> IterativeOutcome {
    let m = rowCount, n = columnCount
    let u = rowVectors[0], product = rowVectors[1]
    let v = columnVectors[0], w = columnVectors[1], transposed = columnVectors[2]
    let limit = options.iterationLimit ?? max(100, 4 * n)
    let damping = options.damping
    x.update(repeating: 0, count: n)
    u.update(from: b, count: m)
    let size = VectorKernels.norm(m, u)
    var iteration = 0, residual = size
    func outcome(_ status: IterativeOutcome.Status) -> IterativeOutcome {
      IterativeOutcome(status: status, iterations: iteration, residualNorm: residual)
    }
    if size == 0 { return outcome(.converged) }
    VectorKernels.scale(m, 1 / size, u)
    transpose(u, v)
    var alpha = VectorKernels.norm(n, v)
    if alpha == 0 { return outcome(.leastSquares) }
    VectorKernels.scale(n, 1 / alpha, v)
    w.update(from: v, count: n)
    var phiBar = size, rhoBar = alpha
    // Estimates of ‖A‖² and of the squared norm of its inverse, and what damping leaves of the residual.
    var normSquare = alpha * alpha, inverseSquare = 0.0, dampedSquare = 0.0
    while iteration < limit {
      iteration += 1
      // Bidiagonalization: β u ← A v - α u, α v ← Aᵀ u - β v.
      matrix(v, product)
      for i in 0..<m { u[i] = product[i] - alpha * u[i] }
      let beta = VectorKernels.norm(m, u)
      if beta > 0 { VectorKernels.scale(m, 1 / beta, u) }
      transpose(u, transposed)
      for j in 0..<n { v[j] = transposed[j] - beta * v[j] }
      alpha = VectorKernels.norm(n, v)
      if alpha > 0 { VectorKernels.scale(n, 1 / alpha, v) }
      normSquare += alpha * alpha + beta * beta + damping * damping
      // A rotation for the damping and one for the subdiagonal.
      let rhoDamped = (rhoBar * rhoBar + damping * damping).squareRoot()
      let psi = damping / rhoDamped * phiBar
      phiBar *= rhoBar / rhoDamped
      dampedSquare += psi * psi
      let rho = (rhoDamped * rhoDamped + beta * beta).squareRoot()
      let cosine = rhoDamped / rho, sine = beta / rho
      let theta = sine * alpha
      rhoBar = -cosine * alpha
      let phi = cosine * phiBar
      phiBar *= sine
      inverseSquare += VectorKernels.dot(n, w, w) / (rho * rho)
      VectorKernels.add(n, phi / rho, w, to: x)
      for j in 0..<n { w[j] = v[j] - theta / rho * w[j] }

      residual = (phiBar * phiBar + dampedSquare).squareRoot()
      if !residual.isFinite { return outcome(.stalled) }
      let norm = normSquare.squareRoot()
      let small = options.rightHandSideTolerance * size + options.matrixTolerance * norm * VectorKernels.norm(n, x)
      if residual <= small { return outcome(.converged) }
      if alpha * abs(cosine * phiBar) <= options.matrixTolerance * norm * residual { return outcome(.leastSquares) }
      if norm * inverseSquare.squareRoot() > options.conditionLimit { return outcome(.stalled) }
    }
    return outcome(.iterationLimit)
  }
}
