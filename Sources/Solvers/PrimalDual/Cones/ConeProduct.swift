import LinearAlgebra

/// The product K = K₁ × … × K_p of the cones of a conic form, as an interior-point method needs it: for s in K and z in
/// K*, a scaling H with `H z = s`, targets ξ and longest steps, so that a Newton direction is
///
///     ds = -H dz + ξ.
///
/// Vectors have ``dimension`` entries, cone after cone. Second-order, rotated and semidefinite cones are scaled after
/// Nesterov and Todd, exponential and power cones after Tunçel. Everything is allocated in the initializer; nothing is
/// afterwards. Methods that take `s` and `z` want them strictly inside, and the targets and steps belong to the scaling
/// of the last ``updateScaling(s:z:)``.
///
/// ## KKT block
///
/// The block of -H has one row and column for each entry and, for large second-order cones, two more each (*auxiliary*)
/// that carry the two rank-one terms: with them the block is sparse, and still quasi-definite. Right-hand sides of
/// auxiliary rows are 0. ``blockStarts`` and ``blockRows`` give the pattern of the lower triangle, ``writeBlock(into:)``
/// the values in the same order. Cones at the end may be left out of the block, for ``ConeElimination``.
final class ConeProduct {
  /// Second-order cones of more coordinates than this get auxiliary rows instead of a dense block.
  static let denseSecondOrderLimit = 5

  /// One cone and where its numbers lie.
  struct Block {
    enum Kind: UInt8 { case secondOrder, rotatedSecondOrder, exponential, power, semidefinite }
    var kind: Kind
    /// First coordinate.
    var offset: Int
    var dimension: Int
    /// Order of the matrices of a semidefinite cone.
    var order = 0
    /// Exponent of a power cone.
    var exponent = 0.0
    /// First number of the storage of the scaling.
    var storage = 0
    /// First auxiliary row of the block, counted from 0; -1 without.
    var auxiliary = -1
    /// Number of entries in the KKT block.
    var entryCount = 0
  }

  /// Number of coordinates of all cones.
  let dimension: Int
  /// Number of coordinates of the cones in the KKT block.
  let blockDimension: Int
  /// Sum of the degrees of the barriers: 1 for a second-order cone, the order for a semidefinite one, 3 for an
  /// exponential or power cone. On the central path `sᵀz = degree * μ`.
  let degree: Double
  /// Whether all cones are self-dual, so that no exponential or power cone is among them.
  let isSymmetric: Bool

  /// Auxiliary rows and columns of the KKT block, numbered from ``blockDimension`` on.
  let auxiliaryCount: Int
  /// Signs of the pivots of the auxiliary rows in an LDLᵀ factorization; those of the other rows are -1.
  let auxiliarySigns: [Int8]
  /// `blockStarts[j]..<blockStarts[j + 1]` are the entries of column j of the block's lower triangle.
  let blockStarts: [Int]
  /// Rows of the entries, ascending in a column, the diagonal first.
  let blockRows: [Int32]

  let blocks: UnsafeMutableBufferPointer<Block>
  /// The cones at the end that are not in the KKT block, all semidefinite.
  var eliminatedBlocks: Slice<UnsafeMutableBufferPointer<Block>> { blocks[keptBlockCount...] }
  /// Number of cones in the KKT block.
  let keptBlockCount: Int
  let storage: UnsafeMutablePointer<Double>
  /// Five vectors as long as the largest second-order cone.
  let scratch: UnsafeMutablePointer<Double>
  let scratchStride: Int
  /// A direction that is 0.
  let zeros: UnsafeMutablePointer<Double>
  let semidefiniteWork: SemidefiniteScaling.Workspace

