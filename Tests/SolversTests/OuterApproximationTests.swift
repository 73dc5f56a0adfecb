import Constraints
import LinearAlgebra
import Synchronization
import Testing

@testable import Solvers

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

@Suite struct OuterApproximationTests {
  private func outcome(_ form: ConicForm, _ change: (inout SolveOptions) -> Void = { _ in }) throws -> FormOutcome {
    var options = SolveOptions()
    change(&options)
    return try OuterApproximationSolver().solve(.conic(form), options: options, context: SolveContext())
  }

  // MARK: - Against enumeration

  @Test(arguments: WholeConicSamples.Family.allCases)
  func `answers are those of solving for every assignment of whole values`(family: WholeConicSamples.Family) throws {
    var infeasibleCount = 0
    for seed in UInt64(1)...30 {
      let form = WholeConicSamples.form(family, seed: seed)
      let expected = try WholeConicSamples.optimum(form)
      let answer = try outcome(form) {
        $0.presolve = seed % 4 < 2
        $0.heuristics = seed % 5 != 0
      }
      let place = "\(family) \(seed)"
      guard let expected else {
        infeasibleCount += 1
        #expect(answer.outcome == .infeasible, "\(place)")
        continue
      }
      #expect(answer.outcome == .optimal, "\(place)")
      let error = abs((answer.objective ?? .nan) - expected)
      #expect(error <= 3e-6 * max(1, abs(expected)), "\(place): \(error)")
      let isFeasible = form.isFeasible(answer.point, columns: FormColumns(form.linear))
      #expect(isFeasible, "\(place)")
      let distance = abs((answer.objective ?? .nan) - (answer.bound ?? .nan))
      #expect(distance <= 2e-6 * max(1, abs(expected)), "\(place)")
    }
    #expect(infeasibleCount < 15)
  }

  @Test func `the same seed gives the same search`() throws {
    let form = WholeConicSamples.form(.secondOrder, seed: 7)
    let (first, second) = (try outcome(form), try outcome(form))
    #expect(first.point == second.point && first.statistics.nodes == second.statistics.nodes)
    #expect(first.statistics.iterations == second.statistics.iterations)
  }

  // MARK: - Supporting rows

  /// A point of a cone near random coordinates.
  private func inside(_ block: ConeBlock, _ random: inout SplitMix64) -> [Double] {
    var s = (0..<block.dimension).map { _ in Double.random(in: -2...2, using: &random) }
    // Moved along a direction inside of the cone until it holds.
    let direction: [Double] =
      switch block.kind {
      case .rotated, .power: [1, 1, 0]
      case .secondOrder: [1] + [Double](repeating: 0, count: block.dimension - 1)
      case .exponential: [-1, 1, 2]
      case .semidefinite(let order): (0..<order).flatMap { j in (0...j).map { $0 == j ? 1.0 : 0 } }
      }
    var step = 0.01
    while block.violation(of: s) > 0 {
      for k in s.indices { s[k] += step * direction[k] }
      step *= 1.5
    }
    return s
  }

  private func block(_ kind: ConeBlock.Kind, _ dimension: Int) -> ConeBlock {
    var block = ConeBlock(kind)
    for k in 0..<dimension { block.add([(Int32(k), 1.0)]) }
    return block
  }

  @Test func `rows hold in the cone and cut off what lies outside`() {
    let blocks = [
      block(.rotated, 3), block(.secondOrder, 3), block(.secondOrder, 6), block(.exponential, 3), block(.power(0.3), 3),
      block(.semidefinite(order: 2), 3), block(.semidefinite(order: 4), 10),
    ]
    var random = SplitMix64(seed: 11)
    for block in blocks {
      let members = (0..<300).map { _ in inside(block, &random) }
      var multipliers = block.initialMultipliers
      var cutCount = 0
      for _ in 0..<300 {
        let s = (0..<block.dimension).map { _ in Double.random(in: -3...3, using: &random) }
        let violation = block.violation(of: s)
        let cuts = block.cuts(at: s)
        if violation > 1e-3 {
          let isCut = (cuts + block.initialMultipliers).contains { z in zip(z, s).reduce(0) { $0 + $1.0 * $1.1 } < 0 }
          #expect(isCut, "\(block.kind) \(s)")
          cutCount += 1
        }
        if violation > 0 { multipliers += cuts }
      }
      #expect(cutCount > 50)
      // Any multiplier is the sum of the extreme ones that it is taken apart into, so these hold, too.
      multipliers += multipliers.flatMap { block.extremes(of: $0) }
      for z in multipliers {
        let size = z.reduce(0) { max($0, abs($1)) }
        let least = members.map { s in zip(z, s).reduce(0) { $0 + $1.0 * $1.1 } }.min() ?? 0
        #expect(least >= -1e-9 * size, "\(block.kind) \(z)")
      }
    }
  }

