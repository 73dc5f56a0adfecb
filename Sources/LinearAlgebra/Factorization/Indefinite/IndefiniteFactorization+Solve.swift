extension IndefiniteFactorization {
  /// Replaces a right-hand side by the solution of `K x = b`, with K as it was factored, replaced pivots included.
  /// - Parameter x: length n.
  /// - Complexity: O(entries of the factor), and no allocation.
  public func solve(_ x: UnsafeMutablePointer<Double>) {
    let n = layout.order, positions = layout.positions
    for i in 0..<n { permuted[Int(positions[i])] = x[i] }
    for s in 0..<layout.frontCount { forward(factored[s]) }
    for s in (0..<layout.frontCount).reversed() { backward(factored[s]) }
    for i in 0..<n { x[i] = permuted[Int(positions[i])] }
  }

  /// `y ← L⁻¹ y`, then `y ← D⁻¹ y` for the columns of one front; the rows below are brought up to date.
  private func forward(_ front: Factored) {
    let width = front.pivots, ld = front.rows, index = indices.pointer + front.index
    let v = gathered.pointer, b = permuted
    for i in 0..<ld { v[i] = b[Int(index[i])] }
    var column = panels.pointer + front.panel
    for j in 0..<width {
      let t = v[j]
      for i in (j &+ 1)..<max(j &+ 1, ld) { v[i] -= column[i] * t }
      column += ld
    }
    let d = diagonal + front.firstPivot, e = subdiagonal + front.firstPivot
    var j = 0
    while j < width {
      if e[j] == 0 {
        v[j] /= d[j]
        j &+= 1
      } else {
        // Scaled by the off-diagonal entry, which is the largest of the block.
        let p = d[j] / e[j], q = d[j &+ 1] / e[j]
        let determinant = e[j] * (p * q - 1)
        let s = v[j], t = v[j &+ 1]
        v[j] = (q * s - t) / determinant
        v[j &+ 1] = (p * t - s) / determinant
        j &+= 2
      }
    }
    for i in 0..<ld { b[Int(index[i])] = v[i] }
  }

  /// `y ← L⁻ᵀ y` for the columns of one front.
  private func backward(_ front: Factored) {
    let width = front.pivots, ld = front.rows, index = indices.pointer + front.index
    let v = gathered.pointer, b = permuted
    for i in 0..<ld { v[i] = b[Int(index[i])] }
    var j = width &- 1
    while j >= 0 {
      let column = panels.pointer + (front.panel &+ j &* ld)
      var sum = 0.0, other = 0.0
      var i = j &+ 1
      while i &+ 2 <= ld {
        sum += column[i] * v[i]
        other += column[i &+ 1] * v[i &+ 1]
        i &+= 2
      }
      if i < ld { sum += column[i] * v[i] }
      v[j] -= sum + other
      j &-= 1
    }
    for j in 0..<width { b[Int(index[j])] = v[j] }
  }
}
