@testable import LinearAlgebra
import Testing

@Suite struct IterativeMethodTests {
  private func vector(_ n: Int, seed: UInt64) -> [Double] {
    var random = SplitMix64(seed: seed)
    return (0..<n).map { _ in Double.random(in: -1...1, using: &random) }
  }

  private func apply(_ system: SymmetricSystem) -> LinearOperator {
    let matrix = system.matrix
    return { x, y in
      for i in 0..<system.order { y[i] = 0 }
      matrix.multiplySymmetricAdd(x, into: y)
    }
  }

  private func distance(_ x: [Double], _ y: [Double]) -> Double {
    zip(x, y).reduce(0) { max($0, abs($1.0 - $1.1)) }
  }

  private func norm(_ x: [Double]) -> Double { x.reduce(0) { $0 + $1 * $1 }.squareRoot() }

  // MARK: - Conjugate gradients

  @Test(arguments: 0..<10)
  func `conjugate gradients find what a factorization finds`(seed: Int) {
    let system = SymmetricSystem.quasidefinite(primal: 80, dual: 0, density: 0.5, seed: UInt64(seed))
    let b = vector(80, seed: UInt64(seed))
    var x = vector(80, seed: 99)
    let outcome = ConjugateGradients(order: 80).solve(apply(system), b, &x)
    #expect(outcome.status == .converged)
    #expect(outcome.residualNorm <= 1e-10 * norm(b))
    #expect(distance(x, LU(system.dense)!.solve(b)) < 1e-8)
  }

  @Test func `conjugate gradients end within as many iterations as there are distinct eigenvalues`() {
    let n = 60
    let matrix: LinearOperator = { x, y in for i in 0..<n { y[i] = Double(1 + i % 3) * x[i] } }
    var x = [Double](repeating: 0, count: n)
    let outcome = ConjugateGradients(order: n).solve(matrix, vector(n, seed: 4), &x)
    #expect(outcome.status == .converged && outcome.iterations == 3)
  }

  @Test func `the exact inverse as a preconditioner makes it one iteration`() {
    let system = SymmetricSystem.grid(15)
    let factorization = LDLFactorization(system.analysis(), signs: system.signs)
    factorization.factor(system.values)
    let inverse: LinearOperator = { r, z in
      z.update(from: r, count: system.order)
      factorization.solve(z)
    }
    let b = vector(system.order, seed: 6)
    var plain = [Double](repeating: 0, count: system.order), x = plain
    let method = ConjugateGradients(order: system.order)
    let without = method.solve(apply(system), b, &plain)
    let with = method.solve(apply(system), preconditioner: inverse, b, &x)
    #expect(with.status == .converged && with.iterations == 1)
    #expect(without.status == .converged && without.iterations > 10)
    #expect(distance(x, plain) < 1e-8)
    x = [Double](repeating: 0, count: system.order)
    let minimal = MINRES(order: system.order).solve(apply(system), preconditioner: inverse, b, &x)
    #expect(minimal.status == .converged && minimal.iterations == 1)
    #expect(distance(x, plain) < 1e-8)
  }

  @Test func `conjugate gradients name a direction of negative curvature`() {
    let matrix: LinearOperator = { x, y in
      y[0] = x[0] + 2 * x[1]
      y[1] = 2 * x[0] + x[1]
    }
    var x = [0.0, 0]
    let method = ConjugateGradients(order: 2)
    #expect(method.solve(matrix, [1, -0.5], &x).status == .indefinite)
    let d = [method.direction[0], method.direction[1]]
    #expect(d[0] * d[0] + 4 * d[0] * d[1] + d[1] * d[1] <= 0 && norm(d) > 0)
  }

  @Test func `limits, nothing to do, and numbers that are not finite`() {
    let system = SymmetricSystem.grid(20)
    let b = vector(400, seed: 3)
    var options = ConjugateGradients.Options()
    options.iterationLimit = 2
    var x = [Double](repeating: 0, count: 400)
    let limited = ConjugateGradients(order: 400, options: options).solve(apply(system), b, &x)
    #expect(limited.status == .iterationLimit && limited.iterations == 2)
    x = [Double](repeating: 0, count: 400)
    let zero = [Double](repeating: 0, count: 400)
    #expect(ConjugateGradients(order: 400).solve(apply(system), zero, &x).iterations == 0)
    #expect(MINRES(order: 400).solve(apply(system), zero, &x).status == .converged)
    var broken = b
    broken[7] = .nan
    #expect(ConjugateGradients(order: 400).solve(apply(system), broken, &x).status == .stalled)
    #expect(MINRES(order: 400).solve(apply(system), broken, &x).status == .stalled)
  }

  // MARK: - MINRES

  @Test(arguments: 0..<10)
  func `MINRES solves indefinite systems`(seed: Int) {
    let system = SymmetricSystem.quasidefinite(primal: 50, dual: 40, density: 0.2, seed: UInt64(seed))
    let b = vector(90, seed: UInt64(seed))
    var x = vector(90, seed: 98)
    var options = MINRES.Options()
    options.relativeTolerance = 1e-12
    let outcome = MINRES(order: 90, options: options).solve(apply(system), b, &x)
    #expect(outcome.status == .converged)
    let product = system.times(x)
    #expect(norm(zip(product, b).map { $0.0 - $0.1 }) <= 1e-10 * norm(b))
    #expect(distance(x, LU(system.dense)!.solve(b)) < 1e-8)
  }

