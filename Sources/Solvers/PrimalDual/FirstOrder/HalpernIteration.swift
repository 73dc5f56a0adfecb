/// The state of the iteration: its vectors in one workspace, step sizes, and the count since the last restart.
final class HalpernIteration: BlockTeam.Work {
  typealias Vector = UnsafeMutablePointer<Double>

  let problem: FirstOrderProblem
  let n: Int
  let m: Int
  private let workspace: UnsafeMutableRawPointer
  private let kernels: HalpernKernels
  let team: BlockTeam
  /// First chunks of columns and rows of each member of the team.
  private let columnParts: [Int]
  private let rowParts: [Int]
  private var order = Order.iterate(first: 0, count: 0, isRecorded: false)

  /// The iterate, the anchor, the mapped point T(x), and 2T(x) - x.
  let x, anchorX, mappedX, reflectedX: Vector
  /// The same of the dual, and y - T(y).
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

  init(_ problem: FirstOrderProblem, team: BlockTeam) {
    self.problem = problem
    self.team = team
    columnParts = problem.matrix.byColumns.split(into: team.size)
    rowParts = problem.matrix.byRows.split(into: team.size)
    n = problem.n
    m = problem.m
    let size = 6 * n + 5 * m
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
    price = take(n)
    mappedPrice = take(n)
    reflectedX = take(n)
    y = take(m)
    anchorY = take(m)
    mappedY = take(m)
    stepY = take(m)
    mappedActivity = take(m)
    func chunks(_ vector: Vector) -> HalpernKernels.Chunks {
      UnsafeMutableRawPointer(vector).assumingMemoryBound(to: SIMD4<Double>.self)
    }
    kernels = HalpernKernels(
      byRows: problem.matrix.byRows.view, byColumns: problem.matrix.byColumns.view, cost: chunks(problem.cost),
      columnLower: chunks(problem.columnLower), columnUpper: chunks(problem.columnUpper),
      rowLower: chunks(problem.rowLower), rowUpper: chunks(problem.rowUpper), x: chunks(x), anchorX: chunks(anchorX),
      reflectedX: chunks(reflectedX), y: chunks(y), anchorY: chunks(anchorY), mappedX: chunks(mappedX),
      price: chunks(price), mappedY: chunks(mappedY), stepY: chunks(stepY))
  }

  deinit { workspace.deallocate() }

  /// Puts the iterate at a start, or at the point of the bounds nearest to 0.
  func begin(at start: FirstOrder.Start?) {
    let matrix = problem.matrix
    let sign = problem.form.sense.sign
    for (p, j) in matrix.columnOrder.enumerated() {
      let value = start.map { $0.x[Int(j)] / matrix.columnScale[p] * problem.sideScale } ?? 0
      x[p] = max(problem.columnLower[p], min(problem.columnUpper[p], value))
    }
    for (p, i) in matrix.rowOrder.enumerated() {
      let value = start.map { sign * $0.y[Int(i)] / matrix.rowScale[p] * problem.costScale } ?? 0
      y[p] = (value > 0 ? problem.rowLower[p] : problem.rowUpper[p]).isFinite ? value : 0
    }
    anchorX.update(from: x, count: n)
    anchorY.update(from: y, count: m)
    if let weight = start?.primalWeight { primalWeight = weight }
    count = 0
  }

  /// What the team is asked to do.
  private enum Order {
    case iterate(first: Int, count: Int, isRecorded: Bool)
    case multiply(Vector, into: Vector)
    case multiplyTransposed(Vector, into: Vector)
  }

  /// Runs iterations, and records the last one if asked.
  func advance(_ iterations: Int, isRecorded: Bool) {
    order = .iterate(first: count, count: iterations, isRecorded: isRecorded)
    team.run(self)
    count += iterations
  }

  /// `result ← A x`, in the places of rows.
  func multiply(_ x: Vector, into result: Vector) {
    order = .multiply(x, into: result)
    team.run(self)
  }

  /// `result ← Aᵀ y`, in the places of columns.
  func multiplyTransposed(_ y: Vector, into result: Vector) {
    order = .multiplyTransposed(y, into: result)
    team.run(self)
  }

  /// A x as an array.
  func product(_ x: [Double]) -> [Double] {
    var (x, result) = (x, [Double](repeating: 0, count: m))
    x.withUnsafeMutableBufferPointer { x in
      result.withUnsafeMutableBufferPointer { result in
        if let x = x.baseAddress, let result = result.baseAddress { multiply(x, into: result) }
      }
    }
    return result
  }

