/// Columns of the factor grouped into supernodes, which are factored as one dense panel each: columns that follow each
/// other in the elimination tree with nested patterns, and small children merged into their parents where the zeros that
/// this stores cost less than the separate work.
///
/// Sources: Ashcraft, Grimes, "The influence of relaxed supernode partitions on the multifrontal method", 1989; Liu,
/// "On the storage requirement in the out-of-core multifrontal method", 1986 (the order of siblings).
struct Supernodes {
  /// Position (in the postorder that was handed over) of each column in the new order.
  var columns: [Int32] = []
  /// The first column of each supernode in the new order, and n at the end.
  var starts: [Int32] = [0]
  /// Parent of each supernode, -1 for a root. Children come before parents, subtrees are contiguous.
  var parent: [Int32] = []
  /// Rows below the columns of each supernode.
  var rowCounts: [Int32] = []

  /// What a supernode of `width` columns and `rows` rows below them costs, in nanoseconds on a machine of about 2023.
  /// Only the ratios matter.
  private struct Cost {
    /// Of a supernode, however small.
    static let start = 150.0
    /// Of an entry of the panel: clearing, loading, some solves.
    static let entry = 1.0
    /// Of an entry of the triangle that is handed to the parent.
    static let assembly = 1.0
    /// Of a multiplication with addition inside BLAS.
    static let flop = 0.06

    @inline(__always)
    static func total(_ width: Double, _ rows: Double) -> Double {
      let r = rows + width
      // Σ over k = rows + 1 ... rows + width of k².
      let flops = (r * (r + 1) * (2 * r + 1) - rows * (rows + 1) * (2 * rows + 1)) / 6
      return start + entry * width * r + assembly * rows * (rows + 1) / 2 + flop * flops
    }
  }

  /// - Parameters:
  ///   - parent: the elimination tree in postorder.
  ///   - counts: entries of each column of the factor, the diagonal among them.
  /// - Complexity: O(n log n).
  init(parent columnParent: [Int32], counts: [Int32]) {
    let n = columnParent.count
    // Maximal chains of nested columns.
    var chainStarts: [Int32] = []
    var chainOf = [Int32](repeating: 0, count: n)
    for j in 0..<n {
      if j == 0 || columnParent[j - 1] != j || counts[j - 1] != counts[j] + 1 { chainStarts.append(Int32(j)) }
      chainOf[j] = Int32(chainStarts.count - 1)
    }
    let chainCount = chainStarts.count
    chainStarts.append(Int32(n))
    var chainParent = [Int32](repeating: -1, count: chainCount)
    var width = [Double](repeating: 0, count: chainCount)
    var below = [Int32](repeating: 0, count: chainCount)
    var firstChild = [Int32](repeating: -1, count: chainCount)
    var sibling = [Int32](repeating: -1, count: chainCount)
    for s in (0..<chainCount).reversed() {
      let last = Int(chainStarts[s + 1]) - 1
      width[s] = Double(chainStarts[s + 1] - chainStarts[s])
      below[s] = counts[last] - 1
      if columnParent[last] != -1 {
        let p = Int(chainOf[Int(columnParent[last])])
        chainParent[s] = Int32(p)
        sibling[s] = firstChild[p]
        firstChild[p] = Int32(s)
      }
    }

    // Bottom up, a parent takes in those children that make the whole cheaper, the most similar ones first.
    var group = (0..<Int32(chainCount)).map { $0 }
    var nextMember = [Int32](repeating: -1, count: chainCount)
    var head = group
    var candidates: [Int32] = []
    for s in 0..<chainCount {
      candidates.removeAll(keepingCapacity: true)
      var c = firstChild[s]
      while c != -1 {
        candidates.append(c)
        c = sibling[Int(c)]
      }
      candidates.sort { (below[Int($0)], $1) > (below[Int($1)], $0) }
      let rows = Double(below[s])
      for c in candidates {
        let c = Int(c)
        let apart = Cost.total(width[c], Double(below[c])) + Cost.total(width[s], rows)
        if Cost.total(width[c] + width[s], rows) > apart { continue }
        width[s] += width[c]
        group[c] = Int32(s)
        nextMember[c] = head[s]
        head[s] = head[c]
      }
    }
    for s in (0..<chainCount).reversed() where group[s] != s { group[s] = group[Int(group[s])] }

    // The tree of groups, and the memory that updates waiting for their parent take below each.
    var groupParent = [Int32](repeating: -1, count: chainCount)
    var peak = [Double](repeating: 0, count: chainCount)
    var roots: [Int32] = []
    for s in 0..<chainCount { firstChild[s] = -1 }
    for s in 0..<chainCount where group[s] == s {
      candidates.removeAll(keepingCapacity: true)
      var c = firstChild[s]
      while c != -1 {
        candidates.append(c)
        c = sibling[Int(c)]
      }
      func handed(_ s: Int32) -> Double { Double(below[Int(s)]) * Double(below[Int(s)]) }
      // A child that needs much and leaves little goes first.
      candidates.sort { (peak[Int($0)] - handed($0), $1) > (peak[Int($1)] - handed($1), $0) }
      var held = 0.0
      for c in candidates {
        peak[s] = max(peak[s], held + peak[Int(c)])
        held += handed(c)
      }
      peak[s] = max(peak[s], held + handed(Int32(s)))
      firstChild[s] = -1
      for c in candidates.reversed() {
        sibling[Int(c)] = firstChild[s]
        firstChild[s] = c
      }
      if chainParent[s] == -1 {
        roots.append(Int32(s))
      } else {
        let p = Int(group[Int(chainParent[s])])
        groupParent[s] = Int32(p)
        sibling[s] = firstChild[p]
        firstChild[p] = Int32(s)
      }
    }

    var number = [Int32](repeating: -1, count: chainCount)
    var order: [Int32] = []
    var stack: [Int32] = []
    var position: Int32 = 0
    columns = [Int32](repeating: 0, count: n)
    for root in roots {
      stack.append(root)
      while let s = stack.last.map(Int.init) {
        let child = firstChild[s]
        if child != -1 {
          firstChild[s] = sibling[Int(child)]
          stack.append(child)
          continue
        }
        stack.removeLast()
        number[s] = Int32(order.count)
        order.append(Int32(s))
        var member = head[s]
        while member != -1 {
          for j in chainStarts[Int(member)]..<chainStarts[Int(member) + 1] {
            columns[Int(j)] = position
            position += 1
          }
          member = nextMember[Int(member)]
        }
        starts.append(position)
      }
    }
    parent = order.map { groupParent[Int($0)] == -1 ? -1 : number[Int(groupParent[Int($0)])] }
    rowCounts = order.map { below[Int($0)] }
  }

  var count: Int { parent.count }
}
