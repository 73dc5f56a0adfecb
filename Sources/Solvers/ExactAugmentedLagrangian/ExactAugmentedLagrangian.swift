import Constraints
import LinearAlgebra

/// Minimizes f subject to c = 0 by inexact Newton steps on the optimality conditions in x and λ together, with a line
/// search on an exact augmented Lagrangian.
///
/// Each step solves `K (dx, dλ) = -(∇ₓL, c)` to a relative residual that goes to zero with the right-hand side, by the
/// inner solver of choice. A step must be a direction of descent,
///
///     Φ'(d) <= -½ η₂ ‖(∇ₓL, c)‖²;
///
/// where it is not, η₁ grows, η₂ falls and the accuracy is tightened. When the Hessian is not positive definite on the null
/// space of G, a multiple of the identity is added to it.
///
/// Source: Hong, Na, Mahoney, Kolar, "Constrained optimization via exact augmented Lagrangian and randomized iterative
/// sketching", 2023, algorithm 1. Instead of its worst-case constants, which need extreme eigenvalues, the accuracy is a
/// plain relative residual.
final class ExactAugmentedLagrangian {
  /// What solves the Newton systems.
  enum InnerSolver: String, Sendable, CaseIterable {
    /// A sparse LDLᵀ factor for every step.
    case direct
    /// GMRES, preconditioned with an older factor.
    case recycled
    /// Minimal residuals without any factor.
    case minres
    /// Randomized block projections.
    case sketch
  }

  struct Options: Sendable {
    var inner = InnerSolver.sketch
    /// Largest violation of an equation. Default 1e-8.
    var feasibility = 1e-8
    /// Largest entry of ∇ₓL, relative to `max(1, mean |λ| / 100)`. Default 1e-8.
    var optimality = 1e-8
    var iterationLimit = 1000
    var seed: UInt64 = 1
    /// Largest entry of a gradient at the start, by scaling. Default 100.
    var largestGradient = 100.0
    /// First η₁. Default 1.
    var penalty = 1.0
    /// First η₂. Default 0.1.
    var proximity = 0.1
    /// The step from one pair (η₁, η₂) to the next is (ν² η₁, η₂ / ν). Default 1.5.
    var growth = 1.5
    /// η₁ is not raised above this. Default 1e12.
    var penaltyLimit = 1e12
    /// η₁ and η₂ start again when the residual has fallen to this share of where they last did. Default 0.5.
    var milestone = 0.5
    /// Share of the slope that a step must achieve. Default 0.1.
    var armijo = 0.1
    /// The shortest step. Default 1e-10.
    var shortestStep = 1e-10
    /// Newton systems are solved to `min(accuracy, √‖(∇ₓL, c)‖)`, relative. Default 0.1.
    var accuracy = 0.1
    /// Times the smaller of ‖∇ₓL‖ and ‖c‖ over their joint norm, or this if it is larger. Default 0.01.
    var leastShare = 0.01
    /// A direction that is no descent is computed again with its tolerance times this. Default 0.01.
    var tightening = 0.01
    /// How often. Default 3.
    var tighteningLimit = 3
    /// The first shift of the Hessian, times its largest entry. Default 1e-4.
    var shift = 1e-4
    /// Directions along the equations with less curvature than this times the largest entry of B need a shift. Default
    /// 1e-8.
    var leastCurvature = 1e-8
    /// The first diagonal in place of the zero block where G is nearly singular. Default 1e-6.
    var dualShift = 1e-6
    /// The Hessian is not shifted by more than this times its largest entry. Default 1e10.
    var largestShift = 1e10
    /// A system whose relative residual stays above this is taken for one without solution. Default 0.5.
    var largestResidual = 0.5
    /// Relative residual of the systems that look for negative curvature at a stationary point. Default 1e-3.
    var probeAccuracy = 1e-3
    /// Curvature along the equations below this, times the largest entry of the Hessian, negative, is none of a minimum.
    /// Default 1e-6.
    var negativeCurvature = 1e-6
    /// Shorter and shorter steps away from such a point. Default 10.
    var escapeHalvings = 10
    /// How often a point that is stationary but no minimum is left. Default 5.
    var escapeLimit = 5
    /// Least-squares multipliers larger than this are not started from, and multipliers don't grow by more than this
    /// factor, or above this, in one step. Default 1e3.
    var largestMultiplier = 1e3
    /// An objective below this at a feasible point is without bound. Default -1e20.
    var objectiveLimit = -1e20
    /// Phases that reduce violations only. Default 5.
    var feasibilityPhases = 5
    /// The equations can't be improved where `‖Gᵀc‖ <= stationary ‖G‖ ‖c‖`, with ‖G‖ there or at the start. Default 1e-6.
    var stationary = 1e-6
    var projections = BlockProjections.Options()
  }

