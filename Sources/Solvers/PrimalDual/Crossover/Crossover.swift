import Constraints
import LinearAlgebra

/// The way from an optimal point and multipliers, as an interior-point method has them, to an optimal vertex with its
/// basis.
///
/// Columns and slacks strictly between their bounds are made basic as far as they are independent, those that are nearly
/// so next. Then reduced costs of basic columns at a bound are pushed to zero (dual phase), and columns between their
/// bounds that are not basic are pushed to a bound (primal phase), each with a ratio test and an exchange with the column
/// that stops it. What rounding leaves is for a few steps of a simplex method.
///
/// N. Megiddo, "On finding primal- and dual-optimal bases", ORSA Journal on Computing 3 (1991); R. Bixby and
/// M. Saltzman, "Recovering an optimal LP basis from an interior point solution", Operations Research Letters 15 (1994).
final class Crossover {
  struct Options: Sendable {
    var scalingPasses = 10
    /// A column is between its bounds when it is further from both than this, relative to 1 + its size, and further than
    /// the size of its reduced cost.
    var between = 1e-7
    /// Columns whose distance from the bound is at least this times their reduced cost come right after those between.
    var nearly = 1e-3
    /// How far a bound or a reduced cost's sign may be passed by in a ratio test, for a larger pivot.
    var slack = 1e-9
    /// Entries of directions up to this stop no push.
    var pivot = 1e-7
    /// Entries of this size or less are rounding errors.
    var drop = 1e-14
    /// Replacements after which the basis is factored again.
    var replacements = 64
    var factors = SparseLU.Options()
  }

  /// Where a column is.
  enum Place: UInt8 { case basic, lower, upper, zero, between }

  let problem: CrossoverProblem
  let options: Options
  let context: SolveContext
  let basis: ProductFormBasis
  /// Values and reduced costs of columns and slacks.
  let x: Vector
  let z: Vector
  var place: [Place]
  /// The basic column of each row of the factors, and the row of each basic column.
  var head: [Int32] = []
  var rowOf: [Int32]
  /// A solution of a system with the basis.
  let direction: SparseVector
  var statistics = Statistics()

  struct Statistics {
    /// Columns between their bounds at the start.
    var between = 0
    var dualPushes = 0
    var dualExchanges = 0
    var primalPushes = 0
    var primalExchanges = 0
    var factorizations = 0
  }

  init(_ form: LinearForm, point: [Double], rowDuals: [Double], options: Options = Options(), context: SolveContext) {
    problem = CrossoverProblem(form, scaling: options.scalingPasses)
    self.options = options
    self.context = context
    basis = ProductFormBasis(SparseLU(rowCount: problem.rowCount, options: options.factors))
    x = Vector(problem.values(of: point))
    z = Vector(problem.reducedCosts(of: rowDuals))
    place = [Place](repeating: .basic, count: problem.count)
    rowOf = [Int32](repeating: -1, count: problem.count)
    direction = SparseVector(count: problem.rowCount)
  }

  /// Carries the crossover out.
  /// - Returns: whether it came to its end before the context asked to stop.
  func run() -> Bool {
    factor(classes: classify())
    settle()
    recompute(reducedCosts: true)
    guard pushReducedCosts() else { return false }
    refactor()
    clearBasicCosts()
    recompute(reducedCosts: true)
    // A factorization that had to leave columns out makes them columns to push again.
    for _ in 0..<3 {
      guard pushValues() else { return false }
      refactor()
      clearBasicCosts()
      recompute(reducedCosts: true)
      if !place.contains(.between) { break }
    }
    for k in 0..<problem.count where place[k] == .between { setAside(k) }
    recompute(reducedCosts: true)
    return true
  }

  // MARK: - The start

  /// Candidates for the basis: columns between their bounds, then those nearly so in falling order.
  private func classify() -> [[Int32]] {
    var between: [Int32] = []
    var nearly: [(ratio: Double, column: Int32)] = []
    for k in 0..<problem.count {
      let (low, high) = (problem.lower[k], problem.upper[k])
      if low == high {
        place[k] = .lower
        continue
      }
      let distance = min(x[k] - low, high - x[k])
      if distance > options.between * (1 + (distance.isFinite ? abs(x[k]) : 0)) && distance > abs(z[k]) {
        between.append(Int32(k))
        place[k] = .between
        z[k] = 0
        continue
      }
      let isLow = low.isFinite && high.isFinite
        ? (abs(z[k]) > distance ? z[k] > 0 : x[k] - low <= high - x[k]) : low.isFinite
      place[k] = isLow ? .lower : .upper
      let ratio = max(distance, 1e-12) / max(abs(z[k]), 1e-12)
      if ratio > options.nearly { nearly.append((ratio, Int32(k))) }
    }
    statistics.between = between.count
    nearly.sort { ($0.ratio, $1.column) > ($1.ratio, $0.column) }
    return [between, nearly.map(\.column)]
  }

  private func factor(classes: [[Int32]]) {
    basis.factors.factor(problem.matrix, classes: classes, unitColumns: problem.columnCount)
    basis.reset()
    statistics.factorizations += 1
    head = basis.factors.columnOfRow
  }

  /// Puts columns that are not basic on their bounds; notes which ones are basic.
  private func settle() {
    for row in 0..<problem.rowCount {
      let k = Int(head[row])
      // Reduced costs of basic columns that are rounding errors are no work for pushes.
      if abs(z[k]) <= options.slack { z[k] = 0 }
      place[k] = .basic
      rowOf[k] = Int32(row)
    }
    for k in 0..<problem.count { snap(k) }
  }

