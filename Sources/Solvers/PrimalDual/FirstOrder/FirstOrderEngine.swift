import Constraints

/// The loop around the iteration: measure, stop, restart.
struct FirstOrderEngine {
  let problem: FirstOrderProblem
  let options: FirstOrder.Options
  let context: SolveContext
  private(set) var iterations = 0
  private(set) var restarts = 0
  private(set) var residuals = FirstOrder.Residuals()

  init(_ problem: FirstOrderProblem, options: FirstOrder.Options, context: SolveContext) {
    self.problem = problem
    self.options = options
    self.context = context
  }

  func isConverged(_ r: FirstOrder.Residuals) -> Bool {
    let (a, t) = (options.absoluteTolerance, options.relativeTolerance)
    return r.primal <= a + t * problem.sideNorm && r.dual <= a + t * problem.costNorm
      && r.gap <= a + t * (abs(r.primalObjective) + abs(r.dualObjective))
  }

  mutating func run(_ iteration: HalpernIteration) -> TerminationReason {
    var weight = PrimalWeight(iteration.primalWeight)
    var firstError = 0.0
    var lastError = Double.infinity
    var isFirstCheck = true
    while true {
      if iteration.count == 0 {
        iteration.advance(1)
        iterations += 1
        iteration.multiplyMappedY()
        firstError = iteration.fixedPointError()
        lastError = .infinity
        iteration.advance(max(1, options.checkInterval - 1))
        iterations += max(1, options.checkInterval - 1)
      } else {
        iteration.advance(options.checkInterval)
        iterations += options.checkInterval
      }
      iteration.multiplyMappedX()
      iteration.multiplyMappedY()
      residuals = iteration.residuals()
      if isConverged(residuals) { return .converged }
      if context.cancellation.isCancelled { return .interrupted }
      if context.deadline.isOver { return .timeLimit }
      if iterations >= options.iterationLimit { return .iterationLimit }
      let error = iteration.fixedPointError()
      let isRestart =
        isFirstCheck || error <= options.sufficientDecrease * firstError
        || (error <= options.necessaryDecrease * firstError && error > lastError)
        || Double(iteration.count) >= options.longestEpoch * Double(iterations)
      isFirstCheck = false
      lastError = error
      if isRestart {
        let ratio = (residuals.dual / (1 + problem.costNorm)) / (residuals.primal / (1 + problem.sideNorm))
        weight.update(moves: iteration.distances(), ratio: ratio, options: options)
        iteration.primalWeight = weight.value
        iteration.restart()
        restarts += 1
      }
    }
  }
}
