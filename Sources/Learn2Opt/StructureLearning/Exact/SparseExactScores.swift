/// A set of nodes, node v at bit v.
typealias ParentBits = UInt128

/// Scores of the parent sets that each node may choose from, to be made small in sum: the input of ``SparseExactSearch``.
///
/// Candidates that no best graph needs are dropped: a set of which another candidate is a subset with a score at most as
/// large. T. Silander, P. Myllymäki, "A simple approach for finding the globally optimal Bayesian network structure",
/// Uncertainty in Artificial Intelligence (2006); C. de Campos, Q. Ji, "Efficient structure learning of Bayesian networks
/// using constraints", Journal of Machine Learning Research 12 (2011), lemma 1.
public struct ParentSetScores: Sendable, Equatable {
  /// A parent set with the score of its node.
  public struct Candidate: Sendable, Hashable {
    /// Nodes in ascending order, from 0.
    public var parents: [Int]
    public var score: Double

    public init(parents: [Int], score: Double) {
      self.parents = parents
      self.score = score
    }
  }

  /// One name a node.
  public let names: [String]
  /// For each node its candidates, the best first.
  public let candidates: [[Candidate]]
  /// The same sets as bits.
  let sets: [[ParentBits]]

  /// Most nodes.
  public static let nodeLimit = 128

  public var nodeCount: Int { names.count }
  /// Number of candidates of all nodes together.
  public var candidateCount: Int { candidates.reduce(0) { $0 + $1.count } }

  /// Scores of any origin; of a set given twice the smaller counts.
  /// - Throws: ``StructureLearningError/noData`` without nodes, ``StructureLearningError/tooManyNodes(count:limit:method:)``
  ///   beyond ``nodeLimit``, ``StructureLearningError/invalidOption(_:)`` for a node out of range or among its own parents,
  ///   a score that is not finite, or a node without candidates.
  /// - Complexity: O(K k) for K candidates of which k of a node are kept.
  public init(
    names: [String], scores: some Sequence<(node: Int, parents: [Int], score: Double)>
  ) throws(StructureLearningError) {
    let d = names.count
    var lists = [[(set: ParentBits, score: Double)]](repeating: [], count: d)
    for (node, parents, score) in scores {
      guard names.indices.contains(node), parents.allSatisfy({ names.indices.contains($0) && $0 != node }) else {
        throw .invalidOption(
          "a parent set names node \(node) with parents \(parents), and nodes are 0 to \(d - 1) and not their own parents")
      }
      guard score.isFinite else {
        throw .invalidOption("the score of \(names[node]) with parents \(parents) is \(score); give finite scores")
      }
      lists[node].append((ParentSetScores.set(parents), score))
    }
    try self.init(names: names, lists: lists)
  }

  /// - Parameter areMinimal: whether every set is known to score lower than all candidates within it, so that none is
  ///   dropped: comparing them takes O(K k).
  /// - Precondition: sets hold nodes other than their own, scores are finite.
  init(
    names: [String], lists: [[(set: ParentBits, score: Double)]], areMinimal: Bool = false
  ) throws(StructureLearningError) {
    guard !names.isEmpty else { throw .noData }
    guard names.count <= ParentSetScores.nodeLimit else {
      throw .tooManyNodes(count: names.count, limit: ParentSetScores.nodeLimit, method: "the search over parent sets")
    }
    self.names = names
    var sets: [[ParentBits]] = []
    var candidates: [[Candidate]] = []
    for (v, list) in lists.enumerated() {
      guard !list.isEmpty else { throw .invalidOption("\(names[v]) has no parent set to choose; give it at least one") }
      // Of equal scores the smaller set comes first, and of those the one with lower nodes.
      let sorted = list.sorted {
        ($0.score, $0.set.nonzeroBitCount, $0.set) < ($1.score, $1.set.nonzeroBitCount, $1.set)
      }
      var kept: [ParentBits] = []
      var own: [Candidate] = []
      for (set, score) in sorted where areMinimal || !kept.contains(where: { $0 & set == $0 }) {
        kept.append(set)
        own.append(Candidate(parents: ParentSetScores.nodes(set), score: score))
      }
      sets.append(kept)
      candidates.append(own)
    }
    self.sets = sets
    self.candidates = candidates
  }

  static func set(_ nodes: some Sequence<Int>) -> ParentBits { nodes.reduce(0) { $0 | ParentBits(1) << ParentBits($1) } }

  static func nodes(_ set: ParentBits) -> [Int] {
    var rest = set
    var result: [Int] = []
    while rest != 0 {
      result.append(rest.trailingZeroBitCount)
      rest &= rest - 1
    }
    return result
  }

  /// The position of the best candidate of a node within a set of nodes; nil where none lies within.
  @inline(__always)
  func best(of v: Int, within allowed: ParentBits) -> Int? {
    let own = sets[v]
    for k in own.indices where own[k] & ~allowed == 0 { return k }
    return nil
  }
}
