import Constraints
import Testing

@testable import Solvers

@Suite("Conflicts of whole numbers")
struct WholeConflictTests {
  @Test func `an odd sum of even terms is a conflict of the row and whole values`() throws {
    var model = Model()
    let x = model.addVariable("x", lower: 0, upper: 5, domain: .integer)
    let y = model.addVariable("y", lower: 0, upper: 5, domain: .integer)
    model.addRow(.name("odd"), [LinearTerm(2, x.index), LinearTerm(2, y.index)], lower: 3, upper: 3)
    let found = try Explaining.explain(model)
    #expect(found.verdict == .infeasible)
    let conflict = try #require(found.conflicts.first)
    #expect(conflict.needsIntegrality)
    #expect(Explaining.texts(conflict.members, model) == ["2 x + 2 y >= 3", "2 x + 2 y <= 3", "x is whole", "y is whole"])
    #expect(conflict.chain.last == "odd: all values are whole, so the sum is a multiple of 2, and none lies from 3 to 3")
    // The least change moves the one row by one, up or down.
    #expect(found.relaxation?.changes.map(\.amount) == [1])
  }

  /// p + 1 pigeons in p holes: each somewhere, no two in the same.
  private func pigeons(_ p: Int, pairwise: Bool) -> Model {
    var model = Model("pigeons")
    let x = (0...p).map { i in (0..<p).map { model.addVariable("x\(i)\($0)", domain: .binary) } }
    for i in 0...p {
      model.addRow(.name("pigeon \(i)"), x[i].map { LinearTerm(1, $0.index) }, lower: 1, upper: .infinity)
    }
    for h in 0..<p {
      if !pairwise {
        model.addRow(.name("hole \(h)"), (0...p).map { LinearTerm(1, x[$0][h].index) }, lower: -.infinity, upper: 1)
        continue
      }
      for i in 0...p {
        for k in 0..<i {
          model.addRow(
            .name("hole \(h): \(k), \(i)"), [LinearTerm(1, x[i][h].index), LinearTerm(1, x[k][h].index)],
            lower: -.infinity, upper: 1)
        }
      }
    }
    return model
  }

  @Test func `all rows of the pigeonhole problem are needed`() throws {
    let sums = pigeons(4, pairwise: false)
    let first = try Explaining.explain(sums) { $0.goal = nil }
    #expect(first.conflicts[0].members == sums.requirements.filter { $0.constraint != nil })
    #expect(first.conflicts[0].proof?.margin == 1)
    let pairs = pigeons(3, pairwise: true)
    let second = try Explaining.explain(pairs) { $0.goal = nil }
    let conflict = second.conflicts[0]
    #expect(conflict.isIrreducible == true)
    #expect(conflict.needsIntegrality)
    #expect(conflict.members.filter { $0.constraint != nil } == pairs.requirements.filter { $0.constraint != nil })
    try Explaining.verify(conflict.members, of: pairs)
  }

  @Test func `a bound that whole values round is named with them`() throws {
    var model = Model()
    let x = model.addVariable("x", lower: 0.2, upper: 0.9, domain: .integer)
    model.addRow(.name("idle"), [LinearTerm(1, x.index)], lower: -.infinity, upper: 7)
    let found = try Explaining.explain(model) { $0.goal = nil }
    #expect(Explaining.texts(found.conflicts[0].members, model) == ["x >= 0.2", "x <= 0.9", "x is whole"])
    #expect(found.conflicts[0].chain == ["x is whole, and there is no whole number from 0.2 to 0.9"])
  }

