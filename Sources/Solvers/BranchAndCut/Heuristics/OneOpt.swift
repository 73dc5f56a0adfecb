/// Moves of one whole column at a time from a feasible point: in the direction that costs less, as far as the rows allow.
///
/// T. Berthold, "Primal heuristics for mixed integer programs", diploma thesis, TU Berlin (2006), section 4.2.
struct OneOpt {
  /// Passes over the columns at most: a move can make room for others.
  static let passes = 5

  /// Moves columns, the dearest first, until none can.
  /// - Returns: whether the point got better; it stays feasible.
  /// - Complexity: O(entries) a pass.
  static func improve(_ rows: inout PointActivities) -> Bool {
    let form = rows.form
    let dear = rows.columns.integers.filter { form.objective[Int($0)] != 0 }.sorted {
      let (one, other) = (abs(form.objective[Int($0)]), abs(form.objective[Int($1)]))
      return one != other ? one > other : $0 < $1
    }
    var isBetter = false
    for _ in 0..<passes {
      var hasMoved = false
      for j in dear {
        let j = Int(j)
        let isUp = form.objective[j] < 0
        let room = (rows.room(j, isUp: isUp) + PointActivities.tolerance).rounded(.down)
        if room < 1 || !room.isFinite { continue }
        rows.shift(j, by: isUp ? room : -room)
        hasMoved = true
      }
      if !hasMoved { break }
      isBetter = true
    }
    return isBetter
  }
}
