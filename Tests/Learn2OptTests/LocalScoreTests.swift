import Foundation
import LinearAlgebra
import Testing

@testable import Learn2Opt

@Suite struct LocalScoreTests {
  @Test func `Lasso weights satisfy the conditions of optimality`() {
    let d = 8
    let c = randomMoments(d, seed: 19)
    let lambda = 0.1
    var score = LassoScore(c.matrix, lambda: lambda, constraints: OrderConstraints(nodeCount: d))
    var random = SplitMix64(seed: 20)
    for _ in 0..<50 {
      let v = Int.random(in: 0..<d, using: &random)
      let others = (0..<d).filter { $0 != v && Bool.random(using: &random) }
      let fit = score.fit(v, predecessors: NodeSet(nodeCount: d, others))
      var weights = [Double](repeating: 0, count: d)
      for (p, w) in zip(fit.parents, fit.weights) { weights[p] = w }
      var quadratic = c.matrix[v, v] / 2
      for a in 0..<d {
        quadratic -= weights[a] * c.matrix[a, v]
        for b in 0..<d { quadratic += weights[a] * weights[b] * c.matrix[a, b] / 2 }
      }
      let absolute = weights.reduce(0) { $0 + abs($1) }
      #expect(abs(fit.cost - quadratic - lambda * absolute) < 1e-10)
      for u in others {
        var gradient = -c.matrix[u, v]
        for b in 0..<d { gradient += c.matrix[u, b] * weights[b] }
        if weights[u] == 0 {
          #expect(abs(gradient) <= lambda + 1e-5)
        } else {
          #expect(abs(gradient + (weights[u] > 0 ? lambda : -lambda)) < 1e-5)
        }
      }
    }
  }

  @Test func `Without a penalty the lasso is least squares`() {
    let d = 6
    let c = randomMoments(d, seed: 23)
    let free = OrderConstraints(nodeCount: d)
    var lasso = LassoScore(c.matrix, lambda: 0, constraints: free)
    let all = NodeSet(nodeCount: d, [0, 1, 2, 4])
    let expected = residualVarianceByElimination(c.matrix, 5, [0, 1, 2, 4]) / 2
    #expect(abs(lasso.cost(of: 5, predecessors: all) - expected) < 1e-9)
  }

  @Test(arguments: GeneralizedLinearScore.Family.allCases)
  func `Weights of logistic and Poisson models satisfy the conditions of optimality`(
    family: GeneralizedLinearScore.Family
  ) throws {
    var options = StructureSimulator.Options()
    options.nodeCount = 6
    options.edgesPerNode = 1
    options.sampleCount = 400
    options.mechanism = family == .logistic ? .logistic : .poisson
    options.weights = 0.3...0.8
    let table = try StructureSimulator(options).draw().table
    let lambda = 0.01, n = 400
    let free = OrderConstraints(nodeCount: 6)
    var score = GeneralizedLinearScore(table, family: family, lambda: lambda, constraints: free)
    for v in 0..<6 {
      let others = (0..<6).filter { $0 != v }
      let fit = score.fit(v, predecessors: NodeSet(nodeCount: 6, others))
      // The intercept is not part of the answer: find it from its own condition by bisection.
      var predictor = [Double](repeating: 0, count: n)
      for (p, w) in zip(fit.parents, fit.weights) {
        for i in 0..<n { predictor[i] += w * table.values[i, p] }
      }
      func mean(_ m: Double) -> Double { family == .logistic ? 1 / (1 + exp(-m)) : exp(m) }
      var low = -30.0, high = 30.0
      for _ in 0..<200 {
        let b = (low + high) / 2
        var excess = 0.0
        for i in 0..<n { excess += mean(predictor[i] + b) - table.values[i, v] }
        if excess > 0 { high = b } else { low = b }
      }
      for u in others {
        var gradient = 0.0
        for i in 0..<n { gradient += (mean(predictor[i] + low) - table.values[i, v]) * table.values[i, u] }
        gradient /= Double(n)
        if let k = fit.parents.firstIndex(of: u) {
          #expect(abs(gradient + (fit.weights[k] > 0 ? lambda : -lambda)) < 2e-4)
        } else {
          #expect(abs(gradient) <= lambda + 2e-4)
        }
      }
    }
  }

  @Test func `Swaps under a penalty end where no candidate improves, below their start`() {
    let d = 7
    let c = randomMoments(d, seed: 29)
    let free = OrderConstraints(nodeCount: d)
    var problem = LocalSwaps(
      LassoScore(c.matrix, lambda: 0.05, constraints: free), order: Array(0..<d), move: .exchange)
    let before = problem.score
    var options = TopologicalSwaps.Options()
    options.allPairs = true
    let outcome = TopologicalSwaps(options).run(&problem, shouldStop: { false })
    #expect(outcome.score < before)
    var score = LassoScore(c.matrix, lambda: 0.05, constraints: free)
    for b in 1..<d {
      for a in 0..<b {
        var order = outcome.order
        order.swapAt(a, b)
        var seen = NodeSet(nodeCount: d)
        var sum = 0.0
        for v in order {
          sum += score.cost(of: v, predecessors: seen)
          seen.insert(v)
        }
        #expect(sum > outcome.score - 1e-6 * outcome.score)
      }
    }
  }
}
