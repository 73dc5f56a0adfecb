import LinearAlgebra

/// Newton systems by GMRES, preconditioned with the factor of an earlier Newton matrix. The factor is made anew when the
/// iterations that it takes cost more than a factorization.
final class RecycledFactorSolver: NewtonSystemSolver {
  struct Options {
    /// Iterations before a factor is made anew, however dear that is. Default 30, which is also the restart of GMRES.
    var mostIterations = 30
    /// Iterations before a factor is made anew, however cheap that is. Default 3.
    var leastIterations = 3
    /// Iterations with the factor of the matrix itself. Default 60.
    var currentIterations = 60
  }

  private let options: Options
  private let factor: NewtonFactor
  private let method: GMRES
  private let residual: Vector
  private var hasFactor = false
  private var isCurrent = false
  /// Whether the factor is of a matrix with the Hessian in it.
  private var isOfHessian = false
  private var extra = NewtonWork()

  init(_ problem: EqualityProblem, _ matrix: NewtonMatrix, options: Options = Options()) {
    self.options = options
    factor = NewtonFactor(problem, matrix)
    method = GMRES(order: matrix.order, restart: options.mostIterations)
    residual = Vector(count: matrix.order)
  }

  var work: NewtonWork {
    var total = extra
    total.flops += factor.flops
    total.factorizations += factor.count
    return total
  }

  func prepare(_ matrix: NewtonMatrix) -> KernelCurvature {
    isCurrent = false
    return hasFactor && isOfHessian == matrix.hasHessian ? .unknown : renew(matrix)
  }

  private func renew(_ matrix: NewtonMatrix) -> KernelCurvature {
    isCurrent = true
    isOfHessian = matrix.hasHessian
    hasFactor = factor.factor()
    return hasFactor ? .positive : .notPositive
  }

  func solve(
    _ matrix: NewtonMatrix, _ b: UnsafePointer<Double>, into d: UnsafeMutablePointer<Double>, tolerance: Double
  ) -> NewtonSolveOutcome {
    extra.solves += 1
    d.update(repeating: 0, count: matrix.order)
    method.options.relativeTolerance = tolerance
    if !isCurrent {
      let iteration = factor.solveFlops + 2 * Double(matrix.entryCount)
      let worth = Int(min(factor.factorFlops / max(1, iteration), 1e6))
      let outcome = iterate(matrix, b, d, limit: min(options.mostIterations, max(options.leastIterations, worth)))
      if outcome.status != .converged { _ = renew(matrix) }
    }
    if isCurrent { _ = iterate(matrix, b, d, limit: options.currentIterations) }
    extra.flops += 2 * Double(matrix.entryCount)
    return NewtonSolveOutcome(residual: matrix.relativeResidual(b, d, work: residual))
  }

  private func iterate(
    _ matrix: NewtonMatrix, _ b: UnsafePointer<Double>, _ d: UnsafeMutablePointer<Double>, limit: Int
  ) -> IterativeOutcome {
    let n = matrix.order
    method.options.iterationLimit = limit
    let outcome = method.solve(
      { matrix.multiply($0, into: $1) },
      preconditioner: { r, z in
        z.update(from: r, count: n)
        self.factor.solve(z)
      }, b, d)
    extra.krylovIterations += outcome.iterations
    // A product an iteration and one a cycle, and orthogonalization against half a cycle on average.
    let vectors = min(outcome.iterations, method.restart) + 2
    extra.flops += Double(outcome.iterations + 1) * (2 * Double(matrix.entryCount) + 2 * Double(vectors * n))
    return outcome
  }
}
