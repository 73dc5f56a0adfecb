import LinearAlgebra
import Solvers

/// `μ (Q(W) + Σ λ |W|) + α h(W ∘ W + C) + ρ/2 h²` with its gradient: the augmented Lagrangian of NOTEARS for μ = 1, and
/// the function of DAGMA's central path for α = 1, ρ = 0.
///
/// h sees the first rows of W, those of the targets. C is positive at required edges: what closes a cycle with them is
/// never free.
final class AcyclicObjective: PathObjective {
  let layout: WeightLayout
  let loss: any LossFunction
  var acyclicity: AcyclicityWorkspace
  var lossFactor = 1.0
  var multiplier = 0.0
  var penalty = 0.0

  private let d: Int
  private let weights, intercepts, lossGradient, slope, squares, constants, curvatures: Vector
  private let packed: Vector
  /// Parts of the value at the last point: Q, Σ λ |W| and h.
  private(set) var score = Double.nan
  private(set) var penaltySum = Double.nan
  private(set) var h = Double.nan
  var lossValue: Double { score + penaltySum }
  var nodeCount: Int { d }

  /// - Parameter constants: C, targets × targets; nil for none.
  init(_ layout: WeightLayout, _ loss: any LossFunction, _ acyclicity: AcyclicityWorkspace, constants: DenseMatrix?) {
    self.layout = layout
    self.loss = loss
    self.acyclicity = acyclicity
    d = layout.targetCount
    let count = layout.rowCount * d
    weights = Vector(count: count)
    intercepts = Vector(count: d)
    lossGradient = Vector(count: count)
    slope = Vector(count: d)
    squares = Vector(count: d * d)
    curvatures = Vector(count: count)
    self.constants = constants.map { Vector($0.values) } ?? Vector(count: d * d)
    packed = Vector(count: layout.variableCount)
  }

  /// The weights, rowCount × targetCount, and intercepts at the last point.
  var currentWeights: DenseMatrix {
    DenseMatrix(rowCount: layout.rowCount, columnCount: d, values: weights.array)
  }
  var currentIntercepts: [Double] { layout.interceptCount > 0 ? intercepts.array : [] }

  /// Makes a point the last one.
  @discardableResult
  func evaluate(at x: UnsafePointer<Double>) -> Double {
    layout.unpack(x, weights: weights.pointer, intercepts: intercepts.pointer)
    let rows = layout.rowCount, w = weights.pointer, a = squares.pointer, c = constants.pointer
    for j in 0..<d {
      for i in 0..<d {
        let weight = w[j &* rows &+ i]
        a[j &* d &+ i] = weight * weight + c[j &* d &+ i]
      }
    }
    let usesAcyclicity = multiplier != 0 || penalty != 0
    h = usesAcyclicity ? acyclicity.value(of: a, gradient: a) : 0
    if !h.isFinite { return .infinity }
    score = loss.value(w, intercepts.pointer, gradient: lossGradient.pointer, slope: slope.pointer)
    if !score.isFinite { return .infinity }
    penaltySum = layout.penalty(x)
    if lossFactor != 1 {
      VectorKernels.scale(lossGradient.count, lossFactor, lossGradient.pointer)
      VectorKernels.scale(d, lossFactor, slope.pointer)
    }
    if usesAcyclicity {
      let factor = 2 * (multiplier + penalty * h), g = lossGradient.pointer
      for j in 0..<d {
        for i in 0..<d { g[j &* rows &+ i] += factor * w[j &* rows &+ i] * a[j &* d &+ i] }
      }
    }
    layout.pack(gradient: lossGradient.pointer, slope: slope.pointer, factor: lossFactor, into: packed.pointer)
    return lossFactor * (score + penaltySum) + (multiplier + 0.5 * penalty * h) * h
  }

  // MARK: SmoothFunction

  var variableCount: Int { layout.variableCount }

  func value(at x: UnsafePointer<Double>, gradient: UnsafeMutablePointer<Double>) -> Double {
    let value = evaluate(at: x)
    if value.isFinite { gradient.update(from: packed.pointer, count: packed.count) }
    return value
  }

  /// The loss's, and `2 (α + ρ h) ∂h/∂A` of the square of a weight: entries that close a cycle are stiff, others are not.
  func curvature(into result: UnsafeMutablePointer<Double>) {
    let rows = layout.rowCount, factor = 2 * (multiplier + penalty * h)
    let c = curvatures.pointer, a = squares.pointer
    loss.curvature(into: c, slope: slope.pointer)
    for j in 0..<d {
      for i in 0..<rows { c[j &* rows &+ i] *= lossFactor }
      if factor != 0 {
        for i in 0..<d { c[j &* rows &+ i] += factor * a[j &* d &+ i] }
      }
    }
    layout.spread(c, slope: slope.pointer, into: result)
  }
}
