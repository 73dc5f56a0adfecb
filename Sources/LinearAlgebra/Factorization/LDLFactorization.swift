/// The numeric factor `P K Pᵀ = L J Lᵀ`, J = diag(±1), of a symmetric matrix whose pivots have signs known in advance, as
/// those of a quasi-definite matrix (positive definite and negative definite diagonal blocks) have in every order. With
/// positive signs alone this is the Cholesky factor of a positive definite matrix.
///
/// The method is multifrontal: a supernode is a dense panel; what it subtracts from the rest is one dense triangle, of
/// which the parent in the elimination tree gets its columns at once, and the remainder waits for the parent's turn. Not
/// to be used from two threads at a time.
///
/// Sources: Vanderbei, "Symmetric quasidefinite matrices", 1995; Duff, Reid, "The multifrontal solution of indefinite
/// sparse symmetric linear equations", 1983.
public final class LDLFactorization {
  public struct Options: Sendable {
    /// Pivots of the wrong sign, or not above this in modulus, are replaced. Default 1e-13.
    public var pivotThreshold = 1e-13
    /// The modulus of a replaced pivot. Default 2e-7.
    public var pivotReplacement = 2e-7
    /// What `pivotThreshold` and `pivotReplacement` are multiplied by. Default `absolute`.
    public var pivotScale = PivotScale.absolute
    /// Threads that one factorization may use; more than one are used above `LDLFactorization.parallelFlopCount`. The
    /// factor depends, within rounding, on this number, and on nothing else of the run. Default 1.
    public var threads = 1

    public init() {}
  }

  /// The unit in which small pivots are measured.
  public enum PivotScale: Sendable {
    /// 1: the matrix is expected to be scaled so that its large entries are about 1.
    case absolute
    /// The modulus of the diagonal entry of K in the pivot's row; 1 where that is zero. A pivot far below the entry that
    /// it started from is what cancellation left.
    case diagonal
  }

  /// Factorizations with fewer multiplications (`LDLAnalysis.flopCount`) use one thread.
  public static let parallelFlopCount = 1e8

  public let analysis: LDLAnalysis
  let layout: FrontalLayout
  private let rule: FrontalKernels.PivotRule
  /// Panels one after the other.
  let panels: UnsafeMutablePointer<Double>
  private let updates: UnsafeMutablePointer<Double>
  private let team: ThreadTeam
  /// By thread, one after the other: the memory of `Scratch`.
  private let scratch: UnsafeMutablePointer<Double>
  private let scratchRows: UnsafeMutablePointer<Int32>
  /// By thread: replaced pivots.
  private let replacedCounts: UnsafeMutablePointer<Int>
  /// By position, what pivots are measured in, with `PivotScale.diagonal`.
  private let units: UnsafeMutablePointer<Double>?
  /// Right-hand sides in the order of elimination, and the part of them that a front touches.
  let permuted: UnsafeMutablePointer<Double>
  let gathered: UnsafeMutablePointer<Double>

  /// - Parameter signs: by original index, 1 or -1: the sign that the pivot of each row must have.
  /// - Complexity: O(entries of the pattern + entries of the factor).
  public init(_ analysis: LDLAnalysis, signs: [Int8], options: Options = Options()) {
    precondition(signs.count == analysis.order && signs.allSatisfy { $0 == 1 || $0 == -1 })
    BLAS.useOneThreadUnlessAsked()
    self.analysis = analysis
    team = ThreadTeam(count: analysis.flopCount > Self.parallelFlopCount ? options.threads : 1)
    layout = FrontalLayout(analysis, signs: signs, threads: team.count)
    rule = FrontalKernels.PivotRule(threshold: options.pivotThreshold, replacement: options.pivotReplacement)
    panels = .allocate(capacity: max(1, layout.panelSize))
    updates = .allocate(capacity: max(1, layout.updateSize))
    scratch = .allocate(capacity: max(1, (layout.largestTransfer + layout.largestLeafUpdate) * team.count))
    scratchRows = .allocate(capacity: max(1, layout.largestFront * team.count))
    replacedCounts = .allocate(capacity: team.count)
    units = options.pivotScale == .diagonal ? .allocate(capacity: max(1, layout.order)) : nil
    permuted = .allocate(capacity: max(1, layout.order * Self.batch))
    gathered = .allocate(capacity: max(1, layout.largestFront * Self.batch))
  }

