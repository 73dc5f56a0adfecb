/// Nesterov-Todd scaling of one second-order cone `t >= ‖x‖`: with J = diag(1, -1, …, -1),
///
///     W = η [ w₀   w₁ᵀ              ]     H = W² = η² (2wwᵀ - J),   λ = Wz = W⁻¹s
///           [ w₁   I + w₁w₁ᵀ/(1+w₀) ]
///
/// Nesterov and Todd, "Self-scaled barriers and interior-point methods for convex programming" (1997); formulas as in
/// Vandenberghe, "The CVXOPT linear and quadratic cone program solvers" (2010), section 5.
///
/// Storage: η, then four numbers of the sparse expansion, then w, then λ.
enum SecondOrderScaling {
  static let headerCount = 5

  static func storageCount(_ n: Int) -> Int { headerCount + 2 * n }

  /// `sqrt(vᵀJv)` for v inside the cone, 0 or not a number otherwise, without overflow or needless cancellation.
  @inline(__always)
  static func root(_ n: Int, _ v: UnsafePointer<Double>) -> Double {
    let tail = tailNorm(n, v)
    return v[0] > tail ? (v[0] - tail).squareRoot() * (v[0] + tail).squareRoot() : 0
  }

  @inline(__always)
  static func tailNorm(_ n: Int, _ v: UnsafePointer<Double>) -> Double {
    n > 1 ? dot(n - 1, v + 1, v + 1).squareRoot() : 0
  }

  @inline(__always)
  static func dot(_ n: Int, _ a: UnsafePointer<Double>, _ b: UnsafePointer<Double>) -> Double {
    var sum = 0.0
    var i = 0
    if n >= 8 {
      // Four sums that do not wait for each other.
      var (s0, s1, s2, s3) = (0.0, 0.0, 0.0, 0.0)
      while i + 4 <= n {
        s0 += a[i] * b[i]
        s1 += a[i + 1] * b[i + 1]
        s2 += a[i + 2] * b[i + 2]
        s3 += a[i + 3] * b[i + 3]
        i += 4
      }
      sum = (s0 + s1) + (s2 + s3)
    }
    while i < n {
      sum += a[i] * b[i]
      i += 1
    }
    return sum
  }

  /// Computes the scaling for interior `s` and `z`; false when one is not numerically inside.
  @inline(__always)
  static func update(
    _ n: Int, _ s: UnsafePointer<Double>, _ z: UnsafePointer<Double>, _ storage: UnsafeMutablePointer<Double>
  ) -> Bool {
    let (sRoot, zRoot) = (root(n, s), root(n, z))
    guard sRoot > 0, zRoot > 0, sRoot.isFinite, zRoot.isFinite else { return false }
    let w = storage + headerCount
    let lambda = w + n
    let (sInverse, zInverse) = (1 / sRoot, 1 / zRoot)
    let gamma = (0.5 * (1 + dot(n, s, z) * sInverse * zInverse)).squareRoot()
    let half = 0.5 / gamma
    var tail = 0.0
    for i in 1..<max(n, 1) {
      w[i] = half * (s[i] * sInverse - z[i] * zInverse)
      tail += w[i] * w[i]
    }
    // wᵀJw = 1 exactly in the terms that count.
    w[0] = (1 + tail).squareRoot()
    let (s0, z0) = (s[0] * sInverse, z[0] * zInverse)
    let scale = (sRoot * zRoot).squareRoot()
    let common = scale / (s0 + z0 + 2 * gamma)
    lambda[0] = scale * gamma
    for i in 1..<max(n, 1) {
      lambda[i] = common * ((gamma + z0) * s[i] * sInverse + (gamma + s0) * z[i] * zInverse)
    }
    let eta = (sRoot * zInverse).squareRoot()
    storage[0] = eta
    // H/η² = diag(d, 1, …, 1) + uuᵀ - vvᵀ with u = (u₀, u₁w₁), v = (0, v₁w₁), and diag(d, I) - vvᵀ positive definite.
    // Domahidi, Chu and Boyd, "ECOS: an SOCP solver for embedded systems" (2013), section III.
    let square = w[0] * w[0] + tail
    let d = 0.5 / square
    let u0 = (square - d).squareRoot()
    storage[1] = d
    storage[2] = u0
    storage[3] = 2 * w[0] / u0
    storage[4] = (2 * (2 * square + 1) / (2 * square * square - 1)).squareRoot()
    return eta.isFinite && eta > 0 && storage[3].isFinite
  }

