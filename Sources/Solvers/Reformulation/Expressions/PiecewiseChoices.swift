import Constraints

extension FormBuilder {
  /// A column that holds an absolute value, a maximum or a minimum from the side on which it is not convex, or from both,
  /// by binary columns that choose the piece.
  ///
  /// Big numbers come from the proven range of the pieces. H. P. Williams, "Model Building in Mathematical Programming",
  /// 5th edition (2013), section 9.
  mutating func choose(
    _ atom: Atom, _ x: [Affine], in intervals: [Interval], _ side: Hold, _ what: String
  ) throws(SolverError) -> Affine {
    // max(x) = -min(-x) and |x| = max(x, -x): everything is a maximum.
    let negated = { (i: Interval) in Interval(-i.upper, -i.lower) }
    switch atom.kind {
    case .absolute:
      return try choose(
        largest: [x[0], x[0].scaled(by: -1)], in: [intervals[0], negated(intervals[0])], side, what)
    case .maximum: return try choose(largest: x, in: intervals, side, what)
    default:
      return try choose(largest: x.map { $0.scaled(by: -1) }, in: intervals.map(negated), side.times(-1), what)
        .scaled(by: -1)
    }
  }

  /// `t <= max(pieces)`: t <= pieceᵢ + Mᵢ (1 - zᵢ) with exactly one zᵢ = 1; for an exact value also t >= every piece.
  private mutating func choose(
    largest pieces: [Affine], in intervals: [Interval], _ side: Hold, _ what: String
  ) throws(SolverError) -> Affine {
    var ranges: [(least: Double, most: Double)] = []
    for (piece, interval) in zip(pieces, intervals) {
      let (least, most, openBelow, openAbove) = range(of: piece)
      if let j = openBelow, interval.lower == -.infinity { throw needsBound(what, variable: j, "a finite") }
      if let j = openAbove, interval.upper == .infinity { throw needsBound(what, variable: j, "a finite") }
      ranges.append((max(least, interval.lower), min(most, interval.upper)))
    }
    let ceiling = ranges.map(\.most).max()!
    let floor = ranges.map(\.least).max()!
    let t = Affine(
      column: addColumn(lower: floor, upper: ceiling) { point in
        pieces.map { $0.value(at: point) }.max()!
      })
    var choices = Affine()
    for (i, piece) in pieces.enumerated() {
      if side == .exact { addRow(t - piece, lower: 0, upper: .infinity) }
      // A piece that another one always exceeds is never the largest.
      if ranges[i].most < floor { continue }
      let z = Affine(
        column: addColumn(lower: 0, upper: 1, isInteger: true) { point in
          let values = pieces.map { $0.value(at: point) }
          return values.firstIndex(of: values.max()!) == i ? 1 : 0
        })
      choices.add(z)
      let m = ceiling - ranges[i].least
      var row = t - piece
      row.add(z, times: m)
      addRow(row, lower: -.infinity, upper: m)
    }
    addRow(choices, lower: 1, upper: 1)
    return t
  }
}
