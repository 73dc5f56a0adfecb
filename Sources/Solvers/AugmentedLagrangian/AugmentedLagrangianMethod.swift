import Constraints
import LinearAlgebra

/// The augmented-Lagrangian method: minimizes the augmented Lagrangian within the bounds, moves multipliers and penalties,
/// and between minimizations tries Newton steps on the optimality conditions, which end the solve fast once they work.
///
/// Sources: Andreani, Birgin, Martínez, Schuverdt, "On augmented Lagrangian methods with general lower-level constraints",
/// 2007 (safeguarded multipliers, penalties); Birgin, Martínez, "Improving ultimate convergence of an augmented Lagrangian
/// method", 2008 (acceleration).
final class AugmentedLagrangianMethod {
  enum End {
    case converged, nearlyConverged, infeasible, unbounded, stepLimit, stopped, stalled
    /// The functions are not defined at any point that was tried.
    case undefinedStart
  }

  let options: AugmentedLagrangianOptions
  let problem: ScaledProblem
  let context: SolveContext
  let l: AugmentedLagrangianFunction
  let inner: any BoundConstrainedMethod
  /// The Newton method, where second derivatives exist as matrices; and whether it is the inner method.
  let newton: NewtonMethod?
  private let isNewton: Bool
  /// The best multipliers, and the residuals of the current point with them.
  let y: Vector
  var residuals = KKTResiduals()
  private(set) var steps = 0
  var stepsLeft: Int
  /// The point with the least violation beyond the tolerance, then the least objective.
  let best: Iterate
  private var bestViolation = Double.infinity
  private var random: SplitMix64
  private let estimate: Vector
  private let sum: Vector
  /// The largest derivative of each row at the points so far; 1 where the Jacobian is not known.
  private let rowSize: Vector
  private var objectiveFell = false
  private let sharpest: Iterate
  private let sharpestMultipliers: Vector
  private var sharpestSize = Double.infinity
  private var stationaryStart: Iterate?
  private var keptEquations: KeptEquations?
  private var isWarm = false
  private var wasStopped = false

  init(
    _ problem: ScaledProblem, _ inner: AugmentedLagrangianOptions.Inner, _ options: AugmentedLagrangianOptions,
    _ context: SolveContext
  ) {
    self.problem = problem
    self.options = options
    self.context = context
    l = AugmentedLagrangianFunction(problem)
    var newton: NewtonMethod?
    switch inner {
    case .newton, .auto:
      let method = NewtonMethod(problem, denseOrder: options.denseOrder)
      newton = method
      self.inner = method
    case .trustRegion: self.inner = TrustRegionMethod(problem)
    case .lbfgs: self.inner = ProjectedQuasiNewtonMethod(problem, memory: options.memory)
    }
    isNewton = newton != nil
    if newton == nil && options.acceleration && problem.hasHessian && problem.hasJacobian {
      newton = NewtonMethod(problem, denseOrder: options.denseOrder)
    }
    self.newton = newton
    stepsLeft = options.iterationLimit ?? (isNewton ? 3000 : inner == .trustRegion ? 10_000 : 100_000)
    innerLimit = options.innerLimit ?? (isNewton ? 100 : inner == .trustRegion ? 500 : 2000)
    sufficientDecrease = options.sufficientDecrease ?? (inner == .lbfgs ? 0.3 : 0.5)
    y = Vector(count: problem.m)
    best = Iterate(problem)
    sharpest = Iterate(problem)
    sharpestMultipliers = Vector(count: problem.m)
    estimate = Vector(count: problem.m)
    sum = Vector(count: problem.n)
    rowSize = Vector(count: problem.m)
    random = SplitMix64(seed: options.seed)
  }

  private let innerLimit: Int
  private let sufficientDecrease: Double
  var current: Iterate { l.current }

  // MARK: The outer loop

  /// - Parameters:
  ///   - x: the start, within the bounds.
  ///   - duals: multipliers to start from in the form's units, positive at upper sides; nil for none.
  ///   - penalties: penalties in the form's units; nil for a rule.
  func run(from x: Vector, duals: Vector?, penalties: Vector?) -> End {
    l.current.x.copy(from: x)
    guard DefinedStart.find(l, attempts: options.startAttempts, random: &random, context: context) else {
      return .undefinedStart
    }
    if options.scaling {
      problem.scale(at: current.x.pointer, threshold: options.scalingThreshold, least: options.leastScale)
      _ = current.evaluate(problem)
      guard current.differentiate(problem) else { return .undefinedStart }
    }
    if options.keepsLinearEquations, isNewton, let newton {
      let equations = KeptEquations(problem)
      if equations.count > 0 && equations.project(l, newton.subproblem) {
        keptEquations = equations
        newton.subproblem.kept = UnsafePointer(equations.mask)
      }
    }
    for i in 0..<problem.m { y[i] = (duals?[i] ?? 0) * problem.objectiveScale / problem.rowScale[i] }
    measureRows()
    isWarm = duals != nil || penalties != nil
    l.center.copy(from: y)
    newton?.dual.copy(from: y)
    l.penalty.fill(firstPenalty())
    if let penalties {
      for i in 0..<problem.m {
        let scaled = penalties[i] * problem.objectiveScale / (problem.rowScale[i] * problem.rowScale[i])
        l.penalty[i] = min(max(scaled, options.leastPenalty), largestPenalty(i))
      }
    }
    note(current)
    return iterate()
  }

