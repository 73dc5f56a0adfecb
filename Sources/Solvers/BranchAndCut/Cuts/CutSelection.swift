/// Picks cuts by how far they cut and by how different they are.
///
/// T. Achterberg, "Constraint integer programming", PhD thesis, TU Berlin (2007), section 8.
struct CutSelection: Sendable {
  /// Cuts that are taken at most. Default 200.
  var limit = 200
  /// Largest cosine of the angle between two cuts that are taken. Default 0.8.
  var parallelism = 0.8
  /// Cuts with at least this share of the best score may be nearly parallel, up to ``bestParallelism``. Default 0.9.
  var bestShare = 0.9
  /// Default 0.95.
  var bestParallelism = 0.95
  /// Weight of the angle with the objective in the score, against 1 for the efficacy. Default 0.1.
  var objectiveWeight = 0.1
  /// Cuts with less efficacy than this are not taken. Default 1e-4.
  var efficacy = 1e-4

  /// Takes cuts in the order of their score, each unless it is nearly parallel to one that was taken.
  ///
  /// - Parameters:
  ///   - cuts: candidates; the same one may occur several times.
  ///   - point: the point to be cut off.
  ///   - objective: the costs, empty when angles with it do not matter.
  /// - Returns: the cuts that were taken, the best first.
  /// - Complexity: O(entries × taken cuts) at most; only columns that cuts share cost anything.
  func select(_ cuts: [Cut], at point: UnsafePointer<Double>, objective: [Double] = []) -> [Cut] {
    var costNorm = 0.0
    for cost in objective { costNorm += cost * cost }
    costNorm = costNorm.squareRoot()
    var candidates: [(score: Double, index: Int, norm: Double)] = []
    var seen: Set<UInt64> = []
    var columnLimit = 0
    for (index, cut) in cuts.enumerated() {
      let norm = cut.norm
      if !(norm > 0) || !norm.isFinite { continue }
      let efficacy = (cut.activity(at: point) - cut.upper) / norm
      if efficacy < self.efficacy { continue }
      for j in cut.columns { columnLimit = max(columnLimit, Int(j) + 1) }
      var score = efficacy
      if costNorm > 0 {
        var product = 0.0
        for (j, value) in zip(cut.columns, cut.values) { product += value * objective[Int(j)] }
        score += objectiveWeight * abs(product) / (norm * costNorm) * min(1, 10 * efficacy)
      }
      candidates.append((score, index, norm))
    }
    candidates.sort { $0.score != $1.score ? $0.score > $1.score : $0.index < $1.index }
    guard let best = candidates.first?.score else { return [] }
    var taken: [Cut] = []
    // Entries of taken cuts by column, as lists in one array.
    var head = [Int32](repeating: -1, count: columnLimit)
    var entries: [(next: Int32, cut: Int32, value: Double)] = []
    var products: [Double] = []
    for candidate in candidates {
      let cut = cuts[candidate.index]
      if !seen.insert(cut.hash ^ UInt64(bitPattern: Int64(cut.upper / candidate.norm * 1e6))).inserted { continue }
      for k in 0..<products.count { products[k] = 0 }
      var cosine = 0.0
      for (j, value) in zip(cut.columns, cut.values) {
        var e = head[Int(j)]
        while e >= 0 {
          let entry = entries[Int(e)]
          products[Int(entry.cut)] += value / candidate.norm * entry.value
          e = entry.next
        }
      }
      for product in products { cosine = max(cosine, product) }
      let most = candidate.score >= bestShare * best ? bestParallelism : parallelism
      if cosine > most { continue }
      let number = Int32(truncatingIfNeeded: taken.count)
      for (j, value) in zip(cut.columns, cut.values) {
        entries.append((head[Int(j)], number, value / candidate.norm))
        head[Int(j)] = Int32(truncatingIfNeeded: entries.count - 1)
      }
      products.append(0)
      taken.append(cut)
      if taken.count == limit { break }
    }
    return taken
  }
}
