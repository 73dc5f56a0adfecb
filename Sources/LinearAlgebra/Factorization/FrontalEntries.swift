/// What a front must tell for the entries of the matrix to find their place in its panel.
protocol EntryFront {
  /// Position of the first column.
  var first: Int32 { get }
  /// Columns.
  var width: Int32 { get }
  /// Rows below the columns.
  var below: Int32 { get }
  /// Where the rows below start in the list of all rows.
  var rowStart: Int { get }
  /// Where the front's entries start in `sources` and `targets`; those of the next front are their end.
  var entries: Int { get set }
}

/// Where the entries of a symmetric matrix go in the panels of its fronts.
enum FrontalEntries {
  /// Sets the row in a front's panel of each of its positions.
  static func markPlaces(_ place: inout [Int32], _ front: some EntryFront, _ rows: UnsafeMutablePointer<Int32>) {
    for j in 0..<front.width { place[Int(front.first + j)] = j }
    for k in 0..<Int(front.below) { place[Int(rows[front.rowStart + k])] = front.width + Int32(k) }
  }

  /// Sorts the entries of the matrix by front.
  static func place(
    _ fronts: UnsafeMutablePointer<some EntryFront>, _ rows: UnsafeMutablePointer<Int32>,
    _ positions: UnsafeMutablePointer<Int32>, _ sources: UnsafeMutablePointer<UInt32>,
    _ targets: UnsafeMutablePointer<UInt32>, _ analysis: LDLAnalysis
  ) {
    let n = analysis.order, count = analysis.supernodes.count
    var owner = [Int32](repeating: 0, count: n)
    for s in 0..<count {
      for j in fronts[s].first..<(fronts[s].first + fronts[s].width) { owner[Int(j)] = Int32(s) }
    }
    var next = [Int](repeating: 0, count: count + 1)
    for j in 0..<n {
      for p in analysis.starts[j]..<analysis.starts[j + 1] {
        next[Int(owner[Int(min(positions[j], positions[Int(analysis.rowIndices[p])]))]) + 1] += 1
      }
    }
    for s in 0..<count {
      next[s + 1] += next[s]
      fronts[s].entries = next[s]
    }
    fronts[count].entries = next[count]
    // First the column in the panel, with the row kept aside; then, front by front, the row's place.
    var entryRows = [Int32](repeating: 0, count: analysis.rowIndices.count)
    for j in 0..<n {
      for p in analysis.starts[j]..<analysis.starts[j + 1] {
        let a = positions[j], b = positions[Int(analysis.rowIndices[p])]
        let s = Int(owner[Int(min(a, b))]), q = next[s]
        sources[q] = UInt32(p)
        targets[q] = UInt32(min(a, b) - fronts[s].first)
        entryRows[q] = max(a, b)
        next[s] += 1
      }
    }
    var place = [Int32](repeating: 0, count: n)
    for s in 0..<count {
      let front = fronts[s]
      markPlaces(&place, front, rows)
      for q in front.entries..<fronts[s + 1].entries {
        targets[q] = targets[q] * UInt32(front.width + front.below) + UInt32(place[Int(entryRows[q])])
      }
    }
  }
}
