import LinearAlgebra

/// Nesterov-Todd scaling of one cone of positive semidefinite matrices of order n, packed as the upper triangle column
/// by column with entries off the diagonal times √2.
///
/// With S = LLᵀ, Z = RRᵀ, RᵀL = U D Vᵀ and G = L V D^(-1/2):
///
///     W(X) = Gᵀ X G,   λ = W(Z) = W⁻ᵀ(S) = D,   H(X) = T X T with T = GGᵀ,   T Z T = S
///
/// Todd, Toh and Tütüncü, "On the Nesterov-Todd direction in semidefinite programming" (1998).
///
/// All matrices are n × n, by columns, both triangles filled.
struct SemidefiniteScaling {
  let order: Int
  /// Storage: L, R, G, G⁻¹, T, T⁻¹, then the diagonal of D.
  let storage: UnsafeMutablePointer<Double>
  let work: Workspace

  static func storageCount(_ n: Int) -> Int { 6 * n * n + n }

  private var square: Int { order * order }
  private var primalFactor: UnsafeMutablePointer<Double> { storage }
  private var dualFactor: UnsafeMutablePointer<Double> { storage + square }
  /// G.
  private var scaling: UnsafeMutablePointer<Double> { storage + 2 * square }
  /// G⁻¹.
  private var inverse: UnsafeMutablePointer<Double> { storage + 3 * square }
  /// T = GGᵀ.
  var product: UnsafePointer<Double> { UnsafePointer(storage + 4 * square) }
  /// T⁻¹ = G⁻ᵀG⁻¹.
  var inverseProduct: UnsafePointer<Double> { UnsafePointer(storage + 5 * square) }
  private var lambda: UnsafeMutablePointer<Double> { storage + 6 * square }

  /// Work space for all semidefinite cones up to an order, one after the other.
  struct Workspace {
    let a: UnsafeMutablePointer<Double>
    let b: UnsafeMutablePointer<Double>
    let c: UnsafeMutablePointer<Double>
    let values: UnsafeMutablePointer<Double>
    let lapack: UnsafeMutablePointer<Double>
    let lapackCount: Int
    let integers: UnsafeMutablePointer<Int32>

    init(order n: Int) {
      a = .allocate(capacity: n * n + 1)
      b = .allocate(capacity: n * n + 1)
      c = .allocate(capacity: n * n + 1)
      values = .allocate(capacity: n + 1)
      lapackCount = max(BLAS.eigenvalueWorkCount(n), BLAS.singularWorkCount(n))
      lapack = .allocate(capacity: lapackCount)
      integers = .allocate(capacity: 8 * n + 1)
    }

    func deallocate() {
      a.deallocate()
      b.deallocate()
      c.deallocate()
      values.deallocate()
      lapack.deallocate()
      integers.deallocate()
    }
  }

  // MARK: - Packing

  /// The full matrix of a packed triangle.
  static func unpack(_ n: Int, _ v: UnsafePointer<Double>, into a: UnsafeMutablePointer<Double>) {
    let root = 0.5.squareRoot()
    var k = 0
    for j in 0..<n {
      for i in 0..<j {
        let x = v[k] * root
        a[j * n + i] = x
        a[i * n + j] = x
        k += 1
      }
      a[j * n + j] = v[k]
      k += 1
    }
  }

  /// The packed symmetric part of a matrix.
  static func pack(_ n: Int, _ a: UnsafePointer<Double>, into v: UnsafeMutablePointer<Double>) {
    let root = 0.5.squareRoot()
    var k = 0
    for j in 0..<n {
      for i in 0..<j {
        v[k] = (a[j * n + i] + a[i * n + j]) * root
        k += 1
      }
      v[k] = a[j * n + j]
      k += 1
    }
  }

  // MARK: - Scaling

  /// Computes the scaling for interior `s` and `z`; false when one is not numerically positive definite.
  /// - Complexity: O(30n³).
  func update(_ s: UnsafePointer<Double>, _ z: UnsafePointer<Double>) -> Bool {
    let n = order
    SemidefiniteScaling.unpack(n, s, into: primalFactor)
    SemidefiniteScaling.unpack(n, z, into: dualFactor)
    guard BLAS.factorCholesky(n, primalFactor), BLAS.factorCholesky(n, dualFactor) else { return false }
    BLAS.multiply(n, dualFactor, primalFactor, transposing: .first, into: work.a)
    guard
      BLAS.singularValues(
        n, work.a, into: lambda, left: work.b, right: work.c, work: work.lapack, workCount: work.lapackCount,
        integers: work.integers)
    else { return false }
    for i in 0..<n where !(lambda[i] > 0) { return false }
    // G = L V D^(-1/2) and G⁻¹ = D^(-1/2) Uᵀ Rᵀ.
    BLAS.multiply(n, primalFactor, work.c, transposing: .second, into: scaling)
    BLAS.multiply(n, work.b, dualFactor, transposing: .both, into: inverse)
    for j in 0..<n {
      let factor = 1 / lambda[j].squareRoot()
      for i in 0..<n {
        scaling[j * n + i] *= factor
        inverse[i * n + j] *= factor
      }
    }
    BLAS.multiply(n, scaling, scaling, transposing: .second, into: storage + 4 * square)
    BLAS.multiply(n, inverse, inverse, transposing: .first, into: storage + 5 * square)
    return true
  }

