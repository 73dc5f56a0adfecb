extension HalpernIteration {
  /// An estimate of ‖A‖₂ of the scaled matrix, from below, by Golub-Kahan bidiagonalization: the largest singular value
  /// of the bidiagonal matrix, once two more steps of five change it by less than the tolerance.
  ///
  /// Overwrites the iterates. A step costs two products; the largest value settles in some ten to forty steps, where
  /// the power method takes hundreds.
  ///
  /// G. Golub, W. Kahan, "Calculating the singular values and pseudo-inverse of a matrix", SIAM Journal on Numerical
  /// Analysis 2 (1965).
  func spectralNorm(
    columns: UnsafePointer<Double>? = nil, rows: UnsafePointer<Double>? = nil, tolerance: Double = 1e-4,
    limit: Int = 200, shouldStop: () -> Bool
  ) -> (norm: Double, iterations: Int) {
    // v lives in x, u in y; the products in mappedPrice and mappedActivity.
    var state: UInt64 = 0x9E37_79B9_7F4A_7C15
    for j in 0..<problem.matrix.columnOrder.count {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      x[j] = (Double(state >> 11) * 0x1p-53 - 0.5) * (columns?[j] ?? 1)
    }
    defer {
      x.update(repeating: 0, count: n)
      y.update(repeating: 0, count: m)
    }
    for i in 0..<m { y[i] = 0 }
    guard normalize(x, n) > 0 else { return (0, 0) }
    var bidiagonal = Bidiagonal()
    var beta = 0.0
    var last = 0.0
    var settled = 0
    for k in 1...limit {
      multiply(x, into: mappedActivity)
      for i in 0..<m { y[i] = mappedActivity[i] * (rows?[i] ?? 1) - beta * y[i] }
      let alpha = normalize(y, m)
      bidiagonal.append(alpha, beta)
      if alpha <= 1e-14 * bidiagonal.size { break }
      multiplyTransposed(y, into: mappedPrice)
      for j in 0..<n { x[j] = mappedPrice[j] * (columns?[j] ?? 1) - alpha * x[j] }
      beta = normalize(x, n)
      if beta <= 1e-14 * bidiagonal.size { break }
      guard k % 5 == 0 else { continue }
      let norm = bidiagonal.largestSingularValue
      settled = norm - last <= tolerance * norm ? settled + 1 : 0
      last = norm
      if settled == 2 || shouldStop() { break }
    }
    return (bidiagonal.largestSingularValue, bidiagonal.count)
  }

  /// Scales a vector to length 1 and returns what the length was.
  private func normalize(_ vector: Vector, _ count: Int) -> Double {
    var sum = 0.0
    for i in 0..<count { sum += vector[i] * vector[i] }
    let length = sum.squareRoot()
    if length > 0 {
      let factor = 1 / length
      for i in 0..<count { vector[i] *= factor }
    }
    return length
  }
}

/// An upper bidiagonal matrix with α on the diagonal and β above it.
private struct Bidiagonal {
  /// The tridiagonal matrix BᵀB: its diagonal, and the squares beside it.
  private var diagonal: [Double] = []
  private var besideSquared: [Double] = []
  private var alpha = 0.0
  /// The largest entry.
  private(set) var size = 0.0
  var count: Int { diagonal.count }

  /// Adds a column (β, α).
  mutating func append(_ newAlpha: Double, _ beta: Double) {
    // BᵀB has α² + β² on the diagonal and the product of the former α with β beside it.
    diagonal.append(newAlpha * newAlpha + beta * beta)
    besideSquared.append(alpha * alpha * beta * beta)
    alpha = newAlpha
    size = max(size, alpha, beta)
  }

  /// By bisection on the number of eigenvalues of BᵀB above a value.
  var largestSingularValue: Double {
    if diagonal.isEmpty { return 0 }
    var low = 0.0
    var high = 0.0
    for k in diagonal.indices {
      let beside = besideSquared[k].squareRoot() + (k + 1 < diagonal.count ? besideSquared[k + 1].squareRoot() : 0)
      low = max(low, diagonal[k])
      high = max(high, diagonal[k] + beside)
    }
    while high - low > 1e-12 * high {
      let middle = (low + high) / 2
      if middle <= low || middle >= high { break }
      if hasEigenvalue(above: middle) { low = middle } else { high = middle }
    }
    return high.squareRoot()
  }

  private func hasEigenvalue(above value: Double) -> Bool {
    var pivot = 1.0
    for k in diagonal.indices {
      pivot = diagonal[k] - value - (k == 0 ? 0 : besideSquared[k] / pivot)
      if pivot >= 0 { return true }
    }
    return false
  }
}
