@testable import LinearAlgebra
import Testing

@Suite struct LDLFactorizationTests {
  @Test func `a small quasi-definite system is solved`() {
    // [4 1 1; 1 -2 0; 1 0 -3]
    let analysis = LDLAnalysis(order: 3, starts: [0, 3, 4, 5], rowIndices: [0, 1, 2, 1, 2])
    let factorization = LDLFactorization(analysis, signs: [1, -1, -1])
    #expect(factorization.factor([4, 1, 1, -2, -3]) == 0)
    var x: [Double] = [9, -3, -8]
    factorization.solve(&x, count: 1)
    for i in 0..<3 { #expect(abs(x[i] - Double(i + 1)) < 1e-14) }
    #expect(analysis.factorEntryCount == 5)
  }

  @Test(arguments: 0..<60)
  func `random quasi-definite systems agree with the scalar method`(seed: Int) {
    var random = SplitMix64(seed: UInt64(seed))
    let size = Int.random(in: 1...(seed % 10 == 0 ? 300 : 60), using: &random)
    let primal = seed % 7 == 0 ? size : Int.random(in: 0...size, using: &random)
    let density = Double.random(in: 0.01...0.3, using: &random)
    let system = SymmetricSystem.quasidefinite(primal: primal, dual: size - primal, density: density, seed: UInt64(seed))
    let analysis = system.analysis()
    let factorization = LDLFactorization(analysis, signs: system.signs)
    #expect(factorization.factor(system.values) == 0)
    let scalar = ScalarLDL(system, permutation: analysis.permutation)
    #expect(scalar.columns.reduce(size) { $0 + $1.count } == analysis.factorEntryCount)
    let b = (0..<size).map { _ in Double.random(in: -1...1, using: &random) }
    var x = b
    factorization.solve(&x, count: 1)
    let y = scalar.solve(b)
    for i in 0..<size { #expect(abs(x[i] - y[i]) <= 1e-11 * (1 + abs(y[i]))) }
    let product = system.times(x)
    for i in 0..<size { #expect(abs(product[i] - b[i]) <= 1e-11) }
  }

  /// A five-point grid of side `side`, plus a multiple of the identity: enough work for more than one thread.
  private func grid(_ side: Int) -> SymmetricSystem {
    var entries: [(row: Int, column: Int, value: Double)] = []
    for i in 0..<side {
      for j in 0..<side {
        let k = i * side + j
        entries.append((k, k, 4 + Double((i * 31 + j * 17) % 10) / 10))
        if i > 0 { entries.append((k, k - side, -1)) }
        if j > 0 { entries.append((k, k - 1, -1)) }
      }
    }
    return SymmetricSystem(order: side * side, entries: entries, signs: [Int8](repeating: 1, count: side * side))
  }

  @Test func `two threads give the solution of one, and the same one every time`() {
    let system = grid(250)
    let analysis = system.analysis()
    #expect(analysis.flopCount > LDLFactorization.parallelFlopCount)
    var options = LDLFactorization.Options()
    var solutions: [[Double]] = []
    for threads in [1, 2, 2, 3] {
      options.threads = threads
      let factorization = LDLFactorization(analysis, signs: system.signs, options: options)
      for _ in 0..<2 {
        #expect(factorization.factor(system.values) == 0)
        var x = (0..<system.order).map { Double($0 % 13) - 6 }
        factorization.solve(&x)
        solutions.append(x)
      }
    }
    #expect(solutions[2] == solutions[3] && solutions[2] == solutions[4] && solutions[6] == solutions[7])
    for other in [2, 6] {
      for i in 0..<system.order { #expect(abs(solutions[0][i] - solutions[other][i]) <= 1e-12 * 10) }
    }
    let product = system.times(solutions[2])
    for i in 0..<system.order { #expect(abs(product[i] - (Double(i % 13) - 6)) <= 1e-10) }
  }
}
