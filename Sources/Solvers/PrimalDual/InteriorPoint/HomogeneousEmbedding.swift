import LinearAlgebra

/// The iterates of the homogeneous embedding with quadratic objective and native bounds.
///
///     P x + q τ - Aᵀλ - Gᵀz - (zl - zu)ₓ = 0        λ = (zl - zu)_y on rows that are not equations
///     A x = y,   G x + h τ = s ∈ K,   z ∈ K*        lower τ + v = (x, y) = upper τ - w
///     xᵀPx/τ + qᵀx - lowerᵀzl + upperᵀzu - bᵀλ + hᵀz + κ = 0
///
/// τ > 0 at the end gives an optimum x/τ; κ > 0 a certificate of infeasibility or unboundedness. Bounds stay out of the
/// factorized matrix: they only enter its diagonal.
///
/// Andersen and Andersen, "The MOSEK interior point optimizer for linear programming" (2000); Goulart and Chen,
/// "Clarabel: an interior-point solver for conic programs with quadratic objectives" (2024), eq. 5-12.
final class HomogeneousEmbedding {
  let problem: InteriorPointProblem
  let boxes: Boxes
  let cones: ConeProduct
  let kkt: KKTSystem
  let n: Int
  let m: Int
  /// Rows of A and G.
  let r: Int
  /// (x, y); equality rows hold b τ.
  let t: Vector
  /// (λ, z).
  let multipliers: Vector
  /// s, in the cones.
  let coneSlack: Vector
  let coneSlackStep: Vector
  /// ξ of the present direction.
  let coneTarget: Vector
  let coneScratch: Vector
  /// Whether τ and κ are variables. Otherwise τ = 1 and κ = 0, and the equations are those of the infeasible-start
  /// method, which needs fewer iterations where an optimum exists but proves nothing where none does.
  var isHomogeneous = true
  var tau = 1.0
  var kappa = 1.0
  /// Steps of the above.
  let tStep: Vector
  let multiplierStep: Vector
  var tauStep = 0.0
  var kappaStep = 0.0

  /// Residuals of stationarity, stacked (x, y), and of the rows.
  let dualResidual: Vector
  let primalResidual: Vector
  var gapResidual = 0.0
  /// P x, and xᵀPx.
  let hessianProduct: Vector
  var quadratic = 0.0
  /// qᵀx, and what the bounds and offsets give: lowerᵀzl - upperᵀzu + bᵀλ - hᵀz.
  var linearCost = 0.0
  var dualCost = 0.0

  /// D, γ of the boxes; W of the rows.
  let diagonal: Vector
  private let gamma: Vector
  let rowDiagonal: Vector
  private let beta: Vector
  private let reducedTarget: Vector
  /// Right-hand sides and solutions: the constant one first.
  let rhs: Vector
  let isEquation: [Bool]
  let keptPoint: Vector
  let keptMultipliers: Vector
  var keptTau = 1.0
  let keptSteps: [Vector]
  var keptTauStep = 0.0
  var keptKappaStep = 0.0
  private var denominator = 1.0

  init(_ problem: InteriorPointProblem, kkt options: KKTSystem.Options) {
    self.problem = problem
    n = problem.columnCount
    m = problem.rowCount
    r = problem.stackedRowCount
    boxes = Boxes(problem)
    cones = ConeProduct(problem.form.cones)
    kkt = KKTSystem(problem, cones: cones, options: options)
    let p = cones.dimension
    coneSlack = Vector(count: p)
    coneSlackStep = Vector(count: p)
    coneTarget = Vector(count: p)
    coneScratch = Vector(count: 2 * p)
    t = Vector(count: n + m)
    multipliers = Vector(count: r)
    tStep = Vector(count: n + m)
    multiplierStep = Vector(count: r)
    dualResidual = Vector(count: n + m)
    primalResidual = Vector(count: r)
    hessianProduct = Vector(count: n)
    diagonal = Vector(count: n + m)
    gamma = Vector(count: n + m)
    rowDiagonal = Vector(count: r)
    beta = Vector(count: r)
    reducedTarget = Vector(count: n + m)
    rhs = Vector(count: 2 * (n + r))
    keptPoint = Vector(count: n + m)
    keptMultipliers = Vector(count: r)
    keptSteps = [n + m, r, p, boxes.sideCount, boxes.sideCount].map { Vector(count: $0) }
    isEquation = (0..<problem.rowCount).map { problem.lower[problem.columnCount + $0] == problem.upper[problem.columnCount + $0] }
  }

