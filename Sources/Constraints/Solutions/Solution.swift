/// The answer to one solve, in the variables of the model that was asked about.
public struct Solution: Sendable {
  /// What is known.
  public var outcome: OutcomeStatus
  /// How strongly.
  public var proof: Proof
  /// Why it ended.
  public var termination: Termination
  public var primalStatus: PointStatus
  public var dualStatus: PointStatus

  /// Sense of the objective that ``objective`` and ``bound`` are stated in.
  public var sense: ObjectiveSense
  /// The objective at ``values``, in the user's sense; nil without a point.
  public var objective: Double?
  /// No feasible point is better than this; nil when nothing is proved.
  public var bound: Double?

  /// The best point found: one value a variable. Empty without a point.
  public var values: [Double]
  /// Who found the point: the solver, or a heuristic by name.
  public var source: String

  /// Derivative of the optimal objective by the right-hand side of each linear row, in the user's sense; empty when
  /// there are none.
  public var rowDuals: [Double]
  /// Derivative of the optimal objective by the active bound of each variable, in the user's sense.
  public var reducedCosts: [Double]
  /// Multipliers of the constraints that are not linear rows: for each the derivative of the optimal objective by the
  /// active side of its interval, or one number a coordinate of its set, in the dual cone when minimizing and in its
  /// negative when maximizing. Empty when there are none.
  public var generalDuals: [[Double]]
  /// Why there are no duals, when there are none.
  public var dualReason: String?

  /// The basis at the end, for a warm start of the next solve.
  public var basis: Basis?
  /// Multipliers or direction that prove infeasibility or unboundedness.
  public var certificate: Certificate?
  /// Further points, best first; the first is ``values``.
  public var pool: [PooledPoint]
  /// What is known about the pool as a whole, in words; empty when none was asked for.
  public var poolDetail: String
  /// What became of the points to start from that were given.
  public var starts: [StartReport]

  public var statistics: Statistics
  /// Values of the model's parameters at the solve, and its tag, for evaluating expressions.
  var parameterValues: [Double] = []
  var modelTag: UInt32 = 0
  /// What the checker found; nil before it has looked.
  public var check: CheckReport?
  /// What was rewritten on the way to the solver.
  public var plan: [PlanStep]
  public var warnings: [Diagnostic]

  public init(
    outcome: OutcomeStatus, proof: Proof = .none, termination: Termination, sense: ObjectiveSense = .minimize
  ) {
    self.outcome = outcome
    self.proof = proof
    self.termination = termination
    self.sense = sense
    primalStatus = .none
    dualStatus = .none
    values = []
    source = ""
    rowDuals = []
    reducedCosts = []
    generalDuals = []
    pool = []
    poolDetail = ""
    starts = []
    statistics = Statistics()
    plan = []
    warnings = []
  }

  public var hasPoint: Bool { !values.isEmpty || primalStatus == .feasible || primalStatus == .nearlyFeasible }

  /// `|objective - bound| / max(1e-10, |objective|)`, infinite when either is missing.
  public var gap: Double {
    guard let objective, let bound else { return .infinity }
    if objective == bound { return 0 }
    return abs(objective - bound) / max(1e-10, abs(objective))
  }

  /// Outcome, objective, bound and check in one line.
  public var summary: String {
    var parts = [outcome.rawValue]
    if let objective { parts.append("objective \(objective.text)") }
    if let bound { parts.append("bound \(bound.text)") }
    switch check?.verdict {
    case .confirmed: parts.append("confirmed")
    case .refuted(let reason): parts.append("refuted: \(reason)")
    case .unchecked, nil: break
    }
    return parts.joined(separator: ", ")
  }

  /// The value of a variable.
  /// - Throws: ``MissingValue`` when the solve gave no point, with the status in the text.
  public func value(_ variable: Variable) throws(MissingValue) -> Double {
    guard variable.position < values.count, modelTag == 0 || variable.model == modelTag else {
      throw MissingValue(what: "a value", outcome: outcome, reason: termination.reason)
    }
    return values[variable.position]
  }

  /// The value of an expression of the model's variables.
  /// - Throws: ``MissingValue`` when the solve gave no point.
  public func value(_ expression: Expression) throws(MissingValue) -> Double {
    var arena = ExpressionArena()
    var model: UInt32 = 0
    var mixed = false
    let root = expression.node(in: &arena, model: &model, isMixed: &mixed)
    let isOurs = !mixed && (model == 0 || modelTag == 0 || model == modelTag)
    let last = arena.variables(in: root).last.map { Int($0) } ?? -1
    let lastParameter = arena.nodes.filter { $0.operation == .parameter }.map { Int($0.first) }.max() ?? -1
    guard isOurs, last < values.count, lastParameter < parameterValues.count else {
      throw MissingValue(what: "a value of the expression", outcome: outcome, reason: termination.reason)
    }
    return arena.values(at: values, parameters: parameterValues, roots: [root])[root.position]
  }

  /// The dual of a linear row: how the optimal objective changes with its right-hand side.
  /// - Throws: ``MissingValue`` when there are no duals or the constraint is not a linear row.
  public func dual(_ constraint: ConstraintReference) throws(MissingValue) -> Double {
    guard case .row(let i) = constraint, i < rowDuals.count else {
      throw MissingValue(what: "a dual", outcome: outcome, reason: termination.reason)
    }
    return rowDuals[i]
  }

