import LinearAlgebra
import Testing

@testable import Solvers

/// Ways to a first point: schedules, rounding with propagation, and the order of nodes as long as there is none.
@Suite struct FirstPointTests {
  /// Jobs that visit all machines in an order of their own; who precedes whom on a machine is a binary column.
  private func jobShop(jobs: Int, machines: Int, seed: UInt64) -> (form: LinearForm, load: Double, length: Double) {
    var random = SplitMix64(seed: seed)
    var form = LinearForm()
    let routes = (0..<jobs).map { _ in Array(0..<machines).shuffled(using: &random) }
    let durations = (0..<jobs).map { _ in
      (0..<machines).map { _ in Double(Int.random(in: 1...9, using: &random)) }
    }
    let horizon = durations.reduce(0) { $0 + $1.reduce(0, +) }
    for _ in 0..<jobs * machines { _ = form.addColumn(lower: 0, upper: horizon) }
    let end = form.addColumn(lower: 0, upper: horizon, objective: 1)
    var load = [Double](repeating: 0, count: machines)
    for j in 0..<jobs {
      for k in 0..<machines {
        let next = k + 1 < machines ? j * machines + k + 1 : end
        form.addRow([(j * machines + k, 1), (next, -1)], lower: -.infinity, upper: -durations[j][k])
        load[routes[j][k]] += durations[j][k]
      }
    }
    for machine in 0..<machines {
      for i in 0..<jobs {
        for j in 0..<i {
          let (a, b) = (routes[i].firstIndex(of: machine) ?? 0, routes[j].firstIndex(of: machine) ?? 0)
          let (first, second) = (i * machines + a, j * machines + b)
          let y = form.addColumn(lower: 0, upper: 1, isInteger: true)
          let (d, e) = (durations[i][a], durations[j][b])
          form.addRow([(first, 1), (second, -1), (y, horizon)], lower: -.infinity, upper: horizon - d)
          form.addRow([(second, 1), (first, -1), (y, -horizon)], lower: -.infinity, upper: -e)
        }
      }
    }
    let lengths = durations.map { $0.reduce(0, +) }
    return (form, load.max() ?? 0, lengths.max() ?? 0)
  }

  @Test func `schedules of earliest starts are feasible and no machine waits for long`() {
    for seed in UInt64(1)...20 {
      let (form, load, length) = jobShop(jobs: 5, machines: 4, seed: seed)
      var schedules = EarliestStarts(form, seed: seed)
      #expect(schedules.starts == Array(0..<20), "\(schedules.starts)")
      let found = schedules.run { false }
      #expect(found.count == 20, "\(seed)")
      let side = SideRelaxation(form, columns: FormColumns(form))
      var best = Double.infinity
      for point in found {
        let complete = side.complete(point, iterationLimit: 10_000) { false }
        #expect(complete != nil, "\(seed)")
        if let complete { best = min(best, complete[20]) }
      }
      // A schedule without needless waiting ends before the busiest machine and the longest job could in turn.
      #expect(best <= load + length && best >= max(load, length) - 1e-6, "\(seed): \(best)")
    }
  }

  @Test func `forms without starts have no schedules`() {
    for shape in SmallModelShape.allCases {
      var schedules = EarliestStarts(.small(shape, seed: 3), seed: 1)
      let found = schedules.run { false }
      #expect(found.isEmpty)
    }
    var none = EarliestStarts(LinearForm(), seed: 1)
    let found = none.run { false }
    #expect(found.isEmpty)
  }

  @Test func `rounding with propagation keeps bounds and relaxation as they are`() {
    var found = 0
    for seed in UInt64(1)...200 {
      let form = LinearForm.small(.knapsacks, seed: seed)
      let search = BranchAndCut(form)
      search.domain.queueAll()
      guard search.domain.propagate() else { continue }
      search.domain.keepChanges()
      guard case .solved = search.solveRelaxation() else { continue }
      let (lower, upper, objective) = (search.domain.lower.array, search.domain.upper.array, search.simplex.objective)
      search.roundWithPropagation()
      #expect(search.domain.lower.array == lower && search.domain.upper.array == upper)
      #expect(search.simplex.objective == objective)
      if search.incumbent != nil { found += 1 }
    }
    #expect(found > 100, "\(found)")
  }

  @Test func `the deepest node and the best estimate take turns, the first for longer each time`() {
    var schedule = BacktrackSchedule()
    let turns = (0..<22).map { _ in schedule.isDeepestNext() }
    #expect(turns.indices.filter { !turns[$0] } == [8, 21])
    var queue = NodeQueue()
    let root = Node(parent: nil, changes: [], bound: 0, estimate: 5, start: nil)
    let child = Node(parent: root, changes: [], bound: 1, estimate: 9, start: nil)
    queue.insert(Node(parent: child, changes: [], bound: 3, estimate: 8, start: nil))
    queue.insert(Node(parent: child, changes: [], bound: 4, estimate: 7, start: nil))
    queue.insert(Node(parent: root, changes: [], bound: 2, estimate: 6, start: nil))
    let deepest = queue.popDeepest()
    #expect(deepest?.estimate == 7)
    let best = queue.popBestEstimate()
    #expect(best?.bound == 2)
    let left = queue.popBest()
    #expect(left?.bound == 3 && queue.isEmpty && queue.popDeepest() == nil)
  }
}
