import Constraints
import LinearAlgebra
import Testing

@testable import Solvers

@Suite("Stochastic primal-dual method")
struct StochasticPrimalDualTests {
  /// Functions given by closures: estimates at x for a draw, and the gradient of the Lagrangian for weights.
  final class Functions: StochasticOracle {
    var estimates: (UnsafePointer<Double>, StochasticDraw, inout StochasticEstimate) -> Void
    var gradients: (UnsafePointer<Double>, UnsafePointer<Double>, UnsafeMutablePointer<Double>) -> Void

    init(
      _ estimates: @escaping (UnsafePointer<Double>, StochasticDraw, inout StochasticEstimate) -> Void,
      _ gradients: @escaping (UnsafePointer<Double>, UnsafePointer<Double>, UnsafeMutablePointer<Double>) -> Void
    ) {
      self.estimates = estimates
      self.gradients = gradients
    }

    func estimate(at x: UnsafePointer<Double>, draw: StochasticDraw, into estimate: inout StochasticEstimate) {
      estimates(x, draw, &estimate)
    }

    func gradient(
      at x: UnsafePointer<Double>, weights: UnsafePointer<Double>, into result: UnsafeMutablePointer<Double>
    ) { gradients(x, weights, result) }
  }

  /// Least squares `1/2N Σ (aᵢᵀx - bᵢ)²` over minibatches, subject to rows `Cx - d`, of which each minibatch sees some.
  final class LeastSquares: StochasticOracle {
    let n: Int
    var a: [[Double]] = []
    var b: [Double] = []
    var c: [[Double]] = []
    var d: [Double] = []
    let batch: Int
    let seenRows: Int
    private var samples: [Int] = []
    private var rows: [Int] = []

    init(_ n: Int, samples: Int, rows: Int, batch: Int, seenRows: Int? = nil, slack: Double = 0, seed: UInt64) {
      var random = Random(seed: seed)
      self.n = n
      self.batch = batch
      self.seenRows = seenRows ?? rows
      func number() -> Double { Double(random.below(2001)) / 1000 - 1 }
      for _ in 0..<samples {
        a.append((0..<n).map { _ in number() })
        b.append(2 * number())
      }
      for _ in 0..<rows {
        c.append((0..<n).map { _ in number() })
        d.append(slack == 0 ? 0.3 * number() : slack * (1 + abs(number())))
      }
    }

    func estimate(at x: UnsafePointer<Double>, draw: StochasticDraw, into estimate: inout StochasticEstimate) {
      var random = SplitMix64(seed: draw.seed)
      samples = batch == a.count
        ? Array(a.indices) : (0..<batch).map { _ in Int.random(in: 0..<a.count, using: &random) }
      for i in samples {
        let r = dot(a[i], x) - b[i]
        estimate.objective += 0.5 * r * r / Double(batch)
      }
      rows = Array(c.indices)
      if seenRows < c.count {
        let first = Int.random(in: 0..<c.count, using: &random)
        rows = (0..<seenRows).map { (first + $0) % c.count }
      }
      estimate.count = rows.count
      for (k, i) in rows.enumerated() {
        estimate.constraints[k] = Int32(i)
        estimate.values[k] = dot(c[i], x) - d[i]
      }
    }

    func gradient(
      at x: UnsafePointer<Double>, weights: UnsafePointer<Double>, into result: UnsafeMutablePointer<Double>
    ) {
      for j in 0..<n { result[j] = 0 }
      for i in samples {
        let r = (dot(a[i], x) - b[i]) / Double(batch)
        for j in 0..<n { result[j] += r * a[i][j] }
      }
      for (k, i) in rows.enumerated() where weights[k] != 0 {
        for j in 0..<n { result[j] += weights[k] * c[i][j] }
      }
    }

    private func dot(_ a: [Double], _ x: UnsafePointer<Double>) -> Double {
      var sum = 0.0
      for j in 0..<n { sum += a[j] * x[j] }
      return sum
    }

