import LinearAlgebra

/// The inner problem of ``TopologicalSwaps``: the best weights for an order, and what moves would do.
protocol SwapProblem {
  var order: [Int] { get }
  var score: Double { get }
  /// The best weights for the order: at `b * d + a`, for positions a < b, that of the edge from the node at a to the one
  /// at b.
  func edgeWeights() -> [Double]
  /// The score after each of some moves of the nodes at two positions a < b, one move at a time.
  mutating func scores(afterMoving pairs: [(Int, Int)]) -> [Double]
  mutating func set(_ order: [Int])
}

/// At `b * d + a`, for positions a < b, the total absolute weight of all directed paths from a to b, from the weights of
/// edges in the same places.
///
/// All terms are non-negative, so nothing cancels and the smallest weights keep their digits, which a general inverse of
/// `I - |W|` would lose.
/// - Complexity: O(d³/6).
func pathWeights(of edges: [Double], nodeCount d: Int) -> [Double] {
  var paths = [Double](repeating: 0, count: d * d)
  edges.withUnsafeBufferPointer { edges in
    paths.withUnsafeMutableBufferPointer { paths in
      for b in 0..<d {
        for c in 0..<b {
          let weight = abs(edges[b * d + c])
          if weight == 0 { continue }
          for a in 0..<c { paths[b * d + a] += weight * paths[c * d + a] }
          paths[b * d + c] += weight
        }
      }
    }
  }
  return paths
}

/// Least squares from a covariance: everything comes from one factor.
struct FactorSwaps: SwapProblem {
  private let factor: OrderFactor
  private let move: TopologicalSwaps.Move

  init(_ factor: OrderFactor, move: TopologicalSwaps.Move) {
    self.factor = factor
    self.move = move
  }

  var order: [Int] { factor.order }
  var score: Double { factor.score }

  mutating func set(_ order: [Int]) { factor.set(order) }

  /// The weights are `-L⁻ᵀ D` above the diagonal, for D the diagonal of L.
  func edgeWeights() -> [Double] {
    let d = factor.d
    var edges = [Double](repeating: 0, count: d * d)
    for b in 0..<d {
      for a in 0..<b { edges[b * d + a] = -factor.inverse[b * d + a] * factor.l[b * d + b] }
    }
    return edges
  }

  /// - Complexity: O(d²) for each first position among the pairs, O(b - a) for each pair besides.
  mutating func scores(afterMoving pairs: [(Int, Int)]) -> [Double] {
    let score = factor.score
    if move != .exchange {
      return pairs.map { a, b in
        score + (move == .later ? factor.change(of: a, to: b) : factor.change(of: b, to: a)) / 2
      }
    }
    let d = factor.d
    var result = [Double](repeating: 0, count: pairs.count)
    var byFirst = [[Int]](repeating: [], count: d)
    for (k, pair) in pairs.enumerated() { byFirst[pair.0].append(k) }
    var without = RowsWithoutOne(count: d)
    for a in 0..<d where !byFirst[a].isEmpty {
      without.remove(a, upTo: byFirst[a].map { pairs[$0].1 }.max()!, from: factor)
      for k in byFirst[a] { result[k] = score + without.exchangeChange(with: pairs[k].1, factor) / 2 }
    }
    return result
  }
}

/// The rows of a factor after one variable has left the order: what exchanges of it with later ones are read from.
private struct RowsWithoutOne {
  private var removed = 0
  /// Rows a+1...end of the factor without the variable at a, row by row; columns from a + 1 on.
  private var rows: [Double]
  private var leaving: [Double]
  /// Growth of the removed variable's precision by those that pass it.
  private var growth: [Double]
  private let count: Int

  init(count: Int) {
    self.count = count
    rows = [Double](repeating: 0, count: count * count)
    leaving = [Double](repeating: 0, count: count)
    growth = leaving
  }

  /// A rank-one update of the trailing rows by the column of the variable that leaves.
  /// - Complexity: O(m²) for m rows.
  mutating func remove(_ a: Int, upTo end: Int, from factor: OrderFactor) {
    let d = count, l = factor.l
    removed = a
    rows.withUnsafeMutableBufferPointer { rows in
      leaving.withUnsafeMutableBufferPointer { x in
        for r in (a + 1)..<(end + 1) {
          x[r] = l[a * d + r]
          for k in (a + 1)...r { rows[k * d + r] = l[k * d + r] }
        }
        var total = 1.0
        let pivot = factor.residualVariance(a)
        for k in (a + 1)..<(end + 1) {
          let old = rows[k * d + k]
          let new = (old * old + x[k] * x[k]).squareRoot()
          let cosine = old / new, sine = x[k] / new
          rows[k * d + k] = new
          for r in (k + 1)..<max(k + 1, end + 1) {
            let entry = rows[k * d + r]
            rows[k * d + r] = cosine * entry + sine * x[r]
            x[r] = cosine * x[r] - sine * entry
          }
          let own = factor.inverse[k * d + a]
          total += pivot * own * own
          growth[k] = total
        }
      }
    }
  }

  /// The change of `Σ r` when the removed variable changes places with the one at b.
  func exchangeChange(with b: Int, _ factor: OrderFactor) -> Double {
    let a = removed
    return rows.withUnsafeBufferPointer { rows in
      var own = 0.0
      var change = factor.residualVariance(a) / growth[b] - factor.residualVariance(a) - factor.residualVariance(b)
      var k = b
      while k > a {
        let entry = rows[k * count + b]
        let larger = own + entry * entry
        if k < b {
          let diagonal = rows[k * count + k]
          change += diagonal * diagonal * own / larger - factor.residualVariance(k)
        }
        own = larger
        k -= 1
      }
      return change + own
    }
  }
}

/// Any score that is a sum over nodes: the nodes of a stretch are fitted again.
struct LocalSwaps<Score: LocalScore>: SwapProblem {
  private var local: Score
  private let move: TopologicalSwaps.Move
  private(set) var order: [Int]
  /// Cost of the node at each position.
  private var costs: [Double] = []
  private var edges: [Double] = []

  init(_ local: Score, order: [Int], move: TopologicalSwaps.Move) {
    self.local = local
    self.order = order
    self.move = move
    set(order)
  }

  var score: Double { costs.reduce(0, +) }

  mutating func set(_ order: [Int]) {
    let d = order.count
    self.order = order
    var position = [Int](repeating: 0, count: d)
    for (k, v) in order.enumerated() { position[v] = k }
    costs = []
    edges = [Double](repeating: 0, count: d * d)
    var seen = NodeSet(nodeCount: d)
    for (b, v) in order.enumerated() {
      let fit = local.fit(v, predecessors: seen)
      costs.append(fit.cost)
      for (p, w) in zip(fit.parents, fit.weights) { edges[b * d + position[p]] = w }
      seen.insert(v)
    }
  }

  func edgeWeights() -> [Double] { edges }

  mutating func scores(afterMoving pairs: [(Int, Int)]) -> [Double] {
    let total = score
    return pairs.map { a, b in
      var moved = order
      move.apply(a, b, to: &moved)
      var seen = NodeSet(nodeCount: order.count, moved[..<a])
      var sum = total
      for k in a...b {
        sum += local.cost(of: moved[k], predecessors: seen) - costs[k]
        seen.insert(moved[k])
      }
      return sum
    }
  }
}
