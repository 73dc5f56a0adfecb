import LinearAlgebra
import Testing

@testable import Solvers

@Suite struct PrimalHeuristicTests {
  private static let families = WholeFormSamples.Family.allCases

  /// A form to be minimized, its columns, and its bounds.
  private func sample(_ family: WholeFormSamples.Family, _ seed: UInt64) -> (form: LinearForm, columns: FormColumns) {
    var form = WholeFormSamples.form(family, seed: seed)
    if form.sense == .maximize {
      form.sense = .minimize
      form.objective = form.objective.map { -$0 }
      form.constant = -form.constant
    }
    return (form, FormColumns(form))
  }

  private func isPoint(_ point: [Double], _ form: LinearForm, _ columns: FormColumns) -> Bool {
    guard let whole = columns.rounded(point, tolerance: 1e-6) else { return false }
    return columns.isFeasible(whole, form: form)
  }

  private func jumps(_ form: LinearForm, _ columns: FormColumns, seed: UInt64, effort: Int = 100) -> FeasibilityJump {
    FeasibilityJump(
      form, columns: columns, lower: form.columnLower, upper: form.columnUpper,
      options: .init(effort: effort, workCredit: 20_000), seed: seed)
  }

  @Test(arguments: families)
  func `jumps end in feasible points, of most forms that have any`(family: WholeFormSamples.Family) {
    var (possible, found) = (0, 0)
    for seed in UInt64(1)...150 {
      let (form, columns) = sample(family, seed)
      var search = jumps(form, columns, seed: seed)
      let point = search.run()
      if let point {
        let isFeasible = isPoint(point, form, columns)
        #expect(isFeasible, "\(family) \(seed)")
      }
      if family == .mixed || family == .unboundedIntegers { continue }
      let hasPoint = WholeFormSamples.optimum(form) != nil
      if hasPoint { possible += 1 }
      if point != nil {
        found += 1
        #expect(hasPoint, "\(family) \(seed)")
      }
    }
    // One equation over few columns has few points, far from each other in single jumps.
    let share = family == .equalityKnapsack ? 3 : 2
    #expect(share * found >= possible)
  }

  @Test func `jumps keep their budget and depend on the seed alone`() {
    // No point: two rows contradict each other, and no bound tells.
    var form = LinearForm()
    for _ in 0..<40 { _ = form.addColumn(lower: 0, upper: 1, objective: 1, isInteger: true) }
    form.addRow((0..<40).map { ($0, 2) }, lower: 21, upper: 21)
    form.addRow((0..<40).map { ($0, Double(1 + $0 % 3)) }, lower: 30, upper: .infinity)
    let columns = FormColumns(form)
    var first = jumps(form, columns, seed: 5)
    var second = jumps(form, columns, seed: 5)
    let found = first.run()
    let again = second.run()
    #expect(found == nil && again == nil)
    let limit = 100 * form.entryCount + 20_000
    // The step under way when the budget ends is finished.
    #expect(first.work >= limit)
    #expect(first.work <= limit + 100 * form.entryCount)
    #expect(first.work == second.work)
    #expect(first.bestPoint == second.bestPoint)
  }

