import Constraints
import LinearAlgebra
import Testing

@testable import Solvers

@Suite("Closures as functions")
struct ClosureFunctionsTests {
  /// `½ Σ (xⱼ - tⱼ)²` with `Σ xⱼ² = n r²`, tⱼ = 1 + (j mod 3).
  static func sphere(_ n: Int, radius: Double) -> ClosureFunctions {
    ClosureFunctions(
      variableCount: n, constraintCount: 1,
      objective: { x in
        var sum = 0.0
        for j in 0..<n {
          let d = x[j] - Double(1 + j % 3)
          sum += 0.5 * d * d
        }
        return sum
      },
      gradient: { x, g in for j in 0..<n { g[j] = x[j] - Double(1 + j % 3) } },
      constraints: { x, c in
        var sum = 0.0
        for j in 0..<n { sum += x[j] * x[j] }
        c[0] = sum / Double(n) - radius * radius
      },
      addJacobianTransposeProduct: { x, y, g in for j in 0..<n { g[j] += 2 / Double(n) * y[0] * x[j] } })
  }

  /// The solution is t scaled to the radius.
  static func expectScaled(_ point: [Double], _ radius: Double, sourceLocation: Testing.SourceLocation = #_sourceLocation) {
    let n = point.count
    let target = (0..<n).map { Double(1 + $0 % 3) }
    var square = 0.0
    for t in target { square += t * t }
    let factor = radius / (square / Double(n)).squareRoot()
    var worst = 0.0
    for (x, t) in zip(point, target) { worst = max(worst, abs(x - t * factor)) }
    #expect(worst < 1e-6, sourceLocation: sourceLocation)
  }

  @Test func `a hundred thousand variables with gradients alone`() throws {
    let n = 100_000
    let form = NonlinearForm(Self.sphere(n, radius: 1), start: [Double](repeating: 0.5, count: n))
    let outcome = try AugmentedLagrangianSolver().minimize(form).outcome
    #expect(outcome.outcome == .locallyOptimal)
    Self.expectScaled(outcome.point, 1)
    #expect(outcome.statistics.functionEvaluations < 200)
  }

  @Test func `the next solve starts from the last one's point, multipliers and penalties`() throws {
    let n = 1000
    let form = NonlinearForm(Self.sphere(n, radius: 1), start: [Double](repeating: 0.5, count: n))
    let solver = AugmentedLagrangianSolver()
    let (first, state) = try solver.minimize(form)
    let (again, _) = try solver.minimize(form, from: state)
    #expect(again.outcome == .locallyOptimal)
    #expect(again.statistics.functionEvaluations <= 5)
    let next = NonlinearForm(Self.sphere(n, radius: 1.01), start: form.start)
    let warm = try solver.minimize(next, from: state).outcome
    let cold = try solver.minimize(next).outcome
    #expect(warm.outcome == .locallyOptimal)
    Self.expectScaled(warm.point, 1.01)
    #expect(warm.statistics.functionEvaluations <= cold.statistics.functionEvaluations)
    #expect(first.statistics.functionEvaluations > again.statistics.functionEvaluations)
  }

  @Test func `products with the Hessian are used where there is no matrix`() throws {
    let n = 500
    var functions = Self.sphere(n, radius: 1)
    functions.jacobian = (
      SparsityPattern(starts: [0, n], indices: (0..<Int32(n)).map { $0 }),
      { x, values in for j in 0..<n { values[j] = 2 / Double(n) * x[j] } }
    )
    functions.hessianProduct = { _, factor, y, v, result in
      for j in 0..<n { result[j] = (factor + 2 / Double(n) * y[0]) * v[j] }
    }
    let form = NonlinearForm(functions, start: [Double](repeating: 0.5, count: n))
    let outcome = try AugmentedLagrangianSolver().minimize(form).outcome
    #expect(outcome.outcome == .locallyOptimal)
    Self.expectScaled(outcome.point, 1)
  }

  @Test func `bounds on many variables hold exactly`() throws {
    let n = 10_000
    let functions = ClosureFunctions(
      variableCount: n,
      objective: { x in
        var sum = 0.0
        for j in 0..<n { sum += 0.5 * Double(1 + j % 10) * (x[j] - 1) * (x[j] - 1) }
        return sum
      },
      gradient: { x, g in for j in 0..<n { g[j] = Double(1 + j % 10) * (x[j] - 1) } })
    let upper = (0..<n).map { $0 % 2 == 0 ? 0.5 : 2.0 }
    let form = NonlinearForm(functions, columnUpper: upper, start: [Double](repeating: -3, count: n))
    let outcome = try AugmentedLagrangianSolver().minimize(form).outcome
    #expect(outcome.outcome == .locallyOptimal)
    #expect((0..<n).allSatisfy { $0 % 2 == 0 ? outcome.point[$0] == 0.5 : abs(outcome.point[$0] - 1) < 1e-7 })
    #expect((0..<n).allSatisfy { $0 % 2 == 1 || abs(outcome.reducedCosts[$0] + 0.5 * Double(1 + $0 % 10)) < 1e-9 })
  }
}
