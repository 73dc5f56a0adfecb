import LinearAlgebra

struct RootCutOptions: Sendable {
  /// Rounds of cuts at the root at most.
  var rounds = 100
  /// Rounds in a row without progress until cutting ends.
  var stalledRounds = 10
  /// Progress: the bound moves by this share of what all rounds moved it by so far.
  var progress = 0.005
  /// Simplex steps of all rounds at most, as a multiple of those of the first relaxation, and a number besides: so many,
  /// or for forms of few rows, whose steps are cheap, the other number by their rows.
  var iterationFactor = 4
  var iterationCredit = 2000
  var rowSteps = 5_000_000
  /// Cuts of a round, as a multiple of the number of fractional columns, and at least.
  var perFractional = 2.0
  var leastCuts = 100
  /// Rows of the simplex tableau that are rounded in a round at most.
  var tableauRows = 300
  /// Entries of rows that are added up for that at most.
  var tableauEffort = 300_000
  /// Rounds for which a cut's slack was basic until it leaves the relaxation at the root.
  var age = 3
  /// Cuts that were taken out and are kept to come back at most.
  var poolSize = 2000
  /// Distance of the point from a kept cut from which on it comes back.
  var poolEfficacy = 1e-3
  /// Separators are asked at every so many-th node that does not follow its parent: at first, at least and at most.
  /// They are asked twice as often when the cuts close this share of a node's gap to the cutoff, else half as often.
  var treeInterval = 10
  var leastTreeInterval = 2
  var mostTreeInterval = 1000
  var treeProgress = 0.02
}

/// The cuts of a search: finds them, keeps them in the relaxation as long as they bind, and takes them out again.
final class CutLoop {
  private struct Row {
    var number: Int32
    var age = 0
    var cut: Cut
    /// From a separator that states part of the model.
    var isStated: Bool
  }

  private let form: LinearForm
  private let kinds: Set<CutKind>
  private let settings: RootCutOptions
  private var separation: CutSeparation?
  private var probing: Probing?
  private var rowsAdded: [Row] = []
  private var nextNumber: Int32 = 0
  private var numberStep: Int32 = 1
  private var selection = CutSelection()
  /// Cuts that were taken out and may come back where they are violated, the last taken out at the end.
  private var pool: [Row] = []

  /// Names of the rows added to the form's, in the order of the relaxation.
  var numbers: [Int32] { rowsAdded.map(\.number) }
  var rowCount: Int { rowsAdded.count }
  /// Nodes until separators are asked again, and how many lie between.
  private var jumpsLeft = 0
  private var interval: Int
  /// Objective of the node before its cuts, until they are judged.
  private var objectiveBefore: Double?
  /// How many cuts of each kind entered the relaxation.
  private(set) var counts: [CutKind: Int] = [:]

  init(_ form: LinearForm, options: BranchAndCut.Options) {
    self.form = form
    kinds = options.cuts
    settings = options.rootCuts
    interval = options.rootCuts.treeInterval
  }

  // MARK: - Several loops for one tree

  /// Lets the cuts to come have numbers that those of other loops do not have.
  func takeTurns(_ turn: Int, of count: Int) {
    nextNumber += Int32(truncatingIfNeeded: turn)
    numberStep = Int32(truncatingIfNeeded: count)
  }

  /// Starts with the cuts of another loop, with the same numbers.
  func adopt(_ other: CutLoop, into simplex: Simplex) {
    add(other.rowsAdded, to: simplex)
    nextNumber = other.nextNumber
    pool = other.pool
    probing = other.probing
    interval = other.interval
  }

  // MARK: - Rows stated by the model

  /// Adds rows of separators that a whole point violates.
  /// - Returns: whether there are any.
  func separateRequired(_ point: Vector, into simplex: Simplex) -> Bool {
    separateStated(point, into: simplex) { $0.isRequired }
  }

