import LinearAlgebra
import Testing

@testable import Solvers

@Suite("Cuts of textbook models")
struct CutTests {
  private let inf = Double.infinity

  private func form(_ columns: [(Double, Double, Bool)], _ rows: [([(Int, Double)], Double)]) -> LinearForm {
    var form = LinearForm()
    for (low, high, whole) in columns { _ = form.addColumn(lower: low, upper: high, isInteger: whole) }
    for (terms, upper) in rows { form.addRow(terms, lower: -inf, upper: upper) }
    return form
  }

  private func cuts(
    of form: LinearForm, at point: [Double], _ separate: (CutSeparation, inout [Cut]) -> Void
  ) -> [Cut] {
    let separation = CutSeparation(form)
    separation.setPoint(point, reducedCosts: nil)
    var result: [Cut] = []
    separate(separation, &result)
    return result
  }

  /// Entries by column, scaled so that the largest is 1 in size.
  private func scaled(_ cut: Cut) -> (entries: [Int: Double], upper: Double) {
    let largest = cut.values.map { abs($0) }.max() ?? 1
    let pairs = zip(cut.columns, cut.values).map { (Int($0), $1 / largest) }
    return (Dictionary(uniqueKeysWithValues: pairs), cut.upper / largest)
  }

  private func contains(_ cuts: [Cut], _ entries: [Int: Double], _ upper: Double) -> Bool {
    cuts.contains { cut in
      let (found, side) = scaled(cut)
      if found.count != entries.count || abs(side - upper) > 1e-7 { return false }
      return entries.allSatisfy { abs((found[$0.key] ?? .infinity) - $0.value) <= 1e-7 }
    }
  }

  @Test func `a row with one whole and one continuous column gives the mixed-integer rounding inequality`() {
    // x - s <= 2.5 with whole x gives x - s / 0.5 <= 2.
    let problem = form([(0, 10, true), (0, 10, false)], [([(0, 1), (1, -1)], 2.5)])
    let found = cuts(of: problem, at: [2.5, 0]) { $0.separateMIR(into: &$1) }
    #expect(contains(found, [0: 0.5, 1: -1], 1), "\(found)")
  }

  @Test func `a row of whole columns is divided and rounded`() {
    // 3 x + 3 y <= 5 gives x + y <= 1.
    let problem = form([(0, 5, true), (0, 5, true)], [([(0, 3), (1, 3)], 5)])
    let found = cuts(of: problem, at: [5.0 / 3, 0]) { $0.separateMIR(into: &$1) }
    #expect(contains(found, [0: 1, 1: 1], 1), "\(found)")
  }

  @Test func `the tableau row of a vertex gives a cut with the divisor 1`() {
    // The vertex of 3 x + 2 y <= 6, -3 x + 2 y <= 0 is (1, 1.5); both rows by a quarter give y <= 1.5.
    let problem = form([(0, 10, true), (0, 10, true)], [([(0, 3), (1, 2)], 6), ([(0, -3), (1, 2)], 0)])
    let found = cuts(of: problem, at: [1, 1.5]) {
      $0.cutsFromAggregation(rows: [0, 1], weights: [0.25, 0.25], kind: .gomory, into: &$1)
    }
    #expect(contains(found, [1: 1], 1), "\(found)")
    #expect(found.allSatisfy { $0.kind == .gomory })
  }

  @Test func `capacities of arcs and a demand give a flow cover`() {
    // Demand 5 from arcs of capacity 3 and 4: x0 + x1 = 5, x0 <= 3 y0, x1 <= 4 y1. Both arcs are needed.
    var problem = LinearForm()
    for _ in 0..<2 { _ = problem.addColumn(lower: 0, upper: 5) }
    for _ in 0..<2 { _ = problem.addColumn(lower: 0, upper: 1, isInteger: true) }
    problem.addRow([(0, 1), (1, 1)], lower: 5, upper: 5)
    problem.addRow([(0, 1), (2, -3)], lower: -inf, upper: 0)
    problem.addRow([(1, 1), (3, -4)], lower: -inf, upper: 0)
    let found = cuts(of: problem, at: [3, 2, 1, 0.5]) { $0.separateMIR(into: &$1) }
    // x0 + 2 (1 - y0)... <= 3 and relatives: the point (y1 = 1/2) is cut off, all points with y1 = 1 stay.
    #expect(!found.isEmpty)
    for cut in found {
      #expect(cut.activity(at: [1, 4, 1, 1]) <= cut.upper + 1e-9)
      #expect(cut.activity(at: [3, 2, 1, 1]) <= cut.upper + 1e-9)
    }
  }

