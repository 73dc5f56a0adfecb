/// The layer of each node of a graph, and which edges are turned to make it acyclic first.
enum LayerAssignment {
  /// Edges that point against an order with few such edges: none for acyclic graphs.
  ///
  /// Source: P. Eades, X. Lin, W. Smyth, "A fast and effective heuristic for the feedback arc set problem", 1993.
  /// - Complexity: O(d² + edges).
  static func turnedEdges(nodeCount d: Int, _ edges: [(from: Int, to: Int)]) -> [Bool] {
    var children = [[Int]](repeating: [], count: d), parents = children
    for edge in edges {
      children[edge.from].append(edge.to)
      parents[edge.to].append(edge.from)
    }
    var outgoing = children.map(\.count), incoming = parents.map(\.count)
    var isPlaced = [Bool](repeating: false, count: d)
    var front: [Int] = [], back: [Int] = []
    func remove(_ v: Int) {
      isPlaced[v] = true
      for c in children[v] { incoming[c] -= 1 }
      for p in parents[v] { outgoing[p] -= 1 }
    }
    for _ in 0..<d {
      let open = (0..<d).filter { !isPlaced[$0] }
      if let sink = open.first(where: { outgoing[$0] == 0 }) {
        back.append(sink)
        remove(sink)
      } else if let source = open.first(where: { incoming[$0] == 0 }) {
        front.append(source)
        remove(source)
      } else if let next = open.max(by: { outgoing[$0] - incoming[$0] < outgoing[$1] - incoming[$1] }) {
        front.append(next)
        remove(next)
      }
    }
    var place = [Int](repeating: 0, count: d)
    for (k, v) in (front + back.reversed()).enumerated() { place[v] = k }
    return edges.map { place[$0.from] > place[$0.to] }
  }

  /// Layers from 0, every edge going to a later one: each node as early as its longest path from above allows, then
  /// moved within its slack toward the side on which it has more edges, which shortens them.
  /// - Complexity: O(d + edges) a round.
  static func layers(nodeCount d: Int, _ edges: [(from: Int, to: Int)]) -> [Int] {
    var children = [[Int]](repeating: [], count: d), parents = children
    for edge in edges {
      children[edge.from].append(edge.to)
      parents[edge.to].append(edge.from)
    }
    var waiting = parents.map(\.count)
    var order = (0..<d).filter { waiting[$0] == 0 }
    var layer = [Int](repeating: 0, count: d)
    var next = 0
    while next < order.count {
      let v = order[next]
      next += 1
      for c in children[v] {
        layer[c] = max(layer[c], layer[v] + 1)
        waiting[c] -= 1
        if waiting[c] == 0 { order.append(c) }
      }
    }
    let roundLimit = 8
    for _ in 0..<roundLimit {
      var hasMoved = false
      for v in order.reversed() {
        let pull = children[v].count - parents[v].count
        var target = layer[v]
        if pull > 0, let lowest = children[v].map({ layer[$0] }).min() { target = lowest - 1 }
        if pull < 0, let highest = parents[v].map({ layer[$0] }).max() { target = highest + 1 }
        if target != layer[v] {
          layer[v] = target
          hasMoved = true
        }
      }
      if !hasMoved { break }
    }
    let first = layer.min() ?? 0
    return layer.map { $0 - first }
  }
}
