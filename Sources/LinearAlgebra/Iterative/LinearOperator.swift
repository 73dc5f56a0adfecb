/// A matrix as what it does to a vector: `y ← A x` for the first argument x and the second y, which are different memory.
/// Iterative methods call it once or twice an iteration.
public typealias LinearOperator = (UnsafePointer<Double>, UnsafeMutablePointer<Double>) -> Void

/// How an iterative method ended.
public struct IterativeOutcome: Sendable, Equatable {
  public enum Status: Sendable, Equatable {
    /// The residual meets the tolerances.
    case converged
    /// The system has no solution to that accuracy, but the point is one of least squares.
    case leastSquares
    case iterationLimit
    /// A direction in which the matrix, or the preconditioner, is not positive definite where it must be.
    case indefinite
    /// Numbers that are not finite, or a condition beyond the limit: nothing more can be gained.
    case stalled
  }

  public var status: Status
  public var iterations: Int
  /// The norm of the residual `b - A x`, as the recurrences of the method have it.
  public var residualNorm: Double
}