  @Test func `conflicts of random integer models are conflicts, and each member is needed`() throws {
    var count = 0
    for seed in 1...150 {
      let model = randomLinearModel(seed: UInt64(seed), integers: true)
      if model.validate().contains(where: { $0.severity == .error }) { continue }
      let found = try Explaining.explain(model) { $0.goal = nil }
      let outcome = try model.keeping(model.requirements).model.solve().outcome
      if outcome == .optimal { #expect(found.verdict != .infeasible, "seed \(seed)") }
      guard outcome == .infeasible else { continue }
      #expect(found.verdict == .infeasible, "seed \(seed)")
      guard let conflict = found.conflicts.first, conflict.isIrreducible == true else { continue }
      count += 1
      try Explaining.verify(conflict.members, of: model)
    }
    #expect(count >= 10)
  }

  @Test func `all conflicts and corrections of random models agree with trying every subset`() throws {
    var compared = 0
    for seed in 1...60 {
      var random = Random(seed: UInt64(seed) &* 77)
      var model = Model()
      let x = (0..<2).map { model.addVariable("x\($0)", domain: .binary) }
      for i in 0..<6 {
        let a = Double(random.below(5) - 2)
        let b = Double(random.below(5) - 2)
        let side = Double(random.below(4) - 1)
        let terms = [LinearTerm(a, x[0].index), LinearTerm(b, x[1].index)]
        let isLower = random.below(2) == 0
        model.addRow(.name("r\(i)"), terms, lower: isLower ? side : -.infinity, upper: isLower ? .infinity : side)
      }
      func holds(_ subset: Int) -> Bool {
        (0..<4).contains { code in
          (0..<6).allSatisfy { i in
            guard subset >> i & 1 == 1 else { return true }
            let value = model.rows.terms(i).reduce(0.0) { $0 + $1.coefficient * Double((code >> Int($1.variable)) & 1) }
            return value >= model.rows.lower[i] && value <= model.rows.upper[i]
          }
        }
      }
      if holds(63) { continue }
      let conflicts = (0..<64).filter { s in
        !holds(s) && (0..<6).allSatisfy { s >> $0 & 1 == 0 || holds(s & ~(1 << $0)) }
      }
      let corrections = (0..<64).filter { s in
        holds(63 & ~s) && (0..<6).allSatisfy { s >> $0 & 1 == 0 || !holds(63 & ~s | 1 << $0) }
      }
      func code(_ list: [Requirement]) -> Int {
        list.reduce(0) { result, member in
          guard case .row(let i)? = member.constraint else { return result }
          return result | 1 << i
        }
      }
      let found = try Explaining.explain(model) { options in
        options.findsAll = true
        options.goal = nil
        options.conflictLimit = 100
      }
      #expect(found.isComplete, "seed \(seed)")
      #expect(Set(found.conflicts.map { code($0.members) }) == Set(conflicts), "seed \(seed)")
      #expect(Set(found.corrections.map(code)) == Set(corrections), "seed \(seed)")
      compared += 1
    }
    #expect(compared >= 20)
  }

  @Test func `a correction makes the rest feasible and nothing in it is to spare`() throws {
    let model = pigeons(3, pairwise: true)
    let found = try Explaining.explain(model) { options in
      options.findsAll = true
      options.goal = nil
      options.conflictLimit = 5
    }
    #expect(!found.corrections.isEmpty)
    for correction in found.corrections {
      let rest = Set(model.requirements).subtracting(correction)
      #expect(try model.keeping(model.requirements.filter { rest.contains($0) }).model.solve().outcome == .optimal)
      for member in correction {
        let more = rest.union([member])
        #expect(try model.keeping(model.requirements.filter { more.contains($0) }).model.solve().outcome == .infeasible)
      }
    }
  }

  @Test func `a logical constraint takes part as a whole, and its variables stay what they are`() throws {
    var model = Model()
    let z = model.addVariable("z", lower: 1, upper: 1, domain: .binary)
    let x = model.addVariable("x", lower: 0, upper: 10)
    func one(_ v: Variable) -> ScalarFunction { ScalarFunction(linear: [LinearTerm(1, v.index)]) }
    model.addConstraint(.name("if open"), [one(z), one(x)], in: Indicator(activeOn: true, .lessThan(3)))
    model.addRow(.name("much"), [LinearTerm(1, x.index)], lower: 5, upper: .infinity)
    let found = try Explaining.explain(model)
    #expect(found.verdict == .infeasible)
    let names = Set(found.conflicts[0].members.map { model.name(of: $0) })
    #expect(names.isSuperset(of: ["much", "if open", "z"]))
    let change = try #require(found.relaxation?.changes.first)
    #expect(abs(change.amount - 2) <= 1e-6)
  }

  @Test(.enabled(if: PublishedInfeasibility.isPresent), arguments: PublishedInfeasibility.names)
  func `conflicts of published infeasible programs are conflicts, and each member is needed`(_ name: String) throws {
    let model = try ModelFormats.read(path: PublishedInfeasibility.path(name)).model
    let found = try Explaining.explain(model) { $0.goal = nil }
    #expect(found.verdict == .infeasible)
    let conflict = try #require(found.conflicts.first)
    #expect(conflict.isIrreducible == true)
    try Explaining.verify(conflict.members, of: model)
  }
}

/// Infeasible linear programs of the folder that `SOLVE_DATA` names, small enough for a test.
enum PublishedInfeasibility {
  static let names = ["itest2", "galenet", "woodinfe", "bgdbg1", "chemcom", "ex73a", "pang"]
  static func path(_ name: String) -> String { Instances.folder + "/lp/infeasible/\(name).mps.gz" }
  static var isPresent: Bool { (try? SourceText.read(path: path("galenet"))) != nil }
}
