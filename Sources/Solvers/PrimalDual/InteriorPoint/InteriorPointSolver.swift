import Constraints
import LinearAlgebra

/// The interior-point method as a solver: linear, convex quadratic and conic forms to high accuracy.
public struct InteriorPointSolver: Solver {
  public let name = "interior"
  public let version = "swift-solve"
  public let summary = "primal-dual interior point on the homogeneous embedding: linear, convex quadratic and conic models"
  public let capabilities = Capabilities(
    linear: true, convexQuadratic: true, conic: true, features: [.duals, .certificates, .cancellation], accuracy: 1e-9)

  public init() {}

  public func solve(
    _ form: Form, options: SolveOptions, context: SolveContext
  ) throws(SolverError) -> FormOutcome {
    let settings = settings(options)
    let outcome = try PresolvedSolve.run(form, options: options, context: context) { reduced in
      let (outcome, ending, multipliers) = InteriorPointSolver.run(reduced, settings, context)
      if ending == .dualInfeasible { return InteriorPointSolver.withPoint(outcome, reduced, settings, context) }
      if options.crossover && reduced.isLinear {
        return InteriorPointSolver.vertex(outcome, multipliers, reduced.linear, options, context)
      }
      return outcome
    }
    guard options.crossover && options.presolve, case .linear(let linear) = form else { return outcome }
    return VertexRecovery.confirmed(outcome, of: linear, options: options, context: context)
  }

  /// The answer taken on to a vertex, also from where the method stalled; the answer as it is where that fails.
  private static func vertex(
    _ outcome: FormOutcome, _ multipliers: [Double], _ form: LinearForm, _ options: SolveOptions, _ context: SolveContext
  ) -> FormOutcome {
    var start = outcome
    if outcome.outcome == .unknown && (outcome.termination.reason == .stalled || outcome.termination.reason == .iterationLimit) {
      guard outcome.point.allSatisfy(\.isFinite), multipliers.allSatisfy(\.isFinite) else { return outcome }
      start.rowDuals = multipliers
    } else if outcome.outcome != .optimal {
      return outcome
    }
    let result = VertexRecovery.run(start, of: form, options: options, context: context)
    return result.basis == nil ? outcome : result
  }

  /// The method's own options.
  func settings(_ options: SolveOptions) -> InteriorPoint.Options {
    var settings = InteriorPoint.Options()
    settings.primal = options.feasibilityTolerance ?? capabilities.accuracy
    settings.dual = options.optimalityTolerance ?? capabilities.accuracy
    settings.gap = settings.dual
    settings.iterationLimit = options.iterationLimit ?? settings.iterationLimit
    settings.kkt.threads = options.threads ?? settings.kkt.threads
    // Beyond the machine's memory a factorization would be killed rather than fail.
    settings.kkt.memoryLimit = options.memoryLimit.map { 1e6 * Double($0) } ?? 0.8 * Machine.memory
    return settings
  }

  /// Arranges the cones of a form and solves it.
  private static func run(
    _ form: ConicForm, _ settings: InteriorPoint.Options, _ context: SolveContext
  ) -> (outcome: FormOutcome, ending: InteriorPoint.Ending, rowMultipliers: [Double]) {
    let arrangement = ConeArrangement(form)
    let problem = InteriorPointProblem(
      arrangement.form, eliminatedConeCount: arrangement.eliminatedCount, ruizPasses: settings.ruizPasses)
    var method = InteriorPoint(problem, options: settings, context: context)
    let ending = method.run()
    let e = method.embedding
    let multipliers = problem.liftMultipliers(e.multipliers.pointer, costScale: problem.costScale * e.tau).rows
    return (arrangement.restored(outcome(method, ending, arrangement.form)), ending, multipliers)
  }

  /// A form with a ray is unbounded only if it is feasible: looks for a point, with the objective left out.
  private static func withPoint(
    _ outcome: FormOutcome, _ form: ConicForm, _ settings: InteriorPoint.Options, _ context: SolveContext
  ) -> FormOutcome {
    let (answer, ending, _) = run(form.withoutObjective, settings, context)
    var feasibility = answer
    if ending == .primalInfeasible { return feasibility }
    guard ending == .optimal || ending == .nearlyOptimal else {
      feasibility = outcome
      feasibility.outcome = .infeasibleOrUnbounded
      return feasibility
    }
    var result = outcome
    result.point = feasibility.point
    result.source = feasibility.source
    result.objective = form.value(at: feasibility.point)
    return result
  }

  public func openWorkspace(options: SolveOptions) -> any SolverWorkspace { FreshWorkspace(solver: self) }

  /// The iterate in the columns and rows of the form.
  private static func outcome(_ method: InteriorPoint, _ ending: InteriorPoint.Ending, _ form: ConicForm) -> FormOutcome {
    let (problem, e) = (method.problem, method.embedding)
    var result: FormOutcome
    switch ending {
    case .optimal, .nearlyOptimal:
      result = FormOutcome(.optimal, Termination(.converged))
      result.proof = .tolerance(method.measures.gap)
    case .primalInfeasible:
      result = FormOutcome(.infeasible, Termination(.proved))
      result.proof = .certificate
      if method.farkas.isEmpty {
        let multipliers = problem.liftMultipliers(e.multipliers.pointer, costScale: 1)
        result.farkas = multipliers.rows.map { $0 * form.linear.sense.sign }
        result.coneDuals = multipliers.cones.map { $0 * form.linear.sense.sign }
      } else {
        result.farkas = method.farkas
      }
    case .dualInfeasible:
      result = FormOutcome(.unbounded, Termination(.proved))
      result.proof = .certificate
      result.ray = method.direction.isEmpty ? problem.liftPoint(e.t.pointer, asDirection: true) : method.direction
    case .tooLarge:
      let detail = "the factor would have \(e.kkt.factorEntryCount) entries; --solver pdhg needs none"
      return FormOutcome(.unknown, Termination(.memoryLimit, detail: detail))
    case .stalled: result = FormOutcome(.unknown, Termination(.stalled))
    case .iterationLimit: result = FormOutcome(.unknown, Termination(.iterationLimit))
    case .stopped:
      result = FormOutcome(
        .unknown, Termination(method.context.cancellation.isCancelled ? .interrupted : .timeLimit))
    }
    if ending != .primalInfeasible && ending != .dualInfeasible {
      let scaled = Vector(count: e.t.count)
      VectorKernels.add(e.t.count, 1 / e.tau, e.t.pointer, to: scaled.pointer)
      result.point = problem.liftPoint(scaled.pointer)
      result.source = "interior point"
      result.objective = form.value(at: result.point)
      let isCutShort = ending == .stopped || ending == .iterationLimit
      if isCutShort && method.measures.primalResidual <= method.options.primal { result.outcome = .feasible }
      if ending == .optimal || ending == .nearlyOptimal {
        let multipliers = problem.liftMultipliers(e.multipliers.pointer, costScale: problem.costScale * e.tau)
        result.rowDuals = multipliers.rows
        result.coneDuals = multipliers.cones
        result.reducedCosts = form.reducedCosts(point: result.point, rowDuals: multipliers.rows, coneDuals: multipliers.cones)
      }
    }
    result.statistics.solver = "interior"
    result.statistics.iterations = method.iterations
    result.statistics.rows = problem.rowCount
    result.statistics.columns = problem.columnCount
    result.statistics.entries = problem.matrix.entryCount
    return result
  }
}