  /// Adds rows of all separators that a point violates.
  func separateStated(_ point: Vector, into simplex: Simplex, where isWanted: (any RowSeparator) -> Bool) -> Bool {
    if form.separators.isEmpty { return false }
    let values = point.array
    var rows: [LinearRow] = []
    for separator in form.separators where isWanted(separator) {
      rows += separator.separate(values, tolerance: 1e-6)
      if !rows.isEmpty { break }
    }
    return addStated(rows, at: point, into: simplex)
  }

  /// Adds those of the rows that a point violates.
  func addStated(_ stated: [LinearRow], at point: Vector, into simplex: Simplex) -> Bool {
    var rows: [Cut] = []
    for row in stated {
      if row.upper.isFinite { rows.append(Cut(columns: row.columns, values: row.values, upper: row.upper, kind: .stated)) }
      if row.lower.isFinite {
        rows.append(Cut(columns: row.columns, values: row.values.map { -$0 }, upper: -row.lower, kind: .stated))
      }
    }
    let violated = rows.filter { $0.efficacy(at: point.pointer) > 1e-9 }
    if violated.isEmpty { return false }
    add(violated, isStated: true, to: simplex)
    return true
  }

  private func add(_ cuts: [Cut], isStated: Bool, to simplex: Simplex) {
    var rows: [Row] = []
    for cut in cuts {
      rows.append(Row(number: nextNumber, cut: cut, isStated: isStated))
      nextNumber += numberStep
      counts[cut.kind, default: 0] += 1
    }
    add(rows, to: simplex)
  }

  private func add(_ rows: [Row], to simplex: Simplex) {
    simplex.addRows(rows.map { LinearRow(columns: $0.cut.columns, values: $0.cut.values, upper: $0.cut.upper) })
    rowsAdded += rows
  }

  /// Brings cuts back from the pool by their numbers, as far as they are there.
  /// - Complexity: O(pool).
  func restore(_ numbers: Set<Int32>, to simplex: Simplex) {
    if numbers.isEmpty { return }
    var back: [Row] = []
    pool.removeAll { row in
      guard numbers.contains(row.number) else { return false }
      back.append(row)
      back[back.count - 1].age = 0
      return true
    }
    if !back.isEmpty { add(back, to: simplex) }
  }

  // MARK: - Age

  /// Notes which cuts bind in the relaxation solved last.
  func noteAges(_ simplex: Simplex) {
    let base = form.columnCount + form.rowCount
    for k in rowsAdded.indices {
      if simplex.place[base + k] == .basic { rowsAdded[k].age += 1 } else { rowsAdded[k].age = 0 }
    }
  }

  /// Takes cuts out that have not bound for so long.
  func removeAged(from simplex: Simplex, age: Int) {
    let base = form.columnCount + form.rowCount
    var isGone = [UInt8](repeating: 0, count: simplex.rowCount)
    var count = 0
    for k in rowsAdded.indices where rowsAdded[k].age >= age && simplex.place[base + k] == .basic {
      isGone[form.rowCount + k] = 1
      count += 1
      if !rowsAdded[k].isStated { pool.append(rowsAdded[k]) }
    }
    if count == 0 { return }
    if pool.count > settings.poolSize { pool.removeFirst(pool.count - settings.poolSize) }
    simplex.removeRows(isGone)
    var position = form.rowCount
    rowsAdded.removeAll { _ in
      position += 1
      return isGone[position - 1] != 0
    }
  }

  // MARK: - Rounds

