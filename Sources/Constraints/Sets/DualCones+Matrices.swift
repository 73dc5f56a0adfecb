// Multipliers of cones of matrices. The coordinates of a triangle name an entry off the diagonal once, so a multiplier
// of it stands for two entries of half its size.

extension PositiveSemidefiniteConeTriangle {
  public func leastProduct(with z: [Double]) -> (value: Double, violation: Double)? {
    var matrix = halvedTriangle(z[...], sideDimension)
    return (0, largest(0, -smallestEigenvalue(&matrix, sideDimension)))
  }
}

extension PositiveSemidefiniteConeSquare {
  public func leastProduct(with z: [Double]) -> (value: Double, violation: Double)? {
    var matrix = symmetrized(z, sideDimension).0
    return (0, largest(0, -smallestEigenvalue(&matrix, sideDimension)))
  }
}

extension HermitianPositiveSemidefiniteConeTriangle {
  public func leastProduct(with z: [Double]) -> (value: Double, violation: Double)? {
    var halved = z
    var k = 0
    for column in 0..<sideDimension {
      for row in 0...column {
        if row < column { halved[k] /= 2 }
        k += 1
      }
    }
    for i in k..<halved.count { halved[i] /= 2 }
    return (0, violation(at: halved))
  }
}

extension RootDetConeTriangle {
  public func leastProduct(with z: [Double]) -> (value: Double, violation: Double)? {
    (0, rootDualViolation(z[0], halvedTriangle(z.dropFirst(), sideDimension), sideDimension))
  }
}

extension RootDetConeSquare {
  public func leastProduct(with z: [Double]) -> (value: Double, violation: Double)? {
    (0, rootDualViolation(z[0], symmetrized(Array(z.dropFirst()), sideDimension).0, sideDimension))
  }
}

extension LogDetConeTriangle {
  public func leastProduct(with z: [Double]) -> (value: Double, violation: Double)? {
    (0, logDualViolation(z[0], z[1], halvedTriangle(z.dropFirst(2), sideDimension), sideDimension))
  }
}

extension LogDetConeSquare {
  public func leastProduct(with z: [Double]) -> (value: Double, violation: Double)? {
    (0, logDualViolation(z[0], z[1], symmetrized(Array(z.dropFirst(2)), sideDimension).0, sideDimension))
  }
}

extension NormSpectralCone {
  public func leastProduct(with z: [Double]) -> (value: Double, violation: Double)? {
    (0, NormNuclearCone(rows: rows, columns: columns).violation(at: z))
  }
}

extension NormNuclearCone {
  public func leastProduct(with z: [Double]) -> (value: Double, violation: Double)? {
    (0, NormSpectralCone(rows: rows, columns: columns).violation(at: z))
  }
}

/// A full matrix from a triangle, column by column, whose entries off the diagonal stand for two halves.
private func halvedTriangle(_ triangle: ArraySlice<Double>, _ n: Int) -> [Double] {
  var matrix = fromTriangle(Array(triangle), n)
  for i in 0..<n { for j in 0..<n where i != j { matrix[i * n + j] /= 2 } }
  return matrix
}

/// Distance from the dual of the root-determinant cone: `v <= 0`, W semidefinite, `-v <= n det(W)^(1/n)`.
private func rootDualViolation(_ v: Double, _ matrix: [Double], _ n: Int) -> Double {
  let values = eigenvalues(matrix, n)
  return largest(v, leastShift { geometricMean(values, shiftedBy: $0) >= -v / Double(n) - $0 })
}

/// Distance from the dual of the log-determinant cone: `v <= 0`, W semidefinite and, with `a = -v > 0`,
/// `w >= a (n log a - log det W - n)`; `w >= 0` for v = 0.
private func logDualViolation(_ v: Double, _ w: Double, _ matrix: [Double], _ n: Int) -> Double {
  let values = eigenvalues(matrix, n)
  let a = largest(0, -v)
  return largest(
    v,
    leastShift { shift in
      var logs = 0.0
      for value in values {
        if !(value + shift >= 0) { return false }
        logs += Operation.log.value((value + shift) / max(a, 1e-300))
      }
      return w + shift >= (a == 0 ? 0 : -a * (logs + Double(n)))
    })
}
