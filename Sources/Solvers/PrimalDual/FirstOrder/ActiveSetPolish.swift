import Constraints

/// Jumps from a point whose active rows and bounds are those of a solution to that solution.
///
/// Close to a solution the iterates keep to one set of active rows and bounds, on which the optimality conditions are
/// linear equations: the active rows hold with equality in the columns between their bounds, and the reduced costs of
/// these columns are 0 in the multipliers of these rows. Two least-squares corrections, the smallest from where the
/// iterates are, take the place of the many iterations that the last digits need. A guess that is not right yet does
/// no harm: the result is measured like any other point.
///
/// After B. Stellato et al., "OSQP: an operator splitting solver for quadratic programs", Mathematical Programming
/// Computation 12 (2020), section 4 (solution polishing), with least squares in place of the factorization.
struct ActiveSetPolish {
  typealias Vector = UnsafeMutablePointer<Double>

  private let squares: LeastSquares
  private var storage: Storage?
  /// Iterations of least squares so far.
  private(set) var spent = 0

  /// The polished point and its products.
  private final class Storage {
    let x, price, y, activity: Vector
    init(_ n: Int, _ m: Int) {
      x = .allocate(capacity: max(1, 2 * (n + m)))
      x.initialize(repeating: 0, count: max(1, 2 * (n + m)))
      price = x + n
      y = price + n
      activity = y + m
    }
    deinit { x.deallocate() }
  }

  /// A polished point in the places of the iteration; valid until the next one.
  struct Point {
    let x, activity, y, price: Vector
    let residuals: FirstOrder.Residuals
  }

  init(_ squares: LeastSquares) { self.squares = squares }

  /// Polishes the measured point of the iteration.
  /// - Parameter limit: iterations of least squares for each of the two corrections.
  mutating func polish(_ iteration: HalpernIteration, limit: Int, shouldStop: () -> Bool) -> Point {
    let (p, n, m) = (iteration.problem, iteration.n, iteration.m)
    let storage = self.storage ?? Storage(n, m)
    self.storage = storage
    let (x, y) = (iteration.mappedX, iteration.mappedY)
    for j in 0..<n { squares.columnMark[j] = x[j] > p.columnLower[j] && x[j] < p.columnUpper[j] ? 1 : 0 }
    for i in 0..<m {
      let activity = iteration.mappedActivity[i]
      let (low, high) = (p.rowLower[i], p.rowUpper[i])
      let side = y[i] > 0 ? low : y[i] < 0 ? high : max(low, min(high, activity))
      squares.rowMark[i] = y[i] != 0 || activity != side ? 1 : 0
      squares.rowSide[i] = side - activity
    }
    spent += squares.correctColumns(limit: limit, tolerance: 1e-12, shouldStop: shouldStop)
    for j in 0..<n {
      storage.x[j] = max(p.columnLower[j], min(p.columnUpper[j], x[j] + squares.columnCorrection[j]))
    }
    for j in 0..<n {
      let reduced = p.cost[j] - iteration.mappedPrice[j]
      if !(reduced > 0 ? p.columnLower[j] : p.columnUpper[j]).isFinite { squares.columnMark[j] = 1 }
      squares.columnSide[j] = reduced
    }
    for i in 0..<m { squares.rowMark[i] = y[i] != 0 || p.rowLower[i] == p.rowUpper[i] ? 1 : 0 }
    spent += squares.correctRows(limit: limit, tolerance: 1e-12, shouldStop: shouldStop)
    for i in 0..<m {
      let multiplier = y[i] + squares.rowCorrection[i]
      storage.y[i] = (multiplier > 0 ? p.rowLower[i] : p.rowUpper[i]).isFinite ? multiplier : 0
    }
    iteration.multiply(storage.x, into: storage.activity)
    iteration.multiplyTransposed(storage.y, into: storage.price)
    return Point(
      x: storage.x, activity: storage.activity, y: storage.y, price: storage.price,
      residuals: iteration.residuals(
        x: storage.x, y: storage.y, activity: storage.activity, price: storage.price))
  }
}
