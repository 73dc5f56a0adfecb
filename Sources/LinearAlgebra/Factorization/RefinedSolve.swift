/// Solves `K x = b` with a factor of a matrix near K, by iterative refinement against K itself: what regularization and
/// replaced pivots changed is undone, as far as the factor is a good enough approximation.
///
/// Source: Wilkinson, "Rounding errors in algebraic processes", 1963; the stopping rule is that of Domahidi, Chu, Boyd,
/// "ECOS: an SOCP solver for embedded systems", 2013.
public final class RefinedSolve {
  public struct Options: Sendable {
    /// Corrections at most. Default 10.
    public var stepLimit = 10
    /// The residual is small enough at `relativeTolerance · ‖b‖ + absoluteTolerance`, in the largest entry. Default 1e-13.
    public var relativeTolerance = 1e-13
    /// Default 1e-12.
    public var absoluteTolerance = 1e-12
    /// A correction that makes the residual smaller by less than this factor is the last. Default 5.
    public var leastImprovement = 5.0

    public init() {}
  }

  public struct Outcome: Sendable, Equatable {
    /// Corrections that were kept.
    public var steps: Int
    /// The largest entry of `b - K x`.
    public var residual: Double
    /// The largest entry of b.
    public var rightHandSide: Double
    /// Whether the residual is small enough by the tolerances.
    public var isAccurate: Bool
  }

  public let order: Int
  public var options: Options
  private let residual: UnsafeMutablePointer<Double>
  private let correction: UnsafeMutablePointer<Double>

  public init(order: Int, options: Options = Options()) {
    self.order = order
    self.options = options
    residual = .allocate(capacity: max(1, order))
    correction = .allocate(capacity: max(1, order))
  }

  deinit {
    residual.deallocate()
    correction.deallocate()
  }

  /// - Parameters:
  ///   - b: the right-hand side.
  ///   - x: receives the solution; not b's memory.
  ///   - apply: `y ← K x` for the first argument x and the second y; called once a step.
  ///   - solve: replaces a right-hand side by the approximate solution; called once a step.
  /// - Complexity: a product and a solve a step, and no allocation.
  public func callAsFunction(
    _ b: UnsafePointer<Double>, _ x: UnsafeMutablePointer<Double>,
    apply: (UnsafePointer<Double>, UnsafeMutablePointer<Double>) -> Void, solve: (UnsafeMutablePointer<Double>) -> Void
  ) -> Outcome {
    let size = largest(b)
    let tolerance = options.relativeTolerance * size + options.absoluteTolerance
    x.update(from: b, count: order)
    solve(x)
    var current = computeResidual(b, x, apply)
    var steps = 0
    while steps < options.stepLimit && !(current <= tolerance) {
      correction.update(from: residual, count: order)
      solve(correction)
      for i in 0..<order { x[i] += correction[i] }
      let next = computeResidual(b, x, apply)
      // Not a number, or worse than before: back.
      if !(next < current) {
        for i in 0..<order { x[i] -= correction[i] }
        break
      }
      steps += 1
      let isSlow = next * options.leastImprovement > current
      current = next
      if isSlow { break }
    }
    return Outcome(steps: steps, residual: current, rightHandSide: size, isAccurate: current <= tolerance)
  }

  /// With a factorization, and K as a lower triangle by columns.
  public func callAsFunction(
    _ b: UnsafePointer<Double>, _ x: UnsafeMutablePointer<Double>, lowerTriangle k: SparseMatrix,
    factorization: LDLFactorization
  ) -> Outcome {
    self(
      b, x,
      apply: { x, y in
        for i in 0..<order { y[i] = 0 }
        k.multiplySymmetricAdd(x, into: y)
      },
      solve: { factorization.solve($0) })
  }

  private func computeResidual(
    _ b: UnsafePointer<Double>, _ x: UnsafePointer<Double>,
    _ apply: (UnsafePointer<Double>, UnsafeMutablePointer<Double>) -> Void
  ) -> Double {
    apply(x, residual)
    for i in 0..<order { residual[i] = b[i] - residual[i] }
    return largest(residual)
  }

  /// The largest modulus; not a number if one entry is not.
  private func largest(_ v: UnsafePointer<Double>) -> Double {
    var result = 0.0
    for i in 0..<order {
      let t = abs(v[i])
      if !(t <= result) { result = t }
      if result.isNaN { break }
    }
    return result
  }
}
