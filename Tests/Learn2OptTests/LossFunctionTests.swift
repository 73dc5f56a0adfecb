import Foundation
import LinearAlgebra
import Solvers
import Testing

@testable import Learn2Opt

@Suite struct LossFunctionTests {
  static func matrix(_ rows: Int, _ columns: Int, size: Double, seed: UInt64) -> DenseMatrix {
    var random = SplitMix64(seed: seed)
    return DenseMatrix(rowCount: rows, columnCount: columns) { _, _ in Double.random(in: -size...size, using: &random) }
  }

  /// Samples that fit a loss.
  static func samples(_ loss: StructureLoss, _ n: Int, _ d: Int, seed: UInt64) -> DenseMatrix {
    var x = matrix(n, d, size: 2, seed: seed)
    if loss == .logistic { x.values = x.values.map { $0 > 0 ? 1 : 0 } }
    if loss == .poisson { x.values = x.values.map { ($0 + 2).rounded(.down) } }
    return x
  }

  static func make(_ loss: StructureLoss, rows: Int, targets: Int, hasDeterminant: Bool = true) -> any LossFunction {
    let x = samples(loss, 60, rows, seed: 11)
    if !loss.needsMomentsOnly { return SampleLoss(x, targetCount: targets, loss: loss) }
    let table = SampleTable(names: (0..<rows).map { "x\($0)" }, values: x)
    return MomentLoss(
      SampleCovariance(table).matrix, targetCount: targets, loss: loss, hasDeterminant: hasDeterminant)
  }

  static func value(
    _ loss: any LossFunction, _ w: DenseMatrix, _ b: [Double]
  ) -> (value: Double, gradient: [Double], slope: [Double]) {
    var gradient = w.values, slope = b
    let value = loss.value(w.values, b, gradient: &gradient, slope: &slope)
    return (value, gradient, slope)
  }

  @Test(arguments: StructureLoss.allCases, [true, false])
  func `gradients agree with central differences`(kind: StructureLoss, hasDeterminant: Bool) {
    for (rows, targets) in [(5, 5), (9, 4)] {
      let loss = Self.make(kind, rows: rows, targets: targets, hasDeterminant: hasDeterminant)
      let w = Self.matrix(rows, targets, size: 0.4, seed: 5)
      let b = (0..<targets).map { 0.1 * Double($0) - 0.2 }
      let (_, gradient, slope) = Self.value(loss, w, b)
      let step = 1e-5
      for k in w.values.indices {
        var up = w, down = w
        up.values[k] += step
        down.values[k] -= step
        let difference = (Self.value(loss, up, b).value - Self.value(loss, down, b).value) / (2 * step)
        #expect(abs(difference - gradient[k]) <= 1e-6 * max(0.1, abs(gradient[k])))
      }
      guard loss.hasIntercepts else { continue }
      for j in 0..<targets {
        var up = b, down = b
        up[j] += step
        down[j] -= step
        let difference = (Self.value(loss, w, up).value - Self.value(loss, w, down).value) / (2 * step)
        #expect(abs(difference - slope[j]) <= 1e-6 * max(0.1, abs(slope[j])))
      }
    }
  }

  @Test func `least squares from moments is half the mean squared residual of centred samples`() {
    let n = 60, d = 4
    let x = Self.samples(.leastSquares, n, d, seed: 11)
    let w = Self.matrix(d, d, size: 0.5, seed: 2)
    var centred = x
    for j in 0..<d {
      let mean = (0..<n).reduce(0) { $0 + x[$1, j] } / Double(n)
      for i in 0..<n { centred[i, j] -= mean }
    }
    let fitted = centred * w
    var sum = 0.0
    for k in centred.values.indices {
      let r = centred.values[k] - fitted.values[k]
      sum += r * r
    }
    let value = Self.value(Self.make(.leastSquares, rows: d, targets: d), w, [0, 0, 0, 0]).value
    let expected = sum / Double(2 * n)
    #expect(abs(value - expected) <= 1e-12 * expected)
  }

  @Test func `the term of the determinant is zero on acyclic graphs and not elsewhere`() {
    var w = DenseMatrix(rowCount: 3, columnCount: 3)
    w[0, 1] = 0.5
    w[1, 2] = -0.7
    let zero = [0.0, 0, 0]
    for kind in [StructureLoss.gaussianEqualVariances, .gaussianOwnVariances] {
      let with = Self.make(kind, rows: 3, targets: 3), without = Self.make(kind, rows: 3, targets: 3, hasDeterminant: false)
      let difference = Self.value(with, w, zero).value - Self.value(without, w, zero).value
      #expect(abs(difference) <= 1e-14)
      var cyclic = w
      cyclic[2, 0] = 0.9
      let cycle = 0.5 * -0.7 * 0.9
      let term = Self.value(with, cyclic, zero).value - Self.value(without, cyclic, zero).value
      #expect(abs(term + log(abs(1 - cycle))) <= 1e-12)
    }
  }

  @Test func `large predictors of logistic samples do not overflow, those of counts have no value`() {
    let far = DenseMatrix(rowCount: 2, columnCount: 2, values: [0, 1e4, 1e4, 0])
    let logistic = Self.value(Self.make(.logistic, rows: 2, targets: 2), far, [0, 0]).value
    #expect(logistic.isFinite && logistic > 0)
    let poisson = Self.value(Self.make(.poisson, rows: 2, targets: 2), far, [0, 0]).value
    #expect(!poisson.isFinite)
  }

  @Test(arguments: AcyclicityFunction.Kind.allCases)
  func `the whole objective agrees with central differences in its own variables`(kind: AcyclicityFunction.Kind) {
    let d = 5
    for loss in StructureLoss.allCases {
      let function = Self.make(loss, rows: d, targets: d)
      let layout = WeightLayout(rowCount: d, targetCount: d, hasIntercepts: function.hasIntercepts) { i, j in
        // Some entries fixed, some without a penalty.
        i == j || (i == 0 && j == 3) ? nil : (i == 2 ? 0 : 0.1 + 0.01 * Double(i))
      }
      let constants = DenseMatrix(rowCount: d, columnCount: d) { i, j in i == 2 && j == 4 ? 0.09 : 0 }
      let objective = AcyclicObjective(
        layout, function, AcyclicityFunction(kind: kind, nodeCount: d, scale: 2).makeWorkspace(), constants: constants)
      objective.lossFactor = 0.7
      objective.multiplier = 1.5
      objective.penalty = 20
      var random = SplitMix64(seed: 8)
      let x = (0..<layout.variableCount).map { _ in Double.random(in: 0.05..<0.35, using: &random) }
      var gradient = x, other = x
      _ = objective.value(at: x, gradient: &gradient)
      let step = 1e-5
      for k in x.indices {
        var up = x, down = x
        up[k] += step
        down[k] -= step
        let difference =
          (objective.value(at: up, gradient: &other) - objective.value(at: down, gradient: &other)) / (2 * step)
        #expect(abs(difference - gradient[k]) <= 1e-6 * max(0.1, abs(gradient[k])), "\(loss), variable \(k)")
      }
    }
  }
}
