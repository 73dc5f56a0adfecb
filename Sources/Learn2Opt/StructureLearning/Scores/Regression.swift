import LinearAlgebra

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The least-squares regression of one variable on others, from second moments.
struct Regression: Sendable {
  let parents: [Int]
  /// Coefficients, one a parent; a parent that repeats others has 0.
  private(set) var weights: [Double]
  /// Mean square of what the parents leave.
  private(set) var residualVariance: Double
  /// Diagonal of the inverse of the parents' moments: `weight / √(residual · this / n)` is the t value.
  private(set) var inverseDiagonal: [Double]

  /// A parent whose variance given the others is below this part of its own counts as a repetition of them.
  static let dependence = 1e-12

  /// - Complexity: O(k³) for k parents.
  init(_ covariance: DenseMatrix, _ node: Int, on parents: [Int]) {
    self.parents = parents
    let k = parents.count
    weights = [Double](repeating: 0, count: k)
    inverseDiagonal = [Double](repeating: 0, count: k)
    residualVariance = covariance[node, node]
    if k == 0 { return }
    // Rows of a factor L with the parents' moments L Lᵀ, then of its inverse.
    var l = [Double](repeating: 0, count: k * k)
    var inverse = l
    var projection = [Double](repeating: 0, count: k)
    for i in 0..<k {
      for j in 0...i {
        var sum = covariance[parents[i], parents[j]]
        for m in 0..<j { sum -= l[i * k + m] * l[j * k + m] }
        if j < i {
          l[i * k + j] = l[j * k + j] > 0 ? sum / l[j * k + j] : 0
        } else {
          l[i * k + i] = sum > Self.dependence * covariance[parents[i], parents[i]] ? sum.squareRoot() : 0
        }
      }
      guard l[i * k + i] > 0 else { continue }
      var sum = covariance[parents[i], node]
      for m in 0..<i { sum -= l[i * k + m] * projection[m] }
      projection[i] = sum / l[i * k + i]
      residualVariance -= projection[i] * projection[i]
      inverse[i * k + i] = 1 / l[i * k + i]
      for j in 0..<i {
        var entry = 0.0
        for m in j..<i { entry -= l[i * k + m] * inverse[m * k + j] }
        inverse[i * k + j] = entry / l[i * k + i]
      }
    }
    for j in 0..<k {
      for i in j..<k {
        weights[j] += inverse[i * k + j] * projection[i]
        inverseDiagonal[j] += inverse[i * k + j] * inverse[i * k + j]
      }
    }
    residualVariance = max(residualVariance, Self.dependence * covariance[node, node])
  }

  /// `½ log r + penalty · parents`.
  func cost(_ penalty: Double) -> Double { log(residualVariance) / 2 + penalty * Double(parents.count) }

  /// The cost of the regression without one of its parents.
  func cost(_ penalty: Double, withoutParentAt j: Int) -> Double {
    let rise = inverseDiagonal[j] > 0 ? weights[j] * weights[j] / inverseDiagonal[j] : 0
    return log(residualVariance + rise) / 2 + penalty * Double(parents.count - 1)
  }

  /// t value of a weight for n samples that were centred.
  func tValue(_ j: Int, sampleCount n: Int) -> Double {
    let freedom = Double(max(1, n - parents.count - 1))
    let error = (residualVariance * Double(n) / freedom * inverseDiagonal[j] / Double(n)).squareRoot()
    return error > 0 ? weights[j] / error : weights[j] == 0 ? 0 : .infinity
  }
}

/// Moments of all variables with one node, given a growing list of parents.
struct PartialMoments {
  private let covariance: DenseMatrix
  private let node: Int
  private var parents: [Int] = []
  /// One column a parent: covariances of all variables with it, given those before it, by its standard deviation.
  private var columns: [Double] = []
  /// Covariances with the node, and variances, given the parents.
  private var moments: [Double]
  private var variances: [Double]

  init(_ covariance: DenseMatrix, _ node: Int) {
    let d = covariance.rowCount
    self.covariance = covariance
    self.node = node
    moments = (0..<d).map { covariance.values[node * d + $0] }
    variances = (0..<d).map { covariance.values[$0 * d + $0] }
  }

  func contains(_ variable: Int) -> Bool { parents.contains(variable) }

  private func isDependent(_ u: Int) -> Bool {
    variances[u] <= Regression.dependence * covariance[u, u]
  }

  /// - Complexity: O(d k) for k parents so far.
  mutating func add(_ p: Int) {
    let d = covariance.rowCount
    if isDependent(p) {
      parents.append(p)
      columns += [Double](repeating: 0, count: d)
      return
    }
    let start = columns.count
    columns += covariance.values[p * d..<(p + 1) * d]
    let scale = 1 / variances[p].squareRoot()
    columns.withUnsafeMutableBufferPointer { columns in
      for k in parents.indices {
        let factor = columns[k * d + p]
        for u in 0..<d { columns[start + u] -= factor * columns[k * d + u] }
      }
      for u in 0..<d { columns[start + u] *= scale }
      let own = columns[start + node]
      for u in 0..<d {
        moments[u] -= own * columns[start + u]
        variances[u] -= columns[start + u] * columns[start + u]
      }
    }
    parents.append(p)
  }

  private var residualVariance: Double {
    max(variances[node], Regression.dependence * covariance[node, node])
  }

  /// |t| that a variable would have if it were added.
  func tSize(_ u: Int, sampleCount n: Int) -> Double {
    if isDependent(u) { return 0 }
    let part = moments[u] * moments[u] / variances[u]
    let left = max(variances[node] - part, Regression.dependence * covariance[node, node])
    return (part / left * Double(max(1, n - parents.count - 2))).squareRoot()
  }

  func cost(_ penalty: Double) -> Double { log(residualVariance) / 2 + penalty * Double(parents.count) }

  func cost(_ penalty: Double, adding u: Int) -> Double {
    if isDependent(u) { return .infinity }
    let left = max(
      variances[node] - moments[u] * moments[u] / variances[u], Regression.dependence * covariance[node, node])
    return log(left) / 2 + penalty * Double(parents.count + 1)
  }
}
