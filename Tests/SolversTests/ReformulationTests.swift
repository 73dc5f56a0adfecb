import Constraints
import Testing

@testable import Solvers

/// A point satisfies the model exactly when it satisfies the form, its added columns computed from it; and the objectives
/// agree.
private func compare(_ model: Model, _ points: Int = 200, seed: UInt64 = 1, reach: Double = 2) throws -> (inside: Int, outside: Int) {
  let reformulation = try Reformulation(model)
  let form = reformulation.formModel
  let checker = Checker()
  var random = Random(seed: seed)
  var counts = (inside: 0, outside: 0)
  for _ in 0..<points {
    let point = (0..<model.variableCount).map { j in
      let (low, high) = (max(model.lower[j], -reach), min(model.upper[j], reach))
      let x = Double.random(in: low...max(low, high), using: &random)
      return model.domains[j].isIntegral ? x.rounded() : x
    }
    let report = checker.check(point: point, of: model)
    // Points on the edge say nothing.
    if report.largestScaled > 1e-9 && report.largestScaled < 1e-4 { continue }
    let full = reformulation.restrict(point)
    guard full.allSatisfy(\.isFinite) else {
      #expect(report.violationCount > 0, "\(point)")
      continue
    }
    let isInside = checker.check(point: full, of: form).violationCount == 0
    #expect(isInside == (report.violationCount == 0), "\(point) \(full)")
    if isInside { counts.inside += 1 } else { counts.outside += 1 }
    let (value, expected) = (reformulation.conicForm.value(at: full), checker.objective(of: point, in: model))
    #expect(abs(value - expected) <= 1e-7 * max(1, abs(expected)), "\(point)")
  }
  return counts
}

@Suite("Reformulation to cones")
struct ReformulationTests {
  private func model(of set: any VectorSet, reach: ClosedRange<Double> = -2...2) -> Model {
    var model = Model()
    let n = set.dimension
    let x = model.variables("x", over: 0..<n, in: reach)
    let functions = (0..<n).map { x[$0] + 0.25 * x[($0 + 1) % n] + ($0 == 0 ? 0.5 : 0.0) }
    model.subject(to: "set") { ConstraintExpression(functions, in: set) }
    model.minimize(x[0] * x[0] + 3 * x[n - 1])
    return model
  }

  @Test func `points inside and outside of cones of vectors stay so`() throws {
    let sets: [any VectorSet] = [
      SecondOrderCone(dimension: 3), SecondOrderCone(dimension: 1), RotatedSecondOrderCone(dimension: 4),
      RotatedSecondOrderCone(dimension: 2), ExponentialCone(), DualExponentialCone(), PowerCone(exponent: 0.3),
      DualPowerCone(exponent: 0.7), NormOneCone(dimension: 4), NormInfinityCone(dimension: 4), NormInfinityCone(dimension: 1),
      NormCone(p: 1, dimension: 3), NormCone(p: 2, dimension: 3), NormCone(p: 3.5, dimension: 4),
      GeometricMeanCone(dimension: 2), GeometricMeanCone(dimension: 3), GeometricMeanCone(dimension: 4),
      GeometricMeanCone(dimension: 6), DualGeometricMeanCone(dimension: 4), RelativeEntropyCone(dimension: 5),
      DualRelativeEntropyCone(dimension: 5), Zeros(dimension: 2), Nonnegatives(dimension: 2), Nonpositives(dimension: 2),
      Reals(dimension: 2), HyperRectangle(lower: [-1, 0, -.infinity], upper: [1, .infinity, 0.5]),
    ]
    for set in sets {
      let counts = try compare(model(of: set), 1000)
      #expect(counts.inside > 3 || set is Zeros, "\(set)")
      #expect(counts.outside > 3 || set is Reals, "\(set)")
    }
  }

  @Test func `points inside and outside of cones of matrices stay so`() throws {
    let sets: [any VectorSet] = [
      PositiveSemidefiniteConeTriangle(sideDimension: 1), PositiveSemidefiniteConeTriangle(sideDimension: 2),
      Scaled(PositiveSemidefiniteConeTriangle(sideDimension: 2)),
      HermitianPositiveSemidefiniteConeTriangle(sideDimension: 2), NormSpectralCone(rows: 2, columns: 2),
      RootDetConeTriangle(sideDimension: 2), LogDetConeTriangle(sideDimension: 2),
      Scaled(LogDetConeTriangle(sideDimension: 2)),
    ]
    for set in sets {
      let counts = try compare(model(of: set), 5000)
      #expect(counts.inside > 3 && counts.outside > 3, "\(set) \(counts)")
    }
  }

