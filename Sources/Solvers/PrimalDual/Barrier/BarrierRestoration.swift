import LinearAlgebra

/// The feasibility restoration phase: where no step is accepted, another barrier problem, of the least violation near the
/// iterate, is solved until a point comes that the filter accepts.
///
/// Source: Wächter, Biegler 2006, section 3.3.
final class BarrierRestoration {
  private unowned let outer: BarrierMethod
  private let problem: BarrierProblem
  private let inner: BarrierMethod

  init(_ outer: BarrierMethod) {
    self.outer = outer
    problem = BarrierProblem(restorationOf: outer.problem, penalty: outer.options.restorationPenalty)
    inner = BarrierMethod(problem, system: outer.system, options: outer.options, context: outer.context)
  }

  /// Looks for a point that is better than the reference by the filter of the outer method; leaves it, or the last point it
  /// came to, as the trial point of the outer method.
  func run(_ reference: BarrierMethod.Reference) -> BarrierMethod.Ending {
    start()
    let outer = self.outer, total = outer.problem.total
    let ending = inner.run { inner in
      guard inner.iterations > 0 else { return false }
      let c = outer.trialResidual.pointer
      self.takeResidual(into: c)
      let theta = outer.violation(c)
      guard theta <= outer.options.restorationProgress * reference.violation else { return false }
      outer.trial.pointer.update(from: inner.w.pointer, count: total)
      outer.trialObjective = outer.problem.objective(outer.trial.pointer)
      guard outer.trialObjective.isFinite else { return false }
      let value = outer.barrierValue(outer.trialObjective, outer.trial.pointer)
      return theta <= outer.largeViolation && outer.filter.accepts(violation: theta, value: value)
    }
    outer.iterations += inner.iterations
    if ending != .restored {
      outer.trial.pointer.update(from: inner.w.pointer, count: total)
      outer.trialObjective = outer.problem.objective(outer.trial.pointer)
      takeResidual(into: outer.trialResidual.pointer)
    }
    return ending
  }

  /// The residual of the rows without the parts of the violation.
  private func takeResidual(into c: UnsafeMutablePointer<Double>) {
    let m = problem.m, parts = inner.w.pointer + outer.problem.total
    for i in 0..<m { c[i] = inner.residual.pointer[i] + parts[i] - parts[m + i] }
  }

  /// Starts at the outer iterate, with the best parts of the violation.
  private func start() {
    let total = outer.problem.total, m = problem.m
    inner.iterations = 0
    inner.earlierIterations = outer.earlierIterations + outer.iterations
    inner.reset(mu: max(outer.mu, VectorKernels.maxNorm(m, outer.residual.pointer)))
    problem.lower.pointer.update(from: outer.problem.lower.pointer, count: total)
    problem.upper.pointer.update(from: outer.problem.upper.pointer, count: total)
    problem.setCenter(outer.w.pointer)
    problem.proximityWeight = inner.mu.squareRoot()
    inner.w.pointer.update(from: outer.w.pointer, count: total)
    let penalty = inner.options.restorationPenalty
    for j in 0..<total {
      inner.lowerMultipliers[j] = min(penalty, outer.lowerMultipliers[j])
      inner.upperMultipliers[j] = min(penalty, outer.upperMultipliers[j])
    }
    inner.y.fill(0)
    BarrierRestoration.setParts(inner, outer.residual.pointer)
    inner.partsChanged()
  }

