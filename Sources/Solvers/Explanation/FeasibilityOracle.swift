import Constraints

/// Answers whether some of a model's requirements can hold together, by cheap checks first and then by a solve of the
/// model without objective and without the other requirements.
///
/// Every solver serves, since nothing but feasibility is asked of it. Where it gives multipliers with "infeasible", they
/// tell which requirements the proof leans on.
struct FeasibilityOracle {
  enum Answer {
    /// With a point that satisfies them.
    case feasible([Double])
    /// With some of them that already contradict each other.
    case infeasible(core: [Requirement], Conflict.Evidence)
    /// A limit or the arithmetic ended the solve; counts as feasible, so that nothing is left out wrongly.
    case undecided
  }

  let model: Model
  let solving: SolveOptions
  let context: SolveContext
  /// Seconds for one check.
  let checkLimit: Double
  private(set) var checkCount = 0
  private(set) var undecidedCount = 0

  init(_ model: Model, solving: SolveOptions, context: SolveContext, checkLimit: Double) {
    self.model = model
    self.context = context
    self.checkLimit = checkLimit
    var solving = solving
    solving.solutionLimit = nil
    solving.duals = false
    solving.crossover = false
    self.solving = solving
  }

  var shouldStop: Bool { context.shouldStop }

  /// Whether the requirements can hold together.
  /// - Throws: ``SolverError/refused(_:)`` when no solver takes the model.
  /// - Parameter withoutCheckLimit: whether only the limit of the whole work ends the check.
  mutating func check(_ requirements: [Requirement], withoutCheckLimit: Bool = false) throws(SolverError) -> Answer {
    if shouldStop { return .undecided }
    checkCount += 1
    let part = model.keeping(requirements)
    if let core = contradiction(in: part) { return .infeasible(core: core, .propagation) }
    let solution: Solution
    do throws(SolverError) { solution = try solve(part.model, withoutCheckLimit ? .infinity : checkLimit) } catch {
      if case .refused = error {
        // A part may be refused where the whole is not: a rewriting may take its big numbers from a bound left out.
        if withoutCheckLimit || requirements.count == model.requirements.count { throw error }
        if let point = feasiblePoint(boxing: part.model) { return .feasible(point) }
      }
      undecidedCount += 1
      return .undecided
    }
    switch solution.outcome {
    case .optimal, .feasible, .locallyOptimal, .unbounded:
      if solution.hasPoint { return .feasible(solution.values) }
    case .infeasible, .infeasibleOrUnbounded:
      if case .farkas(let rows, let general) = solution.certificate,
        let core = CertificateSupport.core(rows: rows, general: general, of: part)
      {
        return .infeasible(core: core, .certificate)
      }
      if let core = try elasticCore(part) { return .infeasible(core: core, .certificate) }
      // Without objective nothing is unbounded.
      return .infeasible(core: requirements, .search)
    case .locallyInfeasible: return .infeasible(core: requirements, .local)
    case .unknown:
      if !solution.termination.reason.isLimit, solution.termination.reason != .interrupted,
        let core = try elasticCore(part)
      {
        return .infeasible(core: core, .certificate)
      }
    }
    undecidedCount += 1
    return .undecided
  }

  /// How many times the size of a bound that was left out the variable may be, where a rewriting needs some bound.
  static let boxReach = 1e3

  /// A point of a part with wide bounds in place of those left out: it satisfies the part itself too.
  private func feasiblePoint(boxing part: Model) -> [Double]? {
    var boxed = part
    boxed.boundTypedVariables(like: model, reach: FeasibilityOracle.boxReach)
    guard let solution = try? solve(boxed, checkLimit), solution.primalStatus == .feasible else { return nil }
    return solution.values
  }

  /// Requirements among those of a part that bounds and simple consequences show to contradict each other.
  private func contradiction(in part: Model.Part) -> [Requirement]? {
    var implications = Implications(part.model)
    guard let contradiction = implications.contradiction() else { return nil }
    return contradiction.requirements.compactMap { part.original($0) }
  }

  /// Solves a model within the limits of the work and `limit` seconds.
  func solve(_ part: Model, _ limit: Double, presolve: Bool = true) throws(SolverError) -> Solution {
    var options = solving
    options.presolve = solving.presolve && presolve
    let seconds = min(limit, context.deadline.remaining)
    options.timeLimit = seconds.isFinite ? .milliseconds(Int64((seconds * 1000).rounded(.up))) : nil
    return try SolvePipeline(options: options, cancellation: context.cancellation).solve(part)
  }

  /// The core by the duals of the elastic problem: multipliers that do not depend on how a solver states infeasibility.
  /// Nil when they do not prove it.
  private func elasticCore(_ part: Model.Part) throws(SolverError) -> [Requirement]? {
    CertificateSupport.core(rows: try elasticDuals(part), general: [], of: part)
  }

  /// Multipliers of the rows from the problem that minimizes the weighted sum of all violations of the rows; none where
  /// there are other constraints or the solve fails.
  private func elasticDuals(_ part: Model.Part) throws(SolverError) -> [Double] {
    let model = part.model
    guard model.generalConstraints.isEmpty, !model.domains.contains(where: \.isSemi), !shouldStop else { return [] }
    let sides = model.requirements.filter { $0.constraint != nil }
    var relaxed = model.relaxing(sides)
    relaxed.model.relaxIntegrality()
    var terms: [LinearTerm] = []
    for (side, change) in zip(sides, relaxed.changes) {
      guard let change, case .row(let i)? = side.constraint else { continue }
      let size = model.rows.range(i).reduce(0) { max($0, abs(model.rows.values[$1])) }
      terms.append(LinearTerm(size > 0 ? 1 / size : 1, change.index))
    }
    relaxed.model.setObjective(.minimize, ScalarFunction(linear: terms))
    let solution: Solution
    do throws(SolverError) { solution = try solve(relaxed.model, checkLimit) } catch {
      if case .refused = error { throw error }
      return []
    }
    return solution.rowDuals.count == model.rows.count ? solution.rowDuals : []
  }

  /// Requirements that multipliers of the model with its objective prove to contradict each other; nil when they do not.
  mutating func coreByObjective() throws(SolverError) -> [Requirement]? {
    guard let solution = try? solve(model, checkLimit), case .farkas(let rows, let general) = solution.certificate,
      solution.outcome == .infeasible
    else { return nil }
    let part = model.keeping(model.requirements)
    return CertificateSupport.core(
      rows: part.rows.map { rows[$0] }, general: general.isEmpty ? [] : part.general.map { general[$0] }, of: part)
  }

  /// The contradiction of requirements as sums, by the multipliers that a solver gives or those of the elastic problem; nil
  /// when neither proves it.
  mutating func proof(of requirements: [Requirement]) throws(SolverError) -> FarkasProof? {
    let part = model.keeping(requirements)
    if part.model.rows.count == 0 && part.model.generalConstraints.isEmpty { return nil }
    do throws(SolverError) {
      // Presolve may see the contradiction without saying what it leans on.
      for presolve in solving.presolve ? [true, false] : [false] {
        let solution = try solve(part.model, checkLimit, presolve: presolve)
        if case .farkas(let rows, let general) = solution.certificate,
          let proof = FarkasProof(rows: rows, general: general, of: part)
        {
          return proof
        }
      }
      let duals = try elasticDuals(part)
      return FarkasProof(rows: duals, general: [], of: part)
    } catch {
      // Crossed bounds are refused before a solve; they need no sums.
      if case .refused = error { return nil }
      throw error
    }
  }
}