  @Test func `a cover of arcs is lifted by the others`() {
    // Flow of at most 10 over arcs of capacity 7, 6 and 4: 7 and 6 are a cover with an excess of 3.
    var problem = LinearForm()
    for capacity in [7.0, 6, 4] { _ = problem.addColumn(lower: 0, upper: capacity) }
    for _ in 0..<3 { _ = problem.addColumn(lower: 0, upper: 1, isInteger: true) }
    problem.addRow([(0, 1), (1, 1), (2, 1)], lower: -inf, upper: 10)
    for (k, capacity) in [7.0, 6, 4].enumerated() { problem.addRow([(k, 1), (3 + k, -capacity)], lower: -inf, upper: 0) }
    let point = [7, 3, 0, 1, 0.5, 0]
    let found = cuts(of: problem, at: point) { $0.separateMIR(into: &$1) }
    // x0 + 4 (1 - y0) + x1 + 3 (1 - y1) <= 10.
    // The largest entry is scaled to 1.
    #expect(contains(found, [0: 0.25, 1: 0.25, 3: -1, 4: -0.75], 0.75), "\(found)")
  }

  @Test func `stocks that must be there when nothing is produced close the gap of lot sizes`() {
    // Demands of 5 periods, production in any of them: with the inequalities of Barany, Van Roy and Wolsey the relaxation
    // is the hull of the whole points.
    let demands = [4.0, 7, 2, 9, 5]
    let setup = [20.0, 25, 18, 30, 22]
    var problem = LinearForm()
    for _ in demands { _ = problem.addColumn(lower: 0, upper: 27, objective: 1) }
    for _ in demands.dropLast() { _ = problem.addColumn(lower: 0, upper: .infinity, objective: 1.5) }
    for cost in setup { _ = problem.addColumn(lower: 0, upper: 1, objective: cost, isInteger: true) }
    for t in demands.indices {
      var terms = [(t, 1.0)]
      if t > 0 { terms.append((5 + t - 1, 1)) }
      if t < 4 { terms.append((5 + t, -1)) }
      problem.addRow(terms, lower: demands[t], upper: demands[t])
      problem.addRow([(t, 1), (9 + t, -27)], lower: -inf, upper: 0)
    }
    // Production is worth 27 in all; the rest by the recursion of Wagner and Whitin over the last period of production.
    var best = [0.0]
    for last in 1...5 {
      var least = Double.infinity
      for first in 0..<last {
        var cost: Double = best[first] + setup[first]
        for t in first..<last { cost += 1.5 * Double(t - first) * demands[t] }
        least = min(least, cost)
      }
      best.append(least)
    }
    var options = BranchAndCut.Options()
    options.heuristics = .off
    let search = BranchAndCut(problem, options: options)
    _ = search.run()
    let optimum = best[5] + 27
    #expect(abs(search.incumbentObjective - optimum) < 1e-6)
    #expect(abs(search.rootObjective - optimum) < 1e-4, "\(search.rootObjective) for \(optimum)")
  }

  @Test func `a knapsack gives its minimal cover`() {
    let problem = form(Array(repeating: (0, 1, true), count: 3), [([(0, 3), (1, 3), (2, 3)], 8)])
    let found = cuts(of: problem, at: [1, 1, 2.0 / 3]) { $0.separateCovers(into: &$1) }
    #expect(contains(found, [0: 1, 1: 1, 2: 1], 2), "\(found)")
  }

  @Test func `a cover is lifted by a heavy column`() {
    // Of 5 x0 + 3 (x1 + x2 + x3) <= 8, x1 + x2 + x3 <= 2 is lifted to x0 + x1 + x2 + x3 <= 2.
    let problem = form(Array(repeating: (0, 1, true), count: 4), [([(0, 5), (1, 3), (2, 3), (3, 3)], 8)])
    let found = cuts(of: problem, at: [0.1, 0.9, 0.9, 0.9]) { $0.separateCovers(into: &$1) }
    #expect(contains(found, [0: 1, 1: 1, 2: 1, 3: 1], 2), "\(found)")
  }

