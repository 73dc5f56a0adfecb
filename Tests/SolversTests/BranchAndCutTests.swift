import Constraints
import LinearAlgebra
import Testing

@testable import Solvers

@Suite struct BranchAndCutTests {
  private func outcome(_ form: LinearForm, _ change: (inout SolveOptions) -> Void = { _ in }) throws -> FormOutcome {
    var options = SolveOptions()
    options.gap = 0
    change(&options)
    return try BranchAndCutSolver().solve(.linear(form), options: options, context: SolveContext())
  }

  @Test(arguments: WholeFormSamples.Family.allCases.filter { $0 != .mixed && $0 != .unboundedIntegers })
  func `answers are those of looking at every point`(family: WholeFormSamples.Family) throws {
    for seed in UInt64(1)...700 {
      let form = WholeFormSamples.form(family, seed: seed)
      let expected = WholeFormSamples.optimum(form)
      let presolved = try outcome(form)
      let plain = try outcome(form) { $0.presolve = false }
      for answer in [presolved, plain] {
        let place = "\(family) \(seed)"
        guard let expected else {
          #expect(answer.outcome == .infeasible, "\(place)")
          continue
        }
        #expect(answer.outcome == .optimal, "\(place)")
        let error = abs((answer.objective ?? .nan) - expected)
        #expect(error <= 1e-7, "\(place)")
        let isFeasible = WholeFormSamples.isFeasible(answer.point, form, tolerance: 1e-6)
        #expect(isFeasible, "\(place)")
      }
    }
  }

  #if GLPK
    @Test(arguments: [WholeFormSamples.Family.mixed, .unboundedIntegers, .generalIntegers])
    func `answers are those of GLPK without presolve`(family: WholeFormSamples.Family) throws {
      var options = SolveOptions()
      options.presolve = false
      options.gap = 0
      for seed in UInt64(1001)...1500 {
        let form = WholeFormSamples.form(family, seed: seed)
        let expected = try GLPKSolver().solve(.linear(form), options: options, context: SolveContext())
        let answer = try outcome(form)
        let place = "\(family) \(seed)"
        #expect(answer.outcome == expected.outcome, "\(place)")
        guard let value = expected.objective, expected.outcome == .optimal else { continue }
        let error = abs((answer.objective ?? .nan) - value)
        #expect(error <= 1e-6 * max(1, abs(value)), "\(place)")
      }
    }
  #endif

  @Test func `bound and objective meet at the end`() throws {
    for seed in UInt64(1)...100 {
      let answer = try outcome(WholeFormSamples.form(.knapsack, seed: seed))
      guard let objective = answer.objective, let bound = answer.bound else { continue }
      #expect(abs(objective - bound) <= 1e-6 * max(1, abs(objective)))
    }
  }

