import Constraints
import LinearAlgebra
import Testing

@testable import Solvers

/// What the tests of explanations share.
enum Explaining {
  static func explain(
    _ model: Model, _ change: (inout Explainer.Options) -> Void = { _ in }, solving: SolveOptions = SolveOptions()
  ) throws -> Explanation {
    var options = Explainer.Options()
    change(&options)
    return try Explainer(options: options, solving: solving).explain(model)
  }

  static func texts(_ members: [Requirement], _ model: Model) -> [String] { members.map { model.text(of: $0) } }

  /// Whether a conflict is one, and each of its members needed, by solves of their own.
  static func verify(
    _ members: [Requirement], of model: Model, solving: SolveOptions = SolveOptions(),
    sourceLocation: Testing.SourceLocation = #_sourceLocation
  ) throws {
    func outcome(_ kept: [Requirement]) throws -> OutcomeStatus {
      try SolvePipeline(options: solving).solve(model.keeping(kept).model).outcome
    }
    if !model.validate().contains(where: { $0.code == .crossedBounds }) {
      let whole = try outcome(members)
      #expect(whole == .infeasible, sourceLocation: sourceLocation)
    }
    for member in members {
      let rest = try outcome(members.filter { $0 != member })
      #expect(rest == .optimal, "without \(model.text(of: member))", sourceLocation: sourceLocation)
    }
  }

  /// x + y >= 5, x <= 2, y <= 2, x - y <= 10.
  static func smallConflict() -> Model {
    var model = Model("small")
    let x = model.addVariable("x", upper: 2)
    let y = model.addVariable("y", upper: 2)
    model.addRow(.name("need"), [LinearTerm(1, x.index), LinearTerm(1, y.index)], lower: 5, upper: .infinity)
    model.addRow(.name("far"), [LinearTerm(1, x.index), LinearTerm(-1, y.index)], lower: -.infinity, upper: 10)
    return model
  }

  /// A feasible linear model with a conflict planted in variables of its own: a_i x >= b_i for k - 1 independent rows, and
  /// the row that their sum stays below the sum of the b_i by 1.
  static func planted(seed: UInt64) -> (model: Model, conflict: Set<String>) {
    var random = Random(seed: seed)
    var model = Model("planted \(seed)")
    let n = 4 + random.below(8)
    let point = (0..<n).map { _ in Double(random.below(9)) - 2 }
    for j in 0..<n { model.addVariable("x\(j)", lower: -5, upper: 12) }
    let k = 2 + random.below(5)
    let free = (0..<(k - 1)).map { model.addVariable("z\($0)") }
    var rows: [(name: String, terms: [LinearTerm], lower: Double, upper: Double)] = []
    for i in 0..<(3 + random.below(8)) {
      var terms: [LinearTerm] = []
      var value = 0.0
      for j in 0..<n where random.below(3) == 0 {
        let a = Double(1 + random.below(5)) * (random.below(2) == 0 ? 1 : -1)
        terms.append(LinearTerm(a, Int32(j)))
        value += a * point[j]
      }
      let slack = Double(random.below(4))
      rows.append((
        "ok\(i)", terms, random.below(2) == 0 ? value - slack : -.infinity, random.below(3) == 0 ? .infinity : value + slack
      ))
    }
    var sum = [Double](repeating: 0, count: k - 1)
    var total = 0.0
    var conflict: Set<String> = ["planted"]
    for i in 0..<(k - 1) {
      // Triangular, so independent.
      var terms: [LinearTerm] = []
      for j in 0...i {
        let a = i == j ? Double(1 + random.below(4)) : Double(random.below(5)) - 2
        if a != 0 { terms.append(LinearTerm(a, free[j].index)) }
        sum[j] += a
      }
      let b = Double(random.below(21)) - 10
      total += b
      rows.append(("part\(i)", terms, b, .infinity))
      conflict.insert("part\(i)")
    }
    let closing = sum.indices.filter { sum[$0] != 0 }.map { LinearTerm(-sum[$0], free[$0].index) }
    rows.append(("planted", closing, -total + 1, .infinity))
    for i in stride(from: rows.count - 1, to: 0, by: -1) { rows.swapAt(i, random.below(i + 1)) }
    for row in rows { model.addRow(.name(row.name), row.terms, lower: row.lower, upper: row.upper) }
    return (model, conflict)
  }
}

