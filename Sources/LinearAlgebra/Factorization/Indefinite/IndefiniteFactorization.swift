/// The numeric factor `P K Pᵀ = L D Lᵀ` of a symmetric indefinite matrix whose pivots have signs that nobody knows in
/// advance: L is unit lower triangular, D has blocks of order 1 and 2, and the signs of its eigenvalues are those of K.
///
/// The method is multifrontal. Pivots are chosen by size among the columns of a front, never across fronts: where none of
/// a front's columns has a pivot that is large enough against its column, the best of them is taken all the same, and
/// refinement against K (``RefinedSolve``) has to make up for it. Indices that should be a pivot of order 2 together, such
/// as an equation and one of its variables in a KKT matrix, must therefore have the same pattern. Not to be used from two
/// threads at a time.
///
/// Sources: Duff, Reid, "The multifrontal solution of indefinite sparse symmetric linear equations", 1983; Bunch, Kaufman,
/// "Some stable methods for calculating inertia and solving symmetric linear systems", 1977; Schenk, Gärtner, "On fast
/// factorization pivoting methods for sparse symmetric indefinite systems", 2006 (pivots within supernodes alone).
public final class IndefiniteFactorization {
  public struct Options: Sendable {
    /// A pivot must be at least this part of what is off its diagonal. Between 0 and 0.5. Default 1e-3.
    public var pivotThreshold = 1e-3
    /// Pivots not above this part of the largest entry of K count as zero and are replaced; larger ones count by their sign,
    /// even where rounding may have chosen it. Default 1e-20.
    public var zeroPivot = 1e-20
    /// The modulus of a replaced pivot, as a part of the largest entry of K. Default 1e-8.
    public var pivotReplacement = 1e-8

    public init() {}
  }

  /// How many eigenvalues of the factored matrix have which sign.
  public struct Inertia: Sendable, Equatable {
    public var positive = 0
    public var negative = 0
    /// Pivots that were zero to rounding and have been replaced; they are not among the others.
    public var zero = 0
    /// Pivots that were taken although they are small against their columns.
    public var weak = 0

    public init() {}
  }

  public let analysis: LDLAnalysis
  public let options: Options
  let layout: IndefiniteLayout
  /// Panels one after the other: columns of L, whose unit diagonal isn't stored.
  let panels: UnsafeMutablePointer<Double>
  /// By position of the pivot: the diagonal of D and what is below it.
  let diagonal: UnsafeMutablePointer<Double>
  let subdiagonal: UnsafeMutablePointer<Double>
  /// By pivot: the position of the index that it eliminates.
  let pivotPositions: UnsafeMutablePointer<Int32>
  private let updates: UnsafeMutablePointer<Double>
  /// `L D` of the front at hand.
  private let products: UnsafeMutablePointer<Double>
  /// By position, its row in the front at hand.
  private let place: UnsafeMutablePointer<Int32>
  let permuted: UnsafeMutablePointer<Double>
  let gathered: UnsafeMutablePointer<Double>

  /// - Complexity: O(entries of the pattern + entries of the factor).
  public init(_ analysis: LDLAnalysis, options: Options = Options()) {
    BLAS.useOneThreadUnlessAsked()
    self.analysis = analysis
    self.options = options
    layout = IndefiniteLayout(analysis)
    panels = .allocate(capacity: max(1, layout.panelSize))
    diagonal = .allocate(capacity: max(1, layout.order))
    subdiagonal = .allocate(capacity: max(1, layout.order))
    pivotPositions = .allocate(capacity: max(1, layout.order))
    updates = .allocate(capacity: max(1, layout.updateSize))
    products = .allocate(capacity: max(1, layout.largestPanel))
    place = .allocate(capacity: max(1, layout.order))
    permuted = .allocate(capacity: max(1, layout.order))
    gathered = .allocate(capacity: max(1, layout.largestFront))
  }

  deinit {
    panels.deallocate()
    diagonal.deallocate()
    subdiagonal.deallocate()
    pivotPositions.deallocate()
    updates.deallocate()
    products.deallocate()
    place.deallocate()
    permuted.deallocate()
    gathered.deallocate()
  }

  /// Factors K.
  /// - Parameter values: in the order of the pattern that the analysis was made of; finite.
  /// - Complexity: O(`analysis.flopCount`), and no allocation.
  public func factor(_ values: UnsafePointer<Double>) -> Inertia {
    var largest = 0.0
    for p in 0..<layout.entryCount { largest = max(largest, abs(values[p])) }
    if largest == 0 { largest = 1 }
    let rule = PanelElimination.Rule(
      threshold: options.pivotThreshold, zero: options.zeroPivot * largest,
      replacement: options.pivotReplacement * largest)
    var inertia = Inertia()
    for s in 0..<layout.frontCount {
      let front = layout.fronts[s]
      assemble(front, entryEnd: layout.fronts[s + 1].entries, values)
      let first = Int(front.first), width = Int(front.width), below = Int(front.below)
      for j in 0..<width { pivotPositions[first + j] = Int32(first + j) }
      var elimination = PanelElimination(
        panel: panels + front.panel, products: products, rows: width + below, width: width, diagonal: diagonal + first,
        subdiagonal: subdiagonal + first, order: pivotPositions + first, rule: rule)
      elimination.run(&inertia)
      if below > 0 && front.parent != -1 { subtract(front) }
    }
    return inertia
  }

  /// Clears the panel and the square of a front, and adds entries of K and what the children have left.
  private func assemble(_ front: IndefiniteLayout.Front, entryEnd: Int, _ values: UnsafePointer<Double>) {
    let first = Int(front.first), width = Int(front.width), below = Int(front.below), ld = width &+ below
    let panel = panels + front.panel, square = updates + front.update
    panel.update(repeating: 0, count: width &* ld)
    square.update(repeating: 0, count: below &* below)
    let sources = layout.sources, targets = layout.targets
    for q in front.entries..<entryEnd { panel[Int(targets[q])] += values[Int(sources[q])] }
    if front.firstChild == -1 { return }
    for j in 0..<width { place[first &+ j] = Int32(truncatingIfNeeded: j) }
    let rows = layout.rows + front.rowStart
    for i in 0..<below { place[Int(rows[i])] = Int32(truncatingIfNeeded: width &+ i) }
    var c = Int(front.firstChild)
    while c != -1 {
      let child = layout.fronts[c]
      let count = Int(child.below), childRows = layout.rows + child.rowStart
      var source = updates + child.update
      for j in 0..<count {
        let column = Int(place[Int(childRows[j])])
        let target = column < width ? panel + column &* ld : square + ((column &- width) &* below &- width)
        for i in j..<count { target[Int(place[Int(childRows[i])])] += source[i] }
        source += count
      }
      c = Int(child.nextSibling)
    }
  }

  /// Columns of the square that go into one product.
  private static let blockWidth = 48
  /// Products of fewer multiplications are written out.
  private static let smallProduct = 600

  /// Subtracts `L D Lᵀ` of a front's columns from its square, the lower triangle.
  private func subtract(_ front: IndefiniteLayout.Front) {
    let width = Int(front.width), below = Int(front.below), ld = width &+ below
    let l = panels + (front.panel &+ width), w = products + width, square = updates + front.update
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
