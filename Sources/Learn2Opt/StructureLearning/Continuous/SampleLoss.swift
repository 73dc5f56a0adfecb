import LinearAlgebra

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Losses of generalized linear models, which go back to the samples: logistic and Poisson, with intercepts.
final class SampleLoss: LossFunction {
  let rowCount: Int
  let targetCount: Int
  let hasIntercepts = true
  private let loss: StructureLoss
  private let sampleCount: Int
  /// X, samples × rowCount.
  private let samples: Vector
  private let predictor: Vector
  /// Mean squares of the sources, and the mean weight of the samples for each target.
  private let squares, weights, means: Vector

  /// - Parameter samples: of all sources, the targets first.
  init(_ samples: DenseMatrix, targetCount: Int, loss: StructureLoss) {
    precondition(!loss.needsMomentsOnly && samples.columnCount >= targetCount)
    rowCount = samples.columnCount
    self.targetCount = targetCount
    self.loss = loss
    sampleCount = samples.rowCount
    self.samples = Vector(samples.values)
    predictor = Vector(count: samples.rowCount * targetCount)
    squares = Vector(count: rowCount)
    weights = Vector(count: targetCount)
    means = Vector(count: rowCount)
    for i in 0..<rowCount {
      let column = self.samples.pointer + i * sampleCount
      var sum = 0.0
      for k in 0..<sampleCount { sum += column[k] }
      means[i] = sum / Double(max(1, sampleCount))
      squares[i] = max(Self.leastMoment, VectorKernels.dot(sampleCount, column, column) / Double(max(1, sampleCount)))
    }
  }

  /// - Complexity: O(4 n · rowCount · targetCount), and n · targetCount exponentials.
  func value(
    _ weights: UnsafePointer<Double>, _ intercepts: UnsafePointer<Double>,
    gradient: UnsafeMutablePointer<Double>, slope: UnsafeMutablePointer<Double>
  ) -> Double {
    let n = sampleCount, x = samples.pointer, m = predictor.pointer
    BLAS.product(
      rows: n, columns: targetCount, inner: rowCount, BLAS.Operand(x, stride: n),
      BLAS.Operand(weights, stride: rowCount), into: m, stride: n)
    let share = 1 / Double(n)
    var total = 0.0
    for j in 0..<targetCount {
      let sum = loss == .logistic
        ? Self.logistic(n, m + j * n, x + j * n, intercepts[j], &slope[j])
        : Self.poisson(n, m + j * n, x + j * n, intercepts[j], &slope[j])
      total += sum
      slope[j] *= share
      // The second derivative by the predictor: its mean for Poisson, its largest value for logistic.
      self.weights[j] = loss == .logistic ? 0.25 : max(Self.leastMoment, slope[j] + means[j])
    }
    BLAS.product(
      rows: rowCount, columns: targetCount, inner: n, scale: share, BLAS.Operand(x, stride: n, isTransposed: true),
      BLAS.Operand(m, stride: n), into: gradient, stride: rowCount)
    return total * share
  }

  /// The sum of losses of a column; replaces predictors by derivatives and sets `slope` to their sum.
  private static func logistic(
    _ n: Int, _ m: UnsafeMutablePointer<Double>, _ x: UnsafePointer<Double>, _ intercept: Double, _ slope: inout Double
  ) -> Double {
    var total = 0.0, sum = 0.0
    for i in 0..<n {
      let t = m[i] + intercept
      let e = exp(-abs(t))
      total += max(t, 0) + log1p(e) - x[i] * t
      let derivative = (t >= 0 ? 1 : e) / (1 + e) - x[i]
      m[i] = derivative
      sum += derivative
    }
    slope = sum
    return total
  }

  private static func poisson(
    _ n: Int, _ m: UnsafeMutablePointer<Double>, _ x: UnsafePointer<Double>, _ intercept: Double, _ slope: inout Double
  ) -> Double {
    var total = 0.0, sum = 0.0
    for i in 0..<n {
      let t = m[i] + intercept
      let e = exp(t)
      total += e - x[i] * t
      let derivative = e - x[i]
      m[i] = derivative
      sum += derivative
    }
    slope = sum
    return total
  }

  func curvature(into result: UnsafeMutablePointer<Double>, slope: UnsafeMutablePointer<Double>) {
    for j in 0..<targetCount {
      slope[j] = weights[j]
      for i in 0..<rowCount { result[j &* rowCount &+ i] = weights[j] * squares[i] }
    }
  }

  /// Sources that are zero count as this large.
  private static let leastMoment = 1e-12
}