  @Test func `squares of matrices must be symmetric`() throws {
    var model = Model()
    let x = model.variables("x", over: 0..<3, in: -2...2)
    for set in [PositiveSemidefiniteConeSquare(sideDimension: 2) as any VectorSet, RootDetConeSquare(sideDimension: 2)] {
      let matrix = [x[0].expression, x[1].expression, x[1].expression, x[2].expression]
      var symmetric = model
      symmetric.subject(to: "s") {
        ConstraintExpression((set.dimension == 5 ? [x[0] - 1] : []) + matrix, in: set)
      }
      let counts = try compare(symmetric, 2000)
      #expect(counts.inside > 3 && counts.outside > 3)
    }
    model.subject(to: "s") {
      ConstraintExpression([x[0].expression, x[1].expression, 2 * x[1], x[2].expression], in: PositiveSemidefiniteConeSquare(sideDimension: 2))
    }
    #expect(try compare(model, 200).inside == 0)
    #expect(Checker().check(point: try Reformulation(model).restrict([1, 0, 1]), of: try Reformulation(model).formModel).violationCount == 0)
  }

  @Test func `convex quadratic constraints become cones, from either side`() throws {
    var model = Model()
    let x = model.variables("x", over: 0..<3, in: -2...2)
    model.subject(to: "ball") { x[0] * x[0] + x[0] * x[1] + x[1] * x[1] + x[2] <= 1 }
    model.subject(to: "cap") { x[2] - 2 * (x[0] + x[1]) * (x[0] + x[1]) >= -1 }
    model.maximize(x[2] - x[1] * x[1])
    let counts = try compare(model, 2000)
    #expect(counts.inside > 20 && counts.outside > 20)
    let reformulation = try Reformulation(model)
    #expect(reformulation.kind == .conic)
    // The second matrix has rank 1: one image beside the two coordinates of the rotated cone.
    #expect(reformulation.conicForm.cones == [.rotatedSecondOrder(dimension: 4), .rotatedSecondOrder(dimension: 3)])
  }

  @Test func `cones written as quadratic inequalities are recognized`() throws {
    var model = Model()
    let x = model.variables("x", over: 0..<2, in: -2...2)
    let y = model.variables("y", over: 0..<3, in: 0...2)
    model.subject(to: "second") { x[0] * x[0] + 2 * x[1] * x[1] - 3 * y[0] * y[0] <= -0.25 }
    model.subject(to: "rotated") { y[1] * y[2] >= (x[0] + x[1]) * (x[0] + x[1]) }
    model.minimize(y[0])
    let counts = try compare(model, 2000)
    #expect(counts.inside > 20 && counts.outside > 20)
    // Where t may have both signs the set is not convex.
    model.setBounds(of: y[0], lower: -1, upper: 1)
    #expect(throws: SolverError.self) { try Reformulation(model) }
  }

  private func refusal(_ build: (inout Model, Variable, Variable) -> Void) throws -> String {
    var model = Model()
    let x = model.variable("x", in: -2...2)
    let y = model.variable("y", in: -2...2)
    build(&model, x, y)
    do throws(SolverError) {
      _ = try Reformulation(model)
      Issue.record("must be refused")
      return ""
    } catch { return error.rendered }
  }

  @Test func `what is not convex is refused by name and reason`() throws {
    #expect(try refusal { model, x, y in model.subject(to: "product") { x * y <= 1 } }.contains("'product'"))
    let saddle = try refusal { model, x, y in model.subject(to: "saddle") { x * x - y * y + y <= 1 } }
    #expect(saddle.contains("'saddle'") && saddle.contains("along y") || saddle.contains("along -y"))
    let circle = try refusal { model, x, y in model.subject(to: "circle") { x * x + y * y == 1 } }
    #expect(circle.contains("'circle' is a quadratic equation"))
    let objective = try refusal { model, x, y in model.maximize(x * x - y) }
    #expect(objective.contains("the objective is quadratic and not concave"))
    let curve = try refusal { model, x, y in model.subject(to: "curve") { exp(x) - y >= 1 } }
    #expect(curve.contains("'curve'") && curve.contains("'exp(x)' is convex and is bounded from below"))
    let wave = try refusal { model, x, y in model.minimize(exp(sin(x)) + y * y) }
    #expect(wave.contains("no rule knows the curvature of sin"))
    let set = try refusal { model, x, y in
      model.subject(to: "cone") { ConstraintExpression([x.expression, y * y], in: SecondOrderCone(dimension: 2)) }
    }
    #expect(set.contains("'cone'") && set.contains("SecondOrderCone"))
  }

