import Foundation
import LinearAlgebra
import Solvers
import Testing

@testable import Learn2Opt

@Suite struct NetworkLearnerTests {
  private static let names = ["a", "b", "c"]

  /// b = 2 sin 1.5a, c = b² + b: a → b → c, with some noise.
  private static func table(_ n: Int, seed: UInt64) -> SampleTable {
    var random = SplitMix64(seed: seed)
    var values = DenseMatrix(rowCount: n, columnCount: 3)
    func noise() -> Double { (0..<12).reduce(-6.0) { sum, _ in sum + Double.random(in: 0..<1, using: &random) } }
    for i in 0..<n {
      let a = Double.random(in: -2...2, using: &random)
      let b = 2 * sin(1.5 * a) + 0.3 * noise()
      values[i, 0] = a
      values[i, 1] = b
      values[i, 2] = b * b + b + 0.3 * noise()
    }
    return SampleTable(names: names, values: values)
  }

  @Test(arguments: [0.0, 3.0])
  func `gradients by back propagation agree with central differences`(multiplier: Double) {
    let table = Self.table(30, seed: 2), m = 4, d = 3
    let layout = WeightLayout(rowCount: d, targetCount: m * d, hasIntercepts: true) { i, u in
      i == u / m ? nil : (i == 0 ? 0 : 0.03)
    }
    let objective = NetworkObjective(
      table.values, hiddenCount: m, layout: layout, squarePenalty: 0.02,
      AcyclicityFunction(kind: .exponential, nodeCount: d).makeWorkspace(), constants: nil)
    objective.multiplier = multiplier
    objective.penalty = multiplier * 2
    objective.lossFactor = 0.8
    var random = SplitMix64(seed: 6)
    let x = (0..<objective.variableCount).map { _ in Double.random(in: 0.05..<0.6, using: &random) }
    var gradient = x, other = x
    _ = objective.value(at: x, gradient: &gradient)
    let step = 1e-5
    for k in x.indices {
      var up = x, down = x
      up[k] += step
      down[k] -= step
      let difference =
        (objective.value(at: up, gradient: &other) - objective.value(at: down, gradient: &other)) / (2 * step)
      #expect(abs(difference - gradient[k]) <= 1e-6 * max(0.1, abs(gradient[k])), "variable \(k)")
    }
  }

  @Test func `the loss is that of the model's predictions`() {
    let table = Self.table(25, seed: 3), m = 3, d = 3
    let layout = WeightLayout(rowCount: d, targetCount: m * d, hasIntercepts: true) { i, u in i == u / m ? nil : 0.1 }
    let objective = NetworkObjective(
      table.values, hiddenCount: m, layout: layout, squarePenalty: 0,
      AcyclicityFunction(kind: .polynomial, nodeCount: d).makeWorkspace(), constants: nil)
    var random = SplitMix64(seed: 7)
    let x = (0..<objective.variableCount).map { _ in Double.random(in: 0..<1, using: &random) }
    objective.evaluate(at: x)
    let predicted = objective.model.predictions(table.values)
    var sum = 0.0
    for k in predicted.values.indices {
      let r = predicted.values[k] - table.values.values[k]
      sum += r * r
    }
    let expected = sum / Double(2 * table.sampleCount)
    #expect(abs(objective.score - expected) <= 1e-12 * expected)
    #expect((0..<d).allSatisfy { objective.model.strengths[$0, $0] == 0 })
  }

  @Test func `nonlinear effects are found that a linear model does not see`() throws {
    let table = Self.table(300, seed: 1)
    let result = try NetworkLearner().learn(table)
    #expect(result.end == .acyclic && result.acyclicity <= 1e-8)
    #expect(Set(result.graph.edges.map { [$0.from, $0.to] }) == [[0, 1], [1, 2]])
    #expect(result.order == [0, 1, 2])
    #expect(result.score < result.objective)
  }

  @Test func `knowledge is kept and the seed decides alone`() throws {
    let table = Self.table(60, seed: 4)
    var options = NetworkLearner.Options()
    options.hiddenCount = 3
    options.knowledge.required = [.init(from: 2, to: 0)]
    options.knowledge.forbidden = [.init(from: 1, to: 2)]
    let result = try NetworkLearner(options).learn(table)
    #expect(result.graph.isAcyclic)
    #expect(result.model.strengths[1, 2] == 0 && result.model.strengths[0, 2] == 0)
    #expect(result.order.firstIndex(of: 2)! < result.order.firstIndex(of: 0)!)
    #expect(try NetworkLearner(options).learn(table) == result)
  }

  @Test func `bad input is refused`() {
    var options = NetworkLearner.Options()
    options.hiddenCount = 0
    #expect(throws: StructureLearningError.self) { try NetworkLearner(options).learn(Self.table(5, seed: 1)) }
    var bad = Self.table(5, seed: 1)
    bad.values[2, 1] = .nan
    #expect(throws: StructureLearningError.notFinite(sample: 3, variable: "b")) { try NetworkLearner().learn(bad) }
    let empty = SampleTable(names: [], values: DenseMatrix(rowCount: 0, columnCount: 0))
    #expect(throws: StructureLearningError.noData) { try NetworkLearner().learn(empty) }
  }
}
