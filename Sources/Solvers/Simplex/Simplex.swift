import Constraints
import LinearAlgebra

/// A linear program that is solved again and again with other bounds, costs and rows: the relaxations of a search tree.
///
/// The dual simplex method with steepest-edge pricing and a long-step ratio test does the work; the primal one removes
/// what perturbed costs have left. Between solves the basis, its factors and the edge weights are kept, so that a solve
/// after a few changes of bounds takes a few steps.
///
/// A. Koberstein, "The dual simplex method, techniques for a fast and stable implementation", PhD thesis, Paderborn
/// (2005); J. Forrest and D. Goldfarb, "Steepest-edge simplex algorithms for linear programming", Mathematical
/// Programming 57 (1992).
final class Simplex {
  struct Options: Sendable {
    /// How far a scaled column or slack may be outside its bounds.
    var primalTolerance = 1e-8
    /// How far a scaled reduced cost may have the wrong sign.
    var dualTolerance = 1e-7
    /// Entries of directions and pivot rows of this size or less are rounding errors.
    var drop = 1e-14
    /// Smallest pivot, relative to the largest entry of its column.
    var pivot = 1e-7
    /// Replacements after which the basis is factored again.
    var replacements = 64
    /// Costs are perturbed by about this, relative to 1 + their size, when steps no longer change the objective.
    var perturbation = 5e-7
    /// Steps without a change of the dual objective after which costs are perturbed.
    var stalledSteps = 40
    /// Primal steps that remove what perturbed costs have left; after so many a feasible point is taken as it is, with
    /// the bound that its multipliers prove. All that it takes by default.
    var cleanupSteps = Int.max
    /// Primal steps without progress after which the choice among entering columns is left to chance.
    var stalledPrimalSteps = 100
    var factors = SparseLU.Options()
  }

  enum Status: Equatable {
    case optimal
    /// Bounds and rows contradict each other; ``Simplex/farkasRow`` has the proof.
    case infeasible
    /// The optimum is above the limit that was given.
    case cutOff
    /// The objective falls without end.
    case unbounded
    case iterationLimit
    case stopped
    /// Rounding errors were too much for it.
    case failed
  }

  /// Where a column or slack is.
  enum Place: UInt8 { case basic, lower, upper, zero }

  let options: Options
  private(set) var problem: SimplexProblem
  let columnCount: Int
  var rowCount: Int { problem.rowCount }
  var count: Int { problem.count }

  /// Scaled values, bounds, costs with and without perturbation, and reduced costs of columns and slacks.
  var x: Vector
  var lower: Vector
  var upper: Vector
  var cost: Vector
  var z: Vector
  var place: [Place]
  /// The basic column of each row of the factors, and the row of each basic column.
  var head: [Int32]
  var rowOf: [Int32]
  /// Squared length of the row of the inverse for each basic column; remembered for others.
  var weights: Vector
  /// Squared violation of the bounds of the basic column of each row.
  var violations: Vector
  var basis: ProductFormBasis
  var isFactored = false
  var hasShiftedCosts = false
  /// Whether the values of basic columns do not belong to the others; set when many bounds change.
  var isStale = true

  // Workspaces, indexed by rows, by rows, by rows, and by columns and slacks.
  var direction: SparseVector
  var multipliers: SparseVector
  var steepest: SparseVector
  var prices: SparseVector
  /// Moves of columns off the basis that basic columns have not followed yet, as the change of [A -I] x.
  var moves: SparseVector
  var ratios = DualRatioTest()
  var generator = SplitMix64(seed: 1)

  /// Steps since the beginning, and factorizations.
  var iterations = 0
  var factorizations = 0
  /// The row of the inverse that proves infeasibility, in the rows of the form; after ``Status/infeasible``.
  var farkasRow: [Double] = []
  /// The direction in which the objective falls without end; after ``Status/unbounded``.
  var ray: [Double] = []

