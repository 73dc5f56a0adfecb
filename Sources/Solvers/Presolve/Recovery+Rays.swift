/// Undoing for a direction of unboundedness: as for points, with all sides and finite bounds 0.
extension Recovery {
  mutating func undoRay(_ stack: ReductionStack) {
    stack.indices.withUnsafeBufferPointer { indices in
      stack.values.withUnsafeBufferPointer { values in
        for r in stack.records.reversed() {
          let e = Entries(r, indices, values)
          let j = Int(r.column)
          switch r.kind {
          case .fixedColumn: point[j] = 0
          case .singletonRow, .forcingRow, .parallelRow, .heldRow, .addedRow: break
          case .alias: point[j] = -e.sum(0, 1, point)
          case .substitution, .doubleton: point[j] = -e.sum(0, r.count, point) / r.pivot
          case .slack:
            let n = Int(r.count)
            let sides = recession(e.values[n], e.values[n + 1])
            let bounds = recession(e.values[n + 2], e.values[n + 3])
            let rest = e.sum(0, r.count, point)
            let place = Placement(rest: rest, r.pivot, sides.low, sides.high, bounds.low, bounds.high)
            point[j] = place.nearest(to: 0)
          case .pulledRows: undoPulledRay(r, e)
          case .parallelColumn:
            let sum = point[j]
            let own = recession(e.values[0], e.values[1])
            if sum < own.low || sum > own.high {
              point[j] = 0
              point[Int(r.other)] = sum / r.pivot
            } else {
              point[Int(r.other)] = 0
            }
          }
        }
      }
    }
  }

  private mutating func undoPulledRay(_ r: Record, _ e: Entries) {
    var value = 0.0
    PulledRows(r, e).each { _, a, rowLow, rowHigh, start, count in
      let rest = e.sum(start, count, point)
      let sides = recession(rowLow, rowHigh)
      let activity = a * value + rest
      if activity < sides.low || activity > sides.high { value = -rest / a }
    }
    point[Int(r.column)] = value
  }

  /// The directions that two bounds leave open.
  @inline(__always)
  private func recession(_ low: Double, _ high: Double) -> (low: Double, high: Double) {
    (low.isFinite ? 0 : -.infinity, high.isFinite ? 0 : .infinity)
  }
}
