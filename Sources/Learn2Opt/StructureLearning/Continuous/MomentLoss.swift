import LinearAlgebra

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Losses that are functions of second moments: least squares and Gaussian likelihoods.
///
/// With `R = [I; 0] - W` and `r` the diagonal of `Rᵀ S R`, the gradients are `-S R`, `-S R diag(1 / r)` and
/// `-d S R / Σ r`. Likelihoods have the term `-log |det(I - W)|`, with W the rows of the targets, where asked for: it is 0
/// on acyclic graphs and keeps others from a likelihood they have not.
///
/// Source: Ng, Ghassami, Zhang, "On the role of sparsity and DAG constraints for learning linear DAGs", 2020, equations 2
/// and 3.
final class MomentLoss: LossFunction {
  let rowCount: Int
  let targetCount: Int
  let hasIntercepts = false
  private let loss: StructureLoss
  private let hasDeterminant: Bool
  /// S, rowCount × rowCount.
  private let moments: Vector
  private let residual, variances, square, inverse: Vector
  private var pivots: [Int32]

  /// - Parameters:
  ///   - moments: of all sources, the targets first.
  ///   - hasDeterminant: whether likelihoods have the term of the determinant.
  init(_ moments: DenseMatrix, targetCount: Int, loss: StructureLoss, hasDeterminant: Bool) {
    precondition(loss.needsMomentsOnly && moments.rowCount >= targetCount)
    BLAS.useOneThreadUnlessAsked()
    rowCount = moments.rowCount
    self.targetCount = targetCount
    self.loss = loss
    self.hasDeterminant = hasDeterminant && loss != .leastSquares
    self.moments = Vector(moments.values)
    residual = Vector(count: rowCount * targetCount)
    variances = Vector(count: targetCount)
    square = Vector(count: self.hasDeterminant ? targetCount * targetCount : 0)
    inverse = Vector(count: self.hasDeterminant ? targetCount * targetCount : 0)
    pivots = [Int32](repeating: 0, count: targetCount)
  }

  /// - Complexity: O(2 rowCount² targetCount).
  func value(
    _ weights: UnsafePointer<Double>, _ intercepts: UnsafePointer<Double>,
    gradient: UnsafeMutablePointer<Double>, slope: UnsafeMutablePointer<Double>
  ) -> Double {
    let rows = rowCount, d = targetCount, r = residual.pointer
    for k in 0..<rows * d { r[k] = -weights[k] }
    for j in 0..<d { r[j &* rows &+ j] += 1 }
    BLAS.product(
      rows: rows, columns: d, inner: rows, scale: -1, BLAS.Operand(moments.pointer, stride: rows),
      BLAS.Operand(r, stride: rows), into: gradient, stride: rows)
    var total = 0.0, logarithms = 0.0
    for j in 0..<d {
      let variance = -VectorKernels.dot(rows, r + j * rows, gradient + j * rows)
      variances[j] = variance
      total += variance
      if loss == .gaussianOwnVariances { logarithms += log(variance) }
    }
    var value: Double
    switch loss {
    case .gaussianEqualVariances:
      value = 0.5 * Double(d) * log(total)
      VectorKernels.scale(rows * d, Double(d) / total, gradient)
    case .gaussianOwnVariances:
      value = 0.5 * logarithms
      for j in 0..<d { VectorKernels.scale(rows, 1 / variances[j], gradient + j * rows) }
    default:
      return 0.5 * total
    }
    if hasDeterminant { value -= addDeterminant(to: gradient) }
    return value
  }

  /// Adds `(I - W)⁻ᵀ`, the gradient of `-log |det(I - W)|`.
  /// - Returns: `log |det(I - W)|`.
  private func addDeterminant(to gradient: UnsafeMutablePointer<Double>) -> Double {
    let d = targetCount
    for j in 0..<d { (square.pointer + j * d).update(from: residual.pointer + j * rowCount, count: d) }
    guard let logarithm = BLAS.invert(d, square.pointer, into: inverse.pointer, pivots: &pivots) else {
      return -.infinity
    }
    for j in 0..<d {
      for i in 0..<d { gradient[j &* rowCount &+ i] += inverse[i &* d &+ j] }
    }
    return logarithm
  }

  /// The moments of the sources, divided as the gradient is.
  func curvature(into result: UnsafeMutablePointer<Double>, slope: UnsafeMutablePointer<Double>) {
    let rows = rowCount, d = targetCount
    var total = 0.0
    for j in 0..<d { total += variances[j] }
    for j in 0..<d {
      let share: Double =
        switch loss {
        case .gaussianEqualVariances: Double(d) / total
        case .gaussianOwnVariances: 1 / variances[j]
        default: 1
        }
      for i in 0..<rows { result[j &* rows &+ i] = share * max(moments[i &* rows &+ i], Self.leastMoment) }
    }
  }

  /// Sources without variance count as this small.
  private static let leastMoment = 1e-12
}
