import Constraints
import LinearAlgebra
import Testing

@testable import Solvers

@Suite("Global constraints")
struct GlobalConstraintTests {
  private func model(
    _ count: Int, _ bounds: ClosedRange<Int>, _ build: ([Variable]) -> ConstraintExpression
  ) -> Model {
    var model = Model()
    let x = model.variables("x", over: 1...count, in: bounds, .integer).variables
    model.subject(to: "global") { build(x) }
    return model
  }

  @Test func `all-different agrees with brute force, also of sums and with fewer values than variables`() throws {
    #expect(try expectBruteForce(model(4, 1...4) { allDifferent($0) }) == 24)
    #expect(try expectBruteForce(model(3, -1...3) { allDifferent($0) }) == 60)
    #expect(try expectBruteForce(model(4, 1...3) { allDifferent($0) }) == 0)
    #expect(try expectBruteForce(model(3, 0...1) { allDifferent($0) }) == 0)
    let queens = try expectBruteForce(
      {
        var model = Model()
        let q = model.variables("q", over: 1...5, in: 1...5, .integer).variables
        model.subject(to: "rows") { allDifferent(q) }
        model.subject(to: "up") { allDifferent(q.enumerated().map { $1 + $0 }) }
        model.subject(to: "down") { allDifferent(q.enumerated().map { 2 * $1 - 2 * $0 }) }
        return model
      }())
    #expect(queens == 10)
  }

  @Test func `all-different of wide ranges keeps pairs apart`() throws {
    var model = Model()
    let x = model.variables("x", over: 1...3, in: 0...100_000, .integer).variables
    model.subject(to: "apart") { allDifferent(x) }
    model.minimize(x[0] + 2 * x[1] + 3 * x[2])
    let solution = try model.solve()
    #expect(solution.outcome == .optimal && solution.objective == 4)
  }

  @Test func `constraints on the same variables share their indicators`() throws {
    var model = Model()
    let x = model.variables("x", over: 1...4, in: 1...4, .integer).variables
    model.subject(to: "first") { allDifferent(x) }
    let alone = try Reformulation(model).conicForm.linear.columnCount
    model.subject(to: "second") { ConstraintExpression(x, in: CountAtLeast(n: 1, partitions: [2, 2], set: [1, 2])) }
    model.subject(to: "third") { circuit(x) }
    model.subject(to: "fourth") { element(of: [3, 1, 4, 1], at: x[0], from: 1) <= 3 }
    #expect(try Reformulation(model).conicForm.linear.columnCount == alone)
    try expectBruteForce(model)
  }

  @Test func `counts agree with brute force`() throws {
    #expect(try expectBruteForce(model(4, 0...2) { ConstraintExpression($0, in: CountAtLeast(n: 1, partitions: [2, 2], set: [1, 2])) }) == 64)
    #expect(try expectBruteForce(model(4, 0...3) { ConstraintExpression($0, in: CountBelongs(dimension: 4, set: [1, 2, 7])) }) == 64)
    #expect(try expectBruteForce(model(4, 0...3) { ConstraintExpression($0, in: CountDistinct(dimension: 4)) }) == 64)
    #expect(try expectBruteForce(model(5, 0...3) { ConstraintExpression($0, in: CountGreaterThan(dimension: 5)) }) > 100)
    var fixed = model(4, 0...3) { ConstraintExpression($0, in: CountGreaterThan(dimension: 4)) }
    fixed.fix(fixed.variable(at: 1), to: 2)
    #expect(try expectBruteForce(fixed) > 10)
  }

  @Test func `bins hold their weights`() throws {
    let count = try expectBruteForce(model(4, 1...3) { binPacking($0, weights: [3, 2, 2, 4], capacity: 5) })
    #expect(count > 0)
    #expect(try expectBruteForce(model(3, 1...2) { binPacking($0, weights: [3, 3, 3], capacity: 5) }) == 0)
  }

  @Test func `tables agree with brute force, with and without a key`() throws {
    let rows: [[Double]] = [[0, 1, 2], [1, 1, 0], [2, 0, 0], [1, 2, 2], [9, 9, 9]]
    #expect(try expectBruteForce(model(3, 0...2) { table($0, rows: rows) }) == 4)
    #expect(try expectBruteForce(model(3, 0...2) { table($0, rows: [[0, 1, 2], [1, 1, 0], [2, 0, 0]]) }) == 3)
    #expect(try expectBruteForce(model(2, 0...2) { table($0, rows: [[7, 7]]) }) == 0)
    var shared = Model()
    let x = shared.variables("x", over: 1...3, in: 0...3, .integer).variables
    shared.subject(to: "differ") { allDifferent(x) }
    shared.subject(to: "rows") { table(x, rows: [[0, 1, 2], [0, 1, 1], [3, 2, 0], [3, 1, 0], [2, 2, 2]]) }
    #expect(try expectBruteForce(shared) == 3)
  }

  @Test func `tables of real variables choose a row`() throws {
    var model = Model()
    let x = model.variables("x", over: 1...2, in: 0...10).variables
    model.subject(to: "rows") { table(x, rows: [[1.5, 4], [2.5, 3.25], [6, 1]]) }
    model.minimize(x[0] + x[1])
    let solution = try model.solve()
    #expect(solution.outcome == .optimal && abs((solution.objective ?? 0) - 5.5) < 1e-9)
  }

