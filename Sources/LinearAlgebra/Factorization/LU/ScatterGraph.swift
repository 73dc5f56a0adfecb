/// A triangular factor as a graph: each node scatters multiples of its value to its targets.
///
/// Nodes are rows of the factored matrix, whatever the order of pivots. A lower factor leads from a row to rows pivoted
/// later, an upper one to rows pivoted earlier.
final class ScatterGraph {
  let nodeCount: Int
  /// `begins[p]..<ends[p]` are the edges of node p.
  let begins: UnsafeMutablePointer<Int>
  let ends: UnsafeMutablePointer<Int>
  private(set) var targets: UnsafeMutablePointer<Int32>
  private(set) var weights: UnsafeMutablePointer<Double>
  private(set) var edgeCount = 0
  private var capacity: Int

  init(nodeCount: Int) {
    self.nodeCount = nodeCount
    begins = .allocate(capacity: nodeCount + 1)
    begins.initialize(repeating: 0, count: nodeCount + 1)
    ends = .allocate(capacity: nodeCount + 1)
    ends.initialize(repeating: 0, count: nodeCount + 1)
    capacity = 4 * nodeCount + 16
    targets = .allocate(capacity: capacity)
    weights = .allocate(capacity: capacity)
  }

  deinit {
    begins.deallocate()
    ends.deallocate()
    targets.deallocate()
    weights.deallocate()
  }

  /// Takes all edges away.
  func clear() {
    begins.update(repeating: 0, count: nodeCount)
    ends.update(repeating: 0, count: nodeCount)
    edgeCount = 0
  }

  /// Makes room for so many more edges.
  func reserve(_ more: Int) {
    let needed = edgeCount + more
    if needed <= capacity { return }
    capacity = max(needed, 2 * capacity)
    let newTargets = UnsafeMutablePointer<Int32>.allocate(capacity: capacity)
    let newWeights = UnsafeMutablePointer<Double>.allocate(capacity: capacity)
    newTargets.update(from: targets, count: edgeCount)
    newWeights.update(from: weights, count: edgeCount)
    targets.deallocate()
    weights.deallocate()
    targets = newTargets
    weights = newWeights
  }

  /// Starts the edges of a node; those appended next are its.
  @inline(__always)
  func open(_ node: Int) { begins[node] = edgeCount }

  /// Appends an edge; there must be room.
  @inline(__always)
  func append(_ target: Int32, _ weight: Double) {
    targets[edgeCount] = target
    weights[edgeCount] = weight
    edgeCount += 1
  }

  @inline(__always)
  func close(_ node: Int) { ends[node] = edgeCount }

  /// Becomes the graph with all edges turned around.
  /// - Complexity: O(nodes + edges).
  func becomeReverse(of other: ScatterGraph) {
    edgeCount = 0
    reserve(other.edgeCount)
    edgeCount = other.edgeCount
    ends.update(repeating: 0, count: nodeCount)
    for e in 0..<other.edgeCount { ends[Int(other.targets[e])] += 1 }
    var next = 0
    for p in 0..<nodeCount {
      begins[p] = next
      next += ends[p]
      ends[p] = begins[p]
    }
    for p in 0..<nodeCount {
      for e in other.begins[p]..<other.ends[p] {
        let t = Int(other.targets[e])
        targets[ends[t]] = Int32(truncatingIfNeeded: p)
        weights[ends[t]] = other.weights[e]
        ends[t] += 1
      }
    }
  }
}

/// Stacks for searches through a ``ScatterGraph``.
final class GraphSearch {
  private let nodes: UnsafeMutablePointer<Int32>
  private let edges: UnsafeMutablePointer<Int>
  /// 1 for nodes seen by the search under way.
  private let seen: UnsafeMutablePointer<UInt8>
  /// The nodes reached, each before all those that it leads to: the last ``reachedCount`` places of `nodeCount`.
  let reached: UnsafeMutablePointer<Int32>
  private let nodeCount: Int
  private(set) var first: Int

  init(nodeCount: Int) {
    self.nodeCount = nodeCount
    nodes = .allocate(capacity: nodeCount + 1)
    edges = .allocate(capacity: nodeCount + 1)
    seen = .allocate(capacity: nodeCount + 1)
    seen.initialize(repeating: 0, count: nodeCount + 1)
    reached = .allocate(capacity: nodeCount + 1)
    first = nodeCount
  }

  deinit {
    nodes.deallocate()
    edges.deallocate()
    seen.deallocate()
    reached.deallocate()
  }

  /// Finds all that can be reached from the given nodes, in topological order: `reached[first..<nodeCount]`.
  ///
  /// J. Gilbert and T. Peierls, "Sparse partial pivoting in time proportional to arithmetic operations", SIAM Journal on
  /// Scientific and Statistical Computing 9 (1988).
  /// - Complexity: O(nodes and edges reached).
  func search(_ graph: ScatterGraph, from starts: UnsafePointer<Int32>, count: Int) {
    first = nodeCount
    let (begins, ends, targets) = (graph.begins, graph.ends, graph.targets)
    for s in 0..<count {
      let start = Int(starts[s])
      if seen[start] != 0 { continue }
      seen[start] = 1
      var depth = 0
      nodes[0] = starts[s]
      edges[0] = begins[start]
      while depth >= 0 {
        let node = Int(nodes[depth])
        let end = ends[node]
        var e = edges[depth]
        var next = -1
        while e < end {
          let t = Int(targets[e])
          e += 1
          if seen[t] == 0 {
            next = t
            break
          }
        }
        edges[depth] = e
        if next >= 0 {
          seen[next] = 1
          depth += 1
          nodes[depth] = Int32(truncatingIfNeeded: next)
          edges[depth] = begins[next]
        } else {
          first -= 1
          reached[first] = Int32(truncatingIfNeeded: node)
          depth -= 1
        }
      }
    }
    for t in first..<nodeCount { seen[Int(reached[t])] = 0 }
  }

  /// Solves with the triangular factor in place.
  ///
  /// - Parameters:
  ///   - order: all nodes, each before those that it leads to when read in the direction of `forward`.
  ///   - pivots: what the value of each node is divided by; nil for a unit diagonal.
  ///   - tolerance: results of this size or less count as zero.
  /// - Complexity: O(operations on numbers that are not zero) for few entries, O(nodes + edges) otherwise.
  func solve(
    _ graph: ScatterGraph, _ x: SparseVector, order: UnsafePointer<Int32>, forward: Bool,
    pivots: UnsafePointer<Double>?, tolerance: Double
  ) {
    let v = x.values
    let (begins, ends, targets, weights) = (graph.begins, graph.ends, graph.targets, graph.weights)
    if x.entryCount * 20 < nodeCount {
      search(graph, from: x.indices, count: x.entryCount)
      for k in first..<nodeCount {
        let p = Int(reached[k])
        x.marks[p] = 1
        var t = v[p]
        if t == 0 { continue }
        if let pivots {
          t /= pivots[p]
          v[p] = t
        }
        for e in begins[p]..<ends[p] { v[Int(targets[e])] -= weights[e] * t }
      }
      let found = nodeCount - first
      x.indices.update(from: reached + first, count: found)
      x.countCell.pointee = found
      x.drop(tolerance)
      return
    }
    for k in 0..<nodeCount {
      let p = Int(order[forward ? k : nodeCount - 1 - k])
      var t = v[p]
      if t == 0 { continue }
      if let pivots {
        t /= pivots[p]
        v[p] = t
      }
      for e in begins[p]..<ends[p] { v[Int(targets[e])] -= weights[e] * t }
    }
    x.relist(tolerance)
  }
}
