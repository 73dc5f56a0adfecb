/// The arcs or edges of a circuit and the columns that say which of them it takes.
struct CircuitGraph: Sendable {
  /// Taken by `constant + coefficient * column`, a function of the values 0 and 1; without a column by the constant.
  struct Arc: Sendable {
    var tail: Int32
    var head: Int32
    var column: Int32
    var coefficient: Double
    var constant: Double

    func value(at point: [Double]) -> Double {
      column >= 0 ? constant + coefficient * point[Int(column)] : constant
    }
  }
  let nodeCount: Int
  let arcs: [Arc]

  /// Arcs that a point takes by no more than this are not looked at.
  static let support = 1e-7

  /// The columns of the arcs, each once.
  var columns: [Int32] { Set(arcs.lazy.map(\.column).filter { $0 >= 0 }).sorted() }

  /// What a point takes of each pair of nodes, the two directions added up; pairs taken by next to nothing left out.
  func weights(at point: [Double]) -> [WeightedGraph.Edge] {
    var edges: [WeightedGraph.Edge] = []
    for arc in arcs where arc.tail != arc.head {
      let value = arc.value(at: point)
      if value > CircuitGraph.support {
        edges.append(WeightedGraph.Edge(first: min(arc.tail, arc.head), second: max(arc.tail, arc.head), weight: value))
      }
    }
    return WeightedGraph.merged(edges)
  }

  /// `Σ arcs within the nodes <= count - 1`: no circuit among them alone.
  /// - Parameter isInside: one flag a node.
  func eliminationRow(_ isInside: [Bool]) -> LinearRow {
    var columns: [Int32] = []
    var values: [Double] = []
    var upper = Double(isInside.count { $0 } - 1)
    for arc in arcs where arc.tail != arc.head && isInside[Int(arc.tail)] && isInside[Int(arc.head)] {
      upper -= arc.constant
      if arc.column >= 0 {
        columns.append(arc.column)
        values.append(arc.coefficient)
      }
    }
    return LinearRow(columns: columns, values: values, upper: upper).merged
  }
}

extension LinearRow {
  /// The same row with the entries of each column added up.
  var merged: LinearRow {
    let order = columns.indices.sorted { columns[$0] < columns[$1] }
    var result = LinearRow(columns: [], values: [], lower: lower, upper: upper)
    for k in order {
      if result.columns.last == columns[k] {
        result.values[result.values.count - 1] += values[k]
      } else {
        result.columns.append(columns[k])
        result.values.append(values[k])
      }
    }
    return result
  }

  /// How far a point is outside, relative to the largest entry.
  func violation(at point: [Double]) -> Double {
    let value = activity(at: point)
    let outside = max(lower - value, value - upper)
    let largest = values.reduce(0) { max($0, abs($1)) }
    return outside / (largest > 0 ? largest : 1)
  }
}
