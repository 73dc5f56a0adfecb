/// The numeric factor `P K Pᵀ = L D Lᵀ` of a symmetric indefinite matrix whose pivots have signs that nobody knows in
/// advance: L is unit lower triangular, D has blocks of order 1 and 2, and the signs of its eigenvalues are those of K.
///
/// The method is multifrontal. Pivots are chosen by size among the columns of a front. Columns without a pivot that is
/// large enough against its column are handed on to the parent front, which has more to choose from; this makes the factor
/// larger than the analysis says. Indices that are likely to be a pivot of order 2 together, such as an equation and one of
/// its variables in a KKT matrix, should therefore have the same pattern. Not to be used from two threads at a time.
///
/// Sources: Duff, Reid, "The multifrontal solution of indefinite sparse symmetric linear equations", 1983; Bunch, Kaufman,
/// "Some stable methods for calculating inertia and solving symmetric linear systems", 1977.
public final class IndefiniteFactorization {
  public struct Options: Sendable {
    /// A pivot must be at least this part of what is off its diagonal. Between 0 and 0.5. Default 1e-3.
    public var pivotThreshold = 1e-3
    /// Pivots not above this part of the largest entry of K count as zero and are replaced; larger ones count by their sign,
    /// even where rounding may have chosen it. Default 1e-20.
    public var zeroPivot = 1e-20
    /// The modulus of a replaced pivot, as a part of the largest entry of K. Default 1e-8.
    public var pivotReplacement = 1e-8
    /// Columns are handed on to parent fronts while the factor has at most this many times the entries that the analysis
    /// says. Beyond it the best pivot is taken even where it is weak. Default 10.
    public var growthLimit = 10.0

    public init() {}
  }

  /// How many eigenvalues of the factored matrix have which sign.
  public struct Inertia: Sendable, Equatable {
    public var positive = 0
    public var negative = 0
    /// Pivots that were zero to rounding and have been replaced; they are not among the others.
    public var zero = 0
    /// Pivots that were taken although they are small against their columns. Where there are some, the other counts need
    /// not be right.
    public var weak = 0

    public init() {}
  }

  public let analysis: LDLAnalysis
  public let options: Options
  let layout: IndefiniteLayout
  /// A front as it was factored: with columns that its children handed on, and less those that it hands on itself.
  struct Factored {
    var pivots = 0
    /// Columns that have no acceptable pivot here, and are left to the parent.
    var delayed = 0
    /// Rows of the panel: pivots, then delayed columns, then the rows below the front.
    var rows = 0
    /// Where the panel starts in ``panels``, and its first pivot in ``diagonal``.
    var panel = 0
    var firstPivot = 0
    /// Where its positions, in the order of the rows, start in ``indices``.
    var index = 0
    /// Where what the parent adds to its own, a square of `delayed` columns and those below, starts on its stack.
    var update = 0
  }

  /// By front.
  let factored: UnsafeMutablePointer<Factored>
  /// Panels one after the other: columns of L, whose unit diagonal isn't stored.
  private(set) var panels: FrontalMemory<Double>
  private(set) var indices: FrontalMemory<Int32>
  /// By pivot: the diagonal of D and what is below it.
  let diagonal: UnsafeMutablePointer<Double>
  let subdiagonal: UnsafeMutablePointer<Double>
  private var stacks: (FrontalMemory<Double>, FrontalMemory<Double>)
  private var heights = (0, 0)
  /// `L D` of the front at hand.
  private var products: FrontalMemory<Double>
  /// By position, its row in the front at hand.
  private let place: UnsafeMutablePointer<Int32>
  let permuted: UnsafeMutablePointer<Double>
  private(set) var gathered: FrontalMemory<Double>
  private var panelEnd = 0
  private var indexEnd = 0

  /// - Complexity: O(entries of the pattern + entries of the factor).
  public init(_ analysis: LDLAnalysis, options: Options = Options()) {
    BLAS.useOneThreadUnlessAsked()
    self.analysis = analysis
    self.options = options
    layout = IndefiniteLayout(analysis)
    factored = .allocate(capacity: max(1, layout.frontCount))
    factored.initialize(repeating: Factored(), count: layout.frontCount)
    panels = FrontalMemory(capacity: layout.panelSize)
    indices = FrontalMemory(capacity: layout.order + analysis.rows.count)
    diagonal = .allocate(capacity: max(1, layout.order))
    subdiagonal = .allocate(capacity: max(1, layout.order))
    stacks = (FrontalMemory(capacity: layout.updateSizes[0]), FrontalMemory(capacity: layout.updateSizes[1]))
    products = FrontalMemory(capacity: layout.largestPanel)
    place = .allocate(capacity: max(1, layout.order))
    permuted = .allocate(capacity: max(1, layout.order))
    gathered = FrontalMemory(capacity: layout.largestFront)
  }