    /// The solution by the interior-point method, with multipliers of `f + λᵀ(Cx - d)`.
    func solution(equations: Bool, box: Double = .infinity) throws -> (point: [Double], multipliers: [Double]) {
      var form = LinearForm()
      for j in 0..<n {
        let cost = a.indices.reduce(0) { $0 - a[$1][j] * b[$1] } / Double(a.count)
        _ = form.addColumn(lower: -box, upper: box, objective: cost)
      }
      for i in c.indices {
        form.addRow(c[i].enumerated().map { ($0, $1) }, lower: equations ? d[i] : -.infinity, upper: d[i])
      }
      var hessian = SparseMatrix(rowCount: n, columnCount: n)
      for j in 0..<n {
        for i in j..<n {
          hessian.rowIndices.append(Int32(i))
          hessian.values.append(a.reduce(0) { $0 + $1[i] * $1[j] } / Double(a.count))
        }
        hessian.starts[j + 1] = hessian.values.count
      }
      let outcome = try InteriorPointSolver().solve(
        .conic(ConicForm(form, hessian: hessian)), options: SolveOptions(), context: SolveContext())
      try #require(outcome.outcome == .optimal)
      return (outcome.point, outcome.rowDuals.map { -$0 })
    }
  }

  func largestGap(_ a: [Double], _ b: [Double]) -> Double { zip(a, b).map { abs($0 - $1) }.max() ?? 0 }

  @Test(arguments: [
    StochasticPrimalDual.Primal.plain(momentum: 0), .plain(momentum: 0.5), .adam(),
  ]) func `least squares under equations reach the solution and its multipliers`(
    primal: StochasticPrimalDual.Primal
  ) throws {
    let oracle = LeastSquares(8, samples: 60, rows: 3, batch: 60, seed: 1)
    let expected = try oracle.solution(equations: true)
    var options = StochasticPrimalDual.Options()
    options.steps = 20_000
    options.primal = primal
    options.primalRate = primal == .adam() ? .init(0.01, scale: 200, power: 1) : .init(0.2)
    options.dualRate = .init(0.1)
    options.penalty = 1
    let problem = StochasticProblem(start: [Double](repeating: 0, count: 8), senses: [.zero, .zero, .zero])
    let run = try StochasticPrimalDual(problem, options: options).run(oracle)
    #expect(run.steps == 20_000)
    #expect(largestGap(run.point, expected.point) < 1e-6)
    #expect(largestGap(run.multipliers, expected.multipliers) < 1e-6)
    #expect((run.records.last?.violation ?? 1) < 1e-6)
  }

  @Test func `minibatches and averaging come near the solution of the expectation`() throws {
    let oracle = LeastSquares(6, samples: 200, rows: 4, batch: 10, slack: 0.02, seed: 2)
    let expected = try oracle.solution(equations: false)
    #expect(expected.multipliers.contains { $0 > 0.01 })
    var options = StochasticPrimalDual.Options()
    options.steps = 150_000
    options.primalRate = .init(0.2, scale: 500)
    options.dualRate = .init(0.2, scale: 500)
    let problem = StochasticProblem(
      start: [Double](repeating: 0, count: 6), senses: [.atMostZero, .atMostZero, .atMostZero, .atMostZero])
    let run = try StochasticPrimalDual(problem, options: options).run(oracle)
    #expect(largestGap(run.average, expected.point) < 0.01)
    #expect(largestGap(run.average, expected.point) <= largestGap(run.point, expected.point))
    #expect(run.multipliers.allSatisfy { $0 >= 0 })
  }

  @Test func `a constraint for each of thousands of samples, seen a few at a time`() throws {
    let oracle = LeastSquares(5, samples: 20, rows: 2000, batch: 20, seenRows: 50, slack: 0.2, seed: 3)
    let expected = try oracle.solution(equations: false)
    var options = StochasticPrimalDual.Options()
    options.steps = 40_000
    options.primalRate = .init(0.1, scale: 1000, power: 1)
    // A constraint is seen once in 40 steps.
    options.dualRate = .init(0.5)
    let problem = StochasticProblem(
      start: [Double](repeating: 0, count: 5), senses: [StochasticProblem.Sense](repeating: .atMostZero, count: 2000))
    let run = try StochasticPrimalDual(problem, options: options).run(oracle)
    #expect(largestGap(run.average, expected.point) < 0.03)
    // All were seen, and few are active.
    #expect(run.multipliers.filter { $0 > 0 }.count < 200)
    #expect((run.records.last?.violation ?? 1) < 0.03)
  }

