extension ConeProduct {
  /// The largest step, at most `limit`, with `s + step * ds` in K and `z + step * dz` in K*.
  ///
  /// Exact for symmetric cones; for the others up to a thousandth too short, and never too long. `s` and `z` must be the
  /// points of the last ``updateScaling(s:z:)``.
  /// - Complexity: O(dimension), and O(8n³) for a semidefinite cone of order n.
  func maxStep(
    s: UnsafePointer<Double>, ds: UnsafePointer<Double>, z: UnsafePointer<Double>, dz: UnsafePointer<Double>,
    limit: Double
  ) -> Double {
    var step = limit
    for block in blocks {
      let (o, n) = (block.offset, block.dimension)
      switch block.kind {
      case .secondOrder, .rotatedSecondOrder:
        step = SecondOrderScaling.step(
          n, secondOrder(block, s, slot: 0), secondOrder(block, ds, slot: 1), step)
        step = SecondOrderScaling.step(
          n, secondOrder(block, z, slot: 0), secondOrder(block, dz, slot: 1), step)
      case .exponential:
        let barrier = ExponentialBarrier()
        step = NonsymmetricScaling.primalStep(barrier, Vector3(at: s + o), Vector3(at: ds + o), step)
        step = NonsymmetricScaling.dualStep(barrier, Vector3(at: z + o), Vector3(at: dz + o), step)
      case .power:
        let barrier = PowerBarrier(exponent: block.exponent)
        step = NonsymmetricScaling.primalStep(barrier, Vector3(at: s + o), Vector3(at: ds + o), step)
        step = NonsymmetricScaling.dualStep(barrier, Vector3(at: z + o), Vector3(at: dz + o), step)
      case .semidefinite:
        let scaling = semidefinite(block)
        step = scaling.primalStep(ds + o, step)
        step = scaling.dualStep(dz + o, step)
      }
    }
    return step
  }

  /// Whether no exponential or power cone has run ahead of the others: its shadow complementarity
  /// `3 / (∇f(s)ᵀ∇f*(z))`, which is at most `sᵀz / 3`, is at least `nearness * mu`.
  ///
  /// Without this the scalings of these cones lose their meaning; symmetric cones do without. A driver shortens its step
  /// until it holds at the trial point, with `mu` of that point, and takes a centring step, without a second-order term,
  /// where too little of the step remains.
  ///
  /// Dahl and Andersen, "A primal-dual interior-point algorithm for nonsymmetric exponential-cone optimization" (2022),
  /// section 5.
  func isNearCentralPath(
    s: UnsafePointer<Double>, z: UnsafePointer<Double>, mu: Double, nearness: Double = 1e-2
  ) -> Bool {
    if isSymmetric { return true }
    for block in blocks {
      let o = block.offset
      let value: Double
      switch block.kind {
      case .exponential:
        value = NonsymmetricScaling.shadowComplementarity(
          ExponentialBarrier(), Vector3(at: s + o), Vector3(at: z + o))
      case .power:
        value = NonsymmetricScaling.shadowComplementarity(
          PowerBarrier(exponent: block.exponent), Vector3(at: s + o), Vector3(at: z + o))
      default: continue
      }
      if !(value >= nearness * mu) { return false }
    }
    return true
  }
}
