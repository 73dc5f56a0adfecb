/// Tries both values of binary columns, follows each through the rows, and keeps what holds either way.
///
/// A value that leads to a contradiction fixes the column at the other one. A bound that both values lead to holds. A
/// whole column that each value fixes is a function of the binary one. A binary column that one value fixes conflicts
/// with that value.
///
/// M. W. P. Savelsbergh, "Preprocessing and probing techniques for mixed integer programming problems", ORSA Journal on
/// Computing 6 (1994), section 3; A. Atamtürk, G. L. Nemhauser and M. W. P. Savelsbergh, "Conflict graphs in solving
/// integer programming problems", European Journal of Operational Research 121 (2000), section 2.
struct Probing {
  struct Options: Sendable {
    /// Entries of rows that may be looked at. Default 10,000,000: some hundredths of a second.
    var effort = 10_000_000
    /// Columns tried in a row without a fixing, a bound or an equality, after which probing ends. Default 1000.
    var patience = 1000
    /// Conflicts, and implied bounds, that are kept at most. Default 100,000.
    var conflictLimit = 100_000
  }

  /// `x[column] = constant + factor * x[other]` with a binary other column.
  struct Alias: Sendable, Hashable {
    var column: Int
    var other: Int
    var constant: Double
    var factor: Double
  }

  /// A bound of a continuous column that holds whenever a binary one has a value.
  struct ImpliedBound: Sendable, Hashable {
    var column: Int32
    var isUpper: Bool
    var other: Int32
    /// The value of the binary column, 0 or 1.
    var value: Double
    var bound: Double
  }

  /// Set when both values of some column lead to contradictions.
  private(set) var isInfeasible = false
  /// Bounds of all columns, as narrow as was found.
  private(set) var lower: [Double]
  private(set) var upper: [Double]
  /// No column occurs twice on the left, none that is left occurs on the right.
  private(set) var aliases: [Alias] = []
  /// Pairs of literals that never hold together, as in ``CliqueTable``.
  private(set) var conflicts: [(Int32, Int32)] = []
  /// Bounds of continuous columns that a value of a binary one narrows; those of one binary column in a row.
  private(set) var impliedBounds: [ImpliedBound] = []
  /// Columns of which both values were tried.
  private(set) var probedCount = 0
  private let options: Options

  /// Probes the binary columns of a form, those in most rows first.
  /// - Complexity: O(entries + ``Options/effort``).
  init(_ form: LinearForm, options: Options = Options()) {
    self.options = options
    (lower, upper) = (form.columnLower, form.columnUpper)
    let domain = Domain(form)
    domain.queueAll()
    if !domain.propagate() {
      isInfeasible = true
      return
    }
    domain.keepChanges()
    probeAll(form, domain)
    for j in 0..<form.columnCount { (lower[j], upper[j]) = (domain.lower[j], domain.upper[j]) }
  }

  /// Entries that a change of each column makes the propagation look at.
  private static func costs(_ form: LinearForm) -> (costs: [Int], lengths: [Int]) {
    var costs = [Int](repeating: 1, count: form.columnCount)
    var lengths = [Int](repeating: 0, count: form.columnCount)
    for i in 0..<form.rowCount {
      let range = form.starts[i]..<form.starts[i + 1]
      for k in range {
        costs[Int(form.entryColumns[k])] += 2 * range.count
        lengths[Int(form.entryColumns[k])] += 1
      }
    }
    return (costs, lengths)
  }

