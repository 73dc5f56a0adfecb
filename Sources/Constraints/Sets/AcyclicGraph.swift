/// A square matrix, row by row, whose entries other than 0 are the edges of a directed graph without cycles: entry (i, j)
/// is the edge from node i to node j.
///
/// An entry of size at most ``tolerance`` is no edge. An entry on the diagonal is an edge from a node to itself, a cycle of
/// its own, and so must be 0. MathOptInterface has no such set; the name and the parameters `node_count` and `tolerance`
/// are this package's.
public struct AcyclicGraph: VectorSet {
  public static let name = "AcyclicGraph"
  public static let isDiscrete = true
  public static let formatMinorVersion = 1

  /// Entries up to this size are no edges, unless asked otherwise: what solvers leave of a zero.
  public static let defaultTolerance = 1e-6

  /// Number d of nodes; the dimension is d².
  public let nodeCount: Int
  /// Size up to which an entry is no edge.
  public let tolerance: Double

  /// - Precondition: `nodeCount` and `tolerance` are not negative.
  public init(nodeCount: Int, tolerance: Double = AcyclicGraph.defaultTolerance) {
    precondition(nodeCount >= 0 && tolerance >= 0, "a graph has at least no nodes, and edges at least no size")
    self.nodeCount = nodeCount
    self.tolerance = tolerance
  }

  public init(parameters: SetParameters, rows: Int) throws(SetParameterError) {
    let side = Int(Double(rows).squareRoot().rounded())
    nodeCount = parameters["node_count"] == nil ? side : try parameters.dimension("node_count")
    guard nodeCount <= 10_000 else {
      throw SetParameterError(parameter: "node_count", problem: "must be at most 10000")
    }
    tolerance = parameters["tolerance"] == nil ? AcyclicGraph.defaultTolerance : try parameters.number("tolerance")
    guard tolerance >= 0 else { throw SetParameterError(parameter: "tolerance", problem: "must not be negative") }
  }

  public var dimension: Int { nodeCount * nodeCount }
  public var parameters: SetParameters { ["node_count": .integer(nodeCount), "tolerance": .number(tolerance)] }

  /// The least number by which some entry must shrink: the largest weight w such that the edges of at least that weight
  /// hold a cycle, the bottleneck of the heaviest cycle; 0 where the edges heavier than ``tolerance`` hold none.
  /// - Complexity: O(d² log d).
  public func violation(at point: [Double]) -> Double {
    if point.contains(where: \.isNaN) { return .infinity }
    return bottleneck(of: point)
  }

  /// The entries of a cycle among the edges of at least the bottleneck weight, in the order in which they are walked, a
  /// shortest one.
  /// - Complexity: O(d³).
  public func culprits(at point: [Double]) -> [Int] {
    if let i = point.firstIndex(where: \.isNaN) { return [i] }
    let weight = bottleneck(of: point)
    if weight <= 0 { return [] }
    let d = nodeCount
    let successors = (0..<d).map { i in (0..<d).filter { abs(point[i * d + $0]) >= weight } }
    var best: [Int] = []
    for root in 0..<d {
      var previous = [Int](repeating: -1, count: d)
      var queue = [root]
      var head = 0
      var last = -1
      while head < queue.count && last < 0 {
        let i = queue[head]
        head += 1
        for j in successors[i] {
          if j == root {
            last = i
            break
          }
          if previous[j] < 0 {
            previous[j] = i
            queue.append(j)
          }
        }
      }
      if last < 0 { continue }
      var nodes = [last]
      while nodes[nodes.count - 1] != root { nodes.append(previous[nodes[nodes.count - 1]]) }
      nodes.reverse()
      if best.isEmpty || nodes.count < best.count { best = nodes }
      if best.count == 1 { break }
    }
    return best.indices.map { best[$0] * d + best[($0 + 1) % best.count] }
  }

  private func bottleneck(of point: [Double]) -> Double {
    let weights = Set(point.lazy.map { abs($0) }.filter { $0 > tolerance }).sorted()
    // The lightest edges first: with fewer of the light edges there are fewer cycles.
    var (low, high) = (-1, weights.count)
    while high - low > 1 {
      let middle = (low + high) / 2
      if AcyclicGraph.order(of: point, nodeCount: nodeCount, from: weights[middle]) == nil { low = middle } else { high = middle }
    }
    return low >= 0 ? weights[low] : 0
  }

  /// The nodes in an order in which every edge of at least the given weight leads to a later node; nil where these edges
  /// hold a cycle. Of the nodes that may come next the first is taken.
  /// - Precondition: `point.count == nodeCount * nodeCount`.
  /// - Complexity: O(d²).
  public static func order(of point: [Double], nodeCount d: Int, from weight: Double) -> [Int]? {
    var entering = [Int](repeating: 0, count: d)
    for i in 0..<d {
      for j in 0..<d where abs(point[i * d + j]) >= weight { entering[j] += 1 }
    }
    var ready = (0..<d).filter { entering[$0] == 0 }
    var head = 0
    while head < ready.count {
      let i = ready[head]
      head += 1
      for j in 0..<d where abs(point[i * d + j]) >= weight {
        entering[j] -= 1
        if entering[j] == 0 { ready.append(j) }
      }
    }
    return ready.count == d ? ready : nil
  }
}
