/// The state of the iteration: its vectors in one workspace, step sizes, and the count since the last restart.
final class HalpernIteration {
  typealias Vector = UnsafeMutablePointer<Double>

  let problem: FirstOrderProblem
  let n: Int
  let m: Int
  private let workspace: UnsafeMutableRawPointer
  private let kernels: HalpernKernels

  let x, anchorX, mappedX, stepX: Vector
  let y, anchorY, mappedY, stepY: Vector
  /// Aᵀy of the recorded iterate, and of the mapped point.
  let price, mappedPrice: Vector
  /// A x of the mapped point.
  let mappedActivity: Vector

  /// η, at most 1/‖A‖₂: the primal step is η/ω, the dual step ηω.
  var step = 1.0
  /// ω.
  var primalWeight = 1.0
  /// Iterations since the last restart.
  private(set) var count = 0

  init(_ problem: FirstOrderProblem) {
    self.problem = problem
    n = problem.n
    m = problem.m
    let size = 7 * n + 5 * m
    workspace = .allocate(byteCount: max(64, 8 * size), alignment: 64)
    let base = workspace.bindMemory(to: Double.self, capacity: size)
    base.initialize(repeating: 0, count: size)
    var next = base
    func take(_ count: Int) -> Vector {
      defer { next += count }
      return next
    }
    x = take(n)
    anchorX = take(n)
    mappedX = take(n)
    stepX = take(n)
    price = take(n)
    mappedPrice = take(n)
    let reflectedX = take(n)
    y = take(m)
    anchorY = take(m)
    mappedY = take(m)
    stepY = take(m)
    mappedActivity = take(m)
    func chunks(_ vector: Vector) -> HalpernKernels.Chunks {
      UnsafeMutableRawPointer(vector).assumingMemoryBound(to: SIMD4<Double>.self)
    }
    kernels = HalpernKernels(
      byRows: problem.byRows.view, byColumns: problem.byColumns.view, cost: chunks(problem.cost),
      columnLower: chunks(problem.columnLower), columnUpper: chunks(problem.columnUpper),
      rowLower: chunks(problem.rowLower), rowUpper: chunks(problem.rowUpper), x: chunks(x), anchorX: chunks(anchorX),
      reflectedX: chunks(reflectedX), y: chunks(y), anchorY: chunks(anchorY), mappedX: chunks(mappedX),
      stepX: chunks(stepX), price: chunks(price), mappedY: chunks(mappedY), stepY: chunks(stepY))
  }

  deinit { workspace.deallocate() }

  /// Runs iterations; the last one is recorded.
  func advance(_ iterations: Int) {
    let (tau, sigma) = (step / primalWeight, step * primalWeight)
    let columns = 0..<n / 4
    let rows = 0..<m / 4
    for k in count..<count + iterations - 1 {
      let weight = Double(k + 1) / Double(k + 2)
      kernels.primalHalf(columns, tau: tau, weight: weight)
      kernels.dualHalf(rows, sigma: sigma, weight: weight)
    }
    let k = count + iterations - 1
    let weight = Double(k + 1) / Double(k + 2)
    kernels.recordedPrimalHalf(columns, tau: tau, weight: weight)
    kernels.recordedDualHalf(rows, sigma: sigma, weight: weight)
    count += iterations
  }

  /// Aᵀ times the mapped dual point.
  func multiplyMappedY() { kernels.byColumns.multiply(0..<n / 4, mappedY, into: mappedPrice) }
  /// A times the mapped primal point.
  func multiplyMappedX() { kernels.byRows.multiply(0..<m / 4, mappedX, into: mappedActivity) }

  func multiply(_ x: Vector, intoActivity result: Vector) { kernels.byRows.multiply(0..<m / 4, x, into: result) }
  func multiplyTransposed(_ y: Vector, intoPrice result: Vector) {
    kernels.byColumns.multiply(0..<n / 4, y, into: result)
  }

  /// ‖z - T(z)‖ of the recorded iterate in the norm in which the method contracts, times √η; needs
  /// ``multiplyMappedY()``.
  func fixedPointError() -> Double {
    var (dx, dy, cross) = (0.0, 0.0, 0.0)
    for j in 0..<n {
      dx += stepX[j] * stepX[j]
      cross += stepX[j] * (price[j] - mappedPrice[j])
    }
    for i in 0..<m { dy += stepY[i] * stepY[i] }
    return max(0, primalWeight * dx + dy / primalWeight + 2 * step * cross).squareRoot()
  }

  /// Euclidean distances of the mapped point from the anchor.
  func distances() -> (x: Double, y: Double) {
    var (dx, dy) = (0.0, 0.0)
    for j in 0..<n { dx += (mappedX[j] - anchorX[j]) * (mappedX[j] - anchorX[j]) }
    for i in 0..<m { dy += (mappedY[i] - anchorY[i]) * (mappedY[i] - anchorY[i]) }
    return (dx.squareRoot(), dy.squareRoot())
  }

  /// Makes the mapped point the anchor and the iterate.
  func restart() {
    x.update(from: mappedX, count: n)
    anchorX.update(from: mappedX, count: n)
    y.update(from: mappedY, count: m)
    anchorY.update(from: mappedY, count: m)
    count = 0
  }

  /// Residuals of the mapped point in the units of the form; needs both products.
  func residuals() -> FirstOrder.Residuals {
    let p = problem
    var (primal, dual, value, bound) = (0.0, 0.0, 0.0, 0.0)
    for i in 0..<m {
      let activity = mappedActivity[i]
      let violation = max(p.rowLower[i] - activity, activity - p.rowUpper[i], 0) * p.rowUnscale[i]
      primal += violation * violation
      let multiplier = mappedY[i]
      if multiplier > 0 { bound += multiplier * p.rowLower[i] } else if multiplier < 0 { bound += multiplier * p.rowUpper[i] }
    }
    for j in 0..<n {
      value += p.cost[j] * mappedX[j]
      let reduced = p.cost[j] - mappedPrice[j]
      let side = reduced > 0 ? p.columnLower[j] : p.columnUpper[j]
      if side.isFinite {
        bound += reduced * side
      } else {
        let violation = reduced * p.columnUnscale[j]
        dual += violation * violation
      }
    }
    let unscale = 1 / (p.scaling.sides * p.scaling.costs)
    var result = FirstOrder.Residuals()
    let constant = p.form.sense.sign * p.form.constant
    result.primalObjective = value * unscale + constant
    result.dualObjective = bound * unscale + constant
    result.primal = primal.squareRoot()
    result.dual = dual.squareRoot()
    return result
  }
}
