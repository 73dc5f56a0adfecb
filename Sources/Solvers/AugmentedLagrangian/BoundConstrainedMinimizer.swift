import LinearAlgebra

/// Minimizes a smooth function within bounds, for methods with an outer loop of their own: a limited-memory quasi-Newton
/// method on the variables that are not held at a bound, the step projected onto the bounds, and a line search.
///
/// It takes what a function knows of the size of its second derivatives as the matrix to start from, which is worth much
/// where penalties make some variables stiff. Its own work is a few passes over 2 · `memory` vectors a step. Memory stays
/// from one minimization to the next. Lives on one thread.
///
/// Sources: Bertsekas, "Projected Newton methods for optimization problems with simple constraints", 1982 (which variables
/// are held); Morales, Nocedal, "Remark on algorithm 778", 2011 (projection of the step, then a search along it).
public final class BoundConstrainedMinimizer {
  public struct Options: Sendable, Equatable {
    /// The largest entry of the projected gradient `P(x - g) - x` at the end. Default 1e-5.
    public var gradientTolerance = 1e-5
    /// Ends when a step lowers f by less than this, relative to `max(|f|, 1)`; 0 for never. Default 2.2e-9.
    public var relativeDecrease = 2.2e-9
    /// Steps at most. Default 15 000.
    public var iterationLimit = 15_000
    /// Corrections kept. Default 10.
    public var memory = 10

    public init() {}
  }

  public enum End: String, Sendable {
    case converged
    /// The last step lowered the function by less than ``Options/relativeDecrease``.
    case smallDecrease
    /// No step makes the function fall in floating-point arithmetic.
    case stalled
    case iterationLimit
    /// The context asked for it.
    case stopped
    /// The function or its gradient is not finite at the start.
    case undefinedStart
  }

  public struct Outcome: Sendable {
    public var end: End
    /// f at the point reached.
    public var value: Double
    public var iterations: Int
  }

  /// Evaluations of one line search at most.
  static let searchLimit = 30
  /// Values that differ by less than this, relative to their size, are told apart by derivatives.
  static let roundingError = 1e-12

  public var options: Options
  private let function: any SmoothFunction
  private let n: Int
  private let lower, upper: Vector
  private let corrections: MaskedCorrections
  private var x, trial, g, next: Vector
  private let direction, mask, curvature: Vector
  /// Calls of the function so far.
  public private(set) var evaluationCount = 0

  /// - Precondition: one lower and one upper bound a variable; infinite for none; no lower bound above the upper one.
  public init(_ function: any SmoothFunction, lower: [Double], upper: [Double], options: Options = Options()) {
    n = function.variableCount
    precondition(lower.count == n && upper.count == n && options.memory > 0)
    precondition(zip(lower, upper).allSatisfy { $0 <= $1 })
    self.function = function
    self.options = options
    self.lower = Vector(lower)
    self.upper = Vector(upper)
    corrections = MaskedCorrections(n, memory: options.memory)
    let padded = corrections.stride
    x = Vector(count: padded)
    trial = Vector(count: padded)
    g = Vector(count: padded)
    next = Vector(count: padded)
    direction = Vector(count: padded)
    mask = Vector(count: padded)
    curvature = Vector(count: padded, repeating: 1)
  }

  /// - Parameter start: moved into the bounds; becomes the point reached, where the function was evaluated last.
  public func minimize(_ start: UnsafeMutablePointer<Double>, context: SolveContext = SolveContext()) -> Outcome {
    corrections.forget()
    for k in 0..<n { x[k] = min(max(start[k], lower[k]), upper[k]) }
    var value = evaluate(x, g)
    var outcome = Outcome(end: .undefinedStart, value: value, iterations: 0)
    guard value.isFinite, Self.isFinite(n, g.pointer) else { return outcome }
    while true {
      if projectedGradient() <= options.gradientTolerance {
        outcome.end = .converged
        break
      }
      if outcome.iterations >= options.iterationLimit {
        outcome.end = .iterationLimit
        break
      }
      if context.shouldStop {
        outcome.end = .stopped
        break
      }
      outcome.iterations += 1
      function.curvature(into: curvature.pointer)
      var slope = findDirection()
      var found = slope < 0 ? search(value, slope) : nil
      if found == nil && corrections.count > 0 {
        corrections.forget()
        slope = findDirection()
        found = slope < 0 ? search(value, slope) : nil
      }
      guard let found else {
        outcome.end = .stalled
        break
      }
      corrections.add(from: x.pointer, to: trial.pointer, gradients: g.pointer, next.pointer)
      swap(&x, &trial)
      swap(&g, &next)
      let decrease = value - found
      value = found
      if options.relativeDecrease > 0 && decrease <= options.relativeDecrease * max(1, abs(value)) {
        outcome.end = projectedGradient() <= options.gradientTolerance ? .converged : .smallDecrease
        break
      }
    }
    outcome.value = value
    start.update(from: x.pointer, count: n)
    if outcome.end == .stalled { _ = evaluate(x, g) }
    return outcome
  }