  enum Ending { case converged, locallyInfeasible, unbounded, stalled, iterationLimit, stopped, notFinite }

  let options: Options
  let context: SolveContext
  let problem: EqualityProblem
  let matrix: NewtonMatrix
  let inner: any NewtonSystemSolver
  let merit: ExactMerit
  /// The present point and the one that is tried.
  var current: EqualityPoint
  var trial: EqualityPoint
  let hessian: Vector
  let direction: Vector
  let rightHandSide: Vector
  let product: Vector
  let probe: Vector
  let tangent: Vector
  var iterations = 0
  /// The shift of the last step.
  private var lastShift = 0.0
  /// Whether the last step was a full one without shift: then curvature is taken for positive.
  private var isTrusted = false
  /// Lengths of the steps taken, for tests of fast convergence.
  private(set) var stepLengths: [Double] = []
  var random: SplitMix64
  /// η₂ at a fresh start: lower where a point had to be left.
  var startProximity: Double
  /// Iterations of feasibility phases among all.
  var feasibilityIterations = 0

  init(_ form: NonlinearForm, options: Options = Options(), context: SolveContext = SolveContext()) {
    self.options = options
    self.context = context
    problem = EqualityProblem(form)
    matrix = NewtonMatrix(problem)
    switch options.inner {
    case .direct: inner = DirectNewtonSolver(problem, matrix)
    case .recycled: inner = RecycledFactorSolver(problem, matrix)
    case .minres: inner = MinimalResidualSolver(matrix)
    case .sketch: inner = SketchingSolver(problem, matrix, options: options.projections, seed: options.seed)
    }
    merit = ExactMerit(problem, penalty: options.penalty, proximity: options.proximity)
    current = EqualityPoint(problem)
    trial = EqualityPoint(problem)
    hessian = Vector(count: problem.hessianPattern.entryCount)
    direction = Vector(count: matrix.order)
    rightHandSide = Vector(count: matrix.order)
    product = Vector(count: matrix.order)
    probe = Vector(count: matrix.order)
    tangent = Vector(count: matrix.order)
    random = SplitMix64(seed: options.seed)
    startProximity = options.proximity
    for j in 0..<problem.n { current.x[j] = form.start[j] }
    startDuals = form.startDuals
  }

  private let startDuals: [Double]
  /// ‖G‖ at the start, where gradients vanish at the least violation.
  private(set) var startSteepness = 0.0

  // MARK: - Measures

  /// The largest violation of an equation.
  var violation: Double { problem.worstViolation(current).violation }

  /// The largest entry of ∇ₓL, relative to the multipliers; both without scaling.
  var stationarity: Double {
    var mean = 0.0
    for i in 0..<problem.m { mean += abs(current.multipliers[i] * problem.rowScales[i]) / problem.objectiveScale }
    mean /= Double(max(1, problem.m))
    return VectorKernels.maxNorm(problem.n, current.lagrangian.pointer) / problem.objectiveScale / max(1, mean / 100)
  }

  /// f without scaling.
  var objective: Double { current.objective / problem.objectiveScale }

  private var isConverged: Bool { violation <= options.feasibility && stationarity <= options.optimality }

  // MARK: - The method