  @Test func `a permutation of rows and columns changes nothing`() throws {
    for seed in UInt64(1)...60 {
      let form = WholeFormSamples.form(.mixed, seed: seed)
      var random = SplitMix64(seed: seed)
      let order = Array(0..<form.columnCount).shuffled(using: &random)
      let rows = Array(0..<form.rowCount).shuffled(using: &random)
      var permuted = LinearForm()
      permuted.sense = form.sense
      permuted.constant = form.constant
      var position = [Int](repeating: 0, count: form.columnCount)
      for j in order {
        position[j] = permuted.addColumn(
          lower: form.columnLower[j], upper: form.columnUpper[j], objective: form.objective[j],
          isInteger: form.isInteger[j] != 0)
      }
      for i in rows {
        let terms = (form.starts[i]..<form.starts[i + 1]).map { (position[Int(form.entryColumns[$0])], form.entryValues[$0]) }
        permuted.addRow(terms, lower: form.rowLower[i], upper: form.rowUpper[i])
      }
      let first = try outcome(form)
      let second = try outcome(permuted)
      #expect(first.outcome == second.outcome)
      if let a = first.objective, let b = second.objective { #expect(abs(a - b) <= 1e-6 * max(1, abs(a))) }
    }
  }

  @Test func `two runs with one seed give the same answer by the same way`() throws {
    for seed in UInt64(1)...30 {
      let form = WholeFormSamples.form(.mixed, seed: seed)
      let first = try outcome(form)
      let second = try outcome(form)
      #expect(first.point == second.point)
      #expect(first.statistics.nodes == second.statistics.nodes)
      #expect(first.statistics.iterations == second.statistics.iterations)
    }
  }

  @Test func `a relaxation that contradicts itself comes with its proof`() throws {
    var form = LinearForm()
    let x = form.addColumn(lower: 0, upper: 10, objective: 1, isInteger: true)
    let y = form.addColumn(lower: 0, upper: 10, objective: 1, isInteger: true)
    form.addRow([(x, 1), (y, 1)], lower: 12, upper: .infinity)
    form.addRow([(x, 1), (y, 2)], lower: -.infinity, upper: 11)
    let answer = try outcome(form) { $0.presolve = false }
    #expect(answer.outcome == .infeasible)
    let isProof = form.isContradiction(answer.farkas, infinity: 1e20, radius: nil)
    #expect(answer.farkas.isEmpty || isProof)
  }

  @Test func `limits end the search with the best so far and a bound`() throws {
    let form = WholeFormSamples.form(.knapsack, seed: 3)
    let answer = try outcome(form) { $0.nodeLimit = 0 }
    #expect(answer.outcome != .infeasible)
    if answer.outcome == .feasible, let objective = answer.objective, let bound = answer.bound {
      #expect((objective - bound) * form.sense.sign >= -1e-6)
    }
  }

  @Test func `entries that are rounding errors of others change nothing`() {
    for seed in UInt64(1)...100 {
      let form = LinearForm.small(.mixed, seed: seed)
      var dusty = LinearForm()
      for j in 0..<form.columnCount {
        let isWhole = form.isInteger[j] != 0
        _ = dusty.addColumn(
          lower: form.columnLower[j], upper: form.columnUpper[j], objective: form.objective[j], isInteger: isWhole)
      }
      for i in 0..<form.rowCount {
        var terms = (0..<form.columnCount).map { ($0, 1e-18) }
        for k in form.starts[i]..<form.starts[i + 1] where form.entryValues[k] != 0 {
          terms[Int(form.entryColumns[k])].1 = form.entryValues[k]
        }
        dusty.addRow(terms, lower: form.rowLower[i], upper: form.rowUpper[i])
      }
      let (clean, other) = (BranchAndCut(form), BranchAndCut(dusty))
      let ends = (clean.run(), other.run())
      #expect(ends.0 == ends.1, "\(seed)")
      let difference = abs(clean.incumbentObjective - other.incumbentObjective)
      #expect(difference <= 1e-6 || clean.incumbentObjective == other.incumbentObjective, "\(seed)")
    }
  }

  @Test func `rows that are stated when violated hold in the answer`() throws {
    /// At most one of each pair of neighbours, told only when asked.
    struct Neighbours: RowSeparator {
      let columns: [Int32]
      let name = "neighbours"
      let isRequired = true
      func separate(_ point: [Double], tolerance: Double) -> [LinearRow] {
        (1..<columns.count).compactMap { k in
          guard point[k - 1] + point[k] > 1 + tolerance else { return nil }
          return LinearRow(columns: [Int32(k - 1), Int32(k)], values: [1, 1], upper: 1)
        }
      }
    }
    var form = LinearForm()
    form.sense = .maximize
    for j in 0..<9 { _ = form.addColumn(lower: 0, upper: 1, objective: Double(1 + j % 3), isInteger: true) }
    form.addRow((0..<9).map { ($0, 1) }, lower: 0, upper: 8)
    form.separators = [Neighbours(columns: Array(0..<9))]
    let answer = try outcome(form) { $0.presolve = false }
    #expect(answer.outcome == .optimal)
    #expect(abs((answer.objective ?? 0) - 10) <= 1e-9)
  }
}
