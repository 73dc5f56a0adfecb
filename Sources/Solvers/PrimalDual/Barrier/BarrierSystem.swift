import LinearAlgebra

/// The linear systems of the barrier method: auxiliary variables are eliminated, what is left is
///
///     [ H + Σ + δ_w I,  Jᵀ          ] [dx]
///     [ J,             -(D + δ_c I) ] [dy]
///
/// with D the sum of `1 / (Σ_a + δ_w)` over the auxiliary variables of each row. One symbolic analysis serves a solve,
/// its restoration phases included.
final class BarrierSystem {
  let n: Int
  let m: Int
  private let values: Vector
  /// The values between the scales, which bring large diagonal entries to 1.
  private let scaled: Vector
  private let scales: Vector
  private let hessianDiagonal: Vector
  private let starts: UnsafeMutablePointer<Int>
  private let rowIndices: UnsafeMutablePointer<Int32>
  private let pattern: BarrierPattern
  private let factorization: IndefiniteFactorization
  private let refinement: RefinedSolve
  private let solution: Vector
  private let rightHandSide: Vector
  /// The entries of J, kept for products.
  let jacobian: Vector

  /// The eigenvalues of the last factored matrix.
  private(set) var inertia = IndefiniteFactorization.Inertia()
  /// Entries of the factor.
  var factorEntryCount: Int { factorization.analysis.factorEntryCount }

  /// - Complexity: that of the symbolic analysis.
  init(_ functions: BarrierFunctions, pattern: BarrierPattern, refinement options: RefinedSolve.Options) {
    n = functions.columnCount
    m = functions.rowCount
    self.pattern = pattern
    let analysis = LDLAnalysis(
      order: pattern.order, starts: pattern.starts, rowIndices: pattern.rowIndices, ordering: pattern.ordering)
    factorization = IndefiniteFactorization(analysis)
    refinement = RefinedSolve(order: pattern.order, options: options)
    values = Vector(count: pattern.rowIndices.count)
    scaled = Vector(count: pattern.rowIndices.count)
    scales = Vector(count: pattern.order)
    hessianDiagonal = Vector(count: n)
    solution = Vector(count: pattern.order)
    rightHandSide = Vector(count: pattern.order)
    jacobian = Vector(count: functions.jacobianColumns.count)
    starts = .allocate(capacity: pattern.starts.count)
    starts.initialize(from: pattern.starts, count: pattern.starts.count)
    rowIndices = .allocate(capacity: max(1, pattern.rowIndices.count))
    rowIndices.initialize(from: pattern.rowIndices, count: pattern.rowIndices.count)
  }

  deinit {
    starts.deallocate()
    rowIndices.deallocate()
  }

  /// Takes the Hessian of the Lagrangian and an addition to its diagonal.
  func setHessian(_ hessian: UnsafePointer<Double>, diagonal: UnsafePointer<Double>) {
    let v = values.pointer
    pattern.hessianPlaces.withUnsafeBufferPointer { places in
      for p in places { v[Int(p)] = 0 }
    }
    pattern.diagonalPlaces.withUnsafeBufferPointer { places in
      for j in 0..<n { v[Int(places[j])] = 0 }
    }
    pattern.hessianPlaces.withUnsafeBufferPointer { places in
      for p in 0..<places.count { v[Int(places[p])] += hessian[p] }
    }
    pattern.diagonalPlaces.withUnsafeBufferPointer { places in
      for j in 0..<n { hessianDiagonal.pointer[j] = v[Int(places[j])] + diagonal[j] }
    }
  }

  /// Takes a multiple of the identity in place of the Hessian.
  func setIdentity() {
    let v = values.pointer
    for p in pattern.hessianPlaces { v[Int(p)] = 0 }
    hessianDiagonal.fill(1)
  }