  private mutating func probeAll(_ form: LinearForm, _ domain: Domain) {
    let (costs, lengths) = Self.costs(form)
    let order = (0..<form.columnCount)
      .filter { form.isInteger[$0] != 0 && domain.lower[$0] == 0 && domain.upper[$0] == 1 && lengths[$0] > 0 }
      .sorted { lengths[$0] != lengths[$1] ? lengths[$0] > lengths[$1] : $0 < $1 }
    // Bounds with the column at 0, of the columns that carry its stamp.
    var (low, high) = (lower, upper)
    var stamp = [Int32](repeating: -1, count: form.columnCount)
    var isAlias = [Bool](repeating: false, count: form.columnCount)
    var isOther = isAlias
    var left = options.effort
    var fruitless = 0
    for j in order {
      if domain.isFixed(j) || isAlias[j] { continue }
      if left < 0 || fruitless > options.patience { return }
      probedCount += 1
      fruitless += 1
      domain.setUpper(j, 0)
      let isZeroPossible = domain.propagate()
      var touched: [Int32] = []
      for change in domain.changes(since: 0) {
        let c = Int(change.column)
        left -= costs[c]
        if stamp[c] == Int32(truncatingIfNeeded: j) { continue }
        stamp[c] = Int32(truncatingIfNeeded: j)
        (low[c], high[c]) = (domain.lower[c], domain.upper[c])
        touched.append(change.column)
      }
      domain.undo(to: 0)
      if isZeroPossible { noteImplications(of: 2 * j + 1, form, touched, low, high, domain) }
      domain.setLower(j, 1)
      let isOnePossible = isZeroPossible ? domain.propagate() : true
      if !isZeroPossible || !isOnePossible {
        domain.undo(to: 0)
        if isZeroPossible { domain.setUpper(j, 0) } else { domain.setLower(j, 1) }
        fruitless = 0
        if !domain.propagate() {
          isInfeasible = true
          return
        }
        domain.keepChanges()
        continue
      }
      var narrowed: [(column: Int, low: Double, high: Double)] = []
      var seen: [Int32] = []
      for change in domain.changes(since: 0) {
        let c = Int(change.column)
        left -= costs[c]
        seen.append(change.column)
        if stamp[c] != Int32(truncatingIfNeeded: j) || c == j { continue }
        stamp[c] = -1
        let (oneLow, oneHigh) = (domain.lower[c], domain.upper[c])
        narrowed.append((c, min(low[c], oneLow), max(high[c], oneHigh)))
        let isDecided = low[c] == high[c] && oneLow == oneHigh && low[c] != oneLow
        if isDecided && form.isInteger[c] != 0 && !isAlias[c] && !isOther[c] {
          aliases.append(Alias(column: c, other: j, constant: low[c], factor: oneLow - low[c]))
          isAlias[c] = true
          isOther[j] = true
          fruitless = 0
        }
      }
      for c in seen { (low[Int(c)], high[Int(c)]) = (domain.lower[Int(c)], domain.upper[Int(c)]) }
      domain.undo(to: 0)
      noteImplications(of: 2 * j, form, seen, low, high, domain)
      for item in narrowed where item.low > domain.lower[item.column] || item.high < domain.upper[item.column] {
        domain.setLower(item.column, item.low)
        domain.setUpper(item.column, item.high)
        if form.isInteger[item.column] != 0 { fruitless = 0 }
      }
      if !domain.propagate() {
        isInfeasible = true
        return
      }
      domain.keepChanges()
    }
  }

  /// What a literal implies: binary columns that it fixes, as pairs that never hold together, and bounds of continuous ones.
  private mutating func noteImplications(
    of literal: Int, _ form: LinearForm, _ columns: [Int32], _ low: [Double], _ high: [Double], _ domain: Domain
  ) {
    for column in columns {
      let c = Int(column)
      if form.isInteger[c] == 0 {
        guard impliedBounds.count < options.conflictLimit else { continue }
        let value: Double = literal % 2 == 0 ? 1 : 0
        let other = Int32(truncatingIfNeeded: literal / 2)
        if low[c] > domain.lower[c] {
          impliedBounds.append(ImpliedBound(column: column, isUpper: false, other: other, value: value, bound: low[c]))
        }
        if high[c] < domain.upper[c] {
          impliedBounds.append(ImpliedBound(column: column, isUpper: true, other: other, value: value, bound: high[c]))
        }
        continue
      }
      if c == literal / 2 || conflicts.count >= options.conflictLimit { continue }
      if domain.lower[c] != 0 || domain.upper[c] != 1 || low[c] != high[c] { continue }
      // Fixed at 0, it cannot be 1, and the other way round.
      conflicts.append((Int32(truncatingIfNeeded: literal), low[c] == 0 ? 2 * column : 2 * column + 1))
    }
  }
}
