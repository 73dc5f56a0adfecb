import LinearAlgebra

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

// The filter line search.
extension BarrierMethod {
  enum SearchOutcome { case accepted, failed }

  /// What trial points are compared with.
  struct Reference {
    var violation: Double
    var value: Double
    /// Slope of the barrier function along the step.
    var slope: Double
  }

  /// What the watchdog goes back to: the iterate, its direction and their reference.
  final class Watchdog {
    let reference: Reference
    /// The step length that was tried from there.
    let length: Double
    var trials = 0
    fileprivate let saved: [Vector]
    fileprivate let objective: Double

    fileprivate init(_ method: BarrierMethod, _ reference: Reference, length: Double) {
      self.reference = reference
      self.length = length
      objective = method.objective
      saved = method.watched.map {
        let copy = Vector(count: $0.count)
        copy.copy(from: $0)
        return copy
      }
    }
  }

  fileprivate var watched: [Vector] {
    [
      w, y, lowerMultipliers, upperMultipliers, residual, gradient, lagrangianGradient, step, multiplierStep, lowerStep,
      upperStep, sigma, barrierGradient,
    ]
  }

  /// Finds a step length along the direction and goes there.
  ///
  /// Source: Wächter, Biegler 2006, algorithm A, steps A-5; the watchdog as in their section 3.2 (after Chamberlain, Powell,
  /// Lemarechal, Pedersen, "The watchdog technique for forcing convergence in algorithms for constrained optimization", 1982).
  func searchLine() -> SearchOutcome {
    let reference = Reference(
      violation: violation(residual.pointer), value: barrierValue(objective, w.pointer),
      slope: VectorKernels.dot(problem.total, barrierGradient.pointer, step.pointer))
    let longest = largestStep(step.pointer)
    if isTiny() {
      setTrial(longest, step.pointer)
      if evaluateTrial().isFinite {
        tinySteps += 1
        goToTrial(longest)
        return .accepted
      }
    }
    tinySteps = 0
    if watchdog == nil && shortenedSteps >= options.watchdogTrigger {
      watchdog = Watchdog(self, reference, length: longest)
    }
    if let watchdog {
      if tryLength(longest, watchdog.reference, tested: watchdog.length) {
        self.watchdog = nil
        shortenedSteps = 0
        return .accepted
      }
      watchdog.trials += 1
      if watchdog.trials <= options.watchdogSteps {
        setTrial(longest, step.pointer)
        if evaluateTrial().isFinite {
          goToTrial(longest)
          return .accepted
        }
      }
      goBack(watchdog)
      self.watchdog = nil
      shortenedSteps = 0
      return backtrack(watchdog.reference, from: 0.5 * largestStep(step.pointer))
    }
    return backtrack(reference, from: longest)
  }

  private func goBack(_ watchdog: Watchdog) {
    for (vector, saved) in zip(watched, watchdog.saved) { vector.copy(from: saved) }
    objective = watchdog.objective
    problem.functions.jacobian(w.pointer, into: system.jacobian.pointer)
  }

  /// Halves the step until it is accepted.
  private func backtrack(_ reference: Reference, from longest: Double) -> SearchOutcome {
    let least = leastLength(reference)
    var alpha = longest
    var trials = 0
    while alpha > least || trials == 0 {
      let isFirst = trials == 0
      if tryLength(alpha, reference, tested: alpha, corrects: isFirst) {
        shortenedSteps = isFirst ? 0 : shortenedSteps + 1
        return .accepted
      }
      trials += 1
      alpha *= 0.5
    }
    return .failed
  }