  func run() -> Ending {
    guard problem.evaluate(current) else { return .notFinite }
    problem.scale(at: current, largest: options.largestGradient)
    guard problem.evaluate(current) else { return .notFinite }
    startSteepness = VectorKernels.norm(current.jacobian.count, current.jacobian.pointer)
    startMultipliers()
    var phases = 0
    var escapes = 0
    var milestone = current.residualSquare.squareRoot()
    while true {
      report()
      if isConverged {
        if escapes == options.escapeLimit || !escape() { return .converged }
        escapes += 1
        milestone = current.residualSquare.squareRoot()
      }
      if objective < options.objectiveLimit && violation <= options.feasibility { return .unbounded }
      if context.shouldStop { return .stopped }
      if iterations >= options.iterationLimit { return .iterationLimit }
      let residual = current.residualSquare.squareRoot()
      if residual <= options.milestone * milestone {
        milestone = residual
        merit.penalty = options.penalty
        merit.proximity = startProximity
      }
      iterations += 1
      if newtonStep() { continue }
      if violation <= options.feasibility || phases == options.feasibilityPhases { return .stalled }
      phases += 1
      switch feasibilityPhase() {
      case .feasible:
        estimateMultipliers()
        milestone = current.residualSquare.squareRoot()
        merit.penalty = options.penalty
        merit.proximity = startProximity
      case .stationary: return .locallyInfeasible
      case .stalled: return .stalled
      case .stopped: return .stopped
      case .iterationLimit: return .iterationLimit
      }
    }
  }

  func report() {
    context.report(
      .iteration(
        count: iterations, objective: objective, primalInfeasibility: violation, dualInfeasibility: stationarity,
        seconds: context.deadline.elapsed))
  }

  /// Given multipliers, or those of least squares.
  private func startMultipliers() {
    if startDuals.count == problem.m && startDuals.allSatisfy(\.isFinite) {
      for i in 0..<problem.m where problem.rowScales[i] > 0 {
        current.multipliers[i] = -startDuals[i] * problem.objectiveScale / problem.rowScales[i]
      }
      problem.updateLagrangian(current)
    } else {
      estimateMultipliers()
    }
  }

  /// λ that minimizes ‖∇ₓL‖, or 0 where it is large: the lower half of the solution of `[I Gᵀ; G 0] (w, λ) = (-∇f, 0)`.
  func estimateMultipliers() {
    let (n, m) = (problem.n, problem.m)
    current.multipliers.fill(0)
    if m > 0 {
      matrix.assemble(hessian: nil, jacobian: current.jacobian, shift: 1)
      _ = inner.prepare(matrix)
      rightHandSide.fill(0)
      for j in 0..<n { rightHandSide[j] = -current.gradient[j] }
      _ = inner.solve(matrix, rightHandSide.pointer, into: direction.pointer, tolerance: options.tightening)
      let size = VectorKernels.maxNorm(m, direction.pointer + n)
      if size <= options.largestMultiplier {
        for i in 0..<m { current.multipliers[i] = direction[n + i] }
      }
    }
    problem.updateLagrangian(current)
  }

  /// One Newton step with line search.
  /// - Returns: false when there is no direction of descent or no step along it.
  private func newtonStep() -> Bool {
    let (n, m) = (problem.n, problem.m)
    problem.hessian(current, objective: 1, multipliers: current.multipliers, into: hessian)
    if !VectorKernels.maxNorm(hessian.count, hessian.pointer).isFinite { return false }
    merit.prepare(current, hessian: hessian)
    for j in 0..<n { rightHandSide[j] = -current.lagrangian[j] }
    for i in 0..<m { rightHandSide[n + i] = -current.constraints[i] }
    matrix.assemble(hessian: hessian, jacobian: current.jacobian, shift: 0)
    guard findDirection() else { return false }
    return search()
  }

  /// A direction of descent of the merit function, with the shifts, the accuracy, η₁ and η₂ that it takes.
  private func findDirection() -> Bool {
    let size = max(1e-8, matrix.largestCurvature)
    let square = current.residualSquare
    var shift = 0.0, dual = 0.0
    while shift <= options.largestShift * size {
      matrix.setShift(shift, dual: dual)
      switch direct(inner.prepare(matrix), square) {
      case .descends:
        lastShift = shift
        return true
      case .needsDualShift:
        dual = dual == 0 ? options.dualShift : 100 * dual
        if dual > 100 { return false }
      case .needsShift:
        let first = lastShift > 0 ? min(lastShift / 3, size) : options.shift * size
        shift = shift == 0 ? first : shift * (lastShift == 0 ? 100 : 8)
      }
      if context.shouldStop { return false }
    }
    return false
  }