  @Test func `rounding errors are no entries of rows`() throws {
    var form = LinearForm()
    _ = form.addColumn(lower: -3, upper: 5)
    _ = form.addColumn(lower: 0, upper: .infinity)
    var block = ConeBlock(.secondOrder)
    block.add([(0, 1e-12), (1, 1)])
    let row = try #require(block.row([1], within: ColumnBounds(form)))
    #expect(row.columns == [1] && row.values == [1])
    // The side gives by what the entry may come to.
    #expect(row.lower == -5e-12)
  }

  // MARK: - Models

  @Test func `a portfolio of few funds is the best of all choices`() throws {
    let earnings = [0.04, 0.07, 0.09, 0.12, 0.06]
    let factor: [[Double]] = [[1, 2, 0, 3, 1], [0, 1, 2, 1, 0], [2, 0, 1, 1, 0.5]]
    func model(_ chosen: Set<Int>?) -> Model {
      var model = Model()
      let share = (0..<5).map { model.variable("share\($0)", in: 0...1) }
      let held = (0..<5).map { model.variable("held\($0)", in: 0...1, .binary) }
      model.subject(to: "whole") { sum(share) == 1 }
      model.subject(to: "earned") { dot(earnings, share) >= 0.08 }
      for i in 0..<5 {
        model.subject(to: "most\(i)") { share[i] <= 0.7 * held[i] }
        model.subject(to: "least\(i)") { share[i] >= 0.2 * held[i] }
        if let chosen { model.fix(held[i], to: chosen.contains(i) ? 1 : 0) }
      }
      model.subject(to: "few") { sum(held) <= 2 }
      var risk = Expression(0.0)
      for row in factor { risk += dot(row, share) ** 2 }
      model.minimize(risk)
      return model
    }
    var best = Double.infinity
    for a in 0..<5 {
      for b in 0...a {
        let part = try model([a, b]).solve()
        if part.outcome == .optimal { best = min(best, part.objective ?? .infinity) }
      }
    }
    let solution = try model(nil).solve()
    #expect(solution.outcome == .optimal)
    #expect(solution.check?.verdict == .confirmed)
    #expect(abs((solution.objective ?? 0) - best) <= 1e-6)
  }

  @Test func `whole coefficients of least squares are the nearest lattice point`() throws {
    let a: [[Double]] = [[1, 2, -1], [3, -1, 2], [0.5, 1, 1], [2, 2, 1]]
    let b = [3.3, 4.1, 2.7, 6.2]
    var model = Model()
    let x = (0..<3).map { model.variable("x\($0)", in: -4...4, .integer) }
    var error = Expression(0.0)
    for (row, value) in zip(a, b) { error += (dot(row, x) - value) ** 2 }
    model.minimize(error)
    var best = Double.infinity
    for code in 0..<729 {
      let point = [Double(code % 9 - 4), Double(code / 9 % 9 - 4), Double(code / 81 - 4)]
      var total = 0.0
      for (row, value) in zip(a, b) {
        let residual = zip(row, point).reduce(-value) { $0 + $1.0 * $1.1 }
        total += residual * residual
      }
      best = min(best, total)
    }
    let solution = try model.solve()
    #expect(solution.outcome == .optimal)
    #expect(abs((solution.objective ?? 0) - best) <= 1e-6)
  }

  @Test func `facilities on a plane serve the nearest customers`() throws {
    // Which of three sites to open, and where to put a depot near the open ones: distances are second-order cones.
    let sites = [(0.0, 0.0), (4.0, 0.0), (0.0, 3.0)]
    let prices = [1.0, 2.0, 1.5]
    var model = Model()
    let (u, v) = (model.variable("u", in: 0...5), model.variable("v", in: 0...5))
    let open = (0..<3).map { model.variable("open\($0)", in: 0...1, .binary) }
    let way = (0..<3).map { model.variable("way\($0)", in: 0...20) }
    for i in 0..<3 {
      // The way counts where the site is open.
      model.subject(to: "way\(i)") { norm2([u - sites[i].0, v - sites[i].1]) <= way[i] + 10 * (1 - open[i]) }
    }
    model.subject(to: "two") { sum(open) >= 2 }
    var cost: Expression = dot(prices, open)
    for distance in way { cost += distance }
    model.minimize(cost)
    let solution = try model.solve()
    // The price of two open sites and their distance: 1 + 2 + 4, 1 + 1.5 + 3 or 2 + 1.5 + 5.
    let best = 5.5
    #expect(solution.outcome == .optimal)
    #expect(abs((solution.objective ?? 0) - best) <= 1e-5)
  }

