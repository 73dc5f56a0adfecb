/// The factor `B = L U` of a square matrix whose columns are chosen while it is factored.
///
/// Candidates come in classes of falling preference. A maximal independent set of the first class is kept, then as many
/// of the second as are independent of those, and so on; rows left over get their unit column. Column and row singletons
/// of the first class are pivoted on without arithmetic, the rest is factored column by column with threshold partial
/// pivoting, ordered to keep fill low.
///
/// Each pivot ties a column to a row, so vectors over columns and over rows both are indexed by rows: `columnOfRow[i]` is
/// the column pivoted on row i.
///
/// J. Gilbert and T. Peierls, "Sparse partial pivoting in time proportional to arithmetic operations", SIAM Journal on
/// Scientific and Statistical Computing 9 (1988).
public final class SparseLU {
  public struct Options: Sendable {
    /// Pivots are at least this times the largest entry that could be chosen in their column.
    public var threshold = 0.1
    /// Columns whose largest entry left after elimination is at most this times the largest before are dependent.
    public var singular = 1e-9
    /// Entries of the factors smaller than this times the largest of their column are dropped.
    public var drop = 1e-16
    public init() {}
  }

  public let options: Options
  public let rowCount: Int
  /// The column pivoted on each row.
  public internal(set) var columnOfRow: [Int32]
  /// Candidates that depend on those kept before them.
  public internal(set) var rejected: [Int32] = []
  /// How many rows got their unit column.
  public internal(set) var filledCount = 0
  /// How many pivots were found without arithmetic.
  public internal(set) var singletonCount = 0

  let lower: ScatterGraph
  let upper: ScatterGraph
  private let lowerReverse: ScatterGraph
  private let upperReverse: ScatterGraph
  let pivots: UnsafeMutablePointer<Double>
  /// Rows in the order of pivots.
  let order: UnsafeMutablePointer<Int32>
  var pivotCount = 0
  var singular = 0.0
  let search: GraphSearch
  /// 1 for rows with a pivot.
  let isPivoted: UnsafeMutablePointer<UInt8>
  let work: SparseVector

  public init(rowCount: Int, options: Options = Options()) {
    self.rowCount = rowCount
    self.options = options
    columnOfRow = [Int32](repeating: -1, count: rowCount)
    lower = ScatterGraph(nodeCount: rowCount)
    upper = ScatterGraph(nodeCount: rowCount)
    lowerReverse = ScatterGraph(nodeCount: rowCount)
    upperReverse = ScatterGraph(nodeCount: rowCount)
    pivots = .allocate(capacity: rowCount + 1)
    pivots.initialize(repeating: 1, count: rowCount + 1)
    order = .allocate(capacity: rowCount + 1)
    order.initialize(repeating: 0, count: rowCount + 1)
    isPivoted = .allocate(capacity: rowCount + 1)
    isPivoted.initialize(repeating: 0, count: rowCount + 1)
    search = GraphSearch(nodeCount: rowCount)
    work = SparseVector(count: rowCount)
  }

  deinit {
    pivots.deallocate()
    order.deallocate()
    isPivoted.deallocate()
  }

  /// Number of entries of both factors.
  public var entryCount: Int { lower.edgeCount + upper.edgeCount + rowCount }

  /// Chooses columns of a matrix and factors them.
  ///
  /// - Parameters:
  ///   - matrix: has the factor's rows and any number of columns.
  ///   - classes: candidates in falling preference, none twice.
  ///   - unitColumns: column `unitColumns + i` has one entry, in row i; it stands in for rows without candidate.
  ///   - singular: in place of that of the options.
  /// - Complexity: O(entries + operations on numbers that are not zero); candidates beyond the rank cost a solve each
  ///   until all rows have their column.
  public func factor(
    _ matrix: SparseMatrix, classes: [[Int32]], unitColumns: Int, singular: Double? = nil
  ) {
    precondition(matrix.rowCount == rowCount && unitColumns + rowCount <= matrix.columnCount)
    columnOfRow.withUnsafeMutableBufferPointer { $0.update(repeating: -1) }
    rejected = []
    self.singular = singular ?? options.singular
    filledCount = 0
    singletonCount = 0
    pivotCount = 0
    lower.clear()
    upper.clear()
    isPivoted.update(repeating: 0, count: rowCount)
    matrix.starts.withUnsafeBufferPointer { starts in
      matrix.rowIndices.withUnsafeBufferPointer { rows in
        matrix.values.withUnsafeBufferPointer { values in
          let columns = Columns(starts: starts, rows: rows, values: values)
          for (rank, candidates) in classes.enumerated() where pivotCount < rowCount {
            let rest = rank == 0 ? pivotOnSingletons(candidates, columns) : (columns: candidates, rowCounts: [])
            eliminate(rest.columns, columns, rowCounts: rest.rowCounts)
          }
          for i in 0..<rowCount where isPivoted[i] == 0 {
            filledCount += 1
            let j = unitColumns + i
            pivot(row: i, column: Int32(j), value: values[starts[j]])
          }
        }
      }
    }
    lowerReverse.becomeReverse(of: lower)
    upperReverse.becomeReverse(of: upper)
  }

  /// The matrix that columns are taken from.
  struct Columns {
    let starts: UnsafeBufferPointer<Int>
    let rows: UnsafeBufferPointer<Int32>
    let values: UnsafeBufferPointer<Double>
  }

  /// Notes a pivot; the edges of its node are in place.
  @inline(__always)
  func pivot(row: Int, column: Int32, value: Double) {
    pivots[row] = value
    order[pivotCount] = Int32(truncatingIfNeeded: row)
    pivotCount += 1
    isPivoted[row] = 1
    columnOfRow[row] = column
  }

  /// Replaces b by the solution of `B x = b`.
  /// - Parameter tolerance: intermediate results of this size or less count as zero.
  /// - Complexity: O(operations on numbers that are not zero) for few entries, O(entries of the factors) otherwise.
  public func solve(_ b: SparseVector, tolerance: Double = 0) {
    search.solve(lower, b, order: order, forward: true, pivots: nil, tolerance: tolerance)
    search.solve(upper, b, order: order, forward: false, pivots: pivots, tolerance: tolerance)
  }

  /// Replaces c by the solution of `Bᵀ y = c`.
  /// - Parameter tolerance: intermediate results of this size or less count as zero.
  /// - Complexity: O(operations on numbers that are not zero) for few entries, O(entries of the factors) otherwise.
  public func solveTransposed(_ c: SparseVector, tolerance: Double = 0) {
    search.solve(upperReverse, c, order: order, forward: true, pivots: pivots, tolerance: tolerance)
    search.solve(lowerReverse, c, order: order, forward: false, pivots: nil, tolerance: tolerance)
  }
}
