import LinearAlgebra

/// Search over orders of nodes by moving one node at a time to its best place, for costs that are a sum over the nodes,
/// each a function of the nodes before.
///
/// A node is walked through all places by exchanges of neighbours, of which each changes the costs of two nodes alone.
/// M. Teyssier, D. Koller, "Ordering-based search", Uncertainty in Artificial Intelligence (2005).
struct NodeOrderSearch {
  private let nodeCount: Int
  /// What node v costs with this set of nodes before it.
  private let cost: (_ v: Int, _ before: UInt128) -> Double
  private(set) var order: [Int]

  /// Gains up to this share of the cost are rounding.
  static let rounding = 1e-11

  init(order: [Int], cost: @escaping (_ v: Int, _ before: UInt128) -> Double) {
    nodeCount = order.count
    self.order = order
    self.cost = cost
  }

  /// The cost of the order.
  var total: Double {
    var before: UInt128 = 0
    var sum = 0.0
    for v in order {
      sum += cost(v, before)
      before |= bit(v)
    }
    return sum
  }

  private func bit(_ v: Int) -> UInt128 { UInt128(1) << UInt128(v) }

  /// Moves nodes to better places until no move helps or time is up.
  mutating func improve(until isOver: () -> Bool) {
    let least = NodeOrderSearch.rounding * max(1, abs(total))
    var isImproved = true
    while isImproved {
      isImproved = false
      for v in 0..<nodeCount {
        if isOver() { return }
        guard let from = order.firstIndex(of: v) else { continue }
        let (place, gain) = bestPlace(from, least)
        if gain > least {
          order.remove(at: from)
          order.insert(v, at: place)
          isImproved = true
        }
      }
    }
  }

  private func bestPlace(_ from: Int, _ least: Double) -> (place: Int, gain: Double) {
    let v = order[from]
    var best = (place: from, gain: 0.0)
    var before: UInt128 = 0
    for u in order[..<from] { before |= bit(u) }
    let own = cost(v, before)
    var set = before
    var gain = 0.0
    for k in stride(from: from - 1, through: 0, by: -1) {
      let u = order[k]
      set &= ~bit(u)
      gain += cost(u, set) - cost(u, set | bit(v))
      let total = gain + own - cost(v, set)
      if total > best.gain + least { best = (k, total) }
    }
    set = before
    gain = 0
    for k in (from + 1)..<max(nodeCount, from + 1) {
      let u = order[k]
      gain += cost(u, set | bit(v)) - cost(u, set)
      set |= bit(u)
      let total = gain + own - cost(v, set)
      if total > best.gain + least { best = (k, total) }
    }
    return best
  }

  /// The order in which each next node is the one that costs least after those before.
  static func greedy(_ d: Int, cost: (_ v: Int, _ before: UInt128) -> Double) -> [Int] {
    var order: [Int] = []
    var before: UInt128 = 0
    // What a node would cost before all others is the measure of what it gains by coming later.
    while order.count < d {
      var best = -1
      var least = Double.infinity
      for v in 0..<d where before >> UInt128(v) & 1 == 0 {
        let all = ~before & (d < 128 ? (UInt128(1) << UInt128(d)) - 1 : UInt128.max) & ~(UInt128(1) << UInt128(v))
        let loss = cost(v, before) - cost(v, before | all)
        if loss < least { (best, least) = (v, loss) }
      }
      if best < 0 { break }
      order.append(best)
      before |= UInt128(1) << UInt128(best)
    }
    return order
  }

  /// The order of greatest weight on the edges that lead forward: linear ordering from a start, for weights row by row.
  static func ordering(_ weights: [Double], nodeCount d: Int, from start: [Int], until isOver: () -> Bool) -> [Int] {
    var search = NodeOrderSearch(order: start) { v, before in
      var total = 0.0
      var rest = before
      while rest != 0 {
        total -= weights[rest.trailingZeroBitCount * d + v]
        rest &= rest - 1
      }
      return total
    }
    search.improve(until: isOver)
    return search.order
  }
}
