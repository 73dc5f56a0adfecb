import Constraints
import LinearAlgebra

/// Mehrotra's predictor-corrector method on the homogeneous embedding.
struct InteriorPoint {
  struct Options: Sendable {
    /// Largest primal residual of a row or bound, relative to 1 + the size of its side + a hundredth of what enters it.
    var primal = 1e-9
    /// Largest dual residual of a column, relative to 1 + the size of its cost, or a thousandth of the largest cost.
    var dual = 1e-9
    /// Largest gap of primal and dual objective, relative to 1 + their size.
    var gap = 1e-9
    /// Certificates are accepted when their equations hold to this, with the strict inequality scaled to 1.
    var certificate = 1e-9
    /// What still counts as a solution when no further progress is possible, as a factor on the tolerances.
    var accepted = 10.0
    /// What is given as an answer then, for the checker to judge.
    var reduced = 1e4
    var iterationLimit = 200
    /// With cones, steps shorter than this are replaced by ones towards the central path with at least so much
    /// `centring`.
    var centringBelow = 0.1
    var centring = 0.5
    var ruizPasses = 10
    /// Centrality correctors an iteration may take.
    var correctors = 2
    /// Complementarity products of the trial point are wanted between these multiples of the target.
    var bandLow = 0.1
    var bandHigh = 10.0
    /// The trial step is the present one plus this; a corrector stays when it gains this share of the way.
    var aimShift = 0.3
    var gain = 0.1
    var kkt = KKTSystem.Options()
  }

  enum Ending { case optimal, nearlyOptimal, primalInfeasible, dualInfeasible, stalled, iterationLimit, stopped }

  /// What the criteria look at, in the units of the form.
  struct Measures {
    var primalObjective = 0.0
    var dualObjective = 0.0
    var primalResidual = Double.infinity
    var dualResidual = Double.infinity
    var gap = Double.infinity
    /// Residuals of the certificates; infinite where the strict inequality does not hold.
    var farkasResidual = Double.infinity
    var rayResidual = Double.infinity
    /// The worst criterion against its tolerance.
    func merit(_ options: Options) -> Double {
      max(primalResidual / options.primal, dualResidual / options.dual, gap / options.gap)
    }
  }

  let problem: InteriorPointProblem
  let options: Options
  let context: SolveContext
  let embedding: HomogeneousEmbedding
  private(set) var iterations = 0
  private(set) var measures = Measures()
  private var bestMeasures = Measures()
  /// The proof of infeasibility in the rows of the form, once found.
  private(set) var farkas: [Double] = []
  /// Residual of the certificate when it was last polished in vain.
  private var polishedAt = Double.infinity
  private let costNorm: Double
  /// What the minimized objective has beside the problem's.
  private let constant: Double
  /// What residuals of columns are multiplied by to be relative to 1 + the cost, in the form's units.
  private let columnUnit: [Double]
  /// 1 + the side of each row, in the units of the problem.
  private let rowSize: [Double]

  init(_ problem: InteriorPointProblem, options: Options, context: SolveContext) {
    self.problem = problem
    self.options = options
    self.context = context
    embedding = HomogeneousEmbedding(problem, kkt: options.kkt)
    let n = problem.columnCount
    var costs = [Double](repeating: 0, count: n)
    for j in 0..<n { costs[j] = abs(problem.cost[j]) / problem.columnScale[j] / problem.costScale }
    let costNorm = costs.max() ?? 0
    self.costNorm = costNorm
    constant = problem.form.linear.sense.sign * problem.form.value(at: problem.fixedPoint)
    columnUnit = (0..<n).map { 1 / problem.columnScale[$0] / (1 + max(costs[$0], 1e-3 * costNorm)) }
    rowSize = (0..<problem.rowCount).map { i in
      var size = 0.0
      for side in [problem.lower[n + i], problem.upper[n + i]] where side.isFinite { size = max(size, abs(side)) }
      return problem.rowScale[i] + size
    } + (0..<problem.coneRowCount).map { problem.rowScale[problem.rowCount + $0] + abs(problem.offsets[$0]) }
  }

