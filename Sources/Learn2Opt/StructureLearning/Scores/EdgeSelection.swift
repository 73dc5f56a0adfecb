import LinearAlgebra

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Which predecessors of a node are its parents: those whose weight is too far from zero to be chance.
///
/// Predecessors leave one after another, the one with the smallest |t| first, until all that remain reach the critical
/// value; then any that would reach it if it came back does, and so on until nothing changes.
public struct EdgeSelection: Sendable, Equatable {
  /// The least |t| of an edge.
  public var criticalValue: Double

  public init(criticalValue: Double) { self.criticalValue = criticalValue }

  /// The critical value for one wrong edge with probability `level` among all pairs of d nodes (Bonferroni).
  public init(familywiseLevel level: Double, nodeCount d: Int) {
    self.init(familywiseLevel: level, testCount: d * (d - 1) / 2)
  }

  /// The critical value for one wrong edge with probability `level` among a number of possible edges (Bonferroni).
  public init(familywiseLevel level: Double, testCount: Int) {
    criticalValue = EdgeSelection.normalQuantile(upperTail: level / Double(max(1, testCount)) / 2)
  }

  /// The z with `P(Z > z) = p` for a standard normal Z, by bisection on the complementary error function.
  static func normalQuantile(upperTail p: Double) -> Double {
    var low = 0.0
    var high = 40.0
    for _ in 0..<100 {
      let z = (low + high) / 2
      if erfc(z / 2.0.squareRoot()) / 2 > p { low = z } else { high = z }
    }
    return high
  }

  /// Of more predecessors than this only those with the largest |t| in the regression on all are looked at first.
  static let screenedCount = 64

  /// The parents of every node of an order, from its factor.
  /// - Complexity: O(d²) to screen, O(d) for each parent that is found, O(64³) a node.
  func parents(
    _ factor: OrderFactor, _ covariance: DenseMatrix, sampleCount n: Int, constraints: OrderConstraints
  ) -> [Regression] {
    let d = factor.d
    var result = [Regression?](repeating: nil, count: d)
    // Diagonal of the inverse moments of the variables placed so far.
    var precision = [Double](repeating: 0, count: d)
    for b in 0..<d {
      let v = factor.order[b]
      let allowed = constraints.allowedParents[v], required = constraints.requiredParents[v]
      let open = (0..<b).filter { allowed.contains(factor.order[$0]) }
      var screened = open.map { factor.order[$0] }
      if open.count > Self.screenedCount && open.count == b {
        // |t| but for a factor that all predecessors share.
        let size = open.map { abs(factor.inverse[b * d + $0]) / precision[$0].squareRoot() }
        let ranked = open.indices.sorted { size[$0] > size[$1] }
        screened = ranked.prefix(Self.screenedCount).map { factor.order[open[$0]] }
        screened += required.nodes.filter { !screened.contains($0) }
      }
      result[v] = parents(
        of: v, among: open.map { factor.order[$0] }, startingFrom: screened, required: required, covariance,
        sampleCount: n)
      for a in 0...b { precision[a] += factor.inverse[b * d + a] * factor.inverse[b * d + a] }
    }
    return result.map { $0! }
  }

  /// The parents of a node among candidates, required ones always.
  /// - Parameter start: candidates to eliminate from; the others come in only if they reach the critical value later.
  /// - Complexity: O(k³) for k candidates to start from, O(d p) for each of p parents.
  func parents(
    of node: Int, among candidates: [Int], startingFrom start: [Int], required: NodeSet, _ covariance: DenseMatrix,
    sampleCount n: Int
  ) -> Regression {
    var regression = eliminated(node, start.sorted(), required, covariance, n)
    // Each round admits one more candidate for good, or ends.
    for _ in candidates {
      var partial = PartialMoments(covariance, node)
      for p in regression.parents { partial.add(p) }
      var strongest = -1
      var size = criticalValue
      for u in candidates where !regression.parents.contains(u) {
        let t = partial.tSize(u, sampleCount: n)
        if t >= size { (strongest, size) = (u, t) }
      }
      if strongest < 0 { break }
      let next = eliminated(node, (regression.parents + [strongest]).sorted(), required, covariance, n)
      if !next.parents.contains(strongest) { break }
      regression = next
    }
    return regression
  }

  private func eliminated(
    _ node: Int, _ start: [Int], _ required: NodeSet, _ covariance: DenseMatrix, _ n: Int
  ) -> Regression {
    var elimination = BackwardElimination(covariance, node, from: start)
    while let weakest = elimination.weakest(keeping: required, sampleCount: n), weakest.t < criticalValue {
      elimination.remove(weakest.index)
    }
    return Regression(covariance, node, on: elimination.parents)
  }
}

/// A regression that loses one parent after another: the inverse of the parents' moments is swept, not computed anew.
private struct BackwardElimination {
  private(set) var parents: [Int]
  private let count: Int
  private var weights: [Double]
  private var inverse: [Double]
  private var left: Double
  private var alive: [Bool]
  private var all: [Int]

  /// - Complexity: O(k³) for k parents.
  init(_ covariance: DenseMatrix, _ node: Int, from start: [Int]) {
    let regression = Regression(covariance, node, on: start, keepingInverse: true)
    parents = start
    all = start
    count = start.count
    weights = regression.weights
    inverse = regression.inverse
    left = regression.residualVariance
    alive = [Bool](repeating: true, count: count)
  }

  /// The parent with the smallest |t| among those that may go.
  func weakest(keeping required: NodeSet, sampleCount n: Int) -> (index: Int, t: Double)? {
    let freedom = Double(max(1, n - parents.count - 1))
    var best: (index: Int, t: Double)?
    for j in 0..<count where alive[j] && !required.contains(all[j]) {
      let own = inverse[j * count + j]
      let t = own > 0 ? abs(weights[j]) / (left / freedom * own).squareRoot() : 0
      if best == nil || t < best!.t { best = (j, t) }
    }
    return best
  }

  /// - Complexity: O(k²).
  mutating func remove(_ j: Int) {
    alive[j] = false
    parents.removeAll { $0 == all[j] }
    let own = inverse[j * count + j]
    if own <= 0 { return }
    let factor = weights[j] / own
    left += weights[j] * factor
    let k = count
    inverse.withUnsafeMutableBufferPointer { inverse in
      for i in 0..<k where alive[i] {
        weights[i] -= inverse[i * k + j] * factor
        let scale = inverse[i * k + j] / own
        if scale == 0 { continue }
        for m in 0..<k { inverse[i * k + m] -= scale * inverse[j * k + m] }
      }
    }
  }
}