  /// - Parameter eliminatedCount: so many cones at the end are left out of the KKT block.
  /// - Precondition: dimensions are at least 1 (2 for rotated cones), exponents lie strictly between 0 and 1; cones left
  ///   out are semidefinite.
  init(_ cones: [ConicForm.Cone], eliminatedCount: Int = 0) {
    var list: [Block] = []
    list.reserveCapacity(cones.count)
    var offset = 0
    var storageCount = 0
    var auxiliaryCount = 0
    var degree = 0.0
    var (widest, highest) = (0, 0)
    var (keptDimension, keptCount) = (0, 0)
    for (k, cone) in cones.enumerated() where cone.dimension > 0 {
      var block = Block(kind: .secondOrder, offset: offset, dimension: cone.dimension)
      let n = cone.dimension
      block.storage = storageCount
      switch cone {
      case .secondOrder, .rotatedSecondOrder:
        if case .rotatedSecondOrder = cone {
          precondition(n >= 2)
          block.kind = .rotatedSecondOrder
        }
        storageCount += SecondOrderScaling.storageCount(n)
        widest = max(widest, n)
        if n > ConeProduct.denseSecondOrderLimit {
          block.auxiliary = auxiliaryCount
          auxiliaryCount += 2
        }
        degree += 1
      case .exponential:
        block.kind = .exponential
        storageCount += NonsymmetricScaling.storageCount
        degree += 3
      case .power(let exponent):
        precondition(exponent > 0 && exponent < 1)
        block.kind = .power
        block.exponent = exponent
        storageCount += NonsymmetricScaling.storageCount
        degree += 3
      case .semidefinite(let order):
        block.kind = .semidefinite
        block.order = order
        storageCount += SemidefiniteScaling.storageCount(order)
        highest = max(highest, order)
        degree += Double(order)
      }
      offset += n
      list.append(block)
      if k < cones.count - eliminatedCount {
        (keptDimension, keptCount) = (offset, list.count)
      } else {
        precondition(block.kind == .semidefinite)
      }
    }
    dimension = offset
    blockDimension = keptDimension
    keptBlockCount = keptCount
    self.degree = degree
    self.auxiliaryCount = auxiliaryCount
    isSymmetric = !list.contains { $0.kind == .exponential || $0.kind == .power }
    // Of each pair, the row of -vvᵀ comes first.
    auxiliarySigns = (0..<auxiliaryCount).map { $0 % 2 == 0 ? -1 : 1 }
    (blockStarts, blockRows) = ConeProduct.pattern(
      &list, keptCount: keptCount, dimension: keptDimension, auxiliaryCount: auxiliaryCount)
    blocks = .allocate(capacity: list.count)
    _ = blocks.initialize(from: list)
    storage = .allocate(capacity: max(1, storageCount))
    storage.initialize(repeating: 0, count: max(1, storageCount))
    scratchStride = widest
    scratch = .allocate(capacity: 5 * widest + 1)
    scratch.initialize(repeating: 0, count: 5 * widest + 1)
    zeros = .allocate(capacity: max(1, offset))
    zeros.initialize(repeating: 0, count: max(1, offset))
    semidefiniteWork = SemidefiniteScaling.Workspace(order: highest)
  }

  deinit {
    blocks.deallocate()
    storage.deallocate()
    scratch.deallocate()
    zeros.deallocate()
    semidefiniteWork.deallocate()
  }

  /// Whether there are no cones.
  var isEmpty: Bool { blocks.isEmpty }

  /// The pattern of the KKT block; counts the entries of each cone.
  private static func pattern(
    _ blocks: inout [Block], keptCount: Int, dimension: Int, auxiliaryCount: Int
  ) -> (starts: [Int], rows: [Int32]) {
    var starts = [0]
    starts.reserveCapacity(dimension + auxiliaryCount + 1)
    var rows: [Int32] = []
    for b in 0..<keptCount {
      let block = blocks[b]
      let before = rows.count
      for i in 0..<block.dimension {
        if block.auxiliary < 0 {
          for k in i..<block.dimension { rows.append(Int32(block.offset + k)) }
        } else {
          rows.append(Int32(block.offset + i))
          if i == 0 && block.kind == .rotatedSecondOrder { rows.append(Int32(block.offset + 1)) }
          rows.append(Int32(dimension + block.auxiliary))
          rows.append(Int32(dimension + block.auxiliary + 1))
        }
        starts.append(rows.count)
      }
      blocks[b].entryCount = rows.count - before
    }
    for k in 0..<auxiliaryCount {
      rows.append(Int32(dimension + k))
      starts.append(rows.count)
    }
    return (starts, rows)
  }

  @inline(__always)
  func semidefinite(_ block: Block) -> SemidefiniteScaling {
    SemidefiniteScaling(order: block.order, storage: storage + block.storage, work: semidefiniteWork)
  }

  /// `v` in the coordinates of a second-order cone: itself, or, for a rotated cone, its image under the orthogonal map
  /// `(t, u, x) -> ((t+u)/√2, (t-u)/√2, x)` in the scratch vector of number `slot`.
  @inline(__always)
  func secondOrder(_ block: Block, _ v: UnsafePointer<Double>, slot: Int) -> UnsafePointer<Double> {
    if block.kind == .secondOrder { return v + block.offset }
    let copy = scratch + slot * scratchStride
    copy.update(from: v + block.offset, count: block.dimension)
    ConeProduct.rotate(copy)
    return UnsafePointer(copy)
  }

  /// The map between rotated and other second-order cones, which is its own inverse.
  @inline(__always)
  static func rotate(_ v: UnsafeMutablePointer<Double>) {
    let root = 0.5.squareRoot()
    let (t, u) = (v[0], v[1])
    v[0] = (t + u) * root
    v[1] = (t - u) * root
  }
}
