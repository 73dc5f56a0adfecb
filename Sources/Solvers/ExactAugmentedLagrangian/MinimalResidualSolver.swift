import LinearAlgebra

/// Newton systems by minimal residuals, preconditioned with the factor of an earlier Newton matrix, made anew when it has
/// become too old to help, or with the diagonal of `K²` alone.
final class MinimalResidualSolver: NewtonSystemSolver {
  struct Options {
    /// Whether an older factor is the preconditioner. Default true.
    var usesFactor = true
    /// A factor that needs more iterations than this is made anew. Default 40.
    var factorAge = 40
    /// Iterations without a factor for each row of K. Default 4.
    var iterationsPerRow = 4
    /// How often the tolerance is made ten times smaller, since the method stops in another norm. Default 4.
    var tightenings = 4
  }

  private let options: Options
  private let factor: NewtonFactor?
  private let method: MINRES
  private let residual: Vector
  private let correction: Vector
  private let diagonal: Vector
  private var hasFactor = false
  private var isFactorCurrent = false
  private var extra = NewtonWork()

  init(_ problem: EqualityProblem, _ matrix: NewtonMatrix, options: Options = Options()) {
    self.options = options
    factor = options.usesFactor ? NewtonFactor(problem, matrix) : nil
    method = MINRES(order: matrix.order)
    residual = Vector(count: matrix.order)
    correction = Vector(count: matrix.order)
    diagonal = Vector(count: matrix.order)
  }

  var work: NewtonWork {
    var total = extra
    total.flops += factor?.flops ?? 0
    total.factorizations += factor?.count ?? 0
    return total
  }

  func prepare(_ matrix: NewtonMatrix) -> Curvature {
    isFactorCurrent = false
    guard factor != nil else {
      prepareDiagonal(matrix)
      return .unknown
    }
    return hasFactor ? .unknown : renew()
  }

  private func renew() -> Curvature {
    hasFactor = true
    isFactorCurrent = true
    let isPositive = factor?.factor() ?? false
    // A factor of the wrong inertia is good for the next shift only as long as there is no better one.
    if !isPositive { hasFactor = false }
    return isPositive ? .positive : .notPositive
  }

  /// The inverse of the row norms of K.
  private func prepareDiagonal(_ matrix: NewtonMatrix) {
    diagonal.fill(0)
    for j in 0..<matrix.order {
      for k in matrix.starts[j]..<matrix.starts[j + 1] {
        let i = Int(matrix.rowIndices[k]), v = matrix.values.pointer[k]
        diagonal[i] += v * v
        if i != j { diagonal[j] += v * v }
      }
    }
    for i in 0..<matrix.order { diagonal[i] = diagonal[i] > 0 ? 1 / diagonal[i].squareRoot() : 1 }
  }

  func solve(
    _ matrix: NewtonMatrix, _ b: UnsafePointer<Double>, into d: UnsafeMutablePointer<Double>, tolerance: Double
  ) -> NewtonSolveOutcome {
    extra.solves += 1
    let n = matrix.order
    d.update(repeating: 0, count: n)
    var best = 1.0
    var isWorthRenewing = factor != nil && !isFactorCurrent
    var relative = tolerance / 2
    var attempt = 0
    residual.pointer.update(from: b, count: n)
    while attempt <= options.tightenings {
      method.options.relativeTolerance = relative
      method.options.iterationLimit =
        isWorthRenewing ? options.factorAge : factor != nil ? 4 * options.factorAge : options.iterationsPerRow * n
      let outcome = iterate(matrix)
      // The correction counts only where it makes the true residual smaller.
      for i in 0..<n { d[i] += correction[i] }
      let now = matrix.relativeResidual(b, d, work: residual)
      extra.flops += 2 * Double(matrix.entryCount)
      if now < best {
        best = now
      } else {
        for i in 0..<n { d[i] -= correction[i] }
        _ = matrix.relativeResidual(b, d, work: residual)
      }
      if best <= tolerance { break }
      if outcome.status != .converged && isWorthRenewing {
        isWorthRenewing = false
        _ = renew()
        continue
      }
      relative = max(1e-14, 0.1 * tolerance / best)
      attempt += 1
    }
    return NewtonSolveOutcome(residual: best)
  }

  /// A correction for the present residual.
  private func iterate(_ matrix: NewtonMatrix) -> IterativeOutcome {
    let n = matrix.order
    let diagonal = self.diagonal.pointer
    correction.fill(0)
    let outcome = method.solve(
      { matrix.multiply($0, into: $1) },
      preconditioner: { r, z in
        if let factor = self.factor {
          z.update(from: r, count: n)
          factor.solve(z, isModulus: true)
        } else {
          for i in 0..<n { z[i] = diagonal[i] * r[i] }
        }
      }, residual.pointer, correction.pointer)
    extra.minresIterations += outcome.iterations
    // A product, and the vector operations of an iteration: four inner products or sums and a three-term update.
    extra.flops += Double(outcome.iterations) * (2 * Double(matrix.entryCount) + 18 * Double(n))
    return outcome
  }
}