  @Test func `covers are found behind negative entries and continuous columns`() {
    // 4 y0 + 4 y1 - 4 (1 - y2) <= t + 3 with t <= 0.5 y3: three of four at most.
    let problem = form(
      [(0, 1, true), (0, 1, true), (0, 1, true), (0, 9, false), (0, 1, true)],
      [([(0, 4), (1, 4), (2, 4), (3, -1)], 11), ([(3, 1), (4, -0.5)], 0)])
    let found = cuts(of: problem, at: [1, 1, 0.75, 0, 0]) { $0.separateCovers(into: &$1) }
    #expect(contains(found, [0: 1, 1: 1, 2: 1], 2), "\(found)")
  }

  @Test func `an odd cycle gives a zero-half cut`() {
    let edges = [(0, 1), (1, 2), (2, 3), (3, 4), (4, 0)]
    let problem = form(Array(repeating: (0, 1, true), count: 5), edges.map { ([($0.0, 1), ($0.1, 1)], 1) })
    let found = cuts(of: problem, at: [0.5, 0.5, 0.5, 0.5, 0.5]) { $0.separateZeroHalf(into: &$1) }
    #expect(contains(found, [0: 1, 1: 1, 2: 1, 3: 1, 4: 1], 2), "\(found)")
  }

  @Test func `pairwise conflicts of knapsacks give a clique`() {
    // Any two of three exceed their knapsack: x0 + x1 + x2 <= 1.
    let rows: [([(Int, Double)], Double)] = [([(0, 5), (1, 4)], 8), ([(1, 3), (2, 3)], 5), ([(0, 2), (2, 7)], 8)]
    let problem = form(Array(repeating: (0, 1, true), count: 3), rows)
    let found = cuts(of: problem, at: [0.5, 0.5, 0.5]) { $0.separateCliques(into: &$1) }
    #expect(contains(found, [0: 1, 1: 1, 2: 1], 1), "\(found)")
  }

  @Test func `conflicts that only probing sees enter the clique table`() {
    // Each x_k needs amount t_k, and two amounts of 6 exceed 10: no row with two of x says so.
    var problem = form(
      Array(repeating: (0, 1, true), count: 3) + Array(repeating: (0, 9, false), count: 3),
      (0..<3).map { ([($0, 6), ($0 + 3, -1)], 0) })
    for (a, b) in [(3, 4), (4, 5), (3, 5)] { problem.addRow([(a, 1), (b, 1)], lower: -inf, upper: 10) }
    #expect(CliqueTable(problem).count == 0)
    let table = CliqueTable(problem, conflicts: Probing(problem).conflicts)
    #expect(table.conflicts(0, 2) && table.conflicts(2, 4) && !table.conflicts(0, 3))
    let separation = CutSeparation(problem, cliques: table)
    separation.setPoint([0.5, 0.5, 0.5, 3, 3, 3], reducedCosts: nil)
    var found: [Cut] = []
    separation.separateCliques(into: &found)
    #expect(contains(found, [0: 1, 1: 1, 2: 1], 1), "\(found)")
  }

  @Test func `a sum of flows below one capacity bounds each of them`() {
    let problem = form(
      [(0, 9, false), (0, 9, false), (0, 1, true)], [([(0, 1), (1, 1), (2, -4)], 0)])
    let found = cuts(of: problem, at: [3, 0, 0.5]) { $0.separateImpliedBounds(into: &$1) }
    #expect(contains(found, [0: 0.25, 2: -1], 0), "\(found)")
  }

  @Test func `cuts in the relaxation enter aggregations as rows`() {
    let problem = form([(0, 5, true), (0, 5, true)], [([(0, 1), (1, -1)], 0)])
    let separation = CutSeparation(problem)
    separation.extraRows = [Cut(columns: [0, 1], values: [1, 1], upper: 3, kind: .mir)]
    separation.setPoint([1.5, 1.5], reducedCosts: nil)
    var found: [Cut] = []
    // Row and cut together: 2 x <= 3.
    separation.cutsFromAggregation(rows: [0, 1], weights: [0.5, 0.5], kind: .gomory, into: &found)
    #expect(contains(found, [0: 1], 1), "\(found)")
    separation.extraRows = []
    found = []
    separation.cutsFromAggregation(rows: [0], weights: [0.5], kind: .gomory, into: &found)
    #expect(!contains(found, [0: 1], 1))
  }

