import LinearAlgebra

/// An estimated graph beside the true one: which edges are right, and the usual numbers made of that.
///
/// Every unordered pair of nodes counts once: a reversed edge is one mistake, not two. Weights play no part.
public struct GraphComparison: Sendable, Equatable {
  /// What became of an edge.
  public enum Verdict: String, Sendable, Hashable, CaseIterable {
    /// In both graphs.
    case correct
    /// In both, but with the other direction in the estimate.
    case reversed
    /// In the estimate between nodes that are not adjacent in truth.
    case extra
    /// In the truth between nodes that are not adjacent in the estimate.
    case missed
  }

  public struct JudgedEdge: Sendable, Hashable {
    /// Direction as in the estimate; as in the truth for missed edges.
    public var from: Int
    public var to: Int
    public var verdict: Verdict
  }

  /// The true graph, its nodes in the order of the estimate.
  public let truth: WeightedGraph
  public let estimate: WeightedGraph
  /// All edges of the estimate, and the missed ones of the truth, by node.
  public let edges: [JudgedEdge]
  /// Structural Hamming distance: pairs of nodes whose edge is missing, extra or reversed.
  public let hammingDistance: Int

  /// Compares two graphs, nodes being the same when their names are.
  ///
  /// - Throws: ``StructureLearningError/differentNodes(onlyInFirst:onlyInSecond:)``.
  /// - Complexity: O(d²).
  public init(of estimate: WeightedGraph, with truth: WeightedGraph) throws(StructureLearningError) {
    let aligned = try truth.reordered(as: estimate.names)
    self.truth = aligned
    self.estimate = estimate
    var judged: [JudgedEdge] = []
    var distance = 0
    let d = estimate.nodeCount
    for i in 0..<d {
      for j in 0..<d where i != j {
        if estimate.hasEdge(i, j) {
          let verdict: Verdict = aligned.hasEdge(i, j) ? .correct : aligned.hasEdge(j, i) ? .reversed : .extra
          judged.append(JudgedEdge(from: i, to: j, verdict: verdict))
        } else if aligned.hasEdge(i, j), !estimate.hasEdge(j, i) {
          judged.append(JudgedEdge(from: i, to: j, verdict: .missed))
        }
        let isSame = estimate.hasEdge(i, j) == aligned.hasEdge(i, j) && estimate.hasEdge(j, i) == aligned.hasEdge(j, i)
        if i < j, !isSame { distance += 1 }
      }
    }
    edges = judged
    hammingDistance = distance
  }

  public func count(_ verdict: Verdict) -> Int { edges.count { $0.verdict == verdict } }

  public var trueEdgeCount: Int { truth.edgeCount }
  public var estimatedEdgeCount: Int { estimate.edgeCount }

  /// Share of the true edges that were found with their direction (TPR); 1 when there are none.
  public var recall: Double { ratio(count(.correct), trueEdgeCount, empty: 1) }
  /// Share of the estimated edges that are true; 1 when there are none.
  public var precision: Double { ratio(count(.correct), estimatedEdgeCount, empty: 1) }
  /// Share of the estimated edges that are reversed or extra (FDR); 0 when there are none.
  public var falseDiscoveryRate: Double { ratio(count(.reversed) + count(.extra), estimatedEdgeCount, empty: 0) }
  /// Reversed and extra edges per pair of nodes that is not adjacent in truth (FPR); 0 when all pairs are.
  public var falsePositiveRate: Double {
    let d = estimate.nodeCount
    return ratio(count(.reversed) + count(.extra), d * (d - 1) / 2 - trueEdgeCount, empty: 0)
  }
  /// Harmonic mean of precision and recall; 0 when no edge is correct, 1 when both graphs have none.
  public var f1: Double {
    if trueEdgeCount == 0 && estimatedEdgeCount == 0 { return 1 }
    return 2 * Double(count(.correct)) / Double(trueEdgeCount + estimatedEdgeCount)
  }

  /// Hamming distance of the equivalence classes: what can be told from observations of normal variables alone.
  /// - Throws: ``StructureLearningError/cyclicGraph(cycle:)`` when one of the graphs has no class.
  /// - Complexity: O(d² + edges · largest number of parents).
  public func classDistance() throws(StructureLearningError) -> Int {
    try EquivalenceClass(estimate).distance(to: EquivalenceClass(truth))
  }

  private func ratio(_ part: Int, _ whole: Int, empty: Double) -> Double {
    whole > 0 ? Double(part) / Double(whole) : empty
  }
}

extension WeightedGraph {
  /// The same graph with its nodes in the order of these names.
  /// - Throws: ``StructureLearningError/differentNodes(onlyInFirst:onlyInSecond:)``, the first being these names.
  public func reordered(as order: [String]) throws(StructureLearningError) -> WeightedGraph {
    if order == names { return self }
    var places: [String: Int] = [:]
    for (k, name) in names.enumerated() { places[name] = k }
    let known = Set(order)
    let missing = order.filter { places[$0] == nil }
    let extra = names.filter { !known.contains($0) }
    guard missing.isEmpty, extra.isEmpty, known.count == order.count, order.count == names.count else {
      throw .differentNodes(onlyInFirst: missing, onlyInSecond: extra)
    }
    let source = order.map { places[$0]! }
    return WeightedGraph(
      names: order,
      weights: DenseMatrix(rowCount: order.count, columnCount: order.count) { i, j in weights[source[i], source[j]] })
  }
}