@Suite("Explanations of infeasibility")
struct ExplainerTests {
  @Test func `the small conflict is named with bounds and row, and nothing else`() throws {
    let model = Explaining.smallConflict()
    let found = try Explaining.explain(model)
    #expect(found.verdict == .infeasible)
    #expect(Explaining.texts(found.conflicts[0].members, model) == ["x + y >= 5", "x <= 2", "y <= 2"])
    #expect(found.conflicts[0].isIrreducible == true)
    #expect(found.conflicts[0].chain == ["need: at most 2 + 2 = 4 < 5"])
    let proof = try #require(found.conflicts[0].proof)
    #expect(proof.terms.map(\.weight) == [1, 1, 1])
    #expect(proof.margin == 1)
    let relaxation = try #require(found.relaxation)
    #expect(relaxation.changes.map(\.amount) == [1])
    #expect(relaxation.changes[0].to == 4)
    #expect(found.alternatives.map(\.amount) == [1, 1, 1])
  }

  @Test func `all conflicts and corrections of the small conflict`() throws {
    let model = Explaining.smallConflict()
    let found = try Explaining.explain(model) { $0.findsAll = true }
    #expect(found.isComplete)
    #expect(found.conflicts.count == 1)
    #expect(Set(found.corrections.map { Explaining.texts($0, model) }) == [["x + y >= 5"], ["x <= 2"], ["y <= 2"]])
  }

  @Test func `a thousand planted conflicts are found exactly`() throws {
    for seed in 1...1000 {
      let (model, conflict) = Explaining.planted(seed: UInt64(seed))
      let found = try Explaining.explain(model) { $0.goal = nil }
      #expect(found.verdict == .infeasible, "seed \(seed)")
      let members = try #require(found.conflicts.first?.members)
      #expect(Set(members.map { model.name(of: $0) }) == conflict, "seed \(seed)")
      #expect(members.allSatisfy { $0.side == .lower && $0.constraint != nil }, "seed \(seed)")
      #expect(found.conflicts[0].isIrreducible == true, "seed \(seed)")
    }
  }

  @Test func `planted conflicts are proved by sums that add up`() throws {
    for seed in 1...50 {
      let (model, conflict) = Explaining.planted(seed: UInt64(seed))
      let found = try Explaining.explain(model) { $0.goal = nil }
      let proof = try #require(found.conflicts[0].proof, "seed \(seed)")
      #expect(proof.terms.count == conflict.count)
      #expect(proof.margin > 0)
      // Whole data, so the multipliers are found whole and the sum is exact.
      var combined = [Double](repeating: 0, count: model.variableCount)
      var right = 0.0
      for term in proof.terms {
        guard case .rowLower(let i) = term.requirement else { continue }
        for entry in model.rows.terms(i) { combined[Int(entry.variable)] += term.weight * entry.coefficient }
        right += term.weight * model.rows.lower[i]
      }
      #expect(combined.allSatisfy { $0 == 0 }, "seed \(seed)")
      #expect(right == proof.margin, "seed \(seed)")
    }
  }

  @Test func `an equation takes part by one side, and a range too`() throws {
    var model = Model()
    let x = model.addVariable("x", lower: 0, upper: 10)
    let y = model.addVariable("y", lower: 0, upper: 10)
    model.addRow(.name("balance"), [LinearTerm(1, x.index), LinearTerm(1, y.index)], lower: 7, upper: 7)
    model.addRow(.name("window"), [LinearTerm(1, x.index), LinearTerm(1, y.index)], lower: 8, upper: 15)
    let found = try Explaining.explain(model) { $0.goal = nil }
    #expect(Explaining.texts(found.conflicts[0].members, model) == ["x + y <= 7", "x + y >= 8"])
    try Explaining.verify(found.conflicts[0].members, of: model)
  }

  @Test func `bounds that cross are explained, not refused`() throws {
    var model = Model()
    let x = model.addVariable("x", lower: 3, upper: 1)
    model.minimize(x)
    let found = try Explaining.explain(model)
    #expect(found.verdict == .infeasible)
    #expect(Explaining.texts(found.conflicts[0].members, model) == ["x >= 3", "x <= 1"])
    #expect(found.relaxation?.changes.map(\.amount) == [2])
    var rows = Model()
    let y = rows.addVariable("y")
    rows.addRow(.name("c"), [LinearTerm(1, y.index)], lower: 4, upper: 1)
    let crossed = try Explaining.explain(rows)
    #expect(Explaining.texts(crossed.conflicts[0].members, rows) == ["y >= 4", "y <= 1"])
    #expect(crossed.relaxation?.changes.map(\.amount) == [3])
  }

  @Test func `a row without variables that cannot hold is a conflict by itself`() throws {
    var model = Model()
    model.addVariable("x")
    model.addRow(.name("never"), [], lower: 2, upper: .infinity)
    let found = try Explaining.explain(model) { $0.goal = nil }
    #expect(found.conflicts[0].members == [.rowLower(0)])
  }

