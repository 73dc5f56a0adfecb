/// Where everything of a numeric factor lies: panels, the pending updates between a supernode and its parent, and the
/// place in a panel that each entry of the matrix goes to. Fixed by the analysis and the signs of the pivots.
///
/// A supernode of w columns with m rows below them is one column-major panel of w + m rows and w columns. Within a
/// supernode the columns with positive pivots come first.
final class FrontalLayout {
  struct Front: EntryFront {
    /// Position of the first column.
    var first: Int32 = 0
    /// Columns.
    var width: Int32 = 0
    /// Columns with positive pivots, which come first.
    var positive: Int32 = 0
    /// Rows below the columns.
    var below: Int32 = 0
    /// Rows below that are columns of the parent; these come first.
    var inParent: Int32 = 0
    var parent: Int32 = -1
    var firstChild: Int32 = -1
    var nextSibling: Int32 = -1
    /// Where the panel starts in the factor.
    var panel = 0
    /// Where the rows start in `rows` and `parentRows`.
    var rowStart = 0
    /// Where what goes past the parent to its ancestors, a square of `pastParent` rows, starts in the memory for updates.
    /// A leaf has none: its square is made when the parent wants it.
    var update = 0
    /// Where the runs of consecutive rows in `parentRows` start in `runEnds`, and how many there are; none are noted
    /// where they are short.
    var runStart = 0
    var runCount: Int32 = 0
    /// The root of a thread's subtree: what it adds to its parent's panel waits in the memory for updates, from here on,
    /// until all subtrees are done; -1 otherwise.
    var deferred = -1
    /// Where the entries of the matrix start in `sources` and `targets`; those of the next front are their end.
    var entries = 0

    /// Rows below that are below the parent's columns, too.
    var pastParent: Int { Int(below &- inParent) }
    var isLeaf: Bool { firstChild == -1 }
    /// Entries of the square that waits for the parent.
    fileprivate var updateCount: Int { isLeaf ? 0 : pastParent * pastParent }
  }

  /// Entries that a front adds to its parent's panel at a time: a quarter of a megabyte.
  static let transferCount = 32_768

  /// Runs of consecutive rows are used where they are at least this long on average.
  private static let shortestRun = 16

  let order: Int
  let frontCount: Int
  /// Fronts of each thread, as ranges in the order of elimination.
  let subtrees: [[Range<Int>]]
  /// Fronts above the subtrees, in the order of elimination.
  let top: [Int]
  /// By front, and one more at the end.
  let fronts: UnsafeMutablePointer<Front>
  /// Positions of the rows below each front, ascending.
  let rows: UnsafeMutablePointer<Int32>
  /// The same rows, as rows of the parent's panel.
  let parentRows: UnsafeMutablePointer<Int32>
  /// Ends of runs of consecutive numbers in `parentRows`, counted from the front's first.
  let runEnds: UnsafeMutablePointer<Int32>
  /// By entry in the order of use: where it is in the values of the matrix, and where it goes in its panel.
  let sources: UnsafeMutablePointer<UInt32>
  let targets: UnsafeMutablePointer<UInt32>
  /// Position of each index.
  let positions: UnsafeMutablePointer<Int32>
  let panelSize: Int
  let updateSize: Int
  /// Memory for columns on their way to a parent's panel.
  let largestTransfer: Int
  /// The largest square that a leaf passes on to its parent.
  let largestLeafUpdate: Int
  let largestFront: Int

