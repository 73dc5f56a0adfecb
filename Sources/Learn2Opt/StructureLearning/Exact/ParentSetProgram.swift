import LinearAlgebra

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The graph with the least penalized likelihood of all, proven, by dynamic programming over sets of variables.
///
/// For every node and every set of others, the best parents within the set are either the whole set or the best within
/// the set less one of its members. The best order then follows as in ``SubsetProgram``.
///
/// - Source: T. Silander, P. Myllymäki, "A simple approach for finding the globally optimal Bayesian network structure",
///   UAI 2006.
struct ParentSetProgram {
  /// Most variables: tables of (d/2 + 2) 2^d numbers, 92 MB for 20.
  static let limit = 20
  /// Scores this close, relatively, are the same but for rounding.
  static let tieTolerance = 1e-11

  /// - Parameters:
  ///   - penalty: cost of one parent.
  ///   - parentLimit: most parents of a node.
  /// - Returns: an order and the score `½ Σ log r_v + penalty · edges` of the best graph; nil when asked to stop.
  /// - Throws: ``StructureLearningError`` for too many variables or a singular matrix.
  /// - Complexity: O(d² 2^d).
  static func bic(
    _ covariance: SampleCovariance, penalty: Double, parentLimit: Int = .max, constraints: OrderConstraints,
    shouldStop: () -> Bool = { false }
  ) throws(StructureLearningError) -> (order: [Int], parents: [[Int]], score: Double)? {
    let d = covariance.variableCount
    guard d <= limit else { throw .tooManyNodes(count: d, limit: limit, method: "the exact search for BIC") }
    if d == 0 { return ([], [], 0) }
    guard let minors = PrincipalMinors(covariance.matrix) else {
      throw .singularCovariance("a column repeats a combination of others")
    }
    // Logarithms once a set: the score of a regression is then a difference.
    for set in 0..<1 << d { minors.values[set] = log(minors.values[set]) / 2 }
    var tables: [UnsafeMutablePointer<Double>] = []
    defer { for table in tables { table.deallocate() } }
    for v in 0..<d {
      if shouldStop() { return nil }
      tables.append(bestParents(v, d, minors, penalty, parentLimit, constraints))
    }
    let best = UnsafeMutablePointer<Double>.allocate(capacity: 1 << d)
    defer { best.deallocate() }
    best[0] = 0
    let before = constraints.before.map { Int($0.words[0]) }
    for set in 1..<1 << d {
      if set & 0xFFFFF == 0 && shouldStop() { return nil }
      var least = Double.infinity
      var left = set
      while left != 0 {
        let v = left.trailingZeroBitCount
        let rest = set & ~(1 << v)
        if before[v] & ~rest == 0 { least = min(least, best[rest] + tables[v][compressed(rest, v)]) }
        left &= left - 1
      }
      best[set] = least
    }
    var order: [Int] = []
    var parents = [[Int]](repeating: [], count: d)
    // Graphs of one class have the same score but for rounding: the last node that attains it goes last.
    let tie = tieTolerance * max(1, abs(best[1 << d - 1]))
    var set = 1 << d - 1
    while set != 0 {
      let last = (0..<d).last { v in
        let rest = set & ~(1 << v)
        return rest != set && before[v] & ~rest == 0 && best[rest] + tables[v][compressed(rest, v)] <= best[set] + tie
      }!
      set &= ~(1 << last)
      order.append(last)
      parents[last] = attaining(last, set, tables[last], tie)
    }
    return (order.reversed(), parents, best[1 << d - 1])
  }

  /// A set without v as the number of a set of d - 1 variables.
  @inline(__always)
  private static func compressed(_ set: Int, _ v: Int) -> Int {
    let low = set & (1 << v - 1)
    return low | (set >> (v + 1)) << v
  }

  /// For each set of others, the least cost of v with parents within it.
  private static func bestParents(
    _ v: Int, _ d: Int, _ minors: PrincipalMinors, _ penalty: Double, _ parentLimit: Int, _ constraints: OrderConstraints
  ) -> UnsafeMutablePointer<Double> {
    let count = 1 << (d - 1)
    let table = UnsafeMutablePointer<Double>.allocate(capacity: count)
    let logVariance = log(minors.variances[v]) / 2
    let allowed = compressed(Int(constraints.allowedParents[v].words[0]), v)
    let required = compressed(Int(constraints.requiredParents[v].words[0]), v)
    let values = minors.values
    for index in 0..<count {
      let size = index.nonzeroBitCount
      var least = Double.infinity
      if index & ~allowed == 0 && required & ~index == 0 && size <= parentLimit {
        let set = index & (1 << v - 1) | (index >> v) << (v + 1)
        least = logVariance + values[set | 1 << v] - values[set] + penalty * Double(size)
      }
      var left = index
      while left != 0 {
        least = min(least, table[index & ~(left & -left)])
        left &= left - 1
      }
      table[index] = least
    }
    return table
  }

  /// The smallest set within another that attains its least cost.
  private static func attaining(
    _ v: Int, _ set: Int, _ table: UnsafeMutablePointer<Double>, _ tie: Double
  ) -> [Int] {
    var index = compressed(set, v)
    let least = table[index] + tie
    var shrinks = true
    while shrinks {
      shrinks = false
      var left = index
      while left != 0 {
        let without = index & ~(left & -left)
        if table[without] <= least {
          index = without
          shrinks = true
          break
        }
        left &= left - 1
      }
    }
    let whole = index & (1 << v - 1) | (index >> v) << (v + 1)
    return (0..<Int.bitWidth - 1).filter { whole >> $0 & 1 == 1 }
  }
}
