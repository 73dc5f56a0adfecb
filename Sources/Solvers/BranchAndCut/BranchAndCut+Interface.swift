import Constraints

/// Between the options and reasons of all solvers and those of the tree.
extension BranchAndCut.Options {
  /// As asked for; what is not asked for stays at its default.
  init(_ asked: SolveOptions) {
    self.init()
    gap = asked.gap
    absoluteGap = asked.absoluteGap
    integrality = asked.integralityTolerance
    nodeLimit = asked.nodeLimit ?? .max
    iterationLimit = asked.iterationLimit ?? .max
    solutionLimit = asked.solutionLimit ?? .max
    memoryLimit = asked.memoryLimit.map { $0 * 1_000_000 } ?? .max
    seed = asked.seed
    heuristics = asked.heuristicEffort
    if case .only(let chosen) = asked.cuts { cuts = Set(chosen.compactMap { CutKind(rawValue: $0.rawValue) }) }
  }
}

extension BranchAndCut.End {
  /// Why a solve ended that ended like this.
  func reason(_ context: SolveContext) -> TerminationReason {
    switch self {
    case .exhausted: .proved
    case .nodeLimit: .nodeLimit
    case .iterationLimit: .iterationLimit
    case .solutionLimit: .solutionLimit
    case .memoryLimit: .memoryLimit
    case .stopped: context.stopReason
    case .restart where context.shouldStop: context.stopReason
    case .failed, .unbounded, .restart: .numericalFailure
    }
  }
}

extension SolveContext {
  /// Which of the two reasons to stop it is.
  var stopReason: TerminationReason { cancellation.isCancelled ? .interrupted : .timeLimit }
}
