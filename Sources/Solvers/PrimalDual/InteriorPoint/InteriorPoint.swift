import Constraints
import LinearAlgebra

/// Mehrotra's predictor-corrector method.
///
/// Linear programs are first solved from an infeasible start with steps of their own for the point and the multipliers;
/// where that does not converge, and for everything else, the method goes on the homogeneous embedding, which also finds
/// certificates.
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
    /// How many iterations without a better iterate end the method; half of that from the infeasible start.
    var patience = 20
    /// With cones, steps shorter than this are replaced by ones towards the central path with at least so much
    /// `centring`.
    var centringBelow = 0.1
    var centring = 0.5
    /// A solve that leaves a larger residual than this, relative to its right-hand side, is repeated with a matrix that
    /// is regularized more.
    var brokenResidual = 1.0
    var ruizPasses = 10
    /// Centrality correctors an iteration may take.
    var correctors = 2
    /// Share of the longest step that is taken.
    var toBoundary = 0.995
    /// How many blends of a corrected direction with the one before are tried.
    var blends = 8
    /// Complementarity products of the trial point are wanted between these multiples of the target.
    var bandLow = 0.1
    var bandHigh = 10.0
    /// The trial step is the present one plus this; a corrector stays when it gains this share of the way.
    var aimShift = 0.3
    var gain = 0.01
    var kkt = KKTSystem.Options()
  }

  enum Ending { case optimal, nearlyOptimal, primalInfeasible, dualInfeasible, stalled, iterationLimit, stopped, tooLarge }

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
  /// Merit of the kept iterate.
  private var best = Double.infinity
  /// The proof of infeasibility in the rows of the form, once found.
  private(set) var farkas: [Double] = []
  /// The ray in the columns of the form, once found.
  private(set) var direction: [Double] = []
  /// Residuals of the certificates when they were last polished in vain.
  private var polishedAt = Double.infinity
  private var rayPolishedAt = Double.infinity
  let costNorm: Double
  /// What the minimized objective has beside the problem's.
  let constant: Double
  /// What residuals of columns are multiplied by to be relative to 1 + the cost, in the form's units.
  let columnUnit: [Double]
  /// 1 + the side of each row, in the units of the problem.
  let rowSize: [Double]

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
    if e.kkt.isTooLarge { return .tooLarge }
    if problem.hessian.entryCount == 0 && e.cones.isEmpty && e.boxes.sideCount > 0 {
      e.isHomogeneous = false
      switch iterate(patience: options.patience / 2) {
      case .stalled, .nearlyOptimal: break
      case let ending: return ending
      }
      e.isHomogeneous = true
    }
    return iterate(patience: options.patience)
  }

  /// - Parameter patience: how many iterations without a better iterate are too many.
  private mutating func iterate(patience: Int) -> Ending {
    let e = embedding
    e.kkt.resetRegularization()
    e.start()
    var leastMerit = Double.infinity
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
            count: iterations, objective: problem.form.linear.sense.sign * measures.primalObjective,
            primalInfeasibility: measures.primalResidual, dualInfeasibility: measures.dualResidual, seconds: elapsed))
      }
      let merit = measures.merit(options)
      // On the way to a certificate the point itself runs away.
      let certificate = min(measures.farkasResidual, measures.rayResidual) / options.certificate
      let isCertifying = certificate < 0.5 * bestCertificate
      bestCertificate = min(certificate, bestCertificate)
      if merit <= 1 { return .optimal }
      if measures.farkasResidual <= 1e-2, let ending = infeasible() { return ending }
      if measures.rayResidual <= 1e-2, isUnbounded() { return .dualInfeasible }
      if merit < 0.9 * leastMerit {
        if merit < best {
          if merit <= options.reduced { e.keep() }
          best = merit
          bestMeasures = measures
        }
        leastMerit = merit
        sinceBest = 0
      } else if isCertifying {
        sinceBest = 0
      } else {
        sinceBest += 1
      }
      if iterations >= options.iterationLimit { return fallBack() ?? .iterationLimit }
      if context.shouldStop { return .stopped }
      // At the end of the road rounding takes over: what was good enough stands.
      if best <= options.accepted && sinceBest >= 2 || sinceBest >= patience || !isCertifying && !(merit < 1e8 * leastMerit) {
        return fallBack() ?? .stalled
      }
      guard e.factor() else { return fallBack() ?? .stalled }
      let alpha = step()
      iterations += 1
      if !(alpha > 1e-10) { return fallBack() ?? .stalled }
    }
  }

  /// Looks for a proof of infeasibility in the present iterate, the more thoroughly the clearer it seems.
  private mutating func infeasible() -> Ending? {
    let ratio = embedding.kappa / embedding.tau
    let isClear = measures.farkasResidual <= 1e-7 && ratio > 1e3 || ratio > 1e5
    if let proof = farkasMultipliers(polishing: isClear && measures.farkasResidual < 0.1 * polishedAt) {
      farkas = proof
      return .primalInfeasible
    }
    if isClear { polishedAt = min(polishedAt, measures.farkasResidual) }
    return measures.farkasResidual <= options.certificate && !problem.form.cones.isEmpty ? .primalInfeasible : nil
  }

  /// Looks for a ray in the present iterate, the more thoroughly the clearer it seems.
  private mutating func isUnbounded() -> Bool {
    if !problem.form.cones.isEmpty { return measures.rayResidual <= options.certificate }
    let residual = measures.rayResidual
    let isClear = residual <= 1e-7 || embedding.kappa > 1e5 * embedding.tau
    let polishing = isClear && residual < 0.1 * rayPolishedAt
    if polishing { rayPolishedAt = residual }
    guard let found = ray(polishing: polishing) else { return false }
    direction = found
    return true
  }

  /// Goes back to the best iterate, when that is good enough to be called a solution.
  private mutating func fallBack() -> Ending? {
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
    // With cones the residual is large on the way to a certificate, and more regularization only makes it larger.
    let isCertifying = !e.cones.isEmpty && e.tau < e.kappa
    let broken = isCertifying ? .greatestFiniteMagnitude : options.brokenResidual
    for _ in 0..<3 where !(e.kkt.lastResidual <= broken && e.tauStep.isFinite && affine.isFinite) {
      e.kkt.regularizeMore()
      _ = e.factorAgain()
      e.computeAffineDirection()
      affine = e.maxStep(limit: 1)
    }
    if !(e.kkt.lastResidual.isFinite && e.tauStep.isFinite && affine.isFinite) { return 0 }
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
    e.keepDirection()
    e.computeDirection(eta: 1 - sigma, kappaTarget: kappaTarget)
    var (weight, longest) = blend(least: affine * affine)
    if weight < 1 {
      for k in 0..<boxes.sideCount { c[k] = weight * c[k] - (1 - weight) * s[k] * z[k] }
      kappaTarget = weight * kappaTarget - (1 - weight) * e.tau * e.kappa
    }
    correct(&longest, eta: 1 - weight * sigma, center: sigma * mu, kappaTarget: &kappaTarget)
    var alpha = e.centralStep(min(1, options.toBoundary * longest))
    if !(e.kkt.lastResidual.isFinite && e.tauStep.isFinite && alpha.isFinite) { return 0 }
    if alpha < options.centringBelow && !e.cones.isEmpty { alpha = centre(mu, sigma, otherwise: alpha) }
    if !e.isHomogeneous {
      let longest = boxes.maxSteps(limit: 2)
      let (primal, dual) = (min(1, options.toBoundary * longest.primal), min(1, options.toBoundary * longest.dual))
      e.advance(primal: primal, dual: dual)
      return max(primal, dual)
    }
    e.advance(alpha)
    return alpha
  }

  /// Blends the present direction with the kept one so that the step becomes as long as possible: second-order terms
  /// that belong to a much longer step than the one that is possible do harm.
  ///
  /// Colombo and Gondzio, "Further development of multiple centrality correctors for interior point methods",
  /// Computational Optimization and Applications 41 (2008), section 3.
  /// - Returns: the weight of the present direction and the step.
  private func blend(least: Double) -> (weight: Double, step: Double) {
    let e = embedding
    var best = (weight: 1.0, step: e.maxStep(limit: 2))
    if !e.cones.isEmpty { return best }
    for k in 0..<options.blends {
      let weight = least + (1 - least) * Double(k) / Double(options.blends)
      let step = e.maxStep(limit: 2, weight: weight)
      if step > best.step { best = (weight, step) }
    }
    e.blend(best.weight)
    return best
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
    let step = e.centralStep(min(1, options.toBoundary * e.maxStep(limit: 2)))
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
      let (weight, step) = blend(least: trial * trial)
      if step < longest + options.gain * (trial - longest) {
        if step < longest { e.restoreDirection() } else { longest = step }
        return
      }
      kappaTarget += weight * kappaShift
      longest = step
    }
  }
}
