import LinearAlgebra

extension StochasticPrimalDual {
  /// Moves the multipliers of the constraints that were seen, and computes what they weigh in the primal step.
  func weigh(_ count: Int, rate: Double) {
    let lambda = multipliers.pointer, xi = smoothed.pointer, g = values.pointer, w = weights.pointer
    let seen = seen, isEquation = isEquation, seesAll = count == m
    let isDualFirst = options.isDualFirst, restarts = options.restartsDuals, penalty = options.penalty
    let (gain, nu, bound) = (options.proportionalGain, options.smoothing, options.largestMultiplier)
    for k in 0..<count {
      let i = seesAll ? k : Int(seen[k])
      let value = g[k]
      valueSums.pointer[i] += value
      valueCounts.pointer[i] += 1
      let isInequality = !isEquation[i]
      var drive = value
      if gain != 0 {
        // The first visit is a plain step.
        let before = xi[i].isNaN ? value : xi[i]
        let now = nu * before + (1 - nu) * value
        drive += gain * (now - before)
        xi[i] = now
      }
      let old = lambda[i]
      var new = min(bound, max(-bound, old + rate * drive))
      if isInequality && (new < 0 || (restarts && value <= 0)) { new = 0 }
      lambda[i] = new
      let weight = (isDualFirst ? new : old) + penalty * value
      w[k] = isInequality ? max(0, weight) : weight
    }
  }

  /// Moves x against the gradient.
  func descend(_ step: Int) {
    let x = x.pointer, g = gradient.pointer, v = mean.pointer
    let rate = options.primalRate(step)
    switch options.primal {
    case .plain(let momentum):
      if momentum == 0 {
        for j in 0..<n { x[j] -= rate * g[j] }
      } else {
        for j in 0..<n {
          v[j] = momentum * v[j] + g[j]
          x[j] -= rate * v[j]
        }
      }
    case .adam(let meanDecay, let squareDecay, let epsilon):
      let s = square.pointer
      meanProduct *= meanDecay
      squareProduct *= squareDecay
      let size = rate / (1 - meanProduct)
      let unbias = 1 / (1 - squareProduct)
      for j in 0..<n {
        v[j] = meanDecay * v[j] + (1 - meanDecay) * g[j]
        s[j] = squareDecay * s[j] + (1 - squareDecay) * g[j] * g[j]
        x[j] -= size * v[j] / ((unbias * s[j]).squareRoot() + epsilon)
      }
    }
  }

  /// Sums up the steps since the last record and starts anew.
  func record(_ step: Int, _ objective: Double, _ context: SolveContext) -> StochasticRecord {
    var record = StochasticRecord(
      step: step, objective: objective, violation: 0, worst: -1, violatedShare: 0,
      dualNorm: VectorKernels.norm(m, multipliers.pointer), largestDual: VectorKernels.maxNorm(m, multipliers.pointer),
      gradientNorm: VectorKernels.norm(n, gradient.pointer), seconds: context.deadline.elapsed)
    var visited = 0, violated = 0
    for i in 0..<m where valueCounts.pointer[i] > 0 {
      visited += 1
      let mean = valueSums.pointer[i] / valueCounts.pointer[i]
      let violation = isEquation[i] ? abs(mean) : max(0, mean)
      if violation > 0 { violated += 1 }
      if violation > record.violation { (record.violation, record.worst) = (violation, i) }
    }
    record.violatedShare = visited == 0 ? 0 : Double(violated) / Double(visited)
    valueSums.fill(0)
    valueCounts.fill(0)
    context.report(
      .iteration(
        count: step, objective: objective, primalInfeasibility: record.violation,
        dualInfeasibility: record.gradientNorm, seconds: record.seconds))
    return record
  }
}