  @Test func `feasible models, empty ones and those without objective are called feasible`() throws {
    var model = Model()
    let x = model.addVariable("x", lower: 0, upper: 4)
    model.addRow(.name("c"), [LinearTerm(1, x.index)], lower: 1, upper: 2)
    #expect(try Explaining.explain(model).verdict == .feasible)
    model.maximize(x)
    #expect(try Explaining.explain(model).verdict == .feasible)
    #expect(try Explaining.explain(Model()).verdict == .feasible)
  }

  @Test func `numbers that are none are refused by name`() {
    var model = Model()
    let x = model.addVariable("x", lower: 0)
    model.addRow(.name("bad"), [LinearTerm(.nan, x.index)], lower: 0, upper: 1)
    #expect(throws: SolverError.self) { try Explaining.explain(model) }
    var infinite = Model()
    infinite.addVariable("x", lower: .infinity)
    #expect(throws: SolverError.self) { try Explaining.explain(infinite) }
  }

  @Test func `a stopped explanation returns what it has`() throws {
    let cancellation = Cancellation()
    cancellation.cancel()
    let found = try Explainer(cancellation: cancellation).explain(Explaining.smallConflict())
    #expect(found.verdict == .unknown)
    #expect(found.termination.reason == .interrupted)
    let timed = try Explaining.explain(Explaining.smallConflict()) { $0.timeLimit = .zero }
    #expect(timed.termination.reason == .timeLimit)
  }

  @Test func `cancelled while reducing, the conflict is a conflict and not called minimal`() throws {
    let (model, planted) = Explaining.planted(seed: 11)
    let cancellation = Cancellation()
    var explainer = Explainer(cancellation: cancellation)
    explainer.report = { if $0.candidates != nil { cancellation.cancel() } }
    let found = try explainer.explain(model)
    #expect(found.verdict == .infeasible)
    let members = try #require(found.conflicts.first)
    #expect(members.isIrreducible == nil)
    #expect(planted.isSubset(of: Set(members.members.map { model.name(of: $0) })))
  }

  @Test func `without presolve and with every linear solver the planted conflict is the same`() throws {
    for solver in Solvers.all where solver.capabilities.linear && solver.name != "pdhg" {
      for presolve in [false, true] {
        var solving = SolveOptions()
        solving.solver = solver.name
        solving.presolve = presolve
        for seed in 1...5 {
          let (model, conflict) = Explaining.planted(seed: UInt64(seed))
          let found = try Explaining.explain(model, { $0.goal = nil }, solving: solving)
          let names = found.conflicts.first.map { Set($0.members.map { model.name(of: $0) }) }
          #expect(names == conflict, "\(solver.name), presolve \(presolve), seed \(seed)")
        }
      }
    }
  }

  @Test func `a cone takes part as one member`() throws {
    var model = Model()
    let x = model.addVariable("x", lower: 3)
    let y = model.addVariable("y", lower: 4)
    let t = model.addVariable("t", upper: 4.5)
    model.addVariable("other", lower: 0, upper: 1)
    func one(_ v: Variable) -> ScalarFunction { ScalarFunction(linear: [LinearTerm(1, v.index)]) }
    model.addConstraint(.name("ball"), [one(t), one(x), one(y)], in: SecondOrderCone(dimension: 3))
    let found = try Explaining.explain(model) { $0.relaxesBounds = true }
    #expect(found.verdict == .infeasible)
    let names = found.conflicts[0].members.map { model.name(of: $0) }
    #expect(names == ["ball", "x", "y", "t"])
    #expect(found.conflicts[0].isIrreducible == true)
    let proof = try #require(found.conflicts[0].proof)
    #expect(proof.margin > 0)
    let alone = try #require(found.alternatives.first { model.name(of: $0.requirement) == "t" })
    #expect(abs(alone.amount - 0.5) < 1e-4)
  }

  @Test func `a nonlinear conflict is labelled as local`() throws {
    var model = Model()
    let x = model.variable("x", in: -3...3)
    let y = model.variable("y", in: -3...3)
    model.minimize(x + y)
    model.subject(to: "curve") { sin(x) * y >= 2 + x * x + y * y }
    model.subject(to: "idle") { x - y <= 10 }
    let found = try Explaining.explain(model) { $0.goal = nil }
    #expect(found.verdict == .locallyInfeasible)
    #expect(found.conflicts[0].evidence == .local)
    #expect(found.conflicts[0].isIrreducible == nil)
    #expect(found.conflicts[0].members.map { model.name(of: $0) }.contains("curve"))
    #expect(!found.conflicts[0].members.map { model.name(of: $0) }.contains("idle"))
  }
}
