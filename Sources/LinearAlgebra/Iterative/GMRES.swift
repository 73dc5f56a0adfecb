/// Solves `A x = b` for any square A by the generalized minimal residual method with restarts, with an optional
/// preconditioner on the right, so that the residual is that of the system itself. The preconditioner may be indefinite,
/// such as the factor of an earlier matrix.
///
/// Source: Saad, Schultz, "GMRES: a generalized minimal residual algorithm for solving nonsymmetric linear systems", 1986.
public final class GMRES {
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
  /// Iterations between restarts.
  public let restart: Int
  public var options: Options
  /// The basis, what the preconditioner makes of it, and two vectors more.
  private let storage: VectorStorage
  /// The triangular factor of the Hessenberg matrix by columns of length `restart + 1`.
  private let triangle: UnsafeMutablePointer<Double>
  /// Cosines, sines, the rotated right-hand side, and the coefficients.
  private let rotations: VectorStorage

  /// - Parameter restart: the memory is `2 · restart` vectors. Default 30.
  public init(order: Int, restart: Int = 30, options: Options = Options()) {
    self.order = order
    self.restart = max(1, min(restart, order))
    self.options = options
    storage = VectorStorage(count: 2 * self.restart + 2, length: order)
    triangle = .allocate(capacity: self.restart * (self.restart + 1))
    rotations = VectorStorage(count: 4, length: self.restart + 1)
  }

  deinit { triangle.deallocate() }

  /// - Parameters:
  ///   - preconditioner: an approximation of the inverse of A; nil for none.
  ///   - x: the first guess, replaced by the solution.
  /// - Returns: the residual's norm is computed anew at each restart and an estimate in between.
  /// - Complexity: a product, an application of the preconditioner and O(restart · order) an iteration; no allocation.
  public func solve(
    _ matrix: LinearOperator, preconditioner: LinearOperator? = nil, _ b: UnsafePointer<Double>,
    _ x: UnsafeMutablePointer<Double>
  ) -> IterativeOutcome {
    let n = order
    let tolerance = max(options.relativeTolerance * VectorKernels.norm(n, b), options.absoluteTolerance)
    let limit = options.iterationLimit ?? max(100, 10 * n)
    let r = storage[2 * restart + 1]
    let (cosines, sines, rotated) = (rotations[0], rotations[1], rotations[2])
    var iteration = 0
    var before = Double.infinity
    while true {
      matrix(x, r)
      for i in 0..<n { r[i] = b[i] - r[i] }
      let size = VectorKernels.norm(n, r)
      func outcome(_ status: IterativeOutcome.Status) -> IterativeOutcome {
        IterativeOutcome(status: status, iterations: iteration, residualNorm: size)
      }
      if size <= tolerance { return outcome(.converged) }
      // A whole cycle without gain, or numbers that are not finite.
      if !(size < 0.999 * before) { return outcome(.stalled) }
      if iteration >= limit { return outcome(.iterationLimit) }
      before = size
      rotated.update(repeating: 0, count: restart + 1)
      rotated[0] = size
      let v = storage[0]
      for i in 0..<n { v[i] = r[i] / size }
      var used = 0
      while used < restart && iteration < limit {
        let k = used
        let w = storage[k + 1], z = storage[restart + 1 + k]
        let h = triangle + k * (restart + 1)
        if let preconditioner { preconditioner(storage[k], z) } else { z.update(from: storage[k], count: n) }
        matrix(z, w)
        for i in 0...k {
          h[i] = VectorKernels.dot(n, storage[i], w)
          VectorKernels.add(n, -h[i], storage[i], to: w)
        }
        let norm = VectorKernels.norm(n, w)
        if !norm.isFinite { break }
        if norm > 0 { for i in 0..<n { w[i] /= norm } }
        for i in 0..<k {
          let t = cosines[i] * h[i] + sines[i] * h[i + 1]
          h[i + 1] = -sines[i] * h[i] + cosines[i] * h[i + 1]
          h[i] = t
        }
        let radius = (h[k] * h[k] + norm * norm).squareRoot()
        if radius == 0 { break }
        cosines[k] = h[k] / radius
        sines[k] = norm / radius
        h[k] = radius
        rotated[k + 1] = -sines[k] * rotated[k]
        rotated[k] *= cosines[k]
        used += 1
        iteration += 1
        if abs(rotated[k + 1]) <= tolerance || norm == 0 { break }
      }
      if used == 0 { return outcome(.stalled) }
      update(x, used)
    }
  }

  /// `x += Z y` with the minimizer y of the projected residual.
  private func update(_ x: UnsafeMutablePointer<Double>, _ used: Int) {
    let y = rotations[3], rotated = rotations[2]
    for i in (0..<used).reversed() {
      var sum = rotated[i]
      for j in i + 1..<max(used, i + 1) { sum -= triangle[j * (restart + 1) + i] * y[j] }
      y[i] = sum / triangle[i * (restart + 1) + i]
    }
    for i in 0..<used { VectorKernels.add(order, y[i], storage[restart + 1 + i], to: x) }
  }
}