  init(_ analysis: LDLAnalysis, signs: [Int8], threads: Int = 1) {
    let n = analysis.order, supernodes = analysis.supernodes, count = supernodes.count
    order = n
    frontCount = count
    fronts = .allocate(capacity: count + 1)
    fronts.initialize(repeating: Front(), count: count + 1)
    rows = .allocate(capacity: max(1, analysis.rows.count))
    parentRows = .allocate(capacity: max(1, analysis.rows.count))
    sources = .allocate(capacity: max(1, analysis.rowIndices.count))
    targets = .allocate(capacity: max(1, analysis.rowIndices.count))
    positions = .allocate(capacity: max(1, n))

    panelSize = FrontalLayout.placePanels(fronts, analysis)
    precondition(
      analysis.rowIndices.count <= Int(UInt32.max) && panelSize <= Int(UInt32.max), "factor too large for 32-bit places")
    largestFront = (0..<count).reduce(0) { [fronts] in max($0, Int(fronts[$1].width + fronts[$1].below)) }
    FrontalLayout.separateSigns(fronts, rows, positions, analysis, signs)
    let ends = FrontalLayout.mapToParents(fronts, count, rows, parentRows, order: n)
    runEnds = .allocate(capacity: max(1, ends.count))
    for k in 0..<ends.count { runEnds[k] = ends[k] }
    FrontalEntries.place(fronts, rows, positions, sources, targets, analysis)

    var schedule = SubtreeSchedule(frontCount: count)
    if threads > 1 {
      let work = UnsafeBufferPointer(start: fronts, count: count).map(FrontalLayout.work)
      schedule = SubtreeSchedule(parent: supernodes.parent, work: work, threads: threads)
    }
    (subtrees, top) = schedule.ranges(threads: threads)
    (updateSize, largestTransfer, largestLeafUpdate) = FrontalLayout.placeUpdates(
      fronts, count, zone: schedule.zone, threads: threads)
  }

  /// Fills in sizes, places and the tree, and returns the entries of all panels.
  private static func placePanels(_ fronts: UnsafeMutablePointer<Front>, _ analysis: LDLAnalysis) -> Int {
    let supernodes = analysis.supernodes, count = supernodes.count
    var panel = 0
    for s in 0..<count {
      let width = supernodes.starts[s + 1] - supernodes.starts[s], below = supernodes.rowCounts[s]
      fronts[s].first = supernodes.starts[s]
      fronts[s].width = width
      fronts[s].below = below
      fronts[s].panel = panel
      fronts[s].rowStart = analysis.rowStarts[s]
      fronts[s].parent = supernodes.parent[s]
      panel += Int(width) * Int(width + below)
    }
    for s in (0..<count).reversed() where fronts[s].parent != -1 {
      let p = Int(fronts[s].parent)
      fronts[s].nextSibling = fronts[p].firstChild
      fronts[p].firstChild = Int32(s)
    }
    return panel
  }

  /// Puts positive pivots first within each supernode: the position of each index, and rows in that order.
  private static func separateSigns(
    _ fronts: UnsafeMutablePointer<Front>, _ rows: UnsafeMutablePointer<Int32>,
    _ positions: UnsafeMutablePointer<Int32>, _ analysis: LDLAnalysis, _ signs: [Int8]
  ) {
    let n = analysis.order, supernodes = analysis.supernodes
    var moved = [Int32](repeating: 0, count: n)
    // The end of the supernode of each position.
    var ends = moved
    for s in 0..<supernodes.count {
      let own = Int(supernodes.starts[s])..<Int(supernodes.starts[s + 1])
      var next = supernodes.starts[s]
      for j in own where signs[Int(analysis.permutation[j])] > 0 {
        moved[j] = next
        next += 1
      }
      fronts[s].positive = next - supernodes.starts[s]
      for j in own {
        ends[j] = supernodes.starts[s + 1]
        if signs[Int(analysis.permutation[j])] > 0 { continue }
        moved[j] = next
        next += 1
      }
    }
    for i in 0..<n { positions[i] = moved[Int(analysis.inverse[i])] }
    for s in 0..<supernodes.count {
      var p = analysis.rowStarts[s], write = p
      let end = analysis.rowStarts[s + 1]
      while p < end {
        // Rows that are columns of one supernode: those with positive pivots, then the others.
        let start = p, last = ends[Int(analysis.rows[p])]
        while p < end && analysis.rows[p] < last { p += 1 }
        for isPositive in [true, false] {
          for q in start..<p {
            let row = Int(analysis.rows[q])
            if (signs[Int(analysis.permutation[row])] > 0) != isPositive { continue }
            rows[write] = moved[row]
            write += 1
          }
        }
      }
    }
  }

