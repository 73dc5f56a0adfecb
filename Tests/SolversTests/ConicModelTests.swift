import Constraints
import Testing

@testable import Solvers

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Models with cones whose optima are known in closed form, on random data; points and duals are judged by the checker
/// against the model itself.
@Suite("Conic models with known optima")
struct ConicModelTests {
  private func solved(_ model: Model) throws -> Solution {
    var options = SolveOptions()
    options.solver = "interior"
    return try model.solve(options: options)
  }

  private func optimum(
    _ model: Model, _ value: Double, _ comment: String = "", tolerance: Double = 2e-7,
    location: SourceLocation = #_sourceLocation
  ) throws {
    let solution = try solved(model)
    let text = "\(comment) \(solution.warnings.map(\.message))"
    #expect(solution.outcome == .optimal, "\(text)", sourceLocation: location)
    #expect(solution.check?.verdict == .confirmed, "\(text)", sourceLocation: location)
    let objective = solution.objective ?? .nan
    #expect(
      abs(objective - value) <= tolerance * max(1, abs(value)), "\(objective) instead of \(value) \(text)",
      sourceLocation: location)
    // Dual feasibility, and complementarity through the duality gap, in the model's own coordinates.
    #expect(solution.check?.dualResidual ?? .infinity <= 1e-6, "\(text)", sourceLocation: location)
    #expect(solution.check?.dualityGap ?? .infinity <= 1e-6, "\(text)", sourceLocation: location)
  }

  // MARK: - Random data

  private struct Data {
    var samples: ConeSamples
    init(_ seed: Int) { samples = ConeSamples(seed: UInt64(seed)) }
    mutating func vector(_ n: Int) -> [Double] { (0..<n).map { _ in samples.normal() } }
    mutating func positive(_ n: Int) -> [Double] { (0..<n).map { _ in samples.positive() } }
    /// H diag(values) K for reflections H and K, `values.count` rows and `columns` columns; K = H for symmetric matrices.
    mutating func matrix(_ values: [Double], columns: Int? = nil) -> [[Double]] {
      func reflection(_ v: [Double]) -> [[Double]] {
        let square = v.reduce(0) { $0 + $1 * $1 }
        return v.indices.map { i in v.indices.map { j in (i == j ? 1 : 0) - 2 * v[i] * v[j] / square } }
      }
      let left = reflection(vector(values.count))
      let right = columns.map { reflection(vector($0)) } ?? left
      return left.indices.map { i in
        right.indices.map { j in values.indices.reduce(0) { $0 + left[i][$1] * values[$1] * right[$1][j] } }
      }
    }
  }

  private func norm(_ x: [Double]) -> Double { x.reduce(0) { $0 + $1 * $1 }.squareRoot() }

  /// Places of the upper triangle of a matrix, column by column.
  private func triangle(_ n: Int) -> [(row: Int, column: Int)] { (0..<n).flatMap { j in (0...j).map { ($0, j) } } }

  /// tr(SX) for X given by its upper triangle.
  private func trace(_ s: [[Double]], _ x: VariableFamily<Int>) -> Expression {
    var sum = Expression(0.0)
    for (k, place) in triangle(s.count).enumerated() {
      sum = sum + (place.row == place.column ? 1.0 : 2.0) * s[place.row][place.column] * x[k]
    }
    return sum
  }

  // MARK: - Projections

  @Test(arguments: 0..<12) func `distance to a second-order cone`(seed: Int) throws {
    var data = Data(seed)
    let n = 2 + seed % 5
    let a = data.vector(n + 1)
    let length = norm(Array(a.dropFirst()))
    let distance = length <= a[0] ? 0 : length <= -a[0] ? norm(a) : (length - a[0]) / 2.0.squareRoot()
    var model = Model()
    let d = model.variable("d")
    let x = model.variables("x", over: 0...n)
    model.subject(to: "distance") {
      ConstraintExpression([d.expression] + (0...n).map { x[$0] - a[$0] }, in: SecondOrderCone(dimension: n + 2))
    }
    model.subject(to: "cone") {
      ConstraintExpression((0...n).map { x[$0].expression }, in: SecondOrderCone(dimension: n + 1))
    }
    model.minimize(d.expression)
    try optimum(model, distance, "seed \(seed)")
  }

  @Test(arguments: [2, 3, 6, 9, 12]) func `distance to the semidefinite matrices`(n: Int) throws {
    var data = Data(n)
    let values = data.vector(n)
    let a = data.matrix(values)
    let places = triangle(n)
    var model = Model()
    let d = model.variable("d")
    let x = model.variables("x", over: 0..<places.count)
    model.subject(to: "distance") {
      ConstraintExpression(
        [d.expression]
          + places.enumerated().map { k, place in
            (place.row == place.column ? 1 : 2.0.squareRoot()) * (x[k] - a[place.row][place.column])
          }, in: SecondOrderCone(dimension: places.count + 1))
    }
    model.subject(to: "cone") {
      ConstraintExpression(places.indices.map { x[$0].expression }, in: PositiveSemidefiniteConeTriangle(sideDimension: n))
    }
    model.minimize(d.expression)
    try optimum(model, norm(values.filter { $0 < 0 }), "order \(n)")
  }

  // MARK: - Means, norms and entropies

  @Test(arguments: 0..<6) func `least cost of a product`(seed: Int) throws {
    // 2xy >= 1 with costs a and b: √(2ab).
    var data = Data(100 + seed)
    let cost = data.positive(2)
    var model = Model()
    let x = model.variables("x", over: 0..<2)
    model.subject(to: "product") {
      ConstraintExpression([x[0].expression, x[1].expression, Expression(1.0)], in: RotatedSecondOrderCone(dimension: 3))
    }
    model.minimize(cost[0] * x[0] + cost[1] * x[1])
    try optimum(model, (2 * cost[0] * cost[1]).squareRoot(), "seed \(seed)")
  }

  @Test(arguments: 2...7) func `largest geometric mean under a budget`(n: Int) throws {
    var data = Data(200 + n)
    let cost = data.positive(n)
    var model = Model()
    let t = model.variable("t")
    let x = model.variables("x", over: 0..<n)
    model.subject(to: "mean") {
      ConstraintExpression([t.expression] + (0..<n).map { x[$0].expression }, in: GeometricMeanCone(dimension: n + 1))
    }
    var spent = Expression(0.0)
    for i in 0..<n { spent = spent + cost[i] * x[i] }
    model.subject(to: "budget") { spent <= 3.0 }
    model.maximize(t.expression)
    try optimum(model, 3 / Double(n) / exp(cost.reduce(0) { $0 + log($1) } / Double(n)), "of \(n)")
  }

  @Test(arguments: [0.5, 0.3, 0.9, 0.05]) func `largest weighted product under a budget`(a: Double) throws {
    var data = Data(300)
    let cost = data.positive(2)
    var model = Model()
    let x = model.variables("x", over: 0..<3)
    model.subject(to: "product") {
      ConstraintExpression((0..<3).map { x[$0].expression }, in: PowerCone(exponent: a))
    }
    model.subject(to: "budget") { cost[0] * x[0] + cost[1] * x[1] <= 2.0 }
    model.maximize(x[2].expression)
    try optimum(model, pow(2 * a / cost[0], a) * pow(2 * (1 - a) / cost[1], 1 - a), "exponent \(a)")
  }

  @Test(arguments: 3...6) func `nearest distribution with one probability given`(n: Int) throws {
    var data = Data(400 + n)
    let weights = data.positive(n)
    let p = weights.map { $0 / weights.reduce(0, +) }
    let a = 0.7
    var model = Model()
    let u = model.variable("u")
    let w = model.variables("w", over: 0..<n)
    model.subject(to: "entropy") {
      ConstraintExpression(
        [u.expression] + p.map { Expression($0) } + (0..<n).map { w[$0].expression },
        in: RelativeEntropyCone(dimension: 2 * n + 1))
    }
    var total = Expression(0.0)
    for i in 0..<n { total = total + w[i] }
    model.subject(to: "total") { total == 1.0 }
    model.subject(to: "given") { w[0].expression == a }
    model.minimize(u.expression)
    try optimum(model, a * log(a / p[0]) + (1 - a) * log((1 - a) / (1 - p[0])), "of \(n)")
  }

  @Test(arguments: [1.5, 2, 3, 7.5]) func `smallest norm on a plane is one over the dual norm`(p: Double) throws {
    var data = Data(500)
    let c = data.vector(4)
    var model = Model()
    let t = model.variable("t")
    let x = model.variables("x", over: 0..<4)
    model.subject(to: "norm") {
      ConstraintExpression([t.expression] + (0..<4).map { x[$0].expression }, in: NormCone(p: p, dimension: 5))
    }
    var product = Expression(0.0)
    for i in 0..<4 { product = product + c[i] * x[i] }
    model.subject(to: "plane") { product == 1.0 }
    model.minimize(t.expression)
    let q = p / (p - 1)
    try optimum(model, 1 / pow(c.reduce(0) { $0 + pow(abs($1), q) }, 1 / q), "p = \(p)")
  }

  // MARK: - Eigenvalues and singular values

  @Test(arguments: [2, 5, 10, 16]) func `largest eigenvalue`(n: Int) throws {
    var data = Data(600 + n)
    let values = data.vector(n)
    let a = data.matrix(values)
    var model = Model()
    let t = model.variable("t")
    model.subject(to: "cone") {
      ConstraintExpression(
        triangle(n).map { $0.row == $0.column ? t - a[$0.row][$0.column] : Expression(-a[$0.row][$0.column]) },
        in: PositiveSemidefiniteConeTriangle(sideDimension: n))
    }
    model.minimize(t.expression)
    try optimum(model, values.max()!, "order \(n)")
  }

  @Test(arguments: [2, 5, 10, 16]) func `largest eigenvalue as the largest product with a matrix of trace 1`(n: Int) throws {
    var data = Data(600 + n)
    let values = data.vector(n)
    let a = data.matrix(values)
    let places = triangle(n)
    var model = Model()
    let x = model.variables("x", over: 0..<places.count)
    model.subject(to: "cone") {
      ConstraintExpression(places.indices.map { x[$0].expression }, in: PositiveSemidefiniteConeTriangle(sideDimension: n))
    }
    let identity = (0..<n).map { i in (0..<n).map { $0 == i ? 1.0 : 0 } }
    model.subject(to: "trace") { trace(identity, x) == 1.0 }
    model.maximize(trace(a, x))
    try optimum(model, values.max()!, "order \(n)")
  }

  @Test func `sum of singular values`() throws {
    var data = Data(700)
    let values = [3.0, 1.25, 0.5]
    let a = data.matrix(values, columns: 4)
    var model = Model()
    let t = model.variable("t")
    model.subject(to: "norm") {
      ConstraintExpression(
        [t.expression] + (0..<4).flatMap { j in (0..<3).map { Expression(a[$0][j]) } }, in: NormNuclearCone(rows: 3, columns: 4))
    }
    model.minimize(t.expression)
    try optimum(model, 4.75)
  }

  @Test func `largest singular value`() throws {
    var data = Data(701)
    let a = data.matrix([3, 1.25, 0.5], columns: 4)
    var model = Model()
    let t = model.variable("t")
    model.subject(to: "norm") {
      ConstraintExpression(
        [t.expression] + (0..<4).flatMap { j in (0..<3).map { Expression(a[$0][j]) } }, in: NormSpectralCone(rows: 3, columns: 4))
    }
    model.minimize(t.expression)
    try optimum(model, 3)
  }

  @Test(arguments: [2, 4]) func `largest determinant under a weighted trace`(n: Int) throws {
    // tr(SX) = n gives X = S⁻¹.
    var data = Data(800 + n)
    let values = data.positive(n)
    let s = data.matrix(values)
    let places = triangle(n)
    let logarithm = -values.reduce(0) { $0 + log($1) }
    for isRoot in [false, true] {
      var model = Model()
      let t = model.variable("t")
      let x = model.variables("x", over: 0..<places.count)
      let members = places.indices.map { x[$0].expression }
      model.subject(to: "determinant") {
        if isRoot {
          ConstraintExpression([t.expression] + members, in: RootDetConeTriangle(sideDimension: n))
        } else {
          ConstraintExpression([t.expression, Expression(1.0)] + members, in: LogDetConeTriangle(sideDimension: n))
        }
      }
      model.subject(to: "trace") { trace(s, x) == Double(n) }
      model.maximize(t.expression)
      try optimum(model, isRoot ? exp(logarithm / Double(n)) : logarithm, "order \(n), root \(isRoot)")
    }
  }

  // MARK: - Certificates

  @Test(arguments: 0..<6) func `constraints that exclude each other are refuted by multipliers`(kind: Int) throws {
    var model = Model()
    let x = model.variables("x", over: 0..<6)
    let (sets, sides): ([any VectorSet], ClosedRange<Double>) =
      switch kind {
      case 0: ([SecondOrderCone(dimension: 3)], -2.0 ... -1)
      case 1: ([RotatedSecondOrderCone(dimension: 3)], -2.0 ... -1)
      case 2: ([PowerCone(exponent: 0.3)], -2.0 ... -1)
      case 3: ([PositiveSemidefiniteConeTriangle(sideDimension: 2)], -2.0 ... -1)
      case 4: ([SecondOrderCone(dimension: 3), RotatedSecondOrderCone(dimension: 3)], -4.0 ... -3)
      default: ([GeometricMeanCone(dimension: 3), PositiveSemidefiniteConeTriangle(sideDimension: 2)], -2.0 ... -1)
      }
    var first = 0
    for (k, set) in sets.enumerated() {
      let members = (first..<first + set.dimension).map { x[$0].expression }
      model.subject(to: "cone \(k)") { ConstraintExpression(members, in: set) }
      first += set.dimension
    }
    // A sum that no point of the cones can bring below zero.
    let last = sets.last is GeometricMeanCone ? 1 : first - sets.last!.dimension
    model.subject(to: "side") { ConstraintExpression(x[last].expression, in: ScalarSet(lower: sides.lowerBound, upper: sides.upperBound)) }
    model.minimize(x[1] + x[2])
    let solution = try solved(model)
    #expect(solution.outcome == .infeasible)
    #expect(solution.proof == .certificate)
    #expect(solution.check?.verdict == .confirmed)
    #expect(solution.check?.certificateMargin ?? 0 > 0)
  }

  @Test(arguments: 0..<5) func `costs that fall along a cone are unbounded`(kind: Int) throws {
    let (set, rising): (any VectorSet, Int) =
      switch kind {
      case 0: (SecondOrderCone(dimension: 4), 1)
      case 1: (RotatedSecondOrderCone(dimension: 4), 2)
      case 2: (ExponentialCone(), 2)
      case 3: (PowerCone(exponent: 0.3), 2)
      default: (PositiveSemidefiniteConeTriangle(sideDimension: 3), 4)
      }
    var model = Model()
    let x = model.variables("x", over: 0..<set.dimension)
    model.subject(to: "cone") { ConstraintExpression((0..<set.dimension).map { x[$0].expression }, in: set) }
    model.subject(to: "row") { x[0] + x[rising] >= 1.0 }
    model.maximize(x[rising].expression)
    let solution = try solved(model)
    #expect(solution.outcome == .unbounded)
    guard case .ray(let direction) = solution.certificate else {
      Issue.record("no ray")
      return
    }
    #expect(direction[rising] > 0 && direction[0] + direction[rising] >= -1e-9)
    let scale = direction.reduce(0) { max($0, abs($1)) }
    #expect(set.violation(at: direction.map { $0 / scale }) <= 1e-7)
  }
}