  @Test func `points stay in their box and in the set that they are projected on`() throws {
    let oracle = LeastSquares(6, samples: 40, rows: 0, batch: 40, seed: 4)
    let expected = try oracle.solution(equations: true, box: 0.1)
    var options = StochasticPrimalDual.Options()
    options.primalRate = .init(0.3)
    options.steps = 3000
    let box = [Double](repeating: 0.1, count: 6)
    var problem = StochasticProblem(start: box.map { 50 * $0 }, senses: [], lower: box.map { -$0 }, upper: box)
    var run = try StochasticPrimalDual(problem, options: options).run(oracle)
    #expect(largestGap(run.point, expected.point) < 1e-6)
    #expect(run.point.contains { abs($0) == 0.1 })
    // The unit ball scaled to 0.1.
    problem.project = { x in
      let size = VectorKernels.norm(6, x)
      if size > 0.1 { VectorKernels.scale(6, 0.1 / size, x) }
    }
    run = try StochasticPrimalDual(problem, options: options).run(oracle)
    let size = run.point.reduce(0) { $0 + $1 * $1 }.squareRoot()
    #expect(abs(size - 0.1) < 1e-9)
  }

  /// `x = 0` with start 1 and no objective: the game x·λ, around whose solution plain steps circle.
  func game(_ change: (inout StochasticPrimalDual.Options) -> Void) throws -> StochasticRun {
    var options = StochasticPrimalDual.Options()
    options.steps = 2000
    options.primalRate = .init(0.1)
    options.dualRate = .init(0.1)
    options.isDualFirst = false
    change(&options)
    let oracle = Functions({ x, _, e in e.values[0] = x[0] }, { _, w, g in g[0] = w[0] })
    let problem = StochasticProblem(start: [1], senses: [.zero])
    return try StochasticPrimalDual(problem, options: options).run(oracle)
  }

  @Test func `the gain and the penalty each stop the circling of plain steps`() throws {
    #expect(abs(try game { _ in }.point[0]) + abs(try game { _ in }.multipliers[0]) > 10)
    let damped = try game { $0.proportionalGain = 5 }
    #expect(abs(damped.point[0]) < 1e-3 && abs(damped.multipliers[0]) < 1e-3)
    let priced = try game { $0.penalty = 1 }
    #expect(abs(priced.point[0]) < 1e-6 && abs(priced.multipliers[0]) < 1e-6)
  }

