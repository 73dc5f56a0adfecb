import Constraints
import LinearAlgebra

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

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
    /// A column is at a bound when it is no further from it than this, relative to 1 + its size.
    var atBound = 1e-9
    /// Reduced costs up to this count as zero.
    var negligible = 1e-9
    /// Columns at a bound are candidates for the basis when the distance is at least this times their reduced cost, each
    /// in its typical unit.
    var nearly = 1e-4
    /// Candidates whose entries after elimination are all at most this times the largest before depend on earlier ones.
    var dependent = 1e-6
    /// How far a bound or a reduced cost's sign may be passed by in a ratio test, for a larger pivot.
    var slack = 1e-9
    /// Entries of directions up to this, relative to the largest or 1, stop no push.
    var pivot = 1e-7
    /// Entries of this size or less are rounding errors.
    var drop = 1e-14
    /// How often both phases are gone through at most.
    var rounds = 6
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
  /// Costs, and the values of [A -I] x, for which the start is exactly optimal; those of the problem at the end.
  let cost: Vector
  let activity: Vector
  var place: [Place]
  /// The basic column of each row of the factors, and the row of each basic column.
  var head: [Int32] = []
  var rowOf: [Int32]
  /// A solution of a system with the basis.
  let direction: SparseVector
  /// A solution of a transposed system with the basis, and its products with all columns and slacks.
  let multipliers: SparseVector
  let prices: SparseVector
  var statistics = Statistics()

  struct Statistics {
    /// Columns between their bounds at the start.
    var between = 0
    var dualPushes = 0
    var dualExchanges = 0
    var primalPushes = 0
    var primalExchanges = 0
    /// Trials of many pushes at a time.
    var groups = 0
    var factorizations = 0
  }

  init(_ form: LinearForm, point: [Double], rowDuals: [Double], options: Options = Options(), context: SolveContext) {
    problem = CrossoverProblem(form, scaling: options.scalingPasses)
    self.options = options
    self.context = context
    basis = ProductFormBasis(SparseLU(rowCount: problem.rowCount, options: options.factors))
    x = Vector(problem.values(of: point))
    z = Vector(problem.reducedCosts(of: rowDuals))
    cost = Vector(problem.cost)
    activity = Vector(count: problem.rowCount)
    place = [Place](repeating: .basic, count: problem.count)
    rowOf = [Int32](repeating: -1, count: problem.count)
    direction = SparseVector(count: problem.rowCount)
    multipliers = SparseVector(count: problem.rowCount)
    prices = SparseVector(count: problem.count)
  }

  /// Carries the crossover out.
  /// - Returns: whether it came to its end before the context asked to stop.
  func run() -> Bool {
    factor(classes: classify(), dependent: options.dependent)
    for row in 0..<problem.rowCount {
      place[Int(head[row])] = .basic
      rowOf[Int(head[row])] = Int32(row)
    }
    // A push may end with a column that has work left in the other phase.
    for _ in 0..<options.rounds {
      guard pushReducedCosts(), pushValues() else { return false }
      if !place.contains(.between) && head.allSatisfy({ z[Int($0)] == 0 }) { break }
    }
    activity.fill(0)
    cost.copy(from: Vector(problem.cost))
    refactor()
    for k in 0..<problem.count where place[k] == .between { setAside(k) }
    for k in head { z[Int(k)] = 0 }
    recompute(reducedCosts: true)
    return true
  }

  // MARK: - The start

  /// Candidates for the basis: columns between their bounds, those further from them than their reduced cost is from
  /// zero first, and columns nearly so.
  ///
  /// What is put on a bound and what is called zero changes costs and sides for the time of the pushes: the point and the
  /// multipliers are then optimal for those exactly.
  private func classify() -> [[Int32]] {
    var between: [Int32] = []
    var others: [(ratio: Double, column: Int32)] = []
    let unit = unitOfDistances()
    for k in 0..<problem.count {
      let (low, high) = (problem.lower[k], problem.upper[k])
      place[k] = placeOf(k)
      if place[k] != .between { snap(k) }
      let isKept =
        switch place[k] {
        case .lower: low == high || z[k] > 0
        case .upper: z[k] < 0
        default: abs(z[k]) > options.negligible && (z[k] > 0 ? low : high).isFinite
        }
      if !isKept {
        cost[k] -= z[k]
        z[k] = 0
      }
      if low == high { continue }
      let distance = max(min(x[k] - low, high - x[k]), options.atBound)
      let price = max(unit * abs(z[k]), options.atBound)
      if place[k] == .between && distance > price {
        between.append(Int32(k))
      } else if place[k] == .between || distance > options.nearly * price {
        others.append((distance / price, Int32(k)))
      }
    }
    statistics.between = between.count
    others.sort { ($0.ratio, $1.column) > ($1.ratio, $0.column) }
    problem.matrix.multiplyAdd(x.pointer, into: activity.pointer)
    return [between, others.map(\.column)]
  }

  /// The place of a column off the basis with its present value.
  func placeOf(_ k: Int) -> Place {
    let (low, high) = (problem.lower[k], problem.upper[k])
    if low == high { return .lower }
    let tolerance = options.atBound * (1 + abs(x[k]))
    let isLow = x[k] <= low + tolerance
    let isHigh = x[k] >= high - tolerance
    if isLow && isHigh { return z[k] < 0 ? .upper : .lower }
    return isLow ? .lower : isHigh ? .upper : .between
  }

  /// Typical distance of columns between their bounds, divided by the typical reduced cost of those at a bound.
  ///
  /// Near an optimum their products are all about the same, so that the two kinds lie far apart on both sides of this
  /// ratio; which is which follows from the ratio found so far, at first 1.
  private func unitOfDistances() -> Double {
    var unit = 1.0
    for _ in 0..<3 {
      var (distances, prices) = (0.0, 0.0)
      var (distanceCount, priceCount) = (0, 0)
      for k in 0..<problem.count where problem.lower[k] != problem.upper[k] {
        let distance = min(x[k] - problem.lower[k], problem.upper[k] - x[k])
        if !distance.isFinite { continue }
        let price = abs(z[k])
        if distance > unit * price {
          distances += log(max(distance, 1e-12))
          distanceCount += 1
        } else if price > 0 {
          prices += log(max(price, 1e-12))
          priceCount += 1
        }
      }
      if distanceCount == 0 || priceCount == 0 { break }
      unit = exp(distances / Double(distanceCount) - prices / Double(priceCount))
    }
    return unit
  }

  private func factor(classes: [[Int32]], dependent: Double? = nil) {
    basis.factors.factor(
      problem.matrix, classes: classes, unitColumns: problem.columnCount, singular: dependent)
    basis.reset()
    statistics.factorizations += 1
    head = basis.factors.columnOfRow
  }

  /// Gives a column the value of its place.
  private func snap(_ k: Int) {
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
    for k in old where rowOf[Int(k)] < 0 { place[Int(k)] = placeOf(Int(k)) }
  }

  /// Computes the values of basic columns anew from the others, and reduced costs from those of basic ones.
  func recompute(reducedCosts: Bool) {
    let (n, m) = (problem.columnCount, problem.rowCount)
    let rest = direction
    rest.clear()
    for i in 0..<m where activity[i] != 0 { rest.add(activity[i], at: i) }
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
      let value = cost[k] - z[k]
      if value != 0 { rest.add(value, at: row) }
    }
    basis.solveTransposed(rest)
    let y = rest.values
    problem.matrix.starts.withUnsafeBufferPointer { starts in
      problem.matrix.rowIndices.withUnsafeBufferPointer { rows in
        problem.matrix.values.withUnsafeBufferPointer { values in
          for k in 0..<n + m where place[k] != .basic {
            var sum = cost[k]
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

  /// Up to which size entries of a vector count as rounding errors of a pivot.
  func leastPivot(_ vector: SparseVector) -> Double {
    var largest = 1.0
    for t in 0..<vector.entryCount { largest = max(largest, abs(vector.values[Int(vector.indices[t])])) }
    return options.pivot * largest
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
      guard x[k].isFinite && z[k].isFinite else { return (.infinity, .infinity) }
      switch place[k] {
      case .basic:
        primal = max(primal, max(low - x[k], x[k] - high) / max(1, abs(x[k])))
        dual = max(dual, abs(z[k]))
      case .lower: if low != high { dual = max(dual, -z[k]) }
      case .upper: dual = max(dual, z[k])
      case .zero, .between: dual = max(dual, abs(z[k]))
      }
    }
    return (primal, dual)
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