  private func evaluate(_ at: Vector, _ gradient: Vector) -> Double {
    evaluationCount += 1
    let value = function.value(at: at.pointer, gradient: gradient.pointer)
    return value.isNaN ? .infinity : value
  }

  private static func isFinite(_ n: Int, _ v: UnsafePointer<Double>) -> Bool {
    var sum = 0.0
    for k in 0..<n { sum += v[k] * 0 }
    return sum == 0
  }

  private func projectedGradient() -> Double {
    let x = x.pointer, g = g.pointer, lower = lower.pointer, upper = upper.pointer
    var largest = 0.0
    for k in 0..<n {
      let moved = abs(min(max(x[k] - g[k], lower[k]), upper[k]) - x[k])
      largest = moved > largest ? moved : largest
    }
    return largest
  }

  /// The projected quasi-Newton step on the variables that no bound holds.
  /// - Returns: its slope.
  private func findDirection() -> Double {
    let x = x.pointer, g = g.pointer, lower = lower.pointer, upper = upper.pointer
    let d = direction.pointer, mask = mask.pointer
    for k in 0..<n {
      let isHeld = (x[k] <= lower[k] && g[k] >= 0) || (x[k] >= upper[k] && g[k] <= 0)
      mask[k] = isHeld ? 0 : 1
      d[k] = isHeld ? 0 : g[k]
    }
    corrections.multiply(d, mask: mask, curvature: curvature.pointer)
    if let slope = project(x, g, d, lower, upper) { return slope }
    // The projection made an ascent of it: each variable by itself.
    let c = curvature.pointer
    for k in 0..<n { d[k] = mask[k] * g[k] / c[k] }
    return project(x, g, d, lower, upper) ?? 0
  }

  /// Turns `-d` into a step that stays within the bounds.
  /// - Returns: its slope; nil if that is not negative.
  private func project(
    _ x: UnsafePointer<Double>, _ g: UnsafePointer<Double>, _ d: UnsafeMutablePointer<Double>,
    _ lower: UnsafePointer<Double>, _ upper: UnsafePointer<Double>
  ) -> Double? {
    var slope = 0.0
    for k in 0..<n {
      let step = min(max(-d[k], lower[k] - x[k]), upper[k] - x[k])
      d[k] = step
      slope += g[k] * step
    }
    return slope < 0 ? slope : nil
  }

  /// Searches along the step; at the end the trial point has its gradient in `next`.
  /// - Returns: the value there; nil if none is lower.
  private func search(_ value: Double, _ slope: Double) -> Double? {
    let d = direction.pointer
    var limit = Double.infinity
    for k in 0..<n where d[k] != 0 {
      let room = (d[k] > 0 ? upper[k] : lower[k]) - x[k]
      if room.isFinite { limit = min(limit, room / d[k]) }
    }
    limit = min(max(limit, 1), 1e10)
    var first = corrections.count > 0 ? 1.0 : min(1, 1 / VectorKernels.norm(n, d))
    var tries = 0
    let rounding = Self.roundingError * max(1, abs(value))
    func at(_ alpha: Double) -> (f: Double, g: Double)? {
      tries += 1
      let x = x.pointer, to = trial.pointer, lower = lower.pointer, upper = upper.pointer
      for k in 0..<n { to[k] = min(max(x[k] + alpha * d[k], lower[k]), upper[k]) }
      let f = evaluate(trial, next)
      if !f.isFinite { return nil }
      let derivative = VectorKernels.dot(n, next.pointer, d)
      if !derivative.isFinite { return nil }
      // The change by the trapezoidal rule where the difference is lost to rounding.
      let change = 0.5 * alpha * (slope + derivative)
      return (abs(f - value) <= rounding && abs(change) <= rounding ? value + change : f, derivative)
    }
    var found = at(first)
    while found == nil {
      if tries > Self.searchLimit { return nil }
      first *= 0.25
      limit = 2 * first
      found = at(first)
    }
    guard var point = found else { return nil }
    var search = LineSearch(value: value, derivative: slope, first: first, limit: limit)
    var alpha = first
    while true {
      switch search.tell(point.f, point.g) {
      case .done: return point.f
      case .end: return finish(search.best, alpha, point.f, value, at)
      case .next(let step):
        if tries > Self.searchLimit { return finish(search.best, alpha, point.f, value, at) }
        alpha = step
        point = at(step) ?? (value + abs(value) + 1e10 * abs(slope), -slope)
      }
    }
  }

  /// The best step of a search that found no good one.
  private func finish(
    _ best: Double, _ alpha: Double, _ f: Double, _ value: Double, _ at: (Double) -> (f: Double, g: Double)?
  ) -> Double? {
    if best <= 0 { return nil }
    let reached = best == alpha ? f : at(best)?.f
    guard let reached, reached < value else { return nil }
    return reached
  }
}
