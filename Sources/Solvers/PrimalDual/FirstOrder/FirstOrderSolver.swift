import Constraints

/// Restarted Halpern primal-dual hybrid gradient: a first-order method for linear programs too large to factorize.
///
/// Memory is O(entries) and an iteration costs two products with the matrix. An answer holds to the tolerances in every
/// row and reduced cost and not only on average, and claims of infeasibility and unboundedness come with a verified
/// certificate.
public struct FirstOrderSolver: Solver {
  public init() {}

  public var name: String { "pdhg" }
  public var version: String { "swift-solve" }
  public var summary: String { "first-order method (restarted Halpern PDHG) for linear models too large to factorize" }
  public var capabilities: Capabilities {
    Capabilities(
      linear: true, features: [.warmStart, .inPlaceChanges, .duals, .certificates, .cancellation], accuracy: 1e-6)
  }

  public func solve(
    _ form: Form, options: SolveOptions, context: SolveContext
  ) throws(SolverError) -> FormOutcome {
    try openWorkspace(options: options).solve(form, options: options, context: context)
  }

  public func openWorkspace(options: SolveOptions) -> any SolverWorkspace { FirstOrderWorkspace(solver: self) }

  /// The method's own options.
  func settings(_ options: SolveOptions) -> FirstOrder.Options {
    var settings = FirstOrder.Options()
    settings.primal = options.feasibilityTolerance ?? capabilities.accuracy
    settings.dual = options.optimalityTolerance ?? capabilities.accuracy
    settings.gap = settings.dual
    settings.iterationLimit = options.iterationLimit ?? .max
    settings.threads = options.threads
    return settings
  }
}

/// Keeps the scaled matrix and the last answer: the next program with the same matrix, as presolve leaves it, starts
/// there.
final class FirstOrderWorkspace: SolverWorkspace {
  private let solver: FirstOrderSolver
  private var last: (form: LinearForm, run: FirstOrder.Run)?
  private(set) var loading = "nothing loaded"

  init(solver: FirstOrderSolver) { self.solver = solver }

  func solve(
    _ form: Form, options: SolveOptions, context: SolveContext
  ) throws(SolverError) -> FormOutcome {
    guard case .linear(let linear) = form else {
      throw .failed(solver: "pdhg", message: "it takes linear programs only")
    }
    if linear.hasIntegers { throw .failed(solver: "pdhg", message: "it takes no whole numbers") }
    return try PresolvedSolve.run(form, options: options, context: context) { reduced in
      solve(reduced.linear, solver.settings(options), context)
    }
  }

  private func solve(_ form: LinearForm, _ settings: FirstOrder.Options, _ context: SolveContext) -> FormOutcome {
    if let j = (0..<form.columnCount).first(where: { form.columnLower[$0] > form.columnUpper[$0] }) {
      return FormOutcome(.infeasible, Termination(.proved, detail: "column \(j + 1) has no value between its bounds"))
    }
    let (outcome, run): (FormOutcome, FirstOrder.Run?)
    if let last, last.form.hasSameMatrix(as: form) {
      loading = "changed in place"
      (outcome, run) = FirstOrder.solve(form, settings, context, after: last.run)
    } else {
      loading = last == nil ? "loaded" : "built anew: the rows changed"
      (outcome, run) = FirstOrder.solve(form, settings, context)
    }
    last = run.map { (form, $0) }
    return outcome
  }

  func close() { last = nil }
}

extension LinearForm {
  /// - Complexity: O(entries).
  fileprivate func hasSameMatrix(as other: LinearForm) -> Bool {
    columnCount == other.columnCount && starts == other.starts && entryColumns == other.entryColumns
      && entryValues == other.entryValues
  }
}