  @Test(arguments: families)
  func `moves of one and two columns keep the rows and only lower the objective`(family: WholeFormSamples.Family) {
    var improved = 0
    for seed in UInt64(1)...150 {
      let (form, columns) = sample(family, seed)
      var search = jumps(form, columns, seed: seed)
      guard let start = search.run() else { continue }
      var rows = PointActivities(start, form: form, columns: columns)
      for isPair in [false, true] {
        let before = form.value(ofWhole: rows.point)
        let isBetter = isPair ? TwoOpt().improve(&rows) : OneOpt.improve(&rows)
        let after = form.value(ofWhole: rows.point)
        let isFeasible = isPoint(rows.point, form, columns)
        #expect(isFeasible, "\(family) \(seed)")
        #expect(isBetter ? after < before : after == before, "\(family) \(seed)")
        if isBetter { improved += 1 }
      }
      let exact = form.activities(at: rows.point)
      let error = zip(exact, rows.activities).map { abs($0 - $1) }.max() ?? 0
      #expect(error <= 1e-9)
    }
    // Equations on every column leave no move of one or two.
    if family != .equalityKnapsack && family != .assignment { #expect(improved > 0) }
  }

  @Test func `an exchange of two columns leaves an optimum of single moves`() {
    var form = LinearForm()
    for cost in [-3.0, -5, -4] { _ = form.addColumn(lower: 0, upper: 1, objective: cost, isInteger: true) }
    form.addRow([(0, 1), (1, 1), (2, 1)], lower: -.infinity, upper: 1)
    let columns = FormColumns(form)
    var rows = PointActivities([1, 0, 0], form: form, columns: columns)
    let hasShifted = OneOpt.improve(&rows)
    let hasSwapped = TwoOpt().improve(&rows)
    #expect(!hasShifted)
    #expect(hasSwapped)
    #expect(rows.point == [0, 1, 0])
  }

  @Test(arguments: families)
  func `rounding within slacks never leaves the rows`(family: WholeFormSamples.Family) {
    for seed in UInt64(1)...200 {
      let (form, columns) = sample(family, seed)
      let simplex = Simplex(form)
      guard simplex.solve() == .optimal else { continue }
      let point = simplex.point
      let fractional = columns.integers.filter { abs(point[Int($0)] - point[Int($0)].rounded()) > 1e-6 }
      var rows = PointActivities(point, form: form, columns: columns)
      let isWhole = ShiftRounding().round(&rows, fractional: fractional)
      let isFeasible = columns.isFeasible(rows.point, form: form)
      #expect(isFeasible, "\(family) \(seed)")
      if isWhole {
        let isGood = isPoint(rows.point, form, columns)
        #expect(isGood, "\(family) \(seed)")
      }
    }
  }

  @Test func `rounding within slacks uses one column's room for another`() {
    // Both at a half: one goes down to make room for the other to go up.
    var form = LinearForm()
    for cost in [1.0, -1] { _ = form.addColumn(lower: 0, upper: 1, objective: cost, isInteger: true) }
    form.addRow([(0, 1), (1, 1)], lower: 0.5, upper: 1)
    var rows = PointActivities([0.5, 0.5], form: form, columns: FormColumns(form))
    let isWhole = ShiftRounding().round(&rows, fractional: [0, 1])
    #expect(isWhole)
    #expect(rows.point == [0, 1])
  }

  @Test(arguments: families)
  func `the pump ends in feasible points, leaves the bounds alone and keeps its budget`(
    family: WholeFormSamples.Family
  ) {
    var found = 0
    for seed in UInt64(1)...60 {
      let (form, columns) = sample(family, seed)
      let domain = Domain(form)
      let side = SideRelaxation(form, columns: columns)
      guard side.simplex.solve() == .optimal else { continue }
      let (lower, upper) = (domain.lower.array, domain.upper.array)
      let start = side.simplex.point
      let before = side.simplex.iterations
      var pump = FeasibilityPump(form, columns: columns, domain: domain, side: side, seed: seed)
      let point = pump.run(from: start, iterationLimit: 400, shouldStop: { false })
      let spent = side.simplex.iterations - before
      #expect(spent <= 500, "\(family) \(seed)")
      #expect(domain.lower.array == lower && domain.upper.array == upper)
      guard let point else { continue }
      found += 1
      let isFeasible = isPoint(point, form, columns)
      #expect(isFeasible, "\(family) \(seed)")
      let completed = side.complete(point, iterationLimit: 1000, shouldStop: { false })
      let best = completed.map { form.value(ofWhole: $0) } ?? .infinity
      let given = form.value(ofWhole: point)
      #expect(best <= given + 1e-6 * max(1, abs(given)), "\(family) \(seed)")
    }
    #expect(found > 0)
  }

  @Test(arguments: families)
  func `repairs of a few changed columns are feasible`(family: WholeFormSamples.Family) {
    var repaired = 0
    for seed in UInt64(1)...60 {
      let (form, columns) = sample(family, seed)
      var search = jumps(form, columns, seed: seed)
      guard var near = search.run() else { continue }
      var random = SplitMix64(seed: seed)
      for j in columns.integers.prefix(2) {
        let step: Double = Bool.random(using: &random) ? 1 : -1
        near[Int(j)] = min(max(near[Int(j)] + step, form.columnLower[Int(j)]), form.columnUpper[Int(j)])
      }
      var repair = ElasticRepair(form, columns: columns, lower: form.columnLower, upper: form.columnUpper)
      guard let point = repair.run(near: near, iterationLimit: 2000, shouldStop: { false }) else { continue }
      repaired += 1
      let isFeasible = isPoint(point, form, columns)
      #expect(isFeasible, "\(family) \(seed)")
    }
    #expect(repaired > 0)
  }

  @Test(arguments: [HeuristicEffort.standard, .aggressive])
  func `searches with heuristics end in the same optimum as without, each time alike`(effort: HeuristicEffort) {
    for family in Self.families where family != .unboundedIntegers {
      for seed in UInt64(1)...40 {
        let form = WholeFormSamples.form(family, seed: seed)
        var answers: [(Double, Int)] = []
        for chosen in [HeuristicEffort.off, effort, effort] {
          var options = BranchAndCut.Options()
          options.heuristics = chosen
          options.gap = 0
          let search = BranchAndCut(form, options: options)
          _ = search.run()
          answers.append((search.incumbentObjective, search.simplex.iterations))
        }
        let place = "\(family) \(seed)"
        #expect(answers[1] == answers[2], "\(place)")
        let isSame = answers[0].0 == answers[1].0 || abs(answers[0].0 - answers[1].0) <= 1e-6
        #expect(isSame, "\(place)")
      }
    }
  }
}

@Suite struct HeuristicEffortOptionTests {
  @Test(arguments: [
    ("off", HeuristicEffort.off), ("default", .standard), ("aggressive", .aggressive), ("true", .standard),
    ("false", .off), ("no", .off),
  ])
  func `effort is read from text`(text: String, effort: HeuristicEffort) throws {
    var options = SolveOptions()
    try OptionTable.set("heuristics", to: text, in: &options)
    #expect(options.heuristicEffort == effort)
    #expect(options.heuristics == (effort != .off))
  }

  @Test func `switching heuristics on keeps an effort that is not off`() {
    var options = SolveOptions()
    options.heuristicEffort = .aggressive
    options.heuristics = true
    #expect(options.heuristicEffort == .aggressive)
    options.heuristics = false
    #expect(options.heuristicEffort == .off)
  }

  @Test func `other words are refused`() {
    var options = SolveOptions()
    #expect(throws: OptionProblem.self) { try OptionTable.set("heuristics", to: "much", in: &options) }
  }
}
