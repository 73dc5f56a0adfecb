@testable import LinearAlgebra
import Testing

@Suite struct RefinedSolveTests {
  /// K and a factor of K with `shift` added to the modulus of each diagonal entry.
  private func regularized(_ system: SymmetricSystem, by shift: Double) -> LDLFactorization {
    var values = system.values
    for j in 0..<system.order {
      for p in system.starts[j]..<system.starts[j + 1] where system.rowIndices[p] == j {
        values[p] += Double(system.signs[j]) * shift
      }
    }
    let factorization = LDLFactorization(system.analysis(), signs: system.signs)
    #expect(factorization.factor(values) == 0)
    return factorization
  }

  private func residual(_ system: SymmetricSystem, _ x: [Double], _ b: [Double]) -> Double {
    zip(system.times(x), b).reduce(0) { max($0, abs($1.0 - $1.1)) }
  }

  @Test(arguments: 0..<10)
  func `the regularization of the factor is undone`(seed: Int) {
    let system = SymmetricSystem.quasidefinite(primal: 60, dual: 40, density: 0.1, seed: UInt64(seed))
    let factorization = regularized(system, by: 1e-4)
    let b = (0..<100).map { Double(($0 * 7) % 11) - 5 }
    var plain = b
    factorization.solve(&plain)
    #expect(residual(system, plain, b) > 1e-6)
    var x = b
    let outcome = RefinedSolve(order: 100)(b, &x, lowerTriangle: system.matrix, factorization: factorization)
    #expect(outcome.isAccurate && outcome.steps >= 2 && outcome.steps <= 5)
    #expect(outcome.residual <= 1e-13 * 5 + 1e-12)
    #expect(abs(residual(system, x, b) - outcome.residual) <= 1e-13)
    #expect(outcome.rightHandSide == 5)
  }

  @Test func `a factor that is too far off does no harm`() {
    // K = 1, factored as 1/4: each correction would triple the residual.
    var x = [0.0]
    let outcome = RefinedSolve(order: 1)([1], &x, apply: { $1[0] = $0[0] }, solve: { $0[0] *= 4 })
    #expect(outcome == .init(steps: 0, residual: 3, rightHandSide: 1, isAccurate: false))
    #expect(x == [4])
  }

  @Test func `a slow correction is the last, and the limit holds`() {
    // Each correction halves the residual.
    var x = [0.0]
    let slow = RefinedSolve(order: 1)([1], &x, apply: { $1[0] = $0[0] }, solve: { $0[0] *= 0.5 })
    #expect(slow.steps == 1 && slow.residual == 0.25 && !slow.isAccurate)
    var options = RefinedSolve.Options()
    options.leastImprovement = 1
    options.stepLimit = 4
    let limited = RefinedSolve(order: 1, options: options)([1], &x, apply: { $1[0] = $0[0] }, solve: { $0[0] *= 0.5 })
    #expect(limited.steps == 4 && limited.residual == 1.0 / 32)
  }

  @Test func `numbers that are not finite end the refinement`() {
    var x = [0.0]
    let outcome = RefinedSolve(order: 1)([.nan], &x, apply: { $1[0] = $0[0] }, solve: { _ in })
    #expect(outcome.steps == 0 && !outcome.isAccurate && outcome.residual.isNaN)
  }
}