  init(_ form: LinearForm, options: Options = Options()) {
    self.options = options
    problem = SimplexProblem(form)
    columnCount = form.columnCount
    let (count, m) = (problem.count, problem.rowCount)
    x = Vector(count: count)
    lower = Vector(problem.lower)
    upper = Vector(problem.upper)
    cost = Vector(problem.cost)
    z = Vector(count: count)
    place = [Place](repeating: .lower, count: count)
    head = (0..<m).map { Int32(form.columnCount + $0) }
    rowOf = [Int32](repeating: -1, count: count)
    weights = Vector(count: count, repeating: 1)
    violations = Vector(count: m)
    basis = ProductFormBasis(SparseLU(rowCount: m, options: options.factors))
    direction = SparseVector(count: m)
    multipliers = SparseVector(count: m)
    steepest = SparseVector(count: m)
    prices = SparseVector(count: count)
    moves = SparseVector(count: m)
    for k in 0..<count { place[k] = k >= columnCount ? .basic : restingPlace(k) }
  }

  // MARK: - Changes

  /// Sets the bounds of a column in the form's units.
  func setBounds(_ j: Int, lower low: Double, upper high: Double) {
    let scale = problem.columnScale[j]
    setScaledBounds(j, low / scale, high / scale)
  }

  /// Bounds of a column in the form's units.
  func bounds(_ j: Int) -> (lower: Double, upper: Double) {
    (lower[j] * problem.columnScale[j], upper[j] * problem.columnScale[j])
  }

  private func setScaledBounds(_ k: Int, _ low: Double, _ high: Double) {
    if low == lower[k] && high == upper[k] { return }
    lower[k] = low
    upper[k] = high
    if place[k] == .basic {
      if rowOf[k] >= 0 { noteViolation(Int(rowOf[k])) }
      return
    }
    if place[k] == .lower && !low.isFinite || place[k] == .upper && !high.isFinite || place[k] == .zero {
      place[k] = restingPlace(k)
    }
    settle(k)
  }

  /// Gives a column off the basis the value of its place and notes the move.
  func settle(_ k: Int) {
    let value = place[k] == .lower ? lower[k] : place[k] == .upper ? upper[k] : 0
    let change = value - x[k]
    if change == 0 { return }
    x[k] = value
    if isStale { return }
    let range = problem.matrix.starts[k]..<problem.matrix.starts[k + 1]
    for e in range { moves.add(change * problem.matrix.values[e], at: Int(problem.matrix.rowIndices[e])) }
  }

  /// Where a column off the basis rests: at the bound its cost asks for, or the one nearest to zero.
  func restingPlace(_ k: Int) -> Place {
    let (low, high) = (lower[k], upper[k])
    if low.isFinite && high.isFinite {
      return cost[k] < 0 ? .upper : cost[k] > 0 || abs(low) <= abs(high) ? .lower : .upper
    }
    return low.isFinite ? .lower : high.isFinite ? .upper : .zero
  }

  /// Takes other costs, one a column, in the form's units, of a minimization.
  func setCosts(_ costs: [Double]) {
    problem.setCosts(costs)
    cost = Vector(problem.cost)
    hasShiftedCosts = false
    areReducedCostsStale = true
  }
  var areReducedCostsStale = true

  /// Adds rows at the end; their slacks become basic.
  func addRows(_ rows: [LinearRow]) {
    if rows.isEmpty { return }
    let old = count
    problem.addRows(rows)
    let (m, total) = (rowCount, count)
    grow(&x, from: old, to: total, with: 0)
    grow(&z, from: old, to: total, with: 0)
    grow(&weights, from: old, to: total, with: 1)
    grow(&cost, from: old, to: total, with: 0)
    grow(&lower, from: old, to: total, with: 0)
    grow(&upper, from: old, to: total, with: 0)
    for k in old..<total {
      lower[k] = problem.lower[k]
      upper[k] = problem.upper[k]
      place.append(.basic)
      rowOf.append(-1)
      head.append(Int32(k))
    }
    resizeWorkspaces(m, total)
  }

