import Constraints

/// Solves forms with separators by solvers that know none: again and again, with the rows that the last answer violates.
///
/// For whole columns first their relaxation, with rows that tighten it as well, then the form itself with required rows
/// alone. G. Dantzig, R. Fulkerson, S. Johnson, "Solution of a large-scale traveling-salesman problem", Journal of the
/// Operations Research Society of America 2 (1954).
struct SeparationLoop {
  let options: SolveOptions
  let context: SolveContext
  /// Solves a form without separators.
  typealias Engine = (Form, SolveOptions, SolveContext) throws(SolverError) -> FormOutcome

  /// The most solves of the relaxation.
  static let relaxations = 60
  /// The relaxation is left when its objective moves by less than this, relatively, in ``patience`` solves.
  static let progress = 1e-5
  static let patience = 5
  /// Violation of a row, relative to its largest entry, that counts.
  static let tolerance = 1e-6

  /// Whether a solver leaves the separators of a form to the loop.
  static func isNeeded(_ form: Form, _ solver: any Solver) -> Bool {
    !form.separators.isEmpty && !solver.capabilities.features.contains(.separators)
  }

  /// - Complexity: as many solves as it takes until no required row is violated; finitely many, as long as separators
  ///   know finitely many rows.
  func run(_ form: Form, solve: Engine) throws(SolverError) -> FormOutcome {
    let separators = form.separators
    var current = form
    current.separators = []
    let rowCount = form.linearPart?.rowCount ?? 0
    // Points of the search in between may violate rows that are not stated yet.
    var inner = context
    inner.heuristics = nil
    inner.basis = nil
    var added = 0
    if form.linearPart?.hasIntegers == true { added = try tighten(&current, separators, inner, solve) }
    while true {
      var outcome = try solve(current, options, inner)
      guard !outcome.point.isEmpty else { return settled(outcome, rowCount, added) }
      let rows = separators.filter(\.isRequired).flatMap { $0.separate(rounded(outcome.point, form), tolerance: SeparationLoop.tolerance) }
      if rows.isEmpty { return settled(outcome, rowCount, added) }
      if outcome.outcome != .optimal || context.shouldStop {
        // A limit ended it: the point is none, the bound stands.
        outcome.outcome = .unknown
        outcome.point = []
        outcome.objective = nil
        if !outcome.termination.reason.isLimit && outcome.termination.reason != .interrupted {
          outcome.termination = Termination(context.cancellation.isCancelled ? .interrupted : .timeLimit)
        }
        return settled(outcome, rowCount, added)
      }
      current.append(rows)
      added += rows.count
      context.report(.log("\(rows.count) separated rows, \(added) in all; objective \(outcome.objective?.text ?? "none")"))
    }
  }

  /// Adds the rows that points of the relaxation violate.
  private func tighten(
    _ form: inout Form, _ separators: [any RowSeparator], _ inner: SolveContext, _ solve: Engine
  ) throws(SolverError) -> Int {
    var relaxed = form
    relaxed.dropIntegrality()
    var warm = inner
    var added = 0
    var last: Double?
    var still = 0
    for _ in 0..<SeparationLoop.relaxations {
      let outcome = try solve(relaxed, options, warm)
      guard outcome.outcome == .optimal, let objective = outcome.objective, !context.shouldStop else { return added }
      var rows = separators.filter(\.isRequired).flatMap { $0.separate(outcome.point, tolerance: SeparationLoop.tolerance) }
      if rows.isEmpty {
        rows = separators.filter { !$0.isRequired }.flatMap { $0.separate(outcome.point, tolerance: 1e-3) }
      }
      if rows.isEmpty { return added }
      still = last.map { abs(objective - $0) <= SeparationLoop.progress * max(1, abs(objective)) } == true ? still + 1 : 0
      if still >= SeparationLoop.patience { return added }
      last = objective
      relaxed.append(rows)
      form.append(rows)
      added += rows.count
      warm.basis = outcome.basis
      warm.basis?.rows += [Basis.Status](repeating: .basic, count: rows.count)
    }
    return added
  }

  private func rounded(_ point: [Double], _ form: Form) -> [Double] {
    guard let linear = form.linearPart else { return point }
    var point = point
    for j in point.indices where linear.isInteger[j] != 0 { point[j] = point[j].rounded() }
    return point
  }

  /// The outcome in the rows of the form; multipliers that may lean on added rows are dropped.
  private func settled(_ outcome: FormOutcome, _ rowCount: Int, _ added: Int) -> FormOutcome {
    var result = outcome
    if outcome.outcome == .unbounded {
      // Along the ray rows may be violated that no point has shown yet.
      result.outcome = .infeasibleOrUnbounded
      result.ray = []
    }
    if added == 0 { return result }
    (result.rowDuals, result.reducedCosts, result.coneDuals, result.farkas, result.basis) = ([], [], [], [], nil)
    if result.proof == .certificate { result.proof = .search }
    return result
  }
}

extension Form {
  /// The rows and columns of a linear or conic form.
  var linearPart: LinearForm? {
    switch self {
    case .linear(let linear): linear
    case .conic(let conic): conic.linear
    case .nonlinear: nil
    }
  }

  private mutating func change(_ body: (inout LinearForm) -> Void) {
    switch self {
    case .linear(var linear):
      body(&linear)
      self = .linear(linear)
    case .conic(var conic):
      body(&conic.linear)
      self = .conic(conic)
    case .nonlinear: break
    }
  }

  var separators: [any RowSeparator] {
    get { linearPart?.separators ?? [] }
    set { change { $0.separators = newValue } }
  }

  mutating func append(_ rows: [LinearRow]) {
    change { linear in
      for row in rows {
        linear.addRow(zip(row.columns, row.values).map { (Int($0), $1) }, lower: row.lower, upper: row.upper)
      }
    }
  }

  mutating func dropIntegrality() {
    change { $0.isInteger = [UInt8](repeating: 0, count: $0.columnCount) }
  }
}
