import LinearAlgebra

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

// Values, derivatives and residuals at the iterate.
extension BarrierMethod {
  /// The violation of the rows: Σ |c|.
  func violation(_ c: UnsafePointer<Double>) -> Double {
    var sum = 0.0
    for i in 0..<problem.m { sum += abs(c[i]) }
    return sum
  }

  /// Residual and, unless the violation is too large or no number, the objective at the trial point.
  /// - Returns: the violation; infinite if the point can't be taken.
  func evaluateTrial() -> Double {
    problem.residual(trial.pointer, into: trialResidual.pointer)
    let theta = violation(trialResidual.pointer)
    guard theta <= largeViolation else { return .infinity }
    trialObjective = problem.objective(trial.pointer)
    return trialObjective.isFinite ? theta : .infinity
  }

  /// First derivatives at the iterate.
  func evaluateDerivatives() {
    problem.gradient(w.pointer, into: gradient.pointer)
    problem.functions.jacobian(w.pointer, into: system.jacobian.pointer)
    updateLagrangianGradient()
  }

  func evaluateHessian() {
    problem.hessian(w.pointer, multipliers: y.pointer, into: hessian.pointer, diagonal: proximityDiagonal.pointer)
    system.setHessian(hessian.pointer, diagonal: proximityDiagonal.pointer)
    system.setJacobian()
  }

  /// `result += [J A]ᵀ v`.
  func addTransposed(_ v: UnsafePointer<Double>, to result: UnsafeMutablePointer<Double>) {
    system.addTransposed(problem.functions, v, to: result)
    problem.auxiliaryRows.withUnsafeBufferPointer { rows in
      problem.auxiliarySigns.withUnsafeBufferPointer { signs in
        let tail = result + problem.n
        for a in 0..<rows.count { tail[a] += signs[a] * v[Int(rows[a])] }
      }
    }
  }

  /// ∇F + Jᵀy - z_l + z_u.
  func updateLagrangianGradient() {
    let g = lagrangianGradient.pointer
    g.update(from: gradient.pointer, count: problem.total)
    addTransposed(y.pointer, to: g)
    let lower = lowerMultipliers.pointer, upper = upperMultipliers.pointer
    for j in 0..<problem.total { g[j] += upper[j] - lower[j] }
  }

  /// The residual of the optimality conditions of the barrier problem, scaled by large multipliers.
  ///
  /// Source: Wächter, Biegler 2006, equations (5) and (6).
  func optimalityError(mu: Double) -> Double {
    let total = problem.total, m = problem.m
    let w = self.w.pointer, lower = problem.lower.pointer, upper = problem.upper.pointer
    var complementarity = 0.0, boundSum = 0.0, rowSum = 0.0
    let zl = lowerMultipliers.pointer, zu = upperMultipliers.pointer
    problem.withLower.withUnsafeBufferPointer { list in
      for k in list {
        let j = Int(k)
        complementarity = max(complementarity, abs((w[j] - lower[j]) * zl[j] - mu))
        boundSum += zl[j]
      }
    }
    problem.withUpper.withUnsafeBufferPointer { list in
      for k in list {
        let j = Int(k)
        complementarity = max(complementarity, abs((upper[j] - w[j]) * zu[j] - mu))
        boundSum += zu[j]
      }
    }
    for i in 0..<m { rowSum += abs(y.pointer[i]) }
    let bounds = problem.withLower.count + problem.withUpper.count
    let most = options.multiplierScale
    let dualScale = max(most, (rowSum + boundSum) / Double(max(1, m + bounds))) / most
    let boundScale = max(most, boundSum / Double(max(1, bounds))) / most
    let dual = VectorKernels.maxNorm(total, lagrangianGradient.pointer) / dualScale
    return max(dual, VectorKernels.maxNorm(m, residual.pointer), complementarity / boundScale)
  }

  /// The largest violation of a row at the iterate, in the units of the form, relative to sides above 1. Bounds are
  /// violated by no more than their relaxation.
  func formViolation() -> Double {
    let functions = problem.functions, form = functions.form
    var largest = 0.0
    var slack = 0
    for k in 0..<problem.m {
      let i = functions.rows[k], scale = functions.rowScales[k]
      var value = residual.pointer[k] + problem.rightHandSide.pointer[k]
      if form.rowLower[i] != form.rowUpper[i] {
        value += w.pointer[problem.n + slack]
        slack += 1
      }
      value /= scale
      let below = (form.rowLower[i] - value) / max(1, abs(form.rowLower[i]))
      let above = (value - form.rowUpper[i]) / max(1, abs(form.rowUpper[i]))
      if below > largest { largest = below }
      if above > largest { largest = above }
    }
    return largest
  }

  /// `F - μ Σ log(distances) + κ_d μ Σ (distances of variables with one bound)`.
  func barrierValue(_ objective: Double, _ w: UnsafePointer<Double>) -> Double {
    let lower = problem.lower.pointer, upper = problem.upper.pointer
    var logs = 0.0, distances = 0.0
    problem.withLower.withUnsafeBufferPointer { list in
      for k in list {
        let j = Int(k), d = w[j] - lower[j]
        logs += log(d)
        if upper[j] == .infinity { distances += d }
      }
    }
    problem.withUpper.withUnsafeBufferPointer { list in
      for k in list {
        let j = Int(k), d = upper[j] - w[j]
        logs += log(d)
        if lower[j] == -.infinity { distances += d }
      }
    }
    return objective - mu * logs + options.damping * mu * distances
  }

  /// The gradient of the barrier function.
  func updateBarrierGradient() {
    let w = self.w.pointer, lower = problem.lower.pointer, upper = problem.upper.pointer
    let g = barrierGradient.pointer
    let mu = self.mu, damping = options.damping * mu
    g.update(from: gradient.pointer, count: problem.total)
    problem.withLower.withUnsafeBufferPointer { list in
      for k in list {
        let j = Int(k)
        g[j] -= mu / (w[j] - lower[j])
        if upper[j] == .infinity { g[j] += damping }
      }
    }
    problem.withUpper.withUnsafeBufferPointer { list in
      for k in list {
        let j = Int(k)
        g[j] += mu / (upper[j] - w[j])
        if lower[j] == -.infinity { g[j] -= damping }
      }
    }
  }
}