  /// Number of complementarity pairs.
  var degree: Double { Double(boxes.sideCount + (isHomogeneous ? 1 : 0)) + cones.degree }

  /// z, the multipliers of the cone rows.
  var coneMultipliers: UnsafeMutablePointer<Double> { multipliers.pointer + m }

  /// Average complementarity product.
  var mu: Double {
    let conic = VectorKernels.dot(cones.dimension, coneSlack.pointer, coneMultipliers)
    return (boxes.complementarity() + conic + tau * kappa) / degree
  }

  // MARK: - Residuals

  /// Residuals and objectives of the present iterate.
  /// - Complexity: O(entries).
  func computeResiduals() {
    let x = t.pointer
    hessianProduct.fill(0)
    problem.subtractHessianProduct(x, from: hessianProduct.pointer)
    for j in 0..<n { hessianProduct.pointer[j] = -hessianProduct.pointer[j] }
    quadratic = VectorKernels.dot(n, hessianProduct.pointer, x)
    problem.cost.withUnsafeBufferPointer { cost in
      linearCost = 0
      for j in 0..<n {
        linearCost += cost[j] * x[j]
        dualResidual.pointer[j] = hessianProduct.pointer[j] + cost[j] * tau
      }
    }
    for i in 0..<m {
      if isEquation[i] { t.pointer[n + i] = problem.lower[n + i] * tau }
      dualResidual.pointer[n + i] = isEquation[i] ? 0 : multipliers.pointer[i]
      primalResidual.pointer[i] = -t.pointer[n + i]
    }
    var offsetProduct = 0.0
    for i in 0..<cones.dimension {
      primalResidual.pointer[m + i] = problem.offsets[i] * tau - coneSlack.pointer[i]
      offsetProduct += problem.offsets[i] * coneMultipliers[i]
    }
    boxes.addMultipliers(-1, to: dualResidual.pointer)
    problem.matrix.multiplyAdd(x, into: primalResidual.pointer)
    problem.matrix.multiplyTransposeAdd(multipliers.pointer, into: dualResidual.pointer, factor: -1)
    boxes.computeResidual(t.pointer, tau: tau)
    dualCost = boxes.boundProduct() - offsetProduct
    for i in 0..<m where isEquation[i] { dualCost += problem.lower[n + i] * multipliers.pointer[i] }
    gapResidual = quadratic / tau + linearCost - dualCost + kappa
  }

  // MARK: - Directions

  /// Factorizes the KKT matrix of the present iterate.
  /// - Returns: false when the numbers are no longer finite.
  func factor() -> Bool {
    boxes.scaling(diagonal: diagonal.pointer, gamma: gamma.pointer)
    for i in 0..<m {
      if isEquation[i] {
        rowDiagonal.pointer[i] = 0
        beta.pointer[i] = problem.lower[n + i]
      } else {
        let w = min(1e20, 1 / diagonal.pointer[n + i])
        rowDiagonal.pointer[i] = w
        beta.pointer[i] = w * gamma.pointer[n + i]
      }
    }
    if !cones.isEmpty && !cones.updateScaling(s: coneSlack.pointer, z: coneMultipliers) { return false }
    return factorAgain()
  }