  /// The reduced cost of a variable.
  /// - Throws: ``MissingValue`` when there are none.
  public func reducedCost(_ variable: Variable) throws(MissingValue) -> Double {
    guard variable.position < reducedCosts.count else {
      throw MissingValue(what: "a reduced cost", outcome: outcome, reason: termination.reason)
    }
    return reducedCosts[variable.position]
  }
}

/// A value was asked for that the solution does not have.
public struct MissingValue: Error, Sendable, CustomStringConvertible {
  public var what: String
  public var outcome: OutcomeStatus
  public var reason: TerminationReason

  public var description: String {
    "the solution has no such number (\(what)): the outcome is \(outcome.rawValue), the solve ended because: \(reason.rawValue)"
  }
}

/// A point of a solution pool.
public struct PooledPoint: Sendable {
  public var values: [Double]
  public var objective: Double
  public var source: String
  /// The largest violation of a bound or constraint that the checker found; nil when it has not looked.
  public var violation: Double?
  public init(values: [Double], objective: Double, source: String, violation: Double? = nil) {
    self.values = values
    self.objective = objective
    self.source = source
    self.violation = violation
  }
}

/// What became of a point to start from.
public struct StartReport: Sendable, Hashable {
  public enum Fate: String, Sendable {
    /// Taken as it is.
    case used
    /// Its values were kept and the others found.
    case completed
    /// Some of its values were changed.
    case repaired
    /// No feasible point was made of it.
    case rejected
  }

  public var name: String
  public var fate: Fate
  /// What was done or why not, in words.
  public var reason: String
  /// The objective of the point that came of it.
  public var objective: Double?

  public init(name: String, fate: Fate, reason: String, objective: Double? = nil) {
    self.name = name
    self.fate = fate
    self.reason = reason
    self.objective = objective
  }

  /// One line without the name.
  public var text: String {
    var text = fate.rawValue
    if !reason.isEmpty { text += ": \(reason)" }
    if let objective { text += ", objective \(objective.text)" }
    return text
  }
}

/// Which variables and rows are basic, and at which bound the others sit.
public struct Basis: Sendable, Hashable {
  public enum Status: UInt8, Sendable { case basic, atLower, atUpper, free, fixed }
  public var columns: [Status]
  public var rows: [Status]
  public init(columns: [Status], rows: [Status]) {
    self.columns = columns
    self.rows = rows
  }
}

/// Numbers that prove a claim about the model on their own.
public enum Certificate: Sendable {
  /// Multipliers of the linear rows, positive for a lower side and negative for an upper side, and for constraints in
  /// cones one list each with multipliers of the coordinates, in the dual cone; none for a model of rows alone. Adding
  /// everything up with them gives one inequality that the bounds of the variables contradict.
  case farkas(rows: [Double], general: [[Double]] = [])
  /// From any feasible point the model stays feasible in this direction while the objective improves without limit.
  case ray(direction: [Double])
}

/// One rewriting on the way from the model to the solver.
public struct PlanStep: Sendable, Hashable {
  public var constraint: String
  public var bridge: String
  public var detail: String
  /// What it added to the form: rows, columns, whole columns among them, cones, and rows of those.
  public var rows = 0
  public var columns = 0
  public var integers = 0
  public var cones = 0
  public var coneRows = 0

  public init(constraint: String, bridge: String, detail: String = "") {
    self.constraint = constraint
    self.bridge = bridge
    self.detail = detail
  }

  /// What was added, in words, such as `2 rows, 1 column (whole)`; empty for nothing.
  public var cost: String {
    func count(_ n: Int, _ word: String) -> String { "\(n) \(word)\(n == 1 ? "" : "s")" }
    var parts: [String] = []
    if rows > 0 { parts.append(count(rows, "row")) }
    if columns > 0 {
      parts.append(count(columns, "column") + (integers > 0 ? integers == columns ? " (whole)" : " (\(integers) whole)" : ""))
    }
    if cones > 0 { parts.append("\(count(cones, "cone")) of \(count(coneRows, "row"))") }
    return parts.joined(separator: ", ")
  }
}

/// Work done by a solve.
public struct Statistics: Sendable {
  public var solver = ""
  public var iterations = 0
  public var nodes = 0
  /// Evaluations of a nonlinear objective.
  public var functionEvaluations = 0
  /// Rows, columns and entries that the solver worked on.
  public var rows = 0
  public var columns = 0
  public var entries = 0
  public var heuristics: [HeuristicStatistics] = []
  public init() {}
}

/// How a heuristic did in one solve.
public struct HeuristicStatistics: Sendable, Hashable {
  public var name: String
  public var calls = 0
  /// Points it proposed.
  public var proposed = 0
  /// Proposals that were feasible in the model, after completion.
  public var feasible = 0
  /// Proposals that became the incumbent.
  public var improved = 0
  public var seconds = 0.0
  /// How often it would have been asked but had used up its time.
  public var skipped = 0
  /// Why it was switched off, if it was.
  public var disabled: String?
  public init(name: String) { self.name = name }
}