  @Test func `logarithms of whole numbers are maximized`() throws {
    var model = Model()
    let x = (0..<3).map { model.variable("x\($0)", in: 0...8, .integer) }
    model.subject(to: "budget") { 2 * x[0] + 3 * x[1] + 5 * x[2] <= 23 }
    let weights = [3.0, 4, 5]
    var benefit = Expression(0.0)
    for i in 0..<3 { benefit += weights[i] * log(1 + x[i]) }
    model.maximize(benefit)
    var best = 0.0
    for code in 0..<729 {
      let (p, q, r) = (Double(code % 9), Double(code / 9 % 9), Double(code / 81))
      guard 2 * p + 3 * q + 5 * r <= 23 else { continue }
      var value = 0.0
      for (weight, amount) in zip(weights, [p, q, r]) { value += weight * log(1 + amount) }
      best = max(best, value)
    }
    let solution = try model.solve()
    #expect(solution.outcome == .optimal)
    #expect(abs((solution.objective ?? 0) - best) <= 1e-5)
  }

  @Test func `lazy constraints cut off points that the cones allow`() throws {
    var model = Model()
    let x = model.variable("x", in: 0...9, .integer), y = model.variable("y", in: 0...9, .integer)
    model.subject(to: "disc") { norm2([x - 1, y - 1]) <= 5 }
    model.maximize(x + y)
    let corner = LazyConstraints("corner") { point in point[x] + point[y] > 6.5 ? [x + y <= 6] : [] }
    let solution = try model.solve(lazy: [corner])
    #expect(solution.outcome == .optimal && solution.objective == 6)
    let free = try model.solve()
    #expect(free.outcome == .optimal && free.objective == 9)
  }

  // MARK: - Other answers

  @Test func `no whole point means infeasible`() throws {
    var model = Model()
    let x = model.variable("x", in: 0...3, .integer), y = model.variable("y", in: 0...3, .integer)
    // The disc holds no lattice point.
    model.subject(to: "disc") { (x - 1.5) ** 2 + (y - 1.5) ** 2 <= 0.25 }
    model.minimize(x + y)
    let solution = try model.solve()
    #expect(solution.outcome == .infeasible)
    model.subject(to: "far") { x + y >= 5 }
    let relaxed = try model.solve()
    #expect(relaxed.outcome == .infeasible)
  }

  @Test func `a ray outside of the curved part means unbounded`() throws {
    var model = Model()
    let x = model.variable("x", in: -5...5, .integer), y = model.variable("y", in: 0 ... .infinity)
    let k = model.variable("k", in: 0 ... .infinity, .integer)
    model.minimize((x - 0.4) ** 2 - y - k)
    let solution = try model.solve()
    #expect(solution.outcome == .unbounded)
    model.subject(to: "none") { 2 * k == 5 }
    let empty = try model.solve()
    #expect(empty.outcome == .infeasible)
  }

  @Test func `what is not convex is refused with a reason`() throws {
    var model = Model()
    let x = model.variable("x", in: 0...9, .integer), y = model.variable("y", in: 0...9)
    model.minimize(x * y)
    var message = ""
    do { _ = try model.solve() } catch { message = "\(error)" }
    #expect(message.contains("not convex"))
    var hessian = SparseMatrix(rowCount: 1, columnCount: 1, starts: [0, 1], rowIndices: [0], values: [-2])
    var linear = LinearForm()
    _ = linear.addColumn(lower: 0, upper: 9, isInteger: true)
    #expect(throws: SolverError.self) { try outcome(ConicForm(linear, hessian: hessian)) { $0.presolve = false } }
    hessian.values[0] = .nan
    #expect(throws: SolverError.self) { try outcome(ConicForm(linear, hessian: hessian)) { $0.presolve = false } }
  }

