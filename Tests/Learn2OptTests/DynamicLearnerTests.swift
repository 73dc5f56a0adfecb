import Foundation
import LinearAlgebra
import Solvers
import Testing

@testable import Learn2Opt

@Suite struct DynamicLearnerTests {
  private static let names = ["a", "b", "c"]

  /// a → b → c within a step; b of the step before, and c of two steps before, on others.
  private static var truth: TimeSeriesGraph {
    var first = DenseMatrix(rowCount: 3, columnCount: 3), second = first
    first[0, 0] = 0.5
    first[1, 2] = -0.4
    second[2, 0] = 0.3
    let within = WeightedGraph(
      names: names, edges: [.init(from: 0, to: 1, weight: 1.2), .init(from: 1, to: 2, weight: -0.9)])
    return TimeSeriesGraph(contemporaneous: within, lagged: [first, second])
  }

  private static func series(_ n: Int, seed: UInt64) -> DenseMatrix {
    var random = SplitMix64(seed: seed)
    func normal() -> Double {
      let u = Double.random(in: 0..<1, using: &random), v = Double.random(in: 0..<1, using: &random)
      return (-2 * log(1 - u)).squareRoot() * cos(2 * Double.pi * v)
    }
    let graph = truth, burnIn = 100
    var x = [[Double]](repeating: [0, 0, 0], count: n + burnIn)
    for t in 2..<n + burnIn {
      for j in 0..<3 {
        var value = normal()
        for i in 0..<3 {
          value += x[t - 1][i] * graph.lagged[0][i, j] + x[t - 2][i] * graph.lagged[1][i, j]
          if i < j { value += x[t][i] * graph.contemporaneous.weights[i, j] }
        }
        x[t][j] = value
      }
    }
    return DenseMatrix(rowCount: n, columnCount: 3) { x[$0 + burnIn][$1] + 7 }
  }

  private static func panel() -> TimeSeriesPanel {
    TimeSeriesPanel(names: names, series: [series(700, seed: 1), series(500, seed: 2)])
  }

  private static func options(_ change: (inout DynamicOptions) -> Void) -> DynamicOptions {
    var options = DynamicOptions()
    options.lagCount = 2
    change(&options)
    return options
  }

  private static func support(_ matrix: DenseMatrix) -> Set<[Int]> {
    var result: Set<[Int]> = []
    for j in 0..<matrix.columnCount {
      for i in 0..<matrix.rowCount where matrix[i, j] != 0 { result.insert([i, j]) }
    }
    return result
  }

  @Test func `rows never reach over the end of a series`() throws {
    let panel = TimeSeriesPanel(
      names: ["a"],
      series: [
        DenseMatrix(rowCount: 3, columnCount: 1, values: [1, 2, 3]),
        DenseMatrix(rowCount: 1, columnCount: 1, values: [9]),
        DenseMatrix(rowCount: 4, columnCount: 1, values: [10, 20, 30, 40]),
      ])
    let stacked = try panel.stacked(lagCount: 1)
    #expect(stacked.names == ["a", "a(t-1)"])
    #expect(stacked.values.values == [2, 3, 20, 30, 40, 1, 2, 10, 20, 30])
    #expect(try panel.stacked(lagCount: 2).values.values == [3, 30, 40, 2, 20, 30, 1, 10, 20])
    #expect(try panel.stacked(lagCount: 0, skipping: 3).values.values == [40])
  }

