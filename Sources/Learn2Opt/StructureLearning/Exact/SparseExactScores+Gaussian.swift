import Foundation
import LinearAlgebra

extension ParentSetScores {
  /// The Gaussian BIC of each node v with each set P of at most `parentLimit` parents, a sample:
  ///
  ///     ½ log r(v | P) + c log(n) / (2n) |P|
  ///
  /// with the variance r(v | P) that regression on P leaves. The sum over the nodes of a graph is, up to a constant and the
  /// factor -1/n, its Bayesian information criterion. G. Schwarz, "Estimating the dimension of a model", Annals of
  /// Statistics 6 (1978).
  /// - Parameters:
  ///   - covariance: second moments of n samples of d variables.
  ///   - parentLimit: most parents m of a node.
  ///   - penaltyDiscount: the factor c on the penalty of an edge.
  ///   - knowledge: edges that must or may not be there; its other orders follow from the edges that it allows.
  /// - Throws: ``StructureLearningError/singularCovariance(_:)`` where a variable is a linear function of m others,
  ///   ``StructureLearningError/invalidOption(_:)`` for limits that make no sense or with more than
  ///   ``largestSetCount`` sets, ``StructureLearningError/requiredEdgeExcluded(from:to:reason:)``, and what
  ///   ``init(names:scores:)`` throws.
  /// - Complexity: O(d² C(d, m - 1) + d C(d, m)) time, O(d C(d, m - 1)) memory beside the candidates kept.
  public init(
    gaussian covariance: SampleCovariance, parentLimit: Int, penaltyDiscount: Double = 1,
    knowledge: PriorKnowledge = PriorKnowledge()
  ) throws(StructureLearningError) {
    guard
      let scores = try ParentSetScores(
        gaussian: covariance, parentLimit: parentLimit, penaltyDiscount: penaltyDiscount, knowledge: knowledge,
        shouldStop: { false })
    else { throw .noData }
    self = scores
  }

  /// The same scores, or nil when asked to stop before all sets were scored.
  /// - Parameter shouldStop: asked once for about d sets.
  public init?(
    gaussian covariance: SampleCovariance, parentLimit: Int, penaltyDiscount: Double = 1,
    knowledge: PriorKnowledge = PriorKnowledge(), shouldStop: @escaping () -> Bool
  ) throws(StructureLearningError) {
    let d = covariance.variableCount
    guard d > 0, covariance.sampleCount > 0 else { throw .noData }
    try ParentSetScores.checkSize(nodeCount: d, parentLimit: parentLimit)
    guard penaltyDiscount >= 0, penaltyDiscount.isFinite else {
      throw .invalidOption("the penalty discount is \(penaltyDiscount); give a number from 0 on")
    }
    let limit = min(parentLimit, d - 1)
    let table = SubsetTable(nodeCount: d, largest: limit)
    guard covariance.matrix.values.allSatisfy(\.isFinite) else {
      throw .singularCovariance("an entry of it is not a finite number")
    }
    var scan = GaussianScan(covariance, table, penaltyDiscount, shouldStop)
    for v in 0..<d {
      for u in 0..<d {
        if knowledge.allows(u, v) { scan.allowed[v] |= ParentBits(1) << ParentBits(u) }
        guard knowledge.required.contains(PriorKnowledge.Pair(from: u, to: v)) else { continue }
        guard knowledge.allows(u, v) else {
          throw .requiredEdgeExcluded(
            from: covariance.names[u], to: covariance.names[v], reason: "it is forbidden, or against a tier, a root or a leaf")
        }
        scan.required[v] |= ParentBits(1) << ParentBits(u)
      }
      guard scan.required[v].nonzeroBitCount <= limit else {
        throw .invalidOption(
          "\(covariance.names[v]) has \(scan.required[v].nonzeroBitCount) required parents, and the parent limit is \(limit); raise it")
      }
    }
    for size in 0...limit {
      try scan.score(size: size)
      if scan.isStopped { return nil }
    }
    // A set is listed only where it scores lower than every set within it.
    try self.init(names: covariance.names, lists: scan.lists, areMinimal: true)
  }

