import Constraints
import LinearAlgebra

/// A primal-dual interior-point method for nonlinear problems with a filter line search.
///
/// Inside the method the Lagrangian is `F + yᵀc - z_lᵀ(w - l) - z_uᵀ(u - w)` with w = (x, a), c the residual of the rows and
/// multipliers z >= 0. Each iteration solves the perturbed optimality conditions of the barrier problem
/// `min F - μ Σ log(w - l) - μ Σ log(u - w) subject to c = 0` by one Newton step, made a descent direction by perturbing the
/// Hessian where the eigenvalues of the KKT matrix have the wrong signs, and shortened until a filter accepts it.
///
/// Source: Wächter, Biegler, "On the implementation of an interior-point filter line-search algorithm for large-scale
/// nonlinear programming", Mathematical Programming 106, 2006.
final class BarrierMethod {
  enum Ending {
    /// The scaled KKT residual is within the tolerance.
    case converged
    /// It has stayed within ``BarrierOptions/acceptableTolerance``, and gets no better.
    case acceptable
    /// A stationary point of the violation that is not feasible.
    case locallyInfeasible
    /// A feasible point with an objective below ``BarrierOptions/objectiveLimit``.
    case unbounded
    case iterationLimit
    /// Interrupted or out of time.
    case stopped
    /// No step is accepted, and the restoration phase finds no better point.
    case stalled
    /// The functions have no finite values near the start.
    case undefined
    /// The restoration phase has what it was called for.
    case restored
  }

  let problem: BarrierProblem
  let system: BarrierSystem
  let options: BarrierOptions
  let context: SolveContext

  /// The iterate: x and auxiliary variables, multipliers of rows and of bounds, zero where there is no bound.
  let w: Vector
  let y: Vector
  let lowerMultipliers: Vector
  let upperMultipliers: Vector

  /// What belongs to the iterate: objective, residual of the rows, gradient, and the gradient of the Lagrangian.
  var objective = 0.0
  let residual: Vector
  let gradient: Vector
  let lagrangianGradient: Vector
  private(set) var hessian: Vector
  let proximityDiagonal: Vector

  /// The direction, and the right-hand sides it comes from.
  let step: Vector
  let multiplierStep: Vector
  let lowerStep: Vector
  let upperStep: Vector
  let sigma: Vector
  let barrierGradient: Vector
  let systemDiagonal: Vector
  let systemRows: Vector
  let correctionStep: Vector
  let correctionMultipliers: Vector
  let correctionResidual: Vector

  /// The trial point.
  let trial: Vector
  let trialResidual: Vector
  var trialObjective = 0.0

  var mu: Double
  var filter = BarrierFilter()
  /// Violation up to which descent is asked for, and beyond which no point is taken.
  var smallViolation = 0.0
  var largeViolation = 0.0
  var lastPerturbation = 0.0
  var perturbation = 0.0
  /// Whether J was found to be rank deficient, so that its perturbation stays.
  var isDegenerate = false
  var degenerateCount = 0
  var shortenedSteps = 0
  var filterRejections = 0
  var isRejectedByFilterAlone = false
  var partResets = 0
  var filterResets = 0
  var watchdog: Watchdog?
  var tinySteps = 0
  var iterations = 0
  /// Iterations before this method was started, which count against the limit.
  var earlierIterations = 0
  private var acceptableCount = 0
  private var escapes = 0
  var random: SplitMix64
  lazy var restoration = BarrierRestoration(self)

  init(_ problem: BarrierProblem, system: BarrierSystem, options: BarrierOptions, context: SolveContext) {
    self.problem = problem
    self.system = system
    self.options = options
    self.context = context
    mu = options.barrierStart
    random = SplitMix64(seed: options.seed)
    let total = problem.total, n = problem.n, m = problem.m
    func vector(_ count: Int) -> Vector { Vector(count: count) }
    w = vector(total)
    y = vector(m)
    lowerMultipliers = vector(total)
    upperMultipliers = vector(total)
    residual = vector(m)
    gradient = vector(total)
    lagrangianGradient = vector(total)
    hessian = vector(problem.functions.hessianRows.count)
    proximityDiagonal = vector(n)
    step = vector(total)
    multiplierStep = vector(m)
    lowerStep = vector(total)
    upperStep = vector(total)
    sigma = vector(total)
    barrierGradient = vector(total)
    systemDiagonal = vector(n)
    systemRows = vector(m)
    correctionStep = vector(total)
    correctionMultipliers = vector(m)
    correctionResidual = vector(m)
    trial = vector(total)
    trialResidual = vector(m)
  }

