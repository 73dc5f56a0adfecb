import LinearAlgebra

/// Newton systems by minimal residuals without any factor, preconditioned with the norms of the rows.
final class MinimalResidualSolver: NewtonSystemSolver {
  struct Options {
    /// Iterations for each row of K. Default 4.
    var iterationsPerRow = 4
    /// How often the iteration starts again for a true residual that is not yet small enough, since the method itself stops
    /// in another norm. Default 4.
    var restarts = 4
  }

  private let options: Options
  private let method: MINRES
  private let residual: Vector
  private let correction: Vector
  private let diagonal: Vector
  private(set) var work = NewtonWork()

  init(_ matrix: NewtonMatrix, options: Options = Options()) {
    self.options = options
    method = MINRES(order: matrix.order)
    residual = Vector(count: matrix.order)
    correction = Vector(count: matrix.order)
    diagonal = Vector(count: matrix.order)
  }

  func prepare(_ matrix: NewtonMatrix) -> KernelCurvature {
    diagonal.fill(0)
    for j in 0..<matrix.order {
      for k in matrix.starts[j]..<matrix.starts[j + 1] {
        let i = Int(matrix.rowIndices[k]), v = matrix.values.pointer[k]
        diagonal.pointer[i] += v * v
        if i != j { diagonal.pointer[j] += v * v }
      }
    }
    for i in 0..<matrix.order {
      let square = diagonal.pointer[i]
      diagonal.pointer[i] = square > 0 ? 1 / square.squareRoot() : 1
    }
    work.flops += 2 * Double(matrix.entryCount)
    return .unknown
  }

  func solve(
    _ matrix: NewtonMatrix, _ b: UnsafePointer<Double>, into d: UnsafeMutablePointer<Double>, tolerance: Double
  ) -> NewtonSolveOutcome {
    let n = matrix.order
    work.solves += 1
    d.update(repeating: 0, count: n)
    residual.pointer.update(from: b, count: n)
    var best = 1.0
    for _ in 0...options.restarts {
      method.options.relativeTolerance = max(1e-14, 0.5 * tolerance / best)
      method.options.iterationLimit = max(100, options.iterationsPerRow * n)
      let outcome = iterate(matrix)
      // The correction counts only where it makes the true residual smaller.
      for i in 0..<n { d[i] += correction[i] }
      let now = matrix.relativeResidual(b, d, work: residual)
      if !(now < best) {
        for i in 0..<n { d[i] -= correction[i] }
        break
      }
      best = now
      if best <= tolerance || outcome.status == .iterationLimit { break }
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
        for i in 0..<n { z[i] = diagonal[i] * r[i] }
      }, residual.pointer, correction.pointer)
    work.krylovIterations += outcome.iterations
    // A product, and the vector operations: four inner products or sums, a three-term update, the preconditioner.
    work.flops += Double(outcome.iterations) * (2 * Double(matrix.entryCount) + 19 * Double(n))
    work.flops += 2 * Double(matrix.entryCount)
    return outcome
  }
}
