import LinearAlgebra

/// Newton's method for an augmented Lagrangian with bounds: each step is the minimizer of a model with two-sided
/// linearized rows, found by factorizations of the augmented system, and followed by a search along it.
///
/// The Hessian is taken with multipliers of the model's last minimizer, as in a method of sequential quadratic
/// programming; far from the rows those of first order would be as large as the penalties.
///
/// Source: Gill, Robinson, "A globally convergent stabilized SQP method", 2013.
final class NewtonMethod: BoundConstrainedMethod {
  /// The part of the decrease to first order that a step must bring.
  static let armijo = 1e-4
  /// The radius of the first model, and how it follows the length of the steps.
  static let firstRadius = 10.0
  static let radiusIncrease = 4.0
  static let radiusAfterBacktracking = 2.0
  /// Evaluations along one direction at most.
  static let searchLimit = 40

  let subproblem: QuadraticSubproblem
  /// Multipliers of the Hessian.
  let dual: Vector
  /// The radius of the next model.
  private(set) var radius = NewtonMethod.firstRadius
  private let gradient: Vector
  private let estimate: Vector

  init(_ problem: ScaledProblem, denseOrder: Int) {
    subproblem = QuadraticSubproblem(problem, denseOrder: denseOrder)
    dual = Vector(count: problem.m)
    gradient = Vector(count: problem.n)
    estimate = Vector(count: problem.m)
  }

  func minimize(
    _ l: AugmentedLagrangianFunction, tolerance: Double, steps: inout Int, monitor: (Iterate) -> InnerVerdict
  ) -> InnerEnd {
    let problem = l.problem
    var idle = 0
    l.gradient(l.current, into: gradient)
    var size = l.projectedGradient(l.current, gradient)
    var value = l.value(l.current)
    while true {
      if size <= tolerance { return .converged }
      if steps <= 0 { return .stepLimit }
      steps -= 1
      var accepted = false
      for isEstimate in [false, true] {
        if isEstimate { l.multipliers(l.current, into: estimate) }
        problem.computeHessian(
          at: l.current.x.pointer, (isEstimate ? estimate : dual).pointer, into: subproblem.hessian.pointer)
        subproblem.radius = radius
        let isDescent = subproblem.solve(
          l.current, center: l.center, penalty: l.penalty, tolerance: min(1e-3 * size, 0.1 * tolerance),
          largestShift: .infinity)
        if isDescent && search(l, value) {
          accepted = true
          break
        }
        if problem.m == 0 { break }
      }
      if !accepted { return .stalled }
      l.accept()
      if let kept = subproblem.kept {
        // Rows that hold exactly add nothing to L; their multipliers are those of the model.
        for i in 0..<l.m where kept[i] { l.center[i] = subproblem.y[i] }
      }
      l.gradient(l.current, into: gradient)
      let next = l.value(l.current), nextSize = l.projectedGradient(l.current, gradient)
      idle = next < value || nextSize < 0.5 * size ? 0 : idle + 1
      value = next
      size = nextSize
      if idle > 2 { return .stalled }
      if monitor(l.current) == .stop { return .stopped }
    }
  }

  /// Backtracks along the subproblem's step by quadratic interpolation until L falls enough.
  /// - Returns: whether the trial point, derivatives included, is such a point.
  private func search(_ l: AugmentedLagrangianFunction, _ value: Double) -> Bool {
    let slope = subproblem.slope
    let rounding = 1e-15 * max(abs(value), abs(l.current.f))
    var alpha = 1.0
    for _ in 0..<Self.searchLimit {
      let next = l.move(subproblem.d, alpha)
      if next <= value + Self.armijo * alpha * slope + rounding && l.trial.differentiate(l.problem) {
        for i in 0..<l.m { dual[i] += alpha * (subproblem.y[i] - dual[i]) }
        adapt(l, alpha)
        return true
      }
      if next.isFinite {
        let best = -slope * alpha * alpha / (2 * (next - value - slope * alpha))
        alpha = min(max(best, 0.1 * alpha), 0.5 * alpha)
      } else {
        alpha *= 0.25
      }
      if !(alpha > 1e-16) { return false }
    }
    return false
  }

  /// Steps that had to be cut make the next model's radius shorter, whole ones that it cut make it longer.
  private func adapt(_ l: AugmentedLagrangianFunction, _ alpha: Double) {
    var length = 0.0
    for j in 0..<l.n { length = max(length, abs(subproblem.d[j]) / max(1, abs(l.current.x[j]))) }
    if alpha < 1 {
      radius = Self.radiusAfterBacktracking * alpha * length
    } else if length >= 0.9 * radius {
      radius *= Self.radiusIncrease
    } else {
      radius = max(radius, Self.radiusAfterBacktracking * length)
    }
  }
}
