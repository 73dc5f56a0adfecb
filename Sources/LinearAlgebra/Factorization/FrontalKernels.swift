import COpenBLAS

/// Dense steps of the factorization of one front. Matrices are column-major; `σ` is the sign of the pivots.
///
/// OpenBLAS multiplies small matrices without packing them first, at full speed from about 8 columns on, while its
/// triangular routines reach a fraction of that. So everything is brought down to products, and to triangles of four
/// columns that are written out here.
enum FrontalKernels {
  /// Products of more multiplications than this are packed by OpenBLAS first, which pays only for much larger ones.
  private static let unpackedLimit = 1_000_000

  /// When a pivot is replaced, and by what.
  struct PivotRule {
    var threshold: Double
    var replacement: Double
  }

  /// `C += alpha A Bᵀ`, or `C = alpha A Bᵀ` if `beta` is 0: C is m × n, A is m × k, B is n × k.
  @inline(__always)
  static func multiply(
    _ m: Int, _ n: Int, _ k: Int, _ alpha: Double, _ a: UnsafePointer<Double>, _ lda: Int, _ b: UnsafePointer<Double>,
    _ ldb: Int, _ beta: Double, _ c: UnsafeMutablePointer<Double>, _ ldc: Int
  ) {
    cblas_dgemm(
      CblasColMajor, CblasNoTrans, CblasTrans, Int32(truncatingIfNeeded: m), Int32(truncatingIfNeeded: n),
      Int32(truncatingIfNeeded: k), alpha, a, Int32(truncatingIfNeeded: lda), b, Int32(truncatingIfNeeded: ldb), beta,
      c, Int32(truncatingIfNeeded: ldc))
  }

  /// Products of fewer multiplications than this are left to one thread: about a fifth of a millisecond.
  private static let sharedLimit = 4_000_000

  private struct Product {
    var m: Int, n: Int, k: Int, alpha: Double
    var a: UnsafePointer<Double>, lda: Int, b: UnsafePointer<Double>, ldb: Int
    var beta: Double, c: UnsafeMutablePointer<Double>, ldc: Int, threads: Int
  }

  /// As `multiplyTiled`, by all threads of a team, each with its part of the longer side of C.
  static func multiplyShared(
    _ m: Int, _ n: Int, _ k: Int, _ alpha: Double, _ a: UnsafePointer<Double>, _ lda: Int, _ b: UnsafePointer<Double>,
    _ ldb: Int, _ beta: Double, _ c: UnsafeMutablePointer<Double>, _ ldc: Int, _ team: ThreadTeam?
  ) {
    guard let team, m * n * k > sharedLimit else {
      multiplyTiled(m, n, k, alpha, a, lda, b, ldb, beta, c, ldc)
      return
    }
    var product = Product(
      m: m, n: n, k: k, alpha: alpha, a: a, lda: lda, b: b, ldb: ldb, beta: beta, c: c, ldc: ldc, threads: team.count)
    team.run(&product) { context, thread in
      let p = context.assumingMemoryBound(to: Product.self).pointee
      let side = max(p.m, p.n)
      let from = side * thread / p.threads & ~7
      let to = thread + 1 == p.threads ? side : side * (thread + 1) / p.threads & ~7
      if p.m >= p.n {
        FrontalKernels.multiplyTiled(
          to - from, p.n, p.k, p.alpha, p.a + from, p.lda, p.b, p.ldb, p.beta, p.c + from, p.ldc)
      } else {
        FrontalKernels.multiplyTiled(
          p.m, to - from, p.k, p.alpha, p.a, p.lda, p.b + from, p.ldb, p.beta, p.c + from * p.ldc, p.ldc)
      }
    }
  }

