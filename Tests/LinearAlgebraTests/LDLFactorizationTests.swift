import LinearAlgebra
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
}
