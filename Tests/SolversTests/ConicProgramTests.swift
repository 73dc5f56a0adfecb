import Testing

@testable import Solvers

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Conic programs whose optima are known in closed form.
@Suite struct ConicProgramTests {
  private func optimum(_ program: DenseConicReference, _ value: Double, tolerance: Double = 1e-7) {
    let result = program.solve()
    #expect(result.ending == .optimal)
    #expect(abs(result.objective - value) <= tolerance * (1 + abs(value)), "\(result.objective) after \(result.iterations)")
    #expect(result.iterations <= 25)
  }

  /// G of cones that take whole variables: the unit rows of the given variables.
  private func units(_ variables: [Int], of count: Int) -> [[Double]] {
    variables.map { v in (0..<count).map { $0 == v ? 1 : 0 } }
  }

  @Test func `distance to a second-order cone`() {
    // The projection of (0, 3, 4) onto t >= ‖x‖ is ½(5, 3, 4), at the distance 5/√2. Variables d, t, x1, x2.
    optimum(
      DenseConicReference(
        cost: [1, 0, 0, 0], rows: units([0, 1, 2, 3], of: 4) + units([1, 2, 3], of: 4),
        offsets: [0, 0, -3, -4, 0, 0, 0], cones: [.secondOrder(dimension: 4), .secondOrder(dimension: 3)]),
      5 / 2.0.squareRoot())
  }

  @Test func `smallest square over a rotated cone`() {
    // min t + u with 2tu >= x², x = 3: t = u = 3/√2.
    optimum(
      DenseConicReference(
        cost: [1, 1, 0], equations: [[0, 0, 1]], sides: [3], rows: units([0, 1, 2], of: 3), offsets: [0, 0, 0],
        cones: [.rotatedSecondOrder(dimension: 3)]),
      3 * 2.0.squareRoot())
  }

  @Test func `largest entropy is that of the uniform distribution`() {
    // max -Σ p log p, Σ p = 1: (t, p, 1) in the exponential cone is t <= -p log p.
    let n = 5
    let cost = [Double](repeating: -1, count: n) + [Double](repeating: 0, count: n)
    var rows: [[Double]] = []
    var offsets: [Double] = []
    for i in 0..<n {
      rows += units([i, n + i], of: 2 * n) + [[Double](repeating: 0, count: 2 * n)]
      offsets += [0, 0, 1]
    }
    optimum(
      DenseConicReference(
        cost: cost, equations: [[0, 0, 0, 0, 0, 1, 1, 1, 1, 1]], sides: [1], rows: rows, offsets: offsets,
        cones: [ConicForm.Cone](repeating: .exponential, count: n)), -log(5))
  }

  @Test func `logarithm of a sum of exponentials`() {
    // min t with log(e¹ + e² + e³) <= t: Σ uᵢ <= 1, (aᵢ - t, 1, uᵢ) in the exponential cone. Variables t, u.
    let a = [1.0, 2, 3]
    var rows: [[Double]] = []
    var offsets: [Double] = []
    for i in 0..<3 {
      rows += [[-1, 0, 0, 0], [0, 0, 0, 0]] + units([1 + i], of: 4)
      offsets += [a[i], 1, 0]
    }
    optimum(
      DenseConicReference(
        cost: [1, 0, 0, 0], equations: [[0, 1, 1, 1]], sides: [1], rows: rows, offsets: offsets,
        cones: [.exponential, .exponential, .exponential]), log(a.reduce(0) { $0 + exp($1) }))
  }

  @Test(arguments: [0.5, 0.25, 0.9, 0.02]) func `largest weighted product under a budget`(a: Double) {
    // max x^a y^(1-a) with x + y = 1: x = a.
    optimum(
      DenseConicReference(
        cost: [0, 0, -1], equations: [[1, 1, 0]], sides: [1], rows: units([0, 1, 2], of: 3), offsets: [0, 0, 0],
        cones: [.power(exponent: a)]), -pow(a, a) * pow(1 - a, 1 - a))
  }

