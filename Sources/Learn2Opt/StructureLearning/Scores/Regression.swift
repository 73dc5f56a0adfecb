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
  /// The whole inverse by rows, where it was asked for.
  private(set) var inverse: [Double] = []

  /// A parent whose variance given the others is below this part of its own counts as a repetition of them.
  static let dependence = 1e-12

  /// - Complexity: O(k³) for k parents.
  init(_ covariance: DenseMatrix, _ node: Int, on parents: [Int], keepingInverse: Bool = false) {
    self.parents = parents
    let k = parents.count
    weights = [Double](repeating: 0, count: k)
    inverseDiagonal = [Double](repeating: 0, count: k)
    residualVariance = covariance[node, node]
    if k == 0 { return }
    // Rows of a factor L with the parents' moments L Lᵀ, then of its inverse.
    let d = covariance.rowCount
    var projection = [Double](repeating: 0, count: k)
    var storage = [Double](repeating: 0, count: 2 * k * k)
    storage.withUnsafeMutableBufferPointer { storage in
      covariance.values.withUnsafeBufferPointer { s in
        let l = storage.baseAddress!, lowerInverse = l + k * k
        for i in 0..<k {
          let row = l + i * k
          for j in 0...i {
            let other = l + j * k
            var sum = s[parents[i] * d + parents[j]]
            for m in 0..<j { sum -= row[m] * other[m] }
            if j < i {
              row[j] = other[j] > 0 ? sum / other[j] : 0
            } else {
              row[i] = sum > Self.dependence * s[parents[i] * (d + 1)] ? sum.squareRoot() : 0
            }
          }
          guard row[i] > 0 else { continue }
          var sum = s[node * d + parents[i]]
          for m in 0..<i { sum -= row[m] * projection[m] }
          projection[i] = sum / row[i]
          residualVariance -= projection[i] * projection[i]
          let inverseRow = lowerInverse + i * k
          for m in 0..<i where row[m] != 0 {
            let other = lowerInverse + m * k
            for j in 0...m { inverseRow[j] -= row[m] * other[j] }
          }
          inverseRow[i] = 1
          for j in 0...i { inverseRow[j] /= row[i] }
        }
        for i in 0..<k {
          let row = lowerInverse + i * k
          for j in 0...i {
            weights[j] += row[j] * projection[i]
            inverseDiagonal[j] += row[j] * row[j]
          }
        }
        if keepingInverse {
          inverse = [Double](repeating: 0, count: k * k)
          for i in 0..<k {
            let row = lowerInverse + i * k
            for j in 0...i where row[j] != 0 {
              for m in 0...i { inverse[j * k + m] += row[j] * row[m] }
            }
          }
        }
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

  private func isDependent(_ u: Int) -> Bool {
    variances[u] <= Regression.dependence * covariance[u, u]
  }

  /// - Complexity: O(d k) for k parents so far.
  mutating func add(_ p: Int) {
    let d = covariance.rowCount, count = parents.count
    if isDependent(p) {
      parents.append(p)
      columns += [Double](repeating: 0, count: d)
      return
    }
    let scale = 1 / variances[p].squareRoot()
    // A buffer of its own for the new column: the loops below read the others beside it.
    let fresh = [Double](unsafeUninitializedCapacity: d) { fresh, initialized in
      let x = fresh.baseAddress!
      covariance.values.withUnsafeBufferPointer { s in x.initialize(from: s.baseAddress! + p * d, count: d) }
      initialized = d
      columns.withUnsafeBufferPointer { columns in
        for k in 0..<count {
          let column = columns.baseAddress! + k * d
          let factor = column[p]
          if factor == 0 { continue }
          for u in 0..<d { x[u] -= factor * column[u] }
        }
      }
      let own = x[node] * scale
      moments.withUnsafeMutableBufferPointer { moments in
        variances.withUnsafeMutableBufferPointer { variances in
          let m = moments.baseAddress!, v = variances.baseAddress!
          for u in 0..<d {
            let value = x[u] * scale
            x[u] = value
            m[u] -= own * value
            v[u] -= value * value
          }
        }
      }
    }
    columns += fresh
    parents.append(p)
  }

  /// Variables whose squared partial correlation with the node is at least a value, the largest first; those that agree
  /// in seven digits in descending order of the variables.
  func candidates(atLeast least: Double, allowed: NodeSet) -> [Int32] {
    let d = covariance.rowCount
    let left = max(variances[node], Regression.dependence * covariance.values[node * (d + 1)])
    // The bits of a positive number in single precision are in the order of the numbers.
    var keys: [UInt64] = []
    keys.reserveCapacity(d)
    moments.withUnsafeBufferPointer { moments in
      variances.withUnsafeBufferPointer { variances in
        covariance.values.withUnsafeBufferPointer { s in
          let threshold = least * left
          for u in 0..<d {
            let part = moments[u] * moments[u]
            if part < threshold * variances[u] || part == 0 || u == node { continue }
            // What is a parent already has no variance left.
            if variances[u] <= Regression.dependence * s[u * (d + 1)] || !allowed.contains(u) { continue }
            keys.append(UInt64(Float(part / (variances[u] * left)).bitPattern) << 32 | UInt64(u))
          }
        }
      }
    }
    Self.sortDescending(&keys)
    return keys.map { Int32(truncatingIfNeeded: $0) }
  }

  /// Short lists, of which there are many, by insertion.
  private static func sortDescending(_ keys: inout [UInt64]) {
    if keys.count > 40 {
      keys.sort(by: >)
      return
    }
    keys.withUnsafeMutableBufferPointer { keys in
      for i in 1..<max(1, keys.count) {
        let key = keys[i]
        var k = i
        while k > 0 && keys[k - 1] < key {
          keys[k] = keys[k - 1]
          k -= 1
        }
        keys[k] = key
      }
    }
  }

  /// |t| that a variable would have if it were added.
  func tSize(_ u: Int, sampleCount n: Int) -> Double {
    if isDependent(u) { return 0 }
    let part = moments[u] * moments[u] / variances[u]
    let left = max(variances[node] - part, Regression.dependence * covariance[node, node])
    return (part / left * Double(max(1, n - parents.count - 2))).squareRoot()
  }
}
