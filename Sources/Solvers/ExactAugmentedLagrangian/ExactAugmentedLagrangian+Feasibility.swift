import LinearAlgebra

/// Where the merit function finds no way: a phase that reduces `½ ‖c‖²` alone, by Newton steps that are damped until it
/// falls.
///
///     | Σ cᵢ ∇²cᵢ + μ I   Gᵀ | | dx |   | -Gᵀc |
///     |        G          -I | | w  | = |   0  |     with w = G dx
///
/// Sources: Levenberg, "A method for the solution of certain non-linear problems in least squares", 1944; Nielsen,
/// "Damping parameter in Marquardt's method", 1999.
extension ExactAugmentedLagrangian {
  enum FeasibilityEnding { case feasible, stationary, stalled, stopped, iterationLimit }

  func feasibilityPhase() -> FeasibilityEnding {
    let (n, m) = (problem.n, problem.m)
    let start = current.constraintSquare
    var damping = 1e-3
    var isPerturbed = false
    while true {
      report()
      let square = current.constraintSquare
      if square <= 1e-2 * start || violation <= options.feasibility { return .feasible }
      if context.shouldStop { return .stopped }
      if iterations >= options.iterationLimit { return .iterationLimit }
      merit.prepare(current, hessian: hessian)
      let steepness = VectorKernels.norm(current.jacobian.count, current.jacobian.pointer)
      if merit.normalNorm <= options.stationary * max(steepness, startSteepness) * square.squareRoot() {
        // A start at a saddle or a maximum of the violation looks the same: a minimum is returned to.
        if isPerturbed { return .stationary }
        isPerturbed = true
        if perturb() { continue }
        return .stalled
      }
      iterations += 1
      feasibilityIterations += 1
      problem.hessian(current, objective: 0, multipliers: current.constraints, into: hessian)
      let size = max(1e-8, VectorKernels.maxNorm(hessian.count, hessian.pointer), steepness * steepness / Double(m))
      if !size.isFinite { return .stalled }
      rightHandSide.fill(0)
      problem.addTransposed(current, current.constraints.pointer, to: rightHandSide.pointer)
      for j in 0..<n { rightHandSide[j] = -rightHandSide[j] }
      var isReduced = false
      while !isReduced && damping <= 1e12 && !context.shouldStop {
        matrix.assemble(hessian: hessian, jacobian: current.jacobian, shift: damping * size, dual: 1)
        if inner.prepare(matrix) != .notPositive {
          _ = inner.solve(matrix, rightHandSide.pointer, into: direction.pointer, tolerance: options.tightening)
          isReduced = takeIfReduced()
        }
        damping = isReduced ? max(1e-12, damping / 10) : 4 * damping
      }
      if !isReduced { return context.shouldStop ? .stopped : .stalled }
    }
  }

  /// Takes the full step if the violation falls.
  private func takeIfReduced() -> Bool {
    let (n, m) = (problem.n, problem.m)
    if !VectorKernels.maxNorm(n, direction.pointer).isFinite { return false }
    for j in 0..<n { trial.x[j] = current.x[j] + direction[j] }
    for i in 0..<m { trial.multipliers[i] = current.multipliers[i] }
    guard problem.evaluate(trial), trial.constraintSquare < current.constraintSquare else { return false }
    swap(&current, &trial)
    return true
  }

  /// Moves to a point at random nearby where the functions are finite.
  private func perturb() -> Bool {
    let (n, m) = (problem.n, problem.m)
    var size = 1e-3
    for _ in 0..<10 {
      for j in 0..<n {
        let u = Double(random.next() >> 11) * 0x1p-52 - 1
        trial.x[j] = current.x[j] + size * max(1, abs(current.x[j])) * u
      }
      for i in 0..<m { trial.multipliers[i] = current.multipliers[i] }
      if problem.evaluate(trial) {
        swap(&current, &trial)
        return true
      }
      size /= 10
    }
    return false
  }
}