  /// Rows as rows of the parent's panel. Returns the ends of their runs.
  private static func mapToParents(
    _ fronts: UnsafeMutablePointer<Front>, _ count: Int, _ rows: UnsafeMutablePointer<Int32>,
    _ parentRows: UnsafeMutablePointer<Int32>, order n: Int
  ) -> [Int32] {
    var ends: [Int32] = []
    var place = [Int32](repeating: 0, count: n)
    for p in 0..<count where fronts[p].firstChild != -1 {
      let front = fronts[p]
      FrontalEntries.markPlaces(&place, front, rows)
      var c = Int(front.firstChild)
      while c != -1 {
        let start = fronts[c].rowStart, below = Int(fronts[c].below), firstRun = ends.count
        for k in 0..<below {
          let row = place[Int(rows[start + k])]
          parentRows[start + k] = row
          if row < front.width { fronts[c].inParent += 1 }
        }
        for k in 0..<below where k + 1 == below || parentRows[start + k + 1] != parentRows[start + k] + 1 {
          ends.append(Int32(k + 1))
        }
        fronts[c].runStart = firstRun
        if (ends.count - firstRun) * shortestRun <= below {
          fronts[c].runCount = Int32(ends.count - firstRun)
        } else {
          ends.removeLast(ends.count - firstRun)
        }
        c = Int(fronts[c].nextSibling)
      }
    }
    return ends
  }

  /// Gives updates their memory: two stacks, by the parity of the depth. A front pops its children from one and pushes
  /// its own on the other, so that nothing is ever moved. Each thread has its two, and so has what is above the subtrees.
  /// - Returns: the size of the memory, and the sizes of `largestTransfer` and `largestLeafUpdate`.
  private static func placeUpdates(
    _ fronts: UnsafeMutablePointer<Front>, _ count: Int, zone: [Int], threads: Int
  ) -> (Int, Int, Int) {
    var parity = [Int](repeating: 0, count: count)
    for s in (0..<count).reversed() where fronts[s].parent != -1 { parity[s] = 1 - parity[Int(fronts[s].parent)] }
    var heights = [Int](repeating: 0, count: 2 * (threads + 1)), highest = heights
    var transfer = 0, leafUpdate = 0, deferred = 0
    for s in 0..<count {
      let mine = 2 * zone[s] + parity[s]
      fronts[s].update = heights[mine]
      heights[mine] += fronts[s].updateCount
      highest[mine] = max(highest[mine], heights[mine])
      let below = Int(fronts[s].below), handed = below * Int(fronts[s].inParent)
      transfer = max(transfer, min(handed, max(8 * below, transferCount)))
      if fronts[s].parent != -1 && zone[Int(fronts[s].parent)] != zone[s] {
        fronts[s].deferred = deferred
        deferred += handed
      }
      if fronts[s].isLeaf { leafUpdate = max(leafUpdate, fronts[s].pastParent * fronts[s].pastParent) }
      var c = Int(fronts[s].firstChild)
      while c != -1 {
        if zone[c] == zone[s] { heights[2 * zone[c] + 1 - parity[s]] -= fronts[c].updateCount }
        c = Int(fronts[c].nextSibling)
      }
    }
    var starts = [0]
    for height in highest { starts.append(starts[starts.count - 1] + height) }
    let stacks = starts[starts.count - 1]
    for s in 0..<count {
      fronts[s].update += starts[2 * zone[s] + parity[s]]
      if fronts[s].deferred != -1 { fronts[s].deferred += stacks }
    }
    return (stacks + deferred, transfer, leafUpdate)
  }

  /// Multiplications of a front, and the additions of what it hands on, which cost about ten times as much each.
  private static func work(_ front: Front) -> Double {
    let w = Double(front.width), m = Double(front.below)
    return w * (m * m + m * w + w * w / 3) + 10 * m * m / 2
  }

  deinit {
    fronts.deallocate()
    rows.deallocate()
    parentRows.deallocate()
    runEnds.deallocate()
    sources.deallocate()
    targets.deallocate()
    positions.deallocate()
  }
}
