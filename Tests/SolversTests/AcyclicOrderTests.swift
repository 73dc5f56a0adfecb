import Constraints
import Foundation
import LinearAlgebra
import Testing

@testable import Solvers

/// Second moments of samples of a random linear model.
private func moments(_ d: Int, seed: UInt64, samples: Int = 60) -> [[Double]] {
  var random = SplitMix64(seed: seed)
  func normal() -> Double {
    let u = Double.random(in: 0..<1, using: &random), v = Double.random(in: 0..<1, using: &random)
    return (-2 * log(1 - u)).squareRoot() * cos(2 * .pi * v)
  }
  let order = Array(0..<d).shuffled(using: &random)
  var weight = [Double](repeating: 0, count: d * d)
  for a in 0..<d {
    for b in (a + 1)..<max(d, a + 1) where Bool.random(using: &random) {
      weight[order[a] * d + order[b]] = Double.random(in: 0.5...1.5, using: &random) * (Bool.random(using: &random) ? 1 : -1)
    }
  }
  var s = [[Double]](repeating: [Double](repeating: 0, count: d), count: d)
  for _ in 0..<samples {
    var x = [Double](repeating: 0, count: d)
    for j in order {
      x[j] = normal()
      for i in 0..<d { x[j] += weight[i * d + j] * x[i] }
    }
    for i in 0..<d { for j in 0..<d { s[i][j] += x[i] * x[j] / Double(samples) } }
  }
  return s
}

/// `½ tr (I - W)ᵀ S (I - W) + λ Σ |W|` with W acyclic.
private func regression(_ s: [[Double]], lambda: Double = 0, bound: Double = .infinity) -> Model {
  let d = s.count
  var model = Model("regression")
  let pairs = product(0..<d, 0..<d).filter { $0.first != $0.second }
  let set = ScalarSet(lower: -bound, upper: bound)
  let w = model.variables("W", over: pairs, in: set)
  var total = Expression()
  for j in 0..<d {
    total += 0.5 * s[j][j]
    for i in 0..<d where i != j {
      total.add(-s[i][j], w[i, j])
      for k in 0..<d where k != j { total.add(0.5 * s[i][k], w[i, j], w[k, j]) }
    }
  }
  if lambda > 0 { for variable in w { total.add(.apply(.abs, [variable.expression]), scale: lambda) } }
  model.minimize(total)
  model.subject(to: "dag") { acyclic(w) }
  return model
}

/// The least of `½ wᵀ S(P, P) w - S(P, j)ᵀ w + ½ S(j, j) + λ |w|` by cyclic descent with many sweeps.
private func cost(_ s: [[Double]], _ j: Int, _ parents: [Int], _ lambda: Double) -> Double {
  var w = [Double](repeating: 0, count: s.count)
  for _ in 0..<20_000 {
    var change = 0.0
    for i in parents {
      var g = s[i][j]
      for k in parents where k != i { g -= s[i][k] * w[k] }
      let next = (abs(g) > lambda ? (g > 0 ? g - lambda : g + lambda) : 0) / s[i][i]
      change = max(change, abs(next - w[i]))
      w[i] = next
    }
    if change < 1e-14 { break }
  }
  var total = 0.5 * s[j][j]
  for i in parents {
    total += lambda * abs(w[i]) - s[i][j] * w[i]
    for k in parents { total += 0.5 * s[i][k] * w[i] * w[k] }
  }
  return total
}

private func least(_ s: [[Double]], _ lambda: Double) -> Double {
  let d = s.count
  var known: [Int: Double] = [:]
  return orders(d).reduce(.infinity) { best, order in
    var total = 0.0
    var before = 0
    for j in order {
      let key = before * d + j
      if known[key] == nil { known[key] = cost(s, j, (0..<d).filter { before >> $0 & 1 == 1 }, lambda) }
      total += known[key] ?? 0
      before |= 1 << j
    }
    return min(best, total)
  }
}