  /// Factorizes the present matrix, with whatever regularization is set now.
  func factorAgain() -> Bool {
    _ = kkt.factor(diagonal: diagonal, rowDiagonal: rowDiagonal)
    return true
  }

  /// The affine direction, together with the solve for the constant right-hand side that every direction needs.
  func computeAffineDirection() {
    let (s, z, c) = (boxes.slack.pointer, boxes.multiplier.pointer, boxes.target.pointer)
    for k in 0..<boxes.sideCount { c[k] = -s[k] * z[k] }
    if !isHomogeneous { return computeDirection(eta: 1, kappaTarget: 0) }
    let constant = rhs.pointer
    problem.cost.withUnsafeBufferPointer { cost in
      for j in 0..<n { constant[j] = gamma.pointer[j] - cost[j] }
    }
    for i in 0..<m { constant[n + i] = beta.pointer[i] }
    for i in 0..<cones.dimension { constant[n + m + i] = -problem.offsets[i] }
    cones.affineTarget(s: coneSlack.pointer, into: coneTarget.pointer)
    let gap = prepare(eta: 1)
    kkt.solve(rhs.pointer, count: 2)
    computeDenominator()
    finish(eta: 1, gap: gap, kappaTarget: -tau * kappa)
  }

  /// The direction for the complementarity targets in ``Boxes/target`` and the given one of τκ.
  func computeDirection(eta: Double, kappaTarget: Double) {
    let gap = prepare(eta: eta)
    kkt.solve(rhs.pointer + n + r, count: 1)
    finish(eta: eta, gap: gap, kappaTarget: kappaTarget)
  }

  /// Fills the second right-hand side; returns the boxes' share of the gap equation.
  private func prepare(eta: Double) -> Double {
    let g = reducedTarget.pointer
    let gap = boxes.reducedTarget(eta: eta, into: g)
    let out = rhs.pointer + n + r
    let rd = dualResidual.pointer
    for j in 0..<n { out[j] = g[j] - eta * rd[j] }
    for i in 0..<m {
      out[n + i] = -eta * primalResidual.pointer[i] + rowDiagonal.pointer[i] * (g[n + i] - eta * rd[n + i])
    }
    for i in m..<r { out[n + i] = coneTarget.pointer[i - m] - eta * primalResidual.pointer[i] }
    return gap
  }

  /// The denominator of the τ step as a sum of squares, free of cancellation.
  private func computeDenominator() {
    let one = rhs.pointer
    // t of the constant solution.
    let t1 = tStep.pointer
    for j in 0..<n { t1[j] = one[j] }
    for i in 0..<m { t1[n + i] = rowDiagonal.pointer[i] * one[n + i] + beta.pointer[i] }
    var sum = kappa / tau + boxes.weightedDistance(t1)
    if problem.hessian.entryCount > 0 {
      // |x1 - x/τ|²_P
      let difference = multiplierStepScratch.pointer
      let product = productScratch.pointer
      for j in 0..<n {
        difference[j] = one[j] - t.pointer[j] / tau
        product[j] = 0
      }
      problem.subtractHessianProduct(difference, from: product)
      sum -= VectorKernels.dot(n, difference, product)
    }
    if !cones.isEmpty {
      cones.applyH(one + n + m, into: coneScratch.pointer)
      sum += VectorKernels.dot(cones.dimension, one + n + m, coneScratch.pointer)
    }
    denominator = sum
  }

  private lazy var multiplierStepScratch = Vector(count: n)
  private lazy var productScratch = Vector(count: n)

