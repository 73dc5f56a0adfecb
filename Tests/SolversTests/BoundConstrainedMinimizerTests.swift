import Foundation
import LinearAlgebra
import Solvers
import Testing

/// A function of a closure.
private final class Sample: SmoothFunction {
  let variableCount: Int
  let body: ([Double]) -> (Double, [Double])
  var curvatures: [Double]?

  init(_ count: Int, curvatures: [Double]? = nil, _ body: @escaping ([Double]) -> (Double, [Double])) {
    variableCount = count
    self.body = body
    self.curvatures = curvatures
  }

  func value(at x: UnsafePointer<Double>, gradient: UnsafeMutablePointer<Double>) -> Double {
    let (f, g) = body(Array(UnsafeBufferPointer(start: x, count: variableCount)))
    for k in 0..<variableCount { gradient[k] = g[k] }
    return f
  }

  func curvature(into result: UnsafeMutablePointer<Double>) {
    for k in 0..<variableCount { result[k] = curvatures?[k] ?? 1 }
  }
}

@Suite struct BoundConstrainedMinimizerTests {
  private static func minimize(
    _ function: Sample, from start: [Double], lower: Double = -.infinity, upper: Double = .infinity,
    _ change: (inout BoundConstrainedMinimizer.Options) -> Void = { _ in }
  ) -> (x: [Double], outcome: BoundConstrainedMinimizer.Outcome) {
    var options = BoundConstrainedMinimizer.Options()
    options.gradientTolerance = 1e-9
    options.relativeDecrease = 0
    change(&options)
    let n = function.variableCount
    let minimizer = BoundConstrainedMinimizer(
      function, lower: [Double](repeating: lower, count: n), upper: [Double](repeating: upper, count: n),
      options: options)
    var x = start
    let outcome = minimizer.minimize(&x)
    return (x, outcome)
  }

  /// `½ Σ cₖ (xₖ - tₖ)² + ½ (Σ xₖ)²`.
  private static func quadratic(_ c: [Double], _ t: [Double], curvatures: [Double]? = nil) -> Sample {
    Sample(c.count, curvatures: curvatures) { x in
      let sum = x.reduce(0, +)
      var f = 0.5 * sum * sum
      var g = [Double](repeating: sum, count: x.count)
      for k in x.indices {
        let r = x[k] - t[k]
        f += 0.5 * c[k] * r * r
        g[k] += c[k] * r
      }
      return (f, g)
    }
  }

  @Test func `the curved valley's minimum is found without bounds`() {
    let rosenbrock = Sample(2) { x in
      let a = 1 - x[0], b = x[1] - x[0] * x[0]
      return (a * a + 100 * b * b, [-2 * a - 400 * x[0] * b, 200 * b])
    }
    let (x, outcome) = Self.minimize(rosenbrock, from: [-1.2, 1])
    #expect(outcome.end == .converged)
    let error = max(abs(x[0] - 1), abs(x[1] - 1))
    #expect(error <= 1e-7)
  }

  @Test func `at bounds the gradient points out and elsewhere it is zero`() {
    let count = 37
    var random = SplitMix64(seed: 3)
    let c = (0..<count).map { _ in Double.random(in: 0.1...50, using: &random) }
    let t = (0..<count).map { _ in Double.random(in: -3...3, using: &random) }
    let function = Self.quadratic(c, t)
    let start = [Double](repeating: 0.5, count: count)
    let (x, outcome) = Self.minimize(function, from: start, lower: 0, upper: 1)
    #expect(outcome.end == .converged)
    let g = function.body(x).1
    for k in 0..<count {
      #expect(x[k] >= 0 && x[k] <= 1)
      let isRight = x[k] == 0 ? g[k] >= 0 : x[k] == 1 ? g[k] <= 0 : abs(g[k]) <= 1e-8
      #expect(isRight)
    }
    #expect(x.contains(0) && x.contains(1))
  }

  @Test func `known curvature saves steps where scales differ`() {
    let count = 40
    let c = (0..<count).map { pow(10, Double($0 % 8)) }
    let t = (0..<count).map { Double($0) / 10 - 2 }
    let start = [Double](repeating: 0, count: count)
    let plain = Self.minimize(Self.quadratic(c, t), from: start).outcome
    let scaled = Self.minimize(Self.quadratic(c, t, curvatures: c), from: start).outcome
    #expect(scaled.end == .converged)
    #expect(scaled.iterations * 2 < plain.iterations)
    let difference = abs(scaled.value - plain.value)
    #expect(difference <= 1e-9 * abs(plain.value))
  }

  @Test func `steps to where the function is not defined are shortened`() {
    let barrier = Sample(1) { x in x[0] > 0 ? (x[0] - log(x[0]), [1 - 1 / x[0]]) : (.nan, [.nan]) }
    let (x, outcome) = Self.minimize(barrier, from: [100])
    #expect(outcome.end == .converged)
    #expect(abs(x[0] - 1) <= 1e-6)
    #expect(Self.minimize(barrier, from: [-1]).outcome.end == .undefinedStart)
  }

  @Test func `a start outside the bounds is moved, and fixed variables stay`() {
    let function = Self.quadratic([1, 1], [5, 5])
    var options = BoundConstrainedMinimizer.Options()
    options.gradientTolerance = 1e-10
    let minimizer = BoundConstrainedMinimizer(function, lower: [2, 0], upper: [2, 1e9], options: options)
    var x = [-7.0, -7.0]
    let outcome = minimizer.minimize(&x)
    #expect(outcome.end == .converged || outcome.end == .smallDecrease)
    #expect(x[0] == 2)
    #expect(abs(x[1] - 1.5) <= 1e-8)
  }

  @Test func `limits and requests end a minimization`() {
    let function = Self.quadratic([1, 1000, 1e6], [1, 2, 3])
    #expect(Self.minimize(function, from: [0, 0, 0]) { $0.iterationLimit = 1 }.outcome.end == .iterationLimit)
    #expect(Self.minimize(function, from: [0, 0, 0]) { $0.relativeDecrease = 0.9 }.outcome.end == .smallDecrease)
    let cancellation = Cancellation()
    cancellation.cancel()
    let minimizer = BoundConstrainedMinimizer(
      function, lower: [-9, -9, -9], upper: [9, 9, 9], options: BoundConstrainedMinimizer.Options())
    var x = [0.0, 0, 0]
    #expect(minimizer.minimize(&x, context: SolveContext(cancellation: cancellation)).end == .stopped)
  }

  @Test func `without variables there is nothing to do`() {
    let nothing = Sample(0) { _ in (4, []) }
    let outcome = Self.minimize(nothing, from: []).outcome
    #expect(outcome.end == .converged && outcome.value == 4)
  }
}
