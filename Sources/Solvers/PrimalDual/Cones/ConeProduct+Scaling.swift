extension ConeProduct {
  /// Computes H for s in K and z in K*, strictly inside.
  /// - Returns: false when rounding has taken a point to the boundary, so that no scaling exists.
  /// - Complexity: O(dimension), and O(30n³) for a semidefinite cone of order n.
  func updateScaling(s: UnsafePointer<Double>, z: UnsafePointer<Double>) -> Bool {
    for block in blocks {
      let (o, n) = (block.offset, block.dimension)
      let data = storage + block.storage
      let isDone =
        switch block.kind {
        case .secondOrder: SecondOrderScaling.update(n, s + o, z + o, data)
        case .rotatedSecondOrder:
          SecondOrderScaling.update(n, secondOrder(block, s, slot: 0), secondOrder(block, z, slot: 1), data)
        case .exponential:
          NonsymmetricScaling.update(ExponentialBarrier(), Vector3(at: s + o), Vector3(at: z + o), data)
        case .power:
          NonsymmetricScaling.update(
            PowerBarrier(exponent: block.exponent), Vector3(at: s + o), Vector3(at: z + o), data)
        case .semidefinite: semidefinite(block).update(s + o, z + o)
        }
      if !isDone { return false }
    }
    return true
  }

  /// `out = H v`.
  /// - Complexity: O(dimension), and O(4n³) for a semidefinite cone of order n.
  func applyH(_ v: UnsafePointer<Double>, into out: UnsafeMutablePointer<Double>) {
    applyH(v, into: out, blockCount: blocks.count)
  }

  /// The same for the cones in the KKT block only; `out` stays as it is for the others.
  func applyBlockH(_ v: UnsafePointer<Double>, into out: UnsafeMutablePointer<Double>) {
    applyH(v, into: out, blockCount: keptBlockCount)
  }

  private func applyH(_ v: UnsafePointer<Double>, into out: UnsafeMutablePointer<Double>, blockCount: Int) {
    for b in 0..<blockCount {
      let block = blocks[b]
      let (o, n) = (block.offset, block.dimension)
      let data = storage + block.storage
      switch block.kind {
      case .secondOrder: SecondOrderScaling.applyH(n, data, v + o, out + o)
      case .rotatedSecondOrder:
        SecondOrderScaling.applyH(n, data, secondOrder(block, v, slot: 0), out + o)
        ConeProduct.rotate(out + o)
      case .exponential, .power: Symmetric3(at: data)(Vector3(at: v + o)).store(out + o)
      case .semidefinite: semidefinite(block).applyH(v + o, out + o)
      }
    }
  }

  /// Writes the values of the KKT block in the order of ``blockRows``.
  ///
  /// For a cone with auxiliary rows, eliminating these from the written block gives -H.
  /// - Complexity: O(entries).
  func writeBlock(into values: UnsafeMutablePointer<Double>) {
    var next = values
    for block in blocks[..<keptBlockCount] {
      let n = block.dimension
      let data = storage + block.storage
      switch block.kind {
      case .secondOrder, .rotatedSecondOrder:
        let isRotated = block.kind == .rotatedSecondOrder
        if block.auxiliary < 0 {
          writeDense(n, data, isRotated, next)
        } else {
          writeSparse(n, data, isRotated, next)
        }
      case .exponential, .power: for k in 0..<6 { next[k] = -data[k] }
      case .semidefinite: semidefinite(block).writeBlock(next)
      }
      next += block.entryCount
    }
    for block in blocks where block.auxiliary >= 0 {
      let square = storage[block.storage] * storage[block.storage]
      next[0] = -square
      next[1] = square
      next += 2
    }
  }

  /// The lower triangle of `-η² (2wwᵀ - J)`.
  @inline(__always)
  private func writeDense(
    _ n: Int, _ data: UnsafePointer<Double>, _ isRotated: Bool, _ values: UnsafeMutablePointer<Double>
  ) {
    let square = data[0] * data[0]
    let w = data + SecondOrderScaling.headerCount
    // In rotated coordinates w becomes Tw, and TJT has ones at (0, 1) and (1, 0) instead of 1 and -1 on the diagonal.
    let root = 0.5.squareRoot()
    let (w0, w1) = isRotated ? ((w[0] + w[1]) * root, (w[0] - w[1]) * root) : (w[0], n > 1 ? w[1] : 0)
    @inline(__always) func entry(_ i: Int) -> Double { i == 0 ? w0 : i == 1 ? w1 : w[i] }
    var k = 0
    for j in 0..<n {
      let factor = -2 * square * entry(j)
      for i in j..<n {
        values[k] = factor * entry(i)
        k += 1
      }
    }
    // Add η² J.
    if isRotated {
      values[1] += square
    } else {
      values[0] += square
    }
    k = isRotated ? n + (n - 1) : n
    for j in (isRotated ? 2 : 1)..<max(n, isRotated ? 2 : 1) {
      values[k] -= square
      k += n - j
    }
  }

  /// The columns of `-η² diag(d, 1, …, 1)` with `η² v` and `η² u` in the auxiliary rows.
  @inline(__always)
  private func writeSparse(
    _ n: Int, _ data: UnsafePointer<Double>, _ isRotated: Bool, _ values: UnsafeMutablePointer<Double>
  ) {
    let square = data[0] * data[0]
    let (d, u0, u1, v1) = (data[1], square * data[2], square * data[3], square * data[4])
    let w = data + SecondOrderScaling.headerCount
    var k = 0
    if isRotated {
      let root = 0.5.squareRoot()
      values[0] = -0.5 * square * (d + 1)
      values[1] = -0.5 * square * (d - 1)
      values[2] = root * v1 * w[1]
      values[3] = root * (u0 + u1 * w[1])
      values[4] = values[0]
      values[5] = -values[2]
      values[6] = root * (u0 - u1 * w[1])
      k = 7
    } else {
      values[0] = -square * d
      values[1] = 0
      values[2] = u0
      values[3] = -square
      values[4] = v1 * w[1]
      values[5] = u1 * w[1]
      k = 6
    }
    for i in 2..<n {
      values[k] = -square
      values[k + 1] = v1 * w[i]
      values[k + 2] = u1 * w[i]
      k += 3
    }
  }
}