  private enum Directing { case descends, needsShift, needsDualShift }

  /// The direction for the present shifts.
  private func direct(_ curvature: KernelCurvature, _ square: Double) -> Directing {
    if curvature == .notPositive { return .needsShift }
    let (n, m) = (problem.n, problem.m)
    var isTrusted = curvature == .positive || isTrusted
    let largest = options.largestMultiplier * max(1, VectorKernels.maxNorm(m, current.multipliers.pointer))
    // The smaller of the two parts of the residual must not drown in the error of the larger one.
    let part = min(VectorKernels.norm(n, current.lagrangian.pointer), current.constraintSquare.squareRoot())
    let share = max(options.leastShare, part / square.squareRoot())
    var tolerance = share * min(options.accuracy, square.squareRoot().squareRoot())
    for _ in 0...options.tighteningLimit {
      let outcome = inner.solve(matrix, rightHandSide.pointer, into: direction.pointer, tolerance: tolerance)
      // Equations that contradict each other to first order have no step, or one of huge multipliers.
      if !(outcome.residual <= options.largestResidual) { return .needsDualShift }
      if !(VectorKernels.maxNorm(m, direction.pointer + n) <= largest) { return .needsDualShift }
      let slope = merit.slope(current, along: direction.pointer)
      let descends = merit.derivative(slope) <= -0.5 * merit.proximity * square
      if !(isTrusted && descends) && curvature == .unknown {
        if !hasTangentialCurvature() { return .needsShift }
        isTrusted = true
      }
      if descends || adjustMerit(slope, square) { return .descends }
      tolerance *= options.tightening
    }
    return .needsShift
  }

  /// Whether the part of the step along the equations, the solution for `(-∇ₓL, 0)`, has positive curvature.
  private func hasTangentialCurvature() -> Bool {
    let (n, m) = (problem.n, problem.m)
    for j in 0..<n { probe[j] = -current.lagrangian[j] }
    for i in 0..<m { probe[n + i] = 0 }
    _ = inner.solve(matrix, probe.pointer, into: tangent.pointer, tolerance: options.accuracy)
    return curvature(tangent) > options.leastCurvature * matrix.largestCurvature
  }

  /// `tᵀ B t / tᵀ t`.
  func curvature(_ t: Vector) -> Double {
    let n = problem.n
    let square = VectorKernels.dot(n, t.pointer, t.pointer)
    problem.multiplyHessian(hessian, t.pointer, into: product.pointer)
    return square == 0 ? .infinity : VectorKernels.dot(n, t.pointer, product.pointer) / square + matrix.shift
  }

  /// Changes η₁ and η₂ until the direction descends; leaves them where none will do.
  private func adjustMerit(_ slope: ExactMerit.Slope, _ square: Double) -> Bool {
    let (penalty, proximity) = (merit.penalty, merit.proximity)
    while merit.penalty <= options.penaltyLimit {
      if merit.derivative(slope) <= -0.5 * merit.proximity * square { return true }
      merit.penalty *= options.growth * options.growth
      merit.proximity /= options.growth
    }
    (merit.penalty, merit.proximity) = (penalty, proximity)
    return false
  }

  /// Halves the step until the merit function falls enough, and takes it.
  private func search() -> Bool {
    let before = merit.value(current)
    let derivative = merit.derivative(merit.slope(current, along: direction.pointer))
    let noise = 10 * Double.ulpOfOne * abs(before)
    var step = 1.0
    while step >= options.shortestStep {
      setTrial(step)
      if problem.evaluate(trial) && merit.value(trial) <= before + options.armijo * step * derivative + noise {
        swap(&current, &trial)
        stepLengths.append(step)
        isTrusted = step == 1 && matrix.shift == 0
        return true
      }
      if context.shouldStop { return true }
      step *= 0.5
    }
    return false
  }

  /// The trial point a step along the direction, in x and λ.
  private func setTrial(_ step: Double) {
    let (n, m) = (problem.n, problem.m)
    for j in 0..<n { trial.x[j] = current.x[j] + step * direction[j] }
    for i in 0..<m { trial.multipliers[i] = current.multipliers[i] + step * direction[n + i] }
  }
}
