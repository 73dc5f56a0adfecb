import Constraints
import LinearAlgebra

/// Edges of a graph as a file lists them: `from,to` or `from,to,weight`, one a line.
///
/// Nodes are names, or numbers from 0 when no node is called so.
public struct EdgeList: Sendable {
  public struct Entry: Sendable, Equatable {
    public var from: String
    public var to: String
    /// 1 when the file gives none.
    public var weight: Double
  }

  public private(set) var entries: [Entry] = []
  private let text: DelimitedText
  /// Row of each entry in the file, and the columns of its nodes.
  private var rows: [Int] = []
  private var fromColumn = 0
  private var toColumn = 1

  /// Words for the three columns; other columns of a file with names, such as t values, are left out.
  private static let fromWords = ["from", "source", "parent", "cause"]
  private static let toWords = ["to", "target", "child", "effect"]
  private static let weightWords = ["weight", "coefficient", "value"]

  /// - Throws: ``ConstraintsError/invalid(_:)`` with the places of missing fields, loops, repeated edges and weights that
  ///   are no finite numbers.
  /// - Complexity: O(size of the text).
  public init(_ source: SourceText, delimiter: Delimiter = .detect) throws(ConstraintsError) {
    let text = try DelimitedText(source, delimiter: delimiter)
    let fields = text.fields
    var found = DiagnosticCollector()
    let head = (0..<fields.columnCount(0)).map { fields.text(0, $0).lowercased() }
    let from = head.firstIndex { EdgeList.fromWords.contains($0) }
    let to = head.firstIndex { EdgeList.toWords.contains($0) }
    var weightColumn: Int?
    var firstRow = 0
    if let from, let to {
      fromColumn = from
      toColumn = to
      weightColumn = head.firstIndex { EdgeList.weightWords.contains($0) }
      firstRow = 1
    } else {
      weightColumn = fields.columnCount(0) > 2 ? 2 : nil
    }
    let needed = max(fromColumn, toColumn, weightColumn ?? 0) + 1
    var seen: [[String]: Int] = [:]
    for row in firstRow..<fields.rowCount {
      if fields.columnCount(row) < needed {
        found.add(
          text.diagnostic(
            .unreadableData, "this line has \(fields.columnCount(row)) fields, an edge needs \(needed)", row: row,
            column: max(0, fields.columnCount(row) - 1), mend: "write from,to or from,to,weight"))
        continue
      }
      var entry = Entry(from: fields.text(row, fromColumn), to: fields.text(row, toColumn), weight: 1)
      if entry.from.isEmpty || entry.to.isEmpty {
        let column = entry.from.isEmpty ? fromColumn : toColumn
        found.add(text.diagnostic(.unreadableData, "the edge has no node here", row: row, column: column))
        continue
      }
      if entry.from == entry.to {
        found.add(
          text.diagnostic(
            .cyclicEdges, "'\(entry.from)' points to itself", row: row, column: toColumn, mend: "leave this edge out"))
        continue
      }
      if let weightColumn {
        guard let weight = fields.number(row, weightColumn) ?? CSVTable.number(fields.text(row, weightColumn)), weight.isFinite
        else {
          let field = fields.text(row, weightColumn)
          let mend = row == 0 ? "a first line of names needs 'from' and 'to'" : "leave the column out, or give every edge a number"
          found.add(
            text.diagnostic(.badData, "the weight '\(field.prefix(40))' is not a finite number", row: row, column: weightColumn, mend: mend))
          continue
        }
        entry.weight = weight
      }
      if let other = seen.updateValue(row, forKey: [entry.from, entry.to]) {
        found.add(
          text.diagnostic(
            .repeatedMember, "the edge \(entry.from) -> \(entry.to) is also in line \(fields.line(other))", row: row,
            column: fromColumn, mend: "remove one of the two"))
        continue
      }
      // An edge of weight 0 is none.
      if entry.weight == 0 { continue }
      entries.append(entry)
      rows.append(row)
    }
    try found.throwIfErrors()
    self.text = text
  }

  /// Reads a file, also one compressed with gzip; `-` is standard input.
  public init(path: String, delimiter: Delimiter = .detect) throws(ConstraintsError) {
    try self.init(try SourceText.read(path: path), delimiter: delimiter)
  }

  /// Whether all nodes are numbers that count from 0; so they are in a list without edges.
  public var hasNumberedNodes: Bool {
    entries.allSatisfy { [$0.from, $0.to].allSatisfy { Int($0).map { $0 >= 0 && $0 < EdgeList.largestNumber } ?? false } }
  }

  /// The nodes that the file mentions, in order of appearance; x0, x1, … up to the largest when all are numbers.
  public var nodeNames: [String] {
    let all = entries.flatMap { [$0.from, $0.to] }
    if hasNumberedNodes, let largest = all.compactMap({ Int($0) }).max() { return (0...largest).map { "x\($0)" } }
    var seen: Set<String> = []
    return all.filter { seen.insert($0).inserted }
  }

  /// Numbers beyond are taken for names: a matrix of that order would not fit into memory.
  private static let largestNumber = 10_000

  /// The graph over these nodes.
  ///
  /// - Throws: ``ConstraintsError/invalid(_:)`` with the places of nodes that are not among them and the names most like
  ///   them; for graphs that must be acyclic, with the edge that closes a cycle.
  /// - Complexity: O(d² + edges).
  public func graph(names: [String], mustBeAcyclic: Bool = false) throws(ConstraintsError) -> WeightedGraph {
    var found = DiagnosticCollector()
    var places: [String: Int] = [:]
    for (k, name) in names.enumerated() { places[name] = k }
    func place(_ name: String, _ row: Int, _ column: Int) -> Int? {
      if let place = places[name] { return place }
      if let number = Int(name) {
        // Columns without names are called x0, x1, …, and may stand in another order here.
        if let place = places["x\(number)"] { return place }
        if number >= 0 && number < names.count { return number }
        found.add(
          text.diagnostic(
            .unknownName, "there is no node \(number)", row: row, column: column, mend: "nodes are counted from 0 to \(names.count - 1)"))
        return nil
      }
      let near = didYouMean(name, in: names) ?? "nodes: \(names.prefix(20).joined(separator: ", "))"
      found.add(text.diagnostic(.unknownName, "there is no node '\(name)'", row: row, column: column, mend: near))
      return nil
    }
    var edges: [WeightedGraph.Edge] = []
    for (entry, row) in zip(entries, rows) {
      guard let from = place(entry.from, row, fromColumn), let to = place(entry.to, row, toColumn) else { continue }
      edges.append(WeightedGraph.Edge(from: from, to: to, weight: entry.weight))
    }
    try found.throwIfErrors()
    let graph = WeightedGraph(names: names, edges: edges)
    if mustBeAcyclic, let cycle = graph.cycle {
      let isOnCycle = Set(cycle.indices.map { [cycle[$0], cycle[($0 + 1) % cycle.count]] })
      let last = edges.indices.last { isOnCycle.contains([edges[$0].from, edges[$0].to]) }!
      let walk = (cycle + cycle.prefix(1)).map { names[$0] }.joined(separator: " -> ")
      throw .invalid([
        text.diagnostic(
          .cyclicEdges, "this edge closes the cycle \(walk)", row: rows[last], column: fromColumn,
          mend: "remove or turn one of its edges")
      ])
    }
    return graph
  }
}
