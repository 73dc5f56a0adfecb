import Constraints
import Solvers

/// Cluster rows: in an acyclic graph every set C of nodes has a node whose parents all lie outside,
/// `Σ (v in C) Σ (P disjoint from C) x(v, P) >= 1`.
///
/// T. Jaakkola, D. Sontag, A. Globerson, M. Meila, "Learning Bayesian network structure using LP relaxations", Artificial
/// Intelligence and Statistics (2010), equation 4; M. Bartlett, J. Cussens, "Integer linear programming for the Bayesian
/// network structure learning problem", Artificial Intelligence 244 (2017), section 4.
struct ClusterSearch: Sendable {
  let nodeCount: Int
  /// For each column its node and its parent set.
  let nodes: [Int]
  let sets: [ParentBits]

  /// Columns with values up to this are left out of a search.
  static let support = 1e-7
  /// Rows returned for one point.
  private static let limit = 40
  /// Walks for one point at most, their steps for each node, and for how many of them a node that changed rests.
  private static let mostWalks = 200
  private static let stepsPerNode = 2
  private static let resting = 4

  /// A candidate that a point takes.
  typealias Taken = (node: Int, set: ParentBits, value: Double)

  init(_ scores: ParentSetScores) {
    nodeCount = scores.nodeCount
    nodes = scores.sets.enumerated().flatMap { v, sets in sets.map { _ in v } }
    sets = scores.sets.flatMap { $0 }
  }

  /// Sets whose rows a point violates by more than the tolerance, the most violated first.
  ///
  /// Whole points are searched exactly: those that violate a row have a cycle, whose nodes are such a set. Fractional ones
  /// are searched from cycles of edges that are taken by much, and by walks from pairs.
  func violated(_ point: [Double], tolerance: Double) -> [ParentBits] {
    var support: [Taken] = []
    for (k, value) in point.enumerated() where value > ClusterSearch.support { support.append((nodes[k], sets[k], value)) }
    return ClusterSearch.violated(support, nodeCount: nodeCount, tolerance: tolerance, limit: ClusterSearch.limit)
  }

  /// As above, for the candidates that a point takes.
  static func violated(_ support: [Taken], nodeCount: Int, tolerance: Double, limit: Int) -> [ParentBits] {
    var found: [ParentBits: Double] = [:]
    func note(_ cluster: ParentBits) {
      if found[cluster] != nil { return }
      found[cluster] = ClusterSearch.activity(of: cluster, support)
    }
    for cluster in cycles(support, nodeCount) { note(cluster) }
    for cluster in walked(support, nodeCount, below: 1 - tolerance) { note(cluster) }
    let broken = found.filter { $0.value < 1 - tolerance }
    let sorted = broken.sorted {
      ($0.value, $0.key.nonzeroBitCount, $0.key) < ($1.value, $1.key.nonzeroBitCount, $1.key)
    }
    return sorted.prefix(limit).map(\.key)
  }

  /// The left side of a set's row.
  private static func activity(of cluster: ParentBits, _ support: [Taken]) -> Double {
    var total = 0.0
    for item in support where cluster >> ParentBits(item.node) & 1 != 0 && item.set & cluster == 0 { total += item.value }
    return total
  }

  /// The nodes of cycles whose edges are taken by so much that they lack less than 1 together, by shortest paths.
  private static func cycles(_ support: [Taken], _ d: Int) -> [ParentBits] {
    var lengths = [Double](repeating: 1, count: d * d)
    for item in support {
      for u in ParentSetScores.nodes(item.set) { lengths[u * d + item.node] -= item.value }
    }
    var result: [ParentBits] = []
    for root in 0..<d {
      var distance = [Double](repeating: 1, count: d)
      var inside = [ParentBits](repeating: 0, count: d)
      var isDone = [Bool](repeating: false, count: d)
      distance[root] = 0
      inside[root] = ParentBits(1) << ParentBits(root)
      while let next = (0..<d).filter({ !isDone[$0] && distance[$0] < 1 }).min(by: { distance[$0] < distance[$1] }) {
        isDone[next] = true
        for j in 0..<d {
          let length = distance[next] + max(0, lengths[next * d + j])
          if j == root && next != root && length < 1 { result.append(inside[next]) }
          if !isDone[j] && length < distance[j] {
            distance[j] = length
            inside[j] = inside[next] | ParentBits(1) << ParentBits(j)
          }
        }
      }
    }
    return result
  }