  /// Takes the values in ``jacobian``.
  func setJacobian() {
    let v = values.pointer, source = jacobian.pointer
    pattern.jacobianPlaces.withUnsafeBufferPointer { places in
      for p in 0..<places.count { v[Int(places[p])] = source[p] }
    }
  }

  /// Factors the matrix with these diagonals.
  /// - Parameters:
  ///   - barrier: length n: Σ + δ_w.
  ///   - rows: length m: D + δ_c.
  /// - Returns: whether all entries were finite.
  func factor(barrier: UnsafePointer<Double>, rows: UnsafePointer<Double>) -> Bool {
    let v = values.pointer, h = hessianDiagonal.pointer
    pattern.diagonalPlaces.withUnsafeBufferPointer { places in
      for j in 0..<n { v[Int(places[j])] = h[j] + barrier[j] }
      for i in 0..<m { v[Int(places[n &+ i])] = -rows[i] }
    }
    guard VectorKernels.maxNorm(values.count, v).isFinite else { return false }
    scale()
    inertia = factorization.factor(scaled.pointer)
    return true
  }

  private func scale() {
    let v = values.pointer, t = scaled.pointer, s = scales.pointer
    pattern.diagonalPlaces.withUnsafeBufferPointer { places in
      for j in 0..<(n &+ m) {
        let d = abs(v[Int(places[j])])
        s[j] = d > 1 ? 1 / d.squareRoot() : 1
      }
    }
    for j in 0..<(n &+ m) {
      let factor = s[j]
      for p in starts[j]..<starts[j &+ 1] { t[p] = v[p] * factor * s[Int(rowIndices[p])] }
    }
  }

  /// Solves with the matrix as it was last factored.
  /// - Parameters: x of length n and y of length m hold the right-hand side, then the solution.
  /// - Returns: the largest residual against the sizes of solution and right-hand side.
  func solve(x: UnsafeMutablePointer<Double>, y: UnsafeMutablePointer<Double>) -> Double {
    let b = rightHandSide.pointer
    b.update(from: x, count: n)
    (b + n).update(from: y, count: m)
    let order = n + m, v = values.pointer, s = scales.pointer
    let outcome = refinement(
      b, solution.pointer,
      apply: { x, y in self.multiply(v, order, x, y) },
      solve: { x in
        for i in 0..<order { x[i] *= s[i] }
        self.factorization.solve(x)
        for i in 0..<order { x[i] *= s[i] }
      })
    x.update(from: solution.pointer, count: n)
    y.update(from: solution.pointer + n, count: m)
    let size = min(1e6 * outcome.rightHandSide, VectorKernels.maxNorm(order, solution.pointer)) + outcome.rightHandSide
    return size > 0 ? outcome.residual / size : outcome.residual
  }

  private func multiply(
    _ v: UnsafePointer<Double>, _ order: Int, _ x: UnsafePointer<Double>, _ y: UnsafeMutablePointer<Double>
  ) {
    y.update(repeating: 0, count: order)
    for j in 0..<order {
      let t = x[j]
      var p = starts[j]
      let end = starts[j &+ 1]
      if p == end { continue }
      // The diagonal is the first entry of each column.
      var sum = v[p] * t
      p &+= 1
      while p < end {
        let i = Int(rowIndices[p])
        y[i] += v[p] * t
        sum += v[p] * x[i]
        p &+= 1
      }
      y[j] += sum
    }
  }

  /// `result += Jᵀ y`.
  func addTransposed(_ functions: BarrierFunctions, _ y: UnsafePointer<Double>, to result: UnsafeMutablePointer<Double>) {
    let values = jacobian.pointer
    functions.jacobianStarts.withUnsafeBufferPointer { starts in
      functions.jacobianColumns.withUnsafeBufferPointer { columns in
        for i in 0..<m {
          let t = y[i]
          if t == 0 { continue }
          for p in starts[i]..<starts[i &+ 1] { result[Int(columns[p])] += t * values[p] }
        }
      }
    }
  }
}
