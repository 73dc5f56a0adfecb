/// A form with its cones in the order that the interior-point method wants: semidefinite cones that are cheaper to
/// eliminate from the Newton system than to keep as a dense block come last.
///
/// Eliminating a cone of order n leaves a dense block of as many rows as there are columns in it, when these stay
/// (*matrix inequality*), or as there are rows of constraints of a *matrix variable*: a cone whose rows are single
/// columns, free and in no other cone. The dense block of the cone itself would have n(n+1)/2 rows.
struct ConeArrangement {
  /// The form with the cones in the new order.
  let form: ConicForm
  /// Number of cones at the end that are eliminated.
  let eliminatedCount: Int
  /// By row of G in the new order, the row in the old one; empty when nothing moved.
  private let rows: [Int]

  /// Below this order the block is always kept.
  static let leastOrder = 8

  init(_ original: ConicForm) {
    let isEliminated = ConeArrangement.choose(original)
    eliminatedCount = isEliminated.count { $0 }
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
    for wanted in [false, true] {
      var first = 0
      for (k, cone) in original.cones.enumerated() {
        let range = first..<first + cone.dimension
        first += cone.dimension
        guard isEliminated[k] == wanted else { continue }
        arranged.cones.append(cone)
        for i in range {
          let entries = original.coneStarts[i]..<original.coneStarts[i + 1]
          arranged.coneColumns.append(contentsOf: original.coneColumns[entries])
          arranged.coneValues.append(contentsOf: original.coneValues[entries])
          arranged.coneStarts.append(arranged.coneColumns.count)
          arranged.coneOffsets.append(original.coneOffsets[i])
          order.append(i)
        }
      }
    }
    form = arranged
    rows = order
  }

  /// Numbers of the rows of G in the order of the original form.
  func restored(_ values: [Double]) -> [Double] {
    guard !rows.isEmpty, values.count == rows.count else { return values }
    var result = values
    for (new, old) in rows.enumerated() { result[old] = values[new] }
    return result
  }

  /// Which cones to eliminate: those whose elimination leaves fewer dense rows than their block has.
  private static func choose(_ form: ConicForm) -> [Bool] {
    var result = [Bool](repeating: false, count: form.cones.count)
    guard form.cones.contains(where: { isLarge($0) }) else { return result }
    let linear = form.linear
    let n = linear.columnCount
    // Columns that may belong to a matrix variable, and the number of rows of constraints each is in.
    var isOpen = (0..<n).map { linear.columnLower[$0] == -.infinity && linear.columnUpper[$0] == .infinity }
    for j in 0..<n {
      for k in form.hessian.starts[j]..<form.hessian.starts[j + 1] {
        isOpen[j] = false
        isOpen[Int(form.hessian.rowIndices[k])] = false
      }
    }
    var coneEntries = [Int](repeating: 0, count: n)
    for j in form.coneColumns { coneEntries[Int(j)] += 1 }
    var owner = [Int](repeating: -1, count: n)
    var variableCones: [Int] = []
    var first = 0
    for (k, cone) in form.cones.enumerated() {
      let range = first..<first + cone.dimension
      first += cone.dimension
      guard isLarge(cone) else { continue }
      let entries = form.coneStarts[range.lowerBound]..<form.coneStarts[range.upperBound]
      let isVariable = range.allSatisfy { form.coneStarts[$0 + 1] == form.coneStarts[$0] + 1 }
        && form.coneColumns[entries].allSatisfy { isOpen[Int($0)] && coneEntries[Int($0)] == 1 }
      if isVariable {
        for j in form.coneColumns[entries] { owner[Int(j)] = k }
        variableCones.append(k)
      } else {
        result[k] = Set(form.coneColumns[entries]).count < cone.dimension
      }
    }
    // Rows of constraints of each matrix variable.
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
    for k in variableCones { result[k] = touched[k] < 3 * form.cones[k].dimension / 2 }
    return result
  }

  private static func isLarge(_ cone: ConicForm.Cone) -> Bool {
    if case .semidefinite(let order) = cone { return order >= leastOrder }
    return false
  }
}
