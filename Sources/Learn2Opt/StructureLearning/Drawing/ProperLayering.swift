/// A layered graph whose edges go to the next layer only: dummy nodes, numbered after the real ones, stand where longer
/// edges pass.
struct ProperLayering {
  let nodeCount: Int
  /// Of real nodes and dummies.
  private(set) var widths: [Double]
  private(set) var layer: [Int]
  private(set) var above: [[Int]]
  private(set) var below: [[Int]]
  /// The dummies of each edge, from top to bottom.
  private(set) var chains: [[Int]]
  /// The nodes of each layer, from left to right.
  private(set) var order: [[Int]]
  private let options: LayeredLayout.Options

  init(widths: [Double], layers: [Int], edges: [(from: Int, to: Int)], options: LayeredLayout.Options) {
    nodeCount = widths.count
    self.widths = widths
    self.options = options
    layer = layers
    chains = []
    above = [[Int]](repeating: [], count: widths.count)
    below = above
    order = [[Int]](repeating: [], count: (layers.max() ?? -1) + 1)
    for v in 0..<nodeCount { order[layers[v]].append(v) }
    for edge in edges {
      var chain: [Int] = []
      var last = edge.from
      for level in (layers[edge.from] + 1)..<max(layers[edge.from] + 1, layers[edge.to]) {
        let dummy = layer.count
        layer.append(level)
        self.widths.append(0)
        above.append([])
        below.append([])
        order[level].append(dummy)
        connect(last, dummy)
        chain.append(dummy)
        last = dummy
      }
      connect(last, edge.to)
      chains.append(chain)
    }
  }

  private mutating func connect(_ a: Int, _ b: Int) {
    below[a].append(b)
    above[b].append(a)
  }

  private func isDummy(_ v: Int) -> Bool { v >= nodeCount }

  // MARK: - Crossings

  /// Orders each layer by the mean place of the neighbours in the layer before, alternately downward and upward, with
  /// exchanges of neighbours between, and keeps the best order.
  mutating func reduceCrossings(sweeps: Int) {
    var place = [Int](repeating: 0, count: layer.count)
    func number(_ nodes: [Int]) { for (k, v) in nodes.enumerated() { place[v] = k } }
    // Depth first, so that the first order keeps connected nodes together.
    startDepthFirst()
    for nodes in order { number(nodes) }
    var best = order
    var least = crossingCount(place)
    var idle = 0
    for sweep in 0..<sweeps where least > 0 && idle < 6 {
      let isDownward = sweep % 2 == 0
      let levels = isDownward ? Array(order.indices.dropFirst()) : Array(order.indices.dropLast().reversed())
      for level in levels {
        let keys = order[level].map { v -> Double in
          let neighbours = isDownward ? above[v] : below[v]
          if neighbours.isEmpty { return Double(place[v]) }
          return neighbours.reduce(0.0) { $0 + Double(place[$1]) } / Double(neighbours.count)
        }
        let sorted = order[level].indices.sorted { (keys[$0], place[order[level][$0]]) < (keys[$1], place[order[level][$1]]) }
        order[level] = sorted.map { order[level][$0] }
        number(order[level])
      }
      exchangeNeighbours(&place)
      let count = crossingCount(place)
      if count < least {
        least = count
        best = order
        idle = 0
      } else {
        idle += 1
      }
    }
    order = best
  }

  private mutating func startDepthFirst() {
    var isSeen = [Bool](repeating: false, count: layer.count)
    var fresh = [[Int]](repeating: [], count: order.count)
    for root in order.flatMap({ $0 }) where !isSeen[root] {
      var stack = [root]
      while let v = stack.popLast() {
        if isSeen[v] { continue }
        isSeen[v] = true
        fresh[layer[v]].append(v)
        for w in below[v].reversed() + above[v].reversed() where !isSeen[w] { stack.append(w) }
      }
    }
    order = fresh
  }

  /// Exchanges neighbours in a layer while that takes away crossings.
  private mutating func exchangeNeighbours(_ place: inout [Int]) {
    let roundLimit = 4
    for _ in 0..<roundLimit {
      var hasMoved = false
      for level in order.indices {
        for k in order[level].indices.dropLast() {
          let v = order[level][k], w = order[level][k + 1]
          let now = crossings(v, w, place), then = crossings(w, v, place)
          if then < now {
            order[level].swapAt(k, k + 1)
            place[v] = k + 1
            place[w] = k
            hasMoved = true
          }
        }
      }
      if !hasMoved { return }
    }
  }