  /// The least size of a row that raises the limit of its penalty.
  static let leastRowSize = 1e-8

  /// The limit of a row's penalty: rows with small derivatives need larger ones for the same curvature.
  private func largestPenalty(_ i: Int) -> Double {
    let size = min(1, max(Self.leastRowSize, rowSize[i]))
    return options.largestPenalty / (size * size)
  }

  /// Follows the largest derivatives of the rows, where they are known.
  private func measureRows() {
    for i in 0..<problem.m {
      rowSize[i] = problem.hasJacobian ? max(rowSize[i], problem.largestEntry(current.jacobian.pointer, row: i)) : 1
    }
  }

  private func firstPenalty() -> Double {
    if let penalty = options.penalty { return penalty }
    var squares = 0.0
    for i in 0..<problem.m {
      let outside = max(0, max(problem.rowLower[i] - current.c[i], current.c[i] - problem.rowUpper[i]))
      squares += outside * outside
    }
    let penalty = 10 * max(1, abs(current.f)) / max(1, 0.5 * squares)
    return min(max(penalty, options.leastPenalty), options.largestFirstPenalty)
  }

  private func iterate() -> End {
    l.gradient(current, into: sum)
    let firstSize = l.projectedGradient(current, sum)
    // The end of an earlier solve may be the end of this one.
    residuals = KKTResiduals(problem, current, y, sum: sum)
    var tolerance = max(options.optimalityTolerance, options.firstTolerance * min(1, firstSize))
    var progress = (0..<problem.m).map { l.progress(current, $0) }
    var largestProgress = Double.infinity
    var stagnation = 0, restorations = 0, escapes = 0, stalls = 0
    for outer in 0..<options.outerLimit {
      if let end = interruption() { return end }
      if options.acceleration, newton != nil { accelerate() }
      if isConverged() {
        if escapes < options.escapeLimit && escape() {
          escapes += 1
        } else if !perturb() {
          return finishConverged()
        }
      }
      let before = steps
      let start = Iterate(problem)
      start.copy(from: current)
      var left = min(innerLimit, stepsLeft)
      let budget = left
      let end = inner.minimize(l, tolerance: tolerance, steps: &left) { [unowned self] in monitor($0) }
      stepsLeft -= budget - left
      steps = before + budget - left
      if objectiveFell { return .unbounded }
      if let end = interruption() { return end }
      if end == .stopped {
        // The objective fell without end where rows are violated: they must count for more.
        for i in 0..<problem.m where l.progress(current, i) > options.feasibilityTolerance {
          let increase = options.penaltyIncrease * options.penaltyIncrease
          l.penalty[i] = min(largestPenalty(i), l.penalty[i] * increase)
        }
        current.copy(from: start)
        continue
      }
      l.multipliers(current, into: estimate)
      let candidate = KKTResiduals(problem, current, estimate, sum: sum)
      y.copy(from: estimate)
      residuals = candidate
      report()
      if isConverged() {
        if escapes < options.escapeLimit && escape() {
          escapes += 1
          continue
        }
        return finishConverged()
      }
      if problem.m == 0 && end == .stalled { return finishStalled() }
      // Multipliers and penalties.
      measureRows()
      let last = largestProgress
      largestProgress = 0
      var hasRaised = false
      for i in 0..<problem.m { largestProgress = max(largestProgress, l.progress(current, i)) }
      for i in 0..<problem.m {
        let now = l.progress(current, i)
        let isSlow = now > sufficientDecrease * progress[i] && now >= 0.1 * largestProgress
        if isSlow && now > options.feasibilityTolerance {
          hasRaised = hasRaised || l.penalty[i] < largestPenalty(i)
          l.penalty[i] = min(largestPenalty(i), l.penalty[i] * options.penaltyIncrease)
        }
        progress[i] = now
        l.center[i] = min(max(y[i], -options.largestMultiplier), options.largestMultiplier)
      }
      newton?.dual.copy(from: l.center)
      stagnation = largestProgress > 0.9 * last && residuals.violation > options.infeasibilityThreshold
        ? stagnation + 1 : 0
      if stagnation >= options.stagnationLimit || (end == .stalled && residuals.violation > 1 && stagnation > 1) {
        if restorations == 3 { return .infeasible }
        restorations += 1
        stagnation = 0
        if restore() { return .infeasible }
      }
      stalls = end == .stalled && isAcceptable() ? stalls + 1 : 0
      if stalls >= options.stallLimit { return finishStalled() }
      let isAtEnd = tolerance <= options.optimalityTolerance && largestProgress >= last && !hasRaised
      if outer > 2 && end == .stalled && isAtEnd {
        return finishStalled()
      }
      if residuals.violation <= 1e-1 || end == .converged {
        let least = 0.1 * options.optimalityTolerance * residuals.multiplierSize
        tolerance = max(least, options.toleranceDecrease * tolerance)
      }
    }
    return finishStalled() == .stalled ? .stepLimit : .nearlyConverged
  }