  /// `out = H v`.
  @inline(__always)
  static func applyH(
    _ n: Int, _ storage: UnsafePointer<Double>, _ v: UnsafePointer<Double>, _ out: UnsafeMutablePointer<Double>
  ) {
    let w = storage + headerCount
    let square = storage[0] * storage[0]
    let factor = 2 * square * dot(n, w, v)
    out[0] = factor * w[0] - square * v[0]
    for i in 1..<max(n, 1) { out[i] = factor * w[i] + square * v[i] }
  }

  /// `out = W v`, or `W⁻¹ v`. May work in place.
  @inline(__always)
  static func applyW(
    _ n: Int, _ storage: UnsafePointer<Double>, _ v: UnsafePointer<Double>, _ out: UnsafeMutablePointer<Double>,
    inverse: Bool
  ) {
    let w = storage + headerCount
    let eta = inverse ? 1 / storage[0] : storage[0]
    let sign = inverse ? -1.0 : 1.0
    var tail = 0.0
    for i in 1..<max(n, 1) { tail += w[i] * v[i] }
    let head = v[0]
    out[0] = eta * (w[0] * head + sign * tail)
    let factor = eta * (sign * head + tail / (1 + w[0]))
    for i in 1..<max(n, 1) { out[i] = eta * v[i] + factor * w[i] }
  }

  /// `out = -s + W(λ \ (σμ e - (W⁻¹Δs) ∘ (WΔz)))`; `p` and `q` are scratch of length n.
  @inline(__always)
  static func combinedTarget(
    _ n: Int, _ storage: UnsafePointer<Double>, _ s: UnsafePointer<Double>, _ ds: UnsafePointer<Double>,
    _ dz: UnsafePointer<Double>, _ sigmaMu: Double, _ p: UnsafeMutablePointer<Double>,
    _ q: UnsafeMutablePointer<Double>, _ out: UnsafeMutablePointer<Double>
  ) {
    applyW(n, storage, ds, p, inverse: true)
    applyW(n, storage, dz, q, inverse: false)
    let lambda = storage + headerCount + n
    // r = σμ e - p ∘ q in p.
    let (p0, q0) = (p[0], q[0])
    p[0] = sigmaMu - dot(n, p, q)
    for i in 1..<max(n, 1) { p[i] = -(p0 * q[i] + q0 * p[i]) }
    // λ \ r in p.
    let size = root(n, lambda)
    var cross = 0.0
    for i in 1..<max(n, 1) { cross += lambda[i] * p[i] }
    let head = (lambda[0] * p[0] - cross) / (size * size)
    p[0] = head
    for i in 1..<max(n, 1) { p[i] = (p[i] - head * lambda[i]) / lambda[0] }
    applyW(n, storage, p, q, inverse: false)
    for i in 0..<n { out[i] = q[i] - s[i] }
  }

  /// The largest step, at most `limit`, with `v + step * dv` in the cone.
  @inline(__always)
  static func step(
    _ n: Int, _ v: UnsafePointer<Double>, _ dv: UnsafePointer<Double>, _ limit: Double
  ) -> Double {
    // The smallest positive zero of a t² + 2bt + c, where a = dvᵀJdv, b = vᵀJdv, c = vᵀJv > 0.
    let size = root(n, v)
    guard size > 0 else { return 0 }
    // Rounding of nearly double zeros must not take the first coordinate below 0; in dimension 1 that is all there is.
    let limit = dv[0] < 0 ? min(limit, -v[0] / dv[0]) : limit
    if n == 1 { return limit }
    let inverse = 1 / size
    let tail = tailNorm(n, dv)
    // Everything relative to the size of v: products neither overflow nor vanish.
    let a = (dv[0] - tail) * inverse * ((dv[0] + tail) * inverse)
    var b = v[0] * inverse * (dv[0] * inverse)
    for i in 1..<max(n, 1) { b -= v[i] * inverse * (dv[i] * inverse) }
    guard a < 0 || b < 0 else { return limit }
    let discriminant = max(0, b * b - a).squareRoot()
    let step = b <= 0 ? 1 / (discriminant - b) : (b + discriminant) / -a
    return step < limit ? step : limit
  }
}
