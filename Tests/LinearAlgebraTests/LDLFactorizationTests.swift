@testable import LinearAlgebra
import Testing

@Suite struct LDLFactorizationTests {
  /// `L J Lᵀ` in the original order, from the panels.
  private func reconstruct(_ factorization: LDLFactorization) -> DenseMatrix {
    let layout = factorization.layout, n = layout.order
    var lower = DenseMatrix(rowCount: n, columnCount: n)
    var signed = lower
    for s in 0..<layout.frontCount {
      let front = layout.fronts[s]
      let width = Int(front.width), ld = width + Int(front.below)
      for j in 0..<width {
        for i in j..<ld {
          let row = i < width ? Int(front.first) + i : Int(layout.rows[front.rowStart + i - width])
          let value = factorization.panels[front.panel + j * ld + i]
          lower[row, Int(front.first) + j] = value
          signed[row, Int(front.first) + j] = j < Int(front.positive) ? value : -value
        }
      }
    }
    let product = signed * lower.transposed
    return DenseMatrix(rowCount: n, columnCount: n) { product[Int(layout.positions[$0]), Int(layout.positions[$1])] }
  }

  private func check(_ system: SymmetricSystem, _ ordering: LDLAnalysis.Ordering = .amd, seed: UInt64 = 1) {
    let n = system.order
    let analysis = system.analysis(ordering)
    let factorization = LDLFactorization(analysis, signs: system.signs)
    #expect(factorization.factor(system.values) == 0)
    let dense = system.dense
    let difference = reconstruct(factorization)
    let largest = dense.values.reduce(0) { max($0, abs($1)) }
    for k in dense.values.indices { #expect(abs(difference.values[k] - dense.values[k]) <= 1e-13 * largest) }
    // The same by the scalar method and by LAPACK.
    let scalar = ScalarLDL(system, permutation: analysis.permutation)
    #expect(scalar.columns.reduce(n) { $0 + $1.count } == analysis.factorEntryCount)
    var random = SplitMix64(seed: seed)
    let b = (0..<n).map { _ in Double.random(in: -1...1, using: &random) }
    var x = b
    factorization.solve(&x)
    let y = scalar.solve(b)
    let z = LU(dense)!.solve(b)
    for i in 0..<n {
      #expect(abs(x[i] - y[i]) <= 1e-11 * (1 + abs(y[i])))
      #expect(abs(x[i] - z[i]) <= 1e-11 * (1 + abs(z[i])))
    }
  }

  @Test func `a small quasi-definite system is solved`() {
    // [4 1 1; 1 -2 0; 1 0 -3]
    let analysis = LDLAnalysis(order: 3, starts: [0, 3, 4, 5], rowIndices: [0, 1, 2, 1, 2])
    let factorization = LDLFactorization(analysis, signs: [1, -1, -1])
    #expect(factorization.factor([4, 1, 1, -2, -3]) == 0)
    var x: [Double] = [9, -3, -8]
    factorization.solve(&x)
    for i in 0..<3 { #expect(abs(x[i] - Double(i + 1)) < 1e-14) }
    #expect(analysis.factorEntryCount == 5)
  }

  @Test(arguments: 0..<60)
  func `random quasi-definite systems agree with LAPACK and with the scalar method`(seed: Int) {
    var random = SplitMix64(seed: UInt64(seed))
    let size = Int.random(in: 1...(seed % 10 == 0 ? 200 : 50), using: &random)
    let primal = seed % 7 == 0 ? size : Int.random(in: 0...size, using: &random)
    let density = Double.random(in: 0.01...0.3, using: &random)
    let system = SymmetricSystem.quasidefinite(
      primal: primal, dual: size - primal, density: density, seed: UInt64(seed))
    check(system, seed: UInt64(seed))
    check(system, .natural, seed: UInt64(seed))
    check(system, .given((0..<Int32(size)).shuffled(using: &random)), seed: UInt64(seed))
  }

  @Test func `one dense front with pivots of both signs`() {
    check(.quasidefinite(primal: 70, dual: 59, density: 1, seed: 3))
    check(.quasidefinite(primal: 1, dual: 100, density: 1, seed: 4))
    check(.quasidefinite(primal: 90, dual: 0, density: 1, seed: 5))
  }

  @Test func `dense rows among sparse ones`() {
    var system = SymmetricSystem.quasidefinite(primal: 300, dual: 100, density: 0.005, seed: 8)
    var entries = system.entries
    for i in 0..<400 where i != 7 && i != 311 {
      entries.append((7, i, 0.01))
      entries.append((311, i, 0.01))
    }
    for i in 0..<400 { entries.append((i, i, Double(system.signs[i]) * 5)) }
    system = SymmetricSystem(order: 400, entries: entries, signs: system.signs)
    check(system)
  }

  @Test func `parts without a connection`() {
    var entries: [(row: Int, column: Int, value: Double)] = []
    var signs: [Int8] = []
    for (block, size) in [1, 5, 1, 30, 12, 2].enumerated() {
      let part = SymmetricSystem.quasidefinite(
        primal: size / 2, dual: size - size / 2, density: 0.3, seed: UInt64(block))
      entries += part.entries.map { ($0.row + signs.count, $0.column + signs.count, $0.value) }
      signs += part.signs
    }
    check(SymmetricSystem(order: signs.count, entries: entries, signs: signs))
  }

  @Test func `no rows, one row, and a diagonal`() {
    let none = LDLFactorization(LDLAnalysis(order: 0, starts: [0], rowIndices: []), signs: [])
    #expect(none.factor([]) == 0)
    none.solve(UnsafeMutablePointer<Double>.allocate(capacity: 1), count: 1)
    #expect(none.analysis.factorEntryCount == 0)
    check(SymmetricSystem(order: 1, entries: [(0, 0, -4)], signs: [-1]))
    let signs: [Int8] = [1, -1, 1, 1, -1, -1, 1, -1, 1]
    check(SymmetricSystem(order: 9, entries: (0..<9).map { ($0, $0, 3 * Double(signs[$0])) }, signs: signs))
  }

  @Test func `a diagonal entry that is absent counts as zero, one that comes twice as the sum`() {
    // [1 2; 2 0] has pivots 1 and -4.
    let pattern = LDLAnalysis(order: 2, starts: [0, 2, 2], rowIndices: [0, 1], ordering: .natural)
    let absent = LDLFactorization(pattern, signs: [1, -1])
    #expect(absent.factor([1, 2]) == 0)
    var x: [Double] = [5, 2]
    absent.solve(&x)
    #expect(abs(x[0] - 1) < 1e-15 && abs(x[1] - 2) < 1e-15)
    let twice = LDLFactorization(LDLAnalysis(order: 1, starts: [0, 2], rowIndices: [0, 0]), signs: [1])
    #expect(twice.factor([1, 3]) == 0)
    x = [8]
    twice.solve(&x)
    #expect(x == [2])
  }

  @Test func `pivots of the wrong sign and pivots near zero are replaced and counted`() {
    let system = SymmetricSystem(
      order: 4, entries: [(0, 0, 2), (1, 1, -3), (2, 2, 1e-14), (3, 3, 5)], signs: [1, 1, 1, -1])
    var options = LDLFactorization.Options()
    options.pivotReplacement = 0.25
    let factorization = LDLFactorization(system.analysis(), signs: system.signs, options: options)
    #expect(factorization.factor(system.values) == 3)
    var x: [Double] = [2, 1, 1, 1]
    factorization.solve(&x)
    for (value, expected) in zip(x, [1.0, 4, 4, -4]) { #expect(abs(value - expected) < 1e-14) }
  }

  @Test func `the unit of pivots can be the diagonal entry`() {
    // Rows 0 and 1 are the same up to 1e-15 of a diagonal of 1e6: after elimination the second pivot is noise.
    let values = [1e6, 1e6, 1e6 * (1 + 1e-15), 1e-20]
    let analysis = LDLAnalysis(order: 3, starts: [0, 2, 3, 4], rowIndices: [0, 1, 1, 2], ordering: .natural)
    var options = LDLFactorization.Options()
    options.pivotScale = .diagonal
    options.pivotReplacement = 1
    let factorization = LDLFactorization(analysis, signs: [1, 1, 1], options: options)
    #expect(factorization.factor(values) == 1)
    var x = [0.0, 1e6, 1e-20]
    factorization.solve(&x)
    // The replaced pivot is 1e6; the tiny one, no smaller than its diagonal entry, stands.
    #expect(abs(x[1] - 1) < 1e-9 && abs(x[2] - 1) < 1e-12)
  }

  @Test(arguments: 0..<20)
  func `replaced pivots in random systems are those of the scalar method`(seed: Int) {
    var system = SymmetricSystem.quasidefinite(primal: 40, dual: 30, density: 0.1, seed: UInt64(seed))
    var random = SplitMix64(seed: UInt64(seed) + 1000)
    for _ in 0..<5 { system.signs[Int.random(in: 0..<70, using: &random)] *= -1 }
    // In the same order, columns within a supernode among them, both methods see the same pivots. Large replacements keep
    // the others from growing.
    var options = LDLFactorization.Options()
    options.pivotReplacement = 1e3
    let factorization = LDLFactorization(system.analysis(), signs: system.signs, options: options)
    let replaced = factorization.factor(system.values)
    #expect(replaced > 0)
    let positions = (0..<70).map { factorization.layout.positions[$0] }
    let scalar = ScalarLDL(system, permutation: Permutation.inverse(positions), replacement: 1e3)
    #expect(scalar.replaced == replaced)
    let b = (0..<70).map { _ in Double.random(in: -1...1, using: &random) }
    var x = b
    factorization.solve(&x)
    let y = scalar.solve(b)
    let largest = y.reduce(1) { max($0, abs($1)) }
    for i in 0..<70 { #expect(abs(x[i] - y[i]) <= 1e-10 * largest) }
  }

  @Test func `entries that are not finite end in a count, not in a trap`() {
    let system = SymmetricSystem.quasidefinite(primal: 10, dual: 10, density: 0.5, seed: 2)
    let factorization = LDLFactorization(system.analysis(), signs: system.signs)
    var values = system.values
    values[3] = .nan
    #expect(factorization.factor(values) > 0)
    #expect(factorization.factor(system.values) == 0)
  }

  @Test(arguments: [1, 2, 3, 4, 5, 9])
  func `several right-hand sides at once are several solves`(count: Int) {
    let n = 150
    let system = SymmetricSystem.quasidefinite(primal: 90, dual: 60, density: 0.05, seed: 12)
    let factorization = LDLFactorization(system.analysis(), signs: system.signs)
    factorization.factor(system.values)
    var random = SplitMix64(seed: 5)
    let b = (0..<(n * count)).map { _ in Double.random(in: -1...1, using: &random) }
    var together = b
    factorization.solve(&together, count: count)
    for c in 0..<count {
      var alone = Array(b[(c * n)..<(c * n + n)])
      factorization.solve(&alone)
      #expect(alone == Array(together[(c * n)..<(c * n + n)]))
    }
  }

  @Test func `a factorization is used again for other values`() {
    var system = SymmetricSystem.quasidefinite(primal: 60, dual: 40, density: 0.1, seed: 21)
    let factorization = LDLFactorization(system.analysis(), signs: system.signs)
    for _ in 0..<3 {
      #expect(factorization.factor(system.values) == 0)
      var x = (0..<100).map { Double($0 % 5) - 2 }
      let b = x
      factorization.solve(&x)
      let product = system.times(x)
      for i in 0..<100 { #expect(abs(product[i] - b[i]) < 1e-11) }
      for k in system.values.indices { system.values[k] *= 1.5 }
    }
  }

  @Test func `two threads give the solution of one, and the same one every time`() {
    let system = SymmetricSystem.grid(250)
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
      for i in 0..<system.order { #expect(abs(solutions[0][i] - solutions[other][i]) <= 1e-11) }
    }
    let product = system.times(solutions[2])
    for i in 0..<system.order { #expect(abs(product[i] - (Double(i % 13) - 6)) <= 1e-10) }
  }

  @Test func `replaced pivots are counted over all threads`() {
    var system = SymmetricSystem.grid(250)
    let analysis = system.analysis()
    for k in [5, 4000, 31_000, 62_000] { system.signs[k] = -1 }
    var counts: [Int] = []
    for threads in [1, 2] {
      var options = LDLFactorization.Options()
      options.threads = threads
      options.pivotReplacement = 4
      counts.append(LDLFactorization(analysis, signs: system.signs, options: options).factor(system.values))
    }
    #expect(counts[0] >= 4 && counts[0] == counts[1])
  }
}