  /// Crossings between the edges of two nodes of a layer when `v` stands to the left of `w`.
  private func crossings(_ v: Int, _ w: Int, _ place: [Int]) -> Int {
    var count = 0
    for (mine, others) in [(above[v], above[w]), (below[v], below[w])] {
      for a in mine { for b in others where place[a] > place[b] { count += 1 } }
    }
    return count
  }

  /// Crossings of all edges, layer by layer with a tree of partial sums.
  private func crossingCount(_ place: [Int]) -> Int {
    var total = 0
    for level in order.indices.dropLast() {
      let size = order[level + 1].count
      var tree = [Int](repeating: 0, count: size + 1)
      var inserted = 0
      for v in order[level] {
        let targets = below[v].map { place[$0] }.sorted()
        for t in targets {
          // Edges already there that end to the right of this one.
          var upTo = 0
          var i = t + 1
          while i > 0 {
            upTo += tree[i]
            i -= i & -i
          }
          total += inserted - upTo
        }
        for t in targets {
          inserted += 1
          var i = t + 1
          while i <= size {
            tree[i] += 1
            i += i & -i
          }
        }
      }
    }
    return total
  }

  // MARK: - Coordinates

  /// Horizontal centres: a weighted sum of squared sideways distances along the edges is lowered layer by layer, each
  /// layer exactly and with its order and gaps kept. Long edges weigh more, so that they become straight.
  func coordinates(sweeps: Int) -> [Double] {
    var x = [Double](repeating: 0, count: layer.count)
    // Least distance of each node's centre from the left end of its layer.
    let offsets = order.map { nodes -> [Double] in
      var result: [Double] = []
      for (k, v) in nodes.enumerated() {
        if k == 0 { result.append(0) } else { result.append(result[k - 1] + separation(nodes[k - 1], v)) }
      }
      return result
    }
    for (level, nodes) in order.enumerated() {
      let middle = (offsets[level].last ?? 0) / 2
      for (k, v) in nodes.enumerated() { x[v] = offsets[level][k] - middle }
    }
    for sweep in 0..<sweeps {
      let levels = sweep % 2 == 0 ? Array(order.indices) : Array(order.indices.reversed())
      for level in levels {
        let nodes = order[level]
        var targets: [Double] = [], weights: [Double] = []
        for (k, v) in nodes.enumerated() {
          var sum = 0.0, total = 0.0
          for w in above[v] + below[v] {
            let weight = isDummy(v) && isDummy(w) ? 8.0 : isDummy(v) || isDummy(w) ? 2 : 1
            sum += weight * x[w]
            total += weight
          }
          // A faint pull to where it is keeps nodes without edges in place.
          let rest = 1e-3
          targets.append((sum + rest * x[v]) / (total + rest) - offsets[level][k])
          weights.append(total + rest)
        }
        for (k, shift) in nondecreasing(targets, weights).enumerated() { x[nodes[k]] = shift + offsets[level][k] }
      }
    }
    return x
  }

  private func separation(_ a: Int, _ b: Int) -> Double {
    (widths[a] + widths[b]) / 2 + (isDummy(a) || isDummy(b) ? options.edgeGap : options.nodeGap)
  }

  /// The nondecreasing numbers with the least weighted squared distance to these, by pooling neighbours.
  private func nondecreasing(_ targets: [Double], _ weights: [Double]) -> [Double] {
    var means: [Double] = [], sums: [Double] = [], counts: [Int] = []
    for (target, weight) in zip(targets, weights) {
      var mean = target, sum = weight, count = 1
      while let last = means.last, last > mean {
        let other = sums.removeLast()
        mean = (mean * sum + last * other) / (sum + other)
        sum += other
        count += counts.removeLast()
        means.removeLast()
      }
      means.append(mean)
      sums.append(sum)
      counts.append(count)
    }
    return zip(means, counts).flatMap { [Double](repeating: $0.0, count: $0.1) }
  }
}