  @Test func `points within the hull of whole points and points outside the bounds give no false cuts`() {
    let problem = form([(0, 1, true), (0, 1, true)], [([(0, 1), (1, 1)], 1)])
    let inside = cuts(of: problem, at: [0.5, 0.5]) { $0.separateMIR(into: &$1) }
    #expect(inside.isEmpty, "\(inside)")
    let outside = cuts(of: problem, at: [7, -3]) { $0.separateMIR(into: &$1) }
    #expect(outside.isEmpty, "\(outside)")
  }

  @Test func `columns without bounds and rows without sides are passed over`() {
    let problem = form([(-inf, inf, false), (-inf, inf, true), (0, 3, true)], [([(0, 1), (1, 2.5), (2, 1.5)], inf)])
    let found = cuts(of: problem, at: [0.3, 0.7, 1.2]) {
      $0.separateMIR(into: &$1)
      $0.cutsFromAggregation(rows: [0], weights: [1], kind: .gomory, into: &$1)
    }
    #expect(found.isEmpty)
  }

  @Test func `a form without rows or columns has no cuts`() {
    #expect(cuts(of: LinearForm(), at: []) { $0.separateMIR(into: &$1) }.isEmpty)
    let free = form([(0, 1, true)], [])
    #expect(cuts(of: free, at: [0.5]) { $0.separateMIR(into: &$1) }.isEmpty)
  }
}

@Suite("Selection of cuts")
struct CutSelectionTests {
  private func cut(_ values: [Double], _ upper: Double) -> Cut {
    Cut(columns: values.indices.map { Int32($0) }, values: values, upper: upper, kind: .mir)
  }

  @Test func `the deepest cut comes first, satisfied ones and copies are left out`() {
    let point = [1.0, 1.0, 1.0]
    let cuts = [
      cut([1, 0, 0], 0.9), cut([0, 2, 0], 0.2), cut([0, 1, 0], 0.1), cut([0, 0, 1], 1.5), cut([1, 0, 0], 0.9),
    ]
    let taken = CutSelection().select(cuts, at: point)
    #expect(taken.map(\.upper) == [0.2, 0.9])
  }

  @Test func `nearly parallel cuts are not taken together`() {
    let cuts = [cut([1, 1], 0), cut([1, 0.9], 0.5), cut([1, -1], -0.5)]
    #expect(CutSelection().select(cuts, at: [1, 1]).map(\.upper) == [0, -0.5])
    #expect(CutSelection(parallelism: 1, bestParallelism: 1).select(cuts, at: [1, 1]).count == 3)
    #expect(CutSelection(limit: 1).select(cuts, at: [1, 1]).count == 1)
  }

  @Test func `cuts along the objective are preferred among equally deep ones`() {
    let cuts = [cut([0, 1], 0), cut([1, 0], 0)]
    let taken = CutSelection().select(cuts, at: [0.5, 0.5], objective: [1, 0])
    #expect(taken.first?.values == [1, 0])
  }

  @Test func `no candidates and cuts without entries give nothing`() {
    #expect(CutSelection().select([], at: [1]).isEmpty)
    #expect(CutSelection().select([cut([], -1), cut([0], -1), cut([.nan], 0)], at: [1]).isEmpty)
  }

  @Test func `the hash does not depend on scale or order`() {
    let one = Cut(columns: [3, 8], values: [1.5, -3], upper: 4, kind: .mir)
    let two = Cut(columns: [8, 3], values: [-1, 0.5], upper: 1, kind: .gomory)
    #expect(one.hash == two.hash)
    #expect(one.hash != Cut(columns: [3, 8], values: [1.5, 3], upper: 4, kind: .mir).hash)
    #expect(Cut(columns: [], values: [], upper: 0, kind: .mir).hash == 0)
  }
}
