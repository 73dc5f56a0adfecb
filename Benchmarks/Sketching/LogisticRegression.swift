import Constraints
import LinearAlgebra

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Logistic regression with equations on the weights:
///
///     minimize    1/N Σ log(1 + exp(-bᵢ aᵢᵀ w))
///     subject to  ‖w‖² = 1,  A w = 0 for a few random rows
///
/// Features are normal, labels those of random weights with a tenth flipped.
final class LogisticRegression: NonlinearEvaluator {
  private let samples: Int
  private let features: Int
  private let rows: Int
  /// By samples: the features times the label.
  private let data: Vector
  /// A, by rows.
  private let matrix: Vector
  private let margins: Vector
  let jacobianPattern: SparsityPattern
  let hessianPattern: SparsityPattern
  let abilities = NonlinearAbilities.all

  init(samples: Int, features: Int, rows: Int, seed: UInt64) {
    self.samples = samples
    self.features = features
    self.rows = rows
    var random = SplitMix64(seed: seed)
    func normal() -> Double {
      let (u, v) = (Double.random(in: 1e-300..<1, using: &random), Double.random(in: 0..<1, using: &random))
      return (-2 * log(u)).squareRoot() * cos(2 * .pi * v)
    }
    let truth = (0..<features).map { _ in normal() }
    data = Vector(count: samples * features)
    for i in 0..<samples {
      var sum = 0.0
      for j in 0..<features {
        // Features on different scales, as those of real tables are.
        let a = normal() * pow(10, -1.5 * Double(j) / Double(features))
        data[i * features + j] = a
        sum += a * truth[j]
      }
      let isFlipped = Double.random(in: 0..<1, using: &random) < 0.1
      if (sum < 0) != isFlipped { for j in 0..<features { data[i * features + j] *= -1 } }
    }
    matrix = Vector(count: rows * features)
    for k in 0..<rows * features { matrix[k] = normal() / Double(features).squareRoot() }
    margins = Vector(count: samples)
    let all = (0..<Int32(features)).map { $0 }
    jacobianPattern = SparsityPattern(
      starts: (0...rows + 1).map { $0 * features }, indices: Array([[Int32]](repeating: all, count: rows + 1).joined()))
    var starts = [0]
    for j in 0..<features { starts.append(starts[j] + features - j) }
    hessianPattern = SparsityPattern(starts: starts, indices: Array((0..<features).map { all[$0...] }.joined()))
  }

  var variableCount: Int { features }
  var constraintCount: Int { rows + 1 }

  private func updateMargins(_ x: UnsafePointer<Double>) {
    for i in 0..<samples { margins[i] = VectorKernels.dot(features, data.pointer + i * features, x) }
  }

  func objective(at x: UnsafePointer<Double>) -> Double {
    updateMargins(x)
    var sum = 0.0
    for i in 0..<samples {
      let t = margins[i]
      sum += t > 0 ? log1p(exp(-t)) : log1p(exp(t)) - t
    }
    return sum / Double(samples)
  }

  func gradient(at x: UnsafePointer<Double>, into result: UnsafeMutablePointer<Double>) {
    updateMargins(x)
    result.update(repeating: 0, count: features)
    for i in 0..<samples {
      let weight = -1 / (1 + exp(margins[i])) / Double(samples)
      VectorKernels.add(features, weight, data.pointer + i * features, to: result)
    }
  }

  func constraints(at x: UnsafePointer<Double>, into result: UnsafeMutablePointer<Double>) {
    result[0] = VectorKernels.dot(features, x, x) - 1
    for r in 0..<rows { result[r + 1] = VectorKernels.dot(features, matrix.pointer + r * features, x) }
  }

  func jacobian(at x: UnsafePointer<Double>, into values: UnsafeMutablePointer<Double>) {
    for j in 0..<features { values[j] = 2 * x[j] }
    (values + features).update(from: matrix.pointer, count: rows * features)
  }

  func addJacobianTransposeProduct(
    at x: UnsafePointer<Double>, _ y: UnsafePointer<Double>, to result: UnsafeMutablePointer<Double>
  ) {
    VectorKernels.add(features, 2 * y[0], x, to: result)
    for r in 0..<rows { VectorKernels.add(features, y[r + 1], matrix.pointer + r * features, to: result) }
  }

  func hessian(
    at x: UnsafePointer<Double>, objective factor: Double, multipliers y: UnsafePointer<Double>,
    into values: UnsafeMutablePointer<Double>
  ) {
    updateMargins(x)
    values.update(repeating: 0, count: hessianPattern.entryCount)
    for i in 0..<samples {
      let p = 1 / (1 + exp(margins[i]))
      let weight = factor * p * (1 - p) / Double(samples)
      let row = data.pointer + i * features
      for j in 0..<features {
        VectorKernels.add(features - j, weight * row[j], row + j, to: values + hessianPattern.starts[j])
      }
    }
    for j in 0..<features { values[hessianPattern.starts[j]] += 2 * y[0] }
  }

  func hessianProduct(
    at x: UnsafePointer<Double>, objective factor: Double, multipliers y: UnsafePointer<Double>,
    _ v: UnsafePointer<Double>, into result: UnsafeMutablePointer<Double>
  ) {
    updateMargins(x)
    for j in 0..<features { result[j] = 2 * y[0] * v[j] }
    for i in 0..<samples {
      let p = 1 / (1 + exp(margins[i]))
      let row = data.pointer + i * features
      let weight = factor * p * (1 - p) / Double(samples) * VectorKernels.dot(features, row, v)
      VectorKernels.add(features, weight, row, to: result)
    }
  }
}