  /// Aᵀy as an array.
  func transposedProduct(_ y: [Double]) -> [Double] {
    var (y, result) = (y, [Double](repeating: 0, count: n))
    y.withUnsafeMutableBufferPointer { y in
      result.withUnsafeMutableBufferPointer { result in
        if let y = y.baseAddress, let result = result.baseAddress { multiplyTransposed(y, into: result) }
      }
    }
    return result
  }

  /// Puts a point in the place of the mapped primal one.
  func takeMapped(x: Vector, activity: Vector) {
    mappedX.update(from: x, count: n)
    mappedActivity.update(from: activity, count: m)
  }

  /// Puts a point in the place of the mapped dual one.
  func takeMapped(y: Vector, price: Vector) {
    mappedY.update(from: y, count: m)
    mappedPrice.update(from: price, count: n)
  }

  func run(part: Int, barrier: BlockTeam.Barrier) {
    let columns = columnParts[part]..<columnParts[part + 1]
    let rows = rowParts[part]..<rowParts[part + 1]
    switch order {
    case .iterate(let first, let count, let isRecorded):
      let (tau, sigma) = (step / primalWeight, step * primalWeight)
      for k in first..<first + count {
        let weight = Double(k + 1) / Double(k + 2)
        let isLast = isRecorded && k == first + count - 1
        if isLast {
          kernels.recordedPrimalHalf(columns, tau: tau, weight: weight)
          barrier.wait()
          kernels.recordedDualHalf(rows, sigma: sigma, weight: weight)
        } else {
          kernels.primalHalf(columns, tau: tau, weight: weight)
          barrier.wait()
          kernels.dualHalf(rows, sigma: sigma, weight: weight)
        }
        barrier.wait()
      }
    case .multiply(let x, let result): problem.matrix.byRows.view.multiply(rows, x, into: result)
    case .multiplyTransposed(let y, let result): problem.matrix.byColumns.view.multiply(columns, y, into: result)
    }
  }

  /// Aᵀ times the mapped dual point.
  func multiplyMappedY() { multiplyTransposed(mappedY, into: mappedPrice) }
  /// A times the mapped primal point.
  func multiplyMappedX() { multiply(mappedX, into: mappedActivity) }

  /// ‖z - T(z)‖ of the recorded iterate in the norm in which the method contracts, times √η; needs
  /// ``multiplyMappedY()``.
  func fixedPointError(step safeStep: Double) -> Double {
    var (dx, dy, cross) = (0.0, 0.0, 0.0)
    for j in 0..<n {
      let step = mappedX[j] - reflectedX[j]
      dx += step * step
      cross += step * (price[j] - mappedPrice[j])
    }
    for i in 0..<m { dy += stepY[i] * stepY[i] }
    return max(0, primalWeight * dx + dy / primalWeight + 2 * safeStep * cross).squareRoot()
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

  /// Goes back to the anchor.
  func rollBack() {
    x.update(from: anchorX, count: n)
    y.update(from: anchorY, count: m)
    count = 0
  }

  /// Residuals of the mapped point in the units of the form; needs both products.
  func residuals() -> FirstOrder.Residuals {
    residuals(x: mappedX, y: mappedY, activity: mappedActivity, price: mappedPrice)
  }

  /// Residuals of a scaled point with its products A x and Aᵀy, in the units of the form.
  func residuals(x: Vector, y: Vector, activity: Vector, price: Vector) -> FirstOrder.Residuals {
    let p = problem
    var (primal, dual, value, bound) = (0.0, 0.0, 0.0, 0.0)
    for i in 0..<m {
      let violation = max(p.rowLower[i] - activity[i], activity[i] - p.rowUpper[i], 0) / p.matrix.rowScale[i]
      primal += violation * violation
      let multiplier = y[i]
      if multiplier > 0 { bound += multiplier * p.rowLower[i] } else if multiplier < 0 { bound += multiplier * p.rowUpper[i] }
    }
    for j in 0..<n {
      value += p.cost[j] * x[j]
      let reduced = p.cost[j] - price[j]
      let side = reduced > 0 ? p.columnLower[j] : p.columnUpper[j]
      if side.isFinite {
        bound += reduced * side
      } else {
        let violation = reduced / p.matrix.columnScale[j]
        dual += violation * violation
      }
    }
    let unscale = 1 / (p.sideScale * p.costScale)
    var result = FirstOrder.Residuals()
    let constant = p.form.sense.sign * p.form.constant
    result.primalObjective = value * unscale + constant
    result.dualObjective = bound * unscale + constant
    result.primal = primal.squareRoot() / p.sideScale
    result.dual = dual.squareRoot() / p.costScale
    return result
  }
}
