import LinearAlgebra

extension KKTSystem {
  /// Solves in place for `count` right-hand sides, each of columns and rows, one after the other.
  func solve(_ rhs: UnsafeMutablePointer<Double>, count: Int) {
    let length = n + r
    solution.pointer.update(from: rhs, count: count * length)
    for k in 0..<count {
      let x = solution.pointer + k * length
      if !elimination.isEmpty { elimination.reduce(x) }
      norms[k] = max(weightedNorm(x), 1e-300)
    }
    solveOnce(solution.pointer, count: count)
    lastResidual = 0
    for k in 0..<count {
      let x = solution.pointer + k * length
      let b = rhs + k * length
      let norm = norms[k]
      computeResidual(b, x, residual.pointer)
      var relative = weightedNorm(residual.pointer) / norm
      if relative > options.refinementTolerance { relative = refine(x, norm) }
      lastResidual = max(lastResidual, relative)
    }
    rhs.update(from: solution.pointer, count: count * length)
  }

  /// Generalized conjugate residuals, preconditioned by the factor of the regularized matrix: unlike plain iterative
  /// refinement it also converges where regularization outweighs the matrix. Starts from ``residual``.
  ///
  /// Eisenstat, Elman and Schultz, "Variational iterative methods for nonsymmetric systems of linear equations" (1983).
  /// - Returns: the relative residual reached.
  private func refine(_ x: UnsafeMutablePointer<Double>, _ norm: Double) -> Double {
    let length = n + r
    let res = residual.pointer
    while directions.count < options.refinementLimit {
      directions.append(Vector(count: length))
      images.append(Vector(count: length))
    }
    fillWeights()
    let w = weights.pointer
    func weightedDot(_ a: UnsafePointer<Double>, _ b: UnsafePointer<Double>) -> Double {
      var sum = 0.0
      for i in 0..<length { sum += w[i] * a[i] * b[i] }
      return sum
    }
    var relative = weightedNorm(res) / norm
    for step in 0..<options.refinementLimit {
      let (z, q) = (directions[step].pointer, images[step].pointer)
      z.update(from: res, count: length)
      solveOnce(z, count: 1)
      zero.pointer.update(repeating: 0, count: length)
      computeResidual(zero.pointer, z, q)
      for i in 0..<length { q[i] = -q[i] }
      for j in 0..<step {
        let beta = weightedDot(q, images[j].pointer)
        VectorKernels.add(length, -beta, images[j].pointer, to: q)
        VectorKernels.add(length, -beta, directions[j].pointer, to: z)
      }
      let size = weightedDot(q, q).squareRoot()
      if !(size > 0) || !size.isFinite { break }
      for i in 0..<length {
        q[i] /= size
        z[i] /= size
      }
      let alpha = weightedDot(res, q)
      VectorKernels.add(length, alpha, z, to: x)
      VectorKernels.add(length, -alpha, q, to: res)
      let before = relative
      relative = weightedNorm(res) / norm
      if relative <= options.refinementTolerance || relative > 0.9 * before && step > 1 { break }
    }
    return relative
  }

  private func fillWeights() {
    for j in 0..<n {
      let d = max(1, diagonal.pointer[j])
      weights.pointer[j] = 1 / (d * d)
    }
    for i in 0..<r {
      let d = max(1, rowDiagonal.pointer[i])
      weights.pointer[n + i] = 1 / (d * d)
    }
  }


  /// The largest absolute entry, each equation divided by its diagonal where that is above 1: at the end of a solve
  /// diagonals reach 1e15, and their equations would drown all others.
  private func weightedNorm(_ x: UnsafePointer<Double>) -> Double {
    var largest = 0.0
    // Comparisons lose what is no number; sums keep it.
    var sum = 0.0
    for j in 0..<n where !isAbsorbed(j) {
      let size = abs(x[j]) / max(1, diagonal.pointer[j])
      sum += size
      largest = max(largest, size)
    }
    for i in 0..<pattern.rowCount {
      let size = abs(x[n + i]) / max(1, rowDiagonal.pointer[i])
      sum += size
      largest = max(largest, size)
    }
    return sum.isNaN ? .infinity : largest
  }