  deinit {
    factored.deallocate()
    panels.deallocate()
    indices.deallocate()
    diagonal.deallocate()
    subdiagonal.deallocate()
    stacks.0.deallocate()
    stacks.1.deallocate()
    products.deallocate()
    place.deallocate()
    permuted.deallocate()
    gathered.deallocate()
  }

  /// Entries of the factor as it is, handed-on columns included.
  public var factorEntryCount: Int { panelEnd }

  /// Factors K.
  /// - Parameter values: in the order of the pattern that the analysis was made of; finite.
  /// - Complexity: O(`analysis.flopCount`) and no allocation unless columns are handed on to parent fronts.
  public func factor(_ values: UnsafePointer<Double>) -> Inertia {
    var largest = 0.0
    for p in 0..<layout.entryCount { largest = max(largest, abs(values[p])) }
    if largest == 0 { largest = 1 }
    let rule = PanelElimination.Rule(
      threshold: options.pivotThreshold, zero: options.zeroPivot * largest,
      replacement: options.pivotReplacement * largest)
    let sizeLimit = Int(min(1e12, options.growthLimit * Double(layout.panelSize + layout.order)))
    var inertia = Inertia()
    (panelEnd, indexEnd, heights) = (0, 0, (0, 0))
    var pivotEnd = 0
    for s in 0..<layout.frontCount {
      let front = layout.fronts[s]
      let columns = assemble(s, values)
      let rows = columns + Int(front.below), isRoot = front.parent == -1
      var elimination = PanelElimination(
        panel: panels.pointer + panelEnd, products: products.pointer, rows: rows, width: columns,
        diagonal: diagonal + pivotEnd, subdiagonal: subdiagonal + pivotEnd, order: indices.pointer + indexEnd, rule: rule,
        takesAll: isRoot || panelEnd + columns * rows > sizeLimit)
      let pivots = elimination.run(&inertia)
      factored[s].pivots = pivots
      factored[s].delayed = columns - pivots
      factored[s].firstPivot = pivotEnd
      if !isRoot {
        if front.stack == 0 {
          leaveUpdate(s, &stacks.0, &heights.0)
        } else {
          leaveUpdate(s, &stacks.1, &heights.1)
        }
      }
      panelEnd += pivots * rows
      indexEnd += rows
      pivotEnd += pivots
    }
    return inertia
  }

  /// Lays out a front behind the panels there are, and adds entries of K and what the children have left.
  /// - Returns: its columns, those that children hand on included.
  private func assemble(_ s: Int, _ values: UnsafePointer<Double>) -> Int {
    let front = layout.fronts[s], first = Int(front.first), width = Int(front.width), below = Int(front.below)
    var delayed = 0
    var c = Int(front.firstChild)
    while c != -1 {
      delayed += factored[c].delayed
      c = Int(layout.fronts[c].nextSibling)
    }
    let columns = width + delayed, ld = columns + below
    panels.reserve(panelEnd + columns * ld, used: panelEnd)
    indices.reserve(indexEnd + ld, used: indexEnd)
    products.reserve(columns * ld, used: 0)
    gathered.reserve(ld, used: 0)
    let panel = panels.pointer + panelEnd, index = indices.pointer + indexEnd
    factored[s].rows = ld
    factored[s].panel = panelEnd
    factored[s].index = indexEnd
    for j in 0..<width { index[j] = Int32(truncatingIfNeeded: first &+ j) }
    var next = width
    c = Int(front.firstChild)
    while c != -1 {
      let child = factored[c]
      for k in 0..<child.delayed { index[next &+ k] = indices.pointer[child.index &+ child.pivots &+ k] }
      next += child.delayed
      c = Int(layout.fronts[c].nextSibling)
    }
    let lowerRows = layout.rows + front.rowStart
    for i in 0..<below { index[columns &+ i] = lowerRows[i] }

    panel.update(repeating: 0, count: columns &* ld)
    let sources = layout.sources, targets = layout.targets, entryEnd = layout.fronts[s + 1].entries
    if delayed == 0 {
      for q in front.entries..<entryEnd { panel[Int(targets[q])] += values[Int(sources[q])] }
    } else {
      // Places are those of the front as the analysis has it.
      for q in front.entries..<entryEnd {
        let (column, row) = Int(targets[q]).quotientAndRemainder(dividingBy: width + below)
        panel[column &* ld &+ (row < width ? row : row &+ delayed)] += values[Int(sources[q])]
      }
    }
    let size = below &* below
    if front.stack == 0 {
      stacks.0.reserve(heights.0 + size, used: heights.0)
      factored[s].update = heights.0
      addChildren(s, columns, panel, stacks.0.pointer + heights.0, stacks.1.pointer)
      if front.firstChild != -1 { heights.1 = factored[Int(front.firstChild)].update }
    } else {
      stacks.1.reserve(heights.1 + size, used: heights.1)
      factored[s].update = heights.1
      addChildren(s, columns, panel, stacks.1.pointer + heights.1, stacks.0.pointer)
      if front.firstChild != -1 { heights.0 = factored[Int(front.firstChild)].update }
    }
    return columns
  }

