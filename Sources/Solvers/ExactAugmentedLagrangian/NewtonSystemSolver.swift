import LinearAlgebra

/// Solves the linear systems of Newton steps, exactly or to the accuracy that is asked for.
protocol NewtonSystemSolver: AnyObject {
  /// Takes a new matrix.
  func prepare(_ matrix: NewtonMatrix) -> KernelCurvature
  /// `d ≈ K⁻¹ b` for the matrix last prepared, with `‖b - K d‖ <= tolerance · ‖b‖` if possible.
  func solve(
    _ matrix: NewtonMatrix, _ b: UnsafePointer<Double>, into d: UnsafeMutablePointer<Double>, tolerance: Double
  ) -> NewtonSolveOutcome
  var work: NewtonWork { get }
}

/// What is known of B on the null space of G.
enum KernelCurvature {
  /// Positive definite.
  case positive
  /// Not.
  case notPositive
  /// The directions will tell.
  case unknown
}

/// How a system was solved.
struct NewtonSolveOutcome {
  /// ‖b - K d‖ / ‖b‖, computed, not estimated.
  var residual: Double
}

/// What was spent on Newton systems.
///
/// The counting rule: an addition and a multiplication are one flop each. A product with a sparse matrix takes two flops an
/// entry, a factorization what the analysis of its pattern counts, a pair of triangular solves four flops an entry of the
/// factor, a dense Cholesky factorization of order b `b³/3`, and vector operations of the iterations two flops an entry and
/// operand pair. Evaluations of functions are not in it.
public struct NewtonWork: Sendable, Equatable {
  public var flops = 0.0
  public var solves = 0
  public var factorizations = 0
  /// Iterations of minimal residuals or GMRES.
  public var krylovIterations = 0
  /// Passes over all blocks of rows.
  public var sweeps = 0
  /// Systems that block projections left to an older factor.
  public var handovers = 0

  public init() {}

  static func + (a: Self, b: Self) -> Self {
    var sum = a
    sum.flops += b.flops
    sum.solves += b.solves
    sum.factorizations += b.factorizations
    sum.krylovIterations += b.krylovIterations
    sum.sweeps += b.sweeps
    sum.handovers += b.handovers
    return sum
  }
}
