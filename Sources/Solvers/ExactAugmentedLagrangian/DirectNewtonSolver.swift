import LinearAlgebra

/// Newton systems by a sparse factor and iterative refinement, whatever accuracy is asked for.
final class DirectNewtonSolver: NewtonSystemSolver {
  private let factor: NewtonFactor
  private let refined: RefinedSolve
  private let residual: Vector
  private var extra = NewtonWork()

  init(_ problem: EqualityProblem, _ matrix: NewtonMatrix) {
    factor = NewtonFactor(problem, matrix)
    refined = RefinedSolve(order: matrix.order)
    residual = Vector(count: matrix.order)
  }

  var work: NewtonWork {
    var total = extra
    total.flops += factor.flops
    total.factorizations += factor.count
    return total
  }

  func prepare(_ matrix: NewtonMatrix) -> KernelCurvature { factor.factor() ? .positive : .notPositive }

  func solve(
    _ matrix: NewtonMatrix, _ b: UnsafePointer<Double>, into d: UnsafeMutablePointer<Double>, tolerance: Double
  ) -> NewtonSolveOutcome {
    let outcome = refined(b, d, apply: { matrix.multiply($0, into: $1) }, solve: { factor.solve($0) })
    extra.solves += 1
    extra.flops += 2 * Double(outcome.steps + 1) * Double(matrix.entryCount)
    return NewtonSolveOutcome(residual: matrix.relativeResidual(b, d, work: residual))
  }
}

extension NewtonMatrix {
  /// ‖b - K d‖ / ‖b‖, 0 for b = 0; leaves the residual in `work`.
  func relativeResidual(_ b: UnsafePointer<Double>, _ d: UnsafePointer<Double>, work: Vector) -> Double {
    multiply(d, into: work.pointer)
    for i in 0..<order { work.pointer[i] = b[i] - work.pointer[i] }
    let size = VectorKernels.norm(order, b)
    return size == 0 ? 0 : VectorKernels.norm(order, work.pointer) / size
  }
}
