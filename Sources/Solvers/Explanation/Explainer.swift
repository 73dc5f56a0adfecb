import Constraints

/// Says why a model has no feasible point, or no optimum, in terms of its own names.
///
/// ```swift
/// let explanation = try Explainer().explain(model)
/// for conflict in explanation.conflicts {
///   print(conflict.members.map { model.text(of: $0) })
/// }
/// ```
///
/// Infeasible models: requirements that contradict each other and none of which can be left out, the contradiction as
/// sums, and the least change of limits that makes the model feasible. Unbounded ones: the way without end, and the bounds
/// that would stop it. Only feasibility is asked of the solver, so every solver serves.
///
/// J. W. Chinneck, "Feasibility and Infeasibility in Optimization: Algorithms and Computational Methods" (2008), chapters
/// 6 and 7.
public struct Explainer: Sendable {
  public struct Options: Sendable {
    /// Wall-clock limit of the whole explanation; nil for none.
    public var timeLimit: Duration?
    /// Seconds that one feasibility problem may take; one that takes longer counts as feasible, and the conflict is then
    /// not called irreducible.
    public var checkLimit = 10.0
    /// Whether to look for all conflicts and corrections.
    public var findsAll = false
    /// How many conflicts and corrections to look for at most, each, with ``findsAll``.
    public var conflictLimit = 20
    /// What the relaxation makes small; nil for no relaxation.
    public var goal: Relaxation.Goal? = .sum
    /// Names of constraints and variables that must stay as they are; `*` stands for any characters.
    public var locks: [String] = []
    /// How many times dearer than others a change of these constraints and variables is; `*` stands for any characters.
    /// The last that fits counts. Without, moving a limit b by one costs 1 / max(1, |b|).
    public var weights: [(name: String, factor: Double)] = []
    /// Whether relaxations may move bounds of variables too. Without, they do so only where nothing else helps.
    public var relaxesBounds = false
    /// For how many members of the conflict it is found by how much the member alone must move.
    public var alternativeLimit = 10
    public init() {}
  }

  public var options: Options
  /// How feasibility problems are solved.
  public var solving: SolveOptions
  public var cancellation: Cancellation
  /// Told about the progress of the work.
  public var report: @Sendable (Progress) -> Void

  /// Where the work stands.
  public struct Progress: Sendable {
    /// What is being done, in words.
    public var phase: String
    /// Requirements that may still be left out of the conflict; nil outside of its search.
    public var candidates: Int?
    public var checks: Int
    public var seconds: Double
  }

  public init(
    options: Options = Options(), solving: SolveOptions = SolveOptions(), cancellation: Cancellation = Cancellation(),
    report: @escaping @Sendable (Progress) -> Void = { _ in }
  ) {
    self.options = options
    self.solving = solving
    self.cancellation = cancellation
    self.report = report
  }

  /// Explains on the calling thread.
  ///
  /// Stopped by the limit or by cancellation, it returns what it knows: the smallest conflict so far.
  /// - Throws: ``SolverError/refused(_:)`` when the model is wrong in other ways than by crossed bounds, or no solver takes
  ///   it.
  /// - Complexity: for a conflict of k among n requirements about k + log n solves without objective where the solver
  ///   gives multipliers, O(k log n) where not.
  public func explain(_ model: Model) throws(SolverError) -> Explanation {
    var work = try ExplanationWork(self, model)
    return try work.run()
  }
}

/// One run of an ``Explainer``.
struct ExplanationWork {
  let explainer: Explainer
  let model: Model
  let deadline: Deadline
  let context: SolveContext
  let requirements: [Requirement]
  var oracle: FeasibilityOracle
  var explanation: Explanation

  init(_ explainer: Explainer, _ model: Model) throws(SolverError) {
    let diagnostics = model.validate()
    // Sides that cross are something to explain, not a reason to refuse.
    if diagnostics.contains(where: { $0.severity == .error && $0.code != .crossedBounds }) { throw .refused(diagnostics) }
    self.explainer = explainer
    self.model = model
    deadline = Deadline(after: explainer.options.timeLimit)
    context = SolveContext(deadline: deadline, cancellation: explainer.cancellation)
    requirements = model.requirements
    oracle = FeasibilityOracle(
      model, solving: explainer.solving, context: context, checkLimit: explainer.options.checkLimit)
    explanation = Explanation(.unknown, Termination(.proved))
    explanation.warnings = diagnostics.filter { $0.severity == .warning }
  }

  func note(_ phase: String, candidates: Int? = nil) {
    explainer.report(
      Explainer.Progress(phase: phase, candidates: candidates, checks: oracle.checkCount, seconds: deadline.elapsed))
  }

