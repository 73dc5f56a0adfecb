/// An open node of the tree: bounds that differ from those of its parent, and where its relaxation starts.
final class Node {
  let parent: Node?
  let depth: Int
  /// Changes of bounds that make the node; after its relaxation was solved also what follows from them.
  var changes: [Domain.Change]
  /// No whole point of the node has a smaller objective.
  var bound: Double
  /// What the best whole point is expected to have.
  var estimate: Double
  /// The basis of the parent's relaxation.
  var start: Simplex.State?
  /// The column branched on, and its distance to the bound that the branch gives it; -1 at the root.
  let branching: (column: Int, isUp: Bool, distance: Double)

  init(
    parent: Node?, changes: [Domain.Change], bound: Double, estimate: Double, start: Simplex.State?,
    branching: (column: Int, isUp: Bool, distance: Double) = (-1, false, 0)
  ) {
    self.parent = parent
    depth = (parent?.depth ?? -1) + 1
    self.changes = changes
    self.bound = bound
    self.estimate = estimate
    self.start = start
    self.branching = branching
  }

  /// The nodes from the root to this one.
  var path: [Node] {
    var nodes: [Node] = []
    var node: Node? = self
    while let here = node {
      nodes.append(here)
      node = here.parent
    }
    return nodes.reversed()
  }
}

/// How the search goes on at a dead end as long as there is no incumbent: from the deepest node, where little is left to be
/// decided, for a while; then from the node of the best estimate, and for longer each time.
struct BacktrackSchedule {
  /// Dead ends in a row that are left by the deepest node, at first.
  var steps = 8
  private var taken = 0

  init() {}

  /// Whether the deepest node is next.
  mutating func isDeepestNext() -> Bool {
    taken += 1
    if taken <= steps { return true }
    taken = 0
    steps += steps / 2
    return false
  }
}

/// The open nodes, the one with the smallest bound first.
struct NodeQueue {
  private var heap: [Node] = []

  var count: Int { heap.count }
  var isEmpty: Bool { heap.isEmpty }
  /// The smallest bound; nil without nodes.
  var leastBound: Double? { heap.first?.bound }

  private static func precedes(_ a: Node, _ b: Node) -> Bool {
    if a.bound != b.bound { return a.bound < b.bound }
    if a.estimate != b.estimate { return a.estimate < b.estimate }
    return a.depth > b.depth
  }

  /// - Complexity: O(log nodes).
  mutating func insert(_ node: Node) {
    heap.append(node)
    var child = heap.count - 1
    while child > 0 {
      let parent = (child - 1) / 2
      if !Self.precedes(heap[child], heap[parent]) { break }
      heap.swapAt(child, parent)
      child = parent
    }
  }

  /// Takes the node with the smallest bound.
  /// - Complexity: O(log nodes).
  mutating func popBest() -> Node? { heap.isEmpty ? nil : remove(at: 0) }

  /// Takes the node with the smallest estimate.
  /// - Complexity: O(nodes).
  mutating func popBestEstimate() -> Node? {
    guard let at = heap.indices.min(by: { heap[$0].estimate < heap[$1].estimate }) else { return nil }
    return remove(at: at)
  }

  /// Takes the deepest node, of those the one with the smallest estimate.
  /// - Complexity: O(nodes).
  mutating func popDeepest() -> Node? {
    let at = heap.indices.max {
      let (a, b) = (heap[$0], heap[$1])
      return a.depth != b.depth ? a.depth < b.depth : a.estimate > b.estimate
    }
    return at.map { remove(at: $0) }
  }

  private mutating func remove(at position: Int) -> Node {
    let node = heap[position]
    let last = heap.removeLast()
    if position < heap.count {
      heap[position] = last
      siftDown(position)
      siftUp(position)
    }
    return node
  }

  private mutating func siftUp(_ start: Int) {
    var child = start
    while child > 0 {
      let parent = (child - 1) / 2
      if !Self.precedes(heap[child], heap[parent]) { break }
      heap.swapAt(child, parent)
      child = parent
    }
  }

  private mutating func siftDown(_ start: Int) {
    var parent = start
    while true {
      var least = parent
      for child in [2 * parent + 1, 2 * parent + 2] where child < heap.count {
        if Self.precedes(heap[child], heap[least]) { least = child }
      }
      if least == parent { return }
      heap.swapAt(least, parent)
      parent = least
    }
  }

  /// Drops nodes that cannot hold a point below the limit.
  /// - Complexity: O(nodes).
  mutating func prune(above limit: Double) {
    let kept = heap.filter { $0.bound <= limit }
    if kept.count == heap.count { return }
    heap = []
    for node in kept { insert(node) }
  }
}
