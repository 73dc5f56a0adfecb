import Constraints

/// The step from a model to a nonlinear form: a column a variable, a row a linear row and a row each function between two
/// sides. Nothing is rewritten, so points and multipliers carry over unchanged but for the sign of a maximization.
public struct NonlinearReformulation: Sendable {
  public let form: NonlinearForm
  /// What the form's functions are made of.
  public let program: FunctionProgram
  /// What was put in the place of constraints.
  public let plan: [PlanStep]
  /// Whether rows stand for graphs without cycles, which points of the form satisfy to a tolerance only.
  let hasAcyclicGraphs: Bool
  /// -1 for a maximization, whose objective the form has negated.
  private let sign: Double
  private let rowCount: Int
  /// For each general constraint its number of functions.
  private let generalCounts: [Int]

  /// - Parameters:
  ///   - start: values to start from, one a variable, NaN for none; missing ones are those of the model, or the number
  ///     nearest to 0 within the bounds.
  ///   - threads: threads that one evaluation may use.
  ///   - acyclicity: the function that stands for a graph without cycles.
  /// - Throws: ``SolverError/refused(_:)`` naming the variables and constraints that are not continuous functions between
  ///   two sides.
  /// - Complexity: O(size of the model).
  public init(
    _ model: Model, start: [Double] = [], threads: Int = 1, acyclicity: AcyclicityFunction.Kind = .exponential
  ) throws(SolverError) {
    var problems: [Diagnostic] = []
    for j in 0..<model.variableCount where model.domains[j] != .real {
      problems.append(
        Diagnostic(
          .unsupported,
          "variable '\(model.variableNames[j])' is \(model.domains[j].name), and nonlinear functions that are not convex go with continuous variables only",
          mend: "make it continuous, or write the functions in convex form"))
      break
    }
    var functions: [ScalarFunction] = []
    var lower = model.rows.lower
    var upper = model.rows.upper
    var graphs: [AcyclicConstraint] = []
    var plan: [PlanStep] = []
    for (c, constraint) in model.generalConstraints.enumerated() {
      if let graph = AcyclicConstraint(model, at: c) {
        graphs.append(graph)
        var step = PlanStep(
          constraint: model.generalNames[c], bridge: "acyclic graph to a smooth function",
          detail: "\(acyclicity.words) of \(graph.nodeCount) nodes; then orders of the nodes, with zeros against them")
        step.rows = 1
        plan.append(step)
        continue
      }
      guard let sides = constraint.sides else {
        problems.append(NonlinearReformulation.unsupported(constraint, name: model.generalNames[c]))
        continue
      }
      functions += constraint.functions
      lower += sides.map(\.lower)
      upper += sides.map(\.upper)
    }
    if !problems.isEmpty { throw .refused(Array(problems.prefix(20))) }
    let sign = model.sense.sign
    let members = model.leadingObjectives
    let program = FunctionProgram(
      of: model,
      objective: members.map { (weight: $0.sense.sign * (members.count == 1 ? 1 : $0.weight), function: $0.function) },
      constraints: functions, threads: threads)
    let isLinear =
      [Bool](repeating: true, count: model.rows.count) + functions.map { $0.kind <= .linear }
    let base = NonlinearForm(
      columnLower: model.lower, columnUpper: model.upper, rowLower: lower, rowUpper: upper, isLinear: isLinear,
      start: NonlinearReformulation.start(model, start), makeEvaluator: { program.makeEvaluator() })
    form = graphs.isEmpty ? base : base.adding(graphs, acyclicity)
    hasAcyclicGraphs = !graphs.isEmpty
    self.plan = plan
    self.program = program
    self.sign = sign
    rowCount = model.rows.count
    generalCounts = model.generalConstraints.indices.map { c in
      graphs.contains { $0.position == c } ? 0 : model.generalConstraints[c].functions.count
    }
  }

  /// Why a function has no value at the start, if one has none.
  func undefinedStart(in model: Model) -> Diagnostic? {
    guard let found = program.makeEvaluator().findNonFinite(at: form.start) else { return nil }
    switch found.place {
    case .objective: return found.diagnostic(named: "")
    case .constraint(let i): return found.diagnostic(named: name(ofRow: i, in: model))
    }
  }

  /// The name of the constraint that a row of the form is or belongs to.
  private func name(ofRow i: Int, in model: Model) -> String {
    if i < rowCount { return model.rowNames[i] }
    var next = rowCount
    for (c, count) in generalCounts.enumerated() {
      next += count
      if i < next { return model.generalNames[c] }
    }
    return ""
  }

  /// The values that a solve starts from: those given, else those of the model, else the numbers nearest to 0 within the
  /// bounds.
  public static func start(_ model: Model, _ given: [Double] = []) -> [Double] {
    (0..<model.variableCount).map { j in
      let (low, high) = (model.lower[j], model.upper[j])
      var x = 0.0
      if j < model.starts.count, model.starts[j].isFinite { x = model.starts[j] }
      if j < given.count, given[j].isFinite { x = given[j] }
      return low <= high ? min(max(x, low), high) : x
    }
  }

  private static func unsupported(_ constraint: GeneralConstraint, name: String) -> Diagnostic {
    var set = "a set"
    if case .vector(_, let vectors) = constraint.body { set = type(of: vectors).name }
    return Diagnostic(
      .unsupported, "constraint '\(name)' is in the set \(set), which no solver of nonconvex functions takes",
      mend: "write it as functions between two sides")
  }

  /// The outcome of a solver in the variables and constraints of the model, not yet checked.
  public func solution(from outcome: FormOutcome, of model: Model) -> Solution {
    var solution = Solution(
      outcome: outcome.outcome, proof: outcome.proof, termination: outcome.termination, sense: model.sense)
    if !outcome.point.isEmpty || (model.variableCount == 0 && outcome.objective != nil) {
      solution.values = outcome.point
      solution.primalStatus = .feasible
      solution.source = outcome.source
      solution.objective = outcome.objective.map { sign * $0 }
    }
    let rows = form.rowCount
    if outcome.rowDuals.count == rows, outcome.reducedCosts.count == form.columnCount, solution.hasPoint {
      solution.rowDuals = outcome.rowDuals.prefix(rowCount).map { sign * $0 }
      solution.reducedCosts = outcome.reducedCosts.map { sign * $0 }
      var next = rowCount
      solution.generalDuals = generalCounts.map { count in
        defer { next += count }
        return outcome.rowDuals[next..<(next + count)].map { sign * $0 }
      }
      solution.dualStatus = .feasible
    } else {
      solution.dualReason = "the solve ended without multipliers"
    }
    solution.statistics = outcome.statistics
    return solution
  }
}