  /// Tries one step length, with second-order corrections where the violation grows, and goes there if it is accepted.
  /// - Parameter tested: the step length that the conditions of acceptance are asked with.
  private func tryLength(
    _ alpha: Double, _ reference: Reference, tested: Double, corrects: Bool = true
  ) -> Bool {
    setTrial(alpha, step.pointer)
    let theta = evaluateTrial()
    guard theta.isFinite else { return false }
    let value = barrierValue(trialObjective, trial.pointer)
    if accepts(theta, value, reference, tested) {
      noteFilterRejection(false)
      augmentFilter(value, reference, tested)
      goToTrial(alpha)
      return true
    }
    if corrects { noteFilterRejection(isRejectedByFilterAlone) }
    // Rounding of linear rows can't be corrected.
    guard corrects && theta >= reference.violation && theta > options.correctionViolation else { return false }
    return correct(alpha, theta, reference, tested)
  }

  /// Empties the filter where it alone has been in the way for some time.
  private func noteFilterRejection(_ isRejected: Bool) {
    filterRejections = isRejected ? filterRejections + 1 : 0
    if filterRejections >= options.filterResetTrigger && filterResets < options.filterResetLimit {
      filter.removeAll()
      filterRejections = 0
      filterResets += 1
    }
  }

  /// Second-order corrections.
  ///
  /// Source: Wächter, Biegler 2006, section 2.4.
  private func correct(_ alpha: Double, _ first: Double, _ reference: Reference, _ tested: Double) -> Bool {
    let c = correctionResidual.pointer
    c.update(from: residual.pointer, count: problem.m)
    var alpha = alpha, theta = first, before = Double.infinity
    for _ in 0..<options.correctionLimit {
      if theta > options.correctionProgress * before { return false }
      before = theta
      for i in 0..<problem.m { c[i] = alpha * c[i] + trialResidual.pointer[i] }
      let accuracy = solveNewton(c, correctionStep.pointer, correctionMultipliers.pointer)
      guard accuracy <= options.residualLimit else { return false }
      alpha = largestStep(correctionStep.pointer)
      setTrial(alpha, correctionStep.pointer)
      theta = evaluateTrial()
      guard theta.isFinite else { return false }
      let value = barrierValue(trialObjective, trial.pointer)
      if accepts(theta, value, reference, tested) {
        step.copy(from: correctionStep)
        multiplierStep.copy(from: correctionMultipliers)
        computeBoundSteps()
        augmentFilter(value, reference, tested)
        goToTrial(alpha)
        return true
      }
    }
    return false
  }

  private func setTrial(_ alpha: Double, _ dw: UnsafePointer<Double>) {
    let t = trial.pointer, w = self.w.pointer
    for j in 0..<problem.total { t[j] = w[j] + alpha * dw[j] }
  }

  /// Whether the step is lost in rounding at a point that is nearly feasible.
  private func isTiny() -> Bool {
    let w = self.w.pointer, dw = step.pointer
    for j in 0..<problem.total where abs(dw[j]) > 10 * Double.ulpOfOne * (1 + abs(w[j])) { return false }
    return VectorKernels.maxNorm(problem.m, residual.pointer) <= 1e-4
  }

  /// The switching condition: descent of the barrier function is large against the violation.
  private func isDescent(_ reference: Reference, _ alpha: Double) -> Bool {
    reference.slope < 0
      && alpha * pow(-reference.slope, options.switchingBarrierPower)
        > options.switchingFactor * pow(reference.violation, options.switchingViolationPower)
  }

  private func hasArmijo(_ value: Double, _ reference: Reference, _ alpha: Double) -> Bool {
    isAtMost(value - reference.value, options.armijo * alpha * reference.slope, size: reference.value)
  }

  private func accepts(_ theta: Double, _ value: Double, _ reference: Reference, _ alpha: Double) -> Bool {
    isRejectedByFilterAlone = false
    if isDescent(reference, alpha) && reference.violation <= smallViolation {
      guard hasArmijo(value, reference, alpha) else { return false }
    } else {
      let growth = value - reference.value
      if growth > 0 {
        let orders = max(1, log10(max(1, abs(reference.value))))
        if log10(growth) > options.largestIncrease + orders { return false }
      }
      let isLess = isAtMost(theta, (1 - options.violationMargin) * reference.violation, size: reference.violation)
      let isLower = isAtMost(growth, -options.barrierMargin * reference.violation, size: reference.value)
      guard isLess || isLower else { return false }
    }
    isRejectedByFilterAlone = !filter.accepts(violation: theta, value: value)
    return !isRejectedByFilterAlone
  }

