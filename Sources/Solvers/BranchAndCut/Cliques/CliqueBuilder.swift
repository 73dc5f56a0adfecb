/// Collects cliques from rows and from other sources.
struct CliqueBuilder {
  private let columnCount: Int
  private var starts: [Int32] = [0]
  private var literals: [Int32] = []
  /// Cliques of rows that hold several are left out once there are this many literals.
  var literalLimit = 2_000_000
  private var items: [(literal: Int32, weight: Double)] = []

  init(columnCount: Int) { self.columnCount = columnCount }

  /// Adds a clique; literals must not repeat. Sets of fewer than two are passed over.
  mutating func add(_ clique: some Collection<Int32>) {
    if clique.count < 2 { return }
    literals.append(contentsOf: clique)
    starts.append(Int32(truncatingIfNeeded: literals.count))
  }

  /// Adds the cliques of a row: pairs of binary columns too heavy to be together, all others being where they leave
  /// most room.
  /// - Complexity: O(entries log entries) for each side, and the literals added.
  mutating func addRow(
    _ columns: some RandomAccessCollection<Int32>, _ values: some RandomAccessCollection<Double>, lower: Double,
    upper: Double, columnLower: [Double], columnUpper: [Double], isInteger: [UInt8]
  ) {
    if columns.count < 2 { return }
    for (sign, side) in [(1.0, upper), (-1.0, -lower)] where side < .infinity {
      items.removeAll(keepingCapacity: true)
      var room = side
      for (j, value) in zip(columns, values) {
        let a = sign * value
        let (low, high) = (columnLower[Int(j)], columnUpper[Int(j)])
        room -= a > 0 ? a * low : a * high
        if isInteger[Int(j)] != 0 && low == 0 && high == 1 { items.append((a > 0 ? 2 * j : 2 * j + 1, abs(a))) }
      }
      if room.isFinite { addKnapsack(room + 1e-9 * max(1, abs(side), abs(room))) }
    }
  }

  /// Cliques of `items`: the heaviest ones any two of which exceed the room, and each lighter one with those it exceeds
  /// the room with.
  private mutating func addKnapsack(_ room: Double) {
    if items.count < 2 || room < 0 { return }
    items.sort { $0.weight != $1.weight ? $0.weight > $1.weight : $0.literal < $1.literal }
    if items[0].weight + items[1].weight <= room { return }
    var size = 2
    while size < items.count && items[size - 1].weight + items[size].weight > room { size += 1 }
    add(items[0..<size].map(\.literal))
    for k in size..<items.count {
      var partners = size
      while partners > 0 && items[partners - 1].weight + items[k].weight <= room { partners -= 1 }
      if partners == 0 || literals.count > literalLimit { return }
      add(items[0..<partners].map(\.literal) + [items[k].literal])
    }
  }

  /// - Complexity: O(columns + literals).
  func table() -> CliqueTable { CliqueTable(columnCount: columnCount, starts: starts, literals: literals) }
}
