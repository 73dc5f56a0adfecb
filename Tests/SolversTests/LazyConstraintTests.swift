import Constraints
import LinearAlgebra
import Synchronization
import Testing

@testable import Solvers

@Suite("Lazy constraints")
struct LazyConstraintTests {
  /// Undirected edges of a complete graph with degree 2 everywhere.
  private func ring(_ n: Int, _ cost: (Int, Int) -> Double) -> (model: Model, edges: [[Variable?]]) {
    var model = Model()
    var edges = [[Variable?]](repeating: [Variable?](repeating: nil, count: n), count: n)
    var total = Expression()
    for i in 0..<n {
      for j in (i + 1)..<max(n, i + 1) {
        let x = model.binary("x[\(i),\(j)]")
        (edges[i][j], edges[j][i]) = (x, x)
        total.add(cost(i, j), x)
      }
    }
    for i in 0..<n { model.subject(to: "degree \(i)") { sum(edges[i].compactMap { $0 }) == 2 } }
    model.minimize(total)
    return (model, edges)
  }

  /// The subtour that holds node 0, as long as it is not everything.
  private func subtours(_ edges: [[Variable?]]) -> LazyConstraints {
    LazyConstraints("subtours") { point in
      let n = edges.count
      var inside: Set<Int> = [0]
      var pending = [0]
      while let i = pending.popLast() {
        for j in 0..<n {
          if let x = edges[i][j], point[x] > 0.5, inside.insert(j).inserted { pending.append(j) }
        }
      }
      if inside.count == n { return [] }
      let within = inside.flatMap { i in inside.compactMap { j in i < j ? edges[i][j] : nil } }
      return [sum(within) <= Double(inside.count - 1)]
    }
  }

  @Test func `a tour by lazy subtour constraints is that of a circuit`() throws {
    var random = SplitMix64(seed: 21)
    for _ in 0..<4 {
      let n = 7
      var points: [(Double, Double)] = []
      for i in 0..<n {
        let x = Double.random(in: 0...9, using: &random), y = Double.random(in: 0...9, using: &random)
        points.append((i % 2 == 0 ? x : x + 50, y))
      }
      func cost(_ i: Int, _ j: Int) -> Double {
        let (dx, dy) = (points[i].0 - points[j].0, points[i].1 - points[j].1)
        let square = dx * dx + dy * dy
        return (square.squareRoot() * 10).rounded()
      }
      let (model, edges) = ring(n, cost)
      let solution = try model.solve(lazy: [subtours(edges)])
      var other = Model()
      let next = other.variables("next", over: 1...n, in: 1...n, .integer).variables
      other.subject(to: "tour") { circuit(next) }
      var length = Expression()
      for i in 0..<n {
        let costs: [Double] = (0..<n).map { i == $0 ? 0 : cost(i, $0) }
        length += element(of: costs, at: next[i], from: 1)
      }
      other.minimize(length)
      let expected = try other.solve()
      #expect(solution.outcome == .optimal && expected.outcome == .optimal)
      #expect(solution.objective == expected.objective)
    }
  }

  @Test func `lazy constraints of real variables are met`() throws {
    var model = Model()
    let x = model.variable("x", in: 0...10), y = model.variable("y", in: 0...10)
    model.maximize(x + y)
    // Tangents of the disc of radius 5.
    let disc = LazyConstraints("disc") { point in
      let (a, b) = (point[x], point[y])
      let r = (a * a + b * b).squareRoot()
      return r > 5 ? [a / r * x + b / r * y <= 5] : []
    }
    let solution = try model.solve(lazy: [disc])
    #expect(solution.outcome == .optimal)
    #expect(abs((solution.objective ?? 0) - 50.0.squareRoot()) < 1e-4)
  }

  @Test func `user cuts change nothing but the search`() throws {
    var model = Model()
    let x = model.variables("x", over: 1...6, in: 0...1, .binary).variables
    let weights = [4.0, 5, 6, 7, 8, 9]
    model.subject(to: "weight") { dot(weights, x) <= 17 }
    model.maximize(dot([5.0, 6, 8, 9, 10, 12], x))
    let plain = try model.solve()
    let calls = Mutex(0)
    let cuts = LazyConstraints("covers", isRequired: false) { _ in
      calls.withLock { $0 += 1 }
      return [x[3] + x[4] + x[5] <= 2, x[2] + x[4] + x[5] <= 2]
    }
    // Without heuristics, whose first point is the optimum, the relaxation has to be looked at.
    var options = SolveOptions()
    options.heuristics = false
    let solution = try model.solve(options: options, lazy: [cuts])
    #expect(solution.outcome == .optimal && solution.objective == plain.objective)
    #expect(calls.withLock { $0 } > 0)
  }