  /// From each pair of nodes, a set that changes by the node whose entering or leaving lowers its row's left side the most,
  /// even where nothing does; a node that changed rests for a while. All sets on the way whose side is below the limit.
  ///
  /// F. Glover, "Tabu search, part I", ORSA Journal on Computing 1 (1989).
  private static func walked(_ support: [Taken], _ d: Int, below limit: Double) -> [ParentBits] {
    var result: [ParentBits] = []
    var change = [Double](repeating: 0, count: d)
    var rests = [Int](repeating: 0, count: d)
    let pairs = (0..<d).flatMap { i in (0..<i).map { (i, $0) } }
    // Of many pairs an even selection.
    let step = max(1, pairs.count / ClusterSearch.mostWalks)
    for start in stride(from: 0, to: pairs.count, by: step) {
      var cluster = ParentBits(1) << ParentBits(pairs[start].0) | ParentBits(1) << ParentBits(pairs[start].1)
      for v in 0..<d { rests[v] = 0 }
      for now in 1...(ClusterSearch.stepsPerNode * d) {
        var side = 0.0
        for v in 0..<d { change[v] = 0 }
        for item in support {
          let common = item.set & cluster
          if cluster >> ParentBits(item.node) & 1 != 0 {
            if common == 0 {
              // In the sum: it leaves with its node, or when one of its parents enters.
              side += item.value
              change[item.node] -= item.value
              var rest = item.set
              while rest != 0 {
                change[rest.trailingZeroBitCount] -= item.value
                rest &= rest - 1
              }
            } else if common & (common - 1) == 0 {
              // It joins the sum when its only parent inside leaves.
              change[common.trailingZeroBitCount] += item.value
            }
          } else if common == 0 {
            change[item.node] += item.value
          }
        }
        if side < limit { result.append(cluster) }
        var best = -1
        for v in 0..<d where rests[v] < now && (best < 0 || change[v] < change[best]) {
          // One node alone is no cluster.
          let isLast = cluster.nonzeroBitCount <= 2 && cluster >> ParentBits(v) & 1 != 0
          if !isLast { best = v }
        }
        if best < 0 { break }
        cluster ^= ParentBits(1) << ParentBits(best)
        rests[best] = now + ClusterSearch.resting
      }
    }
    return result
  }

  /// The columns of a set's row.
  func columns(of cluster: ParentBits) -> [Int] {
    sets.indices.filter { cluster >> ParentBits(nodes[$0]) & 1 != 0 && sets[$0] & cluster == 0 }
  }
}

/// Graphs by rounding a relaxation: the order in which the nodes come whose best parent set so far is taken by most.
///
/// J. Cussens, "Bayesian network learning with cutting planes", Uncertainty in Artificial Intelligence (2011), section 4.4.
struct SinkRounding: Heuristic {
  let scores: ParentSetScores

  var name: String { "parent sets" }
  var moments: Set<HeuristicMoment> { [.rootRelaxation, .node] }

  func propose(_ situation: HeuristicSituation) -> HeuristicProposal {
    guard let relaxation = situation.relaxation else { return HeuristicProposal() }
    let values = scores.firstColumns.enumerated().map { v, first in
      Array(relaxation[first..<(first + scores.candidates[v].count)])
    }
    var search = ParentSetOrder(scores, order: scores.order(takenBy: values))
    search.improve { situation.deadline.isOver }
    guard let choice = search.choice else { return HeuristicProposal() }
    return HeuristicProposal(points: [scores.point(of: choice)])
  }
}

extension ParentSetScores {
  /// The order in which each next node is the one of whose candidates within the nodes before it most is taken.
  /// - Parameter values: how much of each candidate of each node is taken.
  func order(takenBy values: [[Double]]) -> [Int] {
    var placed: ParentBits = 0
    var order: [Int] = []
    while order.count < nodeCount {
      var best = -1
      var most = -Double.infinity
      for v in 0..<nodeCount where placed >> ParentBits(v) & 1 == 0 {
        // A node without a candidate within comes last.
        var value = -1.0
        for (k, set) in sets[v].enumerated() where set & ~placed == 0 { value = max(value, 0) + values[v][k] }
        if value > most { (best, most) = (v, value) }
      }
      order.append(best)
      placed |= ParentBits(1) << ParentBits(best)
    }
    return order
  }

  /// The column of each node's first candidate.
  var firstColumns: [Int] {
    var next = 0
    return sets.map { list in
      defer { next += list.count }
      return next
    }
  }

  /// A choice of candidates as a point.
  func point(of choice: [Int]) -> [Double] {
    var point = [Double](repeating: 0, count: candidateCount)
    for (v, first) in firstColumns.enumerated() { point[first + choice[v]] = 1 }
    return point
  }
}
