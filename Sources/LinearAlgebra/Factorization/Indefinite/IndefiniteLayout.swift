/// The fronts of an ``IndefiniteFactorization`` as the analysis has them, where no pivot is handed on to a parent: their
/// columns and rows, and the place of each entry of the matrix.
final class IndefiniteLayout {
  struct Front: EntryFront {
    /// Position of the first column.
    var first: Int32 = 0
    var width: Int32 = 0
    /// Rows below the columns.
    var below: Int32 = 0
    var parent: Int32 = -1
    var firstChild: Int32 = -1
    var nextSibling: Int32 = -1
    /// Where the rows start in `rows`.
    var rowStart = 0
    /// Which of the two stacks takes what this front leaves to its parent: the parity of the depth.
    var stack = 0
    /// Where the entries of the matrix start in `sources` and `targets`; those of the next front are their end.
    var entries = 0
  }

  let order: Int
  let frontCount: Int
  let entryCount: Int
  /// By front, and one more at the end.
  let fronts: UnsafeMutablePointer<Front>
  /// Positions of the rows below each front, ascending.
  let rows: UnsafeMutablePointer<Int32>
  /// By entry in the order of use: where it is in the values of the matrix, and where it goes in its panel.
  let sources: UnsafeMutablePointer<UInt32>
  let targets: UnsafeMutablePointer<UInt32>
  /// Position of each index.
  let positions: UnsafeMutablePointer<Int32>
  let panelSize: Int
  /// The highest that each of the two stacks of updates gets.
  let updateSizes: [Int]
  let largestPanel: Int
  let largestFront: Int

  /// - Complexity: O(entries of the pattern + entries of the factor's row lists).
  init(_ analysis: LDLAnalysis) {
    let supernodes = analysis.supernodes, count = supernodes.count
    order = analysis.order
    frontCount = count
    entryCount = analysis.rowIndices.count
    fronts = .allocate(capacity: count + 1)
    fronts.initialize(repeating: Front(), count: count + 1)
    rows = .allocate(capacity: max(1, analysis.rows.count))
    sources = .allocate(capacity: max(1, entryCount))
    targets = .allocate(capacity: max(1, entryCount))
    positions = .allocate(capacity: max(1, order))
    for k in 0..<analysis.rows.count { rows[k] = analysis.rows[k] }
    for i in 0..<order { positions[i] = analysis.inverse[i] }

    var panel = 0, widest = 0, longest = 0
    for s in 0..<count {
      let width = supernodes.starts[s + 1] - supernodes.starts[s], below = supernodes.rowCounts[s]
      fronts[s].first = supernodes.starts[s]
      fronts[s].width = width
      fronts[s].below = below
      fronts[s].parent = supernodes.parent[s]
      fronts[s].rowStart = analysis.rowStarts[s]
      let size = Int(width) * Int(width + below)
      panel += size
      widest = max(widest, size)
      longest = max(longest, Int(width + below))
    }
    precondition(entryCount <= Int(UInt32.max) && panel <= Int(UInt32.max), "factor too large for 32-bit places")
    for s in (0..<count).reversed() where fronts[s].parent != -1 {
      let p = Int(fronts[s].parent)
      fronts[s].nextSibling = fronts[p].firstChild
      fronts[p].firstChild = Int32(s)
    }
    panelSize = panel
    largestPanel = widest
    largestFront = longest
    updateSizes = IndefiniteLayout.placeUpdates(fronts, count)
    FrontalEntries.place(fronts, rows, positions, sources, targets, analysis)
  }

  /// Assigns fronts to two stacks by the parity of their depth: a front takes the squares of its children from one and
  /// puts its own on the other.
  private static func placeUpdates(_ fronts: UnsafeMutablePointer<Front>, _ count: Int) -> [Int] {
    for s in (0..<count).reversed() where fronts[s].parent != -1 {
      fronts[s].stack = 1 - fronts[Int(fronts[s].parent)].stack
    }
    var heights = [0, 0], highest = [0, 0]
    for s in 0..<count {
      let mine = fronts[s].stack
      heights[mine] += Int(fronts[s].below) * Int(fronts[s].below)
      highest[mine] = max(highest[mine], heights[mine])
      var c = Int(fronts[s].firstChild)
      while c != -1 {
        heights[1 - mine] -= Int(fronts[c].below) * Int(fronts[c].below)
        c = Int(fronts[c].nextSibling)
      }
    }
    return highest
  }

  deinit {
    fronts.deallocate()
    rows.deallocate()
    sources.deallocate()
    targets.deallocate()
    positions.deallocate()
  }
}