  /// As `multiply`, in pieces that OpenBLAS doesn't pack.
  static func multiplyTiled(
    _ m: Int, _ n: Int, _ k: Int, _ alpha: Double, _ a: UnsafePointer<Double>, _ lda: Int, _ b: UnsafePointer<Double>,
    _ ldb: Int, _ beta: Double, _ c: UnsafeMutablePointer<Double>, _ ldc: Int
  ) {
    if m * n * k <= unpackedLimit || k > 256 {
      multiply(m, n, k, alpha, a, lda, b, ldb, beta, c, ldc)
      return
    }
    let columns = min(n, 64)
    let most = unpackedLimit / (columns * k)
    let height = max(8, most - most % 8)
    var j = 0
    while j < n {
      let w = min(columns, n - j)
      var i = 0
      while i < m {
        let h = min(height, m - i)
        multiply(h, w, k, alpha, a + i, lda, b + j, ldb, beta, c + (j * ldc + i), ldc)
        i += h
      }
      j += w
    }
  }

  /// The first n columns of the lower triangle of `C += alpha A Aᵀ`, or `C = alpha A Aᵀ` if `beta` is 0: C is m × n, A is
  /// m × k. Parts of the upper triangle are overwritten.
  static func multiplyTrapezoid(
    _ m: Int, _ n: Int, _ k: Int, _ alpha: Double, _ a: UnsafePointer<Double>, _ lda: Int, _ beta: Double,
    _ c: UnsafeMutablePointer<Double>, _ ldc: Int, _ team: ThreadTeam?
  ) {
    if n <= 32 {
      if n > 0 { multiplyShared(m, n, k, alpha, a, lda, a, lda, beta, c, ldc, team) }
      return
    }
    // A triangle and the rectangle below it, as large as can be, then the rest.
    let half = (n / 2 + 7) & ~7
    multiplyTrapezoid(half, half, k, alpha, a, lda, beta, c, ldc, team)
    multiplyShared(m - half, half, k, alpha, a + half, lda, a, lda, beta, c + half, ldc, team)
    multiplyTrapezoid(m - half, n - half, k, alpha, a + half, lda, beta, c + (half * ldc + half), ldc, team)
  }

  /// Factors the first `width` columns of a panel of `ld` rows, `positive` of them with positive pivots, the others with
  /// negative ones.
  /// - Parameter units: what the pivot of each column is measured in; nil for 1.
  /// - Returns: the number of replaced pivots.
  static func factorPanel(
    _ panel: UnsafeMutablePointer<Double>, _ ld: Int, width: Int, positive: Int, rule: PivotRule,
    units: UnsafePointer<Double>?, _ team: ThreadTeam?
  ) -> Int {
    var replaced = 0
    let negative = width &- positive
    if positive > 0 {
      replaced += factor(panel, ld, first: 0, width: positive, sign: 1, rule: rule, units: units, team)
    }
    if negative > 0 {
      if positive > 0 {
        multiplyTrapezoid(
          ld &- positive, negative, positive, -1, panel + positive, ld, 1, panel + (positive &* ld &+ positive), ld, team)
      }
      replaced += factor(panel, ld, first: positive, width: negative, sign: -1, rule: rule, units: units, team)
    }
    return replaced
  }

  /// Factors columns `first..<first + width` of a panel, which earlier columns have updated already: `σ A = L Lᵀ` in
  /// the square block, and the rows below it are brought to L.
  /// - Returns: the number of replaced pivots.
  private static func factor(
    _ panel: UnsafeMutablePointer<Double>, _ ld: Int, first: Int, width: Int, sign: Double, rule: PivotRule,
    units: UnsafePointer<Double>?, _ team: ThreadTeam?
  ) -> Int {
    if width <= 4 { return factorNarrow(panel, ld, first: first, width: width, sign: sign, rule: rule, units: units) }
    let half = (width / 2 + 3) & ~3
    let rest = width - half
    var replaced = factor(panel, ld, first: first, width: half, sign: sign, rule: rule, units: units, team)
    let middle = first + half
    let left = panel + (first * ld + middle)
    let corner = panel + (middle * ld + middle)
    multiplyTrapezoid(ld - middle, rest, half, -sign, left, ld, 1, corner, ld, team)
    replaced += factor(panel, ld, first: middle, width: rest, sign: sign, rule: rule, units: units, team)
    return replaced
  }

