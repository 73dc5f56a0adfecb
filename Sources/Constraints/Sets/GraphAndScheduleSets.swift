/// `xᵢ` is the successor of node i, from 1, and following successors visits every node once.
public struct Circuit: VectorSet {
  public static let name = "Circuit"
  public static let isDiscrete = true
  public static let formatMinorVersion = 1
  public let dimension: Int
  public init(dimension: Int) { self.dimension = dimension }
  public init(parameters: SetParameters, rows: Int) throws(SetParameterError) {
    dimension = try parameters.dimension("dimension")
  }
  public var parameters: SetParameters { ["dimension": .integer(dimension)] }
  public func violation(at point: [Double]) -> Double {
    var node = 0
    var seen = [Bool](repeating: false, count: dimension)
    for _ in 0..<dimension {
      if seen[node] { return 1 }
      seen[node] = true
      let next = point[node].rounded()
      guard next >= 1, next <= Double(dimension) else { return 1 }
      node = Int(next) - 1
    }
    return node == 0 ? 0 : 1
  }
}

/// `(starts, durations, demands, capacity)`: at any moment the demands of running tasks stay within the capacity.
public struct Cumulative: VectorSet {
  public static let name = "Cumulative"
  public static let formatMinorVersion = 1
  public let dimension: Int
  public init(dimension: Int) { self.dimension = dimension }
  public init(parameters: SetParameters, rows: Int) throws(SetParameterError) {
    dimension = try parameters.dimension("dimension", atLeast: 1)
    guard dimension % 3 == 1 else {
      throw SetParameterError(parameter: "dimension", problem: "must be 3n + 1 for n tasks")
    }
  }
  public var parameters: SetParameters { ["dimension": .integer(dimension)] }
  /// The least number by which times or the capacity must give way everywhere. A task runs in [start, start + duration);
  /// overloads peak where a task starts, and an overload may end because tasks that run there end that much earlier.
  /// - Complexity: O(n² log n) for n tasks.
  public func violation(at point: [Double]) -> Double {
    let n = (dimension - 1) / 3
    var worst = 0.0
    for k in 0..<n {
      let now = point[k]
      var load = 0.0
      var running: [(rest: Double, demand: Double)] = []
      for i in 0..<n where point[i] <= now && now < point[i] + point[n + i] {
        load += point[2 * n + i]
        running.append((point[i] + point[n + i] - now, point[2 * n + i]))
      }
      var violation = load - point[3 * n]
      if violation <= worst { continue }
      for task in running.sorted(by: { $0.rest < $1.rest }) where task.rest < violation {
        load -= task.demand
        violation = min(violation, max(task.rest, load - point[3 * n]))
      }
      worst = largest(worst, violation)
    }
    return worst
  }
}

/// `(s, t, nodes…, edges…)`: the marked nodes and edges form a path from node s to node t of a directed graph.
public struct Path: VectorSet {
  public static let name = "Path"
  public static let isDiscrete = true
  public static let formatMinorVersion = 1
  public let from: [Int]
  public let to: [Int]
  public init(from: [Int], to: [Int]) {
    self.from = from
    self.to = to
  }
  public init(parameters: SetParameters, rows: Int) throws(SetParameterError) {
    from = try parameters.integers("from")
    to = try parameters.integers("to")
    guard from.count == to.count else {
      throw SetParameterError(parameter: "to", problem: "must be as long as from")
    }
    guard (from + to).allSatisfy({ $0 >= 1 && $0 <= 100_000_000 }) else {
      throw SetParameterError(parameter: "from", problem: "numbers nodes from 1")
    }
  }
  public var nodeCount: Int { (from + to).max() ?? 0 }
  public var dimension: Int { 2 + nodeCount + from.count }
  public var parameters: SetParameters { ["from": .integers(from), "to": .integers(to)] }
  public func violation(at point: [Double]) -> Double {
    let n = nodeCount
    let (s, t) = (point[0].rounded(), point[1].rounded())
    guard s >= 1, s <= Double(n), t >= 1, t <= Double(n) else { return 1 }
    var successor = [Int](repeating: 0, count: n + 1)
    var marked = 0
    for e in from.indices where point[2 + n + e].rounded() == 1 {
      if successor[from[e]] != 0 { return 1 }
      successor[from[e]] = to[e]
      marked += 1
    }
    var node = Int(s)
    var visited: Set<Int> = [node]
    while node != Int(t) {
      node = successor[node]
      if node == 0 || !visited.insert(node).inserted { return 1 }
    }
    if marked != visited.count - 1 { return 1 }
    for i in 1...n where (point[1 + i].rounded() == 1) != visited.contains(i) { return 1 }
    return 0
  }
}

/// The point is one of the rows.
public struct Table: VectorSet {
  public static let name = "Table"
  public static let formatMinorVersion = 1
  public let rows: [[Double]]
  private let width: Int
  public init(rows: [[Double]]) {
    self.rows = rows
    width = rows.first?.count ?? 0
  }
  public init(parameters: SetParameters, rows count: Int) throws(SetParameterError) {
    rows = try parameters.rows("table")
    width = rows.first?.count ?? count
    guard rows.allSatisfy({ $0.count == width }) else {
      throw SetParameterError(parameter: "table", problem: "must have rows of one length")
    }
  }
  public var dimension: Int { width }
  public var parameters: SetParameters { ["table": .rows(rows)] }
  /// The distance to the nearest row, in the largest coordinate.
  public func violation(at point: [Double]) -> Double {
    rows.map { row in zip(row, point).reduce(0) { largest($0, abs($1.0 - $1.1)) } }.min() ?? .infinity
  }
}

/// `(F, x)` of n + n coordinates: mixed complementarity, `F ⊥ x` through the bounds of x.
public struct Complements: VectorSet {
  public static let name = "Complements"
  public let dimension: Int
  public init(dimension: Int) { self.dimension = dimension }
  public init(parameters: SetParameters, rows: Int) throws(SetParameterError) {
    dimension = try parameters.dimension("dimension")
    guard dimension % 2 == 0 else { throw SetParameterError(parameter: "dimension", problem: "must be even") }
  }
  public var parameters: SetParameters { ["dimension": .integer(dimension)] }
  /// Assumes `x >= 0`, the usual bounds: `min(F, x) = 0`.
  public func violation(at point: [Double]) -> Double {
    let n = dimension / 2
    return (0..<n).reduce(0) { largest($0, abs(min(point[$1], point[n + $1]))) }
  }
}