  @Test func `functions in convex position become rows and cones`() throws {
    typealias Build = (inout Model, Variable, Variable) -> Void
    // x is at least 0.1, y is free.
    let builds: [Build] = [
      { m, x, y in m.subject(to: "c") { abs(y - x) <= 0.5 } },
      { m, x, y in m.subject(to: "c") { max(x, 2 * y) + abs(y) <= 1 } },
      { m, x, y in m.subject(to: "c") { min(x, y) >= 0.25 } },
      { m, x, y in m.subject(to: "c") { exp(y) <= x } },
      { m, x, y in m.subject(to: "c") { log(x) + log(2 - y) >= 0.5 } },
      { m, x, y in m.subject(to: "c") { sqrt(x) - exp(y) >= 0 } },
      { m, x, y in m.subject(to: "c") { x * log(x) + y * y <= 1 } },
      { m, x, y in m.subject(to: "c") { x * log(x / (2 - y)) <= 0.5 } },
      { m, x, y in m.subject(to: "c") { log(exp(x) + 2 * exp(y) + 1) <= 2 } },
      { m, x, y in m.subject(to: "c") { softplus(y - x) <= 0.5 } },
      { m, x, y in m.subject(to: "c") { log(logistic(y)) >= -1 } },
      { m, x, y in m.subject(to: "c") { norm2([x + 1, y - 1]) <= 1.8 } },
      { m, x, y in m.subject(to: "c") { sqrt(x * x + y * y + 1) <= 1.5 } },
      { m, x, y in m.subject(to: "c") { (y * y) / x <= 1 } },
      { m, x, y in m.subject(to: "c") { sqrt((x - 1) ** 2 + (y - 0.5) ** 2) <= 1 } },
      { m, x, y in m.subject(to: "c") { (x - 2 * y + 1) ** 2 / (x + 1) <= 1 } },
      { m, x, y in m.subject(to: "c") { exp(x * x - x * y + y * y + y) + x <= 4 } },
      { m, x, y in m.subject(to: "c") { sqrt(4 - x * x - y * y + x * y) >= 1 } },
      { m, x, y in m.subject(to: "c") { (y * y + 1) / (x + 1) <= 1 } },
      { m, x, y in m.subject(to: "c") { 1 / x + exp(y) <= 3 } },
      { m, x, y in
        let z = m.variable("z", in: 0...2)
        m.subject(to: "c") { sqrt(x * z) >= y }
      },
      { m, x, y in m.subject(to: "c") { x ** 1.5 + y ** 4 <= 1 } },
      { m, x, y in m.subject(to: "c") { x ** 0.3 >= y } },
      { m, x, y in m.subject(to: "c") { (x + 0.5) ** (-2) <= 0.5 + y } },
      { m, x, y in m.subject(to: "c") { x ** 3 <= 1 + y } },
      { m, x, y in m.subject(to: "c") { 2 ** y <= x } },
      { m, x, y in m.subject(to: "c") { exp(max(x, y) * 2) <= 6 } },
      { m, x, y in m.subject(to: "c") { norm2([x.expression, exp(y)]) <= 1.5 } },
      { m, x, y in m.subject(to: "c") { abs(exp(y) + 1) <= 2.5 } },
      { m, x, y in m.subject(to: "c") { log(min(x, sqrt(x) + 1 - y)) >= -0.5 } },
      { m, x, y in m.minimize(exp(y) + x * x - log(x)) },
      { m, x, y in m.maximize(log(x) - exp(y) - abs(y)) },
      { m, x, y in
        m.subject(to: "c") {
          ConstraintExpression([1 - exp(y), 2 - x ** 2 - y], in: Nonnegatives(dimension: 2))
        }
      },
    ]
    for (k, build) in builds.enumerated() {
      var model = Model()
      let x = model.variable("x", in: 0.1...2)
      let y = model.variable("y", in: -2...1.5)
      build(&model, x, y)
      let counts = try compare(model, 400, seed: UInt64(k))
      #expect(counts.inside > 10, "\(k)")
      #expect(counts.outside > 10 || model.generalConstraints.isEmpty, "\(k)")
      #expect(try !Reformulation(model).conicForm.linear.hasIntegers, "\(k)")
    }
  }

