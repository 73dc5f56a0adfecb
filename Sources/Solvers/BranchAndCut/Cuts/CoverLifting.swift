/// A cover inequality of a knapsack `Σ weights[k] x[k] <= capacity`, x binary, weights positive, and its lifting.
///
/// With C a cover and C₂ a part of it, `Σ_{C∖C₂} x_k <= |C∖C₂| - 1` holds where C₂ is at 1. Columns outside are
/// lifted up and those of C₂ down one after the other, each by the largest entry that keeps the inequality valid,
/// found from the least weight at which each value of the left-hand side is reached.
///
/// Z. Gu, G. L. Nemhauser and M. W. P. Savelsbergh, "Lifted cover inequalities for 0-1 integer programs: computation",
/// INFORMS Journal on Computing 10 (1998), section 2; E. Zemel, "Easily computable facets of the knapsack polytope",
/// Mathematics of Operations Research 14 (1989).
struct CoverLifting {
  /// Entries of the inequality by item, and its right-hand side.
  private(set) var entries: [Int]
  private(set) var side = 0
  /// `least[v]` is the least weight of lifted items with a value of at least v.
  private var least: [Double] = [0]
  private let weights: [Double]
  private let capacity: Double
  /// Room left for lifted items while C₂ is at 1.
  private var room: Double
  /// Sums that differ by less count as equal, to the side of a weaker inequality.
  private let tolerance: Double
  /// Entries of ``least`` that were looked at.
  private(set) var effort = 0

  init(weights: [Double], capacity: Double) {
    self.weights = weights
    self.capacity = capacity
    entries = [Int](repeating: 0, count: weights.count)
    room = capacity
    tolerance = 1e-9 * max(1, abs(capacity))
  }

  /// Lifts a cover.
  /// - Parameters:
  ///   - free: the cover without C₂; not empty.
  ///   - ones: C₂, in the order in which it is lifted down.
  ///   - first: items that are lifted up before C₂.
  ///   - last: items that are lifted up after it.
  /// - Complexity: O(items × right-hand side).
  mutating func lift(free: [Int], ones: [Int], first: [Int], last: [Int]) {
    side = free.count - 1
    for k in ones { room -= weights[k] }
    for k in free.sorted(by: { weights[$0] < weights[$1] }) {
      entries[k] = 1
      least.append(least[least.count - 1] + weights[k])
    }
    for k in first { liftUp(k) }
    for k in ones {
      // At 0 it leaves its weight to the others.
      room += weights[k]
      let gain = max(0, value(within: room) - side)
      side += gain
      entries[k] = gain
      add(k)
    }
    for k in last { liftUp(k) }
  }

  private mutating func liftUp(_ k: Int) {
    let rest = room - weights[k]
    entries[k] = rest < -tolerance ? side : max(0, side - value(within: rest))
    add(k)
  }

  /// Largest value that lifted items reach within a weight.
  private mutating func value(within weight: Double) -> Int {
    var (low, high) = (0, least.count - 1)
    effort += 8
    // The least weights do not fall with the value.
    while low < high {
      let middle = (low + high + 1) / 2
      if least[middle] <= weight + tolerance { low = middle } else { high = middle - 1 }
    }
    return low
  }

  /// Lets a lifted item take part in what follows.
  private mutating func add(_ k: Int) {
    let (gain, weight) = (entries[k], weights[k])
    if gain == 0 { return }
    let before = least.count
    effort += before + gain
    // Values that only weights beyond the capacity reach are never asked for.
    for value in before..<before + gain {
      let total = least[max(0, value - gain)] + weight
      if total > capacity + 2 * tolerance { break }
      least.append(total)
    }
    var value = min(least.count, before) - 1
    while value > 0 {
      let total = weight + (value > gain ? least[value - gain] : 0)
      if total < least[value] { least[value] = total }
      value -= 1
    }
  }
}
