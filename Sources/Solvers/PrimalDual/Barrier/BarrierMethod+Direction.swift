import LinearAlgebra

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

// The Newton step on the perturbed optimality conditions.
extension BarrierMethod {
  /// Σ = z_l / (w - l) + z_u / (u - w).
  func computeSigma() {
    let w = self.w.pointer, lower = problem.lower.pointer, upper = problem.upper.pointer
    let s = sigma.pointer, zl = lowerMultipliers.pointer, zu = upperMultipliers.pointer
    s.update(repeating: 0, count: problem.total)
    problem.withLower.withUnsafeBufferPointer { list in
      for k in list {
        let j = Int(k)
        s[j] += zl[j] / (w[j] - lower[j])
      }
    }
    problem.withUpper.withUnsafeBufferPointer { list in
      for k in list {
        let j = Int(k)
        s[j] += zu[j] / (upper[j] - w[j])
      }
    }
  }

  /// Factors the KKT matrix with perturbations δ_w and δ_c.
  /// - Returns: false if it has entries that are not finite.
  func factor(perturbation: Double, constraints: Double) -> Bool {
    let n = problem.n, s = sigma.pointer, d = systemDiagonal.pointer, r = systemRows.pointer
    for j in 0..<n { d[j] = s[j] + perturbation }
    r.update(repeating: constraints, count: problem.m)
    problem.auxiliaryRows.withUnsafeBufferPointer { rows in
      let tail = s + n
      for a in 0..<rows.count { r[Int(rows[a])] += 1 / (tail[a] + perturbation) }
    }
    self.perturbation = perturbation
    return system.factor(barrier: d, rows: r)
  }

  /// Factors with the smallest of a sequence of perturbations that gives the eigenvalues the signs which make the
  /// direction one of descent.
  ///
  /// Source: Wächter, Biegler 2006, algorithm IC.
  /// - Returns: false if there is none.
  func correctInertia() -> Bool {
    let constraintPerturbation = options.constraintPerturbation * pow(mu, options.constraintPerturbationPower)
    var constraints = isDegenerate ? constraintPerturbation : 0
    guard factor(perturbation: 0, constraints: constraints) else { return false }
    var inertia = system.inertia
    func isRight() -> Bool { inertia.zero == 0 && inertia.negative == problem.m }
    if isRight() { return true }
    if constraints == 0 && (inertia.zero > 0 || inertia.negative < problem.m) {
      constraints = constraintPerturbation
      guard factor(perturbation: 0, constraints: constraints) else { return false }
      inertia = system.inertia
      if isRight() {
        degenerateCount += 1
        if degenerateCount >= 3 { isDegenerate = true }
        return true
      }
    }
    var delta = lastPerturbation == 0
      ? options.firstPerturbation
      : max(options.smallestPerturbation, options.perturbationDecay * lastPerturbation)
    let growth = lastPerturbation == 0 ? options.firstPerturbationGrowth : options.perturbationGrowth
    while delta <= options.largestPerturbation {
      guard factor(perturbation: delta, constraints: constraints) else { return false }
      inertia = system.inertia
      if isRight() {
        lastPerturbation = delta
        return true
      }
      delta *= growth
    }
    return false
  }

  /// The direction at the iterate, of which derivatives have been evaluated.
  /// - Returns: false if the system can't be made nonsingular.
  func computeDirection() -> Bool {
    computeSigma()
    evaluateHessian()
    updateBarrierGradient()
    guard correctInertia() else { return false }
    var accuracy = solveNewton(residual.pointer, step.pointer, multiplierStep.pointer)
    if !(accuracy <= options.residualLimit) {
      // As good as singular: once more with perturbations.
      let delta = max(perturbation, max(options.firstPerturbation, lastPerturbation))
      let constraints = options.constraintPerturbation * pow(mu, options.constraintPerturbationPower)
      guard factor(perturbation: delta, constraints: constraints) else { return false }
      lastPerturbation = delta
      accuracy = solveNewton(residual.pointer, step.pointer, multiplierStep.pointer)
      guard accuracy <= 1e-2 else { return false }
    }
    computeBoundSteps()
    return VectorKernels.maxNorm(problem.total, step.pointer).isFinite
  }

