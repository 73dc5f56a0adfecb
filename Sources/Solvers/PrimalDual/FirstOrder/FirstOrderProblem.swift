import Constraints

/// A linear program scaled, sorted and laid out for the iteration; minimization.
///
/// Columns and rows are sorted by their number of entries, as ``ChunkedMatrix`` wants them, and padded to multiples of
/// four with columns fixed at 0 and empty rows.
final class FirstOrderProblem: @unchecked Sendable {
  let form: LinearForm
  let scaling: Preconditioner
  /// Numbers of columns and rows, padding included.
  let n: Int
  let m: Int
  /// The column or row of the form at each place; padding is left out.
  let columnOrder: [Int32]
  let rowOrder: [Int32]
  /// R A C by rows and by columns.
  let byRows: ChunkedMatrix
  let byColumns: ChunkedMatrix
  let cost: Vector
  let columnLower: Vector
  let columnUpper: Vector
  let rowLower: Vector
  let rowUpper: Vector
  /// Factors from the scaled reduced costs and row residuals to those of the form.
  let columnUnscale: Vector
  let rowUnscale: Vector
  /// ‖c‖₂ and ‖b‖₂ of the form, b the larger finite side of each row.
  let costNorm: Double
  let sideNorm: Double

  typealias Vector = UnsafeMutablePointer<Double>

  /// - Complexity: O(passes · entries + (rows + columns) log).
  init(_ form: LinearForm, ruizPasses: Int) {
    self.form = form
    let scaling = Preconditioner(form, ruizPasses: ruizPasses)
    self.scaling = scaling
    let (rows, columns) = (form.rowCount, form.columnCount)
    var columnLengths = [Int](repeating: 0, count: columns)
    for j in form.entryColumns { columnLengths[Int(j)] += 1 }
    let rowLengths = (0..<rows).map { form.starts[$0 + 1] - form.starts[$0] }
    let columnOrder = FirstOrderProblem.order(byDecreasing: columnLengths)
    let rowOrder = FirstOrderProblem.order(byDecreasing: rowLengths)
    self.columnOrder = columnOrder
    self.rowOrder = rowOrder
    byRows = ChunkedMatrix(lengths: rowOrder.map { rowLengths[Int($0)] })
    byColumns = ChunkedMatrix(lengths: columnOrder.map { columnLengths[Int($0)] })
    n = 4 * byColumns.chunkCount
    m = 4 * byRows.chunkCount
    var place = [Int32](repeating: 0, count: columns)
    for (p, j) in columnOrder.enumerated() { place[Int(j)] = Int32(p) }
    for (p, i) in rowOrder.enumerated() {
      let r = scaling.row[Int(i)]
      for k in form.starts[Int(i)]..<form.starts[Int(i) + 1] {
        let j = Int(form.entryColumns[k])
        let value = form.entryValues[k] * r * scaling.column[j]
        byRows.add(value, to: p, index: place[j])
        byColumns.add(value, to: Int(place[j]), index: Int32(p))
      }
    }
    byRows.finish()
    byColumns.finish()

    let storage = Vector.allocate(capacity: 4 * n + 3 * m)
    storage.initialize(repeating: 0, count: 4 * n + 3 * m)
    cost = storage
    columnLower = cost + n
    columnUpper = columnLower + n
    columnUnscale = columnUpper + n
    rowLower = columnUnscale + n
    rowUpper = rowLower + m
    rowUnscale = rowUpper + m
    let sign = form.sense.sign
    var norm = 0.0
    for (p, j) in columnOrder.enumerated() {
      let j = Int(j)
      let c = scaling.column[j]
      cost[p] = sign * form.objective[j] * c * scaling.costs
      columnLower[p] = form.columnLower[j] / c * scaling.sides
      columnUpper[p] = form.columnUpper[j] / c * scaling.sides
      columnUnscale[p] = 1 / (c * scaling.costs)
      norm += form.objective[j] * form.objective[j]
    }
    costNorm = norm.squareRoot()
    norm = 0
    for (p, i) in rowOrder.enumerated() {
      let i = Int(i)
      let (low, high) = (form.rowLower[i], form.rowUpper[i])
      rowLower[p] = low * scaling.row[i] * scaling.sides
      rowUpper[p] = high * scaling.row[i] * scaling.sides
      rowUnscale[p] = 1 / (scaling.row[i] * scaling.sides)
      let side = max(low.isFinite ? abs(low) : 0, high.isFinite ? abs(high) : 0)
      norm += side * side
    }
    sideNorm = norm.squareRoot()
    for p in columnOrder.count..<n { columnUnscale[p] = 1 }
    for p in rowOrder.count..<m { rowUnscale[p] = 1 }
  }

  deinit { cost.deallocate() }

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