  /// One round of all separators at the relaxation's point.
  /// - Returns: how many cuts entered.
  func separate(_ search: BranchAndCut, isRoot: Bool) -> Int {
    if kinds.isEmpty { return 0 }
    let separation = self.separation ?? makeSeparation(search)
    self.separation = separation
    let simplex = search.simplex
    // Cuts hold for the whole tree, so bounds of the node have no say.
    if isRoot { separation.setBounds(lower: search.domain.lower.pointer, upper: search.domain.upper.pointer) }
    separation.extraRows = rowsAdded.map(\.cut)
    var reduced = [Double](repeating: 0, count: form.columnCount)
    for j in 0..<form.columnCount where simplex.place[j] != .basic { reduced[j] = simplex.reducedCost(j) }
    reduced.withUnsafeBufferPointer { separation.setPoint(search.point.pointer, reducedCosts: $0.baseAddress) }
    var cuts: [Cut] = []
    if kinds.contains(.mir) { separation.separateMIR(into: &cuts) }
    if kinds.contains(.cover) { separation.separateCovers(into: &cuts) }
    if kinds.contains(.clique) { separation.separateCliques(into: &cuts) }
    if kinds.contains(.zeroHalf) { separation.separateZeroHalf(into: &cuts) }
    if kinds.contains(.impliedBound) { separation.separateImpliedBounds(into: &cuts) }
    if kinds.contains(.gomory) { roundTableau(search, separation, &cuts) }
    selection.limit = max(settings.leastCuts, Int(settings.perFractional * Double(search.fractional.count)))
    let chosen = selection.select(cuts, at: search.point.pointer, objective: form.objective)
    if chosen.isEmpty { return 0 }
    // Taking rows out loses the factors, so it waits until the tableau is no longer needed.
    if isRoot { removeAged(from: simplex, age: settings.age) }
    add(chosen, isStated: false, to: simplex)
    return chosen.count
  }

  private func makeSeparation(_ search: BranchAndCut) -> CutSeparation {
    // Once more: what presolve found out about columns in pairs is not kept in the form.
    let probing = self.probing ?? Probing(form)
    self.probing = probing
    let made = CutSeparation(
      form, cliques: CliqueTable(form, conflicts: probing.conflicts), impliedBounds: probing.impliedBounds)
    if !search.rootLower.isEmpty {
      let (low, high) = (Vector(search.rootLower), Vector(search.rootUpper))
      withExtendedLifetime((low, high)) { made.setBounds(lower: low.pointer, upper: high.pointer) }
    }
    return made
  }

  /// Rounds the rows of the tableau whose basic column should be whole and is not, the most fractional first.
  private func roundTableau(_ search: BranchAndCut, _ separation: CutSeparation, _ cuts: inout [Cut]) {
    let simplex = search.simplex
    let x = search.point.pointer
    let chosen = search.fractional.sorted { a, b in
      let (da, db) = (abs(x[Int(a)] - x[Int(a)].rounded()), abs(x[Int(b)] - x[Int(b)].rounded()))
      return da != db ? da > db : a < b
    }.prefix(settings.tableauRows)
    var effort = settings.tableauEffort
    for j in chosen where simplex.place[Int(j)] == .basic {
      let (rows, weights) = simplex.tableauRow(Int(j))
      for i in rows { effort -= simplex.problem.rowStarts[Int(i) + 1] - simplex.problem.rowStarts[Int(i)] }
      if effort < 0 { break }
      separation.cutsFromAggregation(rows: rows, weights: weights, kind: .gomory, into: &cuts)
    }
  }

  /// Cuts at a node of the tree: rows that the model states, cuts that were taken out, and now and then new ones.
  func separateInTree(_ search: BranchAndCut, isFirst: Bool, isJump: Bool) -> Bool {
    if separateStated(search.point, into: search.simplex, where: { _ in true }) { return true }
    if let before = objectiveBefore {
      objectiveBefore = nil
      let gap = search.cutoff - before
      let isWorth = gap.isFinite && search.simplex.objective - before > settings.treeProgress * gap
      interval = isWorth ? max(settings.leastTreeInterval, interval / 2) : min(settings.mostTreeInterval, interval * 2)
    }
    if !isFirst { return false }
    let violated = pool.filter { $0.cut.efficacy(at: search.point.pointer) > settings.poolEfficacy }
    if !violated.isEmpty {
      restore(Set(violated.map(\.number)), to: search.simplex)
      return true
    }
    guard isJump, !search.options.isInner else { return false }
    jumpsLeft -= 1
    if jumpsLeft > 0 { return false }
    jumpsLeft = interval
    guard separate(search, isRoot: false) > 0 else { return false }
    objectiveBefore = search.simplex.objective
    return true
  }
}
