import LinearAlgebra

/// The search over orders for any score that is a sum over nodes: each node moves to its best position, with restarts
/// and shaken repeats.
///
/// - Source: B. Andrews, J. Ramsey, R. Sanchez-Romero, J. Camchong, E. Kummerfeld, "Fast scalable and accurate discovery
///   of DAGs using the best order score search", NeurIPS 2023.
/// - Complexity: a pass asks the score 3 d² questions.
struct LocalOrderSearch<Score: LocalScore> {
  /// A change of the score below this, relative to the score, is rounding and no improvement.
  static var relativeTolerance: Double { 1e-10 }

  var score: Score
  let constraints: OrderConstraints
  private(set) var order: [Int]
  private(set) var value: Double
  private(set) var moveCount = 0
  private var random: SplitMix64

  init(_ score: Score, order: [Int], constraints: OrderConstraints, seed: UInt64) {
    self.score = score
    self.constraints = constraints
    self.order = constraints.repaired(order)
    random = SplitMix64(seed: seed)
    value = 0
    value = total()
  }

  /// Starts anew from an order.
  mutating func set(_ order: [Int]) {
    self.order = constraints.repaired(order)
    value = total()
  }

  private mutating func total() -> Double {
    var seen = NodeSet(nodeCount: order.count)
    var sum = 0.0
    for v in order {
      sum += score.cost(of: v, predecessors: seen)
      seen.insert(v)
    }
    return sum
  }

  /// Moves nodes until no single move lowers the score.
  mutating func descend(shouldStop: () -> Bool = { false }) { descend(order, shouldStop: shouldStop) }

  /// Moves nodes of a list until no single move of one of them lowers the score.
  private mutating func descend(_ nodes: [Int], shouldStop: () -> Bool) {
    var sequence = nodes
    while true {
      sequence.shuffle(using: &random)
      var moved = false
      for v in sequence {
        if shouldStop() { return }
        let tolerance = max(1, abs(value)) * Self.relativeTolerance
        let best = bestPosition(of: v)
        if best.value < value - tolerance {
          place(v, best.position)
          value = best.value
          moveCount += 1
          moved = true
        }
      }
      if !moved { return }
    }
  }

  private mutating func place(_ v: Int, _ position: Int) {
    order.remove(at: order.firstIndex(of: v)!)
    order.insert(v, at: position)
  }

  /// The best position of a node among the others, and the score there.
  private mutating func bestPosition(of v: Int) -> (position: Int, value: Double) {
    let p = order.firstIndex(of: v)!
    let range = constraints.positions(order, p)
    // The nodes outside the range see no change.
    var seen = NodeSet(nodeCount: order.count)
    for k in 0..<range.lowerBound { seen.insert(order[k]) }
    var own: [Double] = [score.cost(of: v, predecessors: seen)]
    var without: [Double] = []
    var with: [Double] = []
    var present = 0.0
    for k in range where k != p {
      let w = order[k]
      let (a, b) = score.costs(of: w, predecessors: &seen, and: v)
      seen.insert(w)
      without.append(a)
      with.append(b)
      own.append(score.cost(of: v, predecessors: seen))
      present += k < p ? a : b
    }
    present += own[p - range.lowerBound]
    var sum = with.reduce(0, +)
    var best = (position: p, value: value)
    for q in own.indices {
      let candidate = value - present + sum + own[q]
      if candidate < best.value { best = (range.lowerBound + q, candidate) }
      if q < with.count { sum += without[q] - with[q] }
    }
    return best
  }

  /// Shuffles a short stretch of the order and descends again near it, many times. What is no better is taken back; what
  /// is better is followed by a descent of all nodes.
  /// - Parameters:
  ///   - idle: ends after so many shakes in a row without a lower score.
  ///   - longest: length of the longest stretch.
  mutating func shake(idle: Int, longest: Int, shouldStop: () -> Bool = { false }) {
    let d = order.count
    if d < 3 { return }
    var failures = 0
    while failures < idle && !shouldStop() {
      let best = (order: order, value: value)
      let length = Int.random(in: 3...max(3, min(longest, d)), using: &random)
      let start = Int.random(in: 0...(d - length), using: &random)
      let margin = InsertionSearch.margin
      let near = Array(order[max(0, start - margin)..<min(d, start + length + margin)])
      order[start..<(start + length)].shuffle(using: &random)
      set(order)
      descend(near, shouldStop: shouldStop)
      if value < best.value - max(1, abs(best.value)) * Self.relativeTolerance {
        failures = 0
        descend(shouldStop: shouldStop)
      } else {
        failures += 1
        (order, value) = best
      }
    }
  }
}