  /// Refuses at once what ``init(gaussian:parentLimit:penaltyDiscount:knowledge:)`` would not score.
  /// - Throws: ``StructureLearningError/tooManyNodes(count:limit:method:)`` beyond ``nodeLimit``,
  ///   ``StructureLearningError/invalidOption(_:)`` for a negative limit or more than ``largestSetCount`` sets.
  public static func checkSize(nodeCount d: Int, parentLimit: Int) throws(StructureLearningError) {
    guard d <= nodeLimit else {
      throw .tooManyNodes(count: d, limit: nodeLimit, method: "the search over parent sets")
    }
    guard parentLimit >= 0 else { throw .invalidOption("the parent limit is \(parentLimit); give at least 0") }
    let limit = min(parentLimit, max(0, d - 1))
    let total = SubsetTable(nodeCount: d, largest: limit).total
    guard total <= largestSetCount else {
      throw .invalidOption(
        "\(d) nodes with up to \(limit) parents have \(total) sets, and at most \(largestSetCount) are scored; lower the parent limit")
    }
  }

  /// The best graph among these candidates whose edges follow an order, as a simple answer to compare with; nil where a
  /// node has no candidate among its predecessors.
  public func baseline(named name: String, along order: [Int]) -> LearnedStructure.Baseline? {
    guard let choice = ParentSetOrder(self, order: order).choice else { return nil }
    let edgeCount = choice.enumerated().reduce(0) { $0 + candidates[$1.offset][$1.element].parents.count }
    return LearnedStructure.Baseline(name: name, score: total(of: choice), edgeCount: edgeCount)
  }

  /// Most parent sets that are scored, for all nodes at once.
  public static let largestSetCount = 20_000_000
}

/// Sets of at most so many nodes, numbered within each size: `{c₁ < c₂ < ...}` has number `Σ C(cᵢ, i)`.
private struct SubsetTable {
  /// C(n, k) at `n * (largest + 1) + k`.
  private let binomials: [Int]
  private let width: Int
  let total: Int

  init(nodeCount d: Int, largest: Int) {
    width = largest + 1
    var table = [Int](repeating: 0, count: (d + 1) * width)
    for n in 0...d {
      table[n * width] = 1
      for k in 1..<max(1, width) where n > 0 {
        let (sum, overflow) = table[(n - 1) * width + k - 1].addingReportingOverflow(table[(n - 1) * width + k])
        table[n * width + k] = overflow ? Int.max : sum
      }
    }
    binomials = table
    var total = 0
    for k in 0..<width {
      let (sum, overflow) = total.addingReportingOverflow(table[d * width + k])
      total = overflow ? Int.max : sum
    }
    self.total = total
  }

  @inline(__always) func binomial(_ n: Int, _ k: Int) -> Int { binomials[n * width + k] }

  func count(nodeCount d: Int, size: Int) -> Int { binomial(d, size) }

  /// The number of a set without its element at `skipped`; -1 to skip none.
  @inline(__always)
  func rank(_ set: UnsafePointer<Int>, _ count: Int, skipping skipped: Int = -1) -> Int {
    var (rank, k) = (0, 1)
    for i in 0..<count where i != skipped {
      rank += binomial(set[i], k)
      k += 1
    }
    return rank
  }
}

/// Goes through all sets of one size with the covariance given the set, one pivot a node.
private struct GaussianScan {
  private let d: Int
  private let names: [String]
  private let table: SubsetTable
  private let penalty: Double
  /// Variances, by which small is judged.
  private let scale: [Double]
  /// Covariances given the first k nodes of the set at hand, row by row, `stack[k]`.
  private var stack: [[Double]]
  private var set: [Int]
  var allowed: [ParentBits]
  var required: [ParentBits]
  var lists: [[(set: ParentBits, score: Double)]]
  /// For each set of the size below and node the best score of any candidate within it, at `rank * d + node`.
  private var below: [Double] = []
  private var current: [Double] = []
  private let shouldStop: () -> Bool
  private(set) var isStopped = false

  /// Share of its variance below which a variable counts as a function of others.
  private static let dependent = 1e-12

