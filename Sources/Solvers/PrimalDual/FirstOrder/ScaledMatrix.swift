import Constraints

/// The matrix R A C of a linear program by rows and by columns, in the order that ``ChunkedMatrix`` wants.
final class ScaledMatrix {
  typealias Vector = UnsafeMutablePointer<Double>

  /// Numbers of columns and rows, padding included.
  let n: Int
  let m: Int
  /// The column or row of the form at each place; padding is left out.
  let columnOrder: [Int32]
  let rowOrder: [Int32]
  let byRows: ChunkedMatrix
  let byColumns: ChunkedMatrix
  /// The diagonals of C and R by place, 1 for padding.
  let columnScale: Vector
  let rowScale: Vector

  /// Nil when asked to stop.
  /// - Complexity: O(passes · entries).
  init?(_ form: LinearForm, options: FirstOrder.Options, shouldStop: () -> Bool) {
    guard
      let scaling = Preconditioner(
        form, geometricPasses: options.geometricPasses, ruizPasses: options.ruizPasses, shouldStop: shouldStop)
    else { return nil }
    let (rows, columns) = (form.rowCount, form.columnCount)
    var columnLengths = [Int](repeating: 0, count: columns)
    for j in form.entryColumns { columnLengths[Int(j)] += 1 }
    let rowLengths = (0..<rows).map { form.starts[$0 + 1] - form.starts[$0] }
    let columnOrder = ScaledMatrix.order(byDecreasing: columnLengths)
    let rowOrder = ScaledMatrix.order(byDecreasing: rowLengths)
    let byRows = ChunkedMatrix(lengths: rowOrder.map { rowLengths[Int($0)] })
    let byColumns = ChunkedMatrix(lengths: columnOrder.map { columnLengths[Int($0)] })
    var place = [Int32](repeating: 0, count: columns)
    for (p, j) in columnOrder.enumerated() { place[Int(j)] = Int32(p) }
    var untilLook = 0
    for (p, i) in rowOrder.enumerated() {
      let entries = form.starts[Int(i)]..<form.starts[Int(i) + 1]
      untilLook -= entries.count
      if untilLook < 0 {
        if shouldStop() { return nil }
        untilLook = 1_000_000
      }
      let r = scaling.row[Int(i)]
      for k in entries {
        let j = Int(form.entryColumns[k])
        let value = form.entryValues[k] * r * scaling.column[j]
        byRows.add(value, to: p, index: place[j])
        byColumns.add(value, to: Int(place[j]), index: Int32(p))
      }
    }
    byRows.finish()
    byColumns.finish()
    self.columnOrder = columnOrder
    self.rowOrder = rowOrder
    self.byRows = byRows
    self.byColumns = byColumns
    n = 4 * byColumns.chunkCount
    m = 4 * byRows.chunkCount
    columnScale = .allocate(capacity: max(1, n + m))
    columnScale.initialize(repeating: 1, count: max(1, n + m))
    rowScale = columnScale + n
    for (p, j) in columnOrder.enumerated() { columnScale[p] = scaling.column[Int(j)] }
    for (p, i) in rowOrder.enumerated() { rowScale[p] = scaling.row[Int(i)] }
  }

  deinit { columnScale.deallocate() }

  /// Positions by decreasing length, equal ones in their own order.
  private static func order(byDecreasing lengths: [Int]) -> [Int32] {
    let longest = lengths.max() ?? 0
    var next = [Int](repeating: 0, count: longest + 2)
    for length in lengths { next[longest - length + 1] += 1 }
    for k in 1..<next.count { next[k] += next[k - 1] }
    var order = [Int32](repeating: 0, count: lengths.count)
    for (position, length) in lengths.enumerated() {
      order[next[longest - length]] = Int32(position)
      next[longest - length] += 1
    }
    return order
  }
}