  @Test func `moments given the past and one regression give what the joint regression gives`() throws {
    let joint = SampleCovariance(try Self.panel().stacked(lagCount: 2))
    let partial = try PartialCovariance(joint, presentCount: 3)
    let order = [2, 0, 1]
    var w = DenseMatrix(rowCount: 3, columnCount: 3)
    var joined = DenseMatrix(rowCount: 9, columnCount: 3)
    var scores = (partial: 0.0, joint: 0.0)
    for (k, v) in order.enumerated() {
      let parents = Array(order[..<k])
      let within = Regression(partial.covariance.matrix, v, on: parents)
      for (q, i) in parents.enumerated() { w[i, v] = within.weights[q] }
      let all = parents + Array(3..<9)
      let together = Regression(joint.matrix, v, on: all)
      for (q, i) in all.enumerated() { joined[i, v] = together.weights[q] }
      scores.partial += within.residualVariance
      scores.joint += together.residualVariance
    }
    let lagged = partial.laggedWeights(given: w)
    for j in 0..<3 {
      for i in 0..<3 {
        #expect(abs(w[i, j] - joined[i, j]) <= 1e-10)
        #expect(abs(lagged[0][i, j] - joined[3 + i, j]) <= 1e-10)
        #expect(abs(lagged[1][i, j] - joined[6 + i, j]) <= 1e-10)
      }
    }
    #expect(abs(scores.partial - scores.joint) <= 1e-10 * scores.joint)
  }

