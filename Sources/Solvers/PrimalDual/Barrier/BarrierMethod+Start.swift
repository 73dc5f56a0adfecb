import LinearAlgebra

// Where the method starts.
extension BarrierMethod {
  /// Pushes variables inside their bounds.
  ///
  /// Source: Wächter, Biegler 2006, section 3.6.
  static func keepInside(
    _ count: Int, _ x: UnsafeMutablePointer<Double>, lower: UnsafePointer<Double>, upper: UnsafePointer<Double>,
    push: Double, fraction: Double
  ) {
    for j in 0..<count {
      let l = lower[j], u = upper[j]
      let room = fraction * (u - l)
      if l > -.infinity { x[j] = max(x[j], l + min(push * max(1, abs(l)), room)) }
      if u < .infinity { x[j] = min(x[j], u - min(push * max(1, abs(u)), room)) }
    }
  }

  func keepInside(_ w: UnsafeMutablePointer<Double>, push: Double, fraction: Double) {
    Self.keepInside(
      problem.total, w, lower: problem.lower.pointer, upper: problem.upper.pointer, push: push, fraction: fraction)
  }

  /// Sets the iterate at x, slacks and multipliers with it.
  /// - Parameters:
  ///   - x: inside the bounds, with finite functions.
  ///   - objective: the scaled objective there.
  ///   - multipliers: of the rows, in the method's signs and scales; nil for least-squares multipliers.
  func start(at x: UnsafePointer<Double>, objective: Double, multipliers: [Double]?) {
    let n = problem.n, isWarm = multipliers != nil
    let push = isWarm ? options.warmPush : options.boundPush
    mu = isWarm ? options.warmBarrierStart : options.barrierStart
    w.pointer.update(from: x, count: n)
    for a in 0..<(problem.total - n) { w[n + a] = 0 }
    problem.residual(w.pointer, into: residual.pointer)
    for a in 0..<(problem.total - n) { w[n + a] = residual[Int(problem.auxiliaryRows[a])] }
    keepInside(w.pointer, push: push, fraction: push)
    for a in 0..<(problem.total - n) { residual[Int(problem.auxiliaryRows[a])] -= w[n + a] }
    self.objective = objective
    for k in problem.withLower {
      let j = Int(k)
      lowerMultipliers[j] = isWarm ? mu / (w[j] - problem.lower[j]) : 1
    }
    for k in problem.withUpper {
      let j = Int(k)
      upperMultipliers[j] = isWarm ? mu / (problem.upper[j] - w[j]) : 1
    }
    if let multipliers {
      for i in 0..<problem.m { y[i] = multipliers[i] }
    }
    evaluateDerivatives()
    if !isWarm { setLeastSquaresMultipliers() }
  }

  /// Multipliers of the rows that make the gradient of the Lagrangian smallest; zero where they come out too large.
  ///
  /// Source: Wächter, Biegler 2006, equation (36).
  func setLeastSquaresMultipliers() {
    let n = problem.n, m = problem.m
    y.fill(0)
    defer { updateLagrangianGradient() }
    if m == 0 { return }
    system.setIdentity()
    system.setJacobian()
    sigma.fill(0)
    for a in n..<max(n, problem.total) { sigma[a] = 1 }
    // With dependent rows there is no telling them apart.
    guard factor(perturbation: 0, constraints: 0), system.inertia.zero == 0, system.inertia.negative == m else { return }
    updateLagrangianGradient()
    let g = step.pointer, dy = multiplierStep.pointer
    for j in 0..<problem.total { g[j] = -lagrangianGradient.pointer[j] }
    for i in 0..<m { dy[i] = 0 }
    for a in 0..<problem.auxiliaryRows.count {
      dy[Int(problem.auxiliaryRows[a])] -= problem.auxiliarySigns[a] * g[n + a]
    }
    let accuracy = system.solve(x: g, y: dy)
    if accuracy <= options.residualLimit && VectorKernels.maxNorm(m, dy) <= options.multiplierLimit {
      y.copy(from: multiplierStep)
    }
  }
}
