import LinearAlgebra

/// A form with its cones as the interior-point method wants them: semidefinite cones that are cheaper to eliminate from
/// the Newton system than to keep as a dense block come last.
///
/// Eliminating a cone of order n leaves a dense block of as many rows as there are columns in it, when these stay
/// (*matrix inequality*), or as there are rows of constraints of a *matrix variable*: a cone whose rows are single
/// columns, free and in no other cone. The dense block of the cone itself would have n(n+1)/2 rows. Where only some rows
/// of a cone are more than that, as entries that are fixed, they get a column of their own and an equation that links
/// it to what it stands for.
struct ConeArrangement {
  /// The form with the cones in the new order, and links as its last columns and rows.
  let form: ConicForm
  /// Number of cones at the end that are eliminated.
  let eliminatedCount: Int
  private let original: ConicForm
  /// By row of G in the new order, the row in the old one; empty when nothing moved.
  private let rows: [Int]

  /// Below this order the block is always kept.
  static let leastOrder = 4

  private enum Treatment { case kept, inequality, variable }

  init(_ original: ConicForm) {
    self.original = original
    let survey = Survey(original)
    eliminatedCount = survey.treatments.count { $0 != .kept }
    guard eliminatedCount > 0 else {
      (form, rows) = (original, [])
      return
    }
    var arranged = original
    arranged.cones = []
    arranged.coneStarts = [0]
    arranged.coneColumns = []
    arranged.coneValues = []
    arranged.coneOffsets = []
    var order: [Int] = []
    for isLast in [false, true] {
      var first = 0
      for (k, cone) in original.cones.enumerated() {
        let range = first..<first + cone.dimension
        first += cone.dimension
        guard (survey.treatments[k] != .kept) == isLast else { continue }
        arranged.cones.append(cone)
        for i in range {
          let entries = original.coneStarts[i]..<original.coneStarts[i + 1]
          if survey.treatments[k] == .variable && survey.owned(i) == nil {
            let column = arranged.linear.addColumn(lower: -.infinity, upper: .infinity)
            let terms = entries.map { (Int(original.coneColumns[$0]), original.coneValues[$0]) }
            let side = -original.coneOffsets[i]
            arranged.linear.addRow(terms + [(column, -1)], lower: side, upper: side)
            arranged.coneColumns.append(Int32(column))
            arranged.coneValues.append(1)
            arranged.coneOffsets.append(0)
          } else {
            arranged.coneColumns.append(contentsOf: original.coneColumns[entries])
            arranged.coneValues.append(contentsOf: original.coneValues[entries])
            arranged.coneOffsets.append(original.coneOffsets[i])
          }
          arranged.coneStarts.append(arranged.coneColumns.count)
          order.append(i)
        }
      }
    }
    let n = arranged.linear.columnCount
    let hessian = original.hessian
    arranged.hessian = SparseMatrix(
      rowCount: n, columnCount: n,
      starts: hessian.starts + [Int](repeating: hessian.entryCount, count: n - hessian.columnCount),
      rowIndices: hessian.rowIndices, values: hessian.values)
    form = arranged
    rows = order
  }

  /// The outcome of the arranged form as one of the original.
  func restored(_ outcome: FormOutcome) -> FormOutcome {
    if rows.isEmpty { return outcome }
    let (n, m) = (original.linear.columnCount, original.linear.rowCount)
    var result = outcome
    result.point = Array(outcome.point.prefix(n))
    result.ray = Array(outcome.ray.prefix(n))
    result.rowDuals = Array(outcome.rowDuals.prefix(m))
    result.farkas = Array(outcome.farkas.prefix(m))
    if outcome.coneDuals.count == rows.count {
      for (new, old) in rows.enumerated() { result.coneDuals[old] = outcome.coneDuals[new] }
    }
    if !outcome.reducedCosts.isEmpty {
      result.reducedCosts = original.reducedCosts(
        point: result.point, rowDuals: result.rowDuals, coneDuals: result.coneDuals)
    }
    return result
  }

  /// What a form offers for elimination.
  private struct Survey {
    let form: ConicForm
    /// Columns without bounds, without a part in P and in one row of a cone.
    private var isOpen: [Bool]
    private(set) var treatments: [Treatment]

    init(_ form: ConicForm) {
      self.form = form
      treatments = [Treatment](repeating: .kept, count: form.cones.count)
      isOpen = []
      guard form.cones.contains(where: { Survey.isLarge($0) }) else { return }
      let linear = form.linear
      isOpen = linear.columnLower.indices.map {
        linear.columnLower[$0] == -.infinity && linear.columnUpper[$0] == .infinity
      }
      for j in 0..<form.hessian.columnCount {
        for k in form.hessian.starts[j]..<form.hessian.starts[j + 1] {
          isOpen[j] = false
          isOpen[Int(form.hessian.rowIndices[k])] = false
        }
      }
      var coneEntries = [Int](repeating: 0, count: isOpen.count)
      for j in form.coneColumns { coneEntries[Int(j)] += 1 }
      for j in isOpen.indices where coneEntries[j] != 1 { isOpen[j] = false }
      choose()
    }

    /// The column that a row of a cone consists of, when that is open.
    func owned(_ i: Int) -> Int? {
      let first = form.coneStarts[i]
      guard form.coneStarts[i + 1] == first + 1, isOpen[Int(form.coneColumns[first])] else { return nil }
      return Int(form.coneColumns[first])
    }

    private static func isLarge(_ cone: ConicForm.Cone) -> Bool {
      if case .semidefinite(let order) = cone { return order >= ConeArrangement.leastOrder }
      return false
    }

    /// Takes for each cone the way that leaves the fewest dense rows.
    private mutating func choose() {
      let linear = form.linear
      // Cones that own columns, and how many rows of constraints these are in.
      var owner = [Int](repeating: -1, count: isOpen.count)
      var ownedCounts = [Int](repeating: 0, count: form.cones.count)
      var first = 0
      for (k, cone) in form.cones.enumerated() {
        for i in first..<first + cone.dimension where Survey.isLarge(cone) {
          guard let j = owned(i) else { continue }
          owner[j] = k
          ownedCounts[k] += 1
        }
        first += cone.dimension
      }
      var touched = [Int](repeating: 0, count: form.cones.count)
      var last = [Int](repeating: -1, count: form.cones.count)
      for i in 0..<linear.rowCount {
        for e in linear.starts[i]..<linear.starts[i + 1] {
          let k = owner[Int(linear.entryColumns[e])]
          if k >= 0 && last[k] != i {
            last[k] = i
            touched[k] += 1
          }
        }
      }
      first = 0
      for (k, cone) in form.cones.enumerated() {
        let range = first..<first + cone.dimension
        first += cone.dimension
        guard Survey.isLarge(cone) else { continue }
        var members = Set<Int32>()
        for e in form.coneStarts[range.lowerBound]..<form.coneStarts[range.upperBound] {
          let j = form.coneColumns[e]
          if linear.columnLower[Int(j)] < linear.columnUpper[Int(j)] { members.insert(j) }
        }
        let asVariable = touched[k] + range.count - ownedCounts[k]
        // Columns that the cone owns would otherwise stay in the matrix.
        if ownedCounts[k] > 0 && asVariable < members.count + ownedCounts[k] / 2 {
          treatments[k] = .variable
        } else if members.count < range.count {
          treatments[k] = .inequality
        }
      }
    }
  }
}
