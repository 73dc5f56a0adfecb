import LinearAlgebra

/// The best order of all, proven, by dynamic programming over sets of variables.
///
/// The best order of a set ends in some variable v of it, and costs what the best order of the rest costs plus the cost of
/// v given the rest. There are 2^d sets.
///
/// - Source: T. Silander, P. Myllymäki, "A simple approach for finding the globally optimal Bayesian network structure",
///   UAI 2006.
struct SubsetProgram {
  /// Most variables for least squares: two tables of 2^d numbers, 268 MB for 24.
  static let leastSquaresLimit = 24

  /// - Parameter constraints: orders and parents that are allowed.
  /// - Returns: an order with the least score `½ Σ r_v`, where v is regressed on all allowed predecessors; nil when asked
  ///   to stop.
  /// - Throws: ``StructureLearningError`` for too many variables or a singular matrix.
  /// - Complexity: O(d 2^d).
  static func leastSquares(
    _ covariance: SampleCovariance, constraints: OrderConstraints, shouldStop: () -> Bool = { false }
  ) throws(StructureLearningError) -> (order: [Int], score: Double)? {
    let d = covariance.variableCount
    guard d <= leastSquaresLimit else {
      throw .tooManyNodes(count: d, limit: leastSquaresLimit, method: "the exact search for least squares")
    }
    guard let minors = PrincipalMinors(covariance.matrix) else {
      throw .singularCovariance("a column repeats a combination of others")
    }
    let variances = minors.variances
    let before = constraints.before.map { Int($0.words[0]) }
    let allowed = constraints.allowedParents.map { Int($0.words[0]) }
    let best = UnsafeMutablePointer<Double>.allocate(capacity: 1 << d)
    defer { best.deallocate() }
    let cost: (Int, Int) -> Double = { v, rest in
      before[v] & ~rest != 0 ? .infinity : best[rest] + minors.residualVariance(v, given: rest & allowed[v])
    }
    best[0] = 0
    if constraints.isFree {
      guard fill(d, best, minors.values, variances, shouldStop) else { return nil }
    } else {
      for set in 1..<max(1, 1 << d) {
        if set & 0xFFFF == 0 && shouldStop() { return nil }
        best[set] = members(set).map { cost($0, set & ~(1 << $0)) }.min()!
      }
    }
    var order: [Int] = []
    var set = 1 << d - 1
    while set != 0 {
      let last = members(set).min { cost($0, set & ~(1 << $0)) < cost($1, set & ~(1 << $1)) }!
      order.append(last)
      set &= ~(1 << last)
    }
    return (order.reversed(), best[1 << d - 1] / 2)
  }

  /// The table for free orders: the inner loop walks over the members of a set.
  private static func fill(
    _ d: Int, _ best: UnsafeMutablePointer<Double>, _ minors: UnsafePointer<Double>, _ variances: [Double],
    _ shouldStop: () -> Bool
  ) -> Bool {
    variances.withUnsafeBufferPointer { variances in
      for set in 1..<max(1, 1 << d) {
        if set & 0xFFFFF == 0 && shouldStop() { return false }
        let whole = minors[set]
        var least = Double.infinity
        var left = set
        while left != 0 {
          let rest = set & ~(left & -left)
          least = min(least, best[rest] + variances[left.trailingZeroBitCount] * whole / minors[rest])
          left &= left - 1
        }
        best[set] = least
      }
      return true
    }
  }

  private static func members(_ set: Int) -> [Int] {
    var result: [Int] = []
    var left = set
    while left != 0 {
      result.append(left.trailingZeroBitCount)
      left &= left - 1
    }
    return result
  }
}