  private func finish(eta: Double, gap: Double, kappaTarget: Double) {
    let one = rhs.pointer
    let two = rhs.pointer + n + r
    let g = reducedTarget.pointer
    let rd = dualResidual.pointer
    // Numerator of the τ step.
    var sum = -eta * gapResidual - kappaTarget / tau + gap
    problem.cost.withUnsafeBufferPointer { cost in
      for j in 0..<n {
        sum -= (2 * hessianProduct.pointer[j] / tau + cost[j] + gamma.pointer[j]) * two[j]
      }
    }
    for i in 0..<m {
      if isEquation[i] {
        sum -= beta.pointer[i] * two[n + i]
      } else {
        let y = rowDiagonal.pointer[i] * (g[n + i] - eta * rd[n + i] + two[n + i])
        sum -= gamma.pointer[n + i] * y
      }
    }
    for i in 0..<cones.dimension { sum += problem.offsets[i] * two[n + m + i] }
    tauStep = isHomogeneous ? -sum / denominator : 0
    for j in 0..<n { tStep.pointer[j] = two[j] + tauStep * one[j] }
    for i in 0..<m {
      let w = rowDiagonal.pointer[i]
      tStep.pointer[n + i] =
        (isEquation[i] ? 0 : w * (g[n + i] - eta * rd[n + i] + two[n + i] + tauStep * one[n + i])) + beta.pointer[i] * tauStep
    }
    for i in 0..<r { multiplierStep.pointer[i] = -(two[n + i] + tauStep * one[n + i]) }
    if !cones.isEmpty {
      cones.applyH(multiplierStep.pointer + m, into: coneSlackStep.pointer)
      for i in 0..<cones.dimension { coneSlackStep.pointer[i] = coneTarget.pointer[i] - coneSlackStep.pointer[i] }
    }
    kappaStep = isHomogeneous ? (kappaTarget - kappa * tauStep) / tau : 0
    closeRows(eta: eta)
    boxes.computeSteps(tStep.pointer, tauStep: tauStep, eta: eta)
    closeRowMultipliers(eta: eta)
    closeColumns(eta: eta)
  }

  // What the solve leaves of an equation with a large diagonal is put where it does no harm: into the slack of a row far
  // from its sides, and into the multiplier of a column near a bound. Then the linear equations hold to rounding, and
  // the error meets a complementarity product, where it is multiplied by a tiny number.

  /// Takes the step of row activities from A Δx where W is large.
  private func closeRows(eta: Double) {
    let activity = rowScratch.pointer
    for i in 0..<r { activity[i] = eta * primalResidual.pointer[i] }
    problem.matrix.multiplyAdd(tStep.pointer, into: activity)
    for i in 0..<m where !isEquation[i] && rowDiagonal.pointer[i] > 1 { tStep.pointer[n + i] = activity[i] }
  }

  /// Takes the step of multipliers from those of the sides where W is large.
  private func closeRowMultipliers(eta: Double) {
    for i in 0..<m where !isEquation[i] && rowDiagonal.pointer[i] > 1 {
      multiplierStep.pointer[i] = -eta * dualResidual.pointer[n + i]
    }
    boxes.index.withUnsafeBufferPointer { index in
      for k in 0..<boxes.sideCount {
        let i = Int(index[k]) - n
        if i >= 0 && rowDiagonal.pointer[i] > 1 { multiplierStep.pointer[i] += boxes.sign(k) * boxes.multiplierStep.pointer[k] }
      }
    }
  }

  /// Takes the step of bound multipliers from stationarity where D is large.
  private func closeColumns(eta: Double) {
    let violation = columnScratch.pointer
    problem.cost.withUnsafeBufferPointer { cost in
      for j in 0..<n { violation[j] = eta * dualResidual.pointer[j] + cost[j] * tauStep }
    }
    if problem.hessian.entryCount > 0 {
      let product = productScratch.pointer
      for j in 0..<n { product[j] = 0 }
      problem.subtractHessianProduct(tStep.pointer, from: product)
      for j in 0..<n { violation[j] -= product[j] }
    }
    problem.matrix.multiplyTransposeAdd(multiplierStep.pointer, into: violation, factor: -1)
    boxes.closeColumns(violation, diagonal: diagonal.pointer, columnCount: n)
  }

  private lazy var rowScratch = Vector(count: r)
  private lazy var columnScratch = Vector(count: n)
}