  /// Adds to a panel and to the square beside it, which is cleared, what the children of a front have left.
  private func addChildren(
    _ s: Int, _ columns: Int, _ panel: UnsafeMutablePointer<Double>, _ square: UnsafeMutablePointer<Double>,
    _ updates: UnsafePointer<Double>
  ) {
    let front = layout.fronts[s], below = Int(front.below), ld = columns &+ below
    square.update(repeating: 0, count: below &* below)
    if front.firstChild == -1 { return }
    let index = indices.pointer + factored[s].index
    for i in 0..<ld { place[Int(index[i])] = Int32(truncatingIfNeeded: i) }
    var c = Int(front.firstChild)
    while c != -1 {
      let child = factored[c]
      let count = child.rows &- child.pivots, childRows = indices.pointer + (child.index &+ child.pivots)
      var source = updates + child.update
      for j in 0..<child.delayed {
        // The only columns that may come after their rows.
        let column = Int(place[Int(childRows[j])])
        for i in j..<count {
          let row = Int(place[Int(childRows[i])])
          panel[row < column ? row &* ld &+ column : column &* ld &+ row] += source[i]
        }
        source += count
      }
      for j in child.delayed..<count {
        let column = Int(place[Int(childRows[j])])
        let target = column < columns ? panel + column &* ld : square + ((column &- columns) &* below &- columns)
        for i in j..<count { target[Int(place[Int(childRows[i])])] += source[i] }
        source += count
      }
      c = Int(layout.fronts[c].nextSibling)
    }
  }

  /// Brings the square of a front up to date, with columns before it for those that are handed on.
  private func leaveUpdate(_ s: Int, _ stack: inout FrontalMemory<Double>, _ height: inout Int) {
    let below = Int(layout.fronts[s].below), front = factored[s]
    let delayed = front.delayed, size = below + delayed, ld = front.rows
    if below > 0 { subtract(front, below, stack.pointer + height) }
    if delayed > 0 {
      stack.reserve(height + size * size, used: height + below * below)
      let square = stack.pointer + height
      var j = below
      while j > 0 {
        j &-= 1
        (square + ((delayed &+ j) &* size &+ delayed)).update(from: square + j &* below, count: below)
      }
      let left = panels.pointer + (front.panel &+ front.pivots &* ld &+ front.pivots)
      for j in 0..<delayed {
        for i in j..<size { square[j &* size &+ i] = left[j &* ld &+ i] }
      }
    }
    height += size * size
  }

  /// Columns of the square that go into one product.
  private static let blockWidth = 48
  /// Products of fewer multiplications are written out.
  private static let smallProduct = 600

  /// Subtracts `L D Lᵀ` of a front's pivots from its square, the lower triangle.
  private func subtract(_ front: Factored, _ below: Int, _ square: UnsafeMutablePointer<Double>) {
    let width = front.pivots, ld = front.rows, start = ld &- below
    let l = panels.pointer + (front.panel &+ start), w = products.pointer + start
    if width &* below &* below <= Self.smallProduct {
      for k in 0..<width {
        let a = l + k &* ld, b = w + k &* ld
        for j in 0..<below {
          let t = b[j], target = square + j &* below
          for i in j..<below { target[i] -= a[i] * t }
        }
      }
      return
    }
    var j = 0
    while j < below {
      let columns = min(Self.blockWidth, below &- j)
      FrontalKernels.multiplyTiled(
        below &- j, columns, width, -1, l + j, ld, w + j, ld, 1, square + (j &* below &+ j), below)
      j += columns
    }
  }
}
