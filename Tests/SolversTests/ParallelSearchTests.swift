import Constraints
import Foundation
import LinearAlgebra
import Testing

@testable import Solvers

/// What can be seen of a search from outside.
private struct Trace: Equatable {
  var end: BranchAndCut.End
  var objective: Double
  var point: [Double]?
  var nodes: Int
  var iterations: Int
  var bound: Double
  /// Objectives, sources and node counts of the incumbents, in order.
  var incumbents: [String] = []
}

@Suite("Parallel search")
struct ParallelSearchTests {
  /// Rounds as short as can be, and a tree that is shared from its first nodes on.
  private var smallRounds: ParallelSearch.Options {
    var options = ParallelSearch.Options()
    options.openNodes = 1
    options.firstRound = 1
    options.leastRound = 1
    options.mostRound = 50
    options.leastDealt = 1
    return options
  }

  private func trace(
    _ form: LinearForm, threads: Int, _ change: (inout BranchAndCut.Options) -> Void = { _ in }
  ) -> Trace {
    var options = BranchAndCut.Options()
    options.gap = 0
    options.threads = threads
    change(&options)
    var incumbents: [String] = []
    var environment = BranchAndCut.Environment()
    environment.progress = { search, source in
      guard let source else { return }
      incumbents.append("\(search.incumbentObjective) \(source) \(search.totalNodeCount)")
    }
    let search = BranchAndCut(form, options: options, environment: environment)
    let end = search.run()
    return Trace(
      end: end, objective: search.incumbentObjective, point: search.incumbent, nodes: search.totalNodeCount,
      iterations: search.totalIterations, bound: search.bound, incumbents: incumbents)
  }

  /// A knapsack with several rows: a few hundred nodes.
  private func knapsack(_ seed: UInt64, columns: Int = 22, rows: Int = 4) -> LinearForm {
    var random = SplitMix64(seed: seed)
    var form = LinearForm()
    form.sense = .maximize
    let weights = (0..<rows).map { _ in (0..<columns).map { _ in Int.random(in: 10...100, using: &random) } }
    for j in 0..<columns {
      let mean = weights.reduce(0) { $0 + $1[j] } / rows
      _ = form.addColumn(
        lower: 0, upper: 1, objective: Double(mean + Int.random(in: 0...20, using: &random)), isInteger: true)
    }
    for row in weights {
      let terms = row.enumerated().map { ($0.offset, Double($0.element)) }
      form.addRow(terms, lower: -.infinity, upper: Double(row.reduce(0, +) / 2))
    }
    return form
  }

  // MARK: - The same every time

  @Test(arguments: [2, 3, 4])
  func `two runs with as many threads are the same in all they say`(threads: Int) {
    for seed in UInt64(1)...4 {
      let form = knapsack(seed)
      let first = trace(form, threads: threads)
      let second = trace(form, threads: threads)
      #expect(first == second, "\(seed)")
      #expect(first.nodes > 20, "\(seed)")
      let short = trace(form, threads: threads) { $0.parallel = smallRounds }
      let again = trace(form, threads: threads) { $0.parallel = smallRounds }
      #expect(short == again, "\(seed)")
      #expect(short.objective == first.objective, "\(seed)")
    }
  }

  @Test func `every thread works`() {
    let form = knapsack(2)
    let alone = trace(form, threads: 1)
    let together = trace(form, threads: 3)
    // The threads know less of each other than one knows of itself: a few nodes more.
    #expect(together.nodes != alone.nodes)
    #expect(together.nodes < 5 * alone.nodes)
    #expect(together.objective == alone.objective)
  }

  // MARK: - The right answer

  @Test(arguments: WholeFormSamples.Family.allCases)
  func `answers are those of one thread`(family: WholeFormSamples.Family) {
    for seed in UInt64(1)...150 {
      let form = WholeFormSamples.form(family, seed: seed)
      for hasHelp in [true, false] {
        let change: (inout BranchAndCut.Options) -> Void = {
          $0.parallel = smallRounds
          if !hasHelp {
            $0.cuts = []
            $0.heuristics = .off
          }
        }
        let expected = trace(form, threads: 1, change)
        let answer = trace(form, threads: 2 + Int(seed % 2), change)
        let place = "\(family) \(seed)"
        #expect(answer.end == expected.end, "\(place)")
        if !expected.objective.isFinite {
          #expect(answer.objective == expected.objective, "\(place)")
          continue
        }
        let error = abs(answer.objective - expected.objective)
        #expect(error <= 1e-6 * max(1, abs(expected.objective)), "\(place)")
        let isFeasible = WholeFormSamples.isFeasible(answer.point ?? [], form, tolerance: 1e-6)
        #expect(isFeasible, "\(place)")
      }
    }
  }

