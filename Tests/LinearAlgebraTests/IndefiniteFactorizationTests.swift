import LinearAlgebra
import Testing

@Suite struct IndefiniteFactorizationTests {
  /// A symmetric matrix as a lower triangle by columns.
  struct Symmetric {
    var n: Int
    var starts: [Int] = [0]
    var rows: [Int32] = []
    var values: [Double] = []

    /// From entries (row >= column) in any order; those that are absent on the diagonal are added as zeros.
    init(_ n: Int, _ entries: [(Int, Int, Double)]) {
      self.n = n
      var columns = [[Int32: Double]](repeating: [:], count: n)
      for (i, j, value) in entries { columns[min(i, j)][Int32(max(i, j)), default: 0] += value }
      for j in 0..<n {
        columns[j][Int32(j), default: 0] += 0
        for i in columns[j].keys.sorted() {
          rows.append(i)
          values.append(columns[j][i]!)
        }
        starts.append(rows.count)
      }
    }

    func times(_ x: [Double]) -> [Double] {
      var y = [Double](repeating: 0, count: n)
      for j in 0..<n {
        for p in starts[j]..<starts[j + 1] {
          let i = Int(rows[p])
          y[i] += values[p] * x[j]
          if i != j { y[j] += values[p] * x[i] }
        }
      }
      return y
    }
  }

  /// The factor's count of eigenvalues and the largest error of a solution, after refinement.
  func factor(
    _ a: Symmetric, _ ordering: LDLAnalysis.Ordering = .amd
  ) -> (inertia: IndefiniteFactorization.Inertia, error: Double) {
    let analysis = LDLAnalysis(order: a.n, starts: a.starts, rowIndices: a.rows, ordering: ordering)
    let factorization = IndefiniteFactorization(analysis)
    let inertia = factorization.factor(a.values)
    let expected = (0..<a.n).map { Double($0 % 7) - 3 }
    let b = a.times(expected)
    var x = [Double](repeating: 0, count: a.n)
    let refinement = RefinedSolve(order: a.n)
    _ = refinement(
      b, &x,
      apply: { x, y in
        let product = a.times(Array(UnsafeBufferPointer(start: x, count: a.n)))
        for i in 0..<a.n { y[i] = product[i] }
      },
      solve: { factorization.solve($0) })
    return (inertia, zip(x, expected).reduce(0) { max($0, abs($1.0 - $1.1)) })
  }

  /// `A ← R A R` for the reflection R along v.
  func reflect(_ a: inout [[Double]], _ v: [Double]) {
    let n = v.count
    var square = 0.0
    for t in v { square += t * t }
    // R = I - 2 v vᵀ / vᵀv.
    for _ in 0..<2 {
      for i in 0..<n {
        var product = 0.0
        for j in 0..<n { product += a[i][j] * v[j] }
        for j in 0..<n { a[i][j] -= 2 * product / square * v[j] }
      }
      for i in 0..<n {
        for j in 0..<i { (a[i][j], a[j][i]) = (a[j][i], a[i][j]) }
      }
    }
  }

  @Test func `zero diagonals are taken in pairs`() {
    let (inertia, error) = factor(Symmetric(2, [(1, 0, 3)]))
    #expect(inertia.positive == 1 && inertia.negative == 1 && inertia.zero == 0)
    #expect(error < 1e-14)
    let arrow = Symmetric(4, [(3, 0, 1), (3, 1, 2), (3, 2, 3), (2, 1, 1), (0, 0, 1)])
    #expect(factor(arrow, .natural).error < 1e-12)
  }