  @Test func `elements of tables of numbers and of variables agree with brute force`() throws {
    var model = Model()
    let i = model.variable("i", in: 0...3, .integer)
    let v = model.variable("v", in: 0...9, .integer)
    model.subject(to: "entry") { element(of: [4, 1, 0, 7], at: i) == v }
    #expect(try expectBruteForce(model) == 4)
    var variables = Model()
    let k = variables.variable("k", in: 1...3, .integer)
    let x = variables.variables("x", over: 1...3, in: 0...2, .integer).variables
    let y = variables.variable("y", in: 0...2, .integer)
    variables.subject(to: "entry") { element(of: x, at: k, from: 1) == y }
    #expect(try expectBruteForce(variables) == 81)
  }

  @Test func `paths agree with brute force`() throws {
    // Nodes 1, 2, 3; edges 1-2, 2-3, 1-3, 3-1, 2-1.
    var model = Model()
    let ends = model.variables("end", over: 1...2, in: 1...3, .integer).variables
    let nodes = model.variables("node", over: 1...3, in: 0...1, .binary).variables
    let edges = model.variables("edge", over: 1...5, in: 0...1, .binary).variables
    model.subject(to: "path") {
      ConstraintExpression(ends + nodes + edges, in: Path(from: [1, 2, 1, 3, 2], to: [2, 3, 3, 1, 1]))
    }
    #expect(try expectBruteForce(model) == 12)
  }

  @Test func `shared resources by start times agree with brute force`() throws {
    let count = try expectBruteForce(
      model(3, 0...4) { cumulative(starts: $0, durations: [2, 3, 1], demands: [2, 1, 2], capacity: 3) })
    #expect(count > 10)
    #expect(try expectBruteForce(model(3, 0...4) { noOverlap(starts: $0, durations: [2, 3, 1]) }) > 5)
    #expect(try expectBruteForce(model(3, 0...2) { noOverlap(starts: $0, durations: [2, 3, 2]) }) == 0)
    #expect(try expectBruteForce(model(3, 0...2) { noOverlap(starts: $0, durations: [2, 0, 2]) }) == 6)
  }

  @Test func `shared resources with durations, demands and capacity that vary agree with brute force`() throws {
    var model = Model()
    let start = model.variables("start", over: 1...3, in: 0...2, .integer).variables
    let duration = model.variable("duration", in: 0...2, .integer)
    let demand = model.variable("demand", in: 0...2, .integer)
    let capacity = model.variable("capacity", in: 1...3, .integer)
    model.subject(to: "resource") {
      cumulative(
        starts: start.map(\.expression), durations: [duration.expression, Expression(2), Expression(1)],
        demands: [Expression(2), demand.expression, Expression(1)], capacity: capacity)
    }
    #expect(try expectBruteForce(model, objectives: 6) > 100)
  }

  @Test func `real start times put tasks in order`() throws {
    var model = Model()
    let start = model.variables("start", over: 1...3, in: 0...20).variables
    let end = model.variable("end", in: 0...40)
    let durations = [2.5, 3.25, 1.5]
    model.subject(to: "machine") { noOverlap(starts: start, durations: durations) }
    for i in 0..<3 { model.subject(to: "end \(i)") { start[i] + durations[i] <= end } }
    model.minimize(end)
    let solution = try model.solve()
    #expect(solution.outcome == .optimal && abs((solution.objective ?? 0) - 7.25) < 1e-6)
  }

  @Test func `what lacks a bound is refused by name`() {
    var model = Model()
    let x = model.variables("x", over: 1...3, in: 0..., .integer).variables
    model.subject(to: "differ") { allDifferent(x) }
    let text = refusal(model)
    #expect(text.contains("'differ'") && text.contains("'x[1]'") && text.contains("upper bound"))
    var wide = Model()
    let w = wide.variables("w", over: 1...2, in: 0...1_000_000, .integer).variables
    wide.subject(to: "bins") { binPacking(w, weights: [1, 1], capacity: 1) }
    #expect(refusal(wide).contains("narrower bounds"))
    var real = Model()
    let r = real.variables("r", over: 1...2, in: 0...5).variables
    real.subject(to: "differ") { allDifferent(r) }
    #expect(refusal(real).contains("'r[1]' is not"))
    var open = Model()
    let s = open.variables("s", over: 1...2, in: 0...).variables
    open.subject(to: "machine") { noOverlap(starts: s, durations: [1, 2]) }
    let machine = refusal(open)
    #expect(machine.contains("'machine'") && machine.contains("'s["))
  }

  @Test func `bounds that rows imply are enough`() throws {
    var model = Model()
    let x = model.variables("x", over: 1...3, in: 0..., .integer).variables
    model.subject(to: "total") { sum(x) <= 5 }
    model.subject(to: "differ") { allDifferent(x) }
    model.maximize(x[0] + 2 * x[1])
    let solution = try model.solve()
    #expect(solution.outcome == .optimal && solution.objective == 9)
  }
}
