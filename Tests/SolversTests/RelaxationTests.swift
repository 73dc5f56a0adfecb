import Constraints
import Testing

@testable import Solvers

@Suite("Least relaxations and rays")
struct RelaxationTests {
  /// Hours for two products: more is promised than fits.
  private func workshop() -> Model {
    var model = Model("workshop")
    let a = model.variable("a", in: 0...)
    let b = model.variable("b", in: 0...)
    model.maximize(3 * a + 2 * b)
    model.subject(to: "energy") { 2 * a + b <= 20 }
    model.subject(to: "oven") { a + 3 * b <= 30 }
    model.subject(to: "order a") { a >= 9 }
    model.subject(to: "order b") { b >= 8 }
    return model
  }

  private func changes(_ found: Explanation, _ model: Model) -> [String: Double] {
    Dictionary(uniqueKeysWithValues: (found.relaxation?.changes ?? []).map { (model.name(of: $0.requirement), $0.amount) })
  }

  @Test func `the relaxed model is feasible and reaches the objective that is reported`() throws {
    let model = workshop()
    let found = try Explaining.explain(model)
    let relaxation = try #require(found.relaxation)
    #expect(relaxation.isProved && relaxation.isObjectiveProved)
    var relaxed = model
    for change in relaxation.changes {
      guard case .row(let i)? = change.requirement.constraint, let to = change.to else { continue }
      let isLower = change.requirement.side == .lower
      relaxed.setRowBounds(
        i, lower: isLower ? to : relaxed.rows.lower[i], upper: isLower ? relaxed.rows.upper[i] : to)
    }
    let solution = try relaxed.solve()
    #expect(solution.outcome == .optimal)
    let objective = try #require(solution.objective)
    let reported = try #require(relaxation.objective)
    #expect(abs(objective - reported) <= 1e-6 * abs(objective))
  }

  @Test func `locks keep limits, weights move the choice`() throws {
    let model = workshop()
    let locked = try Explaining.explain(model) { $0.locks = ["order*"] }
    #expect(changes(locked, model) == ["energy": 6, "oven": 3])
    let all = try Explaining.explain(model) { $0.locks = ["*"] }
    #expect(all.relaxation == nil && all.relaxationReason == "everything is locked")
    let dear = try Explaining.explain(model) { $0.weights = [("*", 1), ("order b", 0.001), ("order a", 0.001)] }
    #expect(Set(changes(dear, model).keys).isSubset(of: ["order a", "order b"]))
    let misspelt = try Explaining.explain(model) { $0.locks = ["enrgy"] }
    #expect(misspelt.warnings.contains { $0.message.contains("enrgy") && $0.mend?.contains("energy") == true })
  }

  @Test func `the largest change is as small as it can be`() throws {
    let model = workshop()
    let found = try Explaining.explain(model) { options in
      options.goal = .largest
      options.weights = [("energy", 20), ("oven", 30), ("order a", 9), ("order b", 8)]
    }
    // Each unit costs 1 everywhere, so t is least with 2 (9 - t) + (8 - t) = 20 + t and (9 - t) + 3 (8 - t) = 30 + t.
    let relaxation = try #require(found.relaxation)
    #expect(abs(relaxation.total - 1.5) <= 1e-6)
    #expect(relaxation.changes.allSatisfy { $0.amount <= 1.5 + 1e-6 })
  }

  @Test func `what each member would have to give alone`() throws {
    let model = workshop()
    let found = try Explaining.explain(model) { $0.locks = ["oven"] }
    for change in found.alternatives {
      var relaxed = model
      guard case .row(let i)? = change.requirement.constraint, let to = change.to else { continue }
      let isLower = change.requirement.side == .lower
      relaxed.setRowBounds(i, lower: isLower ? to : -.infinity, upper: isLower ? .infinity : to)
      #expect(try relaxed.solve().outcome == .optimal, "\(model.name(of: change.requirement))")
    }
  }

  @Test func `bounds move only where constraints do not help, or when asked`() throws {
    var model = Model()
    let x = model.addVariable("x", lower: 0, upper: 1)
    model.addRow(.name("far"), [LinearTerm(1, x.index)], lower: 5, upper: .infinity)
    let usual = try Explaining.explain(model)
    #expect(changes(usual, model) == ["far": 4])
    let locked = try Explaining.explain(model) { $0.locks = ["far"] }
    #expect(changes(locked, model) == ["x": 4])
    let both = try Explaining.explain(model) { options in
      options.relaxesBounds = true
      options.weights = [("x", 0.01)]
    }
    #expect(changes(both, model) == ["x": 4])
  }

  #if GLPK
    @Test func `the number of limits that change is as small as it can be`() throws {
      var model = Model()
      let x = model.variable("x", in: 0...10)
      // The sum of changes is least when both small rows give; the number when the large one does.
      model.subject(to: "large") { x <= 2 }
      model.subject(to: "first") { x >= 3 }
      model.subject(to: "second") { x >= 4 }
      model.subject(to: "third") { x >= 5 }
      let found = try Explaining.explain(model) { $0.goal = .count }
      #expect(changes(found, model) == ["large": 3])
      #expect(found.relaxation?.total == 1)
    }
  #endif

  @Test func `a ray names its variables and the bounds that stop it`() throws {
    var model = Model()
    let x = model.variable("x", in: 0...)
    let y = model.variable("y", in: 0...)
    let z = model.variable("z", in: 0...5)
    model.maximize(2 * x - y + z)
    model.subject(to: "link") { x - y <= 3 }
    let found = try Explaining.explain(model)
    #expect(found.verdict == .unbounded)
    let ray = try #require(found.ray)
    #expect(ray.direction == [1, 1, 0])
    #expect(ray.rate == 1 && ray.isConfirmed)
    #expect(ray.stops.map(\.variable) == [0, 1] && ray.stops.allSatisfy { $0.isUpper && $0.suffices })
  }

  @Test func `two separate ways out need two bounds`() throws {
    var model = Model()
    let x = model.variable("x", in: 0...)
    let y = model.variable("y", in: ...0)
    model.minimize(y - x)
    let found = try Explaining.explain(model)
    let ray = try #require(found.ray)
    #expect(ray.stops.allSatisfy { !$0.suffices })
    let together = Set(ray.together.map { "\(model.variableNames[$0.variable]) \($0.isUpper)" })
    #expect(together == ["x true", "y false"])
  }

  @Test func `a convex quadratic model without end is called unbounded`() throws {
    var model = Model()
    let x = model.variable("x")
    let y = model.variable("y", in: 0...)
    model.minimize(x * x - y)
    let found = try Explaining.explain(model)
    #expect(found.verdict == .unbounded)
  }
}