  @Test func `eigenvalues of dense random matrices are counted by sign`() {
    var random = SplitMix64(seed: 5)
    func number() -> Double { Double(random.next() >> 11) * 0x1p-52 - 1 }
    for n in [1, 2, 3, 5, 17, 40, 90, 150] {
      // Q diag(d) Qᵀ by reflections, so that the signs are known.
      let negative = n / 3
      var dense = [[Double]](repeating: [Double](repeating: 0, count: n), count: n)
      for i in 0..<n { dense[i][i] = i < negative ? -1 - Double(i) : 1 + Double(i) }
      for _ in 0..<3 { reflect(&dense, (0..<n).map { _ in number() }) }
      var entries: [(Int, Int, Double)] = []
      for i in 0..<n { for j in 0...i { entries.append((i, j, dense[i][j])) } }
      let (inertia, error) = factor(Symmetric(n, entries), .natural)
      #expect(inertia.negative == negative && inertia.positive == n - negative, "order \(n)")
      #expect(error < 1e-9, "order \(n)")
    }
  }

  @Test func `KKT matrices have an eigenvalue below zero for each independent row`() {
    var random = SplitMix64(seed: 11)
    func number() -> Double { Double(random.next() >> 11) * 0x1p-52 - 1 }
    for (n, m) in [(10, 4), (60, 25), (400, 150)] {
      // Each row with a variable of its own, so that pairs (row, variable) are pivots; indefinite Hessian on those.
      var entries: [(Int, Int, Double)] = []
      for j in 0..<n { entries.append((j, j, j < m ? -1 : 3)) }
      for j in 1..<n { entries.append((j, j - 1, 0.5 * number())) }
      for i in 0..<m {
        entries.append((n + i, i, 4))
        for _ in 0..<3 { entries.append((n + i, m + Int(random.next() % UInt64(n - m)), 0.1 * number())) }
      }
      let (inertia, error) = factor(Symmetric(n + m, entries))
      #expect(inertia.negative == m && inertia.positive == n && inertia.zero == 0)
      #expect(error < 1e-8)
    }
  }

  @Test func `saddle point matrices in any order have the eigenvalues of the same matrix as one front`() {
    var random = SplitMix64(seed: 17)
    func number() -> Double { Double(random.next() >> 11) * 0x1p-52 - 1 }
    for (n, m) in [(6, 3), (30, 12), (70, 30), (90, 50)] {
      for ordering in [LDLAnalysis.Ordering.amd, .natural, .given((0..<Int32(n + m)).reversed())] {
        // Rows first, so that the natural order starts with zeros on the diagonal; half of the Hessian is empty.
        var entries: [(Int, Int, Double)] = []
        for j in stride(from: 0, to: n, by: 2) { entries.append((m + j, m + j, 3 * number())) }
        for i in 0..<m {
          entries.append((m + i, i, 1 + number()))
          for _ in 0..<3 { entries.append((m + Int(random.next() % UInt64(n)), i, number())) }
        }
        for _ in 0..<n {
          entries.append((m + Int(random.next() % UInt64(n)), m + Int(random.next() % UInt64(n)), number()))
        }
        let a = Symmetric(n + m, entries)
        for i in 0..<(n + m) { for j in 0..<i { entries.append((i, j, 0)) } }
        let whole = factor(Symmetric(n + m, entries), .natural)
        let sparse = factor(a, ordering)
        #expect(sparse.inertia.weak == 0 && whole.inertia.weak == 0)
        #expect(sparse.inertia == whole.inertia, "order \(n + m)")
        if whole.inertia.zero == 0 && whole.error < 1e-9 { #expect(sparse.error < 1e-7, "order \(n + m)") }
      }
    }
  }

  @Test func `a singular matrix shows its zeros`() {
    let a = Symmetric(3, [(0, 0, 1), (1, 0, 2), (1, 1, 4), (2, 2, -1)])
    let (inertia, _) = factor(a, .natural)
    #expect(inertia.zero == 1 && inertia.positive == 1 && inertia.negative == 1)
  }

  @Test func `an empty matrix and a matrix of zeros are no error`() {
    #expect(factor(Symmetric(0, [])).inertia == IndefiniteFactorization.Inertia())
    #expect(factor(Symmetric(3, [])).inertia.zero == 3)
  }
}
