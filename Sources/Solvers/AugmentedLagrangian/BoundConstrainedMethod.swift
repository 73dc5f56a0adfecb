import LinearAlgebra

/// A method that minimizes an augmented Lagrangian within the bounds.
protocol BoundConstrainedMethod: AnyObject {
  /// Minimizes from `l.current`, where first derivatives are known and remain known at the end.
  ///
  /// - Parameters:
  ///   - tolerance: for the largest entry of the projected gradient.
  ///   - steps: steps left, counted down.
  ///   - monitor: asked after every step.
  func minimize(
    _ l: AugmentedLagrangianFunction, tolerance: Double, steps: inout Int, monitor: (Iterate) -> InnerVerdict
  ) -> InnerEnd
}

/// How a minimization within bounds ended.
enum InnerEnd {
  case converged
  /// No step makes the function fall in floating-point arithmetic.
  case stalled
  case stepLimit
  /// The monitor asked for it.
  case stopped
}

/// What the outer method says to a step.
enum InnerVerdict { case goOn, stop }