  @Test func `no answer that violates them is reported`() throws {
    var model = Model()
    let x = model.variable("x", in: 0...9, .integer)
    model.maximize(x)
    let never = LazyConstraints("never") { point in point[x] > 3.5 ? [x <= 3] : point[x] < 3.5 ? [x >= 4] : [] }
    let solution = try model.solve(lazy: [never])
    #expect(solution.outcome == .infeasible)
    let start = StartPoint(name: "start", points: [[9]])
    let bounded = LazyConstraints("bounded") { point in point[x] > 5.5 ? [x <= 5] : [] }
    let pipeline = SolvePipeline(heuristics: [start], lazyConstraints: [bounded])
    let answer = try pipeline.solve(model)
    #expect(answer.outcome == .optimal && answer.objective == 5)
  }

  @Test func `what is not linear or foreign is refused`() throws {
    var model = Model()
    let x = model.variable("x", in: 0...3, .integer), y = model.variable("y", in: 0...3, .integer)
    model.maximize(x + y)
    var other = Model()
    let z = other.variable("z")
    let wrong: [LazyConstraints] = [
      LazyConstraints("square") { _ in [x * y <= 1] }, LazyConstraints("foreign") { _ in [z <= 1] },
      LazyConstraints("unlisted", over: [x]) { _ in [y <= 1] },
    ]
    for constraints in wrong {
      do {
        _ = try model.solve(lazy: [constraints])
        Issue.record("must be refused")
      } catch { #expect(error.rendered.contains("'\(constraints.name)'")) }
    }
  }
}

@Suite("Presolve of forms with separators")
struct PresolveSeparatorTests {
  /// Lists some rows and returns those that a point violates.
  private struct ListedRows: RowSeparator {
    let rows: [LinearRow]
    var name: String { "listed" }
    var isRequired: Bool { true }
    var columns: [Int32] { Set(rows.flatMap(\.columns)).sorted() }
    func separate(_ point: [Double], tolerance: Double) -> [LinearRow] { rows.filter { $0.violation(at: point) > tolerance } }
  }

  /// Whole points of a form that satisfy its rows and separators, with the best objective.
  private func best(_ form: LinearForm) -> Double? {
    var result: Double?
    var point = form.columnLower
    func visit(_ j: Int) {
      guard j < form.columnCount else {
        for i in 0..<form.rowCount {
          var value = 0.0
          for k in form.starts[i]..<form.starts[i + 1] { value += form.entryValues[k] * point[Int(form.entryColumns[k])] }
          if value < form.rowLower[i] - 1e-9 || value > form.rowUpper[i] + 1e-9 { return }
        }
        if form.separators.contains(where: { !$0.separate(point, tolerance: 1e-9).isEmpty }) { return }
        result = min(result ?? .infinity, form.value(at: point))
        return
      }
      for value in stride(from: form.columnLower[j], through: form.columnUpper[j], by: 1) {
        point[j] = value
        visit(j + 1)
      }
    }
    visit(0)
    return result
  }

  @Test func `presolve loses no optimum of rows that it does not see`() {
    var random = SplitMix64(seed: 8)
    var reductions = 0
    for _ in 0..<400 {
      var form = LinearForm()
      let n = 6
      for _ in 0..<n {
        let low = Double(Int.random(in: 0...1, using: &random))
        let high = low + Double(Int.random(in: 0...2, using: &random))
        _ = form.addColumn(lower: low, upper: high, objective: Double(Int.random(in: -3...3, using: &random)), isInteger: true)
      }
      func row() -> LinearRow {
        var row = LinearRow(columns: [], values: [])
        for j in 0..<n where Int.random(in: 0..<3, using: &random) == 0 {
          row.columns.append(Int32(j))
          row.values.append(Double([-2, -1, 1, 2, 3].randomElement(using: &random)!))
        }
        row.upper = Double(Int.random(in: 0...4, using: &random))
        return row
      }
      for _ in 0..<3 {
        let r = row()
        form.addRow(zip(r.columns, r.values).map { (Int($0), $1) }, lower: -.infinity, upper: r.upper)
      }
      form.separators = [ListedRows(rows: [row(), row()].filter { !$0.columns.isEmpty })]
      let expected = best(form)
      let presolve = Presolve.run(form)
      switch presolve.result {
      case .reduced(let reduced, let postsolve):
        let found = best(reduced.linear)
        #expect(found == expected)
        if reduced.linear.columnCount < n { reductions += 1 }
        if let expected, reduced.linear.columnCount == 0 {
          #expect(form.value(at: postsolve.lift(Postsolve.Answer(point: [])).point) == expected)
        }
      case .infeasible: #expect(expected == nil)
      case .infeasibleOrUnbounded: #expect(expected == nil)
      }
    }
    #expect(reductions > 50)
  }
}