  @Test func `models are solved on as many threads as asked for`() throws {
    var model = Model()
    let form = knapsack(3)
    let x = model.variables("x", over: 0..<form.columnCount, in: 0...1, .integer).variables
    for i in 0..<form.rowCount {
      let range = form.starts[i]..<form.starts[i + 1]
      let total = sum(range) { form.entryValues[$0] * x[Int(form.entryColumns[$0])] }
      model.subject(to: "row \(i)") { total <= form.rowUpper[i] }
    }
    model.maximize(sum(0..<form.columnCount) { form.objective[$0] * x[$0] })
    var options = SolveOptions()
    options.solver = "branch"
    let alone = try model.solve(options: options)
    try OptionTable.set("threads", to: "3", in: &options)
    let first = try model.solve(options: options)
    let second = try model.solve(options: options)
    #expect(first.outcome == .optimal && first.objective == alone.objective)
    #expect(first.values == second.values)
    #expect(first.statistics.nodes == second.statistics.nodes)
    #expect(first.statistics.iterations == second.statistics.iterations)
    #expect(first.bound == first.objective)
  }

  @Test func `zero threads are all cores, and less is refused`() throws {
    var options = SolveOptions()
    try OptionTable.set("threads", to: "0", in: &options)
    #expect(options.threads == Machine.availableCores)
    try OptionTable.set("threads", to: "none", in: &options)
    #expect(options.threads == nil)
    for wrong in ["-1", "two", "1.5", "100000", ""] {
      #expect(throws: OptionProblem.self) { try OptionTable.set("threads", to: wrong, in: &options) }
    }
  }

  // MARK: - Rows that are stated later

  /// Subtours of an undirected graph, whose edges are the columns.
  private struct Subtours: RowSeparator {
    let count: Int
    let ends: [(Int, Int)]
    var name: String { "subtours" }
    var columns: [Int32] { ends.indices.map { Int32($0) } }
    var isRequired: Bool { true }

    func separate(_ point: [Double], tolerance: Double) -> [LinearRow] {
      // Components of the edges in use; an edge counts from one half on, so that fractional points are cut now and then.
      var component = Array(0..<count)
      for (k, (a, b)) in ends.enumerated() where point[k] > 0.5 {
        let (from, to) = (component[a], component[b])
        for i in 0..<count where component[i] == from { component[i] = to }
      }
      var rows: [LinearRow] = []
      for c in Set(component).sorted() {
        let members = component.indices.filter { component[$0] == c }
        if members.count == count { return [] }
        let inside = ends.indices.filter { component[ends[$0].0] == c && component[ends[$0].1] == c }
        let total = inside.reduce(0) { $0 + point[$1] }
        if total <= Double(members.count - 1) + tolerance { continue }
        rows.append(
          LinearRow(
            columns: inside.map { Int32($0) }, values: inside.map { _ in 1 }, upper: Double(members.count - 1)))
      }
      return rows
    }
  }

  private func tour(_ distance: [[Double]]) -> LinearForm {
    let n = distance.count
    var form = LinearForm()
    var ends: [(Int, Int)] = []
    for a in 0..<n {
      for b in (a + 1)..<max(n, a + 1) {
        _ = form.addColumn(lower: 0, upper: 1, objective: distance[a][b], isInteger: true)
        ends.append((a, b))
      }
    }
    for a in 0..<n {
      let terms = ends.indices.filter { ends[$0].0 == a || ends[$0].1 == a }.map { ($0, 1.0) }
      form.addRow(terms, lower: 2, upper: 2)
    }
    form.separators = [Subtours(count: n, ends: ends)]
    return form
  }

  /// The length of the shortest tour, over all sets of nodes (M. Held and R. Karp, "A dynamic programming approach to
  /// sequencing problems", Journal of SIAM 10, 1962).
  private func shortest(_ distance: [[Double]]) -> Double {
    let n = distance.count - 1
    var least = [[Double]](repeating: [Double](repeating: .infinity, count: n), count: 1 << n)
    for j in 0..<n { least[1 << j][j] = distance[n][j] }
    for set in 1..<(1 << n) {
      for last in 0..<n where least[set][last].isFinite {
        for next in 0..<n where set & (1 << next) == 0 {
          let length = least[set][last] + distance[last][next]
          least[set | (1 << next)][next] = min(least[set | (1 << next)][next], length)
        }
      }
    }
    return (0..<n).map { least[(1 << n) - 1][$0] + distance[$0][n] }.min() ?? 0
  }