  @Test func `a form without whole columns is solved as it is`() throws {
    var linear = LinearForm()
    _ = linear.addColumn(lower: 0.5, upper: 9, objective: -3)
    let hessian = SparseMatrix(rowCount: 1, columnCount: 1, starts: [0, 1], rowIndices: [0], values: [2])
    let answer = try outcome(ConicForm(linear, hessian: hessian))
    #expect(answer.outcome == .optimal)
    #expect(abs(answer.point[0] - 1.5) < 1e-6)
    linear.isInteger = [1]
    linear.columnLower = [4]
    linear.columnUpper = [4]
    let fixed = try outcome(ConicForm(linear, hessian: hessian))
    #expect(fixed.outcome == .optimal && fixed.point == [4] && fixed.objective == 4)
  }

  @Test func `limits and cancellation end the search with what is known`() throws {
    var linear = LinearForm()
    let n = 20
    for _ in 0..<n { _ = linear.addColumn(lower: 0, upper: 1, objective: -1, isInteger: true) }
    linear.addRow((0..<n).map { ($0, Double(3 + $0 % 7)) }, lower: 31, upper: 32)
    let starts = Array(0...n)
    let rows = (0..<n).map { Int32($0) }
    let hessian = SparseMatrix(
      rowCount: n, columnCount: n, starts: starts, rowIndices: rows, values: (0..<n).map { 1 + Double($0 % 5) / 7 })
    let form = ConicForm(linear, hessian: hessian)
    let limited = try outcome(form) { $0.nodeLimit = 1 }
    #expect([.optimal, .feasible, .unknown].contains(limited.outcome))
    let whole = try outcome(form)
    #expect(whole.outcome == .optimal)
    if let bound = limited.bound, let best = whole.objective { #expect(bound <= best + 1e-6) }
    let cancellation = Cancellation()
    cancellation.cancel()
    let stopped = try OuterApproximationSolver().solve(
      .conic(form), options: SolveOptions(), context: SolveContext(cancellation: cancellation))
    #expect(stopped.termination.reason == .interrupted && stopped.outcome != .optimal)
    var options = SolveOptions()
    options.timeLimit = .zero
    let late = try OuterApproximationSolver().solve(
      .conic(form), options: options, context: SolveContext(deadline: Deadline(after: .zero)))
    #expect(late.termination.reason == .timeLimit && late.outcome != .optimal)
  }

  @Test func `starts and progress are as with any search`() throws {
    var model = Model()
    let x = (0..<4).map { model.variable("x\($0)", in: 0...6, .integer) }
    model.subject(to: "sum") { sum(x) == 11 }
    model.minimize((x[0] - 2.5) ** 2 + 2 * (x[1] - x[2]) ** 2 + (x[3] - 0.5) ** 2)
    let bounds = Mutex<[Double]>([])
    let pipeline = SolvePipeline(heuristics: [StartPoint(name: "mine", points: [[3, 4, 4, 0]])]) { event in
      if case .incumbent(let progress, _) = event, let bound = progress.bound { bounds.withLock { $0.append(bound) } }
    }
    let solution = try pipeline.solve(model)
    #expect(solution.outcome == .optimal)
    #expect(solution.starts.first?.fate == .used)
    let best = solution.objective ?? .nan
    #expect(abs(best - 0.5) < 1e-6)
    let areValid = bounds.withLock { $0.allSatisfy { $0 <= best + 1e-6 } }
    #expect(areValid)
  }

  @Test func `large coefficients keep the answer`() throws {
    for scale in [1e-4, 1.0, 1e5] {
      var model = Model()
      let x = (0..<3).map { model.variable("x\($0)", in: 0...5, .integer) }
      let y = model.variable("y", in: 0 ... (10 * scale))
      model.subject(to: "need") { scale * sum(x) + y >= 7.3 * scale }
      model.minimize(3 * scale * sum(x) + y ** 2 * (1 / scale) + scale * (x[0] - x[1]) ** 2)
      // With k = x₀ + x₁ + x₂ the rest, 7.3 - k, costs its square.
      var best = Double.infinity
      for a in 0...5 {
        for b in 0...5 {
          for c in 0...5 {
            let rest = max(0, 7.3 - Double(a + b + c))
            best = min(best, Double(3 * (a + b + c) + (a - b) * (a - b)) + rest * rest)
          }
        }
      }
      let solution = try model.solve()
      #expect(solution.outcome == .optimal, "\(scale)")
      #expect(abs((solution.objective ?? 0) / scale - best) <= 1e-5 * best, "\(scale)")
    }
  }
}
