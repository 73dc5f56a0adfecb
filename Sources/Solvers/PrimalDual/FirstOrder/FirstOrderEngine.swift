import Constraints

/// The loop around the iteration: measure, report, stop, look for certificates, polish, restart.
struct FirstOrderEngine {
  /// What the loop is to reach.
  enum Goal {
    case optimum, primalFeasibility, dualFeasibility
  }

  /// How the loop ended.
  enum Ending {
    case converged(OriginalPoint)
    case infeasible(farkas: [Double])
    case unbounded(ray: [Double])
    case stopped(TerminationReason)
  }

  let problem: FirstOrderProblem
  let options: FirstOrder.Options
  let context: SolveContext
  let iteration: HalpernIteration
  let goal: Goal
  /// Iterations so far, those of polishing included.
  private(set) var iterations = 0
  private var residuals = FirstOrder.Residuals()
  private(set) var weight: PrimalWeight
  private var pace: Pace
  private var detector: RayDetector
  private var polish: ActiveSetPolish
  private var feasibility: FeasibilityPolish
  private var nextFeasibility: Int
  private var best: BestPoint
  private var boost: StepBoost
  private var lastReport: Double

  init(
    _ iteration: HalpernIteration, goal: Goal = .optimum, options: FirstOrder.Options, context: SolveContext
  ) {
    problem = iteration.problem
    self.iteration = iteration
    self.goal = goal
    self.options = options
    self.context = context
    pace = Pace(entries: problem.form.entryCount + iteration.n + iteration.m)
    weight = PrimalWeight(iteration.primalWeight)
    let squares = LeastSquares(iteration)
    detector = RayDetector(iteration, squares: squares)
    polish = ActiveSetPolish(squares)
    feasibility = FeasibilityPolish(problem, options: options)
    nextFeasibility = options.feasibilityStart
    best = BestPoint(iteration)
    boost = StepBoost(iteration)
    lastReport = context.deadline.elapsed
  }

  /// Runs until converged, a certificate is found, or a limit.
  mutating func run() -> Ending {
    /// The fixed-point error at the first iteration after a restart, and at the last check.
    var (firstError, lastError) = (0.0, Double.infinity)
    var isFirstCheck = true
    while true {
      var left = options.checkInterval
      if iteration.count == 0 {
        if let reason = advance(1) { return .stopped(reason) }
        left = max(1, left - 1)
        iteration.multiplyMappedY()
        firstError = iteration.fixedPointError(step: boost.safeStep)
        lastError = .infinity
      }
      if let reason = advance(left) { return .stopped(reason) }
      measure()
      if isConverged(residuals), let point = confirmed(iteration.originalPoint()) { return .converged(point) }
      if let point = feasiblePoint() { return .converged(point) }
      if let ending = certificate() { return ending }
      let error = iteration.fixedPointError(step: boost.safeStep)
      boost.observe(iteration)
      if iteration.step > boost.safeStep, !(error <= StepBoost.growth * firstError) {
        boost.fail(iteration)
        continue
      }
      let isRestart =
        isFirstCheck || error <= options.sufficientDecrease * firstError
        || (error <= options.necessaryDecrease * firstError && error > lastError)
        || Double(iteration.count) >= options.longestEpoch * Double(iterations)
      isFirstCheck = false
      lastError = error
      if isRestart {
        if let point = polishedPoint() { return .converged(point) }
        restart()
      }
    }
  }

  /// Runs iterations, the last one recorded, in batches short enough to stop in time.
  private mutating func advance(_ count: Int) -> TerminationReason? {
    var left = count
    while left > 0 {
      if context.cancellation.isCancelled { return .interrupted }
      if context.deadline.isOver { return .timeLimit }
      if iterations >= options.iterationLimit { return .iterationLimit }
      let batch = min(left, pace.batch)
      let start = ContinuousClock.now
      iteration.advance(batch, isRecorded: batch == left)
      pace.record(batch, seconds: (ContinuousClock.now - start).seconds)
      iterations += batch
      left -= batch
    }
    return nil
  }

  private mutating func measure() {
    iteration.multiplyMappedX()
    iteration.multiplyMappedY()
    residuals = iteration.residuals()
    best.consider(iteration, merit: merit(residuals))
    let now = context.deadline.elapsed
    if goal == .optimum && now - lastReport >= 0.5 {
      lastReport = now
      context.report(
        .iteration(
          count: iterations, objective: problem.form.sense.sign * residuals.primalObjective,
          primalInfeasibility: residuals.primal, dualInfeasibility: residuals.dual, seconds: now))
    }
  }

  private mutating func certificate() -> Ending? {
    guard goal != .dualFeasibility else { return nil }
    let context = context
    switch detector.check(iteration, iterations: iterations, shouldStop: { context.shouldStop }) {
    case .farkas(let rows, _): return .infeasible(farkas: rows)
    case .ray(let direction): return .unbounded(ray: direction)
    case nil: return nil
    }
  }

  private mutating func restart() {
    let ratio = max(relativeDual(residuals), 1e-300) / max(relativePrimal(residuals), 1e-300)
    weight.update(moves: iteration.distances(), ratio: ratio, options: options)
    iteration.primalWeight = weight.value
    detector.restart(iteration)
    if options.boostShare > 0 && merit(residuals) <= options.boostStart {
      let (spent, context) = (boost.spent, context)
      let limit = min(60, Int(options.boostShare * Double(iterations)) - spent)
      iteration.step = boost.nextStep(iteration, limit: limit, shouldStop: { context.shouldStop })
      iterations += boost.spent - spent
    }
    iteration.restart()
  }

  // MARK: - Polishing