@Suite("Orders of acyclic models")
struct AcyclicOrderTests {
  @Test(arguments: [0, 0.15])
  func `the order search finds the best regressions of small graphs`(_ lambda: Double) throws {
    for seed in 1...4 {
      for d in [2, 4, 6] {
        let s = moments(d, seed: UInt64(seed))
        let model = regression(s, lambda: lambda)
        var problem = try #require(ColumnRegressions(model))
        let order = problem.bestOrder(restarts: 20, seed: 1, from: [], until: { false })
        let point = problem.point(of: order)
        let report = Checker().check(point: point, of: model)
        #expect(report.verdict == .confirmed)
        let expected = least(s, lambda)
        #expect(abs((report.objective ?? .nan) - expected) <= 1e-8 * max(1, expected))
      }
    }
  }

  @Test func `costs agree with those of the model left by an order`() throws {
    for (lambda, bound) in [(0.0, Double.infinity), (0.1, .infinity), (0, 0.4), (0.05, 0.3)] {
      let model = regression(moments(5, seed: 12), lambda: lambda, bound: bound)
      var problem = try #require(ColumnRegressions(model))
      let order = [3, 1, 4, 0, 2]
      let solution = try model.restricted(model.acyclicConstraints, to: [order]).solve()
      let value = Checker().objective(of: problem.point(of: order), in: model)
      #expect(abs(value - (solution.objective ?? .nan)) <= 1e-6)
      // The same as the sum of the nodes' costs, up to the constant.
      var total = 0.0
      var before: UInt128 = 0
      for j in order {
        total += problem.cost(of: j, within: before)
        before |= UInt128(1) << UInt128(j)
      }
      let constant = Checker().objective(of: [Double](repeating: 0, count: model.variableCount), in: model)
      #expect(abs(total + constant - value) <= 1e-9 * max(1, abs(value)))
    }
  }

  @Test(arguments: AcyclicityFunction.Kind.allCases)
  func `entries without bounds go by smooth functions and orders`(_ kind: AcyclicityFunction.Kind) throws {
    for (seed, lambda) in [(1, 0.0), (2, 0.1), (3, 0)] {
      let s = moments(5, seed: UInt64(seed))
      let model = regression(s, lambda: lambda)
      var options = SolveOptions()
      options.acyclicity = kind
      // The smooth solve for one, regressions of the nodes alone for the others.
      if seed == 1 { options.solver = "auglag" }
      let solution = try model.solve(options: options)
      #expect(solution.outcome == .locallyOptimal, "\(solution.outcome) \(solution.warnings)")
      #expect(solution.check?.verdict == .confirmed)
      let expected = least(s, lambda)
      #expect(abs((solution.objective ?? .nan) - expected) <= 1e-5 * max(1, expected))
    }
  }

  @Test func `the smooth solve alone leads to an order near the best`() throws {
    // A model with a row more, which the search by regressions does not take.
    let s = moments(5, seed: 31)
    var model = regression(s)
    let w = try #require(model.variable(named: "W[0,1]"))
    let v = try #require(model.variable(named: "W[2,3]"))
    model.subject(to: "more") { w + v <= 10 }
    #expect(ColumnRegressions(model) == nil)
    let solution = try model.solve()
    #expect(solution.outcome == .locallyOptimal && solution.check?.verdict == .confirmed)
    let expected = least(s, 0)
    let value = solution.objective ?? .nan
    #expect(value >= expected - 1e-6 && value <= 1.05 * expected)
  }

  @Test func `logistic regressions come out acyclic and stationary`() throws {
    var random = SplitMix64(seed: 6)
    let d = 4
    let samples = (0..<80).map { _ -> [Double] in
      var x = [Double](repeating: 0, count: d)
      for j in 0..<d {
        let slope = (0..<j).reduce(0.0) { $0 + 1.5 * x[$1] - 0.7 }
        x[j] = Double.random(in: 0..<1, using: &random) < 1 / (1 + exp(-slope)) ? 1 : 0
      }
      return x
    }
    var model = Model("logistic")
    let pairs = product(0..<d, 0..<d).filter { $0.first != $0.second }
    let w = model.variables("W", over: pairs)
    var total = Expression()
    for x in samples {
      for j in 0..<d {
        var m = Expression()
        for i in 0..<d where i != j && x[i] != 0 { m.add(x[i], w[i, j]) }
        if m.isConstant { continue }
        total.add(.apply(.softplus, [m]), scale: 1 / 80.0)
        total.add(m, scale: -x[j] / 80)
      }
    }
    for variable in w { total.add(0.01, variable, variable) }
    model.minimize(total)
    model.subject(to: "dag") { acyclic(w) }
    let solution = try model.solve()
    #expect(solution.outcome == .locallyOptimal, "\(solution.outcome) \(solution.warnings)")
    #expect(solution.check?.verdict == .confirmed)
    // No worse than the best of the orders that are tried at random.
    for _ in 0..<5 {
      let order = Array(0..<d).shuffled(using: &random)
      let other = try model.restricted(model.acyclicConstraints, to: [order]).solve()
      #expect((solution.objective ?? .nan) <= (other.objective ?? .nan) + 0.02)
    }
  }

