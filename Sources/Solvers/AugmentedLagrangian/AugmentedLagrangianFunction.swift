import LinearAlgebra

/// The augmented Lagrangian of Powell, Hestenes and Rockafellar for two-sided rows,
///
///     L(x) = f(x) + Σ ½ ρᵢ dist(cᵢ(x) + ȳᵢ/ρᵢ, [lᵢ, uᵢ])²,
///
/// to be minimized within the bounds, and the point that a minimization has reached.
///
/// Source: Rockafellar, "The multiplier method of Hestenes and Powell applied to convex programming", 1973; Birgin,
/// Martínez, "Practical augmented Lagrangian methods for constrained optimization", 2014, chapter 4.
final class AugmentedLagrangianFunction {
  let problem: ScaledProblem
  let n: Int
  let m: Int
  /// ȳ and ρ.
  let center: Vector
  let penalty: Vector
  private(set) var current: Iterate
  private(set) var trial: Iterate
  private let sum: Vector

  init(_ problem: ScaledProblem) {
    self.problem = problem
    n = problem.n
    m = problem.m
    center = Vector(count: m)
    penalty = Vector(count: m, repeating: 1)
    current = Iterate(problem)
    trial = Iterate(problem)
    sum = Vector(count: m)
  }

  /// Makes the trial point the current one.
  func accept() { swap(&current, &trial) }

  /// L at a point whose functions are known; infinite where they are not finite.
  /// - Complexity: O(m).
  func value(_ at: Iterate) -> Double {
    if !at.f.isFinite { return .infinity }
    var penalties = 0.0
    for i in 0..<m {
      let t = at.c[i] + center[i] / penalty[i]
      let outside = t < problem.rowLower[i] ? t - problem.rowLower[i] : max(0, t - problem.rowUpper[i])
      penalties += penalty[i] * outside * outside
    }
    let value = at.f + 0.5 * penalties
    return value.isNaN ? .infinity : value
  }

  /// First-order multipliers `y = ρ (t - P(t))`, `t = c + ȳ/ρ`.
  func multipliers(_ at: Iterate, into y: Vector) {
    for i in 0..<m {
      let t = at.c[i] + center[i] / penalty[i]
      let l = problem.rowLower[i], u = problem.rowUpper[i]
      // ρ (c - l) + ȳ rather than ρ t, which loses digits where ρ is large.
      y[i] = t < l ? penalty[i] * (at.c[i] - l) + center[i] : (t > u ? penalty[i] * (at.c[i] - u) + center[i] : 0)
    }
  }

  /// `∇L = ∇f + Jᵀ y` at a point whose first derivatives are known.
  func gradient(_ at: Iterate, into result: Vector) {
    multipliers(at, into: sum)
    result.copy(from: at.gradient)
    if m == 0 { return }
    if problem.hasJacobian {
      problem.jacobian.addTransposeProduct(at.jacobian.pointer, sum.pointer, to: result.pointer)
    } else {
      problem.addJacobianTransposeProduct(at: at.x.pointer, sum.pointer, to: result.pointer)
    }
  }

  /// The largest entry of `P(x - g) - x`.
  func projectedGradient(_ at: Iterate, _ g: Vector) -> Double {
    var largest = 0.0
    for j in 0..<n {
      let x = at.x[j]
      let moved = abs(min(max(x - g[j], problem.lower[j]), problem.upper[j]) - x)
      if !(moved <= largest) { largest = moved }
    }
    return largest.isNaN ? .infinity : largest
  }

  /// The largest violation of a row.
  func violation(_ at: Iterate) -> Double {
    var largest = 0.0
    for i in 0..<m {
      largest = max(largest, max(problem.rowLower[i] - at.c[i], at.c[i] - problem.rowUpper[i]))
    }
    return largest
  }

  /// `|cᵢ - P(cᵢ + ȳᵢ/ρᵢ)|`: violation and, for rows whose multiplier goes, distance from being active.
  func progress(_ at: Iterate, _ i: Int) -> Double {
    let t = at.c[i] + center[i] / penalty[i]
    return abs(at.c[i] - min(max(t, problem.rowLower[i]), problem.rowUpper[i]))
  }

  /// `trial.x = current.x + alpha d`, within the bounds, with the functions there.
  /// - Returns: L at the trial point.
  func move(_ d: Vector, _ alpha: Double) -> Double {
    for j in 0..<n {
      trial.x[j] = min(max(current.x[j] + alpha * d[j], problem.lower[j]), problem.upper[j])
    }
    return trial.evaluate(problem) ? value(trial) : .infinity
  }
}
