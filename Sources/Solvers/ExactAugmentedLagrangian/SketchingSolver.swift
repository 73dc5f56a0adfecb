import LinearAlgebra

/// Newton systems by randomized block projections. A system that they don't solve within their limit is handed over to
/// GMRES with an older factor; after a few of these in a row, so are all that follow.
final class SketchingSolver: NewtonSystemSolver {
  /// Systems handed over in a row after which block projections are left out.
  private let patience: Int
  private let projections: BlockProjections
  private let fallback: RecycledFactorSolver
  private let residual: Vector
  private var failures = 0
  private var isFallbackPrepared = false
  private var extra = NewtonWork()

  /// - Parameter patience: default 2.
  init(
    _ problem: EqualityProblem, _ matrix: NewtonMatrix, options: BlockProjections.Options, seed: UInt64,
    patience: Int = 2
  ) {
    self.patience = patience
    projections = BlockProjections(matrix, options: options, seed: seed)
    fallback = RecycledFactorSolver(problem, matrix)
    residual = Vector(count: matrix.order)
  }

  var work: NewtonWork {
    var total = extra + fallback.work
    total.flops += projections.flops
    total.sweeps += projections.sweeps
    total.solves -= extra.handovers
    return total
  }

  private var isSketching: Bool { failures < patience }

  func prepare(_ matrix: NewtonMatrix) -> KernelCurvature {
    isFallbackPrepared = false
    if isSketching {
      projections.prepare(matrix)
      return .unknown
    }
    isFallbackPrepared = true
    return fallback.prepare(matrix)
  }

  func solve(
    _ matrix: NewtonMatrix, _ b: UnsafePointer<Double>, into d: UnsafeMutablePointer<Double>, tolerance: Double
  ) -> NewtonSolveOutcome {
    extra.solves += 1
    if isSketching {
      let reached = projections.solve(b, into: d, tolerance: tolerance) { d in
        extra.flops += 2 * Double(matrix.entryCount)
        return matrix.relativeResidual(b, d, work: residual)
      }
      if reached <= tolerance {
        failures = 0
        return NewtonSolveOutcome(residual: reached)
      }
      failures += 1
    }
    extra.handovers += 1
    if !isFallbackPrepared {
      _ = fallback.prepare(matrix)
      isFallbackPrepared = true
    }
    return fallback.solve(matrix, b, into: d, tolerance: tolerance)
  }
}
