/// Rounding of a relaxation's point that keeps its rows: columns that are not whole move as far as the slacks of their
/// rows allow, as long as that brings them nearer to whole numbers.
///
/// C. Wallace, "ZI round, a MIP rounding heuristic", Journal of Heuristics 16 (2010).
struct ShiftRounding {
  /// Passes over the columns at most.
  var passes = 10
  /// Distance from a whole number that counts as whole.
  var integrality = 1e-6
  /// Moves shorter than this are not made.
  var leastStep = 1e-6

  /// - Parameter fractional: the whole columns that are not whole yet.
  /// - Returns: whether all of them are now; no row gets violated in any case.
  /// - Complexity: O(entries of the fractional columns) a pass.
  func round(_ rows: inout PointActivities, fractional: [Int32]) -> Bool {
    var left = fractional
    for _ in 0..<passes {
      var hasMoved = false
      var next: [Int32] = []
      for j in left {
        let column = Int(j)
        let value = rows.point[column]
        let (down, up) = (value - value.rounded(.down), value.rounded(.up) - value)
        if min(down, up) <= integrality { continue }
        let (roomDown, roomUp) = (
          min(down, rows.room(column, isUp: false)), min(up, rows.room(column, isUp: true))
        )
        let step = choose(value, roomDown, roomUp, cost: rows.form.objective[column])
        if step != 0 {
          rows.shift(column, by: step)
          hasMoved = true
        }
        let moved = rows.point[column]
        if abs(moved - moved.rounded()) > integrality { next.append(j) }
      }
      left = next
      if left.isEmpty || !hasMoved { break }
    }
    return left.isEmpty
  }

  /// The step that leaves a value nearest to a whole number; the cheaper one where both do alike.
  private func choose(_ value: Double, _ roomDown: Double, _ roomUp: Double, cost: Double) -> Double {
    func distance(_ value: Double) -> Double { abs(value - value.rounded()) }
    let (now, low, high) = (distance(value), distance(value - roomDown), distance(value + roomUp))
    if min(low, high) >= now - leastStep * 0.1 { return 0 }
    let isDown = abs(low - high) <= integrality ? cost > 0 || cost == 0 && roomDown <= roomUp : low < high
    let step = isDown ? -roomDown : roomUp
    return abs(step) < leastStep && min(low, high) > integrality ? 0 : step
  }
}