  deinit {
    panels.deallocate()
    updates.deallocate()
    scratch.deallocate()
    scratchRows.deallocate()
    replacedCounts.deallocate()
    units?.deallocate()
    permuted.deallocate()
    gathered.deallocate()
  }

  /// What one thread needs between a front and its parent.
  private struct Scratch {
    /// Columns on the way to the parent's panel.
    let transfer: UnsafeMutablePointer<Double>
    /// What a leaf passes on past its parent.
    let leafUpdate: UnsafeMutablePointer<Double>
    let rows: UnsafeMutablePointer<Int32>

    init(_ factorization: LDLFactorization, _ thread: Int) {
      let layout = factorization.layout
      transfer = factorization.scratch + thread * (layout.largestTransfer + layout.largestLeafUpdate)
      leafUpdate = transfer + layout.largestTransfer
      rows = factorization.scratchRows + thread * layout.largestFront
    }
  }

  /// Entries that are stored, the zeros of merged supernodes and upper triangles of diagonal blocks among them.
  public var storedEntryCount: Int { layout.panelSize }

  /// Factors K.
  /// - Parameter values: in the order of the pattern that the analysis was made of.
  /// - Returns: the number of pivots that were replaced.
  /// - Complexity: O(`analysis.flopCount`), and no allocation.
  @discardableResult
  public func factor(_ values: UnsafePointer<Double>) -> Int {
    // The context is this frame's, and the team is done before it goes.
    var job = (factorization: Unmanaged.passUnretained(self), values: values)
    withUnsafeMutablePointer(to: &job) { job in
      team.run(job) { context, thread in
        let job = context.assumingMemoryBound(
          to: (factorization: Unmanaged<LDLFactorization>, values: UnsafePointer<Double>).self)
        job.pointee.factorization._withUnsafeGuaranteedRef { $0.factorSubtrees(thread, job.pointee.values) }
      }
    }
    var replaced = 0
    for t in 0..<team.count { replaced += replacedCounts[t] }
    if !layout.top.isEmpty { replaced += factorTop(values) }
    return replaced
  }

  private func factorSubtrees(_ thread: Int, _ values: UnsafePointer<Double>) {
    let scratch = Scratch(self, thread)
    var replaced = 0
    for range in layout.subtrees[thread] {
      for s in range {
        let front = layout.fronts[s]
        if front.isLeaf { load(s, values) }
        replaced += factorFront(front, nil)
        if front.parent == -1 { continue }
        if front.deferred != -1 {
          handOn(front, waitingAt: updates + front.deferred, scratch, nil)
        } else {
          if Int(layout.fronts[Int(front.parent)].firstChild) == s { load(Int(front.parent), values) }
          handOn(front, waitingAt: nil, scratch, nil)
        }
      }
    }
    replacedCounts[thread] = replaced
  }

  /// Factors what is above the subtrees, with all threads in the larger products.
  private func factorTop(_ values: UnsafePointer<Double>) -> Int {
    for s in layout.top {
      load(s, values)
      var c = Int(layout.fronts[s].firstChild)
      while c != -1 {
        let child = layout.fronts[c]
        if child.deferred != -1 {
          let parent = layout.fronts[s]
          ScatterMap(layout, child).add(
            updates + child.deferred, Int(child.below), columns: 0..<Int(child.inParent), skipped: 0,
            to: panels + parent.panel, Int(parent.width &+ parent.below), offset: 0)
        }
        c = Int(child.nextSibling)
      }
    }
    let scratch = Scratch(self, 0)
    var replaced = 0
    for s in layout.top {
      let front = layout.fronts[s]
      replaced += factorFront(front, team)
      if front.parent != -1 { handOn(front, waitingAt: nil, scratch, team) }
    }
    return replaced
  }

  /// Clears a panel and writes the entries of K into it.
  private func load(_ s: Int, _ values: UnsafePointer<Double>) {
    let front = layout.fronts[s]
    let width = Int(front.width), ld = width &+ Int(front.below)
    let panel = panels + front.panel
    panel.update(repeating: 0, count: width &* ld)
    let sources = layout.sources, targets = layout.targets
    for q in front.entries..<layout.fronts[s + 1].entries { panel[Int(targets[q])] += values[Int(sources[q])] }
    if let units {
      for j in 0..<width {
        let d = abs(panel[j &* ld &+ j])
        units[Int(front.first) &+ j] = d > 0 ? d : 1
      }
    }
  }

