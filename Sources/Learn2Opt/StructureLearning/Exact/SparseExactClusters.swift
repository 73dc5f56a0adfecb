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
  private static let support = 1e-7
  /// Rows returned for one point.
  private static let limit = 40

  init(_ scores: ParentSetScores) {
    nodeCount = scores.nodeCount
    nodes = scores.sets.enumerated().flatMap { v, sets in sets.map { _ in v } }
    sets = scores.sets.flatMap { $0 }
  }

  /// Sets whose rows a point violates by more than the tolerance, the most violated first.
  ///
  /// Whole points are searched exactly: those that violate a row have a cycle, whose nodes are such a set. Fractional ones
  /// are searched from cycles of edges that are taken by much, and by growing sets greedily from pairs.
  func violated(_ point: [Double], tolerance: Double) -> [ParentBits] {
    var support: [(node: Int, set: ParentBits, value: Double)] = []
    for (k, value) in point.enumerated() where value > ClusterSearch.support { support.append((nodes[k], sets[k], value)) }
    var found: [ParentBits: Double] = [:]
    func note(_ cluster: ParentBits) {
      if found[cluster] != nil { return }
      found[cluster] = ClusterSearch.activity(of: cluster, support)
    }
    for cluster in cycles(support) { note(cluster) }
    for cluster in grown(support, below: 1 - tolerance) { note(cluster) }
    let broken = found.filter { $0.value < 1 - tolerance }
    let sorted = broken.sorted {
      ($0.value, $0.key.nonzeroBitCount, $0.key) < ($1.value, $1.key.nonzeroBitCount, $1.key)
    }
    return sorted.prefix(ClusterSearch.limit).map(\.key)
  }

  /// The left side of a set's row.
  private static func activity(of cluster: ParentBits, _ support: [(node: Int, set: ParentBits, value: Double)]) -> Double {
    var total = 0.0
    for item in support where cluster >> ParentBits(item.node) & 1 != 0 && item.set & cluster == 0 { total += item.value }
    return total
  }

  /// The nodes of cycles whose edges are taken by so much that they lack less than 1 together, by shortest paths.
  private func cycles(_ support: [(node: Int, set: ParentBits, value: Double)]) -> [ParentBits] {
    let d = nodeCount
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

  /// From each node, a set that grows by the node that lowers its row's left side the most.
  private func grown(_ support: [(node: Int, set: ParentBits, value: Double)], below limit: Double) -> [ParentBits] {
    var result: [ParentBits] = []
    for root in 0..<nodeCount {
      var cluster = ParentBits(1) << ParentBits(root)
      for _ in 1..<max(1, nodeCount) {
        // What each node would change: sets that it enters leave the sum, its own sets outside join it.
        var change = [Double](repeating: 0, count: nodeCount)
        for item in support where item.set & cluster == 0 {
          if cluster >> ParentBits(item.node) & 1 != 0 {
            for u in ParentSetScores.nodes(item.set) { change[u] -= item.value }
          } else {
            change[item.node] += item.value
          }
        }
        var best = -1
        for v in 0..<nodeCount where cluster >> ParentBits(v) & 1 == 0 && (best < 0 || change[v] < change[best]) { best = v }
        if best < 0 { break }
        cluster |= ParentBits(1) << ParentBits(best)
        if ClusterSearch.activity(of: cluster, support) < limit { result.append(cluster) }
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
    let d = scores.nodeCount
    let first = scores.firstColumns
    var placed: ParentBits = 0
    var order: [Int] = []
    while order.count < d {
      var best: (node: Int, value: Double)?
      for v in 0..<d where placed >> ParentBits(v) & 1 == 0 {
        // How much of what the relaxation takes is still possible: sets within the nodes placed.
        var value = -1.0
        for (k, set) in scores.sets[v].enumerated() where set & ~placed == 0 {
          if value < 0 { value = 0 }
          value += relaxation[first[v] + k]
        }
        if best.map({ value > $0.value }) ?? true { best = (v, value) }
      }
      guard let best else { break }
      order.append(best.node)
      placed |= ParentBits(1) << ParentBits(best.node)
    }
    var search = ParentSetOrder(scores, order: order)
    search.improve { situation.deadline.isOver }
    guard let choice = search.choice else { return HeuristicProposal() }
    return HeuristicProposal(points: [scores.point(of: choice)])
  }
}

extension ParentSetScores {
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
