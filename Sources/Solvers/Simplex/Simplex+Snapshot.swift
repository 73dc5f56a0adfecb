import LinearAlgebra

/// Trying something out and coming back.
extension Simplex {
  /// All that steps change. As replacements are kept one on top of the other, coming back takes copies only, unless the
  /// basis was factored in the meantime.
  struct Snapshot {
    fileprivate var place: [Place]
    fileprivate var head: [Int32]
    fileprivate var x: Vector
    fileprivate var z: Vector
    fileprivate var weights: Vector
    fileprivate var replacementCount: Int
    fileprivate var factorizations: Int
  }

  /// - Precondition: solved, with no costs shifted, and no bound changed since.
  func snapshot() -> Snapshot {
    let kept = Snapshot(
      place: place, head: head, x: Vector(count: count), z: Vector(count: count), weights: Vector(count: count),
      replacementCount: basis.replacementCount, factorizations: factorizations)
    kept.x.copy(from: x)
    kept.z.copy(from: z)
    kept.weights.copy(from: weights)
    return kept
  }

  /// Comes back; bounds and rows must be again those of the snapshot.
  /// - Complexity: O(columns + rows), and a factorization where there was one in between.
  func restore(_ kept: Snapshot) {
    if hasShiftedCosts {
      cost = Vector(problem.cost)
      hasShiftedCosts = false
    }
    place = kept.place
    for k in head { rowOf[Int(k)] = -1 }
    head = kept.head
    weights.copy(from: kept.weights)
    moves.clear()
    guard factorizations == kept.factorizations else {
      refactor()
      return
    }
    basis.truncate(to: kept.replacementCount)
    x.copy(from: kept.x)
    z.copy(from: kept.z)
    isStale = false
    areReducedCostsStale = false
    for row in 0..<rowCount {
      rowOf[Int(head[row])] = Int32(truncatingIfNeeded: row)
      noteViolation(row)
    }
  }
}