  init(_ covariance: SampleCovariance, _ table: SubsetTable, _ discount: Double, _ shouldStop: @escaping () -> Bool) {
    self.shouldStop = shouldStop
    d = covariance.variableCount
    names = covariance.names
    self.table = table
    let n = Double(covariance.sampleCount)
    penalty = discount * log(n) / (2 * n)
    scale = (0..<covariance.variableCount).map { covariance.matrix[$0, $0] }
    stack = [covariance.matrix.values]
    set = []
    allowed = [ParentBits](repeating: 0, count: covariance.variableCount)
    required = allowed
    lists = [[(set: ParentBits, score: Double)]](repeating: [], count: covariance.variableCount)
  }

  /// Scores all sets of a size; those of the size below were scored before.
  mutating func score(size: Int) throws(StructureLearningError) {
    current = [Double](repeating: .infinity, count: table.count(nodeCount: d, size: size) * d)
    set = [Int](repeating: 0, count: size)
    while stack.count < max(1, size) { stack.append([Double](repeating: 0, count: d * d)) }
    if size == 0 {
      for v in 0..<d { try note(v, scale[v], bits: 0, size: 0, rank: 0, bound: .infinity) }
    } else {
      try descend(depth: 0, from: 0, size: size, bits: 0)
    }
    below = current
  }

  private mutating func descend(depth: Int, from first: Int, size: Int, bits: ParentBits) throws(StructureLearningError) {
    isStopped = isStopped || shouldStop()
    for p in first..<d where !isStopped {
      // As many nodes must follow as are still missing.
      if d - p < size - depth { return }
      let pivot = stack[depth][p * d + p]
      set[depth] = p
      let isDependent = !(pivot > GaussianScan.dependent * scale[p])
      let inside = bits | ParentBits(1) << ParentBits(p)
      if depth + 1 == size {
        try finish(depth, p, pivot, isDependent, inside, size)
      } else {
        condition(depth, p, isDependent ? 0 : 1 / pivot)
        try descend(depth: depth + 1, from: p + 1, size: size, bits: inside)
      }
    }
  }

  /// `stack[depth + 1]` becomes the covariance given p as well.
  private mutating func condition(_ depth: Int, _ p: Int, _ inverse: Double) {
    let n = d
    let source = stack[depth]
    source.withUnsafeBufferPointer { c in
      stack[depth + 1].withUnsafeMutableBufferPointer { target in
        for i in 0..<n {
          let factor = c[i * n + p] * inverse
          for j in 0..<n { target[i * n + j] = c[i * n + j] - factor * c[p * n + j] }
        }
      }
    }
  }

  /// Scores the set that ends with p for all nodes outside it.
  private mutating func finish(
    _ depth: Int, _ p: Int, _ pivot: Double, _ isDependent: Bool, _ bits: ParentBits, _ size: Int
  ) throws(StructureLearningError) {
    let rank = set.withUnsafeBufferPointer { table.rank($0.baseAddress!, size) }
    for v in 0..<d where bits >> ParentBits(v) & 1 == 0 {
      var bound = Double.infinity
      set.withUnsafeBufferPointer { nodes in
        for i in 0..<size {
          bound = min(bound, below[table.rank(nodes.baseAddress!, size, skipping: i) * d + v])
        }
      }
      let c = stack[depth][v * d + p]
      // What is a function of the rest of the set adds nothing but its penalty.
      let variance = stack[depth][v * d + v] - (isDependent ? 0 : c * c / pivot)
      try note(v, variance, bits: bits, size: size, rank: rank, bound: bound)
    }
  }

  private mutating func note(
    _ v: Int, _ variance: Double, bits: ParentBits, size: Int, rank: Int, bound: Double
  ) throws(StructureLearningError) {
    guard variance > GaussianScan.dependent * scale[v] else {
      throw .singularCovariance(
        scale[v] > 0
          ? "\(names[v]) is a linear function of \(ParentSetScores.nodes(bits).map { names[$0] }.joined(separator: ", "))"
          : "\(names[v]) is constant")
    }
    current[rank * d + v] = bound
    guard bits & ~allowed[v] == 0, required[v] & ~bits == 0 else { return }
    let score = 0.5 * log(variance) + penalty * Double(size)
    if score < bound {
      current[rank * d + v] = score
      lists[v].append((bits, score))
    }
  }
}