  @Test func `multipliers of requirements that can't be met grow at the rate of the violation`() throws {
    // Fit one number c to 0 and to 1, each within 0.2 of squared error: at c = 1/2 both miss by 0.05.
    let oracle = Functions(
      { x, _, e in
        e.values[0] = x[0] * x[0] - 0.2
        e.values[1] = (x[0] - 1) * (x[0] - 1) - 0.2
      },
      { x, w, g in g[0] = 2 * w[0] * x[0] + 2 * w[1] * (x[0] - 1) })
    var options = StochasticPrimalDual.Options()
    options.steps = 1000
    options.recordInterval = 500
    let problem = StochasticProblem(start: [0.5], senses: [.atMostZero, .atMostZero])
    let run = try StochasticPrimalDual(problem, options: options).run(oracle)
    for multiplier in run.multipliers { #expect(abs(multiplier - 0.05 * 0.01 * 1000) < 1e-9) }
    #expect(run.records.map(\.step) == [500, 1000])
    #expect(run.records.allSatisfy { abs($0.violation - 0.05) < 1e-9 && $0.violatedShare == 1 })
  }

  @Test func `restarting duals drops a multiplier once its constraint holds`() throws {
    var options = StochasticPrimalDual.Options()
    options.steps = 50
    options.primalRate = .init(0.1)
    options.dualRate = .init(0.1)
    let oracle = Functions({ x, _, e in e.values[0] = 1 - x[0] }, { _, w, g in g[0] = -w[0] })
    let problem = StochasticProblem(start: [0], senses: [.atMostZero])
    let plain = try StochasticPrimalDual(problem, options: options).run(oracle)
    options.restartsDuals = true
    let restarted = try StochasticPrimalDual(problem, options: options).run(oracle)
    #expect(restarted.multipliers == [0])
    #expect(restarted.point[0] >= 1)
    #expect(restarted.point[0] < plain.point[0])
  }

  @Test func `the same seed gives the same iterates, another seed others`() throws {
    func run(_ seed: UInt64) throws -> StochasticRun {
      let oracle = LeastSquares(4, samples: 50, rows: 2, batch: 5, seed: 5)
      var options = StochasticPrimalDual.Options()
      options.seed = seed
      options.steps = 500
      options.primal = .adam()
      options.proportionalGain = 2
      options.smoothing = 0.9
      let problem = StochasticProblem(start: [0, 0, 0, 0], senses: [.zero, .atMostZero])
      return try StochasticPrimalDual(problem, options: options).run(oracle)
    }
    let first = try run(7), second = try run(7), other = try run(8)
    #expect(first.point == second.point && first.multipliers == second.multipliers)
    #expect(first.average == second.average)
    #expect(first.point != other.point)
  }

  @Test func `numbers that are not finite are named with their step`() throws {
    func message(_ oracle: Functions) -> String {
      var options = StochasticPrimalDual.Options()
      options.steps = 10
      let problem = StochasticProblem(start: [1, 1], senses: [.zero, .atMostZero])
      do {
        _ = try StochasticPrimalDual(problem, options: options).run(oracle)
        return ""
      } catch { return error.rendered }
    }
    let quiet: (UnsafePointer<Double>, UnsafePointer<Double>, UnsafeMutablePointer<Double>) -> Void = { _, _, g in
      (g[0], g[1]) = (0, 0)
    }
    let value = message(
      Functions({ _, d, e in (e.values[0], e.values[1]) = (0, d.step == 3 ? .nan : 0) }, quiet))
    #expect(value.contains("constraint 1 is nan at step 3"))
    let objective = message(Functions({ _, _, e in e.objective = .infinity }, quiet))
    #expect(objective.contains("objective is inf at step 0"))
    let gradient = message(Functions({ _, _, e in e.count = 0 }, { _, _, g in (g[0], g[1]) = (0, .nan) }))
    #expect(gradient.contains("variable 1 at step 0"))
    let number = message(
      Functions(
        { _, _, e in
          e.count = 1
          e.constraints[0] = 2
          e.values[0] = 0
        }, quiet))
    #expect(number.contains("constraint 2 of 2"))
  }

  @Test func `inputs that contradict each other are refused`() {
    func isRefused(
      _ problem: StochasticProblem, _ options: StochasticPrimalDual.Options = StochasticPrimalDual.Options()
    ) -> Bool {
      do {
        _ = try StochasticPrimalDual(problem, options: options)
        return false
      } catch { return true }
    }
    #expect(!isRefused(StochasticProblem(start: [], senses: [])))
    #expect(isRefused(StochasticProblem(start: [.nan], senses: [])))
    #expect(isRefused(StochasticProblem(start: [1], senses: [], lower: [1, 2])))
    #expect(isRefused(StochasticProblem(start: [1], senses: [], lower: [2], upper: [1])))
    #expect(isRefused(StochasticProblem(start: [1], senses: [], lower: [.nan])))
    var problem = StochasticProblem(start: [1], senses: [.zero])
    problem.startMultipliers = [1, 2]
    #expect(isRefused(problem))
    var options = StochasticPrimalDual.Options()
    options.smoothing = 1
    #expect(isRefused(StochasticProblem(start: [1], senses: []), options))
  }

  @Test func `a cancelled run gives what it has`() throws {
    let cancellation = Cancellation()
    let oracle = Functions(
      { x, draw, e in
        if draw.step == 99 { cancellation.cancel() }
        e.values[0] = x[0]
      }, { _, w, g in g[0] = w[0] })
    let problem = StochasticProblem(start: [1], senses: [.zero])
    let run = try StochasticPrimalDual(problem).run(oracle, context: SolveContext(cancellation: cancellation))
    #expect(run.steps == 100)
    #expect(run.termination.reason == .interrupted)
    #expect(run.point[0].isFinite && run.average.isEmpty)
    let short = try StochasticPrimalDual(problem).run(oracle, observe: { record, _ in record.step >= 2000 })
    #expect(short.steps == 2000)
  }
}