  /// Part of the distance to a bound that a step may use [τ].
  var boundaryFraction: Double { max(options.boundaryFraction, 1 - mu) }

  /// The smallest barrier parameter that is of use.
  var smallestBarrier: Double { options.tolerance / (options.barrierTolerance + 1) }

  /// Iterates from a point with finite functions whose derivatives have been evaluated.
  /// - Parameter shouldLeave: asked in each iteration whether the point is good enough to stop.
  func run(shouldLeave: (BarrierMethod) -> Bool = { _ in false }) -> Ending {
    initializeFilter()
    while true {
      if shouldLeave(self) { return .restored }
      if let ending = checkEnd() { return ending }
      if !updateBarrier() { return finish() }
      guard computeDirection() else {
        if let ending = restore() { return ending }
        continue
      }
      switch searchLine() {
      case .accepted: break
      case .failed:
        if let ending = restore() { return ending }
      }
      iterations += 1
    }
  }

  /// Why to end at the iterate, if so.
  private func checkEnd() -> Ending? {
    let error = optimalityError(mu: 0)
    let isFeasible = formViolation() <= options.feasibilityTolerance
    if problem.isOriginal {
      context.report(
        .iteration(
          count: iterations, objective: objective / problem.functions.objectiveScale, primalInfeasibility: formViolation(),
          dualInfeasibility: VectorKernels.maxNorm(problem.total, lagrangianGradient.pointer) / problem.functions.objectiveScale,
          seconds: context.deadline.elapsed))
    }
    if error <= options.tolerance && (isFeasible || !problem.isOriginal) {
      if !problem.isOriginal || !escapeSaddle() { return .converged }
    }
    acceptableCount = error <= options.acceptableTolerance ? acceptableCount + 1 : 0
    if acceptableCount >= options.acceptableIterations && problem.isOriginal { return .acceptable }
    if problem.isOriginal && isFeasible && objective / problem.functions.objectiveScale < options.objectiveLimit {
      return .unbounded
    }
    if earlierIterations + iterations >= options.iterationLimit { return .iterationLimit }
    return context.shouldStop ? .stopped : nil
  }

  /// The end where nothing moves any more.
  func finish() -> Ending {
    optimalityError(mu: 0) <= options.acceptableTolerance ? .acceptable : .stalled
  }

  /// Where the iterate is stationary but no minimum, moves it a little.
  /// - Returns: whether it did.
  private func escapeSaddle() -> Bool {
    guard perturbation > 0 || iterations == 0, escapes < 2 else { return false }
    computeSigma()
    evaluateHessian()
    guard factor(perturbation: 0, constraints: 0), system.inertia.negative > problem.m else { return false }
    // Rounding makes eigenvalues of either sign out of zeros.
    guard factor(perturbation: 1e-6, constraints: 0), system.inertia.negative > problem.m else { return false }
    escapes += 1
    trial.copy(from: w)
    for j in 0..<problem.n {
      let u = Double(random.next() >> 11) * 0x1p-53 - 0.5
      trial[j] += 1e-3 * u * max(1, abs(w[j]))
    }
    keepInside(trial.pointer, push: 1e-4, fraction: 0.5)
    guard evaluateTrial().isFinite else { return false }
    acceptTrial()
    mu = max(mu, options.barrierStart * 1e-2)
    initializeFilter()
    return true
  }

  /// Lowers the barrier parameter while its problem is solved.
  ///
  /// Source: Wächter, Biegler 2006, equations (7) and (8).
  /// - Returns: false if nothing is left to do.
  private func updateBarrier() -> Bool {
    var isForced = tinySteps >= 2
    while isForced || optimalityError(mu: mu) <= options.barrierTolerance * mu {
      let next = max(smallestBarrier, min(options.barrierFactor * mu, mu.squareRoot() * mu))
      if next >= mu { return !isForced }
      mu = next
      isForced = false
      tinySteps = 0
      if !problem.isOriginal { restorationWeightChanged() }
      initializeFilter()
    }
    return true
  }

  private func restorationWeightChanged() {
    problem.proximityWeight = mu.squareRoot()
    objective = problem.objective(w.pointer)
    problem.gradient(w.pointer, into: gradient.pointer)
    updateLagrangianGradient()
  }

  /// Empties the filter and measures violations by the iterate.
  func initializeFilter() {
    filter.removeAll()
    watchdog = nil
    shortenedSteps = 0
    filterRejections = 0
    if smallViolation == 0 {
      let theta = max(1, violation(residual.pointer))
      smallViolation = options.smallViolation * theta
      largeViolation = options.largeViolation * theta
    }
  }
}
