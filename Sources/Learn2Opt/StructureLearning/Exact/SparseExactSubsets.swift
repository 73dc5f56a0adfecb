/// The best graph over candidate parent sets by dynamic programming over the sets of nodes that come first:
/// `f(T) = min over v in T of f(T - v) + best(v, T - v)`, where the best candidate within a set is the first of a sorted list
/// that lies within.
///
/// T. Silander, P. Myllymäki, "A simple approach for finding the globally optimal Bayesian network structure", Uncertainty in
/// Artificial Intelligence (2006).
struct CandidateSetProgram {
  /// Most nodes: 2^d numbers of 8 bytes.
  static let nodeLimit = 24
  /// Sets between two looks at the clock.
  private static let patience = 1 << 14

  /// For each node the position of its candidate in the best graph; nil where none is acyclic or the clock ended it.
  /// - Precondition: at most ``nodeLimit`` nodes.
  /// - Complexity: O(2^d d k) for k candidates that are looked at on the way to the best, 2^d numbers of memory.
  static func solve(_ scores: ParentSetScores, until isOver: () -> Bool) -> [Int]? {
    let d = scores.nodeCount
    precondition(d <= nodeLimit)
    let sets = scores.sets.map { $0.map { UInt32(truncatingIfNeeded: $0) } }
    let values = scores.candidates.map { $0.map(\.score) }
    let starts = sets.reduce(into: [0]) { $0.append($0[$0.count - 1] + $1.count) }
    let flatSets = sets.flatMap { $0 }
    let flatValues = values.flatMap { $0 }
    var least = [Double](repeating: .infinity, count: 1 << d)
    least[0] = 0
    var isDone = true
    least.withUnsafeMutableBufferPointer { least in
      flatSets.withUnsafeBufferPointer { sets in
        flatValues.withUnsafeBufferPointer { values in
          starts.withUnsafeBufferPointer { starts in
            for first in 0..<(1 << d) {
              if first & (patience - 1) == 0 && isOver() {
                isDone = false
                return
              }
              let base = least[first]
              if base == .infinity { continue }
              let outside = ~UInt32(truncatingIfNeeded: first)
              var rest = outside & ((UInt32(1) << UInt32(d)) &- 1)
              while rest != 0 {
                let v = rest.trailingZeroBitCount
                rest &= rest &- 1
                var k = starts[v]
                let end = starts[v + 1]
                while k < end && sets[k] & outside != 0 { k &+= 1 }
                if k == end { continue }
                let target = first | 1 << v
                let total = base + values[k]
                if total < least[target] { least[target] = total }
              }
            }
          }
        }
      }
    }
    guard isDone, least[(1 << d) - 1] < .infinity else { return nil }
    var choice = [Int](repeating: 0, count: d)
    var all = (1 << d) - 1
    while all != 0 {
      var found = false
      for v in 0..<d where all >> v & 1 == 1 {
        let before = all & ~(1 << v)
        guard let k = scores.best(of: v, within: ParentBits(before)),
          least[before] + scores.candidates[v][k].score == least[all]
        else { continue }
        choice[v] = k
        all = before
        found = true
        break
      }
      if !found { return nil }
    }
    return choice
  }
}