  @Test func `gradients of the smooth rows agree with central differences`() throws {
    var random = SplitMix64(seed: 4)
    let model = regression(moments(4, seed: 2))
    for kind in AcyclicityFunction.Kind.allCases {
      let form = try NonlinearReformulation(model, acyclicity: kind).form
      let evaluator = form.makeEvaluator()
      #expect(evaluator.constraintCount == 1)
      var x = (0..<model.variableCount).map { _ in Double.random(in: -0.4...0.4, using: &random) }
      var gradient = [Double](repeating: 0, count: x.count)
      evaluator.addJacobianTransposeProduct(at: x, [1], to: &gradient)
      for k in x.indices {
        let old = x[k]
        var values: [Double] = []
        for step in [1e-5, -1e-5] {
          x[k] = old + step
          var value = [0.0]
          evaluator.constraints(at: x, into: &value)
          values.append(value[0])
        }
        x[k] = old
        let difference = (values[0] - values[1]) / 2e-5
        #expect(abs(difference - gradient[k]) <= 1e-6 * max(1, abs(difference)))
      }
    }
  }

  @Test func `bounded regressions are proved and agree with brute force`() throws {
    for (d, lambda) in [(3, 0.0), (4, 0.1), (4, 0)] {
      let s = moments(d, seed: UInt64(40 + d))
      let solution = try regression(s, lambda: lambda, bound: 4).solve()
      #expect(solution.outcome == .optimal)
      let expected = least(s, lambda)
      #expect(abs((solution.objective ?? .nan) - expected) <= 1e-5 * max(1, expected))
    }
  }

  @Test func `a price on each edge agrees with brute force over graphs`() throws {
    // Least squares with at most a few edges: a binary for each entry.
    let d = 3
    let s = moments(d, seed: 77)
    var model = regression(s, bound: 4)
    var price = Expression()
    let pairs = product(0..<d, 0..<d).filter { $0.first != $0.second }
    let y = model.variables("y", over: pairs, in: 0...1, .binary)
    for pair in pairs {
      let w = try #require(model.variable(named: "W[\(pair.first),\(pair.second)]"))
      model.subject(to: "on") { w <= 4 * y[pair] }
      model.subject(to: "off") { w >= -4 * y[pair] }
      price += 0.2 * y[pair]
    }
    var objective = Expression()
    for j in 0..<d {
      objective += 0.5 * s[j][j]
      for i in 0..<d where i != j {
        let w = try #require(model.variable(named: "W[\(i),\(j)]"))
        objective.add(-s[i][j], w)
        for k in 0..<d where k != j {
          let v = try #require(model.variable(named: "W[\(k),\(j)]"))
          objective.add(0.5 * s[i][k], w, v)
        }
      }
    }
    model.minimize(objective + price)
    let solution = try model.solve()
    var best = Double.infinity
    for bits in 0..<64 {
      let edges = pairs.indices.filter { bits >> $0 & 1 == 1 }.map { pairs[$0] }
      var matrix = [Double](repeating: 0, count: d * d)
      for edge in edges { matrix[edge.first * d + edge.second] = 1 }
      if AcyclicGraph(nodeCount: d).violation(at: matrix) > 0 { continue }
      let fit = (0..<d).reduce(0.0) { sum, j in sum + cost(s, j, edges.filter { $0.second == j }.map(\.first), 0) }
      best = min(best, fit + 0.2 * Double(edges.count))
    }
    #expect(solution.outcome == .optimal)
    #expect(abs((solution.objective ?? .nan) - best) <= 1e-5)
  }
}
