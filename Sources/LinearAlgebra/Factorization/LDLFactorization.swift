/// The numeric factor `P K Pᵀ = L J Lᵀ`, J = diag(±1), of a symmetric matrix whose pivots have signs known in advance, as
/// those of a quasi-definite matrix (positive definite and negative definite diagonal blocks) have in every order. With
/// positive signs alone this is the Cholesky factor of a positive definite matrix.
///
/// The method is multifrontal: a supernode is a dense panel; what it subtracts from the rest is one dense triangle that
/// is handed to its parent in the elimination tree. Not to be used from two threads at a time.
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
    /// Threads that one factorization may use. Default 1.
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

  public let analysis: LDLAnalysis
  let layout: FrontalLayout
  private let rule: FrontalKernels.PivotRule
  /// Panels one after the other.
  let panels: UnsafeMutablePointer<Double>
  private let updates: UnsafeMutablePointer<Double>
  /// Units of the pivots of one front, with `PivotScale.diagonal`.
  private let scale: UnsafeMutablePointer<Double>?
  /// Right-hand sides in the order of elimination, and the part of them that a front touches.
  let permuted: UnsafeMutablePointer<Double>
  let gathered: UnsafeMutablePointer<Double>

  /// - Parameter signs: by original index, 1 or -1: the sign that the pivot of each row must have.
  /// - Complexity: O(entries of the pattern + entries of the factor).
  public init(_ analysis: LDLAnalysis, signs: [Int8], options: Options = Options()) {
    precondition(signs.count == analysis.order && signs.allSatisfy { $0 == 1 || $0 == -1 })
    BLAS.useOneThreadUnlessAsked()
    self.analysis = analysis
    layout = FrontalLayout(analysis, signs: signs)
    rule = FrontalKernels.PivotRule(threshold: options.pivotThreshold, replacement: options.pivotReplacement)
    panels = .allocate(capacity: max(1, layout.panelSize))
    updates = .allocate(capacity: max(1, layout.updateSize))
    scale = options.pivotScale == .diagonal ? .allocate(capacity: max(1, layout.largestFront)) : nil
    permuted = .allocate(capacity: max(1, layout.order * Self.batch))
    gathered = .allocate(capacity: max(1, layout.largestFront * Self.batch))
  }

  deinit {
    panels.deallocate()
    updates.deallocate()
    scale?.deallocate()
    permuted.deallocate()
    gathered.deallocate()
  }

  /// Entries that are stored, the zeros of merged supernodes and upper triangles of diagonal blocks among them.
  public var storedEntryCount: Int { layout.panelSize }

  /// Factors K.
  /// - Parameter values: in the order of the pattern that the analysis was made of.
  /// - Returns: the number of pivots that were replaced.
  /// - Complexity: O(`analysis.flopCount`), and no allocation.
  @discardableResult
  public func factor(_ values: UnsafePointer<Double>) -> Int {
    var replaced = 0
    for s in 0..<layout.frontCount { replaced += factorFront(s, values, scale) }
    return replaced
  }

  private func factorFront(_ s: Int, _ values: UnsafePointer<Double>, _ scale: UnsafeMutablePointer<Double>?) -> Int {
    let fronts = layout.fronts
    let front = fronts[s]
    let width = Int(front.width), below = Int(front.below), positive = Int(front.positive)
    let ld = width &+ below
    let panel = panels + front.panel
    panel.update(repeating: 0, count: width &* ld)
    let sources = layout.sources, targets = layout.targets
    for q in front.entries..<fronts[s + 1].entries { panel[Int(targets[q])] += values[Int(sources[q])] }
    if let scale {
      for j in 0..<width {
        let d = abs(panel[j &* ld &+ j])
        scale[j] = d > 0 ? d : 1
      }
    }
    var c = Int(front.firstChild)
    while c != -1 {
      let child = fronts[c]
      FrontalKernels.add(
        updates + child.update, Int(child.below), columns: 0..<Int(child.inParent),
        at: layout.parentRows + child.rowStart, into: panel, ld, offset: 0)
      c = Int(child.nextSibling)
    }
    var replaced = 0
    let negative = width &- positive
    if positive > 0 {
      replaced += FrontalKernels.factor(panel, ld, first: 0, width: positive, sign: 1, rule: rule, scale: scale)
    }
    if negative > 0 {
      if positive > 0 {
        let left = panel + positive
        let corner = panel + (positive &* ld &+ positive)
        FrontalKernels.multiplyLower(negative, positive, -1, left, ld, 1, corner, ld)
        if below > 0 {
          FrontalKernels.multiplyTiled(
            below, negative, positive, -1, left + negative, ld, left, ld, 1, corner + negative, ld)
        }
      }
      replaced += FrontalKernels.factor(panel, ld, first: positive, width: negative, sign: -1, rule: rule, scale: scale)
    }
    if below == 0 { return replaced }
    let update = updates + front.update
    if positive > 0 { FrontalKernels.multiplyLower(below, positive, -1, panel + width, ld, 0, update, below) }
    if negative > 0 {
      FrontalKernels.multiplyLower(
        below, negative, 1, panel + (positive &* ld &+ width), ld, positive > 0 ? 1 : 0, update, below)
    }
    c = Int(front.firstChild)
    while c != -1 {
      let child = fronts[c]
      FrontalKernels.add(
        updates + child.update, Int(child.below), columns: Int(child.inParent)..<Int(child.below),
        at: layout.parentRows + child.rowStart, into: update, below, offset: width)
      c = Int(child.nextSibling)
    }
    return replaced
  }
}