  /// `factor` for at most four columns.
  private static func factorNarrow(
    _ panel: UnsafeMutablePointer<Double>, _ ld: Int, first: Int, width: Int, sign: Double, rule: PivotRule,
    units: UnsafePointer<Double>?
  ) -> Int {
    var replaced = 0
    let block = panel + (first * ld + first)
    var inverses = SIMD4<Double>(repeating: 0)
    for j in 0..<width {
      let column = block + j * ld
      var d = sign * column[j]
      let unit = units.map { $0[first + j] } ?? 1
      if !(d > rule.threshold * unit) {
        d = rule.replacement * unit
        replaced += 1
      }
      let root = d.squareRoot()
      let inverse = 1 / root
      inverses[j] = inverse
      column[j] = root
      for i in (j + 1)..<max(width, j + 1) { column[i] *= sign * inverse }
      for k in (j + 1)..<max(width, j + 1) {
        let t = sign * column[k]
        let other = block + k * ld
        for i in k..<width { other[i] -= t * column[i] }
      }
    }
    let end = ld - first
    switch width {
    case 4:
      let c0 = block, c1 = block + ld, c2 = block + 2 * ld, c3 = block + 3 * ld
      let l10 = c0[1], l20 = c0[2], l30 = c0[3], l21 = c1[2], l31 = c1[3], l32 = c2[3]
      let s0 = sign * inverses[0], s1 = inverses[1], s2 = inverses[2], s3 = inverses[3]
      var i = 4
      while i &+ 1 < end {
        let x0 = load(c0, i) * s0
        let x1 = (load(c1, i) * sign - x0 * l10) * s1
        let x2 = (load(c2, i) * sign - x0 * l20 - x1 * l21) * s2
        let x3 = (load(c3, i) * sign - x0 * l30 - x1 * l31 - x2 * l32) * s3
        store(x0, c0, i)
        store(x1, c1, i)
        store(x2, c2, i)
        store(x3, c3, i)
        i &+= 2
      }
      if i < end {
        let x0 = c0[i] * s0
        let x1 = (c1[i] * sign - x0 * l10) * s1
        let x2 = (c2[i] * sign - x0 * l20 - x1 * l21) * s2
        c3[i] = (c3[i] * sign - x0 * l30 - x1 * l31 - x2 * l32) * s3
        c0[i] = x0
        c1[i] = x1
        c2[i] = x2
      }
    case 3:
      let c0 = block, c1 = block + ld, c2 = block + 2 * ld
      let l10 = c0[1], l20 = c0[2], l21 = c1[2]
      let s0 = sign * inverses[0], s1 = inverses[1], s2 = inverses[2]
      for i in 3..<max(3, end) {
        let x0 = c0[i] * s0
        let x1 = (c1[i] * sign - x0 * l10) * s1
        c2[i] = (c2[i] * sign - x0 * l20 - x1 * l21) * s2
        c0[i] = x0
        c1[i] = x1
      }
    case 2:
      let c0 = block, c1 = block + ld
      let l10 = c0[1]
      let s0 = sign * inverses[0], s1 = inverses[1]
      for i in 2..<max(2, end) {
        let x0 = c0[i] * s0
        c1[i] = (c1[i] * sign - x0 * l10) * s1
        c0[i] = x0
      }
    default:
      let s0 = sign * inverses[0]
      for i in 1..<max(1, end) { block[i] *= s0 }
    }
    return replaced
  }

  @inline(__always)
  private static func load(_ p: UnsafeMutablePointer<Double>, _ i: Int) -> SIMD2<Double> {
    UnsafeRawPointer(p + i).loadUnaligned(as: SIMD2<Double>.self)
  }

  @inline(__always)
  private static func store(_ x: SIMD2<Double>, _ p: UnsafeMutablePointer<Double>, _ i: Int) {
    UnsafeMutableRawPointer(p + i).storeBytes(of: x, as: SIMD2<Double>.self)
  }
}
