import Constraints

/// Which solver takes a form, and why: the named one, or with `auto` the one expected to be fastest, with others to fall
/// back on.
public struct SolverChoice: Sendable {
  public let solver: any Solver
  /// In words, for the log and `solve plan`.
  public let reason: String

  /// Entries up to which the simplex method is as fast as the interior-point method, and gives a vertex besides.
  static let smallEntryCount = 3_000
  /// Entries from which on the fill of the factor is counted before the choice: a symbolic factorization then costs a few
  /// percent of a solve.
  static let estimatedEntryCount = 100_000
  /// Entries from which on even that takes too long.
  static let largeEntryCount = 30_000_000
  /// Operations and entries of one factorization above which first-order steps are tried first: a minute an iteration, or
  /// 4 GB.
  static let affordableFlops = 1e12
  static let affordableFactor = 500_000_000

  /// The solvers to try, in order; never empty.
  /// - Throws: ``SolverError/refused(_:)`` when the named solver does not exist or does not take the form, or none does.
  public static func candidates(
    for route: Route, options: SolveOptions
  ) throws(SolverError) -> [SolverChoice] {
    if options.solver != "auto" {
      let solver = try named(options.solver)
      guard route.kind.isTaken(by: solver.capabilities) else { throw untaken(route, by: solver) }
      return [SolverChoice(solver: solver, reason: "asked for")]
    }
    let able = Solvers.all.filter { route.kind.isTaken(by: $0.capabilities) }
    if able.isEmpty { throw none(for: route) }
    switch route {
    case .convex(let reformulation): return ranked(able, reformulation, options)
    case .nonlinear(let nonlinear):
      let reason = "orders of the nodes, the first from a smooth solve where costs of orders are not at hand"
      if nonlinear.hasAcyclicGraphs, let solver = able.first(where: { $0.name == "auglag" }) {
        return [SolverChoice(solver: solver, reason: reason)]
      }
      return ranked(able, nonlinear.form)
    }
  }

  private static func ranked(
    _ able: [any Solver], _ reformulation: Reformulation, _ options: SolveOptions
  ) -> [SolverChoice] {
    let kind = reformulation.kind
    if kind == .mixedIntegerLinear {
      let order = [
        ("branch", "branch and cut with strong branching and all families of cuts"), ("glpk", "GLPK's branch and cut"),
      ]
      return order.compactMap { name, reason in
        able.first { $0.name == name }.map { SolverChoice(solver: $0, reason: reason) }
      }
    }
    if kind == .mixedIntegerQuadratic || kind == .mixedIntegerConic {
      return able.map { SolverChoice(solver: $0, reason: "outer approximation in the tree of branch and cut") }
    }
    guard kind == .linear else {
      // Solvers of whole models only hand continuous ones on.
      let able = able.filter { !$0.capabilities.integer }
      return able.map { SolverChoice(solver: $0, reason: "takes \(kind.rawValue) models") }
    }
    let entries = reformulation.conicForm.linear.entryCount
    let wantsVertex = [.primal, .dual, .exact].contains(options.method)
    let order: [(name: String, reason: String)]
    if wantsVertex {
      order = [("glpk", "the simplex method was asked for")]
    } else if options.method == .interior {
      order = [("interior", "the interior-point method was asked for"), ("glpk", "the simplex method")]
    } else if entries <= smallEntryCount {
      order = [
        ("glpk", "\(entries) entries: the simplex method is as fast as any other and gives a vertex"),
        ("simplex", "our own simplex method"),
        ("interior", "the interior-point method"),
      ]
    } else {
      order = large(reformulation.conicForm)
    }
    let chosen = order.compactMap { item in
      able.first { $0.name == item.name }.map { SolverChoice(solver: $0, reason: item.reason) }
    }
    return chosen.isEmpty ? able.map { SolverChoice(solver: $0, reason: "the only one of this build") } : chosen
  }

  /// The order for nonlinear forms: by size, as the interior-point method factorizes second derivatives.
  private static func ranked(_ able: [any Solver], _ form: NonlinearForm) -> [SolverChoice] {
    let size = "\(form.columnCount) variables"
    let order: [(name: String, reason: String)] = [
      ("barrier", size + ": the interior-point method takes the fewest evaluations"),
      ("auglag", "the augmented Lagrangian method needs no regular constraints"),
    ]
    return order.compactMap { item in
      able.first { $0.name == item.name }.map { SolverChoice(solver: $0, reason: item.reason) }
    }
  }

  /// The order for forms that are too large for the simplex method, from the size and the fill of the factor.
  private static func large(_ form: ConicForm) -> [(name: String, reason: String)] {
    let entries = form.linear.entryCount
    let interior = ("interior", "the interior-point method")
    if entries > largeEntryCount { return [("pdhg", "\(entries) entries: too many to factorize"), interior] }
    var size = "\(entries) entries"
    if entries > estimatedEntryCount {
      let factor = FactorEstimate(form)
      size += ", \(factor.entryCount) in the factor, \(Int(factor.flopCount / 1e6)) million operations an iteration"
      if factor.flopCount > affordableFlops || factor.entryCount > affordableFactor {
        return [("pdhg", size + ": first-order steps are expected to be faster than factorizing"), interior]
      }
    }
    return [
      ("interior", size + ": the interior-point method is faster than the simplex method"), ("glpk", "the simplex method"),
    ]
  }

  private static func named(_ name: String) throws(SolverError) -> any Solver {
    if let solver = Solvers.named(name) { return solver }
    if let missing = Solvers.missing.first(where: { $0.name == name }) {
      throw .refused([
        Diagnostic(
          .solverMissing, "the solver '\(missing.name)' was left out of this build",
          mend: "build with the trait \(missing.trait)")
      ])
    }
    throw .refused([
      Diagnostic(
        .unknownSolver, "there is no solver called '\(name)'",
        mend: didYouMean(name, in: Solvers.all.map(\.name) + ["auto"]) ?? "`solve solvers` lists them")
    ])
  }

  private static func untaken(_ route: Route, by solver: any Solver) -> SolverError {
    .refused([
      Diagnostic(
        .unsupported, "the model is \(route.kind.rawValue), which the solver '\(solver.name)' does not take",
        mend: "use --solver auto")
    ])
  }

  private static func none(for route: Route) -> SolverError {
    let missing = Solvers.missing.map(\.trait).joined(separator: ", ")
    return .refused([
      Diagnostic(
        .solverMissing, "the model is \(route.kind.rawValue), which no solver of this build takes",
        mend: missing.isEmpty ? "`solve plan` shows what was rewritten and why" : "build with the trait \(missing)")
    ])
  }
}
