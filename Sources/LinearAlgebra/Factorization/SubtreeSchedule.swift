/// Subtrees of the elimination tree handed out to threads; what is above them is left for all threads together.
///
/// Source: Geist, Ng, "Task scheduling for parallel sparse Cholesky factorization", 1989.
struct SubtreeSchedule {
  /// The thread of each front, or the number of threads for those above the subtrees.
  private(set) var zone: [Int]

  /// The whole tree for one thread.
  init(frontCount: Int) { zone = [Int](repeating: 0, count: frontCount) }

  /// - Parameters:
  ///   - parent: of each front, -1 for a root; children come before parents, subtrees are contiguous.
  ///   - work: of each front alone, in any unit.
  /// - Complexity: O(fronts · (1 + depth of the part that is left)).
  init(parent: [Int32], work: [Double], threads: Int) {
    let count = parent.count
    var first = [Int](0..<count)
    var total = work
    var children = [[Int]](repeating: [], count: count)
    var roots: [Int] = []
    for s in 0..<count {
      if parent[s] == -1 {
        roots.append(s)
      } else {
        let p = Int(parent[s])
        first[p] = min(first[p], first[s])
        total[p] += total[s]
        children[p].append(s)
      }
    }
    zone = [Int](repeating: threads, count: count)
    // The heaviest subtree gives way to its children until the pieces can be shared out evenly.
    var pieces = roots
    var assigned: [Int] = []
    var left = pieces.reduce(0) { $0 + total[$1] }
    let whole = left
    while true {
      pieces.sort { (total[$0], $1) > (total[$1], $0) }
      var load = [Double](repeating: 0, count: threads)
      assigned.removeAll(keepingCapacity: true)
      for s in pieces {
        let t = load.indices.min { (load[$0], $0) < (load[$1], $1) }!
        load[t] += total[s]
        assigned.append(t)
      }
      let isEven = load.max()! * Double(threads) <= 1.1 * left
      if isEven || pieces.isEmpty || total[pieces[0]] < 0.01 * whole { break }
      let heaviest = pieces.removeFirst()
      left -= work[heaviest]
      pieces += children[heaviest]
    }
    for (s, t) in zip(pieces, assigned) {
      for k in first[s]...s { zone[k] = t }
    }
  }

  /// The fronts of each thread as ranges, and those above the subtrees.
  func ranges(threads: Int) -> (subtrees: [[Range<Int>]], top: [Int]) {
    var subtrees = [[Range<Int>]](repeating: [], count: threads)
    var top: [Int] = []
    for (s, t) in zone.enumerated() {
      if t == threads {
        top.append(s)
      } else if let last = subtrees[t].last, last.upperBound == s {
        subtrees[t][subtrees[t].count - 1] = last.lowerBound..<(s + 1)
      } else {
        subtrees[t].append(s..<(s + 1))
      }
    }
    return (subtrees, top)
  }
}