  private func clearBasicCosts() {
    for k in head { z[Int(k)] = 0 }
  }

  func snap(_ k: Int) {
    switch place[k] {
    case .lower: x[k] = problem.lower[k]
    case .upper: x[k] = problem.upper[k]
    case .zero: x[k] = 0
    case .basic, .between: break
    }
  }

  /// Puts a column between its bounds on the nearest one, wherever that leads the basic ones.
  private func setAside(_ k: Int) {
    let (low, high) = (problem.lower[k], problem.upper[k])
    place[k] = low == -.infinity && high == .infinity ? .zero : x[k] - low <= high - x[k] ? .lower : .upper
    snap(k)
  }

  // MARK: - Upkeep

  /// Factors the present basis anew. Columns found dependent leave it.
  func refactor() {
    let old = head
    for k in old { rowOf[Int(k)] = -1 }
    factor(classes: [old])
    for row in 0..<problem.rowCount {
      let k = Int(head[row])
      rowOf[k] = Int32(row)
      place[k] = .basic
    }
    for k in old where rowOf[Int(k)] < 0 {
      let j = Int(k)
      let (low, high) = (problem.lower[j], problem.upper[j])
      let isBetween = x[j] > low + options.between && x[j] < high - options.between
      if isBetween { place[j] = .between } else { setAside(j) }
    }
  }

  /// Computes the values of basic columns anew from the others, and reduced costs from those of basic ones.
  func recompute(reducedCosts: Bool) {
    let (n, m) = (problem.columnCount, problem.rowCount)
    let rest = direction
    rest.clear()
    problem.matrix.starts.withUnsafeBufferPointer { starts in
      problem.matrix.rowIndices.withUnsafeBufferPointer { rows in
        problem.matrix.values.withUnsafeBufferPointer { values in
          for k in 0..<n + m where place[k] != .basic && x[k] != 0 {
            for e in starts[k]..<starts[k + 1] { rest.add(-values[e] * x[k], at: Int(rows[e])) }
          }
        }
      }
    }
    basis.solve(rest)
    for row in 0..<m { x[Int(head[row])] = rest.values[row] }
    rest.clear()
    guard reducedCosts else { return }
    for row in 0..<m {
      let k = Int(head[row])
      let value = problem.cost[k] - z[k]
      if value != 0 { rest.add(value, at: row) }
    }
    basis.solveTransposed(rest)
    let y = rest.values
    problem.matrix.starts.withUnsafeBufferPointer { starts in
      problem.matrix.rowIndices.withUnsafeBufferPointer { rows in
        problem.matrix.values.withUnsafeBufferPointer { values in
          for k in 0..<n + m where place[k] != .basic {
            var sum = problem.cost[k]
            for e in starts[k]..<starts[k + 1] { sum -= values[e] * y[Int(rows[e])] }
            z[k] = sum
          }
        }
      }
    }
    rest.clear()
  }

  /// Solves for the direction of a column: `B direction = column`.
  func computeDirection(_ k: Int) {
    direction.clear()
    for e in problem.matrix.starts[k]..<problem.matrix.starts[k + 1] {
      direction.add(problem.matrix.values[e], at: Int(problem.matrix.rowIndices[e]))
    }
    basis.solve(direction, tolerance: options.drop)
  }

  /// Makes a column basic in place of the one of a row, which goes to `newPlace`; the direction is that of the column.
  func exchange(_ k: Int, row: Int, newPlace: Place) {
    let leaving = Int(head[row])
    place[leaving] = newPlace
    rowOf[leaving] = -1
    snap(leaving)
    basis.replace(row: row, direction: direction)
    head[row] = Int32(k)
    rowOf[k] = Int32(row)
    place[k] = .basic
  }

  /// Whether the replacements make up for a new factorization.
  var isDue: Bool {
    basis.replacementCount >= options.replacements
      || basis.replacementEntryCount > 2 * basis.factors.entryCount + 4 * problem.rowCount
  }

  // MARK: - The result

  /// The largest violation of a bound by a basic column and of a sign by a reduced cost, in the scaled problem.
  var infeasibility: (primal: Double, dual: Double) {
    var (primal, dual) = (0.0, 0.0)
    for k in 0..<problem.count {
      let (low, high) = (problem.lower[k], problem.upper[k])
      switch place[k] {
      case .basic:
        primal = max(primal, max(low - x[k], x[k] - high) / max(1, abs(x[k])))
        dual = max(dual, abs(z[k]))
      case .lower: if low != high { dual = max(dual, -z[k]) }
      case .upper: dual = max(dual, z[k])
      case .zero, .between: dual = max(dual, abs(z[k]))
      }
    }
    return (primal.isNaN ? .infinity : primal, dual.isNaN ? .infinity : dual)
  }

  /// The basis in the columns and rows of the form.
  var formBasis: Basis {
    func status(_ k: Int) -> Basis.Status {
      switch place[k] {
      case .basic: .basic
      case .lower: problem.lower[k] == problem.upper[k] ? .fixed : .atLower
      case .upper: .atUpper
      case .zero, .between: .free
      }
    }
    let n = problem.columnCount
    return Basis(columns: (0..<n).map(status), rows: (n..<problem.count).map(status))
  }

  /// The vertex of the basis and its multipliers.
  var answer: Postsolve.Answer { problem.answer(values: x.array, reducedCosts: z.array, basis: formBasis) }
}