  /// The better one of the point reached and a stationary start that was left.
  private func finishConverged() -> End {
    if let kept = stationaryStart, !(current.f < kept.f - 1e-9 * max(1, abs(kept.f))) { goBack(to: kept) }
    return .converged
  }

  /// The point with the least residual if that is nearly within the tolerances.
  private func finishStalled() -> End {
    if let kept = stationaryStart {
      goBack(to: kept)
      return .converged
    }
    current.copy(from: sharpest)
    y.copy(from: sharpestMultipliers)
    residuals = KKTResiduals(problem, current, y, sum: sum)
    return isAcceptable() ? .nearlyConverged : .stalled
  }

  private func isAcceptable() -> Bool {
    residuals.isWithin(options.acceptableFactor * options.optimalityTolerance, options.feasibilityTolerance)
      && residuals.unscaledViolation <= options.feasibilityTolerance
  }

  /// Keeps the current point and its multipliers if no other came nearer to the optimality conditions.
  private func noteResiduals() {
    let beyond = max(0, residuals.unscaledViolation / options.feasibilityTolerance - 1)
    let size = residuals.largest * (1 + beyond)
    if !(size < sharpestSize) { return }
    sharpestSize = size
    sharpest.copy(from: current)
    sharpestMultipliers.copy(from: y)
  }

  private func goBack(to kept: Iterate) {
    current.copy(from: kept)
    y.fill(0)
    residuals = KKTResiduals(problem, current, y, sum: sum)
  }

  /// Leaves a start where the gradient of the objective vanishes, unless it is a strict minimum: nothing there tells
  /// minima from maxima.
  /// - Returns: whether there is a new current point.
  private func perturb() -> Bool {
    guard steps == 0, stationaryStart == nil, !isWarm, problem.n > 0,
      VectorKernels.maxNorm(problem.n, current.gradient.pointer) <= options.optimalityTolerance
    else { return false }
    if let newton, NegativeCurvature.isStrictMinimum(l, y, newton.subproblem, tolerance: options.curvatureTolerance) {
      return false
    }
    let kept = Iterate(problem)
    kept.copy(from: current)
    for j in 0..<problem.n {
      let x = current.x[j], low = problem.lower[j], high = problem.upper[j]
      let room = min(max(1, abs(x)), 0.5 * (high - low))
      let size = room * Double.random(in: 0.25..<0.75, using: &random)
      let isUp = x + room > high ? false : (x - room < low || Bool.random(using: &random))
      l.trial.x[j] = x + (isUp ? size : -size)
    }
    guard l.trial.evaluate(problem), l.trial.differentiate(problem) else { return false }
    stationaryStart = kept
    l.accept()
    residuals = KKTResiduals(problem, current, y, sum: sum)
    return true
  }

  private func interruption() -> End? {
    if wasStopped || context.shouldStop { return .stopped }
    return stepsLeft <= 0 ? .stepLimit : nil
  }

  /// Every step of an inner method comes by here.
  private func monitor(_ at: Iterate) -> InnerVerdict {
    note(at)
    if context.shouldStop {
      wasStopped = true
      return .stop
    }
    if problem.objectiveFactor != 0 && at.f / problem.objectiveScale < options.objectiveLimit {
      if l.violation(at) <= options.feasibilityTolerance {
        objectiveFell = true
      }
      return .stop
    }
    return .goOn
  }

  /// Keeps a point that is better than the best one.
  func note(_ at: Iterate) {
    if problem.objectiveFactor == 0 || !at.f.isFinite { return }
    let violation = max(0, l.violation(at) - options.feasibilityTolerance)
    if violation < bestViolation || (violation == bestViolation && at.f < best.f) {
      best.copy(from: at)
      bestViolation = violation
    }
  }