  @Test(arguments: [true, false])
  func `series give their graph back, with and without penalties`(isContinuous: Bool) throws {
    var orders = StructureLearner.Options()
    orders.score = .leastSquares
    for penalty in [0, 0.03] {
      let learner = DynamicLearner(
        Self.options {
          if !isContinuous { $0.search = .orders(orders) }
          $0.penalty = penalty
          $0.laggedPenalty = penalty
          $0.laggedThreshold = 0.15
        })
      let result = try learner.learn(Self.panel())
      let truth = Self.truth
      #expect(result.order == [0, 1, 2])
      #expect(Self.support(result.graph.contemporaneous.weights) == Self.support(truth.contemporaneous.weights))
      for lag in 0..<2 { #expect(Self.support(result.graph.lagged[lag]) == Self.support(truth.lagged[lag])) }
      #expect(result.isStationary)
      #expect(result.sampleCount == 1196)
      #expect(result.completion.objective <= (result.path?.objective ?? .infinity) + 0.01)
    }
  }

  @Test func `without a penalty on the past the joint method ends where the reduced one does`() throws {
    let panel = Self.panel()
    let joint = try DynamicLearner(Self.options { $0.penalty = 0; $0.laggedPenalty = 0 }).learn(panel)
    let partial = try PartialCovariance(SampleCovariance(try panel.stacked(lagCount: 2)), presentCount: 3)
    var options = ContinuousOptions()
    options.penalty = 0
    let reduced = try ContinuousLearner(options).learn(partial.covariance)
    let completion = try #require(reduced.completion)
    #expect(reduced.order == joint.order)
    #expect(abs(completion.score - joint.completion.score) <= 1e-9)
    let lagged = partial.laggedWeights(given: completion.graph.weights)
    for k in 0..<9 {
      let difference = abs(lagged[0].values[k] - joint.completion.graph.lagged[0].values[k])
      #expect(difference <= 1e-8)
    }
  }

  @Test func `forbidden effects are absent and autoregression is allowed`() throws {
    let result = try DynamicLearner(
      Self.options {
        $0.forbiddenLagged = [.init(lag: 1, from: 1, to: 2)]
        $0.knowledge.forbidden = [.init(from: 0, to: 1)]
      }
    ).learn(Self.panel())
    #expect(result.completion.graph.lagged[0][1, 2] == 0)
    #expect(result.completion.graph.contemporaneous.weights[0, 1] == 0)
    #expect(result.completion.graph.lagged[0][0, 0] > 0.3)
    #expect((0..<3).allSatisfy { result.completion.graph.contemporaneous.weights[$0, $0] == 0 })
  }

  @Test func `a search over orders keeps what reaches the critical value over present and past`() throws {
    var random = SplitMix64(seed: 8)
    let noise = DenseMatrix(rowCount: 300, columnCount: 3) { _, _ in Double.random(in: -1...1, using: &random) }
    let panel = TimeSeriesPanel(names: Self.names, series: [noise])
    var orders = StructureLearner.Options()
    orders.score = .leastSquares
    let none = try DynamicLearner(Self.options { $0.search = .orders(orders) }).learn(panel)
    #expect(none.graph.unrolled.edgeCount == 0)
    orders.criticalValue = 0
    let all = try DynamicLearner(
      Self.options {
        $0.search = .orders(orders)
        $0.forbiddenLagged = [.init(lag: 2, from: 0, to: 1)]
        $0.knowledge.roots = [2]
      }
    ).learn(panel)
    // The root comes first, so that all three pairs within a step have an effect; of 18 earlier ones one is forbidden.
    #expect(all.graph.unrolled.edgeCount == 3 + 17)
    #expect(all.graph.lagged[1][0, 1] == 0 && all.graph.lagged[0][0, 2] != 0)
    #expect(all.graph.contemporaneous.parents(of: 2).isEmpty)
    #expect(abs(all.orderScore - all.refitted.score) <= 1e-12)
    #expect(none.orderScore < none.refitted.score)
  }

  @Test func `the number of lags is found`() throws {
    #expect(try Self.panel().lagCountByBIC(upTo: 4) == 2)
    var random = SplitMix64(seed: 4)
    let noise = DenseMatrix(rowCount: 400, columnCount: 2) { _, _ in Double.random(in: -1...1, using: &random) }
    #expect(try TimeSeriesPanel(names: ["a", "b"], series: [noise]).lagCountByBIC(upTo: 3) == 0)
  }

  @Test func `stationarity is told from the companion matrix`() {
    var lagged = DenseMatrix(rowCount: 1, columnCount: 1, values: [0.5])
    let node = WeightedGraph(names: ["a"], edges: [])
    let half = TimeSeriesGraph(contemporaneous: node, lagged: [lagged]).spectralRadius
    #expect(abs(half - 0.5) <= 1e-3)
    // x² = 0.5 x + 0.5 has the root 1.
    let unit = TimeSeriesGraph(contemporaneous: node, lagged: [lagged, lagged]).spectralRadius
    #expect(abs(unit - 1) <= 1e-3)
    lagged[0, 0] = 1.5
    #expect(TimeSeriesGraph(contemporaneous: node, lagged: [lagged]).spectralRadius > 1.4)
    #expect(TimeSeriesGraph(contemporaneous: node, lagged: []).spectralRadius == 0)
  }

  @Test func `bad panels and options are refused`() throws {
    let short = TimeSeriesPanel(names: ["a"], series: [DenseMatrix(rowCount: 2, columnCount: 1, values: [1, 2])])
    let tooShort = #expect(throws: StructureLearningError.self) {
      try DynamicLearner(Self.options { _ in }).learn(short)
    }
    #expect(tooShort?.description.contains("no series is longer") == true)
    let few = TimeSeriesPanel(names: Self.names, series: [Self.series(11, seed: 3)])
    let tooMany = #expect(throws: StructureLearningError.self) {
      try DynamicLearner(Self.options { $0.search = .orders(StructureLearner.Options()) }).learn(few)
    }
    #expect(tooMany?.description.contains("give fewer lags") == true)
    #expect(throws: StructureLearningError.noData) {
      try DynamicLearner(Self.options { _ in }).learn(TimeSeriesPanel(names: ["a"], series: []))
    }
    var bad = Self.panel()
    bad.series[1][3, 2] = .infinity
    #expect(throws: StructureLearningError.notFinite(sample: 4, variable: "c")) {
      try DynamicLearner(Self.options { _ in }).learn(bad)
    }
    #expect(throws: StructureLearningError.self) {
      try DynamicLearner(Self.options { $0.lagCount = -1 }).learn(Self.panel())
    }
    #expect(throws: StructureLearningError.self) {
      try DynamicLearner(Self.options { $0.forbiddenLagged = [.init(lag: 3, from: 0, to: 1)] }).learn(Self.panel())
    }
    #expect(throws: StructureLearningError.self) {
      try DynamicLearner(Self.options { $0.laggedPenalty = .nan }).learn(Self.panel())
    }
    #expect(throws: StructureLearningError.self) {
      try TimeSeriesPanel([
        SampleTable(names: ["a"], values: DenseMatrix(rowCount: 1, columnCount: 1)),
        SampleTable(names: ["b"], values: DenseMatrix(rowCount: 1, columnCount: 1)),
      ])
    }
  }
}