  mutating func run() -> Ending {
    let e = embedding
    e.start()
    var best = Double.infinity
    var sinceBest = 0
    var bestCertificate = Double.infinity
    var lastReport = -1.0
    while true {
      e.computeResiduals()
      measures = measure()
      let elapsed = context.deadline.elapsed
      if elapsed - lastReport > 0.2 || lastReport < 0 {
        lastReport = elapsed
        context.report(
          .iteration(
            count: iterations, objective: measures.primalObjective, primalInfeasibility: measures.primalResidual,
            dualInfeasibility: measures.dualResidual, seconds: elapsed))
      }
      let merit = measures.merit(options)
      // On the way to a certificate the point itself runs away.
      let certificate = min(measures.farkasResidual, measures.rayResidual) / options.certificate
      let isCertifying = certificate < 0.5 * bestCertificate
      bestCertificate = min(certificate, bestCertificate)
      if merit <= 1 { return .optimal }
      if measures.farkasResidual <= 1e-4, let ending = infeasible() { return ending }
      if measures.rayResidual <= options.certificate { return .dualInfeasible }
      if merit < 0.9 * best {
        if merit <= options.reduced { e.keep() }
        best = merit
        bestMeasures = measures
        sinceBest = 0
      } else if isCertifying {
        sinceBest = 0
      } else {
        sinceBest += 1
      }
      if iterations >= options.iterationLimit { return fallBack(best) ?? .iterationLimit }
      if context.shouldStop { return .stopped }
      // At the end of the road rounding takes over: what was good enough stands.
      if best <= options.accepted && sinceBest >= 2 || sinceBest >= 20 || !isCertifying && !(merit < 1e8 * best) {
        return fallBack(best) ?? .stalled
      }
      guard e.factor() else { return fallBack(best) ?? .stalled }
      let alpha = step()
      iterations += 1
      if !(alpha > 1e-10) { return fallBack(best) ?? .stalled }
    }
  }

  /// Looks for a proof of infeasibility in the present iterate, the more thoroughly the clearer it seems.
  private mutating func infeasible() -> Ending? {
    let isClear = measures.farkasResidual <= 1e-7 && embedding.kappa > 1e3 * embedding.tau
    if let proof = farkasMultipliers(polishing: isClear && measures.farkasResidual < 0.1 * polishedAt) {
      farkas = proof
      return .primalInfeasible
    }
    if isClear { polishedAt = min(polishedAt, measures.farkasResidual) }
    return measures.farkasResidual <= options.certificate && !problem.form.cones.isEmpty ? .primalInfeasible : nil
  }

  /// Goes back to the best iterate, when that is good enough to be called a solution.
  private mutating func fallBack(_ best: Double) -> Ending? {
    guard best <= options.reduced else { return nil }
    embedding.restoreKept()
    measures = bestMeasures
    return best <= options.accepted ? .optimal : .nearlyOptimal
  }

  /// One predictor-corrector step; returns its length.
  private mutating func step() -> Double {
    let e = embedding
    let boxes = e.boxes
    let mu = e.mu
    e.computeAffineDirection()
    var affine = e.maxStep(limit: 1)
    for _ in 0..<3 where !(e.tauStep.isFinite && affine.isFinite) {
      e.kkt.regularizeMore()
      _ = e.factorAgain()
      e.computeAffineDirection()
      affine = e.maxStep(limit: 1)
    }
    if !(e.tauStep.isFinite && affine.isFinite) { return 0 }
    e.kkt.adaptRegularization()
    let sigma = (1 - affine) * (1 - affine) * (1 - affine)
    let (s, z, c) = (boxes.slack.pointer, boxes.multiplier.pointer, boxes.target.pointer)
    let (ds, dz) = (boxes.slackStep.pointer, boxes.multiplierStep.pointer)
    for k in 0..<boxes.sideCount { c[k] = sigma * mu - s[k] * z[k] - ds[k] * dz[k] }
    if !e.cones.isEmpty {
      let z = e.coneMultipliers
      e.cones.combinedTarget(
        s: e.coneSlack.pointer, z: z, ds: e.coneSlackStep.pointer, dz: e.multiplierStep.pointer + e.m,
        sigmaMu: sigma * mu, into: e.coneTarget.pointer)
    }
    var kappaTarget = sigma * mu - e.tau * e.kappa - e.tauStep * e.kappaStep
    e.computeDirection(eta: 1 - sigma, kappaTarget: kappaTarget)
    var longest = e.maxStep(limit: 2)
    correct(&longest, eta: 1 - sigma, center: sigma * mu, kappaTarget: &kappaTarget)
    var alpha = e.centralStep(min(1, 0.995 * longest))
    if !(e.tauStep.isFinite && alpha.isFinite) { return 0 }
    if alpha < options.centringBelow && !e.cones.isEmpty { alpha = centre(mu, sigma, otherwise: alpha) }
    e.advance(alpha)
    return alpha
  }

  /// Replaces a direction that allows only a short step by one back towards the central path, without a second-order
  /// term, if that allows a longer one.
  /// - Returns: the step of the direction that stands.
  private func centre(_ mu: Double, _ sigma: Double, otherwise alpha: Double) -> Double {
    let e = embedding
    let boxes = e.boxes
    let sigma = max(sigma, options.centring)
    let (s, z, c) = (boxes.slack.pointer, boxes.multiplier.pointer, boxes.target.pointer)
    for k in 0..<boxes.sideCount { c[k] = sigma * mu - s[k] * z[k] }
    e.cones.centringTarget(
      s: e.coneSlack.pointer, z: e.coneMultipliers, sigmaMu: sigma * mu, into: e.coneTarget.pointer)
    e.keepDirection()
    e.computeDirection(eta: 1 - sigma, kappaTarget: sigma * mu - e.tau * e.kappa)
    let step = e.centralStep(min(1, 0.995 * e.maxStep(limit: 2)))
    if step > alpha { return step }
    e.restoreDirection()
    return alpha
  }

