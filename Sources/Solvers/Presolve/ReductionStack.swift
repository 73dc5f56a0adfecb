/// What reductions took away, in their order: one record each, with the entries that its recovery needs.
///
/// Each record leads from an answer of the problem after its reduction to one of the problem before. The recoveries are
/// those of E. D. Andersen and K. D. Andersen, "Presolving in linear programming", Mathematical Programming 71 (1995),
/// and A. Mahajan, "Presolving mixed-integer linear programs", Wiley Encyclopedia of Operations Research (2010), with
/// the choice of the basis as in section 4 of the former.
struct ReductionStack: Sendable {
  enum Kind: UInt8, Sendable {
    /// Column `column` at `value`; entries: its rows (rows of G behind those of A), then its row of the Hessian.
    case fixedColumn
    /// Row `row` had the one entry `pivot` in `column` and became its bounds.
    case singletonRow
    /// Row `row` holds all its columns, listed, at the bounds they are fixed at.
    case forcingRow
    /// `column` was expressed by row `row`, held at `value`: the row's other entries, then the column's other rows.
    case substitution
    /// As `substitution` in an equation with two entries, the bounds of `column` passed on to `other`.
    case doubleton
    /// `column` is `value` minus the entry times `other` wherever whole columns are whole: the entry, then the rows of
    /// `column`.
    case alias
    /// `column` is the slack of row `row`: the row's other entries, and its sides.
    case slack
    /// A free `column` without cost, which pulls every row that it occurs in: those rows with their other entries.
    case pulledRows
    /// Row `other` is `pivot` times row `row`.
    case parallelRow
    /// `column` stands for itself plus `pivot` times `other`.
    case parallelColumn
    /// Row `row` became an equation at one of its sides.
    case heldRow
    /// Row `row` got `pivot` times the equation `other` added.
    case addedRow
  }

  /// Which bound or side a record refers to, and what came from where.
  struct Marks: OptionSet, Sendable {
    let rawValue: UInt8
    /// The lower bound (or side) of what remains came from what was taken away; for a fixed column or forcing row, it
    /// is held at its lower bound or side.
    static let lower = Marks(rawValue: 1)
    /// As ``lower``, for the upper.
    static let upper = Marks(rawValue: 2)
    /// The row is an equation, or the column is free.
    static let free = Marks(rawValue: 4)
  }

  struct Record: Sendable {
    var kind: Kind
    var marks: Marks = []
    var row: Int32 = -1
    var column: Int32 = -1
    var other: Int32 = -1
    /// Entries `first..<first + count` and the `secondCount` behind them.
    var count: Int32 = 0
    var secondCount: Int32 = 0
    var first = 0
    var value = 0.0
    var pivot = 0.0
    var cost = 0.0
  }

  private(set) var records: [Record] = []
  private(set) var indices: [Int32] = []
  private(set) var values: [Double] = []

  /// Where the entries of the next record start.
  var mark: Int { indices.count }

  @inline(__always)
  mutating func store(_ index: Int32, _ value: Double) {
    indices.append(index)
    values.append(value)
  }

  @inline(__always)
  mutating func push(_ record: Record) { records.append(record) }
}
