import LinearAlgebra

extension HomogeneousEmbedding {
  /// Largest step that keeps everything nonnegative.
  func maxStep(limit: Double) -> Double {
    var alpha = boxes.maxStep(limit: limit)
    if tauStep < 0 { alpha = min(alpha, -tau / tauStep) }
    if kappaStep < 0 { alpha = min(alpha, -kappa / kappaStep) }
    if !cones.isEmpty {
      alpha = cones.maxStep(
        s: coneSlack.pointer, ds: coneSlackStep.pointer, z: coneMultipliers, dz: multiplierStep.pointer + m, limit: alpha)
    }
    return alpha
  }

  /// The step shortened until exponential and power cones stay near the central path.
  func centralStep(_ step: Double) -> Double {
    if cones.isSymmetric { return step }
    let p = cones.dimension
    var alpha = step
    while alpha > 1e-8 {
      coneScratch.pointer.update(from: coneSlack.pointer, count: p)
      VectorKernels.add(p, alpha, coneSlackStep.pointer, to: coneScratch.pointer)
      let z = coneScratch.pointer + p
      z.update(from: coneMultipliers, count: p)
      VectorKernels.add(p, alpha, multiplierStep.pointer + m, to: z)
      let product =
        boxes.complementarity(after: alpha) + VectorKernels.dot(p, coneScratch.pointer, z)
        + (tau + alpha * tauStep) * (kappa + alpha * kappaStep)
      if cones.isNearCentralPath(s: coneScratch.pointer, z: z, mu: product / degree) { break }
      alpha *= 0.8
    }
    return alpha
  }

  func advance(_ alpha: Double) {
    VectorKernels.add(n + m, alpha, tStep.pointer, to: t.pointer)
    VectorKernels.add(r, alpha, multiplierStep.pointer, to: multipliers.pointer)
    VectorKernels.add(cones.dimension, alpha, coneSlackStep.pointer, to: coneSlack.pointer)
    boxes.advance(primal: alpha, dual: alpha)
    tau += alpha * tauStep
    kappa += alpha * kappaStep
  }

  /// Takes steps of different length in the point and in the multipliers; only where τ is fixed, and without quadratic
  /// terms and cones.
  func advance(primal: Double, dual: Double) {
    VectorKernels.add(n + m, primal, tStep.pointer, to: t.pointer)
    VectorKernels.add(r, dual, multiplierStep.pointer, to: multipliers.pointer)
    boxes.advance(primal: primal, dual: dual)
  }

  /// Remembers the present direction.
  func keepDirection() {
    keptSteps[0].copy(from: tStep)
    keptSteps[1].copy(from: multiplierStep)
    keptSteps[2].copy(from: coneSlackStep)
    keptSteps[3].copy(from: boxes.slackStep)
    keptSteps[4].copy(from: boxes.multiplierStep)
    (keptTauStep, keptKappaStep) = (tauStep, kappaStep)
  }

  /// Goes back to the direction that was kept.
  func restoreDirection() {
    tStep.copy(from: keptSteps[0])
    multiplierStep.copy(from: keptSteps[1])
    coneSlackStep.copy(from: keptSteps[2])
    boxes.slackStep.copy(from: keptSteps[3])
    boxes.multiplierStep.copy(from: keptSteps[4])
    (tauStep, kappaStep) = (keptTauStep, keptKappaStep)
  }

  /// Largest step along `kept + weight (present - kept)`; without cones.
  func maxStep(limit: Double, weight: Double) -> Double {
    var alpha = boxes.maxStep(
      limit: limit, weight: weight, otherSlackStep: keptSteps[3].pointer, otherMultiplierStep: keptSteps[4].pointer)
    let tauBlend = keptTauStep + weight * (tauStep - keptTauStep)
    let kappaBlend = keptKappaStep + weight * (kappaStep - keptKappaStep)
    if tauBlend < 0 { alpha = min(alpha, -tau / tauBlend) }
    if kappaBlend < 0 { alpha = min(alpha, -kappa / kappaBlend) }
    return alpha
  }

  /// Replaces the direction by `kept + weight (present - kept)`.
  func blend(_ weight: Double) {
    if weight == 1 { return }
    mix(tStep, keptSteps[0], weight)
    mix(multiplierStep, keptSteps[1], weight)
    mix(coneSlackStep, keptSteps[2], weight)
    mix(boxes.slackStep, keptSteps[3], weight)
    mix(boxes.multiplierStep, keptSteps[4], weight)
    tauStep = keptTauStep + weight * (tauStep - keptTauStep)
    kappaStep = keptKappaStep + weight * (kappaStep - keptKappaStep)
  }

  private func mix(_ present: Vector, _ kept: Vector, _ weight: Double) {
    VectorKernels.scale(present.count, weight, present.pointer)
    VectorKernels.add(present.count, 1 - weight, kept.pointer, to: present.pointer)
  }

  /// Remembers the present point and multipliers.
  func keep() {
    keptPoint.copy(from: t)
    keptMultipliers.copy(from: multipliers)
    keptTau = tau
  }

  /// Goes back to what was kept; slacks and steps are no longer consistent with it.
  func restoreKept() {
    t.copy(from: keptPoint)
    multipliers.copy(from: keptMultipliers)
    tau = keptTau
  }
}