  @Test func `piecewise linear functions the wrong way round take binaries`() throws {
    typealias Build = (inout Model, Variable, Variable) -> Void
    let builds: [Build] = [
      { m, x, y in m.subject(to: "c") { abs(y - x) >= 0.5 } },
      { m, x, y in m.subject(to: "c") { abs(y) == x } },
      { m, x, y in m.subject(to: "c") { max(max(x, 2 * y), y + 1) >= 1.5 } },
      { m, x, y in m.subject(to: "c") { min(x, y + 1) - abs(x - y) <= 0.1 } },
      { m, x, y in m.maximize(max(x, abs(y - 1))) },
      { m, x, y in m.subject(to: "c") { abs(abs(y) - 1) >= 0.5 } },
    ]
    for (k, build) in builds.enumerated() {
      var model = Model()
      let x = model.variable("x", in: -1...2)
      let y = model.variable("y", in: -2...1.5)
      build(&model, x, y)
      let counts = try compare(model, 400, seed: UInt64(k))
      #expect(counts.inside > 10 || k == 1, "\(k)")
      #expect(try Reformulation(model).kind == .mixedIntegerLinear)
    }
    var open = Model()
    let x = open.variable("x", in: 0...1)
    let y = open.variable("y")
    open.subject(to: "far") { abs(y - x) >= 1 }
    do throws(SolverError) {
      _ = try Reformulation(open)
      Issue.record("must be refused")
    } catch { #expect(error.rendered.contains("'far'") && error.rendered.contains("'y'")) }
  }

  @Test func `the plan counts what each bridge adds`() throws {
    var model = Model()
    let x = model.variables("x", over: 0..<3, in: 0...4)
    model.subject(to: "norm") { ConstraintExpression(x.variables, in: NormOneCone(dimension: 3)) }
    model.subject(to: "ball") { x[0] * x[0] + x[1] * x[1] <= 4 }
    model.minimize(x[0])
    let plan = try Reformulation(model).plan
    #expect(plan.map(\.constraint) == ["norm", "ball"])
    #expect((plan[0].rows, plan[0].columns, plan[0].cones) == (5, 2, 0))
    #expect((plan[1].rows, plan[1].cones, plan[1].coneRows) == (0, 1, 4))
    #expect(plan[1].cost == "1 cone of 4 rows")
  }

  @Test func `the Hessian is twice the squares and once the products`() throws {
    var model = Model()
    let x = model.variables("x", over: 0..<3)
    model.minimize(2 * x[0] * x[0] + x[2] * x[0] + 5 * x[2] * x[2] + x[1])
    let reformulation = try Reformulation(model)
    #expect(reformulation.kind == .quadratic)
    let hessian = reformulation.conicForm.hessian
    #expect(hessian.starts == [0, 2, 2, 3])
    #expect(hessian.rowIndices == [0, 2, 2])
    #expect(hessian.values == [4, 1, 10])
  }
}

/// What a solver says about rows and cones comes back as multipliers of the model's own constraints, and the checker
/// proves the optimum with them.
@Suite("Multipliers through bridges")
struct BridgedMultiplierTests {
  private func solve(_ model: Model) throws -> Solution {
    let reformulation = try Reformulation(model)
    let outcome = try InteriorPointSolver().solve(reformulation.form, options: SolveOptions(), context: SolveContext())
    var solution = reformulation.solution(from: outcome, of: model)
    Checker().judge(&solution, of: model)
    return solution
  }

  private func expectProof(_ solution: Solution, _ what: String) {
    #expect(solution.outcome == .optimal && solution.check?.verdict == .confirmed, "\(what): \(solution.summary) \(solution.warnings)")
    #expect((solution.check?.dualityGap ?? 1) <= 1e-6, "\(what)")
  }

