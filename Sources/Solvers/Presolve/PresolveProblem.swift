import Constraints
import LinearAlgebra

/// The problem while it is being reduced, in the sense "minimize": what is left of its rows and columns, what changed
/// and has to be looked at again, and the stack that undoes it all.
struct PresolveProblem: ~Copyable {
  /// Why reducing ends early.
  enum Stop: Error {
    /// These multipliers of the present rows contradict the present bounds; empty when a column's own bounds do.
    case infeasible([(row: Int, multiplier: Double)])
    /// Moving this column in this direction improves the objective and breaks nothing.
    case unboundedColumn(Int, direction: Double)
  }

  struct ColumnTraits: OptionSet {
    let rawValue: UInt8
    static let integer = ColumnTraits(rawValue: 1)
    /// Occurs in the Hessian.
    static let quadratic = ColumnTraits(rawValue: 2)
    /// Occurs in a cone.
    static let conic = ColumnTraits(rawValue: 4)
    /// Taken away.
    static let gone = ColumnTraits(rawValue: 8)
    /// Occurs in rows that are found when violated.
    static let separated = ColumnTraits(rawValue: 16)
    /// Occurs in more than the listed rows: may only be fixed, and only where rows and bounds leave no other value.
    static let locked: ColumnTraits = [.quadratic, .conic, .separated]
    var isLocked: Bool { !isDisjoint(with: ColumnTraits.locked) }
  }

  /// Smallest and largest value of a row within the bounds of its columns.
  struct Activity {
    /// Sums of the finite contributions.
    var least = 0.0
    var most = 0.0
    /// Largest finite contribution.
    var largest = 0.0
    var leastInfinite: Int32 = 0
    var mostInfinite: Int32 = 0
    /// Changes since the sums were formed; -1 when they are out of date.
    var updates: Int32 = -1
  }

  let form: ConicForm
  let options: Presolve.Options
  /// 1, or -1 for a form that maximizes.
  let sign: Double
  let rowCount: Int
  let columnCount: Int
  var matrix: LinkedMatrix
  let lower: UnsafeMutablePointer<Double>
  let upper: UnsafeMutablePointer<Double>
  let cost: UnsafeMutablePointer<Double>
  let traits: UnsafeMutablePointer<ColumnTraits>
  let rowLower: UnsafeMutablePointer<Double>
  let rowUpper: UnsafeMutablePointer<Double>
  /// Largest number that has entered a row's sides.
  let rowSize: UnsafeMutablePointer<Double>
  let isRowGone: UnsafeMutablePointer<UInt8>
  let activities: UnsafeMutablePointer<Activity>
  /// Marks and numbers by column or row for one step, all 0 between steps.
  let work: UnsafeMutablePointer<Int32>
  var offset: Double
  var stack = ReductionStack()
  var changedRows: IndexQueue
  var changedColumns: IndexQueue
  var doubletons: IndexQueue
  var counts = Presolve.Counts()
  /// Rows and columns left.
  var rowsLeft: Int
  var columnsLeft: Int
  /// Bounds, sides or entries that changed without a record.
  var silentChanges = 0
  /// Whether reductions may rest on whole values, after which duals are not those of the original.
  let usesIntegrality: Bool
  /// Entries of rows that slack columns may still store.
  var slackBudget: Int
  var hessian: SymmetricPattern?
  var coneColumns: SparseMatrix?
  var coneOffsets: [Double]

  /// - Complexity: O(size of the form).
  init(_ form: ConicForm, options: Presolve.Options) {
    self.form = form
    self.options = options
    let linear = form.linear
    sign = linear.sense == .minimize ? 1 : -1
    rowCount = linear.rowCount
    columnCount = linear.columnCount
    let (m, n) = (rowCount, columnCount)
    matrix = LinkedMatrix(linear)
    lower = .allocate(capacity: n + 1)
    upper = .allocate(capacity: n + 1)
    cost = .allocate(capacity: n + 1)
    traits = .allocate(capacity: n + 1)
    rowLower = .allocate(capacity: m + 1)
    rowUpper = .allocate(capacity: m + 1)
    rowSize = .allocate(capacity: m + 1)
    isRowGone = .allocate(capacity: m + 1)
    activities = .allocate(capacity: m + 1)
    work = .allocate(capacity: max(m, n) + 1)
    work.initialize(repeating: 0, count: max(m, n) + 1)
    isRowGone.initialize(repeating: 0, count: m + 1)
    activities.initialize(repeating: Activity(), count: m + 1)
    let infinite = options.infinity
    usesIntegrality = options.forIntegers && linear.hasIntegers
    for j in 0..<n {
      let (low, high) = (linear.columnLower[j], linear.columnUpper[j])
      lower[j] = low <= -infinite ? -.infinity : low
      upper[j] = high >= infinite ? .infinity : high
      cost[j] = sign * linear.objective[j]
      traits[j] = linear.isInteger[j] != 0 ? .integer : []
    }
    for i in 0..<m {
      let (low, high) = (linear.rowLower[i], linear.rowUpper[i])
      rowLower[i] = low <= -infinite ? -.infinity : low
      rowUpper[i] = high >= infinite ? .infinity : high
      rowSize[i] = max(low.isFinite ? abs(low) : 0, high.isFinite ? abs(high) : 0)
    }
    if form.hessian.entryCount > 0 {
      let rows = form.hessian.rowIndices
      for j in 0..<n {
        for k in form.hessian.starts[j]..<form.hessian.starts[j + 1] where form.hessian.values[k] != 0 {
          traits[j].insert(.quadratic)
          traits[Int(rows[k])].insert(.quadratic)
        }
      }
    }
    for j in form.coneColumns { traits[Int(j)].insert(.conic) }
    for separator in linear.separators {
      for j in separator.columns { traits[Int(j)].insert(.separated) }
    }
    coneOffsets = form.coneOffsets
    offset = sign * linear.constant
    changedRows = IndexQueue(limit: m)
    changedColumns = IndexQueue(limit: n)
    doubletons = IndexQueue(limit: m)
    rowsLeft = m
    columnsLeft = n
    slackBudget = 3 * linear.entryCount + 1000
  }

  deinit {
    lower.deallocate()
    upper.deallocate()
    cost.deallocate()
    traits.deallocate()
    rowLower.deallocate()
    rowUpper.deallocate()
    rowSize.deallocate()
    isRowGone.deallocate()
    activities.deallocate()
    work.deallocate()
  }
}