  /// Multiple centrality correctors: aims at a longer step by moving the outliers among the complementarity products of
  /// a trial point back into a band around the target.
  ///
  /// Gondzio, "Multiple centrality corrections in a primal-dual method for linear programming", Computational
  /// Optimization and Applications 6 (1996).
  private func correct(_ longest: inout Double, eta: Double, center: Double, kappaTarget: inout Double) {
    let e = embedding
    let boxes = e.boxes
    let (s, z, c) = (boxes.slack.pointer, boxes.multiplier.pointer, boxes.target.pointer)
    let (ds, dz) = (boxes.slackStep.pointer, boxes.multiplierStep.pointer)
    let (least, most) = (options.bandLow * center, options.bandHigh * center)
    for _ in 0..<options.correctors where longest < 0.95 {
      let trial = min(1, longest + options.aimShift)
      func excess(_ product: Double) -> Double {
        if product < least { return least - product }
        if product > most { return max(most - product, -most) }
        return 0
      }
      for k in 0..<boxes.sideCount { c[k] += excess((s[k] + trial * ds[k]) * (z[k] + trial * dz[k])) }
      let kappaShift = excess((e.tau + trial * e.tauStep) * (e.kappa + trial * e.kappaStep))
      e.keepDirection()
      e.computeDirection(eta: eta, kappaTarget: kappaTarget + kappaShift)
      let step = e.maxStep(limit: 2)
      if step < longest + options.gain * (trial - longest) {
        if step < longest { e.restoreDirection() } else { longest = step }
        return
      }
      kappaTarget += kappaShift
      longest = step
    }
  }

  /// The criteria at the present iterate, in the units of the form.
  private func measure() -> Measures {
    let e = embedding
    let (n, m, tau) = (problem.columnCount, problem.rowCount, e.tau)
    var result = Measures()
    let scale = problem.costScale
    let p = (0.5 * e.quadratic / tau + e.linearCost) / tau
    let d = (-0.5 * e.quadratic / tau + e.dualCost) / tau
    result.primalObjective = p / scale + constant
    result.dualObjective = d / scale + constant
    result.gap = abs(p - d) / scale / (1 + abs(p / scale + constant))
    var primal = 0.0
    // The numbers that enter a row are about as large as x, its entries being scaled to 1; a hundredth of that counts.
    let entering = 0.01 * VectorKernels.maxNorm(n, e.t.pointer) / tau
    for i in 0..<e.r { primal = max(primal, abs(e.primalResidual.pointer[i]) / (rowSize[i] + entering)) }
    for k in 0..<e.boxes.sideCount {
      let i = Int(e.boxes.index[k])
      let unit =
        i < n
        ? problem.columnScale[i] / (1 + abs(e.boxes.bound.pointer[k]) * problem.columnScale[i])
        : 1 / (rowSize[i - n] + entering)
      primal = max(primal, abs(e.boxes.residual.pointer[k]) * unit)
    }
    var dual = 0.0
    for j in 0..<n { dual = max(dual, abs(e.dualResidual.pointer[j]) * columnUnit[j]) }
    for i in 0..<m { dual = max(dual, abs(e.dualResidual.pointer[n + i]) * problem.rowScale[i] / (1 + costNorm)) }
    result.primalResidual = primal / tau
    result.dualResidual = dual / scale / tau
    // Farkas: dual cost positive while Aᵀλ + zl - zu vanishes.
    if e.dualCost > 0 {
      var worst = 0.0
      for j in 0..<n {
        let free = e.dualResidual.pointer[j] - e.hessianProduct.pointer[j] - problem.cost[j] * tau
        worst = max(worst, abs(free) / problem.columnScale[j])
      }
      for i in 0..<m { worst = max(worst, abs(e.dualResidual.pointer[n + i]) * problem.rowScale[i]) }
      result.farkasResidual = worst / e.dualCost
    }
    if e.linearCost < 0 {
      var worst = 0.0
      for j in 0..<n { worst = max(worst, abs(e.hessianProduct.pointer[j]) / problem.columnScale[j]) }
      for i in 0..<m {
        let shift = problem.lower[n + i] == problem.upper[n + i] ? problem.lower[n + i] * tau : 0
        worst = max(worst, abs(e.primalResidual.pointer[i] + shift) / problem.rowScale[i])
      }
      for i in 0..<problem.coneRowCount {
        let residual = e.primalResidual.pointer[m + i] - problem.offsets[i] * tau
        worst = max(worst, abs(residual) / problem.rowScale[m + i])
      }
      for k in 0..<e.boxes.sideCount {
        let i = Int(e.boxes.index[k])
        let unit = i < n ? problem.columnScale[i] : 1 / problem.rowScale[i - n]
        worst = max(
          worst, abs(e.boxes.residual.pointer[k] + e.boxes.sign(k) * e.boxes.bound.pointer[k] * tau) * unit)
      }
      result.rayResidual = worst / -e.linearCost * scale
    }
    return result
  }
}