  @Test func `every cone's multipliers prove the optimum`() throws {
    let sets: [any VectorSet] = [
      SecondOrderCone(dimension: 4), RotatedSecondOrderCone(dimension: 4), ExponentialCone(), DualExponentialCone(),
      PowerCone(exponent: 0.3), DualPowerCone(exponent: 0.7), NormOneCone(dimension: 4), NormInfinityCone(dimension: 4),
      NormCone(p: 3, dimension: 4), GeometricMeanCone(dimension: 3), GeometricMeanCone(dimension: 4),
      DualGeometricMeanCone(dimension: 4), RelativeEntropyCone(dimension: 5), DualRelativeEntropyCone(dimension: 5),
      Zeros(dimension: 2), Nonnegatives(dimension: 3), Nonpositives(dimension: 3),
      HyperRectangle(lower: [-1, 0, -.infinity], upper: [1, .infinity, 0.5]),
      PositiveSemidefiniteConeTriangle(sideDimension: 3), Scaled(PositiveSemidefiniteConeTriangle(sideDimension: 3)),
      PositiveSemidefiniteConeSquare(sideDimension: 2), HermitianPositiveSemidefiniteConeTriangle(sideDimension: 2),
      NormSpectralCone(rows: 2, columns: 2), NormNuclearCone(rows: 2, columns: 3), RootDetConeTriangle(sideDimension: 2),
      RootDetConeSquare(sideDimension: 2), LogDetConeTriangle(sideDimension: 2), Scaled(LogDetConeTriangle(sideDimension: 2)),
      LogDetConeSquare(sideDimension: 2),
    ]
    for set in sets {
      var random = Random(seed: 11)
      for sense in [ObjectiveSense.minimize, .maximize] {
        var model = Model()
        let n = set.dimension
        let x = model.variables("x", over: 0..<n, in: -3...3)
        let functions = (0..<n).map { x[$0] + 0.25 * x[($0 + 1) % n] + ($0 == 0 ? 0.5 : 0.0) }
        model.subject(to: "set") { ConstraintExpression(functions, in: set) }
        let cost = sum(0..<n) { Double.random(in: -1...1, using: &random) * x[$0] }
        if sense == .minimize { model.minimize(cost) } else { model.maximize(cost) }
        let solution = try solve(model)
        expectProof(solution, "\(set) \(sense)")
        #expect(solution.generalDuals.first?.count == n)
      }
    }
  }

  @Test func `a quadratic constraint's multiplier is its price`() throws {
    var prices: [Double] = []
    for radius in [1.0, 1.0001] {
      var model = Model()
      let x = model.variable("x")
      let y = model.variable("y")
      model.subject(to: "disc") { x * x + 2 * y * y + x <= 4 * radius }
      model.maximize(x + y - 0.1 * x * x)
      let solution = try solve(model)
      expectProof(solution, "disc")
      #expect(solution.generalDuals[0][0] > 0)
      prices.append(try #require(solution.objective))
      if radius == 1 { prices.append(solution.generalDuals[0][0]) }
    }
    #expect(abs((prices[2] - prices[0]) / 4e-4 - prices[1]) <= 1e-3)
  }

  @Test func `nonlinear functions come with multipliers checked in the form`() throws {
    var model = Model()
    let x = model.variable("x")
    let y = model.variable("y", in: 0...10)
    model.subject(to: "curve") { exp(x) <= y }
    model.subject(to: "limit") { y <= 3 }
    model.maximize(x)
    let solution = try solve(model)
    #expect(solution.outcome == .optimal && solution.dualStatus == .feasible)
    // d log(y) / dy at 3, and the price of the curve's right-hand side is the same.
    #expect(abs(solution.rowDuals[0] - 1.0 / 3) <= 1e-6)
    #expect(abs(solution.generalDuals[0][0] - 1.0 / 3) <= 1e-6)
  }

  @Test func `contradicting cones come with a certificate`() throws {
    var model = Model()
    let t = model.variable("t", in: ...1)
    let x = model.variables("x", over: 0..<2)
    model.subject(to: "cone") { ConstraintExpression([t, x[0], x[1]], in: SecondOrderCone(dimension: 3)) }
    model.subject(to: "far") { x[0] + x[1] >= 2 }
    model.minimize(t)
    let solution = try solve(model)
    #expect(solution.outcome == .infeasible && solution.proof == .certificate, "\(solution.summary)")
    guard case .farkas(let rows, let general)? = solution.certificate else {
      Issue.record("no multipliers")
      return
    }
    #expect(rows.count == 1 && general.first?.count == 3)
  }

  @Test func `contradicting discs are proved so in the form`() throws {
    var model = Model()
    let x = model.variable("x")
    let y = model.variable("y")
    model.subject(to: "left") { (x + 2) * (x + 2) + y * y <= 1 }
    model.subject(to: "right") { (x - 2) * (x - 2) + y * y <= 1 }
    model.minimize(y)
    let solution = try solve(model)
    #expect(solution.outcome == .infeasible && solution.proof == .certificate, "\(solution.summary)")
  }

  @Test func `a quadratic objective without end along its flat direction is unbounded`() throws {
    var model = Model()
    let x = model.variable("x")
    let y = model.variable("y")
    model.minimize((x - y) * (x - y) - x - y)
    let solution = try solve(model)
    #expect(solution.outcome == .unbounded || solution.outcome == .infeasibleOrUnbounded, "\(solution.summary)")
    #expect(solution.check?.certificateMargin != nil)
  }
}