  @Test func `MINRES with a diagonal preconditioner`() {
    var entries: [(row: Int, column: Int, value: Double)] = []
    for i in 0..<100 {
      let scale = i % 2 == 0 ? 1e4 : 1.0
      entries.append((i, i, (i % 3 == 0 ? -1 : 1) * scale * (1 + Double(i % 5) / 10)))
      if i > 0 { entries.append((i, i - 1, 0.1)) }
    }
    let system = SymmetricSystem(order: 100, entries: entries, signs: (0..<100).map { $0 % 3 == 0 ? -1 : 1 })
    let b = vector(100, seed: 31)
    let diagonal = (0..<100).map { abs(system.dense[$0, $0]) }
    let jacobi: LinearOperator = { r, z in for i in 0..<100 { z[i] = r[i] / diagonal[i] } }
    let method = MINRES(order: 100)
    var x = [Double](repeating: 0, count: 100), y = x
    let plain = method.solve(apply(system), b, &x)
    let preconditioned = method.solve(apply(system), preconditioner: jacobi, b, &y)
    #expect(preconditioned.status == .converged && preconditioned.iterations < plain.iterations)
    #expect(distance(y, LU(system.dense)!.solve(b)) < 1e-8)
  }

  @Test func `MINRES says when a singular system has no solution`() {
    // diag(1 ... 9, 0) with a right-hand side that reaches into the null space.
    let matrix: LinearOperator = { x, y in for i in 0..<10 { y[i] = i < 9 ? Double(i + 1) * x[i] : 0 } }
    var x = [Double](repeating: 0, count: 10)
    let outcome = MINRES(order: 10).solve(matrix, [Double](repeating: 1, count: 10), &x)
    #expect(outcome.status == .leastSquares)
    #expect(abs(outcome.residualNorm - 1) < 1e-8)
    for i in 0..<9 { #expect(abs(x[i] - 1 / Double(i + 1)) < 1e-6) }
  }

  // MARK: - LSQR

  private func rectangular(_ rows: Int, _ columns: Int, seed: UInt64) -> DenseMatrix {
    var random = SplitMix64(seed: seed)
    return DenseMatrix(rowCount: rows, columnCount: columns) { _, _ in Double.random(in: -1...1, using: &random) }
  }

  private func operators(_ a: DenseMatrix) -> (LinearOperator, LinearOperator) {
    (
      { x, y in
        for i in 0..<a.rowCount { y[i] = (0..<a.columnCount).reduce(0) { $0 + a[i, $1] * x[$1] } }
      },
      { y, x in
        for j in 0..<a.columnCount { x[j] = (0..<a.rowCount).reduce(0) { $0 + a[$1, j] * y[$1] } }
      }
    )
  }

  @Test(arguments: [0, 0.5])
  func `LSQR solves least squares`(damping: Double) {
    let a = rectangular(40, 15, seed: 7)
    let b = vector(40, seed: 8)
    let (forward, back) = operators(a)
    var options = LSQR.Options()
    options.damping = damping
    var x = [Double](repeating: 3, count: 15)
    let outcome = LSQR(rowCount: 40, columnCount: 15, options: options).solve(forward, transpose: back, b, &x)
    #expect(outcome.status == .leastSquares)
    var normal = a.transposed * a
    for j in 0..<15 { normal[j, j] += damping * damping }
    let right = a.transposed * DenseMatrix(rowCount: 40, columnCount: 1, values: b)
    let expected = Cholesky(normal)!.solve(right.values)
    #expect(distance(x, expected) < 1e-9)
    var y = [Double](repeating: 0, count: 40)
    forward(x, &y)
    let residual = norm(zip(y, b).map { $0.0 - $0.1 } + x.map { damping * $0 })
    #expect(abs(outcome.residualNorm - residual) < 1e-9)
  }

  @Test func `LSQR finds the solution of least norm`() {
    let a = rectangular(10, 30, seed: 9)
    let b = vector(10, seed: 10)
    let (forward, back) = operators(a)
    var x = [Double](repeating: 0, count: 30)
    let outcome = LSQR(rowCount: 10, columnCount: 30).solve(forward, transpose: back, b, &x)
    #expect(outcome.status == .converged)
    let multipliers = Cholesky(a * a.transposed)!.solve(b)
    let expected = a.transposed * DenseMatrix(rowCount: 10, columnCount: 1, values: multipliers)
    #expect(distance(x, expected.values) < 1e-9)
  }

  @Test func `LSQR with nothing to fit`() {
    let (forward, back) = operators(rectangular(5, 3, seed: 1))
    var x = [1.0, 1, 1]
    let outcome = LSQR(rowCount: 5, columnCount: 3).solve(forward, transpose: back, [0, 0, 0, 0, 0], &x)
    #expect(outcome.status == .converged && x == [0, 0, 0])
    let none: LinearOperator = { _, y in for i in 0..<3 { y[i] = 0 } }
    let orthogonal = LSQR(rowCount: 5, columnCount: 3).solve(
      { _, y in for i in 0..<5 { y[i] = 0 } }, transpose: none, [1, 0, 0, 0, 0], &x)
    #expect(orthogonal.status == .leastSquares && orthogonal.residualNorm == 1)
  }
}