  mutating func run() throws(SolverError) -> Explanation {
    note("checking feasibility")
    if let (core, evidence) = try contradictingCore() {
      explanation.verdict = evidence == .local ? .locallyInfeasible : .infeasible
      var reduction = ConflictReduction(core: core, evidence: evidence)
      try reduce(&reduction)
      explanation.conflicts = [try conflict(reduction)]
      if explainer.options.findsAll && !oracle.shouldStop { try enumerate() }
      if let goal = explainer.options.goal, !oracle.shouldStop { try relax(goal) }
    }
    finish()
    return explanation
  }

  /// Requirements that contradict each other, the continuous relaxation's where these do; nil when all can hold together
  /// or it is not known. Sets the verdict in the latter cases.
  private mutating func contradictingCore() throws(SolverError) -> ([Requirement], Conflict.Evidence)? {
    let continuous = requirements.filter { $0.side != .whole }
    var answer = try oracle.check(continuous)
    if case .infeasible(let core, let evidence) = answer { return (core, evidence) }
    if continuous.count < requirements.count {
      note("checking feasibility with whole values")
      answer = try oracle.check(requirements, withoutCheckLimit: true)
    }
    switch answer {
    case .infeasible(let core, let evidence): return (core, evidence)
    case .feasible(let point):
      if try explainNearlyFeasible(point) { return nil }
      explanation.verdict = .feasible
      explanation.point = point
      try examineObjective()
    case .undecided: explanation.verdict = .unknown
    }
    return nil
  }

  /// A linear model may have points within the tolerance and a proof that none satisfies it exactly: then the proof is the
  /// explanation, and nothing says which of its members are needed, since within the tolerance all of them hold together.
  private mutating func explainNearlyFeasible(_ point: [Double]) throws(SolverError) -> Bool {
    let check = Checker().check(point: point, of: model)
    guard check.largestAbsolute > 0, model.generalConstraints.isEmpty, !model.objectives.isEmpty,
      !model.domains.contains(where: { $0 != .real }), let core = try oracle.coreByObjective()
    else { return false }
    explanation.verdict = .infeasible
    explanation.conflicts = [try conflict(ConflictReduction(core: core, evidence: .certificate))]
    explanation.relaxationReason =
      "a point exists that violates limits by no more than \(check.largestAbsolute.rounded(toSignificant: 2).text), which solvers accept"
    return true
  }

  mutating func reduce(_ reduction: inout ConflictReduction, background: [Requirement] = []) throws(SolverError) {
    let work = self
    let before = oracle.checkCount
    var done = 0
    try reduction.run(&oracle, model: model, background: background) { open in
      done += 1
      work.explainer.report(
        Explainer.Progress(
          phase: "reducing the conflict", candidates: open, checks: before + done, seconds: work.deadline.elapsed))
    }
  }

  /// The members of a reduction with the story of their contradiction.
  mutating func conflict(_ reduction: ConflictReduction) throws(SolverError) -> Conflict {
    let kept = Set(reduction.members)
    let members = requirements.filter { kept.contains($0) }
    let isReduced = reduction.isProved && reduction.candidates.isEmpty
    var conflict = Conflict(
      members: members, isIrreducible: isReduced && reduction.evidence != .local ? true : nil, evidence: reduction.evidence)
    let part = model.keeping(members, names: true)
    var implications = Implications(part.model)
    if let contradiction = implications.contradiction() {
      conflict.evidence = max(conflict.evidence, .propagation)
      conflict.chain = ImplicationText(part.model, implications, contradiction).lines
    }
    if !conflict.needsIntegrality && members.allSatisfy({ isConvex($0) }) {
      conflict.proof = try oracle.proof(of: members)
      if conflict.proof != nil { conflict.evidence = .certificate }
    }
    return conflict
  }

  /// Whether a requirement is linear or a cone's, so that multipliers can speak of it.
  private func isConvex(_ requirement: Requirement) -> Bool {
    switch requirement {
    case .generalLower, .generalUpper: false
    case .general(let i):
      model.generalConstraints[i].functions.allSatisfy { $0.kind <= .linear }
    default: true
    }
  }

  private mutating func finish() {
    let reason: TerminationReason =
      explainer.cancellation.isCancelled ? .interrupted
      : deadline.isOver ? .timeLimit : oracle.undecidedCount > 0 && explanation.verdict == .unknown ? .stalled : .proved
    explanation.termination = Termination(reason, seconds: deadline.elapsed)
    explanation.checkCount = oracle.checkCount
    explanation.undecidedCount = oracle.undecidedCount
  }
}
