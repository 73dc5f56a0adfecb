extension LDLFactorization {
  /// Right-hand sides that go through the factor together.
  static let batch = 4

  /// Replaces right-hand sides by solutions of `K x = b`, with K as it was factored, replaced pivots included.
  /// - Parameters:
  ///   - x: `count` vectors of length n, one after the other.
  /// - Complexity: O(`count` · entries of the factor), and no allocation. Up to four right-hand sides cost one pass
  ///   over the factor's memory.
  public func solve(_ x: UnsafeMutablePointer<Double>, count: Int = 1) {
    var done = 0
    while done < count {
      let batch = min(Self.batch, count - done)
      solveBatch(x + done * layout.order, batch)
      done += batch
    }
  }

  private func solveBatch(_ x: UnsafeMutablePointer<Double>, _ count: Int) {
    let n = layout.order, positions = layout.positions
    for c in 0..<count {
      let source = x + c * n, target = permuted + c * n
      for i in 0..<n { target[Int(positions[i])] = source[i] }
    }
    for s in 0..<layout.frontCount { forward(s, count) }
    for s in (0..<layout.frontCount).reversed() { backward(s, count) }
    for c in 0..<count {
      let source = permuted + c * n, target = x + c * n
      for i in 0..<n { target[i] = source[Int(positions[i])] }
    }
  }

  /// `y ← L⁻¹ y` for the columns of one front, whose rows below are brought up to date.
  private func forward(_ s: Int, _ count: Int) {
    let front = layout.fronts[s]
    let width = Int(front.width), below = Int(front.below)
    let rows = layout.rows + front.rowStart
    for c in 0..<count {
      let b = permuted + c &* layout.order
      let x = b + Int(front.first)
      let v = gathered + c &* layout.largestFront
      for j in 0..<width { v[j] = x[j] }
      for i in 0..<below { v[width &+ i] = b[Int(rows[i])] }
      TriangularKernels.forward(panels + front.panel, width &+ below, width, v)
      for j in 0..<width { x[j] = v[j] }
      for i in 0..<below { b[Int(rows[i])] = v[width &+ i] }
    }
  }

  /// `y ← L⁻ᵀ J y` for the columns of one front.
  private func backward(_ s: Int, _ count: Int) {
    let front = layout.fronts[s]
    let width = Int(front.width), below = Int(front.below), positive = Int(front.positive)
    let rows = layout.rows + front.rowStart
    for c in 0..<count {
      let b = permuted + c &* layout.order
      let x = b + Int(front.first)
      let v = gathered + c &* layout.largestFront
      for j in 0..<positive { v[j] = x[j] }
      for j in positive..<width { v[j] = -x[j] }
      for i in 0..<below { v[width &+ i] = b[Int(rows[i])] }
      TriangularKernels.backward(panels + front.panel, width &+ below, width, v)
      for j in 0..<width { x[j] = v[j] }
    }
  }
}