  @Test(arguments: [2, 3])
  func `tours are shortest and whole on several threads`(threads: Int) {
    var random = SplitMix64(seed: 11)
    for _ in 0..<12 {
      let n = Int.random(in: 7...10, using: &random)
      var distance = [[Double]](repeating: [Double](repeating: 0, count: n), count: n)
      for a in 0..<n {
        for b in 0..<a {
          let length = Double(Int.random(in: 1...9, using: &random))
          (distance[a][b], distance[b][a]) = (length, length)
        }
      }
      let form = tour(distance)
      let answer = trace(form, threads: threads) {
        $0.parallel = smallRounds
        $0.cuts = []
        $0.heuristics = .off
      }
      #expect(answer.end == .exhausted)
      #expect(answer.objective == shortest(distance))
      let broken = form.separators[0].separate(answer.point ?? [], tolerance: 1e-6)
      #expect(answer.point != nil && broken.isEmpty)
    }
  }

  // MARK: - Stops and limits

  @Test func `a stop in the middle keeps the incumbent and a bound that holds`() {
    let form = knapsack(2, columns: 30)
    let optimum = trace(form, threads: 2).objective
    for calls in [5, 20, 60, 200] {
      var options = BranchAndCut.Options()
      options.gap = 0
      options.threads = 3
      options.parallel = smallRounds
      var environment = BranchAndCut.Environment()
      var left = calls
      environment.progress = { search, _ in if search.nodeCount > 0 { left -= 1 } }
      environment.shouldStop = { left <= 0 }
      let search = BranchAndCut(form, options: options, environment: environment)
      let end = search.run()
      #expect(end == .stopped)
      #expect(search.bound.isFinite && search.bound <= optimum)
      #expect(search.incumbentObjective >= optimum)
      #expect(search.incumbent != nil)
      #expect(search.openCount > 0)
    }
  }

  @Test func `limits hold for all threads together`() {
    let form = knapsack(2, columns: 30)
    let whole = trace(form, threads: 3)
    for limit in [1, 2, 7, 50] {
      let some = trace(form, threads: 3) { $0.nodeLimit = limit }
      #expect(some.end == .nodeLimit)
      #expect(some.nodes == limit)
      #expect(some.bound <= whole.objective && some.objective >= whole.objective)
    }
    let steps = trace(form, threads: 3) { $0.iterationLimit = whole.iterations / 2 }
    #expect(steps.end == .iterationLimit)
    #expect(steps.iterations >= whole.iterations / 2)
    #expect(steps.nodes < whole.nodes)
    let first = trace(form, threads: 3) {
      $0.solutionLimit = 1
      $0.heuristics = .off
    }
    #expect(first.end == .solutionLimit)
    #expect(first.incumbents.count == 1)
    // Enough for one search, not for three.
    let little = trace(form, threads: 3) { $0.memoryLimit = 80_000 }
    #expect(little.end == .memoryLimit && little.nodes > 1)
  }

  // MARK: - Those outside

  @Test func `those outside hear of points on the caller's thread only, each better than the last`() {
    let caller = Thread.current
    var options = BranchAndCut.Options()
    options.gap = 0
    options.threads = 4
    options.heuristics = .off
    options.parallel = smallRounds
    for seed in UInt64(1)...4 {
      var environment = BranchAndCut.Environment()
      var isElsewhere = false
      var accepted: [Double] = []
      let form = knapsack(seed)
      environment.accepts = { point, _ in
        if Thread.current != caller { isElsewhere = true }
        accepted.append(form.value(at: point))
        return true
      }
      environment.progress = { _, _ in if Thread.current != caller { isElsewhere = true } }
      environment.ask = { _, _ in
        if Thread.current != caller { isElsewhere = true }
        return []
      }
      environment.shouldStop = {
        if Thread.current != caller { isElsewhere = true }
        return false
      }
      let search = BranchAndCut(form, options: options, environment: environment)
      let end = search.run()
      #expect(end == .exhausted)
      #expect(!isElsewhere)
      #expect(accepted == accepted.sorted())
      #expect(accepted.last == -search.incumbentObjective)
    }
  }

  @Test func `points refused outside are not answers, whichever thread found them`() {
    for seed in UInt64(1)...4 {
      let form = knapsack(seed)
      var options = BranchAndCut.Options()
      options.gap = 0
      options.threads = 3
      options.parallel = smallRounds
      // Only points with an even number of ones are wanted.
      let isWanted: @Sendable ([Double]) -> Bool = { Int($0.reduce(0, +)) % 2 == 0 }
      var environment = BranchAndCut.Environment()
      environment.accepts = { point, _ in isWanted(point) }
      environment.wouldAccept = isWanted
      let search = BranchAndCut(form, options: options, environment: environment)
      _ = search.run()
      #expect(search.incumbent.map(isWanted) ?? true)
      // Points that only the caller refuses are not answers either, and nothing is claimed for them.
      environment.wouldAccept = { _ in true }
      let lied = BranchAndCut(form, options: options, environment: environment)
      let end = lied.run()
      #expect(lied.incumbent.map(isWanted) ?? true)
      let optimum = trace(form, threads: 1).objective
      #expect(lied.bound <= optimum)
      #expect(end == .failed || lied.incumbentObjective == optimum)
    }
  }
}