  /// Takes rows away whose slacks are basic.
  /// - Parameter isGone: 1 for rows to be taken away.
  func removeRows(_ isGone: [UInt8]) {
    if !isGone.contains(1) { return }
    let n = columnCount
    var next = n
    var renumbered = [Int32](repeating: -1, count: count)
    for k in 0..<count {
      if k >= n && isGone[k - n] != 0 {
        precondition(place[k] == .basic, "only rows with basic slacks can be removed")
        continue
      }
      let to = k < n ? k : next
      if k >= n { next += 1 }
      renumbered[k] = Int32(to)
      x[to] = x[k]
      z[to] = z[k]
      weights[to] = weights[k]
      cost[to] = cost[k]
      lower[to] = lower[k]
      upper[to] = upper[k]
      place[to] = place[k]
    }
    head = head.compactMap { renumbered[Int($0)] >= 0 ? renumbered[Int($0)] : nil }
    problem.removeRows(isGone)
    place.removeLast(place.count - count)
    rowOf = [Int32](repeating: -1, count: count)
    resizeWorkspaces(rowCount, count)
  }

  private func resizeWorkspaces(_ m: Int, _ total: Int) {
    violations = Vector(count: m)
    basis = ProductFormBasis(SparseLU(rowCount: m, options: options.factors))
    direction = SparseVector(count: m)
    multipliers = SparseVector(count: m)
    steepest = SparseVector(count: m)
    prices = SparseVector(count: total)
    moves = SparseVector(count: m)
    isFactored = false
    isStale = true
  }

  private func grow(_ vector: inout Vector, from old: Int, to count: Int, with value: Double) {
    let larger = Vector(count: count, repeating: value)
    let smaller = vector
    withExtendedLifetime(smaller) { larger.pointer.update(from: smaller.pointer, count: old) }
    vector = larger
  }

  // MARK: - Bases

  /// A basis as kept by nodes of a tree: the places of columns and slacks.
  struct State {
    var place: [Place]
    /// Number of rows that it belongs to.
    var rowCount: Int
    /// Names of rows added to the form's, for whoever adds and removes them.
    var cutNumbers: [Int32] = []
  }

  var state: State { State(place: place, rowCount: rowCount) }

  /// Takes a basis; slacks of rows added since become basic.
  /// - Precondition: no row was taken away since.
  func load(_ state: State) {
    for k in 0..<count {
      let wanted = k < state.place.count ? state.place[k] : .basic
      place[k] = wanted
    }
    head = []
    for k in 0..<count where place[k] == .basic { head.append(Int32(k)) }
    isFactored = false
    isStale = true
  }

  /// Starts over from the basis of all slacks.
  func restart() {
    for k in 0..<count { place[k] = k >= columnCount ? .basic : restingPlace(k) }
    head = (0..<rowCount).map { Int32(columnCount + $0) }
    weights.fill(1)
    if hasShiftedCosts {
      cost = Vector(problem.cost)
      hasShiftedCosts = false
    }
    isFactored = false
    isStale = true
  }

  // MARK: - Answers

  /// The point in the form's units.
  func writePoint(_ point: UnsafeMutablePointer<Double>) {
    problem.columnScale.withUnsafeBufferPointer { scale in
      for j in 0..<columnCount { point[j] = x[j] * scale[j] }
    }
  }

  var point: [Double] {
    [Double](unsafeUninitializedCapacity: columnCount) { buffer, count in
      if let base = buffer.baseAddress { writePoint(base) }
      count = columnCount
    }
  }

  /// The objective of the point, in the form's units without its constant, of a minimization.
  var objective: Double {
    var total = 0.0
    let (c, v) = (problem.cost, x.pointer)
    for j in 0..<columnCount { total += c[j] * v[j] }
    return total / problem.costScale
  }

  /// Reduced cost of a column in the form's units.
  func reducedCost(_ j: Int) -> Double { z[j] / (problem.costScale * problem.columnScale[j]) }

  /// Multiplier of a row in the form's units.
  func multiplier(_ i: Int) -> Double { z[columnCount + i] * problem.rowScale[i] / problem.costScale }

  /// The value of a row in the form's units.
  func activity(_ i: Int) -> Double { x[columnCount + i] / problem.rowScale[i] }
}