  /// Solves for the step in w and y with the factored matrix.
  /// - Parameter c: the residual of the rows that the step is to remove.
  /// - Returns: the relative residual of the system.
  func solveNewton(
    _ c: UnsafePointer<Double>, _ dw: UnsafeMutablePointer<Double>, _ dy: UnsafeMutablePointer<Double>
  ) -> Double {
    let n = problem.n, m = problem.m, perturbation = self.perturbation
    let tail = dw + n, s = sigma.pointer + n
    dw.update(from: barrierGradient.pointer, count: problem.total)
    addTransposed(y.pointer, to: dw)
    for j in 0..<n { dw[j] = -dw[j] }
    for i in 0..<m { dy[i] = -c[i] }
    return problem.auxiliaryRows.withUnsafeBufferPointer { rows in
      problem.auxiliarySigns.withUnsafeBufferPointer { signs in
        for a in 0..<rows.count { dy[Int(rows[a])] += signs[a] * tail[a] / (s[a] + perturbation) }
        let accuracy = system.solve(x: dw, y: dy)
        for a in 0..<rows.count { tail[a] = -(tail[a] + signs[a] * dy[Int(rows[a])]) / (s[a] + perturbation) }
        return accuracy
      }
    }
  }

  /// Steps in the multipliers of bounds that belong to the step in w.
  func computeBoundSteps() {
    let w = self.w.pointer, lower = problem.lower.pointer, upper = problem.upper.pointer
    let dw = step.pointer, mu = self.mu
    let zl = lowerMultipliers.pointer, zu = upperMultipliers.pointer
    let dl = lowerStep.pointer, du = upperStep.pointer
    problem.withLower.withUnsafeBufferPointer { list in
      for k in list {
        let j = Int(k), d = w[j] - lower[j]
        dl[j] = (mu - zl[j] * dw[j]) / d - zl[j]
      }
    }
    problem.withUpper.withUnsafeBufferPointer { list in
      for k in list {
        let j = Int(k), d = upper[j] - w[j]
        du[j] = (mu + zu[j] * dw[j]) / d - zu[j]
      }
    }
  }

  /// The longest step in w, at most 1, that keeps a fraction of the distance to each bound.
  func largestStep(_ dw: UnsafePointer<Double>) -> Double {
    let w = self.w.pointer, lower = problem.lower.pointer, upper = problem.upper.pointer
    let tau = boundaryFraction
    var alpha = 1.0
    problem.withLower.withUnsafeBufferPointer { list in
      for k in list {
        let j = Int(k)
        if dw[j] < 0 { alpha = min(alpha, -tau * (w[j] - lower[j]) / dw[j]) }
      }
    }
    problem.withUpper.withUnsafeBufferPointer { list in
      for k in list {
        let j = Int(k)
        if dw[j] > 0 { alpha = min(alpha, tau * (upper[j] - w[j]) / dw[j]) }
      }
    }
    return alpha
  }

  /// The longest step in the multipliers of bounds, at most 1, that keeps them positive.
  func largestBoundMultiplierStep() -> Double {
    let tau = boundaryFraction
    var alpha = 1.0
    func limit(_ list: [Int32], _ z: UnsafePointer<Double>, _ d: UnsafePointer<Double>) {
      list.withUnsafeBufferPointer { list in
        for k in list {
          let j = Int(k)
          if d[j] < 0 { alpha = min(alpha, -tau * z[j] / d[j]) }
        }
      }
    }
    limit(problem.withLower, lowerMultipliers.pointer, lowerStep.pointer)
    limit(problem.withUpper, upperMultipliers.pointer, upperStep.pointer)
    return alpha
  }
}