  /// Factors the panel of a front, to which its children have added already.
  /// - Returns: the number of replaced pivots.
  private func factorFront(_ front: FrontalLayout.Front, _ team: ThreadTeam?) -> Int {
    FrontalKernels.factorPanel(
      panels + front.panel, Int(front.width &+ front.below), width: Int(front.width), positive: Int(front.positive),
      rule: rule, units: units.map { $0 + Int(front.first) }, team)
  }

  /// Subtracts from the rest what a front and the squares of its children have for it: the columns of the parent from
  /// the parent's panel, what goes past the parent in `updates`.
  /// - Parameter waiting: where the columns of the parent are kept instead, numbered as the rows below the front; nil
  ///   for the parent's panel.
  private func handOn(
    _ front: FrontalLayout.Front, waitingAt waiting: UnsafeMutablePointer<Double>?, _ scratch: Scratch,
    _ team: ThreadTeam?
  ) {
    let parent = layout.fronts[Int(front.parent)]
    let width = Int(front.width), below = Int(front.below), handed = Int(front.inParent), rest = front.pastParent
    let toParent = ScatterMap(layout, front)
    let target = waiting ?? panels + parent.panel
    let ld = waiting == nil ? Int(parent.width &+ parent.below) : below
    if waiting != nil {
      multiply(front, columns: 0..<handed, to: target, below, team)
    } else {
      // A few columns at a time, which are still in the cache when they are added.
      let most = max(8, FrontalLayout.transferCount / below & ~7)
      var j = 0
      while j < handed {
        let end = min(handed, j &+ most)
        let rows = below &- j
        multiply(front, columns: j..<end, to: scratch.transfer, rows, team)
        toParent.add(scratch.transfer, rows, columns: j..<end, skipped: j, to: target, ld, offset: 0)
        j = end
      }
    }
    let update = updates + front.update
    if rest > 0 && !front.isLeaf { multiply(front, columns: handed..<below, to: update, rest, team) }
    var c = Int(front.firstChild)
    while c != -1 {
      let child = layout.fronts[c]
      c = Int(child.nextSibling)
      let order = child.pastParent
      if order == 0 { continue }
      var source = UnsafePointer(updates + child.update)
      if child.isLeaf {
        multiply(child, columns: Int(child.inParent)..<Int(child.below), to: scratch.leafUpdate, order, team)
        source = UnsafePointer(scratch.leafUpdate)
      }
      let map = ScatterMap(layout, child)
      let skipped = Int(child.inParent), end = Int(child.below)
      var middle = skipped
      while middle < end && Int(map.rows[middle]) < width &+ handed { middle &+= 1 }
      if middle > skipped {
        // Rows of the child as rows of the target.
        var i = skipped
        while i < end {
          let row = Int(map.rows[i]) &- width
          scratch.rows[i] = waiting == nil ? toParent.rows[row] : Int32(truncatingIfNeeded: row)
          i &+= 1
        }
        ScatterMap(rows: scratch.rows).add(
          source, order, columns: skipped..<middle, skipped: skipped, to: target, ld, offset: 0)
      }
      map.add(source, order, columns: middle..<end, skipped: skipped, to: update, rest, offset: width &+ handed)
    }
  }

  /// Columns of what a front subtracts from the rest, the lower triangle of `-L J Lᵀ` for its rows below.
  @inline(__always)
  private func multiply(
    _ front: FrontalLayout.Front, columns: Range<Int>, to target: UnsafeMutablePointer<Double>, _ ld: Int,
    _ team: ThreadTeam?
  ) {
    let width = Int(front.width), below = Int(front.below), positive = Int(front.positive)
    let from = panels + (front.panel &+ width &+ columns.lowerBound)
    let rows = below &- columns.lowerBound
    if positive > 0 {
      FrontalKernels.multiplyTrapezoid(rows, columns.count, positive, -1, from, width &+ below, 0, target, ld, team)
    }
    if positive < width {
      FrontalKernels.multiplyTrapezoid(
        rows, columns.count, width &- positive, 1, from + positive &* (width &+ below), width &+ below,
        positive > 0 ? 1 : 0, target, ld, team)
    }
  }
}