  @inline(__always)
  private func isAbsorbed(_ j: Int) -> Bool { !elimination.isEmpty && elimination.isAbsorbed[j] }

  /// `out = rhs - K x` with the matrix without regularization. First x is completed: what was eliminated with cones is
  /// made to satisfy its equations, which leaves no residual in them.
  private func computeResidual(
    _ rhs: UnsafePointer<Double>, _ x: UnsafeMutablePointer<Double>, _ out: UnsafeMutablePointer<Double>
  ) {
    if !elimination.isEmpty { elimination.complete(x, rhs) }
    let y = x + n
    let rowOut = out + n
    for j in 0..<n { out[j] = rhs[j] - diagonal.pointer[j] * x[j] }
    let m = r - cones.dimension
    for i in 0..<m { rowOut[i] = rhs[n + i] + rowDiagonal.pointer[i] * y[i] }
    if !cones.isEmpty {
      cones.applyBlockH(y + m, into: coneProduct.pointer)
      for i in 0..<cones.blockDimension { rowOut[m + i] = rhs[n + m + i] + coneProduct.pointer[i] }
    }
    problem.matrix.starts.withUnsafeBufferPointer { starts in
      problem.matrix.rowIndices.withUnsafeBufferPointer { rows in
        problem.matrix.values.withUnsafeBufferPointer { entries in
          for j in 0..<n {
            let xj = x[j]
            var sum = 0.0
            for k in starts[j]..<starts[j + 1] {
              let i = Int(rows[k])
              rowOut[i] -= entries[k] * xj
              sum += entries[k] * y[i]
            }
            out[j] -= sum
          }
        }
      }
    }
    problem.subtractHessianProduct(x, from: out)
    if !elimination.isEmpty { elimination.clear(out) }
  }

  /// One solve with the factor of the regularized matrix, for what is not eliminated with cones.
  private func solveOnce(_ x: UnsafeMutablePointer<Double>, count: Int) {
    let length = n + r
    let kept = pattern.kept.count
    let order = pattern.order
    let stay = pattern.rowCount
    problem.matrix.starts.withUnsafeBufferPointer { starts in
      problem.matrix.rowIndices.withUnsafeBufferPointer { rows in
        problem.matrix.values.withUnsafeBufferPointer { entries in
          pattern.eliminated.withUnsafeBufferPointer { eliminated in
            pattern.kept.withUnsafeBufferPointer { keptColumns in
              for c in 0..<count {
                let full = x + c * length
                let small = reduced.pointer + c * order
                for k in 0..<kept { small[k] = full[Int(keptColumns[k])] }
                (small + kept).update(from: full + n, count: stay)
                (small + kept + stay).update(repeating: 0, count: order - kept - stay)
                for e in eliminated {
                  let j = Int(e)
                  let t = pivots.pointer[j] * full[j]
                  if t == 0 { continue }
                  for k in starts[j]..<starts[j + 1] { small[kept + Int(rows[k])] -= entries[k] * t }
                }
              }
              scaleReduced(count)
              factorization.solve(reduced.pointer, count: count)
              scaleReduced(count)
              for c in 0..<count {
                let full = x + c * length
                let small = reduced.pointer + c * order
                for k in 0..<kept { full[Int(keptColumns[k])] = small[k] }
                (full + n).update(from: small + kept, count: stay)
                for e in eliminated {
                  let j = Int(e)
                  var sum = full[j]
                  for k in starts[j]..<starts[j + 1] { sum -= entries[k] * small[kept + Int(rows[k])] }
                  full[j] = sum * pivots.pointer[j]
                }
              }
            }
          }
        }
      }
    }
  }

  /// Multiplies the reduced right-hand sides or solutions by ``scale``.
  @inline(__always)
  private func scaleReduced(_ count: Int) {
    let order = scale.count
    for c in 0..<count {
      let x = reduced.pointer + c * order
      for k in 0..<order { x[k] *= scale.pointer[k] }
    }
  }
}
