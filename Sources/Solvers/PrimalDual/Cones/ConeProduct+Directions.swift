extension ConeProduct {
  /// ξ of the affine direction, which aims at complementarity 0: -s.
  func affineTarget(s: UnsafePointer<Double>, into xi: UnsafeMutablePointer<Double>) {
    for i in 0..<dimension { xi[i] = -s[i] }
  }

  /// ξ of the combined direction, which aims at complementarity `sigmaMu` with the second-order term of an affine
  /// direction `ds`, `dz`:
  ///
  ///     -s + Wᵀ(λ \ (σμ e - (W⁻ᵀ ds) ∘ (W dz)))                     for symmetric cones,
  ///     -s - σμ ∇f*(z) + ½ ∇³f*(z)[dz, ∇²f*(z)⁻¹ ds]                for exponential and power cones.
  ///
  /// The four vectors must not overlap `xi`.
  /// - Complexity: O(dimension), and O(14n³) for a semidefinite cone of order n.
  func combinedTarget(
    s: UnsafePointer<Double>, z: UnsafePointer<Double>, ds: UnsafePointer<Double>, dz: UnsafePointer<Double>,
    sigmaMu: Double, into xi: UnsafeMutablePointer<Double>
  ) {
    for block in blocks {
      let (o, n) = (block.offset, block.dimension)
      let data = storage + block.storage
      switch block.kind {
      case .secondOrder, .rotatedSecondOrder:
        SecondOrderScaling.combinedTarget(
          n, data, secondOrder(block, s, slot: 2), secondOrder(block, ds, slot: 3), secondOrder(block, dz, slot: 4),
          sigmaMu, scratch, scratch + scratchStride, xi + o)
        if block.kind == .rotatedSecondOrder { ConeProduct.rotate(xi + o) }
      case .exponential:
        NonsymmetricScaling.combinedTarget(
          ExponentialBarrier(), Vector3(at: s + o), Vector3(at: z + o), Vector3(at: ds + o), Vector3(at: dz + o),
          sigmaMu, data
        ).store(xi + o)
      case .power:
        NonsymmetricScaling.combinedTarget(
          PowerBarrier(exponent: block.exponent), Vector3(at: s + o), Vector3(at: z + o), Vector3(at: ds + o),
          Vector3(at: dz + o), sigmaMu, data
        ).store(xi + o)
      case .semidefinite: semidefinite(block).combinedTarget(s + o, ds + o, dz + o, sigmaMu, xi + o)
      }
    }
  }

  /// ξ of a direction towards the point of the central path at `sigmaMu`, without a second-order term: for the way back
  /// from far off the path, where that term misleads.
  func centringTarget(
    s: UnsafePointer<Double>, z: UnsafePointer<Double>, sigmaMu: Double, into xi: UnsafeMutablePointer<Double>
  ) {
    combinedTarget(s: s, z: z, ds: zeros, dz: zeros, sigmaMu: sigmaMu, into: xi)
  }
}