  /// Polishes the measured point where that is likely to help. What is better takes its place for the restart; what is
  /// an answer is returned.
  private mutating func polishedPoint() -> OriginalPoint? {
    let before = merit(residuals)
    let budget = Int(options.polishShare * Double(iterations)) - polish.spent
    guard goal == .optimum, before <= options.polishStart, budget >= 40 else { return nil }
    let context = context
    let spent = polish.spent
    let point = polish.polish(iteration, limit: min(budget / 2, 1000), shouldStop: { context.shouldStop })
    iterations += polish.spent - spent
    let polished = point.residuals
    if isConverged(polished), let answer = confirmed(problem.original(x: point.x, y: point.y)) { return answer }
    // The halves are independent: the primal residual belongs to x, the dual one to y.
    var (withX, withY) = (residuals, residuals)
    (withX.primal, withX.primalObjective) = (polished.primal, polished.primalObjective)
    (withY.dual, withY.dualObjective) = (polished.dual, polished.dualObjective)
    let merits = (both: merit(polished), x: merit(withX), y: merit(withY))
    let least = min(merits.both, merits.x, merits.y)
    guard least < 0.7 * before else { return nil }
    let takesBoth = merits.both == least
    if takesBoth || merits.x == least {
      iteration.takeMapped(x: point.x, activity: point.activity)
      (residuals.primal, residuals.primalObjective) = (polished.primal, polished.primalObjective)
    }
    if takesBoth || merits.y == least {
      iteration.takeMapped(y: point.y, price: point.price)
      (residuals.dual, residuals.dualObjective) = (polished.dual, polished.dualObjective)
    }
    best.consider(iteration, merit: merit(residuals))
    return nil
  }

  /// Solves the two feasibility problems from the measured point, when its gap is small and nothing else.
  private mutating func feasiblePoint() -> OriginalPoint? {
    guard goal == .optimum, options.feasibilityShare > 0, iterations >= nextFeasibility, hasSmallGap(residuals),
      !isConverged(residuals)
    else { return nil }
    nextFeasibility = 2 * iterations
    let limit = Int(options.feasibilityShare / 2 * Double(iterations))
    guard limit >= options.checkInterval else { return nil }
    let spent = feasibility.spent
    let point = feasibility.polish(
      iteration.originalPoint(), step: boost.safeStep, team: iteration.team, limit: limit, context: context)
    iterations += feasibility.spent - spent
    return point.flatMap { confirmed($0) }
  }

  // MARK: - Convergence

  /// The best point that was measured, in the units of the form.
  func bestPoint() -> OriginalPoint { best.point(of: problem) }

  private func relativePrimal(_ r: FirstOrder.Residuals) -> Double { r.primal / (1 + problem.sideNorm) }
  private func relativeDual(_ r: FirstOrder.Residuals) -> Double { r.dual / (1 + problem.costNorm) }

  /// The largest of the relative residuals that matter.
  private func merit(_ r: FirstOrder.Residuals) -> Double {
    switch goal {
    case .optimum: max(relativePrimal(r), relativeDual(r), r.relativeGap)
    case .primalFeasibility: relativePrimal(r)
    case .dualFeasibility: relativeDual(r)
    }
  }

  private func isConverged(_ r: FirstOrder.Residuals) -> Bool {
    let isPrimal = r.primal <= options.primal * (1 + problem.sideNorm)
    let isDual = r.dual <= options.dual * (1 + problem.costNorm)
    switch goal {
    case .optimum: return isPrimal && isDual && hasSmallGap(r)
    case .primalFeasibility: return isPrimal
    case .dualFeasibility: return isDual
    }
  }

  private func hasSmallGap(_ r: FirstOrder.Residuals) -> Bool {
    r.gap <= options.gap * (1 + abs(r.primalObjective) + abs(r.dualObjective))
  }

  /// The point, if it also converged in the numbers of the form, and in every row and reduced cost.
  private func confirmed(_ point: OriginalPoint) -> OriginalPoint? {
    guard isConverged(point.residuals) else { return nil }
    if goal != .dualFeasibility && point.rowViolation > options.primal { return nil }
    if goal != .primalFeasibility && point.costViolation > options.dual { return nil }
    let r = point.residuals
    if goal == .optimum && r.gap > options.gap * max(1, abs(r.primalObjective)) { return nil }
    return point
  }
}

/// How many iterations fit between two looks at the clock.
private struct Pace {
  private var secondsPerIteration: Double

  /// Starts from a guess of two nanoseconds an entry.
  init(entries: Int) { secondsPerIteration = 2e-9 * Double(entries) }

  var batch: Int { max(1, Int(min(0.02 / secondsPerIteration, 1e6))) }

  mutating func record(_ count: Int, seconds: Double) {
    secondsPerIteration = max(1e-9, 0.5 * secondsPerIteration + 0.5 * seconds / Double(count))
  }
}

/// A copy of the measured point with the smallest merit, the start before the first measurement.
private struct BestPoint {
  private var x: [Double]
  private var y: [Double]
  private var merit = Double.infinity

  init(_ iteration: HalpernIteration) {
    x = Array(UnsafeBufferPointer(start: iteration.x, count: iteration.n))
    y = Array(UnsafeBufferPointer(start: iteration.y, count: iteration.m))
  }

  mutating func consider(_ iteration: HalpernIteration, merit newMerit: Double) {
    guard newMerit < 0.9 * merit else { return }
    merit = newMerit
    x.withUnsafeMutableBufferPointer { x in
      for j in x.indices { x[j] = iteration.mappedX[j] }
    }
    y.withUnsafeMutableBufferPointer { y in
      for i in y.indices { y[i] = iteration.mappedY[i] }
    }
  }

  func point(of problem: FirstOrderProblem) -> OriginalPoint { problem.original(x: x, y: y) }
}