  private func augmentFilter(_ value: Double, _ reference: Reference, _ alpha: Double) {
    if isDescent(reference, alpha) && hasArmijo(value, reference, alpha) { return }
    forbid(reference)
  }

  /// Adds a point with its margins to the filter.
  func forbid(_ reference: Reference) {
    filter.add(
      violation: (1 - options.violationMargin) * reference.violation,
      value: reference.value - options.barrierMargin * reference.violation)
  }

  /// The step length below which restoration promises more.
  ///
  /// Source: Wächter, Biegler 2006, equation (23).
  private func leastLength(_ reference: Reference) -> Double {
    var least = options.violationMargin
    if reference.slope < 0 {
      least = min(least, options.barrierMargin * reference.violation / -reference.slope)
      if reference.violation <= smallViolation {
        let switching = options.switchingFactor * pow(reference.violation, options.switchingViolationPower)
        least = min(least, switching / pow(-reference.slope, options.switchingBarrierPower))
      }
    }
    return max(options.stepSafety * least, 1e-16)
  }

  /// Takes the step: primal to the trial point, multipliers of rows by the same length, those of bounds by their own.
  private func goToTrial(_ alpha: Double) {
    let alphaBounds = largestBoundMultiplierStep()
    VectorKernels.add(problem.m, alpha, multiplierStep.pointer, to: y.pointer)
    func move(_ list: [Int32], _ z: UnsafeMutablePointer<Double>, _ d: UnsafePointer<Double>) {
      list.withUnsafeBufferPointer { list in
        for k in list { z[Int(k)] += alphaBounds * d[Int(k)] }
      }
    }
    move(problem.withLower, lowerMultipliers.pointer, lowerStep.pointer)
    move(problem.withUpper, upperMultipliers.pointer, upperStep.pointer)
    acceptTrial()
  }

  /// Makes the trial point the iterate, with multipliers of bounds kept near μ over the distance.
  func acceptTrial() {
    w.copy(from: trial)
    residual.copy(from: trialResidual)
    objective = trialObjective
    keepDistances()
    let corridor = options.multiplierCorridor
    let w = self.w.pointer, lower = problem.lower.pointer, upper = problem.upper.pointer, mu = self.mu
    let zl = lowerMultipliers.pointer, zu = upperMultipliers.pointer
    problem.withLower.withUnsafeBufferPointer { list in
      for k in list {
        let j = Int(k), central = mu / (w[j] - lower[j])
        zl[j] = max(central / corridor, min(corridor * central, zl[j]))
      }
    }
    problem.withUpper.withUnsafeBufferPointer { list in
      for k in list {
        let j = Int(k), central = mu / (upper[j] - w[j])
        zu[j] = max(central / corridor, min(corridor * central, zu[j]))
      }
    }
    evaluateDerivatives()
  }

  /// Moves bounds that rounding has brought to the iterate a little away from it.
  private func keepDistances() {
    let w = self.w.pointer, lower = problem.lower.pointer, upper = problem.upper.pointer
    let least = Double.ulpOfOne * min(1, mu)
    problem.withLower.withUnsafeBufferPointer { list in
      for k in list {
        let j = Int(k)
        if !(w[j] - lower[j] > least) { lower[j] = w[j] - 1e-12 * max(1, abs(w[j])) }
      }
    }
    problem.withUpper.withUnsafeBufferPointer { list in
      for k in list {
        let j = Int(k)
        if !(upper[j] - w[j] > least) { upper[j] = w[j] + 1e-12 * max(1, abs(w[j])) }
      }
    }
  }
}
