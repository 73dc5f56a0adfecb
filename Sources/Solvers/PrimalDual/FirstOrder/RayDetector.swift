import Constraints

/// Looks for certificates of infeasibility among the directions in which the iterates move.
///
/// On an infeasible program the iterates diverge along a direction whose dual part proves primal infeasibility or whose
/// primal part proves dual infeasibility. Three directions are looked at: the last step, from the last restart to here,
/// and the iterate itself. What looks like a certificate in scaled numbers is cleaned and then verified in the numbers
/// of the form.
///
/// D. Applegate, M. Díaz, H. Lu, M. Lubin, "Infeasibility detection with primal-dual hybrid gradient for large-scale
/// linear programming", SIAM Journal on Optimization 34 (2024).
struct RayDetector {
  typealias Vector = UnsafeMutablePointer<Double>

  private let repair: RayRepair
  /// Products of the anchor.
  private var anchorActivity: [Double]
  private var anchorPrice: [Double]
  /// Iterations at which to look next, and spent on repairs so far.
  private var nextLook = 0
  private var spent = 0
  private var failures = 0

  init(_ iteration: HalpernIteration, squares: LeastSquares) {
    repair = RayRepair(squares)
    anchorActivity = [Double](repeating: 0, count: iteration.m)
    anchorPrice = [Double](repeating: 0, count: iteration.n)
  }

  /// To be called before a restart of the iteration at the measured point.
  mutating func restart(_ iteration: HalpernIteration) {
    for i in anchorActivity.indices { anchorActivity[i] = iteration.mappedActivity[i] }
    for j in anchorPrice.indices { anchorPrice[j] = iteration.mappedPrice[j] }
  }

  /// A verified certificate, if the measured point shows one.
  mutating func check(_ iteration: HalpernIteration, iterations: Int, shouldStop: () -> Bool) -> Certificate? {
    guard iterations >= nextLook else { return nil }
    nextLook = iterations + iterations / 20
    let (columns, rows) = (0..<iteration.n, 0..<iteration.m)
    return judge(
      Direction(
        x: columns.map { iteration.reflectedX[$0] - iteration.mappedX[$0] }, activity: nil,
        y: rows.map { -iteration.stepY[$0] }, price: columns.map { iteration.mappedPrice[$0] - iteration.price[$0] }),
      iteration, iterations, shouldStop)
      ?? judge(
        Direction(
          x: columns.map { iteration.mappedX[$0] - iteration.anchorX[$0] },
          activity: rows.map { iteration.mappedActivity[$0] - anchorActivity[$0] },
          y: rows.map { iteration.mappedY[$0] - iteration.anchorY[$0] },
          price: columns.map { iteration.mappedPrice[$0] - anchorPrice[$0] }),
        iteration, iterations, shouldStop)
      ?? judge(
        Direction(
          x: columns.map { iteration.mappedX[$0] }, activity: rows.map { iteration.mappedActivity[$0] },
          y: rows.map { iteration.mappedY[$0] }, price: columns.map { iteration.mappedPrice[$0] }),
        iteration, iterations, shouldStop)
  }

  private mutating func judge(
    _ direction: Direction, _ iteration: HalpernIteration, _ iterations: Int, _ shouldStop: () -> Bool
  ) -> Certificate? {
    var direction = direction
    let limit = max(50, iterations / 5 - spent) >> min(failures, 4)
    if direction.looksLikeContradiction(iteration.problem) {
      if let rows = repair.farkas(direction.y, iteration, limit: limit, spent: &spent, shouldStop: shouldStop) {
        return .farkas(rows: rows)
      }
      failures += 1
    }
    if direction.looksLikeDescent(iteration) {
      if let ray = repair.ray(direction.x, iteration, limit: limit, spent: &spent, shouldStop: shouldStop) {
        return .ray(direction: ray)
      }
      failures += 1
    }
    return nil
  }
}

/// A direction of the iterates with its products A x, when known, and Aᵀy; scaled.
private struct Direction {
  let x: [Double]
  var activity: [Double]?
  let y: [Double]
  let price: [Double]

  /// What leans on missing sides may be this part of the contradiction or descent to be worth a repair.
  private let stray = 1e-3

  init(x: [Double], activity: [Double]?, y: [Double], price: [Double]) {
    (self.x, self.activity, self.y, self.price) = (x, activity, y, price)
  }

  /// Whether the reduced costs of the multipliers almost contradict the bounds.
  func looksLikeContradiction(_ p: FirstOrderProblem) -> Bool {
    var (value, largest) = (0.0, 0.0)
    for i in y.indices {
      let side = y[i] > 0 ? p.rowLower[i] : p.rowUpper[i]
      if side.isFinite { value += y[i] * side } else { largest = max(largest, abs(y[i])) }
    }
    for j in price.indices {
      let side = price[j] < 0 ? p.columnLower[j] : p.columnUpper[j]
      if side.isFinite { value -= price[j] * side } else { largest = max(largest, abs(price[j])) }
    }
    return value > 0 && largest <= stray * value
  }

  /// Whether the direction almost stays in the program while the cost falls.
  mutating func looksLikeDescent(_ iteration: HalpernIteration) -> Bool {
    let p = iteration.problem
    var (value, largest) = (0.0, 0.0)
    for j in x.indices {
      value += p.cost[j] * x[j]
      if (x[j] > 0 ? p.columnUpper[j] : p.columnLower[j]).isFinite { largest = max(largest, abs(x[j])) }
    }
    guard value < 0, largest <= -stray * value else { return false }
    let products = activity ?? iteration.product(x)
    activity = products
    for i in products.indices where (products[i] > 0 ? p.rowUpper[i] : p.rowLower[i]).isFinite {
      largest = max(largest, abs(products[i]))
    }
    return largest <= -stray * value
  }
}