  /// `out = H v`.
  func applyH(_ v: UnsafePointer<Double>, _ out: UnsafeMutablePointer<Double>) { multiply(product, v, out) }

  /// `out = H⁻¹ v`.
  func applyInverseH(_ v: UnsafePointer<Double>, _ out: UnsafeMutablePointer<Double>) {
    multiply(inverseProduct, v, out)
  }

  private func multiply(
    _ factor: UnsafePointer<Double>, _ v: UnsafePointer<Double>, _ out: UnsafeMutablePointer<Double>
  ) {
    SemidefiniteScaling.unpack(order, v, into: work.a)
    BLAS.multiply(order, factor, work.a, into: work.b)
    BLAS.multiply(order, work.b, factor, into: work.a)
    SemidefiniteScaling.pack(order, work.a, into: out)
  }

  /// The lower triangle of -H by columns.
  ///
  /// The entry of the packed pairs (i, j) and (k, l) is `T_ik T_jl + T_il T_jk`, over √2 for each pair on the diagonal.
  /// - Complexity: O(n⁴/8).
  func writeBlock(_ values: UnsafeMutablePointer<Double>) {
    let n = order
    let t = product
    let root = 2.0.squareRoot()
    var position = 0
    for j in 0..<n {
      for i in 0...j {
        let (ti, tj) = (t + i * n, t + j * n)
        let columnFactor = i == j ? -0.5 * root : -1
        // Rows from (i, j) on in the order of packing.
        for l in j..<n {
          let (til, tjl) = (columnFactor * ti[l], columnFactor * tj[l])
          for k in (l == j ? i : 0)..<l {
            values[position] = ti[k] * tjl + til * tj[k]
            position += 1
          }
          values[position] = root * ti[l] * tjl
          position += 1
        }
      }
    }
  }

  /// The diagonal of H.
  func writeDiagonal(_ out: UnsafeMutablePointer<Double>) {
    let n = order
    let t = product
    var k = 0
    for j in 0..<n {
      for i in 0..<j {
        out[k] = t[i * n + i] * t[j * n + j] + t[j * n + i] * t[j * n + i]
        k += 1
      }
      out[k] = t[j * n + j] * t[j * n + j]
      k += 1
    }
  }

  /// `out = -S + Wᵀ(λ \ (σμ I - (W⁻ᵀΔS) ∘ (WΔZ)))`.
  /// - Complexity: O(14n³).
  func combinedTarget(
    _ s: UnsafePointer<Double>, _ ds: UnsafePointer<Double>, _ dz: UnsafePointer<Double>, _ sigmaMu: Double,
    _ out: UnsafeMutablePointer<Double>
  ) {
    let n = order
    let (a, b, c) = (work.a, work.b, work.c)
    // b = G⁻¹ ΔS G⁻ᵀ, c = Gᵀ ΔZ G.
    SemidefiniteScaling.unpack(n, ds, into: a)
    BLAS.multiply(n, inverse, a, into: c)
    BLAS.multiply(n, c, inverse, transposing: .second, into: b)
    SemidefiniteScaling.unpack(n, dz, into: a)
    let d = work.lapack
    BLAS.multiply(n, scaling, a, transposing: .first, into: d)
    BLAS.multiply(n, d, scaling, into: c)
    BLAS.multiply(n, b, c, into: a)
    // a = b c; its symmetric part is the Jordan product, and (λ \ r)_ij = 2 r_ij / (λ_i + λ_j).
    for j in 0..<n {
      for i in 0...j {
        var x = -(a[j * n + i] + a[i * n + j]) / (lambda[i] + lambda[j])
        if i == j { x += sigmaMu / lambda[i] }
        b[j * n + i] = x
        b[i * n + j] = x
      }
    }
    BLAS.multiply(n, scaling, b, into: a)
    BLAS.multiply(n, a, scaling, transposing: .second, into: b)
    SemidefiniteScaling.pack(n, b, into: out)
    for k in 0..<n * (n + 1) / 2 { out[k] -= s[k] }
  }

  // MARK: - Steps

  /// The largest step, at most `limit`, with `s + step * ds` positive semidefinite, where s is the point of the last
  /// update.
  func primalStep(_ ds: UnsafePointer<Double>, _ limit: Double) -> Double { step(ds, primalFactor, limit) }

  /// The same for z.
  func dualStep(_ dz: UnsafePointer<Double>, _ limit: Double) -> Double { step(dz, dualFactor, limit) }

  private func step(_ dv: UnsafePointer<Double>, _ factor: UnsafePointer<Double>, _ limit: Double) -> Double {
    SemidefiniteScaling.unpack(order, dv, into: work.a)
    BLAS.congruence(order, work.a, inverseOf: factor)
    guard
      BLAS.symmetricEigenvalues(order, work.a, into: work.values, work: work.lapack, workCount: work.lapackCount)
    else { return 0 }
    let least = order > 0 ? work.values[0] : 0
    return least < 0 ? min(limit, -1 / least) : limit
  }

  /// The smallest eigenvalue; minus infinity when an entry is not a number.
  func smallestEigenvalue(_ v: UnsafePointer<Double>) -> Double {
    if order == 0 { return .infinity }
    SemidefiniteScaling.unpack(order, v, into: work.a)
    let isDone = BLAS.symmetricEigenvalues(
      order, work.a, into: work.values, work: work.lapack, workCount: work.lapackCount)
    return isDone ? work.values[0] : -.infinity
  }
}