  @Test func `geometric mean of four by a tower of power cones`() {
    // max (x1 x2 x3 x4)^(1/4) with x1 + 2 x2 + 3 x3 + 4 x4 = 8: each term is 2. Variables x, u, v, w.
    optimum(
      DenseConicReference(
        cost: [0, 0, 0, 0, 0, 0, -1], equations: [[1, 2, 3, 4, 0, 0, 0]], sides: [8],
        rows: units([0, 1, 4, 2, 3, 5, 4, 5, 6], of: 7), offsets: [Double](repeating: 0, count: 9),
        cones: [.power(exponent: 0.5), .power(exponent: 0.5), .power(exponent: 0.5)]), -pow(2 * 1 * 2 / 3.0 * 0.5, 0.25))
  }

  @Test func `smallest eigenvalue`() {
    // max λ with A - λI positive semidefinite, A of eigenvalues 1, 2 and 4.
    let root = 2.0.squareRoot()
    optimum(
      DenseConicReference(
        cost: [-1], rows: [[-1], [0], [-1], [0], [0], [-1]], offsets: [1.5, -0.5 * root, 1.5, 0, 0, 4],
        cones: [.semidefinite(order: 3)]), -1)
  }

  @Test func `largest cut of a triangle by its relaxation`() {
    // max ¼ tr(LX), X_ii = 1: 9/4 for the triangle.
    let n = 3
    let count = n * (n + 1) / 2
    let diagonal = [0, 2, 5]
    var cost = [Double](repeating: 0.5 / 2.0.squareRoot(), count: count)
    for d in diagonal { cost[d] = -0.5 }
    optimum(
      DenseConicReference(
        cost: cost, equations: units(diagonal, of: count), sides: [1, 1, 1], rows: units(Array(0..<count), of: count),
        offsets: [Double](repeating: 0, count: count), cones: [.semidefinite(order: n)]), -2.25)
  }

  @Test func `theta of the cycle of five nodes is the root of five`() {
    // max tr(JX), tr X = 1, X_ij = 0 on edges.
    let n = 5
    var position: [[Int]] = Array(repeating: Array(repeating: 0, count: n), count: n)
    var k = 0
    for j in 0..<n {
      for i in 0...j {
        position[i][j] = k
        position[j][i] = k
        k += 1
      }
    }
    var cost = [Double](repeating: -(2.0.squareRoot()), count: k)
    var trace = [Double](repeating: 0, count: k)
    for i in 0..<n {
      cost[position[i][i]] = -1
      trace[position[i][i]] = 1
    }
    let edges = (0..<n).map { position[$0][($0 + 1) % n] }
    optimum(
      DenseConicReference(
        cost: cost, equations: [trace] + units(edges, of: k), sides: [1, 0, 0, 0, 0, 0],
        rows: units(Array(0..<k), of: k), offsets: [Double](repeating: 0, count: k), cones: [.semidefinite(order: n)]),
      -(5.0.squareRoot()))
  }

  @Test(arguments: sampleCones.filter { $0.dimension > 1 }) func `a point outside the cone is infeasible`(cone: ConicForm.Cone) {
    // x = -e + (something unable to help): the multipliers prove it.
    let product = ConeProduct([cone])
    var e = [Double](repeating: 0, count: product.dimension)
    var z = e
    product.setCentral(s: &e, z: &z)
    // min x with (-e + x d) in K for a direction d orthogonal to e's dual image: e stays outside for every x.
    var d = [Double](repeating: 0, count: e.count)
    d[0] = z[1]
    d[1] = -z[0]
    let program = DenseConicReference(
      cost: [1], rows: d.map { [$0] }, offsets: e.map { -$0 }, cones: [cone])
    let result = program.solve()
    #expect(result.ending == .primalInfeasible)
    #expect(product.dualMargin(result.z) >= -1e-9)
    #expect(abs(dot(d, result.z)) <= 1e-8 && abs(dot(e, result.z) - 1) <= 1e-8)
  }

  @Test(arguments: sampleCones) func `a cost that falls along the cone is unbounded`(cone: ConicForm.Cone) {
    let n = cone.dimension
    let product = ConeProduct([cone])
    var e = [Double](repeating: 0, count: n)
    var z = e
    product.setCentral(s: &e, z: &z)
    let result = DenseConicReference(
      cost: z.map { -$0 }, rows: units(Array(0..<n), of: n), offsets: e, cones: [cone]
    ).solve()
    #expect(result.ending == .dualInfeasible)
    #expect(product.margin(result.x) >= -1e-9)
    #expect(abs(dot(z, result.x) - 1) <= 1e-8)
  }
}