  private func report() {
    noteResiduals()
    context.report(
      .iteration(
        count: steps, objective: current.f / problem.objectiveScale, primalInfeasibility: residuals.unscaledViolation,
        dualInfeasibility: residuals.stationarity, seconds: context.deadline.elapsed))
  }

  private func isConverged() -> Bool {
    residuals.isWithin(options.optimalityTolerance, options.feasibilityTolerance)
      && residuals.unscaledViolation <= options.feasibilityTolerance
  }

  // MARK: Newton steps on the optimality conditions

  /// The shift of the Hessian that an accelerating step may have, relative to the residual and the largest entry.
  static let accelerationShift = 1e-3

  /// Takes steps of stabilized sequential quadratic programming as long as they halve the residual.
  private func accelerate() {
    guard let newton else { return }
    let subproblem = newton.subproblem
    let penalty = Vector(count: problem.m)
    residuals = KKTResiduals(problem, current, y, sum: sum)
    while stepsLeft > 0 && !context.shouldStop {
      let size = residuals.largest
      if isConverged() && residuals.isWithinUnscaled(options.optimalityTolerance, options.feasibilityTolerance) { return }
      for i in 0..<problem.m { penalty[i] = max(l.penalty[i], min(1e8, max(1e3, 100 / size))) }
      problem.computeHessian(at: current.x.pointer, y.pointer, into: subproblem.hessian.pointer)
      subproblem.radius = .infinity
      let isDescent = subproblem.solve(
        current, center: y, penalty: penalty, tolerance: max(1e-14, 1e-4 * size * min(1, size)),
        largestShift: Self.accelerationShift * min(1, size))
      guard isDescent || problem.m > 0 && subproblem.isDone else { return }
      steps += 1
      stepsLeft -= 1
      let value = l.value(current)
      let next = l.move(subproblem.d, 1)
      guard next.isFinite, l.trial.differentiate(problem) else { return }
      let after = KKTResiduals(problem, l.trial, subproblem.y, sum: sum)
      let isPolish = isConverged() && after.isWithin(options.optimalityTolerance, options.feasibilityTolerance)
        && after.unscaledViolation <= max(options.feasibilityTolerance, residuals.unscaledViolation)
      if isPolish ? after.unscaledStationarity <= 0.5 * residuals.unscaledStationarity : after.largest <= 0.5 * size {
        l.accept()
        y.copy(from: subproblem.y)
        for i in 0..<problem.m { l.center[i] = min(max(y[i], -options.largestMultiplier), options.largestMultiplier) }
        newton.dual.copy(from: l.center)
        residuals = after
        note(current)
        report()
        continue
      }
      if next < value - 1e-4 * abs(value - next) && next < value {
        // Not a step towards a solution yet, but one that the augmented Lagrangian likes.
        l.accept()
        newton.dual.copy(from: subproblem.y)
        note(current)
        residuals = KKTResiduals(problem, current, y, sum: sum)
      }
      return
    }
  }

  // MARK: Infeasibility

  /// Minimizes the violation from the current point.
  /// - Returns: whether the minimum is stationary with rows violated.
  private func restore() -> Bool {
    let center = l.center.array, penalty = l.penalty.array
    problem.objectiveFactor = 0
    l.center.fill(0)
    l.penalty.fill(1)
    newton?.dual.fill(0)
    current.f = 0
    _ = current.differentiate(problem)
    var left = min(4 * innerLimit, stepsLeft)
    let budget = left
    let before = steps
    let end = inner.minimize(l, tolerance: options.optimalityTolerance, steps: &left) { [unowned self] in monitor($0) }
    stepsLeft -= budget - left
    steps = before + budget - left
    let violation = l.violation(current)
    l.gradient(current, into: sum)
    let size = l.projectedGradient(current, sum)
    problem.objectiveFactor = 1
    _ = current.evaluate(problem)
    _ = current.differentiate(problem)
    note(current)
    if violation > options.infeasibilityThreshold && (end == .converged || end == .stalled) && size <= 1e-4 * violation {
      l.multipliers(current, into: y)
      residuals = KKTResiduals(problem, current, y, sum: sum)
      return true
    }
    for i in 0..<problem.m {
      l.center[i] = violation <= options.infeasibilityThreshold ? 0 : center[i]
      l.penalty[i] = violation <= options.infeasibilityThreshold ? max(10, min(1e4, penalty[i])) : penalty[i]
    }
    newton?.dual.copy(from: l.center)
    return false
  }

  // MARK: Saddle points

  /// Leaves a stationary point along a direction of negative curvature, if the face of strictly free columns and of all
  /// active rows has one.
  /// - Returns: whether there is a new current point.
  private func escape() -> Bool {
    guard let newton else { return false }
    return NegativeCurvature.leave(
      l, y, newton.subproblem, tolerance: options.curvatureTolerance, random: &random)
  }
}
