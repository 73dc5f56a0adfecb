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
    let tests = Double(max(1, d * (d - 1) / 2))
    criticalValue = EdgeSelection.normalQuantile(upperTail: level / tests / 2)
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

  /// Predecessors up to this number are taken away one at a time; of more, the half with the smallest |t| goes at once.
  static let singleStepLimit = 64

  /// The parents of a node among candidates, required ones always.
  /// - Complexity: O(k³) for k candidates.
  func parents(
    of node: Int, among candidates: [Int], required: [Int], _ covariance: DenseMatrix, sampleCount n: Int
  ) -> Regression {
    var kept = candidates
    while kept.count > Self.singleStepLimit {
      let size = tSizes(node, kept, covariance, n)
      let order = kept.indices.sorted { size[$0] > size[$1] }
      let next = order.prefix(max(Self.singleStepLimit, kept.count / 2)).map { kept[$0] }
      kept = candidates.filter { next.contains($0) || required.contains($0) }
      if next.count == Self.singleStepLimit { break }
    }
    var regression = eliminated(node, kept, required, covariance, n)
    for _ in 0..<candidates.count {
      var partial = PartialMoments(covariance, node)
      for p in regression.parents { partial.add(p) }
      let outside = candidates.filter { !regression.parents.contains($0) }
      let strongest = outside.max { partial.tSize($0, sampleCount: n) < partial.tSize($1, sampleCount: n) }
      guard let strongest, partial.tSize(strongest, sampleCount: n) >= criticalValue else { break }
      let next = eliminated(node, (regression.parents + [strongest]).sorted(), required, covariance, n)
      if !next.parents.contains(strongest) { break }
      regression = next
    }
    return regression
  }

  private func tSizes(_ node: Int, _ parents: [Int], _ covariance: DenseMatrix, _ n: Int) -> [Double] {
    let regression = Regression(covariance, node, on: parents)
    return parents.indices.map { abs(regression.tValue($0, sampleCount: n)) }
  }

  private func eliminated(
    _ node: Int, _ start: [Int], _ required: [Int], _ covariance: DenseMatrix, _ n: Int
  ) -> Regression {
    var regression = Regression(covariance, node, on: start)
    while true {
      let free = regression.parents.indices.filter { !required.contains(regression.parents[$0]) }
      let weakest = free.min {
        abs(regression.tValue($0, sampleCount: n)) < abs(regression.tValue($1, sampleCount: n))
      }
      guard let weakest, abs(regression.tValue(weakest, sampleCount: n)) < criticalValue else { return regression }
      var parents = regression.parents
      parents.remove(at: weakest)
      regression = Regression(covariance, node, on: parents)
    }
  }
}
