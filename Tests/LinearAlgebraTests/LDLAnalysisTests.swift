@testable import LinearAlgebra
import Testing

@Suite struct LDLAnalysisTests {
  /// Entries of each column of the factor by plain symbolic elimination.
  private func columns(_ system: SymmetricSystem, _ permutation: [Int32]) -> [Set<Int>] {
    let inverse = Permutation.inverse(permutation)
    var columns = (0..<system.order).map { Set([$0]) }
    for e in system.entries {
      let a = Int(inverse[e.row]), b = Int(inverse[e.column])
      columns[min(a, b)].insert(max(a, b))
    }
    for j in 0..<system.order {
      let rest = columns[j].subtracting([j])
      if let parent = rest.min() { columns[parent].formUnion(rest) }
    }
    return columns
  }

  @Test(arguments: 0..<40)
  func `entries, flops and rows are those of symbolic elimination`(seed: Int) {
    var random = SplitMix64(seed: UInt64(seed))
    let size = Int.random(in: 1...90, using: &random)
    let density = Double.random(in: 0.01...0.3, using: &random)
    let system = SymmetricSystem.quasidefinite(
      primal: size / 2, dual: size - size / 2, density: density, seed: UInt64(seed))
    let given = (0..<Int32(size)).shuffled(using: &random)
    for ordering in [LDLAnalysis.Ordering.amd, .natural, .given(given)] {
      let analysis = system.analysis(ordering)
      let columns = columns(system, analysis.permutation)
      #expect(analysis.factorEntryCount == columns.reduce(0) { $0 + $1.count })
      #expect(analysis.flopCount == columns.reduce(0) { $0 + Double($1.count * $1.count) })
      let supernodes = analysis.supernodes
      #expect(supernodes.starts.last == Int32(size))
      for s in 0..<supernodes.count {
        let rows = analysis.rows[analysis.rowStarts[s]..<analysis.rowStarts[s + 1]].map(Int.init)
        let own = Int(supernodes.starts[s])..<Int(supernodes.starts[s + 1])
        // All columns fit into the panel, and the last needs all of it.
        for j in own { #expect(columns[j].subtracting(own).isSubset(of: rows)) }
        #expect(columns[own.upperBound - 1].subtracting(own).sorted() == rows)
        let parent = supernodes.parent[s]
        #expect((parent == -1) == rows.isEmpty)
        if let first = rows.first {
          #expect(supernodes.starts[Int(parent)] <= first && first < supernodes.starts[Int(parent) + 1])
        }
      }
    }
  }

  @Test func `an order without fill stays without fill`() {
    // An arrow that points to the last row.
    let n = 50
    let entries = (0..<n).flatMap { [(row: n - 1, column: $0, value: 1.0), (row: $0, column: $0, value: 100.0)] }
    let system = SymmetricSystem(order: n, entries: entries, signs: [Int8](repeating: 1, count: n))
    for ordering in [LDLAnalysis.Ordering.natural, .amd] {
      #expect(system.analysis(ordering).factorEntryCount == 2 * n - 1)
    }
    let reversed = system.analysis(.given((0..<Int32(n)).reversed()))
    #expect(reversed.factorEntryCount == n * (n + 1) / 2)
  }

  @Test(arguments: 0..<10)
  func `an estimate is exact, and its order gives that factor`(seed: Int) {
    let system = SymmetricSystem.quasidefinite(primal: 120, dual: 80, density: 0.02, seed: UInt64(seed))
    let estimate = LDLAnalysis.estimate(order: 200, starts: system.starts, rowIndices: system.rowIndices)
    let analysis = system.analysis(estimate.ordering)
    #expect(estimate.factorEntryCount == analysis.factorEntryCount)
    #expect(estimate.flopCount == analysis.flopCount)
    #expect(analysis.factorEntryCount == system.analysis(.amd).factorEntryCount)
  }

  @Test func `AMD keeps the fill of a grid low`() {
    let system = SymmetricSystem.grid(40)
    let banded = system.analysis(.natural)
    let ordered = system.analysis()
    #expect(banded.factorEntryCount > 60_000)
    #expect(ordered.factorEntryCount < 30_000)
    #expect(Set(ordered.permutation).count == 1600)
  }

  @Test func `few dense rows go last, but where most rows are dense the sparse structure counts`() {
    // Blocks of 400 full rows without a connection: every row is above 10 √n, and the factor has no fill.
    let n = 800, size = 400
    var starts = [0], rows: [Int32] = []
    for j in 0..<n {
      rows += (Int32(j)..<Int32((j / size + 1) * size))
      starts.append(rows.count)
    }
    #expect(Double(size) > 10 * Double(n).squareRoot())
    #expect(LDLAnalysis(order: n, starts: starts, rowIndices: rows).factorEntryCount == rows.count)
    // A diagonal with one full row.
    let arrow = SymmetricSystem(
      order: 2000, entries: (0..<2000).flatMap { [($0, $0, 1.0), (max(3, $0), min(3, $0), 0.1)] },
      signs: [Int8](repeating: 1, count: 2000))
    let analysis = arrow.analysis()
    #expect(analysis.factorEntryCount == 3999 && analysis.permutation.last == 3)
  }
}