  /// Sets the positive and negative parts of the violation to the minimum of their barrier problem.
  ///
  /// Source: Wächter, Biegler 2006, equation (32).
  static func setParts(_ method: BarrierMethod, _ c: UnsafePointer<Double>) {
    let problem = method.problem, m = problem.m, mu = method.mu
    let penalty = method.options.restorationPenalty
    let first = problem.total - 2 * m
    for i in 0..<m {
      let size = abs(c[i])
      let half = (mu - penalty * size) / (2 * penalty)
      let root = (half * half + mu * size / (2 * penalty)).squareRoot()
      // The smaller part, without cancellation.
      let small = half > 0 ? half + root : mu * size / (2 * penalty) / (root - half)
      let least = max(small, 1e-300)
      let positive = c[i] >= 0 ? size + least : least
      let negative = c[i] >= 0 ? least : size + least
      method.w[first + i] = positive
      method.w[first + m + i] = negative
      method.lowerMultipliers[first + i] = mu / positive
      method.lowerMultipliers[first + m + i] = mu / negative
    }
  }
}

extension BarrierMethod {
  /// Forgets what belongs to earlier iterates.
  func reset(mu: Double) {
    self.mu = mu
    lastPerturbation = 0
    perturbation = 0
    degenerateCount = 0
    isDegenerate = false
    tinySteps = 0
    filterResets = 0
    partResets = 0
    initializeFilter()
    smallViolation = 0
  }

  /// Goes on where no step is accepted.
  /// - Returns: why to end; nil to go on.
  func restore() -> Ending? {
    guard problem.isOriginal else { return resetParts() ? nil : .stalled }
    if formViolation() <= 1e-2 * options.feasibilityTolerance || problem.m == 0 { return finish() }
    watchdog = nil
    shortenedSteps = 0
    let reference = Reference(
      violation: violation(residual.pointer), value: barrierValue(objective, w.pointer), slope: 0)
    forbid(reference)
    let ending = restoration.run(reference)
    let canGo = trialObjective.isFinite && violation(trialResidual.pointer).isFinite
    if !canGo { return ending == .converged ? .stalled : ending == .restored ? .stalled : ending }
    takeRestored()
    switch ending {
    case .restored: return nil
    case .iterationLimit, .stopped: return ending
    default:
      let isInfeasible = formViolation() > options.infeasibilityTolerance
      let isStationary = ending == .converged || ending == .acceptable
      return isStationary && isInfeasible ? .locallyInfeasible : .stalled
    }
  }

  /// Goes to the trial point, which the restoration phase has found, with multipliers that suit it.
  private func takeRestored() {
    // The step in the multipliers of bounds that belongs to the change of the point.
    for j in 0..<problem.total { step[j] = trial[j] - w[j] }
    computeBoundSteps()
    let alpha = largestBoundMultiplierStep()
    var largest = 0.0
    for k in problem.withLower {
      lowerMultipliers[Int(k)] += alpha * lowerStep[Int(k)]
      largest = max(largest, lowerMultipliers[Int(k)])
    }
    for k in problem.withUpper {
      upperMultipliers[Int(k)] += alpha * upperStep[Int(k)]
      largest = max(largest, upperMultipliers[Int(k)])
    }
    if !(largest <= options.restorationMultiplierLimit) {
      for k in problem.withLower { lowerMultipliers[Int(k)] = 1 }
      for k in problem.withUpper { upperMultipliers[Int(k)] = 1 }
    }
    acceptTrial()
    setLeastSquaresMultipliers()
    lastPerturbation = 0
  }

  /// In the restoration phase, where no step is accepted: the best parts of the violation for the same x.
  private func resetParts() -> Bool {
    partResets += 1
    guard partResets <= 3 else { return false }
    let m = problem.m, parts = w.pointer + (problem.total - 2 * m)
    for i in 0..<m { correctionResidual[i] = residual[i] + parts[i] - parts[m + i] }
    BarrierRestoration.setParts(self, correctionResidual.pointer)
    y.fill(0)
    partsChanged()
    lastPerturbation = 0
    initializeFilter()
    return true
  }

  /// Evaluates everything at an iterate of the restoration phase.
  fileprivate func partsChanged() {
    objective = problem.objective(w.pointer)
    problem.residual(w.pointer, into: residual.pointer)
    evaluateDerivatives()
  }
}
